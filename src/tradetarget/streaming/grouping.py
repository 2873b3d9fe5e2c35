"""From rows to whole series: where each begins, and that none stands in two places.

The rows of a series stand together. A series may go on in the next partition; it then belongs to the one in which it
begins. A series that comes back later is refused and named before anything is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tradetarget.errors import DataError
from tradetarget.streaming.sources import Source

SERIES_AT_ONCE = 1 << 17
"""Series whose rows are held at once. Judgement, because thirty years of so many take 100 MB, and the targets are
looked through once for each."""


class Census(NamedTuple):
    """What one partition holds, from its column ``unit`` alone.

    Parameters
    ----------
    series
        Number of series that have rows in it.
    first, last
        The units of its first and last row; None where it has no rows.
    smallest, largest
        The least and the greatest unit, in the order of code points or of numbers.
    ascending
        Whether every unit is greater than the one before it, so that none can come twice.
    hashes
        64-bit hashes of the units, in order; empty unless asked for.
    """

    series: int
    first: Any
    last: Any
    smallest: Any
    largest: Any
    ascending: bool
    hashes: NDArray[np.uint64]


class Chunk(NamedTuple):
    """Whole series with their rows.

    Parameters
    ----------
    names
        (S,) the units, an Arrow array.
    bounds
        (S + 1,) the first row of each, and the end.
    rows
        A table of everything but the units.
    """

    names: Any
    bounds: NDArray[np.int64]
    rows: Any


def starts_of(units: Any, what: str) -> NDArray[np.int64]:
    """The rows of a column at which a unit begins.

    Raises
    ------
    DataError
        On a row without a unit.
    """
    if units.null_count:
        raise DataError(f"{what} has a row without a unit: name it or leave it out")
    changed = pc.not_equal(units.slice(1), units.slice(0, len(units) - 1)).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.flatnonzero(changed) + 1]).astype(np.int64)


def name_hashes(names: Any) -> NDArray[np.uint64]:
    """64-bit hashes of units."""
    cells = names.to_numpy(zero_copy_only=False)
    return np.asarray(pd.util.hash_array(cells, categorize=False), dtype=np.uint64)


def census(source: Source, partition: int, hashes: bool = False) -> Census:
    """Count the series of one partition, and find out whether the units ascend."""
    last: Any = None
    first: Any = None
    ends: list[Any] = []
    hashed = [np.empty(0, dtype=np.uint64)]
    series, ascending = 0, True
    for block in source.blocks(partition, ["unit"]):
        units = block.column(0)
        if not len(units):
            continue
        names = units.take(pa.array(starts_of(units, source.what)))
        names = names.slice(1) if series and names[0].as_py() == last else names
        if len(names):
            bounds = [pc.min_max(names)[k].as_py() for k in ("min", "max")]
            steps = pc.all(pc.greater(names.slice(1), names.slice(0, len(names) - 1))).as_py()
            ascending = ascending and steps is not False and (last is None or names[0].as_py() > last)
            ends += bounds
            series += len(names)
            if hashes:
                hashed.append(name_hashes(names))
            first = names[0].as_py() if first is None else first
            last = names[-1].as_py()
    return Census(
        series, first, last, min(ends, default=None), max(ends, default=None), ascending, np.concatenate(hashed)
    )


def proves_unique(counts: Sequence[Census]) -> bool:
    """Whether the order of the units alone shows that no series stands in two places."""
    filled = [(c.smallest, c.largest, k, c.ascending) for k, c in enumerate(c for c in counts if c.series)]
    filled.sort(key=lambda f: f[:3])
    if not all(f[3] for f in filled):
        return False
    return all(a[1] < b[0] or (a[1] == b[0] and b[2] == a[2] + 1) for a, b in pairwise(filled))


def refuse_split(source: Source, counts: Sequence[Census]) -> None:
    """A DataError that names the first series that stands in two places; ``counts`` come with hashes."""
    hashes = []
    before: Any = None
    for count in counts:
        hashes.append(count.hashes[1:] if count.series and count.first == before else count.hashes)
        before = count.last if count.series else before
    everything = np.sort(np.concatenate(hashes)) if hashes else np.empty(0, dtype=np.uint64)
    twice = np.unique(everything[1:][everything[1:] == everything[:-1]])
    if not twice.size:
        return
    seen: dict[Any, int] = {}
    before = None
    for partition in range(len(source.partitions)):
        for block in source.blocks(partition, ["unit"]):
            if not block.num_rows:
                continue
            names = block.column(0).take(pa.array(starts_of(block.column(0), source.what)))
            suspects = np.flatnonzero(np.isin(name_hashes(names), twice))
            for at in suspects:
                name = names[int(at)].as_py()
                # Different names may share a hash: only a name that comes back is refused.
                if name in seen and not (at == 0 and name == before):
                    _refuse(source, name, seen[name], partition)
                seen[name] = partition
            before = names[-1].as_py()


def _refuse(source: Source, name: Any, earlier: int, later: int) -> None:
    where, again = source.where(earlier), source.where(later)
    places = f"twice, apart, in {where}" if earlier == later else f"in {where} and again in {again}"
    raise DataError(
        f"unit {name!r} stands {places}: sort the panel by unit, so that the rows of a series stand together"
    )


def rows_of(source: Source, partition: int, counts: Sequence[Census]) -> Iterator[Any]:
    """The rows of the series that begin in a partition.

    Rows at its start that continue a series of an earlier partition are left out; rows of its last series that stand in
    later partitions are included.
    """
    count = counts[partition]
    before = next((c.last for c in reversed(counts[:partition]) if c.series), None)
    began_before = count.series > 0 and count.first == before
    if not count.series or (began_before and count.series == 1):
        return
    for block in source.blocks(partition):
        skipped = _run(block, before) if began_before else 0
        began_before = began_before and skipped == block.num_rows
        if skipped < block.num_rows:
            yield block.slice(skipped)
    for later in range(partition + 1, len(counts)):
        if counts[later].series and counts[later].first != count.last:
            return
        for block in source.blocks(later):
            run = _run(block, count.last)
            if run:
                yield block.slice(0, run)
            if run < block.num_rows:
                return


def _run(block: Any, unit: Any) -> int:
    """How many rows at the head of a block are of this unit."""
    other = pc.not_equal(block.column("unit"), pa.scalar(unit, block.schema.field("unit").type))
    position = pc.index(other, True).as_py()
    return block.num_rows if position < 0 else int(position)


def chunks(blocks: Iterable[Any], what: str, size: int = SERIES_AT_ONCE) -> Iterator[Chunk]:
    """Whole series, ``size`` at a time, from record batches in which the rows of a series stand together."""
    held: list[Any] = []
    starts = np.empty(0, dtype=np.int64)
    rows, last = 0, None
    for block in blocks:
        if not block.num_rows:
            continue
        units = block.column("unit")
        new = starts_of(units, what)
        if rows and units[0].as_py() == last:
            new = new[1:]
        starts = np.concatenate([starts, new + rows])
        held.append(block)
        rows, last = rows + block.num_rows, units[-1].as_py()
        while starts.size > size:
            # The last series may go on in the next block, so that one more than asked for has to have begun.
            cut = int(starts[size])
            table = pa.Table.from_batches(held)
            yield _chunk(table.slice(0, cut), starts[:size])
            remainder = table.slice(cut)
            held, rows, starts = remainder.to_batches(), remainder.num_rows, starts[size:] - cut
    if rows:
        yield _chunk(pa.Table.from_batches(held), starts)


def _chunk(table: Any, starts: NDArray[np.int64]) -> Chunk:
    names = table.column("unit").take(pa.array(starts)).combine_chunks()
    names = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    return Chunk(names, np.append(starts, table.num_rows), table.drop_columns(["unit"]))
