"""Headings of columns: what a column holds, by the names that data banks and people give it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from tradetarget.reading.month_names import MONTHS, plain
from tradetarget.reading.period_cells import Span, meanings
from tradetarget.units import Unit, stated_unit

_ALIASES = {
    "period": "period timeperiod time refperiod yearmonth date monthyear obstime zeitraum zeit datum periode periodo "
    "fecha период дата yearsmonths refperiodid quarteryear fiscalyear financialyear fy",
    "year": "year refyear calendaryear jahr annee ano anno год годы years",
    "month": "month refmonth monat mois mes месяц",
    "quarter": "quarter qtr quartal trimestre квартал",
    "value": "value primaryvalue tradevalue obsvalue amount wert valeur valor значение стоимость valueusd tradevalueus "
    "tradevaluein1000usd valuein1000usd values figure trade genvalmo allvalmo",
    "series": "series pair region",
    "country": "country countryname geo area countryarea referencearea refarea ctyname location",
    "country_code": "countrycode countryiso countryiso3 ctycode iso3 iso",
    "flow": "flow flowdesc tradeflow tradeflowname flowname stkflow flowcode tradeflowcode exporimp flowtype поток",
    "indicator": "indicatorname seriesname indicator indicatorcode seriescode",
    "reporter": "reporter reporterdesc reportername reportercountry reportingcountry declarant reporteriso "
    "reporteriso3 reportercode",
    "partner": "partner partnerdesc partnername partnercountry counterpart counterpartcountryname counterpartcountry "
    "counterpartarea counterparteconomy partneriso partneriso3 partnercode counterpartcountrycode",
    "commodity": "commodity cmdcode commoditycode productcode product cmddesc hs hscode sitc productcategories "
    "productgroup item товар",
    "partner2": "partner2code partner2iso partner2desc",
    "transport": "motcode motdesc",
    "customs": "customscode customsdesc",
    "supply": "moscode",
    "unit": "unit unitofmeasure unitmeasure currency indicators единица",
    "scale": "scale unitmult unitmultiplier powercode",
    "frequency": "frequency freq freqcode",
    "attribute": "attribute",
    "kind": "kind", "qualifier": "qualifier", "rounding": "rounding", "stated_by": "statedby", "as_of": "asof",
    "source": "source", "address": "address", "revision": "revision",
}  # fmt: skip
NAMES = MappingProxyType(
    {alias: (role, rank) for role, names in _ALIASES.items() for rank, alias in enumerate(names.split())}
)
"""The role of a column by its heading in lower case without spaces and signs, and its rank. The first is the best
name."""

FLOW_COLUMNS = MappingProxyType(
    {
        "export": "exports", "exports": "exports", "exporttotal": "exports", "exptotal": "exports", "экспорт":
        "exports",
        "totalexports": "exports", "exportaciones": "exports", "exportations": "exports", "ausfuhr": "exports",
        "import": "imports", "imports": "imports", "imptotal": "imports", "importtotal": "imports", "импорт": "imports",
        "totalimports": "imports", "importaciones": "imports", "importations": "imports", "einfuhr": "imports",
        "turnover": "turnover", "totaltrade": "turnover", "tradeturnover": "turnover", "товарооборот": "turnover",
        "reexport": "re-exports", "reexports": "re-exports", "rx": "re-exports", "reimport": "re-imports",
        "grossexp": "exports", "grossimp": "imports", "reimports": "re-imports", "rm": "re-imports", "x": "exports",
        "m": "imports", "exp": "exports", "imp": "imports",
    }
)  # fmt: skip
"""Flows by what they are called, as ``squashed`` writes it."""

_IN_BRACKETS = re.compile(r"(?P<name>.*?)[\s_,-]*[\(\[](?P<unit>[^()\[\]]+)[\)\]]\s*")
_BETWEEN_WORDS = re.compile(r"[\s_,:–-]+")
_PRICES = re.compile(r"current|constant(?: \d{4})?|_")  # of which year prices are says nothing of currency and scale
_PART_OF_NAME = frozenset(("value", "values", "of", "at", "the", "fob", "cif"))
"""Words that may stand inside a unit, and that belong to the name before it, as in "Trade value USD mn"."""
LONGEST_UNIT = 8
"""Words at the end of a heading that may be its unit. Judgement. "in millions of U.S. dollars at current prices" has
eight."""


def squashed(heading: object) -> str:
    """Letters and digits alone, in lower case: "Trade Value (US$)" is "tradevalueus"."""
    return re.sub(r"[\W_]+", "", plain(str(heading)))


def split_unit(heading: object) -> tuple[str, Unit | None]:
    """A heading without the unit that it states, and that unit: "Exports (US$ million)" is "Exports" in USD mn.

    The unit is the longest end of the heading that is one ("Exports, thousand (USD)"), or what brackets hold there.

    >>> split_unit("Exports in millions of US dollars")
    ('Exports', Unit('USD mn'))
    """
    text = str(heading).strip()
    words = _BETWEEN_WORDS.split(text)
    first = max(1, len(words) - LONGEST_UNIT)
    parts = [
        (" ".join(words[:i]), " ".join(words[i:]))
        for i in range(first, len(words))
        if words[i].lower() not in _PART_OF_NAME
    ]
    if (match := _IN_BRACKETS.fullmatch(text)) is not None:
        parts.append((match["name"].strip(), match["unit"]))
    for name, stated in parts:
        unit = stated_unit(_PRICES.sub(" ", stated).strip())
        if unit is not None:
            return name, unit
    return text, None


_PER_CENT = re.compile(r"%|\bper ?cent", re.IGNORECASE)


def unit_in(heading: object) -> str | None:
    """The unit that a heading or a name states, as text; "percent" where it speaks of shares or changes."""
    if _PER_CENT.search(str(heading)):
        return "percent"
    unit = split_unit(heading)[1]
    return None if unit is None else str(unit)


def role_of(heading: object) -> tuple[str, int] | None:
    """What a column of this heading holds, and how good a name it is; None where the heading says nothing."""
    key = squashed(heading)
    if key in NAMES:
        return NAMES[key]
    name, unit = split_unit(heading)
    return NAMES.get(squashed(name)) if unit is not None else None


def flow_of(heading: object) -> str | None:
    """The flow that a column of values holds, by its heading; None where it is no flow."""
    name, _ = split_unit(heading)
    key = squashed(name)
    return (FLOW_COLUMNS.get(key) or flow_named_in(key)) if len(key) > 2 else None


_NOT_A_LEVEL = (
    "balance", "share", "number", "growth", "index", "price", "exporter", "importer", "country", "code", "partner",
    "ratio", "percent", "volume", "quantity", "change", "reexport", "reimport", "tariff", "duty", "duties", "unit",
)  # fmt: skip


def flow_named_in(words: str) -> str | None:
    """The flow whose level a longer name states, exports or imports; None where it states neither, both or no level.

    >>> flow_named_in("exportsofgoodsfob"), flow_named_in("exportgrowth")
    ('exports', None)
    """
    exports, imports = "export" in words, "import" in words
    if exports == imports or any(w in words for w in _NOT_A_LEVEL):
        return None
    return "exports" if exports else "imports"


def is_period(heading: object) -> bool:
    """Whether a heading names a year, quarter or month, so that its column holds the values of that period."""
    return bool(meanings(heading).meanings) and not isinstance(heading, bool)


def is_whole_period(heading: object) -> bool:
    """Whether a heading is settled to be a year, half, quarter or month."""
    return any(isinstance(m, Span) for m in meanings(heading).meanings)


def month_of(heading: object) -> int | None:
    """The month that a heading names, with letters of a flow before it or after it left out; None if it names none."""
    return MONTHS.get(plain(str(heading)).strip(" ."))


def roles(header: Sequence[object]) -> dict[str, list[int]]:
    """The columns of each role, the best named first."""
    by_role: dict[str, list[tuple[int, int]]] = {}
    for position, heading in enumerate(header):
        role = role_of(heading)
        if role is not None:
            by_role.setdefault(role[0], []).append((role[1], position))
    return {role: [p for _, p in sorted(positions)] for role, positions in by_role.items()}
