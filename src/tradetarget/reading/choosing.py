"""Which rows count before any figure is read: those that are asked for, and totals rather than the parts beside
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, unknown_name
from tradetarget.reading.headings import NAMES, squashed
from tradetarget.reading.layouts import Columns
from tradetarget.reading.record import Unused
from tradetarget.reading.values import is_blank

NAMES_LISTED = 8  # judgement: more names do not fit on a line

_TOTALS: Mapping[str, frozenset[str]] = {
    "commodity": frozenset(
        ("total", "tot", "allcommodities", "allproducts", "totaltrade", "999999", "alltrade", "t", "0", "all")
    ),
    "partner2": frozenset(("0", "w00", "world", "wld")),
    "transport": frozenset(("0", "totalmot")),
    "customs": frozenset(("c00", "totalcpc")),
    "supply": frozenset(("0",)),
    "attribute": frozenset(("value",)),
}
"""How tables write the total of a breakdown (UN Comtrade, WITS, Eurostat), as ``squashed`` has it."""
_REASONS = {
    "commodity": "of single products beside their total", "partner2": "of second partners beside the total",
    "transport": "of single modes of transport", "customs": "of single customs procedures",
    "supply": "of single modes of supply", "attribute": "of the status of figures",
}  # fmt: skip


def choose_rows(columns: Columns, select: Mapping[str, str]) -> tuple[Columns, list[Unused]]:
    """The rows asked for, and of breakdowns the total; and what was left out.

    Raises
    ------
    UnknownNameError
        On a column or a value that is not there.
    DataError
        On several products without a total.
    """
    unused: list[Unused] = []
    for name, wanted in select.items():
        mask = _matching(columns, name, wanted)
        columns = _kept(columns, mask, f"with another {name}", unused)
    for role, totals in _TOTALS.items():
        total = _total_rows(columns, role, totals)
        if total is not None:
            columns = _kept(columns, total, _REASONS[role], unused)
    return columns, unused


def _kept(columns: Columns, mask: NDArray[np.bool_], reason: str, unused: list[Unused]) -> Columns:
    grid = columns.grid
    left = np.flatnonzero(~mask)
    if not left.size:
        return columns
    unused.append(Unused.of(reason, grid.lines[left].tolist()))
    cells = grid.cells.loc[mask].reset_index(drop=True)
    return replace(columns, grid=replace(grid, cells=cells, lines=grid.lines[mask]))


def _keys(cells: pd.Series[Any]) -> tuple[NDArray[np.int64], list[str], list[str]]:
    """Codes of a column's cells, and each distinct one as it is written and in lower case; blanks are ""."""
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    written = ["" if is_blank(c) else " ".join(_plain(c).split()) for c in distinct]
    return codes, written, [w.casefold() for w in written]


def _plain(cell: object) -> str:
    """A code that a spreadsheet made a number: 860.0 is 860."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _matching(columns: Columns, name: str, wanted: str) -> NDArray[np.bool_]:
    """The rows in which a column, or any column of its role, holds ``wanted``."""
    grid, key = columns.grid, squashed(name)
    positions = [p for p, h in enumerate(grid.header) if squashed(h) == key]
    role = name.strip().lower() if name.strip().lower() in columns.roles else NAMES.get(key, ("", 0))[0]
    positions = list(dict.fromkeys([*positions, *columns.roles.get(role, ())]))
    if not positions:
        raise unknown_name(f"column of {grid.where}", name, [str(h) for h in grid.header])
    mask = np.zeros(len(grid.lines), dtype=bool)
    seen: list[str] = []
    for position in positions:
        codes, written, lowered = _keys(grid.cells[position])
        hit = [i for i, w in enumerate(lowered) if w == " ".join(wanted.split()).casefold()]
        mask |= np.isin(codes, hit)
        seen += written
    if not mask.any():
        raise unknown_name(f"{name} in {grid.where}", wanted, dict.fromkeys(w for w in seen if w))
    return mask


def _total_rows(columns: Columns, role: str, totals: frozenset[str]) -> NDArray[np.bool_] | None:
    """The rows of a breakdown's total; None where there is no breakdown."""
    cells = columns.cells(role)
    if cells is None:
        return None
    codes, written, lowered = _keys(cells)
    distinct = [i for i, w in enumerate(lowered) if w]
    if len(distinct) < 2:
        return None
    hit = [i for i in distinct if squashed(lowered[i]) in totals]
    if hit:
        return np.isin(codes, hit)
    if role == "commodity":
        raise DataError(
            f"{columns.grid.where} holds {len(distinct)} products ({listed([written[i] for i in distinct])}) and no "
            f"total of them: choose one with select={{'commodity': {written[distinct[0]]!r}}} or --select "
            f"commodity={written[distinct[0]]}"
        )
    return None


def listed(names: list[str]) -> str:
    """Names in a row, the first few where they are many."""
    more = len(names) - NAMES_LISTED
    return ", ".join(names[:NAMES_LISTED]) + (f" and {more} more" if more > 0 else "")
