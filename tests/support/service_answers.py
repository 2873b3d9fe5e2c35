"""Answers of the statistics services in their documented shape, with figures of Kazakhstan's trade with Uzbekistan."""

from __future__ import annotations

import json
from collections.abc import Mapping

from loopback import Reply

EXPORTS = {2022: 3_770_000_000.0, 2023: 3_020_000_000.0, 2024: 2_980_000_000.5}
IMPORTS = {2022: 1_152_000_000.0, 2023: 1_398_000_000.0, 2024: 1_151_000_000.0}


def comtrade_lists() -> list[Reply]:
    """Reporters and partner areas, with a byte order mark as the service sends them, and a country that is no more."""
    reporters = [
        {"id": 398, "text": "Kazakhstan", "reporterCode": 398, "reporterCodeIsoAlpha3": "KAZ", "isGroup": False},
        {"id": 251, "text": "France", "reporterCode": 251, "reporterCodeIsoAlpha3": "FRA", "isGroup": False},
    ]
    partners = [
        {"id": "0", "PartnerCode": 0, "PartnerDesc": "World", "PartnerCodeIsoAlpha3": "W00", "isGroup": True},
        {"id": "860", "PartnerCode": 860, "PartnerDesc": "Uzbekistan", "PartnerCodeIsoAlpha3": "UZB", "isGroup": False},
        {
            "id": "999", "PartnerCode": 999, "PartnerDesc": "Old Uzbekistan", "PartnerCodeIsoAlpha3": "UZB",
            "entryExpiredDate": "1991-12-31T00:00:00", "isGroup": False,
        },
    ]  # fmt: skip
    return [Reply(b"\xef\xbb\xbf" + json.dumps({"more": False, "results": r}).encode()) for r in (reporters, partners)]


def comtrade_record(flow: str, year: int, value: float | None, **other: object) -> dict[str, object]:
    return {
        "typeCode": "C", "freqCode": "A", "refPeriodId": year * 10000 + 101, "refYear": year, "refMonth": 52,
        "period": str(year), "reporterCode": 398, "reporterISO": None, "reporterDesc": None, "flowCode": flow,
        "flowDesc": None, "partnerCode": 860, "partnerISO": None, "partner2Code": 0, "classificationCode": "H6",
        "classificationSearchCode": "HS", "isOriginalClassification": True, "cmdCode": "TOTAL", "aggrLevel": 0,
        "customsCode": "C00", "motCode": 0, "qty": 0, "netWgt": 0, "cifvalue": value if flow == "M" else None,
        "fobvalue": value if flow == "X" else None, "primaryValue": value, "legacyEstimationFlag": 4,
        "isReported": False, "isAggregate": True, **other,
    }  # fmt: skip


def comtrade(
    exports: Mapping[int, float | None] = EXPORTS, imports: Mapping[int, float | None] = IMPORTS, **changes: object
) -> Reply:
    records = [comtrade_record("X", y, v) for y, v in exports.items()]
    records += [comtrade_record("M", y, v) for y, v in imports.items()]
    answer = {"elapsedTime": "0.31 secs", "count": len(records), "data": records, "error": "", **changes}
    return Reply(json.dumps(answer).encode())


def imf(exports: Mapping[int, float | None] = EXPORTS, imports: Mapping[int, float | None] = IMPORTS) -> Reply:
    """SDMX-CSV 1.0; SCALE is 6 although the figures are in dollars."""
    lines = [
        "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,PRECISION,"
        "DECIMALS_DISPLAYED,TRADE_FLOW,VALUATION,UNIT,DERIVATION_TYPE,OVERLAP,STATUS"
    ]
    for flow, valuation, figures in (("XG", "FOB", exports), ("MG", "CIF", imports)):
        lines += [
            f"IMF.STA:IMTS(1.0.0),KAZ,{flow}_{valuation}_USD,UZB,A,{year},{'' if value is None else value},6,,,{flow},"
            f"{valuation},USD,O,OL,"
            for year, value in figures.items()
        ]
    return Reply("\n".join(lines).encode())


def worldbank(indicator: str, figures: Mapping[int, float | None], **changes: object) -> Reply:
    head = {"page": 1, "pages": 1, "per_page": 1000, "total": len(figures), "sourceid": "2"}
    rows = [
        {
            "indicator": {"id": indicator, "value": "Merchandise trade (current US$)"},
            "country": {"id": "KZ", "value": "Kazakhstan"}, "countryiso3code": "KAZ", "date": str(year),
            "value": value, "unit": "", "obs_status": "", "decimal": 0,
        }
        for year, value in sorted(figures.items(), reverse=True)
    ]  # fmt: skip
    return Reply(json.dumps([{**head, "lastupdated": "2026-07-13", **changes}, rows]).encode())


WORLDBANK_ERROR = Reply(
    b'[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]'
)


def eurostat(exports: Mapping[int, float | None] = EXPORTS, imports: Mapping[int, float | None] = IMPORTS) -> Reply:
    lines = ["DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE"]
    for flow, figures in ((2, exports), (1, imports)):
        lines += [
            f"ESTAT:DS-059331(1.0),15/09/26 11:00:00,A,DE,KZ,TOTAL,{flow},VALUE_EUR,{year},"
            f"{'' if value is None else value}"
            for year, value in figures.items()
        ]
    return Reply("\r\n".join(lines).encode())


EUROSTAT_FAULT = Reply(
    b'<?xml version="1.0" encoding="UTF-8"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
    b"<faultcode>150</faultcode><faultstring>INVALID_QUERY_DIMENSION_VALUE: Query is invalid</faultstring></S:Fault>",
    400,
)
