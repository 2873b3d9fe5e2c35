"""Checks of what a caller may get wrong, shared by every public entry."""

from __future__ import annotations

from collections.abc import Iterable

from tradetarget.errors import SettingError


def checked_probabilities(probabilities: Iterable[float]) -> list[float]:
    """Probabilities of quantiles, in order; a SettingError unless there is one, and each lies between 0 and 1."""
    wanted = sorted(float(p) for p in probabilities)
    if not wanted or not all(0.0 < p < 1.0 for p in wanted):
        raise SettingError(f"quantile probabilities {wanted} must lie between 0 and 1")
    return wanted
