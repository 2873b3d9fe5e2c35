"""A panel by calendar year, and the growth in it that pairs share: with everyone, and with their countries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.pooled.law import MEMORY
from tradetarget.models.pooled.prior import CommonState
from tradetarget.observations.panel import Panel

Ints = NDArray[np.int64]
COUNTRY_RIDGE = 4.0
"""A country's growth in a year is drawn to nothing as if this much weight of its pairs had shown none (judgement. Four
pairs of 10 million USD)."""
LARGEST_GROWTH = 1.0
"""Log growth of a pair in a year counts up to this much. Judgement, because beyond are mostly breaks in the data."""


@dataclass(frozen=True)
class Grid:
    """A panel by calendar year: (U, Y) logs, NaN where not observed, and the countries of each unit (C: unknown)."""

    logs: Array
    first_year: int
    countries: tuple[str, ...]
    ends: tuple[Ints, Ints]

    @property
    def last_year(self) -> int:
        """The panel's last year."""
        return self.first_year + int(self.logs.shape[1]) - 1


def calendar_grid(panel: Panel) -> Grid:
    """The panel by calendar year, units sorted by name so that the order of the rows does not matter."""
    order = np.argsort(panel.units.astype(str), kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    first, last = int(panel.year.min()), int(panel.year.max())
    logs = np.full((order.size, last - first + 1), np.nan)
    logs[rank[panel.code], panel.year - first] = np.log(panel.value)
    sides = [side[order].astype(str) for side in (panel.reporter, panel.partner)]
    names = tuple(sorted(set(np.concatenate(sides).tolist()) - {""}))
    country_index = {name: i for i, name in enumerate(names)}
    ends = [np.array([country_index.get(name, len(names)) for name in side], dtype=np.int64) for side in sides]
    return Grid(logs, first, names, (ends[0], ends[1]))


def common_growth(grid: Grid) -> tuple[Array, Array]:
    """Growth common to all pairs (Y - 1,), and of each country's pairs relative to it (C + 1, Y - 1), log points.

    Each year by itself, weighted ridge regression of the pairs' log growth (cut off at +-1) on a constant and their
    two countries; the weight rises with the square root of size up to 25 times the smallest. What the effects of
    countries are on average over the pairs counts as common to all: so the first is the pairs' weighted mean growth.
    The last row is zero: it stands for a country that is not known.
    """
    logs, count = grid.logs, len(grid.countries)
    world, country = np.zeros(logs.shape[1] - 1), np.zeros((count + 1, logs.shape[1] - 1))
    for t in range(world.size):
        g = logs[:, t + 1] - logs[:, t]
        rows = np.flatnonzero(np.isfinite(g))
        if rows.size == 0:
            continue
        size = np.minimum(logs[rows, t], logs[rows, t + 1])
        w = np.minimum(np.exp(0.5 * (size - np.log(10.0))), 5.0)
        y = np.clip(g[rows], -LARGEST_GROWTH, LARGEST_GROWTH)
        design = np.zeros((rows.size, count + 1))
        for side in grid.ends:
            np.add.at(design, (np.arange(rows.size), side[rows]), 1.0)
        design[:, -1] = 1.0
        penalty = np.append(np.full(count, COUNTRY_RIDGE), 1e-9)
        beta = np.linalg.solve(design.T @ (w[:, None] * design) + np.diag(penalty), design.T @ (w * y))
        average = float(w @ (design[:, :-1] @ beta[:-1]) / w.sum())
        present = design[:, :-1].any(axis=0)
        world[t] = beta[-1] + average
        country[:count, t] = np.where(present, beta[:-1] - average / 2.0, 0.0)
    return world, country


def common_state(grid: Grid, world: Array, growth: Array) -> CommonState | None:
    """What was happening in each country at the panel's end, the last year first."""
    if not grid.countries:
        return None
    kept = min(MEMORY - 1, world.size)
    latest = np.zeros((len(grid.countries), MEMORY - 1))
    latest[:, :kept] = growth[:-1, ::-1][:, :kept]
    everyone = np.zeros(MEMORY - 1)
    everyone[:kept] = world[::-1][:kept]
    return CommonState(grid.last_year, grid.countries, latest.round(4), everyone.round(4))
