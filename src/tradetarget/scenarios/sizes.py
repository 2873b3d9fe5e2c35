"""Sizes of adjustments: a plain number, or a distribution that is drawn with the paths.

A size is a fraction: 0.05 and "5 %" are the same five per cent. A bare 5 would be five hundred per cent, and is refused
wherever that cannot be meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tradetarget.arrays import Array
from tradetarget.errors import ScenarioError, shown

PERCENT_TEXT = r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*%"
"""The pattern of a fraction in per cent, as text."""
_PERCENT = re.compile(PERCENT_TEXT)
_CUT = 4.0
"""Standard deviations at which a normal size is cut. Judgement, because one draw in 16,000 lies beyond, and sizes that
must stay above -100 % then have bounds that can be checked."""


def _ordered(kind: str, *values: float) -> None:
    if not all(math.isfinite(v) for v in values) or any(a > b for a, b in pairwise(values)):
        raise ScenarioError(
            f"{kind} {', '.join(f'{v:g}' for v in values)}: the numbers must be finite and must not fall"
        )
    if values[0] == values[-1]:
        raise ScenarioError(f"{kind} from {values[0]:g} to itself is no distribution: give the number alone")


def _as_numbers(size: object, *names: str) -> None:
    """Each field as a fraction; a ScenarioError on one that is none."""
    for name in names:
        object.__setattr__(size, name, read_number(getattr(size, name), name))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any size between ``low`` and ``high`` is as likely as any other."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _as_numbers(self, "low", "high")
        _ordered("uniform", self.low, self.high)

    def quantile(self, u: Array | float) -> Array:
        """The size below which a share ``u`` lies."""
        return np.asarray(self.low + (self.high - self.low) * np.asarray(u))

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest size that can be drawn."""
        return self.low, self.high

    def __str__(self) -> str:
        return f"uniform {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Triangular:
    """Between ``low`` and ``high``, most likely near ``mode``."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _as_numbers(self, "low", "mode", "high")
        _ordered("triangular", self.low, self.mode, self.high)

    def quantile(self, u: Array | float) -> Array:
        """The size below which a share ``u`` lies."""
        u, width = np.asarray(u, dtype=float), self.high - self.low
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1.0 - u) * width * (self.high - self.mode))
        return np.where(u * width < self.mode - self.low, rising, falling)

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest size that can be drawn."""
        return self.low, self.high

    def __str__(self) -> str:
        return f"triangular {self.low:g} to {self.high:g}, mode {self.mode:g}"


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with ``mean`` and standard deviation ``sd``, cut at four standard deviations (1 draw in 16,000)."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _as_numbers(self, "mean", "sd")
        if not self.sd > 0:
            raise ScenarioError(
                f"normal with mean {self.mean:g} and sd {self.sd:g}: both must be finite and sd above 0"
            )

    def quantile(self, u: Array | float) -> Array:
        """The size below which a share ``u`` lies."""
        from scipy.special import ndtri

        return np.asarray(self.mean + self.sd * np.clip(ndtri(np.asarray(u, dtype=float)), -_CUT, _CUT))

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest size that can be drawn."""
        return self.mean - _CUT * self.sd, self.mean + _CUT * self.sd

    def __str__(self) -> str:
        return f"normal, mean {self.mean:g}, sd {self.sd:g}"


Uncertain = Uniform | Triangular | Normal
Size = float | Uncertain
_SHAPES: dict[frozenset[str], type[Uniform | Triangular | Normal]] = {
    frozenset({"low", "high"}): Uniform,
    frozenset({"low", "mode", "high"}): Triangular,
    frozenset({"mean", "sd"}): Normal,
}


def read_number(value: object, what: str) -> float:
    """A fraction from a number or from "5 %".

    Raises
    ------
    ScenarioError
        On anything else.
    """
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        return checked_number(float(match[1]) / 100.0, what)
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+,\d+\s*%?\s*", value):
        raise ScenarioError(f"{what} {shown(value)} has a decimal comma: write {value.strip().replace(',', '.')!r}")
    return checked_number(value, what)


def checked_number(value: object, what: str) -> float:
    """A finite number, or a ScenarioError."""
    plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    try:
        finite = plain and math.isfinite(float(value))  # type: ignore[arg-type]
    except OverflowError:
        finite = False
    if not finite:
        raise ScenarioError(
            f"{what} {shown(value)} is not a number: write a fraction (0.05) or text with a per cent sign ('5 %')"
        )
    return float(value)  # type: ignore[arg-type]


def read_size(value: object, what: str) -> Size:
    """A size from a number, "5 %", or a mapping {low, high}, {low, mode, high} or {mean, sd}.

    Raises
    ------
    ScenarioError
        On anything else.

    Examples
    --------
    >>> read_size("5 %", "value")
    0.05
    >>> read_size({"low": "2 %", "high": 0.05}, "value")
    Uniform(low=0.02, high=0.05)
    """
    if isinstance(value, Uniform | Triangular | Normal):
        return value
    if isinstance(value, Mapping):
        shape = _SHAPES.get(frozenset(map(str, value)))
        if shape is None:
            raise ScenarioError(
                f"{what} has the keys {', '.join(map(str, value)) or 'none'}: a distribution is {{low, high}}, "
                "{low, mode, high} or {mean, sd}"
            )
        return shape(**{str(k): read_number(v, f"{what}.{k}") for k, v in value.items()})
    return read_number(value, what)


def bounds(size: Size) -> tuple[float, float]:
    """The smallest and the largest value that a size can take."""
    return size.bounds if isinstance(size, Uncertain) else (size, size)


def middle(size: Size) -> float:
    """The median of a size."""
    return float(size.quantile(0.5)) if isinstance(size, Uncertain) else size


def draws_of(size: Size) -> int:
    """How many random numbers a path needs for it: 1 for a distribution, 0 for a number."""
    return int(isinstance(size, Uncertain))


def log_factor(size: Size, uniforms: Array) -> Array | float:
    """log(1 + size): one number, or (paths,) from ``uniforms`` (1, paths) for a distribution."""
    return np.log1p(size.quantile(uniforms[0])) if isinstance(size, Uncertain) else math.log1p(size)


def plain(size: Size) -> Any:
    """A size as JSON can hold it."""
    return {k: getattr(size, k) for k in size.__slots__} if isinstance(size, Uncertain) else size
