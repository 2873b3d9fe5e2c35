"""A column of values, read as a whole: decimal marks, separators of thousands, flags and markers of missing figures."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, SettingError

MISSING = frozenset(
    ("", ".", "..", "...", "…", ":", "-", "--", "–", "—", "n/a", "na", "n.a.", "n.a", "nan", "nd", "n.d.", "null",
    "none",
     "#n/a", "<na>", "nat", "x", "[x]", "[c]", "[z]")
)  # fmt: skip
"""What statistics offices write where there is no figure, in lower case (Eurostat a colon, the World Bank two dots)."""

FLAGS = "cdefinprsuz"
"""Letters that mark a figure. Confidential, definition differs, estimate, forecast, see note, not significant,
provisional, revised, Eurostat estimate, unreliable, not applicable (the SDMX code list CL_OBS_STATUS and Eurostat's).
Eurostat's "b", a break, is read in Eurostat's own files alone, because "3.2 b" elsewhere is 3.2 billion."""

_MARK = rf"[{FLAGS}]{{1,2}}|b[cdefiprsu]|[cdefiprsu]b"
_FLAGGED = re.compile(
    rf"(?P<number>.*[\d.,])(?:\s+(?:{_MARK})|\s*\((?:{_MARK}|b|\*|\d)\)|\s*[*†‡]+|(?<=\d)[per])", re.I
)
_BREAK = re.compile(r"(?P<number>.*\d)\s*b", re.I)
_MISSING_FLAGGED = re.compile(rf"(?::|\.\.)\s*\(?(?:{_MARK}|b)\)?", re.I)
_SHAPE = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?", re.I)

_SPACED = re.compile(r"(?<!\d)\d{1,3}(?:[\s'’`]\d{3})+(?!\d)")
"""Digits in groups of three. "2019 100" is none; it may be two figures in one cell."""
_CURRENCY = "$€£¥₽₸₹₩"
CHOOSE_MARK = "choose with decimal='.' or decimal=',', --decimal . or --decimal ,"
"""The remedy where a table may have either decimal mark; panels have no such option and put another in its place."""


class DistinctFigures(NamedTuple):
    """What the distinct cells of a column say: as ``Figures``, by cell and not by row."""

    numbers: dict[Hashable, float]
    missing: frozenset[Hashable]
    problems: dict[Hashable, str]
    decimal: str | None
    flagged: str | None


def checked_decimal(decimal: object) -> str | None:
    """The decimal mark: "." or ","; a SettingError otherwise."""
    words = {".": ".", ",": ",", "point": ".", "dot": ".", "comma": ","}
    if decimal is None:
        return None
    if str(decimal).strip().lower() not in words:
        raise SettingError(f"decimal {str(decimal)!r} is neither '.' nor ',': give the mark before the decimals")
    return words[str(decimal).strip().lower()]


def is_missing(value: object) -> bool:
    """Whether a cell says that there is no figure."""
    if isinstance(value, str):
        text = value.strip().lower()
        return text in MISSING or _MISSING_FLAGGED.fullmatch(text) is not None
    return (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or bool(isinstance(value, float | np.floating) and value != value)
    )


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing: no character but spaces, or pandas' mark of what is missing."""
    return not cell.strip() if isinstance(cell, str) else is_missing(cell)


def plain_number(value: object) -> float | None:
    """A number that is no text as a float; None for anything else, truth values included.

    A float of single precision is read by its shortest decimal, so that 4.2 is 4.2.
    """
    if isinstance(value, bool | np.bool_ | np.timedelta64):
        return None
    if isinstance(value, np.floating) and not isinstance(value, float):
        return float(str(value))
    if isinstance(value, int | float | np.integer | Decimal):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return None


_SHORT = MappingProxyType(
    dict.fromkeys(("float16", "halffloat[pyarrow]"), np.float16)
    | dict.fromkeys(("float32", "Float32", "float[pyarrow]"), np.float32)
)
"""Types of columns with fewer than double precision, and those of numpy that hold their figures."""


def is_short(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers of half or single precision."""
    return str(column.dtype) in _SHORT


def float_values(column: pd.Series[Any]) -> NDArray[np.float64]:
    """The figures of a numeric column, NaN where there is none; short ones by the shortest decimals that write them.

    >>> float_values(pd.Series([4.2, 1e-3], dtype="float32")).tolist()
    [4.2, 0.001]
    """
    if not is_short(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    short = column.to_numpy(dtype=_SHORT[str(column.dtype)], na_value=np.nan)
    return short.astype("U32").astype(
        np.float64
    )  # numpy writes a number with as few digits as tell it from its neighbours


def read_values(
    values: Sequence[Any], decimal: str | None, where: str, *, locale_comma: bool = False, break_flag: bool = False
) -> DistinctFigures:
    """The figures that the distinct cells of one column hold.

    Parameters
    ----------
    values
        Distinct cells: text or numbers.
    decimal
        The decimal mark where the user says it.
    where
        The column or file, for messages.
    locale_comma
        Whether the file separates its columns with semicolons, as programs do where the comma is the decimal mark: a
        single point before three digits can then be either.
    break_flag
        Whether "b" beside a figure marks a break in the series, as Eurostat writes it.

    Raises
    ------
    DataError
        When 1,234 can be one and a quarter or one thousand, and no other cell tells which.
    """
    numbers: dict[Hashable, float] = {}
    texts: dict[Hashable, str] = {}
    missing, problems, flagged = set[Hashable](), dict[Hashable, str](), list[str]()
    for value in values:
        number = plain_number(value)
        if is_missing(value):
            missing.add(value)
        elif number is not None:
            numbers[value] = number
        elif not isinstance(value, str):
            problems[value] = not_a_number(value)
        else:
            text, marked = _bare(value, break_flag)
            flagged += [value] if marked else []
            if _SHAPE.fullmatch(text):
                texts[value] = text
            else:
                problems[value] = not_a_number(value)
    mark, group = _marks(texts, decimal, where, locale_comma)
    for value, text in texts.items():
        written = _written_with(text, mark, group)
        if written is None:
            problems[value] = not_a_number(value)
        else:
            numbers[value] = written
    return DistinctFigures(numbers, frozenset(missing), problems, mark, flagged[0] if flagged else None)


def not_a_number(value: object) -> str:
    """The message about a cell that is no number."""
    return f"{str(value)!r} is not a number: write it with digits and a decimal point, such as 1234.5"


def _bare(value: str, break_flag: bool) -> tuple[str, bool]:
    """The text of a figure without currency signs, grouping spaces and flags; and whether it had a flag."""
    text = unicodedata.normalize("NFKC", value).strip().strip(_CURRENCY).strip()
    text = text.translate({ord(c): "-" for c in "‐‑‒–—−"})
    match = _FLAGGED.fullmatch(text) or (_BREAK.fullmatch(text) if break_flag else None)
    marked = match is not None
    if match is not None:
        text = match["number"]
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    return _SPACED.sub(lambda groups: re.sub(r"\D", "", groups[0]), text), marked


def _marks(
    texts: dict[Hashable, str], decimal: str | None, where: str, locale_comma: bool
) -> tuple[str | None, str | None]:
    """The decimal mark and the separator of thousands of the column."""
    if decimal is not None:
        return decimal, "," if decimal == "." else "."
    shown_by: dict[str, Hashable] = {}
    undecided: dict[str, Hashable] = {}
    for value, text in texts.items():
        evidence = _evidence(text)
        if evidence in (",", "."):
            shown_by.setdefault(evidence, value)
        elif evidence is not None:
            undecided.setdefault(evidence[0], value)
    if len(shown_by) == 2:
        raise DataError(
            f"{where}: the decimal mark is a comma in {shown_by[',']!r} and a point in {shown_by['.']!r}: write all "
            "values one way"
        )
    if shown_by:
        mark = next(iter(shown_by))
        return mark, "," if mark == "." else "."
    comma = undecided.get(",")
    point = undecided.get(".") if locale_comma else None
    if comma is None and point is None:
        return ".", None
    value = str(comma if comma is not None else point)
    sign = "," if comma is not None else "."
    whole, half = value.replace(sign, ""), value.replace(sign, ".")
    raise DataError(
        f"{where}: {value!r} may be {whole} (thousands) or {half} (decimals), and no other value tells: {CHOOSE_MARK}"
    )


def _evidence(text: str) -> str | None:
    """The decimal mark that a figure shows, "," or "."; with a "?" after the mark where it can be read two ways."""
    body = re.sub(r"e[+-]?\d+$", "", text.lstrip("+-"), flags=re.I)
    commas, points = body.count(","), body.count(".")
    if not commas and not points:
        return None
    if commas and points:
        return "," if body.rindex(",") > body.rindex(".") else "."
    sign = "," if commas else "."
    if commas + points > 1:
        groups = body.split(sign)[1:]
        grouped = len(groups[-1]) == 3 and all(len(g) in (2, 3) for g in groups)
        return ("." if sign == "," else ",") if grouped else None
    before, after = body.split(sign)
    if len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0"):
        return f"{sign}?"
    # A point before three digits is a decimal point where programs write points; it settles nothing beside commas.
    return sign


def _written_with(text: str, mark: str | None, group: str | None) -> float | None:
    """The number, where the figure is well formed with these marks."""
    if group is not None and group in text:
        if not _well_grouped(text, mark or ".", group):
            return None
        text = text.replace(group, "")
    try:
        return float(text.replace(mark, ".") if mark is not None else text)
    except ValueError:
        return None


def _well_grouped(text: str, mark: str, group: str) -> bool:
    """Whether separators of thousands stand before every third digit of the whole part and nowhere else."""
    whole, _, decimals = text.lstrip("+-").partition(mark)
    first, *others = whole.split(group)
    indian = all(len(o) in (2, 3) for o in others) and len(others[-1]) == 3 if others else True
    return group not in decimals and 1 <= len(first) <= 3 and indian


@dataclass(frozen=True)
class Figures:
    """The figures of a whole column, row by row.

    Parameters
    ----------
    number
        (N,) the figures; NaN where there is none.
    missing
        (N,) whether the cell says that there is no figure.
    problems
        Why a cell is no number, by row.
    decimal
        The decimal mark of the column.
    flagged
        The first cell with a flag beside the figure; None where there is none.
    """

    number: NDArray[np.float64]
    missing: NDArray[np.bool_]
    problems: dict[int, str]
    decimal: str | None = None
    flagged: str | None = None


def read_figures(
    column: pd.Series[Any], decimal: str | None, where: str, *, locale_comma: bool = False, break_flag: bool = False
) -> Figures:
    """The figures of a column of any type; see ``read_values`` for what its text may hold.

    A column of plain numbers is read at once, whatever its length; anything else by its distinct cells.

    Raises
    ------
    DataError
        As ``read_values``.
    """
    quick = _plain_column(column, decimal, locale_comma)
    if quick is not None:
        return quick
    cells = column.astype(object).to_numpy(dtype=object)
    keys = [(type(c).__name__, c) if is_hashable(c) else (type(c).__name__, str(c)) for c in cells.tolist()]
    distinct = dict.fromkeys(keys)
    read = read_values([k[1] for k in distinct if k[0] != "bool"], decimal, where,
                       locale_comma=locale_comma, break_flag=break_flag)  # fmt: skip
    number = np.array([read.numbers.get(c, np.nan) if t != "bool" else np.nan for t, c in keys], dtype=np.float64)
    missing = np.array([t != "bool" and is_missing(c) for t, c in keys], dtype=bool)
    wrong = np.flatnonzero(~missing & np.isnan(number)).tolist()
    problems = {i: read.problems.get(keys[i][1], not_a_number(keys[i][1])) for i in wrong}
    return Figures(number, missing, problems, read.decimal, read.flagged)


def is_hashable(value: object) -> bool:
    """Whether a cell can be looked up; a list cannot, nor can a tuple that holds one."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _plain_column(column: pd.Series[Any], decimal: str | None, locale_comma: bool) -> Figures | None:
    """The figures of a column that is numeric, or text that is all numbers with decimal points; None for any other."""
    dtype = column.dtype
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
        if pd.api.types.is_complex_dtype(dtype):
            return None
        number = float_values(column)
        missing = np.isnan(number)
    else:
        cells = column.astype(object).to_numpy(dtype=object).tolist()
        # Python reads 1_000 as a number, and no statistics office writes one so.
        if decimal == "," or locale_comma or not all(isinstance(c, str) and "_" not in c for c in cells):
            return None
        try:
            number = np.array([c or "nan" for c in cells], dtype=np.float64)
        except ValueError:
            return None
        missing = np.isnan(number)
    return Figures(number, missing, {}, ".")
