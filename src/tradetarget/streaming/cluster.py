"""A run on the workers of a Dask cluster: one partition a task."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

from tradetarget.errors import TradeTargetError, first_line
from tradetarget.streaming.grouping import Census
from tradetarget.streaming.parts import Record, Run, answer_part
from tradetarget.streaming.running import Work

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of the parameters in malloc.h of glibc."""
LARGEST_KEPT = 32 << 20
"""Bytes of the largest array that is kept. The limit of glibc, to which it comes by itself, trimming at twice."""


def each_on(client: Any, function: Callable[[int], Census], partitions: range) -> list[Census]:
    """``function`` of the number of every partition, on the workers."""
    return list(_gathered(lambda: client.gather(client.map(function, partitions, pure=False))))


def on_cluster(client: Any, work: Work, run: Run) -> Iterator[Record]:
    """Answer every partition on the workers, which read and write themselves; the prior goes to each once.

    A partition that fails does not stop the others; a worker that dies is replaced by another, which finds the parts
    that the first has written.

    Raises
    ------
    TradeTargetError
        After all others are done, for the first partition that failed.
    """
    as_completed: Any = import_module("distributed").as_completed
    # The result of a task, and not scattered data: it goes to each worker once as well, and is made again where every
    # worker that held it has died. A future among the arguments is replaced by what it stands for, on the worker.
    shared = client.submit(_shared, work, replace(run, threads=1), pure=False)
    futures = client.map(_answer_partition, work.partitions, shared=shared, pure=False)
    number = {future.key: k for k, future in enumerate(futures)}
    failed: tuple[int, BaseException] | None = None
    for future in as_completed(futures):
        if future.status == "finished":
            yield from _gathered(future.result)
        elif future.status != "error":
            raise _failure(None, RuntimeError("its scheduler is gone, or the tasks were cancelled"))
        elif failed is None:
            failed = number[future.key], future.exception()
    if failed is not None:
        raise _failure(*failed)


def _shared(work: Work, run: Run) -> tuple[Work, Run]:
    return work, run


def _answer_partition(partition: int, shared: tuple[Work, Run]) -> list[Record]:
    work, run = shared
    _keep_freed_memory()
    return [answer_part(batch, run) for batch in work.batches(partition)]


def _keep_freed_memory() -> None:
    """Let the C library keep what one batch frees for the next, as it does in every process but a worker of Dask.

    Dask starts workers with a threshold of 64 KB for giving memory back, which also fixes the size from which an array
    is mapped anew at 128 KB. The pages of every array are then made again, and a batch takes 1.8 times as long
    (benchmarks/stream.py --dask). Where the C library has no such call, nothing is changed.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        library.mallopt(M_TRIM_THRESHOLD, 2 * LARGEST_KEPT)


def _gathered(ask: Callable[[], Any]) -> Any:
    """What workers give back; errors of theirs are the user's, and a lost cluster is one line."""
    try:
        return ask()
    except TradeTargetError:
        raise
    except Exception as error:  # noqa: BLE001 - kinds of errors of a scheduler that goes away are many
        raise _failure(None, error) from None


def _failure(partition: int | None, error: BaseException) -> TradeTargetError:
    if isinstance(error, TradeTargetError):
        return error
    reason = first_line(error)[:200]
    if partition is None:
        return TradeTargetError(
            f"the cluster was lost ({reason}): the parts so far are kept; call again with resume=True"
        )
    return TradeTargetError(
        f"partition {partition} was given up ({type(error).__name__}: {reason}): all other parts are kept; call again "
        "with resume=True, and with more memory for each worker where one was killed"
    )
