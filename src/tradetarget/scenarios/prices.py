"""Adjustments of everything else: how much the years vary, and in which year's dollars the target is meant."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.errors import ScenarioError
from tradetarget.models import Paths
from tradetarget.observations import TradeSeries
from tradetarget.scenarios.adjustment import (
    Adjustment,
    Setting,
    growth_size,
    shifted,
    when_or_none,
    whole_number,
    year_key,
)
from tradetarget.scenarios.sizes import Size, Uncertain, bounds, log_factor, middle, read_number, read_size


@dataclass(frozen=True)
class VolatilityMultiplier(Adjustment):
    """Years that vary more, or less: deviations from the median path grow ``factor`` times as fast in a window.

    With d_k = x_k - c_k the deviation of a path from the centre and d_0 = 0, its increments in the window are
    multiplied: d'_k = sum over j <= k of f_j (d_j - d_{j-1}). The median path stays where it is.

    Parameters
    ----------
    factor
        2 is twice the spread, 0.5 half of it; a number or a distribution (one draw a path).
    start, end
        First and last year; see ``GrowthShift``.
    source
        Where the factor comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a factor below 0 or above 10.
    """

    kind: ClassVar[str] = "volatility_multiplier"
    stage: ClassVar[int] = 0
    size_field: ClassVar[str | None] = "factor"
    factor: Size
    start: int | None = None
    end: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the factor and the window."""
        self._read("factor", read_size(self.factor, "factor"))
        least, most = bounds(self.factor)
        if least < 0.0 or most > 10.0:
            raise ScenarioError(f"factor {least if least < 0 else most:g} is not between 0 (no spread) and 10")
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))

    def check(self, setting: Setting) -> None:
        """Refuse a window outside the horizon."""
        setting.window(self.start, self.end)

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """Centre plus scaled deviations."""
        inside = setting.inside(self.start, self.end)[:, None]
        factor = self.factor.quantile(draws[0]) if isinstance(self.factor, Uncertain) else np.array([self.factor])
        centre = paths.log_centre[:, :, None]
        deviation = paths.log_levels.swapaxes(1, 2) - centre
        if inside.all():
            deviation *= factor
        else:
            steps = np.diff(deviation, prepend=0.0, axis=1)
            steps *= 1.0 + inside * (factor[None, :] - 1.0)
            deviation = np.cumsum(steps, axis=1, out=steps)
        return replace(paths, log_levels=(deviation + centre).swapaxes(1, 2))


@dataclass(frozen=True)
class Deflation(Adjustment):
    """The target means dollars of a stated year: data and paths are divided by a price index, 1 in that year.

    Parameters
    ----------
    base_year
        The calendar year in whose prices the target is meant.
    index
        {year: price level}, any scale, without a gap: from the base year, or the last complete year where that is
        earlier, up to its own last year.
    inflation
        Inflation a year beyond the last year of the index; a number or a distribution (one draw a path). None: the
        index must reach the end of the horizon.
    source
        Which index, and whose.

    Raises
    ------
    ScenarioError
        On a price level that is not positive, or a year that is missing.
    """

    kind: ClassVar[str] = "deflation"
    stage: ClassVar[int] = 5
    size_field: ClassVar[str | None] = "inflation"
    base_year: int
    index: Mapping[int, float]
    inflation: Size | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read years and prices."""
        self._read("base_year", whole_number(self.base_year, "base_year", 1000))
        if not isinstance(self.index, Mapping | pd.Series) or len(self.index) == 0:
            raise ScenarioError(f"index {self.index!r} holds no prices: write {{2019: 100, 2020: 101.2}}")
        read = {year_key(year, "index"): read_number(price, f"index.{year}") for year, price in self.index.items()}
        wrong = [f"index.{year} {price:g}" for year, price in read.items() if price <= 0]
        if wrong:
            raise ScenarioError(f"{wrong[0]} is not above 0: an index holds price levels, such as 100 and 102.5")
        self._read("index", dict(sorted(read.items())))
        if self.inflation is not None:
            self._read("inflation", growth_size(self.inflation, "inflation"))

    def __hash__(self) -> int:
        return hash((type(self), self.base_year, tuple(self.index.items()), self.inflation, self.source))

    def check(self, setting: Setting) -> None:
        """Refuse an index without a year that is needed."""
        first, last = min(self.base_year, setting.origin), max(self.index)
        end = last if self.inflation is not None else setting.origin + setting.horizon
        missing = [y for y in range(first, max(end, self.base_year) + 1) if y not in self.index]
        if missing:
            remedy = "add it, or give inflation beyond the last year" if missing[0] > last else "add it"
            raise ScenarioError(f"index has no price level for {missing[0]}: {remedy}")

    def log_price(self, year: int, log_inflation: Array | float) -> Array | float:
        """Log of the price level over that of the base year; beyond the index it grows with inflation."""
        last = max(self.index)
        published = math.log(self.index[min(year, last)] / self.index[self.base_year])
        return published + max(year - last, 0) * log_inflation

    @property
    def _middle(self) -> float:
        return 0.0 if self.inflation is None else math.log1p(middle(self.inflation))

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """x - log(P_y / P_base), origin included; the origin's price, where unknown, from the middle inflation."""
        rate = np.atleast_1d(0.0 if self.inflation is None else log_factor(self.inflation, draws))
        prices = np.array([self.log_price(int(y), rate) for y in setting.years])
        centre = np.array([self.log_price(int(y), self._middle) for y in setting.years])
        moved = shifted(paths, -prices, -centre)
        return replace(moved, log_origin=paths.log_origin - self.log_price(setting.origin, self._middle))

    def restate(self, series: TradeSeries) -> TradeSeries:
        """Calendar-year totals, the parts they are sums of, and single months, in the base year's prices."""
        totals = series.annual()
        covered = totals[totals.index >= min(self.index)]
        real = covered / np.array([math.exp(self.log_price(int(y), self._middle)) for y in covered.index])
        reporter = series.reporters[0] if series.reporters else None
        annual = TradeSeries.from_annual(
            real, unit=series.unit, name=series.name, flow=series.flow, reporter=reporter, year_end=series.year_end
        )
        summed = {o for total in series.totals.values() if total.is_sum for o in total.parts}
        parts = [
            replace(o, value=o.value / math.exp(self.log_price(o.start.year, self._middle)), rounding=None)
            for o in series
            if (o in summed or o.is_one_month) and o.kind == "level" and o.start.year >= min(self.index)
        ]
        return replace(annual, observations=(*annual, *parts))
