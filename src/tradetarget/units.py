"""Currency and scale: "USD bn", "million USD", "US$ million", "INR crore", "THS_EUR".

A unit is a currency (three letters, ISO 4217 style) and a power of ten. Values convert between scales of one
currency; another currency is an error, because an exchange rate is an assumption that the user has to make.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from tradetarget.checks import number
from tradetarget.errors import TradeTargetWarning, UnitError, shown

_SCALES = {
    "units": 0, "unit": 0, "ones": 0,
    "thousand": 3, "thousands": 3, "k": 3, "th": 3, "ths": 3, "thous": 3, "tsd": 3, "000": 3, "000s": 3, "1000": 3,
    "тыс": 3,
    "lakh": 5, "lakhs": 5, "lac": 5, "100000": 5,
    "million": 6, "millions": 6, "mn": 6, "mln": 6, "m": 6, "mio": 6, "mill": 6, "mil": 6, "000000": 6, "1000000": 6,
    "millionen": 6, "millones": 6, "млн": 6,
    "crore": 7, "crores": 7, "cr": 7,
    "hundredmillion": 8,
    "billion": 9, "billions": 9, "bn": 9, "bln": 9, "b": 9, "bio": 9, "mrd": 9, "milliard": 9, "milliards": 9,
    "milliarden": 9, "млрд": 9,
    "trillion": 12, "trillions": 12, "tn": 12, "trn": 12, "трлн": 12,
}  # fmt: skip
_NAMES = {0: "", 3: "thousand", 5: "lakh", 6: "mn", 7: "crore", 8: "hundred million", 9: "bn", 12: "tn"}
NAMED_SCALES = tuple(_NAMES)
"""Powers of ten that have a name."""

_CURRENCIES = {
    "us dollars": "USD", "us dollar": "USD", "u s dollars": "USD", "u s dollar": "USD", "american dollars": "USD",
    "united states dollars": "USD", "dollars us": "USD", "долл сша": "USD", "долларов сша": "USD",
    "euro": "EUR", "euros": "EUR", "pounds sterling": "GBP", "pound sterling": "GBP", "sterling": "GBP",
    "yen": "JPY", "japanese yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "rupees": "INR",
    "indian rupees": "INR", "roubles": "RUB", "rubles": "RUB", "tenge": "KZT", "vatu": "VUV", "won": "KRW",
    "korean won": "KRW", "swiss francs": "CHF", "canadian dollars": "CAD", "australian dollars": "AUD",
    "new zealand dollars": "NZD", "hong kong dollars": "HKD", "singapore dollars": "SGD",
}  # fmt: skip
_SIGNS = {
    "US$": "USD", "U.S.$": "USD", "USD$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₸": "KZT",
    "₹": "INR", "₩": "KRW",
}  # fmt: skip
_WORDS_OF_QUANTITIES = (
    "t tonne tonnes ton tons kg kgs kilogram kilograms kilogrammes barrel barrels bbl teu litre litres liter liters "
    "item items pieces piece head percent percentage points index gwh mwh kwh tj m3 cubic metres meters number pairs "
    "carats"
)
_QUANTITIES = frozenset(_WORDS_OF_QUANTITIES.split())
_CURRENT = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF YER ZAR ZMW ZWG ZWL"
)
_WITHDRAWN = (
    "ATS BEF BGL BYR CYP CSK DEM ECS EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MRO MTL NLG PTE ROL RUR SIT SKK "
    "SLL STD TRL VEF XEU YUM ZWD"
)
_CURRENCY_CODES = frozenset(f"{_CURRENT} {_WITHDRAWN} LCU NCU SDR".split())
"""The codes by which a heading is taken to state a currency (ISO 4217, lists one and three), and three that are none
and stand in tables: the local (World Bank) or national currency, and special drawing rights (IMF)."""
_ALSO_WORDS = frozenset(("ALL", "CUP", "TOP", "TRY", "BTN", "CYP", "ESP", "GRD", "MKD", "SLE"))
"""Codes of currencies that are English words, or codes of countries (ISO 3166), too. In a heading they count beside a
scale alone."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A currency and a power of ten.

    Parameters
    ----------
    currency
        Three letters, upper case: "USD".
    exponent
        Power of ten of the scale: 0, 3, 5 (lakh), 6 (million), 7 (crore), 8, 9 (billion) or 12.
    """

    currency: str
    exponent: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.currency, str) or re.fullmatch("[A-Z]{3}", self.currency) is None:
            raise UnitError(f"currency {shown(self.currency)} is not three capital letters: give a code such as 'USD'")
        if isinstance(self.exponent, bool) or not isinstance(self.exponent, int) or self.exponent not in NAMED_SCALES:
            raise UnitError(f"exponent {shown(self.exponent)} is none of {', '.join(map(str, NAMED_SCALES))}")

    @classmethod
    def parse(cls, text: str | Unit) -> Unit:
        """Read "USD bn", "US$ million", "USD '000", "THS_EUR", "INR crore" or "Millions in Vatu (VUV)".

        Case and order do not matter. A bare "$" is taken to be the US dollar.

        Raises
        ------
        UnitError
            When the text does not hold exactly one currency and at most one scale, or names a quantity.

        Warns
        -----
        TradeTargetWarning
            When the text does not say whose dollar it means.

        Examples
        --------
        >>> Unit.parse("million USD"), Unit.parse("THS_EUR")
        (Unit('USD mn'), Unit('EUR thousand'))
        """
        if isinstance(text, Unit):
            return text
        unit, dollar_is_assumed = _read(text)
        if dollar_is_assumed:
            warnings.warn(
                f"unit {str(text)!r} does not say whose dollar: taken to be {unit}; write that to be sure",
                TradeTargetWarning,
                stacklevel=2,
            )
        return unit

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
        if not isinstance(other, Unit):
            raise UnitError(f"{shown(other)} is no Unit: give Unit.parse('USD bn')")
        if self.currency != other.currency:
            raise UnitError(
                f"cannot convert {self} to {other}: another currency needs an exchange rate; use --convert-to "
                f"{other.currency} (TradeSeries.converted), or convert the data first and state the rate used"
            )
        return float(10.0 ** (self.exponent - other.exponent))

    def convert(self, value: float, other: Unit) -> float:
        """``value`` of this unit in ``other``; dividing, not multiplying, where that is exact."""
        factor = self.factor_to(other)
        value = number(value, "value")
        return value * factor if factor >= 1.0 else value / (1.0 / factor)

    def __str__(self) -> str:
        name = _NAMES[self.exponent]
        return f"{self.currency} {name}" if name else self.currency

    def __repr__(self) -> str:
        return f"Unit({str(self)!r})"


def _read(text: object) -> tuple[Unit, bool]:
    """The unit, and whether its dollar was not named and is taken to be that of the United States."""
    words = _words(str(text))
    quantity = next((w for w in words if w in _QUANTITIES), None)
    scales, others = _scale_words(words)
    currencies, assumed = _currency_words(others)
    if quantity is not None and not currencies:
        raise UnitError(
            f"unit {str(text)!r} is a quantity ({quantity}), and targets are reached in money: give values in a "
            "currency, such as 'USD mn'"
        )
    if currencies is None or len(set(currencies)) != 1 or len(scales) > 1:
        raise UnitError(
            f"unit {str(text)!r} cannot be read: give a three-letter currency and an optional scale (thousand, mn, bn, "
            "tn), such as 'USD bn' or 'million USD'"
        )
    return Unit(currencies[0], scales[0] if scales else 0), assumed


def stated_unit(words: str) -> Unit | None:
    """The unit that words beside a name state; None where they state none.

    Three letters alone are no currency there: headings say "Exports (FOB)", "Imports (est)" and "Trade (KAZ)" as well.

    >>> stated_unit("US$ million"), stated_unit("FOB")
    (Unit('USD mn'), None)
    """
    try:
        unit, _ = _read(words)
    except UnitError:
        return None
    is_stated = unit.currency in _CURRENCY_CODES and (unit.exponent > 0 or unit.currency not in _ALSO_WORDS)
    return unit if is_stated else None


def _words(text: str) -> list[str]:
    """Words in lower case, with currency signs as the currencies they stand for."""
    for sign in sorted(_SIGNS, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(sign)}", f" {_SIGNS[sign]} ", text, flags=re.IGNORECASE)
    text = re.sub(r"['’`]000s?\b", " thousand ", text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"hundred millions?|100 millions?", " hundredmillion ", text, flags=re.IGNORECASE)
    text = re.sub(r"U\.S\.", "US", text)
    return re.findall(r"[^\W\d_]+|\d+|\$|[/%]", text.lower())


def _scale_words(words: list[str]) -> tuple[list[int], list[str]]:
    scales = [_SCALES[w] for w in words if w in _SCALES]
    filler = {"in", "of", "current", "prices", "at", "value", "values", "the", "fob", "cif"}
    named = [s for s in scales if s] or scales[:1]
    return named, [w for w in words if w not in _SCALES and w not in filler]


def _currency_words(words: list[str]) -> tuple[list[str] | None, bool]:
    """The currencies that words name, None where a word is none; and whether a bare dollar sign is among them."""
    currencies: list[str] = []
    assumed, left = False, list(words)
    while left:
        for size in (3, 2, 1):
            name = _CURRENCIES.get(" ".join(left[:size]))
            if len(left) >= size and name is not None:
                currencies.append(name)
                left = left[size:]
                break
        else:
            word = left.pop(0)
            if word == "$":
                assumed = assumed or "USD" not in currencies
                currencies.append("USD")
            elif re.fullmatch("[a-z]{3}", word):
                currencies.append(word.upper())
            else:
                return None, False
    return currencies or None, assumed and currencies.count("USD") == 1


def is_quantity(text: object) -> bool:
    """Whether a unit names a quantity, such as tonnes, and no currency."""
    words = _words(str(text))
    return not _QUANTITIES.isdisjoint(words) and not _currency_words(_scale_words(words)[1])[0]
