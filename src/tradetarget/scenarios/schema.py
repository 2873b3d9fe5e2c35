"""What a scenario file may hold: its keys and their types, checked by pydantic at this one boundary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tradetarget.errors import ScenarioError, unknown_name


class WrittenScenario(BaseModel):
    """A ``[[scenario]]`` table; its adjustments are checked by the classes that they name."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    description: str | None = None
    source: str | None = None
    parent: str | None = None
    adjustment: list[dict[str, Any]] = []


class WrittenFile(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str | None = None
    series: str | None = None
    flow: str | None = None
    reporter: str | None = None
    target: float | None = None
    unit: str | None = None
    horizon: int | None = None
    as_of: str | int | date | None = None
    scenario: list[WrittenScenario] = Field(min_length=1)

    @property
    def levels(self) -> Mapping[str, float]:
        """Targets by name; a file about one series has none of them."""
        return {}


F = TypeVar("F", bound=WrittenFile)


def checked_file(raw: Mapping[str, Any], kind: type[F]) -> F:
    """The file, or a ScenarioError that names the key and the rule."""
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise ScenarioError(_explained(error, raw, kind)) from None


def _explained(error: ValidationError, raw: Mapping[str, Any], kind: type[WrittenFile]) -> str:
    """The first of pydantic's complaints in one line: where, which key, which rule."""
    first = error.errors()[0]
    *path, key = first["loc"] or ("file",)
    where = ""
    table: type[BaseModel] = kind
    if path[:1] == ["scenario"] and len(path) > 1:
        index = int(path[1])
        name = raw["scenario"][index].get("name") if isinstance(raw["scenario"][index], Mapping) else None
        where = f"scenario {name!r}: " if isinstance(name, str) else f"scenario {index + 1}: "
        table = WrittenScenario
    if first["type"] == "extra_forbidden" and key == "targets":
        return (
            "key 'targets' belongs to a file about a region: run it with 'tradetarget region --scenarios', or read it "
            "with read_system_scenarios"
        )
    if first["type"] == "extra_forbidden":
        return f"{where}{unknown_name('key', key, table.model_fields)}"
    if first["type"] == "missing":
        return f"{where}key {key!r} is missing" + (": write [[scenario]] tables" if key == "scenario" else "")
    if first["type"] == "too_short":
        return f"{where}key {key!r} is empty: write [[scenario]] tables"
    if first["type"] == "model_type":
        return f"{where}key 'scenario' holds {first['input']!r}, which is no table: write [[scenario]] tables"
    return f"{where}key {key!r} is {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}"
