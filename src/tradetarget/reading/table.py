"""A file or a frame, read once: every figure with its period, and the names by which rows are chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, SettingError
from tradetarget.reading.choosing import choose_rows
from tradetarget.reading.frames import frame_grid
from tradetarget.reading.grid import Grid, make_grid, rows_of
from tradetarget.reading.large import large_grid
from tradetarget.reading.layouts import Long, arrange, columns_of
from tradetarget.reading.options import ReadOptions
from tradetarget.reading.period_cells import Span
from tradetarget.reading.periods import PeriodColumn, read_periods
from tradetarget.reading.record import Unused
from tradetarget.reading.sheets import archive_error, json_frame, kind_of, parquet_frame, sheet_rows
from tradetarget.reading.sources import Content, read_source
from tradetarget.reading.text import decode, find_separator, rows
from tradetarget.reading.values import Figures, is_blank, is_missing, read_figures
from tradetarget.units import stated_unit

LABELS = ("series", "flow", "reporter")
ZEROS_AHEAD = ("census", "japan")
"""Formats whose months that are not published yet stand as 0 (US Census Bureau, Japan Customs)."""
_TAKES = {
    "workbook": ("a workbook", ("sheet",)), "parquet": ("Parquet", ()), "json": ("JSON", ("encoding",)),
    "text": ("plain text", ("separator", "encoding")),
}  # fmt: skip
"""What a kind of file is called, and which of the options about kinds of files say how it is read."""
_NAMED_SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}


@dataclass(frozen=True)
class Table:
    """A table that was read, from which one series after another can be taken.

    Parameters
    ----------
    frame
        One figure a row: ``_line``, ``_column``, ``_period`` (an index into ``spans``), ``value`` (NaN where there is
        none), the labels series, flow and reporter, ``unit`` and the columns that observations carry.
    spans
        The distinct periods; None where the cell names none.
    problems
        Why a distinct period cannot be read, by its index in ``spans``.
    figures
        The figures of the column of values.
    periods
        How the period column was read.
    where, line_word, stem
        For messages: the file, whether its rows are lines, and a name for a series without one.
    layout
        The format and the layout, in words.
    unused
        Rows left out before any series was chosen.
    notes
        Decisions that the reader of an answer should know.
    cumulated
        Whether parts of years are sums from the start of the year, as the user says; None to decide by the figures.
    has_unit_column
        Whether a column states the units; a unit in a heading or banner gives way to one that is asked for.
    empty_period
        The index of the blank period, where there is one.
    value_name, period_name
        The headings of the columns of values and periods, where there is one of each; for messages.
    grid
        The rows as they were written; for messages.
    """

    frame: pd.DataFrame
    spans: tuple[Span | None, ...]
    problems: dict[int, str]
    figures: Figures
    periods: PeriodColumn
    where: str
    line_word: str
    stem: str | None
    layout: str
    unused: tuple[Unused, ...] = ()
    notes: tuple[str, ...] = ()
    cumulated: bool | None = None
    has_unit_column: bool = False
    empty_period: int | None = None
    value_name: str | None = None
    period_name: str | None = None
    grid: Grid | None = None

    def columns_apart(self, first: int, second: int) -> list[str]:
        """The columns, but those of values, in which two lines differ: what a choice between them can be made by."""
        if self.grid is None:
            return []
        rows = [int(np.flatnonzero(self.grid.lines == line)[0]) for line in (first, second)]
        one, other = (self.grid.cells.iloc[row].astype(str).str.strip() for row in rows)
        names = [str(self.grid.header[i]) for i in range(len(self.grid.header)) if one.iloc[i] != other.iloc[i]]
        return [n for n in names if n and n != self.value_name]

    @property
    def year_end(self) -> int:
        """The month in which the years end."""
        return self.periods.year_end

    def names(self, label: str, mask: NDArray[np.bool_] | None = None) -> list[str]:
        """The distinct names of a label, in order of first appearance; blanks left out."""
        if label not in self.frame:
            return []
        cells = self.frame[label] if mask is None else self.frame.loc[mask, label]
        return [str(n) for n in pd.unique(cells) if isinstance(n, str)]


def read_table(source: Any, options: ReadOptions | None = None) -> Table:
    """Read a file: CSV and other delimited text, a workbook, parquet, JSON; packed with gzip or not.

    Parameters
    ----------
    source
        A path, ``-`` for standard input, or an open file. It is read once.
    options
        What the user says of it.

    Raises
    ------
    DataError
        On a file that cannot be read, or that can be read in more than one way.
    UnknownNameError
        On a column, sheet or value that is not there.
    SettingError
        On an option about another kind of file, such as the sheet of a CSV file.
    """
    options = options or ReadOptions()
    content = read_source(source)
    grid, details = _grid(content, options)
    return _table(grid, options, content.stem, details)


def read_raw(source: Any, options: ReadOptions | None = None) -> pd.DataFrame:
    """A file as a frame of the cells as they were written, with the line of each row in ``_line``.

    For tables that are no series, such as panels and drivers; errors as in ``read_table``.
    """
    grid, _ = _grid(read_source(source), options or ReadOptions())
    twice = next((h for i, h in enumerate(grid.header) if str(h) and h in grid.header[:i]), None)
    if twice is not None:
        raise DataError(f"{grid.where} has two columns {str(twice)!r}: keep the one that counts")
    frame = grid.cells.set_axis([str(h) for h in grid.header], axis=1)
    return frame.assign(_line=grid.lines)


def _grid(content: Content, options: ReadOptions) -> tuple[Grid, str]:
    """The table inside the bytes, whatever they are, and how they were read where that is not the usual way."""
    data, where = content.data, content.name
    kind = kind_of(data)
    if kind == "archive":
        raise archive_error(data, where)
    if kind == "page":
        raise DataError(f"{where} is a web page or XML and no table: save the table in it as CSV or as a workbook")
    _refuse_without_effect(options, kind, where)
    if kind == "parquet":
        return frame_grid(parquet_frame(data, where), where), "parquet"
    if kind == "workbook":
        cells, sheet = sheet_rows(data, options.sheet, where)
        return make_grid(rows_of(cells), where, "row", names=options.names), f"sheet {sheet!r}"
    quick = None if options.encoding or kind != "text" else large_grid(data, options.separator, where, options.names)
    if quick is not None:
        grid, separator = quick
        return grid, _details_of_text(separator, "utf-8")
    text, encoding = decode(data, options.encoding, where)
    if kind == "json":
        return frame_grid(json_frame(text, where), where), "JSON"
    separator = options.separator or find_separator(text)
    table_rows = rows(text, separator, where)
    grid = make_grid(table_rows, where, "line", names=options.names, comma_decimals=separator == ";")
    return grid, _details_of_text(separator, encoding)


def _refuse_without_effect(options: ReadOptions, kind: str, where: str) -> None:
    """Refuse an option about another kind of file: it would be ignored, and nobody would be told."""
    called, taken = _TAKES[kind]
    for name in ("sheet", "separator", "encoding"):
        value = getattr(options, name)
        if value is not None and name not in taken:
            raise SettingError(f"{name} {value!r} has no effect on {where}, which is {called}: leave it out")


def _details_of_text(separator: str, encoding: str) -> str:
    """How text was read, where that is not by commas and in UTF-8."""
    how = [f"separated by {_NAMED_SEPARATORS.get(separator, repr(separator))}"] if separator != "," else []
    how += [f"in {encoding}"] if encoding != "utf-8" else []
    return ", ".join(how)


def read_frame(table: object, options: ReadOptions | None = None, where: str = "the table") -> Table:
    """Read a table in memory; see ``frames.to_pandas`` for its kinds.

    Raises
    ------
    DataError, UnknownNameError
        As ``read_table``.
    """
    return _table(frame_grid(table, where), options or ReadOptions(), None, "")


def _table(grid: Grid, options: ReadOptions, stem: str | None, details: str) -> Table:
    columns = columns_of(grid, options.column or {})
    columns, unused = choose_rows(columns, options.select or {})
    long = arrange(columns)
    where = grid.where
    frame = _without_empty(long.frame)
    codes, distinct = _distinct(frame.pop("period"))
    periods = read_periods(distinct, options.periods, where)
    spans = tuple(periods.spans.get(v) for v in distinct)
    problems = {i: periods.problems[v] for i, v in enumerate(distinct) if v in periods.problems}
    empty = next((i for i, v in enumerate(distinct) if v is None or not str(v).strip()), None)
    figures = read_figures(
        frame["value"], options.decimal, where,
        locale_comma=grid.comma_decimals, break_flag=long.format.key == "eurostat",
    )  # fmt: skip
    if long.format.key in ZEROS_AHEAD:
        figures = _without_zeros_ahead(frame, codes, spans, figures)
    frame = frame.assign(_period=codes, _written=frame["value"].astype(object), value=figures.number)
    notes = [*periods.notes, *_tidy_labels(frame)]
    if figures.flagged:
        notes.append(f"flags beside figures are left out (as in {figures.flagged.strip()!r})")
    if figures.decimal == ",":
        notes.append("the decimal mark is a comma")
    if "unit" not in frame and (unit := _banner_unit(grid.banner)) is not None:
        frame["unit"] = unit
    skipped = [Unused(reason, n) for reason, n in grid.skipped.items()]
    layout = ", ".join(t for t in (_title(long), details) if t)
    return Table(
        frame, spans, problems, figures, periods, where, grid.line_word, stem, layout, (*unused, *skipped),
        tuple(notes), options.cumulated, long.has_unit_column, empty,
        long.value_name, long.period_name, columns.grid,
    )  # fmt: skip


def _without_zeros_ahead(
    frame: pd.DataFrame, codes: NDArray[np.int64], spans: tuple[Span | None, ...], figures: Figures
) -> Figures:
    """The figures without the zeros after the last figure of each series, which stand for months to come."""
    ends = np.array([0 if s is None else s.end.toordinal() for s in spans], dtype=np.int64)[codes]
    labels = [frame[c].astype(str) for c in ("series", "flow") if c in frame]
    group = pd.Series("", index=frame.index) if not labels else sum(labels[1:], labels[0])
    shown = pd.Series(np.where(figures.number > 0, ends, 0)).groupby(group.to_numpy()).transform("max").to_numpy()
    ahead = (figures.number == 0) & (ends > shown)
    return replace(figures, number=np.where(ahead, np.nan, figures.number), missing=figures.missing | ahead)


def _title(long: Long) -> str:
    return long.layout if long.format.key == "plain" else f"{long.format.title}, {long.layout}"


def _without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that hold a period or a figure."""
    blank = _blanks(frame["period"]) & _blanks(frame["value"])
    return frame.loc[~blank].reset_index(drop=True) if blank.any() else frame.reset_index(drop=True)


def _blanks(cells: pd.Series[Any]) -> NDArray[np.bool_]:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return np.asarray(cells.isna().to_numpy(), dtype=bool)
    codes, distinct = pd.factorize(cells.astype(object).to_numpy(dtype=object), use_na_sentinel=False)
    return np.isin(codes, [i for i, c in enumerate(distinct) if is_blank(c)])


def _distinct(cells: pd.Series[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    """Codes and distinct cells; a missing one is None."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(object)
    objects = cells.astype(object).to_numpy(dtype=object)
    codes, distinct = pd.factorize(objects, use_na_sentinel=False)
    return codes, [None if not isinstance(c, str) and is_missing(c) else c for c in distinct]


def _tidy_labels(frame: pd.DataFrame) -> list[str]:
    """Write names that differ in case or spaces alike, blanks as None; and say so."""
    notes = []
    for label in LABELS:
        if label not in frame:
            continue
        codes, distinct = pd.factorize(frame[label].to_numpy(dtype=object), use_na_sentinel=False)
        written: dict[str, str] = {}
        names: list[str | None] = []
        spellings: dict[str, set[str]] = {}
        for cell in distinct:
            if is_blank(cell):
                names.append(None)
                continue
            text = " ".join(str(cell).split())
            names.append(written.setdefault(text.casefold(), text))
            spellings.setdefault(text.casefold(), set()).add(str(cell))
        frame[label] = np.array([*names, None], dtype=object)[codes]
        several = next((s for s in spellings.values() if len(s) > 1), None)
        if several:
            notes.append(
                f"{label} names that differ in case or spaces alone are one ({', '.join(map(repr, sorted(several)))})"
            )
    return notes


_IN_BANNER = re.compile(r"(?:unit|in|единица)\s*:?\s*(?P<unit>[^()]+)$|\((?P<inside>[^()]+)\)", re.IGNORECASE)


def _banner_unit(banner: Iterable[str]) -> str | None:
    """The unit that stands above the heading: "Unit: 1,000 YEN", "(US$ million)"."""
    for text in banner:
        for match in _IN_BANNER.finditer(text):
            unit = stated_unit((match["unit"] or match["inside"]).strip(" .,;"))
            if unit is not None:
                return str(unit)
    return None
