"""The door of this room: what its public functions are given is checked before any mathematics.

Numbers, and arrays of them, become float arrays; NaN and what is no number are refused with the parameter's name, so
that no probability comes of them. Inside the room nothing is checked twice: modules call one another directly.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from tradetarget.passage.points import Rule

P = ParamSpec("P")
R = TypeVar("R")
MOST_PERIODS = 10_000
"""Periods that a law is asked for. Judgement. Months of eight centuries, which take a second and 100 MB."""
LONGEST = 80
"""Characters of a value that a message shows."""


class ArgumentError(ValueError):
    """An argument that is no array of numbers, or of the wrong kind."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """The function, its arguments checked by what its signature says they are.

    Raises
    ------
    ArgumentError
        When the function is called with an argument that is none.
    """
    signature = inspect.signature(function)
    readers = {
        p.name: (_READERS[kind.removesuffix(" | None")], kind.endswith(" | None"))
        for p in signature.parameters.values()
        if (kind := str(p.annotation)).removesuffix(" | None") in _READERS
    }

    @functools.wraps(function)
    def gate(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(*args, **kwargs)
        for name, (reader, may_be_none) in readers.items():
            if name in bound.arguments and not (may_be_none and bound.arguments[name] is None):
                bound.arguments[name] = reader(name, bound.arguments[name])
        return function(*bound.args, **bound.kwargs)

    return gate


def _array(name: str, value: object) -> Any:
    numbers = None if value is None or isinstance(value, str | bytes | bool | complex | dict) else _floats(value)
    if numbers is None:
        raise ArgumentError(f"{name} {_shown(value)} is no number and no array of numbers: give log points or years")
    if np.isnan(numbers).any():
        raise ArgumentError(f"{name} has a value that is not a finite number: {_shown(value)}; correct it")
    return numbers


def _floats(value: object) -> Any:
    """What holds numbers as an array of floats of the precision that it has; None for anything else."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "f":
            return array
        return array.astype(np.float64) if array.dtype.kind in "iuO" else None
    except (TypeError, ValueError, OverflowError):
        return None


def _number(name: str, value: object) -> float:
    numbers = _array(name, value)
    if numbers.ndim:
        raise ArgumentError(f"{name} {_shown(value)} is an array: give one number")
    return float(numbers)


def _whole(name: str, value: object) -> int:
    plain = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not plain or not 1 <= value <= MOST_PERIODS:  # type: ignore[operator]
        raise ArgumentError(f"{name} {_shown(value)} is not a whole number from 1 to {MOST_PERIODS:,}: give one")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ArgumentError(f"{name} {_shown(value)} is neither True nor False")
    return bool(value)


def _rule(name: str, value: object) -> Rule:
    if not isinstance(value, Rule):
        raise ArgumentError(f"{name} {_shown(value)} is no rule of points: give Rule(2**14), or leave it out")
    return value


def _function(name: str, value: object) -> Any:
    if not callable(value) or isinstance(value, type):
        raise ArgumentError(f"{name} {_shown(value)} cannot be called: give a function of an array")
    return value


def _shown(value: object) -> str:
    """A value on one line of at most 80 characters."""
    if isinstance(value, int) and value.bit_length() > 256:
        return f"of {value.bit_length()} bits"
    words = " ".join(ascii(value.item() if isinstance(value, np.generic) else value).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."


_READERS: dict[str, Callable[[str, object], Any]] = {
    "ArrayLike": _array,
    "float": _number,
    "int": _whole,
    "bool": _truth,
    "Rule": _rule,
    "Callable[[Array], Array]": _function,
}
"""What checks an argument, by the annotation of its parameter."""
