r"""The pooled growth law: what a pair's own history and a prior say of its log level, as arrays.

Write y_t for the log level, T for the origin, D_j = y_{T-j} - y_T for the past and X_h = y_{T+h} - y_T for the future.
Around their means both are one Gaussian process with four sources of movement, in units of the pair's own variance s^2:

    y_t = r_t + sum g_t + u_t + e_t
    r   random walk, innovation variance 1                           what stays
    g   AR(1) departures of the drift, variance ``drift_variance``, correlation ``drift_persistence``
    u   AR(1) swings of the level, variance ``swing``, correlation ``swing_persistence``     slumps and booms
    e   white noise in the reported level, variance ``noise``        what goes up by error comes back

so the future given the past is kriging, for any pattern of observed years,

    X | D ~ N(m + W (D - d), s^2 C),   W = K_XD K_DD^-1,   C = K_XX - W K_DX.

The means, with z = log(size / centre), n observations, l = log(own variance / variance of its size class) and
k_h = 1 - swing_persistence^h, are

    d_j = -j (past_drift + past_drift_size z)
    m_h = h (drift + inflation + drift_size z + drift_length log(n/5) + drift_volatility l)
    + k_h (settling + settling_size z + recovery (y_T - max y)).

The variance is conjugate: s^2 is scaled inverse chi-square around exp(log_variance + log_variance_size z) with
``volatility_df`` degrees of freedom, and learns from the n - 1 past innovations (each cut off at 3 standard deviations,
so that one data break does not make a pair volatile for ever). The path is then multivariate Student t (Shah, Wilson
and Ghahramani 2014, Student-t processes as alternatives to Gaussian processes, AISTATS).

Values are in current money: ``drift`` is real growth a year and ``inflation`` what is expected of the unit of money.
All pairs of a decade share its growth and its inflation, which nobody knows beforehand: X_h has h nu added to it, nu
normal with standard deviation ``drift_spread``.

A unit with a common path (what its two countries' trade did with everyone else, :mod:`tradetarget.models.pooled.prior`)
is measured relative to it, and goes on with a share ``country_drift`` of its countries' recent relative growth. Where
an outlook says how fast their economies will grow, relative to the median economy, it grows by ``outlook_growth`` times
that. Units of which nothing like it is known differ by ``nameless_drift`` and ``nameless_log_variance``: what countries
explain of the others varies between them.

Everything here is arrays of shape (units, ...); a unit's numbers depend on its own row alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import ModelError
from tradetarget.passage import gaussian_path_cdf
from tradetarget.passage.fixed_order import narrow_product
from tradetarget.passage.points import BATCH, Rule

MEMORY = 25
"""Years of history the law looks at, the origin included. Judgement, because a year's weight has faded long before, and
a matrix of 24 by 24 a pattern of observed years is still fast."""
SIZE_RANGE = (-6.0, 8.0)
"""z is held within these log points of the centre. Judgement, because the panel's cases start from 10
million USD and few reach the upper end. 0.4 million to 450 billion USD with the shipped prior."""
LARGEST_INNOVATION = 9.0
"""Squared past innovations, in variances of their size class, count up to this much. Judgement. Three standard
deviations, beyond which a normal law has 1 year in 370, and annual trade has breaks in its statistics."""


@dataclass(frozen=True)
class History:
    """What the law looks at, one row a unit; built by :func:`read_history`.

    Parameters
    ----------
    past
        (U, MEMORY - 1) of D_j, log points, j = 1, 2, ...; 0 where not observed.
    observed
        (U, MEMORY - 1) whether it was.
    log_last
        (U,) log of the value at the origin.
    below_peak
        (U,) y_T - max y over the window, log points, 0 or negative.
    """

    past: Array
    observed: NDArray[np.bool_]
    log_last: Array
    below_peak: Array

    @property
    def n(self) -> Array:
        """(U,) observations in the window, the origin's included."""
        return np.asarray(1.0 + self.observed.sum(axis=1))


@dataclass(frozen=True)
class CommonPath:
    """What is known of a unit's two countries together, one row a unit; zero where nothing is.

    Parameters
    ----------
    past
        (U, MEMORY - 1) the countries' own share of D_j: minus their cumulated growth relative to the world.
    growth
        (U,) their recent growth relative to the world, log points a year.
    known
        (U,) whether the unit's countries are known at all.
    expected
        (U,) what an outlook expects of their two economies' growth relative to the median economy, log points a year.
    """

    past: Array
    growth: Array
    known: NDArray[np.bool_]
    expected: Array | float = 0.0


@dataclass(frozen=True)
class PathLaw:
    """The law of X_1..X_H given the past: multivariate Student t, one row a unit.

    Parameters
    ----------
    mean
        (U, H) centre (and median) of X_h, log points.
    covariance
        (U, H, H) scale matrix, log points squared.
    df
        (U,) degrees of freedom of the scale.
    drift
        (U,) the part of the mean that grows with h, inflation included, log points a year.
    volatility
        (U,) s, log points a root-year: the permanent part of a year's movement.
    own_volatility_weight
        (U,) how much of s^2 is the pair's own: (n - 1) / (volatility_df + n - 1).
    own_growth
        (U, H) the part of the mean that is owed to the pair's own past: W (D - d), log points.
    """

    mean: Array
    covariance: Array
    df: Array
    drift: Array
    volatility: Array
    own_volatility_weight: Array
    own_growth: Array


def read_history(values: Array) -> History:
    """The history of each unit from a matrix of levels.

    Parameters
    ----------
    values
        (U, T) positive levels, NaN where not observed; the last column is the origin and is observed in every row.
    """
    y = np.full((values.shape[0], MEMORY), np.nan)
    width = min(MEMORY, values.shape[1])
    y[:, MEMORY - width :] = np.log(values[:, values.shape[1] - width :])
    observed = np.isfinite(y[:, -2::-1])
    past = np.where(observed, y[:, -2::-1] - y[:, -1:], 0.0)
    below_peak = -np.maximum(past.max(axis=1, where=observed, initial=0.0), 0.0)
    return History(past, observed, y[:, -1], below_peak)


def levels_covariance(p: Mapping[str, float], past: int, horizon: int) -> tuple[Array, Array, Array]:
    """K_DD (past, past), K_XD (horizon, past) and K_XX (horizon, horizon), in units of s^2.

    Rows of D run from the latest year, j = 1, to the oldest.
    """
    t = np.concatenate([-np.arange(1, past + 1), np.arange(1, horizon + 1)])
    apart = np.abs(t[:, None] - t)
    same_side = (t[:, None] > 0) == (t > 0)
    walk = np.where(same_side, np.minimum(np.abs(t)[:, None], np.abs(t)), 0)
    swing = p["swing"] * p["swing_persistence"] ** np.arange(past + horizon + 1)
    level = p["noise"] * (apart == 0) + swing[apart]
    to_origin = swing[np.abs(t)]
    at_origin = p["noise"] + p["swing"]
    k = walk + level - to_origin[:, None] - to_origin + at_origin
    k += _cumulated_drift(p["drift_variance"], p["drift_persistence"], past, horizon)
    return k[:past, :past], k[past:, :past], k[past:, past:]


def _cumulated_drift(variance: float, persistence: float, past: int, horizon: int) -> Array:
    """Covariance of what the drift adds to a level, rows as in ``levels_covariance``; AR(1) with this persistence.

    X_h gains the drift of the years 1..h, and D_j loses that of the years 0..1 - j.
    """
    years = np.concatenate([-np.arange(past), np.arange(1, horizon + 1)])
    sums: Array = (variance * persistence ** np.arange(years.size))[np.abs(years[:, None] - years)]
    for axis in (0, 1):
        for side in np.split(sums, [past], axis=axis):
            np.cumsum(side, axis=axis, out=side)
    sums[:past, past:] *= -1.0
    sums[past:, :past] *= -1.0
    return sums


def _kriging(p: Mapping[str, float], observed: NDArray[np.bool_], horizon: int) -> tuple[Array, Array, Array]:
    """W (P, H, J), C (P, H, H) and the inverse factor of K_DD (P, J, J), for P patterns of observed years.

    A year that is not observed has a unit variance and no covariance: it drops out.
    """
    dd, xd, xx = levels_covariance(p, observed.shape[1], horizon)
    observed_pairs = observed[:, :, None] & observed[:, None, :]
    factor = np.linalg.cholesky(np.where(observed_pairs, dd, np.eye(observed.shape[1])))
    inverse = np.linalg.solve(factor, np.broadcast_to(np.eye(observed.shape[1]), factor.shape))
    half = np.where(observed[:, None, :], xd, 0.0) @ inverse.swapaxes(1, 2)
    covariance: Array = xx - narrow_product(half, half.swapaxes(1, 2))
    weights: Array = half @ inverse
    return weights, covariance, np.asarray(inverse)


def pooled_law(
    parameters: Mapping[str, float],
    history: History,
    horizon: int,
    *,
    size_centre: float,
    common: CommonPath | None = None,
    shared: Array | None = None,
) -> PathLaw:
    """The law of each unit's log path over the next ``horizon`` years.

    Parameters
    ----------
    parameters
        Values by name; :data:`tradetarget.models.pooled.prior.PARAMETERS` says what each means.
    history
        (U,) units, from :func:`read_history`.
    size_centre
        The size at which z = 0, in the unit of the values.
    common
        The units' countries, or None where nothing is known of any.
    shared
        (U, horizon) growth since the origin that is expected of all values alike, log points; None is ``inflation`` h.
    """
    p, n = parameters, history.n
    z = np.clip(history.log_last - np.log(size_centre), *SIZE_RANGE)
    nameless = np.ones(n.size) if common is None else 1.0 - common.known
    past = history.past if common is None else history.past - common.past * history.observed
    age = np.arange(1.0, MEMORY)
    centred = np.where(history.observed, past + (p["past_drift"] + p["past_drift_size"] * z)[:, None] * age, 0.0)

    _, first, pattern = np.unique(
        history.observed @ (1 << np.arange(MEMORY - 1)), return_index=True, return_inverse=True
    )
    weights, covariance, inverse = _kriging(p, history.observed[first], horizon)
    own_growth = np.einsum("uhj,uj->uh", weights[pattern], centred)
    log_class = p["log_variance"] + p["log_variance_size"] * z + p["nameless_log_variance"] * nameless
    innovations = np.einsum("uij,uj->ui", inverse[pattern], centred) ** 2 * np.exp(-log_class)[:, None]
    surprise = np.minimum(innovations, LARGEST_INNOVATION).sum(axis=1, where=history.observed)

    df = p["volatility_df"] + n - 1.0
    log_variance_ratio = np.log((p["volatility_df"] + surprise) / df)
    variance = np.exp(log_class + log_variance_ratio)
    drift = (
        p["drift"]
        + p["drift_size"] * z
        + p["drift_length"] * np.log(n / 5.0)
        + p["drift_volatility"] * log_variance_ratio
    )
    drift = drift + p["nameless_drift"] * nameless
    if common is not None:
        drift = drift + p["country_drift"] * common.growth + p["outlook_growth"] * common.expected
    level = p["settling"] + p["settling_size"] * z + p["recovery"] * history.below_peak
    h = np.arange(1.0, horizon + 1.0)
    shared = np.broadcast_to(p["inflation"] * h, (n.size, horizon)) if shared is None else shared
    mean = shared + drift[:, None] * h + level[:, None] * (1.0 - p["swing_persistence"] ** h) + own_growth
    scale = variance[:, None, None] * covariance[pattern] + p["drift_spread"] ** 2 * h[:, None] * h
    if not (np.isfinite(mean).all() and np.isfinite(scale).all() and (df > 0.0).all()):
        raise ModelError(
            "the prior gives a path whose mean, variance or degrees of freedom are not finite numbers: check its "
            "values for NaN, or use the shipped one (prior=None)"
        )
    growth = drift + shared[:, -1] / horizon
    return PathLaw(mean, scale, df, growth, np.sqrt(variance), (n - 1.0) / df, own_growth)


def hitting_probability(law: PathLaw, log_barriers: Array, *, rule: Rule = BATCH) -> Array:
    """P(max_{j <= h} X_j >= b) for h = 1..H, observed once a year: (U, M, H), rising with h.

    Parameters
    ----------
    law
        The units' laws.
    log_barriers
        (U, M) log(target / value at the origin); at or below 0 is already reached, probability 1.
    rule
        Points of :func:`tradetarget.passage.gaussian_path_cdf`; the error stands beside
        :data:`tradetarget.passage.points.BATCH`.
    """
    return gaussian_path_cdf(
        law.mean[:, None, :],
        law.covariance[:, None, :, :],
        log_barriers,
        volatility_df=law.df[:, None],
        rule=rule,
    )


def simulate(law: PathLaw, n_paths: int, rng: np.random.Generator) -> Array:
    """Draws of X_1..X_H from the same law, log points above the origin: (U, n_paths, H)."""
    units, horizon = law.mean.shape
    factor = np.linalg.cholesky(law.covariance)
    z = rng.standard_normal((units, n_paths, horizon))
    scale = np.sqrt(law.df[:, None] / rng.chisquare(law.df[:, None], (units, n_paths)))
    return np.asarray(law.mean[:, None, :] + scale[:, :, None] * (z @ factor.swapaxes(1, 2)))
