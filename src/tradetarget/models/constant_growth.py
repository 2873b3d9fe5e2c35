"""Constant growth: a log-linear trend, its level, its growth and the scatter around it uncertain.

    x_t = a + g (t - t_mean) + s e_t,   e_t ~ N(0, 1),   x = log level, t = calendar year.

Ordinary least squares; under the reference prior p(a, g, s) ~ 1/s (Zellner 1971, ISBN 9780471169376, ch. 3), with n
totals and S = sum (t - t_mean)^2,

    (n - 2) s_hat^2 / s^2 ~ chi^2_{n-2},    a | s ~ N(mean x, s^2 / n),    g | s ~ N(g_hat, s^2 / S),

so a future total has the t law that regression texts give. Years scatter about the trend independently: the future
starts from the trend, not from the last total, and a last total far from its trend is expected to be made good in one
year. That is the model's claim, and the first autocorrelation of its residuals tells how far to trust it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import Array, ModelDefaults, annual_sample
from tradetarget.models.trends import FittedTrend, TrendNodes, lower_root
from tradetarget.observations import TradeSeries



class ConstantGrowthEstimates(NamedTuple):
    """Batch estimates, each of shape (units,)."""

    level: Array
    """Trend in the last observed year, log points."""
    growth: Array
    """Growth, log points a year."""
    residual_sd: Array
    """s_hat, log points, with n - 2 degrees of freedom (0 where n < 3)."""
    n: NDArray[np.int64]
    """Number of totals."""
    since_mean: Array
    """Years from the mean year to the last observed one."""
    spread: Array
    """S, years squared."""
    log_likelihood: Array
    """Maximised; -inf where it is unbounded."""


def estimate_constant_growth(log_levels: Array, years: NDArray[np.int64] | None = None) -> ConstantGrowthEstimates:
    """Fit the log-linear trend to a whole matrix of series at once.

    Parameters
    ----------
    log_levels
        (units, years) natural logs; NaN where a year is not observed (ragged starts, gaps, ragged ends).
    years
        (years,) the calendar years; default consecutive.

    Returns
    -------
    ConstantGrowthEstimates
        A unit with one total has growth 0; a unit with none has n = 0 and zeros.
    """
    x = np.atleast_2d(np.asarray(log_levels, dtype=float))
    t = np.arange(x.shape[1], dtype=float) if years is None else np.asarray(years, dtype=float)
    seen = np.isfinite(x)
    n = seen.sum(axis=1)
    some = np.maximum(n, 1)
    t_mean = np.where(seen, t, 0.0).sum(axis=1) / some
    x_mean = np.where(seen, x, 0.0).sum(axis=1) / some
    since = np.where(seen, t - t_mean[:, None], 0.0)
    away = np.where(seen, x - x_mean[:, None], 0.0)
    spread = (since**2).sum(axis=1)
    growth = (since * away).sum(axis=1) / np.where(spread > 0, spread, 1.0)
    squares = ((away - growth[:, None] * since) ** 2).sum(axis=1)
    squares = np.where(squares > some * EXACT**2, squares, 0.0)
    last = since.max(axis=1, initial=0.0)
    variance = np.where(squares > 0, squares, 1.0) / some
    likelihood = -0.5 * n * (np.log(2 * np.pi) + 1.0 + np.log(variance))
    return ConstantGrowthEstimates(
        level=x_mean + growth * last,
        growth=growth,
        residual_sd=np.sqrt(squares / np.maximum(n - 2, 1)),
        n=n,
        since_mean=last,
        spread=spread,
        log_likelihood=np.where(squares > 0, likelihood, -np.inf),
    )


@dataclass(frozen=True)
class FittedConstantGrowth(FittedTrend):
    """A fitted log-linear trend: ``level`` in the last year, ``growth`` a year, ``residual_sd`` around it."""

    level: float
    growth: float
    residual_sd: float

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year), trend and scatter integrated out; error below 1e-5.

        Given s the log path is normal: an uncertain trend, then independent years.
        """
        if self.residual_sd == 0.0:
            return self.mixture_law(log_barriers, horizon)
        from tradetarget.passage import uncertain_trend_cdf

        return uncertain_trend_cdf(
            self.node_means(horizon)[0] - self.log_origin,
            self.nodes.root[0],
            self.residual_sd,
            np.asarray(log_barriers, dtype=float) - self.log_origin,
            volatility_df=float(self.df),
        )


@dataclass(frozen=True)
class ConstantGrowth(ModelDefaults):
    """Log-linear trend; see the module for the equations.

    Examples
    --------
    >>> import pandas as pd
    >>> s = TradeSeries.from_annual(pd.Series({2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.6}), name="A-B")
    >>> round(float(ConstantGrowth().fit(s).growth), 4)
    0.0466
    """

    name: str = "constant-growth"
    min_observations: int = 4

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedConstantGrowth:
        """Fit to the calendar-year totals; gaps are allowed. A series exactly on its trend has no scatter.

        Raises
        ------
        ModelError
            With fewer than four totals: two degrees of freedom are the fewest with which the scatter has a mean.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        e = estimate_constant_growth(x[None], years)
        level, growth, sd = float(e.level[0]), float(e.growth[0]), float(e.residual_sd[0])
        n, since, spread = x.size, float(e.since_mean[0]), float(e.spread[0])
        covariance = np.array([[1.0 / n + since**2 / spread, since / spread], [since / spread, 1.0 / spread]])
        errors = sd * np.sqrt(np.array([covariance[0, 0], covariance[1, 1], 0.5 / (n - 2)]))
        residuals = x - level - growth * (years - years[-1])
        estimates = Estimates(
            names=("level", "growth", "residual_sd"),
            values=np.array([level, growth, sd]),
            standard_errors=errors,
            n_observations=n,
            sample=f"log levels {years[0]}-{years[-1]}",
            log_likelihood=float(e.log_likelihood[0]) if sd > 0 else None,
            residuals=residuals / sd if sd > 0 else np.zeros(n),
            notes=(f"level is the log trend in {years[-1]}; growth in log points a year",),
        )
        one, none = np.ones((1, 1)), np.zeros((1, 1))
        nodes = TrendNodes(
            weights=np.ones(1),
            state=np.array([[level, growth]]),
            root=lower_root(covariance[None]),
            scale=np.array([sd]),
            damping=np.ones(1),
            observation=one,
            level=none,
            slope=none,
        )
        return FittedConstantGrowth(
            self.name, series, years, x, estimates, nodes=nodes, df=n - 2, level=level, growth=growth, residual_sd=sd
        )
