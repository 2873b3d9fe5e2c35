import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from systems_helpers import PAIRS, REGION

import tradetarget as tt
from tradetarget import Scenario, SystemScenario, Target, TradeSeries, TradeSystem
from tradetarget.errors import ScenarioError, TradeTargetError, UnknownNameError
from tradetarget.scenarios import (
    Adjustment,
    Benchmark,
    Ceiling,
    ConditionalEvent,
    DriverShift,
    GrowthHalt,
    GrowthPath,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Normal,
    Triangular,
    Uniform,
    VolatilityMultiplier,
    bundled_scenarios,
    read_scenarios,
)
from tradetarget.systems import bundled_system_scenarios, read_system_scenario_file, read_system_scenarios
from tradetarget.systems.scenarios import resolve_of_system, system_plans

PAIR, OTHER = PAIRS[0], PAIRS[1]
TARGETS = {PAIR: Target(5, "USD bn"), REGION: Target(10, "USD bn")}


def write(folder: Path, text: str) -> Path:
    path = folder / "region.toml"
    path.write_text(text, encoding="utf8")
    return path


def one(adjustment: str) -> str:
    return f'[[scenario]]\nname = "a"\n[[scenario.adjustment]]\n{adjustment}\n'


# --- reading -----------------------------------------------------------------------------------------------------


def test_adjustments_go_to_the_member_they_name_or_to_all(tmp_path: Path) -> None:
    text = """
    series = "Kazakhstan-Central Asia"
    unit = "USD bn"
    [targets]
    Kazakhstan-Uzbekistan = 5
    "Kazakhstan-Central Asia" = 10
    [[scenario]]
    name = "a"
    source = "an assumption"
    [[scenario.adjustment]]
    kind = "level_shock"
    value = {low = "-30 %", high = "-10%"}
    year = 1
    recovery = 2
    [[scenario.adjustment]]
    on = "Kazakhstan-Uzbekistan"
    kind = "growth_shift"
    value = "2 %"
    [[scenario]]
    name = "b"
    parent = "a"
    """
    file = read_system_scenario_file(write(tmp_path, text))
    shock, faster = LevelShock(Uniform(-0.3, -0.1), 1, recovery=2), GrowthShift(0.02)
    assert file.scenarios == (
        SystemScenario("a", {"Kazakhstan-Uzbekistan": [faster]}, [shock], source="an assumption"),
        SystemScenario("b", parent="a"),
    )
    assert file.targets == {
        "Kazakhstan-Uzbekistan": Target(5, "USD bn"),
        "Kazakhstan-Central Asia": Target(10, "USD bn"),
    }
    assert file.series == "Kazakhstan-Central Asia"
    assert read_system_scenarios(tmp_path / "region.toml") == list(file.scenarios) == list(file)


def test_a_file_of_one_series_is_of_every_member(tmp_path: Path) -> None:
    path = write(tmp_path, one('kind = "growth_shift"\nvalue = 0.02'))
    assert read_system_scenarios(path) == [SystemScenario("a", {}, read_scenarios(path)[0].adjustments)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "region.toml is not valid TOML"),
        ('title = "nothing else"', "key 'scenario' is missing: write"),
        ("scenario = []", r"key 'scenario' is empty: write \[\[scenario\]\] tables"),
        ('targts = {a = 5}\n[[scenario]]\nname = "a"', "unknown key 'targts': did you mean 'targets'"),
        ('targets = {a = "five"}\n[[scenario]]\nname = "a"', "key 'a' is 'five': input should be a valid number"),
        ('targets = {a = -5}\n[[scenario]]\nname = "a"', "target -5 is not a positive number"),
        ('[[scenario]]\nname = "a"\nparent = "b"', "unknown parent 'b'"),
        ('[[scenario]]\nname = "a"\nparent = "a"', "inherits from itself: a -> a"),
        ('[[scenario]]\nname = "a"\n[[scenario]]\nname = "a"', "'a' stands twice"),
        (one('on = "A-B"\nvalue = 0.1'), r"scenario 'a', adjustment 1: key 'kind' is missing"),
        (one('on = "A-B"\nkind = "growth_shft"'), r"unknown kind 'growth_shft': did you mean 'growth_s"),
        (one('on = "A-B"\nkind = ["growth_shift"]'), r"unknown kind .*'growth_shift'"),
        (
            one('on = ["A-B"]\nkind = "growth_shift"\nvalue = 0.1'),
            r"key 'on' is \['A-B'\] and not the name of a member",
        ),
        (one('on = " "\nkind = "growth_shift"\nvalue = 0.1'), "key 'on' is ' ' and not the name of a member: name one"),
        (one('onn = "A-B"\nkind = "growth_shift"\nvalue = 0.1'), "unknown key 'onn'"),
        (one('on = "A-B"\nkind = "growth_shift"\nvalue = 5'), r"adjustment 1 \(growth_shift\): value 5 is not between"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_rule_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        read_system_scenarios(write(tmp_path, text))
    assert "region.toml" in str(caught.value)
    assert "\n" not in str(caught.value).replace("\\n", "") or "TOML" in str(caught.value)


def test_a_file_of_a_region_is_no_file_of_one_series_and_the_remedy_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, one('on = "A-B"\nkind = "growth_shift"\nvalue = 0.1'))
    with pytest.raises(
        ScenarioError, match=r"key 'on' names 'A-B', a member of a region: run the file with 'tradetarg"
    ):
        read_scenarios(path)


# --- round trips -------------------------------------------------------------------------------------------------

TEXT = st.text(string.ascii_letters + string.digits + " -'\"\\é中\n", min_size=1, max_size=12).filter(str.strip)
SIZES = st.one_of(
    st.floats(-0.5, 0.8),
    st.tuples(st.floats(-0.5, 0.2), st.floats(0.01, 0.5)).map(lambda t: Uniform(t[0], t[0] + t[1])),
    st.tuples(st.floats(-0.1, 0.3), st.floats(0.01, 0.1)).map(lambda t: Normal(*t)),
    st.tuples(st.floats(-0.5, 0.2), st.floats(0.01, 0.5)).map(lambda t: Triangular(t[0], t[0] + t[1] / 2, t[0] + t[1])),
)
YEARS = st.integers(1, 8)
RATES = st.floats(-0.5, 0.8)
SOURCES = st.none() | TEXT
ADJUSTMENTS: st.SearchStrategy[Adjustment] = st.one_of(
    st.builds(GrowthShift, SIZES, YEARS, YEARS, source=SOURCES),
    st.builds(GrowthHalt, YEARS, YEARS, source=SOURCES),
    st.builds(LevelEffect, SIZES, YEARS, YEARS, source=SOURCES),
    st.builds(LevelShock, SIZES, YEARS, recovery=st.none() | YEARS, source=SOURCES),
    st.builds(ConditionalEvent, st.floats(0.05, 0.9), SIZES, YEARS, source=SOURCES),
    st.builds(GrowthPath, st.dictionaries(YEARS, RATES, min_size=1, max_size=3), source=SOURCES),
    st.builds(Benchmark, value=RATES, start=YEARS, source=SOURCES),
    st.builds(VolatilityMultiplier, st.floats(0.0, 3.0), source=SOURCES),
    st.builds(Ceiling, st.floats(101.0, 500.0), st.none() | st.just("USD bn"), source=SOURCES),
)
SCENARIOS = st.builds(
    SystemScenario,
    TEXT,
    st.dictionaries(TEXT, st.lists(ADJUSTMENTS, min_size=1, max_size=2), max_size=3),
    st.lists(ADJUSTMENTS, max_size=2),
    description=SOURCES,
    source=SOURCES,
)


def toml(value: Any) -> str:
    """Plain data as a TOML value; JSON's strings are TOML's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


@settings(max_examples=60)
@given(
    st.lists(SCENARIOS, min_size=1, max_size=3, unique_by=lambda s: s.name).filter(lambda x: x[0].name != "baseline")
)
def test_what_is_written_is_read_back_without_loss(
    tmp_path_factory: pytest.TempPathFactory, made: list[SystemScenario]
) -> None:
    made = [*made, SystemScenario("the child", parent=made[0].name)]
    path = tmp_path_factory.getbasetemp() / "region-read-back.toml"
    path.write_text(f"scenario = {toml([s.to_dict() for s in made])}\n", encoding="utf8")
    assert read_system_scenarios(path) == made


@settings(max_examples=30)
@given(st.lists(ADJUSTMENTS, max_size=3), SOURCES)
def test_a_plain_scenario_of_all_members_is_written_as_it_is_written_for_one_series(
    listed: list[Adjustment], source: str | None
) -> None:
    assert SystemScenario("a", {}, listed, source=source).to_dict() == Scenario("a", listed, source=source).to_dict()


# --- sets of scenarios -------------------------------------------------------------------------------------------


def test_a_child_has_its_parents_adjustments_of_members_and_of_all() -> None:
    fall, fast, slow = LevelShock(-0.1, 1), GrowthShift(0.01), GrowthShift(-0.01)
    parent = SystemScenario("parent", {PAIR: [fast]}, [fall])
    child = SystemScenario("child", {PAIR: [slow], OTHER: [slow]}, parent="parent")
    found = resolve_of_system([child, parent])
    assert [s.name for s in found] == ["baseline", "child", "parent"]
    assert found[1] == SystemScenario("child", {PAIR: [fast, slow], OTHER: [slow]}, [fall])


def test_a_plain_scenario_may_be_the_parent_of_one_by_member() -> None:
    plain = Scenario("plain", [GrowthShift(0.01)])
    found = resolve_of_system([plain, SystemScenario("child", {PAIR: [GrowthShift(0.02)]}, parent="plain")])
    assert found[2] == SystemScenario("child", {PAIR: [GrowthShift(0.02)]}, [GrowthShift(0.01)])


def test_an_empty_scenario_is_the_baseline() -> None:
    found = resolve_of_system([SystemScenario("fast", {PAIR: [GrowthShift(0.02)]}), SystemScenario("as is")])
    assert [s.name for s in found] == ["as is", "fast"]


def test_a_member_under_its_label_and_its_name_has_the_adjustments_of_both(region: TradeSystem) -> None:
    made = SystemScenario("x", {PAIR: [GrowthShift(0.01)], "Kazakhstan-Uzbekistan": [LevelShock(-0.1, 1)]})
    [_, plan] = system_plans(made, region, 5)
    assert [a.kind for a in plan.plans[0].scenario.adjustments] == ["growth_shift", "level_shock"]
    assert not plan.plans[1].scenario.adjustments


@pytest.mark.parametrize(
    ("scenario", "kind", "message"),
    [
        (
            SystemScenario("x", {"Kazakhstan-Uzbekistn": [GrowthShift(0.01)]}),
            UnknownNameError,
            "scenario 'x', key 'on': unknown member 'Kazakhstan-Uzbekistn': did you mean 'Kazakhstan-Uzbekistan'",
        ),
        (
            SystemScenario("x", {PAIR: [GrowthHalt(1, 2)]}, [GrowthPath({2: 0.1})]),
            ScenarioError,
            r"adjustment 1 on Kazakhstan-Uzbekistan turnover \(growth_halt\) sets the growth of 2027, which "
            r"adjustment 1 of every member, here Kazakhstan-Uzbekistan turnover \(growth_path\) sets too: keep one",
        ),
        (
            SystemScenario("x", {PAIR: [DriverShift("UZB", "gdp", 0.01)]}),
            ScenarioError,
            "'x' shifts a driver, and the law of a region uses none",
        ),
        (SystemScenario("x", {REGION: [GrowthShift(0.1)]}), ScenarioError, "in a file: without the key 'on'"),
        (SystemScenario("x", parent="y"), ScenarioError, "unknown parent 'y'"),
        ("x", ScenarioError, "'x' is not a scenario"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(
    region: TradeSystem, scenario: Any, kind: type[TradeTargetError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        tt.forecast_system(region, TARGETS, 5, n_paths=512, scenarios=[scenario])


# --- the bundled file --------------------------------------------------------------------------------------------


def test_sizes_of_the_bundled_file_are_those_of_the_files_of_one_series(figures: dict[str, TradeSeries]) -> None:
    members = {s.name: s for s in bundled_system_scenarios()}
    pair, whole = (
        {s.name: s for s in bundled_scenarios(name)} for name in ("kazakhstan-uzbekistan", "kazakhstan-central-asia")
    )
    for name in (
        "Regional recession",
        "Recessions as often as on record",
        "Border closure",
        "No growth for three years",
    ):
        [ours], [theirs] = members[name].everywhere, whole[name].adjustments
        assert {**ours.to_dict(), "source": ""} == {**theirs.to_dict(), "source": ""}
    uzbekistan = "Kazakhstan-Uzbekistan"
    for ours_name, theirs_name in (
        ("Uzbekistan joins the Eurasian Economic Union", "Eurasian Economic Union: membership"),
        ("Uzbekistan at ten billion by 2030", "Promise of today: ten billion by 2030"),
    ):
        [ours], [theirs] = members[ours_name].on[uzbekistan], pair[theirs_name].adjustments
        assert {**ours.to_dict(), "source": ""} == {**theirs.to_dict(), "source": ""}
    kyrgyz = figures["Kazakhstan-Kyrgyzstan turnover"].annual()
    [reversal] = members["The rise with Kyrgyzstan reverses"].on["Kazakhstan-Kyrgyzstan"]
    assert isinstance(reversal, LevelEffect)
    assert reversal.value == pytest.approx(kyrgyz[2022] / kyrgyz[2025] - 1, abs=5e-4)
    assert members["Uzbekistan joins in a recession"].everywhere[0].size == Uniform(-0.316, -0.278)
    assert all(a.source for s in members.values() for a in (*s.everywhere, *(a for x in s.on.values() for a in x)))


def test_an_unknown_bundled_file_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'central-asia-by-member'"):
        bundled_system_scenarios("central-asia-by-membr")
