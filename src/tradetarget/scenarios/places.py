"""Where in a scenario file a table or a key stands, for messages: its line, as an editor counts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_TABLE = re.compile(r"^\s*\[\[?\s*scenario(\s*\.\s*adjustment)?\s*\]\]?")
_LONG_TEXT = re.compile(r'("""|\'\'\').*?\1', re.DOTALL)


class Places:
    """The lines of the tables of a scenario file.

    Parameters
    ----------
    text
        The file. Tables that are written in a line, in braces, are not seen.
    """

    def __init__(self, text: str) -> None:
        # A text of several lines may hold what looks like a table: its lines are kept, and emptied.
        self._lines = _LONG_TEXT.sub(lambda m: '"' + "\n" * m[0].count("\n"), text).splitlines()
        self._scenarios: list[int] = []
        self._adjustments: list[list[int]] = []
        for n, line in enumerate(self._lines):
            if (table := _TABLE.match(line)) is None:
                continue
            if table[1] is None:
                self._scenarios.append(n)
                self._adjustments.append([])
            elif self._adjustments:
                self._adjustments[-1].append(n)

    def line(self, scenario: int | None = None, adjustment: int | None = None, key: str | None = None) -> int | None:
        """The number, from 1, of the line of a key in a table, or of the table's head where it has no such key.

        Parameters
        ----------
        scenario
            Its place among the scenarios, from 0; None for the keys above them.
        adjustment
            Its place among the adjustments of the scenario, from 0; None for the scenario's own keys.
        key
            The key; None for the head of the table.

        Returns
        -------
        int or None
            None where the table is not seen.
        """
        start: int | None = -1
        if scenario is not None:
            start = _item(self._scenarios, scenario)
            if adjustment is not None:
                start = _item(_item(self._adjustments, scenario) or [], adjustment)
        if start is None:
            return None
        if key is not None:
            wanted = re.compile(
                rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[.=]|^\s*\[\[?\s*(?:scenario\.)?{re.escape(key)}\s*\]"
            )
            for n in range(start + 1, len(self._lines)):
                if wanted.match(self._lines[n]):
                    return n + 1
                if scenario is not None and re.match(r"^\s*\[", self._lines[n]):
                    break
        return start + 1 if start >= 0 else None


def _item(items: Sequence[T], place: int) -> T | None:
    return items[place] if 0 <= place < len(items) else None
