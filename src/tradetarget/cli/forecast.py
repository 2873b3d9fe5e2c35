"""``tradetarget forecast``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tradetarget.cli import options
from tradetarget.cli.conversion import convert
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, as_event, read_driver_table, read_target, whole
from tradetarget.cli.reading import reads_files


@reads_files
def forecast(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA.csv", help="A file of period,value; without it, the bundled figures.", show_default=False
        ),
    ] = None,
    dataset: options.Dataset = None,
    series: options.Series = None,
    flow: options.Flow = None,
    target: options.TargetValue = None,
    unit: options.TargetUnit = None,
    event: options.Event = None,
    occurrence: options.Occurrence = None,
    sustained: options.Sustained = None,
    data_unit: options.DataUnit = None,
    convert_to: options.ConvertTo = None,
    model: options.Model = None,
    drivers: options.Drivers = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    horizon: Annotated[str, typer.Option(metavar="YEARS", help="Years after the last complete one, 1 to 200.")] = "15",
    seed: options.Seed = "0",
    paths: options.Paths = None,
    method: Annotated[
        str,
        typer.Option(metavar="HOW", help="exact (the model's law), simulation, or auto: the law where there is one."),
    ] = "auto",
    json_path: options.Json = None,
    plot: options.Plot = None,
    reading: dict[str, Any] | None = None,
) -> Result:
    """When does a trade series reach a target?

    \b
    Example:
      tradetarget forecast mine.csv --target 5 --unit "USD bn" --data-unit "USD mn" --plot mine.png
    """
    asked = as_event(read_target(target, unit, bundled=data is None), event, occurrence, sustained)
    years, key = whole("--horizon", horizon), whole("--seed", seed)
    selection = Selection(data, series, flow, reporter, data_unit, as_of, dataset, reading=reading or {})
    given = selection.every_side()
    question = convert(given.series, asked, convert_to, selection.read())
    from tradetarget.answering.question import N_PATHS
    from tradetarget.forecasting.sides import compare_sides
    from tradetarget.models import DEFAULT_MODEL
    from tradetarget.report import sides_beside

    table = read_driver_table(drivers, model)
    n = N_PATHS if paths is None else whole("--paths", paths)
    with Progress("computing"):
        found = compare_sides(
            question.series, question.target or asked, model or DEFAULT_MODEL, years, key,
            reporter=given.reporter, as_of=as_of, drivers=table, method=method, n_paths=n,  # type: ignore[arg-type]
        ).with_unread(given.unread)  # fmt: skip
    text = "\n".join([found.forecast.summary(), *sides_beside(found), *question.lines])
    return Result(text, question.record(found.to_dict()), json_path, plot, found.forecast.plot)
