"""What ``tradetarget`` says when it is called alone: one screen of what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

QUESTION = "When will a trade series reach a target, and how sure can anyone be?"
START = (
    ("tradetarget forecast --by 2030", "the bundled question"),
    ("tradetarget forecast mine.csv --target 5", "figures of your own"),
    ("tradetarget scenarios --template -o mine.toml", "what if: a file to fill in"),
    ("tradetarget report --by 2030 -o report.html", "everything on one page"),
)
WIDTH = 80


def welcome(commands: Iterable[tuple[str, Any]]) -> str:
    """The screen.

    Parameters
    ----------
    commands
        Name and command, in order.
    """
    first = max(len(line) for line, _ in START) + 2
    listed = [(name, command.get_short_help_str(WIDTH)) for name, command in commands]
    second = max(len(name) for name, _ in listed) + 2
    return "\n".join(
        [
            "Usage: tradetarget COMMAND [OPTIONS]",
            QUESTION,
            "",
            *(f"  {line:<{first}}{words}" for line, words in START),
            "",
            *(f"  {name:<{second}}{words}" for name, words in listed),
            "",
            "'tradetarget COMMAND -h' explains a command, 'tradetarget -h' lists options.",
        ]
    )
