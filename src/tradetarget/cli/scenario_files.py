"""``--template``, ``--check`` and ``--schema`` of the commands that take a file of scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli.groups import Outputs
from tradetarget.cli.output import Result
from tradetarget.errors import OutputError, SettingError

if TYPE_CHECKING:
    from tradetarget.scenarios import ScenarioFile

Check = Annotated[bool, typer.Option("--check", help="Say how the file of scenarios is understood; run nothing.")]
Template = Annotated[bool, typer.Option("--template", help="A file of scenarios to start from, every kind explained.")]
Schema = Annotated[bool, typer.Option("--schema", help="The JSON schema of the file, with which editors complete it.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Where to write the template or the schema.", show_default=False),
]


def about_the_file(*, template: bool, schema: bool, check: bool, out: Path | None, region: bool) -> Result | None:
    """The template or the schema; None where neither is asked for.

    Raises
    ------
    SettingError
        When two of the three are asked for, or --out for neither template nor schema.
    OutputError
        When the template's file is there already.
    """
    wanted = [o for o, on in (("--template", template), ("--schema", schema), ("--check", check)) if on]
    if len(wanted) > 1:
        raise SettingError(f"{wanted[0]} and {wanted[1]} are two questions: ask one of them")
    if out is not None and wanted not in (["--template"], ["--schema"]):
        raise SettingError(f"--out {str(out)!r} is where --template or --schema is written: ask for one of them")
    if template:
        return _template(out, region=region)
    return _schema(out, region=region) if schema else None


def checked(file: ScenarioFile[Any], outputs: Outputs) -> Result:
    """How a file of scenarios is understood.

    What says how the scenarios will be run is let through, so that --check can be added to a command as it is.

    Raises
    ------
    SettingError
        On a table or a picture, of which a check has none.
    """
    for option, path in {"--csv": outputs.csv, "--plot": outputs.plot}.items():
        if path is not None:
            raise SettingError(f"{option} {str(path)!r} is of answers, and --check runs nothing: leave one of them out")
    from tradetarget.report.scenario_files import scenario_file_record, scenario_file_summary

    return Result(str(scenario_file_summary(file)), lambda: scenario_file_record(file), outputs.json_path)


def _schema(out: Path | None, *, region: bool) -> Result:
    _, text = _shipped_schema(region=region)
    if out is None:
        return Result(text.rstrip())
    return Result(
        f"Written: {out}. A file of scenarios beside it is completed when its first line is\n#:schema ./{out.name}",
        write=lambda: _write({out: text}),
    )


def _template(out: Path | None, *, region: bool) -> Result:
    """A file to start from; beside one that is written lies the schema that its first line names."""
    from tradetarget.packaged import packaged_text

    place = ("systems", "templates", "region.toml") if region else ("scenarios", "templates", "scenarios.toml")
    text = packaged_text(*place)
    if out is None:
        return Result(text.rstrip())
    if out.exists():
        raise OutputError(f"--out {str(out)!r} is there already: name a new file, or remove the old one first")
    text = text.replace("FILE.toml", out.name)
    name, schema = _shipped_schema(region=region)
    beside = out.with_name(name)
    words = f"Written: {out}, and {beside}, with which editors complete it."
    command = f"region --check --scenarios {out}" if region else f"scenarios --check {out}"
    return Result(
        f"{words}\nSay how it is understood: tradetarget {command}",
        write=lambda: _write({out: f"#:schema ./{name}\n\n{text}", beside: schema}),
    )


def _write(files: dict[Path, str]) -> None:
    from tradetarget.outputs import write_whole

    for path, text in files.items():
        write_whole(path, text.encode())


def _shipped_schema(*, region: bool) -> tuple[str, str]:
    """The name of the schema's file, and its text."""
    if region:
        from tradetarget.systems import json_schema as of_region

        return of_region.NAME, of_region.region_schema()
    from tradetarget.scenarios import json_schema as of_series

    return of_series.NAME, of_series.scenario_schema()
