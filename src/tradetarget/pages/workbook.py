"""The report as a workbook, with openpyxl: a sheet for every table, numbers as numbers, sources beside them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from tradetarget.pages.sections import heading, sections, title
from tradetarget.report.blocks import Facts, Grid
from tradetarget.text_cleaning import escaped

if TYPE_CHECKING:
    from tradetarget.pages.report import Report

WIDEST_COLUMN = 60
"""Characters. Judgement, because two wider columns leave a screen of 1,280 points."""
UNDATED = datetime(2000, 1, 1)
"""Written in place of the clock's time, so that the same question gives the same file."""


def workbook(report: Report) -> bytes:
    """The workbook: the answer in words, its tables as the page shows them, and the numbers behind them in full."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator, book.properties.created, book.properties.modified = "tradetarget", UNDATED, UNDATED
    first = book.active
    first.title = "Answer"
    _rows(first, [[heading(report)], [title(report)], []])
    for section in sections(report):
        if section.table is None:
            _rows(first, [[section.title], *([p] for p in section.paragraphs), []])
            continue
        _rows(first, [[section.title], *([p] for p in section.paragraphs), [f"Table: sheet {section.title!r}"], []])
        sheet = book.create_sheet(section.title[:31])
        if isinstance(section.table, Grid):
            _rows(sheet, [section.table.head, *section.table.rows])
            sheet.freeze_panes = "A2"
        elif isinstance(section.table, Facts):
            _rows(sheet, section.table.rows)
    _frame(book.create_sheet("Numbers by year"), report.forecast.to_table())
    if report.scenarios is not None:
        _frame(book.create_sheet("Numbers of scenarios"), report.scenarios.to_frame())
    for sheet in book.worksheets[1:]:
        _fit(sheet)
    first.column_dimensions["A"].width = 2 * WIDEST_COLUMN
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _rows(sheet: Any, rows: Any) -> None:
    """Rows under those that are there. Text is text: no cell is a formula, whatever it begins with."""
    start = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for down, row in enumerate(rows, start=start):
        for across, value in enumerate(row or [" "], start=1):
            _put(sheet.cell(down, across), value)


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        cell.value = escaped(value)
        cell.data_type = "s"
    elif value is not None:
        cell.value = value


def _frame(sheet: Any, frame: pd.DataFrame) -> None:
    """A frame with its numbers in full."""
    _rows(sheet, [[str(c) for c in frame.columns]])
    _rows(sheet, ([_plain(v) for v in row] for row in frame.astype(object).itertuples(index=False)))
    sheet.freeze_panes = "A2"


def _plain(value: Any) -> str | int | float | None:
    if isinstance(value, str) or pd.isna(value):
        return value if isinstance(value, str) else None
    return float(value) if isinstance(value, float) else int(value)


def _fit(sheet: Any) -> None:
    for column in sheet.columns:
        widest = max(len(str(c.value or "")) for c in column)
        sheet.column_dimensions[column[0].column_letter].width = min(WIDEST_COLUMN, widest + 2)
