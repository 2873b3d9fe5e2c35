"""``tradetarget region --scenarios``."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tradetarget.cli import main

TABLE = """series,period,value,as_of,reporter
A-B,2021,3.6,,A
A-B,2022,4.0,,A
A-B,2023,4.4,,A
A-B,2024,4.1,,A
A-C,2021,1.4,,A
A-C,2022,1.5,,A
A-C,2023,1.7,,A
A-C,2024,1.8,,A
A-all,2023,6.1,,A
A-all,2024,5.9,,A
"""
PART_YEAR = "A-B,2025-01/2025-09,3.4,2025-11,A\nA-all,2025-01/2025-09,4.9,2025-11,A\n"
SCENARIOS = """
series = "A-all"
unit = "USD bn"
horizon = 4

[targets]
A-B = 5
A-all = 8

[[scenario]]
name = "push"
description = "A fifth more with B."
[[scenario.adjustment]]
on = "A-B"
kind = "level_effect"
value = "20 %"
source = "an assumption"

[[scenario]]
name = "fall"
[[scenario.adjustment]]
kind = "level_shock"
value = { low = "-30 %", high = "-10 %" }
year = 1
recovery = 2

[[scenario]]
name = "both of them"
parent = "push"
[[scenario.adjustment]]
kind = "level_shock"
value = "-20 %"
year = 1
recovery = 2
"""


def put(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf8")
    return str(path)


def record_of(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["region", *words, "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_bundled_scenarios_answer_the_bundled_region(capsys: pytest.CaptureFixture[str]) -> None:
    record = record_of(capsys, "--scenarios", "bundled")
    assert record["baseline"] == "Baseline"
    by_name = {s["name"]: s for s in record["scenarios"]}
    assert len(by_name) == 9
    base, reversal = by_name["Baseline"], by_name["The rise with Kyrgyzstan reverses"]
    assert [a["target"] for a in base["answers"]] == [5.0, 10.0]
    pair, whole = reversal["answers"]
    assert set(pair["difference_by"].values()) == {0.0}
    assert whole["difference_by"]["2030"] == pytest.approx(
        whole["probability_by"]["2030"] - base["answers"][1]["probability_by"]["2030"], abs=1e-12
    )
    assert whole["difference_by"]["2030"] < -0.1
    assert 0.0 < whole["difference_standard_error"] < 0.005
    assert reversal["all_difference_by"]["2030"] == pytest.approx(
        reversal["all_by"]["2030"] - base["all_by"]["2030"], abs=1e-12
    )
    assert {"all_difference_standard_error", "any_difference_by", "any_difference_standard_error"} <= reversal.keys()
    assert [a["on"] for a in reversal["adjustments"]] == ["Kazakhstan-Kyrgyzstan"]
    assert not any("difference" in key for key in (*base, *base["answers"][0]))


def test_a_file_says_region_targets_and_horizon_unless_options_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = put(tmp_path, "region.csv", TABLE), put(tmp_path, "what-if.toml", SCENARIOS)
    told = record_of(capsys, data, "--scenarios", file)
    assert (told["region"], told["unit"]) == ("A-all turnover", "USD bn")
    assert [a["series"] for a in told["scenarios"][0]["answers"]] == ["A-B turnover", "A-all turnover"]
    assert list(told["scenarios"][0]["all_by"]) == ["2025", "2026", "2027", "2028"]
    assert [s["name"] for s in told["scenarios"]] == ["baseline", "push", "fall", "both of them"]
    assert [len(s["adjustments"]) for s in told["scenarios"]] == [0, 1, 1, 2]
    asked = record_of(capsys, data, "--scenarios", file, "--horizon", "3", "--target", "A-C=2")
    assert [a["series"] for a in asked["scenarios"][1]["answers"]] == ["A-C turnover"]
    assert list(asked["scenarios"][1]["all_by"]) == ["2025", "2026", "2027"]


def test_text_and_picture_show_every_scenario_beside_the_baseline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    data, file, picture = put(tmp_path, "r.csv", TABLE), put(tmp_path, "s.toml", SCENARIOS), tmp_path / "what-if.png"
    assert main(["region", data, "--scenarios", file, "--plot", str(picture)]) == 0
    said = capsys.readouterr().out
    tables = said.split("points on")
    assert len(tables) == 4
    for table in tables[1:]:
        assert all(f"\n{name} " in table for name in ("baseline", "push", "fall", "both of them"))
    assert "push: A fifth more with B. Acts on A-B. Source: an assumption" in said
    assert "both of them: Acts on A-B and every member. Source: an assumption" in said
    assert max(map(len, said.split("\n"))) <= 78
    assert picture.stat().st_size > 20_000


def test_part_year_figures_count_in_every_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = put(tmp_path, "r.csv", TABLE + PART_YEAR), put(tmp_path, "s.toml", SCENARIOS)
    words = (data, "--scenarios", file, "--reporter", "A")
    told, early = record_of(capsys, *words), record_of(capsys, *words, "--as-of", "2025-06")
    assert early["effective_paths"] == early["n_paths"] > 5 * told["effective_paths"]
    # 3.4 of the 5 in nine months: reaching 5 in 2025 is less open than it was.
    for before, after in zip(early["scenarios"], told["scenarios"], strict=True):
        assert before["name"] == after["name"]
        assert before["answers"][0]["probability_by"] != after["answers"][0]["probability_by"]
    push = told["scenarios"][1]["answers"][0]
    assert push["difference_by"]["2026"] > 5 * push["difference_standard_error"]


def test_an_earlier_date_is_answered_by_the_bundled_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    record = record_of(capsys, "--scenarios", "bundled", "--as-of", "2019-11", "--reporter", "Kazakhstan")
    assert (record["as_of"], record["data_through"]) == ("2019-11", "2018")
    assert len(record["scenarios"]) == 9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'on = "A-B"',
            'on = "A-Bb"',
            "s.toml: scenario 'push', key 'on': unknown member 'A-Bb': did you mean 'A-B'",
        ),
        ('on = "A-B"', 'on = "A-all"', "key 'on': 'A-all' is A-all turnover, which is the sum of its members"),
        ('on = "A-B"', "on = 3", "s.toml, line 14: scenario 'push', adjustment 1 (level_effect): key 'on' is 3"),
        (
            '"level_effect"',
            '"level_efect"',
            "s.toml, line 15: scenario 'push', adjustment 1 (level_efect): unknown kind",
        ),
        ('"20 %"', "20", "value 20 is not between"),
        ("recovery = 2", "recovry = 2", "unknown key 'recovry': did you mean 'recovery'"),
        (
            "year = 1",
            "year = 2060",
            "s.toml: scenario 'fall', adjustment 1 of every member, here A-B turnover (level_shock)",
        ),
        ('parent = "push"', 'parent = "psh"', "unknown parent 'psh': did you mean 'push'"),
        ('"fall"', '"push"', "scenario 'push' stands twice"),
        ("A-B = 5", "A-X = 5", "s.toml: key 'targets': unknown series of A-all 'A-X'"),
        ("A-B = 5", 'A-B = "5"', "s.toml, line 7: key 'A-B' is '5'"),
        ('series = "A-all"', 'series = "A-B"', "s.toml: key 'series' names 'A-B' as the region's total: "),
        (SCENARIOS, "title = 'nothing'", "s.toml: key 'scenario' is missing: write [[scenario]] tables"),
        (SCENARIOS, "scenario = []", "s.toml, line 1: key 'scenario' is empty: write [[scenario]] tables"),
        (SCENARIOS, "title =", "s.toml is not valid TOML"),
        (
            SCENARIOS[SCENARIOS.index("[[scenario]]") :],
            '[[scenario]]\nname = "x"\nadjustment = [{on = "A-B", kind = "growth_halt"}, {kind = "growth_halt"}]',
            "s.toml: scenario 'x', adjustment 1 on A-B turnover (growth_halt) sets the growth of 2025, which ",
        ),
    ],
)
def test_bad_scenarios_are_one_line_and_status_two_and_leave_no_file(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in SCENARIOS
    data, file = put(tmp_path, "r.csv", TABLE), put(tmp_path, "s.toml", SCENARIOS.replace(old, new, 1))
    out = str(tmp_path / "out.json")
    assert main(["region", data, "--scenarios", file, "--json", out]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.csv", "s.toml"]


def test_bundled_scenarios_are_of_members_that_other_data_do_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [put(tmp_path, "r.csv", TABLE), "--total", "A-all", "--target", "A-B=5", "--scenarios", "bundled"]
    assert main(["region", *words]) == 2
    assert "unknown member 'Kazakhstan-Uzbekistan': Known: A-B, A-C" in capsys.readouterr().err


def test_a_file_of_a_region_given_to_the_command_of_one_series_names_the_other_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenarios", put(tmp_path, "s.toml", SCENARIOS)]) == 2
    assert "run it with 'tradetarget region --scenarios'" in capsys.readouterr().err


def test_a_file_of_the_regions_total_alone_acts_on_every_member(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """
    target = 8
    unit = "USD bn"
    [[scenario]]
    name = "fall"
    [[scenario.adjustment]]
    kind = "level_shock"
    value = "-20 %"
    year = 1
    recovery = 2
    """
    words = (put(tmp_path, "r.csv", TABLE), "--total", "A-all", "--scenarios", put(tmp_path, "s.toml", text))
    record = record_of(capsys, *words, "--horizon", "3")
    assert [a["series"] for a in record["scenarios"][1]["answers"]] == ["A-all turnover"]
    both = record_of(capsys, *words, "--horizon", "3", "--unit", "USD mn")
    assert both["scenarios"][1]["answers"][0]["target"] == 8000.0


def test_a_target_asked_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = put(tmp_path, "r.csv", TABLE)
    assert main(["region", data, "--total", "A-all", "--target", "A-B=5", "--target", "A-B=6"]) == 2
    assert "--target 'A-B=6' is the second of A-B: ask one target a series" in capsys.readouterr().err
    text = f"target = 9\n{SCENARIOS}"
    assert main(["region", data, "--scenarios", put(tmp_path, "s.toml", text)]) == 2
    assert "A-all has two targets" in capsys.readouterr().err


@pytest.mark.bits
def test_another_process_hash_seed_and_number_of_threads_change_no_bit(tmp_path: Path, capsys) -> None:
    data, file = put(tmp_path, "r.csv", TABLE + PART_YEAR), put(tmp_path, "s.toml", SCENARIOS)
    words = ["region", data, "--scenarios", file, "--json", "-"]
    assert main(words) == 0
    here = capsys.readouterr().out
    threads = "2" if os.environ.get("OMP_NUM_THREADS") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": threads, "PYTHONIOENCODING": "utf8"}
    command = [sys.executable, "-m", "tradetarget", *words]
    there = subprocess.run(command, env=environment, capture_output=True, check=True, encoding="utf8").stdout
    assert here == there
    assert json.loads(here)["scenarios"][3]["name"] == "both of them"
