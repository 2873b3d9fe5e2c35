"""The record of announced targets, as text and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tradetarget.checks import made, optional, takes
from tradetarget.report.blocks import Block, Facts, Grid, grid
from tradetarget.report.records import SCHEMA_VERSION
from tradetarget.report.tallies import BIAS, band_text, share_text, tally_record, tally_sentence
from tradetarget.report.text import (
    DOUBLE,
    SINGLE,
    Text,
    columns,
    facts,
    level,
    notes,
    page,
    percent,
    rate,
    table,
    title,
)

if TYPE_CHECKING:
    from tradetarget.promises import Foresight, Promises, Tally, WaitingCurve

SPANS = (1, 2, 3, 5, 8, 10)
"""Years after the announcement at which the waiting curve is shown; few targets are followed for more than ten."""


@takes(promises=made("Promises"))
def promises_record(promises: Promises) -> dict[str, Any]:
    """The record as plain data.

    Returns
    -------
    dict
        schema_version, selection (in words), announcements, known_through, the counts of all that fell due and, in
        by_required_growth, of each band (see ``tally_record``), waiting {targets, probability_within {years: p}, curve
        [{years, at_risk, reached, probability, low, high}]}.
    """
    curve = promises.waiting
    return {
        "schema_version": SCHEMA_VERSION,
        "selection": BIAS,
        "announcements": len(promises.table),
        "known_through": str(promises.known_through),
        **tally_record(promises.tally()),
        "by_required_growth": [tally_record(t) for t in promises.tallies()],
        "waiting": {
            "targets": curve.targets,
            "probability_within": {str(n): curve.within(n) for n in SPANS},
            "curve": [{str(k): v for k, v in row.items()} for row in curve.to_frame().to_dict("records")],
        },
    }


@takes(foresight=made("Foresight"))
def foresight_record(foresight: Foresight) -> dict[str, Any]:
    """Probabilities at the announcements as plain data: model, decided, expected, met, promises [...]."""
    return {
        "model": foresight.model,
        "decided": len(foresight.decided),
        "expected": foresight.expected,
        "met": foresight.met,
        "left_out": list(foresight.left_out),
        "promises": [asdict(p) for p in foresight.promises],
    }


@takes(promises=made("Promises"), foresight=optional(made("Foresight")), asked=optional(made("Tally")))
def promises_summary(promises: Promises, foresight: Foresight | None = None, asked: Tally | None = None) -> Text:
    """How many were met, by growth asked for, how long they waited, and what the library would have said.

    Parameters
    ----------
    promises
        The record.
    foresight
        Probabilities at the announcements, where series of the pairs are there.
    asked
        The promises of like growth as a question at hand.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    overall = promises.tally()
    low, high = overall.bounds
    rows = [
        ("Announcements", f"{len(promises.table)}, of {promises.table['pair'].nunique()} pairs"),
        ("Fell due", f"{overall.due} targets by {promises.known_through}, each counted once"),
        ("Met in time", f"{overall.met}; missed {overall.missed}; undecided {overall.undecided}"),
        ("Share met", f"{share_text(overall)}; {percent(low)} to {percent(high)} for any outcome of the undecided"),
    ]
    like = [] if asked is None else [[SINGLE], facts([("Like this one", f"{_capital(tally_sentence(asked))}.")])]
    blocks = [_growth_table(promises), [SINGLE], _waiting(promises.waiting)]
    ahead = [] if foresight is None else [[DOUBLE], _foresight_table(foresight)]
    return page(title(BIAS), facts(rows), *like, [DOUBLE], *blocks, *ahead, [DOUBLE], notes(_notes(foresight)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _growth_table(promises: Promises) -> Block:
    """What came of the promises, a line a band of growth."""
    rows = []
    for t in promises.tallies():
        share = "-" if t.share is None else percent(t.share)
        rows.append([_capital(band_text(t)), str(t.due), str(t.met), str(t.missed), str(t.undecided), share])
    return table(
        ["Growth asked for", "due", "met", "missed", "unknown", "met of decided"], rows, (26, 5, 5, 8, 9, 16),
        names=["Growth asked for", "Due", "Met", "Missed", "Unknown", "Met of the decided"],
    )  # fmt: skip


def _waiting(curve: WaitingCurve) -> Block:
    """The waiting curve at a few years."""
    caption = f"Reached within so many years after the announcement ({curve.targets} targets)"
    head, row = ["Years", *map(str, SPANS)], ["Probability", *(percent(curve.within(n)) for n in SPANS)]
    return grid([caption, *(columns(cells, (22, *[8] * len(SPANS))) for cells in (head, row))], head, [row], caption)


@takes(curve=made("WaitingCurve"))
def waiting_summary(curve: WaitingCurve) -> Text:
    """How many targets were reached within a few years of the announcement.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    return page(title("How long did announced targets wait?"), _waiting(curve), [DOUBLE], notes([_notes(None)[-1]]))


@takes(tally=made("Tally"))
def tally_summary(tally: Tally) -> Text:
    """What came of promises of like required growth: counts, and the share met with its interval.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    low, high = tally.bounds
    rows = [
        ("Growth asked for", band_text(tally) or "any"),
        ("Fell due", f"{tally.due}: met {tally.met}, missed {tally.missed}, undecided {tally.undecided}"),
        ("Share met", f"{share_text(tally)}; {percent(low)} to {percent(high)} for any outcome of the undecided"),
    ]
    return page(title(BIAS, f"{_capital(tally_sentence(tally))}."), facts(rows), [DOUBLE])


@takes(foresight=made("Foresight"))
def foresight_summary(foresight: Foresight) -> Text:
    """Every promise with the probability of the day and what came, and how many were expected to be met.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    head = title(f"Announced targets, and what the model {foresight.model} would have said of them")
    return page(head, _foresight_table(foresight), [DOUBLE], notes([BIAS + ".", *_foresight_notes(foresight)]))


def _foresight_table(foresight: Foresight) -> Block:
    """Every promise, a line each, and how many were expected to be met."""
    caption = "What the library would have said on the day, from the totals known then"
    lines = [caption, SINGLE]
    lines.append(f"{'Pair':26}{'Announced':12}{'USD bn':>7}{'by':>6}{'growth':>9}{'P':>9}  {'came':8}")
    rows = []
    for p in foresight.promises:
        numbers = [level(p.target), str(p.deadline), rate(p.required_growth), percent(p.probability)]
        rows.append([p.pair, p.announced, *numbers, p.outcome])
        pair = p.pair if len(p.pair) <= 25 else f"{p.pair[:22]}..."
        shown = "".join(f"{cell:>{width}}" for cell, width in zip(numbers, (7, 6, 9, 9), strict=True))
        lines.append(f"{pair:26}{p.announced:12}{shown}  {p.outcome:8}")
    counts = f"{foresight.expected:.1f} expected to be met, {foresight.met} were"
    decided = f"Of {len(foresight.decided)} decided"
    head = ("Pair", "Announced", "USD bn", "By", "Growth asked for a year", "Probability", "Came")
    cells = Grid(head, tuple(map(tuple, rows)), caption)
    return Block([*lines, SINGLE, f"{decided}: {counts}"], cells, Facts(((decided, counts),)))


def _notes(foresight: Foresight | None) -> list[str]:
    texts = [
        "A target that was announced again is counted once, from its first announcement. Undecided: sources are "
        "silent, or contradict each other. Every announcement has its source in datasets.load_promises().",
        "Growth asked for: a year, from the level stated at the announcement to the target in the year of the "
        "deadline. It is not known where no level of a whole year was stated.",
        "Intervals are as if promises were independent. One pair promises several times, so they are too narrow.",
        "Years until reached: product limit. A missed target is lost from sight at its deadline unless it is known to "
        "have been reached later, so beyond some five years the figures are too high.",
    ]
    return texts if foresight is None else [*texts, *_foresight_notes(foresight)]


def _foresight_notes(foresight: Foresight) -> list[str]:
    return [
        "What came is what the statistics of the series show in today's revision; officials may have said otherwise. "
        "Repeated announcements are asked about each time.",
        *([f"Left out: {'; '.join(foresight.left_out)}."] if foresight.left_out else []),
    ]
