"""Saturation: trade that grows towards a ceiling, along a logistic or a Gompertz curve.

    logistic:  x_t = k - log(1 + exp(-r (t - tau))) + u_t,      Gompertz:  x_t = k - exp(-r (t - tau)) + u_t,

x = log level, k = log ceiling, r > 0 a year, tau the calendar year of the inflection of the level (Verhulst 1838;
Winsor 1932, doi 10.1073/pnas.18.1.1). Nonlinear least squares in (k, log r, tau) from several fixed starts, with
analytic derivatives J. Residuals of such fits run for years on one side, so they are taken as
u_t = rho u_{t-1} + s sqrt(1 - rho^2) e_t, rho their first autocorrelation (kept in [0, 0.9]), and the covariance of the
estimates is s^2 (J'J)^{-1} (1 + rho) / (1 - rho), s^2 on n - 3 degrees of freedom.

A ceiling is a claim about years nobody has seen. When the data do not tell it - its log has a standard error above
0.5, it lies more than 20 times above the highest total, or the derivatives are nearly dependent - the fit is refused.

Every path draws one scale v, n - 3 degrees of freedom, and (k, log r, tau) normal given v; it starts from the last
total, whose distance from the path's own curve decays as rho^h, and adds new residuals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import ModelError
from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import BATCH, Array, Fitted, ModelDefaults, annual_sample
from tradetarget.observations import TradeSeries

LARGEST_CEILING_ERROR = 0.5
LARGEST_CEILING = 20.0
_DEEPEST = 30.0
_RATES = np.geomspace(0.03, 1.5, 9)
_WORST_CONDITION = 1e6
_REMEDY = "choose a model without a ceiling, such as random-walk or damped-trend, or set a ceiling in a scenario"
Curve = Callable[[Array], Array]


def _logistic(z: Array) -> Array:
    return np.asarray(np.logaddexp(0.0, -z))


def _logistic_slope(z: Array) -> Array:
    from scipy.special import expit

    return np.asarray(-expit(-z))


def _gompertz(z: Array) -> Array:
    return np.asarray(np.exp(np.minimum(-z, np.log(_DEEPEST))))


def _gompertz_slope(z: Array) -> Array:
    return np.asarray(-np.exp(np.minimum(-z, np.log(_DEEPEST))))


class Found(NamedTuple):
    """Least squares of (k, log r, tau), and the residuals and derivatives there."""

    best: Array
    residuals: Array
    jacobian: Array


@dataclass(frozen=True)
class FittedSaturation(Fitted):
    """A fitted saturation curve: ``best`` is (k, log r, tau), ``root`` a root of their covariance."""

    shortfall: Curve
    best: Array
    root: Array
    residual_sd: float
    persistence: float
    df: int

    @property
    def ceiling(self) -> float:
        """Estimated ceiling, in the unit of the series."""
        return float(np.exp(self.best[0]))

    @property
    def log_ceiling_error(self) -> float:
        """Standard error of the log of the ceiling."""
        return float(np.sqrt((self.root[0] ** 2).sum()))

    def curve(self, parameters: Array, years: Array) -> Array:
        """(years, ...) log level on the curve of (3, ...) parameters."""
        k, log_r, tau = parameters
        since = np.asarray(years, dtype=float).reshape(-1, *[1] * k.ndim) - tau
        return np.asarray(k - self.shortfall(np.exp(np.clip(log_r, -20.0, 5.0)) * since))

    def _steps(self, horizon: int) -> Array:
        return np.asarray(self.origin_year + np.arange(1, horizon + 1), dtype=float)

    def _decay(self, horizon: int) -> Array:
        return np.asarray(self.persistence ** np.arange(1, horizon + 1))

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) the curve at the estimates plus what is left of the last residual: the median to first order."""
        gap = self.log_origin - self.curve(self.best, np.array([self.origin_year]))
        return np.asarray(self.curve(self.best, self._steps(horizon)) + self._decay(horizon) * gap)

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels, antithetic in parameters and residuals, scale shared by a pair of paths."""
        half = BATCH // 2
        scale = np.sqrt(self.df / (2.0 * rng.standard_gamma(self.df / 2.0, half)))
        z = rng.standard_normal((3, half)) * scale
        shocks = rng.standard_normal((horizon, half)) * (scale * self.residual_sd)
        shocks *= np.sqrt(1.0 - self.persistence**2)
        for h in range(1, horizon):
            shocks[h] += self.persistence * shocks[h - 1]
        away = self.root @ z
        parameters = np.concatenate([self.best[:, None] + away, self.best[:, None] - away], axis=1)
        gap = self.log_origin - self.curve(parameters, np.array([self.origin_year]))
        paths = self.curve(parameters, self._steps(horizon)) + self._decay(horizon)[:, None] * gap
        paths[:, :half] += shocks
        paths[:, half:] -= shocks
        return np.asarray(paths)


@dataclass(frozen=True)
class Logistic(ModelDefaults):
    """Logistic saturation in logs; see the module for the equations."""

    name: str = "logistic"
    min_observations: int = 8

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedSaturation:
        """Fit to the calendar-year totals; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than eight totals, or when they do not identify a ceiling (a series that does not grow, or that
            grows without slowing down).
        """
        return _fit(self.name, self.min_observations, series, _logistic, _logistic_slope)


@dataclass(frozen=True)
class Gompertz(ModelDefaults):
    """Gompertz saturation in logs; see the module for the equations."""

    name: str = "gompertz"
    min_observations: int = 8

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedSaturation:
        """Fit to the calendar-year totals; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than eight totals, or when they do not identify a ceiling (a series that does not grow, or that
            grows without slowing down).
        """
        return _fit(self.name, self.min_observations, series, _gompertz, _gompertz_slope)


def _fit(name: str, minimum: int, series: TradeSeries, shortfall: Curve, slope: Curve) -> FittedSaturation:
    years, x = annual_sample(series, name, minimum, gaps=True)
    since = years - years.mean()
    if since @ x <= EXACT * (since @ since):
        raise ModelError(f"{name} cannot tell a ceiling from {series.label}: its totals do not grow; {_REMEDY}")
    found = _least_squares(years.astype(float), x, shortfall, slope)
    n, df = x.size, x.size - 3
    squares = float(found.residuals @ found.residuals)
    sd, rho = float(np.sqrt(squares / df)), _persistence(years, found.residuals)
    inflated = sd * np.sqrt((1.0 + rho) / (1.0 - rho))
    root = _identified(name, series, x, found, inflated)
    errors = np.sqrt((root**2).sum(axis=1))
    rate, ceiling = float(np.exp(found.best[1])), float(np.exp(found.best[0]))
    estimates = Estimates(
        names=("ceiling", "rate", "inflection", "residual_sd"),
        values=np.array([ceiling, rate, found.best[2], sd]),
        standard_errors=np.array([ceiling * errors[0], rate * errors[1], errors[2], sd / np.sqrt(2.0 * df)]),
        n_observations=n,
        sample=f"log levels {years[0]}-{years[-1]}",
        log_likelihood=-0.5 * n * (np.log(2.0 * np.pi * squares / n) + 1.0) if squares > 0 else None,
        residuals=found.residuals / sd if sd > 0 else np.zeros(n),
        notes=(
            f"ceiling in the unit of the series, rate a year, inflection a calendar year; persistence {rho:.2f} of the "
            "residuals is in the standard errors, not in the log-likelihood",
            *(
                ["the last total lies above the ceiling: the model expects it to fall back"]
                if x[-1] > found.best[0]
                else []
            ),
        ),
    )
    return FittedSaturation(
        name, series, years, x, estimates,
        shortfall=shortfall, best=found.best, root=root, residual_sd=sd, persistence=rho, df=df,
    )  # fmt: skip


def _least_squares(t: Array, x: Array, shortfall: Curve, slope: Curve) -> Found:
    """The best of the descents from the five best points of a grid of r and tau, k in closed form on the grid."""
    from scipy.optimize import least_squares

    span, low = t[-1] - t[0], x.max() - x.min()
    taus = np.linspace(t[0] - span, t[-1] + span, 25)
    rate, tau = (a.ravel() for a in np.meshgrid(_RATES, taus))
    shape = shortfall(rate * (t[:, None] - tau))
    level = (x[:, None] + shape).mean(axis=0)
    order = np.argsort(((x[:, None] - level + shape) ** 2).sum(axis=0), kind="stable")[:5]
    lower = np.array([x.min() - low - 1.0, np.log(1e-3), t[0] - 3 * span])
    upper = np.array([x.max() + np.log(1e3), np.log(10.0), t[-1] + 3 * span])

    def residuals(p: Array) -> Array:
        return np.asarray(x - p[0] + shortfall(np.exp(p[1]) * (t - p[2])))

    def jacobian(p: Array) -> Array:
        r = np.exp(p[1])
        turn = slope(r * (t - p[2])) * r
        return np.stack([-np.ones_like(t), turn * (t - p[2]), -turn], axis=1)

    starts = [np.clip([level[i], np.log(rate[i]), tau[i]], lower + 1e-6, upper - 1e-6) for i in order]
    scale = (1.0, 1.0, max(span, 1.0))
    fits = [least_squares(residuals, p, jac=jacobian, bounds=(lower, upper), x_scale=scale) for p in starts]
    best = min(fits, key=lambda f: f.cost)
    return Found(best.x, residuals(best.x), jacobian(best.x))


def _persistence(years: NDArray[np.int64], residuals: Array) -> float:
    """First autocorrelation of the residuals over pairs of adjacent years, kept in [0, 0.9]."""
    adjacent = np.diff(years) == 1
    power = float(residuals @ residuals)
    if power == 0 or not adjacent.any():
        return 0.0
    return float(np.clip((residuals[1:] * residuals[:-1])[adjacent].sum() / power, 0.0, 0.9))


def _identified(name: str, series: TradeSeries, x: Array, found: Found, sd: float) -> Array:
    """(3, 3) root of the covariance of the estimates, or the refusal of a ceiling that the data do not tell."""
    scale = np.linalg.norm(found.jacobian, axis=0)
    if scale.min() <= 1e-8 * scale.max() or np.linalg.cond(found.jacobian / scale) > _WORST_CONDITION:
        raise ModelError(f"{name} cannot tell a ceiling from {series.label}: its growth does not slow down; {_REMEDY}")
    ratio = float(np.exp(min(found.best[0] - x.max(), 300.0)))
    if ratio > LARGEST_CEILING:
        raise ModelError(
            f"{name} puts the ceiling of {series.label} {ratio:.3g} times above its highest total (at most "
            f"{LARGEST_CEILING:g} is taken as told by the data): {_REMEDY}"
        )
    _, singular, right = np.linalg.svd(found.jacobian / scale, full_matrices=False)
    root = sd * (right.T / singular) / scale[:, None]
    error = float(np.sqrt((root[0] ** 2).sum()))
    if error > LARGEST_CEILING_ERROR:
        raise ModelError(
            f"{name} cannot tell the ceiling of {series.label}: its log has a standard error of {error:.2g} (at most "
            f"{LARGEST_CEILING_ERROR:g} is taken as told by the data): {_REMEDY}"
        )
    return np.asarray(root)
