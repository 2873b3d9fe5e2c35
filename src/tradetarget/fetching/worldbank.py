"""World Bank, World Development Indicators: merchandise trade of a country with the world, in current US dollars.

Indicators TX.VAL.MRCH.CD.WT and TM.VAL.MRCH.CD.WT (World Trade Organization). The World Development Indicators hold no
trade between two countries. Address: https://api.worldbank.org/v2; the answer is JSON, a list of what there is and the
figures, newest first; an error is a list of one with ``message`` and comes with status 200.
"""

from __future__ import annotations

from pydantic import BaseModel, TypeAdapter, ValidationError

from tradetarget.errors import FetchError
from tradetarget.fetching.areas import WORLD
from tradetarget.fetching.http import Client, UnreadableAnswerError
from tradetarget.fetching.question import Figures, Question, Source, Step, add, level, read_json, year_of

_INDICATORS = {"exports": "TX.VAL.MRCH.CD.WT", "imports": "TM.VAL.MRCH.CD.WT"}
ROWS_AT_ONCE = "1000"
"""Rows of a page. More than there are years, so that an answer has one page."""


class _Message(BaseModel):
    key: str = ""
    value: str = ""


class _Refusal(BaseModel):
    message: list[_Message]


class _Head(BaseModel):
    pages: int
    total: int
    lastupdated: str | None = None


class _Row(BaseModel):
    countryiso3code: str
    date: str
    value: float | None


_REFUSED, _ANSWER = TypeAdapter(tuple[_Refusal]), TypeAdapter(tuple[_Head, list[_Row] | None])


class WorldBank(Source):
    """The World Bank's totals of a country's trade with the world."""

    name = "worldbank"
    title = "World Bank, World Development Indicators (merchandise trade with the world)"
    base_url = "https://api.worldbank.org/v2"

    def requests(self, question: Question) -> int:
        """One a flow."""
        return len(question.flows)

    def collect(self, question: Question, client: Client, base_url: str, step: Step) -> None:
        """One flow at a time; see ``Source``."""
        if question.partner != WORLD:
            raise FetchError(
                f"the World Bank has no trade of {question.reporter.name} with {question.partner.name}, only with the "
                "world: leave --partner out, or ask comtrade or imf"
            )
        country = question.reporter.iso3
        for flow in question.flows:
            url = f"{base_url}/country/{country}/indicator/{_INDICATORS[flow]}"
            params = {"format": "json", "date": f"{question.first}:{question.last}", "per_page": ROWS_AT_ONCE}

            def read(content: bytes, flow: str = flow) -> Figures:
                return _read(content, country, flow)

            step(client.get(url, read, params))


def _read(content: bytes, country: str, flow: str) -> Figures:
    try:
        (refusal,) = _REFUSED.validate_json(content)
    except ValidationError:
        head, rows = read_json(_ANSWER, content)
    else:
        reasons = " ".join("; ".join(f"{m.key}: {m.value}" for m in refusal.message).split())
        raise FetchError(f"the World Bank refuses: {reasons}; it may not know the country {country}")
    figures = rows or []
    if head.pages > 1 or head.total != len(figures):
        raise UnreadableAnswerError(f"it announces {head.total} rows and holds {len(figures)}")
    values: dict[tuple[str, int], float] = {}
    for row in figures:
        if row.countryiso3code != country:
            raise UnreadableAnswerError(f"a row is of {row.countryiso3code!r}, not of {country!r}")
        year = year_of(row.date)
        add(values, flow, year, level(row.value, f"{flow} of {year}"))
    return Figures(values, "USD", head.lastupdated or "")
