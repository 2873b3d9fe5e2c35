"""What can go wrong, in kinds a caller can catch one by one or all at once.

Every error names the offending value, the rule it breaks and the remedy, in one line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TradeTargetError(ValueError):
    """Any error this library raises on purpose; catch it to catch them all."""


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


def unknown_name(kind: str, name: object, choices: Iterable[str]) -> UnknownNameError:
    """Build the error for an unknown name, offering the nearest known ones.

    >>> print(unknown_name("model", "randomwalk", ["random-walk", "logistic"]))
    unknown model 'randomwalk': did you mean 'random-walk'? Known: logistic, random-walk
    """
    names = sorted(choices)
    lowered = {n.lower(): n for n in names}
    near = [lowered[n] for n in difflib.get_close_matches(str(name).lower(), list(lowered), n=3, cutoff=0.5)]
    near = near or [n for n in names if str(name).lower() in n.lower()][:3]
    hint = f"did you mean {' or '.join(repr(n) for n in near)}? " if near else ""
    return UnknownNameError(f"unknown {kind} {str(name)!r}: {hint}Known: {', '.join(names) or 'none'}")
