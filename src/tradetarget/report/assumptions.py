"""What an answer takes for granted beside its data: the size class of the pair, and figures that look odd."""

from __future__ import annotations

from typing import Any

from tradetarget.models.interface import CompleteFit
from tradetarget.observations import TradeSeries
from tradetarget.observations.plausibility import plausibility_notes
from tradetarget.targets import HittingTime


def assumption_notes(series: TradeSeries, fitted: CompleteFit, answer: HittingTime | None = None) -> list[str]:
    """The size class where it is not the data's own, odd figures, and probabilities that no model can be sure of."""
    size = fitted.size_class
    notes = [] if size is None else list(size.notes)
    notes += plausibility_notes(series)
    if answer is not None and (certain := certainty_note(answer)):
        notes.append(certain)
    return notes


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
    """As plain data: size_class (value, unit, assumed, rates, loss_of_value; None for other models), and plausibility.

    ``plausibility`` lists notes on odd figures.
    """
    size = fitted.size_class
    return {
        "size_class": None if size is None else size.to_dict(),
        "plausibility": list(plausibility_notes(series)),
    }
