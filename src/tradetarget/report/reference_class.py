"""A reference class as text: which class, how many episodes, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import grid
from tradetarget.report.text import DOUBLE, SINGLE, Text, percent
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.models.reference_class.model import FittedReferenceClass

YEARS = (1, 2, 3, 5, 10, 15)  # the usual horizons of announced targets, as many as 78 columns hold


@takes(fitted=made("FittedReferenceClass"))
def reference_class_summary(fitted: FittedReferenceClass) -> Text:
    """The class in words, its number of episodes, and P(reached) by multiple and year with its band.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    years = [h for h in YEARS if h <= fitted.table.horizon]
    frame = fitted.to_frame().set_index(["multiple", "years_ahead"])
    widths = (22, *[9] * len(years))
    head = text.columns(["times the last total", *(f"{h} y" for h in years)], widths)
    rows, cells = [], []
    for multiple in fitted.table.multiples[1:]:
        at = frame.loc[float(multiple)].loc[years]
        reached = [f"{multiple:g} times", *map(percent, at["probability"])]
        bands = [f"{100 * a:.0f}-{100 * b:.0f}" for a, b in zip(at["low"], at["high"], strict=True)]
        rows += [text.columns(reached, widths), text.columns(["  80 % band", *bands], widths)]
        cells += [reached, ["80 % band", *(f"{b} %" for b in bands)]]
    facts = [
        ("Series", one_line(fitted.series.label) + (f", {fitted.series.unit}" if fitted.series.unit else "")),
        ("Class", fitted.description),
        ("Episodes", text.plural(fitted.episodes, "episode")),
    ]
    return text.page(
        text.title(f"Growth model: {fitted.model_name}"), text.facts(facts),
        grid([SINGLE, head, SINGLE, *rows], ["Times the last total", *(f"{h} y" for h in years)], cells), [DOUBLE],
        text.notes(_notes(fitted)),
    )  # fmt: skip


def _notes(fitted: FittedReferenceClass) -> list[str]:
    table = fitted.table
    remarks = [
        "Share of past episodes that reached the multiple within so many years (Kaplan-Meier). The band says how well "
        "that share is known, not how one pair may fare; episodes overlap and share their decade, so its variance is "
        f"{table.design_effect:g} times that of independent ones.",
    ]
    if fitted.band is not None:
        remarks.append(f"A class borrows {table.borrowed:g} episodes from the wider class around it.")
    if fitted.unit_assumed:
        remarks.append("The series does not say its unit: USD mn is assumed, because classes go by size.")
    if table.provenance and "panel" in table.provenance:
        remarks.append(f"Counted from {table.provenance['panel']}.")
    return remarks
