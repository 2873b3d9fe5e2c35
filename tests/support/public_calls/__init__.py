"""Valid calls of the public names, and wrong values for each of their parameters.

A call with one wrong value must answer or raise a TradeTargetError of one line: the tests of robustness ask this of
every parameter once, ``benchmarks/fuzz.py`` of pairs of them for as long as it is told.
"""

from __future__ import annotations

from pathlib import Path

from public_calls import inputs, passages, questions, results, rooms, scores
from public_calls.call import Call, outcome
from public_calls.wrong_values import WRONG, Opaque


def every_call(folder: Path) -> list[Call]:
    """The public calls; files are written to ``folder``."""
    return [
        *inputs.readings(folder),
        *questions.questions(),
        *questions.levers(),
        *questions.adjustments(),
        *questions.regions(),
        *scores.scores(),
        *results.answers(folder),
        *passages.passages(),
        *rooms.fetching_calls(folder),
        *rooms.page_calls(folder),
        *rooms.plotting_calls(folder),
        *rooms.nowcasting_calls(),
        *rooms.report_calls(folder),
        *rooms.past_calls(),
    ]


__all__ = ["WRONG", "Call", "Opaque", "every_call", "outcome"]
