"""Two sides' figures of one flow beside each other, as text and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradetarget.checks import columns, made, number, optional, takes
from tradetarget.errors import SettingError
from tradetarget.report import text
from tradetarget.report.records import SCHEMA_VERSION, as_text
from tradetarget.report.text import DOUBLE, Text, facts, level, notes, page, plural, shown_width, title
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries

PERIOD, CELL = 23, 12  # "2024-07-01/2025-06-30" and two spaces; a figure and two spaces


@takes(series=made("TradeSeries"), table=columns("flow", "ratio"), cif_factor=optional(number))
def mirror_summary(series: TradeSeries, table: pd.DataFrame, cif_factor: float | None = None) -> Text:
    """What each side says of every period, the ratio, and how far it ranges.

    Parameters
    ----------
    series
        The flow with both sides' statements.
    table
        From ``tradetarget.nowcasting.mirror_table``.
    cif_factor
        As it was given there.
    """
    if cif_factor is not None and "comparable_ratio" not in table:
        raise SettingError(f"cif_factor {cif_factor:g} is not the table's: give mirror_table(series, cif_factor=...)")
    first, second = _sides(table)
    ratios = [("ratio", "Ratio"), *([("comparable_ratio", "Comparable ratio")] if cif_factor else [])]
    basis = [("Levels", f"in {series.unit}" if series.unit else "no unit stated")]
    basis += [(name, _range(table[column])) for column, name in ratios]
    heads = (first, second, "ratio", *(["comparable"] if cif_factor else []))
    widths = [PERIOD, *(max(CELL, shown_width(h) + 2) for h in heads)]
    columns = [first, second, *(column for column, _ in ratios)]
    rows = [[str(period), *(_cell(x, i >= 2) for i, x in enumerate(row))] for period, row in table[columns].iterrows()]
    head = title(f"{one_line(series.label)}: what {first} and {second} say")
    shown = text.table(["Period", *heads], rows, widths)
    return page(head, facts(basis), [DOUBLE], shown, [DOUBLE], notes(_notes(series, table, cif_factor)))


def _sides(table: pd.DataFrame) -> tuple[str, str]:
    first, second = table.columns[1:3]
    return str(first), str(second)


def _cell(x: float, ratio: bool) -> str:
    if np.isnan(x):
        return "-"
    return f"{x:.3f}" if ratio else level(x)


def _range(ratios: pd.Series[float]) -> str:
    """The median ratio and the extremes, of the periods in which both sides speak."""
    both = ratios.dropna()
    if both.empty:
        return "no period in common"
    periods = plural(len(both), "period")
    if len(both) == 1:
        return f"{both.iloc[0]:.3f} in {periods}"
    return f"median {both.median():.3f}, from {both.min():.3f} to {both.max():.3f}, in {periods}"


def _notes(series: TradeSeries, table: pd.DataFrame, cif_factor: float | None) -> list[str]:
    """What the ratio is, and what the table leaves out."""
    first, second = _sides(table)
    remarks = [
        f"Ratio: {second}'s figure over {first}'s. Of several compatible figures by one side the latest known stands "
        "in the table, as it was stated: rounded, and without words such as about."
    ]
    if cif_factor is not None:
        remarks.append(
            f"Comparable: the ratio once the importer's figure, which is CIF, is set to FOB by the factor "
            f"{cif_factor:g}, an assumption."
        )
    growth = sum(o.kind == "growth" for o in series)
    unnamed = sum(o.kind == "level" and o.reporter is None for o in series)
    if growth:
        remarks.append(f"Left out: {plural(growth, 'growth rate')}.")
    if unnamed:
        remarks.append(f"Left out: {plural(unnamed, 'figure')} of which the data do not say whose they are.")
    return remarks


@takes(series=made("TradeSeries"), table=columns("flow", "ratio"), cif_factor=optional(number))
def mirror_record(series: TradeSeries, table: pd.DataFrame, cif_factor: float | None = None) -> dict[str, Any]:
    """The table as plain data: what ``tradetarget data mirror --json`` writes.

    Returns
    -------
    dict
        schema_version, series, flow, unit, reporters [first, second], cif_factor, and periods: a list with period,
        levels {reporter: level}, ratio (second over first) and comparable_ratio. Where a side says nothing, and
        without a factor, None.
    """
    sides = _sides(table)
    rows = [
        {
            "period": str(period),
            "levels": {side: _plain(row[side]) for side in sides},
            "ratio": _plain(row["ratio"]),
            "comparable_ratio": _plain(row.get("comparable_ratio", np.nan)),
        }
        for period, row in table.iterrows()
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "series": series.name,
        "flow": series.flow,
        "unit": as_text(series.unit),
        "reporters": list(sides),
        "cif_factor": cif_factor,
        "periods": rows,
    }


def _plain(x: Any) -> float | None:
    return None if np.isnan(x) else float(x)
