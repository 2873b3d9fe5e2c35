"""Tables that are in memory already: frames of pandas, polars and pyarrow, dicts and lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.errors import DataError, first_line
from tradetarget.reading.grid import Grid
from tradetarget.reading.headings import is_whole_period, role_of
from tradetarget.reading.values import is_hashable
from tradetarget.text_cleaning import escaped

FLOAT_BITS = 1023
"""Bits of the largest whole number that a float of double precision holds (IEEE 754)."""
_EXPECTED = "give a pandas DataFrame with the columns period and value"


def to_pandas(table: object) -> pd.DataFrame:
    """Any table as a pandas frame.

    pandas frames and series, polars and pyarrow tables and others that offer ``to_pandas`` or the dataframe interchange
    protocol, dicts of columns, lists of records, and lists of (period, value) pairs.

    Raises
    ------
    DataError
        On anything else.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pd.Series):
        return (
            table.rename("value").rename_axis("period").reset_index()
            if table.index.nlevels == 1
            else table.to_frame("value")
        )
    if isinstance(table, str | bytes):
        raise DataError(f"expected a table, got text: read a file with TradeSeries.from_csv, or {_EXPECTED}")
    try:
        converted = _converted(table)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - another library's frame can fail in any way
        name = type(table).__name__
        raise DataError(f"the {name} cannot be read as a table ({first_line(error)}): {_EXPECTED}") from None
    if converted is None:
        raise DataError(f"expected a table, got {type(table).__name__}: {_EXPECTED}")
    return converted


def _converted(table: Any) -> pd.DataFrame | None:
    if type(table).__module__.split(".")[0] == "polars":
        collected = table.collect() if hasattr(table, "collect") else table
        return pd.DataFrame(collected.to_dict(as_series=False))
    if hasattr(table, "to_pandas"):
        frame = table.to_pandas()
        return frame if isinstance(frame, pd.DataFrame) else None
    if hasattr(table, "__dataframe__"):
        return pd.api.interchange.from_dataframe(table)
    if isinstance(table, Mapping):
        if table and all(np.isscalar(v) for v in table.values()):
            return pd.DataFrame({"period": list(table), "value": list(table.values())})
        return pd.DataFrame(dict(table))
    if isinstance(table, list | tuple | np.ndarray):
        rows = list(table)
        if rows and all(isinstance(r, Mapping) for r in rows):
            return pd.DataFrame.from_records(rows)
        if rows and all(isinstance(r, list | tuple | np.ndarray) and len(r) == 2 for r in rows):
            return pd.DataFrame(rows, columns=["period", "value"])
        raise DataError(
            f"a list of {type(rows[0]).__name__ if rows else 'nothing'} is no table: give (period, value) pairs"
        )
    return None


def frame_grid(table: object, where: str) -> Grid:
    """The grid of a table in memory; the index is a column where it holds what no column does.

    Raises
    ------
    DataError
        On no table, no rows, or two columns of one name.
    """
    frame = with_index(to_pandas(table))
    frame = _flat_columns(frame)
    columns = list(frame.columns)
    twice = next((c for c in columns if columns.count(c) > 1), None)
    if twice is not None:
        raise DataError(f"{where} has two columns {str(twice)!r}: keep the one that counts")
    if frame.empty:
        if not columns:
            raise DataError(f"{where} has no columns: {_EXPECTED}")
        raise DataError(f"{where} has a header but no rows: give at least one period and value")
    lines = np.arange(1, len(frame) + 1, dtype=np.int64)
    cells = plain_cells(frame)
    cells.columns = pd.RangeIndex(len(columns))
    return Grid(tuple(columns), cells, lines, where, "row")


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with rows numbered from 0, no categories, and cells that can be looked up: a list or dict is its text.

    Columns are taken by their place, because two may have one name.
    """
    cells = frame.reset_index(drop=True)
    plain = {i: _plain_column(column) for i, (_, column) in enumerate(cells.items())}
    return pd.DataFrame(plain, index=cells.index).set_axis(cells.columns, axis=1)


def _plain_column(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if column.dtype != object:
        return column
    cells = [c if isinstance(c, str) and "\x00" not in c else _plain_cell(c) for c in column]
    return pd.Series(cells, index=column.index, dtype=object)


def _plain_cell(cell: object) -> object:
    """A cell that can be looked up, without NUL; a whole number that no float holds is infinite."""
    if isinstance(cell, str):
        return escaped(cell)
    if isinstance(cell, int) and cell.bit_length() > FLOAT_BITS:
        return math.inf if cell > 0 else -math.inf
    return cell if is_hashable(cell) else str(cell)


def with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as columns, where the index says something: it has names, or holds periods."""
    index = _plain_index(frame.index)
    frame = frame.set_axis(index) if index is not frame.index else frame
    if index.nlevels > 1 or index.name is not None:
        taken = {str(c) for c in frame.columns}
        repeated = [i for i, name in enumerate(index.names) if str(name) in taken]
        without = frame.reset_index(level=repeated, drop=True) if repeated else frame
        return without if len(repeated) == index.nlevels else without.reset_index()
    has_period = any((role_of(c) or ("", 0))[0] in ("period", "year") for c in frame.columns)
    if isinstance(index, pd.RangeIndex) or has_period:
        return frame
    holds_periods = isinstance(index, pd.PeriodIndex | pd.DatetimeIndex) or (
        len(index) > 0 and is_whole_period(index[0])
    )
    return frame.rename_axis("period").reset_index() if holds_periods else frame


def _plain_index(index: pd.Index) -> pd.Index:
    """The index with labels that pandas can make a column of."""
    if isinstance(index, pd.MultiIndex):
        plain: list[Any] = [_plain_index(level) for level in index.levels]
        return index.set_levels(plain)
    if index.dtype != object:
        return index
    return pd.Index([_plain_cell(label) for label in index], dtype=object, name=index.name, tupleize_cols=False)


def _flat_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of several levels as one text each."""
    if frame.columns.nlevels == 1:
        return frame
    flat = frame.copy()
    flat.columns = pd.Index([" ".join(str(part) for part in c if str(part)) for c in frame.columns])
    return flat
