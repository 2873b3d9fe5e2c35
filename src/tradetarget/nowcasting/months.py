"""Months of calendar years, given the totals: drawn from the law of part-year shares.

With z_t the logits of the shares of January-to-m (``ShareLaw``), the log share of each month is taken to first order,

    log p_t = log pbar_t + D_t (z_t - zbar_t),
    z_t - zbar_t = beta (g_t - gbar) + beta' (g_(t+1) - gbar) + s_t (u + e_t) + c_t,

and the twelve are scaled to add up to the year's total: months are positive whatever z is. u, e_t and c_t are drawn
from their posterior given the published parts of years (``Evidence.season``), and months are then scaled so that every
January-to-m figure, and every other whole-month figure that overlaps with no shorter one, is met within its rounding.
Months that were published one by one come back as they were published; where the total of a complete year was revised
since, they are scaled with it. An announced part of a complete year is left out where its total makes it implausible.

A month's seasonal factor is its share times twelve by the pair's own season u in a year without growth, so that a
seasonally adjusted month is log(month) - log(factor).

Shares are kept in logs throughout. The law has Student tails with few degrees of freedom, so that among many paths
there are months exp(200) times smaller than their neighbours, whose level is no number but whose log is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.nowcasting.evidence import Evidence
from tradetarget.nowcasting.readings import Interval, Reading, interval_of
from tradetarget.nowcasting.revision import reach as revision_reach
from tradetarget.nowcasting.seasons import SeasonGain
from tradetarget.nowcasting.shares import CUTS
from tradetarget.passage.fixed_order import aligned_product, ordered_sum, symmetric_root

LEAST_UNPUBLISHED = 1e-4
"""Share of a stretch of months that stays with its unpublished months where the published ones would leave nothing.

Judgement: small enough that no published figure moves by more than its usual rounding, and large enough that 1 - share
keeps twelve digits.
"""
LEAST_LOG_STRETCH = 1e-8
"""Least log distance between two cumulated figures of one year, where published ones contradict each other.

Judgement: half the digits of a double, so that the stretch between them has a positive amount with eight digits.
"""


class Figure(NamedTuple):
    """The sum of months ``start`` to ``end`` of a year (0 and 9: January to September), in the unit of the series."""

    start: int
    end: int
    low: float
    high: float

    def log_share(self, log_share: Array, log_total: Array) -> Array:
        """(paths,) ``log_share`` of the year's total, moved to the nearest end of the figure where it lies outside."""
        return np.clip(log_share, _log(self.low) - log_total, _log(self.high) - log_total)


class MonthNoise(NamedTuple):
    """Random numbers of some paths: the same ones split different totals of one path, as scenarios need them."""

    normal: Array
    """(rows, paths)."""
    chi_square: Array
    """(paths,) as many degrees of freedom as the law has."""


@dataclass(frozen=True)
class MonthLaw:
    """The law of the months of consecutive years, given their totals and what was published of parts of years.

    Parameters
    ----------
    evidence
        What was published; its unknown years, if any, are those whose totals a path supposes.
    years
        (W,) consecutive years to be split.
    relative_size
        (W,) log size of each over the law's central size.
    """

    evidence: Evidence
    years: NDArray[np.int64]
    relative_size: Array

    @cached_property
    def _has_evidence(self) -> NDArray[np.bool_]:
        """(W,) whether a year is one of the evidence's, so that published parts inform its season."""
        return np.isin(self.years, self.evidence.years)

    @cached_property
    def _freedom(self) -> float:
        """Degrees of freedom of the posterior, which the chi-squares have to be drawn with, the same for all paths."""
        unknown = self.evidence.unknown.size
        central = self.evidence.central[None] if unknown else np.empty((1, 0))
        return self.evidence.season(central, self._gain).freedom

    @cached_property
    def _gain(self) -> SeasonGain:
        return self.evidence.season_gain(self.years[self._has_evidence])

    @cached_property
    def _roots(self) -> tuple[Array, tuple[Array, ...]]:
        """Roots of the posterior covariance of u and the f of years with evidence, and of the prior one of every f."""
        law, scale = self.evidence.law, self.evidence.law.scale(self.relative_size)
        prior = tuple(symmetric_root(law.yearly + law.common / s**2) for s in scale)
        return symmetric_root(self._gain.covariance), prior

    @cached_property
    def published(self) -> tuple[tuple[Figure, ...], ...]:
        """The figures that the months of each year have to meet, by year."""
        left_out = {id(r) for r in self.evidence.implausible}
        rows = [
            r
            for r in self.evidence.parts.readings
            if r.kind == "level" and not r.interval.is_bound and id(r) not in left_out
        ]
        return tuple(_figures([r for r in rows if r.year == y], self.evidence.law.df) for y in self.years.tolist())

    def noise(self, n: int, rng: np.random.Generator) -> MonthNoise:
        """Random numbers for ``n`` paths, the normals of the second half the negatives of those of the first.

        Totals of paths mirror one another in the same way within a batch, so that a pair of paths mirrors whole.
        """
        rows = CUTS * (1 + self.years.size) + 2
        half = -(-n // 2)
        normal = np.empty((rows, 2 * half))
        normal[:, :half] = rng.standard_normal((rows, half))
        np.negative(normal[:, :half], out=normal[:, half:])
        return MonthNoise(normal[:, :n], rng.chisquare(self._freedom, n))

    def split(self, log_totals: Array, noise: MonthNoise, log_unknown: Array | None = None) -> tuple[Array, Array]:
        """Log months of every year, and log seasonal factors.

        Parameters
        ----------
        log_totals
            (n, W) log totals, in the unit of the series.
        noise
            From ``noise(n, rng)``.
        log_unknown
            (n, U) log totals of the evidence's unknown years; None when it has none.

        Returns
        -------
        tuple
            (12 W, n) log months, in the unit of the series and a month, and (12, n) log factors, their mean factor 1.
        """
        n = log_totals.shape[0]
        unknown = np.empty((n, 0)) if log_unknown is None else log_unknown
        posterior = self.evidence.season(unknown, self._gain)
        root_lambda = np.sqrt(posterior.squares / noise.chi_square)
        normal = noise.normal * root_lambda
        persistent, deviations = self._deviations(posterior.mean, normal)
        growth = self._growth(log_totals, normal[-2:])
        months = np.empty((12 * self.years.size, n))
        for w, log_total in enumerate(log_totals.T):
            factors = np.concatenate([persistent, deviations[w], growth[w : w + 2]])
            log_shares = self._patterns[w][0][:, None] + aligned_product(self._loadings[w], factors)
            months[12 * w : 12 * w + 12] = log_total + _settled_log_shares(log_shares, log_total, self.published[w])
        return months, self._log_season(persistent)

    def _deviations(self, mean: Array, normal: Array) -> tuple[Array, list[Array]]:
        """(CUTS, n) u, and of each year f_t = e_t + c_t / s_t where parts were published, and else its normals."""
        size = self._roots[0].shape[0]
        drawn = mean + aligned_product(self._roots[0], normal[:size])
        with_evidence = iter(drawn[CUTS:].reshape(-1, CUTS, drawn.shape[1]))
        without_evidence = iter(normal[size:-2].reshape(-1, CUTS, normal.shape[1]))
        return drawn[:CUTS], [next(with_evidence if e else without_evidence) for e in self._has_evidence]

    @cached_property
    def _loadings(self) -> list[Array]:
        """(12, 2 CUTS + 2) a year, by how much log shares move with u, with f or its normals, and with growth."""
        law, loadings = self.evidence.law, []
        growth = np.stack([law.growth_slope, law.next_growth_slope], axis=1)
        scale = law.scale(self.relative_size)
        for (_, slope), s, root, has_evidence in zip(
            self._patterns, scale, self._roots[1], self._has_evidence, strict=True
        ):
            of_year = s * (slope if has_evidence else slope @ root)
            loadings.append(np.concatenate([s * slope, of_year, slope @ growth], axis=1))
        return loadings

    def _growth(self, log_totals: Array, edges: Array) -> Array:
        """(W + 1, n) growth, less its mean, of each year and of the one after the last.

        The growth to the first year follows from the total before it where that is known. Otherwise it is drawn from
        the law of growth, as the growth after the last year always is.
        """
        law, evidence = self.evidence.law, self.evidence
        within = law.growth_deviation(np.diff(log_totals, axis=1)).T
        spread = law.growth_scale(self.relative_size[[0, -1]])
        log_before = evidence.log_known[evidence.years == self.years[0] - 1]
        if log_before.size and not np.isnan(log_before[0]):
            first = law.growth_deviation(log_totals[:, 0] - log_before[0])
        else:
            first = law.growth_deviation(law.growth.mean + spread[0] * edges[0])
        last = law.growth_deviation(law.growth.mean + spread[1] * edges[1])
        return np.concatenate([first[None], within, last[None]])

    @cached_property
    def _patterns(self) -> list[tuple[Array, Array]]:
        """(12,) mean log shares of months, and (12, 11) their derivative by z, for each year."""
        law, zero, patterns = self.evidence.law, np.zeros((1, CUTS)), []
        for size in self.relative_size:
            cut = 1.0 / (1.0 + np.exp(-(law.mean + law.size_slope * size)))
            share = np.diff(cut, prepend=0.0, append=1.0)
            edge = np.diag(cut * (1.0 - cut))
            patterns.append((np.log(share), np.diff(np.concatenate([zero, edge, zero]), axis=0) / share[:, None]))
        return patterns

    def _log_season(self, persistent: Array) -> Array:
        """(12, n) log seasonal factors: shares in a year without growth, times twelve; from u (CUTS, n)."""
        law, (mean, slope) = self.evidence.law, self._patterns[0]
        no_growth = -law.growth.mean * (law.growth_slope + law.next_growth_slope)
        of_season = law.scale(self.relative_size)[0] * slope
        log_shares = (mean + slope @ no_growth)[:, None] + aligned_product(of_season, persistent)
        return np.asarray(log_shares - (_log_sum(log_shares) - np.log(12.0)))


def _figures(readings: list[Reading], df: float) -> tuple[Figure, ...]:
    """January-to-month figures, then others that overlap with no shorter one; months one by one where known so."""
    singles: dict[int, Figure] = {}
    others = []
    for r in readings:
        if r.is_of_months:
            months = _months_of(r)
            revised = r.interval.high / sum(m.high for m in months)
            singles |= {m.start: m._replace(low=m.low * revised, high=m.high * revised) for m in months}
        elif r.window.start.is_integer() and r.window.end.is_integer():
            others.append(Figure(int(r.window.start), int(r.window.end), *_final_interval(r, df)))
    cuts = sorted((f for f in others if f.start == 0), key=lambda f: f.end)
    inside: list[Figure] = []
    for f in sorted((*singles.values(), *(f for f in others if f.start > 0)), key=lambda f: (f.end - f.start, f.start)):
        apart = all(f.end <= g.start or g.end <= f.start for g in inside)
        if apart and not any(f.start < c.end < f.end for c in cuts):
            inside.append(f)
    return (*cuts, *sorted(inside))


def _final_interval(reading: Reading, df: float) -> Interval:
    """The interval of a reading, wider by what its revision may move it with 80 % probability."""
    if not reading.is_preliminary:
        return reading.interval
    factor = math.exp(revision_reach(df))
    return Interval(reading.interval.low / factor, reading.interval.high * factor)


def _months_of(reading: Reading) -> list[Figure]:
    """The single months behind a reading; of several statements about one month what they agree on."""
    by_month: dict[int, Interval] = {}
    for o in reading.observations:
        stated, month = interval_of(o), o.start.month - 1
        by_month[month] = stated.intersection(by_month[month]) if month in by_month else stated
    return [Figure(m, m + 1, *interval) for m, interval in by_month.items()]


def _log(level: float) -> float:
    """The log of a level that may be 0, the lower end of what a coarsely rounded figure can be."""
    return math.log(level) if level > 0.0 else -math.inf


def _log_sum(logs: Array) -> Array:
    """(n,) log of the sum over the rows (k, n) of exp(logs), scaled by the largest: never an overflow nor log 0."""
    highest = logs.max(axis=0)
    return np.asarray(highest + np.log(ordered_sum(np.exp(logs - highest))))


def _settled_log_shares(log_shares: Array, log_total: Array, figures: tuple[Figure, ...]) -> Array:
    """(12, n) log shares of the months of one year, scaled to add up to 1 and to meet its published figures.

    Parameters
    ----------
    log_shares
        (12, n) as drawn, up to a constant a path.
    log_total
        (n,) of the year.
    figures
        January-to-month figures divide the year into stretches, each of which gets what its two figures leave it; the
        other figures lie inside the stretches.
    """
    log_shares = log_shares - _log_sum(log_shares)
    if not figures:
        return np.asarray(log_shares)
    cuts = [f for f in figures if f.start == 0 and f.end > 1]
    inside = [f for f in figures if f.start > 0 or f.end == 1]
    settled, start, log_before = np.empty_like(log_shares), 0, np.full_like(log_total, -np.inf)
    for i, end in enumerate([*(cut.end for cut in cuts), 12]):
        log_reached = np.zeros_like(log_total)
        if i < len(cuts):
            # Later stretches keep a little even where a path's total lies below what was published of it. Such a path
            # has weight 0, but its months have to be numbers.
            most = np.log1p(-LEAST_UNPUBLISHED * (len(cuts) - i))
            log_reached = np.minimum(cuts[i].log_share(_log_sum(log_shares[:end]), log_total), most)
        log_reached = np.maximum(log_reached, log_before + LEAST_LOG_STRETCH)
        log_amount = log_reached + np.log(-np.expm1(log_before - log_reached))
        within = [f for f in inside if start <= f.start and f.end <= end]
        settled[start:end] = _settled_stretch(log_shares[start:end], log_amount, start, within, log_total)
        start, log_before = end, log_reached
    return settled


def _settled_stretch(
    log_shares: Array, log_amount: Array, first: int, figures: list[Figure], log_total: Array
) -> Array:
    """Months (k, n) from ``first`` on, scaled to add up to ``log_amount`` and, some of them, to their own figures."""
    log_scale = log_amount - _log_sum(log_shares)
    if not figures:
        return np.asarray(log_shares + log_scale)
    settled, parts = np.empty_like(log_shares), [slice(f.start - first, f.end - first) for f in figures]
    sums = [_log_sum(log_shares[p]) for p in parts]
    # A month without trade keeps a sliver, so that its logarithm stays finite.
    sliver = 2.0 * math.log(LEAST_UNPUBLISHED)
    log_figures = [
        np.maximum(f.log_share(s + log_scale, log_total), sliver) for f, s in zip(figures, sums, strict=True)
    ]
    log_published = _log_sum(np.stack(log_figures))
    unpublished = np.ones(log_shares.shape[0], dtype=bool)
    for p in parts:
        unpublished[p] = False
    log_factor = log_amount - log_published
    if unpublished.any():
        log_factor = np.minimum(0.0, log_factor + np.log1p(-LEAST_UNPUBLISHED))
        log_remainder = log_amount + np.log(-np.expm1(log_factor + log_published - log_amount))
        free_months = log_shares[unpublished]
        settled[unpublished] = free_months + (log_remainder - _log_sum(free_months))
    for p, log_sum, log_figure in zip(parts, sums, log_figures, strict=True):
        settled[p] = log_shares[p] + (log_factor + log_figure - log_sum)
    return settled
