"""What is asked of a service, and the figures that it gave, before they are a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from tradetarget.fetching.areas import Area
from tradetarget.fetching.http import Client, UnreadableAnswerError, excerpt

T = TypeVar("T")


SHOWN = 40
"""Characters of an answer that are quoted where it cannot be read. Judgement, enough to tell a page from a table."""


@dataclass(frozen=True)
class Question:
    """Trade of one country with another, as the first states it.

    Parameters
    ----------
    reporter, partner
        The country whose statistics are asked for, and the other one.
    first, last
        Calendar years, both included.
    flows
        "exports", "imports" or both.
    """

    reporter: Area
    partner: Area
    first: int
    last: int
    flows: tuple[str, ...]

    def __str__(self) -> str:
        span = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{' and '.join(self.flows)} of {self.reporter.name} with {self.partner.name}, {span}"


@dataclass(frozen=True)
class Figures:
    """Calendar-year figures of one service.

    Parameters
    ----------
    values
        Levels by flow and year, in ``unit``; what the service does not have is left out, and so is a figure of 0.
    unit
        "USD" or "EUR".
    vintage
        The date of the last update that the service states ("2026-09-15"); "" where it states none.
    """

    values: dict[tuple[str, int], float]
    unit: str
    vintage: str = ""


Step = Callable[[Figures], None]
"""Takes the figures of each answer as it arrives, so that they are kept should a later request fail."""


class Source(Protocol):
    """A service of trade statistics."""

    name: str
    title: str
    base_url: str

    def collect(self, question: Question, client: Client, base_url: str, step: Step) -> None:
        """Ask the service and hand the figures of each answer to ``step``.

        Raises
        ------
        FetchError
            When the service does not answer, refuses, or cannot be asked this.
        """
        ...

    def requests(self, question: Question) -> int:
        """How many requests the question takes; one for all years unless a service says otherwise."""
        return 1

    def headers(self, environment: dict[str, str]) -> dict[str, str]:
        """What is sent with every request, keys from the environment; nothing unless a service says otherwise."""
        return {}


def level(value: object, what: str) -> float | None:
    """A figure as a float, or None where the service has none: empty, NaN or 0.

    Raises
    ------
    UnreadableAnswerError
        On text that is no number, and on a figure below 0.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(str(value))
    except ValueError:
        raise UnreadableAnswerError(f"{what} is {value!r}, which is not a number") from None
    if math.isnan(number) or number == 0.0:
        return None
    if number < 0.0 or math.isinf(number):
        raise UnreadableAnswerError(f"{what} is {value!r}, which trade cannot be")
    return number


def add(values: dict[tuple[str, int], float], flow: str, year: int, figure: float | None) -> None:
    """Note a figure; two different ones of one flow and year cannot both be the total.

    Raises
    ------
    UnreadableAnswerError
        On a second, different figure.
    """
    if figure is None:
        return
    if values.setdefault((flow, year), figure) != figure:
        raise UnreadableAnswerError(
            f"{flow} of {year} stands twice, as {values[flow, year]:,.0f} and {figure:,.0f}, and only one is the total"
        )


def read_json(shape: TypeAdapter[T], content: bytes) -> T:
    """A JSON answer in the shape that is documented; a byte order mark before it does not matter.

    Raises
    ------
    UnreadableAnswerError
        On anything else; it names the place.
    """
    try:
        return shape.validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the beginning"
        words = " ".join(f"{first['msg']} at {place}".split())
        raise UnreadableAnswerError(f"{words}; it starts {excerpt(content)[:SHOWN]!r}") from None


def rows_of_csv(content: bytes, needed: Iterable[str]) -> list[dict[str, str]]:
    """The rows of SDMX-CSV by column.

    Raises
    ------
    UnreadableAnswerError
        On text that is not UTF-8, a column that is missing, or a row that is shorter or longer than the header.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableAnswerError("it is not text in UTF-8") from None
    table = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [c for c in needed if c not in (table.fieldnames or ())]
        rows = list(table)
    except csv.Error as error:
        raise UnreadableAnswerError(f"it is no CSV ({error})") from None
    if missing:
        raise UnreadableAnswerError(f"it has no column {missing[0]}, and starts {text[:SHOWN]!r}")
    for n, row in enumerate(rows, start=2):
        if None in row or any(v is None for v in row.values()):
            raise UnreadableAnswerError(f"its line {n} is cut off")
    return rows


def year_of(text: str) -> int:
    """A calendar year.

    Raises
    ------
    UnreadableAnswerError
        On anything else.
    """
    if len(text) != 4 or not (text.isascii() and text.isdecimal()):
        raise UnreadableAnswerError(f"period {text!r} is not a year")
    return int(text)
