"""Checked series and their targets: the input of one part, small enough to be sent to another process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import DataError
from tradetarget.observations.panel import Panel, not_positive, panel_year, panel_years
from tradetarget.streaming.columns import AREAS, is_period
from tradetarget.streaming.grouping import Chunk
from tradetarget.streaming.targets import TargetRows, Targets, numbers

NO_YEAR = -(1 << 40)
"""In place of a year that could not be read; its series is refused."""
NO_PERIOD = "a row has no period: give its year"


@dataclass(frozen=True)
class Batch:
    """Some whole series with their targets.

    Parameters
    ----------
    name
        Of the part that its answers become.
    units
        (S,) an Arrow array.
    bounds
        (S + 1,) the first row of each series, and the end.
    year, value
        (N,) by series, years ascending.
    reporter, partner
        (S,) area codes of the last year, "" where there are none.
    asked
        The targets.
    refused
        Why a series cannot be answered, by its number.
    """

    name: str
    units: Any
    bounds: NDArray[np.int64]
    year: NDArray[np.int64]
    value: Array
    reporter: NDArray[Any]
    partner: NDArray[Any]
    target_rows: TargetRows
    refused: dict[int, str]

    @property
    def panel(self) -> Panel:
        """The histories as the pooled law takes them, units by number."""
        code = np.repeat(np.arange(len(self.units)), np.diff(self.bounds))
        origin = self.year[self.bounds[1:] - 1]
        return Panel(np.arange(len(self.units)), code, self.year, self.value, origin, self.reporter, self.partner)

    def inputs(self) -> str:
        """A hash of the figures and targets that the answers depend on; settings and prior have hashes of their own."""
        digest = hashlib.blake2b(digest_size=16)
        words = [*map(str, self.units.to_pylist()), *self.reporter, *self.partner]
        words += [f"{k}:{v}" for table in (self.refused, self.target_rows.cells) for k, v in sorted(table.items())]
        digest.update("\x1f".join(words).encode("utf8", "surrogatepass"))
        for array in (self.bounds, self.year, self.value, self.target_rows.code, self.target_rows.value):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def questions(self) -> tuple[NDArray[np.bool_], dict[int, str]]:
        """Which targets are answered, and the reason for each that is no positive number, by row."""
        code, value = self.target_rows.code, self.target_rows.value
        positive = np.isfinite(value) & (value > 0)
        reasons = {
            int(row): not_positive(
                "target", self.unit(code[row]), None, self.target_rows.cells.get(int(row), value[row])
            )
            for row in np.flatnonzero(~positive)
        }
        refused = np.zeros(len(self.units), dtype=bool)
        refused[list(self.refused)] = True
        return positive & ~refused[code], reasons

    def unit(self, number: int) -> Any:
        """The name of a series."""
        return self.units[int(number)].as_py()


def batches(chunk: Chunk, targets: Targets, names: Iterator[str], size: int) -> Iterator[Batch]:
    """The series of a chunk, ``size`` at a time, checked and with their targets."""
    year, value, order, refused = _checked(chunk)
    target_rows = targets.of(chunk.names)
    ends = pa.array(order[chunk.bounds[1:] - 1])
    areas = {n: _areas(chunk.rows.column(n).take(ends)) for n in AREAS if n in chunk.rows.column_names}
    nowhere = np.full(len(chunk.names), "", dtype=object)
    for first in range(0, len(chunk.names), size):
        last = min(first + size, len(chunk.names))
        low, high = chunk.bounds[first], chunk.bounds[last]
        yield Batch(
            next(names), chunk.names.slice(first, last - first), chunk.bounds[first : last + 1] - low,
            year[low:high], value[low:high],
            areas.get("reporter", nowhere)[first:last], areas.get("partner", nowhere)[first:last],
            target_rows.of(first, last), {k - first: why for k, why in refused.items() if first <= k < last},
        )  # fmt: skip


def _areas(column: Any) -> NDArray[Any]:
    return np.array(["" if a is None else a for a in column.to_pylist()], dtype=object)


def _checked(chunk: Chunk) -> tuple[NDArray[np.int64], Array, NDArray[np.int64], dict[int, str]]:
    """Years and values with the years of each series ascending, the row of each, and the series that cannot be used."""
    year, spans = _years(chunk.rows.column("period"))
    value, cells = numbers(chunk.rows.column("value"))
    code = np.repeat(np.arange(len(chunk.names)), np.diff(chunk.bounds))
    refused: dict[int, str] = {}
    for row in np.flatnonzero((year == NO_YEAR) | ~(np.isfinite(value) & (value > 0)))[::-1]:
        # Backwards, so that the first row that is wrong is the one that is named.
        unit = chunk.names[int(code[row])].as_py()
        when = spans.get(int(row))
        refused[int(code[row])] = (
            f"unit {unit!r}: {when}"
            if when
            else not_positive("panel value", unit, year[row], cells.get(int(row), value[row]))
        )
    order = np.arange(year.size)
    if (np.diff(year)[np.diff(code) == 0] <= 0).any():
        order = np.lexsort((year, code))
        year, value = year[order], value[order]
        for row in np.flatnonzero((np.diff(code) == 0) & (np.diff(year) == 0)):
            unit = chunk.names[int(code[row])].as_py()
            refused.setdefault(
                int(code[row]), f"unit {unit!r} stands twice in {year[row]}: keep one row a unit and period"
            )
    return year, value, order, refused


def _years(column: Any) -> tuple[NDArray[np.int64], dict[int, str]]:
    """The year of each row, and by row why there is none."""
    if is_period(column.type):
        periods = column.to_pandas()
        missing = periods.isna().to_numpy()
        year = np.full(missing.size, NO_YEAR)
        year[~missing] = panel_years(periods[~missing])[0]
        return year, dict.fromkeys(np.flatnonzero(missing).tolist(), NO_PERIOD)
    cells = column.combine_chunks().dictionary_encode()
    code = np.asarray(cells.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    years, wrong = np.full(len(cells.dictionary) + 1, NO_YEAR), {-1: NO_PERIOD}
    for number, cell in enumerate(cells.dictionary.to_pylist()):
        try:
            years[number] = panel_year(cell)
        except DataError as error:
            wrong[number] = str(error)
    rows = np.flatnonzero(np.isin(code, list(wrong)))
    return years[code], {int(row): wrong[int(code[row])] for row in rows}
