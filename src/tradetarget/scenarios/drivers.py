"""Scenarios that change a driver instead of trade itself, and what their paths are drawn from.

An adjustment of the paths knows nothing of how they were made. A driver's shift is one step earlier: the table of
drivers is restated, the model fitted to it again, and simulated from the same random stream, so that what differs
between a scenario and the baseline is the shift alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from tradetarget.answering.part_years import fit_to_everything
from tradetarget.errors import ScenarioError, unknown_name
from tradetarget.models import FittedGrowth, GrowthModel, Paths
from tradetarget.models.drivers.table import read_drivers
from tradetarget.scenarios.adjustment import Adjustment, Setting, growth_size, when_or_none
from tradetarget.scenarios.scenario import Plan
from tradetarget.scenarios.sizes import Uncertain
from tradetarget.seeding import stream


@dataclass(frozen=True)
class DriverShift(Adjustment):
    """A driver's growth higher, or lower, by ``value`` a year in each year of a window: log growth + log(1 + value).

    The driver stays off its earlier path after the window. Only a model that uses drivers can be asked (it says so
    with ``uses_drivers = True``), with a table of drivers.

    Parameters
    ----------
    area, concept
        The driver, as the table names it: "UZB", "NGDPD".
    value
        A fraction a year: -0.02 is two points less. A number: the uncertainty of drivers is the model's.
    start, end
        First and last year, both included; see ``GrowthShift``. None: the first year forecast, the horizon's last.
    source
        Where the size comes from, or that it is an assumption.

    Raises
    ------
    ScenarioError
        On a value outside (-1, 1] or a distribution, or an empty area or concept.

    Examples
    --------
    >>> DriverShift("UZB", "NGDPD", "-2 %", start=2026, end=2028).value
    -0.02
    """

    kind: ClassVar[str] = "driver_shift"
    stage: ClassVar[int] = 0
    area: str
    concept: str
    value: float
    start: int | None = None
    end: int | None = None
    source: str | None = field(default=None, kw_only=True)

    def validate(self) -> None:
        """Read the driver, the size and the window."""
        for name in ("area", "concept"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text.strip():
                raise ScenarioError(f"{name} {text!r} is empty or no text: name it as the drivers do, such as 'UZB'")
            self._read(name, text.strip())
        size = growth_size(self.value, "value")
        if isinstance(size, Uncertain):
            raise ScenarioError(
                f"value is a distribution ({size}): give a number, for the model draws the drivers' own uncertainty"
            )
        self._read("value", size)
        self._read("start", when_or_none(self.start, "start"))
        self._read("end", when_or_none(self.end, "end"))

    def check(self, setting: Setting) -> None:
        """Refuse a window outside the horizon or the drivers' years, a driver that is not there, or no drivers."""
        if setting.drivers is None:
            raise ScenarioError(
                f"it shifts {self.concept} of {self.area}, and there is no table of drivers: give drivers="
            )
        self.restate_drivers(setting.drivers, setting)

    def apply(self, paths: Paths, draws: np.ndarray, setting: Setting) -> Paths:
        """The block as it is: its paths were drawn with the shifted driver."""
        return paths

    def restate_drivers(self, drivers: pd.DataFrame, setting: Setting) -> pd.DataFrame:
        """The table with this driver multiplied by (1 + value) once for each year of the window that has begun.

        Raises
        ------
        DataError
            When the table cannot be used.
        UnknownNameError
            When it has no such driver; the nearest are offered.
        ScenarioError
            When it ends before the window does (without ``end``: before it starts).
        """
        first, last = setting.window(self.start, self.end)
        table = read_drivers(drivers).frame
        mine = ((table["area"] == self.area) & (table["concept"] == self.concept)).to_numpy()
        if not mine.any():
            held = {f"{c} of {a}" for c, a in zip(table["concept"], table["area"], strict=True)}
            raise unknown_name("driver", f"{self.concept} of {self.area}", held)
        years = table["period"].to_numpy()
        ends = int(years[mine].max())
        needed = first if self.end is None else last
        if ends < needed:
            raise ScenarioError(
                f"the drivers' {self.concept} of {self.area} ends in {ends} and the window needs {needed}: "
                "end the window earlier, or give drivers that go further"
            )
        begun = np.clip(np.minimum(years, last) - first + 1, 0, None)
        factor = np.where(mine, np.exp(begun * math.log1p(self.value)), 1.0)
        return table.assign(value=table["value"] * factor)


@dataclass(frozen=True, eq=False)
class Source:
    """What the paths of one or more scenarios are drawn from: a fitted model and the drivers it was fitted with."""

    fitted: FittedGrowth
    drivers: pd.DataFrame | None

    def blocks(self, horizon: int, n_paths: int, seed: int) -> Iterator[Paths]:
        """Its paths, always from the beginning of the series' own stream."""
        return self.fitted.blocks(horizon, n_paths, stream(seed, self.fitted.series.label), self.drivers)


def sources_of(model: GrowthModel, fitted: FittedGrowth, plans: Sequence[Plan]) -> tuple[Source, ...]:
    """The source of each plan: ``fitted``, which all share, and one of its own where a driver is shifted.

    Raises
    ------
    ScenarioError
        When a driver is shifted and the model uses none.
    """
    shared = Source(fitted, plans[0].setting.drivers)
    return tuple(_source(model, shared, plan) for plan in plans)


def _source(model: GrowthModel, shared: Source, plan: Plan) -> Source:
    shifts = [a for a in plan.scenario.adjustments if isinstance(a, DriverShift)]
    table = plan.setting.drivers
    if not shifts or table is None:
        return shared
    if not getattr(model, "uses_drivers", False):
        raise ScenarioError(
            f"scenario {plan.scenario.name!r} shifts {shifts[0].concept} of {shifts[0].area}, and model {model.name!r} "
            "uses no drivers: choose one that does, such as 'drivers'"
        )
    for shift in shifts:
        table = shift.restate_drivers(table, plan.setting)
    return Source(fit_to_everything(model, plan.setting.series, table), table)


def blocks_by_plan(sources: Sequence[Source], horizon: int, n_paths: int, seed: int) -> Iterator[list[Paths]]:
    """The next block of every plan; plans of one source share theirs, and all sources draw from one stream.

    Parameters
    ----------
    sources
        One a plan.
    """
    distinct = list(dict.fromkeys(sources))
    place = [distinct.index(s) for s in sources]
    for blocks in zip(*(s.blocks(horizon, n_paths, seed) for s in distinct), strict=True):
        yield [blocks[i] for i in place]
