"""Scenarios side by side as text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tradetarget.report import text
from tradetarget.report.forecasts import level_of, question, stands_at_target
from tradetarget.report.provenance import data_facts, data_notes, event_text
from tradetarget.report.text import DOUBLE, SINGLE, WIDTH, Text, amount, percent, points

if TYPE_CHECKING:
    from tradetarget.scenarios.comparison import Case, ScenarioComparison
    from tradetarget.targets import HittingTime

NAME_WIDTH = 27


def _middle(answer: HittingTime) -> int:
    """The index of the year shown beside the last: a third of the horizon."""
    return max(0, -(-answer.horizon // 3) - 1)


def _line(name: str, cells: tuple[str, str, str, str, str]) -> list[str]:
    """A scenario's line; a long name goes on below."""
    parts = textwrap.wrap(name, NAME_WIDTH - 1, break_on_hyphens=False) or [""]
    median, interval, soon, late, gap = cells
    first = f"{text.padded(parts[0], NAME_WIDTH)}{median:>7}{interval:>15}{soon:>8}{late:>8}{gap:>13}"
    return [first, *(f"  {p}" for p in parts[1:])]


def _cells(case: Case, name: str) -> tuple[str, str, str, str, str]:
    answer = case.hitting_times[name]
    mid, last = _middle(answer), int(answer.years[-1])
    low, high = answer.interval(0.8)
    ends = [f">{last}" if p is None else str(p.year) for p in (low, high)]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    median = f">{last}" if answer.median is None else str(answer.median.year)
    gap = "-"
    if name in case.differences:
        d = case.differences[name]
        gap = f"{points(float(d.probability[mid]))} ({100 * float(d.standard_errors[mid]):.1f})"
    soon = percent(float(answer.probability[mid])).replace(" %", "%")
    late = percent(answer.probability_within_horizon).replace(" %", "%")
    return median, span, soon, late, gap


def _case(case: Case, n_paths: int) -> list[list[str]]:
    base = case.hitting_times[case.baseline]
    mid, last = int(base.years[_middle(base)]), int(base.years[-1])
    head = [
        *_line("", ("median", "80 %", f"by {mid}", f"by {last}", "points on")),
        *_line("Scenario", ("year", "interval", "", "", "baseline")),
    ]
    body = [line for p in case.plans for line in _line(p.scenario.name, _cells(case, p.scenario.name))]
    totals = case.series.annual()
    basis = [
        ("Target", event_text(case.target)),
        ("Last value", f"{amount(float(totals.iloc[-1]), case.target.unit)} in {totals.index[-1]}"),
        *data_facts(case.series),
        ("Model", f"{case.fitted.model_name}, {text.plural(n_paths, 'path')} shared by all scenarios"),
    ]
    said = [
        f'"Points on baseline": the probability by {mid} less that of the baseline, in percentage points, and in '
        "brackets its standard error; scenarios share random numbers, so it is smaller than the errors of the two "
        "probabilities.",
        f">{last}: not within the horizon.",
        *data_notes(case.series, case.target, case.unit_assumed),
    ]
    if stands_at_target(base):
        said.append(f"{level_of(base).capitalize()} is at or above the target already: every probability is 1.")
    return [text.title(question(case.series.label, base)), head, [SINGLE], body, [SINGLE], text.facts(basis), [DOUBLE],
            text.notes(said)]  # fmt: skip


def _described(case: Case) -> list[str]:
    """What each scenario supposes, and where its sizes come from."""
    lines: list[str] = []
    for s in (p.scenario for p in case.plans):
        said = " ".join(t for t in (s.description, f"Source: {' '.join(s.sources)}" if s.sources else None) if t)
        if said:
            lines += textwrap.wrap(f"{s.name}: {said}", WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    return ["", "Scenarios", *lines] if lines else []


def scenario_summary(comparison: ScenarioComparison) -> Text:
    """Scenarios side by side: median, interval, probabilities, difference from the baseline with its paired error.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run; one block for every series and target.
    """
    blocks: list[list[str]] = []
    for i, case in enumerate(comparison.cases):
        blocks += [[""]] * (i > 0) + _case(case, comparison.n_paths)
    return text.page(*blocks, _described(comparison.cases[0]))
