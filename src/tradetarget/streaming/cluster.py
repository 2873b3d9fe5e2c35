"""A run on the workers of a Dask cluster: one partition a task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from tradetarget.errors import TradeTargetError
from tradetarget.streaming.grouping import Census
from tradetarget.streaming.parts import Record, Run
from tradetarget.streaming.running import Work, answer_partition


def each_on(client: Any, function: Callable[[int], Census], partitions: int) -> list[Census]:
    """``function`` of the number of every partition, on the workers."""
    return list(_gathered(client, lambda: client.gather(client.map(function, range(partitions), pure=False))))


def on_cluster(client: Any, work: Work, run: Run) -> Iterator[Record]:
    """Answer every partition on the workers, which read and write themselves; the prior is sent to each once.

    A partition that fails does not stop the others; a worker that dies is replaced by another, which finds the parts
    that the first has written.

    Raises
    ------
    TradeTargetError
        After all others are done, for the first partition that failed.
    """
    as_completed: Any = import_module("distributed").as_completed
    shared = _gathered(client, lambda: client.scatter([work, replace(run, threads=1)], broadcast=True))
    # Futures among the arguments of every task are replaced by what they stand for, on the worker.
    futures = client.map(answer_partition, range(work.partitions), work=shared[0], run=shared[1], pure=False)
    number = {future.key: k for k, future in enumerate(futures)}
    failed: tuple[int, BaseException] | None = None
    for future in as_completed(futures):
        if future.status == "finished":
            yield from _gathered(client, future.result)
        elif failed is None:
            failed = number[future.key], _reason(future)
    if failed is not None:
        raise _failure(*failed)


def _gathered(client: Any, ask: Callable[[], Any]) -> Any:
    """What workers give back; errors of theirs are the user's, and a lost cluster is one line."""
    try:
        return ask()
    except TradeTargetError:
        raise
    except Exception as error:  # noqa: BLE001 - kinds of errors of a scheduler that goes away are many
        raise _failure(None, error) from None


def _reason(future: Any) -> BaseException:
    try:
        return future.exception() or TradeTargetError("its task was cancelled")
    except Exception as error:  # noqa: BLE001 - as above
        return error


def _failure(partition: int | None, error: BaseException) -> TradeTargetError:
    if isinstance(error, TradeTargetError):
        return error
    which = "the cluster was lost" if partition is None else f"partition {partition} was given up"
    lines = str(error).strip().splitlines() or [""]
    return TradeTargetError(
        f"{which} ({type(error).__name__}: {lines[0][:200]}): the parts so far are kept; go on with --resume, and with "
        "more memory for each worker where one was killed"
    )
