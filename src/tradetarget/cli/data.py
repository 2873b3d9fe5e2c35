"""``tradetarget data list``, ``show`` and ``export``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli import options
from tradetarget.cli.output import Result, check_outputs

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries

app = typer.Typer(
    rich_markup_mode=None,
    help="The bundled figures and their sources.\n\n\b\nExample:\n  tradetarget data show kazakhstan-central-asia",
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset, as `tradetarget data list` names it.")]


@app.command("list")
def list_datasets(json_path: options.Json = None) -> Result:
    """List the bundled datasets.

    \b
    Example:
      tradetarget data list
    """
    check_outputs(json_path, None)
    from tradetarget import datasets
    from tradetarget.report import SCHEMA_VERSION, dataset_list

    found = datasets.describe()
    rows = [{str(k): _plain(v) for k, v in row.items()} for row in found.to_dict("records")]
    return Result(dataset_list(found), {"schema_version": SCHEMA_VERSION, "datasets": rows}, json_path)


@app.command()
def show(
    name: Name,
    series: options.Series = None,
    flow: options.Flow = None,
    json_path: options.Json = None,
    plot: options.Plot = None,
) -> Result:
    """Show a bundled dataset: its figures and every source.

    \b
    Example:
      tradetarget data show kazakhstan-central-asia --series Kazakhstan-Uzbekistan --plot series.png
    """
    check_outputs(json_path, plot)
    from tradetarget import datasets
    from tradetarget.report import SCHEMA_VERSION, dataset_summary

    found = _chosen(datasets.load(name), series, flow)
    about = next(row for row in datasets.describe().to_dict("records") if row["name"] == name)
    rows = [
        {str(k): _plain(v) for k, v in row.items()} for s in found.values() for row in s.to_frame().to_dict("records")
    ]
    record = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "title": about["title"],
        "note": about["note"],
        "figures": rows,
    }
    text = dataset_summary(name, found, {str(k): v for k, v in about.items()})
    return Result(text, record, json_path, plot, partial(_draw, found, str(about["title"])))


@app.command()
def export(name: Name, path: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")]) -> Result:
    """Write a bundled dataset as CSV: a template for a table of your own.

    \b
    Example:
      tradetarget data export kazakhstan-central-asia figures.csv
    """
    from tradetarget import datasets
    from tradetarget.report import checked_path

    checked_path(path)
    datasets.export(name, path)
    return Result(f"{name} written to {path}")


def _chosen(found: dict[str, TradeSeries], series: str | None, flow: str | None) -> dict[str, TradeSeries]:
    """The series of one name and flow, where they are given."""
    from tradetarget.cli.question import matching

    name = None if series is None else matching("series", series, [s.name for s in found.values()])
    kept = {label: s for label, s in found.items() if name in (None, s.name)}
    own = None if flow is None else matching("flow", flow, [s.flow for s in kept.values()])
    return {label: s for label, s in kept.items() if own in (None, s.flow)}


def _draw(found: dict[str, TradeSeries], title: str, path: Path) -> Any:
    from tradetarget.plotting import plot_series

    return plot_series(found, title, path)


def _plain(value: Any) -> Any:
    """A cell as JSON has it: missing is None, numpy's numbers are numbers."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
