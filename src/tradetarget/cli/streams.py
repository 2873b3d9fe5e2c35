"""Standard output and standard error, which may be closed, full, or read by nobody."""

from __future__ import annotations

import os
import sys
from typing import TextIO


class StreamError(Exception):
    """Standard output that cannot be written to."""


def check_streams() -> None:
    """Make both streams safe to write any text to, before any work.

    Raises
    ------
    StreamError
        When standard output is closed.
    """
    if sys.stderr is None:
        # Its number would go to the next file that is opened, and messages would end up in that.
        sys.stderr = open(os.devnull, "w", encoding="utf8")  # noqa: PTH123, SIM115
    if sys.stdout is None or _is_closed(sys.stdout):
        raise StreamError("standard output is closed: redirect it, to /dev/null where the answer is written to files")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _is_closed(stream: TextIO) -> bool:
    try:
        os.fstat(stream.fileno())
    except OSError as error:
        # A stream of a test or a notebook has no number: io.UnsupportedOperation, without an errno.
        return error.errno is not None
    except ValueError:
        return stream.closed
    return False


def show(text: str) -> None:
    """Write lines to standard output, to the last byte.

    Raises
    ------
    BrokenPipeError
        When its reader has gone.
    StreamError
        When it cannot be written to: a full disk.
    """
    try:
        print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StreamError(f"standard output cannot be written: {reason}; write the answer elsewhere") from None


def say(*words: str) -> None:
    """A line on standard error; ``say(label, code, text)`` colours the label. Where it cannot be said, nothing is."""
    line = " ".join([styled(words[0], words[1], sys.stderr), words[2]]) if len(words) == 3 else " ".join(words)
    try:
        print(line, file=sys.stderr)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        _to_nowhere(sys.stderr)


def styled(words: str, code: str, stream: TextIO) -> str:
    """``words`` in bold or colour on a terminal that wants it; plain elsewhere, and under NO_COLOR."""
    try:
        plain = not stream.isatty()
    except (ValueError, AttributeError):
        plain = True
    plain = plain or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return words if plain else f"\x1b[{code}m{words}\x1b[0m"


def leave_standard_output() -> None:
    """Nothing more goes to standard output, not even when the interpreter flushes it on its way out."""
    _to_nowhere(sys.stdout)


def _to_nowhere(stream: TextIO | None) -> None:
    try:
        number = stream.fileno() if stream is not None else -1
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if number >= 0 and number != nowhere:
            os.dup2(nowhere, number)
            os.close(nowhere)
    except (OSError, ValueError):
        return
