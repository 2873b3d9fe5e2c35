"""Small series, regions and panels that are answered in a moment."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import tradetarget as tt


@cache
def short_series() -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(
        pd.Series([2.0, 2.3, 2.2, 2.8, 3.1, 3.0, 3.6], index=range(2018, 2025)), unit="USD bn", name="A-B"
    )


@cache
def region() -> tt.TradeSystem:
    years = range(2012, 2025)
    parts = [
        tt.TradeSeries.from_annual(pd.Series(np.exp(0.05 * np.arange(13.0) + 0.1 * np.sin(k + np.arange(13.0))), years),
                                   unit="USD bn", name=f"A-{k}")
        for k in range(2)
    ]  # fmt: skip
    return tt.TradeSystem("Region", parts)


def panel() -> pd.DataFrame:
    rows = [(u, y, 100.0 + 3 * (y - 2000) + k) for k, u in enumerate(("P", "Q")) for y in range(2000, 2021)]
    return pd.DataFrame(rows, columns=["unit", "period", "value"])
