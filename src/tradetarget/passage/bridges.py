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
from scipy.special import ndtr

from tradetarget.passage._arrays import Array
from tradetarget.passage.markov import unit_rule

FINE = 64
"""Nodes on which a measure is given."""
_CROSSED = 17.0
_GRIDS = (32, 48, 64, 96, 128, 192, 256, 384, 512)
LONGEST = 60
"""The most periods for which the grids above are fine enough."""


def crossing_measure(periods: int, beta: float) -> tuple[Array, Array]:
    """Nodes y and C_k(y; beta) dy on them, for k = 2..periods; both (periods - 1, 64). Absolute error below 1e-7."""
    k = np.arange(2.0, periods + 1.0)
    far = np.minimum(np.sqrt(2.0 * _CROSSED * k * (k - 1.0)), 0.5 * _CROSSED * k / beta)
    width = max(beta, float(far.max(initial=0.0))) + 4.0 * np.sqrt(periods)
    unit, w = unit_rule(_GRIDS[min(np.searchsorted(_GRIDS, 12.0 + 1.3 * width), len(_GRIDS) - 1)])
    u, wu = width * unit, width * w
    root = 1.0 / np.sqrt(2.0 * np.pi)
    kernel = root * np.exp(-0.5 * (u[:, None] - u) ** 2) * wu
    fine, wf = unit_rule(FINE)
    y = far[:, None] * fine
    measure = np.empty_like(y)
    f = root * np.exp(-0.5 * (beta - u) ** 2)
    for i in range(periods - 1):
        survived = (root * np.exp(-0.5 * (y[i][:, None] - u) ** 2) * wu) @ f
        free = root / np.sqrt(k[i]) * np.exp(-0.5 * (beta - y[i]) ** 2 / k[i])
        with np.errstate(all="ignore"):
            crossed = np.where(free > 0.0, 1.0 - survived / free, 0.0)
        measure[i] = far[i] * wf * np.clip(crossed, 0.0, 1.0)
        f = kernel @ f
    return y, measure


def law_by_bridges(periods: int, beta: float, m: float, tau: float) -> Array:
    """P(T <= k), (periods,), for one row with drift ~ N(m, tau^2), by the formula of the module."""
    k = np.arange(1.0, periods + 1.0)
    root = 1.0 / np.sqrt(k * (1.0 + k * tau * tau))
    away = (beta - m * k) * root
    p = ndtr(-away)
    if periods > 1:
        y, measure = crossing_measure(periods, beta)
        z = y * root[1:, None] - away[1:, None]
        p[1:] += (measure * np.exp(-0.5 * z * z)).sum(axis=1) * root[1:] / np.sqrt(2.0 * np.pi)
    return np.asarray(p)
