"""TOML as text to tables, in a time that grows with its length.

The parser follows a key of n parts in n^2 steps, so that 100,000 of them, in 200 kB, would take hours; no key of a
scenario file has more than a few.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

LONGEST_KEY = 50
"""Parts of a dotted key. Judgement. A scenario file needs 3 (scenario.adjustment.value)."""
# Words joined by dots, from the start of a word, never tried again from its middle.
_LONG_KEY = re.compile(rf"(?<![\w\"'-])[\w\"'-]++(?:\s*+\.\s*+[\w\"'-]++){{{LONGEST_KEY}}}")


def tables_of(text: str) -> dict[str, Any]:
    """What the text says.

    Raises
    ------
    ValueError
        On text that is no TOML, or has a key of more than 50 parts.
    RecursionError
        On tables that are nested deeper than Python's stack.
    """
    long = _LONG_KEY.search(text)
    if long is not None:
        raise ValueError(f"{long[0][:20]!r} begins a key of more than {LONGEST_KEY} parts")
    return tomllib.loads(text)
