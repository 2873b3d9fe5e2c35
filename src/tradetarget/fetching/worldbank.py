"""World Bank, World Development Indicators: merchandise trade of a country with the world, in current US dollars.

Indicators TX.VAL.MRCH.CD.WT and TM.VAL.MRCH.CD.WT (World Trade Organization). The World Development Indicators hold no
trade between two countries. Address: https://api.worldbank.org/v2; the answer is JSON, a list of what there is and the
figures, newest first; an error is a list of one with ``message`` and comes with status 200.
"""

from __future__ import annotations

import json
from typing import Any

from tradetarget.errors import FetchError
from tradetarget.fetching.areas import WORLD
from tradetarget.fetching.http import Client, UnreadableAnswerError, excerpt
from tradetarget.fetching.question import Figures, Question, Step, add, level, year_of

_INDICATORS = {"exports": "TX.VAL.MRCH.CD.WT", "imports": "TM.VAL.MRCH.CD.WT"}
ROWS_AT_ONCE = "1000"
"""Rows of a page: more than there are years, so that an answer has one page."""


class WorldBank:
    """The World Bank's totals of a country's trade with the world."""

    name = "worldbank"
    title = "World Bank, World Development Indicators (merchandise trade with the world)"
    base_url = "https://api.worldbank.org/v2"

    def headers(self, environment: dict[str, str]) -> dict[str, str]:
        """None: no key is needed."""
        return {}

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
        answer: Any = json.loads(content)
    except ValueError:
        raise UnreadableAnswerError(f"it is not JSON, or is cut off, and starts {excerpt(content)[:40]!r}") from None
    if isinstance(answer, list) and len(answer) == 1 and "message" in answer[0]:
        said = "; ".join(f"{m.get('key')}: {m.get('value')}" for m in answer[0]["message"])
        raise FetchError(f"the World Bank refuses: {said}; it may not know the country {country}")
    if not isinstance(answer, list) or len(answer) != 2 or not isinstance(answer[0], dict):
        raise UnreadableAnswerError(f"it is no list of two, and starts {excerpt(content)[:40]!r}")
    head, rows = answer[0], answer[1] or []
    if head.get("pages", 1) > 1 or head.get("total", len(rows)) != len(rows):
        raise UnreadableAnswerError(f"it announces {head.get('total')} rows and holds {len(rows)}")
    values: dict[tuple[str, int], float] = {}
    for row in rows:
        try:
            of, year, figure = row["countryiso3code"], year_of(str(row["date"])), row["value"]
        except (KeyError, TypeError) as error:
            raise UnreadableAnswerError(f"a row has no {error}") from None
        if of != country:
            raise UnreadableAnswerError(f"a row is of {of!r}, not of {country!r}")
        add(values, flow, year, level(figure, f"{flow} of {year}"))
    return Figures(values, "USD", str(head.get("lastupdated") or ""))
