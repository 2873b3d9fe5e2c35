"""Months whose figures are sums from the start of the year: recognised, or refused where they may be, never added
up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tradetarget.errors import DataError

FEWEST_MONTHS = 6
"""Months of a year that have to rise before they are looked at. Judgement. Six rising months in a row are one chance in
720 where months are in any order."""
RISE = 3.0
"""How many times the first month the last one is at least. Judgement. Sums of six equal months are six times the first,
and months of trade itself seldom rise threefold within a year."""
FALL = 0.5
"""What the first month of a year is at most, of the last of the year before. Judgement. A sum of twelve months starts
again at about a twelfth."""


class Month(NamedTuple):
    """A figure of one month; years are those of the series."""

    year: int
    month: int
    value: float


def are_cumulated(months: Sequence[Month], totals: Mapping[int, float], stated: bool | None, where: str) -> bool:
    """Whether the figures of months are sums from the start of their year.

    They are where every year rises from month to month and falls back at its start. One year alone that rises so may be
    either: its total decides where it is stated, and otherwise it is refused.

    Parameters
    ----------
    months
        In order of time.
    totals
        The years' totals that are stated beside them.
    stated
        What the user says; None to decide by the figures.
    where
        The file, for messages.

    Raises
    ------
    DataError
        When the figures may be sums and nothing decides, naming the option that does.
    """
    if stated is not None or len(months) < FEWEST_MONTHS:
        return bool(stated)
    years: dict[int, list[Month]] = {}
    for m in sorted(months):
        years.setdefault(m.year, []).append(m)
    if any(a.value >= b.value for year in years.values() for a, b in pairwise(year)):
        return False
    # China's customs publish January and February together, so that a year may start with its second month.
    long = [y for y in years.values() if len(y) >= FEWEST_MONTHS and y[0].month <= 2]
    if not long or any(y[-1].value < RISE * y[0].value for y in long):
        return False
    turns = [(a[-1], b[0]) for a, b in pairwise(years[k] for k in sorted(years)) if len(a) >= FEWEST_MONTHS]
    if turns:
        return all(first.value <= FALL * last.value for last, first in turns)
    first, last = long[0][0], long[0][-1]
    total = totals.get(first.year)
    if total is not None:
        return abs(last.value - total) < abs(sum(m.value for m in long[0]) - total)
    raise DataError(
        f"{where}: the months of {first.year} rise every month, from {first.value:g} to {last.value:g}, so each may be "
        "the sum from the start of the year: say which with cumulated=True or cumulated=False, --cumulated yes or no"
    )
