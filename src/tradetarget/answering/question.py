"""The one step from a question to its answer.

A question is a series in the target's unit, one target or more, and a model fitted to everything that the series says.
``ask`` makes it, and every answer of this library comes from one: a forecast, scenarios, the inverse question,
sensitivities, the comparison of sides and of vintages, and backtests. So the same data asked in two ways give the same
answer, bit for bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.costs import check_laws, check_simulation
from tradetarget.answering.counting import HittingCounter, exact_hitting_time
from tradetarget.answering.months import MonthSource, month_batches, month_source
from tradetarget.answering.part_years import MOST_YEARS, fit_to_everything
from tradetarget.arrays import Array
from tradetarget.checks import checked_year, optional, table
from tradetarget.errors import (
    DataError,
    ModelError,
    SettingError,
    TargetError,
    TradeTargetError,
    TradeTargetWarning,
    shown,
)
from tradetarget.models import DEFAULT_MODEL, GrowthModel, Paths, get_model
from tradetarget.models.interface import (
    BATCH,
    MAX_HORIZON,
    CompleteFit,
    CompleteModel,
    checked_horizon,
    checked_paths,
)
from tradetarget.observations import TradeSeries
from tradetarget.seeding import checked_seed, stream
from tradetarget.targets import HittingTime, Target, first_reached, stands_reached

Method = Literal["auto", "exact", "simulation"]
N_PATHS = 50_000
"""Paths of a simulated answer. A probability of a half then has a standard error of 0.2 points."""
UNIT_SLIP = 100.0
"""How many times above or below the last value a target draws a warning. Judgement, because units differ by 1,000."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of one series, and everything that its answers come from.

    Parameters
    ----------
    series
        The data, in the targets' unit. Totals that nobody stated and the fit rests on are in it as estimates.
    targets
        One or more, in that unit; all are answered from the same paths. A member of a region may have none.
    model, fitted
        The growth model, and what it gives fitted to everything that the series says.
    seed, n_paths
        Of simulated answers.
    drivers
        The table that the model is fitted with, if any.
    unit_assumed
        Whether series or target did not say its unit, so that both were taken to be the same.
    """

    series: TradeSeries
    targets: tuple[Target, ...]
    model: CompleteModel
    fitted: CompleteFit
    seed: int
    n_paths: int
    drivers: pd.DataFrame | None = field(default=None, repr=False)
    unit_assumed: bool = False

    @property
    def provenance(self) -> dict[Any, Any]:
        """What answers rest on (the data's attributes, targets, model and seed), for the ``attrs`` of their frames."""
        settings = {"targets": [str(t) for t in self.targets], "model": self.fitted.model_name, "seed": self.seed}
        return self.series.provenance | settings

    @property
    def origin(self) -> int:
        """The last complete year, from which years ahead are counted."""
        return int(self.series.annual().index[-1])

    def years(self, horizon: int) -> NDArray[np.int64]:
        """(horizon,) the years after the origin."""
        return self.origin + np.arange(1, horizon + 1, dtype=np.int64)

    def stream(self, *names: str) -> np.random.Generator:
        """The random numbers of the series, or a stream of their own for what ``names`` say."""
        return stream(self.seed, self.series.stream_key, *names)

    def paths(self, horizon: int, n_paths: int | None = None) -> Iterator[Paths]:
        """The model's paths a block at a time, always from the beginning of the series' stream."""
        return self.fitted.blocks(horizon, self.n_paths if n_paths is None else n_paths, self.stream(), self.drivers)

    def months(self, horizon: int) -> tuple[MonthSource, np.random.Generator]:
        """Where the months of the paths come from, and the random numbers that they are drawn with.

        Raises
        ------
        SettingError
            When the data cover every month of the horizon.
        """
        source = month_source(self.fitted, horizon)
        return source, self.stream(*source.key)

    def log_season(self, target: Target, horizon: int) -> Array | None:
        """(12,) logs of the seasonal factors that a run-rate is adjusted by; None for events without a season.

        The median over the first 512 paths: factors hardly differ between paths.
        """
        if target.event != "run_rate":
            return None
        source, rng = self.months(horizon)
        block = next(self.paths(horizon, BATCH))
        return np.asarray(np.median(source.split(block, source.noise(block.n_paths, rng)).log_season, axis=1))

    def law(self, target: Target, horizon: int) -> Array | None:
        """(horizon,) the exact P(reached by each year), or None where the model or the event has no law."""
        if not is_first_passage(self.series, target):
            return None
        law = self.fitted.hitting_law(np.log([target.value_in(self.series.unit)]), horizon)
        return None if law is None else law[0]

    def with_drivers(self, drivers: pd.DataFrame | None) -> Question:
        """The same question with the model fitted to another table of drivers; it draws from the same stream."""
        fitted = fit_to_everything(self.model, self.series, drivers)
        return replace(self, fitted=fitted, drivers=drivers)

    def answers(self, horizon: int, method: Method = "auto") -> tuple[HittingTime, ...]:
        """The hitting time of each target: by the exact law where there is one, from one pass over the paths otherwise.

        Parameters
        ----------
        horizon
            Years after the origin, 1 to 200.
        method
            "exact" asks for the law, "simulation" for paths; "auto" takes the law where there is one.

        Raises
        ------
        SettingError
            On a method or horizon that is none.
        ModelError
            With ``method="exact"`` where there is no law.
        """
        horizon = checked_horizon(horizon)
        if not isinstance(method, str) or method not in get_args(Method):
            raise SettingError(f"method {shown(method)} is none of {', '.join(get_args(Method))}")
        if method != "simulation":
            check_laws(sum(is_first_passage(self.series, t) for t in self.targets), horizon)
        laws = [None if method == "simulation" else self.law(t, horizon) for t in self.targets]
        without_law = [t for t, law in zip(self.targets, laws, strict=True) if law is None]
        if method == "exact" and without_law:
            raise ModelError(
                f"{self.fitted.model_name} has no exact hitting law for {without_law[0]}: use method='simulation'"
            )
        simulated = iter(self._counted(without_law, horizon))
        years = self.years(horizon)
        return tuple(
            next(simulated) if law is None else exact_hitting_time(self.series, target, years, law)
            for target, law in zip(self.targets, laws, strict=True)
        )

    def answer(self, horizon: int, method: Method = "auto") -> HittingTime:
        """The hitting time of the only target; see ``answers``."""
        return self.answers(horizon, method)[0]

    def _counted(self, targets: list[Target], horizon: int) -> list[HittingTime]:
        """Hitting times from paths: all targets are counted in one pass."""
        if not targets:
            return []
        monthly = any(t.is_monthly for t in targets)
        check_simulation(self.n_paths, horizon, monthly=monthly, copies=len(targets))
        counters = [HittingCounter(t, self.series) for t in targets]
        months = self.months(horizon) if monthly else None
        for block in self.paths(horizon):
            for counter in counters:
                if not counter.target.is_monthly:
                    counter.add(block)
            for batch in [] if months is None else month_batches([block], *months):
                for counter in counters:
                    if counter.target.is_monthly:
                        counter.add_months(batch)
        return [counter.hitting_time() for counter in counters]


def ask(
    series: TradeSeries,
    targets: Target | float | Iterable[Target | float],
    model: str | GrowthModel = DEFAULT_MODEL,
    *,
    seed: int = 0,
    n_paths: int = N_PATHS,
    drivers: pd.DataFrame | None = None,
    warn: bool = True,
) -> Question:
    """The question, its model fitted: everything is in the unit of the first target.

    Parameters
    ----------
    series
        The data. Growth models are fitted to its calendar-year totals; part-year figures, growth statements and bounds
        about later years are weighed, and totals that nobody stated are estimated from them.
    targets
        One level to be reached or several; a bare number is in the data's unit.
    model
        A name or a GrowthModel.
    seed, n_paths
        Of simulated answers.
    drivers
        A long table of drivers, for models that use them.
    warn
        Whether to warn of a target far from the last value.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input: no TradeSeries, units that do not convert, too few observations, an unknown model, a
        seed or number of paths out of range.

    Warns
    -----
    TradeTargetWarning
        When a target is more than 100 times above or below the last value.
    """
    seed, n_paths = checked_seed(seed), checked_paths(n_paths)
    drivers = optional(table)(drivers, "drivers")
    grower = get_model(model)
    converted, asked, assumed = in_common_unit(series, *(as_target(t) for t in each_target(targets)))
    question = question_of(converted, asked, grower, seed, n_paths, drivers, unit_assumed=assumed)
    if warn:
        for target in asked:
            warn_if_far(question.series, target)
    return question


def each_target(
    targets: Target | float | Iterable[Target | float], kind: type[TradeTargetError] = TargetError
) -> list[Target | float]:
    """One target, or several, as a list.

    Raises
    ------
    TargetError
        On text, a mapping or a table, which hold no levels.
    TradeTargetError
        The kind asked for, when there is none.
    """
    if isinstance(targets, str | bytes | Mapping | pd.DataFrame):
        raise TargetError(f"target {shown(targets)} is not a number: give the level to be reached, such as 5.0")
    listed = list(targets) if isinstance(targets, Iterable) else [targets]
    if not listed:
        raise kind("there is no target: give at least one level to be reached, such as 5.0")
    return listed


def question_of(
    series: TradeSeries,
    targets: tuple[Target, ...],
    model: CompleteModel,
    seed: int,
    n_paths: int,
    drivers: pd.DataFrame | None = None,
    *,
    unit_assumed: bool = False,
    most_years: int = MOST_YEARS,
) -> Question:
    """The question about what is in one unit already, its model fitted to everything that the series says.

    Parameters
    ----------
    series, targets
        As in ``Question``; a member of a region that is only simulated has no target.
    model, seed, n_paths, drivers, unit_assumed
        As in ``Question``.
    most_years
        As in ``fit_to_everything``.
    """
    fitted = fit_to_everything(model, series, drivers, most_years=most_years)
    return Question(fitted.series, targets, model, fitted, seed, n_paths, drivers, unit_assumed)


def in_common_unit(series: TradeSeries, *targets: Target) -> tuple[TradeSeries, tuple[Target, ...], bool]:
    """Series and targets in the unit of the first target, and whether series or first target did not say its own.

    A target without a unit is in that of the data, whatever the first one's is.

    Raises
    ------
    DataError
        On anything but a TradeSeries.
    UnitError
        When the currencies differ.
    TargetError
        When a target is of other years than the data.
    """
    if not isinstance(series, TradeSeries):
        raise DataError(
            f"expected a TradeSeries, got {type(series).__name__}: wrap totals by year with "
            'TradeSeries.from_annual(values, unit="USD bn")'
        )
    of_data = [t.of_years_ending(series.year_end) for t in targets]
    stated = [t if t.unit is not None else t.in_unit(series.unit) for t in of_data]
    converted = series if stated[0].unit is None else series.in_unit(stated[0].unit)
    return converted, tuple(t.in_unit(converted.unit) for t in stated), series.unit is None


def horizon_to_deadline(horizon: int, origin: int, targets: Iterable[Target]) -> int:
    """The horizon, lengthened to the latest deadline of the targets that lies beyond it.

    Raises
    ------
    SettingError
        When a deadline lies more than 200 years after the data.
    """
    horizon = checked_horizon(horizon)
    last = max((t.deadline for t in targets if t.deadline is not None), default=origin)
    if last - origin > MAX_HORIZON:
        raise SettingError(
            f"deadline {last} lies more than {MAX_HORIZON} years after the data, which end in {origin}: give "
            f"{origin + MAX_HORIZON} or a year before it"
        )
    return max(horizon, last - origin)


def deadline_of(target: Target | float, by: object, kind: type[TradeTargetError] = SettingError) -> int:
    """The year that an answer is about: ``by``, or the deadline of the target where ``by`` is None.

    Raises
    ------
    SettingError
        When there is neither, or ``by`` is no year; or the kind of error asked for.
    """
    if by is not None:
        return checked_year(by, kind=kind)
    deadline = target.deadline if isinstance(target, Target) else None
    if deadline is None:
        raise kind("there is no deadline: say by=2030, or give the target one, such as Target(5, deadline=2030)")
    return deadline


def as_target(target: Target | float) -> Target:
    """A Target from a Target or a bare number in the unit of the data.

    Raises
    ------
    TargetError
        On anything else.
    """
    return target if isinstance(target, Target) else Target(target)


def warn_if_far(series: TradeSeries, target: Target) -> None:
    """Warn of a target more than 100 times above or below the last value: the units are probably wrong."""
    last = float(series.annual().iloc[-1])
    ratio = target.value / last
    if ratio > UNIT_SLIP or ratio < 1.0 / UNIT_SLIP:
        unit = f" {target.unit}" if target.unit else ""
        warnings.warn(
            f"target {target.value:g}{unit} is {ratio:.3g} times the last value ({last:g}{unit}): check the units",
            TradeTargetWarning,
            stacklevel=4,
        )


def is_first_passage(series: TradeSeries, target: Target) -> bool:
    """Whether the event is that the total of a calendar year is first at or above the target after the origin.

    So is reaching it again, where it was reached once and the last total is below it.
    """
    if target.is_monthly or target.sustained != 1:
        return False
    if target.occurrence == "first":
        return True
    return first_reached(series, target) is not None and not stands_reached(series, target)
