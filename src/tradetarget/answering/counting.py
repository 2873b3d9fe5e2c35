"""Counting simulated paths into hitting times, a block at a time, keeping only counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.months import MonthPaths, MonthSource, month_batches
from tradetarget.errors import ModelError
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH, Array
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import batch_standard_error, binomial_standard_error, count_reached, reached
from tradetarget.targets import (
    BatchCounts,
    HittingTime,
    MonthlyProbability,
    Target,
    first_reached,
    last_log_totals,
    past_levels,
)

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
        self._already: pd.Period | None = None
        self._months: pd.PeriodIndex | None = None

    def add(self, paths: Paths) -> None:
        """Count one block of calendar-year totals, in batches of 512 paths.

        A run of periods at or above the target may have begun in the data.
        """
        if not self._counts:
            self._already = first_reached(self._series, self._target)
            self._years = paths.years
        x = paths.log_levels[0].T
        if not self._target.is_plain:
            past = last_log_totals(self._series, self._target.sustained)
            if self._target.occurrence == "again":
                past = np.where(np.isneginf(past), np.inf, past)  # a fall counts where it was seen
            x = np.concatenate([np.repeat(past[:, None], x.shape[1], axis=1), x])
        self._count(x, paths.weights, drop=x.shape[0] - paths.years.size)

    def add_months(self, paths: MonthPaths) -> None:
        """Count one block of months for an event that is seen every month.

        A path whose level in the last month of the data (in the last ``sustained`` ones) is at or above the target
        counts as reached, as a series does whose last total is.
        """
        if not self._counts:
            self._already = first_reached(self._series, self._target, np.median(paths.log_season, axis=1))
            self._years, self._months = paths.years[1:], paths.months[paths.n_known :]
        k, first = self._target.sustained, paths.n_known - self._target.sustained
        levels = paths.levels_of(self._target.event, k)
        if np.isneginf(levels[0, 0]):
            season = np.median(paths.log_season, axis=1)
            known = past_levels(self._series, self._target, season)
            for i, month in enumerate(paths.months[0] + n for n in range(first, first + k)):
                if np.isneginf(levels[i, 0]) and month in known:
                    levels[i] = np.log(known[month])
        self._count(levels, paths.weights, drop=k)

    def _count(self, x: Array, w: Array | None, drop: int) -> None:
        """Count (periods, paths), the first ``drop`` of which are not asked about."""
        n = x.shape[1]
        self._squares += float(n) if w is None else float((w**2).sum())
        again_after = None if self._target.occurrence == "first" else self._already is not None
        whole = n // BATCH * BATCH
        for start, stop, batch in ((0, whole, BATCH), (whole, n, n - whole)):
            if stop > start:
                grouped = None if w is None else w[start:stop].reshape(-1, batch)
                shaped = x[:, start:stop].reshape(x.shape[0], -1, batch)
                found = count_reached(shaped, self._barrier, grouped, self._target.sustained, again_after)
                self._counts.append(found[:, 0, drop:])
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
        every = bool((np.abs(count[:, 0] - total) <= 1e-9 * total).all())
        if self._months is None:
            p, e = (np.ones(share.size), None) if every and self._already is not None else (share, error)
            found = hitting_time_given(self._series, self._target, self._years, p, e, self._already)
            return found if found.method == "exact" else replace(found, batches=BatchCounts(count, total))
        share = np.ones(share.size) if every else np.maximum.accumulate(np.clip(share, 0.0, 1.0))
        by_month = MonthlyProbability(self._months, share)
        ends, origin = by_month.at_year_ends(self._years), int(self._years[0]) - 1
        found = HittingTime(self._target, origin, self._years, ends, self._already, by_month=by_month)
        if every:
            return replace(found, probability=np.ones(self._years.size))
        errors, batches = by_month.at_year_ends(self._years, error), by_month.at_year_ends(self._years, count)
        counts = BatchCounts(batches, total)
        return replace(found, standard_errors=errors, method="simulation", batches=counts)


def hitting_time_of(
    blocks: Iterable[Paths],
    target: Target,
    series: TradeSeries,
    months: MonthSource | None = None,
    rng: np.random.Generator | None = None,
) -> HittingTime:
    """Count a stream of path blocks into a hitting time; see ``HittingCounter``.

    Parameters
    ----------
    blocks
        In the unit of ``series``.
    months, rng
        For an event that is seen every month: where the months come from, and their random numbers.

    Raises
    ------
    ModelError
        When there are no paths.
    """
    counter = HittingCounter(target, series)
    if months is None or rng is None:
        for paths in blocks:
            counter.add(paths)
    else:
        for batch in month_batches(blocks, months, rng):
            counter.add_months(batch)
    return counter.hitting_time()


def hitting_time_given(
    series: TradeSeries,
    target: Target,
    years: NDArray[np.int64],
    probability: Array,
    error: Array | None,
    already: pd.Period | None = None,
) -> HittingTime:
    """The hitting time, with every probability 1 where the last value is already at or above the target.

    ``already`` is the first past year at or above it, where it has been looked for.
    """
    last_year, last = int(series.annual().index[-1]), float(series.annual().iloc[-1])
    if target.is_plain and bool(reached(last, target.value_in(series.unit))):
        probability, error = np.ones(years.size), None
    method: Literal["exact", "simulation"] = "exact" if error is None else "simulation"
    past = first_reached(series, target) if already is None else already
    return HittingTime(target, last_year, years, probability, past, error, method)
