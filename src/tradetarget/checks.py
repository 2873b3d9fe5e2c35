"""Checks of what a caller may get wrong, shared by every public entry."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from tradetarget.errors import SettingError, TradeTargetError


def checked_probabilities(probabilities: Iterable[float]) -> list[float]:
    """Probabilities of quantiles, in order; a SettingError unless there is one, and each lies between 0 and 1."""
    wanted = sorted(float(p) for p in probabilities)
    if not wanted or not all(0.0 < p < 1.0 for p in wanted):
        raise SettingError(f"quantile probabilities {wanted} must lie between 0 and 1")
    return wanted


def checked_levels(levels: Iterable[float]) -> tuple[float, ...]:
    """Coverages of central intervals, in order and each once.

    Raises
    ------
    SettingError
        Unless there is one, and each lies strictly between 0 and 1.
    """
    wanted = tuple(sorted({float(level) for level in levels}))
    if not wanted or not all(0.0 < level < 1.0 for level in wanted):
        raise SettingError(f"levels {list(wanted)} are not fractions between 0 and 1: give some, such as 0.8 and 0.95")
    return wanted


def year_of(period: object) -> int | None:
    """The calendar year that 2030, "2030", a yearly pandas Period or a Timestamp names; None for anything else."""
    if isinstance(period, pd.Period):
        return int(period.year) if period.freqstr.startswith(("Y", "A")) else None
    if isinstance(period, pd.Timestamp):
        return int(period.year)
    if isinstance(period, int | np.integer) and not isinstance(period, bool):
        return int(period)
    text = period.strip() if isinstance(period, str) else ""
    return int(text) if text.isdigit() and text.isascii() and len(text) == 4 else None


def checked_year(period: object, name: str = "by", kind: type[TradeTargetError] = SettingError) -> int:
    """The calendar year that an argument names: 2030, "2030" or a yearly pandas Period.

    Parameters
    ----------
    period
        What the caller gave.
    name
        Of the argument, for the message.
    kind
        Of the error.

    Raises
    ------
    SettingError
        On anything else, or the kind of error asked for.
    """
    year = year_of(period)
    if year is None or not 1000 <= year <= 9999:
        raise kind(f"{name} {str(period)!r} is not a year: give one, such as 2030")
    return year
