"""Local linear trend: a level whose growth rate itself wanders, seen with noise, in logs.

    x_t = m_t + s_noise e_t,   m_t = m_{t-1} + b_{t-1} + s_level u_t,   b_t = b_{t-1} + s_slope w_t,

e, u, w ~ N(0, 1), x = log level, b = its growth, log points a year (Harvey 1989, ISBN 9780521405737, ch. 2). The
estimates maximise the diffuse likelihood, that of ``statsmodels`` ``UnobservedComponents(x, "local linear trend")``,
over s_noise = s cos(c) sin(a), s_level = s cos(c) cos(a), s_slope = s sin(c), with s in closed form.

A growth rate that wanders makes far horizons wide, and a short series says little about how fast it wanders: its
maximum likelihood estimate is often 0. So every path draws all of it from the joint posterior: a uniform (a half-Cauchy
law of s_noise / s_level; Gelman 2006, doi 10.1214/06-BA117A), s_slope / s half-Cauchy with scale 1/5, on 12 x 12 nodes
of equal prior weight, and p(s) ~ 1/s with diffuse level and slope at each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

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

_NODES = 12
_SLOPE_SCALE = 0.2


@dataclass(frozen=True)
class FittedLocalLinearTrend(FittedTrend):
    """A fitted local linear trend: ``noise_sd``, ``level_sd``, ``slope_sd``, and ``slope`` at the origin."""

    noise_sd: float
    level_sd: float
    slope_sd: float
    slope: float


@dataclass(frozen=True)
class LocalLinearTrend(ModelDefaults):
    """Local linear trend in logs; see the module for the equations."""

    name: str = "local-linear-trend"
    min_observations: int = 6

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedLocalLinearTrend:
        """Fit to the calendar-year totals; gaps are allowed. A series that grows at one rate goes on at that rate.

        Raises
        ------
        ModelError
            With fewer than six totals: four second differences for three variances.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        whole = calendar(x[None], years)
        angles = _best_angles(whole)
        f = _at(whole, *angles[:, None, None])
        value, variance = (float(a[0, 0]) for a in concentrated(f, diffuse=True))
        sds = np.sqrt(variance) * _directions(*angles)
        slope, exact = float(f.slope[0, 0]), variance == 0
        estimates = Estimates(
            names=("noise_sd", "level_sd", "slope_sd", "slope"),
            values=np.array([*sds, slope]),
            standard_errors=np.array(
                [*standard_deviation_errors(whole, sds, diffuse=True), np.sqrt(variance * f.p_slope[0, 0])]
            ),
            n_observations=x.size - 2,
            sample=f"log levels {years[0]}-{years[-1]}, diffuse level and slope",
            log_likelihood=None if exact else value,
            n_parameters=3,
            residuals=np.zeros(x.size - 2) if exact else standardised_innovations(whole, sds, diffuse=True),
            notes=(
                f"slope is the growth rate at the end of {years[-1]}, log points a year, variances taken as known",
                "a standard deviation at 0 has no standard error",
            ),
        )
        noise_sd, level_sd, slope_sd = map(float, sds)
        return FittedLocalLinearTrend(
            self.name, series, years, x, estimates, nodes=_posterior(whole), df=x.size - 2,
            noise_sd=noise_sd, level_sd=level_sd, slope_sd=slope_sd, slope=slope,
        )  # fmt: skip


def _directions(a: Array, c: Array) -> Array:
    """(3, ...) noise, level and slope standard deviations over s at the angles a and c."""
    return np.stack([np.cos(c) * np.sin(a), np.cos(c) * np.cos(a), np.sin(c)])


def _at(x: Array, a: Array, c: Array) -> Filtered:
    return filter_trends(x, *_directions(a, c) ** 2)


def _best_angles(x: Array) -> Array:
    """(2,) angles a, c of the highest diffuse likelihood: a grid, finer near c = 0, then ever finer ones.

    The search runs over (a, sqrt c), so that slopes that wander slowly are told apart.
    """
    top = np.array([np.pi / 2, np.sqrt(np.pi / 2)])
    a, u = np.meshgrid(np.linspace(0, top[0], 17), np.linspace(0, top[1], 25), indexing="ij")
    points = np.stack([a.ravel(), u.ravel()])
    step = top / np.array([16.0, 24.0])
    square = np.stack(np.meshgrid(np.arange(-3.0, 4.0), np.arange(-3.0, 4.0))).reshape(2, -1)
    for _ in range(12):
        value = concentrated(_at(x, points[:1], points[1:] ** 2), diffuse=True)[0][0]
        best = points[:, value.argmax()]
        step = step / 4.0
        points = np.clip(best[:, None] + step[:, None] * square, 0.0, top[:, None])
    return np.array([best[0], best[1] ** 2])


def _posterior(x: Array) -> TrendNodes:
    middle = (np.arange(_NODES) + 0.5) / _NODES
    a, c = np.meshgrid(middle * np.pi / 2, np.arctan(_SLOPE_SCALE * np.tan(middle * np.pi / 2)))
    f = _at(x, a.reshape(1, -1), c.reshape(1, -1))
    weights = node_weights(f.log_marginal()[0], f.squares[0])
    use = kept(weights)
    covariance = np.array([[f.p_level[0], f.p_cross[0]], [f.p_cross[0], f.p_slope[0]]])[..., use]
    noise, level, slope = _directions(a.ravel()[use], c.ravel()[use])
    none = np.zeros(use.size)
    return TrendNodes(
        weights=weights[use] / weights[use].sum(),
        state=np.stack([f.level[0, use], f.slope[0, use]], axis=1),
        root=lower_root(np.moveaxis(covariance, -1, 0)),
        scale=np.sqrt(f.squares[0, use] / (f.n[0, 0] - 1)),
        damping=np.ones(use.size),
        observation=np.stack([noise, level, none], axis=1),
        level=np.stack([none, level, none], axis=1),
        slope=np.stack([none, none, slope], axis=1),
    )
