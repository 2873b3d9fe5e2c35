"""Tables of drivers: GDP, oil prices and the like, reported and forecast, each row of one vintage.

A long table with the columns of ``COLUMNS``: ``area`` (ISO3 code, or WORLD), ``concept`` (NGDPD: GDP in billion current
USD; POILAPSP: an oil price), ``period`` (a year), ``value`` (positive for the concepts that drive), ``vintage`` (the
month in which it was published, "2025-10") and ``is_forecast``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import FIRST_YEAR, LAST_YEAR
from tradetarget.errors import DataError, shown
from tradetarget.reading.frames import plain_cells
from tradetarget.reading.values import read_figures

COLUMNS = ("area", "concept", "period", "value", "vintage", "is_forecast")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-[0-9]{2}( 00:00:00)?)?")  # a date stands for its month


@dataclass(frozen=True)
class DriverPath:
    """One driver of one area: (Y,) consecutive years, log values, and whether each is reported."""

    years: NDArray[np.int64]
    log_values: Array
    reported: NDArray[np.bool_]

    def growth(self, years: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
        """(N,) log growth in each of ``years``, NaN beyond the path, and whether both its ends are reported."""
        at = years - self.years[0]
        inside = (at >= 1) & (at < self.years.size)
        k = np.where(inside, at, 1)
        if self.years.size < 2:
            return np.full(years.size, np.nan), inside
        change = np.where(inside, self.log_values[k] - self.log_values[k - 1], np.nan)
        return change, inside & self.reported[k] & self.reported[k - 1]


@dataclass(frozen=True)
class DriverTable:
    """A checked table of drivers; ``frame`` has the columns of ``COLUMNS``, vintage as a monthly period."""

    frame: pd.DataFrame

    def as_of(self, day: date, label: str) -> DriverTable:
        """The table as it stood on ``day``: of each area and concept the latest vintage published by that month.

        Values of two vintages of one area and concept are never joined, because forecasts of one vintage belong
        together.

        Raises
        ------
        DataError
            When every vintage is later; the message names ``label``, the series whose date is ``day``.
        """
        month = pd.Period(day, freq="M")
        past = self.frame[self.frame["vintage"] <= month]
        keys = ["area", "concept"]
        if past.empty:
            first = self.frame["vintage"].min()
            raise DataError(
                f"the drivers are of vintage {first} and {label} is as of {month}: they would look ahead; give drivers "
                f"published by {month}, or a later as_of"
            )
        latest = past.groupby(keys)["vintage"].transform("max")
        return DriverTable(past[past["vintage"] == latest])

    def has(self, area: str, concept: str) -> bool:
        """Whether there is any row of that area and concept."""
        return bool(((self.frame["area"] == area) & (self.frame["concept"] == concept)).any())

    def path(self, area: str, concept: str, origin: int) -> DriverPath:
        """The driver of one area, from a table of one vintage a driver.

        Raises
        ------
        DataError
            When it has no such rows, a year is missing between two others, a value is not positive, or it ends before
            ``origin``.
        """
        rows = self.frame[(self.frame["area"] == area) & (self.frame["concept"] == concept)].sort_values("period")
        if rows.empty:
            held = sorted(self.frame.loc[self.frame["concept"] == concept, "area"].unique())
            raise DataError(
                f"the drivers have no {concept} of {area}: it is there for {', '.join(held) or 'no area'}; add its "
                "rows, or name other areas with DriverGrowth(areas=(..., ...))"
            )
        years = rows["period"].to_numpy(np.int64)
        missing = sorted(set(range(int(years[0]), int(years[-1]) + 1)) - set(years.tolist()))
        if missing:
            raise DataError(f"the drivers' {concept} of {area} has no value for {missing[0]}: fill it or start later")
        if years[-1] < origin:
            raise DataError(
                f"the drivers' {concept} of {area} ends in {years[-1]}, before the trade data in {origin}: add years"
            )
        value = rows["value"].to_numpy(float)
        if not (value > 0).all():
            k = int(np.argmin(value > 0))
            raise DataError(f"the drivers' {concept} of {area} is {value[k]:g} in {years[k]}: it must be positive")
        return DriverPath(years, np.log(value), ~rows["is_forecast"].to_numpy(bool))


def read_drivers(frame: object) -> DriverTable:
    """A checked table from a frame with the columns of ``COLUMNS``; other columns are ignored.

    Raises
    ------
    DataError
        On anything but a frame, a missing column, an empty table, a value that is no finite number, a period that is
        no year, a vintage that is no month, an ``is_forecast`` that is neither true nor false, or two rows of one
        area, concept, period and vintage.
    """
    frame = driver_columns(frame)
    if frame.empty:
        raise DataError("the drivers have no rows: give at least GDP (NGDPD) of both sides")
    read = pd.DataFrame({
        "area": [str(v).strip() for v in frame["area"]],
        "concept": [str(v).strip() for v in frame["concept"]],
        "period": _years(frame["period"]),
        "value": _numbers(frame),
        "vintage": _months(frame["vintage"]),
        "is_forecast": _flags(frame["is_forecast"]),
    })  # fmt: skip
    twice = read.duplicated(["area", "concept", "period", "vintage"])
    if twice.any():
        row = read[twice].iloc[0]
        raise DataError(
            f"the drivers hold {row['concept']} of {row['area']} for {row['period']}, vintage {row['vintage']}, twice: "
            "keep one"
        )
    return DriverTable(read)


def driver_columns(frame: object) -> pd.DataFrame:
    """The columns of ``COLUMNS`` of a frame, as they were written, rows numbered from 0.

    Raises
    ------
    DataError
        On anything but a frame, and on a column that is missing or stands twice.
    """
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"drivers are a {type(frame).__name__}: give a DataFrame with columns {', '.join(COLUMNS)}")
    columns = list(frame.columns)
    for name in COLUMNS:
        if columns.count(name) != 1:
            how = "two columns" if name in columns else "no column"
            raise DataError(f"the drivers have {how} {name!r}: they need each of {', '.join(COLUMNS)} once")
    return plain_cells(frame[list(COLUMNS)])


def _years(column: Iterable[object]) -> NDArray[np.int64]:
    years = []
    for v in column:
        year = int(v) if isinstance(v, str) and v.strip().isdecimal() else getattr(v, "year", v)
        if isinstance(year, bool) or not isinstance(year, int | np.integer) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise DataError(
                f"the drivers' period {shown(v)} is no year: give one from {FIRST_YEAR} to {LAST_YEAR}, such as 2026"
            )
        years.append(int(year))
    return np.array(years, dtype=np.int64)


def _numbers(frame: pd.DataFrame) -> Array:
    read = read_figures(frame["value"], ".", "the drivers' value")
    wrong = np.flatnonzero(~np.isfinite(read.number))
    if wrong.size:
        row = frame.iloc[int(wrong[0])]
        raise DataError(
            f"the drivers' value {shown(row['value'])} for {row['concept']} of {row['area']} in {row['period']} is no "
            "finite number: correct it or drop the row"
        )
    return read.number


def _months(column: Iterable[object]) -> list[pd.Period]:
    # A table has few vintages and many rows: each text is parsed once.
    texts = [str(v) for v in column]
    parsed = {t: _month(t) for t in dict.fromkeys(texts)}
    return [parsed[t] for t in texts]


def _month(written: str) -> pd.Period:
    if not _MONTH.fullmatch(written) or not FIRST_YEAR <= int(written[:4]) <= LAST_YEAR:
        raise DataError(f"the drivers' vintage {shown(written)} is no month: write it as '2025-10'")
    return pd.Period(written[:7], freq="M")


def _flags(column: Iterable[object]) -> list[bool]:
    read = {True: True, False: False, "True": True, "False": False, "true": True, "false": False}
    flags = list(column)
    for v in flags:
        if v not in read:
            raise DataError(f"the drivers' is_forecast {shown(v)} is neither True nor False")
    return [read[v] for v in flags]
