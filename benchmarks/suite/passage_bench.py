"""First passage: time and memory at 1, 1,000 and 100,000 units (x 4 targets x 10 years), and accuracy."""

from __future__ import annotations

import numpy as np

from tradetarget.passage import discrete_cdf, discrete_random_drift_cdf, gaussian_path_cdf, random_drift_cdf
from tradetarget.passage.lattice import crossing_table
from tradetarget.passage.points import BATCH, EXACT, Rule

YEARS = np.arange(1, 11)


class Units:
    """Units with a drift, a volatility and n growth rates each, and four targets a unit."""

    params = ([1, 1_000, 100_000],)
    param_names = ("units",)
    timeout = 300
    only_with_all = (100_000,)

    def setup(self, units: int) -> None:
        rng = np.random.default_rng(0)
        self.barrier = rng.uniform(0.1, 1.5, (units, 4))
        self.drift = rng.normal(0.05, 0.05, (units, 1))
        self.volatility = rng.uniform(0.05, 0.3, (units, 1))
        self.n = rng.integers(3, 35, (units, 1))
        self.drift_sd = self.volatility / np.sqrt(self.n)
        self.time_uncertain_drift_and_volatility(1)  # the tables are built once a process

    def time_continuous(self, units: int) -> None:
        random_drift_cdf(YEARS, *(x[..., None] for x in (self.barrier, self.drift, self.volatility, self.drift_sd)))

    def time_known_drift_and_volatility(self, units: int) -> None:
        discrete_cdf(10, self.barrier, self.drift, self.volatility)

    def time_uncertain_drift(self, units: int) -> None:
        discrete_random_drift_cdf(10, self.barrier, self.drift, self.volatility, self.drift_sd)

    def time_uncertain_drift_and_volatility(self, units: int) -> None:
        discrete_random_drift_cdf(
            10, self.barrier, self.drift, self.volatility, self.drift_sd, volatility_df=self.n - 1
        )

    def peakmem_uncertain_drift_and_volatility(self, units: int) -> None:
        self.time_uncertain_drift_and_volatility(units)


class Goal(Units):
    """The size the library promises: 10,000 units x 4 targets x 10 years in at most a second on one core."""

    params = ([10_000],)
    only_with_all = True


class GaussianPaths:
    """Uncertain and reverting drift with reporting noise, a law a unit and four targets each."""

    params = ([1, 1_000, 11_500],)
    param_names = ("units",)
    timeout = 300

    def setup(self, units: int) -> None:
        rng = np.random.default_rng(0)
        walk = np.minimum.outer(YEARS, YEARS) + 0.25 * (np.eye(10) + 1.0)
        volatility = rng.uniform(0.05, 0.3, (units, 1, 1, 1))
        self.barrier = rng.uniform(0.05, 1.2, (units, 4))
        self.mean = rng.normal(0.05, 0.05, (units, 1, 1)) * YEARS
        self.covariance = volatility**2 * (walk + np.outer(YEARS, YEARS) / 8.0)

    def time_gaussian_path(self, units: int) -> None:
        gaussian_path_cdf(self.mean, self.covariance, self.barrier, rule=BATCH)

    def peakmem_gaussian_path(self, units: int) -> None:
        gaussian_path_cdf(self.mean, self.covariance, self.barrier, rule=BATCH)


class OneGaussianPath:
    """One law at the accuracy of a forecast."""

    params = ([10, 50],)
    param_names = ("periods",)

    def setup(self, periods: int) -> None:
        years = np.arange(1.0, periods + 1.0)
        self.law = 0.05 * years, 0.04 * (np.minimum.outer(years, years) + np.outer(years, years) / 8.0), 0.4
        self.time_one_law(periods)  # the points of few periods are made once a process

    def time_one_law(self, periods: int) -> None:
        gaussian_path_cdf(*self.law, volatility_df=9.0)


class Tables:
    """What the first question of a process pays."""

    params = ([10, 20, 40],)
    param_names = ("periods",)
    only_with_all = (20, 40)

    def time_crossing_table(self, periods: int) -> None:
        crossing_table.cache_clear()
        crossing_table(periods, 0.1)


class Accuracy:
    """Largest absolute errors."""

    unit = "probability"
    negligible = 1e-6  # no answer is shown to more than four digits

    def track_points_against_the_random_drift_law(self) -> float:
        return self._error(EXACT)

    def track_batch_points_against_the_random_drift_law(self) -> float:
        return self._error(BATCH)

    def _error(self, rule: Rule) -> float:
        b = np.concatenate([np.geomspace(1e-9, 1e-3, 4), [0.1, 0.4, 1.0]])
        walk = 0.04 * (np.minimum.outer(YEARS, YEARS) + np.outer(YEARS, YEARS) / 8.0)
        exact = discrete_random_drift_cdf(10, b, 0.05, 0.2, 0.2 / np.sqrt(8.0))
        return float(np.abs(gaussian_path_cdf(0.05 * YEARS, walk, b, rule=rule) - exact).max())


class AccuracyOfTheGrid:
    """Largest absolute error of the law of a walk, against another quadrature."""

    unit = "probability"
    negligible = 1e-6  # no answer is shown to more than four digits
    only_with_all = True

    def track_grid_against_composite_quadrature(self) -> float:
        box = [(b, m) for b in (0.01, 0.3, 1.0, 4.0, 12.0, 30.0) for m in (-3.0, -0.3, 0.0, 0.3, 1.2, 3.0)]
        b, m = np.array(box).T
        reference = np.array([composite(40, *row) for row in box])
        return float(np.abs(discrete_cdf(40, b, m, 1.0) - reference).max())


def composite(periods: int, beta: float, mu: float) -> np.ndarray:
    """The discrete law by 20 Gauss-Legendre nodes on every unit of distance, the drift in the kernel."""
    from scipy.stats import norm

    panels = int(np.ceil(beta + 14.0 * np.sqrt(periods) + 12.0))
    x, w = np.polynomial.legendre.leggauss(20)
    y, weight = (np.arange(panels)[:, None] + 0.5 * (x + 1.0)).ravel(), np.tile(0.5 * w, panels)
    density, step = norm.pdf(y - beta + mu), norm.pdf(y[:, None] - y + mu) * weight
    p = [norm.cdf(mu - beta)]
    for _ in range(1, periods):
        p.append(p[-1] + (weight * density * norm.cdf(mu - y)).sum())
        density = step @ density
    return np.array(p)
