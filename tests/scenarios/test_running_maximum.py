"""The distribution of the running maximum answers for every target and for extra growth, as fresh answers do."""

import numpy as np
import pandas as pd
import pytest

from tradetarget import Scenario, Target, TradeSeries, forecast, run_scenarios
from tradetarget.errors import ModelError, SettingError
from tradetarget.scenarios import GrowthShift
from tradetarget.scenarios.running_maximum import PROBABILITIES, RunningMaximum, running_maximum

LEVELS = [2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]
SERIES = TradeSeries.from_annual(pd.Series(LEVELS, index=range(2018, 2026)), unit="USD bn", name="A-B")
GROWTH = (-0.02, 0.0, 0.05)
HALF_A_POINT = 0.005
"""The error that the report's sliders may have against a fresh answer."""


@pytest.fixture(scope="module", params=["random-walk", "damped-trend"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def maximum(model: str) -> RunningMaximum:
    return running_maximum(forecast(SERIES, 6.0, model=model, n_paths=20_480).question, 8, GROWTH)


@pytest.mark.parametrize("target", [4.8, 5.0, 6.0, 8.0, 12.0, 30.0])
def test_it_errs_by_less_than_half_a_point_against_a_fresh_forecast(
    maximum: RunningMaximum, model: str, target: float
) -> None:
    fresh = forecast(SERIES, target, model=model, horizon=8, n_paths=20_480).hitting_time
    assert np.abs(maximum.probability(target) - fresh.probability).max() <= HALF_A_POINT


@pytest.mark.parametrize("growth", [g for g in GROWTH if g])
def test_under_extra_growth_it_errs_by_less_than_half_a_point_against_a_fresh_scenario(
    maximum: RunningMaximum, model: str, growth: float
) -> None:
    faster = Scenario("faster", [GrowthShift(growth)])
    fresh = run_scenarios(SERIES, [5.0, 6.0, 9.0], faster, model=model, horizon=8, n_paths=20_480)
    for case in fresh.cases:
        found = maximum.probability(case.target.value, growth)
        assert np.abs(found - case.hitting_times["faster"].probability).max() <= HALF_A_POINT


def test_quantiles_never_fall_with_the_probability_nor_with_the_year(maximum: RunningMaximum) -> None:
    assert maximum.log_quantiles.shape == (3, 8, len(PROBABILITIES))
    assert (np.diff(maximum.log_quantiles, axis=2) >= 0).all()
    assert (np.diff(maximum.log_quantiles, axis=1) >= -1e-12).all()


def test_what_it_cannot_answer_is_refused(maximum: RunningMaximum) -> None:
    with pytest.raises(SettingError, match=r"growth 0\.01 is not on the grid"):
        maximum.probability(5.0, 0.01)
    twice = forecast(SERIES, Target(6.0, sustained=2), model="random-walk", n_paths=1024)
    with pytest.raises(ModelError, match="the total of one calendar year"):
        running_maximum(twice.question, 8)
