r"""First passage of a walk seen once a period: the law of annual totals.

x_0 = 0, x_k = x_{k-1} + nu + s e_k, T = min{k : x_k >= b}; ``barrier`` b = log(target / last value) in log points,
``drift`` nu in log points a period, ``volatility`` s in log points a root-period. Leading axes broadcast and the
answer has one more axis, last, of P(T <= k) for k = 1..n_periods, which never falls and lies in [0, 1].

Two options, which are not the same (for a target of twice the last value and 4 degrees of freedom one gives .288 and
the other .324 within ten years):

``volatility_df``
    Uncertain volatility: one scale a path. sigma^2 = s^2 df / chi^2_df, the posterior of a variance estimated with df
    degrees of freedom.
``increment_df``
    Fat-tailed years: one scale a year. e_k is Student t with df degrees of freedom, and s its scale (its standard
    deviation is s sqrt(df / (df - 2)) where df > 2).

Degrees of freedom broadcast with the other arguments; inf is the normal law.

Limits: b <= 0 is already reached (1 in every period). s = 0 leaves the drift to decide, with reached meaning
level >= target to a relative 1e-12, so that an exact hit counts in its period. No finite input gives NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from tradetarget.arrays import Array
from tradetarget.passage._arrays import degrees, settle, slack, tame
from tradetarget.passage.lattice import Rows, on_lattice, uncertain_volatility_law
from tradetarget.passage.markov import markov_survival
from tradetarget.passage.recursion import constant_law
from tradetarget.passage.scales import scale_nodes

_Law = Callable[[NDArray[np.intp], Array, Array], Array]

_ROWS = 2_000  # rows at once: judgement, so that a block of node arrays fits into a processor cache
_DRIFT_NODES = 24  # Gauss nodes of the drift; tests/passage/test_discrete.py hold the error
_SMALLEST = 1e-10  # a volatility below this share of the distance counts as none: it cannot reach by chance


def discrete_cdf(
    n_periods: int,
    barrier: ArrayLike,
    drift: ArrayLike,
    volatility: ArrayLike,
    *,
    per_period: bool = False,
    volatility_df: ArrayLike | None = None,
    increment_df: ArrayLike | None = None,
) -> Array:
    """P(T <= k), k = 1..n_periods, drift and volatility known; see the module for equations, units and options.

    Parameters
    ----------
    n_periods
        K, the number of periods.
    barrier
        (...,) log points above the origin.
    drift, volatility
        (...,) each; with ``per_period=True`` (..., K), one a period.
    per_period
        Whether the last axis of ``drift`` and ``volatility`` is the period.
    volatility_df, increment_df
        (...,) degrees of freedom of an uncertain volatility (one scale a path) and of fat-tailed years (one scale a
        year); None for neither.

    Returns
    -------
    numpy.ndarray
        (..., K). Absolute error, measured over barriers of 0.01 to 30 volatilities, drifts of -3 to 3 and 40 periods:
        below 1e-8 with a known volatility, 1e-6 with an uncertain one (df >= 2), 1e-7 with fat-tailed years (df >= 3;
        1e-3 for df = 1). Farther barriers with an uncertain drift: 1e-7.
    """
    if not per_period:
        return discrete_random_drift_cdf(
            n_periods, barrier, drift, volatility, 0.0, volatility_df=volatility_df, increment_df=increment_df
        )
    path_df, year_df = degrees(volatility_df), degrees(increment_df)
    periods = np.zeros(n_periods)
    level = [np.asarray(x, dtype=float)[..., None] for x in (barrier, path_df, year_df)]
    b, one_df, many_df, nu, s, _ = tame(*level, drift, volatility, periods)
    shape = b.shape[:-1]
    rows = [x.reshape(-1, n_periods) for x in (b, nu, np.abs(s), one_df, many_df)]
    first = [rows[0][:, 0], rows[3][:, 0], rows[4][:, 0]]

    def law(i: NDArray[np.intp], b: Array, v: Array) -> Array:
        return _walk(b, rows[1][i], rows[2][i] / v[:, None], first[2][i])

    return settle(_mix_scales(law, n_periods, first[0], first[1]).reshape(*shape, n_periods), b[..., 0])


def discrete_random_drift_cdf(
    n_periods: int,
    barrier: ArrayLike,
    drift: ArrayLike,
    volatility: ArrayLike,
    drift_sd: ArrayLike,
    *,
    volatility_df: ArrayLike | None = None,
    increment_df: ArrayLike | None = None,
    scale_drift_sd: bool = True,
) -> Array:
    """P(T <= k), k = 1..n_periods, with the drift ~ N(drift, drift_sd^2), one draw a path; see the module.

    Parameters
    ----------
    n_periods
        K, the number of periods.
    barrier, drift, volatility, drift_sd
        (...,) each; ``drift_sd`` = 0 is a known drift.
    volatility_df, increment_df
        (...,) degrees of freedom of an uncertain volatility (one scale a path) and of fat-tailed years (one scale a
        year); None for neither.
    scale_drift_sd
        With an uncertain volatility, whether ``drift_sd`` scales with it: drift | sigma ~ N(m, (drift_sd sigma / s)^2).
        True is the posterior of a random walk with drift under the reference prior: from n growth rates of mean m and
        standard deviation s (divisor n - 1), drift_sd = s / sqrt(n) and volatility_df = n - 1. False: drift and
        volatility are independent.

    Returns
    -------
    numpy.ndarray
        (..., K). Absolute error as for :func:`discrete_cdf`.
    """
    path_df, year_df = degrees(volatility_df), degrees(increment_df)
    b, m, s, tau, one_df, many_df = tame(barrier, drift, volatility, drift_sd, path_df, year_df)
    shape = b.shape
    mr, sr, tr, jr = (x.reshape(-1) for x in (m, np.abs(s), np.abs(tau), many_df))

    br, dr = b.reshape(-1), one_df.reshape(-1)

    def law(i: NDArray[np.intp], b: Array, v: Array) -> Array:
        drift_scale = tr[i] / v if scale_drift_sd else tr[i]
        return _constant(n_periods, b, mr[i], sr[i] / v, drift_scale, jr[i])

    rows = Rows(br, mr, sr, tr, dr)
    tabled = (jr <= 0.0) & on_lattice(n_periods, rows)
    p = np.empty((br.size, n_periods))
    r = np.flatnonzero(tabled)
    if r.size:
        p[r] = uncertain_volatility_law(n_periods, rows.take(r), scale_drift_sd)
    untabled = np.flatnonzero(~tabled)
    p[untabled] = _mix_scales(lambda i, b, v: law(untabled[i], b, v), n_periods, br[untabled], dr[untabled])
    return settle(p.reshape(*shape, n_periods), b)


def _mix_scales(law: _Law, periods: int, b: Array, df: Array) -> Array:
    """Average ``law`` over the scale of a path where df > 0; (rows, periods)."""
    p = np.ones((b.size, periods))
    ahead = b > 0.0
    fixed = np.flatnonzero(ahead & (df <= 0.0))
    if fixed.size:
        p[fixed] = law(fixed, b[fixed], np.ones(fixed.size))
    uncertain = np.flatnonzero(ahead & (df > 0.0))
    for i in range(0, uncertain.size, _ROWS):
        r = uncertain[i : i + _ROWS]
        v, w = scale_nodes(df[r])
        repeated = np.repeat(r, v.shape[1])
        values = law(repeated, b[repeated], v.reshape(-1)).reshape(*v.shape, periods)
        # The weights of a row add up to 1 only to rounding, and a mean lies within what it averages: what is certain at
        # every scale stays exactly 0 or 1, on every processor.
        mean = (w[:, None, :] @ values)[:, 0, :]
        p[r] = np.clip(mean, values.min(axis=1), values.max(axis=1))
    return p


def _constant(periods: int, b: Array, m: Array, s: Array, tau: Array, df: Array) -> Array:
    """P(T <= k) for rows b > 0 with constant parameters; df > 0 marks Student increments."""
    p = np.empty((b.size, periods))
    normal = df <= 0.0
    size = np.maximum(b, periods * np.maximum(np.abs(m), tau))
    noisy = s > _SMALLEST * size
    grid = np.flatnonzero(normal & noisy)
    if grid.size:
        p[grid] = constant_law(periods, b[grid] / s[grid], m[grid] / s[grid], tau[grid] / s[grid])
    still = np.flatnonzero(normal & ~noisy)
    if still.size:
        p[still] = _without_noise(periods, b[still], m[still], tau[still])
    fat = np.flatnonzero(~normal)
    for i in range(0, fat.size, _ROWS):
        r = fat[i : i + _ROWS]
        p[r] = _student_years(periods, b[r], m[r], np.where(noisy[r], s[r], 0.0), tau[r], df[r])
    return p


def _without_noise(periods: int, b: Array, m: Array, tau: Array) -> Array:
    """P(mu k >= b): the drift alone decides, and a path that rises is highest at its end."""
    k = np.arange(1.0, periods + 1.0)
    gap = m[:, None] * k - b[:, None]
    with np.errstate(all="ignore"):
        p = scipy.special.ndtr(gap / (tau[:, None] * k))
    return np.asarray(np.where(tau[:, None] > 0.0, p, gap >= -slack(b)[:, None]))


def _student_years(periods: int, b: Array, m: Array, s: Array, tau: Array, df: Array) -> Array:
    """Student increments; an uncertain drift by Gauss-Hermite quadrature over it."""

    def walk(drift: Array) -> Array:
        steps = np.ones(periods)
        return _walk(b, drift[:, None] * steps, s[:, None] * steps, df)

    if not tau.any():
        return walk(m)
    z, w = np.polynomial.hermite_e.hermegauss(_DRIFT_NODES)
    total = np.zeros((b.size, periods))
    for zi, wi in zip(z, w / w.sum(), strict=True):
        total += wi * walk(m + tau * zi)
    return total


def _walk(b: Array, drift: Array, s: Array, df: Array) -> Array:
    """P(T <= k) for rows b > 0 with a drift and a volatility a period, both (rows, periods)."""
    p = np.empty(drift.shape)
    size = np.maximum(b, np.abs(drift).sum(axis=1))[:, None]
    q = np.where(s > _SMALLEST * size, s, 0.0)
    normal = np.flatnonzero(df <= 0.0)
    p[normal] = 1.0 - markov_survival(b[normal], np.ones_like(q[normal]), drift[normal], q[normal])
    fat = np.flatnonzero(df > 0.0)
    p[fat] = 1.0 - markov_survival(b[fat], np.ones_like(q[fat]), drift[fat], q[fat], df[fat])
    return p
