"""When a target was reached in the past."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.observations import TradeSeries
from tradetarget.observations.tiling import MONTHS, sum_of
from tradetarget.passage.events import reached
from tradetarget.reading.dates import year_period
from tradetarget.targets.target import Target


def first_reached(
    series: TradeSeries,
    target: Target,
    log_season: Array | None = None,
    since: pd.Period | None = None,
) -> pd.Period | None:
    """The first past period at or above the target, ``sustained`` periods running; None if never.

    Periods before the first observation, and periods without all of their figures, do not count.

    Parameters
    ----------
    series, target
        The data, and what is to be reached.
    log_season
        (12,) logs of seasonal factors, January first, for a run-rate.
    since
        The earliest period asked about; a run may have begun before it. None: the first of the data.
    """
    levels = past_levels(series, target, log_season)
    barrier = target.value_in(series.unit)
    run, before = 0, None
    for period, level in levels.items():
        adjacent = before is not None and period == before + 1
        run = (run + 1 if adjacent else 1) if reached(level, barrier) else 0
        if run >= target.sustained and (since is None or period >= since):
            return period
        before = period
    return None


def stands_reached(series: TradeSeries, target: Target) -> bool:
    """Whether the last totals are at or above the target for as many years as it asks: reaching it is then certain."""
    return bool(reached(_last_totals(series, target.sustained), target.value_in(series.unit)).all())


def last_log_totals(series: TradeSeries, k: int) -> Array:
    """(k,) log totals of the last k calendar years up to the last that is complete; -inf where one is missing."""
    levels = _last_totals(series, k)
    return np.log(levels, where=~np.isnan(levels), out=np.full(k, -np.inf))


def _last_totals(series: TradeSeries, k: int) -> Array:
    """(k,) totals of the last k calendar years; NaN where one is missing."""
    years, levels = series.annual_arrays()
    place = years - years[-1] + k - 1
    recent = np.full(k, np.nan)
    recent[place[place >= 0]] = levels[place >= 0]
    return recent


def past_levels(series: TradeSeries, target: Target, log_season: Array | None) -> dict[pd.Period, float]:
    """The levels of the event in the data, by period and in order, in the unit of the series.

    Parameters
    ----------
    series, target
        The data, and the event.
    log_season
        (12,) logs of seasonal factors, January first, for a run-rate; None for none.

    Returns
    -------
    dict
        Calendar-year totals by year; twelve months' sums, or months times twelve over their factor, by month.
    """
    if target.event == "run_rate":
        months = series.monthly()
        season = np.zeros(12) if log_season is None else log_season
        by_month = zip(months.index, months.to_numpy(dtype=float).tolist(), strict=True)
        return {m: 12.0 * v * math.exp(-season[m.month - 1]) for m, v in by_month}
    years = {
        year_period(y, series.year_end): v for y, v in zip(*(a.tolist() for a in series.annual_arrays()), strict=True)
    }
    if target.event == "calendar_year":
        return years
    levels = {y.asfreq("M", how="end"): v for y, v in years.items()} | _within_years(series)
    months = series.monthly()
    if len(months) >= 12:
        every = months.reindex(pd.period_range(months.index[0], months.index[-1], freq="M"))
        sums = every.rolling(12).sum().dropna()
        levels |= dict(zip(sums.index, sums.to_numpy(dtype=float).tolist(), strict=True))
    return dict(sorted(levels.items()))


def _within_years(series: TradeSeries) -> dict[pd.Period, float]:
    """Sums of the twelve months to a month inside a year, from parts of it and of the year before.

    With C_t(k) the total of the first k months of year t, the sum to month k is C_(t-1)(12) - C_(t-1)(k) + C_t(k).
    C_t(k) comes from quarters, or from any other parts that add up to January to month k.
    """
    sums = {}
    for year, tiling in series.tilings.items():
        before = series.tilings.get(year - 1)
        if before is None or MONTHS not in before.cumulated:
            continue
        whole = sum_of(before.cumulated[MONTHS])
        for k in tiling.cumulated.keys() & before.cumulated.keys() - {MONTHS}:
            level = whole - sum_of(before.cumulated[k]) + sum_of(tiling.cumulated[k])
            sums[pd.Period(year=year, month=k, freq="M")] = level
    return sums
