"""What is wrong in a line of TOML that cannot be parsed, in words for those who have not written TOML before."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BEFORE = r"^\s*([^=#\"']+?|\"[^\"]*\")\s*="
"""A key and the equals sign after it."""


class _Mistake(NamedTuple):
    """A slip that is seen in the line: what it looks like, and what to say of it."""

    pattern: re.Pattern[str]
    words: Callable[[re.Match[str]], str]


def _as_point(number: str) -> str:
    return number.replace(".", "").replace(",", ".") if "," in number else number


_MISTAKES = (
    _Mistake(
        re.compile(r"[\u201c\u201d\u201e\u201f\u2018\u2019\u00ab\u00bb]"),
        lambda m: f"{m[0]} is a typographic quotation mark: write straight ones, \"...\"",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}.*?([+-]?\d+[\d.,]*)\s*%(?![^\"]*\")"),
        lambda m: f'{m[2]} % stands without quotes: write "{_as_point(m[2])} %", or the fraction {_fraction(m[2])}',
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}[^\"']*?([+-]?\d[\d.]*,\d+)(?=\s*(?:[#,}}\]]|$))"),
        lambda m: f"{m[2]} has a decimal comma: write {_as_point(m[2])}",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}[^\"']*?([+-]?\.\d+|[+-]?\d+\.)(?=\s*(?:[#,}}\]]|$))"),
        lambda m: f"{m[2]} lacks a digit beside its point: write {_whole_digits(m[2])}",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*(\d{{1,3}}(?: \d{{3}})+)(?=\s*(?:#|$))"),
        lambda m: f"{m[2]} has spaces between its digits: write {m[2].replace(' ', '')}",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*(None|null|nil|NA|True|False)\s*(?:#.*)?$"),
        lambda m: f"{m[2]} is no value in TOML: leave the key {m[1]} out",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*(?:#.*)?$"),
        lambda m: f"the key {m[1]} has no value: write one after the equals sign, or leave the key out",
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*([^\W\d_][^\"#]*?)\s*(?:#.*)?$"),
        lambda m: f'text stands without quotes: write {m[1]} = "{m[2]}"',
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*([^\"'\[{{#\s][^\"#]*?)\s*(?:#.*)?$"),
        lambda m: f'{m[2]} can be read neither as a number nor as a date: if it is text, write {m[1]} = "{m[2]}"',
    ),
    _Mistake(
        re.compile(rf"{_BEFORE}\s*\"[^\"]*$|{_BEFORE}\s*'[^']*$"),
        lambda m: "a quotation mark is not closed in its line: close it",
    ),
    _Mistake(
        re.compile(r"^\s*\[\s*scenario(\.adjustment)?\s*\]"),
        lambda m: f"[scenario{m[1] or ''}] is a single table: write [[scenario{m[1] or ''}]], with two brackets",
    ),
    _Mistake(
        re.compile(r"^\s*([A-Za-z_][\w-]*)\s*:\s*(.+?)\s*$"),
        lambda m: f"a key and its value stand around a colon: write {m[1]} = {m[2]}",
    ),
    _Mistake(
        re.compile(r"^\s*([^=\[#]+?)\s*$"),
        lambda m: f"{m[1]!r} is neither key = value nor a [[table]]: write # before a remark",
    ),
)  # fmt: skip
"""The first that fits is said. What is certain stands before what is likely."""


def _fraction(percent: str) -> str:
    return f"{float(_as_point(percent)) / 100.0:g}"


def _whole_digits(number: str) -> str:
    sign, digits = ("", number) if number[0] not in "+-" else (number[0], number[1:])
    return f"{sign}0{digits}" if digits.startswith(".") else f"{number}0"


def explained(text: str, error: str) -> str:
    """The line, and what is wrong in it, where that can be seen; what the parser says otherwise.

    Parameters
    ----------
    text
        The file.
    error
        The parser's message.

    Examples
    --------
    >>> explained("target = 5\\nvalue = 0,05", "Expected newline (at line 2, column 10)")
    'line 2: 0,05 has a decimal comma: write 0.05'
    """
    place = _PLACE.search(error)
    if place is None:
        return error
    lines = text.splitlines()
    number = int(place[1]) if place[1] else len(lines)
    # A parser that meets the end of a line says so at the start of the next one.
    for n in dict.fromkeys((number, number - 1) if place[2] in (None, "1") else (number,)):
        for mistake in _MISTAKES if 0 < n <= len(lines) else ():
            if match := mistake.pattern.search(lines[n - 1]):
                return f"line {n}: {mistake.words(match)}"
    complaint = error[: place.start()]
    return f"line {number}: {complaint[0].lower()}{complaint[1:]}; write one key = value, or one [[table]], in a line"
