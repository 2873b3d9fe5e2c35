"""What every passage function does to its arguments first: arrays, one shape, sizes that cannot overflow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tradetarget.arrays import Array

LOG_SLACK = 1e-12
"""Reached means level >= target to this relative slack (an absolute slack in logs)."""

LARGEST = 1e60  # judgement: its square and its inverse squared are still float64 numbers

SMALLEST_DF, LARGEST_DF = 1e-3, 1e8
"""Below the first a scale is taken at it; from the second on it is known to one part in 10^4 and taken as known."""


SINGULAR = 1e-13
"""A pivot below this share of its variance is rounding error. Some hundred units in the last place."""


def tame(*arguments: ArrayLike) -> list[Array]:
    """Float arrays of one broadcast shape, with sizes kept in [1e-60, 1e60] and zero kept as zero.

    Products and squares of such numbers stay inside float64, and beyond those sizes a probability no longer moves.

    Raises
    ------
    ValueError
        When the shapes do not broadcast.
    """
    arrays = [np.asarray(a, dtype=np.float64) for a in arguments]
    try:
        np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shapes = ", ".join(str(shape) for shape in dict.fromkeys(a.shape for a in arrays) if shape)
        raise ValueError(
            f"arguments of the shapes {shapes} do not fit together: give numbers, or arrays that broadcast"
        ) from None
    clipped = [np.where(np.abs(a) < 1.0 / LARGEST, 0.0, np.clip(a, -LARGEST, LARGEST)) for a in arrays]
    return [np.array(a) for a in np.broadcast_arrays(*clipped)]


def need_path(mean: Array, covariance: Array) -> None:
    """A ValueError unless the two are the mean and covariance of paths of as many periods, one at least."""
    periods = mean.shape[-1] if mean.ndim else 0
    if not periods or covariance.shape[-2:] != (periods, periods):
        raise ValueError(
            f"mean of shape {mean.shape} and covariance of shape {covariance.shape} are no path of K periods: give "
            "(..., K) and (..., K, K)"
        )


def slack(barrier: Array) -> Array:
    """How far below the barrier still counts as reached where nothing is random: 1e-12, or relative if |b| > 1."""
    return np.asarray(LOG_SLACK * np.maximum(1.0, np.abs(barrier)))


def settle(probability: Array, barrier: Array) -> Array:
    """Probabilities along the last axis made monotone and put in [0, 1]; 1 where the barrier is already reached."""
    p = np.maximum.accumulate(np.clip(probability, 0.0, 1.0), axis=-1)
    return np.asarray(np.where(np.asarray(barrier)[..., None] <= 0.0, 1.0, p))


def degrees(df: ArrayLike | None) -> Array:
    """Degrees of freedom as an array in which 0 stands for the normal law (None, or 1e8 and more)."""
    if df is None:
        return np.zeros(())
    d = np.asarray(df, dtype=np.float64)
    return np.where(d < LARGEST_DF, np.maximum(d, SMALLEST_DF), 0.0)


def lower_factor(covariance: Array) -> Array:
    """Lower Cholesky factor of each matrix; a pivot that is zero to rounding leaves a column of zeros.

    Elementwise, with the laws in the last, contiguous axis: the factor of the first periods has the same bits whatever
    follows them, and that of one law has the same bits among many.

    Parameters
    ----------
    covariance
        (K, K, laws) symmetric positive semi-definite.
    """
    c = np.array(covariance, order="C")
    factor = np.zeros(c.shape)
    smallest = SINGULAR * np.einsum("kkl->kl", c)
    for j in range(c.shape[0]):
        noisy = c[j, j] > smallest[j]
        column = c[j:, j] * (noisy / np.sqrt(np.where(noisy, c[j, j], 1.0)))
        factor[j:, j] = column
        c[j + 1 :, j + 1 :] -= column[1:, None] * column[1:]  # twice the products that are needed, in one call
    return factor
