"""``tradetarget tracking``."""

from __future__ import annotations

from typing import Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.goals import due_year, read_target, whole
from tradetarget.cli.groups import takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, without_drivers
from tradetarget.cli.reading import Reading, with_reading


@takes_groups
def tracking(
    by: Annotated[str, typer.Option(metavar="YEAR", help="The year by whose end the target is due: 2030.")],
    data: options.Data = None,
    *,
    base: Annotated[
        str | None,
        typer.Option(metavar="YEAR", help="Where the scales count from; default five years before the last total."),
    ] = None,
    dataset: options.Dataset = None,
    series: options.Series = None,
    flow: options.Flow = None,
    target: options.TargetValue = None,
    unit: options.TargetUnit = None,
    data_unit: options.DataUnit = None,
    model: options.Model = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    reading: Reading,
    seed: options.Seed = "0",
    json_path: options.Json = None,
) -> Result:
    """What would official traffic lights say, beside the probability?

    Eurostat's ratio of actual to required growth, the UN's progress chart, Destatis' weather symbols, ESCAP's
    anticipated progress and SDSN's trend arrows, each with its published thresholds.

    \b
    Example:
      tradetarget tracking --by 2030 --base 2019
    """
    model = without_drivers(model)
    goal = read_target(target, unit, bundled=data is None)
    due, first, key = due_year(by), None if base is None else whole("--base", base), whole("--seed", seed)
    read = Selection(data, series, flow, reporter, data_unit, as_of, dataset, reading).read()
    from tradetarget.models import DEFAULT_MODEL
    from tradetarget.tracking import compare

    with Progress("computing"):
        answer = compare(read, goal, deadline=due, base_year=first, model=model or DEFAULT_MODEL, seed=key)
    return Result(*with_reading(answer.summary(), answer.to_dict(), read), json_path)
