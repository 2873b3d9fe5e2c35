"""A run over all partitions: in this process, in several, or on the workers of a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from tradetarget.errors import TradeTargetError
from tradetarget.streaming.grouping import (
    Census,
    chunks,
    rows_of,
)
from tradetarget.streaming.parts import Record, Run, answer_part
from tradetarget.streaming.series import Batch, batches
from tradetarget.streaming.sources import Source
from tradetarget.streaming.targets import Targets

Progress = Callable[[int, int], object]
WAITING = 2
"""Batches that wait for each process. Judgement, because one in work and one to follow keep it busy."""


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
        What each partition holds.
    """

    panel: Source
    targets: Targets
    size: int
    counts: tuple[Census, ...]

    def batches(self, partition: int) -> Iterator[Batch]:
        """The batches of the series that begin in a partition."""
        names = (f"part-{partition:05d}-{k:06d}.parquet" for k in itertools.count())
        for chunk in chunks(rows_of(self.panel, partition, self.counts), "panel"):
            yield from batches(chunk, self.targets, names, self.size)

    @property
    def partitions(self) -> range:
        """Their numbers."""
        return range(len(self.panel.partitions))


def in_this_process(work: Work, run: Run) -> Iterator[Record]:
    """One batch after another."""
    for batch in itertools.chain.from_iterable(map(work.batches, work.partitions)):
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
            for batch in itertools.chain.from_iterable(map(work.batches, work.partitions)):
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
