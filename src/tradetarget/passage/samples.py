"""Statistics of samples of paths, weighted where they are conditioned on other evidence.

The only place where the quantile of a weighted sample and its effective size are written down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array


def quantiles_of_paths(x: Array, weights: Array | None, probabilities: Sequence[float]) -> Array:
    """(probabilities, periods) quantiles of paths (paths, periods), period by period.

    Without weights numpy's linear interpolation between order statistics. With weights w the inverse of the weighted
    distribution function, inf {x : sum of w over paths at or below x >= p sum w}.
    """
    if weights is None:
        return np.asarray(np.quantile(x, probabilities, axis=0))
    order = np.argsort(x, axis=0)
    cumulative = np.cumsum(weights[order], axis=0)
    cumulative /= cumulative[-1]
    rows = [
        np.take_along_axis(np.take_along_axis(x, order, axis=0), (cumulative >= p).argmax(axis=0)[None], axis=0)[0]
        for p in probabilities
    ]
    return np.stack(rows)


def effective_sample_size(weights: Array) -> float:
    """Effective number of paths, (sum w)^2 / sum w^2 (Kish 1965, ISBN 9780471109495)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def equally_likely(weights: Array) -> NDArray[np.int64]:
    """(paths,) places of as many paths, each with weight 1: systematic resampling (Kitagawa 1996).

    The points (i + 1/2) / n are taken on the cumulated weights (doi 10.2307/1390750), without random numbers.
    """
    share = np.cumsum(weights) / weights.sum()
    points = (np.arange(weights.size) + 0.5) / weights.size
    return np.minimum(np.searchsorted(share, points), weights.size - 1)
