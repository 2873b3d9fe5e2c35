r"""Whether fixed paths have crossed a barrier: the kernel of :mod:`tradetarget.passage.gaussian`.

With the innovations of :mod:`tradetarget.passage.points`, the path at point i and period k is

    x_k = m_k + (d_k nu + (L r_i)_k) / v_i,   d = L f,

v_i the scale of the path, and it has reached b by period k exactly when nu is at least

    t_ik = min_{j <= k} ((b - m_j) v_i - (L r_i)_j) / d_j        (d_j > 0),

so that P(T <= k) = (1/n) sum_i Phi(-t_ik). For every point t_ik falls with k and rises with b, and so does the mean in
the other direction, bit for bit: Phi is read from a table that is monotone, and sums of floating-point numbers taken in
one order are monotone in each of them.

Where some d_j < 0 (a period that moves against f) such a period is reached when nu is at *most* its t_j, and
P = min(1, Phi(-min over d_j > 0) + Phi(max over d_j < 0)), as monotone as before.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.passage._arrays import slack
from tradetarget.passage.fixed_order import narrow_product
from tradetarget.passage.normal import lower_tail
from tradetarget.passage.points import BLOCK, Innovations, Single

SMALLEST_LOAD = 1e-14
"""d below this (log points) is taken as this. A hundredth of the slack with which "reached" is judged, so that paths
without noise are decided by their mean alone."""
FARTHEST = 1e12
"""Largest |t| before scaling. Beyond 38 Phi is 0 or 1, and times 5,461 and any scale it still fits an integer."""
_CELLS = 1 << 16
"""Normal distribution functions are read from this many cells over [-6, 6]. 1.8e-4 apart, where Phi moves by 7e-5 at
most and by less than 1e-9 beyond. Rounding to the middle of a cell averages out over the points."""
_PER_UNIT = _CELLS / 12.0  # cells over [-6, 6]
_MIDDLE = np.float32(0.5 * _CELLS)
_LAST = np.float32(_CELLS - 1)

_SUMMED = 64
"""Up to so many points are summed one after the other in single precision. Those of a batch; rounding stays at 1e-6."""


class FirstPeriod(NamedTuple):
    """An earlier period whose value is drawn at each point instead of being integrated over.

    Parameters
    ----------
    value
        (n,) its log level above the origin.
    offset
        (n,) (value less its mean), times the scale v of the later periods.
    """

    value: Array
    offset: Array


@cache
def _upper_tail() -> Single:
    """Phi(-t) at the middle of each cell of t; exactly 1 and 0 in the first and the last."""
    t = (np.arange(_CELLS) + 0.5 - 0.5 * _CELLS) / _PER_UNIT
    table = lower_tail(np.asarray(-t, dtype=np.float64)).astype(np.float32)
    table[0], table[-1] = 1.0, 0.0
    table.setflags(write=False)
    return table


def loads(factor: Array, direction: Array) -> Array:
    """d = L f, (K, laws), by sums that do not depend on the number of laws or of periods."""
    d = np.zeros(factor.shape[1:])
    for j in range(factor.shape[0]):
        d[j:] += factor[j:, j] * direction[j]
    return np.where(np.abs(d) < SMALLEST_LOAD, SMALLEST_LOAD, d)


@final
class Crossing:
    """A block of laws and their barriers in the units of the table; made once and asked for every chunk of points.

    Parameters
    ----------
    direction
        (K or more,) f.
    mean, factor
        (laws, K) and (K, K, laws), lower triangular.
    barriers
        (laws, B), log points above the origin.
    gain
        (K,) or None: by how much each mean moves with the value of an earlier period, with one law.
    """

    def __init__(
        self, direction: Array, mean: Array, factor: Array, barriers: Array, gain: Array | None = None
    ) -> None:
        load = loads(factor, direction)
        self._lowered = barriers - slack(barriers)
        self._thresholds = _in_cells((self._lowered[:, :, None] - mean[:, None, :]) / load.T[:, None, :])
        self._ratio = _with_the_half(_in_cells(factor / load[:, None]))
        self._gain = None if gain is None else _in_cells(gain / load[:, 0])
        falling = load.T < 0.0
        self._falling = falling if falling.any() else None

    def sums(self, points: Innovations, scale: Single, first: FirstPeriod | None = None) -> Array:
        """Sum over points of P(T <= k | point); (laws, barriers, K).

        Parameters
        ----------
        points
            Innovations of K periods, rounded up to whole blocks.
        scale
            (laws, n) or (1, n): v of each path.
        first
            A period before these, with one law; paths that reach the barrier in it have reached it in all.
        """
        deviation = _deviations(points, self._ratio)
        start = np.full((self._lowered.shape[1], deviation.shape[0], deviation.shape[2]), _LAST)
        if first is not None and self._gain is not None:
            deviation[0, : self._gain.size] += (self._gain[:, None] * first.offset).astype(np.float32)
            start[(first.value >= self._lowered[0, :, None])[:, None]] = 0.0
        if self._falling is not None:
            return _two_sided(self._thresholds, deviation, scale, start, self._falling)
        return _one_sided(self._thresholds, deviation, scale, start)


def _in_cells(t: Array) -> Single:
    """Distances in cells of the table, held within what an integer can hold."""
    return np.asarray(np.clip(t, -FARTHEST, FARTHEST) * _PER_UNIT, dtype=np.float32)


def _with_the_half(ratio: Single) -> Single:
    """(laws, whole, 1 + whole) the factor (K, K, laws) over its loads, filled up to whole blocks of periods.

    The points' first row is 1, so that the first column subtracts half the table.
    """
    periods, _, laws = ratio.shape
    whole = -(-periods // BLOCK) * BLOCK
    square = np.zeros((laws, whole, 1 + whole), dtype=np.float32)
    square[:, :, 0] = -_MIDDLE
    square[:, :periods, 1 : 1 + periods] = ratio.transpose(2, 0, 1)
    return square


def _deviations(points: Innovations, ratio: Single) -> Single:
    """(laws, whole, n) of (L r)_k / d_k in cells, less half the table; in blocks of periods of one shape."""
    laws, whole, _ = ratio.shape
    deviation = np.empty((laws, whole, points.others.shape[1]), dtype=np.float32)
    for k in range(0, whole, BLOCK):
        end = k + BLOCK
        narrow_product(ratio[:, k:end, : 1 + end], points.others[: 1 + end], deviation[:, k:end])
    return deviation


def _one_sided(thresholds: Single, deviation: Single, scale: Single, start: Single) -> Array:
    """The sums where every period is reached by large nu; ``start`` (barriers, laws, n) is overwritten."""
    laws, barriers, periods = thresholds.shape
    table = _upper_tail()
    sums = np.empty((laws, barriers, periods))
    step = np.empty(start.shape[1:], dtype=np.float32)
    cell, none = np.empty(step.shape, dtype=np.intp), np.zeros_like(step)
    for b in range(barriers):
        lowest = start[b]
        for k in range(periods):
            np.multiply(scale, thresholds[:, b, k, None], out=step)
            step -= deviation[:, k]
            np.minimum(lowest, step, out=lowest)
            np.maximum(lowest, none, out=step)
            np.copyto(cell, step, casting="unsafe")
            table.take(cell, mode="wrap", out=step)  # every cell is in range, and "wrap" is the fastest mode
            sums[:, b, k] = _over_points(step)
    return sums


def _over_points(reached: Single) -> Single:
    """(laws,) sums over the points (laws, n), each row by itself, so that a law has the same bits alone.

    For the few points of a batch einsum takes a third of the time of ``sum``, which adds many points in pairs and so
    loses fewer digits of them.
    """
    if reached.shape[1] > _SUMMED:
        return np.asarray(np.add.reduce(reached, axis=-1))
    return np.asarray(np.einsum("li->l", reached))


def _two_sided(
    thresholds: Single, deviation: Single, scale: Single, start: Single, falling: NDArray[np.bool_]
) -> Array:
    """The sums where some periods (``falling``) are reached by small nu; Phi(t) is read as Phi(-(-t))."""
    laws, barriers, periods = thresholds.shape
    table = _upper_tail()
    sums = np.empty((laws, barriers, periods))
    for b in range(barriers):
        lowest, highest = start[b], np.zeros_like(start[b])
        for k in range(periods):
            step = np.clip(scale * thresholds[:, b, k, None] - deviation[:, k], np.float32(0.0), _LAST)
            down = falling[:, k, None]
            np.minimum(lowest, step, out=lowest, where=~down)
            np.maximum(highest, step, out=highest, where=down)
            either = table.take(lowest.astype(np.intp)) + table.take((_LAST - highest).astype(np.intp))
            sums[:, b, k] = _over_points(np.minimum(either, np.float32(1.0)))
    return sums
