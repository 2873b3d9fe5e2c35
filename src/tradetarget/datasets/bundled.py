"""Bundled series: read from the package's own CSV files, described, and exported again.

Each file is the long table that ``TradeSeries.from_csv`` reads, one row a figure, so that a copy of it is a template
for a table of one's own.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from tradetarget.checks import any_text, takes
from tradetarget.errors import unknown_name
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.tables import labels_in
from tradetarget.outputs import as_bytes, write_whole
from tradetarget.packaged import packaged_file, packaged_text
from tradetarget.reading.table import read_table

FLOWS = ("turnover", "exports", "imports")
_REGION = "Kazakhstan-Central Asia"


@cache
def _catalogue() -> MappingProxyType[str, dict[str, str]]:
    return MappingProxyType(tomllib.loads(packaged_text("datasets", "data", "catalogue.toml")))


def names() -> tuple[str, ...]:
    """The names of the bundled datasets.

    >>> names()
    ('kazakhstan-central-asia', 'kazakhstan-uzbekistan-statements', 'kazakhstan-uzbekistan', 'article-2019')
    """
    return tuple(_catalogue())


class SeriesByLabel(dict[str, TradeSeries]):
    """Series by label; a label that is not there is an UnknownNameError that offers the nearest."""

    def __missing__(self, label: str) -> TradeSeries:
        raise unknown_name("series", label, self)


@takes(name=any_text)
def load(name: str) -> SeriesByLabel:
    """The series of a bundled dataset by label: "Kazakhstan-Uzbekistan turnover", "... exports", "... imports".

    Parameters
    ----------
    name
        One of ``names()``.

    Returns
    -------
    dict of TradeSeries
        "kazakhstan-central-asia" is in USD mn, with exports, imports, their sum (turnover), and the sum of the four
        neighbours ("Kazakhstan-Central Asia ..."); the others are in USD bn, as they were stated.
        "kazakhstan-uzbekistan" joins the pair's statistics and statements: choose a side with ``reported_by``.

    Raises
    ------
    UnknownNameError
        On another name; the nearest are offered.

    Examples
    --------
    >>> load("kazakhstan-central-asia")["Kazakhstan-Central Asia turnover"].annual().loc[2018]
    np.float64(4322.309)
    """
    if name not in _catalogue():
        raise unknown_name("dataset", name, names())
    return SeriesByLabel({s.label: s for s in _series(name)})


@cache
def _series(name: str) -> tuple[TradeSeries, ...]:
    """The series of a dataset, read once a process: neither the package's files nor a series ever change."""
    if name == "kazakhstan-uzbekistan":
        return tuple(_with_statements().values())
    with packaged_file("datasets", "data", f"{name}.csv") as path:
        stored = _stored(path)
    return tuple((_with_totals(stored) if name == "kazakhstan-central-asia" else stored).values())


def _stored(path: Path) -> dict[str, TradeSeries]:
    """Every series that stands in the file, in order of first appearance."""
    table = read_table(path)
    stored = (
        replace(TradeSeries.from_table(table, series=pair, flow=flow), read_as=None)
        for pair, flow in labels_in(table, None, None)
    )
    return {series.label: series for series in stored}


def _with_totals(stored: dict[str, TradeSeries]) -> dict[str, TradeSeries]:
    """Turnover of every pair and the region's three flows, beside the exports and imports of every pair."""
    pairs = list(dict.fromkeys(s.name for s in stored.values()))
    flows = {p: [stored[f"{p} exports"], stored[f"{p} imports"]] for p in pairs}
    turnover = {p: _total(both, p, "turnover") for p, both in flows.items()}
    every = [*(s for p in pairs for s in (turnover[p], *flows[p]))]
    region = [_total([s for s in every if s.flow == f], _REGION, f) for f in FLOWS]
    return {s.label: s for s in [*every, *region]}


def _with_statements() -> dict[str, TradeSeries]:
    """The pair's annual statistics with its side's part-year statements, and everything the other side said."""
    annual, statements_of = load("kazakhstan-central-asia"), load("kazakhstan-uzbekistan-statements")
    joined = {}
    for flow in FLOWS:
        label = f"Kazakhstan-Uzbekistan {flow}"
        statements = statements_of[label]
        statistics = annual[label].in_unit(str(statements.unit))
        more = [o for o in statements if o.reporter == "Uzbekistan" or (o.reporter and not o.is_whole_year)]
        joined[label] = replace(statistics, observations=(*statistics, *more))
    return joined


def _total(parts: Iterable[TradeSeries], name: str, flow: str) -> TradeSeries:
    """The sum of series over the periods that all of them have."""
    columns = [{o.period: o for o in s} for s in parts]
    common = [p for p in columns[0] if all(p in c for c in columns)]
    summed = [_sum([c[p] for c in columns], flow) for p in common]
    return TradeSeries(name, tuple(summed), flow, columns[0][common[0]].unit)


def _sum(figures: list[Observation], flow: str) -> Observation:
    """One figure from several of one period; kept to a thousandth, the finest digit any of them has."""
    value = round(math.fsum(o.value for o in figures), 3)
    source = "; ".join(dict.fromkeys(o.source for o in figures if o.source))
    return replace(figures[0], value=value, flow=flow, source=source)


def describe() -> pd.DataFrame:
    """One row a dataset: title, series, unit, reporters, first and last year, figures, sources, note."""
    rows = []
    for name, entry in _catalogue().items():
        series = load(name)
        figures = [o for s in series.values() for o in s]
        sources = dict.fromkeys(o.source for o in figures if o.source)
        rows.append(
            {
                "name": name,
                "title": entry["title"],
                "series": ", ".join(series),
                "unit": ", ".join(dict.fromkeys(str(s.unit) for s in series.values())),
                "reporters": ", ".join(dict.fromkeys(o.reporter for o in figures if o.reporter)),
                "first_year": min(o.start.year for o in figures),
                "last_year": max(o.end.year for o in figures),
                "figures": len(figures),
                "sources": "; ".join(sources) if len(sources) <= 5 else f"{len(sources)} pages, named row by row",
                "note": entry["note"],
            }
        )
    return pd.DataFrame(rows)


def export(name: str, path: str | Path) -> Path:
    """Write a dataset as CSV; ``TradeSeries.from_csv(path, series=..., flow=...)`` reads every series back.

    The file appears whole or not at all.

    Raises
    ------
    UnknownNameError
        On a name that is not bundled.
    OutputError
        When the file cannot be written.
    """
    frame = pd.concat([s.to_frame() for s in load(name).values()], ignore_index=True)
    return write_whole(path, as_bytes(frame.to_csv(index=False, lineterminator="\n")))
