"""Scenarios of models with an exact law: what a scenario moves is simulated, what it starts from is not.

The baseline is the forecast itself, by the exact law. A scenario's probability is the law's plus what the adjustments
move, path by path, in paths that are weighted so that they reach the target without adjustments as the law says
(:mod:`tradetarget.passage.poststratified`). A scenario that shifts a driver starts from the law of the model that is
fitted to the shifted driver.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tradetarget.answering.counting import MIN_BATCHES, HittingCounter, exact_hitting_time
from tradetarget.answering.question import Question
from tradetarget.arrays import Array
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH
from tradetarget.passage.events import standard_error_of
from tradetarget.passage.poststratified import Strata
from tradetarget.scenarios.drivers import DriverShift
from tradetarget.scenarios.scenario import Plan
from tradetarget.targets import HittingTime, Target, stands_reached


class Control:
    """The exact law of one target, and when each path reaches it as it was drawn.

    Parameters
    ----------
    question
        The baseline's, or that of a scenario that shifts a driver.
    target
        One of its targets.
    law
        (horizon,) P(reached by each year).
    """

    def __init__(self, question: Question, target: Target, law: Array) -> None:
        self.question, self.target, self.law = question, target, law
        self._hits = HittingCounter(target, question.series)
        self._first: list[NDArray[np.uint8]] = []
        self._weights: list[Array] = []

    @classmethod
    def of(cls, question: Question, target: Target, horizon: int) -> Control | None:
        """The control of a target; None where the model has no law of it, or it stands reached."""
        law = None if stands_reached(question.series, target) else question.law(target, horizon)
        return None if law is None else cls(question, target, law)

    def add(self, paths: Paths) -> None:
        """Note the first hits of a block as it was drawn."""
        self._first.append(self._hits.first_hit(paths))
        if paths.weights is not None:
            self._weights.append(paths.weights)

    @cached_property
    def strata(self) -> Strata:
        """The paths by the year of their first hit, once all blocks are in."""
        return Strata(self.law, np.concatenate(self._first), np.concatenate(self._weights) if self._weights else None)

    @property
    def batch(self) -> int:
        """Paths of a batch whose spread gives a standard error (512, or one where there are fewer than 20 of 512).

        Half of a batch is antithetic, so that an error from single paths is too large rather than too small.
        """
        return BATCH if self.strata.first_hit.size >= MIN_BATCHES * BATCH else 1


class ControlledCounter:
    """Counts the paths of one scenario into a hitting time, given the law of the baseline.

    Parameters
    ----------
    control
        Of the target.
    plan
        The scenario.
    """

    def __init__(self, control: Control, plan: Plan) -> None:
        self.target = control.target
        self._control, self._plan = control, plan
        self._hits = HittingCounter(control.target, plan.series)
        self._first: list[NDArray[np.uint8]] = []

    def add(self, paths: Paths) -> None:
        """Count one adjusted block."""
        self._first.append(self._hits.first_hit(paths))

    @cached_property
    def moved(self) -> Array:
        """(batches, K) what each batch moves in the probability; zero for the baseline."""
        control = self._control
        return control.strata.moved(np.concatenate(self._first), control.batch)

    def hitting_time(self) -> HittingTime:
        """The hitting time: exact where no path is adjusted; otherwise with the standard errors of what was moved."""
        control, plan = self._control, self._plan
        years = control.question.years(control.law.size)
        # A shifted driver is in the law already. A scenario that restates the data may bring their last total to the
        # target, which is then certain whatever the law says.
        moves_nothing = all(isinstance(a, DriverShift) for a in plan.scenario.adjustments)
        if moves_nothing or stands_reached(plan.series, self.target):
            return exact_hitting_time(plan.series, self.target, years, control.law)
        probability = control.strata.probability(np.concatenate(self._first))
        answer = exact_hitting_time(plan.series, self.target, years, probability)
        return replace(answer, standard_errors=moved_error(self.moved, control), method="simulation")

    def error_of_difference(self, other: ControlledCounter) -> Array:
        """(K,) standard error of the difference from another scenario on the same paths."""
        return moved_error(self.moved - other.moved, self._control)


def moved_error(moved: Array, control: Control) -> Array:
    """(K,) standard error from what each batch moves; never below 1 / (paths + 2), as in ``batch_standard_error``."""
    least = 1.0 / (control.strata.first_hit.size + 2.0)
    if moved.shape[0] < 2:
        return np.full(moved.shape[1], least)
    return np.asarray(np.maximum(standard_error_of(moved), least))
