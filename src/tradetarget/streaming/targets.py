"""The targets of some series, found in a table of any order without holding all of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import DataError
from tradetarget.streaming.grouping import name_hashes
from tradetarget.streaming.sources import Source, as_table, open_source

NEEDED = ("unit", "target")
TARGETS_AT_ONCE = 1 << 20
"""Targets of a block of Parquet. Judgement, because they take 16 MB, and every block costs a table of names."""
PLAIN = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
"""A number as programs write it. A decimal comma or a thousands mark cannot be told apart cell by cell."""


class TargetRows(NamedTuple):
    """The targets of some series.

    Parameters
    ----------
    code
        (R,) index of the series that each target belongs to, ascending; targets of one series keep the order of the
        table.
    value
        (R,) levels; NaN where the cell is no number.
    cells
        The text of each cell that is no number, by row.
    """

    code: NDArray[np.int64]
    value: Array
    cells: dict[int, Any]

    def of(self, first: int, last: int) -> TargetRows:
        """The targets of the series from ``first`` up to ``last``, exclusive, with series counted from 0."""
        low, high = np.searchsorted(self.code, [first, last])
        cells = {row - low: cell for row, cell in self.cells.items() if low <= row < high}
        return TargetRows(self.code[low:high] - first, self.value[low:high], cells)


def numbers(column: Any) -> tuple[Array, dict[int, Any]]:
    """A column as numbers, and the text of cells that are no number, by row."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    cells: dict[int, Any] = {}
    if pa.types.is_string(column.type):
        plain = pc.fill_null(pc.match_substring_regex(column, PLAIN), False)
        wrong = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
        cells = {int(i): column[int(i)].as_py() for i in wrong}
        column = pc.cast(pc.utf8_trim_whitespace(pc.if_else(plain, column, None)), pa.float64())
    values = np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)
    if column.null_count:
        values = np.where(column.is_null().to_numpy(zero_copy_only=False), np.nan, values)
    return values, cells


@dataclass(frozen=True)
class Targets:
    """A table of targets: in memory, or Parquet files of which only the row groups that matter are read.

    Parameters
    ----------
    table
        An Arrow table with columns unit and target; None where ``source`` is given.
    source
        Parquet files.
    """

    table: Any
    source: Source | None = None

    @property
    def rows(self) -> int:
        """How many targets there are."""
        return int(self.table.num_rows) if self.source is None else self.source.rows

    def blocks(self, kept: Any = None) -> Iterator[Any]:
        """The table, or the rows of the files, a million at a time; ``kept`` is a filter of Arrow for the files."""
        if self.source is None:
            yield self.table
        else:
            for partition in range(len(self.source.partitions)):
                yield from self.source.blocks(partition, kept=kept, rows=TARGETS_AT_ONCE)

    def of(self, names: Any) -> TargetRows:
        """The targets of the series with these units."""
        low, high = (pc.min_max(names)[k] for k in ("min", "max"))
        codes, values, cells, rows = [np.empty(0, dtype=np.int64)], [np.empty(0)], dict[int, Any](), 0
        for block in self.blocks((ds.field("unit") >= low) & (ds.field("unit") <= high)):
            code = pc.index_in(block.column("unit"), value_set=names)
            matched = block.filter(code.is_valid())
            value, wrong = numbers(matched.column("target"))
            cells.update({rows + row: cell for row, cell in wrong.items()})
            codes.append(code.drop_null().to_numpy().astype(np.int64))
            values.append(value)
            rows += value.size
        code, value = np.concatenate(codes), np.concatenate(values)
        order = np.argsort(code, kind="stable")
        position = np.empty(order.size, dtype=np.int64)
        position[order] = np.arange(order.size)
        return TargetRows(code[order], value[order], {int(position[row]): cell for row, cell in cells.items()})

    def without_series(self, hashes: NDArray[np.uint64]) -> Iterator[tuple[Any, str]]:
        """Unit and level, as text, of the targets whose unit is none of those with these hashes."""
        for block in self.blocks():
            units = block.column("unit")
            units = units.combine_chunks() if isinstance(units, pa.ChunkedArray) else units
            unmatched = block.filter(pa.array(~np.isin(name_hashes(units), hashes)))
            value, cells = numbers(unmatched.column("target"))
            levels = (str(cells.get(row, level)) for row, level in enumerate(value.tolist()))
            yield from zip(unmatched.column("unit").to_pylist(), levels, strict=True)


def open_targets(targets: object, unit: Any) -> Targets:
    """Parquet files as they are; anything else as a table in memory whose units are of the panel's type.

    Raises
    ------
    DataError
        On no table, a missing column, no rows, a row without a unit, or units that are no units of the panel.
    """
    if isinstance(targets, str | os.PathLike):
        source = open_source(targets, NEEDED, "targets", 1 << 62)
        if source.is_parquet and source.schema.field("unit").type == unit:
            if source.has_null("unit"):
                raise _nameless()
            return Targets(None, source)
        table = pa.Table.from_batches(list(source.blocks(0)), schema=source.schema)
    else:
        table = as_table(targets, NEEDED, "targets")
    if table.column("unit").null_count:
        raise _nameless()
    try:
        return Targets(table.set_column(0, "unit", pc.cast(table.column("unit"), unit)))
    except pa.ArrowException:
        raise DataError(
            f"targets name units such as {table.column('unit')[0].as_py()!r}, and the panel's are of type {unit}: "
            "write both in one way"
        ) from None


def _nameless() -> DataError:
    return DataError("targets has a row without a unit: name it or leave it out")
