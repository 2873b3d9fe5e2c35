"""Months of calendar years, given the totals: drawn from the law of part-year shares.

With z_t the logits of the shares of January-to-m (``ShareLaw``), the log share of each month is taken to first order,

    log p_t = log pbar_t + D_t (z_t - zbar_t),
    z_t - zbar_t = beta (g_t - gbar) + beta' (g_(t+1) - gbar) + s_t (u + e_t) + c_t,

and the twelve are scaled to add up to the year's total: months are positive whatever z is. u, e_t and c_t are drawn
from what the published parts of years say of them (``Evidence.season``), and months are then scaled so that every
January-to-m figure, and every other whole-month figure that overlaps with no shorter one, is met within its rounding.
Months known one by one come back as they were published; where the total of a complete year was revised since, they
move with it. An announced part of a complete year is left out where its total makes it implausible.

A month's seasonal factor is its share times twelve by the pair's own season u in a year without growth, so that a
seasonally adjusted month is log(month) - log(factor).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.nowcasting.evidence import Evidence, SeasonGain, is_of_months
from tradetarget.nowcasting.readings import Interval, Reading, interval_of
from tradetarget.nowcasting.shares import CUTS, Array
from tradetarget.passage.events import LARGEST_LOG

LEAST_REST = 1e-4
"""Share of what they belong to that is left to unpublished months, where published ones would leave none."""


class Figure(NamedTuple):
    """What months ``start`` to ``end`` of a year (0 and 9: January to September) come to, in the unit of the series."""

    start: int
    end: int
    low: float
    high: float


class MonthNoise(NamedTuple):
    """Random numbers of some paths: the same ones split different totals of one path."""

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
    def _said(self) -> NDArray[np.bool_]:
        """(W,) whether a year is one of the evidence's, so that published parts may speak of its season."""
        return np.isin(self.years, self.evidence.years)

    @cached_property
    def _freedom(self) -> float:
        unknown = self.evidence.unknown.size
        central = self.evidence.central[None] if unknown else np.empty((1, 0))
        return self.evidence.season(central, self._gain).freedom

    @cached_property
    def _gain(self) -> SeasonGain:
        return self.evidence.season_gain(self.years[self._said])

    @cached_property
    def _roots(self) -> tuple[Array, tuple[Array, ...]]:
        """Roots of the covariance of the seasons that were spoken of, and of f of every year."""
        law, scale = self.evidence.law, self.evidence.law.scale(self.relative_size)
        return _root(self._gain.covariance), tuple(_root(law.yearly + law.common / s**2) for s in scale)

    @cached_property
    def published(self) -> tuple[tuple[Figure, ...], ...]:
        """By year: the figures that its months have to meet."""
        left_out = {id(r) for r in self.evidence.implausible}
        rows = [
            r
            for r in self.evidence.parts.readings
            if r.kind == "level" and not r.interval.is_bound and id(r) not in left_out
        ]
        return tuple(_figures([r for r in rows if r.year == y]) for y in self.years.tolist())

    def noise(self, n: int, rng: np.random.Generator) -> MonthNoise:
        """Random numbers for ``n`` paths."""
        rows = CUTS * (1 + self.years.size) + 2
        return MonthNoise(rng.standard_normal((rows, n)), rng.chisquare(self._freedom, n))

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
        n, law = log_totals.shape[0], self.evidence.law
        unknown = np.empty((n, 0)) if log_unknown is None else log_unknown
        season = self.evidence.season(unknown, self._gain)
        root_lambda = np.sqrt(season.squares / noise.chi_square)
        own, deviations = self._deviations(season.mean, noise.normal, root_lambda)
        growth = self._growth(log_totals, noise.normal[-2:], root_lambda)
        months = np.empty((12 * self.years.size, n))
        for w, y in enumerate(log_totals.T):
            mean, slope = self._patterns[w]
            z = deviations[w] + law.growth_slope[:, None] * growth[w] + law.next_growth_slope[:, None] * growth[w + 1]
            total = np.exp(np.clip(y, -LARGEST_LOG, LARGEST_LOG))
            months[12 * w : 12 * w + 12] = y + np.log(_shares(mean[:, None] + slope @ z, total, self.published[w]))
        return months, self._season(own)

    def _deviations(self, mean: Array, normal: Array, root_lambda: Array) -> tuple[Array, list[Array]]:
        """(CUTS, n) s u in the first year, and s_t (u + e_t) + c_t of each year."""
        scale, (joint_root, own_roots) = self.evidence.law.scale(self.relative_size), self._roots
        joint = joint_root.shape[0]
        drawn = mean + joint_root @ (normal[:joint] * root_lambda)
        u, said = drawn[:CUTS], iter(drawn[CUTS:].reshape(-1, CUTS, drawn.shape[1]))
        rest = iter(normal[joint:-2].reshape(-1, CUTS, normal.shape[1]))
        found = []
        for s, root, is_said in zip(scale, own_roots, self._said, strict=True):
            f = next(said) if is_said else root @ (next(rest) * root_lambda)
            found.append(s * (u + f))
        return scale[0] * u, found

    def _growth(self, log_totals: Array, edges: Array, root_lambda: Array) -> Array:
        """(W + 1, n) growth of each year and of the one after the last, less its mean; unknown at the edges."""
        law, before = self.evidence.law, self.years[0] - 1
        known = self.evidence.years == before
        within = law.growth_away(np.diff(log_totals, axis=1)).T
        spread = law.growth_scale(self.relative_size[[0, -1]])
        first = law.growth_away(law.growth.mean + spread[0] * root_lambda * edges[0])
        if known.any() and not np.isnan(self.evidence.log_known[known][0]):
            first = law.growth_away(log_totals[:, 0] - self.evidence.log_known[known][0])
        last = law.growth_away(law.growth.mean + spread[1] * root_lambda * edges[1])
        return np.concatenate([first[None], within, last[None]])

    @cached_property
    def _patterns(self) -> list[tuple[Array, Array]]:
        """By year: (12,) mean log shares of months, and (12, 11) their derivative by z."""
        law, zero, found = self.evidence.law, np.zeros((1, CUTS)), []
        for size in self.relative_size:
            cut = 1.0 / (1.0 + np.exp(-(law.mean + law.size_slope * size)))
            share = np.diff(cut, prepend=0.0, append=1.0)
            edge = np.diag(cut * (1.0 - cut))
            found.append((np.log(share), np.diff(np.concatenate([zero, edge, zero]), axis=0) / share[:, None]))
        return found

    def _season(self, own: Array) -> Array:
        """(12, n) log seasonal factors: shares in a year without growth, times twelve."""
        law, (mean, slope) = self.evidence.law, self._patterns[0]
        still = -law.growth.mean * (law.growth_slope + law.next_growth_slope)
        log_share = mean[:, None] + slope @ (own + still[:, None])
        return np.asarray(log_share - np.log(np.exp(log_share).mean(axis=0)))


def _root(covariance: Array) -> Array:
    """A root of a matrix that may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _figures(readings: list[Reading]) -> tuple[Figure, ...]:
    """January-to-month figures, then others that overlap with no shorter one; months one by one where known so."""
    singles: dict[int, Figure] = {}
    others = []
    for r in readings:
        if is_of_months(r):
            months = _months_of(r)
            revised = r.interval.high / sum(m.high for m in months)
            singles |= {m.start: m._replace(low=m.low * revised, high=m.high * revised) for m in months}
        elif r.window.start.is_integer() and r.window.end.is_integer():
            others.append(Figure(int(r.window.start), int(r.window.end), *r.interval))
    cuts = sorted((f for f in others if f.start == 0), key=lambda f: f.end)
    inside: list[Figure] = []
    for f in sorted((*singles.values(), *(f for f in others if f.start > 0)), key=lambda f: (f.end - f.start, f.start)):
        apart = all(f.end <= g.start or g.end <= f.start for g in inside)
        if apart and not any(f.start < c.end < f.end for c in cuts):
            inside.append(f)
    return (*cuts, *sorted(inside))


def _months_of(reading: Reading) -> list[Figure]:
    """The single months behind a reading; of several statements about one month what they agree on."""
    found: dict[int, Interval] = {}
    for o in reading.observations:
        said = interval_of(o)
        month = o.start.month - 1
        found[month] = said.intersection(found[month]) if month in found else said
    return [Figure(m, m + 1, *interval) for m, interval in found.items()]


def _shares(log_shares: Array, total: Array, figures: tuple[Figure, ...]) -> Array:
    """(12, n) shares of the months of one year, those of its published figures within them."""
    shares = np.exp(log_shares - log_shares.max(axis=0))
    shares /= shares.sum(axis=0)
    if not figures:
        return np.asarray(shares)
    cuts = [f for f in figures if f.start == 0 and f.end > 1] + [Figure(0, 12, np.inf, np.inf)]
    inside = [f for f in figures if f.start > 0 or f.end == 1]
    own, start, below = shares.cumsum(axis=0), 0, np.zeros_like(total)
    for i, cut in enumerate(cuts):
        most = 1.0 - LEAST_REST * (len(cuts) - 1 - i)
        reach = np.minimum(np.clip(own[cut.end - 1], cut.low / total, cut.high / total), most)
        reach = np.maximum(reach, below + LEAST_REST**2)
        held = [f for f in inside if start <= f.start and f.end <= cut.end]
        _settle(shares[start : cut.end], reach - below, start, held, total)
        start, below = cut.end, reach
    return np.asarray(shares)


def _settle(shares: Array, amount: Array, first: int, held: list[Figure], total: Array) -> None:
    """Scale the months of one stretch to what it comes to, and those of its figures to these; in place."""
    shares *= amount / shares.sum(axis=0)
    if not held:
        return
    parts = [slice(f.start - first, f.end - first) for f in held]
    # A month without trade keeps a sliver, so that its logarithm stays finite.
    sliver = LEAST_REST**2
    wanted = [
        np.maximum(np.clip(shares[p].sum(axis=0), f.low / total, f.high / total), sliver)
        for p, f in zip(parts, held, strict=True)
    ]
    free = np.ones(shares.shape[0], dtype=bool)
    for p in parts:
        free[p] = False
    fixed = np.sum(wanted, axis=0)
    fit = np.minimum(1.0, amount * (1.0 - LEAST_REST) / fixed) if free.any() else amount / fixed
    for p, share in zip(parts, wanted, strict=True):
        shares[p] *= fit * share / shares[p].sum(axis=0)
    if free.any():
        shares[free] *= (amount - fit * fixed) / shares[free].sum(axis=0)
