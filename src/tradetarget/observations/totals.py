"""Calendar-year totals and single months, from whatever one side stated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from tradetarget.errors import DataError
from tradetarget.observations.observation import Observation


def annual_totals(observations: Iterable[Observation], label: str) -> pd.Series[float]:
    """Whole-year figures, and sums of the years whose twelve months are all there; see ``TradeSeries.annual``."""
    levels = _levels(observations)
    months = _months(levels)
    totals: dict[int, float] = {}
    for year in {m.year for m in months}:
        wanted = [date(year, m, 1) for m in range(1, 13)]
        if all(m in months for m in wanted):
            totals[year] = float(np.sum([months[m] for m in wanted]))
    stated = [o for o in levels if o.is_whole_year]
    for o in stated:
        rival = next((r for r in stated if r.start == o.start and r.known_from == o.known_from), o)
        if rival.value != o.value:
            raise DataError(
                f"{label}: {o.period} is {rival.value:g} by {rival.stated_by or rival.source} and {o.value:g} "
                f"by {o.stated_by or o.source}, known from one day: keep the one that counts"
            )
    totals |= {o.start.year: o.value for o in stated}
    if not totals:
        raise DataError(f"{label} has no complete year: give a calendar-year total or all twelve months of one")
    years = sorted(totals)
    return pd.Series([totals[y] for y in years], index=pd.Index(years, name="year"), name=label, dtype=float)


def monthly_levels(observations: Iterable[Observation], label: str) -> pd.Series[float]:
    """Figures of single months, the latest known of each; see ``TradeSeries.monthly``."""
    found = _months(_levels(observations))
    index = pd.PeriodIndex([pd.Period(m, freq="M") for m in sorted(found)], freq="M", name="month")
    return pd.Series([found[m] for m in sorted(found)], index=index, name=label, dtype=float)


def _levels(observations: Iterable[Observation]) -> list[Observation]:
    """Figures of levels that are no mere bounds, the latest known last."""
    return sorted((o for o in observations if o.states_level), key=lambda o: o.known_from)


def _months(levels: list[Observation]) -> dict[date, float]:
    """Single months by their first day."""
    return {o.start: o.value for o in levels if o.is_one_month}
