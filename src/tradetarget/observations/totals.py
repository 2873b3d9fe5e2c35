"""Totals of years and single months, from whatever one side stated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pandas as pd

from tradetarget.errors import DataError
from tradetarget.observations.observation import Observation
from tradetarget.observations.tiling import MONTHS, Term, by_year, month_span, sum_of, sum_text, tile
from tradetarget.reading.dates import from_fiscal


class YearTotal(NamedTuple):
    """The total of one year, as it was stated or as its parts come to it.

    ``terms`` holds the one figure that states it, or the parts whose signed sum it is.
    """

    value: float
    terms: tuple[Term, ...]

    @property
    def is_sum(self) -> bool:
        """Whether it is the sum of parts, and nobody stated it."""
        return len(self.terms) > 1

    @property
    def parts(self) -> tuple[Observation, ...]:
        """The figures behind it, in order of period."""
        return tuple(t.observation for t in self.terms)

    @property
    def known_from(self) -> date:
        """The day from which it is known, which is that of the latest of its parts."""
        return max(o.known_from for o in self.parts)

    @property
    def rounding(self) -> float | None:
        """Width of its rounding step, the sum of those of its parts; None when none of them is given."""
        widths = [o.rounding for o in self.parts if o.rounding is not None]
        return sum(widths) if widths else None


def year_totals(observations: Iterable[Observation], label: str, first_month: int = 1) -> dict[int, YearTotal]:
    """The totals of the years that are complete, in order; empty where none is.

    Parameters
    ----------
    observations
        One reporter's.
    label
        Names the series in errors.
    first_month
        The month in which a year starts: 1 for calendar years, 4 for years that end in March.

    Raises
    ------
    DataError
        On two totals of one year known from one day, and on parts that add up to nothing.
    """
    figures = list(observations)
    totals = _stated(figures, label, first_month)
    for year, parts in by_year(figures, first_month).items():
        terms = None if year in totals else tile(parts, first_month).cumulated.get(MONTHS)
        if terms is None:
            continue
        totals[year] = YearTotal(sum_of(terms), terms)
        if totals[year].value <= 0.0:
            raise DataError(
                f"{label}: {sum_text(terms)} add up to {totals[year].value:g}, and growth is only defined for totals "
                f"above 0: leave the rows of {year} out, and the other years stay"
            )
    return dict(sorted(totals.items()))


def annual_totals(totals: dict[int, YearTotal], label: str) -> pd.Series[float]:
    """The totals of the complete years by year; see ``TradeSeries.annual``."""
    if not totals:
        raise DataError(
            f"{label} has no complete year: give a calendar-year total, or parts that cover one, such as all twelve "
            "months or all four quarters"
        )
    values = [t.value for t in totals.values()]
    return pd.Series(values, index=pd.Index(list(totals), name="year"), name=label, dtype=float)


def monthly_levels(observations: Iterable[Observation], label: str, year_end: int = 12) -> pd.Series[float]:
    """Figures of single months, the latest known of each; see ``TradeSeries.monthly``."""
    levels = sorted((o for o in observations if o.states_level and o.is_one_month), key=lambda o: o.known_from)
    months = {o.start: o.value for o in levels}
    days = [from_fiscal(m, year_end) for m in sorted(months)]
    index = pd.PeriodIndex([pd.Period(d, freq="M") for d in days], freq="M", name="month")
    return pd.Series([months[m] for m in sorted(months)], index=index, name=label, dtype=float)


def _stated(figures: list[Observation], label: str, first_month: int) -> dict[int, YearTotal]:
    """Totals that were stated, the latest known of each year; a DataError where two of one day differ."""
    latest: dict[int, Observation] = {}
    for o in sorted((o for o in figures if o.states_level), key=lambda o: o.known_from):
        first, after = month_span(o) or (0, 0)
        if after - first != MONTHS or first % MONTHS != first_month - 1:
            continue
        rival = latest.get((after - 1) // MONTHS, o)
        if rival.value != o.value and rival.known_from == o.known_from:
            one, other = (f"{r.value:g}" + (f" by {by}" if (by := r.stated_by or r.source) else "") for r in (rival, o))
            raise DataError(f"{label}: {o.period} is {one} and {other}, known from one day: keep the one that counts")
        latest[(after - 1) // MONTHS] = o
    return {year: YearTotal(o.value, (Term(1, o),)) for year, o in latest.items()}
