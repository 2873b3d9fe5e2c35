"""Series out of tables that were read, and back: every row is used, named when it is wrong, or counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
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
from tradetarget.reading.record import OTHER, ReadAs, Unused
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
_TEXT = ("reporter", "stated_by", "source", "address")
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
    mask, _ = _picked(table, {"series": series, "flow": flow}, [])
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


def _picked(table: Table, choice: dict[str, str | None], unused: list[Unused]) -> tuple[Mask, dict[str, str | None]]:
    """The rows of one series and flow, of one reporter where one is chosen, and the names as they are written."""
    mask, taken = np.ones(len(table.frame), dtype=bool), dict(choice)
    asked = {label: wanted for label, wanted in choice.items() if wanted is not None and table.names(label)}
    for label, wanted in asked.items():
        kept = mask & _named(table, label, str(wanted), mask)
        _count(table, mask & ~kept, f"{OTHER} {label}, or of none", unused)
        mask, taken[label] = kept, table.names(label, kept)[0]
    for label in ("series", "flow"):
        if label in choice and label not in asked:
            taken[label] = _only_one(table, label, mask)
    return mask, taken


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
    mask, taken = _picked(table, {"series": series, "flow": flow, "reporter": reporter}, unused)
    mask = _with_figures(table, mask, unused)
    asked = None if unit is None else Unit.parse(unit)
    rows = list(_observations(table, mask, asked, taken))
    _refuse_twice(rows, table, mask)
    changed, repeated = as_year_to_date(rows, table.cumulated, table.where)
    # A row of the library's own table is a statement that somebody made, and no sum that a table adds up.
    so_far = [] if "kind" in table.frame else totals_so_far(changed)
    lines = table.frame.loc[mask, "_line"].tolist()
    for places, reason in ((repeated, REPEATED), (so_far, SO_FAR)):
        if places:
            unused.append(Unused.of(reason, [lines[i] for i in places]))
    cumulated = [CUMULATED] if any(a is not b for a, b in zip(changed, rows, strict=True)) else []
    periods = _periods_text([o for i, o in enumerate(rows) if i not in so_far], table)
    rows = [o for i, o in enumerate(changed) if i not in (*repeated, *so_far)]
    rows, parsed = _one_unit(rows, asked, table.where)
    if taken["reporter"] is not None and not table.names("reporter"):
        rows = [replace(r, reporter=taken["reporter"]) for r in rows]
    stated_name = name or taken["series"]
    flow_name = taken["flow"] or rows[0].flow
    notes = [*table.notes, *cumulated, *_year_end_note(table), *_unit_note(table, mask, asked)]
    stated = "not stated" if parsed is None else str(parsed)
    described = ReadAs(table.where, table.layout, periods, flow_name, stated, len(rows), tuple(unused), tuple(notes))
    title = str(stated_name or table.stem or UNNAMED)
    return Rows(title, tuple(rows), flow_name, parsed, described, bool(stated_name))


def _year_end_note(table: Table) -> list[str]:
    if not table.periods.assumed_year_end:
        return []
    month = MONTH_TITLES[table.year_end - 1]
    return [f"fiscal years are taken to end in {month}, which the data do not say: choose with year_end= or --year-end"]


def _unit_note(table: Table, mask: Mask, asked: Unit | None) -> list[str]:
    """That the unit asked for is used where a heading states another scale."""
    if asked is None or table.has_unit_column or "unit" not in table.frame:
        return []
    stated = {u for u in table.frame.loc[mask, "unit"].dropna().unique() if Unit.parse(str(u)) != asked}
    return (
        [f"the heading says {listed(sorted(map(str, stated)))}, and the figures are taken to be in {asked} as asked"]
        if stated
        else []
    )


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
        _count(table, mask & quantities, "in quantities", unused)
        return np.asarray(mask & ~quantities, dtype=bool)
    return mask


def _observations(table: Table, mask: Mask, unit: Unit | None, taken: dict[str, str | None]) -> Iterator[Observation]:
    """An observation a row, in order of rows; an error is named by its line."""
    frame = table.frame.loc[mask]
    places = np.flatnonzero(mask)
    word, several = table.line_word, frame["_column"].notna().any() if "_column" in frame else False
    plain = {"flow": taken["flow"] or "turnover", "reporter": None}
    units = _RowUnits(table, unit)
    for place, record in zip(places, frame.to_dict("records"), strict=True):
        try:
            yield _row(table, int(place), {str(k): v for k, v in record.items()}, units, plain)
        except TradeTargetError as error:
            column = f", column {record['_column']!r}" if several and isinstance(record["_column"], str) else ""
            raise type(error)(f"{table.where}, {word} {record['_line']}{column}: {error}") from None


def _row(
    table: Table, place: int, record: dict[str, Any], units: _RowUnits, plain: dict[str, str | None]
) -> Observation:
    code = record["_period"]
    if code in table.problems and table.empty_period == code:
        raise DataError(f"the period is empty: give one beside the value {record['value']:g}")
    if code in table.problems:
        raise DataError(table.problems[code] + _in_column(table.period_name))
    if place in table.figures.problems:
        raise DataError(table.figures.problems[place] + _in_column(table.value_name))
    span = table.spans[code]
    assert span is not None, "a period is read, or its problem is stated"
    end = table.year_end
    kind = "level" if is_blank(record.get("kind")) else str(record["kind"]).strip()
    stated, rounding, as_of = record.get("unit"), record.get("rounding"), record.get("as_of")
    texts = {c: None if is_blank(record.get(c)) else str(record[c]).strip() for c in _TEXT}
    return Observation(
        start=to_fiscal(span.start, end),
        end=to_fiscal(span.end, end),
        value=float(record["value"]),
        unit=None if kind == "growth" else units.of(stated),
        kind=kind,  # type: ignore[arg-type]
        qualifier="exact" if is_blank(record.get("qualifier")) else str(record["qualifier"]).strip(),  # type: ignore[arg-type]
        rounding=None if is_blank(rounding) else number(rounding),
        flow=str(plain["flow"]) if is_blank(record.get("flow")) else str(record["flow"]).strip(),
        as_of=None if is_blank(as_of) else to_fiscal(parse_as_of(as_of), end),
        revision=None if is_blank(record.get("revision")) else str(record["revision"]).strip(),  # type: ignore[arg-type]
        year_end=end,
        **texts,
    )


def _in_column(name: str | None) -> str:
    """The column, to stand behind what is wrong with a cell of it; nothing where the column has the usual name."""
    return "" if name is None or name in ("period", "value") else f" (column {name!r})"


class _RowUnits:
    """The units of rows, each distinct text read once, so that what it warns of is said once."""

    def __init__(self, table: Table, asked: Unit | None) -> None:
        self._from_column, self._asked = table.has_unit_column, asked
        self._read: dict[str, Unit] = {}

    def of(self, stated: object) -> Unit | None:
        """The unit that a row states; one of a heading gives way to the one asked for, in the same currency."""
        if is_blank(stated):
            return self._asked
        text = str(stated)
        if text not in self._read:
            unit = Unit.parse(text)
            if self._asked is not None and not self._from_column:
                unit.factor_to(self._asked)
                unit = self._asked
            self._read[text] = unit
        return self._read[text]


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


def _one_unit(rows: list[Observation], asked: Unit | None, where: str) -> tuple[list[Observation], Unit | None]:
    """Rows of one currency brought to the unit of the first level."""
    levels = [r for r in rows if r.kind == "level"]
    units = {r.unit for r in levels}
    if len(units) < 2:
        return rows, next(iter(units), None) or asked
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
