"""Every size of the bundled scenarios that claims to come from the bundled figures is computed from them here."""

import math
from typing import Any

import pandas as pd
import pytest

from tradetarget import datasets
from tradetarget.scenarios import Scenario, Uniform, bundled_scenarios, run_scenarios

FIGURES = datasets.load("kazakhstan-central-asia")
PAIR = FIGURES["Kazakhstan-Uzbekistan turnover"].annual()
REGION = FIGURES["Kazakhstan-Central Asia turnover"].annual()
IMPORTS = FIGURES["Kazakhstan-Uzbekistan imports"].annual()
SCENARIOS = {s.name: s for s in bundled_scenarios().scenarios}
REGIONAL = {s.name: s for s in bundled_scenarios("kazakhstan-central-asia").scenarios}


def growth(series: "pd.Series[float]", year: int) -> float:
    return float(series[year] / series[year - 1] - 1)


def only(name: str, scenarios: dict[str, Scenario] = SCENARIOS) -> Any:
    [adjustment] = scenarios[name].adjustments
    return adjustment


def test_every_size_says_where_it_comes_from() -> None:
    for scenario in (*SCENARIOS.values(), *REGIONAL.values()):
        assert all(a.source for a in scenario.adjustments), scenario.name


def test_the_export_priority_is_sized_by_the_imports_of_2019() -> None:
    share = IMPORTS[2025] / PAIR[2025]
    assert (share, growth(IMPORTS, 2019), growth(IMPORTS, 2020)) == pytest.approx((0.268, 0.680, -0.441), abs=5e-4)
    size = only("Export priority").value
    assert (size.mode, size.high) == pytest.approx((0.2 * share, growth(IMPORTS, 2019) * share), abs=5e-4)


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("Years of Uzbekistan and Kazakhstan", (2018, 2019)),
        ("The rise of 2021-22 again", (2021, 2022)),
        ("The falls of 2023-24 again", (2023, 2024)),
    ],
)
def test_years_that_come_again_are_those_on_record(name: str, years: tuple[int, int]) -> None:
    assert only(name).rates_by_year == pytest.approx({i: growth(PAIR, y) for i, y in enumerate(years, 1)}, abs=5e-4)


@pytest.mark.parametrize("name", ["Regional recession", "Recessions as often as on record"])
def test_recessions_are_those_of_2009_and_2015(name: str) -> None:
    size = only(name).value
    assert isinstance(size, Uniform)
    assert (size.low, size.high) == pytest.approx((growth(PAIR, 2009), growth(PAIR, 2015)), abs=5e-4)
    assert (growth(REGION, 2009), growth(REGION, 2015)) == pytest.approx((-0.316, -0.278), abs=5e-4)
    assert PAIR[2011] > PAIR[2008] > PAIR[2010]
    assert PAIR[2018] > PAIR[2014] > PAIR[2017]
    assert only("Recessions as often as on record").probability == pytest.approx(2 / (len(PAIR) - 1))


def test_the_border_closure_is_the_fall_of_2020_and_was_over_in_2021() -> None:
    closure = only("Border closure")
    assert closure.value == pytest.approx(growth(PAIR, 2020), abs=5e-4)
    assert closure.recovery == 1
    assert PAIR[2021] > PAIR[2019]


def test_promises_are_the_growth_they_ask_for() -> None:
    assert only("Promise of 2017: five billion in three years").value == pytest.approx(
        (5000 / PAIR[2017]) ** (1 / 3) - 1, abs=5e-4
    )
    assert only("Promise of today: ten billion by 2030").value == pytest.approx(
        (10_000 / PAIR[2025]) ** 0.2 - 1, abs=5e-4
    )


def test_the_best_neighbour_is_the_fastest_of_the_four_over_ten_years() -> None:
    rates = {}
    for partner in ("Uzbekistan", "Kyrgyzstan", "Tajikistan", "Turkmenistan"):
        totals = FIGURES[f"Kazakhstan-{partner} turnover"].annual()
        rates[partner] = (totals[2025] / totals[2015]) ** 0.1 - 1
    assert max(rates, key=lambda p: rates[p]) == "Kyrgyzstan"
    assert (rates["Kyrgyzstan"], rates["Uzbekistan"]) == pytest.approx((0.129, 0.111), abs=5e-4)
    assert only("As fast as the best neighbour").value == pytest.approx(rates["Kyrgyzstan"], abs=5e-4)


def test_cooperation_is_bounded_by_the_published_effect_of_an_agreement() -> None:
    # Head & Mayer (2014, doi 10.1016/B978-0-444-54314-1.00003-3), table 4: median coefficient 0.28.
    assert only("Eurasian Economic Union: cooperation").value.high == pytest.approx(math.expm1(0.28), abs=5e-3)


@pytest.mark.parametrize("as_of", ["2018-03", "2019-11", "2026-03"])
def test_the_headline_set_runs_today_and_as_of_earlier_dates(as_of: str) -> None:
    file = bundled_scenarios()
    assert file.target is not None
    assert file.horizon is not None
    series = FIGURES["Kazakhstan-Uzbekistan turnover"].as_of(as_of)
    found = run_scenarios(series, file.target, file.scenarios, "random-walk", file.horizon, n_paths=2048)
    assert found.baseline == "Baseline"
    reached = {name: answer.probability_within_horizon for name, answer in found.hitting_times.items()}
    assert reached["The falls of 2023-24 again"] < reached["Baseline"] < reached["Export priority"]


def test_the_promise_of_2017_was_five_billion_by_2020() -> None:
    then = FIGURES["Kazakhstan-Uzbekistan turnover"].as_of("2018-03")
    promise: Scenario = SCENARIOS["Promise of 2017: five billion in three years"]
    levels = run_scenarios(then, 5000.0, [promise], "random-walk", 3, n_paths=2048).quantiles([0.5])
    [median] = levels.loc[(levels["scenario"] == promise.name) & (levels["period"] == 2020), 0.5]
    assert median == pytest.approx(5000, rel=0.01)


def test_regional_falls_and_rises_are_those_on_record() -> None:
    for name in ("Regional recession", "Recessions as often as on record"):
        size = only(name, REGIONAL).value
        assert (size.low, size.high) == pytest.approx((growth(REGION, 2009), growth(REGION, 2015)), abs=5e-4)
    assert REGION[2011] > REGION[2008] > REGION[2010]
    assert REGION[2019] > REGION[2014] > REGION[2018]
    assert only("Border closure", REGIONAL).value == pytest.approx(growth(REGION, 2020), abs=5e-4)
    for name, first in (("The rise of 2021-22 again", 2021), ("The standstill of 2023-24 again", 2023)):
        rates = only(name, REGIONAL).rates_by_year
        assert rates == pytest.approx({1: growth(REGION, first), 2: growth(REGION, first + 1)}, abs=5e-4)


def test_regional_effects_of_one_pair_are_weighted_by_its_share() -> None:
    kyrgyz = FIGURES["Kazakhstan-Kyrgyzstan turnover"].annual()
    reversal = only("The rise with Kyrgyzstan reverses", REGIONAL).value
    assert reversal == pytest.approx((kyrgyz[2022] - kyrgyz[2025]) / REGION[2025], abs=5e-4)
    share = PAIR[2025] / REGION[2025]
    joined = only("Uzbekistan joins the Eurasian Economic Union", REGIONAL).value
    assert (joined.mode, joined.high) == pytest.approx((0.32 * share, share), abs=5e-4)
    promised, others = (10_000 / PAIR[2025]) ** 0.2 - 1, (REGION[2025] / REGION[2015]) ** 0.1 - 1
    benchmark = only("Uzbekistan at ten billion by 2030", REGIONAL).value
    assert benchmark == pytest.approx(share * promised + (1 - share) * others, abs=5e-4)


def test_the_regional_set_runs() -> None:
    file = bundled_scenarios("kazakhstan-central-asia")
    assert file.target is not None
    series = FIGURES[f"{file.series} {file.flow}"]
    found = run_scenarios(series, file.target, file.scenarios, "random-walk", 15, n_paths=2048)
    assert len(found.scenarios) == 10
