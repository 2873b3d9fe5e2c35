"""A published economic outlook as the pooled law uses it: how fast two economies are expected to grow.

An outlook is a table of drivers (:mod:`tradetarget.observations.drivers`): real growth in per cent of each area
(``NGDP_RPCH``) and consumer price inflation in per cent of the United States (``PCPIPCH``), of one or more vintages. A
unit is given what had been published by the end of its origin year, never more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.observations.drivers import driver_columns, read_drivers

GROWTH, INFLATION, DOLLAR_AREA = "NGDP_RPCH", "PCPIPCH", "USA"
YEARS_AHEAD = 5
"""Years of forecast growth that are averaged. As far as the World Economic Outlook looks."""
OLDEST = 1
"""A vintage counts for an origin in its own year and this many years after it. Judgement, because the IMF publishes two
a year, and an outlook of two years ago has been overtaken."""
LARGEST_DIFFERENCE = 0.06
"""Growth above or below the median area counts up to this much a year. Beyond are booms of oil and ends of wars, which
forecasts place badly (judgement; 2 % of the forecasts since 1990 lie beyond)."""


@dataclass(frozen=True)
class Outlook:
    """Expected growth by area and origin year.

    Parameters
    ----------
    first_origin
        The origin year of the first row.
    areas
        (A,) codes, sorted.
    growth
        (O, A + 1) expected growth a year over the five years after each origin, relative to the median area, log
        points; 0 where there is none, and in the last column, which stands for an area that is not in the table.
    inflation
        (O,) expected inflation of the dollar over the same years, log points a year; NaN where there is none.
    """

    first_origin: int
    areas: tuple[str, ...]
    growth: Array
    inflation: Array

    @property
    def last_vintage(self) -> int:
        """The year of the newest vintage."""
        return self.first_origin + self.inflation.size - 1 - OLDEST

    def of_pairs(self, reporter: Iterable[object], partner: Iterable[object], origin: NDArray[np.int64]) -> Array:
        """(U,) expected growth of both countries of each unit together, relative to the median area."""
        index, row = pd.Index(self.areas), np.asarray(origin, dtype=np.int64) - self.first_origin
        inside = (row >= 0) & (row < self.inflation.size)
        at = np.where(inside, row, 0)
        sides = [index.get_indexer(pd.Index(list(side), dtype=object)) for side in (reporter, partner)]
        return np.where(inside, self.growth[at, sides[0]] + self.growth[at, sides[1]], 0.0)

    def of_dollar(self, origin: NDArray[np.int64], otherwise: float) -> Array:
        """(U,) expected inflation of the dollar at each unit's origin; ``otherwise`` where the outlook has none."""
        row = np.asarray(origin, dtype=np.int64) - self.first_origin
        inside = (row >= 0) & (row < self.inflation.size)
        value = np.where(inside, self.inflation[np.where(inside, row, 0)], np.nan)
        return np.where(np.isfinite(value), value, otherwise)


def read_outlook(drivers: pd.DataFrame | None) -> Outlook | None:
    """What the law needs of a table of drivers; None where that is nothing.

    Raises
    ------
    DataError
        When the table is not one of drivers (:func:`tradetarget.observations.drivers.read_drivers`).
    """
    if drivers is None:
        return None
    table = driver_columns(drivers)
    if len(table):
        written = table["concept"].map(str)
        wanted = (written == GROWTH) | ((written == INFLATION) & (table["area"].map(str) == DOLLAR_AREA))
        if not wanted.any():
            return None
        table = table[wanted]
    rows = read_drivers(table).frame
    rows["year"] = rows["vintage"].map({v: v.year for v in rows["vintage"].unique()})
    rows = rows[rows["vintage"] == rows.groupby(["year", "concept"])["vintage"].transform("max")]
    areas = tuple(sorted(set(rows.loc[rows["concept"] == GROWTH, "area"])))
    origins = np.arange(int(rows["year"].min()), int(rows["year"].max()) + OLDEST + 1)
    growth, inflation = np.zeros((origins.size, len(areas) + 1)), np.full(origins.size, np.nan)
    for k, origin in enumerate(origins):
        ahead = rows["period"].between(origin + 1, origin + YEARS_AHEAD) & rows["year"].between(origin - OLDEST, origin)
        for concept in (GROWTH, INFLATION):
            usable = rows[ahead & (rows["concept"] == concept)]
            if usable.empty:
                continue
            latest = usable[usable["year"] == usable["year"].max()]
            mean = np.log1p(latest["value"].clip(-50.0, 100.0) / 100.0).groupby(latest["area"]).mean()
            if concept == GROWTH:
                relative = (mean - mean.median()).clip(-LARGEST_DIFFERENCE, LARGEST_DIFFERENCE)
                growth[k, :-1] = relative.reindex(list(areas)).fillna(0.0)
            else:
                inflation[k] = float(mean.iloc[0])
    return Outlook(int(origins[0]), areas, growth, inflation)
