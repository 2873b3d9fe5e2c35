"""Damped trend: exponential smoothing whose growth dies out, additive in logs (ETS(A,Ad,N)).

    x_t = l_{t-1} + phi b_{t-1} + e_t,   l_t = l_{t-1} + phi b_{t-1} + alpha e_t,
    b_t = phi b_{t-1} + beta e_t,        e_t ~ N(0, s^2),

x = log level, l = its smoothed level, b = its growth, log points a year; 0 < beta < alpha < 1 and 0.8 <= phi <= 0.98
(Gardner & McKenzie 1985, doi 10.1287/mnsc.31.10.1237; Hyndman, Koehler, Ord & Snyder 2008, ISBN 9783540719168). Growth
still to come adds up to b phi / (1 - phi), so far levels are bounded in the median.

The estimates maximise the likelihood of ``statsmodels`` ``ETSModel(x, error="add", trend="add", damped_trend=True)``
(``smoothing``). Paths take no parameter as known: the posterior is a mixture over a grid of (alpha, sqrt(beta / alpha),
phi), uniform a priori, with the conjugate posterior of the rest under p(l_0, b_0, s) ~ 1/s at each node (Zellner 1971,
ISBN 9780471169376, ch. 3),

    df s_hat^2 / s^2 ~ chi^2_df,   (l, b) at the origin | s ~ N(state, s^2 root root'),   df = n - 2.

Every path draws a node, a scale s and a state at the origin of its own. The hitting law of such a mixture has no closed
form that is faster than simulation: one Gaussian path law for each of up to 288 nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.damped_trend.smoothing import (
    LOWER,
    UPPER,
    least_squares,
    maximised_log_likelihood,
    parameter_errors,
    smooth,
)
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import BATCH, Fitted, ModelDefaults, annual_sample
from tradetarget.models.posterior_grid import draw_nodes, heaviest_nodes, posterior_weights
from tradetarget.observations import TradeSeries

_NODES = (8, 6, 6)
"""Nodes along alpha, sqrt(beta / alpha) and phi. Judgement. Twice as many along each axis moved no probability of
reaching 1.25, 1.5 or 2 times the last total within ten years by more than 0.007 in twelve simulated random walks of 10
to 26 totals, and in half of them by less than 0.0005."""
_BISECTIONS = 30
"""Halvings of the interval in which the median lies. They leave a billionth of it."""
_SMALLEST_VARIANCE = 1e-300
"""In place of a variance of 0, so that a median can be searched for. It is below any variance that is not exactly 0."""


class TrendNodes(NamedTuple):
    """The posterior of level, slope and scale on G nodes of the smoothing parameters; see the module."""

    weights: Array
    """(G,) posterior probabilities, which sum to 1."""
    state: Array
    """(G, 2) mean of level and slope at the origin."""
    root: Array
    """(G, 2, 2) lower triangular. The covariance of level and slope is s^2 root root'."""
    scale: Array
    """(G,) s_hat, log points."""
    alpha: Array
    """(G,) smoothing of the level."""
    beta: Array
    """(G,) smoothing of the slope."""
    phi: Array
    """(G,) damping."""


def lower_root(covariance: Array) -> Array:
    """(..., 2, 2) lower triangular root of positive semi-definite matrices; a Cholesky factor refuses singular ones."""
    a = np.sqrt(np.maximum(covariance[..., 0, 0], 0.0))
    b = np.divide(covariance[..., 0, 1], a, out=np.zeros_like(a), where=a > 0)
    c = np.sqrt(np.maximum(covariance[..., 1, 1] - b * b, 0.0))
    return np.stack([np.stack([a, np.zeros_like(a)], -1), np.stack([b, c], -1)], -2)


@dataclass(frozen=True, repr=False)
class FittedDampedTrend(Fitted):
    """A fitted damped trend.

    Parameters
    ----------
    nodes
        The posterior that paths are drawn from, with ``df`` degrees of freedom.
    alpha, beta, phi, residual_sd
        Maximum likelihood estimates; the standard deviation with divisor n - 2, log points.
    level, slope
        State at the origin, log points and log points a year, smoothing taken as known.
    """

    nodes: TrendNodes
    df: int
    alpha: float
    beta: float
    phi: float
    residual_sd: float
    level: float
    slope: float

    def node_means(self, horizon: int) -> Array:
        """(G, horizon) mean log path at every node: l + (phi + ... + phi^h) b."""
        powers = np.cumsum(self.nodes.phi[:, None] ** np.arange(1, horizon + 1), axis=1)
        return np.asarray(self.nodes.state[:, :1] + self.nodes.state[:, 1:] * powers)

    def node_variances(self, horizon: int) -> Array:
        """(G, horizon) variance of the log total of every year at every node, s taken as s_hat."""
        n = self.nodes
        state = n.root @ n.root.swapaxes(1, 2)
        shock = np.stack([n.alpha, n.beta], axis=1)[:, :, None]
        added = shock @ shock.swapaxes(1, 2)
        move = np.array([[1.0, 1.0], [0.0, 1.0]]) * np.where([[0, 1], [0, 1]], n.phi[:, None, None], 1.0)
        variances = np.empty((n.weights.size, horizon))
        for h in range(horizon):
            state = move @ state @ move.swapaxes(1, 2)
            variances[:, h] = state[:, 0, 0] + 1.0
            state = state + added
        return np.asarray(variances * n.scale[:, None] ** 2)

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the median path: the median of the mixture of t laws of each year, by bisection."""
        means = self.node_means(horizon)
        low, high = means.min(axis=0), means.max(axis=0)
        if self._median_is_mean:
            return np.asarray(self.nodes.weights @ means)
        from scipy import special

        sd = np.sqrt(np.maximum(self.node_variances(horizon), _SMALLEST_VARIANCE))
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            below = self.nodes.weights @ special.stdtr(float(self.df), (middle - means) / sd) < 0.5
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(0.5 * (low + high))

    @cached_property
    def _median_is_mean(self) -> bool:
        """One node has a symmetric law; nodes without scatter have a law without spread."""
        return self.nodes.weights.size == 1 or bool((self.nodes.scale == 0).all())

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels, antithetic in state and shocks; a pair of paths shares its node and its scale.

        A batch holds every node in proportion to its weight, up to one pair, in random order.
        """
        half = BATCH // 2
        nodes = self._drawn_nodes(half, rng)
        n = TrendNodes(*(np.moveaxis(a[nodes], 0, -1) for a in self.nodes))
        scale = n.scale * np.sqrt(self.df / (2.0 * rng.standard_gamma(self.df / 2.0, half)))
        z = rng.standard_normal((2, half)) * scale
        level, slope = n.root[0, 0] * z[0], n.root[1, 0] * z[0] + n.root[1, 1] * z[1]
        shocks = rng.standard_normal((horizon, half)) * scale
        paths = np.empty((horizon, BATCH))
        mean, deviation = self.node_means(horizon).T[:, nodes], np.empty((horizon, half))
        for h in range(horizon):
            slope = n.phi * slope
            level = level + slope
            np.add(level, shocks[h], out=deviation[h])
            level = level + n.alpha * shocks[h]
            slope = slope + n.beta * shocks[h]
        np.add(mean, deviation, out=paths[:, :half])
        np.subtract(mean, deviation, out=paths[:, half:])
        return paths

    def _drawn_nodes(self, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """(size,) the node of every pair of paths."""
        if self.nodes.weights.size == 1:
            return np.zeros(size, dtype=np.int64)
        return draw_nodes(self.nodes.weights, size, rng)


@dataclass(frozen=True)
class DampedTrend(ModelDefaults):
    """Damped exponential smoothing in logs; see the module for the equations."""

    name: str = "damped-trend"
    min_observations: int = 8
    """Judgement. Two totals more than the six parameters that are estimated."""

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedDampedTrend:
        """Fit to the calendar-year totals. A series without any scatter goes on along its damped trend.

        Raises
        ------
        ModelError
            With fewer than eight totals, or a gap in the years: smoothing has no error for a year that is missing.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=False)
        at = least_squares(x)
        s = smooth(x, at[:, None])
        n, squares = x.size, float(s.squares[0])
        sd = float(np.sqrt(squares / (n - 2)))
        alpha, beta, phi = float(at[0]), float(at[0] * at[1] ** 2), float(at[2])
        level, slope = map(float, s.state[0])
        slope_error = float(sd * np.sqrt(s.covariance[0, 1, 1]))
        estimates = Estimates(
            names=("alpha", "beta", "phi", "slope", "residual_sd"),
            values=np.array([alpha, beta, phi, slope, sd]),
            standard_errors=np.array([*parameter_errors(x, at), slope_error, sd / np.sqrt(2.0 * (n - 2))]),
            n_observations=n,
            sample=f"log levels {years[0]}-{years[-1]}",
            log_likelihood=maximised_log_likelihood(n, squares) if squares > 0 else None,
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


def _posterior(x: Array) -> TrendNodes:
    """The posterior on the midpoints of equal cells of the parameter box, without the nodes of negligible weight."""
    midpoints = [lo + (hi - lo) * (np.arange(k) + 0.5) / k for lo, hi, k in zip(LOWER, UPPER, _NODES, strict=True)]
    at = np.stack([a.ravel() for a in np.meshgrid(*midpoints, indexing="ij")])
    s = smooth(x, at)
    # A node that fits exactly has an infinite marginal likelihood, which ``posterior_weights`` expects.
    with np.errstate(divide="ignore"):
        marginal = -0.5 * (np.log(np.linalg.det(s.cross)) + (x.size - 2) * np.log(s.squares))
    weights = posterior_weights(marginal, s.squares)
    use = heaviest_nodes(weights)
    return TrendNodes(
        weights=weights[use] / weights[use].sum(),
        state=s.state[use],
        root=lower_root(s.covariance[use]),
        scale=np.sqrt(s.squares[use] / (x.size - 2)),
        alpha=at[0, use],
        beta=at[0, use] * at[1, use] ** 2,
        phi=at[2, use],
    )
