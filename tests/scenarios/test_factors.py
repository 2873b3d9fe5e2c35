import json
from typing import Any

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import ScenarioError, SettingError
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import (
    ConditionalEvent,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Normal,
    Scenario,
    Uniform,
    VolatilityMultiplier,
    run_scenarios,
    sensitivity,
    sweep,
)

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B")
N = 24 * 512
FACTORS = {
    "growth": GrowthShift(Uniform(-0.04, 0.04)),
    "recession": LevelShock(Uniform(-0.1, 0.0), 2027, recovery=2),
    "calm": VolatilityMultiplier(0.8),
}


def tornado(factors: Any = FACTORS, **kw: Any) -> Any:
    return sensitivity(SERIES, 7.0, factors, **({"by": 2030, "model": "random-walk", "n_paths": N} | kw))


def probability(adjustments: list[Any]) -> float:
    found = run_scenarios(SERIES, 7.0, [Scenario("s", adjustments)], "random-walk", 6, n_paths=N)
    return found.hitting_times["s"].probability_by(2030)


def test_each_factor_goes_to_its_ends_while_the_others_stay_at_their_middle() -> None:
    found = tornado(level=0.5)
    table = found.to_frame().set_index("factor")
    calm, middle = VolatilityMultiplier(0.8), LevelShock(-0.05, 2027, recovery=2)
    assert (table.loc["growth", "low"], table.loc["growth", "high"]) == pytest.approx((-0.02, 0.02))
    assert table.loc["growth", "probability_high"] == probability([GrowthShift(0.02), middle, calm])
    assert table.loc["recession", "probability_low"] == probability(
        [GrowthShift(0.0), LevelShock(-0.075, 2027, recovery=2), calm]
    )
    assert found.probability == probability([GrowthShift(0.0), middle, calm])


def test_the_widest_swing_comes_first_and_fixed_sizes_are_no_factors() -> None:
    frame = tornado().to_frame()
    assert frame["factor"].tolist() == ["growth", "recession"]
    assert frame["swing"].is_monotonic_decreasing
    assert (frame["swing"] == (frame["probability_high"] - frame["probability_low"]).abs()).all()
    assert (frame["swing_error"] > 0).all()


def test_a_scenario_names_its_factors_by_kind() -> None:
    shifts = [GrowthShift(Normal(0.0, 0.01)), GrowthShift(Uniform(0.0, 0.02), end=2026), LevelEffect(Uniform(0.0, 0.3))]
    frame = tornado(Scenario("s", shifts)).to_frame()
    assert set(frame["factor"]) == {"growth shift 1", "growth shift 2", "level effect"}


def test_the_name_of_a_factor_is_any_text() -> None:
    shift = GrowthShift(Uniform(-0.04, 0.04))
    frame = tornado({" growth": shift, "": shift, 2: shift}, n_paths=512).to_frame()
    assert set(frame["factor"]) == {" growth", "", "2"}
    with pytest.raises(ScenarioError, match="two have one name"):
        tornado({"2": shift, 2: shift})


def test_events_at_both_ends_are_drawn_with_the_same_numbers() -> None:
    event = ConditionalEvent(0.1, Uniform(-0.1001, -0.1))
    frame = tornado({"event": event}).to_frame()
    assert frame.loc[0, "swing"] < 0.001


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"factors": {"calm": VolatilityMultiplier(0.8)}}, "no factor has a range"),
        ({"factors": {"growth": 0.02}}, "factor 'growth' is not an adjustment"),
        ({"factors": Scenario("s", parent="t")}, "'s' has a parent"),
        ({"by": 2020}, "by 2020 is not a year after the data"),
        ({"factors": {"late": GrowthShift(Uniform(0.0, 0.1), start=2040)}}, "window starts in 2040"),
    ],
)
def test_a_tornado_that_cannot_be_drawn_is_refused(details: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        tornado(**details)
    with pytest.raises(SettingError, match=r"level 1\.5"):
        tornado(level=1.5)


GRID = {"growth": (GrowthShift(0.0), [0.0, 0.02]), "shock": (LevelShock(0.0, 2027), [-0.2, -0.1, 0.0])}


def grid(factors: Any = GRID, **kw: Any) -> Any:
    return sweep(SERIES, 7.0, factors, **({"by": 2030, "model": "random-walk", "n_paths": N} | kw))


def test_every_cell_is_the_scenario_of_its_two_sizes() -> None:
    table = grid().table()
    assert table.shape == (2, 3)
    assert table.loc[0.02, -0.1] == probability([GrowthShift(0.02), LevelShock(-0.1, 2027)])
    assert table.loc[0.0, 0.0] == probability([])
    assert (table.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_a_sweep_may_come_on_top_of_a_scenario() -> None:
    with_event = grid(scenario=Scenario("calm", [VolatilityMultiplier(0.5)])).table()
    assert with_event.loc[0.02, -0.1] == probability(
        [VolatilityMultiplier(0.5), GrowthShift(0.02), LevelShock(-0.1, 2027)]
    )


def test_grids_and_tornados_are_plain_data() -> None:
    assert json.loads(json.dumps(grid().to_dict(), allow_nan=False))["factors"] == ["growth", "shock"]
    assert json.loads(json.dumps(tornado().to_dict(), allow_nan=False))["by"] == 2030


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"growth": (GrowthShift(0.0), [0.0])}, "exactly two factors"),
        (GRID | {"growth": (GrowthShift(0.0), [])}, "'growth' is not .adjustment, sizes. with at least one"),
        (GRID | {"growth": GrowthShift(0.0)}, "'growth' is not .adjustment, sizes."),
        (GRID | {"growth": (GrowthShift(0.0), [0.1, 0.1])}, "'growth' has a size twice"),
        (GRID | {"growth": (GrowthShift(0.0), [5.0])}, "value 5 is not between"),
        ({"probability": GRID["growth"], "shock": GRID["shock"]}, "need names of their own"),
    ],
)
def test_a_grid_that_cannot_be_swept_is_refused(factors: Any, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        grid(factors)


def test_a_sweep_refuses_a_scenario_whose_parent_it_does_not_know() -> None:
    with pytest.raises(ScenarioError, match="'s' has a parent: give its adjustments in full"):
        grid(scenario=Scenario("s", [VolatilityMultiplier(0.5)], parent="t"))


def test_an_effect_may_go_on_after_the_deadline() -> None:
    factors = {
        "agreement": tt.LevelEffect(Uniform(0.0, 0.3), start=2027, years=8),
        "recession": tt.LevelShock(Uniform(-0.3, -0.1), year=2029, recovery=4),
    }
    series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    found = tt.sensitivity(series, tt.Target(10.0, unit="USD bn"), factors, by=2030, n_paths=4096).frame
    assert (found["probability_low"] < found["probability_high"]).all()
    late = {"agreement": tt.LevelEffect(Uniform(0.0, 0.3), start=2031, years=2)}
    with pytest.raises(ScenarioError, match="starts in 2031, outside the horizon"):
        tt.sensitivity(series, tt.Target(10.0, unit="USD bn"), late, by=2030, n_paths=4096)
