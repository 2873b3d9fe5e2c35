"""The distribution of the paths' running maximum, for targets and extra growth that are chosen later.

A path has reached a target T by year k under extra growth g from the next year on if and only if

    M_k(g) = max over j <= k of (x_j + j log(1 + g)) >= log T,

with x_j its log level. So P(reached by k) for every T is the survival function of M_k(g), and quantiles of M_k(g) on a
grid of probabilities hold all of it: between two neighbouring quantiles the probability is known to their distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetarget.answering.question import Question
from tradetarget.arrays import Array
from tradetarget.errors import ModelError, SettingError
from tradetarget.models.interface import concatenate
from tradetarget.passage.events import REACHED_TOLERANCE
from tradetarget.passage.samples import quantiles_of_paths
from tradetarget.scenarios.adjustment import Setting
from tradetarget.scenarios.growth import GrowthShift
from tradetarget.scenarios.scenario import Plan, Scenario

GROWTH = tuple(round(0.005 * k, 3) for k in range(-10, 21))
"""Extra growth a year from -5 to +10 points in steps of half a point. Judgement, because few plans are for more."""
PROBABILITIES = (0.0005, 0.001, 0.0025, *(round(0.005 * k, 3) for k in range(1, 200)), 0.9975, 0.999, 0.9995)
"""Half a point apart, closer in the tails. A probability read between two of them errs by less than half a point."""
LAW_YEARS, LAW_POINTS = 4, 14
"""The exact law is asked at so many quantiles of each of so many years. A level takes the law 30 ms (measured with the
default model and 15 years), and between these levels it is the paths that say how the law runs."""


@dataclass(frozen=True, eq=False)
class RunningMaximum:
    """Quantiles of the running maximum of the level, by extra growth and year.

    Parameters
    ----------
    years
        (K,) of the horizon.
    growth
        (G,) extra growth a year, from the next year on.
    probabilities
        (P,) of the quantiles.
    log_quantiles
        (G, K, P) quantiles of M_k(g), in logs of the target's unit; they never fall along P, nor along K.
    """

    years: NDArray[np.int64]
    growth: tuple[float, ...]
    probabilities: tuple[float, ...]
    log_quantiles: Array

    def probability(self, target: float, growth: float = 0.0) -> Array:
        """(K,) P(reached by each year), read linearly between quantiles.

        Parameters
        ----------
        target
            The level, in the unit of the quantiles; above the last value, at or below which a target is reached.
        growth
            One of ``growth``.

        Raises
        ------
        SettingError
            On extra growth that is not on the grid.
        """
        if growth not in self.growth:
            raise SettingError(f"growth {growth!r} is not on the grid from {self.growth[0]:g} to {self.growth[-1]:g}")
        rows, b = self.log_quantiles[self.growth.index(growth)], np.log(target)
        p = np.asarray(self.probabilities)
        return np.array([1.0 - np.interp(b, row, p, left=0.0, right=1.0) for row in rows])


def running_maximum(
    question: Question,
    horizon: int,
    growth: Sequence[float] = GROWTH,
    probabilities: Sequence[float] = PROBABILITIES,
) -> RunningMaximum:
    """Quantiles of the running maximum under extra growth, from the paths that scenarios are counted on.

    Without extra growth they are those of the exact law, where the model has one. Under extra growth they are those of
    a ``GrowthShift`` on the paths of ``run_scenarios``, which starts from the law instead: the two differ by the error
    of the simulation without extra growth, at most 0.35 points with 50,000 paths (docs/report.md).

    Parameters
    ----------
    question
        Of one target whose event is a calendar-year total, reached once.
    horizon
        Years after the origin.
    growth
        Extra growth a year.
    probabilities
        Of the quantiles, in rising order.

    Raises
    ------
    ModelError
        On events other than that.
    """
    target = question.targets[0]
    if target.is_monthly or not target.is_plain:
        raise ModelError(f"a running maximum answers for the total of one calendar year, not for {target}")
    paths = concatenate(list(question.paths(horizon)))
    setting = Setting(question.series, horizon, question.drivers)
    tables = []
    for extra in growth:
        plan = Plan(Scenario("extra growth", [GrowthShift(extra)] if extra else []), setting)
        adjusted = plan.apply(paths, plan.uniforms(question.seed).take(paths.n_paths))
        highest = np.maximum.accumulate(adjusted.log_levels[0], axis=1)
        table = quantiles_of_paths(highest, paths.weights, probabilities).T
        tables.append(table if extra else _of_law(question, horizon, table, probabilities))
    return RunningMaximum(question.years(horizon), tuple(growth), tuple(probabilities), np.stack(tables))


def _of_law(question: Question, horizon: int, drawn: Array, probabilities: Sequence[float]) -> Array:
    """(K, P) quantiles by the exact law; the drawn ones where the model has none.

    The law F and the share of paths G are both known at a few levels. F - G, which is the error of the simulation, is
    interpolated between them and added to G everywhere.
    """
    rows = np.unique(np.linspace(0, horizon - 1, LAW_YEARS).round().astype(int))
    places = np.linspace(0, len(probabilities) - 1, LAW_POINTS).round().astype(int)
    last = float(np.log(question.series.annual().iloc[-1]))
    # A target at or below the last value is reached by convention, so that a law says 1 there whatever the paths do.
    just_above = last + 2.0 * REACHED_TOLERANCE
    wanted = drawn[np.ix_(rows, places)]
    levels = np.unique(np.append(wanted[wanted > just_above], just_above))
    law = question.fitted.hitting_law(levels, horizon)
    if law is None:
        return drawn
    p = np.asarray(probabilities)
    corrected = np.empty_like(drawn)
    for k, row in enumerate(drawn):
        error = (1.0 - law[:, k]) - np.interp(levels, row, p, left=0.0, right=1.0)
        below = np.maximum.accumulate(p + np.interp(row, levels, error))
        corrected[k] = np.interp(p, below, row)
    return np.maximum.accumulate(corrected, axis=0)
