"""The base class of the fitted models, and the sample that they are fitted to.

``Fitted`` gives a new model everything but its estimates and one method that draws paths.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.errors import ModelError
from tradetarget.models.defaults import FitDefaults
from tradetarget.models.paths import BATCH, BLOCK, Paths, checked_horizon, checked_paths, concatenate
from tradetarget.observations import TradeSeries

if TYPE_CHECKING:
    from tradetarget.models.estimates import Estimates


@dataclass(frozen=True)
class Fitted(FitDefaults, ABC, presenting.Presented):
    """Base of the fitted models: estimates, and paths from one method that draws a batch.

    Parameters
    ----------
    model_name
        As reports show it.
    series
        The series it was fitted to.
    years, log_levels
        (T,) the calendar years and log totals of the sample.
    estimates
        Parameters, standard errors, log-likelihood and residuals.
    """

    model_name: str
    series: TradeSeries
    years: NDArray[np.int64]
    log_levels: Array
    estimates: Estimates

    @property
    def origin_year(self) -> int:
        """The last observed year."""
        return int(self.years[-1])

    @property
    def log_origin(self) -> float:
        """Log of the last observed level."""
        return float(self.log_levels[-1])

    @abstractmethod
    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels: one batch of paths, parameter uncertainty included."""

    def draw_batches(self, horizon: int, count: int, rng: np.random.Generator) -> Array:
        """(horizon, count * BATCH) log levels: so many batches one after the other.

        A model may override it to do the arithmetic of all batches at once; the random numbers of a batch must still be
        drawn whole before those of the next.
        """
        drawn = np.empty((horizon, count * BATCH))
        for i in range(0, drawn.shape[1], BATCH):
            drawn[:, i : i + BATCH] = self.draw_batch(horizon, rng)
        return drawn

    @abstractmethod
    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the median path."""

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """(barriers, horizon) exact P(reached by each year); None: this model is simulated."""
        return None

    def blocks(
        self,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
        drivers: pd.DataFrame | None = None,
        *,
        block: int = BLOCK,
    ) -> Iterator[Paths]:
        """Simulated paths a block at a time: memory does not grow with ``n_paths``.

        Parameters
        ----------
        horizon
            Years after the origin, 1 to 200.
        n_paths
            Paths in all, 1 or more.
        rng
            The only source of randomness.
        block
            Paths a block, rounded up to whole batches; the numbers do not depend on it.

        Yields
        ------
        Paths
            Blocks of one series.
        """
        horizon, n_paths = checked_horizon(horizon), checked_paths(n_paths)
        years = self.origin_year + np.arange(1, horizon + 1, dtype=np.int64)
        centre = self.log_centre(horizon)[None]
        origin = np.array([self.log_origin])
        batches = max(1, math.ceil(block / BATCH))
        for start in range(0, n_paths, batches * BATCH):
            size = min(batches * BATCH, n_paths - start)
            drawn = self.draw_batches(horizon, math.ceil(size / BATCH), rng)
            yield Paths(drawn[None, :, :size].swapaxes(1, 2), years, origin, centre)

    def simulate(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Paths:
        """All paths of ``blocks`` at once."""
        return concatenate(list(self.blocks(horizon, n_paths, rng, drivers)))

    @property
    def params(self) -> pd.Series[float]:
        """Estimates by parameter name."""
        return self.estimates.table()["estimate"]

    @property
    def standard_errors(self) -> pd.Series[float]:
        """Standard errors by parameter name; None in the table where there is none."""
        return self.estimates.table()["standard_error"]

    @property
    def log_likelihood(self) -> float | None:
        """Maximised log-likelihood of ``estimates.sample``; None where the model has none."""
        return self.estimates.log_likelihood

    @property
    def aicc(self) -> float | None:
        """Small-sample Akaike criterion; compare it only between models fitted to the same sample."""
        return self.estimates.aicc

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model_name} fitted to {self.series.label!r})"

    def summary(self) -> presenting.Summary:
        """Parameters, standard errors and residual checks as text, the same on every run."""
        return presenting.summary(self)


def annual_sample(series: TradeSeries, model: str, minimum: int, *, gaps: bool) -> tuple[NDArray[np.int64], Array]:
    """Years and log totals to fit ``model`` to, checked for number and gaps.

    Raises
    ------
    ModelError
        With fewer than ``minimum`` totals, or a gap in the years where the model cannot have one.
    """
    years, levels = series.annual_arrays()
    if years.size < minimum:
        raise ModelError(
            f"{model} needs at least {minimum} calendar-year totals and {series.label} has {years.size}: "
            "add years or choose a model that needs fewer"
        )
    missing = sorted(set(range(int(years[0]), int(years[-1]) + 1)) - set(years.tolist()))
    if missing and not gaps:
        raise ModelError(
            f"{model} needs every year and {series.label} has no total for {', '.join(map(str, missing[:5]))}"
            f"{' and more' if len(missing) > 5 else ''}: fill it, start later, or choose random-walk"
        )
    return years, np.log(levels)
