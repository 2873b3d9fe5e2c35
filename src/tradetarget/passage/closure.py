r"""First passage of a Gaussian path by one-dimensional quadrature, its memory carried in two moments.

x = (x_1, ..., x_K) ~ N(mean, C), T = min{k : x_k >= b}. Given its past the next value is normal, with the mean
mu_{k+1}(past) and the variance L_{k+1,k+1}^2 of the Cholesky factor. At time k the paths that have not crossed are
sorted by x_k = y on Gauss-Legendre nodes; each node carries

    its mass, the mean M_j(y) of mu_j(past) for every later period j, and the variance of mu_{k+1}(past),

given y and no crossing so far. The next value from a node is then taken as normal, with variance
S = L_{k+1,k+1}^2 + (variance of mu_{k+1}), the later means are regressed on it, and nodes are mixed:

    P(T = k+1) = sum_y mass(y) Phi((M_{k+1}(y) - b) / sqrt S(y)).

For a Markov path (random walk, uncertain drift, Ornstein-Uhlenbeck) the memory is nil and the only error is that of the
quadrature, below 5e-5. Otherwise the mixture of a node is replaced by one normal with its first two moments, as in
Mendell and Elston (1974) but given x_k, which is why so little is lost: measured errors (tests/passage) are below 3e-4
for reporting noise of half a year's volatility, 1e-3 for a reverting drift or a noise twice a year's volatility, and
5e-3 for paths that are all noise about an uncertain level.

References
----------
Mendell, N. R. and Elston, R. C. (1974). Multifactorial qualitative traits: genetic analysis and prediction of
recurrence risks. Biometrics 30(1), 41-57. doi:10.2307/2529616
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from tradetarget.passage._arrays import Array
from tradetarget.passage.markov import unit_rule

_LOST = 10.0
_REACH = 4.6
_SIZES = (8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 48, 64, 96, 128, 192)
_WIDEST = 190.0
_SINGULAR = 1e-8
_CELLS = 80_000


class Law(NamedTuple):
    """What the steps need of a path law: entry [.., k, j] is about period j given x_k (j > k), periods from 0."""

    mean: Array
    sd: Array
    slope: Array
    variance: Array
    memory: Array
    memory_after: Array
    shock: Array
    innovation: Array

    def rows(self, where: NDArray[np.intp]) -> Law:
        """The laws of some rows."""
        return Law(*(x[where] for x in self))


def path_law(mean: Array, covariance: Array, factor: Array) -> Law:
    """Regressions of later periods on x_k, and how much of their variance the past before k explains.

    Parameters
    ----------
    mean, covariance, factor
        (laws, K), (laws, K, K) and its Cholesky factor (laws, K, K).
    """
    laws, periods = mean.shape
    slope, variance = np.zeros_like(covariance), np.zeros_like(covariance)
    memory, shock = np.zeros_like(covariance), np.zeros_like(covariance)
    after, innovation = np.zeros((laws, periods)), np.zeros((laws, periods))
    own = np.einsum("lkk->lk", covariance)
    with np.errstate(all="ignore"):
        for k in range(periods - 1):
            a = covariance[:, :, k] / own[:, k, None]
            slope[:, k] = a
            variance[:, k] = own - a * covariance[:, :, k]
            shock[:, k] = factor[:, :, k + 1] * factor[:, k + 1, k + 1, None]
            innovation[:, k] = factor[:, k + 1, k + 1] ** 2
            memory[:, k] = covariance[:, :, k + 1] - a * covariance[:, k + 1, k, None] - shock[:, k]
            if k + 2 < periods:
                new = factor[:, k + 2, k + 1] ** 2 + factor[:, k + 2, k + 2] ** 2
                after[:, k] = np.maximum(variance[:, k, k + 2] - new, 0.0)
    return Law(mean, np.sqrt(np.maximum(own, 0.0)), slope, variance, memory, after, shock, innovation)


class _Nodes(NamedTuple):
    """Paths that have not crossed: nodes y, their mass, later means (rows, n, later), share of the free memory left."""

    y: Array
    mass: Array
    means: Array
    left: Array


def windows(law: Law, barrier: Array) -> tuple[Array, Array, Array]:
    """Where x_k matters, (rows, K - 1) each: low, high, and the nodes a row needs (0: not for this method).

    Below ``low`` the path is both so unlikely and so far that it crosses later with probability under e^-10.
    """
    rows, periods = law.mean.shape
    low, high = np.zeros((rows, periods - 1)), np.zeros((rows, periods - 1))
    ratio = np.zeros((rows, periods - 1))
    with np.errstate(all="ignore"):
        for k in range(periods - 1):
            own, sd = law.mean[:, k], law.sd[:, k]
            a, gap = law.slope[:, k, k + 1 :], barrier[:, None] - law.mean[:, k + 1 :]
            later = 0.5 / law.variance[:, k, k + 1 :]
            square = (0.5 / (sd * sd))[:, None] + later * a * a
            half = later * gap * a
            root = half * half - square * (later * gap * gap - _LOST)
            reach = np.where(root > 0.0, (half - np.sqrt(np.maximum(root, 0.0))) / square, np.inf)
            deepest = -np.sqrt(2.0 * _LOST) * sd[:, None]
            reach = np.where(gap - a * deepest <= 0.0, deepest, reach).min(axis=1)
            high[:, k] = np.minimum(barrier, own + _REACH * sd)
            low[:, k] = np.minimum(own + np.maximum(reach, -_REACH * sd), high[:, k] - sd)
            ratio[:, k] = (high[:, k] - low[:, k]) / np.sqrt(law.variance[:, k, k + 1])
    widest = ratio.max(axis=1, initial=0.0)
    sizes = np.array(_SIZES)
    needed = sizes[np.minimum(np.searchsorted(sizes, 5.0 + 0.95 * widest), len(sizes) - 1)]
    loose = (law.innovation[:, :-1] > _SINGULAR * law.sd[:, 1:] ** 2).all(axis=1) & (law.sd[:, 0] > 0.0)
    sound = np.isfinite(ratio).all(axis=1) & (widest < _WIDEST) & np.isfinite(low).all(axis=1) & loose
    return low, high, np.where(sound, needed, 0)


def closure_cdf(law: Law, where: NDArray[np.intp], barrier: Array) -> tuple[Array, NDArray[np.bool_]]:
    """P(T <= k), (rows, K), and which rows it holds for; row i asks ``barrier[i]`` of law ``where[i]``."""
    rows, periods = barrier.size, law.mean.shape[1]
    p = np.zeros((rows, periods))
    done = np.zeros(rows, dtype=bool)
    for i in range(0, rows, 4096):
        part = np.arange(i, min(i + 4096, rows))
        low, high, sizes = windows(law.rows(where[part]), barrier[part])
        done[part] = sizes > 0
        for n in np.unique(sizes[sizes > 0]):
            members = np.flatnonzero(sizes == n)
            step = max(1, _CELLS // int(n * n))
            for j in range(0, members.size, step):
                r = members[j : j + step]
                with np.errstate(all="ignore"):
                    p[part[r]] = _carry(int(n), law.rows(where[part[r]]), barrier[part[r]], low[r], high[r])
    return p, done & np.isfinite(p).all(axis=1)


def _carry(n: int, law: Law, barrier: Array, low: Array, high: Array) -> Array:
    """P(T <= k) on n nodes; (rows, K)."""
    periods = law.mean.shape[1]
    p = np.empty(law.mean.shape)
    p[:, 0] = ndtr((law.mean[:, 0] - barrier) / law.sd[:, 0])
    unit, weights = unit_rule(n)
    state: _Nodes | None = None
    for k in range(periods - 1):
        width = (high[:, k] - low[:, k])[:, None]
        y = high[:, k, None] - width * unit
        state = _first(law, y) if state is None else _mix(law, k, state, y)
        state = state._replace(mass=state.mass * width * weights)
        spread = np.sqrt(law.innovation[:, k, None] + state.left * law.memory[:, k, k + 1, None])
        p[:, k + 1] = p[:, k] + (state.mass * ndtr((state.means[:, :, 0] - barrier[:, None]) / spread)).sum(axis=1)
    return p


def _first(law: Law, y: Array) -> _Nodes:
    """Period one: x_1 is all the past there is."""
    away = y - law.mean[:, :1]
    sd = law.sd[:, :1]
    density = np.exp(-0.5 * (away / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))
    return _Nodes(y, density, law.mean[:, None, 1:] + law.slope[:, None, 0, 1:] * away[:, :, None], np.ones_like(y))


def _mix(law: Law, k: int, old: _Nodes, y: Array) -> _Nodes:
    """From the nodes of period k - 1 to nodes y of period k; ``mass`` comes back as a density."""
    j = k - 1
    left = old.left[:, :, None]
    variance = law.innovation[:, j, None] + old.left * law.memory[:, j, k, None]
    gain = (left * law.memory[:, None, j, k + 1 :] + law.shock[:, None, j, k + 1 :]) / variance[:, :, None]
    constant = old.means[:, :, 1:] - gain * old.means[:, :, :1]
    a, g = constant[:, :, :1], gain[:, :, :1]
    fresh = (law.shock[:, j, k + 1] ** 2 / law.innovation[:, j])[:, None, None]
    own = left * law.memory_after[:, j, None, None] + fresh - g * g * variance[:, :, None]
    root = 1.0 / np.sqrt(variance)
    kernel = y[:, :, None] - old.means[:, None, :, 0]
    kernel *= root[:, None, :]
    kernel *= kernel
    kernel *= -0.5
    np.exp(kernel, out=kernel)
    kernel *= (old.mass * root)[:, None, :]
    one = np.ones_like(a)
    moments = kernel @ np.concatenate([one, constant, gain, a * a + own, 2.0 * a * g, g * g], axis=2)
    density = moments[:, :, 0]
    moments = moments[:, :, 1:] / np.maximum(density, 1e-300)[:, :, None]
    m, u = constant.shape[2], y[:, :, None]
    means = moments[:, :, :m] + moments[:, :, m : 2 * m] * u
    second = moments[:, :, 2 * m] + (moments[:, :, 2 * m + 1] + moments[:, :, 2 * m + 2] * y) * y
    free = law.memory[:, k, k + 1, None]
    remembered = free > 1e-9 * law.innovation[:, k, None]
    share = np.where(remembered, (second - means[:, :, 0] ** 2) / np.where(remembered, free, 1.0), 1.0)
    return _Nodes(y, density / np.sqrt(2.0 * np.pi), means, np.clip(share, 0.0, 1.5))
