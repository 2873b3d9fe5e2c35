"""Panels: long tables of many units, checked at the edge and turned into matrices aligned at each origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import FIRST_YEAR, LAST_YEAR
from tradetarget.errors import DataError, TargetError, shown
from tradetarget.reading.frames import to_pandas, with_index
from tradetarget.reading.period_cells import CLOCK
from tradetarget.reading.periods import PeriodOptions, read_periods
from tradetarget.reading.values import CHOOSE_MARK, is_hashable, is_missing, read_figures

KEEP_YEARS = 60  # judgement: more than twice the 25 years that a law looks at, so that gaps do not shorten them
GIVE_YEARS = "give int years such as 2019, or yearly pandas Periods"
"""The remedy of a period that is no year. Those of a single series name months and options; panels take neither."""


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
    frequency
        Of the table's periods where they were pandas Periods ("Y-DEC", "Y-MAR"); None where they were years.
    """

    units: NDArray[Any]
    code: NDArray[np.int64]
    year: NDArray[np.int64]
    value: Array
    origin: NDArray[np.int64]
    reporter: NDArray[Any]
    partner: NDArray[Any]
    frequency: str | None = None

    def periods_of(self, years: NDArray[np.int64]) -> NDArray[np.int64] | pd.PeriodIndex:
        """Years as the table has them: as they are, or as Periods of its frequency."""
        return years if self.frequency is None else pd.PeriodIndex(years.astype(str), freq=self.frequency)

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
        aligned = np.full((units.size, KEEP_YEARS), np.nan)
        aligned[row[keep], KEEP_YEARS - 1 - age[keep]] = self.value[at[keep]]
        return aligned


def required_columns(table: object, columns: tuple[str, ...], what: str) -> pd.DataFrame:
    """Any table as a pandas frame that has these columns, each once; levels of its index are columns too."""
    try:
        frame = with_index(to_pandas(table))
    except DataError as error:
        raise DataError(
            f"{what} must be a pandas DataFrame or another table with columns {', '.join(columns)}: {error}"
        ) from None
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise DataError(
            f"{what} has no column {missing[0]!r}: it needs {', '.join(columns)}, and has "
            f"{', '.join(map(str, frame.columns)) or 'none'}"
        )
    twice = next((c for c in (*columns, "reporter", "partner") if list(frame.columns).count(c) > 1), None)
    if twice is not None:
        raise DataError(f"{what} has two columns {twice!r}: keep the one that counts")
    if frame.empty:
        raise DataError(f"{what} has no rows")
    return frame


def panel_years(periods: pd.Series) -> tuple[NDArray[np.int64], str | None]:
    """The year of each row, and the frequency of the periods where they were pandas Periods."""
    kind = periods.dtype
    if isinstance(kind, pd.PeriodDtype):
        if not str(kind.freq.freqstr).startswith(("Y", "A")):
            raise DataError(f"panel periods are of frequency {kind.freq.freqstr}, not years: sum them to years first")
        if periods.isna().any():
            raise _no_year("NaT")
        return periods.dt.year.to_numpy(np.int64), str(periods.iloc[0].freqstr)
    if pd.api.types.is_integer_dtype(kind) or pd.api.types.is_float_dtype(kind):
        return _checked_years(periods.to_numpy(np.float64, na_value=np.nan)), None
    if isinstance(kind, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(kind):
        return _years_of_dates(periods), None
    try:
        codes, distinct = pd.factorize(periods.astype(object).to_numpy(dtype=object), use_na_sentinel=False)
    except TypeError:
        raise _no_year(next(v for v in periods if not is_hashable(v))) from None
    years = _named_years(list(distinct))[codes]
    frequencies = {d.freqstr if isinstance(d, pd.Period) else None for d in distinct}
    if len(frequencies) > 1 and None not in frequencies:
        raise DataError(
            f"panel periods are of the frequencies {' and '.join(sorted(map(str, frequencies)))}, whose years end in "
            "different months: keep one"
        )
    return years, frequencies.pop() if len(frequencies) == 1 else None


def panel_year(cell: object) -> int:
    """The calendar year of one cell of the column period, read without a look at any other.

    Raises
    ------
    DataError
        When it is no year.
    """
    return int(panel_years(pd.Series([cell]))[0][0])


def _no_year(value: object) -> DataError:
    return DataError(f"panel period {str(value)!r} is not a year: {GIVE_YEARS}")


def _fault(message: str) -> str:
    """A message without its remedy, which comes after the last colon."""
    return message.rpartition(": ")[0]


def _checked_years(numbers: Array) -> NDArray[np.int64]:
    """Numbers that are years; the first that is none is named with what it looks like."""
    wrong = np.flatnonzero(~((numbers >= FIRST_YEAR) & (numbers <= LAST_YEAR) & (numbers == np.floor(numbers))))
    if wrong.size:
        number = float(numbers[wrong[0]])
        text = str(int(number)) if number % 1 == 0 else str(number)
        if len(text) == 6 and 1 <= int(text[4:] if text.isdigit() else 0) <= 12:
            raise DataError(
                f"panel period {text} looks like a month ({text[:4]}-{text[4:]}): sum months to years first"
            )
        if len(text) == 2 and text.isdigit():
            raise DataError(f"panel period {text} is a year of two digits: write it with four, such as 20{text}")
        raise _no_year(text)
    return np.asarray(numbers, dtype=np.int64)


def _years_of_dates(periods: pd.Series) -> NDArray[np.int64]:
    """The years of dates that are all the first, or all the last, day of a year."""
    if periods.isna().any():
        raise _no_year("NaT")
    # The last instant of a year, as PeriodIndex.to_timestamp(how="end") has it, is of that year like its first.
    minute = (60 * periods.dt.hour + periods.dt.minute).to_numpy()
    by_clock = np.flatnonzero((minute != 0) & (minute != 24 * 60 - 1))
    if by_clock.size:
        raise DataError(f"panel period {periods.iloc[int(by_clock[0])]} {_fault(CLOCK)}: {GIVE_YEARS}")
    months, days = periods.dt.month.to_numpy(), periods.dt.day.to_numpy()
    opens, closes = (months == 1) & (days == 1), (months == 12) & (days == 31)
    if not opens.all() and not closes.all():
        wrong = periods.iloc[int(np.flatnonzero(~(opens if opens.mean() > closes.mean() else closes))[0])]
        raise DataError(
            f"panel period {wrong} is a date inside a year: give the year, or dates that are all 1 January or all "
            "31 December"
        )
    return np.asarray(periods.dt.year.to_numpy(), dtype=np.int64)


def _named_years(values: list[Any]) -> NDArray[np.int64]:
    """The years that distinct cells of any kind name: "2019", "2015/16", Periods, dates."""
    flag = next((v for v in values if isinstance(v, bool | np.bool_)), None)
    if flag is not None:
        raise _no_year(flag)
    try:
        read = read_periods([None if is_missing(v) else v for v in values], PeriodOptions(), "panel")
    except DataError as error:
        raise DataError(f"{_fault(str(error))}: {GIVE_YEARS}") from None
    years = []
    for value in values:
        span = read.spans.get(None if is_missing(value) else value)
        if span is None or span.kind != "year":
            raise _no_year(value)
        years.append(span.end.year)
    return np.array(years, dtype=np.int64)


def _positive(frame: pd.DataFrame, column: str, what: str, kind: type[DataError] | type[TargetError]) -> Array:
    try:
        numbers = read_figures(frame[column], None, what).number
    except DataError as error:
        remedy = "write figures without separators of thousands, decimals with a point"
        raise kind(str(error).replace(CHOOSE_MARK, remedy)) from None
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers > 0)))
    if wrong.size:
        row = frame.iloc[int(wrong[0])]
        when = row["period"] if "period" in frame.columns else None
        raise kind(not_positive(what, row["unit"], when, row[column]))
    return numbers


def not_positive(what: str, unit: object, period: object, value: object) -> str:
    """The message about a value or target that is not a positive number."""
    when = "" if period is None else f" in {period}"
    return (
        f"{what} of unit {unit!r}{when} is {_plain(value)!r}, which is not a positive number: correct it or leave the "
        "row out"
    )


def _plain(value: Any) -> Any:
    """A cell as people write it: numpy's numbers as plain ones."""
    return value.item() if isinstance(value, np.generic) else value


def _units(frame: pd.DataFrame, what: str) -> tuple[NDArray[np.int64], Any]:
    """The code of each row's unit, and the units in order of first appearance."""
    try:
        code, units = pd.factorize(frame["unit"])
    except TypeError:
        raise DataError(
            f"{what} has a unit that is no name, {shown(next(u for u in frame['unit'] if not is_hashable(u)))}: give "
            "texts or numbers"
        ) from None
    if code.size and code.min() < 0:
        raise DataError(f"{what} has a row without a unit: name it or leave it out")
    with_nul = next((u for u in units if isinstance(u, str) and "\x00" in u), None)
    if with_nul is not None:
        # Tables of pandas end a name there, so that two units may have become one.
        raise DataError(f"{what} has a unit {shown(with_nul)} with the character NUL: leave it out")
    return code.astype(np.int64), units


def read_panel(panel: object) -> Panel:
    """Check a long table with columns unit, period, value (and optionally reporter, partner).

    Raises
    ------
    DataError
        On a missing column, no rows, a period that is no year, a value that is not a positive number, or a
        (unit, period) that stands twice; each names the first offender.
    """
    frame = required_columns(panel, ("unit", "period", "value"), "panel")
    code, units = _units(frame, "panel")
    year, frequency = panel_years(frame["period"])
    value = _positive(frame, "value", "panel value", DataError)
    order = np.lexsort((year, code))
    code, year, value = code[order], year[order], value[order]
    twice = np.flatnonzero((np.diff(code) == 0) & (np.diff(year) == 0))
    if twice.size:
        at = int(twice[0])
        raise DataError(f"panel: unit {units[code[at]]!r} stands twice in {year[at]}: keep one row a unit and period")
    ends = np.flatnonzero(np.diff(code, append=len(units)))
    names = np.asarray(units, dtype=object)
    return Panel(
        names, code, year, value, year[ends], _areas(frame, "reporter", order, ends),
        _areas(frame, "partner", order, ends), frequency,
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
    frame = required_columns(targets, ("unit", "target"), "targets")
    value = _positive(frame, "target", "target", TargetError)
    asked, units = _units(frame, "targets")
    code = pd.Index(panel.units, dtype=object).get_indexer(pd.Index(units, dtype=object))[asked]
    unknown = np.flatnonzero(code < 0)
    if unknown.size:
        raise TargetError(
            f"targets name unit {frame['unit'].iloc[int(unknown[0])]!r}, which is not in the panel: add its history "
            "or leave it out"
        )
    return np.asarray(code, dtype=np.int64), value
