"""Between continuous and periodic monitoring: the continuity correction and the Brownian bridge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tradetarget.arrays import Array
from tradetarget.passage._arrays import slack, tame
from tradetarget.passage.continuous import inverse_gaussian_cdf

CONTINUITY_BETA = 0.5825971579390107
"""-zeta(1/2) / sqrt(2 pi). The mean overshoot of a standard normal walk over a far barrier."""


def continuity_corrected_cdf(
    t: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike, dt: ArrayLike = 1.0
) -> Array:
    """P(reached by t) when seen every ``dt`` years, approximately: the continuous law at b + beta s sqrt(dt).

    beta = -zeta(1/2) / sqrt(2 pi) = 0.5826 (Broadie, Glasserman and Kou 1997). ``t`` and ``dt`` in years, ``barrier``
    in log points, ``drift`` in log points a year, ``volatility`` in log points a root-year; all broadcast. For monthly
    figures the error is below 0.01; for annual ones it reaches 0.06 and :func:`tradetarget.passage.discrete_cdf` is
    the law to use. A barrier at or below zero is already reached (1), which no shift undoes.

    References
    ----------
    Broadie, M., Glasserman, P. and Kou, S. (1997). A continuity correction for discrete barrier options.
    Mathematical Finance 7(4), 325-349. doi:10.1111/1467-9965.00035
    """
    t, b, nu, s, step = tame(t, barrier, drift, volatility, dt)
    shifted = b + CONTINUITY_BETA * np.abs(s) * np.sqrt(np.maximum(step, 0.0))
    return np.asarray(np.where(b <= 0.0, 1.0, inverse_gaussian_cdf(t, shifted, nu, s)))


def bridge_crossing_probability(
    start: ArrayLike, end: ArrayLike, barrier: ArrayLike, volatility: ArrayLike, dt: ArrayLike = 1.0
) -> Array:
    """P(a Brownian path from ``start`` to ``end`` over ``dt`` years touched ``barrier`` on the way).

    exp(-2 (b - x0)(b - x1) / (s^2 dt)) for x0, x1 < b, and 1 when an end is at or above the barrier (Glasserman 2003).
    ``start``, ``end`` and ``barrier`` in log points, ``volatility`` in log points a root-year, ``dt`` in years; all
    broadcast.
    Zero volatility touches only at an end.

    References
    ----------
    Glasserman, P. (2003). Monte Carlo Methods in Financial Engineering, section 6.4. doi:10.1007/978-0-387-21617-1
    """
    x0, x1, b, s, step = tame(start, end, barrier, volatility, dt)
    variance = s * s * np.maximum(step, 0.0)
    below = np.minimum(b - x0, b - x1)
    with np.errstate(all="ignore"):
        p = np.where(variance > 0.0, np.exp(-2.0 * (b - x0) * (b - x1) / variance), 0.0)
    return np.asarray(np.where(below <= slack(b), 1.0, p))
