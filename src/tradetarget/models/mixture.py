"""Two models' paths in equal parts: a linear pool (Stone 1961, doi 10.1214/aoms/1177704873).

    P(reached by t) = (P_1(reached by t) + P_2(reached by t)) / 2

Every batch of 512 paths holds half a batch of each model, antithetic pairs together, so that batches are alike and
their spread is an honest standard error. Where a member's paths are weighted by evidence, its weights are divided by
their mean in a simulation of its own, so that each member keeps its half.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.errors import TradeTargetWarning
from tradetarget.models.defaults import CompleteFit, FitDefaults
from tradetarget.models.paths import (
    BATCH,
    BLOCK,
    Paths,
    checked_horizon,
    checked_paths,
    concatenate,
    require_effective_paths,
)
from tradetarget.models.size import SizeClass
from tradetarget.nowcasting import SetAside
from tradetarget.observations import Observation, TradeSeries
from tradetarget.passage.samples import effective_size_of_sums

PILOT = 16_384
"""Paths from which the mean weight of a member is estimated. Judgement, because with a twentieth of them effective it
is known to 4 %, and each member's half to one percentage point."""
MOST_YEARS_OF_EVIDENCE = 2
"""Years after the origin that weights may depend on. Statements about more lead to estimated totals, and to no mixture
(``answering.part_years.MOST_YEARS``)."""


@dataclass(frozen=True)
class FittedMixture(FitDefaults):
    """Two fitted models, mixed in equal parts.

    Parameters
    ----------
    first, second
        The members, fitted to one series. Statements and size class are those of the first.
    """

    first: CompleteFit
    second: CompleteFit

    @property
    def model_name(self) -> str:
        """Both names, such as "pooled and monthly"."""
        return " and ".join(self.components)

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the members."""
        return self.first.model_name, self.second.model_name

    @property
    def series(self) -> TradeSeries:
        """The series that both were fitted to."""
        return self.first.series

    @property
    def statements(self) -> tuple[Observation, ...]:
        """Figures about years after the origin that the paths agree with."""
        return self.first.statements

    @property
    def figures(self) -> tuple[Observation, ...]:
        """Other figures than calendar-year totals that a member was fitted to."""
        return tuple(dict.fromkeys((*self.first.figures, *self.second.figures)))

    @property
    def preliminary(self) -> tuple[Observation, ...]:
        """Those of ``statements`` whose revision is allowed for."""
        return self.first.preliminary

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements that do not count, and why."""
        return self.first.set_aside

    @property
    def years_in_part(self) -> tuple[int, ...]:
        """Years after the origin of which something is stated."""
        return self.first.years_in_part

    @property
    def size_class(self) -> SizeClass | None:
        """That of the first member."""
        return self.first.size_class

    @cached_property
    def _log_mean_weights(self) -> tuple[float, float]:
        """Log of the mean weight of each member's paths, from a simulation with random numbers of its own."""
        return _log_mean_weight(self.first), _log_mean_weight(self.second)

    def blocks(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Iterator[Paths]:
        """``n_paths`` paths a block at a time, half of every batch from each member."""
        horizon, n_paths = checked_horizon(horizon), checked_paths(n_paths)
        # Each member draws the same numbers whatever the other needs, and however many paths are asked for.
        streams = rng.spawn(2)
        batches = -(-n_paths // BATCH)
        drawn = [
            _in_halves(member.blocks(horizon, -(-batches // 2) * BATCH, stream, drivers), log_mean)
            for member, stream, log_mean in zip((self.first, self.second), streams, self._log_mean_weights, strict=True)
        ]
        remaining, pending = n_paths, list[Paths]()
        total = squares = 0.0
        for halves in zip(*drawn, strict=True):
            pending.append(_side_by_side(*halves).part(0, min(remaining, BATCH)))
            remaining -= pending[-1].n_paths
            weights = np.asarray(pending[-1].weights)
            total, squares = total + float(weights.sum()), squares + float((weights**2).sum())
            if remaining == 0 or len(pending) == BLOCK // BATCH:
                yield concatenate(pending)
                pending = []
            if remaining == 0:
                break
        require_effective_paths(
            effective_size_of_sums(total, squares),
            n_paths,
            f"the years after {int(self.series.annual_arrays()[0][-1])}",
        )

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """None: it is simulated."""
        return None

    def summary(self) -> str:
        """Both summaries, one under the other."""
        return f"{self.first.summary()}\n\n{self.second.summary()}\n\nHalf of the paths are of each."


def _log_mean_weight(member: CompleteFit) -> float:
    """Log of the mean weight; 0 where the paths have no weights."""
    weights = []
    with warnings.catch_warnings():
        # Whether few paths agree with the evidence is judged for both members together, by ``blocks``.
        warnings.simplefilter("ignore", TradeTargetWarning)
        for block in member.blocks(MOST_YEARS_OF_EVIDENCE, PILOT, np.random.Generator(np.random.SFC64(0))):
            if block.weights is None:
                return 0.0
            weights.append(block.weights)
    return float(np.log(np.concatenate(weights).mean()))


def _in_halves(blocks: Iterator[Paths], log_mean_weight: float) -> Iterator[Paths]:
    """Half batches, twice as many as batches: a quarter from each antithetic side of a batch."""
    quarter, half = BATCH // 4, BATCH // 2
    order = np.arange(BATCH).reshape(2, 2, quarter).swapaxes(0, 1).reshape(2, half)
    for block in blocks:
        weights = np.ones(block.n_paths) if block.weights is None else block.weights
        weights = weights * np.exp(-log_mean_weight)
        for start in range(0, block.n_paths, BATCH):
            for rows in start + order:
                yield replace(block, log_levels=block.log_levels[:, rows], weights=weights[rows])


def _side_by_side(one: Paths, other: Paths) -> Paths:
    """A batch from two halves; its first half holds the first sides of the antithetic pairs of both."""
    quarter = BATCH // 4
    order = np.arange(BATCH).reshape(2, 2, quarter).swapaxes(0, 1).reshape(-1)
    logs = np.concatenate([one.log_levels, other.log_levels], axis=1)[:, order]
    weights = np.concatenate([p for p in (one.weights, other.weights) if p is not None])[order]
    centre = 0.5 * (one.log_centre + other.log_centre)
    return replace(one, log_levels=logs, log_centre=centre, weights=weights)
