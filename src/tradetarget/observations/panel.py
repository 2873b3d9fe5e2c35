"""Panels: long tables of many units, checked at the edge and turned into matrices aligned at each origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, TargetError

Array = NDArray[np.float64]
KEEP_YEARS = 60


@dataclass(frozen=True)
class Panel:
    """Checked rows of a long table, sorted by unit and year.

    Parameters
    ----------
    units
        (U,) names, in order of first appearance.
    code
        (N,) the unit of each row.
    year, value
        (N,) calendar years and positive levels.
    origin
        (U,) each unit's last year.
    reporter, partner
        (U,) area codes where the table has them, "" where it has not.
    as_periods
        Whether the table's periods were pandas Periods.
    """

    units: NDArray[Any]
    code: NDArray[np.int64]
    year: NDArray[np.int64]
    value: Array
    origin: NDArray[np.int64]
    reporter: NDArray[Any]
    partner: NDArray[Any]
    as_periods: bool

    def matrix(self, units: NDArray[np.int64]) -> Array:
        """Values of the units with these codes, aligned at the origin.

        Returns
        -------
        numpy.ndarray
            (units, 60) with the origin in the last column and NaN where nothing was observed. The width is fixed, so
            that a unit's row, and every sum over it, is the same bit for bit whatever else is in the panel.
        """
        first, last = np.searchsorted(self.code, units), np.searchsorted(self.code, units, side="right")
        row = np.repeat(np.arange(units.size), last - first)
        at = np.repeat(last - np.cumsum(last - first), last - first) + np.arange(row.size)
        age = self.origin[self.code[at]] - self.year[at]
        keep = age < KEEP_YEARS
        found = np.full((units.size, KEEP_YEARS), np.nan)
        found[row[keep], KEEP_YEARS - 1 - age[keep]] = self.value[at[keep]]
        return found


def _need(frame: object, columns: tuple[str, ...], what: str) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"{what} must be a pandas DataFrame with columns {', '.join(columns)}, got {type(frame).__name__}"
        )
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise DataError(
            f"{what} has no column {missing[0]!r}: it needs {', '.join(columns)}, and has "
            f"{', '.join(map(str, frame.columns)) or 'none'}"
        )
    if frame.empty:
        raise DataError(f"{what} has no rows")
    return frame


def _years(periods: pd.Series) -> tuple[NDArray[np.int64], bool]:
    if isinstance(periods.dtype, pd.PeriodDtype):
        return periods.dt.year.to_numpy(np.int64), True
    if pd.api.types.is_integer_dtype(periods.dtype):
        return periods.to_numpy(np.int64), False
    if len(periods) and all(isinstance(p, pd.Period) for p in periods):
        return np.array([p.year for p in periods], dtype=np.int64), True
    numbers = pd.to_numeric(periods, errors="coerce")
    wrong = numbers.isna() | (numbers % 1 != 0)
    if wrong.any():
        raise DataError(f"panel period {periods[wrong].iloc[0]!r} is not a year: give int years or pandas Periods")
    return numbers.to_numpy(np.int64), False


def _positive(frame: pd.DataFrame, column: str, what: str, kind: type[DataError] | type[TargetError]) -> Array:
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers > 0)))
    if wrong.size:
        row = frame.iloc[int(wrong[0])]
        raise kind(
            f"{what} of unit {row['unit']!r}{f' in {row.period}' if 'period' in frame.columns else ''} is "
            f"{row[column]!r}, which is not a positive number: correct it or leave the row out"
        )
    return numbers


def read_panel(panel: object) -> Panel:
    """Check a long table with columns unit, period, value (and optionally reporter, partner).

    Raises
    ------
    DataError
        On a missing column, no rows, a period that is no year, a value that is not a positive number, or a
        (unit, period) that stands twice; each names the first offender.
    """
    frame = _need(panel, ("unit", "period", "value"), "panel")
    if frame["unit"].isna().any():
        raise DataError("panel has a row without a unit: name it or leave it out")
    year, as_periods = _years(frame["period"])
    value = _positive(frame, "value", "panel value", DataError)
    code, units = pd.factorize(frame["unit"])
    order = np.lexsort((year, code))
    code, year, value = code[order].astype(np.int64), year[order], value[order]
    twice = np.flatnonzero((np.diff(code) == 0) & (np.diff(year) == 0))
    if twice.size:
        at = int(twice[0])
        raise DataError(f"panel: unit {units[code[at]]!r} stands twice in {year[at]}: keep one row a unit and period")
    ends = np.flatnonzero(np.diff(code, append=len(units)))
    names = np.asarray(units, dtype=object)
    return Panel(
        names, code, year, value, year[ends], _areas(frame, "reporter", order, ends),
        _areas(frame, "partner", order, ends), as_periods,
    )  # fmt: skip


def _areas(frame: pd.DataFrame, column: str, order: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[Any]:
    """The area of each unit at its last row, "" where the table does not say."""
    if column not in frame.columns:
        return np.full(ends.size, "", dtype=object)
    areas = frame[column].to_numpy(dtype=object)[order][ends]
    return np.where(pd.isna(areas), "", areas)


def read_targets(targets: object, panel: Panel) -> tuple[NDArray[np.int64], Array]:
    """Check a table with columns unit, target (several rows a unit are allowed).

    Returns
    -------
    tuple
        (R,) the code of each row's unit in the panel, and (R,) its target, in the panel's unit of value. Units of the
        panel without a target are not asked about, and not answered.

    Raises
    ------
    DataError, TargetError
        On a missing column, no rows, a target that is not a positive number, or a unit that is not in the panel.
    """
    frame = _need(targets, ("unit", "target"), "targets")
    value = _positive(frame, "target", "target", TargetError)
    code = pd.Index(panel.units).get_indexer(pd.Index(frame["unit"]))
    unknown = np.flatnonzero(code < 0)
    if unknown.size:
        raise TargetError(
            f"targets name unit {frame['unit'].iloc[int(unknown[0])]!r}, which is not in the panel: add its history "
            "or leave it out"
        )
    return np.asarray(code, dtype=np.int64), value
