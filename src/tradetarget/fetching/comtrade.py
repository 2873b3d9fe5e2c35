"""UN Comtrade: annual trade in goods of one country with another, in current US dollars.

Address and parameters: UN Comtrade API (https://comtradedeveloper.un.org); the answer is JSON with ``count``, ``data``
and ``error``, one record a flow and year, imports CIF and exports FOB in ``primaryValue``; exports include re-exports.
Countries have Comtrade's own numbers (France is 251, and not 250), which its reference lists give.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from tradetarget.errors import FetchError
from tradetarget.fetching.areas import WORLD, Area
from tradetarget.fetching.http import Client, UnreadableAnswerError
from tradetarget.fetching.question import Figures, Question, Source, Step, add, level, read_json, year_of

KEY = "COMTRADE_API_KEY"
YEARS_AT_ONCE = 12
"""Periods that one request may ask for (UN Comtrade API, parameter ``period``)."""

_FLOWS = {"exports": "X", "imports": "M"}
_ALL_MODES = {"cmdCode": "TOTAL", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}
"""All goods, over every second partner, customs procedure and mode of transport. One record a flow and year."""


class _Record(BaseModel):
    reporterCode: int
    partnerCode: int
    flowCode: Literal["X", "M"]
    period: str | int
    primaryValue: float | None


class _Answer(BaseModel):
    data: list[_Record]
    count: int | None = None
    error: str | None = None


class _Areas(BaseModel):
    results: list[dict[str, Any]]


_ANSWER, _AREAS = TypeAdapter(_Answer), TypeAdapter(_Areas)


class Comtrade(Source):
    """UN Comtrade; with a key in ``COMTRADE_API_KEY`` its full service, else its public preview."""

    name = "comtrade"
    title = "UN Comtrade"
    base_url = "https://comtradeapi.un.org"

    def headers(self, environment: dict[str, str]) -> dict[str, str]:
        """The key as a header, so that no address holds it."""
        key = environment.get(KEY, "").strip()
        return {"Ocp-Apim-Subscription-Key": key} if key else {}

    def requests(self, question: Question) -> int:
        """One for every twelve years, and one for each of the two lists of countries."""
        return 2 + len(_spans(question))

    def collect(self, question: Question, client: Client, base_url: str, step: Step) -> None:
        """Twelve years at a time; see ``Source``."""
        listed = f"{base_url}/files/v1/app/reference"
        reporters = client.get(f"{listed}/Reporters.json", _read_areas)
        reporter = _number(question.reporter, reporters, "reporterCode", "reporterCodeIsoAlpha3")
        partners = client.get(f"{listed}/partnerAreas.json", _read_areas)
        partner = _number(question.partner, partners, "PartnerCode", "PartnerCodeIsoAlpha3")
        path = "data/v1/get" if client.headers else "public/v1/preview"
        for years in _spans(question):
            params = {
                "reporterCode": reporter,
                "partnerCode": partner,
                "period": ",".join(map(str, years)),
                "flowCode": ",".join(_FLOWS[f] for f in question.flows),
                **_ALL_MODES,
            }

            def read(content: bytes) -> Figures:
                return _read(content, reporter, partner)

            step(client.get(f"{base_url}/{path}/C/A/HS", read, params))


def _spans(question: Question) -> list[range]:
    last = question.last + 1
    return [range(y, min(y + YEARS_AT_ONCE, last)) for y in range(question.first, last, YEARS_AT_ONCE)]


def _read_areas(content: bytes) -> list[dict[str, Any]]:
    areas = read_json(_AREAS, content).results
    if not areas:
        raise UnreadableAnswerError("it holds no country")
    return areas


def _number(area: Area, listed: list[dict[str, Any]], code: str, iso3: str) -> str:
    """Comtrade's number of a country that exists today."""
    wanted = "W00" if area == WORLD else area.iso3
    numbers = [str(r[code]) for r in listed if r.get(iso3) == wanted and code in r and not r.get("entryExpiredDate")]
    if len(numbers) != 1:
        reason = "lists it under several numbers" if numbers else "does not list it"
        raise FetchError(
            f"UN Comtrade has no single country {area.iso3} ({area.name}): it {reason}; ask another source"
        )
    return numbers[0]


def _read(content: bytes, reporter: str, partner: str) -> Figures:
    answer = read_json(_ANSWER, content)
    if answer.error:
        raise FetchError(f"UN Comtrade answers with an error: {' '.join(answer.error.split())}; correct the question")
    if answer.count is not None and answer.count > len(answer.data):
        raise UnreadableAnswerError(f"it announces {answer.count} records and holds {len(answer.data)}")
    flows = {code: flow for flow, code in _FLOWS.items()}
    values: dict[tuple[str, int], float] = {}
    for r in answer.data:
        pair = (str(r.reporterCode), str(r.partnerCode))
        if pair != (reporter, partner):
            raise UnreadableAnswerError(f"a record is of countries {' and '.join(pair)}, not of those asked for")
        year = year_of(str(r.period))
        add(values, flows[r.flowCode], year, level(r.primaryValue, f"primaryValue of {year}"))
    return Figures(values, "USD")
