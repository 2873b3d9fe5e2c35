"""Answers side by side: a column a target for one series, a row a series for several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import tradetarget
from tradetarget.checks import checked_levels, made, several, takes
from tradetarget.report import text
from tradetarget.report.assumptions import assumption_notes
from tradetarget.report.blocks import Block, grid
from tradetarget.report.forecasts import headline
from tradetarget.report.provenance import data_facts, data_notes, event_text
from tradetarget.report.records import SCHEMA_VERSION, forecast_record
from tradetarget.report.sides import sides_beside
from tradetarget.report.text import DOUBLE, SINGLE, WIDTH, Text, amount, level, percent

if TYPE_CHECKING:
    from tradetarget.forecasting.several import Forecasts
    from tradetarget.forecasting.sides import SideComparison
    from tradetarget.forecasting.single import Forecast

NAME, CELL = 18, 20
"""Columns of a row's name, and at least of a target, which holds "2026 to beyond 2040" and a space."""
NUMBERS, SPAN = (5, 9, 10, 8), 16
"""Columns of a series' last year, value, probability and median, and the least of its interval, "2026 to >2040"."""


@takes(forecasts=made("Forecasts"))
def several_record(forecasts: Forecasts, levels: Iterable[float] | None = None) -> dict[str, Any]:
    """Answers side by side as plain data: what ``tradetarget forecast --json`` writes of several targets or series.

    Returns
    -------
    dict
        schema_version, answers (a list: each as ``forecast_record`` gives it, for every series and target in order),
        unanswered (a list of series and reason), version.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "answers": [forecast_record(f, levels) for f in forecasts.forecasts],
        "unanswered": unanswered_record(forecasts),
        "version": tradetarget.__version__,
    }


@takes(forecasts=made("Forecasts"))
def unanswered_record(forecasts: Forecasts) -> list[dict[str, str]]:
    """Series that give no answer, and why."""
    return [{"series": label, "reason": reason} for label, reason in forecasts.unanswered.items()]


@takes(answers=made("Forecasts"))
def several_summary(answers: Forecasts, levels: Iterable[float] | None = None) -> Text:
    """A table with a column a target for one series, and with a row a series for several.

    Parameters
    ----------
    answers
        The answers; where targets have a deadline, the first line says P(reached by the end of it).
    levels
        Coverages of the intervals that are shown; default 80 %.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    shown = (0.8,) if levels is None else checked_levels(levels)
    if len(answers.labels) == 1 and not answers.unanswered:
        return _of_targets(answers.forecasts, shown)
    return _of_series(answers, shown)


def _target(forecast: Forecast) -> str:
    return amount(forecast.target.value, forecast.target.unit)


def several_headline(forecasts: Sequence[Forecast]) -> str | None:
    """One series' answers to goals with a date in a line; None where no target has a deadline."""
    stated = ((_target(f), headline(f.hitting_time)) for f in forecasts)
    # A deadline ahead is about P(reached ...), one that has passed about what became of the target.
    parts = [w.replace("P(", f"P({goal} ", 1).replace("the target", goal, 1) for goal, w in stated if w is not None]
    return "; ".join(parts) or None


def _of_targets(forecasts: Sequence[Forecast], levels: Sequence[float]) -> Text:
    """One series, a column a target."""
    first = forecasts[0]
    *others, last = map(_target, forecasts)
    goals = f"{', '.join(others)} and {last}" if others else last
    basis = [
        ("Event", event_text(first.target).replace(_target(first), "the target")),
        ("Last value", f"{amount(first.last_value, first.target.unit)} in {first.last_year}"),
        *data_facts(first.series, first.statements),
        ("Model", first.fitted.model_name),
    ]
    notes = [
        *data_notes(first.series, first.target, first.unit_assumed, first.statements),
        *assumption_notes(first.series, first.fitted),
        f"Probabilities count reaching after {first.hitting_time.last_known}, by the end of the year.",
        *_horizon_note(forecasts),
    ]
    # Intervals of months and of fiscal years are wider than those of calendar years.
    width = max(CELL, *(1 + len(text.interval(f.hitting_time, q)) for f in forecasts for q in levels))
    each = (WIDTH - NAME) // width
    tables = [_targets_table(forecasts[i : i + each], levels, width) for i in range(0, len(forecasts), each)]
    head = text.title(f"When does {first.series.label} reach {goals}?", several_headline(forecasts))
    blocks = [block for table in tables for block in (table, [DOUBLE])]
    return text.page(head, text.facts(basis), [DOUBLE], *blocks, text.notes(notes))


def _horizon_note(forecasts: Sequence[Forecast]) -> list[str]:
    deadlines = {f.target.deadline for f in forecasts if f.target.deadline == f.hitting_time.years[-1]}
    return [f"The horizon runs to {year}, the deadline." for year in sorted(d for d in deadlines if d)]


def _targets_table(forecasts: Sequence[Forecast], levels: Sequence[float], width: int) -> Block:
    """The answer and the probabilities by year, a column of this width a target."""
    head = ["", *(_target(f) for f in forecasts)]
    answers = [f.hitting_time for f in forecasts]
    last = int(answers[0].years[-1])
    period = "year" if answers[0].by_month is None else "month"
    rows = [[f"Median {period}", *(text.year(a.median, last) for a in answers)]]
    rows += [[f"{100 * q:.4g} % interval", *(text.interval(a, q) for a in answers)] for q in levels]
    rows += [["Already reached", *(str(a.already_reached or "not so far") for a in answers)]]
    by_year = [[f"P by {year}", *(percent(a.probability_by(int(year))) for a in answers)] for year in answers[0].years]
    widths = (NAME, *[width] * len(answers))
    lines = [[text.columns(row, widths) for row in part] for part in ([head], rows, by_year)]
    return grid([*lines[0], SINGLE, *lines[1], SINGLE, *lines[2]], head, [*rows, *by_year])


def _of_series(answers: Forecasts, levels: Sequence[float]) -> Text:
    """Several series, a row each and a table a target."""
    targets = list(dict.fromkeys((f.target.value, str(f.target.unit)) for f in answers.forecasts))
    blocks: list[Sequence[str]] = []
    for value, unit in targets:
        of_target = [f for f in answers.forecasts if (f.target.value, str(f.target.unit)) == (value, unit)]
        blocks += [_series_table(of_target, levels), [DOUBLE]]
    first = answers.forecasts[0]
    notes = [
        f"Reached means that {event_text(first.target).replace(_target(first), 'the target')}, after the last year of "
        f"the series and by the end of the year named. Model {first.fitted.model_name}, seed {first.seed}.",
        *_horizon_note(answers.forecasts[:1]),
        *(f"No answer for {label}: {reason}." for label, reason in answers.unanswered.items()),
    ]
    count = len(answers.labels) + len(answers.unanswered)
    title = text.title(f"When do {count} series reach their targets?", _range_of(answers.forecasts))
    return text.page(title, *blocks, text.notes(notes))


def _range_of(forecasts: Sequence[Forecast]) -> str | None:
    """The least and the most probable of several series in a line, where one target with one deadline is asked."""
    if len({str(f.target) for f in forecasts}) > 1 or forecasts[0].target.deadline is None:
        return None
    ranked = sorted(forecasts, key=lambda f: f.hitting_time.probability_by_deadline or 0.0)
    low, high = (
        f"{percent(f.hitting_time.probability_by_deadline or 0.0)} ({f.series.label})" for f in (ranked[0], ranked[-1])
    )
    due = forecasts[0].target.deadline
    return f"P(reached by the end of {due}) is {low}" + (f" to {high}" if len(ranked) > 1 else "")


def _series_table(forecasts: Sequence[Forecast], levels: Sequence[float]) -> Block:
    """A row a series: last year and value, P by the deadline or the end of the horizon, median, interval."""
    due = forecasts[0].target.deadline
    widest = max(levels)
    head = ["Series", "last", "value", f"P by {due}" if due else "P by end", "median", f"{100 * widest:.4g} % interval"]
    rows = []
    for f in forecasts:
        answer = f.hitting_time
        p = answer.probability_within_horizon if due is None else answer.probability_by_deadline or 0.0
        answered = text.median_and_interval(answer, widest, by_year=False)
        rows.append([f.series.label, str(f.last_year), level(f.last_value), percent(p), *answered])
    goal = f"Target {_target(forecasts[0])}" + (
        "" if due else f"; P by the end of {forecasts[0].hitting_time.years[-1]}"
    )
    last = max(SPAN, *(2 + len(row[-1]) for row in rows))
    widths = (WIDTH - sum(NUMBERS) - last, *NUMBERS, last)
    lines = [goal, *_series_line(head, widths), SINGLE, *(line for row in rows for line in _series_line(row, widths))]
    return grid(lines, head, rows, goal)


def _series_line(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """A line; a long name stands on lines of its own before it."""
    names = text.wrapped(cells[0], width=widths[0] - 1) or [""]
    return [*names[:-1], text.columns([names[-1], *cells[1:]], widths)]


@takes(comparisons=several(made("SideComparison")))
def several_sides(comparisons: Sequence[SideComparison]) -> list[str]:
    """A few lines on every other side's answer to each target, under the table; none where one side reports."""
    lines = []
    for comparison in comparisons:
        beside = sides_beside(comparison)
        if beside:
            lines += [beside[0], f"{_target(comparison.forecast)}:", *beside[1:]]
    return lines
