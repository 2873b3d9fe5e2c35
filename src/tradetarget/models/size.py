"""The size of a pair in the unit of a panel: the volatility and growth that a law expects of the pair depend on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tradetarget.observations.exchange import DOLLAR, YearRate, factor_between, loss_of_value
from tradetarget.units import Unit

FAST_LOSS = 0.10
"""Loss of value a year above which growth in a currency is no longer like growth in dollars. Judgement. It is twice the
growth that the law expects of a pair."""


@dataclass(frozen=True)
class ExpectedLoss:
    """What a model expects of the price of a dollar in the series' currency over the ten years after the origin.

    Parameters
    ----------
    currency
        The ISO 4217 code.
    median, low, high
        Fraction by which a dollar becomes dearer a year, and its 80 % interval.
    inflation_difference
        Inflation expected of the currency less the dollar's, log points a year; None where no outlook was published.
    outlook
        The vintage of that outlook; None where there is none.
    last_rate
        The year of the last rate of the table.
    """

    currency: str
    median: float
    low: float
    high: float
    inflation_difference: float | None
    outlook: str | None
    last_rate: int

    @property
    def sentence(self) -> str:
        """For a reader."""
        if self.low == self.high:
            expected = (
                f"the rate of {self.currency} is expected to stay as it is, because it hardly moved in the ten years "
                f"to {self.last_rate}"
            )
        else:
            basis = "" if self.outlook is None else f", by the inflation that the IMF expected in {self.outlook}"
            expected = (
                f"a dollar is expected to cost {abs(self.median):.1%} {'less' if self.median < 0.0 else 'more'} "
                f"{self.currency} a year over ten years (80 % interval of the change {self.low:+.1%} to "
                f"{self.high:+.1%}){basis} and by the rates to {self.last_rate}"
            )
        return (
            f"The totals are read in dollars at each year's rate, and {expected}. To ask of trade in dollars instead, "
            'use --convert-to USD (TradeSeries.converted("USD")).'
        )


@dataclass(frozen=True)
class SizeClass:
    """The size of a pair, as a law that was estimated from a panel uses it, and where that size comes from.

    Parameters
    ----------
    factor
        Factor from the series' levels to ``unit``: one number for all years, so that growth stays as it is.
    value
        The last total, in ``unit``.
    unit
        That of the panel.
    series_unit
        That of the series; None where it has none.
    rates
        The exchange rates in ``factor``; none within one currency.
    assumed
        Whether the size is not known, and the central one was taken.
    loss_of_value
        Fraction a year by which the dollar became dearer in the series' currency over the ten years to the origin;
        None where that is not known, and for series in dollars.
    currency
        What the model expects of the series' currency; None where it is the dollar, or the model does not ask.
    """

    factor: float
    value: float
    unit: Unit
    series_unit: Unit | None
    rates: tuple[YearRate, ...]
    assumed: bool
    loss_of_value: float | None
    currency: ExpectedLoss | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for a reader about a size that was assumed or converted, and a currency that loses its value."""
        sentences = []
        if self.assumed:
            what = "no unit" if self.series_unit is None else f"unit {self.series_unit}, without a rate near that year"
            remedy = "give the data's unit (--data-unit)" if self.series_unit is None else "convert the data to dollars"
            sentences.append(
                f"The series has {what}, and the panel is in {self.unit}: it is taken to be of central size "
                f"({self.value:g} {self.unit}), on which its volatility and growth depend; {remedy} to use its own."
            )
        elif self.rates:
            rates = ", ".join(f"{r.per_dollar:g} {r.currency} a dollar in {r.year}" for r in self.rates)
            sentences.append(f"The last total is of the size class of {self.value:,.0f} {self.unit} ({rates}).")
        if self.currency is not None:
            sentences.append(self.currency.sentence)
        elif self.loss_of_value is not None and self.loss_of_value > FAST_LOSS and self.series_unit is not None:
            sentences.append(
                f"A dollar cost {self.loss_of_value:.0%} more {self.series_unit.currency} a year over ten years, and "
                "the law was learnt from trade in dollars: growth in this currency is not like it. To answer in "
                'dollars, use --convert-to USD (TradeSeries.converted("USD")).'
            )
        return tuple(sentences)

    def to_dict(self) -> dict[str, Any]:
        """As plain data: value, unit, assumed, rates [{currency, year, per_dollar}], loss_of_value, expected_loss.

        ``expected_loss`` is what the model expects of the currency (``ExpectedLoss``), or None.
        """
        return {
            "value": float(f"{self.value:.6g}"),
            "unit": str(self.unit),
            "assumed": self.assumed,
            "rates": [r._asdict() for r in self.rates],
            "loss_of_value": self.loss_of_value,
            "expected_loss": None if self.currency is None else asdict(self.currency),
        }


def size_class(unit: Unit | None, last: float, year: int, wanted: Unit, central: float) -> SizeClass:
    """The size class of a series.

    Parameters
    ----------
    unit
        Of the series.
    last
        Its last total, in that unit.
    year
        The year of that total: a series in another currency than the panel's is converted at that year's rate.
    wanted
        The unit of the panel.
    central
        The size, in that unit, that is assumed where the size of the series is not known.
    """
    conversion = None if unit is None else factor_between(unit, wanted, year)
    loss = None if unit is None or unit.currency == DOLLAR else loss_of_value(unit.currency, year)
    if conversion is None:
        return SizeClass(central / last, central, wanted, unit, (), True, loss)
    return SizeClass(conversion[0], conversion[0] * last, wanted, unit, conversion[1], False, loss)
