"""Names of months in English, French, German, Spanish and Russian, in full and as statistics offices shorten them."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

_NAMES = (
    "january jan janvier janv januar janner enero ene январь января янв",
    "february feb fevrier fevr fev februar febrero febr февраль февраля фев февр",
    "march mar mars marz maerz mrz marzo март марта мар",
    "april apr avril avr abril abr апрель апреля апр",
    "may mai mayo май мая",
    "june jun juin juni junio июнь июня июн",
    "july jul juillet juil juli julio июль июля июл",
    "august aug aout agosto ago август августа авг",
    "september sep sept septembre septiembre setiembre set сентябрь сентября сен сент",
    "october oct octobre oktober okt octubre октябрь октября окт",
    "november nov novembre noviembre ноябрь ноября ноя нояб",
    "december dec decembre dezember dez diciembre dic декабрь декабря дек",
)


def plain(text: str) -> str:
    """``text`` in lower case, without accents, odd spaces or long dashes: "Févr. 2018" is "fevr. 2018"."""
    if text.isascii():  # most text is, and has neither accents nor long dashes
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    dashes = letters.translate({ord(c): "-" for c in "‐‑‒–—−"})
    return " ".join(dashes.split())


MONTHS = MappingProxyType({plain(word): n for n, words in enumerate(_NAMES, start=1) for word in words.split()})
"""The number of the month by its name, as ``plain`` writes it."""

MONTH_PATTERN = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
"""A regular expression of every name, the longest first, with the full stop of an abbreviation."""

MONTH_TITLES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
