"""Eurostat Comext: trade in goods that a country of the European Union, or the Union, states, in euros.

Dataset DS-059331 (international trade of EU and non-EU countries by SITC, since 2002), product TOTAL. Its key is freq,
reporter, partner, product, flow, indicators. Address: https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1;
the answer is SDMX-CSV with the date of the last update in each row. A refusal is a fault in XML.
"""

from __future__ import annotations

from datetime import datetime

from tradetarget.fetching.areas import EUROPEAN_UNION, WORLD, Area
from tradetarget.fetching.http import Client, RefusedError, UnreadableAnswerError
from tradetarget.fetching.question import Figures, Question, Source, Step, add, level, rows_of_csv, year_of

DATASET = "DS-059331"
_FLOWS = {"imports": "1", "exports": "2"}
_COLUMNS = ("LAST UPDATE", "freq", "reporter", "partner", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
_OWN_CODES = {"RS": "XS"}
"""Codes of Eurostat's Geonomenclature that differ from ISO 3166-1. Serbia."""


class Eurostat(Source):
    """Eurostat's trade in goods by reporter and partner."""

    name = "eurostat"
    title = f"Eurostat Comext {DATASET}"
    base_url = "https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1"

    def collect(self, question: Question, client: Client, base_url: str, step: Step) -> None:
        """All years at once; see ``Source``."""
        reporter, partner = _code(question.reporter), _code(question.partner)
        flows = "+".join(sorted(_FLOWS[f] for f in question.flows))
        url = f"{base_url}/data/{DATASET}/A.{reporter}.{partner}.TOTAL.{flows}.VALUE_EUR"
        params = {"format": "SDMX-CSV", "startPeriod": str(question.first), "endPeriod": str(question.last)}
        try:
            step(client.get(url, lambda content: _read(content, reporter, partner), params))
        except RefusedError as error:
            if error.status != 404:  # 404 is the service's word for "no such figures"
                raise


def _code(area: Area) -> str:
    if area == WORLD:
        return "WORLD"
    return "EU27_2020" if area == EUROPEAN_UNION else _OWN_CODES.get(area.iso2, area.iso2)


def _read(content: bytes, reporter: str, partner: str) -> Figures:
    flows = {code: flow for flow, code in _FLOWS.items()}
    values: dict[tuple[str, int], float] = {}
    vintages = set()
    for row in rows_of_csv(content, _COLUMNS):
        asked = (row["freq"], row["reporter"], row["partner"], row["indicators"])
        if asked != ("A", reporter, partner, "VALUE_EUR") or row["flow"] not in flows:
            raise UnreadableAnswerError(f"a row is of {'.'.join(asked)}, which was not asked for")
        year = year_of(row["TIME_PERIOD"])
        add(values, flows[row["flow"]], year, level(row["OBS_VALUE"], f"OBS_VALUE of {year}"))
        vintages.add(_updated(row["LAST UPDATE"]))
    return Figures(values, "EUR", max(vintages, default=""))


def _updated(text: str) -> str:
    """A date of the last update, "15/09/26 11:00:00" or "15/09/26", as "2026-09-15"; "" where it is none."""
    try:
        return datetime.strptime(text.split(" ")[0], "%d/%m/%y").date().isoformat()
    except ValueError:
        return ""
