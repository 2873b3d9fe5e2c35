"""Official verdicts beside the probability, as text and as plain data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tradetarget.checks import made, takes
from tradetarget.report.blocks import grid
from tradetarget.report.provenance import event_text, reporter, source_fact
from tradetarget.report.records import SCHEMA_VERSION, as_text
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, facts, notes, page, percent, rate, title
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.tracking import Comparison, Progress


@takes(comparison=made("Comparison"))
def tracking_record(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data.

    Returns
    -------
    dict
        schema_version, series, flow, reporter, target, deadline, base and last {period, value}, growth {achieved,
        required_from_base, required_from_last, trend_interval_80}, arrival (the year in which the growth since the base
        would reach the target; None where never), verdicts [{scale, measure, meaning, verdict, is_favourable, source}],
        probability, model, notes, seed.
    """
    p, answer = comparison.progress, comparison.forecast
    interval = comparison.growth_interval
    verdicts = [
        {
            "scale": v.scale, "measure": v.measure, "meaning": v.meaning, "verdict": v.verdict,
            "is_favourable": v.is_favourable, "source": v.source,
        }
        for v in comparison.verdicts
    ]  # fmt: skip
    return {
        "schema_version": SCHEMA_VERSION,
        "series": answer.series.name,
        "flow": answer.series.flow,
        "reporter": reporter(answer.series),
        "target": {"value": p.target, "unit": as_text(answer.target.unit)},
        "deadline": str(p.deadline),
        "base": {"period": str(p.base_year), "value": p.base},
        "last": {"period": str(p.year), "value": p.latest},
        "growth": {
            "achieved": p.growth,
            "required_from_base": p.required_from_base,
            "required_from_last": p.required_from_latest,
            "trend_interval_80": None if interval is None else list(interval),
        },
        "arrival": p.arrival,
        "verdicts": verdicts,
        "probability": comparison.probability,
        "model": answer.fitted.model_name,
        "notes": list(comparison.notes),
        "seed": answer.seed,
    }


@takes(comparison=made("Comparison"))
def tracking_summary(comparison: Comparison) -> Text:
    """The probability, growth achieved and required, and a line a scale.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    p, answer = comparison.progress, comparison.forecast
    unit = answer.target.unit
    head = f"Is {one_line(answer.series.label)} on track to {amount(p.target, unit)} by {p.deadline}?"
    favourable = sum(v.is_favourable for v in comparison.verdicts)
    span = f"{p.base_year} to {p.year}"
    rows = [
        (f"Reached by {p.deadline}", f"{percent(comparison.probability)} (model {answer.fitted.model_name})"),
        ("Official scales", f"{favourable} of {len(comparison.verdicts)} say that it will be, if things go on"),
    ]
    growth = [
        ("Base", f"{amount(p.base, unit)} in {p.base_year}"),
        ("Last value", f"{amount(p.latest, unit)} in {p.year}"),
        ("Growth achieved", f"{rate(p.growth)} a year, {span}{_trend(comparison)}"),
        ("Growth required", f"{rate(p.required_from_base)} a year from {p.base_year}, "
                            f"{rate(p.required_from_latest)} from {p.year}"),
        ("Extrapolated", _arrival(p)),
        ("Reporter", reporter(answer.series) or "not stated in the data"),
        *source_fact(answer.series),
    ]  # fmt: skip
    cells = [[v.scale, v.verdict, "-" if v.measure is None else f"{v.measure:.3f}"] for v in comparison.verdicts]
    lines = [f"{'Scale':12}{'Verdict':38}{'Measure':>9}  ", SINGLE, *(f"{a:12}{b:38}{c:>9}" for a, b, c in cells)]
    table = grid(lines, ["Scale", "Verdict", "Measure"], cells)
    return page(title(head), facts(rows), [SINGLE], facts(growth), [DOUBLE], table, [DOUBLE], notes(_notes(comparison)))


def _trend(comparison: Comparison) -> str:
    interval = comparison.growth_interval
    return "" if interval is None else f" (log-linear trend, 80 % interval: {rate(interval[0])} to {rate(interval[1])})"


def _arrival(progress: Progress) -> str:
    if progress.is_met:
        return "the last value is at or above the target"
    if progress.arrival is None:
        return f"at the growth since {progress.base_year} the target is never reached"
    return f"at the growth since {progress.base_year} the target is reached in {progress.arrival:.1f}"


def _without_address(source: str) -> str:
    """A source without its address, which a line of text would break; records and frames hold it whole."""
    return re.sub(r",? ?https?://[^\s;]+", "", source)


def _notes(comparison: Comparison) -> list[str]:
    base = comparison.progress.base_year
    return [
        f"Probability of the event: {event_text(comparison.forecast.target)}, in a year after "
        f"{comparison.forecast.last_year} and by the end of {comparison.progress.deadline}.",
        f"The scales but Destatis' count from {base}; another base year gives other verdicts, and the same "
        "probability.",
        *(f"{v.scale}: {v.meaning}. {_without_address(v.source)}." for v in comparison.verdicts),
        *comparison.notes,
    ]
