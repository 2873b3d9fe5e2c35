"""The JSON schema of scenario files, for editors that complete and check them as they are written.

The package carries what ``file_schema`` and ``systems.json_schema`` give, and a test keeps the two the same.
"""

from __future__ import annotations

import json
from typing import Any

from tradetarget.packaged import packaged_text
from tradetarget.scenarios.files import adjustment_kinds
from tradetarget.scenarios.keys import Schema, keys_of, purpose_of
from tradetarget.scenarios.schema import WrittenFile

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that editors of TOML understand."""
NAME = "tradetarget-scenarios.schema.json"


def scenario_schema() -> str:
    """The shipped schema of a file of scenarios of one series, as JSON text."""
    return packaged_text("scenarios", "data", NAME)


def file_schema(
    file: type[WrittenFile] = WrittenFile, title: str = "Scenarios for tradetarget", **everywhere: Schema
) -> str:
    """The schema of a kind of scenario file, as JSON text.

    Parameters
    ----------
    file
        The keys of the file.
    title
        What the file is.
    everywhere
        Keys that adjustments of every kind may have beside their own.
    """
    of_file = file.model_json_schema()
    scenario = of_file["$defs"]["WrittenScenario"]
    scenario["properties"]["adjustment"]["items"] = {"oneOf": [_adjustment(k, everywhere) for k in adjustment_kinds()]}
    schema = {"$schema": DIALECT, **_cleaned(of_file), "title": title}
    return (
        json.dumps(schema, indent=2, ensure_ascii=False)
        .replace("#/$defs/", "#/definitions/")
        .replace('"$defs"', '"definitions"')
        + "\n"
    )


def _adjustment(kind: str, everywhere: dict[str, Schema]) -> Schema:
    """The schema of a kind of adjustment."""
    keys = keys_of(kind)
    of_this_kind = {
        key.name: {**key.written.schema, "description": key.description}
        | ({} if key.default is None else {"default": key.default})
        for key in keys
    }
    return {
        "title": kind,
        "description": purpose_of(kind),
        "type": "object",
        "properties": {"kind": {"const": kind, "description": purpose_of(kind)}, **of_this_kind, **everywhere},
        "required": ["kind", *(key.name for key in keys if key.required)],
        "additionalProperties": False,
    }


def _cleaned(schema: Any) -> Any:
    """The schema without what stands in a TOML file by being left out: null, and titles made of the names of keys."""
    if isinstance(schema, list):
        return [_cleaned(s) for s in schema if s != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    kept = {k: _cleaned(v) for k, v in schema.items() if not _says_nothing(k, v)}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and len(choices) == 1:
        return {**{k: v for k, v in kept.items() if k != "anyOf"}, **choices[0]}
    return kept


def _says_nothing(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str) and " " not in value and "_" not in value) or (
        key == "default" and value in (None, [], {})
    )
