"""What the other side's statistics answer, beside an answer by one side's."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tradetarget.cli.question import Selection
    from tradetarget.forecasting import Forecast
    from tradetarget.observations import TradeSeries

MEDIAN_APART, PROBABILITY_APART, YEARS_AHEAD = 1, 0.10, 5


def other_sides(selection: Selection, answer: Forecast, answer_to: Callable[[TradeSeries], Forecast]) -> list[str]:
    """A line for each other side of a bundled series: its P(reached) and median; nothing for one's own file.

    Compared in the fifth year of the horizon, or its last where it is shorter.

    Warns
    -----
    TradeTargetWarning
        When the median years are more than one apart, or the probabilities more than ten points.
    """
    if selection.data is not None or answer.reporter is None:
        return []
    from tradetarget.errors import TradeTargetError
    from tradetarget.report.text import WIDTH

    lines = []
    for side in selection.every_side().reporters:
        if side == answer.reporter:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                other = answer_to(replace(selection, reporter=side).read())
            lines.append(_compared(side, other, answer))
        except TradeTargetError:
            lines.append(f"By {side}'s statistics: no answer, because too little was known.")
    return [line for said in lines for line in textwrap.wrap(said, WIDTH, break_on_hyphens=False)]


def _compared(side: str, other: Forecast, answer: Forecast) -> str:
    """The other side's answer in a line, with a warning where the two disagree."""
    from tradetarget.errors import TradeTargetWarning
    from tradetarget.report.text import percent

    year = min(answer.last_year + YEARS_AHEAD, int(answer.hitting_time.years[-1]), int(other.hitting_time.years[-1]))
    theirs, ours = (a.hitting_time.probability_by(year) for a in (other, answer))
    medians = other.hitting_time.median, answer.hitting_time.median
    said = f"P by {year} is {percent(theirs)}, median year {_year(medians[0])}"
    if abs(theirs - ours) > PROBABILITY_APART or _apart(*medians):
        warnings.warn(
            f"the sides disagree about the answer: by {side}'s statistics {said}; by {answer.reporter}'s "
            f"{percent(ours)}, median year {_year(medians[1])}",
            TradeTargetWarning,
            stacklevel=3,
        )
    return f"By {side}'s statistics {said} (by {answer.reporter}'s {percent(ours)}, {_year(medians[1])})."


def _apart(one: pd.Period | None, other: pd.Period | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one.year - other.year) > MEDIAN_APART


def _year(median: pd.Period | None) -> str:
    return "beyond the horizon" if median is None else str(median.year)
