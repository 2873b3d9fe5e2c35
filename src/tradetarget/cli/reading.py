"""Options that say how a file is to be read, for every command that reads one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from tradetarget.cli.completion import FREQUENCIES, among
from tradetarget.cli.output import Result

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries

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

_OPTIONS = {
    "column": Column, "separator": Separator, "decimal": Decimal, "encoding": Encoding, "sheet": Sheet,
    "year_end": YearEnd, "select": Select, "frequency": Frequency, "cumulated": Cumulated,
}  # fmt: skip


def reads_files(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the options of reading; it takes them as one argument, ``reading`` (a dict for
    ``ReadOptions``)."""
    signature = inspect.signature(command)
    parameters = [p for p in signature.parameters.values() if p.name != "reading"]
    last = next((i for i, p in enumerate(parameters) if p.name in ("json_path", "seed")), len(parameters))
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
        for name, hint in _OPTIONS.items()
    ]

    @wraps(command)
    def wrapped(**given: Any) -> Result:
        reading_options = {name: given.pop(name) for name in _OPTIONS}
        return command(**given, reading={name: value for name, value in reading_options.items() if value})

    hints = get_type_hints(command, include_extras=True) | _OPTIONS
    hints.pop("reading", None)
    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[p.name]) for p in parameters]
    wrapped.__signature__ = signature.replace(parameters=[*keyword[:last], *added, *keyword[last:]])  # type: ignore[attr-defined]
    wrapped.__annotations__ = hints
    del wrapped.__wrapped__
    return wrapped


def read_options(reading: dict[str, Any] | None) -> Any:
    """The options as ``ReadOptions``.

    Raises
    ------
    SettingError
        On one that cannot be understood.
    """
    from tradetarget.reading.options import ReadOptions

    given = dict(reading or {})
    for name in ("column", "select"):
        if name in given:
            given[name] = _pairs(f"--{name}", given[name])
    if "cumulated" in given:
        given["cumulated"] = _yes_or_no(given["cumulated"])
    return ReadOptions(**given)


def with_reading(text: str, record: dict[str, Any], *series: TradeSeries) -> tuple[str, dict[str, Any]]:
    """An answer's text and record with how the file was understood, for answers that do not say it themselves."""
    from tradetarget.report import reading_lines
    from tradetarget.report.records import reading_record

    lines = reading_lines(series)
    if not lines:
        return text, record
    return "\n".join([text, "-" * 78, "How the file was understood", *lines]), {**record, **reading_record(*series)}


def _pairs(option: str, words: list[str]) -> dict[str, str]:
    from tradetarget.errors import SettingError

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
    from tradetarget.errors import SettingError

    if text.strip().lower() not in ("yes", "no"):
        raise SettingError(f"--cumulated {text!r} is neither yes nor no")
    return text.strip().lower() == "yes"
