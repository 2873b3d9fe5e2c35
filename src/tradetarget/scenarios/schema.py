"""What a scenario file may hold: its keys and their types, checked by pydantic at this one boundary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tradetarget.errors import ScenarioError, unknown_name

_TWO_BRACKETS = "write {head} with two brackets, once for each"


class WrittenScenario(BaseModel):
    """A ``[[scenario]]`` table; its adjustments are checked by the classes that they name."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(description="The scenario's name, unlike any other in the file. Random numbers are keyed by it.")
    description: str | None = Field(None, description="What happens in it, in a sentence.")
    source: str | None = Field(None, description="Where it comes from, or that it is an assumption.")
    parent: str | None = Field(
        None, description="The name of another scenario of this file, whose adjustments it has too."
    )
    adjustment: list[dict[str, Any]] = Field(
        default=[], description="What it changes, a [[scenario.adjustment]] table each. None is the baseline."
    )


class WrittenFile(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str | None = Field(None, description="What the file is about, for its readers.")
    series: str | None = Field(None, description="The pair or region that is asked about: Kazakhstan-Uzbekistan.")
    flow: str | None = Field(None, description="turnover, exports or imports.")
    reporter: str | None = Field(None, description="Whose statistics count: Kazakhstan.")
    target: float | None = Field(None, description="The level to be reached, in the unit.")
    unit: str | None = Field(None, description="The unit of the target: USD bn, million USD.")
    horizon: int | None = Field(None, description="Years after the last complete one, 1 to 200.")
    as_of: str | int | date | None = Field(None, description="Answer with what was known by the end of it: 2026-03.")
    scenario: list[WrittenScenario] = Field(min_length=1, description="A [[scenario]] table each.")

    @property
    def levels(self) -> Mapping[str, float]:
        """Targets by name; a file about one series has none of them."""
        return {}


F = TypeVar("F", bound=WrittenFile)


class RefusedKey(ScenarioError):
    """A key that is missing, unknown or of the wrong type, and where it stands.

    Parameters
    ----------
    words
        What is wrong with it.
    scenario, key
        The place of its scenario in the file, from 0, None where it stands above them; and the key.
    """

    def __init__(self, words: str, scenario: int | None, key: str) -> None:
        super().__init__(words)
        self.scenario, self.key = scenario, key


def checked_file(raw: Mapping[str, Any], kind: type[F]) -> F:
    """The file.

    Raises
    ------
    RefusedKey
        Naming the key and the rule.
    """
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise _refused(error, raw, kind) from None


def _refused(error: ValidationError, raw: Mapping[str, Any], kind: type[WrittenFile]) -> RefusedKey:
    """The first of pydantic's complaints in one line; that of an unknown key before that of a missing one."""
    first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    path = list(first["loc"])
    if path[:1] != ["scenario"] or len(path) < 3:
        key = str(path[-1]) if path else "file"
        return RefusedKey(_explained(first, key, kind), None, key)
    index, key = int(path[1]), str(path[2])
    table = raw["scenario"][index]
    name = table.get("name") if isinstance(table, Mapping) else None
    where = f"scenario {name!r}" if isinstance(name, str) else f"scenario {index + 1}"
    return RefusedKey(f"{where}: {_explained(first, key, WrittenScenario)}", index, key)


def _explained(first: Any, key: str, table: type[BaseModel]) -> str:
    """What is wrong with a key of a table, and the remedy."""
    kind, given, at_top = first["type"], first["input"], table is not WrittenScenario
    if kind == "extra_forbidden" and key == "targets":
        return (
            "key 'targets' belongs to a file about a region: run it with 'tradetarget region --scenarios', or read it "
            "with read_system_scenarios"
        )
    if kind == "extra_forbidden" and at_top and key in ("adjustment", "adjustments"):
        return "an adjustment belongs to a scenario: write [[scenario.adjustment]] below its [[scenario]]"
    if kind == "extra_forbidden":
        return str(unknown_name("key", key, table.model_fields))
    head = "[[scenario]]" if at_top else "[[scenario.adjustment]]"
    if key in ("scenario", "adjustment") and isinstance(given, Mapping) and kind in ("list_type", "dict_type"):
        return f"{head.replace('[[', '[').replace(']]', ']')} is a single table: {_TWO_BRACKETS.format(head=head)}"
    if kind == "missing":
        return f"key {key!r} is missing" + (f": write {head} tables" if key == "scenario" else "")
    if kind == "too_short":
        return f"key {key!r} is empty: write {head} tables"
    if kind == "model_type":
        return f"key {key!r} holds {given!r}, which is no table: write {head} tables"
    remedy = ""
    if kind in ("float_type", "int_type") and isinstance(given, str):
        remedy = ", without quotes"
    elif kind == "string_type":
        remedy = ": write it in quotes"
    return f"key {key!r} is {given!r}: {first['msg'][0].lower()}{first['msg'][1:]}{remedy}"
