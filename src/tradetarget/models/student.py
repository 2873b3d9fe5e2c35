"""Fits whose log path has one multivariate Student law: its median path, its draws and its hitting probabilities."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from tradetarget.arrays import Array
from tradetarget.models.base import Fitted
from tradetarget.models.paths import BATCH
from tradetarget.models.pooled.law import PathLaw
from tradetarget.models.protocols import StudentLaw
from tradetarget.passage import gaussian_path_cdf
from tradetarget.passage.fixed_order import narrow_product


@dataclass(frozen=True, repr=False)
class FittedStudent(Fitted):
    """Base of the fits to one series that have a ``PathLaw`` over the next 200 years; a shorter horizon is its head."""

    @property
    @abstractmethod
    def path_law(self) -> PathLaw:
        """The law of the log path relative to the origin, of one unit."""

    def student_law(self, horizon: int) -> StudentLaw:
        """The law of the path over the first ``horizon`` years."""
        law = self.path_law
        return StudentLaw(law.mean[0, :horizon], law.covariance[0, :horizon, :horizon], float(law.df[0]))

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) the median path: the law is symmetric in logs."""
        return np.asarray(self.log_origin + self.path_law.mean[0, :horizon])

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels: antithetic deviations, one scale for each pair of paths."""
        return self.draw_batches(horizon, 1, rng)

    def draw_batches(self, horizon: int, count: int, rng: np.random.Generator) -> Array:
        """(horizon, count * BATCH) log levels: batches one after the other, the covariance factored once for all."""
        half, df = BATCH // 2, float(self.path_law.df[0])
        factor = np.linalg.cholesky(self.path_law.covariance[0, :horizon, :horizon])
        centre = self.log_centre(horizon)[:, None]
        drawn = np.empty((horizon, count * BATCH))
        for i in range(0, drawn.shape[1], BATCH):
            scale = np.sqrt(df / (2.0 * rng.standard_gamma(df / 2.0, half)))
            deviation = narrow_product(factor, rng.standard_normal((horizon, half))) * scale
            np.add(centre, deviation, out=drawn[:, i : i + half])
            np.subtract(centre, deviation, out=drawn[:, i + half : i + BATCH])
        return drawn

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year), error at most 1e-4 (``passage.gaussian_path_cdf``)."""
        law = self.path_law
        return gaussian_path_cdf(
            law.mean[:, :horizon],
            law.covariance[:, :horizon, :horizon],
            np.asarray(log_barriers) - self.log_origin,
            volatility_df=law.df,
        )


def growth_ahead(law: PathLaw) -> tuple[Array, Array]:
    """(2,) mean growth over the next year and over the next ten, and their standard deviations, log points a year.

    The standard deviations are NaN with two degrees of freedom or fewer, where a Student law has no variance.
    """
    years, df = np.array([1, 10]), float(law.df[0])
    scale = law.covariance[0, years - 1, years - 1]
    variance = scale * df / (df - 2.0) if df > 2.0 else np.full(2, np.nan)
    return law.mean[0, years - 1] / years, np.sqrt(variance) / years
