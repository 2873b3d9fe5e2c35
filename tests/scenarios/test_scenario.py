import numpy as np
import pandas as pd
import pytest

from tradetarget.errors import ScenarioError
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import Benchmark, GrowthHalt, GrowthPath, GrowthShift, LevelShock, Scenario, Setting, Uniform
from tradetarget.scenarios.scenario import Plan, Uniforms, resolve

SERIES = TradeSeries.from_annual(pd.Series({2023: 90.0, 2024: 95.0, 2025: 100.0}), name="A-B")
SETTING = Setting(SERIES, 6)


def test_a_baseline_is_put_first_where_there_is_none() -> None:
    names = [s.name for s in resolve([Scenario("faster", [GrowthShift(0.02)])])]
    assert names == ["baseline", "faster"]


def test_a_scenario_without_adjustments_is_the_baseline_wherever_it_stands() -> None:
    assert [s.name for s in resolve([Scenario("faster", [GrowthShift(0.02)]), Scenario("as is")])] == [
        "as is",
        "faster",
    ]


def test_a_child_has_its_parents_adjustments_before_its_own() -> None:
    family = [
        Scenario("child", [LevelShock(-0.2, 2027)], parent="parent"),
        Scenario("parent", [GrowthShift(0.02)], parent="grandparent"),
        Scenario("grandparent", [GrowthHalt(end=2026)]),
    ]
    child = resolve(family)[1]
    assert [a.kind for a in child.adjustments] == ["growth_halt", "growth_shift", "level_shock"]


@pytest.mark.parametrize(
    ("scenarios", "message"),
    [
        ([Scenario("a", parent="b"), Scenario("b", parent="a")], "'a' inherits from itself: a -> b -> a"),
        ([Scenario("a", parent="a")], "'a' inherits from itself: a -> a"),
        ([Scenario("a", parent="c"), Scenario("c", parent="b"), Scenario("b", parent="c")], "inherits from itself"),
        ([Scenario("a", parent="bse"), Scenario("base")], "unknown parent 'bse': did you mean 'base'"),
        ([Scenario("a"), Scenario("a")], "scenario 'a' stands twice"),
        ([Scenario("baseline", [GrowthShift(0.1)])], "'baseline' has adjustments: rename it"),
        (["faster"], "'faster' is not a scenario"),
    ],
)
def test_a_set_that_cannot_be_resolved_says_why(scenarios: list[Scenario], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        resolve(scenarios)


def test_a_name_and_real_adjustments_are_asked_for() -> None:
    with pytest.raises(ScenarioError, match="name '' is empty"):
        Scenario("")
    with pytest.raises(ScenarioError, match=r"scenario 'a': 0.02 is not an adjustment"):
        Scenario("a", [0.02])  # type: ignore[list-item]


def test_two_adjustments_that_set_the_growth_of_one_year_contradict_each_other() -> None:
    twice = Scenario("both", [Benchmark(0.1, end=2028), GrowthPath({2028: 0.05})])
    with pytest.raises(
        ScenarioError, match=r"'both', adjustment 2 \(growth_path\) sets the growth of 2028, which adjust"
    ):
        Plan(twice, SETTING)
    Plan(Scenario("one after the other", [Benchmark(0.1, end=2027), GrowthPath({2028: 0.05})]), SETTING)


def test_an_error_names_scenario_adjustment_and_rule() -> None:
    with pytest.raises(
        ScenarioError, match=r"scenario 'late', adjustment 1 \(growth_shift\): its window starts in 2050"
    ):
        Plan(Scenario("late", [GrowthShift(0.1, start=2050)]), SETTING)


def test_uniforms_do_not_depend_on_how_paths_are_cut_into_blocks() -> None:
    whole = Uniforms(np.random.default_rng(1), 3).take(2000)
    cut = Uniforms(np.random.default_rng(1), 3)
    pieces = np.concatenate([cut.take(n) for n in (1, 511, 700, 788)], axis=1)
    assert (pieces == whole).all()


@pytest.mark.bits
def test_the_order_of_adjustments_changes_nothing_bit_for_bit() -> None:
    from tradetarget.models import get_model
    from tradetarget.seeding import stream

    listed = [
        GrowthShift(Uniform(0.0, 0.05)),
        LevelShock(Uniform(-0.3, -0.1), 2027, recovery=2),
        GrowthHalt(end=2026),
        GrowthShift(Uniform(-0.05, 0.0)),
    ]
    [block] = get_model("random-walk").fit(SERIES).blocks(6, 600, stream(0, "x"))
    found = []
    for order in (listed, listed[::-1]):
        plan = Plan(Scenario("s", order), SETTING)
        found.append(plan.apply(block, plan.uniforms(0).take(600)).log_levels)
    assert (found[0] == found[1]).all()


def test_a_scenario_as_plain_data_leaves_out_what_is_not_said() -> None:
    scenario = Scenario("faster", [GrowthShift(0.02, source="an assumption")], description="Faster.")
    assert scenario.to_dict() == {
        "name": "faster",
        "description": "Faster.",
        "adjustment": [{"kind": "growth_shift", "value": 0.02, "source": "an assumption"}],
    }
