"""Options for reading a table, for what cannot be told from the table itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tradetarget.checks import any_text, instance_of, optional, truth
from tradetarget.reading.periods import PeriodOptions, checked_frequency, checked_year_end
from tradetarget.reading.text import checked_separator
from tradetarget.reading.values import checked_decimal

_names = instance_of(Mapping, 'give a dict, such as {"value": "Trade Value (US$)"}')


@dataclass(frozen=True)
class ReadOptions:
    """How to read a table.

    Parameters
    ----------
    column
        The heading of the column that holds something: ``{"value": "Trade Value (US$)"}``.
    separator
        What separates columns of text: ",", ";", "|" or "tab".
    decimal
        The decimal mark: "." or ",".
    encoding
        Of text: "utf-8", "cp1251", ...
    sheet
        Of a workbook, by name or number from 1.
    year_end
        The month in which years end, for fiscal years: "March" or 3.
    select
        The rows to take: ``{"partner": "UZB"}``; an empty text takes the rows where the column is blank.
    frequency
        What a period is that can be read in more than one way: "year", "quarter", "month" or "day".
    cumulated
        Whether figures of months are sums from the start of the year; None to decide by the figures.

    Raises
    ------
    SettingError
        On an option outside what is allowed.
    """

    column: Mapping[str, str] | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    year_end: Any = None
    select: Mapping[str, str] | None = None
    frequency: Any = None
    cumulated: bool | None = None

    def __post_init__(self) -> None:
        for name in ("column", "select"):
            headings = getattr(self, name)
            cells = {} if headings is None else _names(headings, name)
            object.__setattr__(self, name, {str(k): "" if v is None else str(v) for k, v in cells.items()})
        optional(truth)(self.cumulated, "cumulated")
        optional(any_text)(self.encoding, "encoding")
        object.__setattr__(self, "separator", checked_separator(self.separator))
        object.__setattr__(self, "decimal", checked_decimal(self.decimal))
        _ = self.periods

    @property
    def periods(self) -> PeriodOptions:
        """The options of the column of periods, checked."""
        return PeriodOptions(checked_frequency(self.frequency), checked_year_end(self.year_end))

    @property
    def names(self) -> tuple[str, ...]:
        """The headings that are named."""
        return (*(self.column or {}).values(), *(self.select or {}))
