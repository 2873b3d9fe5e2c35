r"""First passage of a Markov walk observed once a period, by quadrature in a window that moves with it.

    x_0 = 0,   x_{k+1} = a_k x_k + c_k + q_k e_k,   a_k > 0,   T = min{k : x_k >= b},

with e standard normal, or Student t with df degrees of freedom. The density of x_k among the paths that have not
crossed is carried on n Gauss-Legendre nodes [1]_ and the last step is integrated exactly:

    P(T > k+1) = sum_j mass_j Phi((b - a_k x_j - c_k) / q_k).

Normal steps: nodes over [mean_k - 8.5 sd_k, min(b, mean_k + 8.5 sd_k)], with the moments of the walk without a barrier.
Student steps: nodes over the bulk below the barrier and three wider panels that carry the tail; there each column of
the transition is scaled to the mass it must carry, P(e < (b - a x_j - c) / q).

A step without noise (q_k = 0), or with less than the finest grid can resolve, is folded into the next noisy one, with
the barrier it put on the way kept as an upper limit: exact for q_k = 0, and wrong by a fraction of q_k / sd_k < 0.04
otherwise. n is chosen for each row; the error is below 1e-9 for normal steps that the grid resolves (sd_k / q_k < 25),
and 1e-7 for Student steps with df >= 3 (5e-6 for df = 2, 1e-3 for df = 1).

References
----------
.. [1] Aitsahlia, F. and Lai, T. L. (1997). Valuation of discrete barrier and hindsight options. Journal of Financial
   Engineering 6(2), 169-177. The recursion is theirs; the windows and the treatment of small steps are ours.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.passage._arrays import slack

_REACH = 8.5  # standard deviations of the window: beyond it lies 2e-17 of a normal law
_SIZES = (32, 64, 128, 256, 512)  # nodes that are chosen from, in powers of two
_FINEST = 25.0  # sd over step that the largest grid resolves; see the error above
_CELLS = 200_000  # entries of transition matrices at once: 1.6 MB, judgement by the size of a cache
_TAIL = (3.0, 12.0, 60.0)  # ends of the tail panels, in bulk widths: judgement, tested with df of 1 to 3
_TAIL_NODES = 8  # nodes of each of them: the tail is smooth


class _State(NamedTuple):
    """Mass on nodes at the last noisy step, and the pending move x -> a x + c + q e, bounded above by ``upper``."""

    nodes: Array
    mass: Array
    a: Array
    c: Array
    q: Array
    upper: Array


class _Walk(NamedTuple):
    """A batch of walks: (rows,) barrier and df (inf: normal), (rows, K) a, c, q and the free mean and spread."""

    barrier: Array
    a: Array
    c: Array
    q: Array
    mean: Array
    sd: Array
    df: Array


@cache
def unit_rule(n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on [0, 1]; cached because n takes few values and the rule depends on n alone."""
    x, w = np.polynomial.legendre.leggauss(n)
    nodes, weights = 0.5 * (x + 1.0), 0.5 * w
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return nodes, weights


def markov_survival(barrier: Array, a: Array, c: Array, q: Array, df: Array | None = None) -> Array:
    """P(T > k) for k = 1..K, shape (rows, K).

    Parameters
    ----------
    barrier
        (rows,), above 0.
    a, c, q
        (rows, K), finite, a > 0, q >= 0.
    df
        (rows,) degrees of freedom of Student steps, all finite; None for normal steps.
    """
    rows, periods = c.shape
    mean, sd = _free_moments(a, c, q)
    degrees = np.full(rows, np.inf) if df is None else df
    walk = _Walk(barrier, a, c, q, mean, sd, degrees)
    sizes = _node_counts(walk)
    survival = np.empty((rows, periods))
    for n in np.unique(sizes):
        members = np.flatnonzero(sizes == n)
        step = max(1, _CELLS // int(n * n))
        for i in range(0, members.size, step):
            r = members[i : i + step]
            survival[r] = _carry(int(n), _Walk(*(x[r] for x in walk)), df is not None)
    return survival


def _free_moments(a: Array, c: Array, q: Array) -> tuple[Array, Array]:
    """Mean and spread of x_1..x_K without a barrier."""
    mean, variance = np.zeros_like(c), np.zeros_like(c)
    m = v = np.zeros(c.shape[0])
    for k in range(c.shape[1]):
        m, v = a[:, k] * m + c[:, k], a[:, k] ** 2 * v + q[:, k] ** 2
        mean[:, k], variance[:, k] = m, v
    return mean, np.sqrt(variance)


def _node_counts(walk: _Walk) -> Array:
    """Nodes each row needs: about one for each kernel width in the widest window, rounded up to a size on the list."""
    q, sd = walk.q, walk.sd
    noisy = q[:, 1:] * _FINEST > sd[:, :-1]
    with np.errstate(all="ignore"):
        gap = np.maximum(walk.barrier[:, None] - walk.mean, 0.0)[:, :-1]
        fat = np.isfinite(walk.df)[:, None]
        width = np.where(fat, 1.5 * (gap + 12.0 * sd[:, :-1]), 1.15 * 2.0 * _REACH * sd[:, :-1])
        ratio = np.where(noisy, width / q[:, 1:], 0.0).max(axis=1, initial=0.0)
    sizes = np.array(_SIZES)
    return np.asarray(sizes[np.minimum(np.searchsorted(sizes, 20.0 + ratio), len(sizes) - 1)])


def _carry(n: int, walk: _Walk, student: bool) -> Array:
    """Carry the surviving mass through the periods on n nodes; shape (rows, K)."""
    rows, periods = walk.c.shape
    total = n + _TAIL_NODES * len(_TAIL) if student else n
    mass = np.zeros((rows, total))
    mass[:, 0] = 1.0
    one, zero = np.ones(rows), np.zeros(rows)
    state = _State(np.zeros((rows, total)), mass, one, zero, zero, np.full(rows, np.inf))
    below = np.ones((rows, total))
    survival = np.empty((rows, periods))
    for k in range(periods):
        a, c, q = walk.a[:, k], walk.c[:, k], walk.q[:, k]
        before = walk.sd[:, k - 1] if k else zero
        noisy = (q > 0.0) & (q * _FINEST > before)
        folded = _fold(state, walk.barrier, a, c, q)
        if noisy.any():
            mean = walk.mean[:, k - 1] if k else zero
            moved = _settle(n, state, below, walk, mean, before, student)
            fresh = _State(*moved, a, c, q, walk.barrier)
            state = _State(*(np.where(_like(noisy, x), x, y) for x, y in zip(fresh, folded, strict=True)))
        else:
            state = folded
        below = _below(state, walk)
        survival[:, k] = (state.mass * below).sum(axis=1)
    return survival


def _fold(state: _State, barrier: Array, a: Array, c: Array, q: Array) -> _State:
    """Compose the pending move with one that adds no noise worth a grid of its own."""
    upper = np.minimum(barrier, state.upper * a + c)
    return _State(state.nodes, state.mass, state.a * a, state.c * a + c, np.hypot(state.q * a, q), upper)


def _like(flag: NDArray[np.bool_], x: Array) -> NDArray[np.bool_]:
    return flag[:, None] if x.ndim == 2 else flag


def _below(state: _State, walk: _Walk) -> Array:
    """P(the pending move stays under its upper limit), for each node."""
    gap = (state.upper - state.c)[:, None] - state.a[:, None] * state.nodes
    sure = gap > slack(walk.barrier)[:, None]
    with np.errstate(all="ignore"):
        z = gap / state.q[:, None]
        p = np.where(np.isfinite(walk.df)[:, None], scipy.special.stdtr(walk.df[:, None], z), scipy.special.ndtr(z))
        return np.asarray(np.where(state.q[:, None] > 0.0, p, sure))


def _settle(
    n: int, state: _State, below: Array, walk: _Walk, mean: Array, sd: Array, student: bool
) -> tuple[Array, Array]:
    """Nodes and mass after the pending move; a move without noise only shifts the nodes it starts from."""
    centres = state.a[:, None] * state.nodes + state.c[:, None]
    if student:
        nodes, weights = _student_grid(n, state.upper, mean, sd)
    else:
        nodes, weights = _normal_grid(n, state.upper, mean, sd, state.q)
    with np.errstate(all="ignore"):
        z = (nodes[:, :, None] - centres[:, None, :]) / state.q[:, None, None]
        kernel = _student_density(z, walk.df[:, None, None]) if student else np.exp(-0.5 * z * z)
        kernel *= weights[:, :, None]
        if student:
            kernel *= (below / np.maximum(kernel.sum(axis=1), 1e-300))[:, None, :]
        else:
            kernel /= (state.q * np.sqrt(2.0 * np.pi))[:, None, None]
        mass = (kernel @ state.mass[:, :, None])[:, :, 0]
    noisy = (state.q > 0.0)[:, None]
    return np.where(noisy, nodes, centres), np.where(noisy, mass, state.mass * below)


def _normal_grid(n: int, upper: Array, mean: Array, sd: Array, q: Array) -> tuple[Array, Array]:
    unit, weights = unit_rule(n)
    high = np.minimum(upper, mean + _REACH * sd)
    low = np.minimum(mean - _REACH * sd, high - 3.0 * q)
    width = np.where(np.isfinite(high - low), high - low, 0.0)[:, None]
    return np.where(np.isfinite(high), high, 0.0)[:, None] - width * unit, width * weights


def _student_grid(n: int, upper: Array, mean: Array, sd: Array) -> tuple[Array, Array]:
    high = np.where(np.isfinite(upper), upper, 0.0)[:, None]
    bulk = np.maximum(high[:, 0] - mean, 0.0)[:, None] + 12.0 * sd[:, None]
    edges = (0.0, 1.0, *_TAIL)
    nodes, weights = [], []
    for i in range(len(edges) - 1):
        unit, w = unit_rule(n if i == 0 else _TAIL_NODES)
        nodes.append(edges[i] + (edges[i + 1] - edges[i]) * unit)
        weights.append((edges[i + 1] - edges[i]) * w)
    return high - bulk * np.concatenate(nodes), bulk * np.concatenate(weights)


def _student_density(z: Array, df: Array) -> Array:
    log_constant = scipy.special.gammaln(0.5 * (df + 1.0)) - scipy.special.gammaln(0.5 * df) - 0.5 * np.log(np.pi * df)
    return np.asarray(np.exp(log_constant - 0.5 * (df + 1.0) * np.log1p(z * z / df)))
