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
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 2.0


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
    """

    text: str
    record: Any = None
    json: str | None = None
    plot: Path | None = None
    draw: Callable[[Path], Any] | None = None
    csv: Path | None = None
    table: Callable[[], pd.DataFrame] | None = None


def check_outputs(json_path: str | None, plot: Path | None, csv: Path | None = None) -> None:
    """Refuse files that cannot be written before any work is done.

    Raises
    ------
    OutputError
        Naming the path, also where two would be the same file.
    """
    _refuse_one_file_for_two({"--json": None if json_path in (None, "-") else json_path, "--plot": plot, "--csv": csv})
    if csv is not None:
        from tradetarget.outputs import checked_path

        checked_path(csv)
    if json_path is not None and json_path != "-":
        from tradetarget.outputs import checked_path

        checked_path(json_path)
    if plot is not None:
        from tradetarget.plotting import checked_plot_path

        checked_plot_path(plot)


def _refuse_one_file_for_two(outputs: dict[str, str | Path | None]) -> None:
    from tradetarget.errors import OutputError

    seen: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        where = Path(path).resolve()
        if where in seen:
            raise OutputError(f"{seen[where]} and {option} both name {str(path)!r}: give each a file of its own")
        seen[where] = option


def emit(result: Result) -> None:
    """Write the files, each whole or not at all, then the text or the JSON."""
    written = None
    if result.json is not None:
        record = result.record() if callable(result.record) else result.record
        written = json.dumps(record, indent=2, ensure_ascii=result.json == "-", allow_nan=False)
    if result.plot is not None and result.draw is not None:
        with Progress("drawing"):
            result.draw(result.plot)
    table = None if result.csv is None or result.table is None else result.table()
    if written is not None and result.json not in (None, "-"):
        from tradetarget.outputs import write_whole

        write_whole(str(result.json), f"{written}\n".encode())
    if table is not None and result.csv is not None:
        from tradetarget.outputs import write_whole

        write_whole(result.csv, table.to_csv(index=False, lineterminator="\n").encode())
    if result.json == "-":
        print(written)
    elif result.text:
        first, *rest = result.text.split("\n")
        print("\n".join([styled(first, "1", sys.stdout), *rest]))
    sys.stdout.flush()


def styled(words: str, code: str, stream: TextIO) -> str:
    """``words`` in bold or colour on a terminal that wants it; plain elsewhere, and under NO_COLOR."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return words if plain else f"\x1b[{code}m{words}\x1b[0m"


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
        if sys.stderr.isatty():
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
