"""Series out of tables that were read, and back: every row is used, named when it is wrong, or counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, TradeTargetError, unknown_name
from tradetarget.observations.observation import Observation
from tradetarget.observations.year_to_date import as_year_to_date, totals_so_far
from tradetarget.reading.choosing import listed
from tradetarget.reading.dates import parse_as_of, to_fiscal
from tradetarget.reading.month_names import MONTH_TITLES
from tradetarget.reading.record import OF_ANOTHER, ReadAs, Unused
from tradetarget.reading.table import Table
from tradetarget.reading.values import is_blank, not_a_number, plain_number
from tradetarget.units import Unit, is_quantity

COLUMNS = (
    "series", "flow", "reporter", "period", "value", "unit", "kind", "qualifier", "rounding", "stated_by", "as_of",
    "source", "address", "revision",
)  # fmt: skip
UNNAMED = "series"
"""The name of a series that nobody named."""
CUMULATED = "figures of parts of years are sums from the start of the year"
REPEATED = "with the total of a year that stands in another row too"
SO_FAR = "of the year so far, written as the total of a year that is not over"
_TEXT = ("flow", "reporter", "kind", "qualifier", "stated_by", "source", "address", "revision")
Mask = NDArray[np.bool_]


class Rows(NamedTuple):
    """What a table says of one series."""

    name: str
    observations: tuple[Observation, ...]
    flow: str
    unit: Unit | None
    read_as: ReadAs
    name_is_stated: bool


def number(value: object) -> float:
    """``value`` as a float; a DataError where it is text, empty or a truth value.

    Thousands separators are refused, because "1,5" is one and a half to half of the world.
    """
    figure = plain_number(value)
    if figure is not None:
        return figure
    text = str(value).strip()
    try:
        if isinstance(value, str) and "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise DataError(not_a_number(value))


def reporters_in(table: Table, series: str | None, flow: str | None) -> tuple[str, ...]:
    """The sides that report one series in a table, in alphabetical order; errors as in ``from_rows``."""
    mask, _ = _select(table, {"series": series, "flow": flow}, [])
    return tuple(sorted(table.names("reporter", mask)))


def labels_in(table: Table, series: str | None, flow: str | None) -> list[tuple[str | None, str | None]]:
    """The series and flow of every series in a table, as written, in order of first appearance.

    Where ``series`` or ``flow`` is given, those of that name; errors as in ``from_rows``. None where the table does not
    name it.
    """
    mask = np.ones(len(table.frame), dtype=bool)
    for label, wanted in (("series", series), ("flow", flow)):
        if wanted is not None and label in table.frame:
            mask &= _named(table, label, wanted, mask)
    columns = [
        table.frame.loc[mask, label].tolist() if label in table.frame else [wanted] * int(mask.sum())
        for label, wanted in (("series", series), ("flow", flow))
    ]
    return list(dict.fromkeys(zip(*columns, strict=True))) or [(series, flow)]


def _named(table: Table, label: str, wanted: str, within: Mask) -> Mask:
    """The rows of one name, whatever its case and spaces."""
    key = " ".join(str(wanted).split()).casefold()
    names = table.names(label, within)
    match = next((n for n in names if n.casefold() == key), None)
    if match is None:
        raise unknown_name(f"{label} in {table.where}", wanted, names)
    return np.asarray(table.frame[label].to_numpy() == match, dtype=bool)


def _select(table: Table, choice: dict[str, str | None], unused: list[Unused]) -> tuple[Mask, dict[str, str | None]]:
    """The rows of one series and flow, of one reporter where one is chosen, and these names as the table has them.

    A name that is chosen where the table has none of its kind is what the rows are called.
    """
    mask, names = np.ones(len(table.frame), dtype=bool), dict(choice)
    chosen = {label: name for label, name in choice.items() if name is not None and table.names(label)}
    for label, name in chosen.items():
        kept = mask & _named(table, label, name, mask)
        _count(table, mask & ~kept, f"{OF_ANOTHER} {label}, or of none", unused)
        mask, names[label] = kept, table.names(label, kept)[0]
    for label in ("series", "flow"):
        if label in choice and label not in chosen:
            names[label] = _only_one(table, label, mask) or choice[label]
    return mask, names


def _only_one(table: Table, label: str, mask: Mask) -> str | None:
    """The one name that a label has among some rows, none where it is blank throughout."""
    names = table.names(label, mask)
    if not names:
        return None
    if len(names) > 1:
        raise DataError(
            f"{table.where} holds several {label} values ({listed(names)}): choose one with {label}= or --{label}"
        )
    blank = mask & table.frame[label].isna().to_numpy()
    if blank.any():
        line = int(table.frame.loc[blank, "_line"].iloc[0])
        name = names[0]
        raise DataError(
            f"{table.where}, {table.line_word} {line}: the {label} is blank, and {name!r} in other rows: fill it in, "
            f"take the rows of {name!r} with {label}={name!r} or --{label} {name!r}, or the blank ones with "
            f"select={{{label!r}: ''}} or --select {label}="
        )
    return names[0]


def _count(table: Table, mask: Mask, reason: str, unused: list[Unused]) -> None:
    if mask.any():
        unused.append(Unused.of(reason, table.frame.loc[mask, "_line"].tolist()))


def from_rows(
    table: Table,
    *,
    series: str | None = None,
    flow: str | None = None,
    reporter: str | None = None,
    unit: str | Unit | None = None,
    name: str | None = None,
) -> Rows:
    """The rows of one series in a table; see ``TradeSeries.from_frame``.

    Raises
    ------
    DataError
        On the first row that cannot be used, by its line; on a choice left open; on rows that no rule tells apart.
    UnknownNameError
        On a series, flow or reporter that is not in the table.
    """
    unused = list(table.unused)
    mask, names = _select(table, {"series": series, "flow": flow, "reporter": reporter}, unused)
    mask = _with_figures(table, mask, unused)
    requested = None if unit is None else Unit.parse(unit)
    rows = list(_observations(table, mask, requested, names))
    _refuse_twice(rows, table, mask)
    changed, repeated = as_year_to_date(rows, table.cumulated, table.where)
    # A row of the library's own table is a statement that somebody made, and no sum that a table adds up.
    so_far = [] if "kind" in table.frame else totals_so_far(changed)
    lines = table.frame.loc[mask, "_line"].tolist()
    for positions, reason in ((repeated, REPEATED), (so_far, SO_FAR)):
        if positions:
            unused.append(Unused.of(reason, [lines[i] for i in positions]))
    cumulated = [CUMULATED] if any(a is not b for a, b in zip(changed, rows, strict=True)) else []
    periods = _periods_text([o for i, o in enumerate(rows) if i not in so_far], table)
    left_out = {*repeated, *so_far}
    rows = [o for i, o in enumerate(changed) if i not in left_out]
    rows, parsed = _one_unit(rows, requested, table.where)
    if names["reporter"] is not None and not table.names("reporter"):
        rows = [replace(r, reporter=names["reporter"]) for r in rows]
    stated_name = name or names["series"]
    flow_name = names["flow"] or rows[0].flow
    notes = [*table.notes, *cumulated, *_year_end_note(table), *_unit_note(table, mask, requested)]
    stated = "not stated" if parsed is None else str(parsed)
    described = ReadAs(table.where, table.layout, periods, flow_name, stated, len(rows), tuple(unused), tuple(notes))
    title = str(stated_name or table.stem or UNNAMED)
    return Rows(title, tuple(rows), flow_name, parsed, described, bool(stated_name))


def _year_end_note(table: Table) -> list[str]:
    if not table.periods.assumed_year_end:
        return []
    month = MONTH_TITLES[table.year_end - 1]
    return [f"fiscal years are taken to end in {month}, which the data do not say: choose with year_end= or --year-end"]


def _unit_note(table: Table, mask: Mask, requested: Unit | None) -> list[str]:
    """That the unit asked for is used where a heading states another scale."""
    if requested is None or table.has_unit_column or "unit" not in table.frame:
        return []
    stated = {str(u) for u in table.frame.loc[mask, "unit"].dropna().unique() if Unit.parse(str(u)) != requested}
    note = f"the heading says {listed(sorted(stated))}, and the figures are taken to be in {requested} as asked"
    return [note] if stated else []


def _with_figures(table: Table, mask: Mask, unused: list[Unused]) -> Mask:
    """The rows that hold a figure of money; those without one, and quantities beside money, are counted."""
    missing = mask & table.figures.missing
    if mask.any() and not (mask & ~missing).any():
        line = int(table.frame.loc[mask, "_line"].iloc[0])
        written = table.frame.loc[mask, "_written"].iloc[0]
        raise DataError(
            f"{table.where}, {table.line_word} {line}: {str(written)!r} is no figure, and there is none in any other "
            "row: give at least one period and value"
        )
    _count(table, missing, "without a figure", unused)
    mask = np.asarray(mask & ~missing, dtype=bool)
    if "unit" not in table.frame:
        return mask
    named = [u for u in table.frame["unit"].dropna().unique() if is_quantity(u)]
    quantities = np.asarray(table.frame["unit"].isin(named).to_numpy(), dtype=bool)
    if (mask & quantities).any() and (mask & ~quantities).any():
        per_cent = np.asarray(table.frame["unit"] == "percent")
        _count(table, mask & quantities & ~per_cent, "in quantities", unused)
        _count(table, mask & per_cent, "in per cent", unused)
        return np.asarray(mask & ~quantities, dtype=bool)
    return mask


def _observations(table: Table, mask: Mask, unit: Unit | None, names: dict[str, str | None]) -> Iterator[Observation]:
    """An observation a row, in order of rows; an error is named by its line."""
    frame = table.frame.loc[mask]
    positions = np.flatnonzero(mask)
    word, several = table.line_word, frame["_column"].notna().any() if "_column" in frame else False
    unit_of = _unit_reader(table, unit)
    for position, record in zip(positions, frame.to_dict("records"), strict=True):
        try:
            yield _row(
                table, int(position), {str(k): v for k, v in record.items()}, unit_of, names["flow"] or "turnover"
            )
        except TradeTargetError as error:
            column = f", column {record['_column']!r}" if several and isinstance(record["_column"], str) else ""
            raise type(error)(f"{table.where}, {word} {record['_line']}{column}: {error}") from None


def _row(
    table: Table, position: int, record: dict[str, Any], unit_of: Callable[[object], Unit | None], flow: str
) -> Observation:
    code = record["_period"]
    if code in table.problems and table.empty_period == code:
        raise DataError(f"the period is empty: give one beside the value {record['value']:g}")
    if code in table.problems:
        raise DataError(table.problems[code] + _in_column(table.period_name))
    if position in table.figures.problems:
        raise DataError(table.figures.problems[position] + _in_column(table.value_name))
    span = table.spans[code]
    assert span is not None, "a period is read, or its problem is stated"
    end = table.year_end
    words = {name: None if is_blank(cell) else str(cell).strip() for name, cell in record.items() if name in _TEXT}
    rounding, as_of = record.get("rounding"), record.get("as_of")
    kind = words.get("kind") or "level"
    return Observation(
        start=to_fiscal(span.start, end),
        end=to_fiscal(span.end, end),
        value=float(record["value"]),
        unit=None if kind == "growth" else unit_of(record.get("unit")),
        rounding=None if is_blank(rounding) else number(rounding),
        as_of=None if is_blank(as_of) else to_fiscal(parse_as_of(as_of), end),
        year_end=end,
        **{**words, "kind": kind, "qualifier": words.get("qualifier") or "exact", "flow": words.get("flow") or flow},  # type: ignore[arg-type]
    )


def _in_column(name: str | None) -> str:
    """The column, to stand behind what is wrong with a cell of it; nothing where the column has the usual name."""
    return "" if name is None or name in ("period", "value") else f" (column {name!r})"


def _unit_reader(table: Table, requested: Unit | None) -> Callable[[object], Unit | None]:
    """What reads the unit of a row; that of a heading gives way to the one requested, in the same currency."""

    @cache  # so that what a text warns of is said once
    def read(text: str) -> Unit:
        unit = Unit.parse(text)
        if requested is None or table.has_unit_column:
            return unit
        unit.factor_to(requested)  # refuses another currency
        return requested

    return lambda cell: requested if is_blank(cell) else read(str(cell))


def _refuse_twice(rows: list[Observation], table: Table, mask: Mask) -> None:
    """A DataError where two rows say one thing of one period, naming both lines and what tells them apart."""
    seen: dict[tuple[object, ...], int] = {}
    lines = table.frame.loc[mask, "_line"].to_numpy()
    for o, line in zip(rows, lines, strict=True):
        first = seen.setdefault(o.identity, int(line))
        if first != line:
            by = f" by {o.reporter}" if o.reporter else ""
            apart = table.columns_apart(first, int(line))
            choose = f", or choose by {listed(apart)} with select= or --select {apart[0]}=VALUE" if apart else ""
            raise DataError(
                f"{table.where}, {table.line_word}s {first} and {line}: {o.period} stands twice{by}: keep one row a "
                f"period and reporter{choose}"
            )


def _one_unit(rows: list[Observation], requested: Unit | None, where: str) -> tuple[list[Observation], Unit | None]:
    """Rows of one currency brought to the unit of the first level."""
    levels = [r for r in rows if r.kind == "level"]
    units = {r.unit for r in levels}
    if len(units) < 2:
        return rows, next(iter(units), None) or requested
    if None in units:
        raise DataError(f"{where}: some values have a unit and some have none: fill the 'unit' column or drop it")
    unit = next(r.unit for r in levels if r.unit is not None)
    return [r.in_unit(unit) for r in rows], unit


def _periods_text(rows: list[Observation], table: Table) -> str:
    """The periods in words: "years 2019 to 2024", "months 2022-01 to 2024-12 and years 2010 to 2021"."""
    kinds: dict[str, list[Observation]] = {}
    year = "years" if table.year_end == 12 else f"years ending in {MONTH_TITLES[table.year_end - 1]},"
    for o in rows:
        months = 12 * (o.end.year - o.start.year) + o.end.month - o.start.month + 1
        kind = (
            {1: "months", 3: "quarters", 6: "half-years"}.get(months, "other periods") if o.is_whole_months else "days"
        )
        kinds.setdefault(year if o.is_whole_year else kind, []).append(o)
    parts = []
    for kind, figures in kinds.items():
        first, last = min(figures, key=lambda o: o.start), max(figures, key=lambda o: o.end)
        parts.append(f"{kind} {first.period}" + ("" if first.period == last.period else f" to {last.period}"))
    return " and ".join(parts)


def to_rows(name: str, observations: Iterable[Observation]) -> pd.DataFrame:
    """Every observation of the series ``name`` as a row; ``from_rows`` reads it back."""
    records = [
        {column: getattr(o, column) for column in COLUMNS[1:]}
        | {
            "series": name,
            "unit": None if o.unit is None else str(o.unit),
            "as_of": None if o.as_of is None else o.calendar_date(o.as_of).isoformat(),
        }
        for o in observations
    ]
    return pd.DataFrame.from_records(records, columns=list(COLUMNS))
