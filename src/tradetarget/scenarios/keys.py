"""The keys of every kind of adjustment: what a scenario file may say, as data.

Which keys a kind has, which are required and what each means is read from the adjustment's class and its docstring.
What is added here is how a value is written. The JSON schema and the tables of the documentation come from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from inspect import cleandoc
from typing import Any

from tradetarget.checks import LAST_YEAR
from tradetarget.models.interface import MAX_HORIZON
from tradetarget.scenarios.files import adjustment_kinds
from tradetarget.scenarios.sizes import PERCENT_TEXT

Schema = dict[str, Any]


def _number(low: float, high: float | None = None, *, open_below: bool = True) -> Schema:
    bounds = {"exclusiveMinimum" if open_below else "minimum": low}
    return {"type": "number", **bounds} | ({} if high is None else {"maximum": high})


def _share(low: float, high: float, *, open_below: bool = True) -> Schema:
    """A number, or text with a per cent sign."""
    return {"anyOf": [_number(low, high, open_below=open_below), {"type": "string", "pattern": f"^{PERCENT_TEXT}$"}]}


def _size(number: Schema) -> Schema:
    """A number, or a distribution of such numbers."""
    shapes = (("low", "high"), ("low", "mode", "high"), ("mean", "sd"))
    tables = [
        {
            "type": "object",
            "properties": dict.fromkeys(shape, number),
            "required": list(shape),
            "additionalProperties": False,
        }
        for shape in shapes
    ]
    return {"anyOf": [*number.get("anyOf", [number]), *tables]}


def _by_year(value: Schema) -> Schema:
    return {
        "type": "object",
        "patternProperties": {r"^\d{1,4}$": value},
        "additionalProperties": False,
        "minProperties": 1,
    }


_GROWTH, _LEVEL = _share(-1.0, 1.0), _share(-1.0, 3.0)
_WHEN: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": MAX_HORIZON},
        {"type": "integer", "minimum": 1000, "maximum": LAST_YEAR},
    ]
}
_TEXT: Schema = {"type": "string"}


@dataclass(frozen=True)
class Written:
    """How a value is written.

    Parameters
    ----------
    words
        For a table of the documentation.
    schema
        As JSON schema.
    """

    words: str
    schema: Schema


_YEAR = Written("year, 2027, or years after the data, 1", _WHEN)
_CALENDAR_YEAR = Written("calendar year", {"type": "integer", "minimum": 1000, "maximum": LAST_YEAR})
_YEARS = Written("years", {"type": "integer", "minimum": 1, "maximum": LAST_YEAR})
_WORDS = Written("text", _TEXT)
_LEVEL_SIZE = Written("size, a fraction of the level", _size(_LEVEL))
_GROWTH_SIZE = Written("size, a fraction a year", _size(_GROWTH))
_WRITTEN: Mapping[str, Written] = {
    "area": _WORDS,
    "base_year": _CALENDAR_YEAR,
    "concept": _WORDS,
    "duration": _YEARS,
    "end": _YEAR,
    "factor": Written("size, a multiple", _size(_share(0.0, 10.0, open_below=False))),
    "first": _CALENDAR_YEAR,
    "index": Written("table of price levels by year", _by_year(_number(0.0))),
    "inflation": _GROWTH_SIZE,
    "last": _CALENDAR_YEAR,
    "level": Written("size, a level in the unit", _size(_number(0.0))),
    "onset": _YEARS,
    "probability": Written("fraction a year", _share(0.0, 1.0)),
    "rates_by_year": Written("table of sizes by year, fractions a year", _by_year(_size(_GROWTH))),
    "recovery": Written("years", {"type": "integer", "minimum": 0, "maximum": LAST_YEAR}),
    "share": Written("fraction", _share(0.05, 0.95, open_below=False)),
    "source": _WORDS,
    "start": _YEAR,
    "unit": _WORDS,
    "value": _GROWTH_SIZE,
    "year": _YEAR,
    "years": _YEARS,
}
_WRITTEN_OF_KIND: Mapping[tuple[str, str], Written] = {
    **{(kind, "value"): _LEVEL_SIZE for kind in ("level_effect", "level_shock", "conditional_event")},
    ("driver_shift", "value"): Written("fraction a year", _GROWTH),
}
"""Keys that are written in another way in one kind than in the others."""


@dataclass(frozen=True)
class Key:
    """A key of a kind of adjustment.

    Parameters
    ----------
    name
        As it stands in a file.
    written
        How its value is written.
    description
        What it means, in plain text.
    required
        Whether it has to be there.
    default
        Its value where it is left out; None where that says nothing of its own.
    """

    name: str
    written: Written
    description: str
    required: bool
    default: object = None


def keys_of(kind: str) -> tuple[Key, ...]:
    """The keys of a kind, beside ``kind`` itself.

    Examples
    --------
    >>> [key.name for key in keys_of("level_effect")]
    ['value', 'start', 'years', 'source']
    """
    adjustment_class = adjustment_kinds()[kind]
    described = _described(adjustment_class.__doc__ or "")
    return tuple(
        Key(
            f.name,
            _WRITTEN_OF_KIND.get((kind, f.name), _WRITTEN[f.name]),
            described[f.name],
            f.default is MISSING,
            None if f.default is MISSING else f.default,
        )
        for f in fields(adjustment_class)
    )


def purpose_of(kind: str) -> str:
    """What a kind of adjustment does, in a sentence."""
    return _plain(cleandoc(adjustment_kinds()[kind].__doc__ or "").split("\n\n")[0])


def _described(docstring: str) -> dict[str, str]:
    """What the section of parameters says of each, in plain text."""
    section = re.search(r"Parameters\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", cleandoc(docstring), re.DOTALL)
    described: dict[str, str] = {}
    for names, text in re.findall(r"^(\w[\w, ]*)\n((?:[ ]+.*\n?)+)", section[1] if section else "", re.MULTILINE):
        described |= dict.fromkeys((name.strip() for name in names.split(",")), _plain(text))
    return described


_WINDOW = "calendar years, or years after the last complete one (1 is the first year forecast)"
"""What the docstrings of other classes refer to that of ``GrowthShift`` for."""


def _plain(text: str) -> str:
    """One line in the words of a file, without the marks of reStructuredText."""
    words = " ".join(text.split()).replace("see ``GrowthShift``", _WINDOW)
    for kind, adjustment_class in adjustment_kinds().items():
        words = words.replace(f"``{adjustment_class.__name__}``", kind)
    return re.sub(r"\bNone\b", "Left out", words).replace("``", "'").replace("{year: ", "{year = ")
