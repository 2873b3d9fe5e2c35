"""``--template``, ``--check`` and ``--schema``."""

import json
from pathlib import Path

import pytest

from tradetarget.cli import main

MINE = """target = 10
unit = "USD bn"

[[scenario]]
name = "Recession"
[[scenario.adjustment]]
kind = "level_shock"
value = "-25 %"
year = 2
recovery = 3
[[scenario.adjustment]]
kind = "volatility_multiplier"
factor = 1.5

[[scenario]]
name = "And growth"
parent = "Recession"
[[scenario.adjustment]]
kind = "growth_shift"
value = { low = "0 %", high = "4 %" }
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys, *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    return status, *capsys.readouterr()


@pytest.mark.parametrize("command", ["scenarios", "region"])
def test_a_template_is_written_with_its_schema_and_passes_its_own_check(capsys, command: str) -> None:
    assert run(capsys, command, "--template", "-o", "mine.toml")[0] == 0
    first = Path("mine.toml").read_text().splitlines()[0]
    schema = first.removeprefix("#:schema ./")
    assert sorted(p.name for p in Path().iterdir()) == sorted(["mine.toml", schema])
    assert json.loads(Path(schema).read_text())["$schema"].startswith("http://json-schema.org/")
    check = ["--scenarios", "mine.toml"] if command == "region" else ["mine.toml"]
    status, out, err = run(capsys, command, "--check", *check)
    assert (status, err) == (0, "")
    assert out.startswith("mine.toml: ")


@pytest.mark.parametrize("data", [[], ["--data", "trade.csv"]], ids=["bundled figures", "figures of one's own"])
def test_a_unit_restates_the_targets_of_a_file_and_does_not_replace_them(capsys, data: list[str]) -> None:
    Path("mine.toml").write_text(MINE)
    Path("trade.csv").write_text("period,value\n2022,4100\n2023,4400\n2024,4300\n")
    status, out, err = run(
        capsys, "scenarios", "mine.toml", *data, "--unit", "USD mn", "--horizon", "9", "--paths", "512"
    )
    assert (status, err) == (0, "")
    assert "reach 10,000 USD mn?" in out.splitlines()[0]


def test_a_template_never_replaces_a_file(capsys) -> None:
    Path("mine.toml").write_text(MINE)
    status, out, err = run(capsys, "scenarios", "--template", "-o", "mine.toml")
    assert (status, out) == (2, "")
    assert "'mine.toml' is there already" in err
    assert Path("mine.toml").read_text() == MINE
    assert [p.name for p in Path().iterdir()] == ["mine.toml"]


def test_a_check_says_what_was_understood_in_the_order_in_which_it_is_applied(capsys) -> None:
    Path("mine.toml").write_text(MINE)
    status, out, err = run(capsys, "scenarios", "--check", "mine.toml")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "mine.toml: 2 scenarios and a baseline"
    start = lines.index("And growth (with what Recession has)")
    assert [line.split(":")[0].strip() for line in lines[start + 1 : start + 4]] == [
        "volatility_multiplier",
        "growth_shift",
        "level_shock",
    ]
    assert "  level_shock: value -0.25, year 2, recovery 3" in lines


def test_a_check_of_a_wrong_file_is_one_line_with_its_line_and_remedy(capsys) -> None:
    Path("mine.toml").write_text(MINE.replace('"-25 %"', "-25%"))
    status, out, err = run(capsys, "scenarios", "--check", "mine.toml")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert 'mine.toml is not valid TOML, line 8: -25 % stands without quotes: write "-25 %"' in err


def test_a_check_in_json_holds_the_scenarios(capsys) -> None:
    Path("mine.toml").write_text(MINE)
    status, out, _ = run(capsys, "scenarios", "--check", "mine.toml", "--json", "-")
    assert status == 0
    record = json.loads(out)
    assert record["schema_version"] == 2
    assert [s["name"] for s in record["scenarios"]] == ["Recession", "And growth"]
    assert record["target"] == "10 USD bn"


@pytest.mark.parametrize("command", ["scenarios", "region"])
def test_the_schema_is_json_and_goes_to_a_file(capsys, command: str) -> None:
    status, out, _ = run(capsys, command, "--schema")
    assert status == 0
    assert run(capsys, command, "--schema", "-o", "s.json")[0] == 0
    assert json.loads(out) == json.loads(Path("s.json").read_text())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("scenarios", "--template", "--schema"), "--template and --schema are two questions"),
        (("scenarios", "-o", "x.toml"), "--out 'x.toml' is where --template or --schema is written"),
        (("region", "--check", "--template"), "--template and --check are two questions"),
        (("scenarios", "--check", "none.toml"), "no such file: none.toml"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(capsys, words: tuple[str, ...], message: str) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
