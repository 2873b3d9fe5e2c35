from pathlib import Path

import pytest

from tradetarget.errors import ScenarioError, UnknownNameError
from tradetarget.scenarios import (
    ConditionalEvent,
    Deflation,
    GrowthPath,
    LevelShock,
    Scenario,
    Triangular,
    bundled_scenarios,
    read_scenario_file,
    read_scenarios,
)
from tradetarget.scenarios.files import adjustment_kinds
from tradetarget.targets import Target


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf8")
    return path


def one(adjustment: str) -> str:
    return f'[[scenario]]\nname = "a"\n[[scenario.adjustment]]\n{adjustment}\n'


def test_a_file_says_what_its_scenarios_are_about(tmp_path: Path) -> None:
    text = (
        'title = "T"\nseries = "A-B"\nflow = "exports"\ntarget = 5\nunit = "USD bn"\nhorizon = 9\nas_of = 2019-11-01\n'
    )
    file = read_scenario_file(write(tmp_path, text + '[[scenario]]\nname = "a"\n'))
    assert (file.title, file.series, file.flow, file.reporter) == ("T", "A-B", "exports", None)
    assert (file.target, file.horizon, file.as_of) == (Target(5.0, "USD bn"), 9, "2019-11-01")
    assert file.scenarios == (Scenario("a"),)


def test_adjustments_are_the_classes_that_python_has(tmp_path: Path) -> None:
    text = """
    [[scenario]]
    name = "a"
    source = "an assumption"
    [[scenario.adjustment]]
    kind = "level_shock"
    value = {low = "-30 %", mode = -0.2, high = "-10%"}
    year = 2027
    recovery = 2
    [[scenario.adjustment]]
    kind = "growth_path"
    rates_by_year = {2026 = "10 %", 2027 = 0.08}
    [[scenario.adjustment]]
    kind = "conditional_event"
    probability = "8 %"
    value = -0.2
    [[scenario.adjustment]]
    kind = "deflation"
    base_year = 2019
    index = {2019 = 100, 2020 = 101.5}
    inflation = "2 %"
    """
    assert read_scenarios(write(tmp_path, text)) == [
        Scenario(
            "a",
            [
                LevelShock(Triangular(-0.3, -0.2, -0.1), 2027, recovery=2),
                GrowthPath({2026: 0.1, 2027: 0.08}),
                ConditionalEvent(0.08, -0.2),
                Deflation(2019, {2019: 100.0, 2020: 101.5}, 0.02),
            ],
            source="an assumption",
        )
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "mine.toml is not valid TOML"),
        ('title = "nothing else"', "key 'scenario' is missing: write"),
        ("scenario = []", "key 'scenario' is empty: write"),
        (one('kind = ["growth_shift"]'), "unknown kind"),
        ('targt = 5\n[[scenario]]\nname = "a"', "unknown key 'targt': did you mean 'target'"),
        ('target = "five"\n[[scenario]]\nname = "a"', "key 'target' is 'five': input should be a valid number"),
        ('target = -5\n[[scenario]]\nname = "a"', "target -5 is not a positive number"),
        ('horizon = 1000000\n[[scenario]]\nname = "a"', "horizon 1000000 is not a whole number of years from 1 to 200"),
        ('[[scenario]]\ndescription = "b"', "scenario 1: key 'name' is missing"),
        ('[[scenario]]\nname = "a"\nparnt = "b"', "scenario 'a': unknown key 'parnt': did you mean 'parent'"),
        ('[[scenario]]\nname = "a"\nparent = "b"', "unknown parent 'b'"),
        ('[[scenario]]\nname = "a"\nparent = "a"', "inherits from itself: a -> a"),
        ('[[scenario]]\nname = "a"\n[[scenario]]\nname = "a"', "'a' stands twice"),
        ('[[scenario]]\nname = "a"\nadjustment = 3', "scenario 'a': key 'adjustment' is 3"),
        (one("value = 0.1"), r"scenario 'a', adjustment 1: key 'kind' is missing: it is one of benchmark"),
        (
            one('kind = "growth_shft"'),
            r"adjustment 1 \(growth_shft\): unknown kind 'growth_shft': did you mean 'growth_s",
        ),
        (one('kind = "growth_shift"'), r"adjustment 1 \(growth_shift\): key 'value' is missing"),
        (one('kind = "growth_shift"\nvalue = 0.1\nstrat = 2027'), "unknown key 'strat': did you mean 'start'"),
        (one('kind = "growth_shift"\nvalue = 5'), r"value 5 is not between .* '5 %'"),
        (one('kind = "growth_shift"\nvalue = "5"'), "value '5' is not a number"),
        (one('kind = "growth_shift"\nvalue = {low = 0.1, hgh = 0.2}'), "value has the keys low, hgh"),
        (one('kind = "growth_shift"\nvalue = 0.1\nstart = "2027"'), "start '2027' is not a whole number"),
        (one('kind = "growth_path"\nrates_by_year = {next = 0.1}'), "rates_by_year 'next' is not a whole number"),
        (one('kind = "deflation"\nbase_year = 2019\nindex = {base = 1}'), "index 'base' is not a whole number"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_rule_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        read_scenarios(write(tmp_path, text))
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value).replace("\\n", "") or "TOML" in str(caught.value)


def test_a_missing_file_and_one_that_is_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no such file: nowhere.toml"):
        read_scenarios("nowhere.toml")
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match=r"mine.toml cannot be read as text"):
        read_scenarios(tmp_path / "mine.toml")


def test_every_adjustment_has_a_kind_of_its_own_in_snake_case() -> None:
    for kind, made in adjustment_kinds().items():
        assert "".join(word.capitalize() for word in kind.split("_")) == made.__name__
    assert len(adjustment_kinds()) == 12


def test_an_unknown_bundled_file_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'kazakhstan-uzbekistan'"):
        bundled_scenarios("kazakhstan-uzbekstan")
