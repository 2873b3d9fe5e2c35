"""What a scenario file was understood to say, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tradetarget.presenting import Summary
from tradetarget.report.records import SCHEMA_VERSION
from tradetarget.report.text import SINGLE, facts, page, plural, title, wrapped
from tradetarget.scenarios import Scenario, ScenarioFile
from tradetarget.scenarios.adjustment import Adjustment
from tradetarget.scenarios.scenario import in_order, resolve
from tradetarget.systems.scenarios import SystemScenario, resolve_of_system


def scenario_file_summary(file: ScenarioFile[Any]) -> Summary:
    """The scenarios of a file with their adjustments in the order in which they are applied, and what is asked.

    Nothing is run: whether years and members fit the data is known when the file is.
    """
    is_region = any(isinstance(s, SystemScenario) for s in file.scenarios)
    resolved: Sequence[Any] = resolve_of_system(file.scenarios) if is_region else resolve(file.scenarios)
    parents = {s.name: s.parent for s in file.scenarios}
    lines: list[str] = []
    for scenario in resolved:
        parent = parents.get(scenario.name)
        lines.append(scenario.name + (f" (with what {parent} has)" if parent else ""))
        adjustments = list(_adjustments(scenario))
        for words in adjustments or ["no adjustments: what others are compared with"]:
            lines += wrapped(words, "  ", "    ")
    count = plural(len(resolved) - 1, "scenario")
    closing = "Adjustments are applied in the order shown, whatever their order in the file."
    return page(
        title(f"{file.path}: {count} and a baseline"), facts(_asked(file)), [SINGLE], lines, [SINGLE], [closing]
    )


def scenario_file_record(file: ScenarioFile[Any]) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": file.path,
        **dict(_asked(file)),
        "scenarios": [s.to_dict() for s in file.scenarios],
    }


def _asked(file: ScenarioFile[Any]) -> list[tuple[str, str]]:
    """What the file says it is about."""
    targets = {"": file.target} if file.target is not None else {}
    stated = {
        "title": file.title,
        "series": file.series,
        "flow": file.flow,
        "reporter": file.reporter,
        "target": "; ".join(f"{name} {t}".strip() for name, t in {**targets, **file.targets}.items()),
        "horizon": file.horizon,
        "as of": file.as_of,
    }
    return [(key, str(value)) for key, value in stated.items() if value]


def _adjustments(scenario: Scenario | SystemScenario) -> Iterator[str]:
    """A line an adjustment: kind, keys and values, and the member where there is one."""
    if isinstance(scenario, Scenario):
        yield from _in_words(scenario.adjustments, "")
        return
    yield from _in_words(scenario.everywhere, "every member, ")
    for member, adjustments in scenario.on.items():
        yield from _in_words(adjustments, f"{member}, ")


def _in_words(adjustments: Iterable[Adjustment], where: str) -> Iterator[str]:
    for adjustment in in_order(adjustments):
        keys = {k: v for k, v in adjustment.to_dict().items() if k not in ("kind", "source")}
        keys_as_text = ", ".join(f"{key} {_value(value)}" for key, value in keys.items())
        yield f"{where}{adjustment.kind}{': ' if keys_as_text else ''}{keys_as_text}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value)
