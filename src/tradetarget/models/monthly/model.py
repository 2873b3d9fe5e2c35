"""Monthly growth: a random walk with drift under a fixed season and noise, its months summed within every path.

    x_t = m_t + s_month(t) + sigma_noise e_t,   m_t = m_{t-1} + nu / 12 + sigma / sqrt(12) u_t,   e, u ~ N(0, 1),

x_t the log of month t, m its level, the twelve seasons s summing to 0 (Harvey 1989, ISBN 9780521405737, ch. 2). Drift
nu and volatility sigma are in log points a year and a root-year. Differences between observed months take the unknown
first level out and leave a regression on drift and seasons whose errors are correlated with their neighbours alone, so
one banded factor gives the restricted likelihood, the one-step innovations and the state exactly, gaps included
(``monthly_posterior``). With sigma_noise = c sin(a), sigma = c cos(a), everything but the angle a has a closed form:
every path draws the angle (uniform: a half-Cauchy law of sigma_noise / sigma; Gelman 2006, doi 10.1214/06-BA117A) on 24
nodes, then c, the drift, the seasons and the level from their joint posterior under p(c) ~ 1/c.

**The drift of the future is not that of the past.** What a pair's own months say of its growth hardly predicts the next
ten years, so by default the paths draw their drift from what other pairs say (``future_drift``); ``drift_prior=None``
lets the past go on.

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

from tradetarget.errors import ModelError, SettingError, TradeTargetWarning
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import BATCH, Array, Fitted, ModelDefaults, annual_sample
from tradetarget.models.monthly.posterior import (
    REGRESSORS,
    SEASONS,
    MonthlyPosterior,
    Months,
    monthly_posterior,
)
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations import Observation, TradeSeries
from tradetarget.passage.events import calendar_year_totals

MIN_MONTHS = 36
AHEAD = 10
"""Years over which the prior's growth is averaged to one drift."""
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


OWN_DRIFT = Drift(0.0, 1.0, 0.0)
"""The drift is one number, and the pair's own months alone say what it is."""


def future_drift(prior: Prior, series: TradeSeries) -> Drift:
    """What a panel of other pairs says of growth over the next ten years, given the calendar-year totals.

    The mean is that of the pooled law, X_10 / 10; the variance is that of a decade's shared growth and of ten years of
    the pair's own departures from it,

        drift_spread^2 + drift_variance s^2 / 100 sum_{i, j <= 10} drift_persistence^|i - j|.
    """
    fitted = PooledGrowth(prior).fit(series)
    p, years = prior.values, np.arange(AHEAD)
    together = float((p["drift_persistence"] ** np.abs(years[:, None] - years)).mean())
    variance = p["drift_spread"] ** 2 + p["drift_variance"] * float(fitted.law.volatility[0]) ** 2 * together
    return Drift(float(fitted.law.mean[0, AHEAD - 1]) / AHEAD, 0.0, math.sqrt(variance))


@dataclass(frozen=True)
class FittedMonthly(Fitted):
    """A fitted monthly model.

    Parameters
    ----------
    months
        The months it was fitted to.
    posterior
        What they say, on the nodes of the angle.
    drift
        The drift of the paths.
    """

    months: Months
    posterior: MonthlyPosterior
    drift: Drift

    @property
    def statements(self) -> tuple[Observation, ...]:
        """The months after the origin, which every path holds fixed: the latest known figure of each."""
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

    def _known(self, horizon: int) -> tuple[NDArray[np.int64], Array]:
        """Places after the origin, from 0, of the months that are known, and their logs."""
        place = self.months.when - self._first
        inside = (place >= 0) & (place < 12 * horizon)
        return place[inside], self.months.log_values[inside]

    def _ahead(self, horizon: int) -> NDArray[np.int64]:
        """Months from the last known one to the end of the horizon, as steps from it: 1, 2, ..."""
        return np.arange(1, self._first + 12 * horizon - int(self.months.when[-1]))

    def _log_months(self, state: Array, drift: Array, ahead: NDArray[np.int64]) -> tuple[Array, Array]:
        """Log months without their own noise: (K, N) missing between known ones and (ahead, N) after the last.

        ``state`` is (q, N), as in the posterior; ``drift`` (N,) is the departure of the future's drift from its mean.
        """
        post, last = self.posterior, int(self.months.when[-1])
        season = SEASONS @ state[1:REGRESSORS]
        known = self.months.when[post.before]
        start = self.months.log_values[post.before][:, None] - season[known % 12] + state[REGRESSORS:]
        between = start[:-1] + season[post.missing % 12] + state[0] / 12.0 * (post.missing - known[:-1])[:, None]
        nu = self.drift.mean + self.drift.share * state[0] + drift
        later = season[(last + ahead) % 12]
        later += start[-1]
        later += nu * (ahead / 12.0)[:, None]
        return between, later

    def _laid(self, horizon: int, between: Array, later: Array) -> Array:
        """(12 horizon, N) log months from the January after the origin, the known ones in their places."""
        n = 12 * horizon
        logs = np.empty((n, later.shape[1]))
        logs[n - later[-n:].shape[0] :] = later[-n:]
        place = self.posterior.missing - self._first
        logs[place[place < n]] = between[place < n]
        known, values = self._known(horizon)
        logs[known] = values[:, None]
        return logs

    def draw_months(self, horizon: int, rng: np.random.Generator) -> Array:
        """(12 horizon, BATCH) log months from the January after the origin; antithetic but in node and scale.

        A batch holds every node in proportion to its weight, up to one pair, in random order.
        """
        half, post, ahead = BATCH // 2, self.posterior, self._ahead(horizon)
        points = (np.arange(half) + rng.random()) / half
        nodes = rng.permutation(np.searchsorted(np.cumsum(post.weights)[:-1], points, side="right"))
        scale = post.scale[nodes] * np.sqrt(post.df / (2.0 * rng.standard_gamma(post.df / 2.0, half)))
        state = scale * np.einsum("hqr,rh->qh", post.root[nodes], rng.standard_normal((post.mean.shape[1], half)))
        drift = self.drift.sd * rng.standard_normal(half)
        gap = rng.standard_normal((post.missing.size, half)) * (scale * post.noise[nodes])
        away = rng.standard_normal((ahead.size, half)) * (scale * post.level[nodes] / math.sqrt(12.0))
        for k in range(1, ahead.size):  # cumsum along months jumps from one to the next at every path
            away[k] += away[k - 1]
        away += rng.standard_normal((ahead.size, half)) * (scale * post.noise[nodes])
        sides = []
        for sign in (1.0, -1.0):
            between, later = self._log_months(post.mean[nodes].T + sign * state, sign * drift, ahead)
            sides.append(self._laid(horizon, between + sign * gap, later + sign * away))
        return np.concatenate(sides, axis=1)

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log totals: the months of each path, summed within it."""
        return calendar_year_totals(self.draw_months(horizon, rng))

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the median path, to second order in what the months of a year do not share.

        log sum_m exp(mu_m + C_mm / 2) - w' C w / 2, averaged over the nodes: mu the mean log months, C their covariance
        apart from what is known or shared by the whole year, w their shares of the year.
        """
        post = self.posterior
        between, later = self._log_months(post.mean.T, np.zeros(post.weights.size), self._ahead(horizon))
        mean = self._laid(horizon, between, later).reshape(horizon, 12, -1)
        drawn = np.ones((horizon, 12))
        drawn.flat[self._known(horizon)[0]] = 0.0
        step = np.maximum(np.cumsum(drawn, axis=1) - 1.0, 0.0) / 12.0
        walk = np.minimum(step[:, :, None], step[:, None, :]) * drawn[:, :, None] * drawn[:, None, :]
        own = np.eye(12) * drawn[:, :, None]
        c = walk[..., None] * (post.scale * post.level) ** 2 + own[..., None] * (post.scale * post.noise) ** 2
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
    name: str = "monthly"
    min_observations: int = 2
    reads_part_years = True
    """Its paths hold the known months of the running year; nothing else may weigh them again."""

    def __post_init__(self) -> None:
        if not (self.drift_prior is None or self.drift_prior == "shipped" or isinstance(self.drift_prior, Prior)):
            raise SettingError(
                f"drift_prior {self.drift_prior!r} is no prior: give 'shipped', a Prior, or None for the months alone"
            )

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedMonthly:
        """Fit to the months of ``series``; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than 36 months, a calendar month seen less than twice, no complete year, or a last total without
            months of its own.

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
        if unused:
            warnings.warn(
                f"{self.name} reads months only: {unused} other figure{'s' if unused > 1 else ''} of {series.label} "
                f"(totals of years whose months are not all there, parts of a year, growth rates, bounds) "
                f"{'are' if unused > 1 else 'is'} not used",
                TradeTargetWarning,
                stacklevel=2,
            )
        posterior = monthly_posterior(months, after=12 * int(years[-1] + 1))
        prior = Prior.shipped() if self.drift_prior == "shipped" else self.drift_prior
        drift = OWN_DRIFT if prior is None else future_drift(prior, series)
        estimates = _estimates(months, posterior, drift, int(years[-1]))
        return FittedMonthly(self.name, series, years, x, estimates, months, posterior, drift)


def is_month(o: Observation) -> bool:
    """Whether a figure is the level of one month, and no mere bound on it."""
    return o.is_one_month and o.states_level


def read_months(series: TradeSeries) -> tuple[Months, int]:
    """The months of a series, the latest known figure of each, and how many other figures add something to them.

    The total of a year whose twelve months are all there adds nothing.
    """
    ordered = sorted(series, key=lambda o: o.known_from)
    found = {12 * o.start.year + o.start.month - 1: o.value for o in ordered if is_month(o)}
    whole = {y for y in {t // 12 for t in found} if all(12 * y + m in found for m in range(12))}
    others = [o for o in ordered if not is_month(o)]
    unused = sum(not (o.is_whole_year and o.kind == "level" and o.start.year in whole) for o in others)
    when = np.array(sorted(found), dtype=np.int64)
    return Months(when, np.log([found[t] for t in when.tolist()])), unused


def _check_months(series: TradeSeries, months: Months) -> None:
    remedy = "add months, or use pooled, which works from annual totals"
    if months.when.size < MIN_MONTHS:
        raise ModelError(
            f"monthly needs at least {MIN_MONTHS} months and {series.label} has {months.when.size}: {remedy}"
        )
    seen = np.bincount(months.when % 12, minlength=12)
    if seen.min() < 2:
        raise ModelError(
            f"monthly needs every calendar month twice and {series.label} has {_NAMES[int(seen.argmin())]} "
            f"{('never', 'once')[int(seen.min())]}: {remedy}"
        )


def _estimates(months: Months, post: MonthlyPosterior, drift: Drift, origin: int) -> Estimates:
    mean, covariance = post.moments()
    volatility, noise = post.standard_deviations()
    season = SEASONS @ mean[1:REGRESSORS]
    season_error = np.sqrt(np.diag(SEASONS @ covariance[1:REGRESSORS, 1:REGRESSORS] @ SEASONS.T))
    own = (float(mean[0]), math.sqrt(covariance[0, 0]))
    ahead = drift.mean + drift.share * own[0], math.hypot(drift.sd, drift.share * own[1])
    drifts = {"drift": ahead} if drift == OWN_DRIFT else {"drift": ahead, "own drift": own}
    known = int((months.when >= 12 * (origin + 1)).sum())
    notes = [
        "drift in log points a year, volatility in log points a root-year, noise and seasons in log points of a month; "
        "standard errors are posterior standard deviations, the log-likelihood is restricted"
    ]
    if drift != OWN_DRIFT:
        notes.append(
            "The paths draw their drift from what other pairs say of the next ten years; own drift is what the months "
            "say of the past, and hardly predicts it."
        )
    if known:
        notes.append(f"{known} months after {origin} are known and held fixed in every path.")
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
