"""Series + model + target -> Forecast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from tradetarget.answering.counting import hitting_time_given, hitting_time_of
from tradetarget.answering.months import MonthPaths, month_source
from tradetarget.answering.part_years import FittedOnEstimates, FittedOnEvidence, fit_to_everything
from tradetarget.answering.question import as_target, in_common_unit, warn_if_far
from tradetarget.answering.weighting import effective_size
from tradetarget.errors import ModelError, SettingError
from tradetarget.models import DEFAULT_MODEL, FittedGrowth, GrowthModel, Paths, get_model
from tradetarget.models.interface import Array, checked_horizon, checked_paths, concatenate
from tradetarget.nowcasting import SetAside, readings
from tradetarget.observations import Observation, TradeSeries
from tradetarget.passage.events import reached
from tradetarget.seeding import checked_seed, stream
from tradetarget.targets import Event, HittingTime, Target, first_reached, last_log_totals

Method = Literal["auto", "exact", "simulation"]
N_PATHS = 50_000
MONTH_PATHS = 20 * 1024
"""Paths of which months are kept for quantiles: fifteen years of them are 31 MB."""
FAN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


@dataclass(frozen=True)
class Forecast:
    """The answer to one question: when does this series reach this target?

    Parameters
    ----------
    series
        The data, in the target's unit.
    target
        The target, with its unit.
    fitted
        The growth model fitted to the series.
    hitting_time
        The distribution of the year.
    horizon, seed, n_paths
        As they were asked for.
    unit_assumed
        Whether one of the two did not say its unit, so that both were taken to be the same.
    """

    series: TradeSeries
    target: Target
    fitted: FittedGrowth
    hitting_time: HittingTime
    horizon: int
    seed: int
    n_paths: int
    unit_assumed: bool
    drivers: pd.DataFrame | None = None

    @property
    def last_year(self) -> int:
        """The last complete year, from which the forecast starts."""
        return self.hitting_time.origin

    @property
    def last_value(self) -> float:
        """The total of the last complete year, in the target's unit."""
        return float(self.series.annual().iloc[-1])

    @property
    def reporter(self) -> str | None:
        """Whose statistics decide, where the data say."""
        return self.series.reporters[0] if self.series.reporters else None

    @property
    def as_of(self) -> str:
        """The month up to which the data are known ("2026-03"): never the clock."""
        return f"{self.series.known_through:%Y-%m}"

    @cached_property
    def _paths(self) -> Paths:
        rng = stream(self.seed, self.series.label)
        return concatenate(list(self.fitted.blocks(self.horizon, min(self.n_paths, N_PATHS), rng, self.drivers)))

    def quantiles(self, probabilities: Iterable[float] = FAN) -> pd.DataFrame:
        """Quantiles of the level in each year of the horizon, in the target's unit.

        Parameters
        ----------
        probabilities
            Between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            Indexed by year, a column a probability; from simulated paths with parameter uncertainty.

        Raises
        ------
        SettingError
            When a probability is not between 0 and 1.
        """
        wanted = checked_probabilities(probabilities)
        x, w = self._paths.log_levels[0], self._paths.weights
        found = np.quantile(x, wanted, axis=0) if w is None else weighted_quantiles(x, w, wanted)
        years = pd.Index(self._paths.years, name="period")
        return pd.DataFrame(np.exp(found).T, index=years, columns=wanted)

    @cached_property
    def _months(self) -> MonthPaths:
        rng = stream(self.seed, self.series.label)
        n = min(self.n_paths, MONTH_PATHS)
        paths = concatenate(list(self.fitted.blocks(self.horizon, n, rng, self.drivers)))
        months = month_source(self.fitted, self.horizon)
        return months.split(paths, months.noise(n, stream(self.seed, self.series.label, *months.key)))

    def monthly(self, event: Event | None = None, probabilities: Iterable[float] = (0.1, 0.5, 0.9)) -> pd.DataFrame:
        """Quantiles of monthly trade, or of the level of an event by month, in the target's unit.

        Totals of each path are split into months that agree with what was published of parts of years.

        Parameters
        ----------
        event
            "rolling_12_months" or "run_rate", from the last month of the data on; None for the months themselves, from
            January of the last complete year on.
        probabilities
            Between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            Indexed by month, a column a probability.

        Raises
        ------
        SettingError
            When the event is not one that is seen every month, or a probability is not between 0 and 1.
        """
        if event not in (None, "rolling_12_months", "run_rate"):
            raise SettingError(f"event {event!r} is not seen every month: give 'rolling_12_months', 'run_rate' or None")
        wanted, m = checked_probabilities(probabilities), self._months
        x = m.log_months if event is None else m.levels_of(event)
        found = np.quantile(x, wanted, axis=1) if m.weights is None else weighted_quantiles(x.T, m.weights, wanted)
        return pd.DataFrame(np.exp(found).T, index=m.months[m.months.size - x.shape[0] :], columns=wanted)

    @property
    def statements(self) -> tuple[Observation, ...]:
        """What was said of years that are not complete, and is used; empty where every figure is a total."""
        said: tuple[Observation, ...] = getattr(self.fitted, "statements", ())
        return said

    @property
    def effective_paths(self) -> float | None:
        """Effective number of paths that agree with the statements, (sum w)^2 / sum w^2; None without weights."""
        w = self._paths.weights if self.statements else None
        return None if w is None else effective_size(w)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements about years after the last total that do not count, and why.

        Others contradict them, or they span more than one calendar year.
        """
        fitted = self.fitted
        evidence = fitted.evidence if isinstance(fitted, FittedOnEvidence) else None
        evidence = fitted.latent.evidence if isinstance(fitted, FittedOnEstimates) else evidence
        found = readings(self.series).set_aside if evidence is None else evidence.set_aside
        return tuple(a for a in found if a.observation.end.year > self.last_year)

    def nowcast(self) -> pd.DataFrame:
        """The totals that are known in part: one row a year, with median, low and high (80 % interval).

        Before the last year of the data they are estimates from the statements; after it, paths weighted by them. Empty
        where every figure is a total.
        """
        fitted, rows = self.fitted, pd.DataFrame(columns=["median", "low", "high"], dtype=float)
        if isinstance(fitted, FittedOnEstimates):
            rows = fitted.latent.to_frame().loc[~fitted.latent.known, ["median", "low", "high"]]
        if isinstance(fitted, FittedOnEvidence):
            said = list(fitted.evidence.stated_years)
            rows = self.quantiles([0.1, 0.5, 0.9]).loc[said].set_axis(["low", "median", "high"], axis=1)
        elif rows.empty and self.statements:
            said = sorted({o.end.year for o in self.statements} & set(self.hitting_time.years.tolist()))
            rows = self.quantiles([0.1, 0.5, 0.9]).loc[said].set_axis(["low", "median", "high"], axis=1)
        return rows[["median", "low", "high"]].rename_axis("year")

    def required_growth(self) -> pd.Series[float]:
        """The constant growth a year that would reach the target in each year: (target / last)^(1/h) - 1.

        For k years running the first of them has to reach it, h - k + 1 years on, and years in which that cannot be are
        left out. Empty for events of months, and for reaching again: no one growth rate brings them about.
        """
        k, target = self.target.sustained, self.target
        h = np.arange(1, self.horizon + 1)
        run = h - k + 1
        if target.is_monthly or target.occurrence == "again":
            run = np.zeros_like(h)
        elif reached(self.last_value, target.value):
            known = reached(np.exp(last_log_totals(self.series, k)), target.value)
            so_far = int(np.argmin(np.append(known[::-1], False)))
            run = np.where(h >= k - so_far, h, 0)
        h, run = h[run > 0], run[run > 0]
        rate = (target.value / self.last_value) ** (1.0 / run) - 1.0
        return pd.Series(rate, index=pd.Index(self.last_year + h, name="period"), name="required_growth")

    def achieved_growth(self, spans: Iterable[int] = (1, 5, 10)) -> pd.Series[float]:
        """Compound growth a year over the last ``spans`` years; a span whose first year is missing is left out."""
        totals = self.series.annual()
        last = int(totals.index[-1])
        rates = {
            n: float((totals.loc[last] / totals.loc[last - n]) ** (1.0 / n) - 1.0)
            for n in spans
            if last - n in totals.index
        }
        return pd.Series(rates, name="achieved_growth", dtype=float).rename_axis("years")

    def to_frame(self) -> pd.DataFrame:
        """One row a year: quantiles of the level, P(reached by its end), required growth to reach it then.

        Infinite where no growth would; no column where one rate does not bring the event about.
        """
        frame = self.quantiles().add_prefix("q")
        frame["probability"] = self.hitting_time.probability
        rates = self.required_growth()
        if not self.target.is_monthly and self.target.occurrence == "first":
            frame["required_growth"] = rates.reindex(frame.index, fill_value=np.inf)
        return frame.reset_index()

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data: what ``tradetarget forecast --json`` writes, but for the other sides."""
        from tradetarget.report import forecast_record

        return forecast_record(self)

    def summary(self) -> str:
        """The answer, the data and model behind it, growth required and achieved, and probabilities, as text."""
        from tradetarget.report import forecast_summary

        return forecast_summary(self)

    def plot(self, path: Any = None) -> Any:
        """A fan chart with the target line, and under it the distribution of the year.

        Parameters
        ----------
        path
            A file to write (PNG, SVG or PDF by its ending); None to return the figure only.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from tradetarget.plotting import plot_forecast

        return plot_forecast(self, path=path)

    def __repr__(self) -> str:
        return f"Forecast({self.series.label!r}, {self.hitting_time!r})"


def checked_probabilities(probabilities: Iterable[float]) -> list[float]:
    """Probabilities of quantiles, in order; a SettingError unless there is one, and each lies between 0 and 1."""
    wanted = sorted(float(p) for p in probabilities)
    if not wanted or not all(0.0 < p < 1.0 for p in wanted):
        raise SettingError(f"quantile probabilities {wanted} must lie between 0 and 1")
    return wanted


def weighted_quantiles(x: Array, weights: Array, probabilities: Iterable[float]) -> Array:
    """(probabilities, periods) quantiles of weighted paths (paths, periods): the inverse of the weighted step law."""
    order = np.argsort(x, axis=0)
    cumulative = np.cumsum(weights[order], axis=0)
    cumulative /= cumulative[-1]
    rows = [
        np.take_along_axis(np.take_along_axis(x, order, axis=0), (cumulative >= p).argmax(axis=0)[None], axis=0)[0]
        for p in probabilities
    ]
    return np.stack(rows)


def forecast(
    series: TradeSeries,
    target: Target | float,
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    *,
    method: Method = "auto",
    n_paths: int = N_PATHS,
) -> Forecast:
    """When does ``series`` reach ``target``, and how sure can anyone be?

    Parameters
    ----------
    series
        The data. Growth models are fitted to its calendar-year totals; part-year figures, growth statements and bounds
        about later years are weighed (``models.part_years``), and totals that nobody stated are estimated from them.
    target
        The level to be reached; a bare number is in the data's unit.
    model
        A name (see ``tradetarget.models.model_names``) or a GrowthModel of your own.
    horizon
        Years after the last complete year, 1 to 200.
    seed
        A whole number; the same seed gives the same answer.
    drivers
        A long table of drivers (area, concept, period, value, vintage, is_forecast) for models that use them.
    method
        "exact" uses the model's hitting law, "simulation" its paths, "auto" the law where it has one.
    n_paths
        Simulated paths, for models without a law and for "simulation".

    Returns
    -------
    Forecast
        With ``hitting_time``, ``quantiles()``, ``summary()``, ``to_frame()`` and ``plot()``.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input: units that do not convert, too few observations, an unknown model, a horizon or
        seed out of range, ``method="exact"`` for a model without a law.

    Warns
    -----
    TradeTargetWarning
        When the target is more than 100 times above or below the last value.
    """
    if method not in get_args(Method):
        raise SettingError(f"method {method!r} is none of {', '.join(get_args(Method))}")
    horizon, seed, n_paths = checked_horizon(horizon), checked_seed(seed), checked_paths(n_paths)
    grower = get_model(model)
    data, asked, assumed = in_common_unit(series, as_target(target))
    fitted = fit_to_everything(grower, data, drivers)
    data = fitted.series
    warn_if_far(data, asked)
    law = None
    if method != "simulation" and _is_first_passage(data, asked):
        law = fitted.hitting_law(np.log([asked.value]), horizon)
    if method == "exact" and law is None:
        raise ModelError(f"{grower.name} has no exact hitting law for {asked}: use method='simulation'")
    if law is not None:
        years = int(data.annual().index[-1]) + np.arange(1, horizon + 1, dtype=np.int64)
        answer = hitting_time_given(data, asked, years, law[0], None)
    else:
        blocks = fitted.blocks(horizon, n_paths, stream(seed, data.label), drivers)
        months = month_source(fitted, horizon) if asked.is_monthly else None
        rng = None if months is None else stream(seed, data.label, *months.key)
        answer = hitting_time_of(blocks, asked, data, months, rng)
    return Forecast(data, asked, fitted, answer, horizon, seed, n_paths, assumed, drivers)


def _is_first_passage(series: TradeSeries, target: Target) -> bool:
    """Whether the event is that the total of a calendar year is first at or above the target after the origin.

    So is reaching it again, where it was reached once and the last total is below it.
    """
    if target.is_monthly or target.sustained != 1:
        return False
    below = not bool(reached(float(series.annual().iloc[-1]), target.value_in(series.unit)))
    return target.occurrence == "first" or (below and first_reached(series, target) is not None)
