"""Logistic saturation: trade that grows towards a ceiling.

    x_t = k - log(1 + exp(-r (t - tau))) + u_t,

x = log level, k = log ceiling, r > 0 a year, tau the calendar year of the inflection of the level (Verhulst 1838,
Correspondance mathematique et physique 10, 113-121). Nonlinear least squares in (k, log r, tau) from several fixed
starts, with analytic derivatives J. Residuals of such fits stay on one side for years, so they are taken as an
autoregression, u_t = rho u_{t-1} + s sqrt(1 - rho^2) e_t, rho their first autocorrelation (kept in [0, 0.9]), and the
covariance of the estimates is s^2 (J'J)^{-1} (1 + rho) / (1 - rho), s^2 on n - 3 degrees of freedom.

A ceiling is a claim about years that nobody has seen. The fit is refused where the data do not identify it: where the
log ceiling has a standard error above 0.5, where the ceiling lies more than 20 times above the highest total, or where
the derivatives are nearly collinear. It is refused too where the last total lies above the ceiling, which is then no
ceiling: on 276 real series of that kind it gave targets a probability of 17 % on average, and 46 % were reached.

Every path draws one scale v, n - 3 degrees of freedom, and (k, log r, tau) normal given v. It starts from the last
total, whose distance from the path's own curve decays as rho^h, and adds new residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import ModelError
from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import BATCH, Fitted, ModelDefaults, annual_sample
from tradetarget.observations import TradeSeries

LARGEST_CEILING_ERROR = 0.5
"""Largest standard error of the log ceiling, log points. Judgement, because the 80 % interval of the ceiling then
spans a factor of 3.6, and a wider one says hardly more than that there may be a ceiling."""
LARGEST_CEILING = 20.0
"""Largest ceiling over the highest total. Judgement, because ten years of growth at 35 % a year do not reach a ceiling
further away: the curve is then an exponential, which other models describe with fewer parameters."""
_RATES = np.geomspace(0.03, 1.5, 9)
"""Rates r of the starting grid, a year. Judgement. The way from a tenth to nine tenths of the ceiling takes 4.4 / r
years, 146 at one end of the grid and 3 at the other."""
_INFLECTIONS = 25
"""Years tau of the starting grid. Judgement. They lie evenly over three times the span of the data, an eighth of that
span apart."""
_STARTS = 5
"""Descents, from the best points of the grid. Judgement, tested. The estimates are those of scipy's ``curve_fit``
started at the true parameters."""
_STRONGEST_PERSISTENCE = 0.9
"""Upper bound of rho. Judgement, because a short series estimates it poorly, and at 0.9 the standard errors are already
4.4 times those of independent residuals."""
_WORST_CONDITION = 1e6
"""Condition number of the scaled derivatives above which they count as collinear. The covariance, which squares it,
would keep only four of the sixteen digits of float64."""
_SMALLEST_COLUMN = 1e-8
"""Norm of a column of derivatives, over that of the largest, below which it counts as zero. The square root of the
relative precision of float64."""
_EXPONENT_LIMIT = 300.0
"""Largest log ratio that is shown as a ratio. Its exponential is still a number in float64."""
_RATE_LIMITS = (-20.0, 5.0)
"""Range of log r in the paths, where a draw from the normal law may lie anywhere. Outside it the curve is flat or a
step."""
_REMEDY = "choose a model without a ceiling, such as random-walk or damped-trend, or set a ceiling in a scenario"


class CurveFit(NamedTuple):
    """Least squares of (k, log r, tau), and the residuals and derivatives there, for n totals."""

    best: Array
    """(3,) k, log r and tau."""
    residuals: Array
    """(n,) log points."""
    jacobian: Array
    """(n, 3) derivatives of the residuals."""


@dataclass(frozen=True, repr=False)
class FittedLogistic(Fitted):
    """A fitted logistic curve.

    Parameters
    ----------
    best
        (3,) estimates of (k, log r, tau).
    root
        (3, 3) a root of their covariance.
    residual_sd, persistence
        s in log points, and rho.
    df
        Degrees of freedom of s.
    """

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
        """(years, ...) log level on the curve of (3, ...) parameters (k, log r, tau)."""
        k, log_r, tau = parameters
        since = np.asarray(years, dtype=float).reshape(-1, *[1] * k.ndim) - tau
        return np.asarray(k - shortfall(np.exp(np.clip(log_r, *_RATE_LIMITS)) * since))

    def _years_ahead(self, horizon: int) -> Array:
        return np.asarray(self.origin_year + np.arange(1, horizon + 1), dtype=float)

    def _decay(self, horizon: int) -> Array:
        return np.asarray(self.persistence ** np.arange(1, horizon + 1))

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) the curve at the estimates plus what is left of the last residual: the median to first order."""
        gap = self.log_origin - self.curve(self.best, np.array([self.origin_year]))
        return np.asarray(self.curve(self.best, self._years_ahead(horizon)) + self._decay(horizon) * gap)

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels, antithetic in parameters and residuals; a pair of paths shares its scale."""
        half = BATCH // 2
        scale = np.sqrt(self.df / (2.0 * rng.standard_gamma(self.df / 2.0, half)))
        z = rng.standard_normal((3, half)) * scale
        shocks = rng.standard_normal((horizon, half)) * (scale * self.residual_sd)
        shocks *= np.sqrt(1.0 - self.persistence**2)
        for h in range(1, horizon):
            shocks[h] += self.persistence * shocks[h - 1]
        deviation = self.root @ z
        parameters = np.concatenate([self.best[:, None] + deviation, self.best[:, None] - deviation], axis=1)
        gap = self.log_origin - self.curve(parameters, np.array([self.origin_year]))
        paths = self.curve(parameters, self._years_ahead(horizon)) + self._decay(horizon)[:, None] * gap
        paths[:, :half] += shocks
        paths[:, half:] -= shocks
        return np.asarray(paths)


@dataclass(frozen=True)
class Logistic(ModelDefaults):
    """Logistic saturation in logs; see the module for the equations."""

    name: str = "logistic"
    min_observations: int = 8
    """Judgement. Five degrees of freedom for the residuals, of whose persistence a shorter series says nothing."""

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedLogistic:
        """Fit to the calendar-year totals; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than eight totals, when they do not identify a ceiling (a series that does not grow, or that
            grows without slowing down), or when the last of them lies above it.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        since = years - years.mean()
        if since @ x <= EXACT * (since @ since):
            raise ModelError(
                f"{self.name} cannot tell a ceiling from {series.label}: its totals do not grow; {_REMEDY}"
            )
        fit = least_squares(years.astype(float), x)
        df, squares = x.size - 3, float(fit.residuals @ fit.residuals)
        sd, rho = float(np.sqrt(squares / df)), persistence(years, fit.residuals)
        root = _identified(self.name, series, x, fit, sd * np.sqrt((1.0 + rho) / (1.0 - rho)))
        return FittedLogistic(
            self.name, series, years, x, _estimates(years, x, fit, root, sd, rho),
            best=fit.best, root=root, residual_sd=sd, persistence=rho, df=df,
        )  # fmt: skip


def shortfall(z: Array) -> Array:
    """log(1 + exp(-z)): log points below the ceiling at z = r (t - tau)."""
    return np.asarray(np.logaddexp(0.0, -z))


def least_squares(t: Array, x: Array) -> CurveFit:
    """The best of the descents from the best points of a grid of r and tau, where k has a closed form.

    Parameters
    ----------
    t, x
        (n,) calendar years and log totals.
    """
    from scipy import optimize, special

    span, spread = t[-1] - t[0], x.max() - x.min()
    taus = np.linspace(t[0] - span, t[-1] + span, _INFLECTIONS)
    rate, tau = (a.ravel() for a in np.meshgrid(_RATES, taus))
    shape = shortfall(rate * (t[:, None] - tau))
    ceiling = (x[:, None] + shape).mean(axis=0)
    order = np.argsort(((x[:, None] - ceiling + shape) ** 2).sum(axis=0), kind="stable")[:_STARTS]
    # Bounds far outside what the data can identify, so that a descent that ends on one is refused afterwards: a ceiling
    # up to 1,000 times the highest total, rates of 0.001 to 10 a year, inflections up to three spans away.
    lower = np.array([x.min() - spread - 1.0, np.log(1e-3), t[0] - 3 * span])
    upper = np.array([x.max() + np.log(1e3), np.log(10.0), t[-1] + 3 * span])

    def residuals(p: Array) -> Array:
        return np.asarray(x - p[0] + shortfall(np.exp(p[1]) * (t - p[2])))

    def jacobian(p: Array) -> Array:
        r = np.exp(p[1])
        slope = -special.expit(-r * (t - p[2])) * r
        return np.stack([-np.ones_like(t), slope * (t - p[2]), -slope], axis=1)

    starts = [np.clip([ceiling[i], np.log(rate[i]), tau[i]], lower + 1e-6, upper - 1e-6) for i in order]
    scale = (1.0, 1.0, max(span, 1.0))
    fits = [optimize.least_squares(residuals, p, jac=jacobian, bounds=(lower, upper), x_scale=scale) for p in starts]
    best = min(fits, key=lambda f: f.cost)
    return CurveFit(best.x, residuals(best.x), jacobian(best.x))


def persistence(years: NDArray[np.int64], residuals: Array) -> float:
    """rho: first autocorrelation of the residuals over pairs of adjacent years, kept in [0, 0.9]."""
    adjacent = np.diff(years) == 1
    power = float(residuals @ residuals)
    if power == 0 or not adjacent.any():
        return 0.0
    return float(np.clip((residuals[1:] * residuals[:-1])[adjacent].sum() / power, 0.0, _STRONGEST_PERSISTENCE))


def _identified(name: str, series: TradeSeries, x: Array, fit: CurveFit, sd: float) -> Array:
    """(3, 3) root of the covariance of the estimates; a ModelError where the data do not identify the ceiling."""
    scale = np.linalg.norm(fit.jacobian, axis=0)
    collinear = scale.min() <= _SMALLEST_COLUMN * scale.max()
    if collinear or np.linalg.cond(fit.jacobian / scale) > _WORST_CONDITION:
        raise ModelError(f"{name} cannot tell a ceiling from {series.label}: its growth does not slow down; {_REMEDY}")
    ratio = float(np.exp(min(fit.best[0] - x.max(), _EXPONENT_LIMIT)))
    if ratio > LARGEST_CEILING:
        raise ModelError(
            f"{name} puts the ceiling of {series.label} {ratio:.3g} times above its highest total (at most "
            f"{LARGEST_CEILING:g} is taken as told by the data): {_REMEDY}"
        )
    if x[-1] > fit.best[0]:
        raise ModelError(
            f"{name} cannot tell a ceiling from {series.label}: its last total is already "
            f"{np.exp(x[-1] - fit.best[0]):.2f} times the one that its past suggests; {_REMEDY}"
        )
    _, singular, right = np.linalg.svd(fit.jacobian / scale, full_matrices=False)
    root = sd * (right.T / singular) / scale[:, None]
    error = float(np.sqrt((root[0] ** 2).sum()))
    if error > LARGEST_CEILING_ERROR:
        raise ModelError(
            f"{name} cannot tell the ceiling of {series.label}: its log has a standard error of {error:.2g} (at most "
            f"{LARGEST_CEILING_ERROR:g} is taken as told by the data): {_REMEDY}"
        )
    return np.asarray(root)


def _estimates(years: NDArray[np.int64], x: Array, fit: CurveFit, root: Array, sd: float, rho: float) -> Estimates:
    """The table that the summary shows."""
    n, df, squares = x.size, x.size - 3, float(fit.residuals @ fit.residuals)
    errors = np.sqrt((root**2).sum(axis=1))
    rate, ceiling = float(np.exp(fit.best[1])), float(np.exp(fit.best[0]))
    return Estimates(
        names=("ceiling", "rate", "inflection", "residual_sd"),
        values=np.array([ceiling, rate, fit.best[2], sd]),
        standard_errors=np.array([ceiling * errors[0], rate * errors[1], errors[2], sd / np.sqrt(2.0 * df)]),
        n_observations=n,
        sample=f"log levels {years[0]}-{years[-1]}",
        log_likelihood=-0.5 * n * (np.log(2.0 * np.pi * squares / n) + 1.0) if squares > 0 else None,
        residuals=fit.residuals / sd if sd > 0 else np.zeros(n),
        notes=(
            f"ceiling in the unit of the series, rate a year, inflection a calendar year; persistence {rho:.2f} of the "
            "residuals is in the standard errors, not in the log-likelihood",
        ),
    )
