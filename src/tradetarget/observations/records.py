"""A series as JSON text, and back, without loss."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any, NamedTuple

from tradetarget.errors import DataError
from tradetarget.observations.observation import Observation
from tradetarget.reading.periods import DECEMBER
from tradetarget.units import Unit

SCHEMA = 1  # of the JSON record


class SeriesRecord(NamedTuple):
    """What a series is made of, in the order of its fields."""

    name: str
    observations: tuple[Observation, ...]
    flow: str
    unit: Unit | None
    vintage: date | None
    read_as: None
    name_is_stated: bool


def to_json(record: SeriesRecord) -> str:
    """JSON text, a statement a line; what a statement does not say is left out, and so is what is usual."""
    head: dict[str, Any] = {"schema": SCHEMA, "name": record.name, "flow": record.flow}
    head |= {"unit": _plain(record.unit), "vintage": _plain(record.vintage)}
    head |= {} if record.name_is_stated else {"name_is_stated": False}
    lines = [f'  "{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in head.items()]
    rows = [json.dumps(_stated_fields(o), ensure_ascii=False) for o in record.observations]
    lines.append('  "observations": [\n    ' + ",\n    ".join(rows) + "\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> SeriesRecord:
    """Read what ``to_json`` wrote.

    Raises
    ------
    DataError
        On text that is no such record, or a statement that breaks a rule.
    """
    try:
        d = json.loads(text)
        if d["schema"] != SCHEMA:
            raise DataError(f"series of schema {d['schema']!r}: this version reads {SCHEMA}")
        observations = tuple(_observation(row) for row in d["observations"])
        vintage = None if d["vintage"] is None else date.fromisoformat(d["vintage"])
        return SeriesRecord(
            d["name"], observations, d["flow"], _unit(d["unit"]), vintage, None, d.get("name_is_stated", True)
        )
    except DataError:
        raise
    except (ValueError, KeyError, TypeError) as error:
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
