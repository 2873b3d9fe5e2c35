"""Checks of what a caller may get wrong, shared by every public entry.

``takes`` names, for a function's parameters, the reader that each value goes through before the function sees it. A
reader gives back what the function works with ("2030" becomes 2030) or raises a SettingError that names the parameter,
the value and the rule. What depends on other arguments is checked by the function itself.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from tradetarget.errors import SettingError, TradeTargetError, shown

P = ParamSpec("P")
R = TypeVar("R")
Reader = Callable[[Any, str], Any]

FIRST_YEAR, LAST_YEAR = 1700, 2199
"""The years that are read. Judgement. Trade statistics start about 1700, and a forecast spans 200 years at most; a
number outside is a code, a day count or a typing error. Dates of pandas, in nanoseconds, reach from 1678 to 2261."""
SMALLEST, LARGEST = 1e-150, 1e150
"""Levels that are read. Judgement. No currency needs more, and squares and ratios of two of them are still numbers."""


def takes(**readers: Reader) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: every argument that is given goes through the reader of its parameter."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            for name, reader in readers.items():
                if name in bound.arguments:
                    bound.arguments[name] = reader(bound.arguments[name], name)
            return function(*bound.args, **bound.kwargs)

        return checked

    return decorate


def optional(reader: Reader) -> Reader:
    """None, or what ``reader`` takes."""
    return lambda value, name: None if value is None else reader(value, name)


def text(value: object, name: str) -> str:
    """Text of at least one character that is no space.

    >>> text("Kazakhstan", "reporter")
    'Kazakhstan'
    """
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"{name} {shown(value)} is no text: give some, such as 'Kazakhstan'")
    return storable(str(value), name)


def any_text(value: object, name: str) -> str:
    """Text, empty or not."""
    if not isinstance(value, str):
        raise SettingError(f"{name} {shown(value)} is no text: give some, or leave it out")
    return storable(str(value), name)


def storable(words: str, name: str, kind: type[TradeTargetError] = SettingError) -> str:
    """Text that a table holds as it is.

    pandas ends a name at NUL, so that two that differ after it would be one; and it keeps no half characters, which a
    name has that is not UTF-8.
    """
    if "\x00" in words:
        raise kind(f"{name} {shown(words)} holds the character NUL: leave it out")
    if not words.isascii() and any("\ud800" <= c <= "\udfff" for c in words):
        raise kind(f"{name} {shown(words)} is not text in UTF-8: give another")
    return words


def number(value: object, name: str) -> float:
    """A finite number that is no truth value.

    >>> number(np.int64(3), "value")
    3.0
    """
    plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    try:
        read = float(value) if plain else math.nan  # type: ignore[arg-type]
    except OverflowError:
        read = math.inf
    if not math.isfinite(read):
        raise SettingError(f"{name} {shown(value)} is not a finite number: give one, such as 0.5")
    return read


def between(low: float, high: float) -> Reader:
    """A number from ``low`` to ``high``, both included."""

    def reader(value: object, name: str) -> float:
        read = number(value, name)
        if not low <= read <= high:
            raise SettingError(f"{name} {read:g} is not between {low:g} and {high:g}: give a number that is")
        return read

    return reader


def share(value: object, name: str) -> float:
    """A number strictly between 0 and 1."""
    read = number(value, name)
    if not 0.0 < read < 1.0:
        raise SettingError(f"{name} {shown(value)} is not strictly between 0 and 1: write 80 % as 0.8")
    return read


def whole(low: int, high: int) -> Reader:
    """A whole number from ``low`` to ``high``, both included."""

    def reader(value: object, name: str) -> int:
        plain = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not plain or not low <= value <= high:  # type: ignore[operator]
            raise SettingError(f"{name} {shown(value)} is not a whole number from {low} to {high}: give one")
        return int(value)  # type: ignore[call-overload, no-any-return]

    return reader


def one_of(*choices: str) -> Reader:
    """One of some words."""

    def reader(value: object, name: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise SettingError(f"{name} {shown(value)} is none of {', '.join(choices)}")
        return str(value)

    return reader


def several(reader: Reader) -> Reader:
    """A list of what ``reader`` takes, from anything that holds several; one alone is refused, as text is."""

    def each(values: object, name: str) -> list[Any]:
        if isinstance(values, pd.Series | np.ndarray):
            values = values.tolist()
        if isinstance(values, str | bytes | Mapping | pd.DataFrame) or not isinstance(values, Iterable):
            raise SettingError(f"{name} {shown(values)} is no list: give several in brackets, or one as [one]")
        return [reader(value, name) for value in values]

    return each


def instance_of(kind: type | tuple[type, ...], remedy: str) -> Reader:
    """An instance of ``kind``; ``remedy`` says what to give."""

    def reader(value: object, name: str) -> Any:
        if not isinstance(value, kind):
            raise SettingError(f"{name} {shown(value)} is of the type {type(value).__name__}: {remedy}")
        return value

    return reader


def made(kind: str) -> Reader:
    """An object of this library by the name of its class, so that rooms that take it need not import it."""

    def reader(value: object, name: str) -> Any:
        if all(base.__name__ != kind for base in type(value).__mro__):
            raise SettingError(f"{name} {shown(value)} is of the type {type(value).__name__}: give a {kind}")
        return value

    return reader


table = instance_of(pd.DataFrame, "give a pandas DataFrame")
"""A pandas frame."""
truth = instance_of((bool, np.bool_), "give True or False")
"""True or False."""


mapping = instance_of(Mapping, "give a dict")
"""A dict, or what is read like one."""


def by_name(reader: Reader) -> Reader:
    """A dict of names to what ``reader`` takes."""

    def each(value: object, name: str) -> dict[str, Any]:
        return {any_text(key, f"a name of {name}"): reader(inner, name) for key, inner in mapping(value, name).items()}

    return each


def columns(*needed: str) -> Reader:
    """A pandas frame that has these columns."""

    def reader(value: object, name: str) -> Any:
        lacking = [column for column in needed if column not in table(value, name).columns]
        if lacking:
            raise SettingError(f"{name} has no column {lacking[0]!r}: give a table with {', '.join(needed)}")
        return value

    return reader


def function(value: object, name: str) -> Any:
    """Anything that can be called."""
    if not callable(value) or isinstance(value, type):
        raise SettingError(f"{name} {shown(value)} cannot be called: give a function")
    return value


def checked_probabilities(probabilities: Iterable[float]) -> list[float]:
    """Probabilities of quantiles, in order; a SettingError unless there is one, and each lies between 0 and 1."""
    wanted = sorted(several(number)(probabilities, "quantile probabilities"))
    if not wanted or not all(0.0 < p < 1.0 for p in wanted):
        raise SettingError(f"quantile probabilities {wanted} must lie between 0 and 1")
    return wanted


def checked_levels(levels: Iterable[float]) -> tuple[float, ...]:
    """Coverages of central intervals, in order and each once.

    Raises
    ------
    SettingError
        Unless there is one, and each lies strictly between 0 and 1.
    """
    wanted = tuple(sorted(set(several(number)(levels, "levels"))))
    if not wanted or not all(0.0 < level < 1.0 for level in wanted):
        raise SettingError(f"levels {list(wanted)} are not fractions between 0 and 1: give some, such as 0.8 and 0.95")
    return wanted


def year_of(period: object) -> int | None:
    """The calendar year that 2030, "2030", a yearly pandas Period or a Timestamp names; None for anything else."""
    if isinstance(period, pd.Period):
        return int(period.year) if period.freqstr.startswith(("Y", "A")) else None
    if isinstance(period, pd.Timestamp) and not pd.isna(period):
        return int(period.year)
    if isinstance(period, int | np.integer) and not isinstance(period, bool):
        return int(period)
    text = period.strip() if isinstance(period, str) else ""
    return int(text) if text.isdigit() and text.isascii() and len(text) == 4 else None


def checked_year(period: object, name: str = "by", kind: type[TradeTargetError] = SettingError) -> int:
    """The calendar year that an argument names: 2030, "2030" or a yearly pandas Period.

    Parameters
    ----------
    period
        What the caller gave.
    name
        Of the argument, for the message.
    kind
        Of the error.

    Raises
    ------
    SettingError
        On anything else, or the kind of error asked for.

    Examples
    --------
    >>> checked_year("2030"), checked_year(pd.Period("2030", "Y"))
    (2030, 2030)
    """
    read = year_of(period)
    if read is None or not FIRST_YEAR <= read <= LAST_YEAR:
        raise kind(f"{name} {shown(period)} is not a year: give one from {FIRST_YEAR} to {LAST_YEAR}, such as 2030")
    return read


year = checked_year
"""``checked_year``, by the name that reads well in ``takes``."""
