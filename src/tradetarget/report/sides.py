"""One question by every side's statistics, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tradetarget.checks import made, takes
from tradetarget.report.blocks import Block, grid
from tradetarget.report.forecasts import question
from tradetarget.report.provenance import event_text, source_fact
from tradetarget.report.records import forecast_record, hitting_time_record, last_total
from tradetarget.report.text import (
    DOUBLE,
    SINGLE,
    Text,
    facts,
    level,
    notes,
    padded,
    page,
    percent,
    shown_width,
    title,
    wrapped,
)

if TYPE_CHECKING:
    from tradetarget.forecasting.sides import Side, SideComparison

NAME = 14  # width of the names of countries; a longer one has a line of its own
DISAGREE = {True: "yes", False: "no", None: "no other side gives an answer"}


@takes(comparison=made("SideComparison"))
def comparison_record(comparison: SideComparison, levels: Iterable[float] | None = None) -> dict[str, Any]:
    """The answer that decides, with the others beside it.

    Returns
    -------
    dict
        Everything in ``forecast_record`` for the side that decides, and ``other_sides``: a list with reporter,
        data_through, last {period, value}, the fields of ``hitting_time_record`` and disagrees; or with reporter and
        no_answer, the reason. ``sides_disagree`` is None where no other side gives an answer.
    """
    return {
        **forecast_record(comparison.forecast, levels),
        "other_sides": [_side_record(comparison, side) for side in comparison.others],
        "sides_disagree": comparison.disagree,
    }


def _side_record(comparison: SideComparison, side: Side) -> dict[str, Any]:
    if side.forecast is None:
        return {"reporter": side.reporter, "no_answer": side.no_answer}
    return {
        "reporter": side.reporter,
        "data_through": str(side.forecast.last_year),
        "last": last_total(side.forecast.series),
        **hitting_time_record(side.forecast.hitting_time),
        "disagrees": comparison.disagrees(side),
    }


@takes(comparison=made("SideComparison"), side=made("Side"))
def side_answers(comparison: SideComparison, side: Side) -> tuple[str, str]:
    """The other side's answer in words, and the one that decides: "P by 2030 is 89.4 %, median year 2026"."""
    if side.forecast is None:
        return f"no answer: {side.no_answer}", ""
    year, times = comparison.compared_in(side), (side.forecast.hitting_time, comparison.forecast.hitting_time)
    medians = ["beyond the horizon" if t.median is None else str(t.median) for t in times]
    middle = "median year" if comparison.forecast.hitting_time.by_month is None else "median month"
    if year is None:
        return f"{middle} {medians[0]}", f"{middle} {medians[1]}"
    theirs, ours = (percent(t.probability_by(year)) for t in times)
    return f"P by {year} is {theirs}, {middle} {medians[0]}", f"{ours}, {middle} {medians[1]}"


@takes(comparison=made("SideComparison"))
def sides_beside(comparison: SideComparison) -> list[str]:
    """A few lines on every other side, to stand under the answer that decides; none where one side reports."""
    lines = []
    for side in comparison.others:
        theirs, ours = side_answers(comparison, side)
        if side.forecast is None:
            sentence = f"By {side.reporter}'s statistics there is {theirs.rstrip('.')}."
        else:
            reached = side.forecast.hitting_time.already_reached
            past = "" if reached is None else f", already reached in {reached}"
            sentence = f"By {side.reporter}'s statistics {theirs}{past} (by {comparison.decides}'s {ours})."
        lines += wrapped(sentence)
    return [SINGLE, *lines] if lines else []


@takes(comparison=made("SideComparison"))
def comparison_summary(comparison: SideComparison) -> Text:
    """A line a side, whose statistics decide, and whether the sides disagree.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    answer = comparison.forecast
    unit = answer.target.unit
    basis = [
        ("Decides", comparison.decides or "not stated in the data"),
        ("Sides disagree", DISAGREE[comparison.disagree]),
        ("Target", event_text(answer.target)),
        ("Levels", "no unit stated" if unit is None else f"in {unit}"),
        ("Model", answer.fitted.model_name),
        *source_fact(*(side.forecast.series for side in comparison.sides if side.forecast is not None)),
    ]
    head = title(f"{question(answer.series.label, answer.hitting_time)[:-1]}, by each side's statistics?")
    silent = [side for side in comparison.others if side.forecast is None]
    remarks = [f"{side.reporter} gives no answer: {side.no_answer}." for side in silent]
    remarks.append(
        "A side disagrees when its median year is more than one apart from the one that decides, or its probability by "
        "the year compared more than ten points."
    )
    return page(head, facts(basis), [DOUBLE], _table(comparison), [DOUBLE], notes(remarks))


def _table(comparison: SideComparison) -> Block:
    """A line a side: totals through, last total, median, P by the year compared and by the end of the horizon."""
    middle = "year" if comparison.forecast.hitting_time.by_month is None else "month"
    lines = [
        f"{'':{NAME}}{'totals':>8}{'last':>9}{'median':>9}{'P by year':>13}{'P by end':>14}",
        f"{'Side':{NAME}}{'through':>8}{'total':>9}{middle:>9}{'compared':>13}{'of horizon':>14}  disagrees",
        SINGLE,
    ]
    rows = []
    for side in comparison.sides:
        cells = _cells(comparison, side)
        rows.append([side.reporter or "-", *cells])
        name = padded(side.reporter or "-", NAME)
        if shown_width(name) > NAME:
            lines.append(name)
            name = " " * NAME
        shown = "".join(f"{c:>{w}}" for c, w in zip(cells[:-1], (8, 9, 9, 13, 14), strict=True))
        lines.append(f"{name}{shown}  {cells[-1]}" if side.forecast is not None else f"{name} {cells[-1]}")
    head = ["Side", "Totals through", "Last total", f"Median {middle}", "P by the year compared", "P by end of horizon"]
    return grid(lines, [*head, "Disagrees"], rows)


def _cells(comparison: SideComparison, side: Side) -> list[str]:
    """Through, last total, median, two probabilities, and whether the side disagrees."""
    if side.forecast is None:
        return [*[""] * 5, "no answer: see the notes"]
    time, year = side.forecast.hitting_time, comparison.compared_in(side)
    median = "beyond" if time.median is None else str(time.median)
    then = "-" if year is None else f"{year}: {percent(time.probability_by(year))}"
    within = f"{time.years[-1]}: {percent(time.probability_within_horizon)}"
    words = {True: "yes", False: "no", None: "-"}
    verdict = "decides" if side is comparison.sides[0] else words[comparison.disagrees(side)]
    return [str(side.forecast.last_year), level(side.forecast.last_value), median, then, within, verdict]
