"""Training cases for a prior: histories cut from a panel, and what happened after them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.pooled.grid import Grid
from tradetarget.models.pooled.law import MEMORY, CommonPath, History, read_history
from tradetarget.models.pooled.outlook import Outlook
from tradetarget.models.pooled.prior import common_path
from tradetarget.passage.events import log_floor

Ints = NDArray[np.int64]
MULTIPLES = (1.25, 1.5, 2.0, 3.0)
"""Targets of a case, in multiples of its last value. Judgement. From growth that most pairs reach within ten years to
growth that few do."""
HORIZON = 10
"""Years of a case's future. Judgement, because promises of trade reach about ten years ahead."""
LENGTHS = (1, 3, 5, 10, 25)
"""Years of history that cases have, so that the law knows what a short history is worth. Judgement. They
are about evenly spaced in logs, in which the worth of a history grows."""
SHORTEST_FUTURE = 3
"""A case has at least this many years of future. Judgement, because one or two years say little of the targets."""
LARGEST_SAMPLE = 6_000
"""Cases beyond this many are left out at random. Scores change in the fourth digit, time in proportion."""


@dataclass(frozen=True)
class Cases:
    """Training cases, one a row: the pair, its history, its countries, and what happened.

    ``shared`` (cases, HORIZON) is the growth that all pairs shared since each case's origin, log points.
    """

    pair: Ints
    history: History
    common: CommonPath
    shared: Array
    outcome: Array
    weight: Array

    def take(self, rows: NDArray[np.bool_]) -> Cases:
        """The cases where ``rows`` is true."""
        h, c = self.history, self.common
        return Cases(
            self.pair[rows],
            History(h.past[rows], h.observed[rows], h.log_last[rows], h.below_peak[rows]),
            CommonPath(c.past[rows], c.growth[rows], c.known[rows], np.asarray(c.expected)[rows]),
            self.shared[rows],
            self.outcome[rows],
            self.weight[rows],
        )


def cut_cases(
    grid: Grid, world: Array, growth: Array, smallest: float, *, per_pair: int = 1, outlook: Outlook | None = None
) -> Cases:
    """Cut ``per_pair`` cases of each length from every pair, at origins drawn from a fixed stream.

    A case has its last n years and the first years of its future (all that the panel holds, up to the horizon) without
    a gap; at least ``SHORTEST_FUTURE`` of them.
    """
    rng = np.random.default_rng(0)
    logs, years = grid.logs, grid.logs.shape[1]
    seen = np.isfinite(logs)
    back, ahead = _unbroken(seen), _unbroken(seen[:, ::-1])[:, ::-1] - 1
    due = np.minimum(HORIZON, years - 1 - np.arange(years))
    open_to = (np.nan_to_num(logs, nan=-np.inf) >= np.log(smallest)) & (ahead >= due) & (due >= SHORTEST_FUTURE)
    pairs, columns, lengths = [], [], []
    for n in LENGTHS:
        possible = open_to & (back >= n)
        order = np.argsort(np.where(possible, rng.random(logs.shape), 2.0), axis=1)[:, :per_pair]
        unit, k = np.nonzero(np.take_along_axis(possible, order, axis=1))
        pairs.append(unit)
        columns.append(order[unit, k])
        lengths.append(np.full(unit.size, n))
    pair, origin, n_seen = np.concatenate(pairs), np.concatenate(columns), np.concatenate(lengths)
    if pair.size > LARGEST_SAMPLE:
        keep = np.sort(rng.permutation(pair.size)[:LARGEST_SAMPLE])
        pair, origin, n_seen = pair[keep], origin[keep], n_seen[keep]
    return _case_rows(grid, world, growth, pair, origin, n_seen, outlook)


def _case_rows(
    grid: Grid, world: Array, growth: Array, pair: Ints, origin: Ints, n_seen: Ints, outlook: Outlook | None
) -> Cases:
    age = np.arange(MEMORY - 1, -1, -1)
    past = np.where(age < n_seen[:, None], _lookup(grid.logs, pair, origin[:, None] - age), np.nan)
    future = _lookup(grid.logs, pair, origin[:, None] + np.arange(1, HORIZON + 1))
    best = np.maximum.accumulate(future - past[:, -1:], axis=1)[:, None, :]
    reached = np.where(np.isfinite(best), best >= log_floor(np.log(MULTIPLES))[:, None], np.nan)
    together = growth[grid.ends[0]] + growth[grid.ends[1]]
    relative = np.nan_to_num(_lookup(together, pair, origin[:, None] - 1 - np.arange(MEMORY - 1)))
    named = (np.minimum(*grid.ends) < len(grid.countries))[pair]
    expected = np.zeros(pair.size)
    if outlook is not None:
        names = np.array([*grid.countries, ""], dtype=object)
        expected = outlook.of_pairs(names[grid.ends[0][pair]], names[grid.ends[1][pair]], grid.first_year + origin)
    common = replace(common_path(relative, named), expected=expected)
    level = np.append(0.0, np.cumsum(world))
    shared = level[np.minimum(origin[:, None] + np.arange(1, HORIZON + 1), world.size)] - level[origin][:, None]
    return Cases(pair, read_history(np.exp(past)), common, shared, reached, np.ones(pair.size))


def _unbroken(seen: NDArray[np.bool_]) -> Ints:
    """How many observations in a row end at each column."""
    run = np.zeros(seen.shape, dtype=np.int64)
    for t in range(seen.shape[1]):
        run[:, t] = np.where(seen[:, t], (run[:, t - 1] if t else 0) + 1, 0)
    return run


def _lookup(matrix: Array, rows: Ints, columns: Ints) -> Array:
    """matrix[rows, columns], NaN beyond its edges."""
    inside = (columns >= 0) & (columns < matrix.shape[1])
    return np.where(inside, matrix[rows[:, None], np.where(inside, columns, 0)], np.nan)
