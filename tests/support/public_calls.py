"""Valid calls of the public names, and wrong values for each of their parameters.

A call with one wrong value must answer or raise a TradeTargetError of one line: the tests of robustness ask this of
every parameter once, ``benchmarks/fuzz.py`` of pairs of them for as long as it is told.
"""

from __future__ import annotations

import datetime as dt
import inspect
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget import datasets, evaluation, models, promises, scenarios, systems, tracking
from tradetarget.errors import TradeTargetError, TradeTargetWarning
from tradetarget.observations.periods import parse_period

FAST = {"model": "random-walk"}
FEW = {"n_paths": 512}


class Opaque:
    """An object that nothing can be read from, whose repr runs over lines."""

    def __repr__(self) -> str:
        return "an object\nof no use"


WRONG: dict[str, Any] = {
    "None": None,
    "text": "sideways",
    "empty text": "",
    "five per cent": "5 %",
    "text of a number": "2030",
    "control characters": "a\x1b[31m\x00\u202eb",
    "long text": "x" * 3000,
    "bytes": b"\xff",
    "list": [],
    "list of text": ["a", None],
    "dict": {"a": 1},
    "NaT": pd.NaT,
    "NA": pd.NA,
    "Decimal": Decimal("5"),
    "Decimal NaN": Decimal("nan"),
    "400 digits": 10**400,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "negative": -1,
    "zero": 0,
    "fraction": 1.5,
    "tiny": 1e-320,
    "huge": 1e308,
    "numpy int": np.int64(2030),
    "numpy text": np.str_("a"),
    "complex": 1 + 2j,
    "Series": pd.Series([1.0, 2.0], index=[2020, 2021]),
    "empty Series": pd.Series(dtype=float),
    "frame": pd.DataFrame({"unit": ["a"], "period": [2020], "value": [1.0]}),
    "array": np.array([[1.0, np.nan]]),
    "True": True,
    "date": dt.date(2024, 1, 1),
    "Period": pd.Period("2030", "Y"),
    "month": pd.Period("2030-05", "M"),
    "object": Opaque(),
    "type": int,
}


@dataclass(frozen=True)
class Call:
    """A function and arguments that it answers."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any] = field(default_factory=dict)

    def parameters(self) -> list[str]:
        """The names of what can be given, those left out of ``arguments`` too."""
        of = inspect.signature(self.function).parameters.values()
        return [p.name for p in of if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def outcome(call: Call, changes: dict[str, Any]) -> str:
    """ "answered", "refused", or what else came of the call.

    A refusal is a TradeTargetError whose text is one line of at most 1,000 characters without control characters.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", TradeTargetWarning)
        try:
            call.function(**{**call.arguments, **changes})
        except TradeTargetError as error:
            text = str(error)
            return "refused" if text and text.isprintable() and len(text) <= 1000 else f"a message of {text[:200]!r}"
        except Exception as error:  # noqa: BLE001
            # What is looked for: any exception of another kind.
            return f"{type(error).__name__}: {str(error)[:300]}"
    return "answered"


def failures(calls: list[Call]) -> Iterator[tuple[str, str, str, str]]:
    """Every call with every parameter at every wrong value: name, parameter, value and what came of it."""
    for call in calls:
        for parameter in call.parameters():
            for label, value in WRONG.items():
                what = outcome(call, {parameter: value})
                if what not in ("answered", "refused"):
                    yield call.name, parameter, label, what


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


def every_call(folder: Path) -> list[Call]:
    """The public calls; files are written to ``folder``."""
    return [*_readings(folder), *_questions(), *_levers(), *_adjustments(), *_regions(), *_scores(), *_answers(folder)]


def _readings(folder: Path) -> list[Call]:
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
        Call("bundled_scenarios", scenarios.bundled_scenarios, {"name": "kazakhstan-uzbekistan"}),
        Call("bundled_system_scenarios", systems.bundled_system_scenarios, {"name": "central-asia-by-member"}),
    ]  # fmt: skip


def _questions() -> list[Call]:
    series = short_series()
    asked = {"series": series, "target": 5.0}
    early = {"earlier": "2023-06", "later": "2024-06", "by": 2027}
    table = pd.DataFrame({"unit": ["P", "Q"], "target": [200.0, 210.0]})
    return [
        Call("Target", tt.Target, {"value": 5.0, "unit": "USD bn"}),
        Call("Target.converted", tt.Target(5.0, "USD bn").converted, {"to": "EUR", "year": 2020}),
        Call("Target.in_unit", tt.Target(5.0, "USD bn").in_unit, {"unit": tt.Unit("USD", 6)}),
        Call("Target.value_in", tt.Target(5.0, "USD bn").value_in, {"unit": tt.Unit("USD", 6)}),
        Call("forecast", tt.forecast, {**asked, **FAST, "horizon": 3}),
        Call("forecast, simulated", tt.forecast, {**asked, **FAST, **FEW, "horizon": 3, "method": "simulation"}),
        Call("compare_sides", tt.compare_sides, {**asked, **FAST, "horizon": 3}),
        Call("explain_change", tt.explain_change, {**asked, **early, **FAST, "horizon": 5}),
        Call("forecast_targets", tt.forecast_targets, {"panel": panel(), "targets": table, "horizon": 2}),
        Call("estimate_prior", tt.estimate_prior, {"panel": panel()}),
        Call("get_model", models.get_model, {"model": "random-walk"}),
        Call("tracking.compare", tracking.compare, {**asked, **FAST, "deadline": 2030, "base_year": 2019}),
        *(Call(f"tracking.{f.__name__}", f, {"levels": series.annual(), "target": 5.0, "deadline": 2030})
          for f in (tracking.current_status, tracking.destatis, tracking.escap, tracking.eurostat, tracking.sdsn,
                    tracking.unsd, tracking.progress_of)),
    ]  # fmt: skip


def _levers() -> list[Call]:
    asked = {"series": short_series(), "target": 5.0, **FAST, **FEW}
    shift, event = tt.GrowthShift({"low": 0.01, "high": 0.03}), tt.LevelEffect(0.1, start=2026)
    varied = {"grown": shift, "effect": tt.LevelEffect({"low": 0.1, "high": 0.2})}
    grid = {"grown": (tt.GrowthShift(0.02), [0.01, 0.02]), "effect": (event, ["5 %", 0.2])}
    return [
        Call("run_scenarios", tt.run_scenarios,
             {**asked, "scenarios": [tt.Scenario("x", [tt.GrowthShift(0.02)])], "horizon": 3}),
        Call("required", tt.required, {**asked, "by": 2028}),
        Call("sensitivity", tt.sensitivity, {**asked, "by": 2028, "factors": varied}),
        Call("sweep", tt.sweep, {**asked, "by": 2028, "factors": grid}),
        Call("Scenario", tt.Scenario, {"name": "x", "adjustments": [shift]}),
        Call("SystemScenario", tt.SystemScenario, {"name": "x", "on": {"A-0": [shift]}}),
    ]  # fmt: skip


def _adjustments() -> list[Call]:
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


def _regions() -> list[Call]:
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


def _scores() -> list[Call]:
    p, hit = np.array([[0.1, 0.2], [0.3, 0.5]]), np.array([[0, 1], [1, 1]])
    data = {"data": tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]}
    rng = np.random.default_rng(0)
    asked = {**FAST, "origins": [2015, 2016], "multiples": [1.25], "horizon": 2, **FEW}
    return [
        Call("backtest", evaluation.backtest, {**data, **asked}),
        Call("get_baseline", evaluation.get_baseline, {"name": "no-drift"}),
        Call("brier_score", evaluation.brier_score, {"probability": p, "outcome": hit}),
        Call("log_score", evaluation.log_score, {"probability": p, "outcome": hit}),
        Call("ranked_probability_score", evaluation.ranked_probability_score, {"probability": p, "outcome": hit}),
        Call("crps_of_paths", evaluation.crps_of_paths, {"levels": p, "outcome": np.array([0.1, 0.3])}),
        Call("reliability_error", evaluation.reliability_error, {"probability": p, "outcome": hit}),
        Call("reliability_table", evaluation.reliability_table, {"probability": p, "outcome": hit}),
        Call("randomised_pit", evaluation.randomised_pit, {"probability": p, "outcome": hit, "rng": rng}),
        Call("pit_coverage", evaluation.pit_coverage, {"probability": p, "outcome": hit, "level": 0.8, "rng": rng}),
        Call("skill_against", evaluation.skill_against,
             {"scores": [0.1, 0.2], "baseline_scores": [0.2, 0.3], "clusters": ["a", "b"], "n_resamples": 10}),
        Call("wilson_interval", promises.wilson_interval, {"successes": 3, "trials": 10}),
        Call("waiting_curve", promises.waiting_curve, {"years": np.array([1, 2]), "reached": np.array([True, False])}),
        Call("Promises.like", promises.Promises.shipped().like, {"required_growth": 0.1}),
        Call("Promises.tallies", promises.Promises.shipped().tallies, {}),
    ]  # fmt: skip


def _answers(folder: Path) -> list[Call]:
    series = short_series()
    answer = tt.forecast(series, 5.0, "random-walk", 3)
    law = answer.hitting_time
    compared = tt.run_scenarios(series, 5.0, [tt.Scenario("x", [tt.GrowthShift(0.02)])], "random-walk", 3, n_paths=512)
    size = tt.required(series, 5.0, by=2028, model="random-walk", n_paths=512)
    whole = tt.forecast_system(region(), {"A-0": 3.0}, 2, n_paths=512)
    return [
        Call("HittingTime.quantile", law.quantile, {"q": 0.5}),
        Call("HittingTime.interval", law.interval, {"level": 0.8}),
        Call("HittingTime.probability_by", law.probability_by, {"period": 2026}),
        Call("Forecast.quantiles", answer.quantiles, {"probabilities": [0.5]}),
        Call("Forecast.achieved_growth", answer.achieved_growth, {"spans": [1]}),
        Call("Forecast.plot", answer.plot, {"path": None}),
        Call("ScenarioComparison.case", compared.case, {}),
        Call("ScenarioComparison.quantiles", compared.quantiles, {"probabilities": [0.5]}),
        Call("Required.probability_at", size.probability_at, {"value": 0.05}),
        Call("SystemForecast.case", whole.case, {}),
        Call("SystemForecast.joint", whole.joint, {}),
        Call("SystemForecast.quantiles", whole.quantiles, {"probabilities": [0.5]}),
        Call("SystemForecast.contributions", whole.contributions, {"year": 2026}),
    ]
