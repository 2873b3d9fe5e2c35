"""One cell of a period column, and everything that it can mean.

Statistics offices write the same period in many ways, and one text can name two periods: "2009-10" is October 2009 and
the fiscal year 2009/10. ``meanings`` lists what a cell can mean; ``periods.read_periods`` decides for a column as a
whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradetarget.reading.dates import check_year, month_end
from tradetarget.reading.month_names import MONTH_PATTERN, MONTHS, plain

CENTURY_TURNS = 70
"""Two-digit years from here on are of the twentieth century (the rule of POSIX strptime is 69; 1970 starts many
tables)."""


class Span(NamedTuple):
    """A period that is settled: its first and last day, and what kind of period it is."""

    start: date
    end: date
    kind: str


class Fiscal(NamedTuple):
    """A fiscal year by the calendar year in which it ends; its months depend on when the year ends."""

    year: int


class Day(NamedTuple):
    """A single date, which may stand for the month, quarter or year that it opens or closes."""

    day: date


class Dotted(NamedTuple):
    """A year and digits after a point: 2018.01 and 2018.1, whose meaning depends on the other cells."""

    year: int
    digits: str


Meaning = Span | Fiscal | Day | Dotted


def year_span(year: int) -> Span:
    """A calendar year."""
    return Span(date(check_year(year), 1, 1), date(year, 12, 31), "year")


def months_span(year: int, first: int, last: int, kind: str) -> Span:
    """Months ``first`` to ``last`` of a calendar year; a ValueError where there are no such months."""
    if not 1 <= first <= last <= 12:
        raise ValueError("no such month")
    return Span(date(check_year(year), first, 1), month_end(year, last), kind)


def _month(year: int, month: int) -> Span:
    return months_span(year, month, month, "month")


def _quarter(year: int, quarter: int) -> Span:
    return months_span(year, 3 * quarter - 2, 3 * quarter, "quarter")


def _half(year: int, half: int) -> Span:
    return months_span(year, 6 * half - 5, 6 * half, "half-year")


def _fiscal(first: str, last: str) -> Fiscal:
    """2015 and 16, or 2015 and 2016; a ValueError where the second is not the year after the first."""
    start = check_year(_full_year(first))
    if int(last) != (start + 1) % 10 ** len(last):
        raise ValueError("not the next year")
    return Fiscal(start + 1)


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= CENTURY_TURNS else 2000)


def _dotted(year: str, digits: str) -> Dotted:
    if int(digits) == 0:
        raise ValueError("a whole year")
    return Dotted(check_year(int(year)), digits)


def _day(year: str, month: str, day: str) -> Day:
    return Day(date(check_year(_full_year(year)), int(month), int(day)))


_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def _ordinal(text: str) -> int:
    return _ROMAN[text] if text in _ROMAN else int(text)


Rule = tuple[str, Callable[[re.Match[str]], Meaning]]
_Q = r"(?:q|t|qtr ?|quarter ?|quartal ?|trimestre ?)"
_RUSSIAN_Q = r"([1-4]|iv|i{1,3})-?(?:и|ый|ои)? ?(?:кв\.?|квартал)"
_GAP = r"[-_ /.:]?"
_TIME = r"(?:[t ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)) ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
_SPAN_WORD = r" ?(?:-|/|to|bis|a|au|до) ?"
_RULES: tuple[Rule, ...] = (
    (r"(?:cy|yr|y|x|a)?[-_ ]?(\d{4})(?:\.0+)?", lambda m: year_span(int(m[1]))),
    (r"(\d{4}) ?\[yr\1\]", lambda m: year_span(int(m[1]))),
    (r"(\d{4})[- ]?a1?", lambda m: year_span(int(m[1]))),
    (rf"(\d{{4}}){_GAP}{_Q}0?([1-4])", lambda m: _quarter(int(m[1]), int(m[2]))),
    (rf"{_Q}0?([1-4])[-_ /.']?(\d{{4}}|\d{{2}})", lambda m: _quarter(_full_year(m[2]), int(m[1]))),
    (rf"([1-4])(?:st|nd|rd|th|er|e|eme)?[. ]?{_Q}[-_ /.']?(\d{{4}}|\d{{2}})", lambda m: _quarter(_full_year(m[2]),
    int(m[1]))), (rf"(\d{{4}}){_GAP}([1-4])[qt]", lambda m: _quarter(int(m[1]), int(m[2]))),
    (rf"{_RUSSIAN_Q} ?(\d{{4}})", lambda m: _quarter(int(m[2]), _ordinal(m[1]))),
    (rf"(\d{{4}}),? ?{_RUSSIAN_Q}", lambda m: _quarter(int(m[1]), _ordinal(m[2]))),
    (rf"(\d{{4}}){_GAP}[hs]0?([12])", lambda m: _half(int(m[1]), int(m[2]))),
    (r"[hs]0?([12])[-_ /.]?(\d{4})", lambda m: _half(int(m[2]), int(m[1]))),
    (r"([12])[hs][-_ /.]?(\d{4})", lambda m: _half(int(m[2]), int(m[1]))),
    (rf"(\d{{4}}){_GAP}m(\d{{1,2}})", lambda m: _month(int(m[1]), int(m[2]))),
    (r"(\d{4})年(\d{1,2})月", lambda m: _month(int(m[1]), int(m[2]))),
    (r"m(\d{1,2})[-_ /.](\d{4})", lambda m: _month(int(m[2]), int(m[1]))),
    (r"(\d{4})[-/](\d{1,2})", lambda m: _month(int(m[1]), int(m[2]))),
    (r"(\d{1,2})[-/.](\d{4})", lambda m: _month(int(m[2]), int(m[1]))),
    (r"(\d{4})(\d{2})", lambda m: _month(int(m[1]), int(m[2]))),
    (rf"{MONTH_PATTERN}[-_ /,]*(?:de |of )?(\d{{4}})", lambda m: _month(int(m[2]), MONTHS[m[1]])),
    (rf"{MONTH_PATTERN}[-_ /']*(\d{{2}})", lambda m: _month(_full_year(m[2]), MONTHS[m[1]])),
    (rf"(\d{{4}})[-_ /,]*{MONTH_PATTERN}", lambda m: _month(int(m[1]), MONTHS[m[2]])),
    (rf"{MONTH_PATTERN}{_SPAN_WORD}{MONTH_PATTERN},? ?(\d{{4}})",
     lambda m: months_span(int(m[3]), MONTHS[m[1]], MONTHS[m[2]], "range")),
    (rf"(\d{{4}}),? {MONTH_PATTERN}{_SPAN_WORD}{MONTH_PATTERN}",
     lambda m: months_span(int(m[1]), MONTHS[m[2]], MONTHS[m[3]], "range")),
    (r"(\d{1,2}) ?m(?:onths)?[-_ /.]?(\d{4})", lambda m: months_span(int(m[2]), 1, int(m[1]), "range")),
    (r"(?:fy|fiscal(?: year)?|financial year)[- ]?(\d{4}|\d{2})", lambda m: Fiscal(check_year(_full_year(m[1])))),
    (r"(\d{4})[- ]?fy", lambda m: Fiscal(check_year(int(m[1])))),
    (r"(?:fy|fiscal(?: year)?|financial year)?[- ]?(\d{4}) ?[-/] ?(\d{4}|\d{2})", lambda m: _fiscal(m[1], m[2])),
    (r"(?:fy)[- ]?(\d{2}) ?[-/] ?(\d{2})", lambda m: _fiscal(m[1], m[2])),
    (r"(\d{4})(\d{2})", lambda m: _fiscal(m[1], m[2])),
    (r"(\d{4})\.(\d{1,2})", lambda m: _dotted(m[1], m[2])),
    (rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:{_TIME})?", lambda m: _day(m[1], m[2], m[3])),
    (r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", lambda m: _day(m[1], m[2], m[3])),
    (r"(\d{4})(\d{2})(\d{2})", lambda m: _day(m[1], m[2], m[3])),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", lambda m: _day(m[3], m[2], m[1])),
    (rf"(\d{{1,2}})[-/ .]*{MONTH_PATTERN}[-/ ,]*(?:de )?(\d{{4}}|\d{{2}})",
     lambda m: _day(m[3], str(MONTHS[m[2]]), m[1])),
    (rf"{MONTH_PATTERN} (\d{{1,2}}),? (\d{{4}})", lambda m: _day(m[3], str(MONTHS[m[1]]), m[2])),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), build) for pattern, build in _RULES)
# A day and a month in either order: which comes first is decided by the column.
_EITHER = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: 0?0:00(?::00)?)?")
_RANGE = re.compile(r" ?(?:/|\.\.|\bto\b| - ) ?")
_MARKS = re.compile(r"(?:\s*(?:\*+|†|\((?:[a-z]{1,2}|\d)\))|(?<=\d)\s?[per]|\s?(?:г\.?|год|года|年))+$")
_MIDNIGHT = re.compile(r"0?0:00(?::00(?:\.0+)?)?")
_LAST_INSTANT = re.compile(r"23:59(?::59(?:\.\d+)?)?")


class Cell(NamedTuple):
    """What a cell can mean: settled meanings by rule, and a date whose day and month could be swapped."""

    meanings: tuple[Meaning, ...]
    day_first: Day | None = None
    month_first: Day | None = None
    problem: str | None = None


def _build(text: str) -> list[Meaning]:
    possible: list[Meaning] = []
    for pattern, build in _COMPILED:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        try:
            meaning = build(match)
        except (ValueError, KeyError):
            continue
        if meaning not in possible:
            possible.append(meaning)
    return possible


def _either(text: str) -> tuple[Day | None, Day | None]:
    match = _EITHER.fullmatch(text)
    if match is None:
        return None, None
    options: list[Day | None] = []
    for month, day in ((match[2], match[1]), (match[1], match[2])):
        try:
            options.append(_day(match[3], month, day))
        except ValueError:
            options.append(None)
    return options[0], options[1]


def _span_of(meanings: list[Meaning]) -> tuple[date, date] | None:
    """The days of one end of a range: years, months, quarters and days, as ``2019-01/2019-09`` has them."""
    for meaning in meanings:
        if isinstance(meaning, Span):
            return meaning.start, meaning.end
        if isinstance(meaning, Day):
            return meaning.day, meaning.day
    return None


def _range(text: str) -> Span | None:
    parts = _RANGE.split(text)
    if len(parts) != 2:
        return None
    first, last = _span_of(_build(parts[0])), _span_of(_build(parts[1]))
    if first is None or last is None or last[1] < first[0]:
        return None
    return Span(first[0], last[1], "day" if first[0] == last[1] else "range")


def _clock_problem(text: str) -> str | None:
    """Why a date with a time of day is no period; None where the time is midnight or the last instant of the day."""
    match = re.search(_TIME, text)
    if match is None or _MIDNIGHT.fullmatch(match["time"]) or _LAST_INSTANT.fullmatch(match["time"]):
        return None
    return CLOCK


CLOCK = (
    "has a time of day, as stamps have that were moved to another time zone: convert them to the zone of the "
    "statistics (index.tz_convert('Asia/Almaty')) or write months, such as 2019-09"
)


def meanings(value: object) -> Cell:
    """Everything that a cell can mean; no meaning where it names no period.

    >>> meanings("2009-10").meanings
    (Span(start=datetime.date(2009, 10, 1), end=datetime.date(2009, 10, 31), kind='month'), Fiscal(year=2010))
    """
    if isinstance(value, bool | np.bool_):
        return Cell(())
    if isinstance(value, pd.Period):
        return Cell((_period_span(value),))
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, date):
        return Cell((Day(value),))
    if isinstance(value, float | np.floating):
        number = float(value)
        value = str(int(number)) if number.is_integer() else repr(number)
    text = plain(str(value)).strip(" .,;")
    text = _MARKS.sub("", text)
    settled = _build(text)
    if any(isinstance(m, Day) for m in settled):
        return Cell(tuple(settled), problem=_clock_problem(text))
    if settled:
        return Cell(tuple(settled))
    span = _range(text)
    if span is not None:
        return Cell((span,))
    return Cell((), *_either(text))


def _stamp(value: datetime) -> Cell:
    if pd.isna(value):
        return Cell(())
    clock = (value.hour, value.minute)
    return Cell((Day(value.date()),), problem=None if clock in ((0, 0), (23, 59)) else CLOCK)


_MONTHS_OF_FREQUENCY = {"M": 1, "Q": 3, "Y": 12, "A": 12}
_KINDS = {1: "month", 3: "quarter", 12: "year"}


def _period_span(period: pd.Period) -> Span:
    months = _MONTHS_OF_FREQUENCY.get(period.freqstr.partition("-")[0])
    if months is not None:
        # start_time and end_time of pandas take 50 times as long, and a series of months has hundreds.
        first = 12 * period.year + period.month - months
        return Span(date(first // 12, first % 12 + 1, 1), month_end(period.year, period.month), _KINDS[months])
    start, end = period.start_time.date(), period.end_time.date()
    months = 12 * (end.year - start.year) + end.month - start.month + 1
    whole = start.day == 1 and end == month_end(end.year, end.month)
    kind = _KINDS.get(months, "range") if whole else ("day" if start == end else "range")
    return Span(start, end, kind)
