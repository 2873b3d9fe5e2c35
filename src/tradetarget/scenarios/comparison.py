"""The answers of several scenarios side by side: probabilities, and differences from the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import any_text, checked_probabilities, number, optional
from tradetarget.errors import SettingError, unknown_name
from tradetarget.models.interface import CompleteFit
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.passage.samples import quantiles_of_paths
from tradetarget.scenarios.drivers import Sources
from tradetarget.scenarios.scenario import Plan, Scenario
from tradetarget.targets import HittingTime, Target

QUANTILE_PATHS = 20 * 1024
"""Paths drawn again for quantiles. Judgement, because a median is then good to 0.35 points of probability, and fifteen
years of them take 2.5 MB a scenario."""
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The median, and central intervals of 50 and 80 %, as in a box plot."""


@dataclass(frozen=True)
class Difference:
    """A scenario's probability less the baseline's, on the same random numbers.

    Parameters
    ----------
    probability
        (K,) difference of P(reached by the end of each year).
    standard_errors
        (K,) from independent batches of path-by-path differences: the noise that both share cancels.
    """

    probability: Array
    standard_errors: Array


def no_difference(horizon: int) -> Difference:
    """That of the baseline from itself."""
    return Difference(np.zeros(horizon), np.zeros(horizon))


def columns_of(answer: HittingTime, difference: Difference | None) -> dict[str, Any]:
    """The columns of a frame of scenarios for one answer, a row a year; the baseline has no difference."""
    gap = no_difference(answer.horizon) if difference is None else difference
    return {
        "period": answer.years,
        "probability": answer.probability,
        "standard_error": answer.errors,
        "difference": gap.probability,
        "difference_error": gap.standard_errors,
    }


@dataclass(frozen=True)
class Case:
    """One series and one target under every scenario.

    Parameters
    ----------
    series
        The data, in the target's unit.
    target
        The target, with its unit.
    sources
        What each scenario's paths are drawn from: one question, the same for all but those that shift a driver.
    plans
        The scenarios, checked against the data, the baseline first.
    hitting_times
        The answer by scenario.
    differences
        Differences from the baseline by scenario; the baseline is not among them.
    unit_assumed
        Whether series or target did not say its unit, so that both were taken to be the same.
    """

    series: TradeSeries
    target: Target
    sources: Sources
    plans: tuple[Plan, ...]
    hitting_times: Mapping[str, HittingTime]
    differences: Mapping[str, Difference]
    unit_assumed: bool

    @property
    def fitted(self) -> CompleteFit:
        """The growth model fitted to the series, as the baseline has it."""
        return self.sources.baseline.fitted

    @property
    def baseline(self) -> str:
        """The name of the baseline."""
        return self.plans[0].scenario.name

    def to_frame(self) -> pd.DataFrame:
        """One row a scenario and year: probability, standard error, difference from the baseline and its error."""
        frames = [
            pd.DataFrame({"scenario": name, **columns_of(answer, self.differences.get(name))})
            for name, answer in self.hitting_times.items()
        ]
        return stamped(pd.concat(frames, ignore_index=True), self.provenance)

    @property
    def provenance(self) -> dict[Any, Any]:
        """What the answers rest on (data, target, model and seed), for the ``attrs`` of their frames."""
        return self.sources.baseline.provenance | {"targets": [str(self.target)]}


def _is_asked(target: Target, wanted: Target | float) -> bool:
    """Whether a case's target, in the unit of its data, is the one that is wanted."""
    if not isinstance(wanted, Target):
        return bool(np.isclose(target.value, number(wanted, "target"), rtol=1e-12))
    same = (target.event, target.sustained, target.occurrence) == (wanted.event, wanted.sustained, wanted.occurrence)
    return same and bool(np.isclose(target.value, wanted.value_in(target.unit), rtol=1e-12))


@dataclass(frozen=True)
class ScenarioComparison(presenting.Presented):
    """What ``run_scenarios`` found: every scenario's answer for every series and target.

    With one series and one target, ``series``, ``target``, ``fitted``, ``hitting_times`` and ``differences`` are those
    of the only case; with several, choose one with ``case``.

    Parameters
    ----------
    cases
        One for each series and target.
    horizon, seed, n_paths, drivers
        As they were asked for.
    """

    cases: tuple[Case, ...]
    horizon: int
    seed: int
    n_paths: int
    drivers: pd.DataFrame | None = None

    def case(self, series: str | None = None, target: Target | float | None = None) -> Case:
        """The case of one series (by its label or name) and target; each may be left out where clear.

        A number stands for every target of that value; a Target for that of its value, event, run and occurrence.

        Raises
        ------
        UnknownNameError
            On a series that was not run; the nearest are offered.
        SettingError
            When no case, or more than one, fits.
        """
        series = optional(any_text)(series, "series")
        labels = {c.series.label: c for c in self.cases}
        if series is not None and not any(series in (c.series.label, c.series.name) for c in self.cases):
            raise unknown_name("series", series, labels)
        fit = [c for c in self.cases if series is None or series in (c.series.label, c.series.name)]
        if target is not None:
            fit = [c for c in fit if _is_asked(c.target, target)]
        if len(fit) != 1:
            offered = "; ".join(f"{c.series.label}, {c.target}" for c in self.cases)
            raise SettingError(f"{len(fit)} cases fit series {series!r} and target {target}: choose one of {offered}")
        return fit[0]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios with their parents' adjustments, the baseline first."""
        return tuple(p.scenario for p in self.cases[0].plans)

    @property
    def baseline(self) -> str:
        """The name of the scenario that others are compared with."""
        return self.cases[0].baseline

    @property
    def series(self) -> TradeSeries:
        """The data of the only case."""
        return self.case().series

    @property
    def target(self) -> Target:
        """The target of the only case."""
        return self.case().target

    @property
    def fitted(self) -> CompleteFit:
        """The fitted model of the only case."""
        return self.case().fitted

    @property
    def hitting_times(self) -> Mapping[str, HittingTime]:
        """The only case's answers by scenario."""
        return self.case().hitting_times

    @property
    def differences(self) -> Mapping[str, Difference]:
        """The only case's differences from the baseline by scenario."""
        return self.case().differences

    def to_frame(self) -> pd.DataFrame:
        """One row a scenario and year: probability, standard error, difference from the baseline and its error.

        With several cases, columns ``series`` and ``target`` come first.
        """
        if len(self.cases) == 1:
            return self.cases[0].to_frame()
        frames = []
        for c in self.cases:
            frame = c.to_frame()
            frame.insert(0, "series", c.series.label)
            frame.insert(1, "target", str(c.target))
            frames.append(frame)
        table = pd.concat(frames, ignore_index=True)
        return stamped(table, {"answers": [c.provenance for c in self.cases], "seed": self.seed})

    def quantiles(
        self,
        probabilities: Iterable[float] = QUANTILES,
        *,
        series: str | None = None,
        target: Target | float | None = None,
    ) -> pd.DataFrame:
        """Quantiles of the level under each scenario, from the first 20,480 paths, drawn again.

        Parameters
        ----------
        probabilities
            Between 0 and 1.
        series, target
            Which case, where there are several.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, period, and one a probability; in the target's unit (under a deflation: in its prices).
        """
        checked = checked_probabilities(probabilities)
        case = self.case(series, target)
        log_levels, weights, years = self._levels(case)
        frames = []
        for name, x in log_levels.items():
            logs = quantiles_of_paths(x, weights, checked)
            frame = pd.DataFrame(np.exp(logs).T, columns=checked)
            frame.insert(0, "scenario", name)
            frame.insert(1, "period", years)
            frames.append(frame)
        return stamped(pd.concat(frames, ignore_index=True), case.provenance)

    def _levels(self, case: Case) -> tuple[dict[str, Array], Array | None, NDArray[np.int64]]:
        """(paths, periods) log levels by scenario, the paths' weights, and the years."""
        n = min(self.n_paths, QUANTILE_PATHS)
        uniforms = [p.uniforms(self.seed) for p in case.plans]
        parts: dict[str, list[Array]] = {p.scenario.name: [] for p in case.plans}
        weights: list[Array] = []
        years = np.empty(0, dtype=np.int64)
        for blocks in case.sources.blocks(self.horizon, n):
            years = blocks[0].years
            if blocks[0].weights is not None:
                weights.append(blocks[0].weights)
            for place, plan, numbers in zip(case.sources.question_of_plan, case.plans, uniforms, strict=True):
                adjusted = plan.apply(blocks[place], numbers.take(blocks[place].n_paths))
                parts[plan.scenario.name].append(adjusted.log_levels[0])
        kept = {name: np.concatenate(blocks) for name, blocks in parts.items()}
        return kept, np.concatenate(weights) if weights else None, years

    def __repr__(self) -> str:
        asked = "; ".join(f"{c.series.label}, {c.target}" for c in self.cases)
        return f"ScenarioComparison({asked}: {', '.join(s.name for s in self.scenarios)})"

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain data: what ``tradetarget scenarios --json`` writes."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """Scenarios side by side, as text: median, interval, probability, difference from the baseline."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
        levels: Iterable[float] | None = None,
    ) -> Any:
        """The probability of having reached the target by year, and the median level, a line a scenario.

        Parameters
        ----------
        path, ax, figsize
            As in ``Forecast.plot``.
        levels
            Coverage of the intervals of the year, the largest of several; default 80 %.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize, levels=levels)
