"""Random walk with drift in logs, its drift and its volatility uncertain.

    x_t = x_{t-1} + nu dt + s sqrt(dt) e_t,   e_t ~ N(0, 1),   x = log level, dt the years between two totals.

Reference prior p(nu, s) ~ 1/s (Zellner 1971, ISBN 9780471169376, ch. 3). With n increments over T years in all,

    nu_hat = (x_last - x_first) / T,
    s_hat^2 = sum_i (dx_i - nu_hat dt_i)^2 / dt_i / (n - 1),
    (n - 1) s_hat^2 / s^2 ~ chi^2_{n-1},      nu | s ~ N(nu_hat, s^2 / T).

Gaps in the years are allowed: an increment over dt years has variance s^2 dt. Every simulated path draws its own
(nu, s); the hitting law integrates over both (``passage.gaussian_path_cdf``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import BATCH, Fitted, ModelDefaults, StudentLaw, annual_sample
from tradetarget.observations import TradeSeries


class RandomWalkEstimates(NamedTuple):
    """Batch estimates, each of shape (units,)."""

    drift: Array
    """nu_hat, log points a year."""
    volatility: Array
    """s_hat, log points a root-year."""
    n: NDArray[np.int64]
    """Number of increments. Totals less one."""
    span: Array
    """T, years from the first total to the last."""
    log_likelihood: Array
    """Maximised; -inf where it is unbounded."""


def estimate_random_walks(log_levels: Array, years: NDArray[np.int64] | None = None) -> RandomWalkEstimates:
    """Fit the random walk with drift to a whole matrix of series at once.

    Parameters
    ----------
    log_levels
        (units, years) natural logs; NaN where a year is not observed (ragged starts, gaps).
    years
        (years,) the calendar years; default consecutive.

    Returns
    -------
    RandomWalkEstimates
        Drift a year; volatility a root-year with n - 1 degrees of freedom (0 where n = 1); the number of increments n;
        the years spanned; the maximised log-likelihood, -inf where it is unbounded. A unit with fewer than two
        observations has n = 0, span 0, drift 0 and volatility 0.
    """
    x = np.atleast_2d(np.asarray(log_levels, dtype=float))
    t = np.arange(x.shape[1], dtype=float) if years is None else np.asarray(years, dtype=float)
    observed = np.isfinite(x)
    # Observed years first, in their order: increments then run over gaps, and the rest of a row is masked below.
    order = np.argsort(~observed, axis=1, kind="stable")
    x, t = np.take_along_axis(x, order, axis=1), t[order]
    count = observed.sum(axis=1)
    n = np.maximum(count - 1, 0)
    valid = np.arange(x.shape[1] - 1)[None, :] < n[:, None]
    dx = np.where(valid, np.diff(x, axis=1), 0.0)
    dt = np.where(valid, np.diff(t, axis=1), 1.0)
    span = np.where(valid, dt, 0.0).sum(axis=1)
    drift = dx.sum(axis=1) / np.maximum(span, 1.0)
    squares = np.where(valid, (dx - drift[:, None] * dt) ** 2 / dt, 0.0).sum(axis=1)
    squares = np.where(squares > n * EXACT**2, squares, 0.0)
    volatility = np.sqrt(squares / np.maximum(n - 1, 1))
    log_scale = np.log(np.where(squares > 0, squares, 1.0) / np.maximum(n, 1))
    likelihood = -0.5 * (n * (np.log(2 * np.pi) + 1.0 + log_scale) + np.where(valid, np.log(dt), 0.0).sum(axis=1))
    return RandomWalkEstimates(drift, volatility, n, span, np.where(squares > 0, likelihood, -np.inf))


@dataclass(frozen=True, repr=False)
class FittedRandomWalk(Fitted):
    """A fitted random walk with drift.

    Parameters
    ----------
    drift, volatility
        nu_hat in log points a year, s_hat in log points a root-year.
    n, span
        Number of increments, and the years that they span.
    """

    drift: float
    volatility: float
    n: int
    span: float

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) x_origin + nu_hat h: the median path, because the predictive law is symmetric in logs."""
        return np.asarray(self.log_origin + self.drift * np.arange(1, horizon + 1))

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels, antithetic in drift and increments; a pair of paths shares its volatility."""
        return self.draw_batches(horizon, 1, rng)

    def draw_batches(self, horizon: int, count: int, rng: np.random.Generator) -> Array:
        """(horizon, count * BATCH) log levels: random numbers of one batch after the other, then arithmetic of all."""
        half, df = BATCH // 2, self.n - 1
        z, scale = np.empty((count, horizon + 1, half)), np.empty((count, half))
        for i in range(count):
            rng.standard_normal(out=z[i])
            scale[i] = rng.standard_gamma(df / 2.0, half)
        np.sqrt(df / (2.0 * scale), out=scale)
        scale *= self.volatility
        deviation = z[:, 1:].swapaxes(0, 1)
        deviation += z[:, 0] / np.sqrt(self.span)
        # A loop over periods in place of cumsum: a period of all paths is contiguous in memory, and adding two of them
        # is faster than stepping from period to period for every path.
        for k in range(1, horizon):
            np.add(deviation[k], deviation[k - 1], out=deviation[k])
        deviation *= scale
        paths = np.empty((horizon, count, BATCH))
        centre = self.log_centre(horizon)[:, None, None]
        np.add(centre, deviation, out=paths[:, :, :half])
        np.subtract(centre, deviation, out=paths[:, :, half:])
        return paths.reshape(horizon, -1)

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year), drift and volatility integrated out; error at most 1e-4.

        The general law of Gaussian paths, and not ``passage.discrete_random_drift_cdf``: that one errs by 1e-6, but
        its quadrature is chosen by the barrier and the horizon, so that only the general law never rises with the
        target, nor moves with the horizon, to the last bit.
        """
        from tradetarget.passage import gaussian_path_cdf

        h = np.arange(1.0, horizon + 1.0)
        return gaussian_path_cdf(
            self.drift * h,
            self.volatility**2 * (np.minimum.outer(h, h) + np.outer(h, h) / self.span),
            np.asarray(log_barriers) - self.log_origin,
            volatility_df=self.n - 1,
        )

    def student_law(self, horizon: int) -> StudentLaw | None:
        """Mean nu_hat h, scale s_hat^2 (min(h, k) + h k / T), n - 1 degrees of freedom; None without volatility."""
        if self.volatility <= 0.0:
            return None
        h = np.arange(1.0, horizon + 1.0)
        scale = self.volatility**2 * (np.minimum.outer(h, h) + np.outer(h, h) / self.span)
        return StudentLaw(self.drift * h, scale, self.n - 1.0)


@dataclass(frozen=True)
class RandomWalk(ModelDefaults):
    """Random walk with drift in logs; see the module for the equations.

    Examples
    --------
    >>> import pandas as pd
    >>> s = TradeSeries.from_annual(pd.Series({2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1}), name="A-B")
    >>> round(float(RandomWalk().fit(s).drift), 4)
    0.0253
    """

    name: str = "random-walk"
    min_observations: int = 3
    """Two growth rates are the fewest from which a volatility can be estimated."""

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedRandomWalk:
        """Fit to the calendar-year totals; gaps are allowed.

        Raises
        ------
        ModelError
            With fewer than three totals: two growth rates are the fewest from which a volatility can be estimated.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        e = estimate_random_walks(x[None], years)
        drift, volatility, n, span = float(e.drift[0]), float(e.volatility[0]), int(e.n[0]), float(e.span[0])
        dt = np.diff(years)
        estimates = Estimates(
            names=("drift", "volatility"),
            values=np.array([drift, volatility]),
            standard_errors=np.array([volatility / np.sqrt(span), volatility / np.sqrt(2.0 * (n - 1))]),
            n_observations=n,
            sample=f"log growth {years[0]}-{years[-1]}",
            log_likelihood=float(e.log_likelihood[0]) if np.isfinite(e.log_likelihood[0]) else None,
            residuals=(np.diff(x) - drift * dt) / (np.sqrt(dt) * volatility) if volatility > 0 else np.zeros(n),
            notes=("drift in log points a year; volatility in log points a root-year",),
        )
        return FittedRandomWalk(self.name, series, years, x, estimates, drift, volatility, n, span)
