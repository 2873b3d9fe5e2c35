"""A series as text: whose figures they are, and its totals by year."""

from __future__ import annotations

from tradetarget.checks import made, takes
from tradetarget.errors import TradeTargetError
from tradetarget.observations import TradeSeries
from tradetarget.report import text
from tradetarget.report.provenance import data_facts
from tradetarget.report.text import DOUBLE, Text, level, plural, rate


@takes(series=made("TradeSeries"))
def series_summary(series: TradeSeries) -> Text:
    """The provenance of a series, and its calendar-year totals with their growth.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run; the number of statements alone where there is no total.
    """
    head = text.title(f"{series.label}: {plural(len(series), 'statement')}")
    try:
        totals, basis = series.annual(), data_facts(series)
    except TradeTargetError as error:
        return text.page(head, text.facts([("Totals", str(error))]))
    growth = totals / totals.shift() - 1.0
    follows = totals.index.to_series().diff() == 1
    rows = [
        [str(year), level(float(totals.loc[year])), rate(float(growth.loc[year])) if follows.loc[year] else "-"]
        for year in totals.index
    ]
    unit = str(series.unit) if series.unit else "unit not stated"
    names = ["Year", f"Total, {unit}", "Growth"]
    return text.page(head, text.facts(basis), [DOUBLE], text.table(names, rows, (6, 24, 12)))
