"""``--convert-to``: series and target in another currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tradetarget.errors import TradeTargetError, UnitError

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries
    from tradetarget.observations.exchange import YearRate
    from tradetarget.targets import Target


@dataclass(frozen=True)
class Converted:
    """A question in another currency, and what was done to it.

    Parameters
    ----------
    series, target
        In the wanted currency; no target where none was asked.
    asked
        The target as it was asked.
    currency
        Of the data as they were given; None where nothing had to be converted.
    rates
        Those of the origin's year, which the target was converted at.
    """

    series: TradeSeries
    target: Target | None
    asked: Target | None = None
    currency: str | None = None
    rates: tuple[YearRate, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What was converted and how, in words, to stand below an answer; none where nothing was."""
        if self.currency is None:
            return []
        from tradetarget.observations.exchange import rate_near
        from tradetarget.report.text import wrapped

        sentence = f"Converted: {self.currency} into {self.series.unit} at each year's average exchange rate"
        last = self.series.observations[-1].end.year
        rate = rate_near(self.currency, last)
        sentence += "." if rate is None or rate.year == last else f"; {last} takes the rate of {rate.year}."
        if self.asked is not None and self.target is not None and self.asked.unit != self.target.unit:
            at = ", ".join(f"{r.per_dollar:g} {r.currency} a dollar in {r.year}" for r in self.rates)
            sentence += f" The target of {self.asked} is {self.target} ({at})."
        return wrapped(sentence)

    def record(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer's record with the conversion among its assumptions: from, to, rates and the target as asked."""
        if self.currency is None:
            return answer
        about = {
            "from": self.currency,
            "to": str(self.series.unit),
            "rates": [r._asdict() for r in self.rates],
            "target_as_asked": None if self.asked is None else str(self.asked),
        }
        return answer | {"assumptions": answer.get("assumptions", {}) | {"conversion": about}}


def convert(series: TradeSeries, target: Target | None, to: str | None, deciding: TradeSeries) -> Converted:
    """The question in the currency ``to``; as it is where that is None, or the currency of the data.

    Parameters
    ----------
    series, target
        What is asked; a target without a unit is in that of the data.
    to
        A unit such as "USD" or "USD bn".
    deciding
        The one side's series, cut at its date: its last complete year gives the target's rate.

    Raises
    ------
    TradeTargetError
        On a unit that cannot be read, data without a currency, and a year without a rate.
    """
    if to is None:
        return Converted(series, target)
    from tradetarget.observations.exchange import factor_between

    try:
        turned = series.converted(to)
    except TradeTargetError as error:
        raise UnitError(f"--convert-to {to}: {error}") from None
    if target is None or series.unit is None or turned.unit is None:
        return Converted(turned, None, None, None if series.unit is None else series.unit.currency)
    year = max(deciding.totals, default=max(o.end.year for o in deciding))
    asked = target if target.unit is not None else target.in_unit(series.unit)
    goal = asked.converted(turned.unit, year)
    if series.unit.currency == turned.unit.currency:
        return Converted(turned, goal)
    conversion = factor_between(series.unit, turned.unit, year)
    return Converted(turned, goal, asked, series.unit.currency, () if conversion is None else conversion[1])
