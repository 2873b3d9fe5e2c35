"""``tradetarget batch``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli import options
from tradetarget.cli.goals import as_event, whole
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import driver_table, read_driver_table

if TYPE_CHECKING:
    from tradetarget.streaming import BatchRun


def batch(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="unit, period, value: Parquet or CSV, a file or a folder of them.")
    ],
    targets: Annotated[Path, typer.Argument(metavar="TARGETS", help="unit, target, in the unit of the values.")],
    folder: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the parts of the answer go.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was interrupted.")] = False,
    jobs: Annotated[str, typer.Option(metavar="N", help="Processes that answer.")] = "1",
    horizon: Annotated[str, typer.Option(metavar="YEARS", help="Years after the last of each series.")] = "10",
    model: options.Model = None,
    prior: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A prior that Prior.save wrote; default the shipped one.")
    ] = None,
    drivers: options.Drivers = None,
    scenarios: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answer under the scenarios of a TOML file as well.")
    ] = None,
    event: options.Event = None,
    occurrence: options.Occurrence = None,
    sustained: options.Sustained = None,
    paths: options.Paths = None,
    seed: options.Seed = "0",
    json_path: options.Json = None,
) -> Result:
    """When will each of many series reach its targets? Streamed, in parts, and resumed when interrupted.

    The answer is a folder of Parquet parts. Series that cannot be answered are named in _errors, with the reason, and
    do not stop the others. Needs the extra: pip install 'tradetarget[parquet]'.

    \b
    Example:
      tradetarget batch panel.parquet targets.csv -o answers --resume
    """
    settings: dict[str, Any] = {"horizon": whole("--horizon", horizon), "seed": whole("--seed", seed)}
    settings |= {"jobs": whole("--jobs", jobs), "resume": resume}
    settings |= {} if model is None else {"model": model}
    settings |= {} if paths is None else {"n_paths": whole("--paths", paths)}
    from tradetarget.models.pooled.prior import Prior
    from tradetarget.streaming import forecast_targets
    from tradetarget.streaming.answers import POOLED
    from tradetarget.targets import Target

    reaching = as_event(Target(1.0), event, occurrence, sustained)
    settings |= {"event": reaching.event, "occurrence": reaching.occurrence, "sustained": reaching.sustained}

    if prior is not None:
        settings["prior"] = Prior.load(prior)
    if scenarios is not None:
        from tradetarget.scenarios import read_scenarios

        settings["scenarios"] = read_scenarios(scenarios)
    if drivers is not None:
        # The pooled law takes an outlook from drivers where there are thousands of series, and none for a single one.
        pooled = model in (None, POOLED)
        settings["drivers"] = driver_table(drivers) if pooled else read_driver_table(drivers, model)
    with Progress("answering") as progress:
        run = forecast_targets(panel, targets, out=folder, progress=progress.tick, **settings)
    return Result(_text(run), partial(_record, run), json_path)


def _text(run: BatchRun) -> str:
    reused = f", {run.reused:,} of them from before" if run.reused else ""
    lines = [
        f"{run.series:,} series and {run.targets:,} targets are answered in {run.folder}.",
        f"{run.answered:,} rows in {run.parts:,} part{'s' if run.parts != 1 else ''}{reused}.",
    ]
    if run.refused:
        errors = run.errors()
        first = errors.iloc[0]
        lines.append(
            f"{run.refused:,} without an answer, named in {run.folder / '_errors'}. The first: {first['reason']}"
        )
    return "\n".join(lines)


def _record(run: BatchRun) -> dict[str, Any]:
    from tradetarget.report import SCHEMA_VERSION

    return {"schema_version": SCHEMA_VERSION, **run.to_dict()}
