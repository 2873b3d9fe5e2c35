"""``tradetarget region``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options, scenario_files
from tradetarget.cli.goals import due_year, number, whole
from tradetarget.cli.groups import Outputs, takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import BUNDLED, FLOW, SERIES, cut_at, matching, refuse_without_file
from tradetarget.cli.reading import NO_FILE, Reading, with_reading
from tradetarget.errors import DataError, ScenarioError, SettingError, TargetError, TradeTargetError, UnknownNameError

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries
    from tradetarget.scenarios import ScenarioFile
    from tradetarget.systems import SystemForecast, SystemScenario, TradeSystem
    from tradetarget.targets import Target

REGION = "Kazakhstan-Central Asia"
ASKED = (f"{SERIES}=5", f"{REGION}=10")
UNIT, HORIZON = "USD bn", 15  # the horizon is that of every function of the library
BUNDLED_FILE = "bundled"
UNNAMED = "the region"
SAME, FEWEST_YEARS = 5e-3, 3
"""Relative difference below which a series is the sum of the others, and years in which it has to be so. Judgement,
because rounding moves a total by less than half a per cent, and three years in a row are no chance."""


@takes_groups
def region(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA.csv",
            help="A long table of series,period,value; without it, the bundled figures.",
            show_default=False,
        ),
    ] = None,
    *,
    total: Annotated[
        str | None, typer.Option(metavar="NAME", help="The region's own series; without it, the sum of its parts.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A pair, once for each; without it, every series but the total."),
    ] = None,
    residual: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the total holds beside the parts, as a part of its own.")
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LEVEL", help="A target, once for each series: Kazakhstan-Uzbekistan=5."),
    ] = None,
    scenarios: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.toml",
            help=f"What if: scenarios of members and of all of them; {BUNDLED_FILE} for those of the bundled region.",
        ),
    ] = None,
    unit: options.TargetUnit = None,
    by: options.By = None,
    data_unit: options.DataUnit = None,
    flow: options.Flow = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    horizon: Annotated[
        str | None,
        typer.Option(metavar="YEARS", help="Years after the last that all pairs have; the scenario file's, or 15."),
    ] = None,
    reading: Reading,
    seed: options.Seed = "0",
    outputs: Outputs,
    check: scenario_files.Check = False,
    template: scenario_files.Template = False,
    schema: scenario_files.Schema = False,
    out: scenario_files.Out = None,
) -> Result:
    """When do a region and its pairs reach their targets, one by one and together?

    What a file of scenarios says of region, targets, horizon and date holds unless an option says otherwise.

    \b
    Example:
      tradetarget region mine.csv --total A-all --target A-B=5 --target A-all=10 --unit "USD bn" --plot region.png
      tradetarget region --scenarios bundled --plot what-if.png
    """
    instead = scenario_files.about_the_file(template=template, schema=schema, check=check, out=out, region=True)
    if instead is not None:
        return instead
    key = whole("--seed", seed)
    about = _scenario_file(scenarios or BUNDLED_FILE if check else scenarios, data)
    if check:
        return scenario_files.checked(about, outputs)
    years = about.horizon or HORIZON if horizon is None else whole("--horizon", horizon)
    flow, reporter, as_of = flow or about.flow, reporter or about.reporter, as_of or about.as_of
    if data is None:
        reading.refuse(NO_FILE)
        refuse_without_file({"--data-unit": data_unit})
    by_name = _bundled(flow or FLOW) if data is None else _series_in(data, flow, reporter, data_unit, reading)
    if reporter is not None:
        by_name = {name: s.reported_by(reporter) for name, s in by_name.items()}
    if as_of is not None:
        by_name = {name: cut_at(s, as_of) for name, s in by_name.items()}
    name = total or about.series or (REGION if data is None else None)
    targets = _targets(target, unit, about, name or UNNAMED, bundled=data is None)
    if by is not None:
        targets = {label: goal.by(due_year(by)) for label, goal in targets.items()}
    with Progress("computing") as progress:
        system = _system(by_name, name, part or [], residual, about.path if total is None and about.series else "")
        _check_names(targets, system, "" if target else about.path)
        answer = _answer(system, targets, years, key, about, progress)
    text, record = with_reading(answer.summary(), answer.to_dict(), *by_name.values())
    return outputs.result(text, record, answer.to_frame, answer.plot)


def _scenario_file(scenarios: str | None, data: Path | None) -> ScenarioFile[SystemScenario]:
    """The file of scenarios, empty where there is none; what the bundled one asks is not asked of data of one's own."""
    from tradetarget.scenarios import ScenarioFile

    if scenarios is None:
        return ScenarioFile("", ())
    from tradetarget.systems import bundled_system_scenarios, read_system_scenario_file

    if scenarios != BUNDLED_FILE:
        return read_system_scenario_file(scenarios)
    file = bundled_system_scenarios()
    return file if data is None else ScenarioFile(file.path, file.scenarios)


def _system(
    by_name: dict[str, TradeSeries], total: str | None, parts: list[str], residual: str | None, file: str
) -> TradeSystem:
    """The region that the options name, of all series but the total where they name no parts.

    Raises
    ------
    TradeTargetError
        A kind of it on what is no region; where the total is one that a file of scenarios names, naming the file.
    """
    from tradetarget.systems import TradeSystem

    try:
        whole_series = None if total is None else by_name[matching("series", total, list(by_name))]
        chosen = [by_name[matching("series", p, list(by_name))] for p in parts]
        chosen = chosen or [s for s in by_name.values() if s is not whole_series]
        if whole_series is None and not parts:
            _refuse_a_total_among(chosen)
        name = UNNAMED if whole_series is None else whole_series.name
        return TradeSystem(name, chosen, whole_series, residual=residual)
    except TradeTargetError as error:
        if not file:
            raise
        raise ScenarioError(f"{file}: key 'series' names {total!r} as the region's total: {error}") from None


def _refuse_a_total_among(parts: list[TradeSeries]) -> None:
    """Refuse a series that is the sum of the others: taken as a part, it would be counted twice.

    Raises
    ------
    SettingError
        Naming it.
    """
    import pandas as pd

    table = pd.DataFrame({s.name: s.annual() for s in parts}).dropna()
    if len(parts) < 3 or len(table) < FEWEST_YEARS:
        return
    others = -table.sub(table.sum(axis=1), axis=0)
    same = table.columns[((table / others - 1.0).abs() < SAME).all()].tolist()
    if len(same) == 1:
        raise SettingError(
            f"{same[0]} is the sum of the others: say --total {same[0]!r}, or name the parts with --part"
        )


def _check_names(targets: dict[str, Target], system: TradeSystem, file: str) -> None:
    """Refuse a target of a series that is not in the region, naming the file of scenarios where it stands there."""
    for name in targets:
        try:
            system.series(name)
        except UnknownNameError as error:
            if not file:
                raise
            raise ScenarioError(f"{file}: key 'targets': {error}") from None


def _answer(
    system: TradeSystem,
    targets: dict[str, Target],
    years: int,
    seed: int,
    about: ScenarioFile[SystemScenario],
    progress: Progress,
) -> SystemForecast:
    """The forecast under every scenario.

    Raises
    ------
    ScenarioError
        Naming the file, on a member or an adjustment that cannot be.
    """
    from tradetarget.systems import forecast_system

    try:
        return forecast_system(system, targets, years, seed, about.scenarios, progress=progress.tick)
    except (ScenarioError, UnknownNameError) as error:
        raise ScenarioError(f"{about.path}: {error}" if about.path else str(error)) from None


def _targets(
    words: list[str] | None, unit: str | None, about: ScenarioFile[SystemScenario], region: str, *, bundled: bool
) -> dict[str, Target]:
    """Targets by series: from NAME=LEVEL, from the file of scenarios, or those of the bundled region.

    Raises
    ------
    TargetError
        On none, one without a name, two of one series, or a level that is no positive number.
    """
    from tradetarget.units import Unit

    if words:
        return _read_targets(words, unit or (UNIT if bundled else None))
    targets = dict(about.targets)
    if about.target is not None:
        if region in targets:
            raise TargetError(f"{about.path}: {region} has two targets, key 'target' and one in [targets]: keep one")
        targets[region] = about.target
    if not targets and not bundled:
        raise TargetError("no target: say which series is to reach what, such as --target A-B=5")
    targets = targets or _read_targets(ASKED, UNIT)
    if unit is None:
        return targets
    return {name: t.in_unit(Unit.parse(unit)) for name, t in targets.items()}


def _read_targets(words: Iterable[str], unit: str | None) -> dict[str, Target]:
    """Targets by series, from NAME=LEVEL; errors as in ``_targets``."""
    from tradetarget.targets import Target

    targets: dict[str, Target] = {}
    for word in words:
        name, equals, level = (w.strip() for w in word.rpartition("="))
        if not equals or not name:
            raise TargetError(f"--target {word!r} does not name its series: write NAME=LEVEL, such as {ASKED[0]}")
        if name in targets:
            raise TargetError(f"--target {word!r} is the second of {name}: ask one target a series")
        targets[name] = Target(number("--target", level), unit)
    return targets


def _bundled(flow: str) -> dict[str, TradeSeries]:
    """The bundled pairs and region of a flow, by name."""
    from tradetarget import datasets

    bundled = datasets.load(BUNDLED)
    wanted = matching("flow", flow, [s.flow for s in bundled.values()])
    return {s.name: s for s in bundled.values() if s.flow == wanted}


def _series_in(
    data: Path, flow: str | None, reporter: str | None, data_unit: str | None, reading: Reading
) -> dict[str, TradeSeries]:
    """Every series of a long table, by name.

    Raises
    ------
    DataError
        When the table does not say which series a row is of.
    """
    from tradetarget.observations import TradeSeries
    from tradetarget.reading.table import read_table

    table = read_table(str(data), reading.options())
    names = table.names("series")
    if not names:
        raise DataError(f"{data} has no column series: a region needs several; add one with the names of its pairs")
    return {
        name: TradeSeries.from_table(table, series=name, flow=flow, reporter=reporter, unit=data_unit) for name in names
    }
