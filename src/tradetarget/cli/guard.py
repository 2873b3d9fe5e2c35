"""The gate that every command passes before it works: what it is to write can be written, and is not what it reads."""

from __future__ import annotations

import os
from typing import Any

from typer.core import TyperCommand

from tradetarget.cli.plain_options import PlainOptions
from tradetarget.cli.wording import in_options
from tradetarget.errors import TradeTargetError

OUTPUTS = frozenset({"json_path", "plot", "hedgehog", "out", "path", "csv", "docx", "xlsx"})
"""Parameters of commands that name a file to write. Every other text or path that names a file is taken to be read."""
PICTURES = frozenset({"plot", "hedgehog"})
STANDARD = "-"


class GuardedCommand(PlainOptions, TyperCommand):
    """A command whose outputs are checked before its work starts."""

    def invoke(self, ctx: Any) -> Any:
        """Check the outputs, then run.

        Raises
        ------
        TradeTargetError
            In the words of the command line: on an output that cannot be written, or is an input or another output, and
            on whatever the command refuses.
        """
        given: dict[str, tuple[str | None, Any]] = {_label(p): (p.name, ctx.params.get(p.name)) for p in self.params}
        try:
            check_files(given)
            return super().invoke(ctx)
        except TradeTargetError as error:
            options = {label: value for label, (_, value) in given.items() if label.startswith("-")}
            raise TradeTargetError(in_options(str(error), options)) from error


def _label(parameter: Any) -> str:
    """An option as it is written, an argument as the help names it."""
    word = str(max(parameter.opts, key=len))
    return word if word.startswith("-") else str(parameter.metavar or word)


def check_files(given: dict[str, tuple[str | None, Any]]) -> None:
    """Check what a command is to write against what it may read.

    Parameters
    ----------
    given
        Name and value of each parameter, by what its user calls it.

    Raises
    ------
    OutputError
        As ``GuardedCommand.invoke``.
    """
    outputs, inputs = dict[str, Any](), dict[str, Any]()
    for label, (name, value) in given.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, str | os.PathLike) and str(one) not in ("", STANDARD):
                (outputs if name in OUTPUTS else inputs)[f"{label} {one}" if label in inputs else label] = one
    if not outputs:
        return
    from tradetarget.outputs import check_apart, checked_path

    for label, path in outputs.items():
        if given[label][0] in PICTURES:
            from tradetarget.plotting import checked_plot_path

            checked_plot_path(path)
        else:
            checked_path(path)
    check_apart(outputs, inputs)
