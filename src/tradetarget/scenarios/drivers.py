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

from tradetarget.answering.question import Question
from tradetarget.errors import ScenarioError, unknown_name
from tradetarget.models import Paths
from tradetarget.observations.drivers import read_drivers
from tradetarget.scenarios.adjustment import Adjustment, Setting, growth_size, when_or_none
from tradetarget.scenarios.scenario import Plan
from tradetarget.scenarios.sizes import Uncertain


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


@dataclass(frozen=True)
class Sources:
    """What the paths of several scenarios are drawn from: one question, and more where scenarios shift a driver.

    Parameters
    ----------
    questions
        Each once, the baseline's first; all draw from one stream of random numbers.
    question_of_plan
        The place of each plan's question among them.
    """

    questions: tuple[Question, ...]
    question_of_plan: tuple[int, ...]

    @property
    def baseline(self) -> Question:
        """The question without a shifted driver."""
        return self.questions[0]

    def blocks(self, horizon: int, n_paths: int) -> Iterator[tuple[Paths, ...]]:
        """The next block of each question."""
        yield from zip(*(q.paths(horizon, n_paths) for q in self.questions), strict=True)


def sources_of(question: Question, plans: Sequence[Plan]) -> Sources:
    """The question itself for plans that shift no driver, and a refitted one for each that does.

    Raises
    ------
    ScenarioError
        When a driver is shifted and the model uses none.
    """
    questions, place = [question], []
    for plan in plans:
        table = _shifted(question, plan)
        if table is None:
            place.append(0)
        else:
            place.append(len(questions))
            questions.append(question.with_drivers(table))
    return Sources(tuple(questions), tuple(place))


def _shifted(question: Question, plan: Plan) -> pd.DataFrame | None:
    """The table of drivers as the plan has it; None where it shifts none."""
    shifts = [a for a in plan.scenario.adjustments if isinstance(a, DriverShift)]
    table = plan.setting.drivers
    if not shifts or table is None:
        return None
    if not question.model.uses_drivers:
        raise ScenarioError(
            f"scenario {plan.scenario.name!r} shifts {shifts[0].concept} of {shifts[0].area}, and model "
            f"{question.model.name!r} uses no drivers: choose one that does, such as 'drivers'"
        )
    for shift in shifts:
        table = shift.restate_drivers(table, plan.setting)
    return table
