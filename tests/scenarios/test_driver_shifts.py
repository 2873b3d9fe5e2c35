"""Scenarios that change a driver instead of trade itself."""

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import DataError, ScenarioError, TradeTargetError, UnknownNameError
from tradetarget.models.drivers.model import DriverGrowth
from tradetarget.scenarios import DriverShift, GrowthShift, Uniform, read_scenarios

OUTLOOK = tt.datasets.load_drivers("imf-weo-2025-10")
PAIR = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
TEN = tt.Target(10.0, unit="USD bn")
SLOWER = tt.Scenario("Slower", [DriverShift("UZB", "NGDPD", "-2 %", start=2026, end=2028)])
N = 4096


def run(*scenarios: tt.Scenario, model: str = "drivers", drivers: pd.DataFrame | None = OUTLOOK, n_paths: int = N):
    return tt.run_scenarios(PAIR, TEN, list(scenarios), model=model, drivers=drivers, n_paths=n_paths)


def test_a_shift_is_the_exact_forecast_of_the_model_fitted_to_the_shifted_table() -> None:
    found = run(SLOWER).hitting_times["Slower"]
    table = OUTLOOK.copy()
    mine = (table["area"] == "UZB") & (table["concept"] == "NGDPD")
    table.loc[mine, "value"] *= 0.98 ** np.clip(np.minimum(table.loc[mine, "period"], 2028) - 2025, 0, None)
    by_hand = tt.forecast(PAIR, TEN, model="drivers", drivers=table)
    np.testing.assert_array_equal(found.probability, by_hand.hitting_time.probability)
    assert found.method == "exact"


def test_the_median_path_moves_by_the_elasticity_times_the_shift() -> None:
    levels = run(SLOWER).quantiles((0.5,)).set_index(["scenario", "period"])[0.5]
    beta = DriverGrowth().fit(PAIR, OUTLOOK).elasticities.loc[("UZB", "NGDPD"), "elasticity"]
    moved = np.log(levels["Slower", 2040] / levels["baseline", 2040])
    assert moved == pytest.approx(3 * np.log(0.98) * beta, rel=0.02)


@pytest.mark.bits
def test_a_shift_of_nothing_changes_nothing() -> None:
    c = run(tt.Scenario("nothing", [DriverShift("UZB", "NGDPD", 0.0)]))
    np.testing.assert_array_equal(c.hitting_times["nothing"].probability, c.hitting_times["baseline"].probability)


def test_shifts_of_drivers_and_of_trade_combine_and_are_inherited() -> None:
    both = tt.Scenario("Both", [GrowthShift(0.02)], parent="Slower")
    c = run(SLOWER, both, tt.Scenario("Faster", [GrowthShift(0.02)]))
    by = {name: h.probability_by(2035) for name, h in c.hitting_times.items()}
    assert by["Slower"] < by["baseline"]
    assert by["Slower"] < by["Both"] < by["Faster"]


@pytest.mark.bits
def test_the_order_of_scenarios_changes_nothing() -> None:
    other = tt.Scenario("Oil", [DriverShift("WORLD", "POILAPSP", -0.3, start=2026, end=2026)])
    one, two = run(SLOWER, other), run(other, SLOWER)
    for name in ("Slower", "Oil", "baseline"):
        np.testing.assert_array_equal(one.hitting_times[name].probability, two.hitting_times[name].probability)


def test_what_is_required_depends_on_the_drivers() -> None:
    plain = tt.required(PAIR, TEN, by=2030, model="drivers", drivers=OUTLOOK, n_paths=N)
    slower = tt.required(PAIR, TEN, by=2030, model="drivers", drivers=OUTLOOK, scenario=SLOWER, n_paths=N)
    assert slower.value > plain.value


def test_it_is_read_from_a_file(tmp_path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        '[[scenario]]\nname = "Slower"\n[[scenario.adjustment]]\nkind = "driver_shift"\narea = "UZB"\n'
        'concept = "NGDPD"\nvalue = "-2 %"\nstart = 2026\nend = 2028\n'
    )
    assert read_scenarios(path)[0].adjustments == SLOWER.adjustments


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('concept = "NGDPD"\nvalue = 0.1', "key 'area' is missing"),
        ('area = ""\nconcept = "NGDPD"\nvalue = 0.1', "area '' is empty"),
        ('area = "UZB"\nconcept = "NGDPD"\nvalue = 5', "value 5 is not between"),
        ('area = "UZB"\nconcept = "NGDPD"\nvalue = 0.1\nyear = 2026', "unknown key 'year'"),
        ('area = "UZB"\nconcept = "NGDPD"\nvalue = {low = 0.0, high = 0.1}', "value is a distribution"),
    ],
)
def test_a_file_with_a_mistake_names_scenario_and_rule(tmp_path, lines: str, message: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(f'[[scenario]]\nname = "S"\n[[scenario.adjustment]]\nkind = "driver_shift"\n{lines}\n')
    rule = rf"s\.toml, line \d: scenario 'S', adjustment 1 \(driver_shift\): .*{message}"
    with pytest.raises(ScenarioError, match=rule):
        read_scenarios(path)


def test_a_model_without_drivers_is_refused() -> None:
    with pytest.raises(ScenarioError, match="'Slower' shifts NGDPD of UZB, and model 'pooled' uses no drivers"):
        run(SLOWER, model="pooled")


def test_no_table_is_refused_by_the_scenario_where_the_model_needs_none() -> None:
    with pytest.raises(ScenarioError, match="it shifts NGDPD of UZB, and there is no table of drivers"):
        run(SLOWER, model="pooled", drivers=None)


def test_no_table_is_refused_by_the_model_that_needs_one() -> None:
    with pytest.raises(TradeTargetError, match="table of drivers"):
        run(SLOWER, drivers=None)


def test_a_driver_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean"):
        run(tt.Scenario("s", [DriverShift("UZB", "NGDP", -0.02)]))


def test_a_window_beyond_the_table_is_refused() -> None:
    with pytest.raises(ScenarioError, match="ends in 2030 and the window needs 2033"):
        run(tt.Scenario("s", [DriverShift("UZB", "NGDPD", -0.02, start=2031, end=2033)]))


def test_a_window_outside_the_horizon_is_refused() -> None:
    with pytest.raises(ScenarioError, match="outside the horizon 2026-2040"):
        run(tt.Scenario("s", [DriverShift("UZB", "NGDPD", -0.02, start=2050)]))


def test_a_table_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(DataError, match="no column 'vintage'"):
        run(SLOWER, drivers=OUTLOOK.drop(columns="vintage"))


def test_a_distribution_is_refused_for_the_model_draws_the_drivers_errors() -> None:
    with pytest.raises(ScenarioError, match="value is a distribution"):
        DriverShift("UZB", "NGDPD", Uniform(-0.02, 0.0))  # type: ignore[arg-type]
