r"""Figures of the years after the origin, known for some members or for the region: what they say of the others.

A year's shocks z have correlation R between members. With a member's figure known, its shock follows from the path so
far and its scale, and the shocks of the others are drawn from their normal law given it. With the region's total S
known as well, all unknown members but the largest are drawn, and the largest is what is left, S less all the others, so
that every path adds up to S. Each path has the weight of what was not drawn,

    w = prod over known figures of f(x_i) / X_i  x  f(x_r | the others) / X_r,

f normal in logs given the path's scales, X the levels, and X_r the one that was left (0 or less: weight 0). With one
unknown member the total tells it exactly. A figure that is rounded is drawn evenly from its interval, path by path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import DataError
from tradetarget.systems.system import TradeSystem


@dataclass(frozen=True)
class Draws:
    """The arrays that a batch of paths is drawn from, m members over H years.

    Parameters
    ----------
    centre
        (m, H) log median paths.
    root
        (m, H, H) lower roots of the scale matrices.
    df
        (m,) degrees of freedom of the scales.
    shared
        (H,) what a unit of the shared drift moves every member by.
    correlation
        (m, m) of a year's shocks.
    """

    centre: Array
    root: Array
    df: Array
    shared: Array
    correlation: Array


@dataclass(frozen=True)
class Conditions:
    """The figures of the K years after the origin, in the system's unit.

    Parameters
    ----------
    levels, rounding
        (K, m) the members' totals, NaN where there is none, and the widths of their rounding.
    totals, total_rounding
        (K,) the region's, likewise.
    largest_last
        (m,) the members by size at the origin, the largest last.
    """

    levels: Array
    rounding: Array
    totals: Array
    total_rounding: Array
    largest_last: NDArray[np.int64]

    @property
    def n_years(self) -> int:
        """Years after the origin up to the last one with a figure."""
        return int(self.totals.size)


def conditions_of(system: TradeSystem) -> Conditions | None:
    """The figures after the system's origin; None where there are none.

    Raises
    ------
    DataError
        When the known members of a year add up to the region's total or more, which leaves nothing for the others.
    """
    totals = {} if system.total is None else dict(system.total.annual())
    later = [int(y) for y in {*system.table.index, *totals} if y > system.origin]
    if not later:
        return None
    years = range(system.origin + 1, max(later) + 1)
    table = system.table.reindex(years)
    rounding = [[system.rounding(s, y) for s in system.members] for y in years]
    conditions = Conditions(
        table.to_numpy(),
        np.array(rounding),
        np.array([totals.get(y, np.nan) for y in years]),
        np.array([0.0 if system.total is None else system.rounding(system.total, y) for y in years]),
        np.argsort(system.table.loc[system.origin].to_numpy()),
    )
    for k, year in enumerate(years):
        stated = float(np.nansum(conditions.levels[k]))
        room = 0.5 * float(conditions.total_rounding[k] + sum(rounding[k]))
        if np.isnan(conditions.levels[k]).any() and stated >= conditions.totals[k] + room:
            raise DataError(
                f"{system.label} is {conditions.totals[k]:g} in {year} and its known parts add up to {stated:g}: a gap "
                f"of {conditions.totals[k] - stated:+.4g}, which leaves nothing for the others; correct a figure"
            )
    return conditions


def sample_weights(
    laws: Draws, conditions: Conditions, scale: Array, nu: Array, z: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Log levels (m, H, n) that agree with the conditions, and their log weights (n,).

    Parameters
    ----------
    scale
        (m, n) the scales.
    nu
        (n,) the shared drift.
    z
        (H, m, n) independent standard normals; those of the years with conditions are replaced where they have to be.
    """
    n = nu.size
    shocks = np.linalg.cholesky(laws.correlation) @ z
    log_weight = np.zeros(n)
    for k in range(min(conditions.n_years, laws.centre.shape[1])):
        before = np.einsum("mk,kmn->mn", laws.root[:, k, :k], shocks[:k])
        base = laws.centre[:, k, None] + scale * (before + laws.shared[k] * nu)
        step = scale * laws.root[:, k, k, None]
        levels = conditions.levels[k] + conditions.rounding[k] * (rng.random((n, len(base))) - 0.5)
        total = conditions.totals[k] + conditions.total_rounding[k] * (rng.random(n) - 0.5)
        shocks[k], gained = _year(laws.correlation, base, step, levels.T, total, z[k], conditions.largest_last)
        log_weight += gained
    deviation = laws.root @ shocks.swapaxes(0, 1) + laws.shared[None, :, None] * nu
    return laws.centre[:, :, None] + scale[:, None, :] * deviation, log_weight


def _year(
    correlation: Array, base: Array, step: Array, levels: Array, total: Array, z: Array, order: NDArray[np.int64]
) -> tuple[Array, Array]:
    """One year's shocks (m, n) given its figures, and the log weights (n,) that they add.

    The shocks are factorised by the Cholesky root of their correlation, members with a figure first: each shock is its
    conditional mean given the earlier ones plus a scaled standard normal innovation. A member with a figure has its
    shock fixed, and the path is weighted by the density of the innovation. Where the region's total is known, the
    largest member without a figure is put last and takes what remains of the total, because a large remainder is
    rarely impossible.
    """
    missing = np.isnan(levels[:, 0])
    ordered = np.array([*(i for i in order if not missing[i]), *(i for i in order if missing[i])])
    root = np.linalg.cholesky(correlation[np.ix_(ordered, ordered)])
    innovation, shocks, gained = np.empty_like(z), np.empty_like(z), np.zeros(z.shape[1])
    left = total.copy()  # what the members not yet drawn add up to
    for place, i in enumerate(ordered):
        conditional, width = root[place, :place] @ innovation[:place], root[place, place]
        closes = missing[i] and place == len(ordered) - 1 and not np.isnan(total[0])
        if missing[i] and not closes:
            innovation[place] = z[i]
            shocks[i] = conditional + width * z[i]
            left -= np.exp(base[i] + step[i] * shocks[i])
            continue
        level = left if closes else levels[i]
        possible = level > 0.0
        log_level = np.log(np.where(possible, level, 1.0))
        shocks[i] = np.where(possible, (log_level - base[i]) / step[i], 0.0)
        innovation[place] = (shocks[i] - conditional) / width
        # The density of the level: standard normal in the innovation, times d(innovation) / d(level).
        gained += np.where(possible, -0.5 * innovation[place] ** 2 - np.log(step[i]) - log_level, -np.inf)
        left -= levels[i] if not missing[i] else 0.0
    return shocks, gained
