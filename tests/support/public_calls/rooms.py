"""Fetching, pages, pictures and statements of parts of years."""

from __future__ import annotations

import functools
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pandas as pd
import requests
from example_data import region, short_series
from loopback import Time
from service_answers import imf

import tradetarget as tt
from public_calls.call import Call
from public_calls.questions import TWO_FACTORS
from tradetarget import evaluation, fetching, nowcasting, pages, plotting, promises, report, scenarios, testing

ASKED = {"model": "random-walk", "n_paths": 512}


def fetching_calls(folder: Path) -> list[Call]:
    """``fetch`` with its service on hand: nobody is asked."""
    time, reply = Time(), imf()

    def get(url: str, **_: Any) -> Any:
        return SimpleNamespace(status_code=200, content=reply.body, headers={}, url=url)

    @functools.wraps(fetching.fetch)
    def fetch(*args: Any, **given: Any) -> fetching.Fetched:
        with patch.object(requests, "get", get):
            return fetching.fetch(*args, **given)

    given = {"source": "imf", "reporter": "KAZ", "partner": "UZB", "start": 2022, "end": 2024}
    waits = {"sleep": time.sleep, "clock": time.clock, "environment": {}}
    fetched = fetch(**given, **waits)
    return [
        Call("fetch", fetch, {**given, **waits}),
        Call("report.fetched_summary", report.fetched_summary, {"fetched": fetched}),
        Call("Fetched.series", fetched.series, {}),
        Call("Fetched.write", fetched.write, {"path": folder / "fetched.csv"}),
        Call("Patience", fetching.Patience, {}),
    ]


def page_calls(folder: Path) -> list[Call]:
    report = pages.report_on(short_series(), 5.0, horizon=2, **ASKED)
    return [
        Call("report_on", pages.report_on, {"series": short_series(), "target": 5.0, "horizon": 2, **ASKED}),
        Call("Report.save", report.save, {"path": folder / "page.xlsx"}),
        Call("check_growth_model", testing.check_growth_model, {"model": tt.models.get_model("random-walk")}),
    ]


def plotting_calls(folder: Path) -> list[Call]:
    series = short_series()
    answer = tt.forecast(series, 5.0, "random-walk", 2)
    changed = [tt.Scenario("x", [tt.GrowthShift(0.02)])]
    past = evaluation.backtest(series, "random-walk", multiples=[1.25], origins=[2021, 2022], horizon=2, n_paths=512)
    grid = tt.sweep(series, 5.0, TWO_FACTORS, by=2028, **ASKED)
    drawn = {
        "plot_forecast": {"forecast": answer},
        "plot_heatmap": {"answer": grid},
        "plot_hedgehog": {"backtest": past},
        "plot_hitting_time": {"hitting_time": answer.hitting_time},
        "plot_one_series": {"series": series},
        "plot_promises": {"promises": promises.Promises.shipped()},
        "plot_reliability": {"backtest": past},
        "plot_required": {"answer": tt.required(series, 5.0, by=2028, **ASKED)},
        "plot_scenarios": {"comparison": tt.run_scenarios(series, 5.0, changed, horizon=2, **ASKED)},
        "plot_series": {"series": {"A-B": series}, "title": "A"},
        "plot_system": {"forecast": tt.forecast_system(region(), {"A-0": 3.0}, 2, n_paths=512)},
        "plot_tornado": {"answer": tt.sensitivity(series, 5.0, scenarios.usual_factors(), by=2028, **ASKED)},
    }
    return [
        *(Call(f"plotting.{name}", getattr(plotting, name), given) for name, given in drawn.items()),
        Call("checked_plot_path", plotting.checked_plot_path, {"path": folder / "a.png"}),
        Call("plotting.save", plotting.save, {"figure": answer.plot(), "path": folder / "a.svg", "dpi": 50}),
    ]


def nowcasting_calls() -> list[Call]:
    both = tt.datasets.load("kazakhstan-uzbekistan")["Kazakhstan-Uzbekistan exports"]
    one = both.reported_by("Kazakhstan")
    months = tt.TradeSeries.from_monthly(pd.Series(1.0, pd.period_range("2021-01", "2024-06", freq="M")))
    given: dict[str, dict[str, Any]] = {
        "check_statements": {"series": both},
        "contradictions": {"series": both},
        "evidence_for": {"series": months, "after_year": 2023},
        "interval_of": {"observation": one.observations[0]},
        "latent_annual": {"series": one},
        "latent_monthly": {"series": months},
        "mirror_table": {"series": both},
        "past_evidence": {"series": one, "through_year": 2023},
        "readings": {"series": one},
        "reconciled": {"series": both},
    }
    return [Call(f"nowcasting.{name}", getattr(nowcasting, name), arguments) for name, arguments in given.items()]


def report_calls(folder: Path) -> list[Call]:
    """What writes each kind of answer in words and as plain data."""
    series = short_series()
    answer = tt.forecast(series, 5.0, "random-walk", 2)
    sides = tt.compare_sides(series, 5.0, "random-walk", 2)
    several = tt.forecast_each(series, [5.0], "random-walk", 2)
    past = evaluation.backtest(series, "random-walk", multiples=[1.25], origins=[2021, 2022], horizon=2, n_paths=512)
    change = tt.explain_change(series, 5.0, "2023-06", "2024-06", by=2027, model="random-walk", horizon=5)
    system = tt.forecast_system(region(), {"A-0": 3.0}, 2, n_paths=512)
    told = tt.datasets.load("kazakhstan-uzbekistan")["Kazakhstan-Uzbekistan exports"]
    check = nowcasting.check_statements(told)
    mirror = {"series": told, "table": nowcasting.mirror_table(told)}
    scales = tt.tracking.compare(series, 5.0, deadline=2030, base_year=2019, model="random-walk")
    like = tt.forecast(series, 5.0, "reference-class", 2)
    size = tt.required(series, 5.0, by=2028, **ASKED)
    tally = promises.Promises.shipped().like(0.1)
    [about] = tt.datasets.describe().head(1).to_dict("records")
    given: dict[str, dict[str, Any]] = {
        "backtest_record": {"backtest": past},
        "backtest_summary": {"backtest": past},
        "change_record": {"change": change},
        "change_summary": {"change": change},
        "check_record": {"name": "A", "checks": [check]},
        "check_summary": {"name": "A", "checks": [check]},
        "checked_path": {"path": folder / "a.csv"},
        "comparison_record": {"comparison": sides},
        "comparison_summary": {"comparison": sides},
        "dataset_list": {"datasets": tt.datasets.describe()},
        "dataset_summary": {"name": "A", "series": {"A-B": series}, "about": about},
        "fit_summary": {"fitted": answer.fitted},
        "forecast_record": {"forecast": answer},
        "forecast_summary": {"forecast": answer},
        "hitting_time_record": {"answer": answer.hitting_time},
        "hitting_time_summary": {"answer": answer.hitting_time},
        "mirror_record": mirror,
        "mirror_summary": mirror,
        "prior_summary": {"prior": tt.Prior.shipped()},
        "promises_record": {"promises": promises.Promises.shipped()},
        "promises_summary": {"promises": promises.Promises.shipped()},
        "reading_lines": {"series": [series]},
        "reference_class_summary": {"fitted": like.fitted},
        "required_summary": {"answer": size},
        "scenario_record": {"comparison": tt.run_scenarios(series, 5.0, [tt.Scenario("x")], horizon=2, **ASKED)},
        "scenario_summary": {"comparison": tt.run_scenarios(series, 5.0, [tt.Scenario("x")], horizon=2, **ASKED)},
        "sensitivity_summary": {"answer": tt.sensitivity(series, 5.0, scenarios.usual_factors(), by=2028, **ASKED)},
        "series_summary": {"series": series},
        "several_record": {"forecasts": several},
        "several_sides": {"comparisons": [sides]},
        "several_summary": {"answers": several},
        "share_text": {"tally": tally},
        "side_answers": {"comparison": sides, "side": sides.sides[0]},
        "sides_beside": {"comparison": sides},
        "sweep_summary": {"answer": tt.sweep(series, 5.0, TWO_FACTORS, by=2028, **ASKED)},
        "system_record": {"forecast": system},
        "system_summary": {"forecast": system},
        "tally_record": {"tally": tally},
        "tally_sentence": {"tally": tally},
        "tally_summary": {"tally": tally},
        "tracking_record": {"comparison": scales},
        "tracking_summary": {"comparison": scales},
        "unanswered_record": {"forecasts": several},
        "write_whole": {"path": folder / "whole.txt", "content": b"x"},
    }
    return [Call(f"report.{name}", getattr(report, name), arguments) for name, arguments in given.items()]


def past_calls() -> list[Call]:
    """What the library would have said of past targets, and of a region's past."""
    record = promises.Promises.shipped()
    foreseen = promises.foresee(record, model="random-walk")
    past = evaluation.backtest_system(region(), [2020], horizon=2, multiples=[1.25], n_paths=512)
    asked = {"system": region(), "origins": [2020], "horizon": 2, "multiples": [1.25], "n_paths": 512}
    return [
        Call("foresee", promises.foresee, {"promises": record, "model": "random-walk"}),
        Call("report.foresight_record", report.foresight_record, {"foresight": foreseen}),
        Call("report.foresight_summary", report.foresight_summary, {"foresight": foreseen}),
        Call("report.waiting_summary", report.waiting_summary, {"curve": record.waiting}),
        Call("report.region_backtest_summary", report.region_backtest_summary, {"backtest": past}),
        Call("backtest_system", evaluation.backtest_system, asked),
        Call("SystemBacktest.differences", past.differences, {"against": past.scores().index[1]}),
        Call("WaitingCurve.within", record.waiting.within, {"years": 5}),
    ]
