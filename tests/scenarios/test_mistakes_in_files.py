"""Mistakes that beginners make in scenario files: one line with the file, the line and the remedy."""

from pathlib import Path

import pytest

from tradetarget.errors import ScenarioError
from tradetarget.scenarios import read_scenarios
from tradetarget.scenarios.places import Places

HEAD = 'target = 5\n[[scenario]]\nname = "a"\n[[scenario.adjustment]]\nkind = "growth_shift"\n'


def message(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(ScenarioError) as caught:
        read_scenarios(path)
    words = str(caught.value)
    assert "\n" not in words
    return words.removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("value = 0,05", "0,05 has a decimal comma: write 0.05"),
        ("value = 1.234,5", "1.234,5 has a decimal comma: write 1234.5"),
        ("value = {low = 0,1, high = 0.2}", "0,1 has a decimal comma: write 0.1"),
        ("value = 5%", '5 % stands without quotes: write "5 %", or the fraction 0.05'),
        ("value = -14 %  # a year", '-14 % stands without quotes: write "-14 %", or the fraction -0.14'),
        ("value = 5,5 %", '5,5 % stands without quotes: write "5.5 %", or the fraction 0.055'),
        ("value = {low = -5%, high = 5%}", '-5 % stands without quotes: write "-5 %", or the fraction -0.05'),
        ("value = .05", ".05 lacks a digit beside its point: write 0.05"),
        ("value = 5.", "5. lacks a digit beside its point: write 5.0"),
        ("value = 5 percent", 'if it is text, write value = "5 percent"'),
        ("value =", "the key value has no value"),
        ("value = None", "None is no value in TOML: leave the key value out"),
        ("start = 2 027", "2 027 has spaces between its digits: write 2027"),
        ("source = an assumption", 'text stands without quotes: write source = "an assumption"'),
        ("source = “an assumption”", "“ is a typographic quotation mark: write straight ones"),
        ('source = "an assumption', "a quotation mark is not closed in its line"),
        ("start: 2027", "a key and its value stand around a colon: write start = 2027"),
        ("faster from here", "is neither key = value nor a [[table]]: write # before a remark"),
        ("[scenario]", "[scenario] is a single table: write [[scenario]], with two brackets"),
    ],
)
def test_what_toml_refuses_is_said_with_its_line_and_remedy(tmp_path: Path, line: str, words: str) -> None:
    found = message(tmp_path, HEAD + line + "\n")
    assert found.startswith("mine.toml is not valid TOML, line 6: ")
    assert words in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[scenario]\nname = "a"\n', "line 1: [scenario] is a single table: write [[scenario]] with two brackets"),
        (
            '[[scenario]]\nname = "a"\n[scenario.adjustment]\nkind = "growth_halt"\n',
            "line 3: scenario 'a': [scenario.adjustment] is a single table: write [[scenario.adjustment]]",
        ),
        ('[[scenarios]]\nname = "a"\n', "line 1: unknown key 'scenarios': did you mean 'scenario'"),
        ('title = "b"\n[[adjustment]]\nkind = "growth_halt"\n', "line 2: an adjustment belongs to a scenario"),
        ('[[scenario]]\nname = "a"\ndescription = 5\n', "line 3: scenario 'a': key 'description' is 5"),
        ('target = "5"\n[[scenario]]\nname = "a"\n', "line 1: key 'target' is '5': input should be a valid number, w"),
        (HEAD + 'value = "5,5 %"\n', "line 6: scenario 'a', adjustment 1 (growth_shift): value '5,5 %' has a decimal"),
        (HEAD + 'value = 0.05\nstart = "2027"\n', "line 7: scenario 'a', adjustment 1 (growth_shift): start '2027' is"),
        (HEAD.replace("growth_shift", "GrowthShift"), "line 5: scenario 'a', adjustment 1 (GrowthShift): unknown kind"),
        (HEAD + "value = 0.05\nstarts = 2027\n", "line 7: scenario 'a', adjustment 1 (growth_shift): unknown key 'st"),
        (HEAD, "line 4: scenario 'a', adjustment 1 (growth_shift): key 'value' is missing"),
    ],
)
def test_what_a_file_may_not_hold_is_said_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    found = message(tmp_path, text)
    assert found.startswith("mine.toml, ")
    assert words in found


def test_kinds_written_as_classes_or_with_dashes_are_recognised(tmp_path: Path) -> None:
    for written in ("GrowthShift", "growth-shift", "Growth shift"):
        assert "did you mean 'growth_shift'" in message(tmp_path, HEAD.replace("growth_shift", written))


def test_the_line_is_that_of_the_second_adjustment_of_the_second_scenario() -> None:
    text = (
        'title = """\n[[scenario]]\n"""\n[[scenario]]\nname = "a"\n[[scenario]] # two\nname = "b"\n'
        '[[scenario.adjustment]]\nkind = "x"\n[[ scenario.adjustment ]]\n"kind" = "y"\n'
    )
    places = Places(text)
    assert places.line(1, key="name") == 7
    assert places.line(1, 1) == 10
    assert places.line(1, 1, "kind") == 11
    assert places.line(1, 1, "absent") == 10
    assert (places.line(2), places.line(0, 0), places.line(key="title"), places.line(key="absent")) == (None,) * 2 + (
        1,
        None,
    )


def test_scenarios_written_in_braces_are_named_without_a_line(tmp_path: Path) -> None:
    assert message(tmp_path, 'scenario = [{name = "a", nam = 1}]').startswith("mine.toml: scenario 'a': unknown key")
