r"""Random-walk bridges seen once a period: the chance that one was above the barrier on the way.

In units of the volatility, with y = beta - x_k,

    C_k(y; beta) = P(max_{j<k} x_j >= beta | x_k = beta - y) = 1 - f_k(y) / phi_k(beta - y),

f_k the density of the walk without drift among the paths below the barrier at 1..k
(:mod:`tradetarget.passage.recursion`) and phi_k that of all paths. The drift cancels, so that for any law of the drift

    P(T <= k) = P(x_k >= beta) + int_0^inf C_k(y; beta) p_k(beta - y) dy,   p_k the density of x_k.

C_k is symmetric in (y, beta), and below both exp(-2 beta y / k) (the Brownian bridge) and
(k - 1) exp(-(y + beta)^2 / (2 k (k - 1))) (each earlier period by itself).
"""

from __future__ import annotations

import numpy as np
import scipy

from tradetarget.arrays import Array
from tradetarget.passage.markov import unit_rule

FINE = 64
"""Nodes on which a measure is given."""
_CROSSED = 17.0  # exponent of a probability that is left out: e^-17 = 4e-8, below the 1e-7 promised
# Gauss-Legendre nodes, steps of a third to a half; tests/passage hold the error.
_GRIDS = (32, 48, 64, 96, 128, 192, 256, 384, 512, 640)
FAR = 6.5
"""From a barrier of 6.5 k volatilities on a bridge does not come back below it. C_k < 1e-9."""
LONGEST = 60
"""The most periods for which the grids above are fine enough."""


def crossing_measures(periods: int, beta: Array) -> tuple[Array, Array]:
    """Nodes y and C_k(y; beta) dy on them, k = 2..periods: (points, periods - 1, 64) each, error below 1e-7.

    Barriers low enough to share their nodes share the recursion too, as columns of one matrix.
    """
    y = np.empty((beta.size, periods - 1, FINE))
    measure = np.empty_like(y)
    low = np.flatnonzero(beta < np.sqrt(_CROSSED / 8.0))
    alone = np.flatnonzero(beta >= np.sqrt(_CROSSED / 8.0))
    for group in ([low] if low.size else []) + [alone[i : i + 1] for i in range(alone.size)]:
        y[group], measure[group] = _shared(periods, beta[group])
    return y, measure


def _shared(periods: int, beta: Array) -> tuple[Array, Array]:
    """Nodes (periods - 1, 64) and measures (points, periods - 1, 64) of barriers that share their nodes."""
    k = np.arange(2.0, periods + 1.0)
    highest = float(beta.max())
    far = np.minimum(np.sqrt(2.0 * _CROSSED * k * (k - 1.0)), 0.5 * _CROSSED * k / highest)
    width = max(highest, float(far.max(initial=0.0))) + 4.0 * np.sqrt(periods)
    unit, w = unit_rule(_GRIDS[min(int(np.searchsorted(_GRIDS, 12.0 + 1.3 * width)), len(_GRIDS) - 1)])
    u, wu = width * unit, width * w
    root = 1.0 / np.sqrt(2.0 * np.pi)
    kernel = root * np.exp(-0.5 * (u[:, None] - u) ** 2) * wu
    fine, wf = unit_rule(FINE)
    y = far[:, None] * fine
    measure = np.empty((beta.size, *y.shape))
    f = root * np.exp(-0.5 * (beta - u[:, None]) ** 2)
    for i in range(periods - 1):
        survived = (root * np.exp(-0.5 * (y[i][:, None] - u) ** 2) * wu) @ f
        free = root / np.sqrt(k[i]) * np.exp(-0.5 * (beta - y[i][:, None]) ** 2 / k[i])
        with np.errstate(all="ignore"):
            crossed = np.where(free > 0.0, 1.0 - survived / free, 0.0)
        measure[:, i] = (far[i] * wf[:, None] * np.clip(crossed, 0.0, 1.0)).T
        f = kernel @ f
    return y, measure


def law_by_bridges(periods: int, beta: float, m: float, tau: float) -> Array:
    """P(T <= k), (periods,), for one row with drift ~ N(m, tau^2), by the formula of the module."""
    k = np.arange(1.0, periods + 1.0)
    root = 1.0 / np.sqrt(k * (1.0 + k * tau * tau))
    distance = (beta - m * k) * root
    p = scipy.special.ndtr(-distance)
    if periods > 1:
        y, measure = (x[0] for x in crossing_measures(periods, np.array([beta])))
        z = y * root[1:, None] - distance[1:, None]
        p[1:] += (measure * np.exp(-0.5 * z * z)).sum(axis=1) * root[1:] / np.sqrt(2.0 * np.pi)
    return np.asarray(p)
