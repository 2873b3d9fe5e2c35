"""International Monetary Fund: International Trade in Goods by partner country (IMTS).

It was the Direction of Trade Statistics. Address: https://api.imf.org/external/sdmx/2.1, dataflow IMF.STA,IMTS; its key
is country, indicator, counterpart country, frequency. The answer is SDMX-CSV 1.0 with the figures in US dollars:
``SCALE`` says how the Fund displays them, and does not apply to ``OBS_VALUE``. Exports are FOB, imports CIF.
"""

from __future__ import annotations

from tradetarget.errors import FetchError
from tradetarget.fetching.areas import EUROPEAN_UNION, WORLD, Area
from tradetarget.fetching.http import Client, RefusedError, UnreadableAnswerError
from tradetarget.fetching.question import Figures, Question, Source, Step, add, level, rows_of_csv, year_of

_INDICATORS = {"exports": "XG_FOB_USD", "imports": "MG_CIF_USD"}
_COLUMNS = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE")


class Imf(Source):
    """The IMF's trade in goods by partner country."""

    name = "imf"
    title = "IMF International Trade in Goods (IMTS)"
    base_url = "https://api.imf.org/external/sdmx/2.1"

    def headers(self, environment: dict[str, str]) -> dict[str, str]:
        """The format that is asked for; no key is needed."""
        return {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}

    def collect(self, question: Question, client: Client, base_url: str, step: Step) -> None:
        """All years at once; see ``Source``."""
        reporter, partner = _code(question.reporter), _code(question.partner)
        indicators = "+".join(_INDICATORS[f] for f in question.flows)
        url = f"{base_url}/data/IMF.STA,IMTS/{reporter}.{indicators}.{partner}.A"
        params = {"startPeriod": str(question.first), "endPeriod": str(question.last)}
        try:
            step(client.get(url, lambda content: _read(content, reporter, partner), params))
        except RefusedError as error:
            if error.status != 404:  # 404 is the service's word for "no such series"
                raise


def _code(area: Area) -> str:
    if area == WORLD:
        return "G001"
    if area == EUROPEAN_UNION:
        raise FetchError("the IMF's code of the European Union is not known here: ask eurostat, or for one country")
    return area.iso3


def _read(content: bytes, reporter: str, partner: str) -> Figures:
    flows = {code: flow for flow, code in _INDICATORS.items()}
    values: dict[tuple[str, int], float] = {}
    for row in rows_of_csv(content, _COLUMNS):
        pair = (row["COUNTRY"], row["COUNTERPART_COUNTRY"])
        if pair != (reporter, partner) or row["FREQUENCY"] != "A":
            raise UnreadableAnswerError(f"a row is of {' and '.join(pair)}, {row['FREQUENCY']}: not what was asked for")
        if row["INDICATOR"] not in flows:
            raise UnreadableAnswerError(f"a row is of the indicator {row['INDICATOR']!r}, which was not asked for")
        year = year_of(row["TIME_PERIOD"])
        add(values, flows[row["INDICATOR"]], year, level(row["OBS_VALUE"], f"OBS_VALUE of {year}"))
    return Figures(values, "USD")
