"""When simulated paths reach a barrier: events of paths, counted without storing them.

Arrays are laid out with periods first and paths last, so that every step runs over contiguous memory.
Reached means level >= target to a relative 1e-12, that is log level >= log target - 1e-12: a level that went through
logs and back may be one unit in the last place short (exp(log 4 + log 1.25) is 4.999999999999999).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tradetarget.passage.fixed_order import ordered_sum

REACHED_TOLERANCE = 1e-12  # relative: a level that went through logs and back may be some units in the last place short
_PATHS = 128
"""Paths whose rolling sums are computed at once. Judgement. 190 kB for fifteen years of months, so that the sums of
two, of four and of eight of them stay in a processor's second cache."""
LARGEST_LOG = 700.0
"""Largest distance from 0, in logs, at which levels and sums of twelve of them are still numbers. exp(709) is not."""


def reached(level: NDArray[np.float64] | float, target: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    """Whether ``level`` is at or above ``target``, to a relative 1e-12; shapes broadcast."""
    return np.asarray(np.asarray(level) >= np.asarray(target) * (1.0 - REACHED_TOLERANCE))


def log_floor(log_targets: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The log levels from which log targets count as reached: 1e-12 below them, as in ``reached``.

    Every comparison of log levels with log targets takes its bound from here, so that a level equal to the target but
    for rounding counts as reached everywhere.
    """
    return np.asarray(np.asarray(log_targets, dtype=float) - REACHED_TOLERANCE)


def calendar_year_totals(log_months: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log totals of calendar years from log months that start in a January.

    log sum_{m = 1..12} exp(x_m), summed within each path: months of one path are not independent.

    Parameters
    ----------
    log_months
        (12 n, ..., paths).

    Returns
    -------
    numpy.ndarray
        (n, ..., paths).

    Raises
    ------
    ValueError
        When the number of months is no multiple of 12.
    """
    if log_months.shape[0] % 12:
        raise ValueError(f"{log_months.shape[0]} months are not whole calendar years: give a multiple of 12")
    years = log_months.reshape(-1, 12, *log_months.shape[1:])
    highest = years.max(axis=1)
    return np.asarray(highest + np.log(ordered_sum(np.exp(years - highest[:, None]).swapaxes(0, 1))))


def rolling_12_months(log_months: NDArray[np.float64], log_before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of the sum of each month and the eleven before it.

    Parameters
    ----------
    log_months
        (months, ..., paths).
    log_before
        (11, ..., paths), or broadcastable to it: the months before the first one.

    Returns
    -------
    numpy.ndarray
        (months, ..., paths).
    """
    before = np.broadcast_to(log_before, (11, *log_months.shape[1:]))
    sums = np.empty(log_months.shape)
    for start in range(0, log_months.shape[-1], _PATHS):
        block = (..., slice(start, start + _PATHS))
        sums[block] = _sums_of_12(np.concatenate([before[block], log_months[block]]))
    return sums


def _sums_of_12(every: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n - 11, ...) log of the sum of each twelve consecutive rows of logs (n, ...)."""
    highest, lowest = every.max(axis=0), every.min(axis=0)
    middle = 0.5 * (highest + lowest)
    far_apart = highest - lowest > 2.0 * LARGEST_LOG
    levels = every - middle
    if far_apart.any():
        levels = np.clip(levels, -LARGEST_LOG, LARGEST_LOG)
    np.exp(levels, out=levels)
    sums = _of_12(levels, np.add)
    np.log(sums, out=sums)
    sums += middle
    if far_apart.any():  # no scale holds all months of such a path: theirs are added in logs, which takes far longer
        sums[:, far_apart] = _of_12(every[:, far_apart], np.logaddexp)
    return sums


def _of_12(months: NDArray[np.float64], add: np.ufunc) -> NDArray[np.float64]:
    """(n - 11, ...) sums, by ``add``, of each twelve consecutive rows, from sums of two, of four and of eight of them.

    Elementwise additions alone, so that no bit of a path depends on the paths beside it.
    """
    two = add(months[:-1], months[1:])
    four = add(two[:-2], two[2:])
    eight = add(four[:-4], four[4:])
    return np.asarray(add(eight[:-4], four[8:]))


def run_rate(log_months: NDArray[np.float64], log_season: NDArray[np.float64] | float = 0.0) -> NDArray[np.float64]:
    """Log of each month, seasonally adjusted, times twelve: x_m - season_m + log 12.

    Parameters
    ----------
    log_months
        (months, ..., paths).
    log_season
        (months, 1, ...) seasonal factors in logs, 0 for none.
    """
    return np.asarray(log_months - log_season + np.log(12.0))


def sustained_minimum(log_levels: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """The lowest of the last ``k`` periods, per path; -inf before ``k`` periods have passed.

    Reaching a barrier for ``k`` periods in a row, by its last period, is this series reaching it once.

    Parameters
    ----------
    log_levels
        (periods, ..., paths).
    k
        Periods in a row, 1 or more; periods before the first simulated one do not count.
    """
    if k == 1:
        return log_levels
    low = np.full_like(log_levels, -np.inf)
    for i in range(k - 1, log_levels.shape[0]):
        low[i] = log_levels[i - k + 1 : i + 1].min(axis=0)
    return low


def reached_again(hit: NDArray[np.bool_], *, before: bool) -> NDArray[np.bool_]:
    """Whether the barrier is reached in a period after it was reached and fallen back from earlier.

    Parameters
    ----------
    hit
        (periods, ..., paths) whether a period is at or above the barrier.
    before
        Whether a period before the first one was.

    Returns
    -------
    numpy.ndarray
        (periods, ..., paths); the first period is never such a one, because what lay between is not seen.
    """
    again = np.zeros_like(hit)
    seen = np.full(hit.shape[1:], before)
    fallen = np.zeros(hit.shape[1:], dtype=bool)
    for k in range(hit.shape[0]):
        again[k] = hit[k] & fallen
        fallen |= seen & ~hit[k]
        seen |= hit[k]
    return again


def count_reached(
    log_levels: NDArray[np.float64],
    log_barriers: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
    sustained: int = 1,
    again_after: bool | None = None,
) -> NDArray[np.float64]:
    """How many paths have reached each barrier by the end of each period (weighted, where weights are given).

    Parameters
    ----------
    log_levels
        (periods, ..., paths); leading axes between are batches, counted apart.
    log_barriers
        (barriers,).
    weights
        (..., paths), or None for 1 each.
    sustained
        Periods in a row at or above the barrier; the event happens at the last of them.
    again_after
        None: the first time counts. Otherwise only reaching after having fallen back counts (``reached_again``), and
        this says whether the barrier was reached before the first period.

    Returns
    -------
    numpy.ndarray
        (..., barriers, periods), never falling along periods.
    """
    levels = sustained_minimum(log_levels, sustained)
    floors = log_floor(log_barriers)
    counts = np.empty((*levels.shape[1:-1], floors.size, levels.shape[0]))
    narrow = np.int16 if levels.shape[-1] < 2**15 else np.intp
    for m, floor in enumerate(floors):
        hit = levels >= floor
        if again_after is not None:
            hit[sustained - 1 :] = reached_again(hit[sustained - 1 :], before=again_after)
        for k in range(1, levels.shape[0]):
            np.logical_or(hit[k - 1], hit[k], out=hit[k])
        count = hit.sum(axis=-1, dtype=narrow) if weights is None else (hit * weights).sum(axis=-1)
        counts[..., m, :] = np.moveaxis(count, 0, -1)
    return counts


def first_hit(
    log_levels: NDArray[np.float64], log_barrier: float, sustained: int = 1, again_after: bool | None = None
) -> NDArray[np.int64]:
    """In which period each path first reaches a barrier, as ``count_reached`` counts it.

    Parameters
    ----------
    log_levels
        (periods, paths).
    log_barrier, sustained, again_after
        As in ``count_reached``.

    Returns
    -------
    numpy.ndarray
        (paths,) places from 0; the number of periods where the barrier is not reached.
    """
    levels = sustained_minimum(log_levels, sustained)
    hit = levels >= log_floor(log_barrier)
    if again_after is not None:
        hit[sustained - 1 :] = reached_again(hit[sustained - 1 :], before=again_after)
    return np.asarray(np.where(hit.any(axis=0), hit.argmax(axis=0), hit.shape[0]))


def batch_standard_error(counts: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error of the share sum(counts) / sum(totals) from independent batches.

    With p the share, se^2 = B / (B - 1) sum_b (c_b - p t_b)^2 / (sum_b t_b)^2, the ratio estimator (Cochran 1977,
    ISBN 9780471162407, ch. 6): right for antithetic and quasi-random draws inside a batch, and for weighted paths.
    Never below 1 / (sum of totals + 2), the size of what a share of 0 or 1 leaves open.

    Parameters
    ----------
    counts
        (batches, ...) paths that have reached, or the sum of their weights.
    totals
        (batches,) paths, or the sum of their weights.
    """
    return np.asarray(np.maximum(standard_error_of(moved_by_batch(counts, totals)), 1.0 / (totals.sum() + 2.0)))


def moved_by_batch(counts: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """(batches, ...) by how much each batch moves the share sum(counts) / sum(totals), to first order.

    (c_b - p t_b) / sum t: their squares, times B / (B - 1), add up to the squared standard error, and those of two
    shares from one stream of random numbers, subtracted, to that of the difference.
    """
    whole = totals.sum()
    return np.asarray(
        counts / whole - counts.sum(axis=0) / whole * (totals / whole)[(...,) + (None,) * (counts.ndim - 1)]
    )


def standard_error_of(moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error from what each batch moves, ``moved_by_batch`` or a difference of two."""
    n = moved.shape[0]
    return np.asarray(np.sqrt(n / (n - 1) * (moved**2).sum(axis=0)))


def paired_standard_error(
    counts: NDArray[np.float64],
    totals: NDArray[np.float64],
    other_counts: NDArray[np.float64],
    other_totals: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Standard error of the difference of two shares from one stream of random numbers: the noise of both cancels.

    Never below 1 / (sum of totals + 2), as in ``batch_standard_error``.

    Parameters
    ----------
    counts, other_counts
        (batches, ...) paths that have reached, or the sum of their weights.
    totals, other_totals
        (batches,) paths, or the sum of their weights.
    """
    moved = moved_by_batch(counts, totals) - moved_by_batch(other_counts, other_totals)
    return np.asarray(np.maximum(standard_error_of(moved), 1.0 / (totals.sum() + 2.0)))


def binomial_standard_error(share: NDArray[np.float64], n_paths: float) -> NDArray[np.float64]:
    """Standard error sqrt(p (1 - p) / n) of a share of plain independent paths, p smoothed to (n p + 1) / (n + 2)."""
    p = (np.asarray(share) * n_paths + 1.0) / (n_paths + 2.0)
    return np.asarray(np.sqrt(p * (1.0 - p) / n_paths))
