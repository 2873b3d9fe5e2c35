"""Counting simulated paths into hitting times, a block at a time, keeping only counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.months import MonthPaths
from tradetarget.arrays import Array
from tradetarget.errors import ModelError
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import batch_standard_error, binomial_standard_error, count_reached, first_hit
from tradetarget.passage.samples import effective_size_of_sums
from tradetarget.targets import (
    BatchCounts,
    HittingTime,
    MonthlyProbability,
    Target,
    first_reached,
    last_log_totals,
    past_levels,
    stands_reached,
)

MIN_BATCHES = 20
"""Batches from which their spread gives a standard error. Its own relative error is then 1 / sqrt(2 x 19), 16 %."""


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
        self.target, self._series = target, series
        self._barrier = np.log([target.value_in(series.unit)])
        self._counts: list[Array] = []
        self._totals: list[float] = []
        self._squares, self._years = 0.0, np.empty(0, dtype=np.int64)
        self._already: pd.Period | None = None
        self._months: pd.PeriodIndex | None = None

    def add(self, paths: Paths) -> None:
        """Count one block of calendar-year totals, in batches of 512 paths.

        A run of periods at or above the target may have begun in the data.
        """
        if not self._counts:
            self._already = first_reached(self._series, self.target)
            self._years = paths.years
        x = self._with_past(paths)
        self._count(x, paths.weights, drop=x.shape[0] - paths.years.size)

    def first_hit(self, paths: Paths) -> NDArray[np.uint8]:
        """(paths,) the place among the years of a block in which each path reaches the target; their number where none.

        A run that ends with the data counts as reached in the first year. Nothing is counted. One byte holds a place,
        because a horizon has at most 200 years.
        """
        x = self._with_past(paths)
        drop = x.shape[0] - paths.years.size
        again_after = None
        if self.target.occurrence == "again":
            again_after = first_reached(self._series, self.target) is not None
        place = first_hit(x, float(self._barrier[0]), self.target.sustained, again_after) - drop
        return np.asarray(np.maximum(place, 0), dtype=np.uint8)

    def _with_past(self, paths: Paths) -> Array:
        """(periods, paths) log levels, after those of the data in which a run of periods may have begun."""
        x: Array = paths.log_levels[0].T
        if not self.target.is_plain:
            past = last_log_totals(self._series, self.target.sustained)
            if self.target.occurrence == "again":
                # "Again" needs a fall below the target first. A missing total is -inf, which would count as a fall;
                # +inf does not, so that only falls in the data count.
                past = np.where(np.isneginf(past), np.inf, past)
            x = np.concatenate([np.repeat(past[:, None], x.shape[1], axis=1), x])
        return x

    def add_months(self, paths: MonthPaths) -> None:
        """Count one block of months for an event that is seen every month.

        A path whose level is at or above the target in the last month of the data (in the last ``sustained`` months)
        counts as reached. Annual events have the same rule: where the last total is at the target, it is reached.
        """
        if not self._counts:
            self._already = first_reached(self._series, self.target, np.median(paths.log_season, axis=1))
            self._years, self._months = paths.years[1:], paths.months[paths.n_known :]
        levels = monthly_levels(paths, self.target, self._series)
        self._count(levels, paths.weights, drop=self.target.sustained)

    def _count(self, x: Array, w: Array | None, drop: int) -> None:
        """Count (periods, paths), the first ``drop`` of which are not asked about."""
        n = x.shape[1]
        again_after = None if self.target.occurrence == "first" else self._already is not None
        # Whole batches, whose spread gives the standard error, and the paths left at the end as a smaller one.
        whole = n // BATCH * BATCH
        for start, stop, batch in ((0, whole, BATCH), (whole, n, n - whole)):
            if stop > start:
                grouped = None if w is None else w[start:stop].reshape(-1, batch)
                shaped = x[:, start:stop].reshape(x.shape[0], -1, batch)
                counts = count_reached(shaped, self._barrier, grouped, self.target.sustained, again_after)
                self._counts.append(counts[:, 0, drop:])
                unweighted = [float(batch)] * ((stop - start) // batch)
                self._totals += unweighted if grouped is None else grouped.sum(axis=1).tolist()
                for squares in unweighted if grouped is None else (grouped**2).sum(axis=1).tolist():
                    self._squares += squares  # a batch at a time, so that no rounding depends on the size of blocks

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
            error = binomial_standard_error(share, effective_size_of_sums(total.sum(), self._squares))
        if self._months is None:
            answer = _calendar_years(self._series, self.target, self._years, share, error, self._already)
            return answer if answer.method == "exact" else replace(answer, batches=BatchCounts(count, total))
        every = bool((np.abs(count[:, 0] - total) <= 1e-9 * total).all())
        share = np.ones(share.size) if every else np.maximum.accumulate(np.clip(share, 0.0, 1.0))
        by_month = MonthlyProbability(self._months, share, None if every else BatchCounts(count, total))
        ends, origin = by_month.at_year_ends(self._years), int(self._years[0]) - 1
        answer = HittingTime(self.target, origin, self._years, ends, self._already, by_month=by_month)
        if every:
            return replace(answer, probability=np.ones(self._years.size))
        errors, batches = by_month.at_year_ends(self._years, error), by_month.at_year_ends(self._years, count)
        counts = BatchCounts(batches, total)
        return replace(answer, standard_errors=errors, method="simulation", batches=counts)


def monthly_levels(paths: MonthPaths, target: Target, series: TradeSeries) -> Array:
    """(k + M, paths) log levels of a monthly event: in the last k = ``sustained`` months of the data, and after them.

    Paths begin with the last complete year. Levels of earlier months are taken from the series, where it has them.
    """
    k = target.sustained
    levels = paths.levels_of(target.event, k)
    if np.isneginf(levels[0, 0]):
        stated = past_levels(series, target, np.median(paths.log_season, axis=1))
        for i in range(k):
            month = paths.months[0] + paths.n_known - k + i
            if np.isneginf(levels[i, 0]) and month in stated:
                levels[i] = np.log(stated[month])
    return levels


def hitting_time_of(blocks: Iterable[Paths], target: Target, series: TradeSeries) -> HittingTime:
    """Count a stream of path blocks, in the unit of ``series``, into a hitting time; see ``HittingCounter``.

    Raises
    ------
    ModelError
        When there are no paths.
    """
    counter = HittingCounter(target, series)
    for paths in blocks:
        counter.add(paths)
    return counter.hitting_time()


def exact_hitting_time(
    series: TradeSeries, target: Target, years: NDArray[np.int64], probability: Array
) -> HittingTime:
    """The hitting time by an exact law (years,), with every probability 1 where the last value is at the target."""
    return _calendar_years(series, target, years, probability, None, first_reached(series, target))


def _calendar_years(
    series: TradeSeries,
    target: Target,
    years: NDArray[np.int64],
    probability: Array,
    error: Array | None,
    already: pd.Period | None,
) -> HittingTime:
    """The hitting time of calendar years; ``already`` is the first past year at or above the target."""
    if target.occurrence == "first" and stands_reached(series, target):
        probability, error = np.ones(years.size), None
    method: Literal["exact", "simulation"] = "exact" if error is None else "simulation"
    return HittingTime(target, int(series.annual().index[-1]), years, probability, already, error, method)
