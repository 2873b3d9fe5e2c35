"""What every official scale looks at: levels from a base year to the latest one, a target, and the year it is due."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import LARGEST, SMALLEST, number, year
from tradetarget.errors import DataError, SettingError
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import reached
from tradetarget.targets import Target

Levels = TradeSeries | Mapping[int, float] | pd.Series

SHORT_TERM = 5
"""Years from the base year to the latest where no base year is given. Eurostat's short term, Destatis' window."""


@dataclass(frozen=True)
class Progress:
    """Levels on the way to a target.

    Parameters
    ----------
    years, levels
        (n,) the years that have a level, in order, from the base year to the latest; n is at least 2. Levels are
        positive.
    target
        The level to be reached, in the unit of the levels.
    deadline
        The year by whose end it is to be reached, after the latest year.
    """

    years: NDArray[np.int64]
    levels: Array
    target: float
    deadline: int

    @property
    def base_year(self) -> int:
        """The first year looked at, t0."""
        return int(self.years[0])

    @property
    def base(self) -> float:
        """The level of the base year, y0."""
        return float(self.levels[0])

    @property
    def year(self) -> int:
        """The latest year, t."""
        return int(self.years[-1])

    @property
    def latest(self) -> float:
        """The level of the latest year, y."""
        return float(self.levels[-1])

    @property
    def is_met(self) -> bool:
        """Whether the latest level is at or above the target."""
        return bool(reached(self.latest, self.target))

    @property
    def growth(self) -> float:
        """Compound growth a year from the base to the latest level, (y / y0)^(1 / (t - t0)) - 1."""
        return float((self.latest / self.base) ** (1.0 / (self.year - self.base_year)) - 1.0)

    @property
    def required_from_base(self) -> float:
        """Compound growth a year that leads from the base to the target, (yT / y0)^(1 / (tT - t0)) - 1."""
        return float((self.target / self.base) ** (1.0 / (self.deadline - self.base_year)) - 1.0)

    @property
    def required_from_latest(self) -> float:
        """Compound growth a year that leads from the latest level to the target, (yT / y)^(1 / (tT - t)) - 1."""
        return float((self.target / self.latest) ** (1.0 / (self.deadline - self.year)) - 1.0)

    @property
    def arrival(self) -> float | None:
        """When the growth since the base year would reach the target, t0 + ln(yT / y0) / ln(1 + growth); None if never.

        It is at most the deadline exactly where the growth is at least the required one from the base year.
        """
        if self.target <= self.base or self.growth <= 0.0:
            return None
        return self.base_year + math.log(self.target / self.base) / math.log1p(self.growth)

    def log_trend(self) -> tuple[float, float] | None:
        """Slope of the logarithm of the level on the year by least squares over all levels, and its standard error.

        exp(slope) - 1 is the average annual rate of increase, UNICEF's and WHO's average annual rate of reduction with
        the sign turned. None with fewer than three levels, whose slope has no error.
        """
        if self.years.size < 3:
            return None
        t, x = self.years - self.years.mean(), np.log(self.levels)
        slope = float(t @ x / (t @ t))
        residual = x - x.mean() - slope * t
        return slope, float(np.sqrt(residual @ residual / (t.size - 2) / (t @ t)))


def progress_of(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> Progress:
    """Read levels, a target and its deadline.

    Parameters
    ----------
    levels
        A TradeSeries, or levels by calendar year.
    target
        In the unit of the levels.
    deadline
        A calendar year after the latest one.
    base_year
        Where progress is counted from: this year, or the next one that has a level. Default five years before the
        latest.

    Raises
    ------
    DataError
        On a level that is not a positive number, or fewer than two levels from the base year on.
    TargetError, SettingError
        On a target that is not a positive number; years that are none, or out of order.
    """
    years, values = _by_year(levels)
    target = Target(target).value
    last = int(years[-1])
    due = year(deadline, "deadline")
    if due <= last:
        raise SettingError(
            f"deadline {due} is not after the latest year {last}, so nothing is left to track: give a later one, or "
            "cut the series with as_of"
        )
    base = last - SHORT_TERM if base_year is None else year(base_year, "base_year")
    since_base = years >= base
    if since_base.sum() < 2:
        raise DataError(f"base_year {base} leaves fewer than two levels up to {last}: give an earlier one")
    return Progress(years[since_base], values[since_base], float(target), due)


def _by_year(levels: Levels) -> tuple[NDArray[np.int64], Array]:
    if isinstance(levels, TradeSeries):
        return levels.annual_arrays()
    if not isinstance(levels, Mapping | pd.Series):
        raise DataError(f"expected a TradeSeries or levels by year, got {type(levels).__name__}")
    pairs = sorted(((year(y, "year"), v) for y, v in levels.items()), key=lambda pair: pair[0])
    for when, level in pairs:
        if not SMALLEST <= number(level, f"the level of {when}") <= LARGEST:
            raise DataError(f"the level of {when} is {level:g}, which is not a positive number: correct it")
    if len({y for y, _ in pairs}) < max(2, len(pairs)):
        raise DataError("progress needs two levels of different years: give at least the base and the latest one")
    return np.array([y for y, _ in pairs], dtype=np.int64), np.array([v for _, v in pairs], dtype=np.float64)


@dataclass(frozen=True)
class Verdict:
    """What one official scale says of the way to a target.

    Parameters
    ----------
    scale
        Whose scale: "Eurostat".
    measure
        The number that the scale is about; None where the published formula gives none, because the target is met, or
        the base is at or above it.
    meaning
        What the number is.
    verdict
        The published word for it.
    is_favourable
        Whether the verdict says that the target is met, or will be if things go on as they did.
    source
        Where formula and thresholds are from.
    """

    scale: str
    measure: float | None
    meaning: str
    verdict: str
    is_favourable: bool
    source: str

    def __repr__(self) -> str:
        number = "" if self.measure is None else f" ({self.measure:.3g})"
        return f"Verdict({self.scale}: {self.verdict}{number})"
