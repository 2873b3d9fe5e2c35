"""Statements that cannot all be true, found and measured; nothing is averaged away."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from tradetarget.checks import made, takes
from tradetarget.nowcasting.readings import Interval, interval_of, window_of
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.observation import Kind
from tradetarget.observations.tiling import by_year, sum_text, tile


class Contradiction(NamedTuple):
    """Statements by one side that cannot all be true.

    ``gap`` is the distance between the furthest apart of their intervals: in the unit of the series for levels, as a
    fraction for growth.
    """

    reporter: str | None
    what: str
    observations: tuple[Observation, ...]
    gap: float

    @property
    def kind(self) -> Kind:
        """What the gap measures, "level" or "growth"."""
        return self.observations[0].kind

    def __str__(self) -> str:
        by = f" by {self.reporter}" if self.reporter else ""
        return f"{self.what}{by}: {self.gap:.3g} apart"


@takes(series=made("TradeSeries"))
def contradictions(series: TradeSeries) -> list[Contradiction]:
    """Every group of statements by one side that cannot all be true, the widest gap first.

    Five kinds are looked for: figures for one period whose intervals do not meet; a part of a year above a longer part
    or the whole; parts that lie apart and come to more than the year, or cover it and come to less; a part that shorter
    or finer ones come to more or less than (``observations.tiling``); and a growth rate that the levels of its two
    periods deny.

    Parameters
    ----------
    series
        Statements by any number of sides; sides are not compared with each other, which ``mirror_table`` does.
    """
    clashes: list[Contradiction] = []
    for side in sorted({o.reporter or "" for o in series}):
        statements = [o for o in series if (o.reporter or "") == side]
        groups: dict[tuple[object, ...], list[Observation]] = {}
        for o in statements:
            groups.setdefault((o.start, o.end, o.kind), []).append(o)
        clashes += [c for g in groups.values() if (c := _one_period(side or None, g))]
        levels = [o for o in statements if o.kind == "level" and o.start.year == o.end.year]
        clashes += [c for a, b in combinations(levels, 2) if (c := _part_above_whole(side or None, a, b))]
        clashes += [
            c for whole in levels if whole.is_whole_year and (c := _parts_do_not_add_up(side or None, whole, levels))
        ]
        clashes += _disagreeing_parts(side or None, statements)
        clashes += [c for o in statements if o.kind == "growth" and (c := _growth_denied(side or None, o, levels))]
    return sorted(clashes, key=lambda c: -c.gap)


def _one_period(side: str | None, group: list[Observation]) -> Contradiction | None:
    gaps = [interval_of(a).gap(interval_of(b)) for a, b in combinations(group, 2)]
    meeting = all(interval_of(a).meets(interval_of(b)) for a, b in combinations(group, 2))
    if meeting:
        return None
    return Contradiction(side, f"{group[0].period} {group[0].kind}", tuple(group), max(gaps))


def _part_above_whole(side: str | None, a: Observation, b: Observation) -> Contradiction | None:
    if a.start.year != b.start.year or (a.start, a.end) == (b.start, b.end):
        return None
    part, whole = sorted((a, b), key=lambda o: (o.end - o.start).days)
    inside = whole.start <= part.start and part.end <= whole.end
    gap = interval_of(part).low - interval_of(whole).high
    if not inside or gap < 0.0:
        return None
    return Contradiction(side, f"{part.period} above {whole.period}", (part, whole), gap)


def _parts_do_not_add_up(side: str | None, whole: Observation, levels: list[Observation]) -> Contradiction | None:
    """Two or more parts that do not overlap, the shortest or the longest first, against their year's total.

    Of several statements about one period the latest known counts.
    """
    latest = {
        (o.start, o.end): o for o in sorted(levels, key=lambda o: o.known_from) if o.start.year == whole.start.year
    }
    if latest.pop((whole.start, whole.end)) is not whole:
        return None
    parts = [o for o in latest.values() if not interval_of(o).is_bound]
    for sign in (1, -1):
        apart: list[Observation] = []
        for o in sorted(parts, key=lambda o: (sign * (o.end - o.start).days, o.start)):
            if all(o.end < a.start or a.end < o.start for a in apart):
                apart.append(o)
        gap = _excess(apart, whole) if len(apart) > 1 else 0.0
        if gap > 0.0:
            what = f"{len(apart)} parts of {whole.period} against the year"
            return Contradiction(side, what, (whole, *sorted(apart, key=lambda o: o.start)), gap)
    return None


def _disagreeing_parts(side: str | None, statements: list[Observation]) -> list[Contradiction]:
    """Parts of a year that others of it come to more, or less, than."""
    return [
        Contradiction(
            side, f"{d.observation.period} against {sum_text(d.terms)}",
            (d.observation, *(t.observation for t in d.terms)), d.gap,
        )
        for figures in by_year(statements).values()
        for d in tile(figures).disagreements
    ]  # fmt: skip


def _excess(apart: list[Observation], whole: Observation) -> float:
    """By how much parts come to more than their year, or cover it and come to less; 0 where neither is so."""
    intervals, total = [interval_of(o) for o in apart], interval_of(whole)
    covered = sum((o.end - o.start).days + 1 for o in apart) == (whole.end - whole.start).days + 1
    gap = max(
        sum(i.low for i in intervals) - total.high, total.low - sum(i.high for i in intervals) if covered else 0.0
    )
    return gap if gap > 1e-9 * abs(total.low) else 0.0


def _growth_denied(side: str | None, growth: Observation, levels: list[Observation]) -> Contradiction | None:
    """Against the levels of the two periods, each as wide as everything said of it."""
    window, year = window_of(growth.start, growth.end), growth.end.year
    now, before = (
        [o for o in levels if o.start.year == y and window_of(o.start, o.end) == window] for y in (year, year - 1)
    )
    if growth.start.year != year or not now or not before:
        return None
    level, level_before = _hull(now), _hull(before)
    if level_before.low <= 0.0:
        return None
    implied = Interval(level.low / level_before.high, level.high / level_before.low)
    gap = interval_of(growth).gap(implied)
    if gap <= 1e-9:
        return None
    return Contradiction(side, f"{growth.period} growth against its levels", (growth, *now, *before), gap)


def _hull(observations: list[Observation]) -> Interval:
    intervals = [interval_of(o) for o in observations]
    return Interval(min(i.low for i in intervals), max(i.high for i in intervals))
