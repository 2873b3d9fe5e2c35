"""Statements as a reader would cite them: the figure in its own words, who said it, since when it is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tradetarget.nowcasting import interval_of
from tradetarget.observations import Observation, TradeSeries
from tradetarget.report.provenance import figure
from tradetarget.report.text import padded, wrapped

NOBODY = "not stated"
SUPPOSED = "~"
HEAD = f"{'Period':23}{'Figure':22}{'Side':14}Known from"
HEAD_NOTES = (
    "A percentage is growth on the same months a year earlier.",
    f"{SUPPOSED} marks a month that is supposed from the usual delay of publication, where the page is not dated.",
)


def known(o: Observation) -> str:
    """Since when the figure is known: a day, or "~2017-03" where that is supposed."""
    return (
        f"{SUPPOSED}{o.calendar_date(o.known_from):%Y-%m}" if o.as_of is None else o.calendar_date(o.as_of).isoformat()
    )


def source_of(o: Observation) -> str:
    """Title of the page or table, and where it is; empty where the data do not say."""
    return " ".join(part for part in (o.source, f"<{o.address}>" if o.address else None) if part)


def numbered_sources(series: Iterable[TradeSeries]) -> dict[str, int]:
    """Every source, numbered from 1 in order of first use."""
    named = dict.fromkeys(source_of(o) for s in series for o in s if o.source)
    return {source: n for n, source in enumerate(named, start=1)}


def statement_lines(o: Observation, sources: Mapping[str, int], indent: str = "") -> list[str]:
    """A statement on a line, and under it who said it and the number of its source."""
    number = sources.get(source_of(o))
    by = " ".join(part for part in (o.stated_by, None if number is None else f"[{number}]") if part)
    line = f"{indent}{o.period:22} {figure(o):21} {padded(o.reporter or NOBODY, 13)} {known(o)}"
    if o.stated_by is None:
        return [f"{line}  {by}" if by else line]
    return [line, *wrapped(by, f"{indent}    ", f"{indent}    ")]


def lies_in(o: Observation) -> str:
    """Where the figure lies, given its rounding and its word: "2.05 to 2.15", "+29.5 % to +30.5 %"."""
    low, high = interval_of(o)
    ends = [f"{100.0 * (x - 1.0):+.4g} %" if o.kind == "growth" else f"{x:.5g}" for x in (low, high)]
    if math.isinf(high):
        return f"at least {ends[0]}"
    if low <= 0.0 or math.isinf(low):
        return f"at most {ends[1]}"
    return ends[0] if low == high else f"{ends[0]} to {ends[1]}"


def statement_record(o: Observation) -> dict[str, Any]:
    """A statement as plain data; low and high are where it lies (growth as a fraction), None where open."""
    shift = 1.0 if o.kind == "growth" else 0.0
    low, high = (float(f"{x - shift:.12g}") if math.isfinite(x) else None for x in interval_of(o))
    return {
        "period": o.period,
        "kind": o.kind,
        "value": o.value,
        "qualifier": o.qualifier,
        "rounding": o.rounding,
        "low": low,
        "high": high,
        "reporter": o.reporter,
        "stated_by": o.stated_by,
        "known_from": o.calendar_date(o.known_from).isoformat(),
        "source": o.source,
        "address": o.address,
        "revision": "preliminary" if o.is_preliminary else "final",
    }
