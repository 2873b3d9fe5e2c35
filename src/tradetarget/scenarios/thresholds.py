"""From which size of a lever each path reaches the target in time, and the quantiles of these sizes.

The equations stand in :mod:`tradetarget.scenarios.inverse`, which asks for them.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tradetarget.answering.counting import MIN_BATCHES, monthly_levels
from tradetarget.answering.months import MonthSource
from tradetarget.arrays import Array
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import batch_standard_error, binomial_standard_error, log_floor, sustained_minimum
from tradetarget.passage.samples import effective_sample_size, places_of_quantiles
from tradetarget.scenarios.controlled import Control, moved_error
from tradetarget.scenarios.scenario import Plan
from tradetarget.targets import Target, last_log_totals

LARGEST_LOG_SIZE = 5.0
"""Largest size looked for, in logs, which is 148 times. Judgement, because no plan raises trade by more."""
HALVINGS = 24
"""Bisections of that range. They leave an error of 6e-7 in the log size."""
Z95 = 1.959963984540054
"""Normal quantile of 0.975."""


def thresholds(paths: Paths, series: TradeSeries, target: Target, profile: Array) -> Array:
    """(paths,) the log size from which each path reaches the target by the last year; infinite where it never does."""
    k = target.sustained
    past = np.repeat(last_log_totals(series, k)[1:, None], paths.n_paths, axis=1)
    short = log_floor(math.log(target.value)) - np.concatenate([past, paths.log_levels[0].T])
    profile = np.concatenate([np.zeros(k - 1), profile])
    # In years that the lever does not move, no size helps: the threshold is -inf where the path is there, else inf.
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(profile[:, None] > 0, short / profile[:, None], np.where(short <= 0, -np.inf, np.inf))
    return np.asarray(-sustained_minimum(-each, k).max(axis=0))


def monthly_thresholds(
    block: Paths,
    adjusted: Paths,
    plan: Plan,
    target: Target,
    profile: Array,
    months: tuple[MonthSource, np.random.Generator],
) -> Array:
    """(paths,) as ``thresholds``, for an event that is seen every month: bisection on every path at once."""
    source, rng = months
    split = source.split(block, source.noise(block.n_paths, rng))
    barrier, k = log_floor(math.log(target.value)), target.sustained
    restated = plan.series is not plan.setting.series

    def reaches(size: Array) -> NDArray[np.bool_]:
        levered = replace(adjusted, log_levels=adjusted.log_levels + (size[:, None] * profile)[None])
        levels = monthly_levels(split.adjusted(block, levered, restated=restated), target, plan.series)
        return np.asarray((sustained_minimum(levels, k)[k - 1 :] >= barrier).any(axis=0))

    low, high = np.full(block.n_paths, -LARGEST_LOG_SIZE), np.full(block.n_paths, LARGEST_LOG_SIZE)
    always, never = reaches(low), ~reaches(high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        enough = reaches(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(always, -np.inf, np.where(never, np.inf, high))


def quantile_and_interval(
    r: Array, w: Array, order: NDArray[np.int64], p: float, control: Control | None
) -> tuple[float, tuple[float, float]]:
    """The p-quantile of the thresholds, and its Woodruff interval from batches in the order of simulation."""
    value = float(r[places_of_quantiles(order, w, [p])][0])
    whole = r.size // BATCH * BATCH
    if control is not None:
        years = control.law.size
        reached_in_time = np.where(r <= value, 0, years).astype(np.uint8)
        error = float(moved_error(control.strata.moved(reached_in_time, control.batch), control)[-1])
    elif whole // BATCH >= MIN_BATCHES:
        hit = (r[:whole] <= value) * w[:whole]
        counts, totals = hit.reshape(-1, BATCH).sum(axis=1), w[:whole].reshape(-1, BATCH).sum(axis=1)
        error = float(batch_standard_error(counts[:, None], totals)[0])
    else:
        error = float(binomial_standard_error(np.array([p]), effective_sample_size(w))[0])
    ends = [max(p - Z95 * error, 0.0), min(p + Z95 * error, 1.0)]
    low, high = r[places_of_quantiles(order, w, ends)].tolist()
    return value, (low, high)
