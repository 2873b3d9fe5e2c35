"""The index of a pandas Series of values by year, quarter or month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from tradetarget.errors import DataError
from tradetarget.reading.period_cells import Day, meanings
from tradetarget.reading.periods import DECEMBER, PeriodOptions, fiscal_span, read_periods, unreadable
from tradetarget.reading.stamps import StampRule, closing_month
from tradetarget.reading.values import is_hashable

_KINDS = {"year": "calendar year", "quarter": "calendar quarter", "month": "month"}
FEWEST_STAMPS = 3
"""Dates from which steps of a quarter are taken to say that they are quarters and not months. Judgement."""


class IndexPeriods(NamedTuple):
    """The period of each value, the month in which the years end, and whether nobody said which month that is."""

    spans: list[tuple[date, date]]
    year_end: int
    assumed_year_end: bool = False


def index_periods(index: Sequence[Any], frequency: str, year_end: int | None) -> IndexPeriods:
    """The years, quarters or months that an index names; a date stands for the one that it lies in.

    Parameters
    ----------
    index
        Numbers, text, dates or pandas Periods.
    frequency
        "year", "quarter" or "month".
    year_end
        The month in which the years end, where it is said.

    Raises
    ------
    DataError
        On what names no such period, and on dates a quarter apart that are given for months.
    """
    values = [v if is_hashable(v) else str(v) for v in index]
    if values and all(isinstance(v, date | np.datetime64) for v in values):
        return _of_days([_day(v) for v in values], frequency, year_end)
    read = read_periods(list(dict.fromkeys(values)), PeriodOptions(frequency, year_end), "the index")
    spans = []
    for value in values:
        span = read.spans.get(value)
        if span is None:
            raise DataError(read.problems.get(value, unreadable(value)))
        if span.kind != frequency:
            raise DataError(
                f"period {str(value)!r} is not a {_KINDS[frequency]}: use from_frame for a mixture of periods"
            )
        spans.append((span.start, span.end))
    return IndexPeriods(spans, read.year_end, read.assumed_year_end)


def _day(value: object) -> date:
    cell = meanings(value)
    if cell.problem:
        raise DataError(f"period {str(value)!r} {cell.problem}")
    day = next((m.day for m in cell.meanings if isinstance(m, Day)), None)
    if day is None:  # NaT
        raise DataError(unreadable(value))
    return day


def _of_days(days: list[date], frequency: str, year_end: int | None) -> IndexPeriods:
    """Each date's year, quarter or month."""
    if frequency == "year":
        return _years_of(days, year_end)
    months = {d.month for d in days}
    by_quarter = months <= {3, 6, 9, 12} or months <= {1, 4, 7, 10}
    if frequency == "month" and len(days) >= FEWEST_STAMPS and by_quarter:
        raise DataError(
            f"{len(days)} dates such as {days[0]:%Y-%m-%d} are a quarter apart, and from_monthly reads each as a "
            "month: use from_quarterly, or a monthly PeriodIndex if these are single months"
        )
    spans = [StampRule(frequency).period(d) for d in days]
    return IndexPeriods([(s.start, s.end) for s in spans], year_end or DECEMBER)


def _years_of(days: list[date], year_end: int | None) -> IndexPeriods:
    """The calendar year of each date, or the fiscal year that the dates close or that ``year_end`` says."""
    end = year_end or closing_month(days) or DECEMBER
    return IndexPeriods([fiscal_span(d.year + (d.month > end), end) for d in days], end)
