"""Every scale beside the probability."""

import json

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget import tracking
from tradetarget.cli import main
from tradetarget.errors import SettingError, TargetError

TARGET = tt.Target(5, unit="USD bn")


@pytest.fixture(scope="module")
def answer(figures) -> tracking.Comparison:
    return tracking.compare(figures["Kazakhstan-Uzbekistan turnover"], TARGET, deadline=2030, base_year=2019)


def test_the_probability_is_that_of_the_forecast(answer, figures) -> None:
    expected = tt.forecast(figures["Kazakhstan-Uzbekistan turnover"], TARGET, horizon=5)
    assert answer.probability == expected.hitting_time.probability_by(2030)


def test_each_verdict_is_that_of_its_scale(answer, figures) -> None:
    series = figures["Kazakhstan-Uzbekistan turnover"].in_unit("USD bn")
    asked = {"deadline": 2030, "base_year": 2019}
    alone = [f(series, 5.0, **asked) for f in (tracking.eurostat, tracking.unsd, tracking.escap, tracking.sdsn)]
    assert [v for v in answer.verdicts if v.scale != "Destatis"] == alone
    assert tracking.destatis(series, 5.0, deadline=2030) in answer.verdicts


def test_the_table_has_a_row_a_scale_and_one_for_the_probability(answer) -> None:
    frame = answer.to_frame()
    assert frame["scale"].tolist() == ["Eurostat", "UNSD", "Destatis", "ESCAP", "SDSN", "Probability"]
    assert frame["measure"].iloc[-1] == answer.probability


def test_the_base_year_moves_verdicts_and_not_the_probability(answer, figures) -> None:
    other = tracking.compare(figures["Kazakhstan-Uzbekistan turnover"], TARGET, deadline=2030, base_year=2022)
    assert other.probability == answer.probability
    assert {v.verdict for v in other.verdicts} != {v.verdict for v in answer.verdicts}


def test_the_targets_own_deadline_is_taken(figures) -> None:
    series = figures["Kazakhstan-Uzbekistan turnover"]
    comparison = tracking.compare(series, tt.Target(5, unit="USD bn", deadline=2028))
    assert comparison.progress.deadline == 2028
    with pytest.raises(SettingError, match="say deadline=2030"):
        tracking.compare(series, TARGET)


def test_events_that_the_scales_do_not_know_are_refused(figures) -> None:
    series = figures["Kazakhstan-Uzbekistan turnover"]
    for target in (tt.Target(5, unit="USD bn", sustained=2), tt.Target(5, unit="USD bn", event="run_rate")):
        with pytest.raises(TargetError):
            tracking.compare(series, target, deadline=2030)


def test_a_scale_that_cannot_be_asked_is_left_out_with_its_reason() -> None:
    short = tt.TradeSeries.from_annual(pd.Series({2022: 4.0, 2024: 4.4}), unit="USD bn")
    comparison = tracking.compare(short, 5.0, deadline=2030)
    assert "Destatis" not in {v.scale for v in comparison.verdicts}
    assert comparison.notes[0].startswith("Destatis: the weather symbols need 4 levels")
    assert comparison.growth_interval is None
    assert "Destatis: the weather symbols need 4 levels" in " ".join(comparison.summary().split())


def test_summary_and_repr_say_both(answer) -> None:
    text = answer.summary()
    assert text.startswith("Is Kazakhstan-Uzbekistan turnover on track to 5 USD bn by 2030?")
    assert "5 of 5 say that it will be" in text
    assert max(map(len, text.split("\n"))) <= 78
    assert repr(answer).startswith("Comparison('Kazakhstan-Uzbekistan turnover' by 2030: P = 0.")
    json.dumps(answer.to_dict(), allow_nan=False)


def test_the_command_answers_the_bundled_question(capsys) -> None:
    assert main(["tracking", "--by", "2030", "--base", "2019", "--json", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["base"]["period"] == "2019"
    assert [v["scale"] for v in record["verdicts"]] == ["Eurostat", "UNSD", "Destatis", "ESCAP", "SDSN"]
