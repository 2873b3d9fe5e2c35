"""Rows of a table that are sums from the start of a year: recognised, or refused where they may be, never added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from tradetarget.errors import DataError
from tradetarget.observations.observation import Observation
from tradetarget.observations.tiling import MONTHS, RELATIVE_TOLERANCE, by_year, half_width, sum_of, tile

FEWEST_MONTHS = 6
"""Months of a year that have to rise before they are looked at. Judgement. Six rising months in a row are one chance in
720 where months are in any order."""
RISE = 3.0
"""How many times the first month the last one is at least. Judgement. Sums of six equal months are six times the first,
and months of trade itself seldom rise threefold within a year."""
FALL = 0.5
"""What the first month of a year is at most, of the last of the year before. Judgement. A sum of twelve months starts
again at about a twelfth."""


def as_year_to_date(rows: list[Observation], stated: bool | None, where: str) -> tuple[list[Observation], list[int]]:
    """Parts of a year that are sums from its start, as the periods that they cover.

    Parameters
    ----------
    rows
        Of any reporters.
    stated
        Whether parts of years are such sums, as the user says: months, quarters and half-years. None to decide by the
        figures, which are looked at for months alone.
    where
        The file, for messages.

    Returns
    -------
    tuple
        Every row, changed where it is such a sum; and the positions of those that then say what a total in another row
        says.

    Raises
    ------
    DataError
        When the figures may be sums and nothing decides, naming the option that does; or a total is another than the
        sum of all months.
    """
    reporters = {o.reporter for o in rows}
    if stated is None:
        cumulated = {r for r in reporters if are_cumulated([o for o in rows if o.reporter == r], where)}
    else:
        cumulated = reporters if stated else set()
    lengths = (1, 3, 6) if stated else (1,)
    changed = [
        replace(o, start=o.start.replace(month=1))
        if o.reporter in cumulated
        and o.states_level
        and o.is_whole_months
        and o.end.month - o.start.month + 1 in lengths
        else o
        for o in rows
    ]
    totals = {o.identity: o for o in rows if o.is_whole_year}
    repeated = [i for i, o in enumerate(changed) if o is not rows[i] and o.identity in totals]
    for i in repeated:
        _refuse_disagreement(changed[i], totals[changed[i].identity], where)
    return changed, repeated


def _refuse_disagreement(cumulated: Observation, total: Observation, where: str) -> None:
    """A DataError where a sum of twelve months and the total differ by more than the rounding of both."""
    gap = abs(cumulated.value - total.value)
    if gap > max(half_width(cumulated) + half_width(total), RELATIVE_TOLERANCE * total.value):
        raise DataError(
            f"{where}: the sum of all months of {total.period} is {cumulated.value:g}, and the total is "
            f"{total.value:g}: correct one of them, or take it out"
        )


def are_cumulated(rows: Sequence[Observation], where: str) -> bool:
    """Whether one reporter's months are sums from the start of their year.

    They are where every year rises from month to month and falls back at its start, unless a stated total is nearer to
    the sum of its months than to the last of them. One year alone that rises so, without a total, is refused.

    Raises
    ------
    DataError
        When the figures may be sums and nothing decides, naming the option that does.
    """
    levels = [o for o in rows if o.states_level]
    years: dict[int, list[Observation]] = {}
    for o in sorted((o for o in levels if o.is_one_month), key=lambda o: (o.start, o.value)):
        years.setdefault(o.start.year, []).append(o)
    if any(a.value >= b.value for year in years.values() for a, b in pairwise(year)):
        return False
    # China's customs publish January and February together, so that a year may start with its second month.
    long = [y for y in years.values() if len(y) >= FEWEST_MONTHS and y[0].start.month <= 2]
    if not long or any(y[-1].value < RISE * y[0].value for y in long):
        return False
    totals = {o.start.year: o.value for o in levels if o.is_whole_year}
    nearer_to_last = [
        abs(y[-1].value - total) < abs(sum(o.value for o in y) - total)
        for y in long
        if (total := totals.get(y[0].start.year)) is not None
    ]
    turns = [(a[-1], b[0]) for a, b in pairwise(years[k] for k in sorted(years)) if len(a) >= FEWEST_MONTHS]
    if turns or nearer_to_last:
        return all(first.value <= FALL * last.value for last, first in turns) and all(nearer_to_last)
    first, last = long[0][0], long[0][-1]
    year = first.start.year
    raise DataError(
        f"{where}: the months of {year} rise every month, from {first.value:g} to {last.value:g}, so each may be "
        "the sum from the start of the year: say which with cumulated=True or cumulated=False, --cumulated yes or no"
    )


def totals_so_far(rows: Sequence[Observation]) -> list[int]:
    """The positions of totals of a last year that is not over, which are those of its months so far.

    Tables write "Total" under the months of such a year too. At most one of each reporter is found: its last year's.
    """
    last: dict[str | None, int] = {}
    for i, o in enumerate(rows):
        if o.states_level and o.is_whole_year and o.end >= rows[last.get(o.reporter, i)].end:
            last[o.reporter] = i
    return [i for reporter, i in last.items() if _is_so_far(rows[i], [o for o in rows if o.reporter == reporter])]


def _is_so_far(total: Observation, rows: Sequence[Observation]) -> bool:
    """Whether a total is that of the months so far, to the rounding of all of them and to less than half a month."""
    parts = by_year(o for o in rows if o.start.year == total.start.year and not o.is_whole_year)
    sums = tile(parts.get(total.start.year, [])).cumulated
    months = max(sums, default=MONTHS)
    if months == MONTHS:
        return False
    terms = sums[months]
    finest = min(half_width(o) for o in (total, *(t.observation for t in terms)) if o.value)
    reach = max((len(terms) + 1) * finest, RELATIVE_TOLERANCE * total.value)
    return abs(total.value - sum_of(terms)) <= min(reach, 0.5 * total.value / months)
