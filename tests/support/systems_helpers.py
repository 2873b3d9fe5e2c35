"""Series that several tests of regions share."""

from __future__ import annotations

import pandas as pd

from tradetarget import TradeSeries

PAIRS = tuple(f"Kazakhstan-{c} turnover" for c in ("Uzbekistan", "Kyrgyzstan", "Tajikistan", "Turkmenistan"))
REGION = "Kazakhstan-Central Asia turnover"


def until(series: TradeSeries, year: int) -> TradeSeries:
    """The series up to a year."""
    return TradeSeries.from_annual(series.annual().loc[:year], unit=series.unit, name=series.name, flow=series.flow)


def annual(name: str, values: dict[int, float], unit: str | None = "USD bn", flow: str = "turnover") -> TradeSeries:
    return TradeSeries.from_annual(pd.Series(values), unit=unit, name=name, flow=flow)
