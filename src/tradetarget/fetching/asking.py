"""Source + countries + years -> figures with their provenance."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tradetarget.checks import function, instance_of, mapping, optional, takes, text
from tradetarget.errors import FetchError, SettingError, unknown_name
from tradetarget.fetching.areas import area
from tradetarget.fetching.comtrade import Comtrade
from tradetarget.fetching.eurostat import Eurostat
from tradetarget.fetching.fetched import Fetched
from tradetarget.fetching.http import Client, Patience, UnreadableAnswerError, utc_now
from tradetarget.fetching.imf import Imf
from tradetarget.fetching.question import Figures, Question, Source, add
from tradetarget.fetching.worldbank import WorldBank

FLOWS = ("turnover", "exports", "imports", "all")
FIRST_YEAR = 1948
"""The first year that any of the services has (IMF, Direction of Trade Statistics)."""
DEFAULT_PATIENCE = Patience()


class IncompleteFetchError(FetchError):
    """A service that failed half-way; ``fetched`` holds the figures that had arrived."""

    def __init__(self, message: str, fetched: Fetched) -> None:
        super().__init__(message)
        self.fetched = fetched


def sources() -> tuple[str, ...]:
    """The names of the services, in alphabetical order."""
    return tuple(sorted(s.name for s in _sources()))


def _sources() -> tuple[Source, ...]:
    return Comtrade(), Imf(), WorldBank(), Eurostat()


@takes(
    reporter=text, partner=text, flow=text, address=optional(text), patience=instance_of(Patience, "give a Patience"),
    environment=optional(mapping), sleep=function, clock=function, progress=optional(function),
)  # fmt: skip
def fetch(
    source: str,
    *,
    reporter: str,
    partner: str = "World",
    start: int = 2000,
    end: int | None = None,
    flow: str = "turnover",
    address: str | None = None,
    patience: Patience = DEFAULT_PATIENCE,
    environment: Mapping[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = utc_now,
    progress: Callable[[int, int], None] | None = None,
) -> Fetched:
    """Ask a service of statistics for annual trade in goods of one country with another.

    Parameters
    ----------
    source
        "comtrade" (pairs, USD), "imf" (pairs, USD), "worldbank" (a country with the world, USD) or "eurostat" (pairs
        that a country of the European Union, or the Union, reports; EUR).
    reporter, partner
        Whose statistics, and with whom: a code of three or two letters, or a name.
    start, end
        Calendar years, both included; ``end`` is the last complete year unless it is given.
    flow
        "turnover" (exports plus imports, in the years that have both), "exports", "imports", or "all" three.
    address
        Another address of the service, such as a mirror's.
    patience
        Attempts, time-outs and waits.
    environment
        Where keys are looked up (``COMTRADE_API_KEY``); default that of the process.
    sleep, clock, progress
        Wait some seconds; the present moment; told how many answers of how many have arrived.

    Returns
    -------
    Fetched

    Raises
    ------
    UnknownNameError
        On a source, country or flow that is not known.
    SettingError
        On years out of order or out of range.
    FetchError
        When the service does not answer, refuses or has no such figures. Where some figures had arrived it is an
        IncompleteFetchError, which holds them.
    """
    service = _service(source)
    if flow not in FLOWS:
        raise unknown_name("flow", flow, FLOWS)
    today = clock().date()
    first, last = _checked_years(start, today.year - 1 if end is None else end, today.year)
    flows = ("exports", "imports") if flow in ("turnover", "all") else (flow,)
    question = Question(area(reporter), area(partner), first, last, flows)
    if question.reporter == question.partner:
        raise SettingError(f"{question.reporter.name} is reporter and partner: give two countries")
    whole = service.requests(question)

    def answered(number: int) -> None:
        if progress is not None:
            progress(number, whole)

    headers = service.headers(dict(os.environ if environment is None else environment))
    client = Client(service.title, headers, patience, sleep, clock, answered)
    arrived: list[Figures] = []
    try:
        service.collect(question, client, (address or service.base_url).rstrip("/"), arrived.append)
    except FetchError as error:
        if not any(f.values for f in arrived):
            raise
        part = _fetched(service, question, arrived, "all" if flow == "turnover" else flow, client)
        span = "-".join(map(str, part.years))
        raise IncompleteFetchError(f"{error} ({len(part.values)} figures of {span} had arrived)", part) from error
    return _fetched(service, question, arrived, flow, client)


def _service(name: str) -> Source:
    service = next((s for s in _sources() if s.name == str(name).lower()), None)
    if service is None:
        raise unknown_name("source", name, sources())
    return service


def _checked_years(first: Any, last: Any, this_year: int) -> tuple[int, int]:
    for name, year in (("first", first), ("last", last)):
        if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= this_year:
            raise SettingError(f"{name} year {year!r} is not a year from {FIRST_YEAR} to {this_year}: give one")
    if first > last:
        raise SettingError(f"the first year {first} is after the last one {last}: swap them")
    return first, last


def _fetched(service: Source, question: Question, arrived: list[Figures], flow: str, client: Client) -> Fetched:
    """Every answer's figures together, with the turnover where it is asked for."""
    values: dict[tuple[str, int], float] = {}
    for part in arrived:
        for (of, year), figure in part.values.items():
            try:
                add(values, of, year, figure)
            except UnreadableAnswerError as error:
                raise FetchError(f"{service.title} contradicts itself: {error}; try again later") from None
    today = client.clock().date()
    unfinished = sorted({y for _, y in values if y >= today.year})
    wanted = range(question.first, min(question.last, today.year - 1) + 1)
    values = {(f, y): v for (f, y), v in values.items() if f in question.flows and y in wanted}
    notes = [f"{y} is not over: its figure is left out." for y in unfinished]
    if flow in ("turnover", "all"):
        turnover, alone = _turnover(values)
        values = turnover if flow == "turnover" else values | turnover
        notes += [f"{y} has no turnover: the service has {f} alone." for y, f in alone]
    missing = [y for y in wanted if not any((f, y) in values for f in FLOWS)]
    if not values:
        raise FetchError(f"{service.title} has no {question}: check the countries and years, or ask another source")
    if missing:
        notes.append(f"The service has no figure for {_spans(missing)}.")
    vintage = max(f.vintage for f in arrived)
    return Fetched(
        service.name, service.title, question.reporter, question.partner, values, arrived[0].unit, today, vintage,
        tuple(client.addresses), tuple(notes),
    )  # fmt: skip


def _spans(years: list[int]) -> str:
    """Years in order, neighbours joined: "2000-2003, 2007"."""
    starts = [y for y in years if y - 1 not in years]
    ends = [y for y in years if y + 1 not in years]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def _turnover(values: dict[tuple[str, int], float]) -> tuple[dict[tuple[str, int], float], list[tuple[int, str]]]:
    """Exports plus imports of the years that have both, and the years that have one flow alone."""
    years = sorted({y for _, y in values})
    both = [y for y in years if ("exports", y) in values and ("imports", y) in values]
    total = {("turnover", y): values["exports", y] + values["imports", y] for y in both}
    alone = [(y, f) for y in years if y not in both for f in ("exports", "imports") if (f, y) in values]
    return total, alone
