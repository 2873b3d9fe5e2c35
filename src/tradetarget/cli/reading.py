"""Options that say how a file is to be read, for every command that reads one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli.completion import FREQUENCIES, among
from tradetarget.errors import SettingError

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries
    from tradetarget.reading.options import ReadOptions

Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT=NAME", help='The column that holds something: value="Trade Value (US$)". Once for each.'
    ),
]
Separator = Annotated[str | None, typer.Option(metavar="CHARACTER", help="What separates columns: , ; | or tab.")]
Decimal = Annotated[str | None, typer.Option(metavar="MARK", help="The decimal mark: . or ,")]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="Of the file: utf-8, utf-16, cp1251, cp1252.")]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Of a workbook: its name, or its number from 1.")]
YearEnd = Annotated[str | None, typer.Option(metavar="MONTH", help="The month in which fiscal years end: March.")]
Select = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Rows to take: partner=UZB. Once for each.")
]
Frequency = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="What a period is that can be read in two ways: year, quarter, month.",
        autocompletion=among(FREQUENCIES),
    ),
]
Cumulated = Annotated[
    str | None, typer.Option(metavar="yes|no", help="Whether months are sums from the start of the year.")
]


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; an option that is left out is decided by the file."""

    column: Column = None
    separator: Separator = None
    decimal: Decimal = None
    encoding: Encoding = None
    sheet: Sheet = None
    year_end: YearEnd = None
    select: Select = None
    frequency: Frequency = None
    cumulated: Cumulated = None

    @property
    def stated(self) -> dict[str, Any]:
        """The options that were given, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}

    def refuse(self, why: str, allowed: tuple[str, ...] = ()) -> None:
        """Refuse options that would have no effect.

        Parameters
        ----------
        why
            What follows the option in the message, with a remedy.
        allowed
            Options that have one.

        Raises
        ------
        SettingError
            Naming the first of them.
        """
        for name in self.stated:
            if name not in allowed:
                raise SettingError(f"--{name.replace('_', '-')} {why}")

    def options(self) -> ReadOptions:
        """The same for the library.

        Raises
        ------
        SettingError
            On one that cannot be understood.
        """
        from tradetarget.reading.options import ReadOptions

        stated = self.stated
        for name in ("column", "select"):
            if name in stated:
                stated[name] = _pairs(f"--{name}", stated[name])
        if "cumulated" in stated:
            stated["cumulated"] = _yes_or_no(stated["cumulated"])
        return ReadOptions(**stated)


NO_FILE = "says how a file is read, and none is given: name one, or leave the option out"


def with_reading(text: str, record: dict[str, Any], *series: TradeSeries) -> tuple[str, dict[str, Any]]:
    """An answer's text and record with how the file was understood, for answers that do not say it themselves."""
    from tradetarget.report import reading_lines
    from tradetarget.report.records import reading_record

    lines = reading_lines(series)
    if not lines:
        return text, record
    return "\n".join([text, "-" * 78, "How the file was understood", *lines]), {**record, **reading_record(*series)}


def _pairs(option: str, words: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise SettingError(f"{option} {word!r} does not say what it names: write it as value=NAME")
        if name.strip() in pairs:
            raise SettingError(f"{option} {word!r} is the second for {name.strip()!r}: give one")
        pairs[name.strip()] = value.strip()
    return pairs


def _yes_or_no(text: str) -> bool:
    if text.strip().lower() not in ("yes", "no"):
        raise SettingError(f"--cumulated {text!r} is neither yes nor no")
    return text.strip().lower() == "yes"
