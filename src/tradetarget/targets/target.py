"""The question: a level to be reached, and what reaching it means."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from tradetarget.checks import LARGEST, SMALLEST, checked_year, takes
from tradetarget.checks import year as read_year
from tradetarget.errors import TargetError, shown
from tradetarget.observations.exchange import converted_value
from tradetarget.reading.dates import year_period
from tradetarget.reading.periods import DECEMBER, checked_year_end
from tradetarget.reading.values import plain_number
from tradetarget.units import Unit

Event = Literal["calendar_year", "rolling_12_months", "run_rate"]
Occurrence = Literal["first", "again"]
EVENTS: tuple[str, ...] = get_args(Event)
OCCURRENCES: tuple[str, ...] = get_args(Occurrence)
MOST_SUSTAINED = 600
"""Most periods in a row. Judgement. Fifty years of months; every path keeps so many of its past."""


@dataclass(frozen=True, slots=True)
class Target:
    """A level to be reached.

    Parameters
    ----------
    value
        The level, positive, in ``unit``.
    unit
        "USD bn", "million USD", ...; None means the unit of the data.
    event
        What "trade reached it" means: "calendar_year" (the total of a calendar year), "rolling_12_months" (the sum of
        a month and the eleven before it) or "run_rate" (a month, seasonally adjusted, times twelve).
    sustained
        Periods in a row at or above the level, years of a calendar-year event and months of the others; 2 is "two
        years running". The event happens in the last of them; a run may have begun in the data.
    deadline
        The year by whose end it was promised: 2030, "2030" or a yearly pandas Period; None for no deadline. Answers
        then begin with P(reached by the end of it), and their horizon runs at least to it.
    occurrence
        "first": the first time after the origin. "again": after it was reached, in the past or on the way, and fallen
        back from.
    year_end
        The month in which the years end, by name or number, where the target is of a fiscal year; None for the years of
        the data.

    Raises
    ------
    TargetError
        On a value that is not a number from 1e-150 to 1e150, an unknown event or occurrence, a deadline that is no
        year, or ``sustained`` outside 1 to 600.
    UnitError
        On a unit that cannot be read.

    Examples
    --------
    >>> Target(5.0, unit="USD bn")
    Target(5 USD bn)
    """

    value: float
    unit: Unit | None = None
    event: Event = "calendar_year"
    sustained: int = 1
    deadline: int | None = None
    occurrence: Occurrence = "first"
    year_end: int | None = None

    def __init__(
        self,
        value: float,
        unit: str | Unit | None = None,
        event: Event = "calendar_year",
        sustained: int = 1,
        deadline: object = None,
        occurrence: Occurrence = "first",
        year_end: str | int | None = None,
    ) -> None:
        number = plain_number(value)
        if number is None:
            raise TargetError(f"target {shown(value)} is not a number: give the level to be reached, such as 5.0")
        value = number
        if not value > 0 or value == math.inf:
            raise TargetError(f"target {value:g} is not a positive number: give the level to be reached, such as 5.0")
        if not SMALLEST <= value <= LARGEST:
            raise TargetError(f"target {shown(value)} is outside {SMALLEST:g} to {LARGEST:g}: give it in another unit")
        if not isinstance(event, str) or event not in EVENTS:
            raise TargetError(f"event {shown(event)} is none of {', '.join(EVENTS)}")
        if not isinstance(occurrence, str) or occurrence not in OCCURRENCES:
            raise TargetError(f"occurrence {shown(occurrence)} is none of {', '.join(OCCURRENCES)}")
        whole = isinstance(sustained, int | np.integer) and not isinstance(sustained, bool)
        if not whole or not 1 <= sustained <= MOST_SUSTAINED:
            raise TargetError(
                f"sustained {shown(sustained)} is not a whole number of periods from 1 to {MOST_SUSTAINED}: give one"
            )
        due = None if deadline is None else checked_year(deadline, "deadline", TargetError)
        object.__setattr__(self, "value", float(value))
        object.__setattr__(self, "unit", None if unit is None else Unit.parse(unit))
        object.__setattr__(self, "event", event)
        object.__setattr__(self, "sustained", int(sustained))
        object.__setattr__(self, "deadline", due)
        object.__setattr__(self, "occurrence", occurrence)
        object.__setattr__(self, "year_end", checked_year_end(year_end))

    def value_in(self, unit: Unit | None) -> float:
        """The level in ``unit``; unchanged where either side does not say its unit.

        Raises
        ------
        UnitError
            When the currencies differ.
        """
        if unit is None or self.unit is None:
            return self.value
        unit = Unit.parse(unit)
        return self.unit.convert(self.value, unit)

    def in_unit(self, unit: Unit | None) -> Target:
        """The same target in another unit; see ``value_in``."""
        return self._with(self.value_in(unit), unit)

    def of_years_ending(self, year_end: int) -> Target:
        """The same target of years that end in a month: those of the data, so that answers can name them.

        Raises
        ------
        TargetError
            When the target is of other years, or the event is of months and the years are fiscal.
        """
        if self.year_end is not None and self.year_end != year_end:
            raise TargetError(
                f"the target is of years that end in month {self.year_end} and the data are of years that end in month "
                f"{year_end}, which do not mix: give data of the target's years, or leave year_end out"
            )
        if year_end == DECEMBER:
            return self
        if self.is_monthly:
            raise TargetError(
                f"event {self.event!r} is of months, and the data are of years that end in month {year_end}: give the "
                "months without year_end, or ask for the event 'calendar_year'"
            )
        return Target(self.value, self.unit, self.event, self.sustained, self.deadline, self.occurrence, year_end)

    def year(self, year: int) -> pd.Period:
        """A year as a pandas Period that ends in the month in which the target's years end."""
        return year_period(year, self.year_end or DECEMBER)

    def _with(self, value: float, unit: Unit | None) -> Target:
        return Target(value, unit, self.event, self.sustained, self.deadline, self.occurrence, self.year_end)

    @takes(year=read_year)
    def converted(self, to: str | Unit, year: int) -> Target:
        """The same target in another currency, at the average exchange rate of ``year``; see ``TradeSeries.converted``.

        Raises
        ------
        TargetError
            When the target does not say its unit.
        UnitError
            When there is no rate within five years of ``year``.

        Examples
        --------
        >>> Target(27.5, "GBP bn").converted("USD", 2017)
        Target(35.3925 USD bn)
        """
        if self.unit is None:
            raise TargetError(f"target {self.value:g} has no unit to convert from: give one, such as 'GBP bn'")
        wanted = Unit.parse(to)
        wanted = Unit(wanted.currency, wanted.exponent or self.unit.exponent)
        value = converted_value(self.value, self.unit, wanted, year)
        return self._with(value, wanted)

    def by(self, deadline: object) -> Target:
        """The same target with a deadline: 2030, "2030" or a yearly pandas Period.

        Examples
        --------
        >>> Target(5.0, unit="USD bn").by(2030)
        Target(5 USD bn, by 2030)
        """
        return replace(self, deadline=checked_year(deadline, "deadline", TargetError))

    @property
    def is_monthly(self) -> bool:
        """Whether the event is seen every month."""
        return self.event != "calendar_year"

    @property
    def is_plain(self) -> bool:
        """Whether once and for the first time is enough."""
        return self.sustained == 1 and self.occurrence == "first"

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        event = "" if self.event == "calendar_year" else f", {self.event.replace('_', ' ')}"
        run = "" if self.sustained == 1 else f", {self.sustained} periods running"
        again = "" if self.occurrence == "first" else ", again"
        by = "" if self.deadline is None else f", by {self.deadline}"
        return f"{self.value:g}{unit}{event}{again}{run}{by}"

    def __repr__(self) -> str:
        return f"Target({self})"
