r"""Uncertain volatility: quadrature and quantiles of the scale of a path.

sigma^2 = s^2 df / chi^2_df (scaled inverse chi-square), one draw a path. With v = s / sigma, df v^2 ~ chi^2_df and

    density of log v  proportional to  exp(df (log v - v^2 / 2)).
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.passage._arrays import LARGEST_DF, SMALLEST_DF
from tradetarget.passage.normal import log_lower_tail

_NEGLIGIBLE = 25.0  # exponent of a density that is left out: e^-25 = 1e-11 of its peak
_CELLS = 1 << 16  # quantiles of the scale are read from a table of so many cells over [-6, 6] normal scores
_NODES = 2049
"""Straight lines between so many values of log v err by less than 5e-6 for df >= 1."""
_INTERPOLATED = 4096
"""Points from which on the cells are cheaper than a quantile for each."""
_FAR_OUT = 45.0  # beyond e^-45 lies 1e-10 of the probability beyond a score of 6, which is 1e-9
_STEPS = 1 << 14
"""Steps of the quadrature of the distribution function of log v. Its quantiles err by less than 2e-6 for scores of -6
to 6 and df >= 1 (tests/passage/test_scales.py)."""


def scale_nodes(df: Array, n: int = 32) -> tuple[Array, Array]:
    """Nodes v = s / sigma and weights that integrate a smooth function of the scale; both (rows, n).

    The trapezoidal rule in x, log v = x - exp(-x): both tails then fall double-exponentially (Takahasi and Mori 1974,
    doi:10.2977/prims/1195192451), however few the degrees of freedom. Weights sum to 1. With 32 nodes the probabilities
    of this package are right to about 1e-8 for df >= 2.

    Parameters
    ----------
    df
        (rows,) degrees of freedom, positive.
    """
    d = np.clip(df, SMALLEST_DF, LARGEST_DF)[:, None]
    low = _edge(d, -1.0)
    high = _edge(d, 1.0)
    x = low + (high - low) * (np.arange(n) + 0.5) / n
    log_density = _log_density(d, x)
    w = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return np.exp(x - np.exp(-x)), w / w.sum(axis=1, keepdims=True)


def _log_density(df: Array, x: Array) -> Array:
    """Log density of x, up to a constant, 0 at v = 1."""
    t = x - np.exp(-x)
    return np.asarray(df * (t - 0.5 * np.expm1(2.0 * t)) + np.log1p(np.exp(-x)) - np.log(1.5671432904097838))


def _edge(df: Array, side: float | Array, exponent: float = _NEGLIGIBLE) -> Array:
    """Where the density of x has fallen by e^-exponent on one side of v = 1 (x = 0.5671...), by bisection."""
    near = np.full(np.broadcast_shapes(df.shape, np.shape(side)), 0.5671432904097838)
    far = near + np.where(np.asarray(side) < 0.0, -6.0, 12.0)
    for _ in range(40):
        middle = 0.5 * (near + far)
        inside = _log_density(df, middle) > -exponent
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return near


class Scales:
    """The scale v = s / sigma of paths, one row a law, as a function of its normal score.

    Few points are computed one by one. Many are read from even cells of the score over [-6, 6], 1.8e-4 wide: v is then
    off by a relative 1e-4 at most, and by 1e-6 on average.

    Parameters
    ----------
    df
        (rows,) degrees of freedom; 0 is the normal law, v = 1.
    n_points
        How many points each row will be asked for.
    """

    def __init__(self, df: Array, n_points: int) -> None:
        self._distinct, self.place = np.unique(df, return_inverse=True)
        self._cells: NDArray[np.float32] | None = None
        if n_points > _INTERPOLATED:
            nodes = np.linspace(-6.0, 6.0, _NODES)
            middles = (np.arange(_CELLS) + 0.5) * (12.0 / _CELLS) - 6.0
            logs = log_scale_quantiles(self._distinct, nodes)
            self._cells = np.exp([np.interp(middles, nodes, row) for row in logs]).astype(np.float32)

    def at(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """(distinct df, n) scales of paths with these scores (n,); ``place`` (rows,) says which of them a law has."""
        if self._cells is None:
            return np.asarray(scale_quantiles(self._distinct, scores.astype(np.float64)), dtype=np.float32)
        cell = ((scores + np.float32(6.0)) * np.float32(_CELLS / 12.0)).astype(np.intp)
        return np.take(self._cells, cell, axis=1, mode="clip")


def log_scale_quantiles(df: Array, scores: Array) -> Array:
    """(rows, n) quantiles of log v by adding up its density, for a few rows and many scores from -6 to 6.

    The midpoint rule in x, log v = x - exp(-x), as in ``scale_nodes``; each tail is added up from its own end. The
    inverse incomplete gamma function would say the same, at the price of importing scipy.special into every process.

    Parameters
    ----------
    df
        (rows,) degrees of freedom; 0 is the normal law, log v = 0.
    """
    lower, upper = scores <= 0.0, scores > 0.0
    log_p = log_lower_tail(-np.abs(scores))
    logs = np.zeros((df.size, scores.size))
    for row in np.flatnonzero(df > 0.0):
        d = np.clip(df[row : row + 1, None], SMALLEST_DF, LARGEST_DF)
        low, high = _edge(d, np.array([[-1.0, 1.0]]), _FAR_OUT)[0].tolist()
        middles: Array = low + (high - low) / _STEPS * (np.arange(float(_STEPS)) + 0.5)
        density = np.exp(_log_density(d[0], middles))
        ends = low + (high - low) / _STEPS * np.arange(1, _STEPS)
        log_v = ends - np.exp(-ends)
        below, above = np.cumsum(density)[:-1], np.cumsum(density[::-1])[-2::-1]
        total = np.log(density.sum())
        logs[row, lower] = np.interp(log_p[lower], np.log(below) - total, log_v)
        logs[row, upper] = np.interp(-log_p[upper], total - np.log(above), log_v)
    return logs


def scale_quantiles(df: Array, scores: Array) -> Array:
    """(rows, n) quantiles of v; each tail by its own function, since 1 - p would lose the upper one to rounding."""
    special = scipy.special  # imported here, when it is needed
    half = 0.5 * np.where(df > 0.0, np.clip(df, SMALLEST_DF, LARGEST_DF), 1.0)[:, None]
    low = scores <= 0.0
    square = np.empty((df.size, scores.size))
    square[:, low] = special.gammaincinv(half, special.ndtr(scores[low]))
    square[:, ~low] = special.gammainccinv(half, special.ndtr(-scores[~low]))
    v = np.clip(np.sqrt(square / half), 1e-30, 1e30)
    return np.where(df[:, None] > 0.0, v, 1.0)
