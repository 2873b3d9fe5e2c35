"""A forecast and a hitting time as text: the answer first, then what it rests on, then the table by year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from tradetarget.answering.question import N_PATHS
from tradetarget.checks import checked_levels, made, takes
from tradetarget.passage.events import reached
from tradetarget.reading.dates import period_words
from tradetarget.report import text
from tradetarget.report.assumptions import assumption_notes
from tradetarget.report.blocks import Block, Facts, Grid
from tradetarget.report.provenance import cite, cite_all, data_facts, data_notes, event_text, run_text
from tradetarget.report.tallies import BIAS, like_facts
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, percent
from tradetarget.targets import HittingTime
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.forecasting.single import Forecast

LEVELS = (0.5, 0.8)
"""Coverages of the intervals of the year that a summary shows unless others are asked for. Judgement, because a reader
can picture one in two and four in five."""
EVERY_YEAR = 20
"""Years that the table shows one by one, then every fifth. Judgement, because a screen holds them."""
GAP = "  |  "


def stands_at_target(answer: HittingTime) -> bool:
    """Whether the last value is itself at or above the target, so that every probability is 1."""
    first = answer.probability[0] if answer.by_month is None else answer.by_month.probability[0]
    certain = answer.method == "exact" and bool(first >= 1.0 - 1e-12)
    return certain and answer.already_reached is not None


def question(series_label: str, answer: HittingTime) -> str:
    """The question in words."""
    target = answer.target
    again = "" if target.occurrence == "first" else " again"
    how = {"calendar_year": "", "rolling_12_months": " in twelve months", "run_rate": " as a run-rate"}[target.event]
    run = f", {run_text(target)}" if target.sustained > 1 else ""
    return f"When does {one_line(series_label)} reach {amount(target.value, target.unit)}{how}{again}{run}?"


def error_text(answer: HittingTime) -> str:
    """How far chance in the simulation may have moved the probabilities."""
    if answer.standard_error is None:
        return "none: exact law" if answer.method == "exact" else "not known"
    return f"at most {100 * answer.standard_error:.2g} percentage points (simulation)"


def headline(answer: HittingTime) -> str | None:
    """The answer to a goal with a date: "P(reached by the end of 2030) is 78.0 %"; None without a deadline."""
    year, p = answer.target.deadline, answer.probability_by_deadline
    if year is None or p is None:
        return None
    words = period_words(answer.target.year(year))
    if answer.covers(year):
        past = "was missed"
        if p and answer.already_reached is not None:
            past = f"was reached in {period_words(answer.already_reached)}"
        return f"The deadline, the end of {words}, has passed: the target {past}"
    settled = ": already reached" if stands_at_target(answer) else ""
    return f"P(reached by the end of {words}) is {percent(p)}{settled}"


def answer_facts(
    answer: HittingTime, *, standing: bool = False, levels: Iterable[float] = LEVELS
) -> list[tuple[str, str]]:
    """The answer, row by row: median, intervals, what lies beyond the horizon, and the past.

    ``standing`` says that the last value is at or above the target, where that does not settle the answer.
    """
    last, within = int(answer.years[-1]), answer.probability_within_horizon
    if stands_at_target(answer):
        past, last_period = answer.already_reached, answer.last_known
        first = "" if past is None or past == last_period else f"; first in {period_words(past)}"
        return [("Already reached", f"yes: {level_of(answer)} is at or above the target{first}")]
    rows = [
        (f"Median {'year' if answer.by_month is None else 'month'}", text.year(answer.median, last)),
        *((f"{100 * level:.4g} % interval", text.interval(answer, level)) for level in levels),
        (f"Reached by {last}", percent(within)),
        (f"Not by {last}", percent(1.0 - within)),
        ("Already reached", _past(answer, standing=standing)),
        ("Standard error", error_text(answer)),
    ]
    return [*rows, ("Deadline", _deadline(answer))] if answer.target.deadline else rows


def _past(answer: HittingTime, *, standing: bool = False) -> str:
    """When it was reached before, if it was."""
    if answer.already_reached is None:
        return "not so far"
    past = answer.already_reached
    if past == answer.last_known:
        return f"in {period_words(past)}"
    if answer.by_month is not None:
        return f"in {past}; probabilities count reaching it after {answer.last_known}"
    when = period_words(past)
    return f"in {when}" if answer.target.sustained > 1 or standing else f"in {when}, but {level_of(answer)} is below it"


def level_of(answer: HittingTime) -> str:
    """What stands at the end of the data, in words: "the total of 2025"."""
    at = answer.last_known
    if answer.target.event == "run_rate":
        return f"the run-rate of {at}"
    return f"the total of {period_words(at)}" if answer.by_month is None else f"the sum of the twelve months to {at}"


def _rows_shown(n: int) -> list[int]:
    """Every year up to twenty, then every fifth and the last."""
    return [i for i in range(n) if i < EVERY_YEAR or (i + 1) % 5 == 0 or i == n - 1]


def _table(answer: HittingTime, required: list[str] | None, beside: list[str]) -> Block:
    """Probability by year, first reached in it, growth required to reach it then, and lines beside it."""
    first = np.diff(answer.probability, prepend=0.0)
    head = [f"{'':6}{'reached':>12}{'first reached':>16}", f"{'Year':6}{'by its end':>12}{'in it':>16}"]
    names = ["Year", "Reached by its end", "First reached in it"]
    if required is not None:
        head = [f"{head[0]}{'growth a year':>17}", f"{head[1]}{'to reach it then':>17}"]
        names.append("Growth a year to reach it then")
    cells = [
        [str(answer.years[i]), percent(float(answer.probability[i])), percent(max(0.0, float(first[i])))]
        + ([] if required is None else [required[i]])
        for i in _rows_shown(answer.horizon)
    ]
    widths = (6, 12, 16, 17)
    body = [f"{row[0]:<6}" + "".join(f"{c:>{w}}" for c, w in zip(row[1:], widths[1:], strict=False)) for row in cells]
    if beside:
        head = [f"{line}{GAP}{word}" for line, word in zip(head, ("growth a year", "achieved"), strict=True)]
        width = len(body[0])
        body += [""] * (len(beside) - len(body))
        body = [f"{line:<{width}}{GAP}{beside[i]}" if i < len(beside) else line for i, line in enumerate(body)]
    table = Grid(tuple(names), tuple(tuple(row) for row in cells))
    return Block(
        [*head, SINGLE, *body], table, *([Facts((("Growth a year achieved", _joined(beside)),))] if beside else [])
    )


def _joined(lines: Iterable[str]) -> str:
    return "; ".join(line.strip() for line in lines)


def _distance(forecast: Forecast) -> str:
    """How far the target is from the last value."""
    distance = forecast.target.value / forecast.last_value - 1.0
    if abs(distance) < 1e-12:
        return "the target is the same"
    return f"the target is {text.rate(abs(distance))[1:]} {'above' if distance > 0 else 'below'} it"


def _nowcasts(forecast: Forecast) -> list[tuple[str, str]]:
    """What is estimated of years that are not complete, and from which statements."""
    table = forecast.nowcast()
    rows = [
        (f"Estimate of {year}", f"{median:.4g} (80 % interval {low:.4g} to {high:.4g})")
        for year, median, low, high in table.itertuples()
    ]
    if forecast.statements:
        rows.append(("From", "; ".join(cite_all(forecast.statements))))
    if forecast.effective_paths is not None:
        drawn = min(forecast.n_paths, N_PATHS)
        what = "agree with it" if forecast.hitting_time.method == "simulation" else "agree with it (estimate and fan)"
        rows.append(("Effective paths", f"{forecast.effective_paths:,.0f} of {drawn:,} {what}"))
    return rows


@takes(forecast=made("Forecast"))
def forecast_summary(forecast: Forecast, levels: Iterable[float] | None = None) -> Text:
    """The answer in words, what it rests on, probabilities and required growth by year beside achieved growth.

    Parameters
    ----------
    forecast
        The answer; where the target has a deadline, the first line says P(reached by the end of it).
    levels
        Coverages of the intervals that are shown; default 50 and 80 %.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    answer, target = forecast.hitting_time, forecast.target
    basis = [
        ("Target", event_text(target)),
        (
            "Last value",
            f"{amount(forecast.last_value, target.unit)} in {period_words(target.year(forecast.last_year))}; "
            f"{_distance(forecast)}",
        ),
        *data_facts(forecast.series, forecast.statements),
        ("Model", forecast.fitted.model_name),
        *_nowcasts(forecast),
    ]
    achieved = [
        f"{text.rate(r):>8} over {text.plural(int(str(n)), 'year')}" for n, r in forecast.achieved_growth().items()
    ]
    aside = tuple(a.observation for a in forecast.set_aside)
    used = (*forecast.statements, *aside, *forecast.fitted.figures)
    remarks = data_notes(forecast.series, target, forecast.unit_assumed, used)
    remarks += assumption_notes(forecast.series, forecast.fitted, answer)
    remarks += [f"Set aside: {cite(a.observation)}, because {a.reason}." for a in forecast.set_aside]
    standing = bool(reached(forecast.last_value, target.value))
    shown = LEVELS if levels is None else checked_levels(levels)
    like = like_facts(forecast)
    remarks += [f"{BIAS}. All of them: tradetarget promises."] if like else []
    facts = text.facts([*answer_facts(answer, standing=standing, levels=shown), *like])
    head = [text.title(question(forecast.series.label, answer), headline(answer)), facts, [SINGLE]]
    if stands_at_target(answer):
        growth = [("Achieved growth", _joined(achieved) or "one total only")]
        remarks.append("With the last value at or above the target, every probability is 1 by convention.")
        return text.page(*head, text.facts([*basis, *growth]), [DOUBLE], text.notes(remarks))
    rates = forecast.required_growth()
    required = [text.rate(rates.loc[y]) if y in rates.index else "-" for y in answer.years.tolist()]
    remarks.append(f"Probabilities count reaching after {period_words(answer.last_known)}: {event_text(target)}.")
    if answer.by_month is not None:
        remarks.append("The months of a path add up to its totals, and to what was published of parts of years.")
    if answer.by_month is not None and target.sustained == 1 and target.occurrence == "first":
        remarks.append(f"A path that is at or above the target in {answer.last_known} counts as reached from then on.")
    if target.deadline == answer.years[-1]:
        remarks.append(f"The horizon runs to {target.deadline}, the deadline.")
    if answer.horizon > EVERY_YEAR:
        remarks.append(f"After {answer.years[EVERY_YEAR - 1]} the table shows every fifth year, and the last.")
    table = _table(answer, required if rates.size else None, achieved)
    return text.page(*head, text.facts(basis), [DOUBLE], table, [DOUBLE], text.notes(remarks))


@takes(answer=made("HittingTime"))
def hitting_time_summary(answer: HittingTime, levels: Iterable[float] | None = None) -> Text:
    """The answer in words and a table by year; see ``forecast_summary``."""
    period = "year" if answer.by_month is None else "month"
    words = f"First {period} after {period_words(answer.last_known)} in which {event_text(answer.target)}"
    head = text.title(words, headline(answer))
    rows = text.facts(answer_facts(answer, levels=LEVELS if levels is None else checked_levels(levels)))
    return text.page(head, rows, *([] if stands_at_target(answer) else [[SINGLE], _table(answer, None, [])]), [DOUBLE])


def _deadline(answer: HittingTime) -> str:
    """The promised year and how probable it is."""
    year, p = answer.target.deadline or 0, answer.probability_by_deadline or 0.0
    if answer.covers(year):
        return f"{year}, which is past: {'reached by then' if p else 'missed'}"
    return f"{year}: reached by then with probability {percent(p)}"
