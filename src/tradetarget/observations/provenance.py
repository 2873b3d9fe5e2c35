"""What a frame says of itself in ``attrs``: version, data, sources, and whatever its maker adds.

Everything is text, numbers and lists, because pandas compares ``attrs`` when frames are put together and writes them to
parquet as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from tradetarget.observations.series import TradeSeries

MOST_NAMES = 20
"""Series and sources that are named. Judgement, because pandas copies ``attrs`` with every frame made from another, and
a panel has thousands; of more, the number stands."""


def provenance_of(series: Iterable[TradeSeries]) -> dict[Any, Any]:
    """The provenance of several series as one: their labels, reporters and sources, and the latest as_of.

    A flow or unit that they do not share is None.
    """
    each = [s.provenance for s in series]
    shared = {key: {p[key] for p in each} for key in ("flow", "unit")}
    return {
        "series": _listed(f"{p['series']} {p['flow']}" for p in each),
        **{key: values.pop() if len(values) == 1 else None for key, values in shared.items()},
        "reporters": _listed(r for p in each for r in p["reporters"]),
        "as_of": max((p["as_of"] for p in each), default=None),
        "sources": _listed(s for p in each for s in p["sources"]),
    }


def _listed(names: Iterable[str]) -> list[str]:
    once = list(dict.fromkeys(names))
    more = len(once) - MOST_NAMES
    return once if more <= 0 else [*once[:MOST_NAMES], f"and {more:,} more"]


def stamped(frame: pd.DataFrame, about: Mapping[Any, Any]) -> pd.DataFrame:
    """The same frame with ``about`` and the version of the package in its ``attrs``."""
    frame.attrs = {"version": _version(), **about}
    return frame


@cache
def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tradetarget")
    except PackageNotFoundError:  # sources on the path that nobody installed
        return "not installed"
