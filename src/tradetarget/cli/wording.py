"""Errors of the library in the words of the command line: an option where Python has an argument.

The library names its own arguments (``horizon``, ``drivers=``), because most of its users call it. On the command line
the same sentence names the option (``--horizon``, ``--drivers``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_OPTIONS = {
    "base_year": "--base",
    "deadline": "--by",
    "extra_growth": "--growth",
    "level": "--level",
    "levels": "--level",
    "multiple": "--multiples",
    "n_paths": "--paths",
    "required growth": "--growth",
} | {
    name: f"--{name.replace('_', '-')}"
    for name in (
        "as_of", "by", "column", "cumulated", "decimal", "drivers", "encoding", "factor", "frequency", "horizon",
        "jobs", "lever", "method", "model", "multiples", "probability", "reporter", "residual", "seed", "select",
        "separator", "sheet", "sustained", "target", "year_end",
    )
}  # fmt: skip
"""Options by the name of the argument, as errors write it."""
_NAMES = "|".join(sorted(_OPTIONS, key=len, reverse=True))
_VALUE = r"(?:\{[^{}]*\}|'[^']*'|[\w.]*)"
_BOTH = re.compile(rf"\b\w+=(?:{_VALUE})(?: or \w+={_VALUE})*(?: or |, )(?=--)|\b\w+\('[^']*'\) or (?=--)")
"""A remedy for Python just before the one for the command line, as in "year_end='March' or --year-end March"."""
_KEYWORD = re.compile(rf"\b({_NAMES})=({_VALUE})")
"""An argument with its value, or with none, as in "drivers="."""
_SUBJECT = re.compile(rf"^({_NAMES}) (?=['\d[-])")
"""An argument that the sentence is about, as in "horizon 0 is not ..."."""
_PHRASES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"drivers=, such as datasets\.load_drivers\('([^']+)'\)"), r"--drivers \1"),
    (re.compile(r"DriverGrowth\(areas=\('([^']+)', '([^']+)'\)\)"), r"--areas \1-\2"),
    (re.compile(r"DriverGrowth\(areas=\([^()]*\)\)"), "--areas A-B"),
    (re.compile(r" with everywhere=\[\.\.\.\] \(in a file: (without the key 'on')\)"), r" \1"),
    (re.compile(r"\bgive the unit of the data first, such as"), "give --data-unit, such as"),
    (re.compile(r" \(TradeSeries\.converted\)"), ""),
    (re.compile(r"name a series as datasets\.load_promises\(\) does"), "give --series, such as Kazakhstan-Uzbekistan"),
    (re.compile(r", or because a script calls this outside '[^']*'"), ""),
    (re.compile(r"\bresume=True\b"), "--resume"),
    (re.compile(r"say by=2030, or give the target one, such as Target\(5, deadline=2030\)"), "say --by 2030"),
    (re.compile(r"^the later vintage (\S+) is before the earlier one (\S+):"), r"--to \1 is before --from \2:"),
    (re.compile(r"(?<!')\b(as_of|year_end|n_paths|base_year)\b(?![='])"), lambda m: _OPTIONS[m[1]]),
)
"""Remedies that are calls in Python."""


def in_options(error: str, given: Mapping[str, Any]) -> str:
    """An error with options in place of arguments.

    Parameters
    ----------
    error
        What the library says.
    given
        The values of the options of this command, by option. Where the first text that the sentence quotes is the
        value of exactly one of them, and no option is named before it, that option begins the sentence.

    Examples
    --------
    >>> in_options("horizon 0 is not a whole number: give one, such as 15", {})
    '--horizon 0 is not a whole number: give one, such as 15'
    >>> in_options("unit 'bananas' cannot be read", {"--unit": None, "--convert-to": "bananas"})
    "--convert-to: unit 'bananas' cannot be read"
    """
    words = _owned(_BOTH.sub("", error), given)
    for phrase, option in _PHRASES:
        words = phrase.sub(option, words)
    words = _SUBJECT.sub(lambda m: f"{_OPTIONS[m[1]]} ", words)
    words = _KEYWORD.sub(lambda m: f"{_OPTIONS[m[1]]} {m[2]}".rstrip(), words)
    return words


def _owned(words: str, given: Mapping[str, Any]) -> str:
    """The sentence with the option whose value it quotes first, where that is one and no option is named before it."""
    quoted = re.search(r"'((?:[^'\\]|\\.)*)'", words)
    if quoted is None or re.search(r"(?<!\w)--\w", words[: quoted.start()]):
        return words
    owners = [option for option, value in given.items() if quoted[1] in _texts(value)]
    if len(owners) != 1:
        return words
    noun = words[: quoted.start()].strip()
    is_argument = noun == "" or owners[0].removeprefix("--") in (noun, noun.replace("_", "-"))
    return f"{owners[0]} {words[quoted.start() :]}" if is_argument else f"{owners[0]}: {words}"


def _texts(value: Any) -> list[str]:
    """The words that an option was given, and their parts around an equals sign: NAME=VALUE."""
    words = [str(v).strip() for v in (value if isinstance(value, list | tuple) else [value]) if v not in (None, "")]
    return [part for word in words for part in (word, *(p.strip() for p in word.split("=", 1)))]
