"""Local level with drift: a random walk in logs that is seen with noise.

    x_t = m_t + s_noise e_t,   m_t = m_{t-1} + nu + s_level u_t,   e, u ~ N(0, 1),   x = log level, m = its level.

Noise is what does not last: a border closed for a year, a shipment booked in January, a revision to come. Without
noise this is the random walk with drift, without level shocks it is constant growth; between them the data decide.
With s_noise = s sin(a), s_level = s cos(a), 0 <= a <= pi/2, everything but the angle has a closed form (see
``structural``). The estimates maximise the likelihood, on a grid of angles and then on ever finer ones.

Every path draws the angle, the drift, the scale and the level at the origin from their joint posterior: angle uniform
(a half-Cauchy law of s_noise / s_level; Gelman 2006, doi 10.1214/06-BA117A) on 24 nodes, p(nu, s) ~ 1/s at each of
them. The event is on the figure as reported, so every future year has noise of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import Array, ModelDefaults, annual_sample
from tradetarget.models.structural import (
    Filtered,
    calendar,
    concentrated,
    filter_trends,
    standard_deviation_errors,
    standardised_innovations,
)
from tradetarget.models.trends import FittedTrend, TrendNodes, kept, lower_root, node_weights
from tradetarget.observations import TradeSeries

_CHUNK = 1024
_NEIGHBOURS = np.array([0.0, -4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0])
_NODES = 24


class LocalLevelEstimates(NamedTuple):
    """Batch estimates, each of shape (units,)."""

    drift: Array
    """nu, log points a year."""
    level_sd: Array
    """s_level, log points a root-year."""
    noise_sd: Array
    """s_noise, log points."""
    level: Array
    """m in the last observed year, given all totals."""
    drift_error: Array
    """Standard error of the drift, variances taken as known."""
    n: NDArray[np.int64]
    """Number of innovations: totals less one."""
    log_likelihood: Array
    """Maximised, of log growth; -inf where it is unbounded."""


def estimate_local_levels(log_levels: Array, years: NDArray[np.int64] | None = None) -> LocalLevelEstimates:
    """Fit the local level with drift to a whole matrix of series at once.

    Parameters
    ----------
    log_levels
        (units, years) natural logs; NaN where a year is not observed (ragged starts, gaps, ragged ends).
    years
        (years,) the calendar years, rising; default consecutive.

    Returns
    -------
    LocalLevelEstimates
        Maximum likelihood, variances with divisor n. A unit that grows at one constant rate has both standard
        deviations 0; one with fewer than two totals has drift 0 besides.
    """
    x = calendar(log_levels, years)
    parts = [_estimate(x[i : i + _CHUNK]) for i in range(0, x.shape[0], _CHUNK)]
    return LocalLevelEstimates(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _at_angles(x: Array, angle: Array) -> Filtered:
    return filter_trends(x, np.sin(angle) ** 2, np.cos(angle) ** 2)


def _estimate(x: Array) -> LocalLevelEstimates:
    grid = np.linspace(0.0, np.pi / 2, 17)
    value = concentrated(_at_angles(x, grid[None]), diffuse=False)[0]
    best = grid[value.argmax(axis=1)]
    step = grid[1]
    for _ in range(7):
        step /= 5.0
        tried = np.clip(best[:, None] + step * _NEIGHBOURS, 0.0, np.pi / 2)
        value = concentrated(_at_angles(x, tried), diffuse=False)[0]
        best = np.take_along_axis(tried, value.argmax(axis=1)[:, None], axis=1)[:, 0]
    f = _at_angles(x, best[:, None])
    value, variance = (a[:, 0] for a in concentrated(f, diffuse=False))
    n = np.maximum(f.n[:, 0], 0)
    known = (n > 0) & (variance > 0)
    s = np.where(known, np.sqrt(variance), 0.0)
    return LocalLevelEstimates(
        drift=np.where(n > 0, f.first_slope[:, 0], 0.0),
        level_sd=s * np.cos(best),
        noise_sd=s * np.sin(best),
        level=np.where(f.n[:, 0] >= 0, f.level[:, 0], 0.0),
        drift_error=s / np.sqrt(f.information[:, 0]) * known,
        n=n,
        log_likelihood=np.where(known, value, -np.inf),
    )


@dataclass(frozen=True)
class FittedLocalLevel(FittedTrend):
    """A fitted local level: ``drift``, ``level_sd``, ``noise_sd`` and ``level`` at the origin."""

    drift: float
    level_sd: float
    noise_sd: float
    level: float

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year), everything integrated out; error at most 1e-4."""
        return self.mixture_law(log_barriers, horizon)


@dataclass(frozen=True)
class LocalLevel(ModelDefaults):
    """Random walk with drift plus noise, in logs; see the module for the equations.

    Examples
    --------
    >>> import pandas as pd
    >>> s = TradeSeries.from_annual(pd.Series([3.0, 3.6, 3.1, 3.9, 3.5, 4.4], index=range(2019, 2025)), name="A-B")
    >>> fitted = LocalLevel().fit(s)
    >>> fitted.noise_sd > fitted.level_sd
    True
    """

    name: str = "local-level"
    min_observations: int = 5

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedLocalLevel:
        """Fit to the calendar-year totals; gaps are allowed. A series that grows at one rate has no noise.

        Raises
        ------
        ModelError
            With fewer than five totals: four growth rates for two variances and a drift.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        e = LocalLevelEstimates(*(a[0] for a in estimate_local_levels(x[None], years)))
        whole = calendar(x[None], years)
        sds = np.array([float(e.noise_sd), float(e.level_sd)])
        errors = standard_deviation_errors(whole, sds, diffuse=False)
        exact = not np.isfinite(e.log_likelihood)
        estimates = Estimates(
            names=("drift", "level_sd", "noise_sd"),
            values=np.array([float(e.drift), sds[1], sds[0]]),
            standard_errors=np.array([float(e.drift_error), errors[1], errors[0]]),
            n_observations=int(e.n),
            sample=f"log growth {years[0]}-{years[-1]}",
            log_likelihood=None if exact else float(e.log_likelihood),
            residuals=standardised_innovations(whole, sds, diffuse=False) if not exact else np.zeros(int(e.n)),
            notes=("drift in log points a year; a standard deviation at 0 has no standard error",),
        )
        nodes = _posterior(whole)
        drift, level = float(e.drift), float(e.level)
        return FittedLocalLevel(
            self.name, series, years, x, estimates, nodes=nodes, df=x.size - 2,
            drift=drift, level_sd=float(sds[1]), noise_sd=float(sds[0]), level=level,
        )  # fmt: skip


def _posterior(x: Array) -> TrendNodes:
    angle: Array = np.asarray((np.arange(_NODES) + 0.5) * (np.pi / 2 / _NODES), dtype=np.float64)
    f = _at_angles(x, angle[None])
    weights = node_weights(f.log_marginal()[0], f.squares[0])
    use = kept(weights)
    covariance = np.array([[f.p_level[0], f.p_cross[0]], [f.p_cross[0], f.p_slope[0]]])[..., use]
    noise, level, none = np.sin(angle[use]), np.cos(angle[use]), np.zeros(use.size)
    return TrendNodes(
        weights=weights[use] / weights[use].sum(),
        state=np.stack([f.level[0, use], f.slope[0, use]], axis=1),
        root=lower_root(np.moveaxis(covariance, -1, 0)),
        scale=np.sqrt(f.squares[0, use] / (f.n[0, 0] - 1)),
        damping=np.ones(use.size),
        observation=np.stack([noise, level], axis=1),
        level=np.stack([none, level], axis=1),
        slope=np.zeros((use.size, 2)),
    )
