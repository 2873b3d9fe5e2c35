"""A change between two vintages as text and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tradetarget.checks import made, takes
from tradetarget.report.blocks import grid
from tradetarget.report.provenance import cite, event_text, reporter, source_fact
from tradetarget.report.records import SCHEMA_VERSION, as_text
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, facts, notes, page, percent, points, title
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.forecasting.vintages import Change, Part

CAUSES = {"time": "Passing of time", "new figure": "New figures", "revision": "Revisions"}


@takes(change=made("Change"))
def change_record(change: Change) -> dict[str, Any]:
    """A change as plain data.

    Returns
    -------
    dict
        schema_version, series, flow, reporter, target, model, by, earlier and later {as_of, data_through, probability},
        passed, reached_between, change, time, new_figures, revisions (their sums), parts [{cause, figure, source,
        stated_by, known_from, probability, contribution, standard_error}], seed.
    """
    first, last = change.earlier, change.later
    return {
        "schema_version": SCHEMA_VERSION,
        "series": last.series.name,
        "flow": last.series.flow,
        "reporter": reporter(last.series),
        "target": {"value": last.target.value, "unit": as_text(last.target.unit), "event": last.target.event},
        "model": last.fitted.model_name,
        "by": str(change.by),
        "earlier": {"as_of": first.as_of, "data_through": str(first.last_year), "probability": change.before},
        "later": {"as_of": last.as_of, "data_through": str(last.last_year), "probability": change.after},
        "passed": str(change.passed),
        "reached_between": as_text(change.reached_between),
        "change": change.total,
        "time": change.of("time"),
        "new_figures": change.of("new figure"),
        "revisions": change.of("revision"),
        "parts": [_part_record(p) for p in change.parts],
        "seed": last.seed,
    }


def _part_record(part: Part) -> dict[str, Any]:
    o = part.observation
    return {
        "cause": part.cause,
        "figure": None if o is None else cite(o),
        "source": None if o is None else o.source,
        "stated_by": None if o is None else o.stated_by,
        "known_from": None if o is None else o.calendar_date(o.known_from).isoformat(),
        "probability": part.probability,
        "contribution": part.contribution,
        "standard_error": part.standard_error,
    }


@takes(change=made("Change"))
def change_summary(change: Change) -> Text:
    """The probabilities of the two vintages, the sums by cause, and every part in order.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    first, last = change.earlier, change.later
    target = amount(last.target.value, last.target.unit)
    head = f"What moved P({one_line(last.series.label)} reaches {target} by {change.by})?"
    rows = [
        (f"As of {first.as_of}", f"{percent(change.before)} (totals through {first.last_year})"),
        (f"As of {last.as_of}", f"{percent(change.after)} (totals through {last.last_year})"),
        ("Change", f"{points(change.total)} percentage points"),
        *((name, points(change.of(cause))) for cause, name in CAUSES.items()),  # type: ignore[arg-type]
    ]
    basis = [
        ("Reporter", reporter(last.series) or "not stated in the data"),
        *source_fact(last.series),
        ("Model", last.fitted.model_name),
    ]
    lines = [f"{'Known from':12}{'Cause':12}{'Figure':34}{'points':>9}{'P after':>10}", SINGLE]
    cells = [_cells(p) for p in change.parts]
    head_cells = ["Known from", "Cause", "Figure", "Percentage points", "Probability after"]
    table = grid([*lines, *map(_line, cells)], head_cells, cells)
    return page(title(head), facts(rows), [SINGLE], facts(basis), [DOUBLE], table, [DOUBLE], notes(_notes(change)))


def _cells(part: Part) -> list[str]:
    """Day, cause, figure, contribution and the probability after it."""
    o = part.observation
    day, cited = ("", "") if o is None else (o.calendar_date(o.known_from).isoformat(), cite(o))
    return [day, part.cause, cited, points(part.contribution), percent(part.probability)]


def _line(cells: list[str]) -> str:
    day, cause, cited, moved, after = cells
    shown = cited if len(cited) <= 33 else f"{cited[:30]}..."
    return f"{day:12}{cause:12}{shown:34}{moved:>9}{after:>10}"


def _notes(change: Change) -> list[str]:
    """How the parts are made, what passed, and how exact they are."""
    by_month = change.earlier.hitting_time.by_month
    kind = "year" if by_month is None else "month"
    origin = str(change.earlier.last_year if by_month is None else by_month.months[0] - 1)
    lines = [
        f"Event: {event_text(change.later.target)}, in a {kind} after {origin} and by the end of {change.by}.",
        "Parts add up to the change. Time comes first, then each figure in the order it became known; another order "
        "would split the change differently.",
    ]
    if str(change.passed) > origin:
        lines.append(
            f"Passing of time: the earlier view, given that the target was not reached through {change.passed}."
        )
    else:
        lines.append(
            f"Passing of time is nought: no figure after {origin} shows a {kind} that passed without the target."
        )
    if change.reached_between is not None:
        lines.append(f"{change.reached_between} reached the target: the later probability counts it.")
    worst = max(p.standard_error for p in change.parts)
    lines.append(
        f"Standard error of a part: at most {100 * worst:.2g} percentage points; all parts share their random numbers."
        if worst > 0.0
        else "No error of simulation: every probability is by the model's exact law."
    )
    return lines
