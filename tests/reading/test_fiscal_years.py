"""Fiscal years from the file to the answer."""

import json
from datetime import date

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.errors import DataError, TargetError, TradeTargetWarning

VALUES = [33.6, 36.2, 34.1, 38.0, 41.0, 43.5]


def yearly(**options: object) -> tt.TradeSeries:
    index = ["2018/19", "2019/20", "2020/21", "2021/22", "2022/23", "2023/24"]
    return tt.TradeSeries.from_annual(pd.Series(VALUES, index=index), unit="USD bn", name="A-B", **options)


def test_a_fiscal_year_is_named_by_the_calendar_year_in_which_it_ends() -> None:
    series = yearly(year_end="March")
    assert series.annual().to_dict() == dict(zip(range(2019, 2025), VALUES, strict=True))
    assert (series.year_end, series.observations[0].period) == (3, "2018-04/2019-03")


@pytest.mark.parametrize(
    "index",
    [
        pd.period_range("2019", periods=6, freq="Y-MAR"),
        pd.date_range("2019-03-31", periods=6, freq="YE-MAR"),
        [f"{y}-04/{y + 1}-03" for y in range(2018, 2024)],
        [f"FY{y}" for y in range(2019, 2025)],
        [f"{y}/{y + 1}" for y in range(2018, 2024)],
        list(range(2019, 2025)),
    ],
)
def test_every_way_to_write_them_is_one_series(index: object) -> None:
    series = tt.TradeSeries.from_annual(pd.Series(VALUES, index=index), unit="USD bn", name="A-B", year_end="March")
    assert series == yearly(year_end=3)


def test_dates_that_close_fiscal_years_say_when_these_end() -> None:
    index = pd.date_range("2019-03-31", periods=6, freq="YE-MAR")
    values = pd.Series(VALUES, index=index)
    assert tt.TradeSeries.from_annual(values, unit="USD bn", name="A-B") == yearly(year_end="March")
    for frequency in (None, "year"):
        series = tt.TradeSeries.from_frame(values, unit="USD bn", name="A-B", frequency=frequency)
        assert series == yearly(year_end="March")
    odd = pd.Series([1.0, 2.0], index=pd.to_datetime(["2019-03-30", "2020-03-31"]))
    assert tt.TradeSeries.from_annual(odd).year_end == 12


def test_an_end_of_the_year_that_nobody_states_is_said_to_be_assumed() -> None:
    with pytest.warns(
        TradeTargetWarning, match=r"'2018/19' are taken to end in March.*: give year_end='March'"
    ) as said:
        assert yearly() == yearly(year_end="March")
    assert said[0].filename == __file__


def test_months_are_summed_to_fiscal_years() -> None:
    months = pd.Series(range(1, 25), index=pd.period_range("2022-04", periods=24, freq="M"), dtype=float)
    series = tt.TradeSeries.from_monthly(months, year_end="March")
    assert series.annual().to_dict() == {2023: 78.0, 2024: 222.0}
    assert [str(m) for m in series.monthly().index[:2]] == ["2022-04", "2022-05"]


def test_the_answer_speaks_of_the_year_ending_in_its_month() -> None:
    answer = tt.forecast(yearly(year_end="March"), tt.Target(50, "USD bn"), horizon=5)
    text = " ".join(answer.summary().split())
    assert "the total of a year ending in March is at or above 50 USD bn" in text
    assert f"Median year the year ending March {answer.hitting_time.median.year}" in text
    assert "Last value 43.5 USD bn in the year ending March 2024" in text
    assert "6 totals of years ending in March, 2019-2024" in text
    assert str(answer.hitting_time.median.freqstr) == "Y-MAR"
    assert answer.hitting_time.median.end_time.date() == date(answer.hitting_time.median.year, 3, 31)
    record = answer.to_dict()
    assert (record["year_end"], record["last_year_in_words"]) == ("March", "the year ending March 2024")
    assert record["periods"]["2025"] == "2024-04/2025-03"
    assert answer.hitting_time.probability_by(pd.Period("2026", "Y-MAR")) == answer.hitting_time.probability_by(2026)


def test_a_series_of_fiscal_years_gives_the_probabilities_of_its_numbers() -> None:
    plain = tt.TradeSeries.from_annual(pd.Series(VALUES, index=range(2019, 2025)), unit="USD bn", name="A-B")
    target = tt.Target(50, "USD bn")
    fiscal = tt.forecast(yearly(year_end="June"), target, horizon=5).hitting_time.probability
    assert fiscal.tolist() == tt.forecast(plain, target, horizon=5).hitting_time.probability.tolist()


def test_what_was_known_when_follows_the_end_of_the_year() -> None:
    series = yearly(year_end="March")
    assert series.observations[-1].calendar_date(series.observations[-1].known_from) == date(2024, 6, 1)
    assert series.as_of("2024-05").annual().index[-1] == 2023
    assert series.as_of("2024-06").annual().index[-1] == 2024
    assert series.as_of("2024-06").known_through == date(2024, 6, 30)


def test_part_years_are_parts_of_the_fiscal_year() -> None:
    frame = pd.DataFrame({"period": ["2021/22", "2022/23", "2023-04/2023-12"], "value": [38.0, 41.0, 32.0]})
    series = tt.TradeSeries.from_frame(frame, year_end="March", unit="USD bn")
    answer = tt.forecast(series, 50, horizon=3)
    assert (answer.last_year, [o.period for o in answer.statements]) == (2023, ["2023-04/2023-12"])
    assert list(answer.nowcast().index) == [2024]
    assert answer.nowcast()["median"].iloc[0] > 32.0
    whole = pd.concat([frame, pd.DataFrame({"period": ["2024-01/2024-03"], "value": [11.5]})])
    assert tt.TradeSeries.from_frame(whole, year_end=3).annual().loc[2024] == 43.5


def test_a_table_gives_the_same_series_back() -> None:
    series = yearly(year_end="June")
    assert tt.TradeSeries.from_frame(series.to_frame()) == series
    assert tt.TradeSeries.from_json(series.to_json()) == series


def test_fiscal_and_calendar_years_are_refused_together() -> None:
    calendar = tt.TradeSeries.from_annual(pd.Series({2024: 1.0}), unit="USD bn", name="A-B")
    fiscal = yearly(year_end="March")
    with pytest.raises(DataError, match="which do not mix"):
        tt.TradeSeries("A-B", (*fiscal, *calendar), unit=fiscal.unit)
    with pytest.raises(DataError, match="a fiscal year and '2024' a calendar year, which do not mix"):
        tt.TradeSeries.from_frame(pd.DataFrame({"period": ["2022/23", "2024"], "value": [1.0, 2.0]}))


def test_a_target_of_other_years_than_the_data_is_refused() -> None:
    with pytest.raises(TargetError, match="years that end in month 6 and the data are of years that end in month 3"):
        tt.forecast(yearly(year_end="March"), tt.Target(50, "USD bn", year_end="June"))
    with pytest.raises(TargetError, match="event 'rolling_12_months' is of months"):
        tt.forecast(yearly(year_end="March"), tt.Target(50, "USD bn", event="rolling_12_months"))


def test_the_command_line_says_that_the_end_of_the_year_is_assumed(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{y}/{(y + 1) % 100},{v}\n" for y, v in zip(range(2018, 2024), VALUES, strict=True))
    (tmp_path / "mine.csv").write_text("period,value\n" + rows)
    words = ["forecast", "mine.csv", "--target", "50", "--horizon", "5", "--json", "-"]
    assert main(words) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["year_end"] == "March"
    assert any("fiscal years are taken to end in March" in note for note in record["read_as"]["notes"])
    assert main([*words, "--year-end", "June"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["year_end"], record["read_as"]["notes"], record["periods"]["2025"]) == (
        "June",
        [],
        "2024-07/2025-06",
    )
