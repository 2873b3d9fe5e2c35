"""The protocols of growth models: three members that a model must have, and five that its fit must have.

:mod:`tradetarget.models.defaults` lists the optional members, and ``tradetarget.testing.check_growth_model`` checks
whether a model keeps the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.models.paths import Paths
from tradetarget.observations import TradeSeries


@runtime_checkable
class FittedGrowth(Protocol):
    """A growth model fitted to one series."""

    @property
    def model_name(self) -> str:
        """The model's name, as shown in reports."""
        ...

    @property
    def series(self) -> TradeSeries:
        """The series it was fitted to."""
        ...

    def blocks(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Iterator[Paths]:
        """``n_paths`` simulated paths of ``horizon`` years after the origin, a block at a time."""
        ...

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """(barriers, horizon) exact P(reached by each year), or None where the model has no law."""
        ...

    def summary(self) -> str:
        """Parameters, standard errors and checks, as text."""
        ...


@runtime_checkable
class GrowthModel(Protocol):
    """A growth model: a name, the observations it needs, and ``fit``, which never changes the model itself."""

    @property
    def name(self) -> str:
        """The name under which reports show it."""
        ...

    @property
    def min_observations(self) -> int:
        """The fewest calendar-year totals it can be fitted to."""
        ...

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedGrowth:
        """Fit to the calendar-year totals of ``series``."""
        ...


class StudentLaw(NamedTuple):
    """The law of a log path relative to the origin: multivariate Student t."""

    mean: Array
    """(H,) log points."""
    covariance: Array
    """(H, H) scale, log points squared."""
    df: float
    """Degrees of freedom."""
