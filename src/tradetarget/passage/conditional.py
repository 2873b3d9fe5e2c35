r"""First passage of a Gaussian or Student log path when something more is known of its first period.

x = (x_1, ..., x_K) has mean m and scale C, normal or multivariate Student t with df degrees of freedom, and the first
period has a likelihood L(x_1) besides (a part of the first year has been published, say). With p(x) the density of x_1
times L, scaled to one, and given x_1 = x the others again such a path,

    E[x_k | x] = m_k + g_k (x - m_1),  C' = (C_kl - g_k g_l C_11) r,  g = C_k1 / C_11,
    r = (df + (x - m_1)^2 / C_11) / (df + 1),  df' = df + 1      (r = 1 where df is infinite),

the law of the hitting time is (conditional laws: Genz and Bretz 2009 [Genz09]_)

    P(T <= k) = P(x_1 >= b) + integral over x < b of p(x) P(T' <= k - 1 | x) dx.

x_1 is drawn from its law by inversion of a fine one-dimensional quadrature, and the later periods as
:mod:`tradetarget.passage.gaussian` does: fixed, even points of x_1, the scale and all later innovations together.
Probabilities never fall with time nor rise with the barrier here either, and do not depend on how many periods follow.

References
----------
.. [Genz09] Genz, A. and Bretz, F. (2009). Computation of Multivariate Normal and t Probabilities. Springer.
   doi:10.1007/978-3-642-01689-9
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import ArrayLike

from tradetarget.arrays import Array
from tradetarget.passage._arrays import LARGEST, SMALLEST_DF, degrees, lower_factor, need_path
from tradetarget.passage.crossing import Crossing, FirstPeriod
from tradetarget.passage.events import REACHED_TOLERANCE
from tradetarget.passage.points import EXACT, Rule, innovation_factor
from tradetarget.passage.scales import Scales

_FINE = 4001  # judgement: ends of cells, laid again three times where the density is; tests hold the error
_TAIL = 1e-9  # probability left out on each side, far below the error that is promised


class ImpossibleError(ValueError):
    """No value of the first period is possible."""


def path_cdf_given_first(
    mean: ArrayLike,
    covariance: ArrayLike,
    barriers: ArrayLike,
    log_likelihood: Callable[[Array], Array],
    *,
    volatility_df: float | None = None,
    rule: Rule = EXACT,
) -> Array:
    """P(T <= k), k = 1..K, given what a likelihood says of the first period.

    Parameters
    ----------
    mean
        (K,) of the log level less that of the origin, log points.
    covariance
        (K, K), log points squared; of the first period positive.
    barriers
        (B,) log points above the origin; at or below zero is already reached.
    log_likelihood
        Gives (n,) log likelihoods, up to a constant, of (n,) values of x_1; -inf where impossible.
    volatility_df
        Degrees of freedom of an uncertain scale; None for a normal path.
    rule
        Which points of the fixed sequence.

    Returns
    -------
    numpy.ndarray
        (B, K), monotone along the last axis, in [0, 1].

    Raises
    ------
    ImpossibleError
        When no value of the first period is possible (or only an interval far narrower than the path's spread).
    ValueError
        When the first period's variance is not positive, or an argument is NaN or infinite.
    """
    m, c = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    b = np.atleast_1d(np.asarray(barriers, dtype=float))
    if not (np.isfinite(m).all() and np.isfinite(c).all() and np.isfinite(b).all()):
        raise ValueError("mean, covariance or barriers hold a value that is not a finite number")
    need_path(m, c)
    if m.ndim > 1:
        raise ValueError(f"mean of shape {m.shape} is of several paths: ask one at a time")
    if not (volatility_df is None or SMALLEST_DF <= volatility_df < np.inf):
        raise ValueError(f"volatility_df {volatility_df:g} is no number from {SMALLEST_DF:g}: give one, or None")
    b = np.clip(b, -LARGEST, LARGEST)
    if not c[0, 0] > 0.0:
        raise ValueError(f"the first period's variance {c[0, 0]:g} is not positive: nothing can be learnt of it")
    spread = float(np.sqrt(c[0, 0]))

    def log_density(x: Array) -> Array:
        standardised = (x - m[0]) / spread
        prior = -0.5 * standardised**2
        if volatility_df is not None:
            prior = -0.5 * (volatility_df + 1.0) * np.log1p(standardised**2 / volatility_df)
        return np.asarray(prior + log_likelihood(x))

    x, reach = _law_of_first(log_density, float(m[0]), spread)
    gain = c[1:, 0] / c[0, 0]
    factor = lower_factor((c[1:, 1:] - np.outer(gain, c[0, 1:]))[:, :, None])
    df = degrees(None if volatility_df is None else volatility_df + 1.0).reshape(1)
    scales = Scales(df, rule.n_points)
    crossing = Crossing(innovation_factor(rule.directions)[0], m[None, 1:], factor, b[None], gain)
    sums = np.zeros((b.size, m.size))
    for points in rule.chunks(max(m.size - 1, 1)):
        first = np.interp(scipy.special.ndtr(points.first.astype(float)), reach, x)
        sums[:, 0] += (first >= b[:, None] - REACHED_TOLERANCE).sum(axis=1)
        if m.size == 1:
            continue
        scale = scales.at(points.scale)
        if volatility_df is not None:
            wide = (volatility_df + (first - m[0]) ** 2 / c[0, 0]) / (volatility_df + 1.0)
            scale = (scale / np.sqrt(wide)).astype(np.float32)
        earlier = FirstPeriod(first, (first - m[0]) * scale[0])
        sums[:, 1:] += crossing.sums(points, scale, earlier)[0]
    return np.where(b[:, None] <= 0.0, 1.0, np.minimum(sums / rule.n_points, 1.0))


def _law_of_first(log_density: Callable[[Array], Array], m: float, spread: float) -> tuple[Array, Array]:
    """(n,) values of x_1, and P(x_1 <= value): a fine grid, laid again and again where the density is."""
    x = m + spread * np.sinh(np.linspace(-7.0, 7.0, _FINE))
    for _ in range(3):
        logs = log_density(x)
        if not np.isfinite(logs).any():
            raise ImpossibleError(
                "no value of the first period is possible: the likelihood is zero wherever the path may be"
            )
        density = np.exp(logs - logs.max())
        cells = 0.5 * (density[1:] + density[:-1]) * np.diff(x)
        reach = np.concatenate([[0.0], np.cumsum(cells)]) / cells.sum()
        middle = 0.5 * (x[1:] + x[:-1])
        centre = float(cells @ middle / cells.sum())
        width = max(float(np.sqrt(cells @ (middle - centre) ** 2 / cells.sum())), 1e-12)
        inside = np.flatnonzero((reach > _TAIL) & (reach < 1.0 - _TAIL))
        ends = x[max(int(inside[0]) - 2, 0)], x[min(int(inside[-1]) + 2, x.size - 1)]
        latest = x, reach
        start, end = (float(np.arcsinh((edge - centre) / width)) for edge in ends)
        x = centre + width * np.sinh(np.linspace(start, end, _FINE))
    return latest
