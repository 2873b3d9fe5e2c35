"""``tradetarget news``."""

from __future__ import annotations

from typing import Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.goals import due_year, read_target, whole
from tradetarget.cli.groups import takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, without_drivers
from tradetarget.cli.reading import Reading, with_reading

YEARS_AHEAD = 4
"""Years from the later vintage to the year asked about. Judgement, because most targets are set for about that long."""


@takes_groups
def news(
    earlier: Annotated[str, typer.Option("--from", metavar="MONTH", help="The earlier vintage: 2019-10.")],
    later: Annotated[str, typer.Option("--to", metavar="MONTH", help="The later vintage: 2019-12.")],
    data: options.Data = None,
    *,
    by: Annotated[
        str | None,
        typer.Option(metavar="YEAR", help=f"Reached by the end of it; default {YEARS_AHEAD} years after --to."),
    ] = None,
    dataset: options.Dataset = None,
    series: options.Series = None,
    flow: options.Flow = None,
    target: options.TargetValue = None,
    unit: options.TargetUnit = None,
    data_unit: options.DataUnit = None,
    model: options.Model = None,
    reporter: options.Reporter = None,
    horizon: Annotated[str, typer.Option(metavar="YEARS", help="Years after the last complete one, 1 to 200.")] = "15",
    reading: Reading,
    seed: options.Seed = "0",
    json_path: options.Json = None,
) -> Result:
    """What moved the probability between two dates: time, new figures, revisions?

    \b
    Example:
      tradetarget news --from 2019-10 --to 2019-12 --by 2023
    """
    model = without_drivers(model)
    goal = read_target(target, unit, bundled=data is None)
    years, key = whole("--horizon", horizon), whole("--seed", seed)
    statements = Selection(data, series, flow, reporter, data_unit, None, dataset, reading=reading).read()
    from tradetarget.forecasting.vintages import explain_change
    from tradetarget.models import DEFAULT_MODEL
    from tradetarget.reading.dates import parse_as_of

    year = parse_as_of(later).year + YEARS_AHEAD if by is None else due_year(by)
    with Progress("computing") as progress:
        change = explain_change(
            statements, goal, earlier, later, by=year, model=model or DEFAULT_MODEL, horizon=years, seed=key,
            progress=progress.tick,
        )  # fmt: skip
    return Result(*with_reading(change.summary(), change.to_dict(), statements), json_path)
