"""How a table is laid out: one figure a row, periods or months or flows as columns; and whose format it is.

Whatever the layout, what comes out is one figure a row with the columns that observations are made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.errors import DataError, unknown_name
from tradetarget.reading.formats import Format, format_of
from tradetarget.reading.grid import Grid
from tradetarget.reading.headings import flow_of, is_period, is_whole_period, month_of, roles, squashed, unit_in
from tradetarget.reading.month_names import MONTHS, plain
from tradetarget.reading.values import is_blank, plain_number

CARRIED = ("kind", "qualifier", "rounding", "stated_by", "as_of", "source", "address", "revision")
_FLOW_MONTH = re.compile(r"(?P<flow>[ie])(?P<month>[a-z]{2,4})", re.IGNORECASE)
_QUARTER = re.compile(r"[qt] ?(?P<after>[1-4])|(?P<before>[1-4]) ?[qt]")
_VALUE_MONTH = re.compile(r"value-(?P<month>[a-z]{3,4})", re.IGNORECASE)
_WHOLE_YEAR = frozenset(("", "0", "00", "13", "52", "total", "annual", "year", "yr", "all", "m00", "jan-dec", "yearly"))


@dataclass(frozen=True)
class Long:
    """One figure a row.

    Parameters
    ----------
    frame
        ``_line`` and ``_column`` (where it stood), ``period`` and ``value`` as written, and of series, flow, reporter,
        unit and ``CARRIED`` those that the table has.
    layout
        In words.
    format
        Whose format it is.
    has_unit_column
        Whether a column states the unit of each figure.
    value_name, period_name
        The headings of the columns of values and periods, where there is one of each.
    """

    frame: pd.DataFrame
    layout: str
    format: Format
    has_unit_column: bool = False
    value_name: str | None = None
    period_name: str | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of a grid by what they hold.

    Parameters
    ----------
    grid
        The table.
    roles
        Positions by role, the best named first.
    """

    grid: Grid
    roles: dict[str, list[int]] = field(default_factory=dict)

    def has(self, role: str) -> bool:
        """Whether there is a column of this role."""
        return bool(self.roles.get(role))

    def cells(self, role: str) -> pd.Series[Any] | None:
        """The best named column of a role that is not blank throughout."""
        for position in self.roles.get(role, ()):
            column = self.grid.cells[position]
            if not _all_blank(column):
                return column
        return None


def _all_blank(column: pd.Series[Any]) -> bool:
    return all(map(is_blank, column))  # ends at the first cell that is not


def columns_of(grid: Grid, column: Mapping[str, str]) -> Columns:
    """What each column holds, by its heading or as ``column`` says.

    Raises
    ------
    UnknownNameError
        On a column that is not there.
    DataError
        On two columns of one name that both count.
    """
    grid = _split_first_column(grid)
    by_role = roles(grid.header)
    for role, name in column.items():
        key = role.strip().lower().replace("-", "_")
        names = [str(h) for h in grid.header]
        position = next((i for i, n in enumerate(names) if n == name), None)
        if position is None:
            position = next((i for i, n in enumerate(names) if squashed(n) == squashed(name) and squashed(name)), None)
        if position is None:
            raise unknown_name(f"column of {grid.where}", name, names)
        by_role = {r: [p for p in positions if p != position] for r, positions in by_role.items()}
        by_role[key] = [position]
    for role in ("period", "value", "unit", "kind", "qualifier", "rounding"):
        named = [str(grid.header[p]) for p in by_role.get(role, ())]
        twice = next((n for n in named if named.count(n) > 1), None)
        if twice is not None:
            raise DataError(f"{grid.where} has two columns {twice!r}: keep the one that counts")
    return Columns(grid, {r: p for r, p in by_role.items() if p})


def _split_first_column(grid: Grid) -> Grid:
    """Eurostat's first column holds all dimensions: "freq,unit,geo\\TIME_PERIOD"."""
    first = str(grid.header[0]) if grid.header else ""
    if "\\" not in first or "," not in first:
        return grid
    names = first.split("\\")[0].split(",")
    parts = grid.cells[0].astype(str).str.split(",", expand=True)
    if parts.shape[1] != len(names):
        raise DataError(
            f"{grid.where}: its first column does not hold {len(names)} parts as its heading {first!r} does"
        )
    cells = pd.concat([parts, grid.cells.drop(columns=0)], axis=1)
    cells.columns = pd.RangeIndex(cells.shape[1])
    return replace(grid, header=(*names, *grid.header[1:]), cells=cells)


def arrange(columns: Columns) -> Long:
    """One figure a row, whatever the layout.

    Raises
    ------
    DataError
        When the periods or the values cannot be told, naming the columns that there are.
    """
    form = format_of(columns.grid.header)
    for way in (_flow_months, _parts_across, _long, _flows_across, _months_down, _periods_across, _by_elimination):
        arranged = way(columns)
        if arranged is not None:
            frame, layout = arranged
            return Long(
                _described(frame, columns, form),
                layout,
                form,
                columns.has("unit"),
                _name(columns, "value"),
                _name(columns, "period"),
            )
    raise _no_columns(columns)


def _name(columns: Columns, role: str) -> str | None:
    positions = columns.roles.get(role)
    return str(columns.grid.header[positions[0]]) if positions else None


def _no_columns(columns: Columns) -> DataError:
    grid = columns.grid
    missing = "value" if columns.has("period") or columns.has("year") else "period"
    shown = ", ".join(repr(str(h)) for h in grid.header[:12]) + (", ..." if len(grid.header) > 12 else "")
    return DataError(
        f"{grid.where} has no column {missing!r}: it needs 'period' and 'value', and has {shown or 'no columns'}; say "
        f"which it is with column={{{missing!r}: NAME}} or --column {missing}=NAME"
    )


Parts = tuple[pd.DataFrame, str]


def _figures(grid: Grid, period: Any, position: int, column: str | None = None, flow: Any = None) -> pd.DataFrame:
    """The figures of one column of values; ``_row`` is the place of the row in the grid."""
    frame = pd.DataFrame({"_row": np.arange(len(grid.lines)), "_line": grid.lines})
    frame["_column"] = column
    frame["period"] = period if not isinstance(period, pd.Series) else period.to_numpy()
    frame["value"] = grid.cells[position]
    if flow is not None:
        frame["flow"] = flow
    return frame


def _when(columns: Columns) -> pd.Series[Any] | None:
    """The period of each row: its own column, or a year with a month or a quarter beside it."""
    year, month, quarter = columns.cells("year"), columns.cells("month"), columns.cells("quarter")
    period = columns.cells("period")
    if year is None and period is None:
        return next((c for c in (month, quarter) if c is not None and _names_periods(c)), None)
    if year is None or (period is not None and _names_periods(period)):
        return period
    month = period if month is None else month
    if month is not None:
        return _joined(year, month, "M")
    return year if quarter is None else _joined(year, quarter, "Q")


def _names_periods(cells: pd.Series[Any]) -> bool:
    """Whether most of a column names periods, and not months of a year that stands beside it."""
    first = cells.drop_duplicates().head(50)  # judgement: one odd cell in a column must not decide
    return bool(first.map(is_period).mean() > 0.5)


def _joined(year: pd.Series[Any] | str, part: pd.Series[Any] | str, letter: str) -> pd.Series[Any]:
    """A year and the month or quarter beside it, as one text; one of them may be the same in all rows."""
    rows = max(len(cells) for cells in (year, part) if isinstance(cells, pd.Series))
    years, parts = (c.map(_whole) if isinstance(c, pd.Series) else [c] * rows for c in (year, part))
    pairs = pd.Series(list(zip(years, parts, strict=True)), dtype=object)
    texts = {pair: _one_text(pair[0], pair[1], letter) for pair in pairs.unique()}
    return pairs.map(texts)


def _whole(cell: object) -> str:
    number = plain_number(cell)
    if number is not None and number == number and float(number).is_integer():
        return str(int(number))
    return "" if is_blank(cell) else str(cell).strip().removesuffix(".0")


def _one_text(year: str, part: str, letter: str) -> str:
    word = plain(part).strip(" .")
    if word in _WHOLE_YEAR:
        return year
    if letter == "M" and word in MONTHS:
        return f"{year}-M{MONTHS[word]:02d}"
    digits = word.removeprefix(letter.lower())
    if len(digits) == 6 and digits.startswith(year):
        digits = digits[4:]
    return f"{year}-{letter}{digits.zfill(2) if letter == 'M' else digits}" if digits.isdigit() else part


def _long(columns: Columns) -> Parts | None:
    when = _when(columns)
    if when is None or not columns.has("value"):
        return None
    position = columns.roles["value"][0]
    return _figures(columns.grid, when, position), "one figure a row"


def _flows_across(columns: Columns) -> Parts | None:
    when = _when(columns)
    flows = {p: flow_of(h) for p, h in enumerate(columns.grid.header) if flow_of(h) and not _claimed(columns, p)}
    if when is None or not flows:
        return None
    return _stacked(columns.grid, [(when, p, flow) for p, flow in flows.items()]), "flows as columns"


def _claimed(columns: Columns, position: int) -> bool:
    return any(position in positions for positions in columns.roles.values())


def _stacked(grid: Grid, parts: Sequence[tuple[Any, int, Any]]) -> pd.DataFrame:
    frames = [_figures(grid, when, p, str(grid.header[p]), flow) for when, p, flow in parts]
    return pd.concat(frames, ignore_index=True)


def _periods_across(columns: Columns) -> Parts | None:
    header = columns.grid.header
    positions = [p for p, h in enumerate(header) if is_period(h) and not _claimed(columns, p)]
    if not positions or _when(columns) is not None:
        return None
    kind = (
        "years" if all(is_whole_period(header[p]) and len(squashed(header[p])) <= 10 for p in positions) else "periods"
    )
    return _stacked(columns.grid, [(header[p], p, None) for p in positions]), f"{kind} as columns"


def _parts_across(columns: Columns) -> Parts | None:
    """A row a year and a column a month or a quarter, with a column of the years' totals where there is one."""
    grid = columns.grid
    months = {p: m for p, h in enumerate(grid.header) if (m := _month_heading(h)) is not None}
    quarters = {p: q for p, h in enumerate(grid.header) if (q := _quarter_heading(h)) is not None}
    totals = [p for p, h in enumerate(grid.header) if str(h).strip() and plain(str(h)) in _WHOLE_YEAR]
    year = columns.cells("year")
    year = columns.cells("period") if year is None else year
    # Three months are judgement: "May" or "Mar" alone may be a name.
    name, letter, within = ("months", "M", months) if len(months) >= 3 else ("quarters", "Q", quarters)
    if year is None or len(within) < 2:
        return None
    parts = [(_joined(year, str(n), letter), p, None) for p, n in within.items()]
    parts += [(year, p, None) for p in totals if not _claimed(columns, p)]
    return _stacked(grid, parts), f"a row a year, {name} as columns"


def _month_heading(heading: object) -> int | None:
    match = _VALUE_MONTH.fullmatch(str(heading).strip())
    return month_of(match["month"] if match else heading)


def _quarter_heading(heading: object) -> int | None:
    """The quarter of "Q1", "T 1" (trimestre) or "1Q"."""
    match = _QUARTER.fullmatch(plain(str(heading)))
    return None if match is None else int(match["after"] or match["before"])


def _flow_months(columns: Columns) -> Parts | None:
    """The columns of the US Census Bureau: IJAN to IDEC are imports, EJAN to EDEC exports."""
    grid, year = columns.grid, columns.cells("year")
    flow_and_month = {}
    for p, heading in enumerate(grid.header):
        match = _FLOW_MONTH.fullmatch(str(heading).strip())
        month = None if match is None else MONTHS.get(match["month"].lower())
        if match is not None and month is not None:
            flow_and_month[p] = ("imports" if match["flow"].lower() == "i" else "exports", month)
    if year is None or len(flow_and_month) < 12:
        return None
    parts = [(_joined(year, str(m), "M"), p, flow) for p, (flow, m) in flow_and_month.items()]
    return _stacked(grid, parts), "a row a year, months of each flow as columns"


def _months_down(columns: Columns) -> Parts | None:
    """A row a month and a column a year."""
    grid = columns.grid
    positions = [p for p, h in enumerate(grid.header) if is_whole_period(h) and len(squashed(h)) == 4]
    first = columns.cells("month")
    if first is None and grid.header and columns.has("period"):
        first = columns.cells("period")
    first = grid.cells[0] if first is None and grid.header else first
    if len(positions) < 2 or first is None:
        return None
    named = first.map(lambda c: month_of(c) is not None)
    if not named.any() or not (named | first.map(lambda c: plain(str(c)).strip(" .") in _WHOLE_YEAR)).all():
        return None
    parts = [(_joined(squashed(grid.header[p]), first, "M"), p, None) for p in positions]
    return _stacked(grid, parts), "a row a month, years as columns"


def _by_elimination(columns: Columns) -> Parts | None:
    """The one column that says nothing by its heading holds the values; a first column without one, the periods."""
    grid = columns.grid
    when, unclaimed = _when(columns), [p for p in range(len(grid.header)) if not _claimed(columns, p)]
    if when is None and unclaimed and squashed(grid.header[0]) in ("", "unnamed0", "index") and 0 in unclaimed:
        cells = grid.cells[0]
        if cells.map(is_whole_period).mean() > 0.5:
            when, unclaimed = cells, [p for p in unclaimed if p != 0]
            if columns.has("value"):
                return _figures(grid, when, columns.roles["value"][0]), "one figure a row"
    numeric = [p for p in unclaimed if str(grid.header[p]).strip() and not _all_blank(grid.cells[p])]
    if when is None or len(numeric) != 1:
        return None
    name = str(grid.header[numeric[0]])
    return _figures(grid, when, numeric[0], name), f"one figure a row, taken from column {name!r}"


def _described(frame: pd.DataFrame, columns: Columns, form: Format) -> pd.DataFrame:
    """Add what the other columns say of each figure: series, flow, reporter, unit and what canonical tables carry."""
    rows = frame.pop("_row").to_numpy()

    series, reporter, flow, unit = form.describe(columns)
    cells = {"series": series, "reporter": reporter, "unit": unit} | {role: columns.cells(role) for role in CARRIED}
    if "flow" not in frame:
        cells["flow"] = flow
    described = {name: c.to_numpy(dtype=object)[rows] for name, c in cells.items() if c is not None}
    frame = pd.concat([frame, pd.DataFrame(described, index=frame.index)], axis=1)
    if unit is None:
        stated = frame["_column"].map(unit_in, na_action="ignore")
        if stated.notna().any():
            frame["unit"] = stated
        elif columns.has("value"):
            of_values = unit_in(columns.grid.header[columns.roles["value"][0]])
            if of_values is not None:
                frame["unit"] = of_values
    return frame
