"""What a panel of other pairs says about growth: the numbers behind the pooled law, with where they are from.

A ``Prior`` is small and readable: one row a parameter (value, standard error), the size at which the law is centred,
and, when the panel named its countries, what was happening in each of them when the panel ended. It is written to and
read from JSON without loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import LARGEST, SMALLEST, number
from tradetarget.errors import ModelError, shown
from tradetarget.models.parameter_file import ParameterFile
from tradetarget.models.pooled.law import MEMORY, CommonPath
from tradetarget.models.pooled.outlook import Outlook
from tradetarget.observations.provenance import stamped
from tradetarget.outputs import as_bytes, write_whole
from tradetarget.packaged import packaged_text
from tradetarget.reading.sources import read_text
from tradetarget.units import Unit

COUNTRY_MEMORY = 0.9
"""Weight of a year of a country's relative growth against the year after it. Judgement. A mean age of nine years, about
the decade over which growth is predicted."""


class Parameter(NamedTuple):
    """One parameter of the law: its name, where it is estimated, and what is thought of it before any panel.

    ``centre`` and ``spread`` are the mean and standard deviation of its prior on the scale of ``link``. The centres are
    rounded from what both panels of benchmarks/estimate_shipped_prior.py say up to 1975, with a tenth of the usual
    ridge around older centres, of 1950-2004. Those years say little of ``recovery``, ``settling``, ``past_drift`` and
    the persistences, which stayed where they were; benchmarks/hindsight_free.py starts from nothing instead. The
    spreads are judgement.
    """

    name: str
    link: Literal["identity", "log", "logit"]
    centre: float
    spread: float
    meaning: str

    def natural(self, theta: float) -> float:
        """The parameter's value from its value on the scale of the link."""
        if self.link == "log":
            return float(np.exp(theta))
        return float(1.0 / (1.0 + np.exp(-theta))) if self.link == "logit" else float(theta)

    def theta(self, value: float) -> float:
        """The value on the scale of the link from the parameter's value."""
        if self.link == "log":
            return float(np.log(value))
        return float(np.log(value / (1.0 - value))) if self.link == "logit" else float(value)

    def slope(self, value: float) -> float:
        """Derivative of the value with respect to the scale of the link."""
        return {"identity": 1.0, "log": value, "logit": value * (1.0 - value)}[self.link]


_P = Parameter
PARAMETERS: tuple[Parameter, ...] = (
    _P("drift", "identity", -0.01, 0.03, "long-run real growth of a pair of central size, log points a year"),
    _P("drift_size", "identity", 0.007, 0.01, "more growth a year for each log point of size"),
    _P("drift_length", "identity", -0.002, 0.01, "more growth a year for each log point of history's length"),
    _P("drift_volatility", "identity", -0.04, 0.02, "more growth a year for each log point of own variance"),
    _P("settling", "identity", -0.05, 0.05, "change of level in the first years beside the drift, log points"),
    _P("settling_size", "identity", 0.0, 0.02, "the same, for each log point of size"),
    _P("recovery", "identity", -0.18, 0.1, "share of the distance from the peak made good (negative) or widened"),
    _P("past_drift", "identity", 0.13, 0.03, "growth a year against which a past is judged fast or slow"),
    _P("past_drift_size", "identity", 0.02, 0.01, "the same, for each log point of size"),
    _P("log_variance", "identity", -3.9, 0.5, "log variance of a year's lasting movement at the central size"),
    _P("log_variance_size", "identity", -0.35, 0.15, "elasticity of that variance to size"),
    _P("volatility_df", "log", 2.2, 0.35, "years the size class's variance is worth against the pair's own"),
    _P("noise", "log", -1.7, 0.5, "variance of the error of a reported level, in yearly variances"),
    _P("swing", "log", -0.65, 0.5, "variance of slumps and booms of the level, in yearly variances"),
    _P("swing_persistence", "logit", 0.9, 0.5, "correlation of slumps and booms from year to year"),
    _P("drift_variance", "log", -4.0, 0.5, "variance of the pair's own drift, in yearly variances"),
    _P("drift_persistence", "logit", 2.2, 0.5, "correlation of the pair's own drift from year to year"),
    _P(
        "drift_spread",
        "identity",
        0.0,
        0.02,
        "standard deviation of a decade's shared growth a year beyond the panel's",
    ),
    _P("inflation", "identity", 0.0, 0.01, "inflation expected of the unit of money, log points a year"),
    _P("country_drift", "identity", 0.8, 0.3, "share of its countries' recent relative growth that goes on"),
    _P(
        "outlook_growth",
        "identity",
        0.5,
        0.25,
        "more growth a year for each point by which both economies are expected to outgrow the median one",
    ),
    _P("nameless_drift", "identity", 0.0, 0.02, "more growth a year where the countries are not known"),
    _P("nameless_log_variance", "identity", 0.15, 0.2, "log of how much more is left to vary where they are not known"),
)
_RANGES = {"identity": (-1e3, 1e3), "log": (0.0, 1e9), "logit": (0.0, 1.0)}
"""What a parameter can be, by its scale. Judgement. None that was estimated comes within a tenth of the wide ones."""
DERIVED = ("drift_spread", "inflation")
"""Parameters that follow from the panel's years and are not fitted."""
NAMED = ("country_drift", "outlook_growth")
"""Parameters that only matter for units whose countries are known."""
NAMELESS = ("nameless_drift", "nameless_log_variance")
"""Parameters that only matter for units whose countries are not known."""
_FILE = ParameterFile("a prior", 2, {p.name: p.meaning for p in PARAMETERS})
"""Its JSON file. Schema 2, since real growth and inflation stand apart."""


@dataclass(frozen=True)
class CommonState:
    """What was happening in each country when the panel ended.

    Parameters
    ----------
    year
        The panel's last year.
    countries
        (C,) codes, sorted.
    growth
        (C, MEMORY - 1) growth of the country's trade with everyone relative to the world's, log points a year; the
        panel's last year first.
    world
        (MEMORY - 1,) growth of trade common to all pairs, log points a year; the last year first.
    """

    year: int
    countries: tuple[str, ...]
    growth: Array
    world: Array

    def drift(self) -> Array:
        """(C,) recent relative growth a year, weights falling by ``COUNTRY_MEMORY`` a year back."""
        return np.asarray(self.growth @ _memory(self.growth.shape[1]))

    def paths(self, reporter: Iterable[object], partner: Iterable[object], origin: NDArray[np.int64]) -> CommonPath:
        """The common path of units with these countries, each up to its own origin year.

        Years after the panel's end are taken as years in which a country grew as the world did.
        """
        index = pd.Index(self.countries)
        growth = np.concatenate([self.growth, np.zeros((1, self.growth.shape[1]))])
        ends = [index.get_indexer(pd.Index(list(side), dtype=object)) for side in (reporter, partner)]
        total = growth[ends[0]] + growth[ends[1]]
        named = (ends[0] >= 0) | (ends[1] >= 0)
        lag = (self.year - np.asarray(origin, dtype=np.int64))[:, None] + np.arange(MEMORY - 1)
        inside = (lag >= 0) & (lag < total.shape[1])
        aligned = np.where(inside, np.take_along_axis(total, np.where(inside, lag, 0), axis=1), 0.0)
        return common_path(aligned, named)


def common_path(growth: Array, known: NDArray[np.bool_]) -> CommonPath:
    """The common path of units whose two countries' relative growth was ``growth`` (U, years back)."""
    return CommonPath(-np.cumsum(growth, axis=1), np.einsum("uj,j->u", growth, _memory(growth.shape[1])), known)


def _memory(years: int) -> Array:
    return np.asarray((1.0 - COUNTRY_MEMORY) * COUNTRY_MEMORY ** np.arange(years))


@dataclass(frozen=True)
class Prior(presenting.Presented):
    """What a panel of other pairs says about growth.

    Parameters
    ----------
    values, standard_errors
        By parameter name; ``PARAMETERS`` says what each means. Standard errors are clustered by pair; None where the
        panel said nothing and the value is the one before any panel.
    unit
        The unit the panel's values were in.
    size_centre
        The size at which the law is centred, in that unit.
    provenance
        What it was estimated from: pairs, cases, first and last year, a note; and ``shared_growth``, the part of the
        drift that all pairs have in common, real log points a year.
    common
        What was happening in each country at the panel's end; None where the panel did not name them.
    """

    values: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    unit: str = "million USD"
    size_centre: float = 150.0
    provenance: Mapping[str, Any] = field(default_factory=dict)
    common: CommonState | None = None

    def __post_init__(self) -> None:
        for name in ("values", "standard_errors", "provenance"):
            if not isinstance(getattr(self, name), Mapping):
                raise ModelError(f"{name} {shown(getattr(self, name))} of a prior is no mapping: give a dict")
        for p in PARAMETERS:
            if p.name not in self.values:
                raise ModelError(f"the prior lacks the parameter {p.name}: give {p.meaning}")
            low, high = _RANGES[p.link]
            if not low <= number(self.values[p.name], f"parameter {p.name} of the prior") <= high:
                raise ModelError(
                    f"parameter {p.name} of the prior is {self.values[p.name]:g}, not from {low:g} to {high:g}"
                )
        Unit.parse(self.unit)
        if not SMALLEST <= number(self.size_centre, "size_centre") <= LARGEST:
            raise ModelError(f"size_centre {self.size_centre:g} of the prior is not above 0: give a level, such as 150")
        if self.common is not None and not isinstance(self.common, CommonState):
            raise ModelError(f"common {shown(self.common)} of the prior is no CommonState: leave it out")

    def common_paths(
        self,
        reporter: Iterable[object],
        partner: Iterable[object],
        origin: NDArray[np.int64],
        outlook: Outlook | None = None,
    ) -> CommonPath | None:
        """What is known of units with these countries at these origins: their state, and what an outlook expects."""
        if self.common is None and outlook is None:
            return None
        if self.common is not None:
            path = self.common.paths(reporter, partner, origin)
        else:
            path = common_path(np.zeros((origin.size, MEMORY - 1)), np.zeros(origin.size, dtype=bool))
        return path if outlook is None else replace(path, expected=outlook.of_pairs(reporter, partner, origin))

    def inflation_paths(self, origin: NDArray[np.int64], horizon: int, outlook: Outlook | None) -> Array | None:
        """(U, horizon) inflation since each origin that an outlook expects; None where the prior's own holds."""
        if outlook is None or Unit.parse(self.unit).currency != "USD":
            return None
        return outlook.of_dollar(origin, self.values["inflation"])[:, None] * np.arange(1.0, horizon + 1.0)

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: estimate, standard_error, meaning."""
        return stamped(_FILE.frame(self), {"unit": self.unit, "panel": dict(self.provenance)})

    def to_json(self) -> str:
        """The prior as JSON text, a parameter a line; ``from_json`` gives the same prior back."""
        return _FILE.write(self, common=_common_json(self.common))

    @classmethod
    def from_json(cls, text: str) -> Prior:
        """Read what ``to_json`` wrote.

        Raises
        ------
        DataError
            On text that is not such a file, or lacks a parameter.
        """
        return _FILE.read(text, cls, common=_read_common)

    def save(self, path: str | Path) -> None:
        """Write the prior as JSON to the file ``path``, whole or not at all; ``load`` reads it back without loss.

        Raises
        ------
        OutputError
            When the file cannot be written.
        """
        write_whole(path, as_bytes(self.to_json()))

    @classmethod
    def load(cls, path: str | Path) -> Prior:
        """Read a prior from the JSON file ``path``.

        Raises
        ------
        DataError
            When it is not what ``save`` wrote.
        """
        return cls.from_json(read_text(path))

    @classmethod
    def shipped(cls) -> Prior:
        """The prior that comes with the package."""
        return _shipped()

    def summary(self) -> presenting.Summary:
        """Every parameter with its standard error and meaning, and the panel behind them, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        years = [self.provenance.get(key) for key in ("first_year", "last_year")]
        panel = f"panel of {years[0]} to {years[1]}" if all(years) else "panel not stated"
        return f"Prior({len(self.values)} parameters, {self.unit}, {panel})"


@cache
def _shipped() -> Prior:
    return Prior.from_json(packaged_text("models", "pooled", "prior.json"))


def _common_json(common: CommonState | None) -> str:
    if common is None:
        return "null"
    rows = [f'      "{c}": {json.dumps(g.tolist())}' for c, g in zip(common.countries, common.growth, strict=True)]
    body = ",\n".join(rows)
    return (
        f'{{\n    "year": {common.year},\n    "world": {json.dumps(common.world.tolist())},\n'
        f'    "growth": {{\n{body}\n    }}\n  }}'
    )


def _read_common(d: dict[str, Any] | None) -> CommonState | None:
    if d is None:
        return None
    growth = np.array(list(d["growth"].values()), dtype=float).reshape(len(d["growth"]), -1)
    return CommonState(int(d["year"]), tuple(d["growth"]), growth, np.array(d["world"], dtype=float))
