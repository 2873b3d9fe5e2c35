"""What can go wrong, in kinds a caller can catch one by one or all at once.

Every error names the offending value, the rule it breaks and the remedy, in one line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from tradetarget.text_cleaning import message, one_line

_NUMPY_NUMBER = re.compile(r"np\.(?:\w+\(([^()]*)\)|(True|False)_)")
NAMES_SHOWN = 30
"""Names of which an error lists all. Judgement, because they fit a line on a terminal; more are counted."""


class TradeTargetError(ValueError):
    """Any error this library raises on purpose; catch it to catch them all.

    Its text is one line without control characters, whatever values it names. Numbers of numpy stand in it as people
    write them: 4.2, and not np.float64(4.2).
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*(message(_NUMPY_NUMBER.sub(r"\1\2", a)) if isinstance(a, str) else a for a in args))


class DataError(TradeTargetError):
    """Observations, series, frames or files that cannot be used as they are."""


class UnitError(TradeTargetError):
    """A unit that cannot be read, or two units that cannot be converted."""


class TargetError(TradeTargetError):
    """A target that no trade series can be asked about."""


class ModelError(TradeTargetError):
    """A growth model that cannot be fitted to, or simulated for, this series."""


class ScenarioError(TradeTargetError):
    """A scenario, or a file of scenarios, that cannot be run."""


class SettingError(TradeTargetError):
    """A horizon, seed, number of paths or other setting outside its range."""


class OutputError(TradeTargetError):
    """A file that cannot be written; nothing is left half written."""


class FetchError(TradeTargetError):
    """A statistics service that does not answer, refuses, or answers what cannot be read."""


class UnknownNameError(TradeTargetError):
    """A name that is not among the known ones; the nearest are offered."""


class TradeTargetWarning(UserWarning):
    """Any warning this library gives on purpose; its text is cleaned as an error's is."""

    def __init__(self, *args: object) -> None:
        super().__init__(*(message(a) if isinstance(a, str) else a for a in args))


_COMPARED = 100
"""Characters of an unknown name that are compared with the known ones. Judgement. The longest known one has 60."""
_LONG_INT = 256
"""Bits above which a whole number is described and not written; Python refuses to write more than 4,300 digits."""


def unknown_name(kind: str, name: object, choices: Iterable[str]) -> UnknownNameError:
    """Build the error for an unknown name, offering the nearest known ones.

    >>> print(unknown_name("model", "randomwalk", ["random-walk", "logistic"]))
    unknown model 'randomwalk': did you mean 'random-walk'? Known: logistic, random-walk
    """
    names = sorted(choices)
    asked = name[:_COMPARED].lower() if isinstance(name, str) else shown(name)
    lowered = {n.lower(): n for n in names}
    # Looser than difflib's usual 0.6. Judgement, because a wrong offer costs the reader of an error little.
    near = [lowered[n] for n in difflib.get_close_matches(asked, list(lowered), n=3, cutoff=0.5)]
    near = near or [n for n in names if asked and asked in n.lower()][:3]
    hint = f"did you mean {' or '.join(repr(n) for n in near)}? " if near else ""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    listed = ", ".join(names[:NAMES_SHOWN]) or "none"
    return UnknownNameError(f"unknown {kind} {shown(name)}: {hint}Known: {listed}{more}")


def shown(value: object) -> str:
    """A value as a message names it: on one line, at most 80 characters, whatever it is.

    >>> shown("Kazakhstan"), shown(2030), shown(10**400)
    ("'Kazakhstan'", '2030', 'a whole number of 401 digits')
    """
    if isinstance(value, int) and value.bit_length() > _LONG_INT:
        digits = int(value.bit_length() * 0.30103) + 1  # log10(2)
        return f"a whole number of {digits} digits"
    if isinstance(value, str):
        return repr(one_line(value)) if value.isprintable() else f"'{one_line(value)}'"
    try:
        words = repr(value)
    except Exception:  # noqa: BLE001
        # A foreign object's repr may fail in any way, and must not hide the error that is being raised.
        words = f"an object of {type(value).__name__}"
    return one_line(words)


def first_line(error: BaseException) -> str:
    """The first line of what another library says, or the kind of its error where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
