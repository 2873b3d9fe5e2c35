r"""Fixed innovations of a Gaussian path: one set of points, whatever the law, the barrier and the horizon.

A log path with mean m and covariance C = L L' (L lower triangular, rows in the order of time) is x = m + L z with
independent standard normal innovations z_1, z_2, ... This module fixes n points of z once and for all:

    z_j = f_j nu + r_ij,   nu standard normal and integrated exactly by the caller,   i = 1..n,

where the vector f is a direction in which paths of trade vary most, and r_i has the covariance I - f f'. Period k needs
z_1..z_k alone, and they do not depend on how many periods follow: the first years of an answer are the same whatever
the horizon, by construction.

**The points** are those of the Kronecker sequence with the square roots of primes, folded (Richtmyer 1951; the fold
makes the integrand periodic, which is worth an order: Genz and Bretz 2009, doi:10.1007/978-3-642-01689-9, section
4.2.2): y_id = 1 - 2 |2 frac((i + 1/2) sqrt p_d) - 1|, even on (-1, 1).

**The directions.** Its first coordinates are its most even ones, so they go to the directions that matter most
(principal components: Acworth, Broadie and Glasserman 1998, doi:10.1007/978-1-4612-1690-2_1). They are the leading
eigenvectors of sum_k l_k l_k' / (k C_kk), l_k the k-th row of L, for a random walk over 200 periods: years count evenly
in log time. The first of them is f. Together they carry 99 % of the variance of every combination of them; the last
1 %, and what is orthogonal to them, has one coordinate a period (Cholesky factor of I - F F'), which keeps the order of
time. Half of the variance that a random walk has seen in log time lies along f (.35 in the first year, .7 after ten).

**Fitted points.** The few points of ``BATCH`` start from that sequence and were then moved, all their scores together,
to where the squared error over thousands of random laws is smallest (``benchmarks/fit_batch_points.py``). They weigh
alike, so that everything said above holds for them too. As many points of the sequence err seven times as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.packaged import packaged_text
from tradetarget.passage._arrays import lower_factor
from tradetarget.passage.fixed_order import narrow_product
from tradetarget.passage.normal import quantiles

Single = NDArray[np.float32]

LONGEST = 200
"""The most periods. The longest horizon that the library answers for."""
CARRIED = 0.99
"""Variance that the directions carry. Below 1, so that the factor of what is left is well conditioned; judgement."""
BLOCK = 8
"""Periods are computed in blocks of this size. Every matrix product then has a shape that does not depend on the
horizon, and so have its bits."""

_SCORE_BITS = 16
"""Normal scores are read from 2^16 cells of equal probability. Each has the mean of its cell, so that what is rounded
averages out over the points."""


class Innovations(NamedTuple):
    """n points of the innovations of a path; see the module.

    Parameters
    ----------
    scale
        (n,) normal scores of the scale of a path.
    first
        (n,) normal scores of a first period whose law is not normal (:mod:`tradetarget.passage.conditional`).
    direction
        (K,) f, positive.
    others
        (1 + K, n) a row of ones, then r of every period; single precision.
    """

    scale: Single
    first: Single
    direction: Array
    others: Single


class Rule(NamedTuple):
    """Which points a probability is averaged over.

    Parameters
    ----------
    n_points
        A multiple of ``AT_ONCE`` where it is larger than that.
    directions
        Directions with a coordinate of their own.
    start
        The first point of the sequence.
    fitted
        Whether the scores are those of ``batch-points.csv``, as far as that goes; one for each of its columns.
    """

    n_points: int
    directions: int
    start: int = 0
    fitted: bool = False

    def chunks(self, periods: int) -> Iterator[Innovations]:
        """The points, ``AT_ONCE`` at a time; those of few periods are kept for the next question."""
        whole = -(-periods // BLOCK) * BLOCK
        make = innovations if self.n_points <= AT_ONCE or whole <= KEPT else innovations.__wrapped__
        for first in range(self.start, self.start + self.n_points, AT_ONCE):
            count = min(AT_ONCE, self.start + self.n_points - first)
            yield make(first, count, whole, self.directions, self.fitted)


AT_ONCE = 8_192
"""Points, or points x laws, in memory at once. Single-precision arrays of 32 kB fit the first cache of a processor."""
KEPT = 16
"""Periods up to which the points of EXACT are kept. 34 MB; for more they are made again, in 5 ns a number."""
EXACT = Rule(n_points=1 << 19, directions=12)
"""For one law. Measured error. 2e-5 in root mean square and 7e-5 at worst (``benchmarks/law_accuracy.py``)."""
BATCH = Rule(n_points=64, directions=8, start=1_638, fitted=True)
"""For many laws. Measured error. .0004 in root mean square and .003 at worst on walks and laws of the prior, .0008 and
.007 on hard ones (much noise, wide swings, few degrees of freedom; ``benchmarks/law_accuracy.py``).

``start`` is where the fit began, and gives the scores of periods beyond the fiftieth."""


@lru_cache(maxsize=80)
def innovations(start: int, count: int, periods: int, directions: int, fitted: bool = False) -> Innovations:
    """Points ``start`` to ``start + count`` of the sequence, for ``periods`` (a multiple of BLOCK); read-only."""
    direction, others_along, remainder = innovation_factor(directions)
    scores = normal_scores(start, count, directions + 1 + periods)
    if fitted:
        table = _fitted_scores()[: scores.shape[0]]
        scores[: table.shape[0]] = table
    along, scale, first, by_period = np.split(scores, [directions - 1, directions, directions + 1])
    others = np.ones((1 + periods, count), dtype=np.float32)
    for k in range(0, periods, BLOCK):
        end = k + BLOCK
        block, remaining = others[1 + k : 1 + end], np.empty((end - k, count), dtype=np.float32)
        narrow_product(others_along[k:end], along, block)
        narrow_product(remainder[k:end, :end], by_period[:end], remaining)
        block += remaining
    points = Innovations(scale[0], first[0], direction[:periods], others)
    for x in points:
        x.setflags(write=False)
    return points


def normal_scores(start: int, count: int, dimensions: int) -> Single:
    """(dimensions, count) normal scores of points of the sequence, single precision.

    A turn is 2^64, so that integers that overflow keep the fractional part of (i + 1/2) sqrt p exactly.
    """
    i = np.arange(start, start + count, dtype=np.uint64)
    scores = np.empty((dimensions, count), dtype=np.float32)
    for d, (step, half) in enumerate(_steps(dimensions)):
        turn = i * step
        turn += half
        beyond = (turn.view(np.int64) >> np.int64(63)).view(np.uint64)  # all ones in the second half of a turn
        turn ^= beyond  # the fold: 1 - |2 frac - 1|, in units of 2^-63
        _score_of_cells().take((turn >> np.uint64(63 - _SCORE_BITS)).view(np.intp), out=scores[d], mode="wrap")
    return scores


@cache
def _score_of_cells() -> Single:
    """The mean normal score within each of 65,536 equally likely cells; odd about the middle."""
    edges = quantiles(np.arange(1, (1 << _SCORE_BITS - 1) + 1) / (1 << _SCORE_BITS))
    density = np.exp(-0.5 * edges**2) / np.sqrt(2.0 * np.pi)
    lower = -np.diff(density, prepend=0.0) * (1 << _SCORE_BITS)
    table = np.concatenate([lower, -lower[::-1]]).astype(np.float32)
    table.setflags(write=False)
    return table


@cache
def innovation_factor(directions: int) -> tuple[Array, Single, Single]:
    """f (200,), the other directions (200, directions - 1) and the factor of what is left (200, 200)."""
    k = np.arange(LONGEST)
    tail = np.cumsum(1.0 / (k[::-1] + 1.0) ** 2)[::-1]
    vectors = np.linalg.eigh(tail[np.maximum.outer(k, k)])[1][:, ::-1][:, :directions]
    vectors = np.sqrt(CARRIED) * vectors * np.where(vectors[0] < 0.0, -1.0, 1.0)
    remainder = lower_factor((np.eye(LONGEST) - vectors @ vectors.T)[:, :, None])[:, :, 0]
    return vectors[:, 0].copy(), vectors[:, 1:].astype(np.float32), remainder.astype(np.float32)


@cache
def _fitted_scores() -> Single:
    """(rows, points) the scores that ``benchmarks/fit_batch_points.py`` has found, in the order of ``innovations``."""
    lines = packaged_text("passage", "batch-points.csv").split()
    return np.array([line.split(",") for line in lines], dtype=np.float32)


@cache
def _steps(count: int) -> NDArray[np.uint64]:
    """(count, 2) the square roots of the first primes, and half of each, less whole turns; in units of 2^-64."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % p for p in primes):
            primes.append(candidate)
        candidate += 1
    roots = [isqrt(p << 128) for p in primes]
    array = np.array([(root % (1 << 64), (root >> 1) % (1 << 64)) for root in roots], dtype=np.uint64)
    array.setflags(write=False)
    return array
