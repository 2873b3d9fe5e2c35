"""Paths of a Student law given statements that few of its paths agree with by chance.

The log path x relative to the origin is multivariate Student t with df degrees of freedom. Statements are about its
first U years, x_1, whose posterior is p(x_1) L(x_1). A path draws x_1 from a proposal that is fitted to this posterior,
with the importance weight p(x_1) L(x_1) / q(x_1). Given x_1 the later years x_2 are Student again (Ding 2016, doi
10.1080/00031305.2016.1164756), with

    mean m_2 + G (x_1 - m_1),   scale (C_22 - G C_12) (df + d^2) / (df + U),   df + U degrees of freedom,

    G = C_21 inv(C_11),   d^2 = (x_1 - m_1)' inv(C_11) (x_1 - m_1).

The weights of paths that were drawn without regard to the statements (:mod:`tradetarget.answering.weighting`) lead to
the same law. But one such path in a hundred agrees with one exact growth rate, and one in ten thousand with two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from tradetarget.arrays import Array
from tradetarget.models.interface import BATCH, Paths, StudentLaw
from tradetarget.models.paths import BLOCK
from tradetarget.nowcasting import Evidence
from tradetarget.nowcasting.evidence import require_years
from tradetarget.nowcasting.latent import PROPOSAL_DF, Proposal, TotalsPosterior, log_proposal
from tradetarget.passage.fixed_order import narrow_product


@dataclass(frozen=True)
class ConditionedLaw:
    """A Student law of the log path, and statements about its first years.

    Parameters
    ----------
    law
        Over the horizon, relative to the origin.
    log_origin
        Log of the last total.
    evidence
        The statements, as a likelihood of the U years after the origin.
    """

    law: StudentLaw
    log_origin: float
    evidence: Evidence

    def squared_distance(self, log_totals: Array) -> Array:
        """(n,) d^2 of the log totals (n, U) of the first years."""
        n_years = log_totals.shape[1]
        root = np.linalg.cholesky(self.law.covariance[:n_years, :n_years])
        white = np.linalg.solve(root, (log_totals - self.log_origin - self.law.mean[:n_years]).T)
        return np.asarray((white**2).sum(axis=0))

    def _log_prior(self, log_totals: Array) -> Array:
        """(n,) log density of the log totals (n, U) of the first years, up to a constant."""
        df = self.law.df
        return np.asarray(-(df + log_totals.shape[1]) / 2.0 * np.log1p(self.squared_distance(log_totals) / df))

    @cached_property
    def _posterior(self) -> TotalsPosterior:
        return TotalsPosterior(self.evidence, self._log_prior)

    @cached_property
    def _proposal(self) -> Proposal:
        return self._posterior.proposal()

    def probability(self) -> float:
        """Probability, by the law, of first years as far from its mean as what is known of them.

        The squared distance d^2 over U has an F law with U and df degrees of freedom. It is taken at the guess that
        ``Evidence.central`` makes from the figures, and at the centre of the posterior, which bounds move too.
        """
        guesses = np.stack([self.evidence.central, self._proposal.centre])
        n_years, furthest = guesses.shape[1], self.squared_distance(guesses).max()
        return float(scipy.special.fdtrc(n_years, self.law.df, furthest / n_years))

    def blocks(self, horizon: int, n_paths: int, rng: np.random.Generator) -> Iterator[Paths]:
        """Weighted paths a block at a time; the halves of a batch are antithetic.

        Raises
        ------
        SettingError
            When the statements are about a year beyond the horizon.
        """
        law, n_years = self.law, int(self.evidence.unknown.size)
        require_years(self.evidence, np.empty((0, horizon)), n_years)
        centre, root, _ = self._proposal
        at_centre = self._posterior.log_density_of_totals(centre[None])
        gain = np.linalg.solve(law.covariance[:n_years, :n_years], law.covariance[:n_years, n_years:]).T
        later = law.covariance[n_years:, n_years:] - gain @ law.covariance[:n_years, n_years:]
        factor = np.linalg.cholesky(later) if later.size else later
        years = int(self.evidence.unknown[0]) + np.arange(horizon, dtype=np.int64)
        log_origin, log_centre = np.array([self.log_origin]), (self.log_origin + law.mean)[None]

        def draw_batch() -> tuple[Array, Array]:
            """(horizon, BATCH) log levels, and the log weights (BATCH,)."""
            half = rng.standard_t(PROPOSAL_DF, (BATCH // 2, n_years))
            innovations = narrow_product(factor, rng.standard_normal((horizon - n_years, BATCH // 2)))
            chi = np.sqrt(2.0 * rng.standard_gamma((law.df + n_years) / 2.0, BATCH // 2))
            steps = np.concatenate([half, -half])
            first = centre + steps @ root.T
            scale = np.sqrt(law.df + self.squared_distance(first)) / np.concatenate([chi, chi])
            deviations = narrow_product(gain, (first - self.log_origin - law.mean[:n_years]).T)
            deviations += np.concatenate([innovations, -innovations], axis=1) * scale
            logs = np.concatenate([first.T, self.log_origin + law.mean[n_years:, None] + deviations])
            return logs, self._posterior.log_density_of_totals(first) - log_proposal(steps) - at_centre

        for start in range(0, n_paths, BLOCK):
            size = min(BLOCK, n_paths - start)
            batches = [draw_batch() for _ in range(-(-size // BATCH))]
            logs = np.concatenate([levels for levels, _ in batches], axis=1)[None, :, :size]
            weights = np.exp(np.concatenate([log_weights for _, log_weights in batches])[:size])
            yield Paths(logs.swapaxes(1, 2), years, log_origin, log_centre, weights)
