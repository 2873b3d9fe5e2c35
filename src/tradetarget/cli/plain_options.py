"""Options as they are written, without the validators that typer builds for them.

Every option of a command is text, a list of texts, a path or a flag. What it may hold is checked by the command itself,
whose message names the value, the rule and a remedy. typer 0.29 makes a pydantic validator for each option, and imports
pydantic for it: a tenth of a second before the work starts, for nothing. A release of typer that has no such step is
left as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.core import TyperGroup


class AsWritten:
    """Takes the place of typer's ``RuntimeParam``: texts, paths and flags, one or several."""

    def __init__(self, kind: type[Any]) -> None:
        self._kind = kind

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value of an option; several are a list, and none of several is an empty tuple, as in typer."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        return [self._kind(v) for v in value] if several else self._kind(value)


_KINDS: dict[Any, type[Any]] = {str: str, list[str]: str, Path: Path, bool: bool}


class PlainOptions:
    """A command, or a group of them, whose options skip typer's validators."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, the one for help included."""
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            kind = _KINDS.get(getattr(getattr(parameter, "type_descriptor", None), "annotation", None))
            if kind is not None and getattr(parameter, "_runtime_param", parameter) is None:
                parameter._runtime_param = AsWritten(kind)
        return parameters


class PlainGroup(PlainOptions, TyperGroup):
    """A group of commands."""
