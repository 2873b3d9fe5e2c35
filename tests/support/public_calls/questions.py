"""Questions, levers and scenarios."""

from __future__ import annotations

import pandas as pd
from example_data import panel, region, short_series

import tradetarget as tt
from public_calls.call import Call
from tradetarget import forecasting, models, scenarios, systems, tracking

FAST = {"model": "random-walk"}
FEW = {"n_paths": 512}
TWO_FACTORS = {"grown": (tt.GrowthShift(0.02), [0.01, 0.02]), "effect": (tt.LevelEffect(0.1, start=2026), ["5 %", 0.2])}


def questions() -> list[Call]:
    series = short_series()
    asked = {"series": series, "target": 5.0}
    early = {"earlier": "2023-06", "later": "2024-06", "by": 2027}
    table = pd.DataFrame({"unit": ["P", "Q"], "target": [200.0, 210.0]})
    return [
        Call("Target", tt.Target, {"value": 5.0, "unit": "USD bn"}),
        Call("Target.converted", tt.Target(5.0, "USD bn").converted, {"to": "EUR", "year": 2020}),
        Call("Target.in_unit", tt.Target(5.0, "USD bn").in_unit, {"unit": tt.Unit("USD", 6)}),
        Call("Target.value_in", tt.Target(5.0, "USD bn").value_in, {"unit": tt.Unit("USD", 6)}),
        Call("Target.by", tt.Target(5.0).by, {"deadline": 2030}),
        Call("forecast", tt.forecast, {**asked, **FAST, "horizon": 3}),
        Call("forecast, simulated", tt.forecast, {**asked, **FAST, **FEW, "horizon": 3, "method": "simulation"}),
        Call("forecast_each", tt.forecast_each, {"series": series, "targets": [5.0], **FAST, "horizon": 3}),
        Call("compare_sides", tt.compare_sides, {**asked, **FAST, "horizon": 3}),
        Call("explain_change", tt.explain_change, {**asked, **early, **FAST, "horizon": 5}),
        Call("forecast_panel", forecasting.forecast_panel, {"panel": panel(), "targets": table, "horizon": 2}),
        Call("forecast_targets", tt.forecast_targets, {"panel": panel(), "targets": table, "horizon": 2}),
        Call("estimate_prior", tt.estimate_prior, {"panel": panel()}),
        Call("get_model", models.get_model, {"model": "random-walk"}),
        Call("tracking.compare", tracking.compare, {**asked, **FAST, "deadline": 2030, "base_year": 2019}),
        *(Call(f"tracking.{f.__name__}", f, {"levels": series.annual(), "target": 5.0, "deadline": 2030})
          for f in (tracking.current_status, tracking.destatis, tracking.escap, tracking.eurostat, tracking.sdsn,
                    tracking.unsd, tracking.progress_of)),
    ]  # fmt: skip


def levers() -> list[Call]:
    asked = {"series": short_series(), "target": 5.0, **FAST, **FEW}
    shift = tt.GrowthShift({"low": 0.01, "high": 0.03})
    varied = {"grown": shift, "effect": tt.LevelEffect({"low": 0.1, "high": 0.2})}
    return [
        Call("run_scenarios", tt.run_scenarios,
             {**asked, "scenarios": [tt.Scenario("x", [tt.GrowthShift(0.02)])], "horizon": 3}),
        Call("required", tt.required, {**asked, "by": 2028}),
        Call("sensitivity", tt.sensitivity, {**asked, "by": 2028, "factors": varied}),
        Call("sweep", tt.sweep, {**asked, "by": 2028, "factors": TWO_FACTORS}),
        Call("uncertain_factors", scenarios.uncertain_factors, {"scenarios": [tt.Scenario("x", [shift])]}),
        Call("Scenario", tt.Scenario, {"name": "x", "adjustments": [shift]}),
        Call("SystemScenario", tt.SystemScenario, {"name": "x", "on": {"A-0": [shift]}}),
    ]  # fmt: skip


def adjustments() -> list[Call]:
    index = {y: 100.0 + y - 2018 for y in range(2018, 2025)}
    return [
        Call("Benchmark", tt.Benchmark, {"value": 0.05}),
        Call("Ceiling", tt.Ceiling, {"level": 8.0, "unit": "USD bn"}),
        Call("ConditionalEvent", tt.ConditionalEvent, {"probability": 0.1, "value": -0.2}),
        Call("Deflation", tt.Deflation, {"base_year": 2020, "index": index, "inflation": 0.02}),
        Call("DriverShift", tt.DriverShift, {"area": "KAZ", "concept": "gdp", "value": 0.01}),
        Call("GrowthHalt", tt.GrowthHalt, {"start": 2026}),
        Call("GrowthPath", tt.GrowthPath, {"rates_by_year": {2026: 0.05}}),
        Call("GrowthShift", tt.GrowthShift, {"value": 0.02, "start": 2026, "end": 2027}),
        Call("LevelEffect", tt.LevelEffect, {"value": 0.1}),
        Call("LevelShock", tt.LevelShock, {"value": -0.2, "year": 2026, "recovery": 2}),
        Call("ReturnToTrajectory", tt.ReturnToTrajectory, {"first": 2018, "last": 2020}),
        Call("VolatilityMultiplier", tt.VolatilityMultiplier, {"factor": 1.5}),
        Call("Uniform", scenarios.Uniform, {"low": 0.0, "high": 0.1}),
        Call("Triangular", scenarios.Triangular, {"low": 0.0, "mode": 0.05, "high": 0.1}),
        Call("Normal", scenarios.Normal, {"mean": 0.0, "sd": 0.1}),
    ]


def regions() -> list[Call]:
    system = region()
    by_label = {s.label: s for s in system.parts}
    return [
        Call("TradeSystem", tt.TradeSystem, {"name": "R", "parts": list(system.parts)}),
        Call("TradeSystem.from_series", tt.TradeSystem.from_series, {"known": by_label, "parts": list(by_label)}),
        Call("TradeSystem.as_of", system.as_of, {"when": "2023-06"}),
        Call("TradeSystem.in_unit", system.in_unit, {"unit": "USD mn"}),
        Call("TradeSystem.series", system.series, {"name": "A-0"}),
        Call("forecast_system", tt.forecast_system, {"system": system, "targets": {"A-0": 3.0}, "horizon": 2, **FEW}),
        Call("fit_system", systems.fit_system, {"system": system}),
    ]
