"""What months say of a random walk with drift under a season and noise: the exact posterior, as arrays.

Between neighbouring observed months t_i < t_{i+1} the log months differ by

    y_i = x_{i+1} - x_i = nu (t_{i+1} - t_i) / 12 + s_{i+1} - s_i + w_i + sigma_noise (e_{i+1} - e_i),
    w_i ~ N(0, sigma^2 (t_{i+1} - t_i) / 12),

a regression y = X beta + error, beta the drift and eleven seasonal contrasts, whose errors have a covariance c^2 V with
three bands. Given the angle (see ``monthly``), V = L L' in O(n), and with whitened columns

    beta_hat = A^-1 X'V^-1 y,   A = X'V^-1 X,   R = y'V^-1 y - beta_hat' A beta_hat,   df = n - 12,
    log marginal = -1/2 (log det V + log det A + df log R),      df c_hat^2 = R,      df c_hat^2 / c^2 ~ chi^2_df,
    restricted L = -1/2 (df log(2 pi c^2) + log det V + log det A + R / c^2),         beta | c ~ N(beta_hat, c^2 A^-1)

(Harville 1977, doi 10.1080/01621459.1977.10480998). Differencing loses nothing but the first level, which has a flat
prior. A level that no month shows, r = level - (x_i - s_i) - drift since i, is linear in the same errors; its mean and
covariance given y follow from its covariance with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.models.estimates import EXACT
from tradetarget.models.interface import Array
from tradetarget.models.trends import kept, node_weights
from tradetarget.passage.fixed_order import symmetric_root

REGRESSORS = 12
"""The drift and eleven seasonal contrasts."""
SEASONS: Array = np.vstack([np.eye(11), -np.ones(11)])
"""(12, 11) the seasons January to December, which sum to 0, from their contrasts."""
_NODES = 24
_SEARCH = 32
_NEGLIGIBLE = 14.0


@dataclass(frozen=True)
class Months:
    """Observed months: ``when`` (n,), months since year 0 in order, and their ``log_values`` (n,)."""

    when: NDArray[np.int64]
    log_values: Array

    def label(self, i: int) -> str:
        """Month ``i`` as text: "2019-03"."""
        return f"{int(self.when[i]) // 12}-{int(self.when[i]) % 12 + 1:02d}"


@dataclass(frozen=True)
class MonthlyPosterior:
    """The posterior on G nodes of the angle, q = 12 + missing months + 1 linear unknowns.

    Parameters
    ----------
    weights
        (G,) sum to 1.
    noise, level
        (G,) sin a and cos a.
    scale
        (G,) c_hat.
    mean, root
        (G, q) and (G, q, q): drift, seasonal contrasts, then r at each missing month and at the last observed one;
        their covariance is c^2 root root'.
    df
        Degrees of freedom of c.
    missing
        (K,) months after the origin that lie between observed ones, months since year 0.
    before
        (K + 1,) the index of the observed month before each, and of the last one.
    angle
        The most likely angle.
    log_likelihood
        Restricted, at its maximum; None where the months fit exactly.
    innovations
        (n,) standardised one-step innovations there.
    """

    weights: Array
    noise: Array
    level: Array
    scale: Array
    mean: Array
    root: Array
    df: int
    missing: NDArray[np.int64]
    before: NDArray[np.int64]
    angle: float
    log_likelihood: float | None
    innovations: Array

    def moments(self) -> tuple[Array, Array]:
        """(q,) mean and (q, q) covariance of the linear unknowns, angle and scale integrated out."""
        mean = self.weights @ self.mean
        away = self.mean - mean
        inside = (self.scale**2 * self.df / (self.df - 2.0))[:, None, None] * (self.root @ self.root.swapaxes(1, 2))
        return mean, np.asarray(np.tensordot(self.weights, inside + away[:, :, None] * away[:, None, :], axes=1))

    def standard_deviations(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Posterior mean and standard deviation of the volatility a root-year and of a month's noise."""
        half = self.df / 2.0
        first = self.scale * math.sqrt(half) * math.exp(math.lgamma(half - 0.5) - math.lgamma(half))
        second = self.scale**2 * self.df / (self.df - 2.0)
        found = []
        for share in (self.level, self.noise):
            mean = float(self.weights @ (first * share))
            found.append((mean, math.sqrt(max(float(self.weights @ (second * share**2)) - mean**2, 0.0))))
        return found[0], found[1]


class _Node(NamedTuple):
    """One angle: the log marginal likelihood up to a constant, R, log det V + log det A, and the whitened columns."""

    log_marginal: float
    squares: float
    log_determinants: float
    beta: Array
    root_inverse: Array
    white: Array


@dataclass(frozen=True)
class _Regression:
    """y, X and the steps between months."""

    y: Array
    x: Array
    steps: Array

    @property
    def df(self) -> int:
        """n - 12."""
        return self.y.size - REGRESSORS

    def at(self, angle: float, more: Array | None = None) -> _Node:
        """Everything at one angle; ``more`` (n, k) are further columns to whiten."""
        from scipy import linalg

        q = math.sin(angle) ** 2
        bands = np.stack([math.cos(angle) ** 2 * self.steps / 12.0 + 2.0 * q, np.full(self.y.size, -q)])
        factor = linalg.cholesky_banded(bands, lower=True, check_finite=False)
        columns = np.column_stack([self.y, self.x] if more is None else [self.y, self.x, more])
        white = linalg.solve_banded((1, 0), factor, columns, check_finite=False)
        wy, wx = white[:, 0], white[:, 1 : 1 + REGRESSORS]
        basis, triangle = np.linalg.qr(wx)
        beta = np.linalg.solve(triangle, basis.T @ wy)
        rest = wy - wx @ beta
        squares = float(rest @ rest)
        squares = squares if squares > self.y.size * EXACT**2 else 0.0
        determinants = 2.0 * float(np.log(factor[0]).sum() + np.log(np.abs(np.diag(triangle))).sum())
        log_r = math.log(squares) if squares > 0 else 0.0
        return _Node(
            -0.5 * (determinants + self.df * log_r), squares, determinants, beta, np.linalg.inv(triangle), white
        )


def _regression(months: Months) -> _Regression:
    season = SEASONS[months.when % 12]
    steps = np.diff(months.when).astype(float)
    return _Regression(np.diff(months.log_values), np.column_stack([steps / 12.0, np.diff(season, axis=0)]), steps)


def _covariances(months: Months, missing: NDArray[np.int64], before: NDArray[np.int64]) -> tuple[Array, ...]:
    """Covariances of r with y, (n, K + 1), and with itself, (K + 1, K + 1): those of noise and those of the walk."""
    k, n = before.size, months.when.size - 1
    since = np.concatenate([missing, months.when[-1:]]) - months.when[before]
    noise, walk = np.zeros((n, k)), np.zeros((n, k))
    column = np.arange(k)
    noise[before - 1, column] = -1.0
    follows = before < n
    noise[before[follows], column[follows]] = 1.0
    walk[before[follows], column[follows]] = since[follows] / 12.0
    same = before[:, None] == before
    return noise, walk, same.astype(float), np.where(same, np.minimum(since[:, None], since) / 12.0, 0.0)


def monthly_posterior(months: Months, after: int) -> MonthlyPosterior:
    """The posterior of angle, scale, drift, seasons and levels.

    Parameters
    ----------
    months
        Thirty-six or more, every calendar month among them.
    after
        Months missing from this one on (months since year 0) are drawn, so their levels are wanted.
    """
    data = _regression(months)
    gaps = np.setdiff1d(np.arange(max(after, int(months.when[0])), int(months.when[-1])), months.when)
    before = np.append(np.searchsorted(months.when, gaps) - 1, months.when.size - 1)
    c_noise, c_walk, own_noise, own_walk = _covariances(months, gaps, before)
    angles = _angles(data)
    found = [data.at(a, math.sin(a) ** 2 * c_noise + math.cos(a) ** 2 * c_walk) for a in angles.tolist()]
    weights = node_weights(np.array([f.log_marginal for f in found]), np.array([f.squares for f in found]))
    use = kept(weights)
    mean, root = [], []
    for a, f in ((angles[i], found[i]) for i in use.tolist()):
        wy, wx, wr = f.white[:, 0], f.white[:, 1 : 1 + REGRESSORS], f.white[:, 1 + REGRESSORS :]
        turn = -(wr.T @ wx)
        inside = math.sin(a) ** 2 * own_noise + math.cos(a) ** 2 * own_walk - wr.T @ wr
        top = np.hstack([f.root_inverse, np.zeros((REGRESSORS, before.size))])
        bottom = np.hstack([turn @ f.root_inverse, symmetric_root(inside)])
        mean.append(np.concatenate([f.beta, wr.T @ wy + turn @ f.beta]))
        root.append(np.vstack([top, bottom]))
    squares = np.array([found[i].squares for i in use.tolist()])
    angle, likelihood, innovations = _most_likely(data, angles, np.array([f.log_marginal for f in found]))
    return MonthlyPosterior(
        weights=weights[use] / weights[use].sum(),
        noise=np.sin(angles[use]),
        level=np.cos(angles[use]),
        scale=np.sqrt(squares / data.df),
        mean=np.stack(mean),
        root=np.stack(root),
        df=data.df,
        missing=gaps,
        before=before,
        angle=angle,
        log_likelihood=likelihood,
        innovations=innovations,
    )


def _angles(data: _Regression) -> Array:
    """24 angles over the range that matters, found on a grid of 32."""
    step = np.pi / 2 / _SEARCH
    grid = (np.arange(_SEARCH) + 0.5) * step
    found = [data.at(a) for a in grid.tolist()]
    value = np.array([f.log_marginal for f in found])
    likely = grid[(value > value.max() - _NEGLIGIBLE) | np.array([f.squares == 0 for f in found])]
    low, high = max(0.0, likely[0] - step), min(np.pi / 2, likely[-1] + step)
    return np.asarray(low + (np.arange(_NODES) + 0.5) * (high - low) / _NODES)


def _most_likely(data: _Regression, angles: Array, value: Array) -> tuple[float, float | None, Array]:
    """The angle of the highest restricted likelihood, that likelihood, and the innovations there."""
    from scipy import optimize

    best, step = angles[value.argmax()], angles[1] - angles[0]
    bounds = (max(0.0, best - step), min(np.pi / 2, best + step))
    angle = float(optimize.minimize_scalar(lambda a: -data.at(a).log_marginal, bounds=bounds, method="bounded").x)
    f = data.at(angle)
    if f.squares == 0:
        return angle, None, np.zeros(data.y.size)
    variance = f.squares / data.df
    likelihood = -0.5 * (data.df * (math.log(2.0 * math.pi * variance) + 1.0) + f.log_determinants)
    rest = f.white[:, 0] - f.white[:, 1 : 1 + REGRESSORS] @ f.beta
    return angle, likelihood, np.asarray(rest / math.sqrt(variance))
