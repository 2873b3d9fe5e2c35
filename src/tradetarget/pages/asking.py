"""Asking everything that a report shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from tradetarget.answering.question import N_PATHS, as_target
from tradetarget.checks import function, instance_of, optional, takes, text
from tradetarget.errors import SettingError, TradeTargetError
from tradetarget.evaluation import Backtest, backtest
from tradetarget.forecasting import Change, Forecast, compare_sides, explain_change
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.outputs import as_bytes
from tradetarget.pages.report import Report
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.promises import Promises, Tally
from tradetarget.report.forecasts import stands_at_target
from tradetarget.scenarios import (
    GrowthShift,
    LevelEffect,
    Scenario,
    ScenarioComparison,
    Sensitivity,
    run_scenarios,
    sensitivity,
    uncertain_factors,
    usual_factors,
)
from tradetarget.scenarios.running_maximum import RunningMaximum, running_maximum
from tradetarget.scenarios.scenario import as_scenarios
from tradetarget.targets import Target
from tradetarget.tracking import Comparison, compare

YEARS_AHEAD = 5
"""The year that words are about where there is no deadline. Judgement, because promises mostly have five years."""
T = TypeVar("T")
PARTS = 8  # of a report: the answer, and seven that are tried


def usual_scenarios() -> list[Scenario]:
    """Scenarios for a question that nobody has written any for: growth and level, up and down."""
    return [
        Scenario("Growth two points higher", [GrowthShift(0.02)], "Two points a year more, from next year on."),
        Scenario("Growth two points lower", [GrowthShift(-0.02)], "Two points a year less, from next year on."),
        Scenario("A level a tenth higher", [LevelEffect(0.10)], "Ten per cent more trade, from next year on."),
        Scenario("A level a tenth lower", [LevelEffect(-0.10)], "Ten per cent less trade, from next year on."),
    ]


@takes(
    command=optional(text),
    data=optional(instance_of(bytes, "give the bytes of the file")),
    progress=optional(function),
)
def report_on(
    series: TradeSeries,
    target: Target | float,
    *,
    scenarios: Iterable[Scenario] | None = None,
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    reporter: str | None = None,
    as_of: object = None,
    n_paths: int = N_PATHS,
    command: str | None = None,
    data: bytes | None = None,
    progress: Progress = None,
) -> Report:
    """Ask one question in every way that a decision maker would, and put the answers together.

    Parameters
    ----------
    series
        One flow, with the statements of all its sides.
    target
        The level to be reached, with a deadline where there is one.
    scenarios
        What is compared; four usual ones where it is left out.
    model, horizon, seed, drivers, n_paths
        As in ``forecast``.
    reporter, as_of
        As in ``compare_sides``: whose statistics decide, and what was known when.
    command, data
        How the report is made again: the command line, and the bytes of the file that was read.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the parts done and the parts in all after each.

    Returns
    -------
    Report
        Parts that cannot be made of this question have their reason in ``missing``.

    Raises
    ------
    TradeTargetError
        As ``compare_sides`` raises: a question that has no answer has no report.
    """
    asked = as_target(target)
    missing: dict[str, str] = {}
    with reporting(progress_choice(progress, "progress"), "report", PARTS) as advance:

        def tried(name: str, make: Callable[[], T]) -> T | None:
            try:
                return make()
            except TradeTargetError as error:
                missing[name] = str(error)
                return None
            finally:
                advance()

        sides = compare_sides(
            series, asked, model, horizon, seed, reporter=reporter, as_of=as_of, drivers=drivers, n_paths=n_paths
        )
        advance()
        chosen = None if scenarios is None else as_scenarios(scenarios)
        parts = _Parts(sides.forecast, model, seed, drivers, n_paths, chosen)
        return Report(
            sides,
            parts.by,
            tried("scenarios", parts.compared),
            tried("sensitivity", parts.swings),
            tried("change", parts.change),
            tried("backtest", parts.backtest),
            tried("promises", parts.promises),
            tried("tracking", parts.tracking),
            tried("sliders", parts.sliders),
            command,
            data if data is not None else as_bytes(sides.forecast.series.to_frame().to_csv(index=False)),
            missing,
        )


@dataclass(frozen=True)
class _Parts:
    """Each part of a report, made when it is called for."""

    forecast: Forecast
    model: str | GrowthModel
    seed: int
    drivers: pd.DataFrame | None
    n_paths: int
    chosen: list[Scenario] | None

    @property
    def by(self) -> int:
        """The deadline where it lies ahead, or the fifth year of the horizon."""
        answer = self.forecast.hitting_time
        deadline = answer.target.deadline
        if deadline is not None and deadline in answer.years:
            return deadline
        return min(self.forecast.last_year + YEARS_AHEAD, int(answer.years[-1]))

    def _refuse_what_is_settled(self, what: str) -> None:
        if stands_at_target(self.forecast.hitting_time):
            raise SettingError(f"the last value is at or above the target, so {what}")

    def compared(self) -> ScenarioComparison:
        """The scenarios on the same paths."""
        f = self.forecast
        return run_scenarios(
            f.series, f.target, usual_scenarios() if self.chosen is None else self.chosen, self.model, f.horizon,
            self.seed, self.drivers, n_paths=self.n_paths, progress=False,
        )  # fmt: skip

    def swings(self) -> Sensitivity:
        """One factor at a time: the uncertain sizes of the scenarios that were given, or the usual ones."""
        self._refuse_what_is_settled("nothing has to change")
        factors = usual_factors()
        if self.chosen is not None:
            # Scenarios whose sizes are all certain leave nothing to vary but the usual factors.
            with suppress(TradeTargetError):
                factors = uncertain_factors(self.chosen)
        return sensitivity(
            self.forecast.series, self.forecast.target, factors, by=self.by, model=self.model, seed=self.seed,
            drivers=self.drivers, n_paths=self.n_paths, progress=False,
        )  # fmt: skip

    def change(self) -> Change:
        """Since the vintage before the latest figure."""
        self._refuse_what_is_settled("every probability is 1")
        f = self.forecast
        vintages = sorted({o.known_from for o in f.series})
        if len(vintages) < 2:
            raise SettingError("all figures became known at once, so that there is no earlier vintage")
        if self.drivers is not None:
            raise SettingError("a change is not explained for a model with drivers")
        # The earlier vintage may start some years before, and its horizon has to reach the same year.
        return explain_change(
            f.series, f.target, vintages[-2], vintages[-1], by=self.by, model=self.model, horizon=f.horizon + 5,
            seed=self.seed, progress=False,
        )  # fmt: skip

    def backtest(self) -> Backtest:
        """The same multiple of the last total, asked at past origins for as many years ahead."""
        self._refuse_what_is_settled("there is nothing to ask at past origins")
        f = self.forecast
        if f.target.is_monthly or not f.target.is_plain:
            raise SettingError(f"past origins are asked about the total of one calendar year, not about {f.target}")
        return backtest(
            f.series, self.model, multiples=[f.target.value / f.last_value], horizon=self.by - f.last_year,
            seed=self.seed, levels=False, n_paths=self.n_paths, progress=False,
        )  # fmt: skip

    def promises(self) -> Tally:
        """The announced targets that asked for as much growth."""
        rates = self.forecast.required_growth()
        if self.by not in rates.index or rates.loc[self.by] < 0:
            raise SettingError("no growth is required, and promises are compared by the growth that they ask for")
        return Promises.shipped().like(float(rates.loc[self.by]))

    def tracking(self) -> Comparison:
        """The official scales, for the same deadline."""
        f = self.forecast
        return compare(f.series, f.target, deadline=self.by, model=self.model, seed=self.seed)

    def sliders(self) -> RunningMaximum:
        """The distribution of the running maximum, for other targets and extra growth."""
        return running_maximum(self.forecast.question, self.forecast.horizon)
