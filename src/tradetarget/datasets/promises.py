"""Announced targets of bilateral trade, with their deadlines, outcomes and sources."""

from __future__ import annotations

from functools import cache

import pandas as pd

from tradetarget.packaged import packaged_file

_WHOLE = ("announced_year", "deadline_year", "level_year", "first_reached_year")
_TEXT = ("pair", "announced", "announced_note", "level_note", "outcome", "source_title", "source_address",
         "outcome_source")  # fmt: skip


def load_promises() -> pd.DataFrame:
    """201 targets of trade between two countries, or a country and a group, that governments announced.

    They were found by search, and targets that were repeated or met are found more easily: shares counted from them are
    not shares of all promises.

    Returns
    -------
    pandas.DataFrame
        pair; announced (the date as far as it is known), announced_note, announced_year; target_usd_bn (missing where
        only a multiple was named) and deadline_year (missing where no year was named); level_usd_bn, what was said of
        trade at the announcement, with its level_year and level_note; outcome; first_reached_year; first_mention (False
        where the same target had been announced before); source_title, source_address, outcome_source.

        outcome is "met", "missed", "probably_met" or "probably_missed" (by the deadline; probably, where figures near
        it leave little doubt), "open_dated" (not due by 2025), "open_undated" and "met_no_deadline" (no year was named;
        not reached, and reached, by 2025), "disputed" (sources contradict each other) or "unknown". Missing text is "".

    Examples
    --------
    >>> table = load_promises()
    >>> len(table), int((table["outcome"] == "met").sum())
    (201, 17)
    """
    return _promises().copy()


@cache
def _promises() -> pd.DataFrame:
    with packaged_file("datasets", "data", "promises.csv") as file:
        table = pd.read_csv(file, dtype=dict.fromkeys(_TEXT, str) | dict.fromkeys(_WHOLE, "Int64"), encoding="utf8")
    return table.fillna(dict.fromkeys(_TEXT, "")).astype({"first_mention": bool})
