"""Promises of like required growth, counted: in words, as plain data, and for a question at hand."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from tradetarget.checks import made, takes
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.forecasting.single import Forecast
    from tradetarget.promises import Tally

_TWO_SIDES = re.compile(r"\w.*[-–/]\s*\w")
"""Names such as "Kazakhstan-Uzbekistan". Judgement; that a name of one side holds a dash is rare."""
BIAS = "Found by search, which favours met targets: shares are probably too high"


@takes(tally=made("Tally"))
def tally_sentence(tally: Tally) -> str:
    """What came of promises of like required growth, in words, without a full stop.

    >>> from tradetarget.promises import Tally
    >>> tally_sentence(Tally(0.1, 0.2, 9, 20, 2))
    'of 31 promises that asked for 10 to 20 % a year, 9 were met in time, 20 were not, and of 2 it is not known'
    """
    band = band_text(tally)
    asked = f" that asked for {band}" if band else ""
    unknown = f", and of {tally.undecided} it is not known" if tally.undecided else ""
    joint = "," if tally.undecided else " and"
    return f"of {tally.due} promises{asked}, {tally.met} were met in time{joint} {tally.missed} were not{unknown}"


def promises_like(forecast: Forecast) -> Tally | None:
    """What came of announced targets that asked for as much growth a year as this one by its deadline.

    None without a deadline ahead, where no growth is required, for events other than one calendar-year total, and for
    a series whose name does not hold two sides, because the promises on record are about trade of two sides.
    """
    target, rates = forecast.target, forecast.required_growth().to_dict()
    required = rates.get(target.deadline, -1.0)
    if required < 0.0 or not target.is_plain or not _TWO_SIDES.match(forecast.series.name):
        return None
    from tradetarget.promises import Promises

    return Promises.shipped().like(required)


def like_facts(forecast: Forecast) -> list[tuple[str, str]]:
    """The row of a summary that places a question among promises; none where they say nothing of it."""
    tally = promises_like(forecast)
    if tally is None or not tally.due:
        return []
    return [("Promises like it", f"{tally_sentence(tally)}; met of those decided: {share_text(tally)}")]


@takes(tally=made("Tally"))
def share_text(tally: Tally) -> str:
    """The share of the decided promises that were met, with its interval: "30.0 % (95 %: 19.9 % to 42.5 %)"."""
    if tally.share is None:
        return "no promise is decided"
    low, high = tally.interval
    return f"{percent(tally.share)} (95 % interval: {percent(low)} to {percent(high)})"


def band_text(tally: Tally) -> str:
    """The growth that promises asked for: "10 to 20 % a year"; empty where all are counted."""
    if tally.low is None or tally.high is None:
        return ""
    if math.isinf(tally.high):
        return f"{100 * tally.low:g} % a year or more"
    high = f"{100 * tally.high:g} % a year"
    return f"less than {high}" if tally.low <= 0.0 else f"{100 * tally.low:g} to {high}"


@takes(tally=made("Tally"))
def tally_record(tally: Tally) -> dict[str, Any]:
    """Counts as plain data; low and high are None where all are counted, high also where the band has no end."""
    return {
        "low": tally.low,
        "high": None if tally.high is None or math.isinf(tally.high) else tally.high,
        "due": tally.due,
        "met": tally.met,
        "missed": tally.missed,
        "undecided": tally.undecided,
        "share": tally.share,
        "interval_95": list(tally.interval),
        "sentence": tally_sentence(tally),
    }
