"""Options that several commands share, taken as one argument: a frozen dataclass whose fields are the options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any, get_type_hints

from tradetarget.cli import options
from tradetarget.cli.goals import whole
from tradetarget.cli.output import Result
from tradetarget.cli.question import Selection, growth_model, read_driver_table
from tradetarget.cli.reading import Reading


@dataclass(frozen=True)
class OneSeries:
    """What a command about one series is asked with: which figures, which event, and how it is answered."""

    unit: options.TargetUnit = None
    event: options.Event = None
    sustained: options.Sustained = None
    dataset: options.Dataset = None
    series: options.Series = None
    flow: options.Flow = None
    reporter: options.Reporter = None
    as_of: options.AsOf = None
    data_unit: options.DataUnit = None
    convert_to: options.ConvertTo = None
    model: options.Model = None
    drivers: options.Drivers = None
    areas: options.Areas = None
    seed: options.Seed = "0"
    paths: options.Paths = None

    def selection(self, data: Path | None, reading: Reading) -> Selection:
        """The figures that the options choose, not yet read."""
        return Selection(data, self.series, self.flow, self.reporter, self.data_unit, self.as_of, self.dataset, reading)

    def settings(self) -> dict[str, Any]:
        """The library's keywords for the model, its drivers, the seed and the paths, where they are given.

        Raises
        ------
        TradeTargetError
            A kind of it on text that is no number, and on a table of drivers that cannot be used.
        """
        model = growth_model(self.model, self.areas)
        given: dict[str, Any] = {"seed": whole("--seed", self.seed), "model": model}
        given["drivers"] = read_driver_table(self.drivers, model)
        given["n_paths"] = None if self.paths is None else whole("--paths", self.paths)
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Outputs:
    """Where an answer is written: as JSON, as a table, as a picture."""

    json_path: options.Json = None
    csv: options.Csv = None
    plot: options.Plot = None

    def result(
        self, text: str, record: Any, table: Callable[[], Any], draw: Callable[[Path], Any] | None = None
    ) -> Result:
        """An answer ready to be shown and written."""
        return Result(text, record, self.json_path, self.plot, draw, csv=self.csv, table=table)


def takes_groups(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the options of each of its parameters that is a group; they stand in its place in the help."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type[Any]] = {
        name: hint for name, hint in hints.items() if name != "return" and is_dataclass(hint) and isinstance(hint, type)
    }
    signature = inspect.signature(command)
    parameters: list[inspect.Parameter] = []
    for p in signature.parameters.values():
        if p.name in groups:
            parameters += _parameters_of(groups[p.name])
        else:
            parameters.append(p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[p.name]))

    @wraps(command)
    def wrapped(**given: Any) -> Result:
        made = {name: group(**{f.name: given.pop(f.name) for f in fields(group)}) for name, group in groups.items()}
        return command(**given, **made)

    wrapped.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": hints["return"]}
    del wrapped.__wrapped__
    return wrapped


def _parameters_of(group: type[Any]) -> list[inspect.Parameter]:
    """The fields of a group as keywords of a command."""
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            f.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if f.default is MISSING else f.default,
            annotation=hints[f.name],
        )
        for f in fields(group)
    ]
