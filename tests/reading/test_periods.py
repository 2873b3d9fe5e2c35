"""A column of periods is read as a whole; what can be read two ways is refused with both readings."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetarget.checks import FIRST_YEAR, LAST_YEAR
from tradetarget.errors import DataError, SettingError
from tradetarget.reading.dates import from_fiscal, month_end, to_fiscal
from tradetarget.reading.options import ReadOptions
from tradetarget.reading.periods import PeriodOptions, checked_year_end, read_periods


def spans(*values: object, **options: object) -> list[str]:
    read = read_periods(list(values), ReadOptions(**options).periods, "mine.csv")
    assert not read.problems
    return [f"{read.spans[v].start:%Y-%m-%d}/{read.spans[v].end:%Y-%m-%d}" for v in values]


YEAR, JANUARY, QUARTER, HALF = (f"2019-01-01/2019-{e}" for e in ("12-31", "01-31", "03-31", "06-30"))


YEARS = (
    2019, 2019.0, "2019", "2019.0", " 2019 ", "2019-A1", "2019A", "2019 [YR2019]", "YR2019", "X2019", "CY2019", "2019*",
    "2019 (p)", "2019p", "2019 e", "2019 г.", "2019 год", np.int64(2019), pd.Period("2019", "Y"),
)  # fmt: skip
QUARTERS = (
    "2019-Q1", "2019Q1", "2019 Q1", "2019:Q1", "Q1 2019", "Q1-2019", "1Q2019", "1Q19", "Q1 19", "2019T1", "T1 2019",
    "1 кв. 2019", "I кв. 2019", "I квартал 2019 г.", "1st quarter 2019", pd.Period("2019Q1"),
)  # fmt: skip
HALVES = ("2019-S1", "2019S1", "2019H1", "H1 2019", "1H2019")
JANUARIES = (
    "2019-M01", "2019M1", "2019/01", "2019-01", "201901", "01/2019", "1.2019", "January 2019", "Jan 2019", "Jan-2019",
    "Jan-19", "jan. 2019", "2019 January", "2019-Jan", "janvier 2019", "Januar 2019", "Jänner 2019", "enero de 2019",
    "ene-19", "2019年1月", "январь 2019", "янв. 2019 г.", pd.Period("2019-01", "M"),
)  # fmt: skip
NINE_MONTHS = (
    "2019-01/2019-09", "2019-01..2019-09", "Jan-Sep 2019", "January-September 2019", "January to September 2019",
    "янв-сен 2019", "2019 Jan-Sep", "9M 2019",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "span"),
    [
        *((t, YEAR) for t in YEARS),
        *((t, QUARTER) for t in QUARTERS),
        *((t, HALF) for t in HALVES),
        *((t, JANUARY) for t in JANUARIES),
        *((t, "2019-01-01/2019-09-30") for t in NINE_MONTHS),
        ("2025-01-01/2025-11-15", "2025-01-01/2025-11-15"),
        ("2019-09-15/2019-09-15", "2019-09-15/2019-09-15"),
    ],
)
def test_a_period_is_read_as_it_is_written(text: object, span: str) -> None:
    assert spans(text) == [span]


@pytest.mark.parametrize(
    ("names", "month"),
    [
        ("March Mar mars März Mrz marzo март марта мар", 3),
        ("February Feb février févr Februar febrero февраль фев", 2),
        ("May mai Mayo май мая", 5),
        ("August Aug août agosto август авг", 8),
        ("December Dec décembre Dezember Dez diciembre dic декабрь дек", 12),
    ],
)
def test_months_have_names_in_five_languages(names: str, month: int) -> None:
    for name in names.split():
        assert spans(f"{name} 2018") == [f"2018-{month:02d}-01/{month_end(2018, month)}"], name


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("20x3", "cannot be read"), ("", "cannot be read"), ("2019-13", "cannot be read"), (True, "cannot be read"),
        (None, "cannot be read"), ("Total", "is a sum of periods: leave its row out"),
        (f"{LAST_YEAR + 1}", "cannot be read"),
        (f"{FIRST_YEAR - 1}", "cannot be read"), ("19", "write it with four digits, such as 2019"),
        (43466, "a spreadsheet's number of a day"), ("2019-W05", "is a week"), (pd.NaT, "cannot be read"),
        (pd.Timestamp("2019-01-01 13:30"), "has a time of day"), ("2019-02-30", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_period_is_named_with_its_reason(value: object, why: str) -> None:
    read = read_periods([value], PeriodOptions(), "mine.csv")
    assert not read.spans
    assert why in read.problems[value]


def test_a_single_cell_between_month_and_fiscal_year_is_refused_with_both_readings() -> None:
    with pytest.raises(DataError, match=r"'2009-10' may be a month .* or a fiscal year .*--frequency month or"):
        spans("2009-10")
    assert spans("2009-10", frequency="month") == ["2009-10-01/2009-10-31"]
    assert spans("2009-10", frequency="year") == ["2009-04-01/2010-03-31"]


@pytest.mark.parametrize("other", ["2009-09", "2009-01", "2009Q1", "2009M11"])
def test_calendar_months_beside_it_decide_for_the_month(other: str) -> None:
    assert spans("2009-10", "2010-11", other)[0] == "2009-10-01/2009-10-31"


def test_a_fiscal_year_that_cannot_be_a_month_decides_for_all() -> None:
    assert spans("2009-10", "2012-13") == ["2009-04-01/2010-03-31", "2012-04-01/2013-03-31"]
    assert spans("200910", "201213")[0] == "2009-04-01/2010-03-31"


def test_several_fiscal_looking_cells_beside_a_year_are_refused() -> None:
    with pytest.raises(DataError, match="may be a month"):
        spans("2010-11", "2011-12", "2013")


@pytest.mark.parametrize(
    "periods", [("2015/16", "2017"), ("FY2016", "2017"), ("2015-04/2016-03", "2016-04/2017-03", "2018")]
)
def test_fiscal_and_calendar_years_do_not_mix(periods: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"is a fiscal year and .* a calendar year, which do not mix"):
        spans(*periods)


def test_when_fiscal_years_end_is_taken_from_the_option_or_from_the_periods() -> None:
    assert spans("2015/16", year_end="June") == ["2015-07-01/2016-06-30"]
    assert spans("FY2016", year_end=9) == ["2015-10-01/2016-09-30"]
    assert spans("2016", year_end="sept") == ["2015-10-01/2016-09-30"]
    read = read_periods(["2015-04/2016-03"], PeriodOptions(), "mine.csv")
    assert (read.year_end, read.assumed_year_end) == (3, False)
    read = read_periods(["2015/16"], PeriodOptions(), "mine.csv")
    assert (read.year_end, read.assumed_year_end) == (3, True)
    read = read_periods(list(pd.period_range("2016", periods=2, freq="Y-JUN")), PeriodOptions(), "mine.csv")
    assert read.year_end == 6


@pytest.mark.parametrize("bad", ["Marchember", 0, 13, True, "x"])
def test_a_year_end_that_is_no_month_is_refused(bad: object) -> None:
    with pytest.raises(SettingError, match="is no month"):
        checked_year_end(bad)


def test_points_are_months_where_the_column_shows_it() -> None:
    assert spans("2018.01", "2018.02", "2018.1") == [
        "2018-01-01/2018-01-31",
        "2018-02-01/2018-02-28",
        "2018-10-01/2018-10-31",
    ]
    assert spans(2018.01, 2018.02, 2018.1)[2] == "2018-10-01/2018-10-31"
    assert spans("2018.1", "2018.9", "2018.10", "2018.12")[0] == JANUARY.replace("2019", "2018")
    with pytest.raises(DataError, match="may be a month or a quarter"):
        spans("2018.1", "2018.2", "2018.3", "2018.4")
    assert spans("2018.1", "2018.2", frequency="quarter")[1] == "2018-04-01/2018-06-30"
    with pytest.raises(DataError, match="may be a month or a quarter"):
        spans(2019.5)
    with pytest.raises(DataError, match=r"'2018.25' is no month"):
        spans("2018.25", "2018.50")


def test_the_order_of_day_and_month_is_that_in_which_all_are_ends_of_periods() -> None:
    assert spans("01/01/2019", "01/02/2019", "01/03/2019")[1] == "2019-02-01/2019-02-28"
    assert spans("01/31/2019", "02/28/2019")[0] == JANUARY
    assert spans("31.01.2019", "28.02.2019")[0] == JANUARY
    with pytest.raises(DataError, match="day or the month first"):
        spans("01/02/2019")


DATES = {
    "month": pd.date_range("2019-01-01", periods=14, freq="MS"),
    "month ends": pd.date_range("2019-01-31", periods=14, freq="ME"),
    "quarter": pd.date_range("2019-03-31", periods=6, freq="QE"),
    "quarter starts": pd.date_range("2019-01-01", periods=6, freq="QS"),
    "year": pd.date_range("2019-12-31", periods=2, freq="YE"),
    "year starts": pd.date_range("2019-01-01", periods=2, freq="YS"),
}


@pytest.mark.parametrize("kind", list(DATES))
@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%d-%b-%y", "%B %d, %Y", "%Y-%m-%dT00:00:00Z", None],
)
def test_dates_stand_for_the_periods_that_their_column_shows(kind: str, form: str | None) -> None:
    values = list(DATES[kind]) if form is None else [d.strftime(form) for d in DATES[kind]]
    read = read_periods(values, PeriodOptions(), "mine.csv")
    assert {s.kind for s in read.spans.values()} == {kind.split()[0]}
    first = read.spans[values[0]]
    assert first.start == date(2019, 1, 1)
    assert any("are taken as" in note for note in read.notes)


def test_dates_that_end_in_march_close_fiscal_years() -> None:
    read = read_periods(list(pd.date_range("2016-03-31", periods=3, freq="YE-MAR")), PeriodOptions(), "mine.csv")
    assert (read.year_end, read.assumed_year_end) == (3, False)


def test_dates_that_open_fiscal_years_are_read_where_the_end_is_said() -> None:
    assert spans("2019-04-01", "2020-04-01", year_end="March")[0] == "2019-04-01/2020-03-31"
    assert spans("2019-04-01", frequency="year", year_end="March") == ["2019-04-01/2020-03-31"]
    assert spans("2019-03-31", "2020-03-31", year_end="March")[0] == "2018-04-01/2019-03-31"


@pytest.mark.parametrize(
    "dates", [["2023-12-31"], ["2019-09-15", "2019-10-15"], ["2019-04-01", "2020-04-01"], ["2019-01-31", "2019-07-31"]]
)
def test_dates_that_may_be_several_things_are_refused_and_the_option_decides(dates: list[str]) -> None:
    with pytest.raises(DataError, match="--frequency"):
        spans(*dates)
    assert spans(*dates, frequency="month")[0].startswith(dates[0][:7])


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(1, 12))
def test_days_of_the_fiscal_calendar_turn_back(day: date, year_end: int) -> None:
    month_edge = day.replace(day=1)
    assert from_fiscal(to_fiscal(month_edge, year_end), year_end) == month_edge
    last = month_end(day.year, day.month)
    assert from_fiscal(to_fiscal(last, year_end), year_end) == last


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_fiscal_year_is_a_year_of_its_calendar(year: int, year_end: int) -> None:
    opens = date(year, 1, 1) if year_end == 12 else date(year - 1, year_end + 1, 1)
    assert to_fiscal(opens, year_end) == date(year, 1, 1)
    assert to_fiscal(month_end(year, year_end), year_end) == date(year, 12, 31)


def test_a_month_beside_calendar_years_is_no_fiscal_year() -> None:
    assert spans("2007", "2008", "2009-10") == [
        "2007-01-01/2007-12-31", "2008-01-01/2008-12-31", "2009-10-01/2009-10-31",
    ]  # fmt: skip


def test_days_are_days_where_the_user_says_so() -> None:
    assert spans("2019-09-15", "2019-09-30", frequency="daily") == ["2019-09-15/2019-09-15", "2019-09-30/2019-09-30"]
