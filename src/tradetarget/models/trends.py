"""Paths with a level and a slope, Gaussian once a few parameters are known: what four growth models share.

    x_t     = m_{t-1} + phi b_{t-1} + k' e_t      log level as reported
    m_t     = m_{t-1} + phi b_{t-1} + r' e_t      level
    b_t     = phi b_{t-1} + s' e_t                slope (log points a year)

with e_t standard normal shocks of every year times one scale sigma. Constant growth has k = (1), r = s = (0); a local
level k = (noise, level), r = (0, level); a local linear trend adds a shock to the slope; the damped trend has one
shock that enters all three (single source of error).

What a fit knows of its parameters is a finite mixture: nodes of the parameters that are not linear (variance ratios,
smoothing and damping), each weighted by prior times marginal likelihood, and at every node the exact conjugate
posterior of the rest under the reference prior p(state, sigma) ~ 1/sigma (Zellner 1971, ISBN 9780471169376, ch. 3),

    df sigma_hat^2 / sigma^2 ~ chi^2_df,      (m, b) at the origin | sigma ~ N(state, sigma^2 root root').

Every simulated path draws a node, a sigma and an origin of its own, so no parameter is taken as known. The hitting law
is the weighted mean of the laws of the nodes; constant growth and the local level offer it, and the other two, which
have ten times as many nodes, are simulated in less time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.models.interface import BATCH, Array, Fitted

_NEGLIGIBLE = 2e-4


class TrendNodes(NamedTuple):
    """A posterior on G nodes; see the module for the symbols."""

    weights: Array
    """(G,) sum to 1."""
    state: Array
    """(G, 2) level and slope at the origin."""
    root: Array
    """(G, 2, 2) lower triangular: the state's covariance is sigma^2 root root'."""
    scale: Array
    """(G,) sigma_hat."""
    damping: Array
    """(G,) phi."""
    observation: Array
    """(G, N) k, for N shocks a year."""
    level: Array
    """(G, N) r."""
    slope: Array
    """(G, N) s."""


def lower_root(covariance: Array) -> Array:
    """(..., 2, 2) lower triangular root of positive semi-definite matrices, singular ones included."""
    a = np.sqrt(np.maximum(covariance[..., 0, 0], 0.0))
    b = np.divide(covariance[..., 0, 1], a, out=np.zeros_like(a), where=a > 0)
    c = np.sqrt(np.maximum(covariance[..., 1, 1] - b * b, 0.0))
    return np.stack([np.stack([a, np.zeros_like(a)], -1), np.stack([b, c], -1)], -2)


def node_weights(log_marginal: Array, residual_squares: Array) -> Array:
    """(G,) posterior weights of nodes of equal prior weight; nodes that fit exactly rule the others out."""
    exact = residual_squares == 0
    weights = exact.astype(float) if exact.any() else np.exp(log_marginal - log_marginal.max())
    return np.asarray(weights / weights.sum())


def kept(weights: Array) -> NDArray[np.int64]:
    """The nodes that matter: all but the lightest, which together weigh at most 2e-4."""
    order = np.argsort(-weights, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])
    return np.sort(order[before < 1.0 - _NEGLIGIBLE])


@dataclass(frozen=True)
class FittedTrend(Fitted):
    """A fitted model with a level and a slope: the ``nodes`` of its posterior, with ``df`` degrees of freedom."""

    nodes: TrendNodes
    df: int

    def node_means(self, horizon: int) -> Array:
        """(G, horizon) mean log path at every node: m + (phi + ... + phi^h) b."""
        powers = np.cumsum(self.nodes.damping[:, None] ** np.arange(1, horizon + 1), axis=1)
        return np.asarray(self.nodes.state[:, :1] + self.nodes.state[:, 1:] * powers)

    def node_variances(self, horizon: int) -> Array:
        """(G, horizon) variance of the log level in every year at every node, sigma taken as sigma_hat."""
        n = self.nodes
        state = n.root @ n.root.swapaxes(1, 2)
        shock = np.stack([n.level, n.slope], axis=1)
        added, noise = shock @ shock.swapaxes(1, 2), (n.observation**2).sum(axis=1)
        move = np.array([[1.0, 1.0], [0.0, 1.0]]) * np.where([[0, 1], [0, 1]], n.damping[:, None, None], 1.0)
        variances = np.empty((n.weights.size, horizon))
        for h in range(horizon):
            state = move @ state @ move.swapaxes(1, 2)
            variances[:, h] = state[:, 0, 0] + noise
            state = state + added
        return np.asarray(variances * n.scale[:, None] ** 2)

    def node_covariances(self, horizon: int) -> Array:
        """(G, horizon, horizon) covariance of the log path at every node, sigma taken as sigma_hat."""
        n = self.nodes
        g, shocks = n.observation.shape
        response = np.zeros((g, horizon, 2 + shocks * horizon))
        level, slope = np.zeros((g, response.shape[2])), np.zeros((g, response.shape[2]))
        level[:, :2], slope[:, :2] = n.root[:, 0], n.root[:, 1]
        for h in range(horizon):
            now = slice(2 + shocks * h, 2 + shocks * (h + 1))
            slope *= n.damping[:, None]
            level += slope
            response[:, h] = level
            response[:, h, now] += n.observation
            level[:, now] += n.level
            slope[:, now] += n.slope
        response *= n.scale[:, None, None]
        return np.asarray(response @ response.swapaxes(1, 2))

    def mixture_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year): the weighted mean of the laws of the nodes."""
        from tradetarget.passage import mixture_path_cdf

        return mixture_path_cdf(
            self.nodes.weights,
            self.node_means(horizon) - self.log_origin,
            self.node_covariances(horizon),
            np.asarray(log_barriers, dtype=float) - self.log_origin,
            volatility_df=float(self.df),
        )

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the median path: the median of the mixture of t laws, by bisection."""
        means = self.node_means(horizon)
        low, high = means.min(axis=0), means.max(axis=0)
        if self._median_is_trivial:
            return np.asarray(self.nodes.weights @ means)
        from scipy import special

        sd = np.sqrt(np.maximum(self.node_variances(horizon), 1e-300))
        for _ in range(30):
            middle = 0.5 * (low + high)
            below = self.nodes.weights @ special.stdtr(float(self.df), (middle - means) / sd) < 0.5
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(0.5 * (low + high))

    @cached_property
    def _median_is_trivial(self) -> bool:
        return self.nodes.weights.size == 1 or bool((self.nodes.scale == 0).all())

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels, antithetic in origin and shocks, node and scale shared by a pair of paths.

        A batch holds every node in proportion to its weight, up to one pair, in random order.
        """
        half = BATCH // 2
        nodes = self._draw_nodes(half, rng)
        n = TrendNodes(*(np.moveaxis(a[nodes], 0, -1) for a in self.nodes))
        scale = n.scale * np.sqrt(self.df / (2.0 * rng.standard_gamma(self.df / 2.0, half)))
        z = rng.standard_normal((2, half)) * scale
        level, slope = n.root[0, 0] * z[0], n.root[1, 0] * z[0] + n.root[1, 1] * z[1]
        shocks = rng.standard_normal((horizon, n.observation.shape[0], half)) * scale
        seen = (n.observation * shocks).sum(axis=1)
        lift, turn = (n.level * shocks).sum(axis=1), (n.slope * shocks).sum(axis=1)
        paths = np.empty((horizon, BATCH))
        mean, away = self.node_means(horizon).T[:, nodes], np.empty((horizon, half))
        for h in range(horizon):
            slope = n.damping * slope
            level = level + slope
            np.add(level, seen[h], out=away[h])
            level = level + lift[h]
            slope = slope + turn[h]
        np.add(mean, away, out=paths[:, :half])
        np.subtract(mean, away, out=paths[:, half:])
        return paths

    def _draw_nodes(self, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """(size,) node of every pair: systematic draws from the weights, shuffled."""
        if self.nodes.weights.size == 1:
            return np.zeros(size, dtype=np.int64)
        points = (np.arange(size) + rng.random()) / size
        found = np.searchsorted(np.cumsum(self.nodes.weights)[:-1], points, side="right")
        return np.asarray(rng.permutation(found), dtype=np.int64)
