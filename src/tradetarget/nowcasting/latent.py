"""Calendar-year totals estimated from any mixture of statements: the latent annual trade.

The years that statements touch have log totals y. Their posterior is

    p(y | statements)  ~  p(statements | y)  prod_t p(y_t | y_(t-1)),

with the likelihood of ``Evidence`` and, between neighbouring years, the growth law of the panel (flat in the first
level). It is explored in x_t = log(exp y_t - F_t), F_t the largest published part of the year, so that a total is never
below it: Newton's method finds the mode, Student laws around it propose a fixed low-discrepancy set of points, and
their importance weights make the answer exact up to the number of points. Where hardly a point has weight, as after a
bound, the proposal is fitted to the posterior instead. The same statements give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import made, optional, several, share, takes, truth
from tradetarget.errors import DataError
from tradetarget.nowcasting.evidence import Evidence
from tradetarget.nowcasting.gathering import as_one_table, at_quarters, build_evidence
from tradetarget.nowcasting.readings import Reading, SetAside, readings
from tradetarget.nowcasting.shares import ShareLaw
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.passage.samples import effective_sample_size

POINTS = 4096  # judgement: points of a low-discrepancy sequence over the few years that are unknown
PROPOSAL_DF = 5.0  # judgement: heavier tails than the posterior, as importance sampling needs them
ROUNDS = 10
"""How often a proposal is fitted. Judgement, because a bound makes the posterior a hundred times wider on one side than
the curvature at its mode tells. The effective points of six such posteriors had settled after 8 rounds."""
LEAST_VARIANCE = 1e-12
"""Added to the variances of a proposal, log points squared. A millionth of the least variance of a statement
(``nowcasting.rows.FINEST``), so that a covariance of few points has a root."""
FEWEST_POINTS = 1000.0
"""Effective points below which those around the mode do not describe the posterior. Judgement, because 80 % intervals
were 15 to 30 % too narrow with 70 to 390 of them, and after a bound far from what growth suggests by much more; with
1,000 or more their ends were right to half a percent."""
LEAST_POINTS = 50.0
"""Effective points below which nothing is estimated, as for paths (``models.paths.LEAST_EFFECTIVE``)."""
INTERVAL = 0.8  # the coverage of every interval that is shown by default


@dataclass(frozen=True)
class LatentAnnual:
    """Log totals of calendar years, as far as the statements say.

    Parameters
    ----------
    series
        The statements.
    years
        (T,) the years, in order.
    log_points, weights
        (N, T) points and (N,) weights, which sum to 1: the posterior.
    known
        (T,) whether a total is stated as one value.
    evidence
        The likelihood.
    law
        Of shares and growth.
    """

    series: TradeSeries
    years: NDArray[np.int64]
    log_points: Array
    weights: Array
    known: NDArray[np.bool_]
    evidence: Evidence
    law: ShareLaw

    @cached_property
    def mean(self) -> Array:
        """(T,) mean log totals."""
        return np.asarray(self.weights @ self.log_points)

    @cached_property
    def covariance(self) -> Array:
        """(T, T) covariance of the log totals; 0 for the known ones."""
        deviations = self.log_points - self.mean
        return np.asarray((deviations * self.weights[:, None]).T @ deviations)

    @cached_property
    def evidence_of_months(self) -> Evidence:
        """The likelihood with months one by one, for splitting years."""
        has_total = ~np.isnan(self.evidence.log_known)
        totals = dict(
            zip(self.years[has_total].tolist(), np.exp(self.evidence.log_known[has_total]).tolist(), strict=True)
        )
        every = as_one_table(readings(self.series), self.series, totals)
        return build_evidence(every, totals, self.years.tolist(), self.series.unit, self.law)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements that do not count, and why."""
        return self.evidence.set_aside

    @takes(probabilities=several(share))
    def quantiles(self, probabilities: list[float]) -> Array:
        """(probabilities, T) quantiles of the totals, in the unit of the series."""
        return np.exp(quantiles_of(self.log_points, self.weights, probabilities))

    def observations(self, year: int) -> tuple[Observation, ...]:
        """The statements that say something of ``year`` itself."""
        return tuple(dict.fromkeys(o for r in self._readings if year in r.years for o in r.observations))

    @cached_property
    def _readings(self) -> tuple[Reading, ...]:
        return readings(self.series).used

    def to_frame(self) -> pd.DataFrame:
        """One row a year: median, low, high (80 % interval), known, and the statements behind it as text."""
        low, median, high = self.quantiles([0.5 - INTERVAL / 2, 0.5, 0.5 + INTERVAL / 2])
        behind = ["; ".join(_cite(o) for o in self.observations(y)) for y in self.years.tolist()]
        columns = {"median": median, "low": low, "high": high, "known": self.known, "observations": behind}
        return stamped(pd.DataFrame(columns, index=pd.Index(self.years, name="year")), self.series.provenance)

    def __repr__(self) -> str:
        return f"LatentAnnual({self.series.label!r}, {self.years[0]} to {self.years[-1]})"


@takes(series=made("TradeSeries"), law=optional(made("ShareLaw")), growth_prior=truth)
def latent_annual(series: TradeSeries, *, law: ShareLaw | None = None, growth_prior: bool = True) -> LatentAnnual:
    """Estimate the calendar-year totals behind one side's statements.

    Parameters
    ----------
    series
        Any mixture of levels, growth rates and bounds, over whole and part years.
    law
        Of shares and growth; the shipped one when None.
    growth_prior
        Whether neighbouring years are tied by the panel's growth law. Without it the answer is what the statements
        alone say, for use with a growth model of one's own.

    Returns
    -------
    LatentAnnual

    Raises
    ------
    DataError
        When several reporters state the flow, or no statement gives the level of any year, or hardly any of 4,096
        points agree with the statements.
    """
    stated, law = readings(series), law or ShareLaw.shipped()
    totals = {r.year: r.interval.low for r in stated.used if r.kind == "level" and r.window.is_whole and r.is_exact}
    every = as_one_table(stated, series, totals)
    evidence = build_evidence(at_quarters(every, totals), totals, (), series.unit, law)
    _require_levels(series, evidence, totals, growth_prior)
    has_total = ~np.isnan(evidence.log_known)
    if has_total.all():
        return LatentAnnual(series, evidence.years, evidence.log_known[None], np.ones(1), has_total, evidence, law)
    posterior = TotalsPosterior(evidence, evidence.log_growth_prior if growth_prior else None)
    points, weights = posterior.points()
    if effective_sample_size(weights) < FEWEST_POINTS:
        points, weights = posterior.proposal().points
    if (effective := effective_sample_size(weights)) < LEAST_POINTS:
        raise DataError(
            f"{series.label}: only {effective:.0f} of {POINTS} points agree with what is said of its totals, too few "
            "for an estimate: leave out bounds ('at least', 'at most') or add the total of a year"
        )
    filled = np.repeat(evidence.log_known[None], len(points), axis=0)
    filled[:, ~has_total] = points
    return LatentAnnual(series, evidence.years, filled, weights, has_total, evidence, law)


@dataclass(frozen=True)
class TotalsPosterior:
    """Log density of x, the unknown years' logs above their published parts.

    Parameters
    ----------
    evidence
        The likelihood of the totals.
    log_prior
        Gives (n,) log densities of log totals (n, U), up to a constant; None for a flat prior.
    """

    evidence: Evidence
    log_prior: Callable[[Array], Array] | None

    @property
    def floor(self) -> Array:
        """(U,) F."""
        return self.evidence.floor

    def log_totals(self, x: Array) -> Array:
        """(paths, U) y from x."""
        return np.asarray(np.logaddexp(x, np.log(np.maximum(self.floor, 1e-300))))

    def log_density(self, x: Array) -> Array:
        """(paths,) log posterior density of x (paths, U), up to a constant; log dy/dx = x - y."""
        y = self.log_totals(x)
        total = self.evidence.log_likelihood(y) + (x - y).sum(axis=1)
        if self.log_prior is not None:
            total = total + self.log_prior(y)
        return np.asarray(np.where(np.isfinite(total), total, -np.inf))

    def mode(self) -> tuple[Array, Array]:
        """(U,) the mode, and a root (U, U) of the inverse of the negative Hessian there."""
        above = np.log(np.maximum(self.floor, 1e-300)) + 0.05
        start = np.log(np.exp(np.maximum(self.evidence.central, above)) - self.floor)
        return _mode(self.log_density, np.asarray(start))

    def log_density_of_totals(self, log_totals: Array) -> Array:
        """(n,) log posterior density of log totals (n, U), up to a constant."""
        total = self.evidence.log_likelihood(log_totals)
        if self.log_prior is not None:
            total = total + self.log_prior(log_totals)
        return np.asarray(np.where(np.isfinite(total), total, -np.inf))

    def points(self) -> tuple[Array, Array]:
        """Log totals (N, U) around the mode, and their weights (N,), which sum to 1."""
        x, weights = weighted_points(self.log_density, *self.mode())
        return self.log_totals(x), weights

    def proposal(self) -> Proposal:
        """A proposal of log totals.

        It has the mean and covariance of the points around the mode, and then of its own weighted points, again and
        again (adaptive importance sampling, Oh and Berger 1992, doi 10.1080/00949659208810410).
        """
        points, weights = self.points()
        for _ in range(ROUNDS):
            centre = weights @ points
            deviations = (points - centre) * np.sqrt(weights)[:, None]
            covariance = deviations.T @ deviations + LEAST_VARIANCE * np.eye(centre.size)
            root = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
            points, weights = weighted_points(self.log_density_of_totals, centre, root)
        possible = weights > 0.0
        return Proposal(centre, root, (points[possible], weights[possible]))


class Proposal(NamedTuple):
    """Independent Student laws of log totals in the coordinates of a root, fitted to a posterior."""

    centre: Array
    """(U,) log totals."""
    root: Array
    """(U, U) of the covariance."""
    points: tuple[Array, Array]
    """Points (N, U) that are possible and their weights (N,), which sum to 1."""


def weighted_points(log_density: Callable[[Array], Array], centre: Array, root: Array) -> tuple[Array, Array]:
    """Points (N, U) of a density, by a proposal of that centre and root, and their weights (N,), which sum to 1."""
    steps = _proposal_steps(centre.size)
    points = centre + steps @ root.T
    log_weight = log_density(points) - log_proposal(steps)
    weights = np.exp(log_weight - log_weight.max())
    return points, weights / weights.sum()


def log_proposal(steps: Array) -> Array:
    """(n,) log density, up to a constant, of steps (n, U) of independent Student laws."""
    return np.asarray(-(PROPOSAL_DF + 1.0) / 2.0 * np.log1p(steps**2 / PROPOSAL_DF).sum(axis=1))


@cache
def _proposal_steps(d: int) -> Array:
    """(POINTS, d) points of d independent Student laws; cached, because quantiles take longer than the densities."""
    steps = np.asarray(scipy.special.stdtrit(PROPOSAL_DF, _low_discrepancy(POINTS, d)), dtype=np.float64)
    steps.setflags(write=False)
    return steps


def _mode(log_density: Callable[[Array], Array], start: Array, steps: int = 40) -> tuple[Array, Array]:
    """The mode by damped Newton steps, and a root of the inverse of the negative Hessian there."""
    d, h = start.size, 1e-3
    pairs = [(i, j) for i in range(d) for j in range(i + 1)]
    unit = np.eye(d) * h
    x = start
    for _ in range(steps):
        around = [x, *(x + s * unit[i] for i in range(d) for s in (1, -1))]
        around += [
            x + s * unit[i] + t * unit[j] for i, j in pairs if i != j for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))
        ]
        f = log_density(np.stack(around))
        gradient = (f[1 : 2 * d : 2] - f[2 : 2 * d + 1 : 2]) / (2.0 * h)
        hessian = np.diag((f[1 : 2 * d : 2] - 2.0 * f[0] + f[2 : 2 * d + 1 : 2]) / h**2)
        crossed = f[2 * d + 1 :].reshape(-1, 4) @ np.array([1.0, -1.0, -1.0, 1.0]) / (4.0 * h**2)
        for (i, j), value in zip([p for p in pairs if p[0] != p[1]], crossed, strict=True):
            hessian[i, j] = hessian[j, i] = value
        values, vectors = np.linalg.eigh(-np.nan_to_num(hessian))
        values = np.maximum(np.abs(values), 1e-2)
        step = vectors @ ((vectors.T @ np.nan_to_num(gradient)) / values)
        tried = x + step * 0.5 ** np.arange(12)[:, None]
        density = log_density(tried)
        best = int(np.argmax(density))
        if density[best] <= f[0] + 1e-9:
            break
        x = tried[best]
    return x, np.asarray(vectors / np.sqrt(values))


def _low_discrepancy(n: int, d: int) -> Array:
    """(n, d) points of the additive recurrence with the d-dimensional golden ratio (Roberts 2018)."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (d + 1.0))
    alpha = ratio ** -np.arange(1.0, d + 1.0)
    return np.asarray((0.5 + np.arange(1, n + 1)[:, None] * alpha) % 1.0)


def _require_levels(series: TradeSeries, evidence: Evidence, totals: dict[int, float], growth_prior: bool) -> None:
    """A DataError unless the level of every year is identified: stated, or tied to one by growth."""
    every = (*evidence.parts.readings, *evidence.wholes.readings)
    level = {*totals, *(r.year for r in every if r.kind == "level" and not r.interval.is_bound)}
    if not level:
        year = int(evidence.years[-1])
        raise DataError(
            f"{series.label}: nothing says how large trade is, only how it grew or what it was at least or at most; "
            f"the total of {year}, or the level of some months of it, would identify it"
        )
    if growth_prior:
        return
    ties = [(r.year - 1, r.year) for r in every if r.kind == "growth" and not r.interval.is_bound]
    reached, size = set(level), 0
    while size != len(reached):
        size = len(reached)
        reached |= {y for tie in ties if reached & set(tie) for y in tie}
    missing = sorted(set(evidence.years.tolist()) - reached)
    if missing:
        raise DataError(
            f"{series.label}: nothing ties {missing[0]} to a level; its total, or the level of some months of it, "
            "would identify it"
        )


def quantiles_of(points: Array, weights: Array, probabilities: list[float]) -> Array:
    """(probabilities, T) quantiles of weighted points (N, T), linear between the middles of their steps."""
    columns = []
    for x in points.T:
        order = np.argsort(x)
        columns.append(np.interp(probabilities, np.cumsum(weights[order]) - 0.5 * weights[order], x[order]))
    return np.stack(columns, axis=1)


def _cite(o: Observation) -> str:
    """A statement as a reader would cite it: "2019-01/2019-09 +25 %"."""
    word = "" if o.qualifier == "exact" else f"{o.qualifier} "
    return f"{o.period} {word}{o.value:+.4g}" if o.kind == "growth" else f"{o.period} {word}{o.value:g}"
