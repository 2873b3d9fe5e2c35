"""Probabilities of adjusted paths, given the exact law of the paths before they were adjusted.

Each path has a first hit tau_0 as it was drawn, and another one, tau, after it was adjusted. Of tau_0 the law F is
known. A stratum is one year of tau_0, or several in a row. With W_s the probability of stratum s by the law, N_s the
weight of its paths and w_i that of path i,

    P(tau <= k) = F_k + sum over s of (W_s / N_s) sum over i in s of w_i (1{tau_i <= k} - 1{tau_0i <= k}).

That is poststratification (Holt & Smith 1979, doi 10.2307/2344652; Cochran 1977, ISBN 9780471162407, ch. 5A.9).
Where every stratum is one year, the sum is the probability of tau under paths whose weights make the law of tau_0
exact. Paths that the adjustment leaves alone contribute exactly nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tradetarget.passage.samples import effective_size_of_sums

Floats = NDArray[np.float64]
FEWEST_PATHS = 20
"""Effective paths of a stratum; years with fewer are joined to their neighbours. By Cochran (1977, ch. 5A.9) the
variance of poststratification is close to that of proportional strata from about 20 on."""


@dataclass(frozen=True, eq=False)
class Strata:
    """Paths in strata by their first hit before any adjustment.

    Parameters
    ----------
    law
        (K,) P(reached by the end of each year) of the paths as they were drawn, exactly.
    first_hit
        (paths,) the place of the first hit's year among the K, from 0; K where there is none.
    weights
        (paths,) or None for 1 each.
    """

    law: Floats
    first_hit: NDArray[np.uint8]
    weights: Floats | None = None

    @cached_property
    def of_year(self) -> NDArray[np.int64]:
        """(K + 1,) the stratum of each year of the first hit, no hit being the last."""
        width = self.law.size + 1
        mass = np.bincount(self.first_hit, self.weights, width)
        squares = mass if self.weights is None else np.bincount(self.first_hit, self.weights**2, width)
        strata, stratum = np.zeros(width, dtype=np.int64), 0
        for k in range(1, width):
            # A stratum ends where it, and what is left for the next one, both hold enough paths.
            begun = strata[:k] == stratum
            current = effective_size_of_sums(mass[:k][begun].sum(), squares[:k][begun].sum())
            later = effective_size_of_sums(mass[k:].sum(), squares[k:].sum())
            stratum += int(min(current, later) >= FEWEST_PATHS)
            strata[k] = stratum
        return strata

    @cached_property
    def factors(self) -> Floats:
        """(strata,) W_s / N_s."""
        mass = np.bincount(self.of_year, np.diff(self.law, prepend=0.0, append=1.0))
        return np.asarray(mass / self._paths_of_strata)

    @cached_property
    def _stratum(self) -> NDArray[np.int64]:
        return np.asarray(self.of_year[self.first_hit])

    @cached_property
    def _paths_of_strata(self) -> Floats:
        return np.asarray(np.bincount(self._stratum, self.weights), dtype=float)

    def path_weights(self) -> Floats:
        """(paths,) weights that make the law of the first hit, by stratum, exact; they add up to 1."""
        factor = self.factors[self._stratum]
        return factor if self.weights is None else factor * self.weights

    def probability(self, adjusted: NDArray[np.uint8]) -> Floats:
        """(K,) P(tau <= k).

        Where strata are joined, the sum may leave [0, 1], or fall, by less than the probability of a joined stratum:
        that is taken off.

        Parameters
        ----------
        adjusted
            (paths,) first hits after the adjustment, as ``first_hit``.
        """
        moved = np.einsum("s,sk->k", self.factors, self._by_stratum(adjusted))
        return np.asarray(np.maximum.accumulate(np.clip(self.law + moved, 0.0, 1.0)))

    def moved(self, adjusted: NDArray[np.uint8], batch: int) -> Floats:
        """(batches, K) by how much each batch of paths moves ``probability``, to first order.

        As ``events.moved_by_batch``: the sum over paths of (W_s / N_s) w_i (d_i - mean of d in the stratum), with d_i
        = 1{tau_i <= k} - 1{tau_0i <= k}.

        Parameters
        ----------
        adjusted
            As in ``probability``.
        batch
            Paths of a batch; independent of one another.
        """
        width = self.law.size + 1
        place = np.arange(adjusted.size) // batch
        n, weights = int(place[-1]) + 1, self.path_weights()
        change = self._cells(place, n, adjusted, weights) - self._cells(place, n, self.first_hit, weights)
        means = self._by_stratum(adjusted) / self._paths_of_strata[:, None]
        held = np.bincount(place * means.shape[0] + self._stratum, weights, n * means.shape[0])
        expected = np.einsum("bs,sk->bk", held.reshape(n, -1), means)
        return np.asarray(change[:, : width - 1] - expected)

    def _by_stratum(self, adjusted: NDArray[np.uint8]) -> Floats:
        """(strata, K) sum over the paths of a stratum of w_i (1{tau_i <= k} - 1{tau_0i <= k})."""
        n = self.factors.size
        change = self._cells(self._stratum, n, adjusted, self.weights)
        return np.asarray(change - self._cells(self._stratum, n, self.first_hit, self.weights))[:, :-1]

    def _cells(self, group: NDArray[np.int64], n: int, first: NDArray[np.uint8], weights: Floats | None) -> Floats:
        """(n, K + 1) weight of the paths of each group that have reached by each year; the last column is all of it."""
        width = self.law.size + 1
        cells = np.bincount(group * width + first, weights, n * width)
        return np.cumsum(cells.reshape(n, width), axis=1, dtype=float)
