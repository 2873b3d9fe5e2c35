"""Whose format a table is in, and what its columns then say: UN Comtrade, WITS, World Bank, IMF, Eurostat, US Census,
Japan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tradetarget.reading.headings import FLOW_COLUMNS, flow_named_in, split_unit, squashed, unit_in
from tradetarget.reading.values import is_blank

if TYPE_CHECKING:
    from tradetarget.reading.layouts import Columns

_FLOWS_BY_CODE = {
    "eurostat": {"1": "imports", "2": "exports"}, "japan": {"1": "exports", "2": "imports"},
    "imf": {"XG": "exports", "MG": "imports"},
}  # fmt: skip
"""Codes of flows. Eurostat Comext has 1 for imports and 2 for exports, Japan Customs the other way round."""


@dataclass(frozen=True)
class Format:
    """A documented format.

    Parameters
    ----------
    key
        A short name.
    title
        Its name in sentences.
    unit
        The unit of its values, where the format fixes it.
    """

    key: str
    title: str
    unit: str | None = None

    def describe(self, columns: Columns) -> tuple[Any, Any, Any, Any]:
        """Series, reporter, flow and unit of each row; None where the table does not say."""
        reporter, partner = columns.cells("reporter"), columns.cells("partner")
        country = columns.cells("country")
        country = columns.cells("country_code") if country is None else country
        if reporter is None and (partner is not None or self.key == "eurostat"):
            reporter, country = country, None
        series = columns.cells("series")
        if series is None:
            side = reporter if partner is not None or self.key == "eurostat" else country
            series = _pair(side if side is not None else country, partner)
        flow = columns.cells("flow")
        flow = columns.cells("indicator") if flow is None else flow
        return series, reporter, _flows(flow, self.key), self._units(columns, flow)

    def _units(self, columns: Columns, flow: Any) -> Any:
        """The unit of each row: its column with the scale beside it, what the indicator states, or the format's."""
        unit, scale = columns.cells("unit"), columns.cells("scale")
        if self.key == "imf" and scale is not None and scale.map(_text).str.isdigit().all():
            scale = (
                None  # a code says how the Fund displays figures, which stand in units; a word says what they are in
            )
        if unit is not None and scale is not None:
            return _by_pair(unit, scale, lambda u, s: f"{_scale_word(s)} {u}".strip())
        if unit is not None:
            return unit
        indicator = columns.cells("indicator")
        stated = indicator if indicator is not None else flow
        if stated is not None:
            units = _by_value(stated, lambda name: unit_in(_text(name)))
            if scale is not None and units.notna().any():
                return _by_pair(units, scale, lambda u, s: f"{_scale_word(s)} {u}".strip())
            if units.notna().any():
                return units
        if self.unit is not None and not columns.has("kind"):
            return pd.Series([self.unit] * len(columns.grid.lines), dtype=object)
        return None


def _by_value(cells: pd.Series[Any], function: Any) -> pd.Series[Any]:
    """``function`` of each cell, worked out once for each distinct one."""
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    results = pd.Series([function(c) for c in distinct], dtype=object)
    return results.iloc[codes].reset_index(drop=True)


def _by_pair(first: pd.Series[Any], second: pd.Series[Any], function: Any) -> pd.Series[Any]:
    (a, firsts), (b, seconds) = (pd.factorize(c.to_numpy(dtype=object), use_na_sentinel=False) for c in (first, second))
    codes, pairs = pd.factorize(a.astype("int64") * max(1, len(seconds)) + b)
    size = max(1, len(seconds))
    results = pd.Series([function(firsts[p // size], seconds[p % size]) for p in pairs], dtype=object)
    return results.iloc[codes].reset_index(drop=True)


def _text(cell: object) -> str:
    return "" if is_blank(cell) else str(cell).strip()


def _pair(reporter: Any, partner: Any) -> Any:
    """The name of the series: "Kazakhstan-Uzbekistan", or the one that the table names."""
    if reporter is None or partner is None:
        return reporter if partner is None else partner
    return _by_pair(reporter, partner, lambda r, p: "-".join(t for t in (_text(r), _text(p)) if t) or None)


def _flows(flow: Any, key: str) -> Any:
    if flow is None:
        return None
    if key == "plain":
        return flow
    codes = _FLOWS_BY_CODE.get(key, {})
    return _by_value(flow, lambda c: codes.get(_text(c)) or _flow_word(_text(c)))


def _flow_word(text: str) -> str | None:
    """The flow that a text names ("exports", "imports" and so on); the text itself where it names none."""
    name, _ = split_unit(text)
    key = squashed(name)
    if key in FLOW_COLUMNS:
        return FLOW_COLUMNS[key]
    words = squashed(text)
    if words.startswith(("txg", "exp_", "mioexp")):
        return "exports"
    if words.startswith(("tmg", "imp_", "mioimp")):
        return "imports"
    return flow_named_in(words) or text or None


def _scale_word(scale: object) -> str:
    """The word for a scale written as a word or as a power of ten."""
    text = _text(scale).removesuffix(".0")
    return {"0": "", "3": "thousand", "6": "million", "9": "billion", "12": "trillion", "units": ""}.get(
        text.lower(), text
    )


PLAIN = Format("plain", "a table")
_FORMATS = (
    (("refyear", "primaryvalue"), Format("comtrade", "UN Comtrade", "USD")),
    (("period", "reportercode", "flowcode", "primaryvalue"), Format("comtrade", "UN Comtrade", "USD")),
    (("tradeflow", "tradevalueus"), Format("comtrade", "UN Comtrade, as downloaded before 2023", "USD")),
    (("tradeflowname", "tradevaluein1000usd"), Format("wits", "WITS", "USD thousand")),
    (("indicatortype", "partner"), Format("wits", "WITS", "USD thousand")),
    (("countryname", "countrycode", "counterpartcountryname"), Format("imf", "IMF Direction of Trade Statistics")),
    (("counterpartcountry", "indicator"), Format("imf", "IMF International Trade in Goods")),
    (("countryname", "countrycode", "indicatorname"), Format("worldbank", "World Bank")),
    (("countryname", "countrycode", "seriesname"), Format("worldbank", "World Bank DataBank")),
    (("dataflow", "obsvalue"), Format("eurostat", "SDMX-CSV")),
    (("year", "ctyname", "ijan"), Format("census", "US Census Bureau", "USD mn")),
    (("exporimp", "valueyear"), Format("japan", "Japan Customs", "JPY thousand")),
    (("yearsmonths", "exptotal"), Format("japan", "Japan Customs", "JPY thousand")),
)


def format_of(header: Sequence[object]) -> Format:
    """The format whose columns are all there; a plain table otherwise."""
    keys = {squashed(h) for h in header}
    if {"freq", "geo"} <= keys or {"freq", "partner"} <= keys or {"freq", "reporter", "flow"} <= keys:
        return Format("eurostat", "Eurostat")
    return next((form for needed, form in _FORMATS if keys.issuperset(needed)), PLAIN)
