"""Where the program ``tradetarget`` starts: from here on an interruption is answered, before anything else is imported.

This module and the package above it import next to nothing. An interruption before it, while Python itself starts, is
Python's own to answer.
"""

import os
import signal
import sys


def main() -> int:
    """Run one command and return its exit status; ``tradetarget.cli.main`` answers interruptions of its work."""
    signal.signal(signal.SIGINT, _leave)
    from tradetarget.cli import main as run

    return run(sys.argv[1:])


def _leave(number: int, _: object) -> None:
    """One line, and the status of an interruption, at once: no file is open yet, or every file is written already."""
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(128 + number)
