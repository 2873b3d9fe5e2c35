"""Scenarios of a region beside its baseline, as text and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tradetarget.report.records import by_year, hitting_time_record
from tradetarget.report.scenarios import described, joint_cells, scenario_cells, scenario_grid
from tradetarget.report.text import DOUBLE, amount
from tradetarget.scenarios import Difference

if TYPE_CHECKING:
    import pandas as pd

    from tradetarget.systems import SystemForecast, SystemScenario


def target_name(forecast: SystemForecast, label: str) -> str:
    """A series without the flow, and its target: "A-B, 5 USD bn"."""
    target = forecast.targets[label]
    return f"{label.removesuffix(' ' + forecast.system.flow)}, {amount(target.value, target.unit)}"


def together(forecast: SystemForecast) -> tuple[str, str]:
    """What all targets at once, and one at least, are called."""
    return ("both", "either") if len(forecast.targets) == 2 else ("all of them", "any of them")


def joint_gaps(table: pd.DataFrame) -> dict[str, Difference]:
    """The columns of ``joint_difference`` as differences, for "all" and for "any"."""
    return {how: Difference(table[how].to_numpy(), table[f"{how}_error"].to_numpy()) for how in ("all", "any")}


def scenario_blocks(forecast: SystemForecast, middle: int) -> list[Sequence[str]]:
    """A table of scenarios for each target, and one for all of them; nothing without scenarios.

    Parameters
    ----------
    middle
        The index of the year shown beside the last.
    """
    if len(forecast.plans) == 1:
        return []
    year, last = int(forecast.years[middle]), int(forecast.years[-1])
    blocks: list[Sequence[str]] = []
    for label in forecast.hitting_times:
        rows = [
            (name, scenario_cells(case.hitting_times[label], case.differences.get(label), middle))
            for name, case in forecast.cases.items()
        ]
        blocks += [scenario_grid(rows, year, last, target_name(forecast, label)), [DOUBLE]]
    if len(forecast.hitting_times) > 1:
        rows = []
        for name, case in forecast.cases.items():
            gap = None if case.baseline is None else joint_gaps(case.joint_difference())["all"]
            rows.append((name, joint_cells(case.joint()["all"].tolist(), gap, middle)))
        caption = f"{together(forecast)[0].capitalize()} reached"
        blocks += [scenario_grid(rows, year, last, caption, dated=False), [DOUBLE]]
    return blocks


def scenario_words(forecast: SystemForecast) -> Sequence[str]:
    """What each scenario supposes, on which members it acts, and where its sizes come from."""
    if len(forecast.plans) == 1:
        return []
    scenarios = [p.scenario for p in forecast.plans]
    return described((s.name, " ".join(filter(None, (s.description, _acts_on(s)))), s.sources) for s in scenarios)


def _acts_on(scenario: SystemScenario) -> str | None:
    """The members that it names, and whether it acts on all."""
    *first, last = ["", *scenario.on, *(["every member"] if scenario.everywhere else [])]
    first = [name for name in first if name]
    if not last:
        return None
    return f"Acts on {' and '.join([', '.join(first), last] if first else [last])}."


def scenario_records(forecast: SystemForecast) -> list[dict[str, Any]]:
    """Every scenario's answers as plain data, and their differences from the baseline."""
    return [_record(forecast, p.scenario) for p in forecast.plans]


def _record(forecast: SystemForecast, scenario: SystemScenario) -> dict[str, Any]:
    case = forecast.cases[scenario.name]
    years, both = forecast.years, case.joint()
    answers = []
    for label, answer in case.hitting_times.items():
        row = {"series": label, "target": answer.target.value, **hitting_time_record(answer)}
        answers.append(row | _gap(years, case.differences.get(label), ""))
    record = {
        "name": scenario.name,
        "description": scenario.description,
        "source": scenario.source,
        "adjustments": scenario.to_dict()["adjustment"],
        "answers": answers,
        "all_by": by_year(years, both["all"]),
        "any_by": by_year(years, both["any"]),
    }
    if case.baseline is not None:
        for how, gap in joint_gaps(case.joint_difference()).items():
            record |= _gap(years, gap, f"{how}_")
    return record


def _gap(years: Any, gap: Difference | None, prefix: str) -> dict[str, Any]:
    """The keys of a difference; none for the baseline."""
    if gap is None:
        return {}
    return {
        f"{prefix}difference_by": by_year(years, gap.probability),
        f"{prefix}difference_standard_error": float(gap.standard_errors.max()),
    }
