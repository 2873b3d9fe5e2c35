"""Currency and scale: "USD bn", "million USD", "EUR".

A unit is a currency (three letters, ISO 4217 style) and a power of ten. Values convert between scales of one
currency; another currency is an error, because an exchange rate is an assumption that the user has to make.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tradetarget.errors import UnitError

_SCALES = {
    "thousand": 3, "thousands": 3, "k": 3, "th": 3, "ths": 3,
    "million": 6, "millions": 6, "mn": 6, "mln": 6, "m": 6,
    "billion": 9, "billions": 9, "bn": 9, "bln": 9, "b": 9,
    "trillion": 12, "trillions": 12, "tn": 12, "trn": 12,
}  # fmt: skip
_NAMES = {0: "", 3: "thousand", 6: "mn", 9: "bn", 12: "tn"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A currency and a power of ten.

    Parameters
    ----------
    currency
        Three letters, upper case: "USD".
    exponent
        Power of ten of the scale: 0, 3, 6 (million), 9 (billion) or 12.
    """

    currency: str
    exponent: int = 0

    @classmethod
    def parse(cls, text: str | Unit) -> Unit:
        """Read "USD bn", "bn USD", "million USD", "USD" or "kzt mln"; case and order do not matter.

        Raises
        ------
        UnitError
            When the text does not hold exactly one currency and at most one scale.

        Examples
        --------
        >>> Unit.parse("million USD")
        Unit('USD mn')
        """
        if isinstance(text, Unit):
            return text
        words = re.findall(r"[A-Za-z]+", str(text))
        scales = [w for w in words if w.lower() in _SCALES]
        currencies = [w for w in words if w.lower() not in _SCALES]
        readable = re.fullmatch(r"[A-Za-z][A-Za-z .,]*", str(text).strip()) is not None
        if not readable or len(scales) > 1 or len(currencies) != 1 or len(currencies[0]) != 3:
            raise UnitError(
                f"unit {str(text)!r} cannot be read: give a three-letter currency and an optional scale "
                "(thousand, mn, bn, tn), such as 'USD bn' or 'million USD'"
            )
        return cls(currencies[0].upper(), _SCALES[scales[0].lower()] if scales else 0)

    def factor_to(self, other: Unit) -> float:
        """What a value in this unit is multiplied by to stand in ``other``.

        Raises
        ------
        UnitError
            When the currencies differ.

        Examples
        --------
        >>> Unit.parse("USD bn").factor_to(Unit.parse("USD mn"))
        1000.0
        """
        if self.currency != other.currency:
            raise UnitError(
                f"cannot convert {self} to {other}: another currency needs an exchange rate; use --convert-to "
                f"{other.currency} (TradeSeries.converted), or convert the data first and state the rate used"
            )
        return float(10.0 ** (self.exponent - other.exponent))

    def convert(self, value: float, other: Unit) -> float:
        """``value`` of this unit in ``other``; dividing, not multiplying, where that is exact."""
        factor = self.factor_to(other)
        return value * factor if factor >= 1.0 else value / (1.0 / factor)

    def __str__(self) -> str:
        name = _NAMES[self.exponent]
        return f"{self.currency} {name}" if name else self.currency

    def __repr__(self) -> str:
        return f"Unit({str(self)!r})"
