"""Series + model + target -> Forecast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tradetarget import presenting
from tradetarget.answering.months import MonthPaths
from tradetarget.answering.question import N_PATHS, Method, Question, ask, horizon_to_deadline
from tradetarget.checks import checked_levels, checked_probabilities, one_of, optional, several, takes, whole
from tradetarget.errors import SettingError
from tradetarget.models import DEFAULT_MODEL, GrowthModel, Paths
from tradetarget.models.interface import CompleteFit, checked_horizon, concatenate
from tradetarget.nowcasting import SetAside
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.passage.events import reached
from tradetarget.passage.samples import effective_sample_size, quantiles_of_paths
from tradetarget.reading.periods import DECEMBER
from tradetarget.targets import Event, HittingTime, Target, last_log_totals

MONTH_PATHS = 20 * 1024
"""Paths of which months are kept for quantiles. Judgement, because a median is then good to 0.35 points of
probability, and fifteen years of months take 31 MB."""
FAN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles of a fan. The median, and central intervals of 50, 80 and 90 %."""


def interval_ends(levels: Iterable[float]) -> tuple[float, ...]:
    """Probabilities of the quantiles at which central intervals of these coverages end, and of the median."""
    ends = (round(0.5 + 0.5 * sign * level, 9) for level in checked_levels(levels) for sign in (-1.0, 1.0))
    return tuple(sorted({0.5, *ends}))


@dataclass(frozen=True, eq=False)
class Forecast(presenting.Presented):
    """The answer to one question: when does this series reach this target?

    Parameters
    ----------
    question
        What was asked: the data and the target in one unit, the model fitted to everything that the data say.
    hitting_time
        The distribution of the year.
    horizon
        Years after the last complete one.
    """

    question: Question
    hitting_time: HittingTime
    horizon: int

    @property
    def series(self) -> TradeSeries:
        """The data, in the target's unit."""
        return self.question.series

    @property
    def target(self) -> Target:
        """The target, with its unit."""
        return self.question.targets[0]

    @property
    def fitted(self) -> CompleteFit:
        """The growth model fitted to the series."""
        return self.question.fitted

    @property
    def seed(self) -> int:
        """The seed of simulated answers."""
        return self.question.seed

    @property
    def n_paths(self) -> int:
        """Paths of simulated answers."""
        return self.question.n_paths

    @property
    def unit_assumed(self) -> bool:
        """Whether series or target did not say its unit, so that both were taken to be the same."""
        return self.question.unit_assumed

    @property
    def drivers(self) -> pd.DataFrame | None:
        """The table of drivers that the model was fitted with, if any."""
        return self.question.drivers

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
        """The month up to which the data are known ("2026-03"). It is never read from the clock."""
        return f"{self.series.known_through:%Y-%m}"

    @cached_property
    def _paths(self) -> Paths:
        return concatenate(list(self.question.paths(self.horizon, min(self.n_paths, N_PATHS))))

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
        checked = checked_probabilities(probabilities)
        logs = quantiles_of_paths(self._paths.log_levels[0], self._paths.weights, checked)
        years = pd.Index(self._paths.years, name="period")
        return self._with_provenance(pd.DataFrame(np.exp(logs).T, index=years, columns=checked))

    def _with_provenance(self, frame: pd.DataFrame) -> pd.DataFrame:
        return stamped(frame, self.question.provenance)

    @cached_property
    def _months(self) -> MonthPaths:
        n = min(self.n_paths, MONTH_PATHS)
        paths = concatenate(list(self.question.paths(self.horizon, n)))
        source, rng = self.question.months(self.horizon)
        return source.split(paths, source.noise(n, rng))

    @takes(event=optional(one_of("rolling_12_months", "run_rate")))
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
        if self.series.year_end != DECEMBER:
            raise SettingError("months are told of calendar years: make the series without year_end")
        checked, m = checked_probabilities(probabilities), self._months
        x = m.log_months if event is None else m.levels_of(event)
        logs = quantiles_of_paths(x.T, m.weights, checked)
        return pd.DataFrame(np.exp(logs).T, index=m.months[m.months.size - x.shape[0] :], columns=checked)

    @property
    def statements(self) -> tuple[Observation, ...]:
        """What was stated of years that are not complete, and is used; empty where every figure is a total."""
        return self.fitted.statements

    @property
    def effective_paths(self) -> float | None:
        """Effective number of paths that agree with the statements, (sum w)^2 / sum w^2; None without weights."""
        w = self._paths.weights if self.statements else None
        return None if w is None else effective_sample_size(w)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements about years after the last total that do not count, and why.

        Others contradict them, or they span more than one calendar year.
        """
        return tuple(a for a in self.fitted.set_aside if a.observation.end.year > self.last_year)

    def nowcast(self) -> pd.DataFrame:
        """The totals that are known in part: one row a year, with median, low and high (80 % interval).

        Before the last year of the data they are estimates from the statements; after it, paths weighted by them. Empty
        where every figure is a total.
        """
        rows = self.fitted.estimated_totals
        years = [y for y in self.fitted.years_in_part if y <= self.last_year + self.horizon]
        if rows.empty and years:
            rows = self.quantiles([0.1, 0.5, 0.9]).loc[years].set_axis(["low", "median", "high"], axis=1)
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
            at_target = reached(np.exp(last_log_totals(self.series, k)), target.value)
            so_far = int(np.argmin(np.append(at_target[::-1], False)))
            run = np.where(h >= k - so_far, h, 0)
        h, run = h[run > 0], run[run > 0]
        rate = (target.value / self.last_value) ** (1.0 / run) - 1.0
        return pd.Series(rate, index=pd.Index(self.last_year + h, name="period"), name="required_growth")

    @takes(spans=several(whole(1, 500)))
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

        Infinite where no growth would; no column where one rate does not bring the event about. ``attrs`` says what the
        figures rest on: series, flow, unit, reporters, as_of, sources, targets, model and seed.
        """
        frame = self.quantiles().add_prefix("q")
        frame["probability"] = self.hitting_time.probability
        rates = self.required_growth()
        if not self.target.is_monthly and self.target.occurrence == "first":
            frame["required_growth"] = rates.reindex(frame.index, fill_value=np.inf)
        return frame.reset_index()

    def to_table(self, levels: Iterable[float] | None = None) -> pd.DataFrame:
        """One row a year, as ``tradetarget forecast --csv`` writes it: every row says what it is about.

        Parameters
        ----------
        levels
            Coverages of the central intervals of the level; default 50, 80 and 90 %.

        Returns
        -------
        pandas.DataFrame
            series, target (a number, in ``unit``), unit, period, probability (P(reached by the end of it)),
            first_reached (P(first reached in it)), required_growth (a fraction a year; missing where no one rate brings
            it about) and quantiles of the level: ``q0.05``, ...
        """
        ends = FAN if levels is None else interval_ends(levels)
        answer, unit = self.hitting_time, self.target.unit
        about = {"series": self.series.label, "target": self.target.value, "unit": None if unit is None else str(unit)}
        frame = pd.DataFrame(about, index=pd.Index(answer.years, name="period")).reset_index()
        frame = frame[["series", "target", "unit", "period"]]
        frame["probability"] = answer.probability
        frame["first_reached"] = np.diff(answer.probability, prepend=0.0)
        rates = self.required_growth().reindex(answer.years)
        frame["required_growth"] = pd.array(rates.to_numpy(dtype=float), dtype="Float64")
        quantiles = self.quantiles(ends).set_axis([f"q{q:.6g}" for q in ends], axis=1)
        frame = frame.join(quantiles, on="period")
        return self._with_provenance(frame)

    def to_dict(self, levels: Iterable[float] | None = None) -> dict[str, Any]:
        """The answer as plain data: what ``tradetarget forecast --json`` writes, but for the other sides.

        Parameters
        ----------
        levels
            Coverages of the intervals of the year and the level; default 50, 80 and 90 %.
        """
        return presenting.record(self, levels=levels)

    def summary(self, levels: Iterable[float] | None = None) -> presenting.Summary:
        """The answer, the data and model behind it, growth required and achieved, and probabilities, as text.

        Parameters
        ----------
        levels
            Coverages of the intervals of the year; default 50 and 80 %.

        Returns
        -------
        Text
            Plain text, with ``as_html()``, ``as_markdown()`` and ``as_latex()``. Where the target has a deadline, its
            first line says P(reached by the end of it).
        """
        return presenting.summary(self, levels=levels)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
        levels: Iterable[float] | None = None,
    ) -> Any:
        """A fan chart with the target line, and under it the distribution of the year.

        Parameters
        ----------
        path
            A file to write (PNG, SVG or PDF by its ending); None to return the figure only.
        ax
            A matplotlib Axes to draw the main panel on; None for a figure of its own.
        figsize
            Width and height in inches, of a figure of its own.
        levels
            Coverages of the bands of the fan, up to three; default 50, 80 and 90 %.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize, levels=levels)

    def __repr__(self) -> str:
        return f"Forecast({self.series.label!r}, {self.hitting_time!r})"


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
        about later years are weighed (``answering.part_years``), and totals that nobody stated are estimated from them.
    target
        The level to be reached; a bare number is in the data's unit.
    model
        A name (see ``tradetarget.models.model_names``) or a GrowthModel of your own.
    horizon
        Years after the last complete year, 1 to 200; lengthened to the deadline of the target where that lies beyond.
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
    horizon = checked_horizon(horizon)
    question = ask(series, target, model, seed=seed, n_paths=n_paths, drivers=drivers)
    horizon = horizon_to_deadline(horizon, question.origin, question.targets)
    return Forecast(question, question.answer(horizon, method), horizon)
