"""A backtest as text, as JSON, as pictures and from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.errors import ModelError, OutputError, UnknownNameError
from tradetarget.evaluation import backtest

LEVELS = {2008 + i: v for i, v in enumerate([3.1, 3.4, 4.0, 4.4, 4.1, 4.9, 5.6, 5.2, 6.1, 6.0, 7.4, 8.1])}


def series() -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(pd.Series(LEVELS), unit="USD bn", name="A-B")


@pytest.fixture(scope="module")
def one():
    return backtest(series(), "random-walk", targets=tt.Target(6.0, "USD bn"), origins=range(2011, 2016), n_paths=512)


@pytest.fixture(scope="module")
def two():
    other = tt.TradeSeries.from_annual(pd.Series(LEVELS) * np.tile([1.0, 1.3], 6), unit="USD bn", name="A-C")
    return backtest({"A-B": series(), "A-C": other}, "random-walk", multiples=[1.25], horizon=5, n_paths=512)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    pd.DataFrame({"period": LEVELS.keys(), "value": LEVELS.values()}).to_csv(path, index=False)
    return path


def test_the_summary_shows_the_scores_the_frame_gives(one):
    text = one.summary()
    table = one.scores()
    for name, label in (("random-walk", "random-walk"), ("no-drift", "random walk without drift")):
        line = next(x for x in text.splitlines() if x.startswith(label))
        assert f"{table.loc[name, 'rps']:.4f}" in line
    assert "seudo-real-time" in text
    assert "One series" in text
    assert max(map(len, text.splitlines())) <= 78


def test_the_summary_of_several_series_has_intervals_and_no_warning_of_one(two):
    text = two.summary()
    assert "One series" not in text
    assert "2 series" in text
    assert "nan" not in text.lower()


def test_the_summary_says_what_was_asked_and_in_short_how_it_went(one, two):
    asked, several = str(one.summary()), str(two.summary())
    assert "Asked                 6 USD bn\n" in asked
    assert "Asked                 1.25 times the last total at each origin\n" in several
    skill = two.scores().loc["random-walk", "skill"]
    side = "below" if skill >= 0 else "above"
    assert f"In short              errors (RPS) {100 * abs(skill):.1f} % {side} those of a random walk" in several


def test_the_record_is_json_without_nan_and_with_years_as_text(one):
    record = json.loads(json.dumps(one.to_dict(), allow_nan=False))
    assert record["schema_version"] == 2
    assert record["origins"] == ["2011", "2012", "2013", "2014", "2015"]
    assert record["scores"][0]["forecaster"] == "random-walk"
    assert record["scores"][0]["skill_low"] is None
    first = record["vintages"][0]
    assert first["origin"] == "2011"
    assert first["high"] is None or first["high"].isdigit()
    assert first["first_reached"] == "2016"
    assert record["unit"] == "USD bn"


def test_pictures_are_written_and_show_every_bin_and_spine(one, tmp_path):
    figure = one.plot(tmp_path / "reliability.png")
    assert (tmp_path / "reliability.png").stat().st_size > 10_000
    drawn = figure.axes[0].lines[1].get_xydata()
    np.testing.assert_allclose(drawn, one.reliability()[["stated", "observed"]].to_numpy())
    figure = one.hedgehog(tmp_path / "hedgehog.svg")
    medians = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 11]
    assert len(medians) == 5
    np.testing.assert_allclose(medians[0].get_ydata()[1:], one.need_levels()["median"][:10])


def test_a_hedgehog_needs_paths_a_known_unit_and_a_file_it_can_write(one, tmp_path):
    with pytest.raises(UnknownNameError, match="A-Z"):
        one.hedgehog(unit="A-Z")
    with pytest.raises(OutputError, match=r"\.gif"):
        one.hedgehog(tmp_path / "x.gif")
    with pytest.raises(ModelError, match="gives no paths"):
        backtest(series(), "base-rate", origins=[2012]).hedgehog()


def test_the_command_answers_for_a_file_with_the_numbers_of_the_library(data, tmp_path, capsys):
    out = tmp_path / "answer.json"
    words = ["backtest", str(data), "--multiples", "1.25,1.5", "--origins", "2012:2014"]
    words += ["--model", "random-walk", "--horizon", "4"]
    assert (
        main([*words, "--json", str(out), "--plot", str(tmp_path / "a.png"), "--hedgehog", str(tmp_path / "b.png")])
        == 0
    )
    assert "Backtest: random-walk" in capsys.readouterr().out
    direct = backtest(
        tt.TradeSeries.from_csv(data), "random-walk", multiples=[1.25, 1.5], origins=[2012, 2013, 2014], horizon=4
    ).to_dict()
    record = json.loads(out.read_text())
    assert record.pop("read_as")["layout"] == "one figure a row"  # how the file was understood
    assert record == json.loads(json.dumps(direct))
    assert (tmp_path / "a.png").exists()
    assert (tmp_path / "b.png").exists()


def test_the_command_reads_a_panel_of_many_pairs(data, tmp_path, capsys):
    table = pd.read_csv(data)
    path = tmp_path / "panel.csv"
    pd.concat([table.assign(unit="A-B"), table.assign(unit="A-C", value=table["value"] * 2)]).to_csv(path, index=False)
    words = ("--panel", "--origins", "2012:2014", "--model", "random-walk", "--horizon", "3", "--json", "-")
    assert main(["backtest", str(path), *words]) == 0
    assert json.loads(capsys.readouterr().out)["units"] == ["A-B", "A-C"]


def test_the_command_without_a_file_asks_the_bundled_question(capsys):
    assert main(["backtest", "--origins", "2015,2018", "--model", "reference-class", "--json", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["units"] == ["Kazakhstan-Uzbekistan turnover"]
    assert len({row["target"] for row in record["vintages"]}) == 2 * 3


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--origins", "2010:x"], "'x'"),
        (["--origins", "2015:2010"], "'2015:2010'"),
        (["--origins", "1990"], "1990"),
        (["--multiples", "0.5"], "0.5"),
        (["--multiples", "1,5;2"], "'5;2'"),
        (["--target", "5", "--multiples", "2"], "give one of them"),
        (["--model", "arima"], "'arima'"),
        (["--horizon", "0"], "0"),
        (["--seed", "-1"], "-1"),
        (["--panel"], "--panel"),
        (["x.csv", "--panel", "--series", "A-B"], "--series"),
        (["nowhere.csv"], "nowhere.csv"),
        (["--plot", "x.gif"], "x.gif"),
        (["--model", "reference-class", "--multiples", "1.5", "--hedgehog", "x.png"], "no past forecasts"),
    ],
)
def test_bad_input_exits_2_with_one_line_that_names_it_and_no_output(words, named, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["backtest", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert named in said.err
    assert list(tmp_path.iterdir()) == []
