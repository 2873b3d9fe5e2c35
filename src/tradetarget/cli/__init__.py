"""The command line: the only room that prints and exits.

Exit status 0; 2 on bad input, with one line on standard error that names the offending value and nothing on standard
output; 130 when interrupted; 141 when the reader of a pipe has gone. This module imports nothing but the standard
library, so that an interruption while the command line is being loaded is one line as well.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

DEBUG = "TRADETARGET_DEBUG"
"""The environment variable that shows the traceback of an error that the library does not raise on purpose."""
REFUSED, INTERRUPTED, PIPE_CLOSED = 2, 128 + signal.SIGINT, 141
"""Exit statuses as shells use them. Bad usage, and 128 plus the signal that ended a command (141 is SIGPIPE's)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv
        Arguments after the program's name; default those of the process.
    """
    interruptions: list[int] = []
    try:
        with _noticed(interruptions):
            return _status(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # noqa: BLE001
        # The last resort: whatever went wrong, a user of the command line sees one line.
        return _interrupted() if interruptions else _unexpected(error)


def _status(words: list[str]) -> int:
    from tradetarget.cli.streams import StreamError, check_streams, leave_standard_output, say

    try:
        check_streams()
        from tradetarget.cli.application import run

        return run(words)
    except BrokenPipeError:
        leave_standard_output()
        return PIPE_CLOSED
    except StreamError as error:
        leave_standard_output()
        say("error:", "31", str(error))
        return REFUSED


@contextmanager
def _noticed(interruptions: list[int]) -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt as ever and is noted, because libraries turn it into errors of their own."""

    def note(number: int, frame: FrameType | None) -> None:
        interruptions.append(number)
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:
        # Signals are handled in the main thread alone.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


def _interrupted() -> int:
    from tradetarget.cli.streams import say

    say("interrupted")
    return INTERRUPTED


def _unexpected(error: Exception) -> int:
    """One line about an exception that nobody foresaw, and its traceback where it is asked for."""
    from tradetarget.cli.streams import leave_standard_output, say
    from tradetarget.text_cleaning import message

    if os.environ.get(DEBUG):
        import traceback

        say("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, MemoryError):
        words = "memory ran out: ask for fewer paths, years or series"
    elif isinstance(error, OSError):
        words = f"the system refused: {error}; check the file, the disk and the permissions ({DEBUG}=1 shows where)"
    else:
        words = f"{type(error).__name__}: {error}; this is a fault of tradetarget, and {DEBUG}=1 shows where: report it"
    say("error:", "31", message(words))
    leave_standard_output()
    return REFUSED


def __getattr__(name: str) -> Any:
    if name == "app":
        from tradetarget.cli.application import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["app", "main"]
