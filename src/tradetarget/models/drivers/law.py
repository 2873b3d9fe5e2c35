r"""The law of a pair's log level given what drives it (GDP of both sides, an oil price), as arrays.

With y_t the log level, q_kt the log of driver k and T the origin, D_j = y_{T-j} - y_T is the past, X_h = y_{T+h} - y_T
the future, and

    y_t = sum_k beta_k q_kt + w_t.

The remainder w follows the pooled law (:mod:`tradetarget.models.pooled.law`: random walk, wandering drift,
swings, reporting noise). A pair's elasticities are drawn around those of all pairs, beta_k ~ N(b_k, tau_k^2), so that
with S_k = q_k less its value at the origin, past years and future ones together, everything is one Gaussian process,

    cov = v (K + sum_k tau_k^2 / v S_k S_k' + errors of past drivers / v),      v the pair's class variance,

and the future given the past is kriging: the pair's own history updates its elasticities on the way,

    E beta_k = b_k + tau_k^2 S_k' cov_DD^-1 (D - E D).

The scale of cov is conjugate, as in the pooled law: the path is multivariate Student t. The drivers' own future is a
forecast: its error is a random walk plus a slope that stays,

    e_k,T+h = sum_{i <= h} eps_ki + h delta_k,    var eps_k = scale_k error_k,   var delta_k = error_trend_k,

correlated between the two sides; it adds sum_kl beta_k beta_l cov(e_k, e_l) to the covariance.

A response spread over years was tried (a share at once, the remainder geometrically): it scored worse on pairs that
the estimates had not seen.

Everything is arrays of shape (units, ...); a unit's numbers depend on its own row alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.pooled.law import (
    LARGEST_INNOVATION,
    MEMORY,
    SIZE_RANGE,
    History,
    PathLaw,
    levels_covariance,
)
from tradetarget.passage.fixed_order import narrow_product

PAST = MEMORY - 1
"""Years before the origin that the law looks at."""


@dataclass(frozen=True)
class DriverGrowths:
    """Reported and expected growth of the drivers: one row a unit, then a driver, then a year.

    Parameters
    ----------
    growth
        (U, K, PAST + H) log growth in the years T - PAST + 1 .. T + H, oldest first: reported, forecast or expected.
    reported
        (U, K, PAST + H) whether it is reported; otherwise it has the error of a forecast.
    scale
        (U, K) the variance of the driver's innovations over that of all drivers of its kind.
    kind
        (K,) index of the driver's kind among the rows of ``DriverParameters``.
    """

    growth: Array
    reported: NDArray[np.bool_]
    scale: Array
    kind: tuple[int, ...]


@dataclass(frozen=True)
class DriverParameters:
    """Elasticities and errors of the drivers' forecasts, from a panel: a row a kind of driver (GDP, oil price).

    Parameters
    ----------
    elasticity, spread
        (kinds,) b and tau.
    error, error_trend
        (kinds,) variance of a year's forecast error, and of the slope that stays.
    correlation
        Of the errors of two drivers of one kind.
    """

    elasticity: Array
    spread: Array
    error: Array
    error_trend: Array
    correlation: float


@dataclass(frozen=True)
class DriverLaw:
    """The law of X_1..X_H given the past and the drivers.

    Parameters
    ----------
    path
        The law itself, multivariate Student t.
    elasticity, elasticity_covariance
        (U, K) and (U, K, K): posterior of the elasticities given the panel and the history of the pair.
    driven
        (U, H) the part of the mean owed to the drivers, log points.
    from_drivers
        (U, H, H) the part of the covariance owed to the errors of the drivers' forecasts.
    """

    path: PathLaw
    elasticity: Array
    elasticity_covariance: Array
    driven: Array
    from_drivers: Array


def summed(horizon: int) -> Array:
    """(PAST + H, PAST + H) effect on q_t - q_T of growth by 1 in each year; rows T-1, T-2, .., T+1, .., T+H.

    Columns are the years T - PAST + 1 .. T + H, as in ``DriverGrowths``. Rows of the past run from the latest year
    back, as in ``pooled.law.History``.
    """
    year = np.arange(-PAST + 1, horizon + 1)
    t = np.concatenate([-np.arange(1, PAST + 1), np.arange(1, horizon + 1)])
    return np.asarray((year <= t[:, None]).astype(float) - (year <= 0))


def driver_law(
    parameters: Mapping[str, float],
    of_drivers: DriverParameters,
    history: History,
    drivers: DriverGrowths,
    *,
    size_centre: float,
) -> DriverLaw:
    """The law of each unit's log path given its history and its drivers.

    Parameters
    ----------
    parameters
        Of the remainder w: the names of the pooled law without those of named countries.
    of_drivers
        Elasticities and forecast errors.
    history
        (U,) units, from ``pooled.law.read_history``.
    drivers
        Reported and expected growth of their drivers; the last axis gives the horizon.
    size_centre
        The size at which the law is centred, in the unit of the values.
    """
    p, n, horizon = parameters, history.n, drivers.growth.shape[2] - PAST
    kind = np.array(drivers.kind, dtype=np.int64)
    b, tau2 = of_drivers.elasticity[kind], of_drivers.spread[kind] ** 2
    effect = summed(horizon)
    driver_levels = np.einsum("ty,uky->ukt", effect, drivers.growth)
    z = np.clip(history.log_last - np.log(size_centre), *SIZE_RANGE)
    age = np.arange(1.0, MEMORY)
    expected = np.einsum("k,ukt->ut", b, driver_levels)
    reference = (p["past_drift"] + p["past_drift_size"] * z)[:, None] * age
    centred = np.where(history.observed, history.past - expected[:, :PAST] + reference, 0.0)

    log_class = p["log_variance"] + p["log_variance_size"] * z
    past_years = np.arange(drivers.growth.shape[2]) < PAST
    past_error = _error_covariance(of_drivers, drivers, effect, np.multiply.outer(b, b) + np.diag(tau2), past_years)
    joint = np.exp(log_class)[:, None, None] * _structure(p, horizon)
    joint = joint + np.einsum("k,ukt,uks->uts", tau2, driver_levels, driver_levels) + past_error
    inverse, weights, conditional = _krige(joint, history.observed)
    white = np.einsum("uij,uj->ui", inverse, centred)
    from_history = np.einsum("uhj,uj->uh", weights, white)
    # Conjugate scale of the covariance: past innovations against those that the size class has.
    surprise = np.minimum(white**2, LARGEST_INNOVATION).sum(axis=1, where=history.observed)
    df = p["volatility_df"] + n - 1.0
    log_scale = np.log((p["volatility_df"] + surprise) / df)

    # Posterior of the elasticities: their covariance with the observed past is tau^2 S.
    beta_past = np.where(history.observed[:, None, :], tau2[:, None] * driver_levels[:, :, :PAST], 0.0)
    half = np.einsum("uij,ukj->uki", inverse, beta_past)
    beta = b + np.einsum("uki,ui->uk", half, white)
    spread = np.exp(log_scale)[:, None, None] * (np.diag(tau2) - np.einsum("uki,uli->ukl", half, half))
    # A history of five totals is the central one, as in the pooled law.
    drift = p["drift"] + p["drift_size"] * z + p["drift_length"] * np.log(n / 5.0) + p["drift_volatility"] * log_scale
    level = p["settling"] + p["settling_size"] * z + p["recovery"] * history.below_peak
    h = np.arange(1.0, horizon + 1.0)
    plain = drift[:, None] * h + level[:, None] * (1.0 - p["swing_persistence"] ** h)
    mean = plain + expected[:, PAST:] + from_history
    # E beta_k beta_l: an uncertain elasticity lets more of the forecast's error through than its mean does.
    sizes = beta[:, :, None] * beta[:, None, :] + spread
    ahead = _error_covariance(of_drivers, drivers, effect, sizes, ~past_years)[:, PAST:, PAST:]
    scale = np.exp(log_scale)[:, None, None] * conditional + ahead + p["drift_spread"] ** 2 * h[:, None] * h
    volatility = np.exp(0.5 * (log_class + log_scale))
    path = PathLaw(mean, scale, df, drift, volatility, (n - 1.0) / df, from_history)
    return DriverLaw(path, beta, spread, np.einsum("uk,ukt->ut", beta, driver_levels[:, :, PAST:]), ahead)


def _structure(p: Mapping[str, float], horizon: int) -> Array:
    """(PAST + H, PAST + H) covariance of w less its value at the origin, in units of the pair's variance."""
    dd, xd, xx = levels_covariance(p, PAST, horizon)
    return np.block([[dd, xd.T], [xd, xx]])


def _krige(joint: Array, observed: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Inverse Cholesky factor of cov_DD, cov_XD times its transpose, and the covariance of X given D.

    A year that is not observed has a unit variance and no covariance: it drops out.
    """
    observed_pairs = observed[:, :, None] & observed[:, None, :]
    factor = np.linalg.cholesky(np.where(observed_pairs, joint[:, :PAST, :PAST], np.eye(PAST)))
    inverse = np.linalg.solve(factor, np.broadcast_to(np.eye(PAST), factor.shape))
    half = np.where(observed[:, None, :], joint[:, PAST:, :PAST], 0.0) @ inverse.swapaxes(1, 2)
    conditional = joint[:, PAST:, PAST:] - narrow_product(half, half.swapaxes(1, 2))
    return np.asarray(inverse), np.asarray(half), np.asarray(conditional)


def _error_covariance(
    of_drivers: DriverParameters, drivers: DriverGrowths, effect: Array, sizes: Array, years: NDArray[np.bool_]
) -> Array:
    """(U, PAST + H, PAST + H) sum_kl sizes_kl cov(e_k, e_l) of the errors made in ``years``.

    Errors of years before the origin have no slope: a gap in the past has data on both sides of it.
    """
    kind = np.array(drivers.kind, dtype=np.int64)
    open_years = (years & ~drivers.reported).astype(float)
    if not open_years.any():
        return np.zeros((drivers.growth.shape[0], effect.shape[0], effect.shape[0]))
    sizes = np.broadcast_to(sizes, (open_years.shape[0], kind.size, kind.size))
    trend = 0.0 if years[0] else 1.0
    ahead = np.arange(effect.shape[0]) >= PAST
    same_side = ahead[:, None] == ahead
    total = 0.0
    for k in range(kind.size):
        for m in range(kind.size):
            if k != m and kind[k] != kind[m]:
                continue
            together = 1.0 if k == m else of_drivers.correlation
            scale = np.sqrt(drivers.scale[:, k] * drivers.scale[:, m]) * of_drivers.error[kind[k]]
            # Two levels share the errors of the years between the origin and the nearer of them.
            between = np.abs(np.einsum("ty,uy->ut", effect, open_years[:, k] * open_years[:, m]))
            shared = np.where(same_side, np.minimum(between[:, :, None], between[:, None, :]), 0.0)
            walk = scale[:, None, None] * shared
            slopes = [np.einsum("ty,uy->ut", effect, open_years[:, i]) for i in (k, m)]
            stays = trend * of_drivers.error_trend[kind[k]] * slopes[0][:, :, None] * slopes[1][:, None, :]
            total = total + (sizes[:, k, m] * together)[:, None, None] * (walk + stays)
    return np.asarray(total)
