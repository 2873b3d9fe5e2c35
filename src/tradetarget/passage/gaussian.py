r"""First passage of any Gaussian log path, observed at K periods.

x = (x_1, ..., x_K) ~ N(mean, C), T = min{k : x_k >= b}. With the Cholesky factor C = L L' in the order of time and
x = mean + L z, the survival to period k is a product of conditional probabilities [1]_:

    P(T > k) = E[prod_{j <= k} e_j],   e_j = Phi((b - mean_j - sum_{i<j} L_ji z_i) / L_jj),   z_j = Phi^-1(u_j e_j),

u uniform on the unit cube. One pass gives every k; the last step of each is integrated exactly, and the products fall
with k, so that the answer is monotone by construction. u runs over a fixed, even set of points: the result depends on
nothing but its own row, bit for bit.

Options as in :mod:`tradetarget.passage.discrete`: with ``volatility_df`` the whole deviation from the mean has one
uncertain scale a path (x = mean + L z / v, df v^2 ~ chi^2_df, the multivariate Student t); with ``increment_df`` every
period's innovation z_j has a scale of its own and is Student t.

References
----------
.. [1] Genz, A. (1992). Numerical computation of multivariate normal probabilities. Journal of Computational and
   Graphical Statistics 1(2), 141-149. doi:10.1080/10618600.1992.10477010
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtr

from tradetarget.passage._arrays import LARGEST, Array, settle, slack
from tradetarget.passage.points import even_points
from tradetarget.passage.scales import LARGEST_DF, scale_quantiles

_CELLS = 32_768
_SINGULAR = 1e-13
_DEEPEST = 38.0


def gaussian_path_cdf(
    mean: ArrayLike,
    covariance: ArrayLike,
    barrier: ArrayLike,
    *,
    volatility_df: ArrayLike | None = None,
    increment_df: ArrayLike | None = None,
    n_points: int = 128,
) -> Array:
    """P(T <= k), k = 1..K, for a Gaussian log path; see the module for the method.

    Parameters
    ----------
    mean
        (..., K) of the log level less that of the origin, log points.
    covariance
        (..., K, K), symmetric positive semi-definite, log points squared; singular and zero are fine.
    barrier
        (...,) log points above the origin; at or below zero is already reached. Leading axes broadcast. To ask several
        barriers of one law give the law an axis of length 1: ``mean[:, None, :]``, ``covariance[:, None, :, :]``
        and ``barrier`` (units, barriers); the law is then factored once.
    volatility_df, increment_df
        (...,) degrees of freedom of an uncertain scale (one a path) and of fat-tailed years (one a year), or None.
    n_points
        Points of the rule. The error falls about as 1 / n_points; period 1 is exact.

    Returns
    -------
    numpy.ndarray
        (..., K), monotone along the last axis, in [0, 1].
    """
    m = np.clip(np.asarray(mean, dtype=float), -LARGEST, LARGEST)
    factor = _factor(np.clip(np.asarray(covariance, dtype=float), -LARGEST, LARGEST))
    b = np.clip(np.asarray(barrier, dtype=float), -LARGEST, LARGEST)
    one, many = _degrees(volatility_df), _degrees(increment_df)
    periods = m.shape[-1]
    shape = np.broadcast_shapes(m.shape[:-1], factor.shape[:-2], b.shape, one.shape, many.shape)
    index = np.arange(int(np.prod(shape))).reshape(shape)
    laws = [_place(x, shape, trailing) for x, trailing in ((m, 1), (factor, 2), (b, 0), (one, 0), (many, 0))]
    survival = np.empty((index.size, periods))
    step = max(1, _CELLS // n_points)
    for i in range(0, index.size, step):
        rows = [source[where[i : i + step]] for source, where in laws]
        survival[i : i + step] = _survive(*rows, n_points)
    return settle(1.0 - survival.reshape(*shape, periods), b)


def _place(x: Array, shape: tuple[int, ...], trailing: int) -> tuple[Array, Array]:
    """An array with its leading axes flattened, and where each row of the broadcast shape finds its entry."""
    lead = x.shape[: x.ndim - trailing]
    flat = x.reshape(-1, *x.shape[x.ndim - trailing :])
    where = np.broadcast_to(np.arange(flat.shape[0]).reshape(lead), shape)
    return flat, where.reshape(-1)


def _degrees(df: ArrayLike | None) -> Array:
    """Degrees of freedom as an array; 0 stands for the normal law."""
    if df is None:
        return np.zeros(())
    d = np.asarray(df, dtype=float)
    return np.where(d < LARGEST_DF, np.maximum(d, 1e-3), 0.0)


def _factor(covariance: Array) -> Array:
    """Lower Cholesky factor of each matrix; a pivot that is zero to rounding leaves a column of zeros."""
    c = covariance.copy()
    periods = c.shape[-1]
    factor = np.zeros_like(c)
    for j in range(periods):
        scale = covariance[..., j, j]
        pivot = c[..., j, j]
        root = np.sqrt(np.where(pivot > _SINGULAR * scale, pivot, 0.0))
        with np.errstate(all="ignore"):
            column = np.where(root[..., None] > 0.0, c[..., j:, j] / root[..., None], 0.0)
        factor[..., j:, j] = column
        c[..., j:, j:] -= column[..., :, None] * column[..., None, :]
    return factor


def _survive(mean: Array, factor: Array, barrier: Array, one: Array, many: Array, n_points: int) -> Array:
    """P(T > k) for a block of rows; (rows, K)."""
    rows, periods = mean.shape
    by_path, by_year = bool((one > 0.0).any()), bool((many > 0.0).any())
    u = even_points(n_points, periods + by_path + by_year * periods)
    path = _scales(one, u[0]) if by_path else np.ones((1, 1))
    year = [_scales(many, u[by_path + periods + j]) if by_year else None for j in range(periods)]
    survival = np.empty((rows, periods))
    draws: list[Array] = []
    product = np.ones((rows, n_points))
    for j in range(periods):
        gap = (barrier - mean[:, j])[:, None] * path
        for i, z in enumerate(draws):
            gap = gap - factor[:, j, i, None] * z
        e = _stay_below(gap, factor[:, j, j], barrier, year[j])
        product = product * e
        survival[:, j] = product.mean(axis=1)
        if j + 1 < periods:
            z = np.maximum(ndtri(e * u[by_path + j]), -_DEEPEST)
            draws.append(z if year[j] is None else z / year[j])
    exact = _first_period(mean[:, 0], factor[:, 0, 0], barrier, one, many)
    survival[:, 0] = np.where(np.isnan(exact), survival[:, 0], exact)
    return survival


def _scales(df: Array, u: Array) -> Array:
    """Scales v = s / sigma at the points u, (rows, points); 1 in rows without the option."""
    return np.where(df[:, None] > 0.0, scale_quantiles(np.where(df > 0.0, df, 1.0), u), 1.0)


def _stay_below(gap: Array, spread: Array, barrier: Array, year: Array | None) -> Array:
    """P(spread z < gap) with z normal, or normal / year; certain where there is no spread."""
    with np.errstate(all="ignore"):
        z = gap / spread[:, None]
        e = ndtr(z if year is None else z * year)
    still = spread <= 0.0
    if still.any():
        e[still] = gap[still] > slack(barrier[still])[:, None]
    return np.asarray(e)


def _first_period(mean: Array, spread: Array, barrier: Array, one: Array, many: Array) -> Array:
    """P(T > 1) exactly: normal or Student t; NaN where both options meet or nothing is random."""
    with np.errstate(all="ignore"):
        z = (barrier - mean) / spread
        df = np.where(one > 0.0, one, many)
        p = np.where(df > 0.0, stdtr(np.where(df > 0.0, df, 1.0), z), ndtr(z))
    return np.where((spread <= 0.0) | ((one > 0.0) & (many > 0.0)), np.nan, p)
