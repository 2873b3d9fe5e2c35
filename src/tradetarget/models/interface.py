"""The protocols of growth models: what a model must offer, and what everything downstream may rely on.

``GrowthModel`` and ``FittedGrowth`` are protocols: a model written elsewhere works everywhere if it has these
members, and ``tradetarget.testing.check_growth_model`` says whether it will. ``Fitted`` is a base class that gives a
new model everything but its estimates and one method that draws paths.

Random numbers come in batches of ``BATCH`` paths, each drawn whole and in order from one generator. So the numbers do
not depend on how many batches a block holds, and independent batches give honest standard errors where the draws
inside a batch are antithetic.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import ModelError, SettingError
from tradetarget.observations import TradeSeries

if TYPE_CHECKING:
    from tradetarget.models.estimates import Estimates

BATCH = 512
"""Paths of a batch. Judgement: 50,000 paths are then 98 batches, whose spread gives a standard error that is itself
known to 7 %, and a batch is long enough for the arithmetic of its paths to outweigh the calls."""
BLOCK = 8 * BATCH
"""Paths of a block. Judgement: 15 years of them take half a megabyte, which stays in a processor's cache."""
MAX_HORIZON = 200
"""Years. Judgement, because it bounds memory, and no growth law means anything a century ahead."""
LARGEST_LOG = 700.0
"""Largest absolute log of a level that is shown: exp(709) is the largest number of float64."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """Simulated levels, one row a path; stored in logs, laid out so that a period of all paths is contiguous.

    Parameters
    ----------
    log_levels
        (series, paths, periods) natural logs of the levels, in the unit of the series.
    years
        (periods,) the calendar years simulated.
    log_origin
        (series,) log of the last observed level.
    log_centre
        (series, periods) log of the model's median path.
    weights
        (paths,) importance weights where the paths are conditioned on other evidence; None for 1 each.
    log_past
        (paths, P) log totals up to the origin that a path supposes, where nobody stated them, in order; None where
        all are stated.
    """

    log_levels: Array
    years: NDArray[np.int64]
    log_origin: Array
    log_centre: Array
    weights: Array | None = None
    log_past: Array | None = None

    @classmethod
    def from_levels(
        cls,
        levels: Array,
        *,
        years: NDArray[np.int64] | list[int],
        origin: Array | float,
        centre: Array | None = None,
        weights: Array | None = None,
    ) -> Paths:
        """Paths from positive levels of shape (paths, periods) or (series, paths, periods).

        Raises
        ------
        ModelError
            On a level that is not a positive number, or shapes that do not fit.
        """
        x = np.asarray(levels, dtype=float)
        x = x[None] if x.ndim == 2 else x
        if x.ndim != 3 or not (np.isfinite(x).all() and (x > 0).all()):
            raise ModelError("simulated levels must be positive numbers of shape (paths, periods)")
        logs = np.log(x)
        middle = (
            np.median(logs, axis=1) if centre is None else np.log(np.broadcast_to(centre, (x.shape[0], x.shape[2])))
        )
        start = np.log(np.broadcast_to(np.asarray(origin, dtype=float), (x.shape[0],)))
        return cls(logs, np.asarray(years, dtype=np.int64), start, middle, weights)

    @property
    def levels(self) -> Array:
        """(series, paths, periods) levels, in the unit of the series, kept inside the range of float64.

        A path from very few observations may leave that range; its log level does not.
        """
        return np.asarray(np.exp(np.clip(self.log_levels, -LARGEST_LOG, LARGEST_LOG)))

    @property
    def origin(self) -> Array:
        """(series,) the last observed level."""
        return np.asarray(np.exp(self.log_origin))

    @property
    def centre(self) -> Array:
        """(series, periods) the model's median path."""
        return np.asarray(np.exp(self.log_centre))

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return int(self.log_levels.shape[1])

    def part(self, start: int, stop: int) -> Paths:
        """The paths from ``start`` to before ``stop``."""
        weights = None if self.weights is None else self.weights[start:stop]
        past = None if self.log_past is None else self.log_past[start:stop]
        return replace(self, log_levels=self.log_levels[:, start:stop], weights=weights, log_past=past)


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


@dataclass(frozen=True)
class Fitted(ABC):
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

    def student_law(self, horizon: int) -> StudentLaw | None:
        """The law of the whole path, where it is one multivariate Student law; None where it is another."""
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

    def summary(self) -> str:
        """Parameters, standard errors and residual checks as text, the same on every run."""
        from tradetarget.report import fit_summary

        return fit_summary(self)


def concatenate(blocks: list[Paths]) -> Paths:
    """One Paths from the blocks of one simulation."""
    first = blocks[0]
    if len(blocks) == 1:
        return first
    periods_first = np.concatenate([b.log_levels.swapaxes(1, 2) for b in blocks], axis=2)
    weights = None if first.weights is None else np.concatenate([w for b in blocks if (w := b.weights) is not None])
    past = None if first.log_past is None else np.concatenate([p for b in blocks if (p := b.log_past) is not None])
    return Paths(periods_first.swapaxes(1, 2), first.years, first.log_origin, first.log_centre, weights, past)


def checked_horizon(horizon: object) -> int:
    """The horizon as an int; a SettingError unless it is a whole number of years from 1 to 200."""
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or not 1 <= horizon <= MAX_HORIZON:
        raise SettingError(
            f"horizon {horizon!r} is not a whole number of years from 1 to {MAX_HORIZON}: give one, such as 15"
        )
    return int(horizon)


def checked_paths(n_paths: object) -> int:
    """The number of paths as an int; a SettingError unless it is a whole number from 1 up."""
    if isinstance(n_paths, bool) or not isinstance(n_paths, int | np.integer) or n_paths < 1:
        raise SettingError(f"n_paths {n_paths!r} is not a whole number from 1 up: give one, such as 50000")
    return int(n_paths)


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
