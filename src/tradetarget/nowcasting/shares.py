"""The share of a year's trade that part of it carries: a law learnt from monthly figures of many pairs.

With S_m the share of months 1 to m in a year's total, z_m = logit S_m and, for a pair i in year t with growth g,

    z_it = mu + b (x_it - x0) + beta (g_it - gbar) + beta' (g_i,t+1 - gbar) + s_it (u_i + e_it) + c_it,
    s_it = exp(-gamma (x_it - x0)),
    u_i ~ N(0, lambda_i P),   e_it ~ N(0, lambda_i V),   c_it ~ N(0, lambda_i C),   lambda_i ~ IG(nu / 2, nu / 2),
    g_it ~ N(gbar, lambda_i tau_it^2),   tau_it = tau exp(-delta (x_it - x0)),

where z has eleven elements and x is the log of the size (the total a year earlier, million USD). beta' is what the end
of a year foretells of the next one; u is the pair's own season, which its past part-years reveal; c is what a year does
to all pairs, however large. lambda makes the tails those of a Student law and lets a pair be steadier than others of
its size; a past year counts for kappa < 1 of a year in what it teaches about lambda, because unsteady times come and
go. On the scale of the logit a share stays between 0 and 1, so that a total is never below its own published part. Any
window of the year is a linear map of z, at the mean (the delta method).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from tradetarget.arrays import Array
from tradetarget.errors import DataError
from tradetarget.packaged import packaged_text

_ARRAYS = ("mean", "size_slope", "growth_slope", "next_growth_slope", "persistent", "yearly", "common")
SCHEMA = 1  # of the JSON file
CUTS = 11  # ends of January to November: where a year can be cut into two parts of whole months
LARGEST_GROWTH = 0.7
"""Growth beyond which, in log points from the mean, the share is not taken to move further. Judgement. A year that
doubles, beyond which the panel has too few years to tell."""
LARGEST_KNOWN = 3.0
"""Standard deviations beyond which a past part-year does not teach more. Judgement, because data breaks are common, and
one of them would otherwise widen a pair's law for good."""


class Window(NamedTuple):
    """The months of a year that a figure covers, in months from its first day: (0, 9) is January-September."""

    start: float
    end: float

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole year."""
        return self == (0.0, 12.0)


class WindowLaw(NamedTuple):
    """The mean share of a window, and the linear map from z to the logit of its share."""

    share: float
    slope: Array
    """(11,) derivative of the window's logit by z."""


@dataclass(frozen=True)
class GrowthLaw:
    """Growth of a year's total when nothing is known of the year: Student with the lambda and nu of the shares.

    Parameters
    ----------
    mean
        Log points a year.
    scale
        Of the Student law at the central size; it is multiplied by exp(-elasticity (x - x0)).
    elasticity
        Per log point of size.
    """

    mean: float
    scale: float
    elasticity: float


@dataclass(frozen=True)
class ShareLaw:
    """The law of the module, with its parameters.

    Parameters
    ----------
    mean, size_slope, growth_slope, next_growth_slope
        (11,) mu, b, beta and beta', by cut: the end of January, ..., the end of November.
    persistent, yearly, common
        (11, 11) P, V and C.
    size_centre, size_elasticity
        exp(x0) in million USD, and gamma.
    df, memory
        nu and kappa.
    growth
        The law of growth; its mean is gbar.
    provenance
        What it was estimated from.
    """

    mean: Array
    size_slope: Array
    growth_slope: Array
    next_growth_slope: Array
    persistent: Array
    yearly: Array
    common: Array
    size_centre: float
    size_elasticity: float
    df: float
    memory: float
    growth: GrowthLaw
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def relative_size(self, size: float | Array) -> Array:
        """x - x0 for totals of ``size`` million USD, kept to what the panel has seen (a factor of 1,000 each way)."""
        return np.asarray(np.clip(np.log(size) - np.log(self.size_centre), -7.0, 7.0))

    def scale(self, relative_size: float | Array) -> Array:
        """The factor s of the spread of z."""
        return np.asarray(np.exp(-self.size_elasticity * np.asarray(relative_size)))

    def growth_scale(self, relative_size: float | Array) -> Array:
        """The scale of the law of growth."""
        return np.asarray(self.growth.scale * np.exp(-self.growth.elasticity * np.asarray(relative_size)))

    def window(self, window: Window, relative_size: float = 0.0) -> WindowLaw:
        """Mean share of ``window`` and the map from z to its logit, both at the mean growth.

        Inside a month the share is taken to grow evenly from day to day.
        """
        cut = _logistic(self.mean + self.size_slope * relative_size)
        (low, low_slope), (high, high_slope) = (_cumulative(cut, month) for month in window)
        share = high - low
        if window.is_whole:
            return WindowLaw(1.0, np.zeros(CUTS))
        return WindowLaw(share, (high_slope - low_slope) / (share * (1.0 - share)))

    def growth_deviation(self, growth: Array) -> Array:
        """Growth less its mean, kept to the range over which the share is taken to move with it."""
        return np.asarray(np.clip(np.asarray(growth) - self.growth.mean, -LARGEST_GROWTH, LARGEST_GROWTH))

    def to_json(self) -> str:
        """The law as JSON text, a parameter a line."""
        rows: dict[str, Any] = {
            "schema": SCHEMA,
            "provenance": dict(self.provenance),
            "size_centre": self.size_centre,
            "size_elasticity": self.size_elasticity,
            "df": self.df,
            "memory": self.memory,
            "growth": self.growth.__dict__,
            "mean": self.mean.tolist(),
            "size_slope": self.size_slope.tolist(),
            "growth_slope": self.growth_slope.tolist(),
            "next_growth_slope": self.next_growth_slope.tolist(),
        }
        lines = [f'  "{k}": {json.dumps(v)}' for k, v in rows.items()]
        for name in _ARRAYS[4:]:
            body = ",\n    ".join(json.dumps(row) for row in getattr(self, name).tolist())
            lines.append(f'  "{name}": [\n    {body}\n  ]')
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> ShareLaw:
        """Read what ``to_json`` wrote.

        Raises
        ------
        DataError
            On text that is no such law.
        """
        try:
            d = json.loads(text)
            if d.pop("schema") != SCHEMA:
                raise DataError(f"a law of part-year shares of another schema: this version reads {SCHEMA}")
            arrays: dict[str, Any] = {k: np.array(d.pop(k)) for k in _ARRAYS}
            return cls(**arrays, growth=GrowthLaw(**d.pop("growth")), **d)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"this is not a law of part-year shares ({error!r}): write one with to_json") from error

    @classmethod
    def shipped(cls) -> ShareLaw:
        """The law that comes with the package."""
        return _shipped()


@cache
def _shipped() -> ShareLaw:
    return ShareLaw.from_json(packaged_text("nowcasting", "data", "part_year_shares.json"))


def _logistic(z: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def _cumulative(cut: Array, month: float) -> tuple[float, Array]:
    """Share of the first ``month`` months and its derivative by z, from the shares ``cut`` at the ends of months."""
    whole = int(month)
    parts = [(whole, 1.0 - (month - whole)), (whole + 1, month - whole)]
    share, slope = 0.0, np.zeros(CUTS)
    for m, weight in parts:
        if weight == 0.0 or m == 0:
            continue
        value = 1.0 if m >= 12 else float(cut[m - 1])
        share += weight * value
        if m < 12:
            slope[m - 1] += weight * value * (1.0 - value)
    return share, slope
