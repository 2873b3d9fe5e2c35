"""Contradictions with the gap measured, and statements set aside with the reason, as text and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tradetarget.checks import any_text, made, several, takes
from tradetarget.nowcasting import Contradiction, StatementCheck
from tradetarget.reading.record import together
from tradetarget.report.provenance import cite
from tradetarget.report.records import SCHEMA_VERSION, as_text, reading_record
from tradetarget.report.statements import NOBODY, known, lies_in, statement_record
from tradetarget.report.text import DOUBLE, SINGLE, Text, facts, notes, page, plural, title, wrapped
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.observations import Observation, TradeSeries

INDENT = " " * 6  # under the text of a numbered contradiction, "  1.  "


@takes(name=any_text, checks=several(made("StatementCheck")))
def check_summary(name: str, checks: Sequence[StatementCheck]) -> Text:
    """Every contradiction of every series with its statements, and every statement that is set aside.

    Parameters
    ----------
    name
        Of the dataset or file.
    checks
        One a series.
    """
    remarks = [
        "Statements of different sides are not compared here: `tradetarget data mirror` does that.",
        "A statement stands for a range, given by its rounding and its word; about, almost and more than reach one "
        "step of rounding, or 5 % where none is given.",
        "Set aside: not used when years that are known in part are estimated. A year's total takes precedence over "
        "its parts, a later statement over an earlier one, and levels over growth.",
    ]
    blocks = [
        lines
        for i, check in enumerate(checks)
        for lines in ([SINGLE] * (i > 0), _title(check), *_contradictions(check), *_aside(check), *_odd(check))
    ]
    understood = reading_lines([check.series for check in checks])
    head = [title(f"How {name} was understood"), understood, [DOUBLE]] if understood else []
    return page(*head, title(f"Statements that cannot all be true: {name}"), *blocks, [DOUBLE], notes(remarks))


@takes(series=several(made("TradeSeries")))
def reading_lines(series: Sequence[TradeSeries]) -> list[str]:
    """Five facts on how a file was understood: layout, periods, flow, unit, rows; none for series of no file."""
    readings = [s.read_as for s in series if s.read_as is not None]
    return facts(together(readings).lines()) if readings else []


def _title(check: StatementCheck) -> list[str]:
    unit = f", {check.series.unit}" if check.series.unit else ""
    counted = (
        f"{plural(len(check.series), 'statement')}; {plural(len(check.contradictions), 'contradiction')}; "
        f"{len(check.set_aside)} set aside"
    )
    return [f"{one_line(check.series.label)}{unit}", f"{INDENT}{counted}"]


def gap_text(c: Contradiction, unit: object) -> str:
    """How far apart: "0.35 USD bn apart", "29.3 points of growth apart"."""
    if c.kind == "growth":
        return f"{100.0 * c.gap:.3g} points of growth apart"
    return f"{c.gap:.3g} {unit} apart" if unit else f"{c.gap:.3g} apart"


def _contradictions(check: StatementCheck) -> list[list[str]]:
    """A block a contradiction, the widest gap first: what, by whom, how far apart, and its statements."""
    blocks = []
    for n, c in enumerate(check.contradictions, start=1):
        head = f"{n:>3}.  {c.reporter or 'side not stated'}, {c.what}: {gap_text(c, check.series.unit)}"
        blocks.append(["", *wrapped(head, following=INDENT), *(line for o in c.observations for line in _statement(o))])
    return blocks


def _statement(o: Observation) -> list[str]:
    """A statement with where it lies, since when it is known and who said it."""
    within = lies_in(o)
    head = f"{cite(o)}, that is {within}" if within != cite(o).split(": ", 1)[1] else cite(o)
    by = f"{head}; known from {known(o)}; {o.stated_by or o.source or NOBODY}"
    return _item(by)


def _item(words: str) -> list[str]:
    """An item of a list, in lines."""
    return wrapped(words, f"{INDENT}- ", f"{INDENT}  ")


def _aside(check: StatementCheck) -> list[list[str]]:
    """What does not count, and why."""
    reasons = [f"{cite(a.observation)} ({a.observation.reporter or NOBODY}): {a.reason}" for a in check.set_aside]
    reasons += [f"nothing by {side or 'a side not stated'}, because {reason}" for side, reason in check.undecided]
    lines = [line for reason in reasons for line in _item(reason)]
    return [["", "      Set aside"], lines] if lines else []


def _odd(check: StatementCheck) -> list[list[str]]:
    """Figures that look odd, by side."""
    lines = [line for side, note in check.plausibility for line in _item(f"{side}: {note}" if side else note)]
    return [["", "      Worth a look"], lines] if lines else []


@takes(name=any_text, checks=several(made("StatementCheck")))
def check_record(name: str, checks: Sequence[StatementCheck]) -> dict[str, Any]:
    """The checks as plain data, as ``tradetarget data check --json`` writes them.

    Returns
    -------
    dict
        schema_version, name, and series: a list with series, flow, unit, statements (their number), contradictions
        [{reporter, what, kind, gap, statements}], set_aside [{statement, reason}], undecided [{reporter, reason}] and
        plausibility [{reporter, note}]. A gap is in the unit for levels, a fraction for growth.
    """
    read_as = reading_record(*(check.series for check in checks))
    return {"schema_version": SCHEMA_VERSION, "name": name, **read_as, "series": [_record(check) for check in checks]}


def _record(check: StatementCheck) -> Mapping[str, Any]:
    return {
        "series": check.series.name,
        "flow": check.series.flow,
        "unit": as_text(check.series.unit),
        "statements": len(check.series),
        "contradictions": [
            {
                "reporter": c.reporter,
                "what": c.what,
                "kind": c.kind,
                "gap": c.gap,
                "statements": [statement_record(o) for o in c.observations],
            }
            for c in check.contradictions
        ],
        "set_aside": [{"statement": statement_record(a.observation), "reason": a.reason} for a in check.set_aside],
        "undecided": [{"reporter": side, "reason": reason} for side, reason in check.undecided],
        "plausibility": [{"reporter": side, "note": note} for side, note in check.plausibility],
    }
