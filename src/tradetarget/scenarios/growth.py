"""Adjustments of growth: added to it, or setting it outright.

With x_k the log level in year k of the horizon, c_k the model's median path and d_k = x_k - c_k a path's deviation from
it, growth that is set outright replaces the increments of c and keeps every d_k; growth that is added comes on top of
the increments of both.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.errors import ScenarioError
from tradetarget.models import Paths
from tradetarget.scenarios.adjustment import (
    Adjustment,
    Scaled,
    Setting,
    growth_size,
    shifted,
    when_or_none,
    whole_number,
    year_key,
)
from tradetarget.scenarios.sizes import Size, draws_of, log_factor, middle, read_number


@dataclass(frozen=True)
class GrowthShift(Scaled):
    """Growth higher, or lower, by ``value`` a year in each year of a window: log growth + log(1 + value).

    Parameters
    ----------
    value
        A fraction a year: 0.02 turns growth of 3 % into 5.06 %. A number or a distribution (one draw a path).
    start, end
        First and last year, both included; calendar years, or years after the last complete one (1 is the first year
        forecast). None: the ends of the horizon.
    source
        Where the size comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a value outside (-1, 1].

    Examples
    --------
    >>> GrowthShift("2 %", start=2026, end=2030).value
    0.02
    """

    kind: ClassVar[str] = "growth_shift"
    stage: ClassVar[int] = 2
    value: Size
    start: int | None = None
    end: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the size and the window."""
        self._read("value", growth_size(self.value, "value"))
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))

    def profile(self, setting: Setting) -> Array:
        """(horizon,) years of the window that have begun."""
        return np.cumsum(setting.inside(self.start, self.end))


@dataclass(frozen=True)
class SetGrowth(Adjustment):
    """Base of the adjustments that set the growth of the median path outright in some years."""

    stage: ClassVar[int] = 1

    @abstractmethod
    def rates(self, setting: Setting) -> list[tuple[Array, Size]]:
        """(horizon,) masks of years, and the growth of the median path in them; each size is drawn once a path."""

    def check(self, setting: Setting) -> None:
        """Refuse years outside the horizon."""
        self.rates(setting)

    def n_draws(self, setting: Setting) -> int:
        """One a distribution."""
        return sum(draws_of(size) for _, size in self.rates(setting))

    def sets_growth(self, setting: Setting) -> frozenset[int]:
        """The years of its masks."""
        return frozenset(int(y) for mask, _ in self.rates(setting) for y in setting.years[mask > 0])

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """Replace the increments of the centre in those years by log(1 + rate); keep deviations from it."""
        model_growth = np.diff(paths.log_centre, prepend=paths.log_origin[:, None], axis=1)
        change = np.zeros((*model_growth.shape, 1))
        centre = np.zeros(model_growth.shape)
        used = 0
        for mask, size in self.rates(setting):
            rate = np.atleast_1d(log_factor(size, draws[used : used + 1]))
            used += draws_of(size)
            change = change + mask[:, None] * (rate - model_growth[:, :, None])
            centre += mask * (math.log1p(middle(size)) - model_growth)
        return shifted(paths, np.cumsum(change, axis=1), np.cumsum(centre, axis=1))


@dataclass(frozen=True)
class GrowthHalt(SetGrowth):
    """No growth of the median path in a window; each path keeps its deviation from it.

    Parameters
    ----------
    start, end
        First and last year; see ``GrowthShift``.
    source
        Where the scenario comes from, or that it is an assumption.
    """

    kind: ClassVar[str] = "growth_halt"
    size_field: ClassVar[str | None] = None
    start: int | None = None
    end: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the window."""
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))

    def rates(self, setting: Setting) -> list[tuple[Array, Size]]:
        """Zero in the window."""
        return [(setting.inside(self.start, self.end), 0.0)]


@dataclass(frozen=True)
class Benchmark(SetGrowth):
    """The median path grows at the rate of a benchmark, such as the best quarter of pairs like this one.

    Parameters
    ----------
    value
        Growth a year, a fraction; a number or a distribution (one draw a path). None with ``share``.
    start, end
        First and last year; see ``GrowthShift``.
    share
        In place of a value: as fast as this share of like pairs grew, or faster; 0.25 is the best quarter. The rate g
        solves P((1 + g)^h times the last value is reached within h years) = share by the reference class, h the years
        of the window (at most 15; a longer one keeps the rate of 15 years).
    source
        Which benchmark, and where its rate comes from.

    Raises
    ------
    ScenarioError
        On a value outside (-1, 1], both or neither of value and share, or a share outside [0.05, 0.95].
    ModelError
        When the reference class cannot place the series: another currency than US dollars.
    """

    kind: ClassVar[str] = "benchmark"
    value: Size | None = None
    start: int | None = None
    end: int | None = None
    share: float | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the size and the window."""
        if (self.value is None) == (self.share is None):
            raise ScenarioError("benchmark takes one of value (growth a year) and share (0.25: the best quarter)")
        if self.value is not None:
            self._read("value", growth_size(self.value, "value"))
        if self.share is not None:
            self._read("share", read_number(self.share, "share"))
            if not 0.05 <= self.share <= 0.95:
                raise ScenarioError(f"share {self.share:g} is not between 0.05 and 0.95: 0.25 is the best quarter")
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))

    def rates(self, setting: Setting) -> list[tuple[Array, Size]]:
        """The benchmark's rate in the window."""
        window = setting.inside(self.start, self.end)
        if self.share is None:
            return [(window, 0.0 if self.value is None else self.value)]
        return [(window, setting.growth_of_like_pairs(self.share, int((window > 0).sum())))]


@dataclass(frozen=True)
class GrowthPath(SetGrowth):
    """Growth of the median path given year by year; years that are not named keep the model's.

    Parameters
    ----------
    rates_by_year
        {year: growth}, fractions a year, each a number or a distribution; calendar years, or years after the last
        complete one.
    source
        Whose path it is.

    Raises
    ------
    ScenarioError
        On no years, or a rate outside (-1, 1].

    Examples
    --------
    >>> GrowthPath({2026: 0.10, 2027: "8 %"}).rates_by_year
    {2026: 0.1, 2027: 0.08}
    """

    kind: ClassVar[str] = "growth_path"
    size_field: ClassVar[str | None] = None
    rates_by_year: Mapping[int, Size]
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read years and rates."""
        if not isinstance(self.rates_by_year, Mapping | pd.Series) or len(self.rates_by_year) == 0:
            raise ScenarioError(f"rates_by_year {self.rates_by_year!r} names no year: write {{2026: 0.05, 2027: 0.04}}")
        read: dict[int, Size] = {}
        for key, rate in self.rates_by_year.items():
            year = year_key(key, "rates_by_year")
            read[when_or_none(year, "rates_by_year") or year] = growth_size(rate, f"rates_by_year.{year}")
        self._read("rates_by_year", read)

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted(self.rates_by_year.items(), key=lambda kv: kv[0])), self.source))

    def rates(self, setting: Setting) -> list[tuple[Array, Size]]:
        """One year each."""
        return [(setting.inside(year, year), rate) for year, rate in sorted(self.rates_by_year.items())]


@dataclass(frozen=True)
class ReturnToTrajectory(Adjustment):
    """The median path returns to the trajectory of earlier years, and then stays on it.

    The trajectory is the log-linear least-squares trend through the totals of ``first`` to ``last``; the gap between it
    and the median path closes in equal steps (in logs) over ``years`` years. Each path keeps its deviation.

    Parameters
    ----------
    first, last
        The calendar years of the data whose trend it is.
    start
        The first year of the return; see ``GrowthShift``.
    years
        Years until the gap is closed.
    source
        Where the scenario comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        With fewer than two totals between ``first`` and ``last``, or a return that outlasts the horizon.
    """

    kind: ClassVar[str] = "return_to_trajectory"
    stage: ClassVar[int] = 1
    size_field: ClassVar[str | None] = None
    first: int
    last: int
    start: int | None = None
    years: int = 5
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the years."""
        for name in ("first", "last"):
            self._read(name, whole_number(getattr(self, name), name, 1000))
        self._read("start", when_or_none(self.start, "start"))
        self._read("years", whole_number(self.years, "years", 1))

    def trend(self, setting: Setting) -> Array:
        """(horizon,) log of the trajectory, continued."""
        years, levels = setting.series.annual_arrays()
        in_span = (years >= self.first) & (years <= self.last)
        if in_span.sum() < 2:
            raise ScenarioError(
                f"its trajectory {self.first}-{self.last} has {int(in_span.sum())} totals in the data, which cover "
                f"{years[0]}-{years[-1]}: choose a span with two or more"
            )
        slope, level = np.polyfit(years[in_span] - self.last, np.log(levels[in_span]), 1)
        return np.asarray(level + slope * (setting.years - self.last))

    def check(self, setting: Setting) -> None:
        """Refuse a return that starts or ends outside the horizon, or has no trajectory."""
        start = setting.year(self.start, setting.origin + 1)
        setting.window(start, start + self.years - 1)
        self.trend(setting)

    def sets_growth(self, setting: Setting) -> frozenset[int]:
        """Every year from its start."""
        return frozenset(range(setting.year(self.start, setting.origin + 1), setting.origin + setting.horizon + 1))

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """x + w (trend - centre), w rising from 0 to 1 over the years of the return."""
        start = setting.year(self.start, setting.origin + 1)
        weight = np.clip((setting.years - start + 1) / self.years, 0.0, 1.0)
        effect = weight * (self.trend(setting) - paths.log_centre)
        return shifted(paths, effect[:, :, None], effect)
