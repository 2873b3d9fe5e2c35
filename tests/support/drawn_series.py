"""A series, and a backtest that costs nothing to make, for tests that draw pictures of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradetarget import TradeSeries
from tradetarget.evaluation import Backtest
from tradetarget.evaluation.baselines import baselines

LEVELS = [0.21, 0.24, 0.51, 1.42, 1.58, 2.14, 1.67, 2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]


def series(name: str = "Here-There", factor: float = 1.0) -> TradeSeries:
    totals = pd.Series(np.array(LEVELS) * factor, index=range(2011, 2026))
    return TradeSeries.from_annual(totals, unit="USD bn", name=name)


def past_forecasts() -> Backtest:
    """Ten origins, each sure of a growth of 8 % a year give or take 20 % a year, beside what happened."""
    actual, rows, levels = series().annual(), [], []
    for origin in range(2014, 2024):
        last = float(actual.loc[origin])
        for ahead in (1, 2, 3):
            value = float(actual.get(origin + ahead, np.nan))
            middle = last * 1.08**ahead
            stated = 0.2 + 0.07 * (origin - 2014) + 0.02 * ahead
            happened = pd.NA if np.isnan(value) else bool(actual.loc[origin + 1 : origin + ahead].max() >= 1.25 * last)
            rows.append(("Here-There", origin, 1.25 * last, 1.25, origin + ahead, ahead, happened, stated))
            levels.append(("Here-There", origin, origin + ahead, ahead, middle / 1.2**ahead, middle,
                           middle * 1.2**ahead, value))  # fmt: skip
    names = ["unit", "origin", "target", "multiple", "period", "years_ahead", "reached", "probability"]
    frame = pd.DataFrame(rows, columns=names).astype({"reached": "boolean"})
    frame[[*baselines()]] = 0.5
    spans = pd.DataFrame(levels, columns=[*names[:2], *names[4:6], "low", "median", "high", "value"])
    skipped = pd.DataFrame({"unit": [], "origin": [], "reason": []})
    return Backtest("a model", frame, spans, None, {"Here-There": actual}, skipped, 3, "as_of", 0)
