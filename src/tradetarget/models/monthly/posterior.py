"""The exact posterior of a random walk with drift under a fixed season and noise, given monthly figures, as arrays.

Between neighbouring observed months t_i < t_{i+1} the log months differ by

    y_i = x_{i+1} - x_i = nu (t_{i+1} - t_i) / 12 + s_{i+1} - s_i + w_i + sigma_noise (e_{i+1} - e_i),
    w_i ~ N(0, sigma^2 (t_{i+1} - t_i) / 12),

a regression y = X beta + error, beta the drift and eleven seasonal contrasts, whose errors have a covariance c^2 V with
three bands. Given the angle (see ``monthly``), V = L L' in O(n), and with whitened columns

    beta_hat = A^-1 X'V^-1 y,   A = X'V^-1 X,   R = y'V^-1 y - beta_hat' A beta_hat,   df = n - 12,
    log marginal = -1/2 (log det V + log det A + df log R),      df c_hat^2 = R,      df c_hat^2 / c^2 ~ chi^2_df,
    restricted L = -1/2 (df log(2 pi c^2) + log det V + log det A + R / c^2),         beta | c ~ N(beta_hat, c^2 A^-1)

(Harville 1977, doi 10.1080/01621459.1977.10480998). Differencing loses nothing but the first level, which has a flat
prior.

The level in a month that is not observed, and the one at the last observed month, are needed to draw paths. With i the
last observed month before it, r = level - (x_i - s_i) - drift since i is a combination of the same noise and shocks, so
its mean and covariance given y follow from its covariance with the errors of y.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.estimates import EXACT
from tradetarget.models.posterior_grid import heaviest_nodes, posterior_weights
from tradetarget.passage.fixed_order import symmetric_root

REGRESSORS = 12
"""The drift and eleven seasonal contrasts."""
SEASONS: Array = np.vstack([np.eye(11), -np.ones(11)])
"""(12, 11) the seasons January to December, which sum to 0, from their contrasts."""
_NODES = 24
"""Nodes of the angle over the range that matters. Judgement. Four times as many moved no posterior mean of the
volatility, the drift or its error by more than 0.2 %, nor one of the noise by more than 1 %, in 24 simulated series of
36 to 240 months."""
_SEARCH = 32
"""Cells of the quarter turn in which that range is searched for. Judgement. Eight times as many moved none of those
means by more than 0.04 %."""
_NEGLIGIBLE_LOG = 14.0
"""Log points below the highest marginal likelihood at which an angle is left out. A relative weight of 8e-7."""


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
        (G,) posterior probabilities, which sum to 1.
    noise, level
        (G,) sin a and cos a: sigma_noise and sigma over c.
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
        Restricted log-likelihood at its maximum; None where the months fit exactly.
    innovations
        (n,) standardised one-step innovations at that maximum.
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
        deviation = self.mean - mean
        inside = (self.scale**2 * self.df / (self.df - 2.0))[:, None, None] * (self.root @ self.root.swapaxes(1, 2))
        between = deviation[:, :, None] * deviation[:, None, :]
        return mean, np.asarray(np.tensordot(self.weights, inside + between, axes=1))

    def standard_deviations(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Posterior mean and standard deviation of the volatility a root-year and of a month's noise."""
        # Moments of c = c_hat sqrt(df / chi^2_df): E c and E c^2 at each node.
        half = self.df / 2.0
        first = self.scale * math.sqrt(half) * math.exp(math.lgamma(half - 0.5) - math.lgamma(half))
        second = self.scale**2 * self.df / (self.df - 2.0)
        moments = []
        for share in (self.level, self.noise):
            mean = float(self.weights @ (first * share))
            moments.append((mean, math.sqrt(max(float(self.weights @ (second * share**2)) - mean**2, 0.0))))
        return moments[0], moments[1]


class _Node(NamedTuple):
    """The regression at one angle."""

    log_marginal: float
    """Log marginal likelihood, up to a constant; the term df log R is left out where R is 0."""
    squares: float
    """R; exactly 0 where the months follow drift and season exactly."""
    log_determinants: float
    """log det V + log det A."""
    beta: Array
    """(12,) drift and seasonal contrasts."""
    triangle: Array
    """(12, 12) upper triangular. Its inverse is a root of A^-1."""
    white: Array
    """(n, 1 + 12 + k) L^-1 (y, X, further columns)."""


@dataclass(frozen=True)
class _Regression:
    """The regression of differences between neighbouring observed months."""

    y: Array
    """(n,) differences of log months."""
    x: Array
    """(n, 12) the drift's years and the seasonal contrasts."""
    steps: Array
    """(n,) months from one to the next."""

    @property
    def df(self) -> int:
        """n - 12."""
        return self.y.size - REGRESSORS

    def at(self, angle: float, more: Array | None = None) -> _Node:
        """The regression at one angle; ``more`` (n, k) are further columns to whiten."""
        # LAPACK itself, because the checks of scipy.linalg around it take longer than the two calls.
        from scipy.linalg import lapack

        q = math.sin(angle) ** 2
        bands = np.stack([math.cos(angle) ** 2 * self.steps / 12.0 + 2.0 * q, np.full(self.y.size, -q)])
        factor, _ = lapack.dpbtrf(bands, lower=True)
        columns = np.column_stack([self.y, self.x] if more is None else [self.y, self.x, more])
        # dgbsv solves banded systems, with a row of zeros above the bands where it puts its own factor.
        white = lapack.dgbsv(1, 0, np.vstack([np.zeros(self.y.size), factor]), columns)[2]
        wy, wx = white[:, 0], white[:, 1 : 1 + REGRESSORS]
        basis, triangle = np.linalg.qr(wx)
        beta = np.linalg.solve(triangle, basis.T @ wy)
        residuals = wy - wx @ beta
        squares = float(residuals @ residuals)
        squares = squares if squares > self.y.size * EXACT**2 else 0.0
        determinants = 2.0 * float(np.log(factor[0]).sum() + np.log(np.abs(np.diag(triangle))).sum())
        log_r = math.log(squares) if squares > 0 else 0.0
        return _Node(-0.5 * (determinants + self.df * log_r), squares, determinants, beta, triangle, white)


def _regression(months: Months) -> _Regression:
    season = SEASONS[months.when % 12]
    steps = np.diff(months.when).astype(float)
    return _Regression(np.diff(months.log_values), np.column_stack([steps / 12.0, np.diff(season, axis=0)]), steps)


def _covariances(months: Months, missing: NDArray[np.int64], before: NDArray[np.int64]) -> tuple[Array, ...]:
    """Covariances of r with y, (n, K + 1), and with itself, (K + 1, K + 1), each by noise and by the walk.

    With x_i the last observed month before an unobserved one, r = -(noise of x_i) + (shocks since i). The noise of x_i
    enters the difference that ends in i with a plus, hence the covariance -1, and the one that starts in i with a
    minus, hence +1; the shocks since i belong to the difference that starts in i.
    """
    k, n = before.size, months.when.size - 1
    since = np.concatenate([missing, months.when[-1:]]) - months.when[before]
    noise, walk = np.zeros((n, k)), np.zeros((n, k))
    column = np.arange(k)
    noise[before - 1, column] = -1.0
    follows = before < n
    noise[before[follows], column[follows]] = 1.0
    walk[before[follows], column[follows]] = since[follows] / 12.0
    # Two unobserved months in one gap share the noise of x_i, and the shocks up to the earlier of them.
    same = before[:, None] == before
    return noise, walk, same.astype(float), np.where(same, np.minimum(since[:, None], since) / 12.0, 0.0)


def monthly_posterior(months: Months, after: int) -> MonthlyPosterior:
    """The posterior of angle, scale, drift, seasons and levels.

    Parameters
    ----------
    months
        Thirty-six or more, every calendar month among them.
    after
        Months since year 0. The levels of missing months from this one on are part of the posterior, because paths
        draw those months.
    """
    data = _regression(months)
    gaps = np.setdiff1d(np.arange(max(after, int(months.when[0])), int(months.when[-1])), months.when)
    before = np.append(np.searchsorted(months.when, gaps) - 1, months.when.size - 1)
    c_noise, c_walk, r_noise, r_walk = _covariances(months, gaps, before)
    angles = _angles(data)
    nodes = [data.at(a, math.sin(a) ** 2 * c_noise + math.cos(a) ** 2 * c_walk) for a in angles.tolist()]
    log_marginal = np.array([f.log_marginal for f in nodes])
    weights = posterior_weights(log_marginal, np.array([f.squares for f in nodes]))
    use = heaviest_nodes(weights)
    mean, root = [], []
    for a, f in ((angles[i], nodes[i]) for i in use.tolist()):
        wy, wx, wr = f.white[:, 0], f.white[:, 1 : 1 + REGRESSORS], f.white[:, 1 + REGRESSORS :]
        root_inverse = np.linalg.inv(f.triangle)
        # How the mean of r given y moves with the regression's coefficients.
        by_beta = -(wr.T @ wx)
        inside = math.sin(a) ** 2 * r_noise + math.cos(a) ** 2 * r_walk - wr.T @ wr
        top = np.hstack([root_inverse, np.zeros((REGRESSORS, before.size))])
        bottom = np.hstack([by_beta @ root_inverse, symmetric_root(inside)])
        mean.append(np.concatenate([f.beta, wr.T @ wy + by_beta @ f.beta]))
        root.append(np.vstack([top, bottom]))
    squares = np.array([nodes[i].squares for i in use.tolist()])
    angle, likelihood, innovations = _most_likely(data, angles, log_marginal)
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
    """The nodes: 24 angles over the range where the marginal likelihood is not negligible, searched for on 32."""
    step = np.pi / 2 / _SEARCH
    grid = (np.arange(_SEARCH) + 0.5) * step
    nodes = [data.at(a) for a in grid.tolist()]
    value = np.array([f.log_marginal for f in nodes])
    likely = grid[(value > value.max() - _NEGLIGIBLE_LOG) | np.array([f.squares == 0 for f in nodes])]
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
    residuals = f.white[:, 0] - f.white[:, 1 : 1 + REGRESSORS] @ f.beta
    return angle, likelihood, np.asarray(residuals / math.sqrt(variance))
