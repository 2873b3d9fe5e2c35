"""Statistics of samples of paths, weighted where they are conditioned on other evidence.

The only place where the quantile of a weighted sample and its effective size are written down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array

ROUNDING = 1e-12
"""By how much less than a probability the cumulated weight of a quantile may be. Thousands of units in the last place,
as a sum over 10^6 weights may err by, so that the median of equal weights is the middle value."""


def quantiles_of_paths(x: Array, weights: Array | None, probabilities: Sequence[float]) -> Array:
    """(probabilities, periods) quantiles of paths (paths, periods), period by period.

    Without weights numpy's linear interpolation between order statistics. With weights w the inverse of the weighted
    distribution function, inf {x : sum of w over paths at or below x >= p sum w}.
    """
    if weights is None:
        return np.asarray(np.quantile(x, probabilities, axis=0))
    columns = [column[places_of_quantiles(np.argsort(column), weights, probabilities)] for column in x.T]
    return np.stack(columns, axis=1)


def places_of_quantiles(
    order: NDArray[np.int64], weights: Array, probabilities: Sequence[float] | Array
) -> NDArray[np.int64]:
    """(probabilities,) places of the weighted quantiles of a sample.

    Parameters
    ----------
    order
        (n,) the places of the sample's values in rising order.
    weights
        (n,) by place.
    probabilities
        The quantile of each is the smallest value at or below which so much of the weight lies.
    """
    share = np.cumsum(weights[order])
    share /= share[-1]
    first = np.searchsorted(share, np.asarray(probabilities) - ROUNDING)
    return np.asarray(order[np.minimum(first, order.size - 1)])


def effective_sample_size(weights: Array) -> float:
    """Effective number of paths, (sum w)^2 / sum w^2 (Kish 1965, ISBN 9780471109495)."""
    return effective_size_of_sums(float(weights.sum()), float((weights**2).sum()))


def effective_size_of_sums(total: float, squares: float) -> float:
    """``effective_sample_size`` from the sum of the weights and that of their squares; 0 where there is no weight."""
    return total**2 / squares if squares > 0.0 else 0.0


def equally_likely(weights: Array) -> NDArray[np.int64]:
    """(paths,) places of as many paths, each with weight 1: systematic resampling (Kitagawa 1996).

    The points (i + 1/2) / n are taken on the cumulated weights (doi 10.2307/1390750), without random numbers.
    """
    share = np.cumsum(weights) / weights.sum()
    points = (np.arange(weights.size) + 0.5) / weights.size
    return np.minimum(np.searchsorted(share, points), weights.size - 1)
