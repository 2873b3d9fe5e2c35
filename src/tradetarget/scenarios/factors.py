"""Which factor matters most, and how two of them act together: variants of one scenario on one set of paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from tradetarget.answering.costs import check_simulation
from tradetarget.answering.question import N_PATHS, Question, ask, deadline_of
from tradetarget.checks import instance_of, optional, several, share, storable, table, takes
from tradetarget.errors import ScenarioError, shown
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.models.interface import checked_paths
from tradetarget.observations import TradeSeries
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.scenarios.adjustment import Adjustment, Setting, deadline
from tradetarget.scenarios.comparison import Case
from tradetarget.scenarios.drivers import sources_of
from tradetarget.scenarios.factor_results import Sensitivity, Sweep
from tradetarget.scenarios.running import case_of, count
from tradetarget.scenarios.scenario import Plan, Scenario, refuse_parent
from tradetarget.scenarios.sizes import Size, Uncertain, middle, read_number
from tradetarget.targets import Target

Factor = tuple[Adjustment, Sequence[float]]
V = TypeVar("V")


def _case(
    question: Question,
    setting: Setting,
    variants: Sequence[tuple[str, Sequence[Adjustment]]],
    factors: Mapping[str, Sequence[Adjustment]],
    progress: Progress,
) -> Case:
    """The answers under all variants, on the same paths and, for what variants draw, the same random numbers.

    Parameters
    ----------
    variants
        Names and adjustments.
    factors
        The adjustments that differ between variants, by the name under which errors speak of them.

    Raises
    ------
    ScenarioError
        Naming the factor whose adjustment does not fit the years.
    """
    for name, sized in factors.items():
        for adjustment in sized:
            try:
                adjustment.check(setting)
            except ScenarioError as error:
                raise ScenarioError(f"factor {shown(name)}: {error}") from None
    plans = [Plan(Scenario(name, adjustments), setting, key="variant") for name, adjustments in variants]
    target = question.targets[0]
    check_simulation(question.n_paths, setting.horizon, monthly=target.is_monthly, copies=len(plans))
    sources = sources_of(question, plans)
    with reporting(progress, "variants", question.n_paths) as advance:
        counters = count(sources, plans, question.targets, setting.horizon, advance)
    return case_of(target, sources, plans, {p.scenario.name: c[0] for p, c in zip(plans, counters, strict=True)})


@takes(by=optional(deadline), level=share, progress=progress_choice, drivers=optional(table))
def sensitivity(
    series: TradeSeries,
    target: Target | float,
    factors: Scenario | Mapping[str, Adjustment],
    *,
    by: object = None,
    level: float = 0.8,
    model: str | GrowthModel = DEFAULT_MODEL,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    n_paths: int = N_PATHS,
    progress: Progress = None,
) -> Sensitivity:
    """Which factor moves P(reached by ``by``) most? One at a time, the others at their middle.

    Parameters
    ----------
    series, target, model, seed, drivers, n_paths, progress
        As in ``required``.
    factors
        Adjustments by the names to show, or a scenario. Those whose size is a distribution are varied; the others
        stay as they are.
    by
        The deadline: 2030, "2030" or a yearly pandas Period; that of the target where it is left out.
    level
        Low and high are the ends of this central interval of a size's distribution.

    Raises
    ------
    ScenarioError
        When no size is a distribution, on a deadline that has passed, and on what an adjustment refuses.
    """
    named = _named(factors)
    varied = {n: a.size for n, a in named.items() if isinstance(a.size, Uncertain)}
    if not varied:
        raise ScenarioError(
            "no factor has a range: give at least one size as a distribution, such as Uniform(0.0, 0.04)"
        )
    centre = {n: a.with_size(middle(varied[n])) if n in varied else a for n, a in named.items()}
    ends = {n: [float(s.quantile((1 + sign * level) / 2)) for sign in (-1, 1)] for n, s in varied.items()}
    variants: list[tuple[str, Sequence[Adjustment]]] = [("middle", list(centre.values()))]
    for i, (name, sizes) in enumerate(ends.items()):
        for end, size in zip(("low", "high"), sizes, strict=True):
            changed = centre | {name: centre[name].with_size(size)}
            variants.append((f"{i} {end}", list(changed.values())))
    due = deadline_of(target, by, ScenarioError)
    question = ask(series, target, model, seed=seed, n_paths=n_paths, drivers=drivers, warn=False)
    setting = Setting.until(question.series, due, drivers)
    case = _case(question, setting, variants, {name: [adjustment] for name, adjustment in centre.items()}, progress)
    rows = [_swing(case, i, name, named[name].kind, sizes) for i, (name, sizes) in enumerate(ends.items())]
    frame = pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    probability = case.hitting_times["middle"].probability_within_horizon
    return Sensitivity(frame, probability, case.series, case.target, due, level, case.fitted.model_name, seed, n_paths)


def _named(factors: Scenario | Mapping[str, Adjustment]) -> dict[str, Adjustment]:
    """Adjustments by name; those of a scenario by their kind, numbered where a kind comes twice."""
    if isinstance(factors, Mapping):
        wrong = [n for n, a in factors.items() if not isinstance(a, Adjustment)]
        if wrong:
            raise ScenarioError(
                f"factor {shown(wrong[0])} is not an adjustment, such as GrowthShift(Uniform(0.0, 0.04))"
            )
        return _by_text(factors)
    if not isinstance(factors, Scenario):
        raise ScenarioError(
            f"factors {shown(factors)} are no adjustments by name: give {{name: GrowthShift(...)}} or a Scenario"
        )
    refuse_parent(factors)
    kinds = [a.kind.replace("_", " ") for a in factors.adjustments]
    return {
        k if kinds.count(k) == 1 else f"{k} {kinds[: i + 1].count(k)}": a
        for i, (k, a) in enumerate(zip(kinds, factors.adjustments, strict=True))
    }


def _by_text(factors: Mapping[str, V]) -> dict[str, V]:
    """The factors by name, which is text: frames and pictures show it."""
    named = {storable(str(name), "factor", ScenarioError): factor for name, factor in factors.items()}
    if len(named) < len(factors):
        raise ScenarioError(f"factors {', '.join(map(str, factors))}: two have one name; give each a name of its own")
    return named


def _swing(case: Case, place: int, name: str, kind: str, sizes: list[float]) -> dict[str, Any]:
    """A row of ``Sensitivity.frame``, from the variants at both ends of the factor that stands at ``place``."""
    low, high = (case.hitting_times[f"{place} {end}"].probability_within_horizon for end in ("low", "high"))
    errors = [case.differences[f"{place} {end}"].standard_errors[-1] for end in ("low", "high")]
    return {
        "factor": name,
        "kind": kind,
        "low": sizes[0],
        "high": sizes[1],
        "probability_low": low,
        "probability_high": high,
        "swing": abs(high - low),
        "swing_error": float(sum(errors)),
    }


@takes(
    by=optional(deadline),
    progress=progress_choice,
    drivers=optional(table),
    scenario=optional(instance_of(Scenario, "give Scenario(name, [adjustments])")),
)
def sweep(
    series: TradeSeries,
    target: Target | float,
    factors: Mapping[str, Factor],
    *,
    by: object = None,
    scenario: Scenario | None = None,
    model: str | GrowthModel = DEFAULT_MODEL,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    n_paths: int = N_PATHS,
    progress: Progress = None,
) -> Sweep:
    """P(reached by ``by``) over a grid of the sizes of two adjustments.

    Parameters
    ----------
    series, target, model, seed, drivers, n_paths, progress
        As in ``required``.
    factors
        Exactly two: {name: (adjustment, sizes)}; the adjustment says when and how, its own size does not matter.
    by
        The deadline: 2030, "2030" or a yearly pandas Period; that of the target where it is left out.
    scenario
        What happens besides; None for the baseline.

    Raises
    ------
    ScenarioError
        On other than two factors, a factor without sizes, a scenario with a parent, whose adjustments only a set of
        scenarios knows, and on what an adjustment refuses.

    Examples
    --------
    >>> import tradetarget as tt
    >>> from tradetarget.scenarios import GrowthShift, LevelShock
    >>> series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    >>> factors = {
    ...     "growth": (GrowthShift(0.0), [0.0, 0.02, 0.04]),
    ...     "shock in 2027": (LevelShock(0.0, 2027), [-0.2, 0.0]),
    ... }
    >>> sweep(series, tt.Target(10, "USD bn"), factors, by=2030, model="random-walk", n_paths=2048).table().shape
    (3, 2)
    """
    if not isinstance(factors, Mapping) or len(factors) != 2:
        raise ScenarioError(
            "a sweep has exactly two factors: give {name: (adjustment, sizes), name: (adjustment, sizes)}"
        )
    named = _by_text(factors)
    names = list(named)
    if len({*names, "probability", "standard_error"}) < 4:
        raise ScenarioError(f"factors {names[0]!r} and {names[1]!r} need names of their own, not those of results")
    listed = [_sized(name, factor) for name, factor in named.items()]
    if scenario is not None:
        refuse_parent(scenario)
    besides = [] if scenario is None else scenario.adjustments
    check_simulation(checked_paths(n_paths), 1, copies=len(listed[0]) * len(listed[1]))
    cells = [(i, j) for i in range(len(listed[0])) for j in range(len(listed[1]))]
    variants = [(f"{i} {j}", [*besides, listed[0][i], listed[1][j]]) for i, j in cells]
    due = deadline_of(target, by, ScenarioError)
    question = ask(series, target, model, seed=seed, n_paths=n_paths, drivers=drivers, warn=False)
    setting = Setting.until(question.series, due, drivers)
    case = _case(question, setting, variants, dict(zip(names, listed, strict=True)), progress)
    rows = []
    for (i, j), answer in zip(cells, case.hitting_times.values(), strict=True):
        sizes: list[Size | None] = [listed[0][i].size, listed[1][j].size]
        rows.append([*sizes, answer.probability_within_horizon, float(answer.errors[-1])])
    frame = pd.DataFrame(rows, columns=[*names, "probability", "standard_error"])
    return Sweep(
        frame,
        (names[0], names[1]),
        (listed[0][0].kind, listed[1][0].kind),
        case.series,
        case.target,
        due,
        case.fitted.model_name,
        seed,
        n_paths,
    )


def _sized(name: str, factor: Factor) -> list[Adjustment]:
    """The adjustment at each of its sizes."""
    if not (isinstance(factor, tuple | list) and len(factor) == 2 and isinstance(factor[0], Adjustment)):
        raise ScenarioError(f"factor {shown(name)} is not (adjustment, sizes): give the sizes as a list")
    sizes = several(read_number)(factor[1], f"sizes of factor {shown(name)}")
    if not sizes:
        raise ScenarioError(f"factor {shown(name)} is not (adjustment, sizes) with at least one size: give some")
    sized = [factor[0].with_size(size) for size in sizes]
    if len({a.size for a in sized}) < len(sized):
        raise ScenarioError(f"factor {shown(name)} has a size twice: give each once")
    return sized
