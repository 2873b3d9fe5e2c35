"""Single dates in a period column: which months, quarters or years they stand for.

Data banks name a period by its first or its last day. What the period is shows in the dates of the whole column: their
place in the month, and the steps between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import gcd
from types import MappingProxyType
from typing import NamedTuple

from tradetarget.errors import DataError
from tradetarget.reading.dates import month_end
from tradetarget.reading.period_cells import Fiscal, Meaning, Span, months_span

FREQUENCIES = ("year", "quarter", "month", "day")
MONTHS = 12  # a year


_LENGTHS = MappingProxyType({"month": 1, "quarter": 3, "half-year": 6, "year": MONTHS})


class StampRule(NamedTuple):
    """What every date of a column stands for."""

    frequency: str

    def period(self, day: date) -> Span:
        """The period that ``day`` opens, closes or (on request) lies in."""
        if self.frequency == "day":
            return Span(day, day, "day")
        months = _LENGTHS[self.frequency]
        first = day.month - (day.month - 1) % months
        return months_span(day.year, first, first + months - 1, self.frequency)


class YearsEnding(NamedTuple):
    """Every date opens or closes a fiscal year that ends in ``month``."""

    month: int

    def period(self, day: date) -> Meaning:
        """The fiscal year that ``day`` lies in."""
        return Fiscal(day.year + (day.month > self.month))


def closing_month(days: Sequence[date]) -> int | None:
    """The month that two or more dates close, all of them the same one; None where there is none."""
    months = {d.month for d in days}
    closes = all(d == month_end(d.year, d.month) for d in days)
    return months.pop() if closes and len(months) == 1 and len(set(days)) > 1 else None


def stamp_rule(
    days: Iterable[date], frequency: str | None, where: str, year_end: int | None = None
) -> StampRule | YearsEnding:
    """What the dates of a column stand for.

    Parameters
    ----------
    days
        Every date of the column.
    frequency
        "year", "quarter", "month" or "day" where the user says so; None to decide by the dates.
    where
        The column, for messages.
    year_end
        The month in which years end where the user says it.

    Raises
    ------
    DataError
        When the dates can be read in more than one way, or lie inside their months.
    """
    ordered = sorted(set(days))
    fiscal = year_end is not None and year_end != MONTHS
    if frequency == "year":
        month = year_end or closing_month(ordered) or MONTHS
        return StampRule("year") if month == MONTHS else YearsEnding(month)
    if frequency is not None:
        return StampRule(frequency)
    opens, closes = all(d.day == 1 for d in ordered), all(d == month_end(d.year, d.month) for d in ordered)
    example = f"{ordered[0]:%Y-%m-%d}"
    if not opens and not closes:
        raise DataError(f"{where}: {_inside(ordered)}")
    if len(ordered) == 1:
        raise DataError(
            f"{where}: the one date {example} may stand for a year ({ordered[0]:%Y}), a quarter, a month "
            f"({ordered[0]:%Y-%m}) or a day: write which, or choose with frequency='year' or --frequency year"
        )
    numbers = [12 * d.year + d.month for d in ordered]
    step = gcd(*(b - a for a, b in pairwise(numbers)))
    edge = (ordered[0].month - 1 if opens else ordered[0].month) % MONTHS
    if step % MONTHS == 0 and fiscal and edge == year_end:
        return YearsEnding(edge)
    return _by_step(step, ordered, opens=opens, where=where)


def _by_step(step: int, days: list[date], *, opens: bool, where: str) -> StampRule | YearsEnding:
    edges = {(d.month - 1 if opens else d.month) % 12 for d in days}
    if step % 12 == 0:
        month = next(iter(edges))
        if month == 0:
            return StampRule("year")
        if not opens:
            return YearsEnding(month)
    elif step % 3 == 0 and all(e % 3 == 0 for e in edges):
        if step == 3 or len(days) > 2:
            return StampRule("half-year" if step == 6 and all(e % 6 == 0 for e in edges) else "quarter")
    elif step < 12 and (step in (1, 2) or len(days) > 2):
        return StampRule("month")
    raise DataError(
        f"{where}: dates such as {days[0]:%Y-%m-%d} and {days[1]:%Y-%m-%d} may stand for years, quarters or months: "
        "write 2019, 2019Q3 or 2019-09, or choose with frequency='month' or --frequency month"
    )


def _inside(days: list[date]) -> str:
    """Why dates inside their months are refused."""
    inside = next((d for d in days if d.day != 1 and d != month_end(d.year, d.month)), days[0])
    return (
        f"{inside:%Y-%m-%d} is a single day, and trade of one day is seldom meant: write the month as {inside:%Y-%m}, "
        f"the year as {inside:%Y}, one day's trade as {inside:%Y-%m-%d}/{inside:%Y-%m-%d}, or choose with "
        "frequency='month' or --frequency month"
    )
