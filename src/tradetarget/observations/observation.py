"""One statement about one period: what was reported, by whom, and since when it has been known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args

from tradetarget.checks import FIRST_YEAR, LARGEST, LAST_YEAR, SMALLEST
from tradetarget.errors import DataError, shown
from tradetarget.reading.dates import from_fiscal, month_end, period_text
from tradetarget.reading.values import plain_number
from tradetarget.units import Unit

Kind = Literal["level", "growth"]
Qualifier = Literal["exact", "about", "almost", "more than", "at most", "at least"]
KINDS: tuple[str, ...] = get_args(Kind)
QUALIFIERS: tuple[str, ...] = get_args(Qualifier)
Revision = Literal["preliminary", "final"]
REVISIONS: tuple[str, ...] = get_args(Revision)
NEAR = 0.05
"""Share of the value that "about", "almost" and "more than" reach where no rounding is given. Judgement."""
FEWEST_DAYS_OF_A_YEAR = 365
"""From so many days on a period is no part of a year, so that its level has to be positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A level, or a growth rate on the same months a year earlier, as somebody stated it.

    Parameters
    ----------
    start, end
        First and last day of the period, both included. A calendar year is the common case, not a special one.
    value
        A level in ``unit``, or a growth rate as a fraction (0.25 for 25 %, above -1). A level is positive; that of a
        part of a year may be 0, a month without trade, if it is exact. It counts in the sums that it is a part of.
    unit
        The unit of a level; None for a growth rate, or when the data do not say.
    kind
        "level" or "growth".
    qualifier
        "exact", "about", "almost" (at most, and near), "more than" (at least, and near), "at most" or "at least"
        (bounds that say nothing of how near).
    rounding
        Width of the rounding step, in the units of ``value`` (0.1 for "2.6"); None when it is not known.
    flow
        "turnover", "exports" or "imports", or a name of the user's own.
    reporter
        The side whose statistics these are ("Kazakhstan"); None when the data do not say.
    stated_by
        Who said it, in free text ("Press service of the Prime Minister").
    as_of
        The day on which it was known; None when undated, and then ``known_from`` supposes a usual delay.
    source, address
        Title of the page or table, and where it is.
    revision
        "preliminary" where the figure may be revised before the total of its year is final, "final" where it belongs to
        the same table as that total. None leaves it to a rule: see ``is_preliminary``.
    year_end
        The month in which the years of the series end: 12 for calendar years. For fiscal years ``start``, ``end`` and
        ``as_of`` are counted in the fiscal calendar, in which a fiscal year is a year (``reading.dates.to_fiscal``):
        with years that end in March, April 2015 is the first month of 2016. ``period`` and ``calendar_date`` turn back.

    Raises
    ------
    DataError
        On a value, period or date that breaks one of these rules.
    """

    start: date
    end: date
    value: float
    unit: Unit | None = None
    kind: Kind = "level"
    qualifier: Qualifier = "exact"
    rounding: float | None = None
    flow: str = "turnover"
    reporter: str | None = None
    stated_by: str | None = None
    as_of: date | None = None
    source: str | None = None
    address: str | None = None
    revision: Revision | None = None
    year_end: int = 12

    def __post_init__(self) -> None:
        self._check_types()
        for name in ("reporter", "stated_by", "source", "address"):
            object.__setattr__(self, name, (getattr(self, name) or "").strip() or None)
        period = self.period
        for name, choices in (("kind", KINDS), ("qualifier", QUALIFIERS), ("revision", REVISIONS)):
            word = getattr(self, name)
            if (word is not None or name != "revision") and (not isinstance(word, str) or word not in choices):
                raise DataError(
                    f"{period}: {name} {shown(word)} is none of {', '.join(choices)}: correct it, or leave it empty"
                )
        if not math.isfinite(self.value):
            raise DataError(f"{period}: the value {self.value} is not a finite number: give one or leave the row out")
        if self.kind == "level" and self.value <= 0 and not self._is_part_without_trade:
            raise DataError(
                f"{period}: the value {self.value:g} is not above 0; growth of trade is only defined for positive "
                "values: correct it or leave the row out, and the other years stay"
            )
        if self.kind == "level" and self.value != 0 and not SMALLEST <= self.value <= LARGEST:
            raise DataError(
                f"{period}: the value {self.value:g} is outside {SMALLEST:g} to {LARGEST:g}: give it in another unit"
            )
        if self.kind == "growth" and self.value <= -1:
            raise DataError(f"{period}: a growth of {self.value:g} would leave no trade: write 25 % as 0.25")
        if self.rounding is not None and not (math.isfinite(self.rounding) and self.rounding >= 0):
            raise DataError(f"{period}: rounding {self.rounding} is not a width of 0 or more")
        if self.as_of is not None and self.as_of < self.end:
            raise DataError(
                f"{period}: known as of {self.calendar_date(self.as_of)} but the period ends later: correct the date "
                "or the period"
            )

    def _check_types(self) -> None:
        """A DataError on a field of another type; dates and years are checked as well."""
        for name in ("reporter", "stated_by", "source", "address"):
            words = getattr(self, name)
            if words is not None and not isinstance(words, str):
                raise DataError(f"{name} {shown(words)} is no text: give some, or leave it out")
        if not isinstance(self.flow, str) or not self.flow.strip():
            raise DataError(f"flow {shown(self.flow)} is no text: give some, such as 'turnover'")
        for name in ("start", "end", "as_of"):
            day = getattr(self, name)
            if day is None and name == "as_of":
                continue
            if not isinstance(day, date) or isinstance(day, datetime):
                raise DataError(f"{name} {shown(day)} is no date: give a datetime.date, such as date(2024, 1, 31)")
            if not FIRST_YEAR <= day.year <= LAST_YEAR + 1:
                raise DataError(f"{name} {day} is not in the years {FIRST_YEAR} to {LAST_YEAR}: correct it")
        if self.end < self.start:
            raise DataError(f"the period from {self.start} to {self.end} ends before it starts: swap its two ends")
        whole = isinstance(self.year_end, int) and not isinstance(self.year_end, bool)
        if not whole or not 1 <= self.year_end <= 12:
            raise DataError(f"year_end {shown(self.year_end)} is not a month from 1 to 12: give one, such as 3")
        if self.unit is not None and not isinstance(self.unit, Unit):
            raise DataError(f"unit {shown(self.unit)} is no Unit: give Unit.parse('USD bn')")
        for name in ("value", "rounding"):
            number = getattr(self, name)
            if type(number) is float or (number is None and name == "rounding"):
                continue
            plain = plain_number(number)
            if plain is None:
                raise DataError(f"{name} {shown(number)} is not a finite number: give one, such as 0.5")
            object.__setattr__(self, name, plain)

    @property
    def _is_part_without_trade(self) -> bool:
        """Whether it says that nothing was traded in a part of a year, which is a figure of that year's total."""
        days = (self.end - self.start).days + 1
        return self.value == 0 and self.qualifier == "exact" and days < FEWEST_DAYS_OF_A_YEAR

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells two statements apart; two with one identity are one statement made twice."""
        return (
            self.start, self.end, self.kind, self.qualifier, self.reporter, self.as_of, self.stated_by, self.source,
            self.address,
        )  # fmt: skip

    @property
    def states_level(self) -> bool:
        """Whether it says what the level was, exactly or about, and not only what bounds it or how it grew."""
        return self.kind == "level" and self.qualifier in ("exact", "about")

    @property
    def is_preliminary(self) -> bool:
        """Whether a nowcast allows for a revision of the figure (``nowcasting.revision``).

        As ``revision`` says. Where that is None, a figure of a part of a year counts as preliminary if it was said
        rather than read from a table: it names who stated it, how it is rounded, or has a word such as "about". Figures
        of whole years count as final: what officials said of closed years differs from the statistics by .006 log
        points (benchmarks/estimate_revision_law.py).
        """
        if self.revision is not None:
            return self.revision == "preliminary"
        was_said = self.stated_by is not None or self.rounding is not None or self.qualifier != "exact"
        return was_said and not self.is_whole_year

    @property
    def is_whole_year(self) -> bool:
        """Whether the period is one year of the series, a calendar year or a fiscal year of a series of those."""
        return (
            self.start.year == self.end.year
            and (self.start.month, self.start.day) == (1, 1)
            and (self.end.month, self.end.day) == (12, 31)
        )

    @property
    def is_whole_months(self) -> bool:
        """Whether the period runs from the first day of a month to the last day of a month."""
        return self.start.day == 1 and self.end == month_end(self.end.year, self.end.month)

    @property
    def is_one_month(self) -> bool:
        """Whether the period is one calendar month."""
        return self.start.day == 1 and self.end == month_end(self.start.year, self.start.month)

    @property
    def known_from(self) -> date:
        """The day from which the figure counts as known.

        ``as_of`` where it is given. An undated whole-year figure is known from March after the year; an undated
        part-year figure from the start of the second month after its period.
        """
        if self.as_of is not None:
            return self.as_of
        if self.is_whole_year:
            return date(self.end.year + 1, 3, 1)
        return month_end(self.end.year, self.end.month + 2).replace(day=1)

    def in_unit(self, unit: Unit) -> Observation:
        """The same statement in another scale; a growth rate as it is, a level without a unit taken to be in it.

        Raises
        ------
        UnitError
            When the currency differs.
        """
        if self.kind == "growth":
            return self
        if self.unit is None:
            return replace(self, unit=unit)
        width = None if self.rounding is None else self.rounding * self.unit.factor_to(unit)
        return replace(self, value=self.unit.convert(self.value, unit), rounding=width, unit=unit)

    @property
    def period(self) -> str:
        """The period as text, in the ordinary calendar, as in "2019", "2019-01/2019-09" and "2015-04/2016-03"."""
        return period_text(self.calendar_date(self.start), self.calendar_date(self.end))

    def calendar_date(self, day: date) -> date:
        """A day of the series' calendar in the ordinary one: the same day, but for fiscal years."""
        return from_fiscal(day, self.year_end)
