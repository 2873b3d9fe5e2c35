"""Ordinary mistakes in Python end in an answer or in one line, never in an exception of somebody else's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from example_data import panel, region, short_series
from outcomes import ANSWERED, OTHER
from public_calls import WRONG, Call, outcome
from public_calls.names import (
    METHODS_OF_STEPS,
    NOT_MADE_BY_HAND,
    STEPS,
    methods_not_asked,
    names_not_asked,
)

import tradetarget as tt
from tradetarget import evaluation, models, scenarios, systems

EACH = ("None", "text", "list", "NaT", "NA", "Decimal", "400 digits", "NaN", "Series", "True", "object")
"""Wrong values that every parameter is fed here; benchmarks/fuzz.py feeds all of them, in pairs."""
FEW = ("text", "NaT")
"""What parameters are fed whose other wrong values are right, and take a tenth of a second and more."""
DEAR = {
    (name, parameter)
    for name in ("backtest", "forecast", "forecast_each", "compare_sides", "forecast_system", "explain_change")
    for parameter in ("origins", "n_paths", "model", "drivers", "horizon", "multiples", "unit", "targets", "dependence")
} | {(name, "seed") for name in ("foresee", "report_on", "backtest_system")}
"""Parameters of that kind."""
DEAR_CALLS = ("estimate_prior", "report_on", "check_growth_model", "foresee", "backtest_system", "Forecast.plot")
DEAR_PICTURES = ("plotting.", "report.tracking", ".plot", ".hedgehog")


def few(call: Call, parameter: str) -> bool:
    """Whether few values are tried: pictures and long answers are drawn where a value happens to be right."""
    drawn = any(words in call.name for words in DEAR_PICTURES)
    return drawn or call.name in DEAR_CALLS or (call.name, parameter) in DEAR


def test_every_call_of_the_table_is_answered(calls: list[Call]) -> None:
    refused = {"TradeSeries.reported_by", "Prior.from_json"}
    drawn = [c for c in calls if c.name.startswith("plotting.") or c.name.endswith((".plot", ".hedgehog"))]
    left = [c for c in calls if c.name not in refused and c not in drawn]
    assert {c.name: outcome(c, {}) for c in left} == {c.name: (ANSWERED, "") for c in left}


def test_a_wrong_value_of_any_parameter_is_an_answer_or_one_line(
    calls: list[Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = []
    for call in calls:
        for parameter in call.parameters():
            for label in FEW if few(call, parameter) else EACH:
                came = outcome(call, {parameter: WRONG[label]})
                if came.kind == OTHER:
                    other.append((call.name, parameter, label, came.said))
    assert other == []


def test_every_public_name_and_method_that_takes_something_is_in_the_table(calls: list[Call]) -> None:
    assert names_not_asked(calls) == NOT_MADE_BY_HAND | STEPS
    assert methods_not_asked(calls) == METHODS_OF_STEPS


@pytest.mark.parametrize("by", [2030, "2030", np.int64(2030), pd.Period("2030", "Y")])
def test_a_deadline_is_a_year_however_it_is_written(by: object) -> None:
    series, options = short_series(), {"model": "random-walk", "n_paths": 512}
    assert tt.Target(5, deadline=by).deadline == 2030
    answers = [tt.required(series, 5.0, by=year, **options).value for year in (by, 2030)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("by", [2030.0, True, "20300", "２０３０", pd.Period("2030-05", "M"), 10**20, 1066])
def test_a_deadline_that_is_no_year_is_refused(by: object) -> None:
    with pytest.raises(tt.TradeTargetError, match="is not a year: give one from 1700 to 2199"):
        tt.Target(5, deadline=by)


def test_sizes_of_a_sweep_may_be_written_in_per_cent() -> None:
    factors = {"grown": (tt.GrowthShift(0.0), ["1 %", "2 %"]), "level": (tt.LevelEffect(0.1), [0.1, "20 %"])}
    answer = tt.sweep(short_series(), 5.0, factors, by=2030, model="random-walk", n_paths=512)
    assert sorted(set(answer.frame["grown"])) == [0.01, 0.02]


@pytest.mark.parametrize("level", ["2000 %", "1e999 %", "8"])
def test_a_ceiling_is_a_level_and_no_percentage(level: str) -> None:
    with pytest.raises(tt.TradeTargetError, match="a ceiling is a level of trade"):
        tt.Ceiling(level)


def test_a_ceiling_at_nought_in_a_unit_that_is_none_is_refused_for_its_unit() -> None:
    with pytest.raises(tt.TradeTargetError, match="cannot be read"):
        tt.Ceiling(0, unit=pd.Series([], dtype=float))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["log_variance", "volatility_df", "swing", "noise"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1e9])
def test_a_prior_is_checked_when_it_is_made(name: str, value: float) -> None:
    shipped = tt.Prior.shipped()
    with pytest.raises(tt.TradeTargetError, match=name):
        tt.Prior({**shipped.values, name: value}, shipped.standard_errors)


def test_a_prior_without_a_parameter_or_with_a_size_below_zero_is_refused() -> None:
    shipped = tt.Prior.shipped()
    with pytest.raises(tt.TradeTargetError, match="lacks the parameter"):
        tt.Prior({"drift": 0.05}, {})
    with pytest.raises(tt.TradeTargetError, match="size_centre"):
        tt.Prior(shipped.values, shipped.standard_errors, size_centre=-1.0)


@pytest.mark.parametrize("changed", [
    {"period": pd.to_datetime([f"{y}-12-31" for y in range(2000, 2021)] * 2)},
    {"period": pd.array([*range(2000, 2020), None] * 2, dtype="Int64")},
    {"period": [*range(2000, 2020), 20240] * 2},
    {"period": [True] * 42},
])  # fmt: skip
def test_periods_of_a_panel_are_years_or_refused(changed: dict[str, object]) -> None:
    table = pd.DataFrame({"unit": ["P", "Q"], "target": [200.0, 210.0]})
    plain = tt.forecast_targets(panel(), table, horizon=2)
    try:
        answer = tt.forecast_targets(panel().assign(**changed), table, horizon=2)
    except tt.TradeTargetError:
        return
    pd.testing.assert_frame_equal(answer, plain)


def test_contributions_of_too_few_paths_are_refused_rather_than_empty() -> None:
    answer = tt.forecast_system(region(), {"A-0": 4.0}, 2, n_paths=2)
    with pytest.raises(tt.TradeTargetError, match="n_paths"):
        answer.contributions(2026)


def test_a_line_of_parents_is_followed_in_time_that_grows_with_its_length() -> None:
    line = [tt.Scenario("0", [tt.GrowthShift(0.01)])]
    line += [tt.Scenario(str(k), parent=str(k - 1)) for k in range(1, 900)]
    with pytest.raises(tt.TradeTargetError, match="parents in a line"):
        tt.run_scenarios(short_series(), 5.0, line, "random-walk", 2, n_paths=512)


def test_more_scenarios_than_are_run_are_refused_at_once() -> None:
    many = [tt.Scenario(str(k), [tt.GrowthShift(0.01)]) for k in range(1001)]
    with pytest.raises(tt.TradeTargetError, match="1,001 scenarios"):
        tt.run_scenarios(short_series(), 5.0, many, "random-walk", 2, n_paths=512)


@pytest.mark.parametrize("sustained", [0, 601, 10**6, True])
def test_periods_in_a_row_have_a_bound(sustained: int) -> None:
    with pytest.raises(tt.TradeTargetError, match="from 1 to 600"):
        tt.Target(5, sustained=sustained)


@pytest.mark.parametrize("level", [1e-170, 1e160, 1e308, 5e-324])
def test_levels_outside_the_stated_range_are_refused(level: float) -> None:
    with pytest.raises(tt.TradeTargetError, match="outside 1e-150 to 1e\\+150"):
        tt.TradeSeries.from_annual(pd.Series({2020: level, 2021: 1.0}))
    with pytest.raises(tt.TradeTargetError, match="outside 1e-150 to 1e\\+150"):
        tt.Target(level)


def test_names_that_are_asked_for_exist() -> None:
    for room in (evaluation, models, scenarios, systems):
        assert all(hasattr(room, name) for name in room.__all__)
