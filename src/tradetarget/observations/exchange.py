"""Yearly exchange rates of the dollar, and what they are used for: the size of a pair, and series turned into dollars.

A rate is the average of a year, in units of currency for one dollar (the table says where it is from:
datasets/data/exchange-rates.csv). A year without a rate takes that of the nearest year, up to five years away.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from tradetarget.errors import UnitError
from tradetarget.observations.observation import Observation
from tradetarget.packaged import packaged_text
from tradetarget.units import Unit

DOLLAR = "USD"
NEAREST = 5
"""Years that a rate may be away from the year it is used for. Judgement, because a size class is about half a log point
wide and rates of most currencies move by less in five years."""
LOOK_BACK = 10
"""Years over which a currency's loss of value is measured. Those that growth over a decade is judged by."""


class YearRate(NamedTuple):
    """A currency's average rate in a year, in units of it for one dollar."""

    currency: str
    year: int
    per_dollar: float


def rate_near(currency: str, year: int) -> YearRate | None:
    """The rate of ``year``, or of the nearest year up to five away (the earlier of two); None where there is none.

    >>> rate_near("GBP", 2017)
    YearRate(currency='GBP', year=2017, per_dollar=0.777)
    >>> rate_near("GBP", 2026).year
    2024
    """
    if currency == DOLLAR:
        return YearRate(DOLLAR, year, 1.0)
    rates = _shipped().get(currency, {})
    near = [y for y in rates if abs(y - year) <= NEAREST]
    if not near:
        return None
    best = min(near, key=lambda y: (abs(y - year), y))
    return YearRate(currency, best, rates[best])


def rates_of(currency: str) -> Mapping[int, float]:
    """The rates of a currency by year, in units of it for one dollar; empty where there are none.

    >>> rates_of("GBP")[2017]
    0.777
    """
    return MappingProxyType(_shipped().get(currency, {}))


def required_rate(currency: str, year: int) -> YearRate:
    """As ``rate_near``.

    Raises
    ------
    UnitError
        Where there is no rate.
    """
    rate = rate_near(currency, year)
    if rate is not None:
        return rate
    if currency not in _shipped():
        raise UnitError(
            f"there is no exchange rate of {currency}: the table has {len(_shipped())} currencies by their ISO 4217 "
            "codes; correct the code, or convert the data to dollars first"
        )
    years = sorted(_shipped()[currency])
    raise UnitError(
        f"no rate of {currency} within {NEAREST} years of {year}: the table has {years[0]} to {years[-1]}; convert the "
        "data first and state the rate used"
    )


def factor_between(unit: Unit, wanted: Unit, year: int) -> tuple[float, tuple[YearRate, ...]] | None:
    """What a value in ``unit`` is multiplied by to stand in ``wanted`` at the rates of ``year``, and these rates.

    No rates where the currency is the same; None where there is no rate.
    """
    scale = float(10.0 ** (unit.exponent - wanted.exponent))
    if unit.currency == wanted.currency:
        return unit.factor_to(wanted), ()
    rates = [rate_near(c, year) for c in (unit.currency, wanted.currency)]
    if rates[0] is None or rates[1] is None:
        return None
    used = tuple(r for r in rates if r is not None and r.currency != DOLLAR)
    return scale * rates[1].per_dollar / rates[0].per_dollar, used


def converted_value(value: float, unit: Unit, wanted: Unit, year: int) -> float:
    """``value`` in another unit at the rates of ``year``.

    Raises
    ------
    UnitError
        Where there is no rate.
    """
    if unit.currency == wanted.currency:
        return unit.convert(value, wanted)
    return value * _rate(unit, wanted, year) * 10.0 ** (unit.exponent - wanted.exponent)


def loss_of_value(currency: str, year: int) -> float | None:
    """Fraction a year by which dollars became dearer in ``currency`` over the ten years to ``year``.

    None where there is no rate at one of the two ends.
    """
    ends = rate_near(currency, year - LOOK_BACK), rate_near(currency, year)
    if ends[0] is None or ends[1] is None or ends[0].year == ends[1].year:
        return None
    return float((ends[1].per_dollar / ends[0].per_dollar) ** (1.0 / (ends[1].year - ends[0].year)) - 1.0)


def converted(observations: Iterable[Observation], wanted: Unit, label: str) -> tuple[Observation, ...]:
    """Every statement at the rate of the year in which its period ends; growth by the change of the rates too.

    Raises
    ------
    UnitError
        On levels without a unit, and on a year without a rate.
    """
    figures = list(observations)
    unit = next((o.unit for o in figures if o.unit is not None), None)
    if unit is None:
        raise UnitError(f"{label} does not state its currency: give the unit of the data first, such as 'KZT bn'")
    if unit.currency == wanted.currency:
        return tuple(o.in_unit(wanted) for o in figures)
    return tuple(_converted(o, unit, wanted) for o in figures)


def _converted(o: Observation, unit: Unit, wanted: Unit) -> Observation:
    source = f"{o.source}; " if o.source else ""
    provenance = f"{source}{unit.currency} turned into {wanted.currency} at each year's average rate"
    if o.kind == "growth":
        change = _rate(unit, wanted, o.end.year) / _rate(unit, wanted, o.end.year - 1)
        width = None if o.rounding is None else o.rounding * change
        return replace(o, value=(1.0 + o.value) * change - 1.0, rounding=width, source=provenance)
    value = converted_value(o.value, o.unit or unit, wanted, o.end.year)
    width = None if o.rounding is None else converted_value(o.rounding, o.unit or unit, wanted, o.end.year)
    return replace(o, value=value, rounding=width, unit=wanted, source=provenance)


def _rate(unit: Unit, wanted: Unit, year: int) -> float:
    """Units of the wanted currency for one of the other."""
    return required_rate(wanted.currency, year).per_dollar / required_rate(unit.currency, year).per_dollar


@cache
def _shipped() -> MappingProxyType[str, dict[int, float]]:
    text = packaged_text("datasets", "data", "exchange-rates.csv")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    years = [int(y) for y in header[1:]]
    return MappingProxyType(
        {row[0]: {y: float(cell) for y, cell in zip(years, row[1:], strict=True) if cell} for row in rows}
    )
