from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, TradeSeries
from tradetarget.errors import DataError, UnitError, UnknownNameError
from tradetarget.units import Unit

THREE = pd.Series({2022: 4.9, 2023: 4.4, 2024: 4.1})


def year(value: int, level: float, **details: object) -> Observation:
    return Observation(start=date(value, 1, 1), end=date(value, 12, 31), value=level, **details)


@pytest.mark.parametrize(
    "index",
    [
        [2022, 2023, 2024],
        ["2022", "2023", "2024"],
        pd.period_range("2022", "2024", freq="Y"),
        pd.to_datetime(["2022-12-31", "2023-01-01", "2024-06-30"]),
    ],
)
def test_years_may_come_as_numbers_text_periods_or_dates(index: object) -> None:
    series = TradeSeries.from_annual(pd.Series([4.9, 4.4, 4.1], index=index), name="A-B")
    assert series.annual().to_dict() == {2022: 4.9, 2023: 4.4, 2024: 4.1}


def test_unsorted_years_are_sorted() -> None:
    assert TradeSeries.from_annual(THREE.iloc[::-1]).annual().index.tolist() == [2022, 2023, 2024]


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, "4,1", None])
def test_a_value_that_is_not_a_positive_number_is_refused(bad: object) -> None:
    with pytest.raises(DataError):
        TradeSeries.from_annual(pd.Series({2022: 4.9, 2023: bad}, dtype=object))


def test_a_year_that_stands_twice_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="2022 stands twice"):
        TradeSeries.from_annual(pd.Series([1.0, 2.0], index=[2022, 2022]))


def test_no_observation_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="no observations"):
        TradeSeries.from_annual(pd.Series(dtype=float))


def test_months_are_summed_to_the_years_that_are_complete() -> None:
    months = pd.Series(1.0, index=pd.period_range("2022-01", "2023-11", freq="M"))
    assert TradeSeries.from_monthly(months).annual().to_dict() == {2022: 12.0}


def test_a_month_is_no_year() -> None:
    with pytest.raises(DataError, match="not a calendar year"):
        TradeSeries.from_annual(pd.Series({"2022-03": 1.0}))


def test_no_complete_year_is_said_plainly() -> None:
    with pytest.raises(DataError, match="no complete year"):
        TradeSeries.from_monthly(pd.Series({"2022-03": 1.0})).annual()


def test_another_scale_converts_exactly_and_another_currency_is_refused() -> None:
    series = TradeSeries.from_annual(THREE, unit="USD bn")
    assert series.in_unit("million USD").annual().tolist() == [4900.0, 4400.0, 4100.0]
    with pytest.raises(UnitError):
        series.in_unit("EUR bn")


def test_an_undated_year_is_known_from_march_after_it() -> None:
    series = TradeSeries.from_annual(THREE)
    assert series.as_of("2024-03").annual().index.tolist() == [2022, 2023]
    assert series.as_of("2024-02").annual().index.tolist() == [2022]
    with pytest.raises(DataError, match="nothing was known by 2020-12-31; the first figure is known from 2023-03-01"):
        series.as_of(2020)


def test_an_undated_part_year_is_known_from_the_second_month_after_it() -> None:
    part = Observation(start=date(2019, 1, 1), end=date(2019, 9, 30), value=2.6)
    assert part.known_from == date(2019, 11, 1)
    assert Observation(start=date(2019, 1, 1), end=date(2019, 11, 30), value=2.6).known_from == date(2020, 1, 1)


def test_a_revision_replaces_the_first_figure_from_its_own_date_on() -> None:
    series = TradeSeries("A-B", (year(2022, 4.6, as_of=date(2023, 2, 1)), year(2022, 4.9, as_of=date(2024, 2, 1))))
    assert series.annual().to_dict() == {2022: 4.9}
    assert series.as_of("2023-06").annual().to_dict() == {2022: 4.6}


def test_two_sides_are_never_mixed_silently() -> None:
    series = TradeSeries("A-B", (year(2022, 4.9, reporter="A"), year(2022, 4.6, reporter="B")))
    with pytest.raises(DataError, match="reported by A and B: choose"):
        series.annual()
    assert series.reported_by("b").annual().to_dict() == {2022: 4.6}
    with pytest.raises(UnknownNameError, match="reporter"):
        series.reported_by("C")


def test_two_values_from_one_day_by_one_side_are_a_contradiction() -> None:
    series = TradeSeries("A-B", (year(2022, 4.9, stated_by="minister"), year(2022, 4.6, stated_by="ambassador")))
    with pytest.raises(DataError, match=r"2022 .*4.9.*4.6|2022 .*4.6.*4.9"):
        series.annual()
    nameless = TradeSeries("A-B", (year(2022, 4.9), year(2022, 4.6, qualifier="about")))
    with pytest.raises(DataError, match=r"2022 is 4\.9 and 4\.6, known from one day"):
        nameless.annual()


def test_numbers_of_any_library_become_floats_that_are_written_as_they_were() -> None:
    numbers = (np.float32(4.2), np.int64(4), 5, Decimal("5.5"))
    series = TradeSeries("A-B", tuple(year(2020 + i, n, rounding=n) for i, n in enumerate(numbers)))
    assert [o.value for o in series] == [o.rounding for o in series] == [4.2, 4.0, 5.0, 5.5]
    assert TradeSeries.from_json(series.to_json()) == series


def test_a_vintage_is_a_day_and_no_moment() -> None:
    with pytest.raises(DataError, match=r"vintage datetime.datetime\(2023, 4, 1.* is no date: use as_of"):
        TradeSeries("A-B", (year(2022, 4.9),), vintage=datetime(2023, 4, 1))


def test_a_bound_or_growth_rate_is_no_total() -> None:
    more = year(2023, 5.0, qualifier="more than")
    growth = year(2023, 0.2, kind="growth")
    assert TradeSeries("A-B", (year(2022, 4.9), more, growth)).annual().to_dict() == {2022: 4.9}


def test_a_series_is_in_one_unit() -> None:
    with pytest.raises(DataError, match="2022 is in EUR bn but the series is in USD bn"):
        TradeSeries("A-B", (year(2022, 4.9, unit=Unit("EUR", 9)),), unit=Unit("USD", 9))


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"kind": "guess"}, "kind"),
        ({"qualifier": "maybe"}, "qualifier"),
        ({"kind": "growth", "value": -1.0}, "leave no trade"),
        ({"rounding": -0.1}, "rounding"),
        ({"as_of": date(2022, 6, 1)}, "ends later"),
    ],
)
def test_an_observation_names_the_rule_it_breaks(details: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Observation(**({"start": date(2022, 1, 1), "end": date(2022, 12, 31), "value": 1.0} | details))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf8")
    return path


def test_a_minimal_file_is_period_and_value(tmp_path: Path) -> None:
    series = TradeSeries.from_csv(write(tmp_path / "mine.csv", "period,value\n2023,4.4\n2022,4.9\n"), unit="USD bn")
    assert (series.name, series.flow, series.unit) == ("mine", "turnover", Unit("USD", 9))
    assert series.annual().to_dict() == {2022: 4.9, 2023: 4.4}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("period,value\n", "no rows"),
        ("colour,value\nred,1\n", "no column 'period'"),
        ("period,value\n2022,1\n2023,abc\n", "line 3: 'abc' is not a number"),
        ("period,value\n2022,1\n2023,0\n", "line 3: 2023: the value 0 is not above 0"),
        ("period,value\n2022,nan\n", "line 2: 'nan' is no figure, and there is none in any other row"),
        ("period,value\n2022,inf\n", "line 2: 2022: the value inf is not a finite number"),
        ("period,value\n2022,1\n\n20x3,2\n", "line 4: period '20x3' cannot be read"),
        ("period,value\n2022,1,000\n", "line 2: 3 cells where the header has 2"),
        ("period,value\n2022,1\n2022,2\n", "2022 stands twice"),
        ("period,value,unit\n2022,1,USD bn\n2023,1,\n", "some have none"),
        ("series,period,value\nA-B,2022,1\nA-C,2022,1\n", "several series values \\(A-B, A-C\\)"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        TradeSeries.from_csv(write(tmp_path / "bad.csv", text))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(DataError, match=r"no such file: nowhere.csv"):
        TradeSeries.from_csv("nowhere.csv")


def test_one_series_is_chosen_from_a_long_file(tmp_path: Path) -> None:
    text = "series,flow,reporter,period,value\nA-B,exports,A,2022,1\nA-B,exports,B,2022,2\nA-C,imports,A,2022,3\n"
    path = write(tmp_path / "long.csv", text)
    chosen = TradeSeries.from_csv(path, series="A-B", reporter="B")
    assert (chosen.name, chosen.flow, chosen.annual().to_dict()) == ("A-B", "exports", {2022: 2.0})
    with pytest.raises(UnknownNameError, match="did you mean 'A-C'"):
        TradeSeries.from_csv(path, series="A-CC")


def test_units_in_a_column_are_brought_to_one_scale() -> None:
    frame = pd.DataFrame({"period": [2022, 2023], "value": [4.9, 4400.0], "unit": ["USD bn", "USD mn"]})
    assert TradeSeries.from_frame(frame).annual().tolist() == pytest.approx([4.9, 4.4])


def test_rounding_is_converted_with_its_value_where_a_table_mixes_scales() -> None:
    frame = pd.DataFrame(
        {
            "period": ["2021", "2022-01/2022-08"],
            "value": [3.8, 2900],
            "rounding": [0.1, 100],
            "unit": ["USD bn", "USD mn"],
        }
    )
    last = TradeSeries.from_frame(frame).observations[-1]
    assert (last.value, last.rounding) == (pytest.approx(2.9), pytest.approx(0.1))


@pytest.mark.parametrize(
    ("periods", "stated"),
    [
        (["2021-02-01", "2021-03-01", "2021-05-01"], ["2021-02", "2021-03", "2021-05"]),
        (["2021-02-28", "2021-03-31", "2021-05-31"], ["2021-02", "2021-03", "2021-05"]),
        (["2021-01-01", "2021-04-01", "2021-07-01"], ["2021-01/2021-03", "2021-04/2021-06", "2021-07/2021-09"]),
        (["2021-12-31", "2022-12-31", "2023-12-31"], ["2021", "2022", "2023"]),
    ],
)
def test_days_at_one_edge_of_their_months_are_periods_that_the_whole_column_shows(
    periods: list[str], stated: list[str]
) -> None:
    series = TradeSeries.from_frame(pd.DataFrame({"period": periods, "value": [1.0, 1.0, 1.0]}))
    assert [o.period for o in series] == stated
    assert series.read_as is not None
    assert f"dates such as {periods[0]} are taken as" in series.read_as.sentence()


def test_columns_without_a_name_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("period,value,,\n2023,1.0,,\n2024,1.1,,\n")
    assert TradeSeries.from_csv(path).annual().tolist() == [1.0, 1.1]


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([[2021, 1.0, 2.0]], columns=["period", "value", "value"])
    with pytest.raises(DataError, match="two columns 'value'"):
        TradeSeries.from_frame(frame)


def test_months_are_told_apart_from_everything_else() -> None:
    frame = pd.DataFrame({"period": ["2021", "2022-01", "2022M02", "2022 Q2"], "value": [10.0, 1.0, 1.1, 3.0]})
    found = TradeSeries.from_frame(frame).monthly()
    assert [str(m) for m in found.index] == ["2022-01", "2022-02"]
    assert found.tolist() == [1.0, 1.1]


def test_a_caller_who_changes_the_totals_changes_no_other_answer() -> None:
    series = TradeSeries.from_annual(THREE)
    totals, (years, levels) = series.annual(), series.annual_arrays()
    totals.loc[2024] = years[:] = levels[:] = 0
    assert series.annual().to_dict() == THREE.to_dict()
    assert [a.tolist() for a in series.annual_arrays()] == [[2022, 2023, 2024], [4.9, 4.4, 4.1]]
