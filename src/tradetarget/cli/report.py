"""``tradetarget report``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.conversion import convert
from tradetarget.cli.goals import as_event, read_target, whole
from tradetarget.cli.groups import OneSeries, takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.reading import Reading

if TYPE_CHECKING:
    from tradetarget.scenarios import Scenario


@takes_groups
def report(
    data: options.Data = None,
    *,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="The page to write: .html, .docx or .xlsx.")
    ] = Path("report.html"),
    docx: Annotated[
        Path | None, typer.Option("--docx", metavar="FILE", help="Write a memo for a word processor too.")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook too.")] = None,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", metavar="FILE.toml", help="The scenarios that are compared.")
    ] = None,
    by: options.By = None,
    occurrence: options.Occurrence = None,
    target: options.TargetValue = None,
    about: OneSeries,
    horizon: options.Horizon = "15",
    reading: Reading,
) -> Result:
    """Write one page with everything that the answer rests on.

    The answer in plain language, the picture, sliders for the target and for growth, scenarios, both sides' statistics,
    what moved the answer, the same question in the past, promises like this one, official scales, sources, and how to
    make the page again. It needs no network. Print it from a browser for a PDF.

    \b
    Example:
      tradetarget report --by 2030 -o report.html
      tradetarget report mine.csv --target 5 --unit "USD bn" --by 2030 -o report.html --xlsx report.xlsx
    """
    from tradetarget.pages.report import checked_report_path

    files = [f for f in (out, docx, xlsx) if f is not None]
    checked_report_path(out)
    for file, suffix in ((docx, ".docx"), (xlsx, ".xlsx")):
        if file is not None:
            checked_report_path(file, (suffix,))
    goal = read_target(target, about.unit, bundled=data is None)
    event_target = as_event(goal, about.event, occurrence, about.sustained, by)
    settings = about.settings() | {"horizon": whole("--horizon", horizon)}
    selection = about.selection(data, reading)
    sides, one_side = selection.every_side(), selection.read()
    question = convert(sides.series, event_target, about.convert_to, one_side)
    is_own_question = data is None and about.dataset is None and about.series is None and about.flow is None
    chosen = _scenarios(scenarios, bundled=is_own_question)
    # What the data were read from, for its hash: bundled figures and standard input have no file.
    read_from = data.read_bytes() if data is not None and data.is_file() else None
    from tradetarget.pages import report_on

    with Progress("computing") as progress:
        made = report_on(
            question.series, question.target or event_target, scenarios=chosen, reporter=sides.reporter,
            as_of=about.as_of, command=shlex.join(["tradetarget", *sys.argv[1:]]), data=read_from,
            progress=progress.tick, **settings,
        )  # fmt: skip
    from tradetarget.pages.sections import heading

    def write() -> None:
        for file in files:
            made.save(file)

    words = "\n".join([heading(made), *(f"Written: {file}" for file in files), *question.lines])
    return Result(words, write=write)


def _scenarios(file: Path | None, *, bundled: bool) -> list[Scenario] | None:
    """The scenarios of a file, the bundled ones for the project's own question, or None for the usual ones."""
    from tradetarget.scenarios import bundled_scenarios, read_scenarios

    if file is not None:
        return read_scenarios(file)
    return list(bundled_scenarios().scenarios) if bundled else None
