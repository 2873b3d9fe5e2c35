"""A posterior distribution on a finite grid of parameter values, and draws from it.

The damped trend and the monthly model integrate over the parameters that have no closed form (smoothing, damping, the
ratio of two variances) on a grid of nodes. A node's weight is its prior probability times the marginal likelihood of
the data, everything else integrated out; the nodes of both models have equal prior probability, so that the weights
are the normalised marginal likelihoods.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array

NEGLIGIBLE_WEIGHT = 2e-4
"""Posterior probability that the dropped nodes may have together. Judgement, because it bounds what dropping them can
move any probability by, and the standard error of 50,000 simulated paths is ten times larger (0.002)."""


def posterior_weights(log_marginal: Array, residual_squares: Array) -> Array:
    """Posterior probabilities of nodes of equal prior probability.

    Parameters
    ----------
    log_marginal
        (G,) log marginal likelihood at every node, up to a common constant; +inf where the node fits exactly.
    residual_squares
        (G,) sum of squared residuals; 0 where the node fits exactly.

    Returns
    -------
    numpy.ndarray
        (G,) weights that sum to 1. Where nodes fit exactly, their likelihood is unbounded: they share the weight
        equally and the other nodes have none.
    """
    exact = residual_squares == 0
    weights = exact.astype(float) if exact.any() else np.exp(log_marginal - log_marginal.max())
    return np.asarray(weights / weights.sum())


def heaviest_nodes(weights: Array) -> NDArray[np.int64]:
    """Indices, in order, of the fewest nodes whose weights add up to at least 1 - 2e-4."""
    order = np.argsort(-weights, kind="stable")
    heavier = np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])
    return np.sort(order[heavier < 1.0 - NEGLIGIBLE_WEIGHT])


def draw_nodes(weights: Array, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(size,) indices of nodes, drawn systematically from their weights and shuffled.

    Systematic draws (Kitagawa 1996, doi 10.1080/10618600.1996.10474692) take every node ``size`` times its weight, up
    to one draw, so that a batch of paths represents the posterior with less noise than independent draws would. The
    shuffle makes the first paths of a batch as good a sample as all of them.
    """
    points = (np.arange(size) + rng.random()) / size
    # The last edge is left out: rounding may leave the cumulated weights a little below 1, and a point above them.
    nodes = np.searchsorted(np.cumsum(weights)[:-1], points, side="right")
    return np.asarray(rng.permutation(nodes), dtype=np.int64)
