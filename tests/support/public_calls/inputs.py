"""How data, targets and files come in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from example_data import short_series

import tradetarget as tt
from public_calls.call import Call
from tradetarget import datasets, scenarios, systems
from tradetarget.observations import parse_as_of, parse_period, plausibility_notes


def readings(folder: Path) -> list[Call]:
    series = short_series()
    annual, months = series.annual(), pd.period_range("2022-01", "2024-12", freq="M")
    csv, toml, prior = folder / "in.csv", folder / "in.toml", folder / "in.json"
    series.to_csv(csv)
    toml.write_text('[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = 0.02\n')
    tt.Prior.shipped().save(prior)
    day = dt.date(2020, 1, 1)
    return [
        Call("TradeSeries.from_annual", tt.TradeSeries.from_annual, {"values": annual, "unit": "USD bn", "name": "A"}),
        Call("TradeSeries.from_monthly", tt.TradeSeries.from_monthly, {"values": pd.Series(1.0, months)}),
        Call("TradeSeries.from_quarterly", tt.TradeSeries.from_quarterly,
             {"values": pd.Series(1.0, pd.period_range("2022Q1", "2024Q4", freq="Q"))}),
        Call("TradeSeries.from_frame", tt.TradeSeries.from_frame, {"frame": series.to_frame()}),
        Call("TradeSeries.from_csv", tt.TradeSeries.from_csv, {"path": csv}),
        Call("TradeSeries.from_json", tt.TradeSeries.from_json, {"text": series.to_json()}),
        Call("TradeSeries.as_of", series.as_of, {"when": "2023-11"}),
        Call("TradeSeries.in_unit", series.in_unit, {"unit": "USD mn"}),
        Call("TradeSeries.converted", series.converted, {"to": "EUR"}),
        Call("TradeSeries.reported_by", series.reported_by, {"reporter": "A"}),
        Call("TradeSeries.to_csv", series.to_csv, {"path": folder / "out.csv"}),
        Call("TradeSeries", tt.TradeSeries, {"name": "A", "observations": series.observations, "unit": series.unit}),
        Call("Observation", tt.Observation, {"start": day, "end": dt.date(2020, 12, 31), "value": 1.0}),
        Call("TradeSeries.plot", series.plot, {}),
        Call("Observation.in_unit", series.observations[0].in_unit, {"unit": tt.Unit("USD", 6)}),
        Call("plausibility_notes", plausibility_notes, {"series": series}),
        Call("parse_as_of", parse_as_of, {"value": "2023-11"}),
        Call("Unit", tt.Unit, {"currency": "USD"}),
        Call("Unit.parse", tt.Unit.parse, {"text": "USD bn"}),
        Call("Unit.convert", tt.Unit("USD").convert, {"value": 1.0, "other": tt.Unit("USD", 9)}),
        Call("Unit.factor_to", tt.Unit("USD").factor_to, {"other": tt.Unit("USD", 9)}),
        Call("parse_period", parse_period, {"value": "2019-01/2019-09"}),
        Call("Prior.load", tt.Prior.load, {"path": prior}),
        Call("Prior.save", tt.Prior.shipped().save, {"path": folder / "prior.json"}),
        Call("Prior.from_json", tt.Prior.from_json, {"text": "{}"}),
        Call("Prior", tt.Prior, {"values": tt.Prior.shipped().values, "standard_errors": {}}),
        Call("datasets.load", datasets.load, {"name": "article-2019"}),
        Call("datasets.export", datasets.export, {"name": "article-2019", "path": folder / "export.csv"}),
        Call("datasets.load_drivers", datasets.load_drivers, {"name": "imf-weo-2025-10"}),
        Call("datasets.driver_source", datasets.driver_source, {"name": "imf-weo-2025-10"}),
        Call("read_scenarios", tt.read_scenarios, {"path": toml}),
        Call("read_system_scenarios", tt.read_system_scenarios, {"path": toml}),
        Call("read_scenario_file", scenarios.read_scenario_file, {"path": toml}),
        Call("read_system_scenario_file", systems.read_system_scenario_file, {"path": toml}),
        Call("bundled_scenarios", scenarios.bundled_scenarios, {"name": "kazakhstan-uzbekistan"}),
        Call("bundled_system_scenarios", systems.bundled_system_scenarios, {"name": "central-asia-by-member"}),
    ]  # fmt: skip
