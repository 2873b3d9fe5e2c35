"""What ``sensitivity`` and ``sweep`` give: a table of sizes and probabilities, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from tradetarget import presenting
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.targets import Target


@dataclass(frozen=True)
class Sensitivity(presenting.Presented):
    """P(reached by the deadline) with each factor at its low and its high size, the others at their middle.

    Parameters
    ----------
    frame
        One row a factor, the widest swing first: factor, kind, low, high (sizes), probability_low, probability_high,
        swing (their distance) and swing_error (at most so large is its standard error: the sum of those of both ends).
    probability
        P(reached by the deadline) with every factor at its middle.
    series, target
        The data, in the target's unit, and the target.
    by
        The deadline.
    level
        Low and high are the ends of this central interval of each size.
    model, seed, n_paths
        As they were asked for.
    """

    frame: pd.DataFrame
    probability: float
    series: TradeSeries
    target: Target
    by: int
    level: float
    model: str
    seed: int
    n_paths: int

    def to_frame(self) -> pd.DataFrame:
        """One row a factor, the widest swing first."""
        return _with_provenance(self)

    def __repr__(self) -> str:
        widest = "" if self.frame.empty else f"; widest {self.frame['factor'].iloc[0]!r}"
        return f"Sensitivity({self.series.label!r} by {self.by}: {len(self.frame)} factors{widest})"

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data."""
        return _record(self) | {
            "probability": self.probability,
            "level": self.level,
            "factors": self.frame.to_dict("records"),
        }

    def summary(self) -> presenting.Summary:
        """The factors and what each does, as a table."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """A tornado: one bar a factor, the widest at the top; see ``Forecast.plot``."""
        return presenting.figure(self, path=path, ax=ax, size=figsize)


@dataclass(frozen=True)
class Sweep(presenting.Presented):
    """P(reached by the deadline) over a grid of two factors.

    Parameters
    ----------
    frame
        One row a cell: a column for each factor's size, probability, standard_error.
    factors, kinds
        Names of the two factors, rows, then columns, and their kinds of adjustment.
    series, target
        The data, in the target's unit, and the target.
    by
        The deadline.
    model, seed, n_paths
        As they were asked for.
    """

    frame: pd.DataFrame
    factors: tuple[str, str]
    kinds: tuple[str, str]
    series: TradeSeries
    target: Target
    by: int
    model: str
    seed: int
    n_paths: int

    def to_frame(self) -> pd.DataFrame:
        """One row a cell."""
        return _with_provenance(self)

    def __repr__(self) -> str:
        what = f"{self.factors[0]!r} by {self.factors[1]!r}, {len(self.frame)} cells"
        return f"Sweep({self.series.label!r} by {self.by}: {what})"

    def table(self) -> pd.DataFrame:
        """Probabilities, sizes of the first factor down and of the second across."""
        return self.frame.pivot_table(index=self.factors[0], columns=self.factors[1], values="probability")

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data."""
        return _record(self) | {"factors": list(self.factors), "cells": self.frame.to_dict("records")}

    def summary(self) -> presenting.Summary:
        """The grid as a table."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """A heat map of the grid; see ``Forecast.plot``."""
        return presenting.figure(self, path=path, ax=ax, size=figsize)


def _with_provenance(answer: Sensitivity | Sweep) -> pd.DataFrame:
    settings = {"targets": [str(answer.target)], "model": answer.model, "seed": answer.seed}
    return stamped(answer.frame.copy(), answer.series.provenance | settings)


def _record(answer: Sensitivity | Sweep) -> dict[str, Any]:
    return {
        "series": answer.series.label,
        "target": str(answer.target),
        "by": answer.by,
        "model": answer.model,
        "seed": answer.seed,
        "n_paths": answer.n_paths,
    }
