"""``tradetarget scenarios``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options, scenario_files
from tradetarget.cli.conversion import convert
from tradetarget.cli.goals import as_event, read_targets, whole
from tradetarget.cli.groups import Outputs, takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, growth_model, read_driver_table
from tradetarget.cli.reading import Reading

if TYPE_CHECKING:
    from tradetarget.scenarios import Scenario, ScenarioFile
    from tradetarget.targets import Target

HORIZON = 15  # that of every function of the library


@takes_groups
def scenarios(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.toml", help="The scenarios; without it, the bundled ones.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DATA.csv", help="A file of period,value; without it, the bundled figures.")
    ] = None,
    *,
    series: options.Series = None,
    flow: options.Flow = None,
    target: options.Targets = None,
    unit: options.TargetUnit = None,
    by: options.By = None,
    event: options.Event = None,
    occurrence: options.Occurrence = None,
    sustained: options.Sustained = None,
    data_unit: options.DataUnit = None,
    convert_to: options.ConvertTo = None,
    model: options.Model = None,
    drivers: options.Drivers = None,
    areas: options.Areas = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    horizon: Annotated[
        str | None, typer.Option(metavar="YEARS", help="Years after the last complete one; the file's, or 15.")
    ] = None,
    reading: Reading,
    seed: options.Seed = "0",
    paths: options.Paths = None,
    outputs: Outputs,
    check: scenario_files.Check = False,
    template: scenario_files.Template = False,
    schema: scenario_files.Schema = False,
    out: scenario_files.Out = None,
) -> Result:
    """What would bring the target forward, or put it off?

    What the file says of series, target, horizon and date holds unless an option says otherwise.

    \b
    Example:
      tradetarget scenarios --template -o mine.toml
      tradetarget scenarios --check mine.toml
      tradetarget scenarios mine.toml --data mine.csv --target 5 --unit "USD bn" --plot scenarios.png
    """
    instead = scenario_files.about_the_file(template=template, schema=schema, check=check, out=out, region=False)
    if instead is not None:
        return instead
    key = whole("--seed", seed)
    from tradetarget.scenarios import bundled_scenarios, read_scenario_file, run_scenarios

    about = bundled_scenarios() if file is None else read_scenario_file(file)
    if check:
        return scenario_files.checked(about, outputs)
    named = _targets(about, target, unit, data, own_file=file is not None)
    targets = [as_event(t, event, occurrence, sustained, by) for t in named]
    if data is None or file is not None:
        series, flow = series or about.series, flow or about.flow
        reporter, as_of = reporter or about.reporter, as_of or about.as_of
    statements = Selection(data, series, flow, reporter, data_unit, as_of, reading=reading).read()
    questions = [convert(statements, t, convert_to, statements) for t in targets]
    goals = [c.target or t for c, t in zip(questions, targets, strict=True)]
    from tradetarget.answering.question import N_PATHS
    from tradetarget.models import DEFAULT_MODEL

    grower = growth_model(model, areas) or DEFAULT_MODEL
    table = read_driver_table(drivers, grower)
    n = N_PATHS if paths is None else whole("--paths", paths)
    with Progress("computing") as progress:
        years = about.horizon or HORIZON if horizon is None else whole("--horizon", horizon)
        answer = run_scenarios(
            questions[0].series, goals, about.scenarios, grower, years, key, table,
            n_paths=n, progress=progress.tick,
        )  # fmt: skip
    text = "\n".join([answer.summary(), *questions[0].lines])
    return outputs.result(text, lambda: questions[0].record(answer.to_dict()), answer.to_frame, answer.plot)


def _targets(
    about: ScenarioFile[Scenario], values: list[str] | None, unit: str | None, data: Path | None, *, own_file: bool
) -> list[Target]:
    """The targets that options name, or the scenario file's, or the bundled question's."""
    if values or about.target is None or not (data is None or own_file):
        return read_targets(values, unit, bundled=data is None)
    from tradetarget.units import Unit

    return [about.target if unit is None else about.target.in_unit(Unit.parse(unit))]
