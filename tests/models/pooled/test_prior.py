"""The prior: what is in the file, its round trip, and how far it follows a panel."""

import numpy as np
import pandas as pd
import pytest
from example_data import panel as two_pairs

from tradetarget.errors import DataError
from tradetarget.models.pooled.cases import cut_cases
from tradetarget.models.pooled.dollar import expected_inflation, inflation_of_years
from tradetarget.models.pooled.estimation import estimate_prior, long_run_drift
from tradetarget.models.pooled.grid import calendar_grid, common_growth
from tradetarget.models.pooled.law import MEMORY
from tradetarget.models.pooled.prior import DERIVED, PARAMETERS, CommonState, Prior
from tradetarget.observations.panel import read_panel

COUNTRIES = [f"C{i:02d}" for i in range(12)]


def a_panel(pairs=60, years=25, drift=0.06, volatility=0.2, seed=0, last=2000, fast=()):
    """Pairs of twelve countries with unit roots; those of the countries in ``fast`` grow 10 % a year more."""
    rng = np.random.default_rng(seed)
    ends = [(a, b) for i, a in enumerate(COUNTRIES) for b in COUNTRIES[i + 1 :]][:pairs]
    extra = np.array([0.1 * ((a in fast) + (b in fast)) for a, b in ends])
    steps = drift + extra[:, None] + rng.normal(0.0, volatility, (len(ends), years))
    values = np.exp(rng.normal(6.0, 1.0, (len(ends), 1)) + np.cumsum(steps, axis=1))
    return pd.DataFrame(
        {
            "unit": np.repeat([f"{a}-{b}" for a, b in ends], years),
            "reporter": np.repeat([a for a, _ in ends], years),
            "partner": np.repeat([b for _, b in ends], years),
            "period": np.tile(np.arange(last - years + 1, last + 1), len(ends)),
            "value": values.ravel(),
        }
    )


@pytest.fixture(scope="module")
def panel():
    return a_panel()


@pytest.fixture(scope="module")
def prior(panel):
    return estimate_prior(panel, note="made up")


@pytest.fixture(scope="module")
def calm():
    return estimate_prior(a_panel(volatility=0.05))


def test_the_shipped_prior_has_every_parameter_with_a_standard_error_and_says_where_it_is_from():
    shipped = Prior.shipped()
    assert set(shipped.values) == {p.name for p in PARAMETERS}
    assert all(shipped.standard_errors[p.name] > 0 for p in PARAMETERS if p.name not in DERIVED)
    assert shipped.provenance["pairs"] == 19_763  # 4,008 on which two sources agree, and 15,755 as one side states them
    assert (shipped.provenance["first_year"], shipped.provenance["last_year"]) == (1950, 2016)
    assert "one side states" in shipped.provenance["note"]
    assert shipped.common is None
    assert len(shipped.to_json()) < 10_000


def test_the_shipped_prior_says_what_an_economist_would_expect():
    v = Prior.shipped().values
    assert 0.01 < v["drift"] < 0.05
    assert 0.015 < v["inflation"] < 0.03
    assert v["log_variance_size"] < 0 < v["noise"]
    assert v["recovery"] < 0
    assert 0 < v["drift_persistence"] < 1
    assert 0 < v["swing_persistence"] < 1


def test_json_gives_the_same_prior_back(prior, tmp_path):
    prior.save(tmp_path / "prior.json")
    again = Prior.load(tmp_path / "prior.json")
    assert again.to_json() == prior.to_json()
    assert again.values == prior.values
    np.testing.assert_array_equal(again.common.growth, prior.common.growth)


@pytest.mark.parametrize("text", ["not json", "{}", '{"schema": 99}', '{"schema": 2, "parameters": {}}'])
def test_a_file_that_is_no_prior_is_refused_in_words(text):
    with pytest.raises(DataError, match="prior"):
        Prior.from_json(text)


def test_estimation_does_not_depend_on_the_order_of_the_rows(panel, prior):
    shuffled = panel.sample(frac=1.0, random_state=4)
    assert estimate_prior(shuffled, note="made up").to_json() == prior.to_json()


def test_the_prior_follows_the_panel(panel, prior):
    age = panel["period"] - panel["period"].max()
    faster = estimate_prior(panel.assign(value=panel["value"] * np.exp(0.05 * age)))
    assert faster.values["drift"] > prior.values["drift"] + 0.002


def test_a_calm_panel_gives_a_smaller_variance_than_a_wild_one(calm):
    wild = estimate_prior(a_panel(volatility=0.6))
    assert calm.values["log_variance"] < wild.values["log_variance"] - 0.1


@pytest.mark.parametrize("ridge", [1e-300, 1e-12])
def test_a_ridge_of_next_to_nothing_ends_in_finite_estimates(ridge: float) -> None:
    estimated = estimate_prior(two_pairs(), ridge=ridge)  # which say nothing of most parameters
    assert np.isfinite(list(estimated.values.values())).all()


def test_a_weak_ridge_lets_the_panel_speak_alone(calm):
    weak = estimate_prior(a_panel(volatility=0.05), ridge=0.05)
    assert weak.values["log_variance"] < calm.values["log_variance"] - 0.1


def test_a_panel_without_countries_has_no_common_state(panel):
    anonymous = estimate_prior(panel[["unit", "period", "value"]])
    assert anonymous.common is None
    assert anonymous.standard_errors["country_drift"] is None


def test_a_panel_too_short_for_any_case_gives_the_values_before_any_panel(panel):
    few = estimate_prior(panel[panel["period"] >= 1999])
    assert few.provenance["cases"] == 0
    assert few.values["noise"] == pytest.approx(np.exp(-1.7), abs=1e-4)  # its centre in PARAMETERS
    assert few.standard_errors["noise"] is None


def test_forty_pairs_move_the_prior_less_than_four_thousand_would():
    assert abs(estimate_prior(a_panel(pairs=40, drift=0.0)).values["drift"] - 0.025) < 0.05  # a century's, and -0.01


def test_the_long_run_drift_gives_a_panel_what_its_decades_are_worth():
    # w = .015^2 / (.015^2 + .035^2 / 5) = .000225 / .00047; spread^2 = (1 - w) .000225 + .035^2 + .01^2
    drift, spread = long_run_drift(0.15, 50)
    w = 0.000225 / 0.00047
    assert drift == pytest.approx(0.035 + w * 0.115)
    assert spread == pytest.approx(np.sqrt((1 - w) * 0.000225 + 0.001225 + 0.0001))
    short, unsure = long_run_drift(0.15, 5)
    assert short < drift < 0.15
    assert unsure > spread
    assert long_run_drift(None, 1)[0] == 0.035


def test_real_growth_and_inflation_are_kept_apart():
    # Three per cent of real growth while prices rose 6.7 % a year, and while they rose 2.1 %; the pairs are the same.
    priors = []
    for last in (1980, 2016):
        prices = inflation_of_years(np.arange(last - 12, last + 1), "USD").mean()
        priors.append(estimate_prior(a_panel(years=14, drift=0.03 + prices, last=last)))
    assert priors[0].values["drift"] == pytest.approx(priors[1].values["drift"], abs=0.003)
    assert priors[0].values["inflation"] == pytest.approx(expected_inflation(1980, "USD"), abs=1e-4)


def test_growth_that_all_pairs_share_is_not_taken_for_the_pairs_own(panel, prior):
    # A boom of 10 % a year for everybody in the last eight years leaves what pairs do beside it where it was.
    boom = np.exp(0.10 * (panel["period"] - 1992).clip(lower=0))
    loud = estimate_prior(panel.assign(value=panel["value"] * boom))
    shared = [long_run_drift(m, 25)[0] for m in (0.0, 0.10 * 8 / 24)]
    assert loud.values["drift"] - prior.values["drift"] == pytest.approx(shared[1] - shared[0], abs=0.004)


def test_centres_of_ones_own_take_the_place_of_the_packages(panel):
    few = panel[panel["period"] >= 1999]
    assert estimate_prior(few, centres={"noise": 0.5}).values["noise"] == pytest.approx(0.5)
    assert estimate_prior(few, centres=Prior.shipped().values).values["swing"] == Prior.shipped().values["swing"]
    with pytest.raises(DataError, match=r"no parameter 'niose'.*noise"):
        estimate_prior(few, centres={"niose": 0.5})


def test_country_growth_finds_the_countries_that_grow_faster():
    grid = calendar_grid(read_panel(a_panel(pairs=66, fast=("C03",), volatility=0.05)))
    _, growth = common_growth(grid)
    mean = growth.mean(axis=1)
    assert np.argmax(mean) == 3
    assert mean[-1] == 0.0  # the row of the country that is not known


def test_cases_hold_the_history_and_the_future_they_were_cut_from(panel):
    grid = calendar_grid(read_panel(panel))
    world, growth = common_growth(grid)
    cases = cut_cases(grid, world, growth, smallest=10.0)
    assert set(np.unique(cases.history.n)) <= {1, 3, 5, 10, 25}
    last, pair = cases.history.log_last, cases.pair
    at = np.argmin(np.abs(grid.logs[pair] - last[:, None]), axis=1)
    i = int(np.flatnonzero((at < 14) & (cases.history.n >= 3))[0])
    y = grid.logs[pair[i]]
    assert cases.history.past[i, 0] == pytest.approx(y[at[i] - 1] - y[at[i]])
    ahead = y[at[i] + 1 : at[i] + 11] - y[at[i]]
    np.testing.assert_array_equal(cases.outcome[i, 0], np.maximum.accumulate(ahead) >= np.log(1.25))
    np.testing.assert_allclose(cases.shared[i], np.cumsum(world[at[i] : at[i] + 10]), rtol=1e-12)


def test_a_unit_that_ended_earlier_uses_its_countries_only_up_to_its_end():
    growth = np.arange(2 * (MEMORY - 1), dtype=float).reshape(2, -1)
    state = CommonState(2000, ("AAA", "BBB"), growth, np.zeros(MEMORY - 1))
    path = state.paths(["AAA", "AAA", "ZZZ"], ["BBB", "", "ZZZ"], np.array([2000, 1998, 2000]))
    np.testing.assert_allclose(path.past[0], -np.cumsum(growth.sum(axis=0)))
    np.testing.assert_allclose(path.past[1, :3], -np.cumsum(growth[0, 2:5]))
    assert path.known.tolist() == [True, True, False]
    assert path.growth[2] == 0.0
