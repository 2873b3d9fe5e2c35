r"""The discrete law with an uncertain volatility, for many rows at once.

Given the volatility sigma and x_k, the drift no longer matters, and neither does it to whether the walk was above the
barrier before. In units of sigma, with beta = b / sigma, y = beta - x_k and

    C_k(y; beta) = P(max_{j<k} x_j >= beta | x_k = beta - y)                   (a bridge: no drift, no row in it),
    P(T <= k | sigma) = Phi((mu k - beta) / sqrt V) + int_0^inf C_k(y; beta) N(y; beta - mu k, V) dy,
    V = k + k^2 tau^2,   drift ~ N(mu, tau^2).

C_k is tabled where log beta is a multiple of one step, as the Gauss rule (y_i, w_i) of the measure C_k(y) dy. A row
takes the lattice points that its posterior of log sigma covers (trapezoidal rule, with density proportional to
exp(df (log v - v^2 / 2)), v = s / sigma), so that no interpolation and no recursion is left in the rows: one
exponential for each node. The step follows the width 1 / sqrt(2 df) of the posterior. Each row is computed from itself
and the table alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.passage.bridges import FAR, FINE, LONGEST, crossing_measures
from tradetarget.passage.markov import unit_rule

LOWEST, HIGHEST = -10.0, 12.0
"""The lattice covers log beta in this range; below it the law has reached its limit in beta."""
_NEGLIGIBLE = 17.0  # exponent of a density that is left out: e^-17 = 4e-8 of its peak
_BLOCK = 1_500  # rows at once: judgement, by the size of a processor cache
_LARGEST_LUMP = -16.0
"""Log of the largest error by volatilities beyond the lattice. 1e-7."""


class _Rule(NamedTuple):
    """Gauss rules of C_k(y; beta) dy for k = 2..periods, end to end: rule k - 2 starts at ``starts[k - 2]``."""

    beta: float
    nodes: Array
    weights: Array
    starts: NDArray[np.int64]


class Rows(NamedTuple):
    """A batch of questions, (rows,) each: barrier b, drift m, its sd tau, volatility s, degrees of freedom df of s."""

    b: Array
    m: Array
    s: Array
    tau: Array
    df: Array

    def take(self, rows: NDArray[np.intp]) -> Rows:
        """Some of the rows."""
        return Rows(*(x[rows] for x in self))


def step_of(df: Array) -> Array:
    """The lattice step: 1/5 over a power of sqrt 2, at most 0.75 / sqrt(2 df); 0 where that would be too fine."""
    level = np.ceil(2.0 * np.log2(np.maximum(0.2 * np.sqrt(2.0 * df) / 0.75, 1.0)))
    return np.asarray(np.where(level <= 8.0, 0.2 * 0.5 ** (0.5 * level), 0.0))


@lru_cache(maxsize=32)
def crossing_table(periods: int, step: float) -> tuple[_Rule, ...]:
    """The rules at every lattice point; cached (0.1 to 2 MB for ten periods): two arguments make it."""
    points = int(np.ceil((HIGHEST - LOWEST) / step))
    beta = np.exp(LOWEST + step * np.arange(points + 1))
    near = beta[beta <= FAR * periods] if periods > 1 else beta[:0]
    k = np.arange(2.0, periods + 1.0)
    rules = []
    y, measure = crossing_measures(periods, near)
    sizes = np.minimum(5 + np.ceil(0.85 * y[:, :, -1] / np.sqrt(k)), FINE // 2).astype(np.int64)
    for b, counts, nodes, weights in zip(near, sizes, *_gauss_rules(y, measure, sizes), strict=True):
        rules.append(_Rule(float(b), nodes, weights, np.append(0, np.cumsum(counts))))
    nothing = np.zeros(0)
    rules += [_Rule(float(b), nothing, nothing, np.zeros(1, dtype=np.int64)) for b in beta[near.size :]]
    return tuple(rules)


def _gauss_rules(y: Array, measure: Array, sizes: NDArray[np.int64]) -> tuple[list[Array], list[Array]]:
    """The Gauss rules of measures on their fine grids, end to end for each point: nodes and weights.

    Stieltjes' recursion for the orthogonal polynomials, then Golub and Welsch (1969, doi:10.2307/2004418). A floor of
    1e-13 keeps measures apart from zero, so that every rule has its full number of nodes.
    """
    scale = y[..., -1:]
    x = y / scale
    floored = measure + 1e-13 * scale * unit_rule(y.shape[-1])[1]
    total = floored.sum(axis=-1, keepdims=True)
    p = floored / total
    longest = int(sizes.max(initial=0))
    diagonal, off = np.zeros((*sizes.shape, longest)), np.zeros((*sizes.shape, longest))
    previous, current = np.zeros_like(x), np.ones_like(x)
    for i in range(longest):
        diagonal[..., i] = (p * x * current * current).sum(axis=-1)
        following = (x - diagonal[..., i, None]) * current - off[..., i - 1, None] * previous
        off[..., i] = np.sqrt((p * following * following).sum(axis=-1))
        previous, current = current, following / off[..., i, None]
    nodes, weights = [], []
    for point, counts in enumerate(sizes):
        pairs = [
            scipy.linalg.eigh_tridiagonal(diagonal[point, k, :n], off[point, k, : n - 1], check_finite=False)
            for k, n in enumerate(counts)
        ]
        nodes.append(np.concatenate([pair[0] * scale[point, k] for k, pair in enumerate(pairs)]))
        weights.append(np.concatenate([pair[1][0] ** 2 * total[point, k] for k, pair in enumerate(pairs)]))
    return nodes, weights


def on_lattice(periods: int, rows: Rows) -> NDArray[np.bool_]:
    """Which rows the table can take: enough noise, few enough periods, a step fine enough, a posterior inside it."""
    b, m, s, tau, df = rows
    noisy = (b > 0.0) & (df > 0.0) & (s > 1e-6 * np.maximum(b, periods * np.maximum(np.abs(m), tau)))
    degrees = np.where(noisy, df, 1.0)
    log_beta = np.log(np.where(noisy, b, 1.0) / np.where(noisy, s, 1.0))
    inside = (log_beta > LOWEST + 2.0) & (log_beta + _upper_edge(degrees) < HIGHEST - 0.3)
    # Volatilities beyond the first lattice point count as standing at it, where the law is still away from its limit by
    # about (drift + barrier) / volatility: negligible only if few of them are there, which needs degrees of freedom.
    steepness = np.log1p(np.where(noisy, (np.abs(m) + tau + np.abs(b)) / np.where(noisy, s, 1.0), 0.0))
    inside &= (degrees + 1.0) * (LOWEST - log_beta) + steepness < _LARGEST_LUMP
    return np.asarray(noisy & inside & (step_of(degrees) > 0.0) & (periods <= LONGEST))


def _upper_edge(df: Array) -> Array:
    """log v above which the density has fallen by e^-19 (an upper bound: two Newton steps from above)."""
    t = 0.5 * np.log1p(2.0 * _NEGLIGIBLE / df) + np.sqrt(_NEGLIGIBLE / df)
    for _ in range(4):
        t = t - (df * (0.5 * np.expm1(2.0 * t) - t) - _NEGLIGIBLE) / np.maximum(df * np.expm1(2.0 * t), 1e-300)
    return t


def _lower_edge(df: Array) -> Array:
    """log v below which the density has fallen by e^-19 (a bound: Newton from below)."""
    t = -_NEGLIGIBLE / df - 1.0
    for _ in range(6):
        t = t - (df * (0.5 * np.expm1(2.0 * t) - t) - _NEGLIGIBLE) / np.minimum(df * np.expm1(2.0 * t), -1e-300)
    return t


def uncertain_volatility_law(periods: int, batch: Rows, scale_drift_sd: bool) -> Array:
    """P(T <= k), (rows, periods), for rows that :func:`on_lattice` accepts; ``scale_drift_sd``: tau goes with sigma."""
    p = np.empty((batch.b.size, periods))
    steps = step_of(batch.df)
    lowest = np.log(batch.b / batch.s) + _lower_edge(batch.df) - LOWEST
    first = np.maximum(np.floor(lowest / steps), 0.0).astype(np.int64)
    for step in np.unique(steps):
        rows = np.flatnonzero(steps == step)
        rows = rows[np.argsort(first[rows], kind="stable")]
        p[rows] = _sweep(periods, float(step), first[rows], batch.take(rows), scale_drift_sd)
    return p


def _sweep(periods: int, step: float, first: NDArray[np.int64], rows: Rows, scaled: bool) -> Array:
    """Add up the lattice points of rows sorted by their first one: the rows at a point are then together."""
    table = crossing_table(periods, step)
    b, m, s, tau, df = rows
    last = np.ceil((np.log(b / s) + _upper_edge(df) - LOWEST) / step).astype(np.int64)
    total, mass = np.zeros((periods, b.size)), np.zeros(b.size)
    ratio, mu, spread = s / b, m / s, tau / s
    for j in range(int(first.min()), int(last.max()) + 1):
        rule = table[j]
        live = np.flatnonzero(last[: int(np.searchsorted(first, j, side="right"))] >= j)
        for i in range(0, live.size, _BLOCK):
            r = live[i : i + _BLOCK]
            v = rule.beta * ratio[r]
            w = np.exp(df[r] * (np.log(v) - 0.5 * v * v + 0.5))
            if j == 0:
                w = w / -np.expm1(-df[r] * step)
            total[:, r] += w * _given_scale(rule, periods, mu[r] * v, spread[r] if scaled else spread[r] * v)
            mass[r] += w
    return (total / mass).T


def _given_scale(rule: _Rule, periods: int, mu: Array, tau: Array) -> Array:
    """P(T <= k | sigma) for rows that share beta; (periods, rows), rows last so that every step is contiguous."""
    k = np.arange(1.0, periods + 1.0)[:, None]
    root = 1.0 / np.sqrt(k * (1.0 + k * (tau * tau)))
    distance = (rule.beta - mu * k) * root
    p = scipy.special.ndtr(-distance)
    root *= np.sqrt(0.5)
    distance *= np.sqrt(0.5)
    for i in range(periods - 1 if rule.nodes.size else 0):
        nodes = rule.nodes[rule.starts[i] : rule.starts[i + 1], None]
        z = nodes * root[i + 1]
        z -= distance[i + 1]
        z *= z
        np.negative(z, out=z)
        np.exp(z, out=z)
        p[i + 1] += (rule.weights[rule.starts[i] : rule.starts[i + 1]] @ z) * (root[i + 1] / np.sqrt(np.pi))
    return np.asarray(p)
