r"""The discrete law with constant parameters: one driftless recursion, the drift put in afterwards.

In units of the volatility, x_0 = 0, x_{k+1} = x_k + mu + e, e ~ N(0, 1), T = min{k : x_k >= beta}. Let f_k(y) be the
density of the distance y = beta - x_k > 0 among the paths without drift that have not crossed:

    f_1(y) = phi(beta - y),    f_{k+1}(y) = int_0^inf f_k(u) phi(y - u) du.

Given where a path is at time k, its drift no longer matters (x_k is sufficient for mu), so that with mu ~ N(m, tau^2)

    P(T = k+1) = int_0^inf f_k(y) R_k(beta - y) Phi((mu_k - y) / sqrt(1 + tau_k^2)) dy,
    R_k(x) = exp((2 m x + tau^2 x^2 - m^2 k) / (2 (1 + k tau^2))) / sqrt(1 + k tau^2)   (the likelihood ratio),
    mu_k = (m + tau^2 x) / (1 + k tau^2),   tau_k^2 = tau^2 / (1 + k tau^2)             (the drift given x_k = x),

which needs no quadrature over the drift, and tau = 0 is the known drift. One matrix phi(y_i - y_j) on Gauss-Legendre
nodes of [0, Y] serves every step. A path that has gone beyond Y and comes back to cross by period k has probability
below e^-E when (2 Y - beta)^2 / (2 t) - log R_t(beta) >= E for every t <= k (reflection at Y); that is the Y used.

Error: below 1e-8 absolute over 0.01 <= beta <= 30, |mu| <= 3, k <= 40 (tests/passage/test_discrete.py). Rows with a Y
too wide for one grid go to :mod:`tradetarget.passage.bridges` or :mod:`tradetarget.passage.markov`.

References
----------
Siegmund, D. (1985). Sequential Analysis, ch. 2 and 8. doi:10.1007/978-1-4757-1862-8 (likelihood ratios for the drift).
Aitsahlia, F. and Lai, T. L. (1997). Journal of Financial Engineering 6(2), 169-177 (the recursion).
"""

from __future__ import annotations

import numpy as np
import scipy

from tradetarget.arrays import Array
from tradetarget.passage.bridges import FAR, LONGEST, law_by_bridges
from tradetarget.passage.markov import markov_survival, unit_rule

_LOST = 25.0
"""E. A truncated grid loses at most e^-25 = 1e-11."""
_SIZES = (16, 24, 32, 48, 64, 96, 128)  # Gauss-Legendre nodes that are chosen from; tests/passage hold the error
_WIDEST = 80.0  # width of Y, in steps, that 128 nodes still resolve
_LARGEST_EXPONENT = 500.0  # of a likelihood ratio: exp(500) is still a float64 number
_CELLS = 60_000  # entries of matrices at once: 480 kB, judgement by the size of a cache


def constant_law(periods: int, beta: Array, m: Array, tau: Array) -> Array:
    """P(T <= k), k = 1..periods, shape (rows, periods); beta > 0, m, tau >= 0 finite, in units of the volatility."""
    width = grid_width(periods, beta, m, tau)
    far = np.maximum(beta, width)
    exponent = (2.0 * np.abs(m) * far + (tau * far) ** 2) / (2.0 * (1.0 + tau * tau))
    narrow = (width <= _WIDEST) & (exponent <= _LARGEST_EXPONENT)
    p = np.empty((beta.size, periods))
    p[~narrow] = _off_grid(periods, beta[~narrow], m[~narrow], tau[~narrow])
    sizes = np.where(narrow, node_counts(width), 0)
    for n in np.unique(sizes[narrow]):
        members = np.flatnonzero(sizes == n)
        step = max(1, _CELLS // int(n * n))
        for i in range(0, members.size, step):
            r = members[i : i + step]
            p[r] = _on_grid(periods, int(n), width[r], beta[r], m[r], tau[r])
    return p


def grid_width(periods: int, beta: Array, m: Array, tau: Array) -> Array:
    """The Y beyond which a path is given up: its chance to cross by the last period is below e^-25."""
    t = np.arange(1.0, periods + 1.0)
    b, mu, v = beta[:, None], m[:, None], (tau * tau)[:, None]
    log_ratio = (2.0 * mu * b + v * b * b - mu * mu * t) / (2.0 * (1.0 + t * v)) - 0.5 * np.log1p(t * v)
    reach = np.sqrt(np.maximum(2.0 * t * (_LOST + log_ratio), 0.0).max(axis=1))
    return np.asarray(0.5 * (np.maximum(reach, beta) + beta))


def node_counts(width: Array) -> Array:
    """Nodes that resolve a kernel of unit width on [0, width]."""
    sizes = np.array(_SIZES)
    return np.asarray(sizes[np.minimum(np.searchsorted(sizes, 9.0 + 1.4 * width), len(sizes) - 1)])


def _off_grid(periods: int, beta: Array, m: Array, tau: Array) -> Array:
    """P(T <= k) for rows too wide for one grid.

    A path that was above a barrier of 6.5 K volatilities and came back below it by period K has probability below
    1e-9, so that the marginals are the law; else uncertain drifts go by bridges, known ones by a moving window.
    """
    k = np.arange(1.0, periods + 1.0)
    v = (tau * tau)[:, None]
    p = scipy.special.ndtr((m[:, None] * k - beta[:, None]) / np.sqrt(k * (1.0 + k * v)))
    near = beta < FAR * periods
    bridged = near & (tau > 0.0) & (periods <= LONGEST)
    for i in np.flatnonzero(bridged):
        p[i] = law_by_bridges(periods, float(beta[i]), float(m[i]), float(tau[i]))
    r = np.flatnonzero(near & ~bridged)
    learnt = v[r] / (1.0 + (k - 1.0) * v[r])
    centre = m[r, None] / (1.0 + (k - 1.0) * v[r])
    p[r] = 1.0 - markov_survival(beta[r], 1.0 + learnt, centre, np.sqrt(1.0 + learnt))
    return p


def _on_grid(periods: int, n: int, width: Array, beta: Array, m: Array, tau: Array) -> Array:
    """The recursion on n nodes of [0, width], one row each; shape (rows, periods)."""
    unit, weights = unit_rule(n)
    y = width[:, None] * unit
    x = beta[:, None] - y
    root = 1.0 / np.sqrt(2.0 * np.pi)
    kernel = np.exp(-0.5 * (width * width)[:, None, None] * (unit[:, None] - unit) ** 2)
    kernel *= (width * root)[:, None, None] * weights
    v = (tau * tau)[:, None]
    mu = m[:, None]
    f = root * np.exp(-0.5 * x * x)
    p = np.empty((beta.size, periods))
    p[:, 0] = scipy.special.ndtr((m - beta) / np.sqrt(1.0 + tau * tau))
    w = width[:, None] * weights
    for k in range(1, periods):
        c = 1.0 / (1.0 + k * v)
        ratio = np.exp(0.5 * c * ((2.0 * mu + v * x) * x - mu * mu * k)) * np.sqrt(c)
        step = scipy.special.ndtr((c * (mu + v * x) - y) / np.sqrt(1.0 + v * c))
        p[:, k] = p[:, k - 1] + (w * f * ratio * step).sum(axis=1)
        if k + 1 < periods:
            f = (kernel @ f[:, :, None])[:, :, 0]
    return p
