from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetarget.errors import DataError
from tradetarget.observations import parse_as_of, parse_period, period_text


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        (2019, date(2019, 1, 1), date(2019, 12, 31)),
        (2019.0, date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2019Q3", date(2019, 7, 1), date(2019, 9, 30)),
        ("2019-01/2019-09", date(2019, 1, 1), date(2019, 9, 30)),
        ("2019-01..2019-09", date(2019, 1, 1), date(2019, 9, 30)),
        ("2025-01-01/2025-11-15", date(2025, 1, 1), date(2025, 11, 15)),
        (pd.Period("2020-02", "M"), date(2020, 2, 1), date(2020, 2, 29)),
        (pd.Timestamp("2020-02-03"), date(2020, 2, 3), date(2020, 2, 3)),
    ],
)
def test_periods_are_read_as_trade_news_writes_them(text: object, start: date, end: date) -> None:
    assert parse_period(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "19", "2019-13", "2019-02-30", "January 2019", "2019/2020/2021", 2019.5, None, True]
)
def test_what_is_no_period_is_refused(text: object) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        parse_period(text)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(DataError, match="ends before it starts"):
        parse_period("2020/2019")


def test_known_in_november_means_by_its_last_day() -> None:
    assert parse_as_of("2019-11") == date(2019, 11, 30)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
def test_a_period_reads_back_from_its_own_text(start: date, days: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    assert parse_period(period_text(start, end)) == (start, end)
