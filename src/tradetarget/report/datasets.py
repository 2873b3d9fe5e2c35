"""Bundled figures as text: what there is, and what one dataset holds with its sources."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pandas as pd

from tradetarget.checks import any_text, by_name, columns, made, mapping, takes
from tradetarget.errors import SettingError, shown
from tradetarget.observations import TradeSeries
from tradetarget.report import text
from tradetarget.report.statements import HEAD, HEAD_NOTES, numbered_sources, statement_lines
from tradetarget.report.text import DOUBLE, SINGLE, WIDTH, Text
from tradetarget.text_cleaning import one_line

CELL = 11
"""Least width of a column of figures. It holds "123,456.7" and two spaces, or the word "turnover"."""


@takes(datasets=columns("name", "title", "series", "figures", "first_year", "last_year", "note"))
def dataset_list(datasets: pd.DataFrame) -> Text:
    """Every bundled dataset in a few lines, from ``tradetarget.datasets.describe()``."""
    blocks: list[list[str]] = [text.title("Bundled figures")]
    for i, row in enumerate(datasets.to_dict("records")):
        named = ("title", "series", "unit", "reporters", "sources")
        rows = [(k.capitalize(), _by_flow(str(row[k])) if k == "series" else str(row[k])) for k in named]
        rows.insert(3, ("Figures", f"{row['figures']:,}, {row['first_year']}-{row['last_year']}"))
        blocks += [[SINGLE]] * (i > 0) + [[str(row["name"])], text.facts(rows, key_width=12)]
    return text.page(*blocks, [DOUBLE])


@takes(name=any_text, series=by_name(made("TradeSeries")), about=mapping)
def dataset_summary(name: str, series: Mapping[str, TradeSeries], about: Mapping[str, object]) -> Text:
    """One bundled dataset: its figures, and every source.

    Parameters
    ----------
    name
        Of the dataset.
    series
        Its series by label, or some of them.
    about
        ``title`` and ``note``, as in a row of ``tradetarget.datasets.describe()``.
    """
    whole = {label: s for label, s in series.items() if len(s.reporters) <= 1 and _only_years(s)}
    stated = {label: s for label, s in series.items() if label not in whole}
    sources = numbered_sources(series.values())
    if not {"title", "note"} <= set(about):
        raise SettingError(f"about {shown(dict(about))} lacks title or note: give a row of datasets.describe()")
    head = text.facts([("Title", str(about["title"])), ("Note", str(about["note"]))], 10)
    blocks = [head, *_years(whole), *[b for s in stated.values() for b in _statements(s, sources)], [DOUBLE]]
    head_notes = [text.notes(HEAD_NOTES)] if stated else []
    return text.page(text.title(f"Bundled figures: {name}"), *blocks, *head_notes, ["Sources"], _listed(sources))


def _by_flow(labels: str) -> str:
    """Labels, each a name and a flow, grouped by the flows that names share."""
    flows: dict[str, list[str]] = {}
    for label in labels.split(", "):
        name, flow = label.rsplit(" ", 1)
        flows.setdefault(name, []).append(flow)
    groups: dict[str, list[str]] = {}
    for name, shared in flows.items():
        groups.setdefault(", ".join(shared), []).append(name)
    return "; ".join(f"{', '.join(names)} ({shared})" for shared, names in groups.items())


def _only_years(series: TradeSeries) -> bool:
    """Whether every figure is a plain calendar-year level, so that a column says it all."""
    return all(o.kind == "level" and o.is_whole_year and o.qualifier == "exact" for o in series)


def _years(series: Mapping[str, TradeSeries]) -> list[list[str]]:
    """Tables of calendar-year totals, a few series to a table: a block for every name."""
    names = dict.fromkeys(s.name for s in series.values())
    blocks: list[list[str]] = []
    for name in names:
        flows = {s.flow: s for s in series.values() if s.name == name}
        one = next(iter(flows.values()))
        unit = f", {one.unit}" if one.unit else ""
        by = f", as reported by {', '.join(one.reporters)}" if one.reporters else ""
        table = pd.DataFrame({f: s.annual() for f, s in flows.items()}).sort_index()
        digits = 1 if max(float(s.annual().max()) for s in flows.values()) >= 100 else 3
        width = max(CELL, *(text.shown_width(f) + 2 for f in flows))
        lines = [f"{'Year':6}" + "".join(f"{f:>{width}}" for f in flows)]
        for row in table.itertuples():
            cells = ("-" if pd.isna(x) else f"{x:,.{digits}f}" for x in row[1:])
            lines.append(f"{row[0]:<6}" + "".join(f"{c:>{width}}" for c in cells))
        blocks += [[SINGLE, f"{name}{unit}{by}"], lines]
    return blocks


def _statements(series: TradeSeries, sources: Mapping[str, int]) -> list[list[str]]:
    """Statements one by one: period, figure, whose, since when, who said it and where."""
    unit = f", {series.unit}" if series.unit else ""
    return [[SINGLE, f"{one_line(series.label)}{unit}"], [HEAD], *(statement_lines(o, sources) for o in series)]


def _listed(sources: Mapping[str, int]) -> list[str]:
    """Every source on lines of its own, with its number; addresses are never broken."""
    lines: list[str] = []
    for source, n in sources.items():
        head = f"[{n}] "
        lines += textwrap.wrap(
            source,
            WIDTH,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
