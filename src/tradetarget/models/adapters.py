"""Adapters: growth models from statsmodels (any results object that simulates) and from statsforecast.

The wrapped model is fitted to log levels (``logs=True``, so that its shocks are growth rates and no level can be
negative) or to levels. It simulates with its estimates as if they were the true parameters, so the tails of its paths
are thinner than they should be, and the notes of the fit state it. A batch of 512 paths is one call of the wrapped
model's simulation, which takes most of the time of a forecast.
"""

from __future__ import annotations

import copy
import inspect
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.errors import ModelError
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import BATCH, Fitted, ModelDefaults, annual_sample
from tradetarget.observations import TradeSeries

_STATSFORECAST = ("fit", "predict", "predict_in_sample", "simulate")
"""Methods of a statsforecast model that the adapter calls."""
_SEEDS = 2**31 - 1
"""Seeds run from 0 to below it. The largest that a signed 32-bit integer holds, which numpy and statsforecast take."""
_SAME_DATA = 1e-9
"""Relative tolerance of the check that results are of the data given. It allows for logs taken elsewhere, and for no
revision of a figure."""
_PLUG_IN = "simulated with the parameters taken as known: intervals are too narrow for a short series"


@dataclass(frozen=True, repr=False)
class FittedAdapter(Fitted):
    """A fitted model of another library.

    Parameters
    ----------
    wrapped
        The object that library fitted.
    logs
        Whether it models log levels; otherwise levels.
    """

    wrapped: Any
    logs: bool

    @abstractmethod
    def simulated(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) paths of the wrapped model: log levels or levels, as it was fitted."""

    @abstractmethod
    def expected(self, horizon: int) -> Array:
        """(horizon,) point forecast of the wrapped model: a log level or a level, as it was fitted."""

    def _to_logs(self, values: Array, horizon: int, columns: int) -> Array:
        x = np.asarray(values, dtype=float)
        if x.size != horizon * columns or not np.isfinite(x).all():
            raise ModelError(f"{self.model_name} simulated something other than {horizon} x {columns} finite numbers")
        x = x.reshape(horizon, columns)
        if self.logs:
            return x
        if x.min() <= 0:
            raise ModelError(f"{self.model_name} simulated a level of {x.min():.3g}: fit it to logs with logs=True")
        return np.asarray(np.log(x))

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels from one call of the wrapped model."""
        return self._to_logs(self.simulated(horizon, rng), horizon, BATCH)

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) log of the wrapped model's point forecast."""
        return self._to_logs(self.expected(horizon), horizon, 1)[:, 0]


@dataclass(frozen=True)
class FittedStatsmodels(FittedAdapter):
    """A statsmodels results object, simulated from the end of its sample."""

    def simulated(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) from ``results.simulate(anchor="end")``."""
        simulate = self.wrapped.simulate
        if "rng" in inspect.signature(simulate).parameters:
            random: dict[str, Any] = {"rng": rng}
        else:
            random = {"random_state": int(rng.integers(_SEEDS))}
        return np.asarray(simulate(horizon, anchor="end", repetitions=BATCH, **random))

    def expected(self, horizon: int) -> Array:
        """(horizon,) from ``results.forecast``."""
        return np.asarray(self.wrapped.forecast(horizon))


@dataclass(frozen=True)
class FittedStatsforecast(FittedAdapter):
    """A statsforecast model, fitted."""

    def simulated(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) from ``model.simulate``, seeded from the stream."""
        paths = self.wrapped.simulate(horizon, BATCH, seed=int(rng.integers(_SEEDS)))
        return np.asarray(paths).T

    def expected(self, horizon: int) -> Array:
        """(horizon,) from ``model.predict``."""
        return np.asarray(self.wrapped.predict(horizon)["mean"])


@dataclass(frozen=True)
class StatsmodelsGrowth(ModelDefaults):
    """A growth model around statsmodels; made by ``from_statsmodels``."""

    source: Any
    name: str
    logs: bool
    min_observations: int

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedStatsmodels:
        """Fit the wrapped model to the calendar-year totals, or check that the results given are of them.

        Raises
        ------
        ModelError
            On too few totals, a gap in the years, results of other data, or data that statsmodels refuses.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=False)
        endog = x if self.logs else np.exp(x)
        results = self.source if hasattr(self.source, "simulate") else _fitted(self.name, series, self.source, endog)
        fitted_to = np.asarray(results.model.endog, dtype=float).ravel()
        if fitted_to.size != endog.size or not np.allclose(fitted_to, endog, rtol=_SAME_DATA, atol=1e-12):
            raise ModelError(
                f"{self.name} was fitted to other numbers than the {'log ' if self.logs else ''}totals of "
                f"{series.label}: give a function that fits, such as lambda x: Model(x).fit()"
            )
        estimates = _statsmodels_estimates(results, f"{'log ' if self.logs else ''}levels {years[0]}-{years[-1]}")
        return FittedStatsmodels(self.name, series, years, x, estimates, wrapped=results, logs=self.logs)


@dataclass(frozen=True)
class StatsforecastGrowth(ModelDefaults):
    """A growth model around statsforecast; made by ``from_statsforecast``."""

    source: Any
    name: str
    logs: bool
    min_observations: int

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedStatsforecast:
        """Fit a copy of the wrapped model to the calendar-year totals.

        Raises
        ------
        ModelError
            On too few totals, a gap in the years, or data that statsforecast refuses.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=False)
        endog = x if self.logs else np.exp(x)
        wrapped = _fitted(self.name, series, copy.deepcopy(self.source).fit, endog)
        residuals = endog - np.asarray(wrapped.predict_in_sample()["fitted"], dtype=float)
        residuals = residuals[np.isfinite(residuals)]
        spread = float(np.std(residuals))
        estimates = Estimates(
            names=("residual_sd",),
            values=np.array([spread]),
            standard_errors=np.array([np.nan]),
            n_observations=residuals.size,
            sample=f"{'log ' if self.logs else ''}levels {years[0]}-{years[-1]}",
            residuals=residuals / spread if spread > 0 else residuals,
            notes=(_PLUG_IN,),
        )
        return FittedStatsforecast(self.name, series, years, x, estimates, wrapped=wrapped, logs=self.logs)


def from_statsmodels(
    results_or_factory: Any, *, name: str | None = None, logs: bool = True, min_observations: int = 10
) -> StatsmodelsGrowth:
    """A growth model from statsmodels.

    Parameters
    ----------
    results_or_factory
        A function that takes the (log) totals, an array, and gives a results object, such as
        ``lambda x: UnobservedComponents(x, "rwdrift").fit(disp=0)``; or a results object, for the series it was
        fitted to. It must have ``simulate(nsimulations, anchor, repetitions)`` and ``forecast(steps)``.
    name
        As reports show it; default "statsmodels".
    logs
        Whether the model is of log levels (default) or of levels.
    min_observations
        The fewest calendar-year totals to accept.

    Raises
    ------
    ModelError
        When what is given is neither.
    """
    if not (callable(results_or_factory) or hasattr(results_or_factory, "simulate")):
        raise ModelError(
            f"{type(results_or_factory).__name__} does not simulate: give a statsmodels results object or a function "
            "that fits one"
        )
    return StatsmodelsGrowth(results_or_factory, name or "statsmodels", logs, min_observations)


def from_statsforecast(
    model: Any, *, name: str | None = None, logs: bool = True, min_observations: int = 10
) -> StatsforecastGrowth:
    """A growth model from a statsforecast model that simulates, such as ``AutoETS(season_length=1)``.

    Parameters
    ----------
    model
        The model, not fitted; a copy is fitted each time.
    name, logs, min_observations
        As in ``from_statsmodels``; the default name is the model's own.

    Raises
    ------
    ModelError
        When the model has no ``simulate``.
    """
    if isinstance(model, type) or not all(hasattr(model, m) for m in _STATSFORECAST):
        raise ModelError(f"{model!r} does not simulate: give a statsforecast model, such as AutoETS(season_length=1)")
    return StatsforecastGrowth(model, name or str(model), logs, min_observations)


def _fitted(name: str, series: TradeSeries, fit: Callable[[Array], Any], endog: Array) -> Any:
    try:
        results = fit(endog.copy())
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        raise ModelError(f"{name} cannot be fitted to {series.label}: {error}") from error
    if not hasattr(results, "simulate"):
        raise ModelError(f"{name}: {type(results).__name__} does not simulate: give a function that fits one that does")
    return results


def _statsmodels_estimates(results: Any, sample: str) -> Estimates:
    """The estimates of a results object; those that its class does not offer are left out."""
    params = results.params
    pairs = params.items() if isinstance(params, dict) else zip(results.model.param_names, params, strict=True)
    # Some classes list settings and initial states (arrays, NaN) among their parameters: numbers alone are shown.
    numbers = {str(k): float(v) for k, v in pairs if isinstance(v, float | np.floating) and np.isfinite(v)}
    try:
        errors = np.asarray(results.bse, dtype=float)
    except (AttributeError, NotImplementedError, np.linalg.LinAlgError):
        errors = np.empty(0)
    # Residuals of the first periods of a diffuse filter are not residuals yet.
    burn = int(getattr(results, "loglikelihood_burn", 0))
    residuals = np.asarray(results.resid, dtype=float).ravel()[burn:]
    spread = float(np.std(residuals))
    return Estimates(
        names=tuple(numbers),
        values=np.array(list(numbers.values())),
        standard_errors=errors if errors.size == len(numbers) else np.full(len(numbers), np.nan),
        n_observations=residuals.size,
        sample=f"{sample}, as {type(results).__name__.removesuffix('Wrapper')} defines it",
        log_likelihood=float(results.llf) if hasattr(results, "llf") else None,
        residuals=residuals / spread if spread > 0 else residuals,
        notes=(_PLUG_IN,),
    )
