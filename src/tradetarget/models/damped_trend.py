"""Damped trend: exponential smoothing whose growth dies out, additive in logs (ETS(A,Ad,N)).

    x_t = l_{t-1} + phi b_{t-1} + e_t,   l_t = l_{t-1} + phi b_{t-1} + alpha e_t,
    b_t = phi b_{t-1} + beta e_t,        e_t ~ N(0, s^2),

x = log level, l = its smoothed level, b = its growth, log points a year; 0 < beta < alpha < 1 and 0.8 <= phi <= 0.98
(Gardner & McKenzie 1985, doi 10.1287/mnsc.31.10.1237; Hyndman, Koehler, Ord & Snyder 2008, ISBN 9783540719168). Growth
still to come adds up to b phi / (1 - phi), so far levels are bounded in the median.

Given (alpha, beta, phi) the errors are linear in the first level and slope, which least squares finds together with s.
The estimates maximise the likelihood of ``statsmodels`` ``ETSModel(x, error="add", trend="add", damped_trend=True)``.
Every path draws all of it from the joint posterior: alpha, sqrt(beta / alpha) and phi uniform, on 8 x 6 x 6 nodes, and
p(l_0, b_0, s) ~ 1/s at each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import Array, ModelDefaults, annual_sample
from tradetarget.models.trends import FittedTrend, TrendNodes, kept, lower_root, node_weights
from tradetarget.observations import TradeSeries

_LOW, _HIGH = np.array([1e-4, 0.0, 0.8]), np.array([1.0 - 1e-4, 1.0 - 1e-4, 0.98])
_NODES = (8, 6, 6)


class Smoothed(NamedTuple):
    """Least squares of the first level and slope at G triples of (alpha, beta, phi)."""

    squares: Array
    """(G,) sum of squared errors; exactly 0 where the series follows a damped trend exactly."""
    cross: Array
    """(G, 2, 2) X'X of the first level and slope."""
    state: Array
    """(G, 2) level and slope at the origin."""
    covariance: Array
    """(G, 2, 2) its covariance over s^2."""
    errors: Array
    """(T, G) one-step errors."""


@dataclass(frozen=True)
class FittedDampedTrend(FittedTrend):
    """A fitted damped trend: ``alpha``, ``beta``, ``phi``, ``residual_sd``; ``level`` and ``slope`` at the origin."""

    alpha: float
    beta: float
    phi: float
    residual_sd: float
    level: float
    slope: float


@dataclass(frozen=True)
class DampedTrend(ModelDefaults):
    """Damped exponential smoothing in logs; see the module for the equations."""

    name: str = "damped-trend"
    min_observations: int = 8

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedDampedTrend:
        """Fit to the calendar-year totals. A series without any scatter goes on along its damped trend.

        Raises
        ------
        ModelError
            With fewer than eight totals, or a gap in the years: smoothing has no error for a year that is missing.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=False)
        at = _best(x)
        s = _smooth(x, at[:, None])
        n, squares = x.size, float(s.squares[0])
        sd = float(np.sqrt(squares / (n - 2)))
        alpha, beta, phi = float(at[0]), float(at[0] * at[1] ** 2), float(at[2])
        level, slope = map(float, s.state[0])
        slope_error = float(sd * np.sqrt(s.covariance[0, 1, 1]))
        estimates = Estimates(
            names=("alpha", "beta", "phi", "slope", "residual_sd"),
            values=np.array([alpha, beta, phi, slope, sd]),
            standard_errors=np.array([*_errors(x, at), slope_error, sd / np.sqrt(2.0 * (n - 2))]),
            n_observations=n,
            sample=f"log levels {years[0]}-{years[-1]}",
            log_likelihood=_log_likelihood(n, squares) if squares > 0 else None,
            n_parameters=6,
            residuals=s.errors[:, 0] / sd if sd > 0 else np.zeros(n),
            notes=(
                f"slope is the growth rate at the end of {years[-1]}, log points a year, smoothing taken as known",
                "AICc counts six parameters: the first level and slope are two of them",
                "a parameter on its bound has no standard error",
            ),
        )
        return FittedDampedTrend(
            self.name, series, years, x, estimates, nodes=_posterior(x), df=n - 2,
            alpha=alpha, beta=beta, phi=phi, residual_sd=sd, level=level, slope=slope,
        )  # fmt: skip


def _log_likelihood(n: int, squares: float) -> float:
    return float(-0.5 * n * (np.log(2.0 * np.pi * squares / n) + 1.0))


def _smooth(x: Array, at: Array) -> Smoothed:
    """Smooth ``x`` (T,) at (3, G) alpha, sqrt(beta / alpha), phi: one pass for the data and both starting values."""
    alpha, beta, phi = at[0], at[0] * at[1] ** 2, at[2]
    g = alpha.size
    level, slope = np.zeros((g, 3)), np.zeros((g, 3))
    level[:, 1], slope[:, 2] = 1.0, 1.0
    errors = np.empty((x.size, g, 3))
    data = np.array([1.0, 0.0, 0.0])
    for t in range(x.size):
        slope = phi[:, None] * slope
        level = level + slope
        e = data * (x[t] - x[0]) - level
        level = level + alpha[:, None] * e
        slope = slope + beta[:, None] * e
        errors[t] = e
    design, seen = errors[:, :, 1:], errors[:, :, 0]
    cross = np.einsum("tgi,tgj->gij", design, design)
    inverse = np.linalg.inv(cross)
    first = -np.einsum("gij,tgj,tg->gi", inverse, design, seen)
    left = seen + np.einsum("tgi,gi->tg", design, first)
    squares = (left**2).sum(axis=0)
    ends = np.stack([level, slope], axis=1)
    spread = ends[:, :, 1:]
    return Smoothed(
        squares=np.where(squares > x.size * EXACT**2, squares, 0.0),
        cross=cross,
        state=ends[:, :, 0] + np.einsum("gij,gj->gi", spread, first) + np.array([x[0], 0.0]),
        covariance=spread @ inverse @ spread.swapaxes(1, 2),
        errors=left,
    )


def _best(x: Array) -> Array:
    """(3,) alpha, sqrt(beta / alpha), phi of the least squares: a grid, then ever closer neighbours."""
    axes = [np.linspace(lo, hi, k) for lo, hi, k in zip(_LOW, _HIGH, (17, 9, 5), strict=True)]
    points = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")])
    step = np.array([a[1] - a[0] for a in axes])
    cube = np.stack(np.meshgrid(*[[0.0, -2.0, -1.0, 1.0, 2.0]] * 3, indexing="ij")).reshape(3, -1)
    best = points[:, _smooth(x, points).squares.argmin()]
    for _ in range(60):
        tried = np.clip(best[:, None] + step[:, None] * cube, _LOW[:, None], _HIGH[:, None])
        found = int(_smooth(x, tried).squares.argmin())
        best = tried[:, found]
        if found == 0:
            step = step / 4.0
        if step.max() < 1e-6:
            break
    return np.asarray(best)


def _errors(x: Array, at: Array) -> Array:
    """(3,) standard errors of alpha, beta and phi from the curvature of the log-likelihood; NaN on a bound."""
    step = 1e-3 * (_HIGH - _LOW)
    inside = np.flatnonzero((at > _LOW + 2 * step) & (at < _HIGH - 2 * step))
    k = inside.size
    errors = np.full(3, np.nan)
    corners = [(i, j, a, b) for i in inside for j in inside for a in (1, -1) for b in (1, -1)]
    if not corners:
        return errors
    points = np.tile(at[:, None], len(corners))
    for row, (i, j, a, b) in enumerate(corners):
        points[i, row] += a * step[i]
        points[j, row] += b * step[j]
    squares = _smooth(x, points).squares
    if squares.min() <= 0:
        return errors
    value = -0.5 * x.size * np.log(squares) * np.array([a * b for _, _, a, b in corners])
    hessian = value.reshape(k, k, 4).sum(axis=2) / (4.0 * np.outer(step[inside], step[inside]))
    eigenvalues = np.linalg.eigvalsh(-hessian)
    if eigenvalues[0] > 1e-10 * abs(eigenvalues[-1]):
        covariance = np.zeros((3, 3))
        covariance[np.ix_(inside, inside)] = np.linalg.inv(-hessian)
        gradient = np.array([at[1] ** 2, 2.0 * at[0] * at[1], 0.0])
        errors[inside] = np.sqrt(np.diag(covariance))[inside]
        errors[1] = np.sqrt(gradient @ covariance @ gradient) if 1 in inside else np.nan
    return errors


def _posterior(x: Array) -> TrendNodes:
    middles = [lo + (hi - lo) * (np.arange(k) + 0.5) / k for lo, hi, k in zip(_LOW, _HIGH, _NODES, strict=True)]
    at = np.stack([a.ravel() for a in np.meshgrid(*middles, indexing="ij")])
    s = _smooth(x, at)
    with np.errstate(divide="ignore"):
        marginal = -0.5 * (np.log(np.linalg.det(s.cross)) + (x.size - 2) * np.log(s.squares))
    weights = node_weights(marginal, s.squares)
    use = kept(weights)
    alpha, beta, phi = at[0, use], at[0, use] * at[1, use] ** 2, at[2, use]
    return TrendNodes(
        weights=weights[use] / weights[use].sum(),
        state=s.state[use],
        root=lower_root(s.covariance[use]),
        scale=np.sqrt(s.squares[use] / (x.size - 2)),
        damping=phi,
        observation=np.ones((use.size, 1)),
        level=alpha[:, None],
        slope=beta[:, None],
    )
