"""A column of periods, read as a whole: what every cell means is decided by all of them, never one by one."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from tradetarget.checks import FIRST_YEAR, LAST_YEAR
from tradetarget.errors import DataError, SettingError
from tradetarget.reading.dates import month_end
from tradetarget.reading.month_names import MONTHS, plain
from tradetarget.reading.period_cells import Cell, Day, Dotted, Fiscal, Meaning, Span, meanings, months_span
from tradetarget.reading.stamps import FREQUENCIES, StampRule, YearsEnding, stamp_rule

USUAL_YEAR_END = 3
"""The month in which fiscal years are taken to end where the data do not say. Judgement. Most statistics written
2015/16 (India, Japan, the United Kingdom, Canada, South Africa, Singapore, Hong Kong) end in March; it is said with
every answer."""

DECEMBER = 12  # the month in which a calendar year ends
_SUMS = frozenset(
    ("total", "totals", "sum", "all", "gesamt", "summe", "insgesamt", "ensemble", "suma", "итого", "всего")
)
"""What tables call the row that adds up the others."""
_WEEK = re.compile(r"\d{4}[- ]?[Ww]\d{1,2}")


class PeriodOptions(NamedTuple):
    """Options of the user's for a column of periods; None leaves it to the column."""

    frequency: str | None = None
    year_end: int | None = None


def checked_frequency(frequency: object) -> str | None:
    """One of year, quarter, month, day; a SettingError otherwise."""
    if frequency is None:
        return None
    word = plain(str(frequency))
    words = {"annual": "year", "yearly": "year", "a": "year", "y": "year", "quarterly": "quarter", "q": "quarter",
             "monthly": "month", "m": "month", "daily": "day", "d": "day"}  # fmt: skip
    word = words.get(word, word.removesuffix("s"))
    if word not in FREQUENCIES:
        raise SettingError(f"frequency {str(frequency)!r} is none of {', '.join(FREQUENCIES)}")
    return word


def checked_year_end(year_end: object) -> int | None:
    """The month in which years end: 3, "March", "mar"; a SettingError otherwise."""
    if year_end is None:
        return None
    word = plain(str(year_end)).removeprefix("ye-").removeprefix("y-").removesuffix(".")
    number = int(word) if word.isdigit() else MONTHS.get(word, 0)
    if isinstance(year_end, bool) or not 1 <= number <= DECEMBER:
        raise SettingError(f"year_end {str(year_end)!r} is no month: give its name or number, such as March or 3")
    return number


def fiscal_span(year: int, year_end: int) -> tuple[date, date]:
    """First and last day of the year that ends in month ``year_end`` of calendar year ``year``."""
    if year_end == DECEMBER:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year - 1, year_end + 1, 1), month_end(year, year_end)


@dataclass(frozen=True)
class PeriodColumn:
    """What the cells of a column mean.

    Parameters
    ----------
    spans
        The period by cell; cells that name none are in ``problems``.
    problems
        Why a cell is no period, by cell.
    year_end
        The month in which the years end: 12 for calendar years.
    notes
        Decisions that the reader of an answer should know.
    assumed_year_end
        Whether nobody said when the fiscal years end.
    """

    spans: dict[Hashable, Span]
    problems: dict[Hashable, str]
    year_end: int = DECEMBER
    notes: tuple[str, ...] = ()
    assumed_year_end: bool = False


def unreadable(value: object) -> str:
    """The message about a cell that is no period."""
    text = str(value).strip()
    if text.isdigit() and len(text) == 2:
        return f"period {text!r} is no year: write it with four digits, such as 20{text}"
    if text.removesuffix(".0").isdigit() and len(text.removesuffix(".0")) == 5:
        return (
            f"period {text!r} looks like a spreadsheet's number of a day: format the column as dates, or write 2019-09"
        )
    if plain(text).strip(".:") in _SUMS:
        return f"period {text!r} is a sum of periods: leave its row out"
    if _WEEK.fullmatch(text):
        return f"period {text!r} is a week, and weeks do not add up to years: give months, such as 2019-09"
    return (
        f"period {str(value)!r} cannot be read: write a year ({FIRST_YEAR} to {LAST_YEAR}), a month (2019-09), a "
        "quarter (2019Q3), a fiscal year (2015/16) or a range (2019-01/2019-09)"
    )


def read_periods(values: Sequence[Any], options: PeriodOptions, where: str) -> PeriodColumn:
    """The periods that the distinct cells of one column name.

    Parameters
    ----------
    values
        Distinct cells: text, numbers, dates, pandas Periods.
    options
        What the user says.
    where
        The column or file, for messages.

    Raises
    ------
    DataError
        When the column as a whole can be read in two ways, naming both and the option that chooses, or mixes fiscal and
        calendar years.
    """
    cells = {v: meanings(v) for v in values}
    problems = {v: f"period {str(v)!r} {c.problem}" for v, c in cells.items() if c.problem}
    problems |= {v: unreadable(v) for v, c in cells.items() if not c.meanings and not c.day_first and not c.month_first}
    usable = {v: c for v, c in cells.items() if v not in problems}
    notes: list[str] = []
    settled: dict[Hashable, Meaning] = {}
    settled |= _settle_dotted(usable, options, where)
    settled |= _settle_fiscal_or_month({v: c for v, c in usable.items() if v not in settled}, options, where)
    settled |= _settle_order({v: c for v, c in usable.items() if v not in settled}, options, where)
    settled |= {v: c.meanings[0] for v, c in usable.items() if v not in settled}
    year_end = _settle_stamps(settled, options, where, notes)
    return _resolve(settled, problems, options._replace(year_end=options.year_end or year_end), where, notes)


def _settle_dotted(cells: dict[Any, Cell], options: PeriodOptions, where: str) -> dict[Hashable, Meaning]:
    """Cells such as 2018.01: months, where the column shows that they are."""
    dotted = {v: m for v, c in cells.items() for m in c.meanings if isinstance(m, Dotted)}
    parts = {m.digits for m in dotted.values()}
    if not dotted:
        return {}
    padded, double = any(d[0] == "0" and len(d) == 2 for d in parts), any(len(d) == 2 for d in parts)
    if not double and options.frequency not in ("month", "quarter"):
        first = next(iter(dotted))
        raise DataError(
            f"{where}: {str(first)!r} may be a month or a quarter of its year: write {str(first)[:4]}-01 or "
            f"{str(first)[:4]}Q1, or choose with frequency='month' or --frequency month"
        )
    months: dict[Hashable, Meaning] = {}
    for value, m in dotted.items():
        # Where January is .01, a cell .1 is October: spreadsheets drop the last nought of 2018.10.
        number = int(m.digits) * (10 if padded and len(m.digits) == 1 else 1)
        size = 3 if options.frequency == "quarter" else 1
        try:
            first = size * (number - 1) + 1
            months[value] = months_span(m.year, first, first + size - 1, "month" if size == 1 else "quarter")
        except ValueError:
            raise DataError(
                f"{where}: {str(value)!r} is no month of {m.year}; parts of a year as fractions are not read: write "
                f"{m.year}-01 or {m.year}Q1"
            ) from None
    return months


def _settle_fiscal_or_month(cells: dict[Any, Cell], options: PeriodOptions, where: str) -> dict[Hashable, Meaning]:
    """Cells such as 2009-10, October 2009 or the fiscal year 2009/10: decided by the other cells."""
    two_ways: dict[Any, tuple[Span, Fiscal]] = {}
    months_only, fiscal_only, calendar_years = [], [], []
    for value, cell in cells.items():
        spans = [m for m in cell.meanings if isinstance(m, Span)]
        fiscal = [m for m in cell.meanings if isinstance(m, Fiscal)]
        if spans and fiscal:
            two_ways[value] = (spans[0], fiscal[0])
        elif fiscal:
            fiscal_only.append(value)
        elif spans and spans[0].kind in ("month", "quarter"):
            months_only.append(value)
        elif spans and spans[0].kind == "year":
            calendar_years.append(value)
    if not two_ways:
        return {}
    years = options.frequency == "year" or (options.frequency is None and bool(fiscal_only) and not months_only)
    if options.frequency is None and not fiscal_only and not months_only:
        if len(two_ways) == 1 and calendar_years:
            years = False
        elif len(two_ways) == 1 or calendar_years:
            raise _two_readings(next(iter(two_ways)), where)
        else:
            years = True
    return {v: fiscal if years else month for v, (month, fiscal) in two_ways.items()}


def _two_readings(value: object, where: str) -> DataError:
    text = str(value)
    return DataError(
        f"{where}: {text!r} may be a month (of {text[:4]}) or a fiscal year (that starts in {text[:4]}): choose with "
        "frequency='month' or frequency='year', --frequency month or --frequency year"
    )


def _settle_order(cells: dict[Any, Cell], options: PeriodOptions, where: str) -> dict[Hashable, Meaning]:
    """Dates such as 03/04/2019, day or month first: the order in which every cell is a date that opens or closes a
    month."""
    swapped = {v: c for v, c in cells.items() if c.day_first or c.month_first}
    if not swapped:
        return {}
    orders: list[dict[Hashable, Day]] = []
    for pick in ("day_first", "month_first"):
        days = {v: getattr(c, pick) for v, c in swapped.items()}
        if all(d is not None for d in days.values()):
            orders.append(days)
    usable = []
    for days in orders:
        try:
            stamp_rule([d.day for d in days.values()], options.frequency, where)
        except DataError:
            continue
        usable.append(days)
    chosen = usable or orders
    if not chosen:
        raise DataError(
            f"{where}: dates such as {str(next(iter(swapped)))!r} mix day first and month first: write 2019-09-15"
        )
    if len(chosen) == 2 and chosen[0] != chosen[1]:
        raise DataError(
            f"{where}: {str(next(iter(swapped)))!r} may have the day or the month first: write dates as 2019-09-15"
        )
    return dict(chosen[0])


def _settle_stamps(
    settled: dict[Hashable, Meaning], options: PeriodOptions, where: str, notes: list[str]
) -> int | None:
    """Put periods in place of single dates; the month in which years end, where the dates show it."""
    days = {v: m.day for v, m in settled.items() if isinstance(m, Day)}
    if not days:
        return None
    rule = stamp_rule(days.values(), options.frequency, where, options.year_end)
    settled.update({v: rule.period(d) for v, d in days.items()})
    example = f"{min(days.values()):%Y-%m-%d}"
    if isinstance(rule, StampRule):
        plural = {"half-year": "half-years", "day": "single days"}.get(rule.frequency, f"{rule.frequency}s")
        notes.append(f"dates such as {example} are taken as {plural}")
        return None
    assert isinstance(rule, YearsEnding)
    notes.append(f"dates such as {example} are taken as those of fiscal years")
    return rule.month


def _resolve(
    settled: dict[Hashable, Meaning],
    problems: dict[Hashable, str],
    options: PeriodOptions,
    where: str,
    notes: list[str],
) -> PeriodColumn:
    """Give fiscal years their months, and find the month in which the years of the column end."""
    labels = [v for v, m in settled.items() if isinstance(m, Fiscal)]
    calendar = [v for v, m in settled.items() if isinstance(m, Span) and m.kind == "year" and not _is_fiscal(m)]
    shown = _month_shown(settled)
    year_end = options.year_end or (shown if not calendar or labels else None)
    assumed = bool(labels) and year_end is None
    year_end = year_end or (USUAL_YEAR_END if labels else DECEMBER)
    if labels and calendar and options.year_end is None:
        raise DataError(
            f"{where}: {str(labels[0])!r} is a fiscal year and {str(calendar[0])!r} a calendar year, which do not mix: "
            "keep one kind, or say with year_end= or --year-end when every year ends"
        )
    spans: dict[Hashable, Span] = {}
    for value, m in settled.items():
        if isinstance(m, Fiscal):
            spans[value] = Span(*fiscal_span(m.year, year_end), "year")
        elif isinstance(m, Span) and year_end != DECEMBER and m.kind == "year" and not _is_fiscal(m):
            spans[value] = Span(*fiscal_span(m.start.year, year_end), "year")
        elif isinstance(m, Span):
            ends_then = _is_fiscal(m) and m.end.month == year_end
            spans[value] = m._replace(kind="year") if ends_then else m
    _one_year_end(spans, year_end, where)
    return PeriodColumn(spans, problems, year_end, tuple(notes), assumed)


def _is_fiscal(span: Span) -> bool:
    """Whether it is twelve whole months that are no calendar year."""
    start, end = span.start, span.end
    whole = start.day == 1 and end == month_end(end.year, end.month)
    return whole and start.month > 1 and (end.year, end.month) == (start.year + 1, start.month - 1)


def _month_shown(settled: dict[Hashable, Meaning]) -> int | None:
    """The month in which all spans of twelve months end, where there are such spans and it is one month."""
    ends = {m.end.month for m in settled.values() if isinstance(m, Span) and _is_fiscal(m)}
    return ends.pop() if len(ends) == 1 else None


def _one_year_end(spans: dict[Hashable, Span], year_end: int, where: str) -> None:
    """Refuse years that end in several months; a single span of twelve months beside calendar years is a statement."""
    others = [v for v, s in spans.items() if _is_fiscal(s) and s.end.month != year_end]
    whole = next((v for v, s in spans.items() if s.kind == "year" and s.end.month == year_end), None)
    if whole is not None and len(others) > (1 if year_end == DECEMBER else 0):
        kind = "calendar year" if year_end == DECEMBER else "year that ends in another month"
        raise DataError(
            f"{where}: {str(others[0])!r} is a fiscal year and {str(whole)!r} a {kind}, which do not mix: keep years "
            "of one kind"
        )
