"""Statements read as intervals: what each says of which window of which year, one reading for each.

Rounding and words become intervals. With w the rounding step (5 % of the value where it is not given),

    exact       [v - w / 2, v + w / 2], or v itself where no rounding is given
    about       [v - w, v + w]
    almost      [v - w, v]
    more than   [v, v + w]
    at most     (0, v]
    at least    [v, infinity)

and inside an interval every value is as likely as another. Compatible statements about one period are one reading,
their intersection: said twice is not known twice. A statement that contradicts a later one is set aside, with the gap.

Parts of a year that tile it from January on (``observations.tiling``) are read as cumulated levels: January, January to
February, and so on. A part without trade counts in these sums; alone it has no logarithm and is set aside.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from tradetarget.checks import made, takes, truth
from tradetarget.errors import DataError, shown
from tradetarget.nowcasting.shares import Window
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.observation import NEAR
from tradetarget.observations.tiling import MONTHS


class Interval(NamedTuple):
    """Where a figure lies, both ends included."""

    low: float
    high: float

    @property
    def is_bound(self) -> bool:
        """Whether it says only what the figure is at least, or at most."""
        return math.isinf(self.high) or math.isinf(self.low)

    @property
    def side(self) -> float:
        """1 for "at least", -1 for "at most", 0 for an interval with two ends."""
        return float(math.isinf(self.high)) - float(math.isinf(self.low))

    def meets(self, other: Interval) -> bool:
        """Whether a value lies in both, to a relative 1e-9."""
        return self.gap(other) <= 1e-9 * max(abs(self.low), abs(other.low))

    def gap(self, other: Interval) -> float:
        """The distance between two intervals; 0 or less where they meet."""
        return max(other.low - self.high, self.low - other.high)

    def intersection(self, other: Interval) -> Interval:
        """What lies in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(min(low, high), max(low, high))


@dataclass(frozen=True)
class Reading:
    """What is known of one window of one year.

    Parameters
    ----------
    year, window
        The calendar year and its months.
    kind
        "level", in the unit of the series, or "growth": level over the level of the same window a year earlier (1.25
        for 25 %).
    interval
        Where it lies.
    observations
        The statements behind it.
    of_parts
        Whether it is the sum of parts, a month, or one of the parts that cover its year: figures of one table, and no
        announcement.
    is_preliminary
        Whether it may be revised before the year's total is final (``nowcasting.revision``).
    """

    year: int
    window: Window
    kind: Literal["level", "growth"]
    interval: Interval
    observations: tuple[Observation, ...]
    of_parts: bool = False
    is_preliminary: bool = False

    @cached_property
    def known_from(self) -> date:
        """The day from which it is known."""
        return max(o.known_from for o in self.observations)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years whose totals it is about. Growth is about the year before too."""
        return frozenset({self.year, self.year - 1} if self.kind == "growth" else {self.year})

    @property
    def is_exact(self) -> bool:
        """Whether it is one value."""
        return self.interval.low == self.interval.high

    @property
    def is_of_months(self) -> bool:
        """Whether it comes from figures of single months."""
        return not self.window.is_whole and all(o.is_one_month for o in self.observations)

    @cached_property
    def log_moments(self) -> tuple[float, float]:
        """Mean and variance of the log of a value uniform on the interval; log of the edge and 0 for a bound."""
        low, high = self.interval
        if self.interval.is_bound:
            return math.log(low if math.isinf(high) else high), 0.0
        return _log_moments(self.interval)

    @property
    def text(self) -> str:
        """Period and kind, for messages, as in "2019-01/2019-09 level"."""
        return f"{self.observations[0].period} {self.kind}"


class SetAside(NamedTuple):
    """A statement that does not count, and why."""

    observation: Observation
    reason: str


class Readings(NamedTuple):
    """What a series says, and what of it does not count."""

    used: tuple[Reading, ...]
    set_aside: tuple[SetAside, ...]


def interval_of(observation: Observation) -> Interval:
    """Where the figure lies, given its rounding and its word; growth as a ratio of levels.

    Examples
    --------
    >>> o = Observation(start=date(2019, 1, 1), end=date(2019, 9, 30), value=2.6, rounding=0.1)
    >>> [round(x, 9) for x in interval_of(o)]
    [2.55, 2.65]
    """
    if not isinstance(observation, Observation):
        raise DataError(f"{shown(observation)} is of the type {type(observation).__name__}: give an Observation")
    v, step = observation.value, observation.rounding
    reach = NEAR * abs(v) if step is None else step
    exact = 0.0 if step is None else step / 2.0
    low, high = {
        "exact": (v - exact, v + exact),
        "about": (v - reach, v + reach),
        "almost": (v - reach, v),
        "more than": (v, v + reach),
        "at most": (-math.inf, v),
        "at least": (v, math.inf),
    }[observation.qualifier]
    shift = 1.0 if observation.kind == "growth" else 0.0
    return Interval(low + shift if math.isinf(low) else max(low + shift, 0.0), high + shift)


def window_of(start: date, end: date) -> Window:
    """The months of the year that a period covers; days count evenly inside their month.

    Examples
    --------
    >>> window_of(date(2018, 1, 1), date(2018, 6, 15))
    Window(start=0.0, end=5.5)
    """
    days = calendar.monthrange(start.year, start.month)[1], calendar.monthrange(end.year, end.month)[1]
    return Window(start.month - 1 + (start.day - 1) / days[0], end.month - 1 + end.day / days[1])


@takes(series=made("TradeSeries"), summed=truth)
def readings(series: TradeSeries, *, summed: bool = True) -> Readings:
    """One reading for each period and kind that one side's statements are about.

    Compatible statements are intersected, the latest known first; one that contradicts a later one is set aside, as is
    a period that spans two calendar years, and one without trade. Parts that run on from January are summed into
    cumulated levels, unless ``summed`` is false.

    Raises
    ------
    DataError
        When several reporters state the flow, or two statements known from one day contradict each other.
    """
    if len(series.reporters) > 1:
        raise DataError(
            f"{series.label} is reported by {' and '.join(series.reporters)}: choose whose statistics count with "
            f"reported_by({series.reporters[0]!r}) or --reporter, or take reconciled(series)"
        )
    groups: dict[tuple[date, date, str], list[Observation]] = {}
    aside: list[SetAside] = []
    for o in series:
        if o.start.year != o.end.year:
            aside.append(SetAside(o, f"{o.period} spans more than one calendar year"))
        else:
            groups.setdefault((o.start, o.end, o.kind), []).append(o)
    used = []
    for statements in groups.values():
        reading, rejected = _agreed(statements, series.label)
        used.append(reading)
        aside += rejected
    if summed:
        used, disagreeing = _parts_summed(used, series)
        aside += disagreeing
    kept, clashing = consistent(used)
    none = [r for r in kept if r.kind == "level" and r.interval.high <= 0.0]
    aside += [SetAside(o, f"{r.text} is 0: it counts in sums, and no share of it can be weighed")
              for r in none for o in r.observations if o.value == 0]  # fmt: skip
    return Readings(tuple(r for r in kept if r not in none), (*aside, *clashing))


def consistent(used: list[Reading]) -> tuple[list[Reading], list[SetAside]]:
    """Readings that can all be true, and those set aside: a part above its whole, a growth rate that levels deny.

    A year's total counts before its parts, of two parts the one known later, and levels before growth.
    """
    levels = {(r.year, r.window): r for r in used if r.kind == "level"}
    by_year: dict[int, list[Reading]] = {}
    for level in levels.values():
        by_year.setdefault(level.year, []).append(level)
    kept, aside = [], []
    for r in used:
        rival = next((o for o in by_year[r.year] if _denies(o, r)), None) if r.kind == "level" else _implied(r, levels)
        if rival is None or (r.kind == "growth" and r.interval.meets(rival.interval)):
            kept.append(r)
            continue
        gap = r.interval.gap(rival.interval)
        against = "the levels of its two periods" if r.kind == "growth" else rival.text
        reason = f"{r.text} is contradicted by {against}: {_apart(gap, r.kind)}"
        aside += [SetAside(o, reason) for o in r.observations]
    return kept, aside


def _denies(rival: Reading, reading: Reading) -> bool:
    """Whether two levels of one year, one window inside the other, cannot both be true and ``rival`` counts for more.

    A year's total counts for more than its parts; of two parts, the one known later.
    """
    if rival.window == reading.window or reading.window.is_whole or (rival.of_parts and reading.of_parts):
        return False
    if not rival.window.is_whole and rival.known_from <= reading.known_from:
        return False
    if rival.window.start <= reading.window.start and reading.window.end <= rival.window.end:
        return reading.interval.low >= rival.interval.high
    if reading.window.start <= rival.window.start and rival.window.end <= reading.window.end:
        return rival.interval.low >= reading.interval.high
    return False


def _implied(growth: Reading, levels: dict[tuple[int, Window], Reading]) -> Reading | None:
    """Growth as the levels of its two windows give it, where both are stated."""
    now, before = levels.get((growth.year, growth.window)), levels.get((growth.year - 1, growth.window))
    if now is None or before is None or now.interval.is_bound or not 0.0 < before.interval.low < math.inf:
        return None
    ends = Interval(now.interval.low / before.interval.high, now.interval.high / before.interval.low)
    return Reading(growth.year, growth.window, "growth", ends, (*now.observations, *before.observations))


def _agreed(statements: list[Observation], label: str) -> tuple[Reading, list[SetAside]]:
    """The intersection of statements about one period, the latest known first."""
    ordered = sorted(statements, key=lambda o: (o.known_from, o.value), reverse=True)
    first, interval = ordered[0], interval_of(ordered[0])
    kept, aside = [first], []
    for o in ordered[1:]:
        other = interval_of(o)
        if interval.meets(other):
            interval = interval.intersection(other)
            kept.append(o)
        elif o.known_from == first.known_from:
            raise DataError(
                f"{label}: {o.period} is {first.value:g} by {first.stated_by or first.source} and {o.value:g} by "
                f"{o.stated_by or o.source}, known from one day: keep the one that counts"
            )
        else:
            reason = f"{o.period} {o.kind} {_figure(o)} of {o.known_from} is contradicted by {_figure(first)}"
            aside.append(SetAside(o, f"{reason} of {first.known_from}: {_apart(interval.gap(other), o.kind)}"))
    # One final statement is enough: the others only say again what it says.
    preliminary = all(o.is_preliminary for o in kept)
    window = window_of(first.start, first.end)
    return Reading(first.start.year, window, first.kind, interval, tuple(kept), is_preliminary=preliminary), aside


def _figure(o: Observation) -> str:
    return f"{100.0 * o.value:+g} %" if o.kind == "growth" else f"{o.value:g}"


def _apart(gap: float, kind: str) -> str:
    """A gap in words: in the unit of the series for levels, in percentage points for growth."""
    return f"{100.0 * gap:.3g} points apart" if kind == "growth" else f"{gap:.3g} apart"


def _parts_summed(used: list[Reading], series: TradeSeries) -> tuple[list[Reading], list[SetAside]]:
    """Parts that are tied to January replaced by cumulated levels, and those that others contradict set aside."""
    by_period = {(r.observations[0].start, r.observations[0].end): r for r in used if r.kind == "level"}
    stated = {(r.year, r.window) for r in by_period.values()}
    summed: list[Reading] = []
    replaced: set[int] = set()
    aside: list[SetAside] = []
    for year, tiling in series.tilings.items():
        covered = MONTHS in tiling.cumulated
        for month, terms in tiling.cumulated.items():
            parts = [(t.sign, by_period[t.observation.start, t.observation.end]) for t in terms]
            replaced |= {id(r) for _, r in parts}
            window = Window(0.0, float(month))
            if len(terms) > 1 and (year, window) in stated:
                continue
            of_parts = covered or len(terms) > 1 or terms[0].observation.is_one_month
            behind = tuple(o for _, r in parts for o in r.observations)
            preliminary = any(r.is_preliminary for _, r in parts)
            summed.append(Reading(year, window, "level", _signed_sum(parts), behind, of_parts, preliminary))
        tied = {0, *tiling.cumulated}
        for r in by_period.values():
            inside = r.year == year and r.window.start > 0.0 and {r.window.start, r.window.end} <= tied
            replaced |= {id(r)} if inside and not r.interval.is_bound else set()
        for d in tiling.disagreements:
            rejected = by_period[d.observation.start, d.observation.end]
            replaced.add(id(rejected))
            aside += [SetAside(o, d.reason) for o in rejected.observations]
    kept = [r for r in used if id(r) not in replaced]
    return kept + sorted(summed, key=lambda r: (r.year, r.window)), aside


def _signed_sum(parts: list[tuple[int, Reading]]) -> Interval:
    """Where the sum of added and taken-away levels lies."""
    ends = [(r.interval.low, r.interval.high)[::sign] for sign, r in parts]
    signs = [sign for sign, _ in parts]
    low, high = (sum(sign * e[k] for sign, e in zip(signs, ends, strict=True)) for k in (0, 1))
    return Interval(max(low, 0.0), max(high, 0.0))


def _log_moments(interval: Interval) -> tuple[float, float]:
    """Mean and variance of log U, U uniform on the interval (above 0, finite)."""
    a, b = interval
    if b - a <= 0.02 * b:
        middle = 0.5 * (a + b)
        variance = (b - a) ** 2 / (12.0 * middle**2)
        return math.log(middle) - 0.5 * variance, variance

    def antiderivative(x: float) -> tuple[float, float]:
        if x == 0.0:
            return 0.0, 0.0
        log = math.log(x)
        return x * (log - 1.0), x * (log * log - 2.0 * log + 2.0)

    (m0, s0), (m1, s1) = antiderivative(a), antiderivative(b)
    mean = (m1 - m0) / (b - a)
    return mean, (s1 - s0) / (b - a) - mean * mean
