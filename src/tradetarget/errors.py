"""What can go wrong, in kinds a caller can catch one by one or all at once.

Every error names the offending value, the rule it breaks and the remedy, in one line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_NUMPY_NUMBER = re.compile(r"np\.\w+\(([^()]*)\)")
NAMES_SHOWN = 30
"""Names of which an error lists all. Judgement: a line on a terminal; more are counted."""


class TradeTargetError(ValueError):
    """Any error this library raises on purpose; catch it to catch them all.

    Numbers of numpy stand in the message as people write them: 4.2, and not np.float64(4.2).
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*(_NUMPY_NUMBER.sub(r"\1", a) if isinstance(a, str) else a for a in args))


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
    """Any warning this library gives on purpose."""


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for an unknown name, offering the nearest known ones.

    >>> print(unknown_name("model", "randomwalk", ["random-walk", "logistic"]))
    unknown model 'randomwalk': did you mean 'random-walk'? Known: logistic, random-walk
    """
    names = sorted(known)
    lowered = {n.lower(): n for n in names}
    near = [lowered[n] for n in difflib.get_close_matches(str(name).lower(), list(lowered), n=3, cutoff=0.5)]
    near = near or [n for n in names if str(name).lower() in n.lower()][:3]
    hint = f"did you mean {' or '.join(repr(n) for n in near)}? " if near else ""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return UnknownNameError(
        f"unknown {kind} {str(name)!r}: {hint}Known: {', '.join(names[:NAMES_SHOWN]) or 'none'}{more}"
    )
