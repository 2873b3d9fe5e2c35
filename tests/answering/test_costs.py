"""What would take too long is refused at once, with the estimate and with a remedy that is taken."""

import re

import numpy as np
import pandas as pd
import pytest
from example_data import region, short_series

import tradetarget as tt
from tradetarget.answering import costs
from tradetarget.answering.costs import check_batch, check_laws, check_simulation

SHIFTED = [tt.Scenario(str(k), [tt.GrowthShift(0.001 * k)]) for k in range(1, 1001)]


def panel_of(units: int) -> pd.DataFrame:
    unit, year = np.repeat(np.arange(units), 2), np.tile([2023, 2024], units)
    return pd.DataFrame({"unit": unit, "period": year, "value": 100.0})


def test_two_hundred_years_of_a_hundred_thousand_units_are_refused_before_they_are_computed() -> None:
    targets = pd.DataFrame({"unit": np.arange(100_000), "target": 200.0})
    with pytest.raises(tt.TradeTargetError, match="about 7 minutes, and one call may take 5 minutes: give horizon=165"):
        tt.forecast_targets(panel_of(100_000), targets, horizon=200)


@pytest.mark.parametrize("ask", [
    lambda: tt.run_scenarios(short_series(), 5.0, SHIFTED, "random-walk", 200, n_paths=10**6),
    lambda: tt.forecast(short_series(), 5.0, "random-walk", 200, method="simulation", n_paths=10**8),
    lambda: tt.forecast(short_series(), tt.Target(5.0, event="run_rate"), "random-walk", 20, n_paths=10**8),
    lambda: tt.forecast_each(short_series(), np.linspace(4, 90, 20_000), "random-walk"),
    lambda: tt.forecast_system(region(), {"A-0": 9.0}, 200, n_paths=10**8),
    lambda: tt.sweep(short_series(), 5.0, {"a": (tt.GrowthShift(0), np.linspace(0, 0.1, 2000)),
                                           "b": (tt.LevelEffect(0), np.linspace(0, 0.1, 2000))}, by=2030),
    lambda: tt.sensitivity(short_series(), 5.0, {"a": tt.GrowthShift({"low": 0.0, "high": 0.1})}, by=2190,
                           model="random-walk", n_paths=10**8),
])  # fmt: skip
def test_a_question_that_would_take_too_long_is_one_line_with_its_estimate(ask) -> None:
    with pytest.raises(tt.TradeTargetError, match=r"would take about [\d,]+ (minutes|hours|days).*: ask for"):
        ask()


def test_sizes_that_memory_does_not_hold_are_refused() -> None:
    with pytest.raises(tt.TradeTargetError, match=r"2\.4 GB of sizes: give 20,000,000 or fewer"):
        tt.required(short_series(), 5.0, by=2030, model="random-walk", n_paths=10**8)


def test_the_remedy_that_is_named_is_taken() -> None:
    with pytest.raises(tt.TradeTargetError) as refused:
        check_simulation(10**8, 200, copies=10)
    check_simulation(int(re.search(r"n_paths=(\d+)", str(refused.value))[1]), 200, copies=10)
    with pytest.raises(tt.TradeTargetError) as refused:
        check_laws(10**6, 15)
    check_laws(int(re.search(r"ask for (\d+)", str(refused.value))[1]), 15)
    with pytest.raises(tt.TradeTargetError) as refused:
        check_batch(10**6, 10**6, 100)
    check_batch(10**6, 10**6, int(re.search(r"horizon=(\d+)", str(refused.value))[1]))


def test_usual_questions_are_far_below_the_bound() -> None:
    check_batch(100_000, 300_000, 50)
    check_simulation(2_000_000, 50, copies=2)
    check_simulation(50_000, 15, monthly=True, copies=1000)
    check_laws(1000, 30)
    assert costs.LONGEST == 300.0
