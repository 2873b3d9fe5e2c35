r"""First passage of independent years about a trend whose level and slope are uncertain.

    x_k = m_k + (s / v) (a + g k + e_k),   (a, g) ~ N(0, R R'),   e_k ~ N(0, 1) independent,   T = min{k : x_k >= b},

with v = 1, or df v^2 ~ chi^2_df. Given a, g and v the years are independent, so that

    P(T > k) = E[prod_{j <= k} Phi((b - m_j) v / s - a - g j)],

by Gauss-Hermite quadrature over (a, g) and the trapezoidal rule over log v. All weights are positive and no node depends
on the barrier or on the number of periods: probabilities never fall with time, never rise with the barrier, and the first
periods are the same whatever follows. The law of :mod:`tradetarget.passage.gaussian` has this one as a case, which its
points answer less well (4e-4): a year's own scatter has no direction in common with other years.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from tradetarget.passage._arrays import Array
from tradetarget.passage.scales import scale_nodes

_NODES = 40
_SCALES = 48
"""Nodes of level, slope and scale. Twice as many move no probability by more than 1e-6 (tests/passage/test_trend.py)."""
_LIGHTEST = 1e-10
"""Pairs of nodes that weigh less are left out; all of them together weigh less than 1e-7."""


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
        (B, K), error below 1e-6.

    Raises
    ------
    ValueError
        When an argument is NaN or infinite, or ``scatter`` is not above 0.
    """
    m, r, b = np.asarray(mean, dtype=float), np.asarray(root, dtype=float), np.atleast_1d(np.asarray(barriers, dtype=float))
    if not (np.isfinite(m).all() and np.isfinite(r).all() and np.isfinite(b).all() and 0.0 < scatter < np.inf):
        raise ValueError("mean, root, scatter and barriers must be finite numbers, and scatter above 0")
    z, w = np.polynomial.hermite_e.hermegauss(_NODES)
    pair = np.outer(w, w).reshape(-1) / w.sum() ** 2
    some = pair > _LIGHTEST
    first, second = np.repeat(z, z.size)[some], np.tile(z, z.size)[some]
    level, slope = r[0, 0] * first, r[1, 0] * first + r[1, 1] * second
    trend = level[:, None] + slope[:, None] * np.arange(1.0, m.size + 1.0)
    weight = (pair[some] / pair[some].sum())[:, None]
    stay = np.zeros((b.size, m.size))
    for v, share in zip(*(x[0] for x in scale_nodes(np.array([float(volatility_df)]), _SCALES)), strict=True):
        for i, barrier in enumerate(b):
            below = np.multiply.accumulate(ndtr((barrier - m) * (v / scatter) - trend), axis=1)
            stay[i] += share * np.add.reduce(weight * below, axis=0)
    return np.where(b[:, None] <= 0.0, 1.0, np.clip(1.0 - stay, 0.0, 1.0))
