"""A series as JSON text, and back, without loss."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tradetarget.errors import DataError
from tradetarget.observations.observation import Observation
from tradetarget.reading.periods import DECEMBER
from tradetarget.units import Unit

if TYPE_CHECKING:
    from tradetarget.observations.series import TradeSeries

SCHEMA = 1  # of the JSON record


def to_json(series: TradeSeries) -> str:
    """JSON text, a statement a line; what a statement does not say is left out, and so is what is usual."""
    head: dict[str, Any] = {"schema": SCHEMA, "name": series.name, "flow": series.flow}
    head |= {"unit": _plain(series.unit), "vintage": _plain(series.vintage)}
    head |= {} if series.name_is_stated else {"name_is_stated": False}
    lines = [f'  "{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in head.items()]
    rows = [json.dumps(_stated_fields(o), ensure_ascii=False) for o in series.observations]
    lines.append('  "observations": [\n    ' + ",\n    ".join(rows) + "\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> dict[str, Any]:
    """The arguments of ``TradeSeries`` for what ``to_json`` wrote.

    Raises
    ------
    DataError
        On text that is no such record, or a statement that breaks a rule.
    """
    try:
        d = json.loads(text)
        if d["schema"] != SCHEMA:
            raise DataError(f"series of schema {d['schema']!r}: this version reads {SCHEMA}")
        return {
            "name": d["name"],
            "observations": tuple(_observation(row) for row in d["observations"]),
            "flow": d["flow"],
            "unit": _unit(d["unit"]),
            "vintage": None if d["vintage"] is None else date.fromisoformat(d["vintage"]),
            "name_is_stated": d.get("name_is_stated", True),
        }
    except DataError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DataError(f"this is not the JSON of a series ({error!r}): write one with TradeSeries.to_json") from error


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Unit) else value


def _unit(text: str | None) -> Unit | None:
    return None if text is None else Unit.parse(text)


def _stated_fields(o: Observation) -> dict[str, Any]:
    stated = {f.name: _plain(v) for f in fields(o) if (v := getattr(o, f.name)) is not None}
    if o.year_end == DECEMBER:
        del stated["year_end"]
    return stated


def _observation(row: dict[str, Any]) -> Observation:
    days: dict[str, Any] = {k: date.fromisoformat(row[k]) for k in ("start", "end", "as_of") if k in row}
    details: dict[str, Any] = {**row, **days, "unit": _unit(row.get("unit"))}
    return Observation(**details)
