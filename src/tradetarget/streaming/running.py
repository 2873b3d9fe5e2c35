"""A run over all partitions: in this process, in several, or on the workers of a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tradetarget.errors import DataError, TradeTargetError
from tradetarget.streaming.grouping import (
    Census,
    census,
    chunks,
    name_hashes,
    proves_unique,
    refuse_split,
    rows_of,
)
from tradetarget.streaming.parts import ERRORS, Record, Run, answer_part, parts_in
from tradetarget.streaming.series import Batch, batches
from tradetarget.streaming.sources import Source
from tradetarget.streaming.targets import Targets

Progress = Callable[[int, int], object]
WAITING = 2
"""Batches that wait for each process. Judgement, because one in work and one to follow keep it busy."""


@dataclass(frozen=True)
class Stream:
    """Rows that come once and in order: a reader of record batches, or a table in memory.

    Parameters
    ----------
    reader
        An Arrow reader.
    seen
        64-bit hashes of the units that have come so far, chunk by chunk.
    """

    reader: Any
    seen: list[NDArray[np.uint64]] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """What is read, and cut into batches.

    Parameters
    ----------
    panel
        The histories.
    targets
        What is asked of them.
    size
        Series of a part.
    counts
        What each partition holds; empty for a stream.
    """

    panel: Source | Stream
    targets: Targets
    size: int
    counts: tuple[Census, ...] = ()

    def batches(self, partition: int) -> Iterator[Batch]:
        """The batches of the series that begin in a partition."""
        names = (f"part-{partition:05d}-{k:06d}.parquet" for k in itertools.count())
        if isinstance(self.panel, Source):
            blocks: Iterator[Any] = rows_of(self.panel, partition, self.counts)
        else:
            blocks = _stream_blocks(self.panel.reader)
        for chunk in chunks(blocks, "panel"):
            if isinstance(self.panel, Stream):
                self.panel.seen.append(name_hashes(chunk.names))
            yield from batches(chunk, self.targets, names, self.size)

    @property
    def partitions(self) -> int:
        """How many there are."""
        return len(self.panel.partitions) if isinstance(self.panel, Source) else 1


def _stream_blocks(reader: Any) -> Iterator[Any]:
    try:
        yield from reader
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"panel: the stream of record batches broke off ({error}): give it anew") from None


def counted(panel: Source, each: Callable[..., Sequence[Census]]) -> tuple[Census, ...]:
    """What every partition holds, once it is sure that no series stands in two places.

    Raises
    ------
    DataError
        On no rows, or a series that does.
    """
    counts = tuple(each(partial(census, panel)))
    if not sum(c.series for c in counts):
        raise DataError("panel has no rows")
    if not proves_unique(counts):
        refuse_split(panel, each(partial(census, panel, hashes=True)))
    return counts


def in_this_process(work: Work, run: Run) -> Iterator[Record]:
    """One batch after another."""
    for partition in range(work.partitions):
        for batch in work.batches(partition):
            yield answer_part(batch, run)


def in_processes(work: Work, run: Run, jobs: int) -> Iterator[Record]:
    """This process reads, and ``jobs`` others answer and write.

    Raises
    ------
    TradeTargetError
        When one of them dies.
    """
    # A forked process would inherit locks of Arrow's threads in whatever state they are.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[Record]] = set()
        try:
            for batch in itertools.chain.from_iterable(map(work.batches, range(work.partitions))):
                waiting.add(pool.submit(answer_part, batch, run))
                if len(waiting) >= WAITING * jobs:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (f.result() for f in done)
            for future in waiting:
                yield future.result()
        except BrokenProcessPool:
            raise TradeTargetError(
                "a process of the run died, for want of memory, or because a script calls this outside "
                "'if __name__ == \"__main__\":'; the parts so far are kept: call again with resume=True and fewer jobs"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def refuse_returned(stream: Stream, run: Run) -> None:
    """A DataError where a series came back later in a stream; the parts that hold half of it are taken away."""
    everything = np.sort(np.concatenate(stream.seen)) if stream.seen else np.empty(0, dtype=np.uint64)
    twice = np.unique(everything[1:][everything[1:] == everything[:-1]])
    if not twice.size:
        return
    first = None
    for path in parts_in(run.folder):
        errors = run.folder / ERRORS / path.name
        for file in (path, errors):
            units = pc.unique(pq.read_table(file, columns=["unit"]).column(0)) if file.exists() else pa.array([])
            held = units.filter(pa.array(np.isin(name_hashes(units), twice))) if len(units) else units
            if len(held):
                first = held[0].as_py() if first is None else first
                path.unlink(missing_ok=True)
                errors.unlink(missing_ok=True)
    if first is not None:
        raise DataError(
            f"unit {first!r} comes back later in the stream: sort it by unit, so that the rows of a series stand "
            "together; the parts with such series are taken away"
        )
