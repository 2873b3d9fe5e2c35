r"""The joint growth law of a region's pairs: the pooled law for each, shocks that are correlated between them.

With R the correlation of the pairs' shocks (:mod:`tradetarget.systems.correlation`), pair i's log path over the years
after the origin is

    x_i = m_i + sigma_i (L_i z_i + drift_spread h nu),   sigma_i^2 = df_i / chi^2(df_i),   nu ~ N(0, 1),

z_i a vector of standard normals, one a year, with correlation R_ij between pairs in the same year and none between
years. L_i L_i' is the scale matrix of the pair's pooled law without its part for the decade's shared growth, which is
the same nu for every pair, as the law says that it is. The drift of the region's currency, where it is not the dollar,
is part of it. So every pair keeps its pooled law exactly, whatever R.

The mean m_i is kriged from the past of pair i alone although the pairs' pasts are correlated. All pairs have the same
covariance K of past and future, up to a factor, so the covariance of all pairs is the Kronecker product of R and K.
Where all pairs are observed in the same years, the pasts of the others then add nothing to the prediction of pair i
(autokrigeability: Wackernagel 2003, Multivariate Geostatistics, doi 10.1007/978-3-662-05294-5, ch. 24).

sigma_i carries the uncertainty about the volatility of pair i, and is drawn independently for each pair: the errors of
two variances estimated from shocks with correlation rho have correlation rho^2 only, 0.2 where rho is 0.45. The choice
hardly matters: with one scale for all pairs, the 80 % interval of the bundled region keeps its width to within 1 %, one
to fifteen years ahead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

import numpy as np

from tradetarget.answering.part_years import split_evidence
from tradetarget.answering.question import N_PATHS, Question, question_of
from tradetarget.arrays import Array
from tradetarget.checks import by_name, instance_of, made, one_of, optional, takes
from tradetarget.errors import ModelError
from tradetarget.models.interface import (
    BATCH,
    BLOCK,
    LARGEST_LOG,
    MAX_HORIZON,
    Paths,
    checked_horizon,
    checked_paths,
    concatenate,
)
from tradetarget.models.pooled.model import FittedPooled, PooledGrowth, read_in_dollars
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage.samples import effective_sample_size, quantiles_of_paths
from tradetarget.seeding import checked_seed, stream
from tradetarget.systems.conditioning import Conditions, Draws, conditions_of, sample_weights
from tradetarget.systems.correlation import Correlation, innovations, shrunk_correlation
from tradetarget.systems.partial import Partial, partials_of, without_later_years
from tradetarget.systems.system import TradeSystem
from tradetarget.targets import Target

Dependence = Literal["joint", "independent"]
PILOT = 8 * BATCH
"""Paths drawn first where later figures condition them. 4,096. Judgement, because a median path is then good to 0.8
points of probability, and drawing them takes a twelfth of the time of an answer from 50,000."""


@dataclass(frozen=True)
class FittedSystem:
    """The pairs' laws, and what ties them together.

    Parameters
    ----------
    system
        The data.
    questions
        (m,) what is asked of each member, as ``forecast`` asks it of a series that ends at the system's origin: its
        data and target, and the pooled law fitted to everything that the data say.
    correlation
        Of the shocks.
    prior
        The parameters estimated from a panel of other pairs.
    dependence
        "joint", or "independent" (uncorrelated shocks and no shared drift), for comparison.
    conditions
        Figures of later years, known for some members or for the region; None where there are none.
    partials
        Part-year figures of later years.
    """

    system: TradeSystem
    questions: tuple[Question, ...]
    correlation: Correlation
    prior: Prior
    dependence: Dependence
    conditions: Conditions | None
    partials: tuple[Partial, ...] = ()

    @property
    def model_name(self) -> str:
        """As reports show it."""
        return "pooled, jointly" if self.dependence == "joint" else "pooled, each pair for itself"

    @property
    def origin_year(self) -> int:
        """The last year that all members have."""
        return self.system.origin

    @cached_property
    def parts(self) -> tuple[FittedPooled, ...]:
        """(m,) the pooled law of each member, fitted to its complete years; later figures condition the paths."""
        return tuple(cast(FittedPooled, split_evidence(q.fitted)[0]) for q in self.questions)

    @cached_property
    def matrix(self) -> Array:
        """(m, m) the correlation in force."""
        return self.correlation.matrix if self.dependence == "joint" else np.eye(len(self.parts))

    def blocks(self, horizon: int, n_paths: int, rng: np.random.Generator, *, block: int = BLOCK) -> Iterator[Paths]:
        """Simulated paths of all members, a block at a time: memory does not grow with ``n_paths``.

        Parameters
        ----------
        horizon
            Years after the origin, 1 to 200.
        n_paths
            Paths in all, 1 or more.
        rng
            The only source of randomness.
        block
            Paths a block, rounded up to whole batches of 512; the numbers do not depend on it.

        Yields
        ------
        Paths
            The axis ``series`` is the members, in the order of ``system.labels``; ``region_of`` adds them up.
        """
        horizon, n_paths = checked_horizon(horizon), checked_paths(n_paths)
        reach = max(horizon, self.years_known)
        laws, batches = self._laws(reach), max(1, math.ceil(block / BATCH))
        centre, offset = self._centre(horizon)
        years = self.origin_year + np.arange(1, horizon + 1, dtype=np.int64)
        origin = np.array([f.log_origin for f in self.parts])
        for start in range(0, n_paths, batches * BATCH):
            size = min(batches * BATCH, n_paths - start)
            drawn = [self._draw(laws, rng) for _ in range(math.ceil(size / BATCH))]
            levels = np.concatenate([d.log_levels[:, :horizon] for d in drawn], axis=2)[:, :, :size]
            weights = None
            if self.years_known:
                weights = np.exp(np.concatenate([d.log_weights for d in drawn])[:size] - offset)
            yield Paths(levels.swapaxes(1, 2), years, origin, centre, weights)

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> Paths:
        """All paths of ``blocks`` at once."""
        return concatenate(list(self.blocks(horizon, n_paths, rng)))

    @cached_property
    def years_known(self) -> int:
        """Years after the origin for which there is any figure; 0 where nothing conditions the paths."""
        whole = 0 if self.conditions is None else self.conditions.n_years
        return max([whole, *(p.n_years for p in self.partials)])

    def effective_share(self) -> float:
        """Effective sample size as a share of the paths, under the weights of later figures; 1 where there are none.

        (sum w)^2 / (n sum w^2) (Kish 1965, ISBN 9780471109495), from 4,096 paths of a fixed stream.
        """
        if not self.years_known:
            return 1.0
        w = np.exp(self._pilot.log_weights - self._pilot.log_weights.max())
        return float(effective_sample_size(w) / w.size)

    def _laws(self, horizon: int) -> Draws:
        """The arrays that a batch is drawn from."""
        h = np.arange(1.0, horizon + 1.0)
        # The drift that all pairs share is the least of theirs. What a pair has beyond it stays in its own scale
        # matrix, so that every pair keeps its law.
        shared = min(f.shared_drift for f in self.parts) if self.dependence == "joint" else 0.0
        scale = [f.law.covariance[0, :horizon, :horizon] - shared**2 * np.outer(h, h) for f in self.parts]
        return Draws(
            centre=np.stack([f.log_centre(horizon) for f in self.parts]),
            root=np.linalg.cholesky(np.stack(scale)),
            df=np.array([float(f.law.df[0]) for f in self.parts]),
            shared=shared * h,
            correlation=self.matrix,
        )

    def _draw(self, laws: Draws, rng: np.random.Generator) -> _Batch:
        """(m, horizon, BATCH) log levels, and their log weights.

        Antithetic in z and nu. Where figures condition the paths, the pairs are made before the conditioning, which
        then moves each path for itself.
        """
        m, horizon = laws.centre.shape
        half = BATCH // 2
        scale = np.sqrt(laws.df[:, None] / (2.0 * rng.standard_gamma(laws.df[:, None] / 2.0, (m, half))))
        nu, z = rng.standard_normal(half), rng.standard_normal((horizon, m, half))
        if self.conditions is None:
            z = np.linalg.cholesky(laws.correlation) @ z
            deviation = scale[:, None, :] * (laws.root @ z.swapaxes(0, 1) + laws.shared[None, :, None] * nu)
            centre = laws.centre[:, :, None]
            return self._weighted(np.concatenate([centre + deviation, centre - deviation], axis=2), np.zeros(BATCH))
        doubled = [np.concatenate([a, b * a], axis=-1) for a, b in ((scale, 1.0), (nu, -1.0), (z, -1.0))]
        return self._weighted(*sample_weights(laws, self.conditions, doubled[0], doubled[1], doubled[2], rng))

    def _weighted(self, log_levels: Array, log_weights: Array) -> _Batch:
        """The batch, its weights multiplied by the likelihood of the part-year figures."""
        return _Batch(log_levels, sum((p.log_weights(log_levels) for p in self.partials), log_weights))

    @cached_property
    def _pilot(self) -> _Batch:
        """4,096 conditioned paths over the years with figures, drawn from a stream that no answer uses."""
        return self._first_paths(self.years_known)

    def _first_paths(self, horizon: int) -> _Batch:
        rng, laws = stream(0, self.system.label, "pilot"), self._laws(horizon)
        drawn = [self._draw(laws, rng) for _ in range(PILOT // BATCH)]
        log_weights = np.concatenate([d.log_weights for d in drawn])
        if not np.isfinite(log_weights).any():
            last = self.origin_year + self.years_known
            raise ModelError(
                f"no simulated path of {self.system.label} agrees with the figures up to {last}: check them and their "
                "units"
            )
        return _Batch(np.concatenate([d.log_levels for d in drawn], axis=2), log_weights)

    def _centre(self, horizon: int) -> tuple[Array, float]:
        """(m, horizon) the median paths, and the log weight that is subtracted from all, against overflow in exp."""
        if not self.years_known:
            return np.stack([f.log_centre(horizon) for f in self.parts]), 0.0
        pilot = self._first_paths(max(horizon, self.years_known))
        x, offset = pilot.log_levels[:, :horizon], float(pilot.log_weights.max())
        w = np.exp(pilot.log_weights - offset)
        return np.stack([quantiles_of_paths(member.T, w, [0.5])[0] for member in x]), offset


@dataclass(frozen=True)
class _Batch:
    """(m, horizon, paths) log levels and (paths,) log weights."""

    log_levels: Array
    log_weights: Array


@takes(
    system=instance_of(TradeSystem, "give a TradeSystem"),
    prior=optional(instance_of(Prior, "give a Prior")),
    dependence=one_of("joint", "independent"),
    targets=optional(by_name(made("Target"))),
)
def fit_system(
    system: TradeSystem,
    *,
    prior: Prior | None = None,
    dependence: Dependence = "joint",
    targets: Mapping[str, Target] | None = None,
    seed: int = 0,
    n_paths: int = N_PATHS,
) -> FittedSystem:
    """Fit every member at the system's origin, and the correlation of their shocks.

    Parameters
    ----------
    system
        The data; figures after the origin, known for some members or for the region only, condition the paths.
    prior
        What a panel of other pairs says; None is the shipped one.
    dependence
        "joint", or "independent" for comparison.
    targets
        Of members, by label, in the system's unit; members without one are simulated as parts of the region.
    seed, n_paths
        Of the answer, kept with the questions.

    Raises
    ------
    DataError
        When figures of later years contradict the adding-up rule.
    """
    prior = Prior.shipped() if prior is None else prior
    seed, n_paths = checked_seed(seed), checked_paths(n_paths)
    model, asked = PooledGrowth(prior), targets or {}
    questions = tuple(
        question_of(
            without_later_years(s, system.origin), (asked[s.label],) if s.label in asked else (), model, seed, n_paths,
            most_years=MAX_HORIZON,
        )
        for s in system.members
    )  # fmt: skip
    correlation = shrunk_correlation(innovations(_sized(system, prior), prior))
    conditions = conditions_of(system)
    partials = partials_of(system, questions)
    return FittedSystem(system, questions, correlation, prior, dependence, conditions, partials)


def _sized(system: TradeSystem, prior: Prior) -> Array:
    """(m, years) totals up to the origin in the prior's unit, each member at its own size class."""
    table = system.table.loc[: system.origin]
    years = np.arange(int(table.index[0]), system.origin + 1, dtype=np.int64)
    full = table.reindex(years).to_numpy().T
    return np.stack([read_in_dollars(prior, system.unit, years, levels)[0] for levels in full])


def region_of(paths: Paths) -> Paths:
    """The region on every path: the sum of its members' levels."""
    layout = np.clip(paths.log_levels.swapaxes(1, 2), -LARGEST_LOG, LARGEST_LOG)
    total = np.log(np.exp(layout).sum(axis=0, keepdims=True))
    return Paths(
        total.swapaxes(1, 2),
        paths.years,
        np.log(paths.origin.sum(keepdims=True)),
        np.log(paths.centre.sum(axis=0, keepdims=True)),
        paths.weights,
    )
