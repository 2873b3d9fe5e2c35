r"""First passage of independent years about a trend whose level and slope are uncertain.

    x_k = m_k + (s / v) (a + g k + e_k),   (a, g) ~ N(0, R R'),   e_k ~ N(0, 1) independent,   T = min{k : x_k >= b},

with v = 1, or df v^2 ~ chi^2_df. Given a, g and v the years are independent, so that

    P(T > k) = E[prod_{j <= k} Phi((b - m_j) v / s - a - g j)],

by Gauss-Legendre nodes of g, Gauss-Hermite nodes of a given g, and the trapezoidal rule over log v. All weights are
positive and no node depends on the barrier or on the number of periods: probabilities never fall with time, never rise
with the barrier, and the first periods are the same whatever follows. The law of :mod:`tradetarget.passage.gaussian` has this one as a case, which its
points answer less well (4e-4): a year's own scatter has no direction in common with other years.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from tradetarget.passage._arrays import Array
from tradetarget.passage.scales import scale_nodes

_LEVELS, _SLOPES, _SCALES = 16, 160, 32
"""Nodes of each. Twice as many move no probability of 50 periods by more than 1e-5 (tests/passage/test_trend.py). The
slope has the most: after k periods its effect is k times as steep as that of the level."""
_REACH = 6.5
"""Slopes within so many standard deviations; 1e-10 of them are beyond."""


@cache
def _nodes() -> tuple[Array, Array, Array]:
    """Level, slope (standard normal both) and weight at every pair of nodes, read-only."""
    z, w = np.polynomial.hermite_e.hermegauss(_LEVELS)
    y, u = np.polynomial.legendre.leggauss(_SLOPES)
    density = u * np.exp(-0.5 * (_REACH * y) ** 2)
    pairs = (
        np.repeat(z, y.size),
        np.tile(_REACH * y, z.size),
        np.outer(w / w.sum(), density / density.sum()).reshape(-1),
    )
    for x in pairs:
        x.setflags(write=False)
    return pairs


def uncertain_trend_cdf(
    mean: ArrayLike, root: ArrayLike, scatter: float, barriers: ArrayLike, *, volatility_df: float
) -> Array:
    """P(T <= k), k = 1..K; see the module.

    Parameters
    ----------
    mean
        (K,) m, the trend less the log level of the origin, log points.
    root
        (2, 2) R, lower triangular: of level and slope a period, in units of the scatter.
    scatter
        s of a year about the trend, log points, above 0.
    barriers
        (B,) log points above the origin; at or below zero is already reached.
    volatility_df
        Degrees of freedom of the scatter.

    Returns
    -------
    numpy.ndarray
        (B, K), error below 1e-5 over 50 periods.

    Raises
    ------
    ValueError
        When an argument is NaN or infinite, or ``scatter`` is not above 0.
    """
    m, r = np.asarray(mean, dtype=float), np.asarray(root, dtype=float)
    b = np.atleast_1d(np.asarray(barriers, dtype=float))
    if not (np.isfinite(m).all() and np.isfinite(r).all() and np.isfinite(b).all() and 0.0 < scatter < np.inf):
        raise ValueError("mean, root, scatter and barriers must be finite numbers, and scatter above 0")
    first, second, pair = _nodes()
    # The slope is one axis, and the level given the slope the other: only the first then steepens with the period.
    spread = np.hypot(r[1, 0], r[1, 1])
    shared = r[0, 0] * r[1, 0] / spread if spread > 0.0 else 0.0
    alone = np.sqrt(max(r[0, 0] ** 2 - shared**2, 0.0))
    level, slope = shared * second + alone * first, spread * second
    scales, share = (x[0] for x in scale_nodes(np.array([float(volatility_df)]), _SCALES))
    weight = share[:, None] * pair
    p = np.ones((b.size, m.size))
    for i in np.flatnonzero(b > 0.0):
        stay = np.array(weight)
        for k, centre in enumerate(m):
            stay *= ndtr((b[i] - centre) / scatter * scales[:, None] - (level + (k + 1) * slope))
            p[i, k] = 1.0 - np.add.reduce(stay, axis=None)
    return np.maximum(p, 0.0)
