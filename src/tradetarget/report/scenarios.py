"""Scenarios side by side as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.assumptions import assumption_notes
from tradetarget.report.blocks import Block, Facts, grid
from tradetarget.report.forecasts import headline, level_of, question, stands_at_target
from tradetarget.report.provenance import data_facts, data_notes, event_text
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, points, tight
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.scenarios.comparison import Case, Difference, ScenarioComparison
    from tradetarget.targets import HittingTime

WIDTHS = (27, 7, 15, 8, 8, 13)  # of 78 columns, for the name, the year, its interval, two probabilities and the points


def _middle(answer: HittingTime) -> int:
    """The index of the year shown beside the last: the deadline, or a third of the horizon."""
    at = np.flatnonzero(answer.years == (answer.target.deadline or 0))
    if at.size:
        return int(at[0])
    return max(0, -(-answer.horizon // 3) - 1)


Cells = tuple[str, str, str, str, str]
"""Median, interval, two probabilities and the difference from the baseline, as text."""


def scenario_grid(
    rows: Sequence[tuple[str, Cells]], middle: int, last: int, caption: str = "", *, dated: bool = True
) -> Block:
    """A table with a row a scenario: its lines, under the caption where there is one, and its cells.

    Parameters
    ----------
    middle, last
        The two years of the probabilities.
    dated
        Whether there are years of reaching.
    """
    lines = [line for name, cells in rows for line in text.columns_below([name, *cells], WIDTHS)]
    above = [caption] if caption else []
    names = ["Scenario", "Median year", "80 % interval", f"By {middle}", f"By {last}", "Points on baseline"]
    body = [[name, *cells] for name, cells in rows]
    if not dated:
        names, body = [names[0], *names[3:]], [[row[0], *row[3:]] for row in body]
    return grid([*above, *_head(middle, last, dated=dated), SINGLE, *lines], names, body, caption)


def _head(middle: int, last: int, *, dated: bool) -> list[str]:
    upper, lower = (("median", "80 %"), ("year", "interval")) if dated else (("", ""), ("", ""))
    return [
        text.columns(["", *upper, f"by {middle}", f"by {last}", "points on"], WIDTHS),
        text.columns(["Scenario", *lower, "", "", "baseline"], WIDTHS),
    ]


def scenario_cells(answer: HittingTime, gap: Difference | None, middle: int) -> Cells:
    """A scenario's answer and its difference from the baseline, of which there is none for the baseline itself.

    Parameters
    ----------
    middle
        The index of the year shown beside the last, in which the difference is taken.
    """
    soon, late = float(answer.probability[middle]), answer.probability_within_horizon
    return *text.median_and_interval(answer, 0.8), tight(soon), tight(late), _points(gap, middle)


def joint_cells(probability: Sequence[float], gap: Difference | None, middle: int) -> Cells:
    """A scenario's probability of several targets together, which has no median here."""
    return "", "", tight(probability[middle]), tight(probability[-1]), _points(gap, middle)


def _points(gap: Difference | None, at: int) -> str:
    """A difference in percentage points, and its standard error."""
    return "-" if gap is None else f"{points(float(gap.probability[at]))} ({100 * float(gap.standard_errors[at]):.1f})"


def points_note(year: int) -> str:
    """What the last column says."""
    return (
        f'"Points on baseline": the probability by {year} less that of the baseline, in percentage points, and in '
        "brackets its standard error, that of path-by-path differences: scenarios share random numbers."
    )


def _case(case: Case, n_paths: int) -> list[list[str]]:
    base = case.hitting_times[case.baseline]
    mid = _middle(base)
    year, last = int(base.years[mid]), int(base.years[-1])
    rows = [
        (name, scenario_cells(case.hitting_times[name], case.differences.get(name), mid))
        for name in (p.scenario.name for p in case.plans)
    ]
    totals = case.series.annual()
    weighed = (*case.fitted.statements, *case.fitted.figures)
    basis = [
        ("Target", event_text(case.target)),
        ("Last value", f"{amount(float(totals.iloc[-1]), case.target.unit)} in {totals.index[-1]}"),
        *data_facts(case.series, weighed),
        ("Model", f"{case.fitted.model_name}, {text.plural(n_paths, 'path')} shared by all scenarios"),
    ]
    remarks = [
        points_note(year),
        f">{last}: not within the horizon.",
        *data_notes(case.series, case.target, case.unit_assumed, weighed),
        *assumption_notes(case.series, case.fitted, base),
    ]
    if stands_at_target(base):
        remarks.append(f"{level_of(base).capitalize()} is at or above the target already: every probability is 1.")
    if case.target.deadline == last:
        remarks.append(f"The horizon runs to {last}, the deadline.")
    answer = headline(base)
    first = None if answer is None else f"{answer} in the scenario {case.baseline!r}"
    return [text.title(question(case.series.label, base), first), scenario_grid(rows, year, last), [SINGLE],
            text.facts(basis), [DOUBLE], text.notes(remarks)]  # fmt: skip


def described(rows: Iterable[tuple[str, str | None, tuple[str, ...]]]) -> Block:
    """Every scenario's description, and the sources of its sizes.

    Parameters
    ----------
    rows
        Name, description and sources of each.
    """
    lines: list[str] = []
    facts: list[tuple[str, str]] = []
    for name, description, sources in rows:
        words = " ".join(t for t in (description, f"Source: {' '.join(sources)}" if sources else None) if t)
        if words:
            facts.append((one_line(name), words))
            lines += text.wrapped(f"{one_line(name)}: {words}", following="    ")
    return Block(["", "Scenarios", *lines], Facts(tuple(facts))) if lines else Block([])


@takes(comparison=made("ScenarioComparison"))
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
    rows = ((s.name, s.description, s.sources) for s in comparison.scenarios)
    return text.page(*blocks, described(rows))
