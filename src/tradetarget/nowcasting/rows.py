"""Readings as rows: what each is worth on average, and how it moves with the shares of each year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.nowcasting import revision
from tradetarget.nowcasting.readings import Reading
from tradetarget.nowcasting.shares import CUTS, ShareLaw
from tradetarget.observations.exchange import factor_between
from tradetarget.units import Unit

FINEST = 1e-6
"""Least variance of a row. Figures agree to 0.1 % at best, and exact rows that overlap stay solvable."""
LEAST_PROBABILITY = 1e-300
"""In place of 0 where a log is taken. Near the smallest double, so that no path is ruled out by rounding."""


class Rows(NamedTuple):
    """Readings as rows over Y years; see the module for the symbols."""

    readings: tuple[Reading, ...]
    year_index: NDArray[np.int64]
    """(n,) index of the reading's year among the years."""
    offset: Array
    """(n,) mean of the row at the mean growth."""
    slope: Array
    """(n, Y, 11) derivative of the row by u + e of each year."""
    effect: Array
    """(n, Y) change of the mean with each year's growth."""
    next_effect: Array
    """(n, Y) change of the mean of each year's part with the growth of the year after."""
    revision: Array
    """(n, Y) change of the row with what the revisions of each year's figures share; 0 for final figures."""
    noise: Array
    """(n,) variance of rounding, and of what is a figure's own in its revision."""
    n_known: int
    """How many rows, the first ones, touch known years only."""


def relative_sizes(
    years: NDArray[np.int64], totals: dict[int, float], used: list[Reading], unit: Unit | None, law: ShareLaw
) -> Array:
    """(Y,) log size of each year over the law's centre: the known total nearest to the year before.

    Without a known total, the levels of parts of years over their mean shares stand in. The size of a series in another
    currency is taken at the rate of its last year, and the central one where there is no rate.
    """
    crude = {
        r.year: r.log_moments[0] - np.log(law.window(r.window).share)
        for r in sorted(used, key=lambda r: r.window.end - r.window.start)
        if r.kind == "level" and not r.interval.is_bound
    }
    logs = {y: np.log(v) for y, v in totals.items()} or crude
    if not logs:
        return np.zeros(years.size)
    nearest = [logs[min(logs, key=lambda k: (abs(k - (y - 1)), k))] for y in years.tolist()]
    return relative_size_of(np.exp(nearest), unit, max(logs), law)


def relative_size_of(levels: Array, unit: Unit | None, year: int, law: ShareLaw) -> Array:
    """Log size over the law's centre of totals in ``unit`` at the exchange rate of ``year``.

    0, the central size, without a unit or a rate.
    """
    conversion = None if unit is None else factor_between(unit, Unit("USD", 6), year)
    if conversion is None:
        return np.zeros(np.shape(levels))
    return law.relative_size(np.asarray(levels) * conversion[0])


def rows_of(used: list[Reading], years: NDArray[np.int64], log_known: Array, size: Array, law: ShareLaw) -> Rows:
    """Rows in the order that the likelihood needs: measured ones of years with a total, other measured ones, bounds."""
    with_total, years_touched = set(years[~np.isnan(log_known)].tolist()), set(years.tolist())

    def rank(r: Reading) -> tuple[int, int, float]:
        # A part of a year moves with the growth of the year after, where that is one of the years.
        involved = r.years | ({r.year + 1} & years_touched)
        return (2 if r.interval.is_bound else 0 if involved <= with_total else 1), r.year, r.window.end

    ordered = [r for r in sorted(used, key=rank) if not (r.interval.is_bound and r.year in with_total)]
    year_index = np.searchsorted(years, [r.year for r in ordered])
    n = len(ordered)
    offset, slope, noise = np.zeros(n), np.zeros((n, years.size, CUTS)), np.zeros(n)
    revised = np.zeros((n, years.size))
    for j, r in enumerate(ordered):
        this_year = law.window(r.window, float(size[year_index[j]]))
        noise[j] = max(r.log_moments[1], FINEST)
        if r.window.is_whole:
            noise[j] += revision.whole_variance(r.kind) if r.is_preliminary else 0.0
            continue
        if r.is_preliminary:
            noise[j] += revision.own_variance(r.kind)
            revised[j, year_index[j]] = revision.common_scale()
            revised[j, year_index[j] - 1] -= revision.common_scale() if r.kind == "growth" else 0.0
        if r.is_preliminary and r.kind == "level":
            offset[j] = np.log(this_year.share)
            slope[j, year_index[j]] = (1.0 - this_year.share) * this_year.slope
        elif r.kind == "level":
            offset[j] = np.log(this_year.share / (1.0 - this_year.share))
            slope[j, year_index[j]] = this_year.slope
            noise[j] /= (1.0 - this_year.share) ** 2
        else:
            year_before = law.window(r.window, float(size[year_index[j] - 1]))
            offset[j] = np.log(this_year.share / year_before.share)
            slope[j, year_index[j]] = (1.0 - this_year.share) * this_year.slope
            slope[j, year_index[j] - 1] = -(1.0 - year_before.share) * year_before.slope
    n_known = sum(rank(r)[0] == 0 for r in ordered)
    effects = slope @ law.growth_slope, slope @ law.next_growth_slope
    return Rows(tuple(ordered), year_index, offset, slope * law.scale(size)[:, None], *effects, revised, noise, n_known)


def whole_years_log_likelihood(rows: Rows, y: Array) -> Array:
    """(paths,) log-likelihood of log totals (paths, Y), by rows about whole years.

    The normal density of each level and growth rate, and the normal probability of each bound's side.
    """
    total = np.zeros(len(y))
    for j, r in enumerate(rows.readings):
        log_before = y[:, rows.year_index[j] - 1] if r.kind == "growth" else 0.0
        standardised = (r.log_moments[0] - y[:, rows.year_index[j]] + log_before) / np.sqrt(rows.noise[j])
        total += (
            scipy.special.log_ndtr(-r.interval.side * standardised) if r.interval.is_bound else -0.5 * standardised**2
        )
    return total
