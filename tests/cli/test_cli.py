"""Mostly in one process, through main(); whole processes where streams and signals matter."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tradetarget.cli import main
from tradetarget.cli.options import NAMED
from tradetarget.cli.output import Progress, styled
from tradetarget.models import model_names

FAST = ("--model", "random-walk")
SHORT = (*FAST, "--horizon", "3")
ROWS = "period,value\n2024,4.4\n2022,4.2\n2023,4.0\n2021,3.8\n"
SIDES = "series,flow,reporter,period,value,unit\n" + "".join(
    f"Here-There,exports,{r},{y},{v},{u}\n"
    for r, u, levels in (
        ("There", "USD bn", {2021: 4.6, 2022: 4.8, 2023: 4.9}),
        ("Here", "USD mn", {2021: 4000, 2022: 4100, 2023: 4300, 2024: 4200}),
        ("Yonder", "EUR mn", {2022: 3900, 2023: 4000, 2024: 4100}),
    )
    for y, v in levels.items()
)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that writes a CSV file in the current directory and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "mine.csv") -> str:
        Path(name).write_text(text, encoding="utf8")
        return name

    return write


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(words)
    out, err = capsys.readouterr()
    return status, out, err


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line of bad input."""
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


class TestForecast:
    def test_without_data_it_answers_the_headline_question(self, capsys) -> None:
        status, out, err = run(capsys, "forecast")
        assert (status, err.count("\n")) == (0, 1)
        assert out.startswith("When does Kazakhstan-Uzbekistan turnover reach 5 USD bn?\n")
        assert "\nModel                 pooled\n" in out

    def test_text_and_json_hold_the_other_sides_and_whether_they_disagree(self, capsys, own) -> None:
        _, out, err = run(capsys, "forecast", "--as-of", "2020-11", "--json", "both.json")
        assert "\nBy Uzbekistan's statistics P by 2024 is " in out
        assert err.startswith("warning: the sides disagree about the answer: by Uzbekistan's statistics ")
        record = json.loads(Path("both.json").read_text())
        (other,) = record["other_sides"]
        assert (other["reporter"], other["data_through"]) == ("Uzbekistan", "2018")
        assert other["last"] == {"period": "2018", "value": 3.0}
        assert int(record["median"]) - int(other["median"]) > 1  # what makes two answers disagree
        assert record["sides_disagree"] is True
        words = ("forecast", "--dataset", "article-2019", "--json", "alone.json", "--horizon", "2")
        assert "By Uzbekistan" not in "".join(run(capsys, *words)[1:])
        alone = json.loads(Path("alone.json").read_text())
        assert (alone["other_sides"], alone["sides_disagree"]) == ([], None)

    def test_a_side_that_knew_nothing_yet_is_named_with_the_reason(self, capsys) -> None:
        words = ("forecast", "--as-of", "2018-06", *SHORT)
        assert "By Uzbekistan's statistics there is no answer: " in run(capsys, *words)[1]
        (other,) = json.loads(run(capsys, *words, "--json", "-")[1])["other_sides"]
        assert set(other) == {"reporter", "no_answer"}
        assert "nothing was known by 2018-06-30" in other["no_answer"]

    def test_the_other_sides_of_a_file_of_ones_own_stand_beside_the_one_chosen(self, capsys, own) -> None:
        words = ("forecast", own(SIDES), "--target", "5", "--unit", "USD bn", "--reporter", "Here", "--json", "-")
        status, out, err = run(capsys, *words, *SHORT)
        record = json.loads(out)
        there, elsewhere = record["other_sides"]
        assert (status, record["reporter"], record["last"]["value"]) == (0, "Here", 4.2)
        assert (there["reporter"], there["last"]) == ("There", {"period": "2023", "value": 4.9})
        assert elsewhere == {"reporter": "Yonder", "no_answer": elsewhere["no_answer"]}
        assert "cannot convert EUR mn to USD mn" in elsewhere["no_answer"]
        assert record["sides_disagree"] is True
        assert err.startswith("warning: the sides disagree about the answer: by There's statistics ")

    def test_a_bad_row_of_another_side_is_named_and_does_not_stop_the_answer(self, capsys, own) -> None:
        bad = SIDES.replace("There,2022,4.8", "There,2022,abc")
        words = ("forecast", own(bad), "--target", "5", "--unit", "USD bn", "--reporter", "here", *SHORT)
        status, out, _ = run(capsys, *words)
        assert status == 0
        assert "There's statistics there is no answer: mine.csv, line 3: 'abc' is not a number" in " ".join(out.split())

    def test_other_sides_do_not_change_the_answer_of_the_one_chosen(self, capsys, own) -> None:
        both, alone = own(SIDES), own("".join(r for r in SIDES.splitlines(True) if "There,2" not in r), "alone.csv")
        words = ("--target", "4500", "--reporter", "Here", "--json", "-", *SHORT)
        records = [json.loads(run(capsys, "forecast", file, *words)[1]) for file in (both, alone)]
        for record in records:
            assert record["unit"] == "USD mn"
            assert record.pop("read_as")["rows_used"] == 4
            del record["other_sides"], record["sides_disagree"]
        assert records[0] == records[1]

    def test_json_stands_alone_on_standard_output(self, capsys) -> None:
        status, out, err = run(capsys, "forecast", "--json", "-", "--horizon", "5", *FAST)
        record = json.loads(out)
        assert (status, err) == (0, "")
        assert list(record["probability_by"]) == ["2026", "2027", "2028", "2029", "2030"]
        assert record["model"] == "random-walk"

    def test_json_to_a_file_goes_beside_the_text(self, capsys, own) -> None:
        _, out, _ = run(capsys, "forecast", *SHORT, "--json", "a.json", "--plot", "a.png")
        assert json.loads(Path("a.json").read_text())["series"] == "Kazakhstan-Uzbekistan"
        assert out.startswith("When does")
        assert sorted(p.name for p in Path().iterdir()) == ["a.json", "a.png"]

    def test_as_of_answers_with_what_was_known_then(self, capsys) -> None:
        _, out, _ = run(capsys, "forecast", "--as-of", "2019-11", "--json", "-", *SHORT)
        record = json.loads(out)
        assert (record["as_of"], record["data_through"]) == ("2019-11", "2018")

    def test_every_selector_is_followed(self, capsys) -> None:
        _, out, _ = run(
            capsys, "forecast", "--series", "kazakhstan-kyrgyzstan", "--flow", "Imports", "--reporter", "Kazakhstan",
            "--target", "900", "--unit", "million USD", "--seed", "7", "--horizon", "2", "--json", "-", *FAST,
        )  # fmt: skip
        record = json.loads(out)
        assert (record["series"], record["flow"]) == ("Kazakhstan-Kyrgyzstan", "imports")
        assert (record["unit"], record["seed"], len(record["probability_by"])) == ("USD mn", 7, 2)

    def test_the_headline_target_follows_the_unit(self, capsys) -> None:
        _, out, _ = run(capsys, "forecast", "--unit", "USD mn", "--json", "-", *SHORT)
        assert json.loads(out)["target"] == {"value": 5000.0, "unit": "USD mn", "event": "calendar_year"}

    def test_data_of_ones_own_are_converted_to_the_targets_unit_and_sorted(self, capsys, own) -> None:
        text = ROWS.replace("4.4", "4400").replace("4.2", "4200").replace("4.0", "4000").replace("3.8", "3800")
        _, out, _ = run(
            capsys,
            "forecast",
            own(text),
            "--target",
            "5",
            "--unit",
            "USD bn",
            "--data-unit",
            "USD mn",
            "--json",
            "-",
            *FAST,
        )
        assert json.loads(out)["last"] == {"period": "2024", "value": 4.4}

    def test_with_neither_unit_the_two_are_the_same_and_the_answer_says_so(self, capsys, own) -> None:
        _, out, _ = run(capsys, "forecast", own(ROWS), "--target", "5", *SHORT)
        assert "taken to be in the same unit as the target" in " ".join(out.split())
        assert out.startswith("When does mine turnover reach 5?")

    def test_a_name_for_a_file_without_names(self, capsys, own) -> None:
        _, out, _ = run(capsys, "forecast", own(ROWS), "--target", "5", "--series", "Here-There", *SHORT)
        assert out.startswith("When does Here-There turnover reach 5?")

    def test_a_target_below_the_last_value_is_an_answer(self, capsys, own) -> None:
        status, out, _ = run(capsys, "forecast", own(ROWS), "--target", "4.4", *FAST)
        assert status == 0
        assert "yes: the total of 2024 is at or above the target" in " ".join(out.split())

    def test_a_target_far_away_draws_one_warning_line(self, capsys, own) -> None:
        status, out, err = run(capsys, "forecast", own(ROWS), "--target", "5000", *SHORT)
        assert status == 0
        assert err == "warning: target 5000 is 1.14e+03 times the last value (4.4): check the units\n"
        assert out

    def test_a_gap_is_allowed_where_the_model_allows_it(self, capsys, own) -> None:
        assert run(capsys, "forecast", own(ROWS.replace("2022,4.2\n", "")), "--target", "5", *SHORT)[0] == 0

    def test_simulation_is_repeatable(self, capsys) -> None:
        words = ("forecast", "--method", "simulation", "--horizon", "3", "--json", "-", *FAST)
        first, second = json.loads(run(capsys, *words)[1]), json.loads(run(capsys, *words)[1])
        assert first == second
        assert first["standard_error"] > 0


TABLE = "series,flow,reporter,period,value,unit\n" + "".join(
    f"{s},{f},{r},{y},{v},USD mn\n"
    for s in ("Here-There", "Here-Elsewhere")
    for f in ("exports", "imports")
    for r in ("Here", "There")
    for y, v in ((2022, 4.1), (2023, 4.3), (2024, 4.2))
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("period,value\n", "no rows"),
        ("period,colour,size\n2022,red,1\n", "no column 'value'"),
        ("period,value\n2022,4.2\n2023,abc\n", "line 3: 'abc' is not a number"),
        ("period,value\n2022,4.2\n2023,0\n", "line 3: 2023: the value 0"),
        ("period,value\n2022,4.2\n2023,-1\n", "the value -1"),
        ("period,value\n2022,4.2\n2023,inf\n", "the value inf"),
        ("period,value\n2022,\n2023,n/a\n", "line 2: '' is no figure, and there is none in any other row"),
        ("period,value\n2022,4.2\nspring,4\n", "'spring'"),
        ("period,value\n2022,4.2\n2022,4\n2023,3\n", "2022 stands twice"),
        ("period,value\n2022,4.2\n2023,4\n", "at least 3 calendar-year totals"),
        ("period,value\n2022,4.2,9\n", "3 cells where the header has 2"),
        ("period,value\n2019-01,1\n2019-02,1\n", "2019 is the only year anything is known of"),
        (TABLE, "--series"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(capsys, own, text: str, said: str) -> None:
    assert said in refused(capsys, "forecast", own(text), "--target", "5", *SHORT)
    assert [p.name for p in Path().iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("marker", ["", "n/a", "nan", "..", ":", "-", "NaN"])
def test_a_year_without_a_figure_is_left_out_and_said_with_its_line(capsys, own, marker: str) -> None:
    file = own(f"period,value\n2020,4.0\n2021,4.2\n2022,4.1\n2023,4.3\n2024,{marker}\n")
    record = json.loads(run(capsys, "forecast", file, "--target", "5", "--json", "-", *SHORT)[1])
    assert record["last"] == {"period": "2023", "value": 4.3}
    assert record["read_as"]["rows_not_used"] == [{"reason": "without a figure", "count": 1, "lines": [6]}]
    assert "not used: 1 without a figure (line 6)" in " ".join(
        run(capsys, "forecast", file, "--target", "5", *SHORT)[1].split()
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forecast", "missing.csv", "--target", "5"), "no such file: missing.csv"),
        (("forecast", "."), "no target"),
        (("forecast", ".", "--target", "5"), "cannot be read as a CSV file"),
        (("forecast", "--target", "abc"), "--target 'abc'"),
        (("forecast", "--target", "0"), "target 0"),
        (("forecast", "--target", "-5"), "target -5"),
        (("forecast", "--target", "nan"), "target nan"),
        (("forecast", "--target", "inf"), "target inf"),
        (("forecast", "--unit", "USD gazillion"), "'USD gazillion'"),
        (("forecast", "--unit", "EUR bn"), "EUR bn"),
        (("forecast", "--target", "5", "--unit", "EUR bn"), "cannot convert USD bn to EUR bn"),
        (("forecast", "--data-unit", "USD mn"), "--data-unit 'USD mn' contradicts"),
        (("forecast", "--model", "randomwalk"), "did you mean 'random-walk'"),
        (("forecast", "--series", "Kazakhstan-Uzbekstan"), "did you mean 'Kazakhstan-Uzbekistan'"),
        (("forecast", "--flow", "export"), "did you mean 'exports'"),
        (("forecast", "--reporter", "Uzbekstan"), "did you mean 'Uzbekistan'"),
        (("forecast", "--dataset", "article"), "did you mean 'article-2019'"),
        (("forecast", "--horizon", "0"), "horizon 0"),
        (("forecast", "--horizon", "1000000"), "horizon 1000000"),
        (("forecast", "--horizon", "10^6"), "'10^6'"),
        (("forecast", "--seed", "-1"), "seed -1"),
        (("forecast", "--seed", "x"), "--seed 'x'"),
        (("forecast", "--method", "magic"), "'magic'"),
        (("forecast", "--method", "exact", "--model", "damped-trend"), "no exact hitting law"),
        (("forecast", "--as-of", "yesterday"), "'yesterday'"),
        (("forecast", "--as-of", "1990"), "nothing was known by 1990-12-31"),
        (("forecast", "--plot", "no/such/a.png"), "no/such/a.png"),
        (("forecast", "--plot", "a.jpg"), "a.jpg"),
        (("forecast", "--json", "no/such/a.json"), "no/such/a.json"),
        (("forecast", "--json", "."), "'.'"),
        (("forecast", "--frobnicate"), "--frobnicate"),
        (("forecast", "--target"), "--target"),
        (("forecast", "a.csv", "b.csv"), "b.csv"),
        (("forecst",), "'forecst'"),
        (("data",), "see tradetarget data --help"),
        (("data", "show", "nope"), "'nope'"),
        (("data", "show", "kazakhstan-central-asia", "--series", "x"), "'x'"),
        (("data", "show", "article-2019", "--plot", "a.png"), "no complete year"),
        (("data", "export", "kazakhstan-central-asia", "no/such/a.csv"), "no/such/a.csv"),
        (("data", "mirror", "nope"), "unknown dataset or CSV file 'nope'"),
        (("data", "mirror", "nope.csv"), "no such file: nope.csv"),
        (("data", "mirror", "--cif-factor", "1.06"), "neither exports nor imports"),
        (("data", "mirror", "--flow", "exports", "--cif-factor", "x"), "--cif-factor 'x'"),
        (("data", "mirror", "--flow", "exports", "--cif-factor", "-1"), "factor -1.0 is not a positive number"),
        (("data", "mirror", "--series", "Kazakhstan-Kyrgyzstan"), "mirror figures need two sides"),
        (("data", "mirror", "--as-of", "1990"), "nothing was known by 1990-12-31"),
        (("data", "mirror", "--json", "no/such/a.json"), "no/such/a.json"),
        (("data", "check", "nope"), "unknown dataset or CSV file 'nope'"),
        (("data", "check", "--series", "x"), "'x'"),
        (("data", "check", "nope.csv"), "no such file: nope.csv"),
        (("data", "export", "nope", "a.csv"), "'nope'"),
        (("scenarios", "missing.toml"), "no such file: missing.toml"),
        (("scenarios", "--data", "missing.csv"), "no target"),
        (("scenarios", "--horizon", "0"), "horizon 0"),
        (("scenarios", "--plot", "a.bmp"), "a.bmp"),
    ],
)
def test_bad_input_is_refused_in_one_line_and_nothing_is_written(capsys, own, words, said: str) -> None:
    assert said in refused(capsys, *words)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--series", "Here-Their", "--flow", "exports"), "did you mean 'Here-There'"),
        (("--series", "Here-There", "--flow", "export"), "did you mean 'exports'"),
        (("--series", "Here-There", "--flow", "exports"), "--reporter"),
        (("--series", "Here-There", "--flow", "exports", "--reporter", "Hera"), "did you mean 'Here'"),
        (("--series", "Here-There", "--flow", "exports", "--reporter", "Here", "--data-unit", "USD bn"), "contradicts"),
    ],
)
def test_a_table_of_several_series_asks_for_the_choice_that_is_open(capsys, own, words, said: str) -> None:
    assert said in refused(capsys, "forecast", own(TABLE), "--target", "5", *SHORT, *words)


def test_several_sides_and_none_chosen_is_refused_with_the_choice(capsys, own) -> None:
    rows = "".join(r for r in SIDES.splitlines(True) if "EUR" not in r)
    line = refused(capsys, "forecast", own(rows), "--target", "5", *SHORT)
    assert "is reported by Here and There" in line
    assert "--reporter" in line


def test_a_data_unit_that_agrees_with_the_file_is_accepted(capsys, own) -> None:
    words = ("--series", "Here-There", "--flow", "exports", "--reporter", "Here", "--data-unit", "million USD")
    assert run(capsys, "forecast", own(TABLE), "--target", "5", *SHORT, *words)[0] == 0


def test_a_gap_is_named_where_the_model_cannot_have_one(capsys, own) -> None:
    rows = "period,value\n" + "".join(f"{y},{4 + 0.1 * (y % 3)}\n" for y in range(2005, 2025) if y != 2011)
    assert "no total for 2011" in refused(capsys, "forecast", own(rows), "--target", "5", "--model", "damped-trend")


class TestScenarios:
    TOML = (
        'series = "Kazakhstan-Kyrgyzstan"\ntarget = 3\nunit = "USD bn"\nhorizon = 4\n'
        '[[scenario]]\nname = "faster"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = "3 %"\n'
    )

    def test_without_a_file_it_compares_the_headline_scenarios(self, capsys) -> None:
        status, out, err = run(capsys, "scenarios", "--json", "-", *FAST)
        record = json.loads(out)
        assert (status, err) == (0, "")
        assert len(record["scenarios"]) >= 6
        assert record["target"]["value"] == 5.0

    def test_a_file_says_series_target_and_horizon_and_options_go_before_it(self, capsys, own) -> None:
        file = own(self.TOML, "mine.toml")
        record = json.loads(run(capsys, "scenarios", file, "--json", "-", *FAST)[1])
        assert (record["series"], record["target"]["value"]) == ("Kazakhstan-Kyrgyzstan", 3.0)
        assert list(record["scenarios"][1]["probability_by"]) == ["2026", "2027", "2028", "2029"]
        other = run(capsys, "scenarios", file, "--series", "Kazakhstan-Tajikistan", "--target", "2", "--horizon", "1",
                    "--json", "-", *FAST)  # fmt: skip
        record = json.loads(other[1])
        assert (record["series"], record["target"]["value"]) == ("Kazakhstan-Tajikistan", 2.0)
        assert list(record["scenarios"][1]["probability_by"]) == ["2026"]

    def test_data_of_ones_own(self, capsys, own) -> None:
        file = own(self.TOML.split("[[", 1)[1].join(["[[", ""]), "mine.toml")
        status, out, _ = run(capsys, "scenarios", file, "--data", own(ROWS), "--target", "5", "--plot", "a.svg", *FAST)
        assert status == 0
        assert out.startswith("When does mine turnover reach 5?")
        assert Path("a.svg").stat().st_size > 1000

    def test_an_unknown_key_is_named_with_the_nearest(self, capsys, own) -> None:
        file = own(self.TOML.replace("value", "valeu"), "mine.toml")
        line = refused(capsys, "scenarios", file)
        assert "'valeu'" in line
        assert "'value'" in line


class TestData:
    def test_list_names_every_dataset(self, capsys) -> None:
        assert "kazakhstan-central-asia" in run(capsys, "data", "list")[1]
        record = json.loads(run(capsys, "data", "list", "--json", "-")[1])
        assert "kazakhstan-central-asia" in [d["name"] for d in record["datasets"]]

    def test_show_gives_figures_and_sources(self, capsys, own) -> None:
        words = ("data", "show", "kazakhstan-central-asia", "--series", "Kazakhstan-Uzbekistan", "--flow", "turnover")
        status, out, _ = run(capsys, *words, "--plot", "a.png", "--json", "a.json")
        assert status == 0
        assert "3,415.0" in out
        assert "Sources" in out
        assert Path("a.png").stat().st_size > 1000
        figures = json.loads(Path("a.json").read_text())["figures"]
        assert {(f["series"], f["flow"]) for f in figures} == {("Kazakhstan-Uzbekistan", "turnover")}

    def test_an_exported_dataset_is_data_of_ones_own(self, capsys, own) -> None:
        assert run(capsys, "data", "export", "kazakhstan-central-asia", "a.csv")[0] == 0
        words = (
            "--series",
            "Kazakhstan-Uzbekistan",
            "--flow",
            "turnover",
            "--target",
            "5",
            "--unit",
            "USD bn",
            "--json",
            "-",
        )
        mine = json.loads(run(capsys, "forecast", "a.csv", *words, *SHORT)[1])
        bundled = json.loads(run(capsys, "forecast", "--json", "-", *SHORT)[1])
        # The headline question has Uzbekistan's statistics beside it, and the exported table does not hold them.
        assert (mine.pop("other_sides"), mine.pop("sides_disagree")) == ([], None)
        assert [s["reporter"] for s in bundled.pop("other_sides")] == ["Uzbekistan"]
        assert bundled.pop("sides_disagree") is False
        assert mine.pop("read_as")["flow"] == "turnover"
        assert mine == bundled

    def test_statements_are_shown_as_a_reader_would_cite_them(self, capsys) -> None:
        out = run(capsys, "data", "show", "kazakhstan-uzbekistan-statements", "--flow", "turnover")[1]
        assert "\n2019-01/2019-09        2.6                   Kazakhstan    2019-11-01\n" in out
        assert (
            "\n2018                   more than +30 %       Uzbekistan    2019-04-15\n    Uzbek media (via Trend)"
            in out
        )
        assert "\n2016                   about 1               Kazakhstan    ~2017-03\n" in out
        assert max(len(line) for line in out.splitlines() if "<http" not in line) <= 78

    def test_a_mirror_has_both_sides_and_their_ratio(self, capsys, own) -> None:
        status, out, err = run(capsys, "data", "mirror", "--flow", "exports", "--json", "a.json")
        assert (status, err) == (0, "")
        assert out.startswith("Kazakhstan-Uzbekistan exports: what Kazakhstan and Uzbekistan say\n")
        assert "\n2023                           3.13        3.03       0.968\n" in out
        record = json.loads(Path("a.json").read_text())
        row = next(r for r in record["periods"] if r["period"] == "2023")
        assert (record["reporters"], record["unit"]) == (["Kazakhstan", "Uzbekistan"], "USD bn")
        assert row["ratio"] == pytest.approx(row["levels"]["Uzbekistan"] / row["levels"]["Kazakhstan"])
        assert record["periods"][0]["levels"]["Uzbekistan"] is None

    def test_a_mirror_of_ones_own_file_with_the_importers_figure_set_to_fob(self, capsys, own) -> None:
        rows = "".join(r for r in SIDES.splitlines(True) if "EUR" not in r)
        words = ("data", "mirror", own(rows), "--cif-factor", "1.05")
        first = json.loads(run(capsys, *words, "--json", "-")[1])["periods"][0]
        assert first["ratio"] == pytest.approx(4.6 / 4.0)
        assert first["comparable_ratio"] == pytest.approx(4.6 / 1.05 / 4.0)
        assert "by the factor 1.05, an assumption" in " ".join(run(capsys, *words)[1].split())

    def test_a_mirror_as_of_a_month_holds_what_was_known_then(self, capsys) -> None:
        record = json.loads(run(capsys, "data", "mirror", "--as-of", "2019-11", "--json", "-")[1])
        assert record["periods"][-1]["period"] == "2019-01/2019-09"

    def test_a_check_measures_contradictions_and_says_why_statements_are_set_aside(self, capsys) -> None:
        status, out, err = run(capsys, "data", "check", "--flow", "turnover")
        assert (status, err) == (0, "")
        assert "  1.  Uzbekistan, 2018 level: 0.35 USD bn apart\n" in out
        assert "- 2018: 2.1, that is 2.05 to 2.15; known from 2019-04-12; Trend" in out
        said = " ".join(out.split())
        assert "2018: 2.1 (Uzbekistan): 2018 level 2.1 of 2019-04-12 is contradicted by 3 of 2025-11-30" in said
        (found,) = json.loads(run(capsys, "data", "check", "--flow", "turnover", "--json", "-")[1])["series"]
        assert found["contradictions"][0]["gap"] == pytest.approx(0.35)
        assert len(found["contradictions"][0]["statements"]) == 3

    def test_a_check_goes_through_every_series_of_ones_own_file(self, capsys, own) -> None:
        rows = TABLE + "Here-There,exports,Here,2024-01/2024-06,5.5,USD mn\n"
        record = json.loads(run(capsys, "data", "check", own(rows), "--json", "-")[1])
        assert [(s["series"], s["flow"], len(s["contradictions"])) for s in record["series"]] == [
            ("Here-There", "exports", 1),
            ("Here-There", "imports", 0),
            ("Here-Elsewhere", "exports", 0),
            ("Here-Elsewhere", "imports", 0),
        ]
        one = json.loads(run(capsys, "data", "check", "mine.csv", "--flow", "Imports", "--json", "-")[1])
        assert [s["flow"] for s in one["series"]] == ["imports", "imports"]
        plain = json.loads(run(capsys, "data", "check", own(ROWS, "plain.csv"), "--json", "-")[1])
        assert [s["series"] for s in plain["series"]] == ["plain"]


class TestHelp:
    @pytest.mark.parametrize(
        "words",
        [
            (),
            ("forecast",),
            ("scenarios",),
            ("data",),
            ("data", "list"),
            ("data", "show"),
            ("data", "export"),
            ("data", "mirror"),
            ("data", "check"),
        ],
    )
    def test_every_help_has_an_example(self, capsys, words) -> None:
        status, out, err = run(capsys, *words, "--help")
        assert (status, err) == (0, "")
        assert "Example:\n    tradetarget " in out

    def test_no_words_at_all_is_help(self, capsys, monkeypatch) -> None:
        monkeypatch.setattr(sys, "argv", ["tradetarget"])
        assert main() == 0
        assert capsys.readouterr().out.startswith("Usage: tradetarget")

    def test_the_version_is_that_of_the_project(self, capsys) -> None:
        project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf8"))["project"]
        assert run(capsys, "--version") == (0, f"tradetarget {project['version']}\n", "")

    def test_the_models_named_are_those_there_are(self) -> None:
        named = NAMED.replace(" (the default)", "").replace(" or ", ", ").split(", ")
        assert tuple(sorted(named)) == model_names()
        assert "pooled (the default)" in NAMED


def test_an_interruption_of_the_work_is_one_line(capsys, own, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tradetarget.forecasting.sides.compare_sides", interrupted)
    status, out, err = run(capsys, "forecast", "--plot", "a.png")
    assert (status, out, err.strip()) == (130, "", "interrupted")
    assert list(Path().iterdir()) == []


def test_an_interruption_is_one_line_and_leaves_no_file(capsys, own, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    status, out, err = run(capsys, "forecast", "--json", "a.json", *SHORT)
    assert (status, out, err.strip()) == (130, "", "interrupted")
    assert list(Path().iterdir()) == []


def test_a_plot_that_fails_to_be_written_leaves_nothing_on_standard_output(capsys, own, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    assert "No space left on device" in refused(capsys, "forecast", "--plot", "a.png", *SHORT)
    assert list(Path().iterdir()) == []


@pytest.fixture(scope="module")
def in_ascii(tmp_path_factory) -> subprocess.CompletedProcess[str]:
    """A forecast in a process whose terminal knows ASCII only; modules it has imported, on standard error."""
    file = tmp_path_factory.mktemp("ascii") / "mine.csv"
    file.write_text(ROWS)
    code = (
        "import sys; from tradetarget.cli import main; status = main(sys.argv[1:]); "
        "print(*({'statsmodels', 'matplotlib', 'scipy.stats'} & set(sys.modules)), file=sys.stderr); "
        "sys.exit(status)"
    )
    words = ("forecast", str(file), "--target", "5", "--series", "Қазақстан-Өзбекстан", "--horizon", "2")
    return subprocess.run(
        [sys.executable, "-c", code, *words], text=True, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip


class TestProcess:
    def test_a_terminal_that_knows_ascii_only_still_gets_an_answer(self, in_ascii) -> None:
        assert in_ascii.returncode == 0
        assert "???" in in_ascii.stdout

    def test_a_plain_forecast_imports_neither_statsmodels_nor_matplotlib(self, in_ascii) -> None:
        assert in_ascii.stderr == "\n"

    def test_a_closed_pipe_is_no_traceback(self) -> None:
        read, write = os.pipe()
        os.close(read)
        try:
            words = [sys.executable, "-m", "tradetarget", "scenarios", "--template"]
            done = subprocess.run(words, text=True, stdout=write, stderr=subprocess.PIPE, check=False)
        finally:
            os.close(write)
        assert (done.returncode, done.stderr) == (141, "")


class Terminal:
    """A stream that says it is a terminal, and keeps what it is told."""

    def __init__(self) -> None:
        self.said = ""

    def isatty(self) -> bool:
        return True

    def write(self, words: str) -> None:
        self.said += words

    def flush(self) -> None:
        pass


def test_colours_are_for_terminals_that_want_them(monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    assert styled("x", "31", terminal) == "\x1b[31mx\x1b[0m"  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("x", "31", terminal) == "x"  # type: ignore[arg-type]


def test_progress_counts_on_a_terminal_once_patience_is_over_and_wipes_its_line(monkeypatch) -> None:
    import threading

    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, seen = Terminal(), threading.Event()
    plain = terminal.write
    monkeypatch.setattr(terminal, "write", lambda words: (plain(words), seen.set())[0])
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("tradetarget.cli.output.PATIENCE", 0.0)
    with Progress("computing") as progress:
        progress.tick(1, 4)
        assert seen.wait(30)
    assert terminal.said.startswith("\rcomputing")
    assert terminal.said.endswith("\r\x1b[K")


def test_progress_that_could_not_be_wiped_is_not_shown(monkeypatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("tradetarget.cli.output.PATIENCE", 0.0)
    with Progress("computing") as progress:
        assert progress._thread is None
    assert terminal.said == ""


def test_progress_is_silent_elsewhere(capsys) -> None:
    with Progress("computing"):
        pass
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [("--target", "1_0"), ("--horizon", "1_5"), ("--target", "٥")])
def test_a_number_is_written_as_people_write_it(capsys, words: tuple[str, ...]) -> None:
    status, out, err = run(capsys, "forecast", *words)
    assert (status, out) == (2, "")
    assert f"{words[0]} {words[1]!r} is not a" in err
