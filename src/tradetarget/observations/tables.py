"""Frames and CSV files in, observations out, and back: every row is checked and named when it is wrong."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradetarget.errors import DataError, TradeTargetError, unknown_name
from tradetarget.observations.observation import Observation
from tradetarget.observations.periods import month_end, parse_as_of, parse_period
from tradetarget.units import Unit

COLUMNS = (
    "series", "flow", "reporter", "period", "value", "unit", "kind", "qualifier", "rounding", "stated_by", "as_of",
    "source", "address",
)  # fmt: skip
FEWEST_DAYS = 3
_TEXT = ("reporter", "stated_by", "source", "address")


class Rows(NamedTuple):
    """What a table says of one series."""

    name: str
    observations: tuple[Observation, ...]
    flow: str
    unit: Unit | None


def number(value: object) -> float:
    """``value`` as a float; a DataError where it is text, empty or a truth value.

    Thousands separators are refused, because "1,5" is one and a half to half of the world.
    """
    if isinstance(value, str):
        text = value.strip()
        try:
            return float(text) if "_" not in text else _not_a_number(value)
        except ValueError:
            return _not_a_number(value)
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return _not_a_number(value)
    return float(value)


def _not_a_number(value: object) -> float:
    raise DataError(f"{str(value)!r} is not a number: write it with digits and a decimal point, such as 1234.5")


def observation(start: date, end: date, value: object, **details: Any) -> Observation:
    """An observation from a value that may still be text."""
    return Observation(start=start, end=end, value=number(value), **details)


def span(period: object, freq: str) -> tuple[date, date]:
    """The year ("Y"), quarter ("Q") or month ("M") that ``period`` names, or that a date lies in."""
    if isinstance(period, pd.Timestamp | date):
        stamp = pd.Period(pd.Timestamp(period), freq=freq)
        return stamp.start_time.date(), stamp.end_time.date()
    start, end = parse_period(period)
    wanted = pd.Period(pd.Timestamp(start), freq=freq)
    if (wanted.start_time.date(), wanted.end_time.date()) != (start, end):
        kind = {"Y": "calendar year", "Q": "calendar quarter"}.get(freq, "month")
        raise DataError(f"period {str(period)!r} is not a {kind}: use from_frame for a mixture of periods")
    return start, end


def refuse_quarters(periods: Iterable[object]) -> None:
    """A DataError where dates given for months are all the ends, or all the starts, of quarters.

    Three or more of them: a quarter's trade would be taken for that of its first or last month.
    """
    dates = [pd.Timestamp(p) for p in periods if isinstance(p, pd.Timestamp | date)]
    months = {d.month for d in dates}
    if len(dates) >= FEWEST_DAYS and (months <= {3, 6, 9, 12} or months <= {1, 4, 7, 10}):
        raise DataError(
            f"{len(dates)} dates such as {dates[0]:%Y-%m-%d} are a quarter apart, and from_monthly reads each as a "
            "month: use from_quarterly, or a monthly PeriodIndex if these are single months"
        )


def _blank(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) or value == ""


def _row(record: dict[str, Any], unit: Unit | None) -> Observation:
    start, end = parse_period(record["period"])
    kind = "level" if _blank(record.get("kind")) else str(record["kind"]).strip()
    own = record.get("unit")
    rounding = record.get("rounding")
    texts = {c: None if _blank(record.get(c)) else str(record[c]).strip() for c in _TEXT}
    details: dict[str, Any] = {
        "unit": None if kind == "growth" else (unit if _blank(own) else Unit.parse(str(own))),
        "kind": kind,
        "qualifier": "exact" if _blank(record.get("qualifier")) else str(record["qualifier"]).strip(),
        "rounding": None if _blank(rounding) else number(rounding),
        "flow": "turnover" if _blank(record.get("flow")) else str(record["flow"]).strip(),
        "as_of": None if _blank(record.get("as_of")) else parse_as_of(record["as_of"]),
    }
    return observation(start, end, record["value"], **details, **texts)


def _chosen(kind: str, wanted: str | None, present: Iterable[object], where: str) -> str | None:
    """The one value of a column that counts: the one asked for, or the only one there is."""
    names = sorted({str(p).strip() for p in present if not _blank(p)})
    if wanted is not None:
        match = next((n for n in names if n.lower() == wanted.lower()), None)
        if match is None and names:
            raise unknown_name(f"{kind} in {where}", wanted, names)
        return match
    if len(names) > 1:
        raise DataError(
            f"{where} holds several {kind} values ({', '.join(names)}): choose one with {kind}= or --{kind}"
        )
    return names[0] if names else None


def _picked(
    frame: pd.DataFrame, choice: dict[str, str | None], where: str
) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """The rows of one series and flow, of one reporter where one is chosen, and the names as they are written."""
    picked, found = frame, dict(choice)
    for column, wanted in choice.items():
        many_reporters_are_fine = column == "reporter" and wanted is None
        if column not in picked.columns or many_reporters_are_fine:
            continue
        found[column] = _chosen(column, wanted, picked[column], where)
        if found[column] is not None:
            picked = picked[picked[column].astype(str).str.strip() == found[column]]
    return picked, found


def reporters_in(frame: pd.DataFrame, series: str | None, flow: str | None, where: str) -> tuple[str, ...]:
    """The sides that report one series in a long table, in alphabetical order; errors as in ``from_rows``."""
    picked, _ = _picked(frame, {"series": series, "flow": flow}, where)
    named = picked["reporter"] if "reporter" in picked.columns else ()
    return tuple(sorted({str(r).strip() for r in named if not _blank(r)}))


def labels_in(
    frame: pd.DataFrame, series: str | None, flow: str | None, where: str
) -> list[tuple[str | None, str | None]]:
    """The series and flow of every series in a long table, as written, in order of first appearance.

    Where ``series`` or ``flow`` is given, those of that name; errors as in ``from_rows``. None where the table does not
    name it.
    """
    choice: dict[str, str | None] = {k: v for k, v in (("series", series), ("flow", flow)) if v is not None}
    picked, found = _picked(frame, choice, where)
    columns = []
    for column, wanted in (("series", series), ("flow", flow)):
        given = picked[column] if column in picked.columns else [wanted] * len(picked)
        columns.append([found.get(column) if _blank(name) else str(name).strip() for name in given])
    return list(dict.fromkeys(zip(*columns, strict=True))) or [(series, flow)]


def from_rows(
    frame: pd.DataFrame,
    *,
    series: str | None = None,
    flow: str | None = None,
    reporter: str | None = None,
    unit: str | Unit | None = None,
    name: str | None = None,
    where: str = "the table",
) -> Rows:
    """The rows of one series in a long table; see ``TradeSeries.from_frame``."""
    twice = [c for c in COLUMNS if list(frame.columns).count(c) > 1]
    if twice:
        raise DataError(f"{where} has two columns {twice[0]!r}: keep the one that counts")
    missing = [c for c in ("period", "value") if c not in frame.columns]
    if missing:
        raise DataError(f"{where} has no column {missing[0]!r}: it needs 'period' and 'value', and has "
                        f"{', '.join(repr(c) for c in frame.columns if c != '_line') or 'no columns'}")  # fmt: skip
    if frame.empty:
        raise DataError(f"{where} has a header but no rows: give at least one period and value")
    frame = frame.loc[:, [c in COLUMNS or c == "_line" for c in frame.columns]]
    picked, found = _picked(frame, {"series": series, "flow": flow, "reporter": reporter}, where)
    parsed = None if unit is None else Unit.parse(unit)
    rows: list[Observation] = []
    lines = picked["_line"] if "_line" in picked.columns else pd.Series(range(1, len(picked) + 1))
    label = "line" if "_line" in picked.columns else "row"
    for line, record in zip(lines, picked.to_dict("records"), strict=True):
        try:
            rows.append(_row({str(k): v for k, v in record.items()}, parsed))
        except TradeTargetError as error:
            raise type(error)(f"{where}, {label} {line}: {error}") from None
    _refuse_days_for_months(rows, where)
    units = sorted({str(r.unit) for r in rows if r.kind == "level"})
    if len(units) > 1:
        rows, parsed = _one_unit(rows, where)
    elif units and units[0] != "None":
        parsed = Unit.parse(units[0])
    title = name or found["series"] or "series"
    own_flow = found["flow"] or rows[0].flow
    if found["reporter"] is not None and "reporter" not in frame.columns:
        rows = [replace(r, reporter=found["reporter"]) for r in rows]
    return Rows(str(title), tuple(rows), own_flow, parsed)


def _refuse_days_for_months(rows: list[Observation], where: str) -> None:
    """A DataError where one-day figures all stand on the first, or the last, day of their month.

    Dates of data banks name a month, quarter or year by a day of it.
    """
    days = [r for r in rows if r.start == r.end]
    first = all(r.start.day == 1 for r in days)
    last = all(r.start == month_end(r.start.year, r.start.month) for r in days)
    if len(days) >= FEWEST_DAYS and (first or last):
        day, months = days[0].start, {r.start.month for r in days}
        what, written = "months", f"{day:%Y-%m}"
        if months <= {1, 4, 7, 10} or months <= {3, 6, 9, 12}:
            what, written = "quarters", f"{day:%Y}Q{(day.month + 2) // 3}"
        if months in ({1}, {12}):
            what, written = "years", f"{day:%Y}"
        edge = "first" if first else "last"
        raise DataError(
            f"{where}: {len(days)} periods such as {days[0].period!r} are single days, each the {edge} of its month, "
            f"which look like {what}: write {written}"
        )


def _one_unit(rows: list[Observation], where: str) -> tuple[list[Observation], Unit]:
    """Rows of one currency brought to the unit of the first level."""
    if any(r.unit is None for r in rows if r.kind == "level"):
        raise DataError(f"{where}: some values have a unit and some have none: fill the 'unit' column or drop it")
    unit = next(r.unit for r in rows if r.unit is not None)
    return [r.in_unit(unit) for r in rows], unit


def read_csv(path: str | Path) -> pd.DataFrame:
    """A CSV file as text, with the line of each row in ``_line``; values are read, and named when wrong, later.

    Raises
    ------
    DataError
        On a file that is missing, empty, not text, or with a row of more cells than the header.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle)
            header = [h.strip() for h in next(reader, [])]
            rows = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except FileNotFoundError:
        raise DataError(f"no such file: {path}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a CSV file in UTF-8 ({error}): save it as UTF-8") from None
    if len(header) == 1 and ";" in header[0]:
        raise DataError(f"{path} separates its columns with semicolons: separate them with commas")
    if not any(header):
        raise DataError(f"{path} is empty: give a header line 'period,value' and at least one row")
    for line, cells in rows:
        if len(cells) != len(header):
            raise DataError(
                f"{path}, line {line}: {len(cells)} cells where the header has {len(header)}; put text that holds "
                "commas in double quotes"
            )
    frame = pd.DataFrame([c for _, c in rows], columns=header, dtype=object)
    return frame.assign(_line=[n for n, _ in rows])


def to_rows(name: str, observations: Iterable[Observation]) -> pd.DataFrame:
    """Every observation of the series ``name`` as a row; ``from_rows`` reads it back."""
    records = [
        {
            "series": name,
            "flow": o.flow,
            "reporter": o.reporter,
            "period": o.period,
            "value": o.value,
            "unit": None if o.unit is None else str(o.unit),
            "kind": o.kind,
            "qualifier": o.qualifier,
            "rounding": o.rounding,
            "stated_by": o.stated_by,
            "as_of": None if o.as_of is None else o.as_of.isoformat(),
            "source": o.source,
            "address": o.address,
        }
        for o in observations
    ]
    return pd.DataFrame.from_records(records, columns=list(COLUMNS))
