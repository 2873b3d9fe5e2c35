"""Periods as trade news states them: a year, a month, January-September, up to a day in mid-month.

A period is a pair of dates, first and last day, both included. ``as_of`` dates are days too; a month stands for its
last day, because "known in November" means known by its end.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from tradetarget.checks import FIRST_YEAR, LAST_YEAR
from tradetarget.errors import DataError

_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")
_MONTH = re.compile(r"(\d{4})[-Mm](\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_RANGE = re.compile(r"\s*(?:/|\.\.|\bto\b)\s*")


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of the months of an ordinary year


def check_year(year: int) -> int:
    """``year`` where it is one that is read; a ValueError otherwise, which callers turn into their own message."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def month_end(year: int, month: int) -> date:
    """The last day of a month; months past December run on into later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 29 if month == 2 and calendar.isleap(year) else _LENGTHS[month - 1])


def _bad(value: object) -> DataError:
    return DataError(
        f"period {str(value)!r} cannot be read: write a year (2019), a month (2019-09), a quarter (2019Q3), a day "
        "(2019-09-15) or a range of them (2019-01/2019-09)"
    )


def _point(text: str, whole: object) -> tuple[date, date]:
    """First and last day of a year, quarter, month or day."""
    try:
        if text[:4].isdigit():
            check_year(int(text[:4]))
        if m := _YEAR.fullmatch(text):
            return date(int(m[1]), 1, 1), date(int(m[1]), 12, 31)
        if m := _QUARTER.fullmatch(text):
            return date(int(m[1]), 3 * int(m[2]) - 2, 1), month_end(int(m[1]), 3 * int(m[2]))
        if m := _MONTH.fullmatch(text):
            return date(int(m[1]), int(m[2]), 1), month_end(int(m[1]), int(m[2]))
        if m := _DAY.fullmatch(text):
            day = date(int(m[1]), int(m[2]), int(m[3]))
            return day, day
    except ValueError:
        pass
    raise _bad(whole)


def parse_period(value: object) -> tuple[date, date]:
    """First and last day of ``value``: an int year, a pandas Period, a date, or text such as "2019-01/2019-09".

    Raises
    ------
    DataError
        When the value cannot be read, or ends before it starts.

    Examples
    --------
    >>> parse_period("2019-01/2019-09")
    (datetime.date(2019, 1, 1), datetime.date(2019, 9, 30))
    """
    if isinstance(value, pd.Period):
        return value.start_time.date(), value.end_time.date()
    if isinstance(value, datetime | date) and not pd.isna(value):
        day = value.date() if isinstance(value, datetime) else value
        return day, day
    if isinstance(value, float | np.floating) and not float(value).is_integer():
        raise _bad(value)
    text = str(int(value)) if isinstance(value, int | float | np.integer | np.floating) else str(value).strip()
    parts = _RANGE.split(text)
    if len(parts) > 2 or isinstance(value, bool):
        raise _bad(value)
    first, last = _point(parts[0], value), _point(parts[-1], value)
    if last[1] < first[0]:
        raise DataError(f"period {str(value)!r} ends before it starts: swap its two ends")
    return first[0], last[1]


def parse_as_of(value: object) -> date:
    """The last day of ``value``: "2019-11" means known by the end of November 2019."""
    return parse_period(value)[1]


def period_text(start: date, end: date) -> str:
    """The shortest text that ``parse_period`` reads back as the same period.

    >>> period_text(date(2019, 1, 1), date(2019, 9, 30))
    '2019-01/2019-09'
    """
    whole_months = start.day == 1 and end == month_end(end.year, end.month)
    if whole_months and (start.month, end.month) == (1, 12) and start.year == end.year:
        return f"{start:%Y}"
    if whole_months:
        first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
        return first if first == last else f"{first}/{last}"
    # One day is written as a range too: a single date in a column mostly names a month, a quarter or a year.
    return f"{start:%Y-%m-%d}/{end:%Y-%m-%d}"


def to_fiscal(day: date, year_end: int) -> date:
    """``day`` in a calendar whose years end in month ``year_end``, so that a fiscal year is a calendar year there.

    With years that end in March, 1 April 2015 is 1 January 2016: the first day of the year that ends in March 2016. The
    last day of a month stays the last.

    >>> to_fiscal(date(2015, 4, 1), 3), to_fiscal(date(2016, 3, 31), 3)
    (datetime.date(2016, 1, 1), datetime.date(2016, 12, 31))
    """
    return _moved(day, 12 - year_end)


def from_fiscal(day: date, year_end: int) -> date:
    """The day of the ordinary calendar that ``to_fiscal`` moved.

    >>> from_fiscal(date(2016, 12, 31), 3)
    datetime.date(2016, 3, 31)
    """
    return _moved(day, year_end - 12)


def _moved(day: date, months: int) -> date:
    if months == 0:
        return day
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    last = month_end(year, month + 1)
    closes = day == month_end(day.year, day.month)
    return last if closes else last.replace(day=min(day.day, last.day))


@lru_cache(maxsize=1024)  # pandas takes 7 microseconds, and answers name the same years again and again
def year_period(year: int, year_end: int) -> pd.Period:
    """The year that ends in month ``year_end`` of ``year``, as a pandas Period: of frequency Y-MAR for March.

    >>> year_period(2027, 3).start_time.date()
    datetime.date(2026, 4, 1)
    """
    return pd.Period(year=year, freq=f"Y-{calendar.month_abbr[year_end].upper()}")


def period_words(period: pd.Period) -> str:
    """A period in a sentence: "2027", "2027-03", "the year ending March 2027".

    >>> period_words(year_period(2027, 3)), period_words(year_period(2027, 12))
    ('the year ending March 2027', '2027')
    """
    end = period.end_time
    months = 12 * (end.year - period.start_time.year) + end.month - period.start_time.month + 1
    if months == 12 and end.month != 12:
        return f"the year ending {calendar.month_name[end.month]} {end.year}"
    return str(period)
