"""How series are made: of totals by year, quarter or month, of a table, of a file."""

from __future__ import annotations

import calendar
import warnings
from collections.abc import Hashable, Mapping
from typing import Any, Self

import pandas as pd

from tradetarget.checks import any_text, optional, takes, text
from tradetarget.errors import DataError, TradeTargetWarning
from tradetarget.observations.observation import Observation
from tradetarget.observations.tables import UNNAMED, Rows, from_rows, number
from tradetarget.reading.dates import to_fiscal
from tradetarget.reading.indexes import index_periods
from tradetarget.reading.options import ReadOptions
from tradetarget.reading.periods import checked_year_end
from tradetarget.reading.table import Table, read_frame, read_table
from tradetarget.reading.values import float_values, is_short
from tradetarget.units import Unit

_NAMED = optional(any_text)


class Constructors:
    """The class methods of ``TradeSeries`` that make one."""

    @classmethod
    def from_annual(
        cls,
        values: pd.Series[Any],
        *,
        unit: str | Unit | None = None,
        name: str | None = None,
        flow: str = "turnover",
        reporter: str | None = None,
        source: str | None = None,
        year_end: str | int | None = None,
    ) -> Self:
        """A series of totals by year.

        Parameters
        ----------
        values
            Positive levels, indexed by year (int), yearly Period or date in the year; or by fiscal year ("2015/16", a
            Period of frequency Y-MAR, dates of frequency YE-MAR).
        unit
            "USD bn", "million USD", ...; None when unknown, and then a target is taken to be in the data's unit.
        name, flow, reporter, source
            What the series is and whose statistics these are; ``name`` defaults to the pandas name.
        year_end
            The month in which the years end, by name or number, for fiscal years; a year is then named by the calendar
            year in which it ends.

        Raises
        ------
        DataError
            On a value that is not a positive number, a period that is no year, or a year that stands twice.

        Warns
        -----
        TradeTargetWarning
            When fiscal years are taken to end in March, because neither they nor ``year_end`` say when they do.

        Examples
        --------
        >>> from tradetarget import TradeSeries
        >>> s = TradeSeries.from_annual(pd.Series({2022: 4.9, 2023: 4.4, 2024: 4.1}), unit="USD bn", name="A-B")
        >>> s.annual().loc[2024]
        np.float64(4.1)
        """
        return cls._from_periods(values, "year", unit, name, flow, reporter, source, year_end)

    @classmethod
    def from_monthly(
        cls,
        values: pd.Series[Any],
        *,
        unit: str | Unit | None = None,
        name: str | None = None,
        flow: str = "turnover",
        reporter: str | None = None,
        source: str | None = None,
        year_end: str | int | None = None,
    ) -> Self:
        """A series of monthly totals; ``annual`` sums the years whose twelve months are all there.

        Parameters
        ----------
        values
            Levels, indexed by month: a monthly Period, a date in the month, or "2019-03". A month without trade is 0.
        unit, name, flow, reporter, source, year_end
            As in ``from_annual``; with ``year_end`` the months are summed to the fiscal years that end in it.

        Raises
        ------
        DataError
            On a value that is no number or below 0, a period that is no month, a month that stands twice, or dates a
            quarter apart.
        """
        return cls._from_periods(values, "month", unit, name, flow, reporter, source, year_end)

    @classmethod
    def from_quarterly(
        cls,
        values: pd.Series[Any],
        *,
        unit: str | Unit | None = None,
        name: str | None = None,
        flow: str = "turnover",
        reporter: str | None = None,
        source: str | None = None,
        year_end: str | int | None = None,
    ) -> Self:
        """A series of quarterly totals; ``annual`` sums the years whose four quarters are all there.

        Parameters
        ----------
        values
            Levels, indexed by calendar quarter: a quarterly Period, a date in the quarter (its first or last day, for
            instance), or "2019Q3". A quarter without trade is 0.
        unit, name, flow, reporter, source, year_end
            As in ``from_monthly``. Quarters are those of the calendar whatever ``year_end``.

        Raises
        ------
        DataError
            On a value that is no number or below 0, a period that is no quarter, or a quarter that stands twice.

        Examples
        --------
        >>> from tradetarget import TradeSeries
        >>> q = pd.Series([1.0, 2.0, 3.0, 4.0], index=pd.period_range("2024Q1", periods=4, freq="Q"))
        >>> TradeSeries.from_quarterly(q, unit="USD bn", name="A-B").annual().to_dict()
        {2024: 10.0}
        """
        return cls._from_periods(values, "quarter", unit, name, flow, reporter, source, year_end)

    @classmethod
    @takes(name=_NAMED, flow=text, reporter=_NAMED, source=_NAMED)
    def _from_periods(
        cls,
        values: pd.Series[Any],
        frequency: str,
        unit: str | Unit | None,
        name: str | None,
        flow: str,
        reporter: str | None,
        source: str | None,
        year_end: str | int | None,
    ) -> Self:
        values = _as_series(values)
        if not isinstance(values, pd.Series):
            raise DataError(f"expected a pandas Series of values by period, got {type(values).__name__}")
        label: Hashable = name if name is not None else values.name
        parsed = None if unit is None else Unit.parse(unit)
        read = index_periods(list(values.index), frequency, checked_year_end(year_end))
        end = read.year_end
        if read.assumed_year_end:
            month = calendar.month_name[end]
            warnings.warn(
                f"fiscal years such as {str(values.index[0])!r} are taken to end in {month}, which the index does not "
                f"say: give year_end={month!r} to be sure",
                TradeTargetWarning,
                stacklevel=4,  # from_annual's caller, past the check of arguments
            )
        figures = float_values(values).tolist() if is_short(values) else list(values)
        rows = tuple(
            Observation(
                start=to_fiscal(first, end), end=to_fiscal(last, end), value=number(value), unit=parsed, flow=flow,
                reporter=reporter, source=source, year_end=end,
            )
            for (first, last), value in zip(read.spans, figures, strict=True)
        )  # fmt: skip
        return cls(UNNAMED if label is None else str(label), rows, flow, parsed)  # type: ignore[call-arg]

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        series: str | None = None,
        flow: str | None = None,
        reporter: str | None = None,
        unit: str | Unit | None = None,
        name: str | None = None,
        column: Mapping[str, str] | None = None,
        decimal: str | None = None,
        year_end: str | int | None = None,
        select: Mapping[str, str] | None = None,
        frequency: str | None = None,
        cumulated: bool | None = None,
    ) -> Self:
        """One series from a table.

        Parameters
        ----------
        frame
            A pandas frame, or one of polars or pyarrow, a dict of columns, a list of records or of (period, value),
            with the columns ``period`` and ``value``; optionally ``series``, ``flow``, ``reporter``, ``unit``,
            ``kind``, ``qualifier``, ``rounding``, ``stated_by``, ``as_of``, ``source``, ``address``. Other names and
            layouts are understood too: see the page "A series of your own".
        series, flow, reporter
            Which rows to take, needed where the table holds several. Where it names none, what its rows are.
        unit
            The unit of the values, unless a ``unit`` column says it.
        name
            A name for the series; default is ``series``, or the name in the table.
        column
            The heading of what a column holds, where it is not understood: ``{"value": "Trade Value (US$)"}``.
        decimal, year_end, select, frequency, cumulated
            See ``tradetarget.reading.options.ReadOptions``.

        Raises
        ------
        DataError
            On a missing column, a value that is not a positive number (naming the row), or a choice left open.
        UnknownNameError
            On a series, flow or reporter that is not in the table.
        """
        options = ReadOptions(column, None, decimal, None, None, year_end, select, frequency, cumulated)
        table = read_frame(frame, options)
        return cls.from_table(table, series=series, flow=flow, reporter=reporter, unit=unit, name=name)

    @classmethod
    def from_csv(
        cls,
        path: Any,
        *,
        series: str | None = None,
        flow: str | None = None,
        reporter: str | None = None,
        unit: str | Unit | None = None,
        name: str | None = None,
        column: Mapping[str, str] | None = None,
        separator: str | None = None,
        decimal: str | None = None,
        encoding: str | None = None,
        sheet: str | None = None,
        year_end: str | int | None = None,
        select: Mapping[str, str] | None = None,
        frequency: str | None = None,
        cumulated: bool | None = None,
    ) -> Self:
        """One series from a file: ``period,value``, the long table of ``from_frame``, or a data bank's format.

        Parameters
        ----------
        path
            A path, ``-`` for standard input, or an open file: delimited text, xlsx or ods (extra ``excel``), parquet
            (extra ``parquet``) or JSON lines; packed with gzip or not.
        series, flow, reporter, unit, name
            As in ``from_frame``; without a ``series`` column the series is named after the file.
        column, separator, decimal, encoding, sheet, year_end, select, frequency, cumulated
            What is to be read how, where it is not understood: see ``tradetarget.reading.options.ReadOptions``.

        Raises
        ------
        DataError
            On a file that is missing, empty or of no known kind, and on everything that ``from_frame`` refuses; rows
            are named by their line in the file.
        """
        options = ReadOptions(column, separator, decimal, encoding, sheet, year_end, select, frequency, cumulated)
        table = read_table(path, options)
        return cls.from_table(table, series=series, flow=flow, reporter=reporter, unit=unit, name=name)

    @classmethod
    @takes(series=_NAMED, flow=_NAMED, reporter=_NAMED, name=_NAMED)
    def from_table(
        cls,
        table: Table,
        *,
        series: str | None = None,
        flow: str | None = None,
        reporter: str | None = None,
        unit: str | Unit | None = None,
        name: str | None = None,
    ) -> Self:
        """One series from a table that ``tradetarget.reading.table`` read; arguments as in ``from_frame``.

        Raises
        ------
        DataError, UnknownNameError
            As ``from_frame``.
        """
        rows: Rows = from_rows(table, series=series, flow=flow, reporter=reporter, unit=unit, name=name)
        return cls(rows.name, rows.observations, rows.flow, rows.unit, None, rows.read_as, rows.name_is_stated)  # type: ignore[call-arg]


def _as_series(values: Any) -> Any:
    """A dict of values by period, or a list of (period, value) pairs, as a Series; anything else as it is."""
    if isinstance(values, Mapping):
        return pd.Series(list(values.values()), index=pd.Index(list(values), dtype=object), dtype=object)
    if isinstance(values, list | tuple) and values and all(isinstance(v, list | tuple) and len(v) == 2 for v in values):
        return pd.Series([v for _, v in values], index=pd.Index([p for p, _ in values], dtype=object), dtype=object)
    return values
