"""run_scenarios: every scenario on the same paths, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.answering.costs import check_simulation
from tradetarget.answering.counting import MIN_BATCHES, HittingCounter
from tradetarget.answering.months import MonthPaths, MonthSource
from tradetarget.answering.question import N_PATHS, ask, horizon_to_deadline
from tradetarget.arrays import Array
from tradetarget.checks import optional, table, takes
from tradetarget.errors import ScenarioError, unknown_name
from tradetarget.models import DEFAULT_MODEL, GrowthModel, Paths
from tradetarget.models.interface import checked_paths
from tradetarget.observations import SeriesByName, TradeSeries
from tradetarget.passage.events import paired_standard_error
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.scenarios.comparison import Case, Difference, ScenarioComparison
from tradetarget.scenarios.controlled import Control, ControlledCounter
from tradetarget.scenarios.drivers import Sources, sources_of
from tradetarget.scenarios.scenario import Plan, Scenario, as_scenarios, plans
from tradetarget.targets import HittingTime, Target, last_log_totals

Targets = Target | float | Iterable[Target | float]
Counter = HittingCounter | ControlledCounter


@takes(progress=progress_choice, drivers=optional(table))
def run_scenarios(
    series: TradeSeries | Iterable[TradeSeries] | SeriesByName,
    target: Targets | Mapping[str, Targets],
    scenarios: Scenario | Iterable[Scenario],
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    *,
    n_paths: int = N_PATHS,
    progress: Progress = None,
) -> ScenarioComparison:
    """When is the target reached under each scenario, and how far does each move the answer?

    The model is fitted and simulated once a series (and once more for each scenario that shifts a driver, from the
    same random stream); every scenario is applied to each block of the same paths, so
    differences between scenarios are free of the noise they share. Where the model has an exact law, the baseline is
    the forecast itself, and a scenario's probability is that law plus what its adjustments move
    (``scenarios.controlled``). A byte is kept of each path, scenario and target.

    Parameters
    ----------
    series
        One series, several, or a mapping of names to series.
    target
        One target, several (each is asked of every series), or a mapping of a series' name or label to its own.
        Bare numbers are in the unit of the data.
    scenarios
        Any number; a baseline without adjustments is put first where there is none.
    model
        A name or a GrowthModel; scenarios know nothing of it.
    horizon
        Years after the last complete year, 1 to 200; lengthened to the latest deadline of the targets.
    seed
        A whole number; a scenario's own numbers are keyed by its name, so the order of scenarios changes nothing.
    drivers
        A long table of drivers, for models that use them.
    n_paths
        Simulated paths.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the paths done and the paths in all after every block.

    Returns
    -------
    ScenarioComparison
        With ``to_frame()``, ``summary()`` and ``plot()``.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input; a ScenarioError names the scenario, the adjustment and the rule.

    Examples
    --------
    >>> import tradetarget as tt
    >>> from tradetarget.scenarios import GrowthShift
    >>> series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    >>> faster = tt.Scenario("Faster growth", [GrowthShift(0.02)])
    >>> c = tt.run_scenarios(series, tt.Target(10, "USD bn"), [faster], model="random-walk", n_paths=2048)
    >>> list(c.hitting_times)
    ['baseline', 'Faster growth']
    """
    n_paths, listed = checked_paths(n_paths), as_scenarios(scenarios)
    asked = list(_questions(series, target))
    questions = [ask(one, levels, model, seed=seed, n_paths=n_paths, drivers=drivers) for one, levels in asked]
    horizon = max(horizon_to_deadline(horizon, q.origin, q.targets) for q in questions)
    for question in questions:
        monthly = any(t.is_monthly for t in question.targets)
        copies = len(listed) * len(question.targets)
        check_simulation(n_paths * len(questions), horizon, monthly=monthly, copies=copies)
    cases: list[Case] = []
    with reporting(progress, "scenarios", len(asked) * n_paths) as advance:
        for question in questions:
            planned = plans(listed, question.series, horizon, drivers)
            sources = sources_of(question, planned)
            counters = count(sources, planned, question.targets, horizon, advance)
            for k, level in enumerate(question.targets):
                of_target = {p.scenario.name: counters[i][k] for i, p in enumerate(planned)}
                cases.append(case_of(level, sources, planned, of_target))
    return ScenarioComparison(tuple(cases), horizon, seed, n_paths, drivers)


def count(
    sources: Sources,
    planned: Sequence[Plan],
    targets: Sequence[Target],
    horizon: int,
    tick: Callable[[int], None],
) -> list[list[Counter]]:
    """A counter by scenario and target, filled in one pass over the paths.

    For events that are seen every month a block is split into months once, and each scenario moves these.
    """
    for plan in planned:
        _require_past(plan, targets)
    question = sources.baseline
    controls = [[Control.of(q, t, horizon) for t in targets] for q in sources.questions]
    counters = [
        [_counter(t, plan, c) for t, c in zip(targets, controls[place], strict=True)]
        for place, plan in zip(sources.question_of_plan, planned, strict=True)
    ]
    uniforms = [p.uniforms(question.seed) for p in planned]
    months = question.months(horizon) if any(t.is_monthly for t in targets) else None
    for blocks in sources.blocks(horizon, question.n_paths):
        split = [] if months is None else _months_of(blocks, *months)
        for block, of_question in zip(blocks, controls, strict=True):
            for control in of_question:
                if control is not None:
                    control.add(block)
        for place, plan, numbers, of_plan in zip(sources.question_of_plan, planned, uniforms, counters, strict=True):
            adjusted = plan.apply(blocks[place], numbers.take(blocks[place].n_paths))
            for counter in of_plan:
                if isinstance(counter, HittingCounter) and counter.target.is_monthly:
                    restated = plan.series is not plan.setting.series
                    counter.add_months(split[place].adjusted(blocks[place], adjusted, restated=restated))
                else:
                    counter.add(adjusted)
        tick(blocks[0].n_paths)
    return counters


def _counter(target: Target, plan: Plan, control: Control | None) -> Counter:
    return HittingCounter(target, plan.series) if control is None else ControlledCounter(control, plan)


def _require_past(plan: Plan, targets: Sequence[Target]) -> None:
    """A ScenarioError where a scenario restates the data and drops years in which a run of periods may have begun."""
    if plan.series is plan.setting.series:
        return
    for k in {t.sustained for t in targets if not t.is_monthly} - {1}:
        dropped = np.isneginf(last_log_totals(plan.series, k)) & ~np.isneginf(last_log_totals(plan.setting.series, k))
        if dropped.any():
            year = plan.setting.origin - k + 1 + int(np.argmax(dropped))
            raise ScenarioError(
                f"scenario {plan.scenario.name!r} has no price level for {year}, and a run of {k} years may have begun "
                "there: add it to the index"
            )


def _months_of(blocks: Sequence[Paths], months: MonthSource, rng: np.random.Generator) -> list[MonthPaths]:
    """The months of each question's block, on the same random numbers."""
    noise = months.noise(blocks[0].n_paths, rng)
    return [months.split(block, noise) for block in blocks]


def case_of(target: Target, sources: Sources, planned: Sequence[Plan], counters: Mapping[str, Counter]) -> Case:
    """The answers for one series and target, and their differences from the first scenario's."""
    answers = {name: c.hitting_time() for name, c in counters.items()}
    base, question = planned[0].scenario.name, sources.baseline
    gaps = {
        name: Difference(
            answers[name].probability - answers[base].probability,
            _error_of_difference(counters[name], answers[name], counters[base], answers[base]),
        )
        for name in answers
        if name != base
    }
    return Case(question.series, target, sources, tuple(planned), answers, gaps, question.unit_assumed)


def _error_of_difference(counter: Counter, answer: HittingTime, base: Counter, of_base: HittingTime) -> Array:
    """(K,) standard error of the difference of two probabilities on the same paths.

    From what each batch moves in the difference. Of counted paths there have to be 20 batches; with fewer, the error is
    that of two independent probabilities, which is too large rather than too small.
    """
    if answer.standard_errors is None or of_base.standard_errors is None:
        return answer.errors + of_base.errors
    if isinstance(counter, ControlledCounter) and isinstance(base, ControlledCounter):
        return counter.error_of_difference(base)
    if answer.batches is not None and of_base.batches is not None and answer.batches.totals.size >= MIN_BATCHES:
        return paired_standard_error(*answer.batches, *of_base.batches)
    return np.asarray(np.hypot(answer.errors, of_base.errors))


def _questions(series: Any, target: Any) -> Iterator[tuple[TradeSeries, list[Target | float]]]:
    """Every series with the targets asked of it.

    Raises
    ------
    ScenarioError
        On no series, two of one label, or something that is no series.
    UnknownNameError
        On a series for which a mapping of targets has none.
    """
    named = list(series.items()) if isinstance(series, Mapping) else [(None, s) for s in _listed(series, TradeSeries)]
    labels = [s.label for _, s in named if isinstance(s, TradeSeries)]
    if not named or len(labels) < len(named):
        raise ScenarioError("no series to run: give a TradeSeries, several of them, or a mapping of names to them")
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ScenarioError(f"series {twice!r} stands twice: their answers could not be told apart; rename one")
    for key, one in named:
        levels = target
        if isinstance(target, Mapping):
            names = [n for n in (key, one.label, one.name) if n in target]
            if not names:
                raise unknown_name("series among the targets", one.label, map(str, target))
            levels = target[names[0]]
        targets = _listed(levels, Target | float | int)
        if not targets:
            raise ScenarioError(f"{one.label} has no target: give a Target, or several of them")
        yield one, targets


def _listed(value: Any, single: Any) -> list[Any]:
    """One thing as a list of one; several as a list."""
    alone = isinstance(value, single | str) or not isinstance(value, Iterable)
    return [value] if alone else list(value)
