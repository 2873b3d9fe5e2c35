"""What a command hands back, and how it is written: files first and whole, then standard output."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tradetarget.cli.streams import show, styled
from tradetarget.text_cleaning import escaped, escaped_json

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 2.0
"""Seconds before progress is shown. Judgement, because a line that comes and goes sooner only flickers."""
STANDARD = "-"


@dataclass(frozen=True)
class Result:
    """An answer that is complete and not yet shown.

    Parameters
    ----------
    text
        For standard output.
    record
        The same as plain data, or a function that gives it when it is to be written.
    json
        Where to write the record: a file, or "-" for standard output instead of the text.
    plot
        A file for the picture.
    draw
        Draws and saves it.
    csv
        A file for the table.
    table
        Gives the table, a DataFrame.
    write
        Writes the file that the command is for, where it is for one.
    """

    text: str
    record: Any = None
    json: str | None = None
    plot: Path | None = None
    draw: Callable[[Path], Any] | None = None
    write: Callable[[], Any] | None = None
    csv: Path | None = None
    table: Callable[[], pd.DataFrame] | None = None


def emit(result: Result) -> None:
    """Write the files, all of them or none, then the text or the JSON."""
    from tradetarget.outputs import together, write_whole

    record = None
    if result.json is not None:
        plain = result.record() if callable(result.record) else result.record
        record = json.dumps(plain, indent=2, ensure_ascii=result.json != STANDARD, allow_nan=False)
    table = None if result.csv is None or result.table is None else result.table()
    with together():
        if result.write is not None:
            result.write()
        if result.plot is not None and result.draw is not None:
            with Progress("drawing"):
                result.draw(result.plot)
        if record is not None and result.json not in (None, STANDARD):
            write_whole(str(result.json), f"{record}\n".encode())
        if table is not None and result.csv is not None:
            write_whole(result.csv, table.to_csv(index=False, lineterminator="\n").encode())
    if result.json == STANDARD and record is not None:
        show(escaped_json(record))
    elif result.text:
        first, *below = escaped(result.text).split("\n")
        show("\n".join([styled(first, "1", sys.stdout), *below]))


class Progress:
    """A line on standard error that counts seconds once work has lasted over two; only on a terminal.

    Parameters
    ----------
    doing
        What is being done, in a word.
    """

    def __init__(self, doing: str) -> None:
        self._doing, self._done = doing, threading.Event()
        self._share = ""
        self._thread: threading.Thread | None = None

    def tick(self, done: int, whole: int) -> None:
        """Say how far it is."""
        self._share = f" {100 * done // max(1, whole)} %"

    def __enter__(self) -> Progress:
        # The line is taken back by an escape sequence, and NO_COLOR says that none are wanted.
        if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
            self._thread = threading.Thread(target=self._count, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _count(self) -> None:
        start, shown = time.monotonic(), False
        wait = PATIENCE
        while not self._done.wait(wait):
            print(f"\r{self._doing}{self._share} ... {time.monotonic() - start:.0f} s", end="", file=sys.stderr)
            sys.stderr.flush()
            shown, wait = True, 0.5
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr)
            sys.stderr.flush()
