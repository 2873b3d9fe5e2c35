"""What names, messages and cells may do to a terminal, a page or a picture: nothing.

Text comes from data files. A terminal obeys escape sequences, right-to-left marks reorder a line, XML forbids control
characters, and a name of a thousand characters fills a page. Everything that is shown goes through here.
"""

from __future__ import annotations

import re

LONGEST_VALUE = 80
"""Characters of a name or value that are shown. Judgement. A line of a terminal."""
LONGEST_WORD, LONGEST_MESSAGE = 200, 800
"""Characters of a message, and of one word in it, such as a path. Judgement. Ten lines of a terminal."""

# C0 and C1 controls, marks and overrides of writing direction, surrogates, and what XML 1.0 forbids (section 2.2).
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _code(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escaped(text: str) -> str:
    r"""``text`` with control and direction characters written out; tabs and line ends stay.

    >>> escaped("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    return _UNSAFE.sub(lambda match: _code(match[0]), text)


def escaped_json(text: str) -> str:
    r"""JSON with the same characters as JSON writes them.

    >>> escaped_json('"a\u202eb"')
    '"a\\u202eb"'
    """
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str, longest: int = LONGEST_VALUE) -> str:
    r"""``text`` on one line, escaped, and without its middle where it is longer than ``longest``.

    >>> one_line("Kazakhstan\n  Uzbekistan"), one_line("x" * 100, 10)
    ('Kazakhstan Uzbekistan', 'xxxxx…xxxx')
    """
    # A text of megabytes is cut before its characters are looked at.
    cut = text if len(text) <= 4 * LONGEST_MESSAGE else f"{text[: 2 * LONGEST_MESSAGE]}…{text[-LONGEST_MESSAGE:]}"
    words = escaped(" ".join(cut.split()))
    # Characters of private use, and those that no version of Unicode knows, look like nothing on any screen.
    shown = words if words.isprintable() else "".join(c if c.isprintable() else _code(c) for c in words)
    return _without_middle(shown, longest)


def message(text: str) -> str:
    """An error's or warning's line: escaped, its longest words and the whole cut in the middle."""
    words = one_line(text, 4 * LONGEST_MESSAGE).split()
    return _without_middle(" ".join(_without_middle(word, LONGEST_WORD) for word in words), LONGEST_MESSAGE)


def _without_middle(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    left = longest // 2
    return f"{text[:left]}…{text[len(text) - (longest - left - 1) :]}"
