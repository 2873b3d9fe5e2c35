"""Which columns of a table are read, and in which Arrow types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tradetarget.errors import DataError

AREAS = ("reporter", "partner")


def fitting_schema(schema: Any, needed: Sequence[str], what: str) -> Any:
    """The columns that are read of a table, with the types that they are read as.

    Raises
    ------
    DataError
        When one is missing, stands twice, or is of a type that cannot be read.
    """
    names = schema.names
    missing = next((n for n in needed if n not in names), None)
    if missing is not None:
        raise DataError(
            f"{what} has no column {missing!r}: it needs {', '.join(needed)}, and has {', '.join(names) or 'none'}"
        )
    chosen = [*needed, *(n for n in AREAS if n in names and "value" in needed)]
    twice = next((n for n in chosen if names.count(n) > 1), None)
    if twice is not None:
        raise DataError(f"{what} has two columns {twice!r}: keep the one that counts")
    return pa.schema([(n, _read_as(n, schema.field(n).type, what)) for n in chosen])


def _read_as(name: str, kind: Any, what: str) -> Any:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind):
        return pa.string()
    if name in ("unit", "period") and types.is_integer(kind):
        return pa.int64()
    if name in ("value", "target") and (types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)):
        return pa.float64()
    if name == "period" and (types.is_floating(kind) or types.is_temporal(kind) or is_period(kind)):
        return kind
    wanted = {"unit": "text or whole numbers", "period": "years", "value": "numbers", "target": "numbers"}
    raise DataError(f"{what} has {name!r} of type {kind}: give {wanted.get(name, 'text')}")


def is_period(kind: Any) -> bool:
    """Whether it is the type in which pandas keeps yearly periods."""
    return getattr(kind, "extension_name", "") == "pandas.period"


def refuse_difference(schema: Any, first: Any, path: str, what: str) -> None:
    """A DataError where a file has other columns, or other types, than the first one."""
    if schema != first:
        types, expected = ({f.name: f.type for f in one} for one in (schema, first))
        name = next(n for n in [*types, *expected] if types.get(n) != expected.get(n))
        here, before = types.get(name, "missing"), expected.get(name, "missing")
        raise DataError(
            f"{what} {path} has {name!r} as {here}, and the files before it as {before}: make them the same"
        )
