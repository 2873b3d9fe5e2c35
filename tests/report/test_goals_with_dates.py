"""A goal with a date is the headline: the first line of every answer, and keys of its record."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from tradetarget import Target, TradeSeries, explain_change, forecast, forecast_each, required, run_scenarios, sweep
from tradetarget.errors import ScenarioError, SettingError, TargetError, UnitError
from tradetarget.promises import Promises
from tradetarget.report import forecast_record, several_record
from tradetarget.scenarios import GrowthShift, LevelEffect, Scenario, usual_factors

TOTALS = {2018: 2.484, 2019: 3.415, 2020: 2.931, 2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}
SERIES = TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name="A-B", reporter="A")
FAST = {"model": "random-walk", "n_paths": 2048}


def first_line(result: object) -> str:
    return str(result.summary()).splitlines()[0]  # type: ignore[attr-defined]


class TestTheYear:
    @pytest.mark.parametrize("year", [2030, "2030", np.int64(2030), pd.Period("2030", "Y")])
    def test_a_deadline_may_be_a_number_text_or_a_period(self, year: object) -> None:
        assert Target(5, deadline=year).deadline == Target(5).by(year).deadline == 2030

    @pytest.mark.parametrize("year", ["soon", 2030.5, True, pd.Period("2030-06", "M"), 30, 12030])
    def test_what_is_no_year_is_refused_with_its_value(self, year: object) -> None:
        with pytest.raises(TargetError, match="is not a year: give one"):
            Target(5, deadline=year)
        with pytest.raises(ScenarioError, match="is not a year"):
            required(SERIES, 7.0, by=year, **FAST)

    def test_every_by_takes_text_and_leaves_it_to_the_target(self) -> None:
        due = Target(7, "USD bn", deadline=2030)
        answers = [required(SERIES, t, by=by, **FAST).value for t, by in ((due, None), (7.0, "2030"), (7.0, 2030))]
        assert answers[0] == answers[1] == answers[2]
        factors = {"growth": (GrowthShift(0.0), [0.0]), "level": (LevelEffect(0.0), [0.1])}
        assert sweep(SERIES, due, factors, **FAST).by == 2030
        assert explain_change(SERIES, due, "2024-06", "2025-06", model="random-walk").by == 2030

    def test_without_a_deadline_the_error_says_how_to_give_one(self) -> None:
        with pytest.raises(ScenarioError, match=r"say by=2030, or give the target one, such as Target\(5, deadline"):
            required(SERIES, 7.0, **FAST)
        with pytest.raises(SettingError, match="there is no deadline"):
            explain_change(SERIES, 7.0, "2024-06", "2025-06")


class TestTheFirstLine:
    def test_it_is_the_probability_by_the_deadline(self) -> None:
        answer = forecast(SERIES, Target(5, deadline=2030), **FAST)
        p = answer.hitting_time.probability_by(2030)
        assert (
            first_line(answer) == first_line(answer.hitting_time) == f"P(reached by the end of 2030) is {100 * p:.1f} %"
        )

    def test_without_a_deadline_it_is_the_question_as_before(self) -> None:
        assert first_line(forecast(SERIES, 5.0, **FAST)) == "When does A-B turnover reach 5 USD bn?"

    @pytest.mark.parametrize(
        ("level", "year", "said"),
        [
            (6.0, 2020, "The deadline, the end of 2020, has passed: the target was missed"),
            (4.9, 2024, "The deadline, the end of 2024, has passed: the target was reached in 2022"),
            (4.0, 2030, "P(reached by the end of 2030) is 100 %: already reached"),
        ],
    )
    def test_what_is_decided_is_said_as_decided(self, level: float, year: int, said: str) -> None:
        assert first_line(forecast(SERIES, Target(level, deadline=year), **FAST)) == said

    def test_scenarios_and_levers_begin_with_it(self) -> None:
        due = Target(7, deadline=2030)
        answer = run_scenarios(SERIES, due, Scenario("faster", [GrowthShift(0.02)]), **FAST)
        assert first_line(answer).startswith("P(reached by the end of 2030) is ")
        assert "by 2030" in str(answer.summary())
        grid = {"growth": (GrowthShift(0.0), [0.0]), "level": (LevelEffect(0.0), [0.1])}
        for found in (required(SERIES, due, **FAST), sweep(SERIES, due, grid, **FAST)):
            assert first_line(found).startswith("P(reached by the end of 2030) is ")


class TestTheHorizon:
    def test_it_runs_to_a_deadline_beyond_it_and_the_answer_says_so(self) -> None:
        answer = forecast(SERIES, Target(9, deadline=2045), **FAST)
        assert (answer.horizon, answer.hitting_time.years[-1]) == (20, 2045)
        assert "The horizon runs to 2045, the deadline." in " ".join(answer.summary().split())
        compared = run_scenarios(SERIES, Target(9, deadline=2045), Scenario("faster", [GrowthShift(0.02)]), **FAST)
        assert compared.horizon == 20

    def test_a_deadline_within_it_changes_no_number(self) -> None:
        with_one, without = (forecast(SERIES, Target(9, deadline=d), **FAST) for d in (2030, None))
        assert with_one.hitting_time.probability.tolist() == without.hitting_time.probability.tolist()

    def test_a_deadline_beyond_two_hundred_years_is_refused(self) -> None:
        old = TradeSeries.from_annual(pd.Series({1985: 1.0, 1986: 1.2, 1987: 1.1}), unit="USD bn", name="A-B")
        with pytest.raises(SettingError, match="deadline 2199 lies more than 200 years after the data"):
            forecast(old, Target(9, deadline=2199), **FAST)


class TestTheRecord:
    def test_it_holds_the_goal_intervals_and_quantiles(self) -> None:
        answer = forecast(SERIES, Target(5, deadline=2030), **FAST)
        record = json.loads(json.dumps(forecast_record(answer), allow_nan=False))
        assert record["schema_version"] == 2
        assert record["by"] == {"year": "2030", "probability": answer.hitting_time.probability_by(2030)}
        assert record["intervals"]["0.8"] == record["interval_80"]
        assert list(record["quantiles"]) == list(record["probability_by"])
        assert list(record["quantiles"]["2026"]) == ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"]
        assert record["quantiles"]["2030"]["0.5"] == pytest.approx(answer.quantiles().loc[2030, 0.5])

    def test_levels_choose_intervals_everywhere(self) -> None:
        answer = forecast(SERIES, 5.0, **FAST)
        record = answer.to_dict(levels=(0.8, 0.95))
        assert list(record["intervals"]) == ["0.8", "0.95"]
        assert list(record["quantiles"]["2026"]) == ["0.025", "0.1", "0.5", "0.9", "0.975"]
        assert "\n95 % interval" in answer.summary(levels=(0.8, 0.95))
        assert list(answer.to_table(levels=[0.9]).columns[-3:]) == ["q0.05", "q0.5", "q0.95"]

    def test_without_a_deadline_by_is_null_and_a_past_one_is_decided(self) -> None:
        assert forecast_record(forecast(SERIES, 5.0, **FAST))["by"] is None
        missed = forecast_record(forecast(SERIES, Target(6, deadline=2020), **FAST))
        assert missed["by"] == {"year": "2020", "probability": 0.0}

    @pytest.mark.parametrize("levels", [[], [0.0], [80], [float("nan")]])
    def test_levels_that_are_no_coverage_are_refused(self, levels: list[float]) -> None:
        with pytest.raises(SettingError, match="levels"):
            forecast(SERIES, 5.0, **FAST).summary(levels=levels)


class TestSideBySide:
    def test_several_targets_have_the_answers_of_one_each(self) -> None:
        both = forecast_each(SERIES, [Target(5, "USD bn"), Target(7, "USD bn")], **FAST)
        for found, level in zip(both.forecasts, (5.0, 7.0), strict=True):
            alone = forecast(SERIES, Target(level, "USD bn"), **FAST)
            assert found.hitting_time.probability.tolist() == alone.hitting_time.probability.tolist()
        assert [a["target"]["value"] for a in several_record(both)["answers"]] == [5.0, 7.0]

    def test_the_table_has_a_column_a_target(self) -> None:
        text = forecast_each(SERIES, [5.0, 6.0, 7.0, 8.0], **FAST).summary()
        rows = [line.split() for line in text.splitlines() if line.startswith("P by 2030")]
        assert [len(row) for row in rows] == [3 + 2 * 3, 3 + 2]

    def test_several_series_have_a_row_each_and_those_without_an_answer_a_reason(self) -> None:
        euro = TradeSeries.from_annual(pd.Series(TOTALS), unit="EUR bn", name="C-D")
        found = forecast_each([SERIES, euro], Target(7, "USD bn", deadline=2030), **FAST)
        text = " ".join(found.summary().split())
        assert first_line(found).startswith("P(reached by the end of 2030) is ")
        assert "No answer for C-D turnover: cannot convert" in text
        assert list(found.to_dict()["unanswered"][0]) == ["series", "reason"]
        assert repr(found) == "Forecasts(1 series, 1 target, 1 without an answer)"

    def test_intervals_of_months_have_room_in_both_tables(self) -> None:
        monthly = [Target(level, "USD bn", event="rolling_12_months") for level in (6, 7, 8)]
        other = TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name="A-C", reporter="A")
        for series, name in ((SERIES, "80 % interval"), ([SERIES, other], "A-B turnover")):
            text = forecast_each(series, monthly, horizon=4, model="random-walk", n_paths=512).summary()
            assert max(map(len, text.splitlines())) <= 78
            shown = " ".join(line for line in text.splitlines() if line.startswith(name))
            months = re.findall(r"(?<= )\d{4}-\d\d to (?:beyond |>)?\d{4}(?:-\d\d)?(?= |$)", shown)
            assert len(months) == 3
        assert "Median month" in str(forecast_each(SERIES, monthly, horizon=2, n_paths=512).summary())

    def test_one_target_of_one_series_is_a_question_too(self) -> None:
        assert (
            first_line(forecast_each(SERIES, Target(7, "USD bn"), **FAST)) == "When does A-B turnover reach 7 USD bn?"
        )

    def test_of_several_targets_whose_deadline_has_passed_each_is_named(self) -> None:
        goals = [Target(4.9, "USD bn", deadline=2024), Target(6, "USD bn", deadline=2024)]
        text = " ".join(forecast_each(SERIES, goals, **FAST).summary().split())
        passed = "The deadline, the end of 2024, has passed:"
        assert text.startswith(f"{passed} 4.9 USD bn was reached in 2022; {passed} 6 USD bn was missed When")

    def test_none_answered_is_an_error(self) -> None:
        euro = [TradeSeries.from_annual(pd.Series(TOTALS), unit="EUR bn", name=n) for n in ("C-D", "E-F")]
        with pytest.raises(ValueError, match="none of 2 series gives an answer"):
            forecast_each(euro, Target(7, "USD bn"), **FAST)
        with pytest.raises(UnitError):
            forecast_each(euro[0], Target(7, "USD bn"), **FAST)

    def test_frames_say_what_they_rest_on(self) -> None:
        answer = forecast(SERIES, 5.0, **FAST)
        about = answer.to_frame().attrs
        assert about["series"] == "A-B"
        assert (about["model"], about["seed"], about["as_of"]) == ("random-walk", 0, "2026-03")
        assert answer.quantiles().attrs == answer.to_table().attrs == about
        assert len(forecast_each(SERIES, [5.0, 6.0], **FAST).to_frame().attrs["answers"]) == 2


class TestPromisesLikeIt:
    """A goal with a date stands beside announced targets that asked for as much growth."""

    def test_the_sentence_is_that_of_the_record_for_the_growth_required(self) -> None:
        answer = forecast(SERIES, Target(7, "USD bn", deadline=2030), **FAST)
        tally = Promises.shipped().like(float(answer.required_growth().loc[2030]))
        words = " ".join(answer.summary().split())
        assert tally.sentence() in words
        assert "Found by search, which favours met targets" in words
        record = forecast_record(answer)["promises"]
        assert (record["due"], record["met"], record["sentence"]) == (tally.due, tally.met, tally.sentence())

    @pytest.mark.parametrize(
        ("name", "target"),
        [
            ("A-B", Target(7, "USD bn")),
            ("A-B", Target(1, "USD bn", deadline=2030)),
            ("A-B", Target(7, "USD bn", deadline=2030, sustained=2)),
            ("Germany", Target(7, "USD bn", deadline=2030)),
        ],
        ids=["no deadline", "no growth required", "two years running", "one side"],
    )
    def test_it_is_left_out_where_promises_say_nothing(self, name: str, target: Target) -> None:
        series = TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name=name)
        answer = forecast(series, target, **FAST)
        assert forecast_record(answer)["promises"] is None
        assert "Promises like it" not in answer.summary()


def test_usual_factors_change_nothing_at_their_middle() -> None:
    from tradetarget import sensitivity

    found = sensitivity(SERIES, 7.0, usual_factors(), by=2030, model="random-walk", n_paths=4096)
    exact = forecast(SERIES, 7.0, model="random-walk", horizon=5)
    assert found.probability == exact.hitting_time.probability_by(2030)
