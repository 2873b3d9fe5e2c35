"""Answers, and what can be asked of them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pandas as pd
from example_data import region, short_series

import tradetarget as tt
from public_calls.call import Call
from public_calls.questions import TWO_FACTORS
from tradetarget import evaluation, nowcasting, promises, scenarios


def methods(result: Any, **needed: dict[str, Any]) -> list[Call]:
    """A call of every public method of a result that takes anything; ``needed`` has what has no default."""
    kind = type(result)
    calls = []
    for name, _ in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            call = Call(f"{kind.__name__}.{name}", getattr(result, name), needed.get(name, {}))
            calls += [call] if call.parameters() else []
    return calls


def answers(folder: Path) -> list[Call]:
    series = short_series()
    answer = tt.forecast(series, 5.0, "random-walk", 3)
    asked = {"model": "random-walk", "n_paths": 512}
    compared = tt.run_scenarios(series, 5.0, [tt.Scenario("x", [tt.GrowthShift(0.02)])], horizon=3, **asked)
    size = tt.required(series, 5.0, by=2028, **asked)
    swings = tt.sensitivity(series, 5.0, scenarios.usual_factors(), by=2028, **asked)
    grid = tt.sweep(series, 5.0, TWO_FACTORS, by=2028, **asked)
    whole = tt.forecast_system(region(), {"A-0": 3.0}, 2, n_paths=512)
    change = tt.explain_change(series, 5.0, "2023-06", "2024-06", by=2027, model="random-walk", horizon=5)
    sides = tt.compare_sides(series, 5.0, "random-walk", 3)
    past = evaluation.backtest(series, "random-walk", multiples=[1.25], origins=[2021, 2022], horizon=2, n_paths=512)
    monthly = tt.TradeSeries.from_monthly(pd.Series(1.0, pd.period_range("2021-01", "2024-06", freq="M")))
    one_side = {"side": sides.sides[0]}
    record = promises.Promises.shipped()
    return [
        *methods(answer, monthly={}),
        *methods(tt.forecast_each(series, [5.0], "random-walk", 3), of={"label": series.label}),
        *methods(answer.hitting_time, quantile={"q": 0.5}, probability_by={"period": 2026}, covers={"year": 2026}),
        *methods(compared),
        *methods(size, probability_at={"value": 0.05}),
        *methods(swings),
        *methods(grid),
        *methods(whole, joint_difference={"scenario": "baseline"}, contributions={"year": 2026}),
        *methods(whole.case(), joint_difference={}),
        *methods(change, of={"cause": "time"}),
        *methods(sides, compared_in=one_side, disagrees=one_side, with_unread={"reasons": {}}),
        *methods(past),
        Call("LatentAnnual.quantiles", nowcasting.latent_annual(series).quantiles, {"probabilities": [0.5]}),
        Call("LatentMonthly.quantiles", nowcasting.latent_monthly(monthly).quantiles, {"probabilities": [0.5]}),
        *methods(record, like={"required_growth": 0.1}),
    ]
