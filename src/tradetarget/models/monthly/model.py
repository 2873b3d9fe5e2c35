"""Monthly growth: a random walk with drift under a fixed season and noise, its months summed within every path.

    x_t = m_t + s_month(t) + sigma_noise e_t,   m_t = m_{t-1} + nu / 12 + sigma / sqrt(12) u_t,   e, u ~ N(0, 1),

x_t the log of month t, m its level, the twelve seasons s summing to 0 (Harvey 1989, ISBN 9780521405737, ch. 2). Drift
nu and volatility sigma are in log points a year and a root-year. Differences between observed months take the unknown
first level out and leave a regression on drift and seasons whose errors are correlated with their neighbours alone, so
one banded factor gives the restricted likelihood, the one-step innovations and the state exactly, gaps included
(``monthly_posterior``). With sigma_noise = c sin(a), sigma = c cos(a), everything but the angle a has a closed form:
every path draws the angle (uniform: a half-Cauchy law of sigma_noise / sigma; Gelman 2006, doi 10.1214/06-BA117A) on 24
nodes, then c, the drift, the seasons and the level from their joint posterior under p(c) ~ 1/c.

**The drift of the future is not that of the past.** A pair's past growth hardly predicts its growth over the next ten
years, so by default the paths draw their drift from the growth of other pairs (``future_drift``). With
``drift_prior=None`` they draw it from the posterior of the past drift.

The origin is the last complete calendar year. Months known after it are held fixed, those missing between them are
drawn given their neighbours, and a year's total is the sum of its months in one path: independent months would give an
interval of less than half its width.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import ModelError, SettingError, TradeTargetWarning, shown
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import BATCH, Fitted, ModelDefaults, annual_sample
from tradetarget.models.monthly.posterior import (
    REGRESSORS,
    SEASONS,
    MonthlyPosterior,
    Months,
    monthly_posterior,
)
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.pooled.prior import Prior
from tradetarget.models.posterior_grid import draw_nodes
from tradetarget.observations import Observation, TradeSeries
from tradetarget.passage.events import calendar_year_totals

MIN_MONTHS = 36
"""Fewest months. Judgement. Three of each calendar month, so that a season can be told from the noise of one year."""
FEWEST_OF_A_MONTH = 2
"""Fewest figures of each calendar month. With one, its season and its noise cannot be told apart."""
DRIFT_YEARS = 10
"""Years over which the prior's growth is averaged to one drift. The horizon that the prior was estimated for. With five
years the score was .167, with ten .168 (docs/decisions.md), which is no difference."""
_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Drift:
    """The drift of the future given that of the past: N(mean + share (past drift), sd^2), log points a year."""

    mean: float
    share: float
    sd: float


PAST_DRIFT = Drift(0.0, 1.0, 0.0)
"""The drift of the future is that of the past, whose posterior comes from the pair's months alone."""


def future_drift(prior: Prior, series: TradeSeries) -> Drift:
    """The drift over the next ten years by a prior from other pairs, given the calendar-year totals.

    The mean is that of the pooled law, E X_10 / 10. The variance is that of the growth that all pairs share over a
    decade, and of the mean of ten years of a pair's departures from it,

        shared_drift^2 + drift_variance s^2 / 100 sum_{i, j <= 10} drift_persistence^|i - j|.
    """
    fitted = PooledGrowth(prior).fit(series)
    p, years = prior.values, np.arange(DRIFT_YEARS)
    mean_correlation = float((p["drift_persistence"] ** np.abs(years[:, None] - years)).mean())
    variance = fitted.shared_drift**2 + p["drift_variance"] * float(fitted.law.volatility[0]) ** 2 * mean_correlation
    return Drift(float(fitted.law.mean[0, DRIFT_YEARS - 1]) / DRIFT_YEARS, 0.0, math.sqrt(variance))


@dataclass(frozen=True, repr=False)
class FittedMonthly(Fitted):
    """A fitted monthly model.

    Parameters
    ----------
    months
        The months it was fitted to.
    posterior
        The posterior given them, on the nodes of the angle.
    drift
        The law of the drift of the paths.
    """

    months: Months
    posterior: MonthlyPosterior
    drift: Drift

    @property
    def statements(self) -> tuple[Observation, ...]:
        """The latest figures of the months after the origin, which every path holds fixed."""
        after = [o for o in self.series if is_month(o) and o.start.year > self.origin_year]
        return tuple({o.start: o for o in sorted(after, key=lambda o: (o.start, o.known_from))}.values())

    @property
    def figures(self) -> tuple[Observation, ...]:
        """The months it was fitted to."""
        return tuple(o for o in self.series if is_month(o))

    @property
    def log_last_year(self) -> Array | None:
        """(12,) log months of the last complete year; None where one is missing."""
        inside = (self.months.when >= self._first - 12) & (self.months.when < self._first)
        return self.months.log_values[inside] if inside.sum() == 12 else None

    @property
    def monthly_paths(self) -> FittedMonthly | None:
        """Itself, where every month of the last complete year is known; None otherwise."""
        return None if self.log_last_year is None else self

    @property
    def log_season(self) -> Array:
        """(12,) logs of seasonal factors, January first, at the posterior mean; their mean factor is 1."""
        season = SEASONS @ self.posterior.moments()[0][1:REGRESSORS]
        return np.asarray(season - np.log(np.exp(season).mean()))

    @property
    def last_month(self) -> pd.Period:
        """The last month that it was fitted to."""
        when = int(self.months.when[-1])
        return pd.Period(year=when // 12, month=when % 12 + 1, freq="M")

    @property
    def _first(self) -> int:
        """The January after the origin, in months since year 0."""
        return 12 * (self.origin_year + 1)

    def _observed_ahead(self, horizon: int) -> tuple[NDArray[np.int64], Array]:
        """Positions of the observed months after the origin, 0 for its January, and their logs."""
        position = self.months.when - self._first
        inside = (position >= 0) & (position < 12 * horizon)
        return position[inside], self.months.log_values[inside]

    def _ahead(self, horizon: int) -> NDArray[np.int64]:
        """Steps, 1, 2, ..., from the last observed month to each later one of the horizon."""
        return np.arange(1, self._first + 12 * horizon - int(self.months.when[-1]))

    def _log_months(self, state: Array, drift: Array, ahead: NDArray[np.int64]) -> tuple[Array, Array]:
        """Log levels plus season, without the months' noise: (K, N) missing months and (ahead, N) after the last.

        Parameters
        ----------
        state
            (q, N) drift, seasonal contrasts and levels, as in the posterior.
        drift
            (N,) departure of the future drift from its mean.
        ahead
            Steps from the last observed month.
        """
        post, last = self.posterior, int(self.months.when[-1])
        season = SEASONS @ state[1:REGRESSORS]
        before = self.months.when[post.before]
        start = self.months.log_values[post.before][:, None] - season[before % 12] + state[REGRESSORS:]
        between = start[:-1] + season[post.missing % 12] + state[0] / 12.0 * (post.missing - before[:-1])[:, None]
        nu = self.drift.mean + self.drift.share * state[0] + drift
        later = season[(last + ahead) % 12]
        later += start[-1]
        later += nu * (ahead / 12.0)[:, None]
        return between, later

    def _calendar(self, horizon: int, between: Array, later: Array) -> Array:
        """(12 horizon, N) log months from the January after the origin, the observed ones among them."""
        n = 12 * horizon
        logs = np.empty((n, later.shape[1]))
        logs[n - later[-n:].shape[0] :] = later[-n:]
        position = self.posterior.missing - self._first
        logs[position[position < n]] = between[position < n]
        observed, values = self._observed_ahead(horizon)
        logs[observed] = values[:, None]
        return logs

    def draw_months(self, horizon: int, rng: np.random.Generator) -> Array:
        """(12 horizon, BATCH) log months from the January after the origin, antithetic in all but node and scale.

        A batch holds every node in proportion to its weight, up to one pair, in random order.
        """
        half, post, ahead = BATCH // 2, self.posterior, self._ahead(horizon)
        nodes = draw_nodes(post.weights, half, rng)
        scale = post.scale[nodes] * np.sqrt(post.df / (2.0 * rng.standard_gamma(post.df / 2.0, half)))
        state = scale * np.einsum("hqr,rh->qh", post.root[nodes], rng.standard_normal((post.mean.shape[1], half)))
        drift = self.drift.sd * rng.standard_normal(half)
        missing_noise = rng.standard_normal((post.missing.size, half)) * (scale * post.noise[nodes])
        deviation = rng.standard_normal((ahead.size, half)) * (scale * post.level[nodes] / math.sqrt(12.0))
        # A loop over months in place of cumsum: a month of all paths is contiguous in memory.
        for k in range(1, ahead.size):
            deviation[k] += deviation[k - 1]
        deviation += rng.standard_normal((ahead.size, half)) * (scale * post.noise[nodes])
        pairs = []
        for sign in (1.0, -1.0):
            between, later = self._log_months(post.mean[nodes].T + sign * state, sign * drift, ahead)
            pairs.append(self._calendar(horizon, between + sign * missing_noise, later + sign * deviation))
        return np.concatenate(pairs, axis=1)

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log totals: the months of each path, summed within it."""
        return calendar_year_totals(self.draw_months(horizon, rng))

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the median path, to second order in the covariance of months within a year.

        log sum_m exp(mu_m + C_mm / 2) - w' C w / 2, averaged over the nodes: mu the mean log months, w their shares of
        the year, and C the covariance of the year's months given the level at its first unobserved one. What all months
        of a year share moves its total as it moves each of them, and needs no correction.
        """
        post = self.posterior
        between, later = self._log_months(post.mean.T, np.zeros(post.weights.size), self._ahead(horizon))
        mean = self._calendar(horizon, between, later).reshape(horizon, 12, -1)
        drawn = np.ones((horizon, 12))
        drawn.flat[self._observed_ahead(horizon)[0]] = 0.0
        step = np.maximum(np.cumsum(drawn, axis=1) - 1.0, 0.0) / 12.0
        walk = np.minimum(step[:, :, None], step[:, None, :]) * drawn[:, :, None] * drawn[:, None, :]
        noise = np.eye(12) * drawn[:, :, None]
        c = walk[..., None] * (post.scale * post.level) ** 2 + noise[..., None] * (post.scale * post.noise) ** 2
        mu = mean + 0.5 * np.einsum("hiig->hig", c)
        top = mu.max(axis=1)
        total = top + np.log(np.exp(mu - top[:, None]).sum(axis=1))
        w = np.exp(mu - total[:, None])
        return np.asarray((total - 0.5 * np.einsum("hig,hijg,hjg->hg", w, c, w)) @ post.weights)


@dataclass(frozen=True)
class MonthlyGrowth(ModelDefaults):
    """Monthly growth as a growth model; see the module for the equations.

    Parameters
    ----------
    drift_prior
        Where the drift of the paths comes from: "shipped" for the shipped prior (country pairs 1950-2016), a Prior from
        ``estimate_prior``, or None for the series' own months alone.

    Raises
    ------
    SettingError
        On anything else.

    Examples
    --------
    >>> months = pd.period_range("2018-01", "2021-06", freq="M")
    >>> values = pd.Series(0.3 + 0.02 * (months.month.to_numpy() % 5), index=months)
    >>> fitted = MonthlyGrowth().fit(TradeSeries.from_monthly(values, unit="USD bn", name="A-B"))
    >>> fitted.origin_year
    2020
    """

    drift_prior: Prior | Literal["shipped"] | None = "shipped"
    is_alone: bool = True
    """Whether its answer stands by itself, so that figures which it cannot use draw a warning."""
    name: str = "monthly"
    min_observations: int = 2
    """Complete years. Judgement. 36 months hold at least two of them, so that the months are what decides."""
    reads_part_years = True
    """Its paths hold the observed months of the running year, so nothing may weigh the paths by those months again."""

    def __post_init__(self) -> None:
        is_name = isinstance(self.drift_prior, str) and self.drift_prior == "shipped"
        if not (self.drift_prior is None or is_name or isinstance(self.drift_prior, Prior)):
            raise SettingError(
                f"drift_prior {shown(self.drift_prior)} is no prior: give 'shipped', a Prior, or None for the months "
                "alone"
            )

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedMonthly:
        """Fit to the months of ``series``; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than 36 months, a calendar month with fewer than two figures, no complete year, or a last total
            whose months are not in the series.

        Warns
        -----
        TradeTargetWarning
            When the series holds figures that are no months: they are not used.
        """
        months, unused = read_months(series)
        _check_months(series, months)
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        if int(months.when[-1]) < 12 * int(years[-1]):
            raise ModelError(
                f"{self.name}: {series.label} has a total for {years[-1]} and its months end in {months.label(-1)}: "
                "add the later months, leave the later totals out, or use pooled, which works from annual totals"
            )
        if unused and self.is_alone:
            warnings.warn(
                f"{self.name} reads months only: {unused} other figure{'s' if unused > 1 else ''} of {series.label} "
                f"(totals of years whose months are not all there, parts of a year, growth rates, bounds) "
                f"{'are' if unused > 1 else 'is'} not used",
                TradeTargetWarning,
                stacklevel=2,
            )
        posterior = monthly_posterior(months, after=12 * int(years[-1] + 1))
        prior = Prior.shipped() if self.drift_prior == "shipped" else self.drift_prior
        drift = PAST_DRIFT if prior is None else future_drift(prior, series)
        estimates = _estimates(months, posterior, drift, int(years[-1]))
        return FittedMonthly(self.name, series, years, x, estimates, months, posterior, drift)


def is_month(o: Observation) -> bool:
    """Whether a figure is the level of one month, and no mere bound on it."""
    return o.is_one_month and o.states_level


def latest_months(series: TradeSeries) -> dict[int, float]:
    """The latest known figure of each month, by months since year 0."""
    ordered = sorted(series, key=lambda o: o.known_from)
    return {12 * o.start.year + o.start.month - 1: o.value for o in ordered if is_month(o)}


def read_months(series: TradeSeries) -> tuple[Months, int]:
    """The months of a series, the latest figure of each, and the number of figures that the model cannot use.

    The total of a year whose twelve months are all in the series adds nothing to them, and does not count as unused.
    """
    values = latest_months(series)
    complete = {y for y in {t // 12 for t in values} if all(12 * y + m in values for m in range(12))}
    others = [o for o in series if not is_month(o)]
    unused = sum(not (o.is_whole_year and o.kind == "level" and o.start.year in complete) for o in others)
    empty = next((t for t, value in sorted(values.items()) if value <= 0.0), None)
    if empty is not None:
        raise ModelError(
            f"{series.label}: {empty // 12}-{empty % 12 + 1:02d} is 0 and monthly works in logarithms: use pooled, "
            "which works from annual totals"
        )
    when = np.array(sorted(values), dtype=np.int64)
    return Months(when, np.log([values[t] for t in when.tolist()])), unused


def _check_months(series: TradeSeries, months: Months) -> None:
    remedy = "add months, or use pooled, which works from annual totals"
    if months.when.size < MIN_MONTHS:
        raise ModelError(
            f"monthly needs at least {MIN_MONTHS} months and {series.label} has {months.when.size}: {remedy}"
        )
    counts = np.bincount(months.when % 12, minlength=12)
    if counts.min() < FEWEST_OF_A_MONTH:
        raise ModelError(
            f"monthly needs every calendar month twice and {series.label} has {_NAMES[int(counts.argmin())]} "
            f"{('never', 'once')[int(counts.min())]}: {remedy}"
        )


def _estimates(months: Months, post: MonthlyPosterior, drift: Drift, origin: int) -> Estimates:
    mean, covariance = post.moments()
    volatility, noise = post.standard_deviations()
    season = SEASONS @ mean[1:REGRESSORS]
    season_error = np.sqrt(np.diag(SEASONS @ covariance[1:REGRESSORS, 1:REGRESSORS] @ SEASONS.T))
    past = (float(mean[0]), math.sqrt(covariance[0, 0]))
    future = drift.mean + drift.share * past[0], math.hypot(drift.sd, drift.share * past[1])
    drifts = {"drift": future} if drift == PAST_DRIFT else {"drift": future, "own drift": past}
    running = int((months.when >= 12 * (origin + 1)).sum())
    notes = [
        "drift in log points a year, volatility in log points a root-year, noise and seasons in log points of a month; "
        "standard errors are posterior standard deviations, the log-likelihood is restricted"
    ]
    if drift != PAST_DRIFT:
        notes.append(
            "The paths draw their drift from what other pairs say of the next ten years; own drift is what the months "
            "say of the past, and hardly predicts it."
        )
    if running:
        notes.append(f"{running} months after {origin} are known and held fixed in every path.")
    rows = [*drifts.items(), ("volatility", volatility), ("noise", noise)]
    return Estimates(
        names=(*(name for name, _ in rows), *_NAMES),
        values=np.concatenate([[value for _, (value, _) in rows], season]),
        standard_errors=np.concatenate([[error for _, (_, error) in rows], season_error]),
        n_observations=post.df,
        sample=f"log growth of months {months.label(0)} to {months.label(-1)}, restricted",
        log_likelihood=post.log_likelihood,
        n_parameters=2,
        residuals=post.innovations,
        notes=tuple(notes),
    )
