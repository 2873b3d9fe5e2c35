"""What an answer takes for granted beside its data: size class, figures that may be revised, figures that look odd."""

from __future__ import annotations

from typing import Any

from tradetarget.models.interface import CompleteFit
from tradetarget.nowcasting import revision
from tradetarget.observations import TradeSeries
from tradetarget.observations.plausibility import plausibility_notes
from tradetarget.report.text import plural
from tradetarget.targets import HittingTime


def assumption_notes(series: TradeSeries, fitted: CompleteFit, answer: HittingTime | None = None) -> list[str]:
    """Size class where it is not the data's own, revisions allowed for, odd figures, and exact probabilities."""
    size = fitted.size_class
    notes = [] if size is None else list(size.notes)
    if fitted.components:
        first, second = fitted.components
        notes.append(
            f"Half of the paths are of {first} and half of {second}, because five years of months or more are known; "
            f"--model {first} takes {first} alone."
        )
    notes += [*_revision_notes(fitted), *plausibility_notes(series)]
    if answer is not None and (certain := certainty_note(answer)):
        notes.append(certain)
    return notes


def _revision_notes(fitted: CompleteFit) -> list[str]:
    """That some of the statements count as preliminary, and how to say that they are final."""
    stated, preliminary = fitted.statements, fitted.preliminary
    if not preliminary:
        return []
    which = f"{len(preliminary)} of {plural(len(stated), 'figure')}" if len(stated) > 1 else "The figure"
    verb = "count" if len(preliminary) > 1 else "counts"
    size = f"{100.0 * revision.SCALE:.0f} %"
    return [
        f"{which} behind the estimate {verb} as preliminary: a revision by some {size} is allowed for before the "
        "year's total is final. A column 'revision' with 'final' takes a figure as it stands."
    ]


def certainty_note(answer: HittingTime) -> str | None:
    """A note on probabilities of exactly 0 or 1, which only data can give; None where there are none.

    Not of a target that has been reached, by the last total or by what is published of the year after, nor of events
    that take years to come about: a run of k years, or falling below the target and reaching it again.
    """
    target = answer.target
    by_construction = target.sustained > 1 or target.occurrence == "again"
    exact = sorted({float(p) for p in answer.probability if p in (0.0, 1.0)})
    if by_construction or answer.probability[0] == 1.0 or not exact:
        return None
    which = " and ".join(f"{100 * p:.0f} %" for p in exact)
    why = "no simulated path says otherwise" if answer.method == "simulation" else "the model leaves nothing to chance"
    return f"A probability of exactly {which} is not knowledge: {why}. Read it as very near."


def assumptions_record(series: TradeSeries, fitted: CompleteFit) -> dict[str, Any]:
    """As plain data: size_class (value, unit, assumed, rates, loss_of_value; None for other models), and two more.

    ``models`` names the models whose paths are mixed in equal parts, and is empty where there is one. ``revision`` says
    how many statements count as preliminary and as final, and the scale of revisions in log points; it is None where
    none is weighed. ``plausibility`` lists notes on odd figures.
    """
    size, stated, preliminary = fitted.size_class, len(fitted.statements), len(fitted.preliminary)
    counts = {"preliminary": preliminary, "final": stated - preliminary, "scale": revision.SCALE}
    return {
        "size_class": None if size is None else size.to_dict(),
        "models": list(fitted.components),
        "revision": counts if stated else None,
        "plausibility": list(plausibility_notes(series)),
    }
