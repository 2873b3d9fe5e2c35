"""The reference class: what happened to pairs like this one, without a growth law.

The answer is a Kaplan-Meier curve of past episodes: pairs of like size, history and distance from their peak, and how
many years each took to grow by the same multiple (``table`` has the classes, ``episodes`` the equations). It gives no
reason and draws no paths. The episodes that were counted are mostly of the second half of the twentieth century, in
current US dollars, so the inflation of those decades is in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import LARGEST, SMALLEST, between, made, optional, several, share, takes
from tradetarget.errors import ModelError
from tradetarget.models.interface import FitDefaults, ModelDefaults, Paths, annual_sample
from tradetarget.models.reference_class.table import (
    BANDS,
    UNIT,
    Curve,
    ReferenceTable,
    band_index,
    cells,
    shipped_table,
)
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped

_table = cache(shipped_table)


@dataclass(frozen=True)
class FittedReferenceClass(FitDefaults, presenting.Presented):
    """The class that a series falls into.

    Parameters
    ----------
    model_name
        As reports show it.
    series
        The series it was matched to.
    table
        The counts.
    band, cell
        Which class: a band of history length and a cell inside it; None for the base rate of all.
    log_origin
        Log of the last total, in the series' unit.
    unit_assumed
        Whether the series has no unit, so that it was taken to be in USD mn.
    """

    model_name: str
    series: TradeSeries
    table: ReferenceTable
    band: int | None
    cell: int | None
    log_origin: float
    unit_assumed: bool

    def curve(self, log_barriers: Array, horizon: int, level: float = 0.8) -> Curve:
        """The curve of the class, its band of ``level``, and its number of episodes.

        Parameters
        ----------
        log_barriers
            (barriers,) logs of the targets, in the series' unit.
        horizon
            Years, at most those of the table.
        level
            Coverage of the band: a confidence interval of the share of the class, not of what one pair may do.
        """
        ahead = np.asarray(log_barriers, dtype=float) - self.log_origin
        if self.band is None or self.cell is None:
            return self.table.base_rate(ahead, horizon, level)
        return self.table.curve(self.band, self.cell, ahead, horizon, level)

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array:
        """(barriers, horizon) P(reached by each year): the empirical curve.

        Raises
        ------
        ModelError
            On a target or horizon beyond what was counted.
        """
        return self.curve(log_barriers, horizon).probability

    def blocks(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Iterator[Paths]:
        """Refused: the reference class counts what happened, and draws no paths.

        Raises
        ------
        ModelError
            Always.
        """
        raise ModelError(
            f"{self.model_name} gives no paths, only the share of like pairs that reached a multiple: a scenario, a "
            "fan chart, an event inside a year or a sustained target needs paths; choose a model with a growth law, "
            "such as 'pooled'"
        )

    @property
    def episodes(self) -> int:
        """Episodes of the class."""
        return self.curve(np.array([self.log_origin]), 1).episodes

    @property
    def description(self) -> str:
        """The class in words."""
        if self.band is None or self.cell is None:
            return "every pair of 10 USD mn or more"
        band = BANDS[self.band]
        place = np.unravel_index(self.cell, band.shape) if band.features else ()
        features = [_words(f.name, f.cuts, int(i)) for f, i in zip(band.features, place, strict=True)]
        first = f"total {band.name}" if band.name.startswith("below") else f"history of {band.name}"
        return "; ".join([first, *features])

    @takes(multiples=optional(several(between(SMALLEST, LARGEST))), level=share)
    def to_frame(self, multiples: Array | Sequence[float] | None = None, level: float = 0.8) -> pd.DataFrame:
        """The curve by multiple of the last total and year: multiple, years_ahead, probability, low, high."""
        m = self.table.multiples[1:] if multiples is None else np.asarray(multiples, dtype=float)
        h = self.table.horizon
        curve = self.curve(self.log_origin + np.log(m), h, level)
        frame = pd.DataFrame(
            {
                "multiple": np.repeat(m, h),
                "years_ahead": np.tile(np.arange(1, h + 1), m.size),
                "probability": curve.probability.ravel(),
                "low": curve.low.ravel(),
                "high": curve.high.ravel(),
            }
        )
        return stamped(frame, self.series.provenance | {"model": self.model_name, "class": self.description})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model_name} fitted to {self.series.label!r})"

    def summary(self) -> presenting.Summary:
        """The class in words, its episodes, and the curve with its band, as text."""
        return presenting.summary(self)


def _words(name: str, cuts: tuple[float, ...], i: int) -> str:
    """A cell of one feature in words."""
    what = {
        "size": "last total in USD mn",
        "above_mean": "last total against its three-year mean",
        "volatility": "volatility of growth",
        "below_peak": "last total against its peak",
    }[name]
    if name == "size":
        shown = [f"{np.exp(c):.0f}" for c in cuts]
    elif name == "volatility":
        shown = [f"{100 * c:.0f} %" for c in cuts]
    else:
        shown = [f"{100 * np.expm1(-c if name == 'below_peak' else c):+.0f} %" for c in cuts]
    # A large distance below the peak is a small total against the peak: the order of the cells turns round.
    if name == "below_peak":
        shown, i = shown[::-1], len(cuts) - i
    if i == 0:
        return f"{what} below {shown[0]}"
    return f"{what} {shown[-1]} or more" if i == len(cuts) else f"{what} {shown[i - 1]} to {shown[i]}"


def _in_usd_mn(series: TradeSeries, log_levels: Array, model: str) -> Array:
    """Logs in USD mn; a ModelError in another currency."""
    if series.unit is None:
        return log_levels
    if series.unit.currency != UNIT.currency:
        raise ModelError(
            f"{model} counts pairs by size in {UNIT}, and {series.label} is in {series.unit}: convert it to US dollars "
            "first, or choose a model with a growth law"
        )
    return np.asarray(log_levels + np.log(series.unit.factor_to(UNIT)))


def _trailing(years: NDArray[np.int64]) -> int:
    """How many of the last years follow one another without a gap."""
    breaks = np.flatnonzero(np.diff(years) > 1)
    return int(years.size - (breaks[-1] + 1 if breaks.size else 0))


@dataclass(frozen=True)
class ReferenceClass(ModelDefaults):
    """What happened to pairs of like size, history and distance from their peak.

    Parameters
    ----------
    table
        Counts of your own (``ReferenceTable.count``); None for those that ship with the package.

    Examples
    --------
    >>> s = TradeSeries.from_annual(pd.Series({2023: 4.4, 2024: 4.1}), unit="USD bn", name="A-B")
    >>> ReferenceClass().fit(s).description
    'history of 1 or 2 years; last total in USD mn 100 or more'
    """

    table: ReferenceTable | None = None
    name: str = "reference-class"
    gives_paths = False
    """It has a law and no paths that part-year figures could weigh, so those figures are left out."""
    min_observations: int = 1

    def __post_init__(self) -> None:
        optional(made("ReferenceTable"))(self.table, "table")

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedReferenceClass:
        """Find the class of ``series``: only the totals after its last gap count.

        Raises
        ------
        ModelError
            Without a total, or in a currency other than the US dollar. A series without a unit is taken to be in USD
            mn, and the summary states it.
        """
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        dollars = _in_usd_mn(series, x, self.name)
        band = band_index(_trailing(years), float(dollars[-1]))
        cell = int(cells(BANDS[band], dollars[-BANDS[band].window :]))
        table = _table() if self.table is None else self.table
        return FittedReferenceClass(self.name, series, table, band, cell, float(x[-1]), series.unit is None)


@dataclass(frozen=True)
class BaseRate(ModelDefaults):
    """What happened to every pair of 10 USD mn or more: one curve for all, whatever their history.

    Parameters
    ----------
    table
        Counts of your own; None for those that ship with the package.
    """

    table: ReferenceTable | None = None
    name: str = "base-rate"
    min_observations: int = 1
    gives_paths = False
    """As for ``ReferenceClass``."""

    def __post_init__(self) -> None:
        optional(made("ReferenceTable"))(self.table, "table")

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedReferenceClass:
        """Keep the last total of ``series``; its unit and its history do not matter.

        Raises
        ------
        ModelError
            Without a total.
        """
        _, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        table = _table() if self.table is None else self.table
        return FittedReferenceClass(self.name, series, table, None, None, float(x[-1]), False)
