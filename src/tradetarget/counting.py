"""Counting simulated paths into hitting times, a block at a time, keeping only counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tradetarget.errors import ModelError
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH, Array
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import batch_standard_error, binomial_standard_error, count_reached, reached
from tradetarget.targets import HittingTime, Target, first_reached

MIN_BATCHES = 20


class HittingCounter:
    """Counts a stream of path blocks into a hitting time, keeping only counts.

    Parameters
    ----------
    target
        What is to be reached.
    series
        The series that the paths continue; the blocks are in its unit.
    """

    def __init__(self, target: Target, series: TradeSeries) -> None:
        self._target, self._series = target, series
        self._barrier = np.log([target.value_in(series.unit)])
        self._counts: list[Array] = []
        self._totals: list[float] = []
        self._squares, self._years = 0.0, np.empty(0, dtype=np.int64)

    def add(self, paths: Paths) -> None:
        """Count one block, in batches of 512 paths."""
        self._years, x, w = paths.years, paths.log_levels[0].T, paths.weights
        n = x.shape[1]
        self._squares += float(n) if w is None else float((w**2).sum())
        whole = n // BATCH * BATCH
        for start, stop, batch in ((0, whole, BATCH), (whole, n, n - whole)):
            if stop > start:
                grouped = None if w is None else w[start:stop].reshape(-1, batch)
                shaped = x[:, start:stop].reshape(x.shape[0], -1, batch)
                self._counts.append(count_reached(shaped, self._barrier, grouped, self._target.sustained)[:, 0])
                alone = [float(batch)] * ((stop - start) // batch)
                self._totals += alone if grouped is None else grouped.sum(axis=1).tolist()

    @property
    def counts(self) -> Array:
        """(batches, periods) paths that have reached, or the sum of their weights."""
        return np.concatenate(self._counts)

    @property
    def totals(self) -> Array:
        """(batches,) paths, or the sum of their weights."""
        return np.array(self._totals)

    def hitting_time(self) -> HittingTime:
        """The hitting time, with standard errors from the batches.

        They come from batches of 512 paths where there are at least 20, so they are right for draws that are antithetic
        inside a batch; from the binomial law of the effective number of paths otherwise.

        Raises
        ------
        ModelError
            When there were no paths.
        """
        if not self._counts:
            raise ModelError("the model gave no paths: its blocks() must yield at least one")
        count, total = self.counts, self.totals
        share = count.sum(axis=0) / total.sum()
        if total.size >= MIN_BATCHES:
            error = batch_standard_error(count, total)
        else:
            error = binomial_standard_error(share, total.sum() ** 2 / self._squares)
        return hitting_time_given(self._series, self._target, self._years, share, error)


def hitting_time_of(blocks: Iterable[Paths], target: Target, series: TradeSeries) -> HittingTime:
    """Count a stream of path blocks into a hitting time; see ``HittingCounter``.

    Raises
    ------
    ModelError
        When there are no paths.
    """
    counter = HittingCounter(target, series)
    for paths in blocks:
        counter.add(paths)
    return counter.hitting_time()


def hitting_time_given(
    series: TradeSeries, target: Target, years: NDArray[np.int64], probability: Array, error: Array | None
) -> HittingTime:
    """The hitting time, with every probability 1 where the last value is already at or above the target."""
    last_year, last = int(series.annual().index[-1]), float(series.annual().iloc[-1])
    if target.sustained == 1 and bool(reached(last, target.value_in(series.unit))):
        probability, error = np.ones(years.size), None
    method: Literal["exact", "simulation"] = "exact" if error is None else "simulation"
    return HittingTime(target, last_year, years, probability, first_reached(series, target), error, method)
