"""What an adjustment is: data that maps a block of paths to a block of paths.

An adjustment sees log levels, the model's median path and the years; it knows nothing of how the paths were made, so it
works on every model. It is a pure function: the block it is given is shared by all scenarios and is never changed.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.checks import LAST_YEAR, checked_year, year_of
from tradetarget.errors import ScenarioError, shown
from tradetarget.models import FittedGrowth, Paths, get_model
from tradetarget.models.interface import MAX_HORIZON, checked_horizon
from tradetarget.observations import TradeSeries
from tradetarget.scenarios.sizes import Size, bounds, draws_of, log_factor, middle, plain, read_size

LONGEST_CLASS, LARGEST_MULTIPLE = 15, 10.0
"""The horizon in years, and the largest multiple, of the table that the reference class reads (shipped with it)."""


@dataclass(frozen=True)
class Setting:
    """What an adjustment may know beside the paths: the data they continue and the years they cover.

    Parameters
    ----------
    series
        The data, in the unit of the paths.
    horizon
        Years simulated after the last complete one.
    drivers
        The table of drivers the model is fitted with, if any.
    is_deadline
        Whether the horizon is only the deadline asked about, so that what an adjustment does may go on after it.
    """

    series: TradeSeries
    horizon: int
    drivers: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    is_deadline: bool = False

    @classmethod
    def until(cls, series: TradeSeries, by: object, drivers: pd.DataFrame | None = None) -> Setting:
        """The years up to a deadline.

        Raises
        ------
        ScenarioError
            When ``by`` is not a year after the data.
        """
        origin = int(series.annual().index[-1])
        year = year_of(by)
        if year is None or year <= origin:
            raise ScenarioError(
                f"by {by!r} is not a year after the data, which end in {origin}: give one, such as {origin + 5}"
            )
        return cls(series, checked_horizon(year - origin), drivers, is_deadline=True)

    @cached_property
    def origin(self) -> int:
        """The last complete year of the data."""
        return int(self.series.annual().index[-1])

    @cached_property
    def _like_pairs(self) -> FittedGrowth:
        return get_model("reference-class").fit(self.series)

    def growth_of_like_pairs(self, share: float, years: int) -> float:
        """Growth a year that this share of pairs like the series reached, or passed, within so many years."""
        span = min(years, LONGEST_CLASS)
        rates = np.linspace(0.0, LARGEST_MULTIPLE ** (1.0 / span) - 1.0, 400)[1:]
        barriers = np.log(self.series.annual().iloc[-1]) + span * np.log1p(rates)
        law = self._like_pairs.hitting_law(barriers, span)
        if law is None:
            raise ScenarioError("the reference class has no hitting law: give the benchmark's rate as value")
        return float(np.interp(-share, -law[:, -1], rates))

    @cached_property
    def years(self) -> Array:
        """(horizon,) the years simulated, as floats for arithmetic."""
        return self.origin + np.arange(1.0, self.horizon + 1)

    def year(self, when: int | None, default: int) -> int:
        """A calendar year from one, or from a small number: years after the last complete one (1 is the first)."""
        if when is None:
            return default
        return when if when > MAX_HORIZON else self.origin + when

    def window(self, start: int | None, end: int | None) -> tuple[int, int]:
        """First and last calendar year of a window; open ends are the ends of the horizon.

        Raises
        ------
        ScenarioError
            When the window is not within the horizon (it may end after a deadline), or ends before it starts.
        """
        first, last = self.origin + 1, self.origin + self.horizon
        a, b = self.year(start, first), self.year(end, last)
        for word, year in (("starts", a), ("ends", b)):
            if not first <= year <= last and not (word == "ends" and year > last and self.is_deadline):
                raise ScenarioError(
                    f"its window {word} in {year}, outside the horizon {first}-{last}: move it or change the horizon"
                )
        if b < a:
            raise ScenarioError(f"its window ends in {b}, before it starts in {a}: swap the two")
        return a, b

    def inside(self, start: int | None, end: int | None) -> Array:
        """(horizon,) 1 in the years of the window, 0 elsewhere."""
        a, b = self.window(start, end)
        return np.asarray((self.years >= a) & (self.years <= b), dtype=float)


@dataclass(frozen=True)
class Adjustment(ABC):
    """Base of the adjustments: frozen data with an ``apply``.

    A scenario applies its adjustments in the order of their ``stage``, whatever their order in its list: volatility
    first, then growth that is set outright, growth added, levels, ceilings, and prices last.

    Parameters
    ----------
    source
        Where its size comes from, or that it is an assumption.
    """

    kind: ClassVar[str]
    stage: ClassVar[int]
    size_field: ClassVar[str | None] = "value"

    def __post_init__(self) -> None:
        source = getattr(self, "source", None)
        if source is not None and not isinstance(source, str):
            raise ScenarioError(f"source {shown(source)} is not text: give some, or leave it out")
        self.validate()

    @abstractmethod
    def validate(self) -> None:
        """Read sizes and refuse values that can never be right.

        Raises
        ------
        ScenarioError
            With the field, its value and the rule.
        """

    @abstractmethod
    def check(self, setting: Setting) -> None:
        """Refuse what cannot be applied to these years and data.

        Raises
        ------
        ScenarioError
            On a window or recovery outside the horizon, and the like.
        """

    @abstractmethod
    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """The adjusted block.

        Parameters
        ----------
        paths
            A block; never changed.
        draws
            (``n_draws``, paths) uniform random numbers of this adjustment's own.
        setting
            The data and the years.
        """

    @property
    def size(self) -> Size | None:
        """The size that is drawn, varied in a sensitivity analysis, or swept; None where there is not one."""
        # The field's name differs by kind, so mypy cannot know its type.
        size: Size | None = getattr(self, self.size_field) if self.size_field else None
        return size

    def with_size(self, size: Size) -> Adjustment:
        """The same adjustment of another size.

        Raises
        ------
        ScenarioError
            Where the adjustment has no single size, and on a size it cannot have.
        """
        if self.size_field is None:
            raise ScenarioError(f"{self.kind} has no single size to vary: vary another adjustment of the scenario")
        changed: dict[str, Any] = {self.size_field: size}
        return replace(self, **changed)

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The parameters that have no default."""
        return tuple(f.name for f in fields(cls) if f.default is MISSING)

    def n_draws(self, setting: Setting) -> int:
        """Random numbers a path."""
        return 0 if self.size is None else draws_of(self.size)

    def sets_growth(self, setting: Setting) -> frozenset[int]:
        """The years whose growth it sets outright; two adjustments of a scenario may not set the same year."""
        return frozenset()

    def restate(self, series: TradeSeries) -> TradeSeries:
        """The data as the scenario sees them; changed only by an adjustment of prices."""
        return series

    def to_dict(self) -> dict[str, Any]:
        """Kind and fields as plain data, defaults left out; what a scenario file holds."""
        out: dict[str, Any] = {"kind": self.kind}
        for f in fields(self):
            value = getattr(self, f.name)
            if value != f.default:
                out[f.name] = as_plain(value)
        return out

    def _read(self, name: str, value: Any) -> None:
        """Set a field of this frozen object while it is being made."""
        object.__setattr__(self, name, value)


def as_plain(value: Any) -> Any:
    """A field as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(k): as_plain(v) for k, v in value.items()}
    return value if isinstance(value, str | int) or value is None else plain(value)


@dataclass(frozen=True)
class Scaled(Adjustment):
    """An adjustment that multiplies the level by (1 + value)^profile: its effect is profile times log(1 + value)."""

    value: Size

    @abstractmethod
    def profile(self, setting: Setting) -> Array:
        """(horizon,) how much of the effect is in force in each year, in units of log(1 + value)."""

    def check(self, setting: Setting) -> None:
        """Refuse a window outside the horizon."""
        self.profile(setting)

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """x + profile log(1 + size); the centre moves with the middle size."""
        profile = self.profile(setting)
        log_value = log_factor(self.value, draws)
        effect = profile[:, None] * np.atleast_1d(log_value)[None, :]
        return shifted(paths, effect, profile * math.log1p(middle(self.value)))


def shifted(paths: Paths, effect: Array, centre_effect: Array) -> Paths:
    """Paths and centre moved in logs.

    Parameters
    ----------
    effect
        (periods, paths) or (periods, 1), or with a series axis before them.
    centre_effect
        (periods,), or (series, periods).
    """
    moved = paths.log_levels.swapaxes(1, 2) + effect
    return replace(paths, log_levels=moved.swapaxes(1, 2), log_centre=paths.log_centre + centre_effect)


def whole_number(value: object, what: str, least: int) -> int:
    """A whole number from ``least`` up, or a ScenarioError."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= LAST_YEAR:
        digits = isinstance(value, str) and value.strip().isdigit()
        remedy = "write it without quotes" if digits else "give one"
        raise ScenarioError(f"{what} {shown(value)} is not a whole number from {least} up to {LAST_YEAR}: {remedy}")
    return int(value)


def deadline(value: object, name: str) -> int:
    """A deadline: 2030, "2030" or a yearly Period; a ScenarioError on anything else."""
    return checked_year(value, name, ScenarioError)


def year_key(key: object, what: str) -> int:
    """A year that is a key of a table, where files can only write it as text."""
    written = isinstance(key, str) and len(key) <= 4 and key.isascii() and key.isdigit()
    return int(key) if isinstance(key, str) and written else whole_number(key, what, 1)


def when_or_none(value: object, what: str) -> int | None:
    """A calendar year, a number of years after the last complete one, or None."""
    if value is None:
        return None
    when = whole_number(value, what, 1)
    if MAX_HORIZON < when < 1000:
        raise ScenarioError(
            f"{what} {when} is neither a calendar year (2027) nor a number of years after the data (1 to {MAX_HORIZON})"
        )
    return when


def size_between(value: object, what: str, low: float, high: float, rule: str) -> Size:
    """A size all of whose values lie above ``low`` and at most at ``high``; ``rule`` says why."""
    size = read_size(value, what)
    least, most = bounds(size)
    if not (least > low and most <= high):
        wrong = least if least <= low else most
        raise ScenarioError(f"{what} {wrong:g} {rule}: sizes are fractions, so write five per cent as 0.05 or '5 %'")
    return size


def growth_size(value: object, what: str) -> Size:
    """A growth rate or a change of one: above -100 % and at most 100 % a year."""
    return size_between(value, what, -1.0, 1.0, "is not between -1 (no trade left) and 1 (twice as much) a year")


def level_size(value: object, what: str) -> Size:
    """A change of the level: above -100 % and at most +300 % (fourfold)."""
    return size_between(value, what, -1.0, 3.0, "is not between -1 (no trade left) and 3 (four times as much)")
