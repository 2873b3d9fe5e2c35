"""Adjustments of the level: effects that stay, shocks that pass, events that may come, and ceilings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from tradetarget.arrays import Array
from tradetarget.errors import ScenarioError, UnitError, shown
from tradetarget.models import Paths
from tradetarget.scenarios.adjustment import (
    Adjustment,
    Scaled,
    Setting,
    level_size,
    shifted,
    when_or_none,
    whole_number,
)
from tradetarget.scenarios.sizes import Size, Uncertain, bounds, draws_of, middle, read_size
from tradetarget.units import Unit


def shock_profile(since: Array, onset: int, duration: int, recovery: int | None) -> Array:
    """How much of a shock is in force ``since`` years after its first one (0 in that year; negative: not yet).

    It builds up in equal steps over ``onset`` years, is in full force for ``duration`` years (the last of the onset
    among them), and fades in equal steps: ``recovery`` years later nothing is left. None: it stays.
    """
    rising = np.clip((since + 1) / onset, 0.0, 1.0)
    if recovery is None:
        return np.asarray(rising)
    past = since - (onset + duration - 2)
    left = np.clip(1.0 - past / recovery, 0.0, 1.0) if recovery else np.where(past > 0, 0.0, 1.0)
    return np.asarray(np.where(past > 0, left, rising))


@dataclass(frozen=True)
class LevelEffect(Scaled):
    """A lasting effect on the level, phased in over years: a trade agreement, an export priority, a border crossing.

    Parameters
    ----------
    value
        The full effect, a fraction of the level: 0.3 is 30 % more trade than without it. A number or a distribution.
    start
        The first year of the effect; a calendar year, or years after the last complete one. None: the first forecast.
    years
        Years until it is in full force, in equal steps of logs; 1 is at once.
    source
        Where the size comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a value outside (-1, 3], or a phase-in that outlasts the horizon.
    """

    kind: ClassVar[str] = "level_effect"
    stage: ClassVar[int] = 3
    value: Size
    start: int | None = None
    years: int = 1
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the size and the years."""
        self._read("value", level_size(self.value, "value"))
        self._read("start", when_or_none(self.start, "start"))
        self._read("years", whole_number(self.years, "years", 1))

    def profile(self, setting: Setting) -> Array:
        """(horizon,) 0 before the start, then in equal steps to 1."""
        start = setting.year(self.start, setting.origin + 1)
        setting.window(start, start + self.years - 1)
        return shock_profile(setting.years - start, self.years, 1, None)


@dataclass(frozen=True)
class LevelShock(Scaled):
    """A one-off shock to the level, with or without recovery: a recession, a closed border.

    Parameters
    ----------
    value
        Its depth, a fraction of the level: -0.25 is a quarter less trade. A number or a distribution.
    year
        The first year it is felt; a calendar year, or years after the last complete one.
    onset
        Years over which it builds up; 1 is at once.
    duration
        Years in full force, the last of the onset among them.
    recovery
        Years until nothing is left of it, in equal steps of logs; None: it stays.
    source
        Where the size comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a value outside (-1, 3], or a shock or recovery that outlasts the horizon.
    """

    kind: ClassVar[str] = "level_shock"
    stage: ClassVar[int] = 3
    value: Size
    year: int
    onset: int = 1
    duration: int = 1
    recovery: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the size and the years."""
        self._read("value", level_size(self.value, "value"))
        if when_or_none(self.year, "year") is None:
            raise ScenarioError("year is missing: say in which year the shock is first felt")
        _read_spell(self, self.onset, self.duration, self.recovery)

    def profile(self, setting: Setting) -> Array:
        """(horizon,) the share of the shock in force."""
        start = setting.year(self.year, 0)
        setting.window(start, start + self.onset + self.duration - 2)
        last = start + self.onset + self.duration - 2 + (self.recovery or 0)
        if last > setting.origin + setting.horizon and not setting.is_deadline:
            raise ScenarioError(
                f"its recovery ends in {last}, beyond the horizon, which ends in {setting.origin + setting.horizon}: "
                "shorten it, lengthen the horizon, or leave recovery out if it never ends"
            )
        return shock_profile(setting.years - start, self.onset, self.duration, self.recovery)


def _read_spell(shock: LevelShock | ConditionalEvent, onset: int, duration: int, recovery: int | None) -> None:
    whole_number(onset, "onset", 1)
    whole_number(duration, "duration", 1)
    if recovery is not None:
        whole_number(recovery, "recovery", 0)


@dataclass(frozen=True)
class ConditionalEvent(Adjustment):
    """An event that may come in any year of a window: a recession with probability p a year, for instance.

    Each path draws, for each year, whether an event begins; events that overlap add up in logs. The centre moves with
    the expected effect.

    Parameters
    ----------
    probability
        That an event begins in a given year, between 0 and 1.
    value
        Its depth, a fraction of the level; a number or a distribution, drawn anew for every event.
    duration
        Years in full force, from the one in which it begins.
    recovery
        Years until nothing is left of it, in equal steps of logs; None: it stays.
    start, end
        First and last year in which one may begin; see ``GrowthShift``.
    source
        Where probability and size come from, or that they are assumptions.

    Raises
    ------
    ScenarioError
        On a probability that is not strictly between 0 and 1, a value outside (-1, 3], or a recovery longer than the
        horizon.
    """

    kind: ClassVar[str] = "conditional_event"
    stage: ClassVar[int] = 3
    probability: float
    value: Size
    duration: int = 1
    recovery: int | None = None
    start: int | None = None
    end: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read probability, size and years."""
        p = read_size(self.probability, "probability")
        if isinstance(p, Uncertain) or not 0.0 < p < 1.0:
            raise ScenarioError(f"probability {p} is not a number strictly between 0 and 1 a year")
        self._read("probability", p)
        self._read("value", level_size(self.value, "value"))
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))
        _read_spell(self, 1, self.duration, self.recovery)

    def check(self, setting: Setting) -> None:
        """Refuse a window outside the horizon and a recovery longer than it."""
        setting.window(self.start, self.end)
        overhangs = self.recovery is not None and self.duration + self.recovery > setting.horizon
        if overhangs and not setting.is_deadline:
            raise ScenarioError(
                f"duration {self.duration} and recovery {self.recovery} are longer than the horizon of "
                f"{setting.horizon} years: shorten them or lengthen the horizon"
            )

    def n_draws(self, setting: Setting) -> int:
        """One a year for whether an event begins, and one a year for its size where that is a distribution."""
        return setting.horizon * (1 + draws_of(self.value))

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """Add every event's effect: the sum over years of (begins) log(1 + size) profile."""
        h = setting.horizon
        window = setting.inside(self.start, self.end)
        begins = (draws[:h] < self.probability) * window[:, None]
        if isinstance(self.value, Uncertain):
            begins = begins * np.log1p(self.value.quantile(draws[h:]))
        else:
            begins = begins * math.log1p(self.value)
        expected = self.probability * window * math.log1p(middle(self.value))
        profile = shock_profile(np.arange(h, dtype=float), 1, self.duration, self.recovery)
        return shifted(paths, _spread(begins, profile), _spread(expected[:, None], profile)[:, 0])


def _spread(begins: Array, profile: Array) -> Array:
    """(periods, paths) sum over earlier starts of begins times profile."""
    out = np.zeros_like(begins)
    for lag in np.flatnonzero(profile):
        out[lag:] += profile[lag] * begins[: begins.shape[0] - lag]
    return out


@dataclass(frozen=True)
class Ceiling(Adjustment):
    """No path rises above a ceiling: a pipeline's or a border's capacity.

    A target above the ceiling is never reached, one below it as without it; with an uncertain ceiling, both happen.

    Parameters
    ----------
    level
        The ceiling, in ``unit``; a number or a distribution (one draw a path).
    unit
        "USD bn", ...; None: the unit of the target.
    source
        Where the level comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a level that is not positive, or does not lie above the last value of the data.
    """

    kind: ClassVar[str] = "ceiling"
    stage: ClassVar[int] = 4
    size_field: ClassVar[str | None] = "level"
    level: Size
    unit: str | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the level and the unit."""
        if isinstance(self.level, str):
            raise ScenarioError(
                f"level {shown(self.level)} is text, and a ceiling is a level of trade: give a number, such as 8.0"
            )
        self._read("level", read_size(self.level, "level"))
        if self.unit is not None:
            try:
                Unit.parse(self.unit)
            except UnitError as error:
                raise ScenarioError(str(error)) from None
        if bounds(self.level)[0] <= 0:
            raise ScenarioError(
                f"level {bounds(self.level)[0]:g} is not above 0: give the ceiling in {self.unit or 'the unit'}"
            )

    def _log_factor(self, setting: Setting) -> float:
        """log of what a level in ``unit`` is multiplied by to stand in the unit of the paths."""
        if self.unit is None or setting.series.unit is None:
            return 0.0
        try:
            return math.log(Unit.parse(self.unit).factor_to(setting.series.unit))
        except UnitError as error:
            raise ScenarioError(str(error)) from None

    def check(self, setting: Setting) -> None:
        """Refuse a ceiling that the data have already passed."""
        last = float(setting.series.annual().iloc[-1])
        least = bounds(self.level)[0] * math.exp(self._log_factor(setting))
        if least <= last:
            unit = f" {setting.series.unit}" if setting.series.unit else ""
            raise ScenarioError(f"level {least:g}{unit} does not lie above the last value, {last:g}{unit}: raise it")

    def apply(self, paths: Paths, draws: Array, setting: Setting) -> Paths:
        """min(x, log ceiling), for paths and centre."""
        level = self.level.quantile(draws[0]) if isinstance(self.level, Uncertain) else np.array([self.level])
        scale = self._log_factor(setting)
        capped = np.minimum(paths.log_levels, (np.log(level) + scale)[None, :, None])
        centre = np.minimum(paths.log_centre, math.log(middle(self.level)) + scale)
        return replace(paths, log_levels=capped, log_centre=centre)
