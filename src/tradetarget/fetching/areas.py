"""Countries as the services name them: by ISO 3166 codes, and by a name for people."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from tradetarget.errors import UnknownNameError
from tradetarget.fetching.http import installed


class Area(NamedTuple):
    """A country, or a group of them that reports as one.

    Parameters
    ----------
    name
        For people: "Kazakhstan".
    iso3, iso2
        ISO 3166-1 codes: "KAZ", "KZ".
    """

    name: str
    iso3: str
    iso2: str


WORLD = Area("World", "WLD", "")
EUROPEAN_UNION = Area("European Union", "EUU", "EU")
"""The code EUU is the World Bank's; EU is reserved for it in ISO 3166-1."""

_GROUPS = {
    "world": WORLD, "wld": WORLD,
    "european union": EUROPEAN_UNION, "euu": EUROPEAN_UNION, "eu": EUROPEAN_UNION, "eu27": EUROPEAN_UNION,
}  # fmt: skip


def area(text: str) -> Area:
    """The area that a code of three or two letters, or a name, stands for; case does not matter.

    Raises
    ------
    UnknownNameError
        On anything else; the nearest names are offered.
    FetchError
        Where pycountry is not installed.

    Examples
    --------
    >>> area("KAZ")
    Area(name='Kazakhstan', iso3='KAZ', iso2='KZ')
    >>> area("south korea").iso3
    'KOR'
    """
    words = " ".join(str(text).split())
    if words.lower() in _GROUPS:
        return _GROUPS[words.lower()]
    countries = installed("pycountry").countries
    try:
        match = countries.lookup(words)
    except LookupError:
        names = {_name(c).lower(): c for c in countries}
        # Stricter than difflib's usual 0.6. Judgement, because names of countries share endings such as "stan".
        near = difflib.get_close_matches(words.lower(), list(names), n=2, cutoff=0.7)
        hint = " or ".join(f"{_name(names[n])} ({names[n].alpha_3})" for n in near)
        remedy = f"did you mean {hint}?" if near else "give a code of three letters (ISO 3166), such as KAZ"
        raise UnknownNameError(f"unknown country {words!r}: {remedy}") from None
    return Area(_name(match), match.alpha_3, match.alpha_2)


def _name(country: Any) -> str:
    return str(getattr(country, "common_name", country.name))
