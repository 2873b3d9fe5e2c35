"""Goals with dates, several targets, every series, and the questions of required, sensitivity and sweep."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tradetarget.cli import main

FAST = ("--model", "random-walk", "--paths", "2048")
TABLE = "series,flow,period,value,unit\n" + "".join(
    f"{s},exports,{y},{v},USD mn\n" for s in ("A-B", "A-C") for y, v in ((2022, 4100), (2023, 4300), (2024, 4200))
)


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two.csv").write_text(TABLE, encoding="utf8")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(words)
    out, err = capsys.readouterr()
    return status, out, err


def record(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    return json.loads(run(capsys, *words, "--json", "-")[1])


def test_by_is_the_first_line_of_every_answer(capsys) -> None:
    for words in (
        ("forecast", *FAST),
        ("scenarios", *FAST),
        ("required", "--target", "10", *FAST),
        ("sensitivity", "--target", "10", *FAST),
        ("sweep", "--target", "10", "--factor", "growth_shift=0%,2%", "--factor", "level_effect=0%,10%", *FAST),
    ):
        status, out, _ = run(capsys, *words, "--by", "2030")
        assert status == 0
        assert out.startswith("P(reached by the end of 2030) is ")


def test_by_is_in_json_with_quantiles_and_the_levels_asked_for(capsys) -> None:
    found = record(capsys, "forecast", "--by", "2030", "--level", "80,95", *FAST)
    assert found["by"] == {"year": "2030", "probability": found["probability_by"]["2030"]}
    assert list(found["intervals"]) == ["0.8", "0.95"]
    assert list(found["quantiles"]["2030"]) == ["0.025", "0.1", "0.5", "0.9", "0.975"]


def test_a_region_has_the_probability_of_all_targets_by_the_deadline(capsys) -> None:
    words = ("region", "--target", "Kazakhstan-Uzbekistan=5", "--target", "Kazakhstan-Kyrgyzstan=2.5", "--by", "2030")
    out = run(capsys, *words)[1]
    found = record(capsys, *words)
    assert out.startswith("P(both targets reached by the end of 2030) is ")
    assert found["by"] == {"year": "2030", "probability": found["scenarios"][0]["all_by"]["2030"]}
    assert found["scenarios"][0]["answers"][0]["by"]["year"] == "2030"


def test_several_targets_are_columns_and_a_list_in_json(capsys) -> None:
    words = ("forecast", "--target", "5", "--target", "10", "--by", "2030", *FAST)
    out = run(capsys, *words, "--csv", "both.csv")[1]
    assert "5 USD bn" in out.splitlines()[0]
    assert next(line for line in out.splitlines() if line.startswith("P by 2030")).count("%") == 2
    answers = record(capsys, *words)["answers"]
    alone = record(capsys, "forecast", "--target", "10", "--by", "2030", *FAST)
    assert answers[1] == alone
    table = pd.read_csv("both.csv")
    assert table["target"].unique().tolist() == [5.0, 10.0]
    assert table.query("target == 10 and period == 2030")["probability"].item() == pytest.approx(
        alone["by"]["probability"]
    )


def test_every_series_of_a_file_is_a_row(capsys) -> None:
    words = ("forecast", "two.csv", "--all", "--target", "5", "--unit", "USD bn", "--by", "2030", *FAST)
    status, out, _ = run(capsys, *words, "--csv", "all.csv")
    assert status == 0
    rows = [line for line in out.splitlines() if line.startswith(("A-B exports ", "A-C exports "))]
    assert len(rows) == 2
    assert pd.read_csv("all.csv")["series"].unique().tolist() == ["A-B exports", "A-C exports"]
    assert [a["series"] for a in record(capsys, *words)["answers"]] == ["A-B", "A-C"]


def test_the_csv_table_says_of_every_row_what_it_is(capsys) -> None:
    run(capsys, "forecast", "--by", "2045", "--csv", "one.csv", *FAST)
    table = pd.read_csv("one.csv")
    assert list(table.columns[:7]) == [
        "series", "target", "unit", "period", "probability", "first_reached", "required_growth",
    ]  # fmt: skip
    assert (table["unit"].unique().tolist(), table["period"].max()) == (["USD bn"], 2045)


def test_required_says_how_much_growth_and_sensitivity_takes_factors_in_words(capsys) -> None:
    found = record(capsys, "required", "--by", "2030", "--target", "10", "--probability", "0.8", *FAST)
    assert found["by"] == 2030
    assert found["value"] > 0.1
    words = ("--factor", "growth_shift=-2%:4%", "--factor", "level_shock@2027=-30%:0%")
    factors = record(capsys, "sensitivity", "--by", "2030", "--target", "10", *words, *FAST)["factors"]
    assert {f["factor"] for f in factors} == {"growth_shift", "level_shock@2027"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forecast", "--by", "soon"), "--by 'soon' is not a year: give one"),
        (("required", "--by", "2020"), "--by 2020 is not a year after the data"),
        (("forecast", "--level", "0.8"), "--level '0.8' is in per cent, not a fraction"),
        (("forecast", "--level", "120"), "--level 120 is not a percentage"),
        (("forecast", "--target", "5", "--target", "5"), "--target 5 USD bn is given twice"),
        (("forecast", "--all", "--plot", "a.png"), "--plot draws one series and one target"),
        (("forecast", "--all", "--series", "A-B"), "--series 'A-B' does not go with --all"),
        (
            ("forecast", "--all", "--as-of", "1990-01"),
            "none of 15 series gives an answer; Kazakhstan-Uzbekistan turnover:",
        ),
        (("forecast", "--all", "--reporter", "Mars"), "none of 15 series gives an answer; unknown reporter"),
        (("forecast", "a.csv", "--all", "--dataset", "article-2019", "--target", "5"), "are two sources: give one"),
        (("forecast", "--csv", "a.csv", "--json", "a.csv"), "--csv 'a.csv' is the file that --json writes"),
        (("forecast", "--csv", "no/a.csv"), "'no/a.csv' cannot be written"),
        (("sensitivity", "--by", "2030", "--factor", "growth_shift=1"), "gives no range"),
        (("sensitivity", "--by", "2030", "--factor", "grwth=0%:1%"), "unknown --factor 'grwth': did you mean"),
        (("sweep", "--by", "2030", "--factor", "growth_shift"), "gives no sizes"),
        (("required", "--by", "2030", "--scenario", "x"), "--scenario 'x' names no file"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_names_the_option(capsys, words, said) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_backtest_without_a_target_asks_multiples_of_the_last_total(capsys) -> None:
    out = run(capsys, "backtest", "--origins", "2015:2018", "--horizon", "3", "--model", "random-walk")[1]
    assert "12 hitting times over 3 years" in " ".join(out.split())


def test_a_shell_that_asks_for_completions_is_answered(capsys, monkeypatch) -> None:
    monkeypatch.setenv("_TRADETARGET_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "tradetarget fore")
    monkeypatch.setenv("COMP_CWORD", "1")
    status, out, err = run(capsys)
    assert (status, out.strip(), err) == (0, "forecast", "")
