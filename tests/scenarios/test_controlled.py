"""Scenarios of a model with an exact law start from the law."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.scenarios import (
    Ceiling,
    GrowthHalt,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Scenario,
    VolatilityMultiplier,
    controlled,
)

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = tt.TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B")
NOTHING = [
    Scenario("growth", [GrowthShift(0.0)]),
    Scenario("level", [LevelEffect(0.0, years=3)]),
    Scenario("shock", [LevelShock(0.0, 1, recovery=2)]),
    Scenario("volatility", [VolatilityMultiplier(1.0)]),
    Scenario("ceiling", [Ceiling(900.0)]),
]


def run(scenarios: Any, target: Any = 7.0, **settings: Any) -> tt.ScenarioComparison:
    return tt.run_scenarios(SERIES, target, scenarios, "random-walk", **({"horizon": 8, "n_paths": 11_000} | settings))


@pytest.mark.bits
def test_scenarios_of_no_size_are_the_baseline_bit_for_bit() -> None:
    found = run(NOTHING)
    exact = tt.forecast(SERIES, 7.0, "random-walk", 8).hitting_time.probability
    for name, answer in found.hitting_times.items():
        np.testing.assert_array_equal(answer.probability, exact, err_msg=name)


@pytest.mark.usefixtures("law_asked_once")
@pytest.mark.parametrize(("factor", "share"), [(1.05, 0.6), (1.2, 0.9), (1.5, 1.1)])
def test_small_effects_are_nearer_to_the_exact_law_than_by_simulation_alone(
    monkeypatch, factor: float, share: float
) -> None:
    # At once and for good, it is a target that is lower by the factor, of which the law is known.
    exact = tt.forecast(SERIES, 7.0 / factor, "random-walk", 8).hitting_time.probability

    def errors() -> float:
        found = [run([Scenario("x", [LevelEffect(factor - 1)])], seed=s).hitting_times["x"] for s in range(12)]
        return float(np.sqrt(np.mean([(f.probability - exact) ** 2 for f in found])))

    with_law = errors()
    monkeypatch.setattr(controlled.Control, "of", lambda *_: None)
    assert with_law < share * errors()


@pytest.mark.usefixtures("law_asked_once")
def test_the_stated_error_matches_the_distance_from_the_exact_law() -> None:
    exact = tt.forecast(SERIES, 7.0 / 1.2, "random-walk", 8).hitting_time.probability
    found = [run([Scenario("x", [LevelEffect(0.2)])], seed=s).hitting_times["x"] for s in range(40)]
    apart = np.sqrt(np.mean([(f.probability - exact) ** 2 for f in found], axis=0))
    stated = np.mean([f.standard_errors for f in found], axis=0)
    assert 0.6 < np.mean(stated) / np.mean(apart) < 1.6


def test_a_ceiling_below_the_target_is_never_reached_whatever_the_law_says() -> None:
    found = run([Scenario("full", [Ceiling(6.9)])])
    assert (found.hitting_times["full"].probability == 0.0).all()
    np.testing.assert_array_equal(found.differences["full"].probability, -found.hitting_times["baseline"].probability)


def test_with_few_paths_probabilities_are_still_those_of_a_distribution() -> None:
    for n in (1, 2, 30, 512):
        found = run([Scenario("halt", [GrowthHalt(1, 3)]), Scenario("more", [GrowthShift(0.3)])], n_paths=n)
        for answer in found.hitting_times.values():
            assert ((answer.probability >= 0.0) & (answer.probability <= 1.0)).all()
            assert (np.diff(answer.probability) >= 0.0).all()
        assert np.isfinite(found.to_frame()["standard_error"]).all()


def test_required_is_nothing_for_the_probability_of_the_forecast() -> None:
    exact = tt.forecast(SERIES, 7.0, "random-walk", 6).hitting_time.probability_by(2030)
    answer = tt.required(SERIES, 7.0, by=2030, probability=exact, model="random-walk", n_paths=20_480)
    assert answer.probability_without == pytest.approx(exact, abs=1e-12)
    assert answer.value == pytest.approx(0.0, abs=1e-3)  # one path in 20,480 near the target


def test_a_target_that_stands_reached_needs_no_law() -> None:
    found = run([Scenario("x", [LevelShock(-0.5, 1)])], target=4.0)
    assert (found.hitting_times["x"].probability == 1.0).all()
    assert found.hitting_times["x"].method == "exact"
