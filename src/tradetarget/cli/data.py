"""``tradetarget data list``, ``show``, ``mirror``, ``check``, ``convert`` and ``export``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli import options
from tradetarget.cli.completion import DATASETS, among
from tradetarget.cli.goals import number
from tradetarget.cli.groups import takes_groups
from tradetarget.cli.guard import GuardedCommand
from tradetarget.cli.output import Result
from tradetarget.cli.plain_options import PlainGroup
from tradetarget.cli.question import BOTH_SIDES, Selection, chosen, cut_at, every_series, figures_at
from tradetarget.cli.reading import Reading, with_reading

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries

app = typer.Typer(
    cls=PlainGroup,
    rich_markup_mode=None,
    help="The bundled figures and their sources.\n\n\b\nExample:\n  tradetarget data show kazakhstan-central-asia",
)
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The dataset, as `tradetarget data list` names it.", autocompletion=among(DATASETS)
    ),
]


@app.command("list", cls=GuardedCommand)
def list_datasets(json_path: options.Json = None) -> Result:
    """List the bundled datasets.

    \b
    Example:
      tradetarget data list
    """
    from tradetarget import datasets
    from tradetarget.report import SCHEMA_VERSION, dataset_list

    table = datasets.describe()
    rows = [{str(k): _plain(v) for k, v in row.items()} for row in table.to_dict("records")]
    return Result(dataset_list(table), {"schema_version": SCHEMA_VERSION, "datasets": rows}, json_path)


@app.command(cls=GuardedCommand)
def show(
    name: Name,
    series: options.Series = None,
    flow: options.Flow = None,
    reporter: options.Reporter = None,
    json_path: options.Json = None,
    plot: options.Plot = None,
) -> Result:
    """Show a bundled dataset: its figures and every source.

    \b
    Example:
      tradetarget data show kazakhstan-central-asia --series Kazakhstan-Uzbekistan --plot series.png
    """
    from tradetarget import datasets
    from tradetarget.report import SCHEMA_VERSION, dataset_summary

    shown_series = chosen(datasets.load(name), series, flow)
    if reporter is not None:
        shown_series = {label: s.reported_by(reporter) for label, s in shown_series.items()}
    about = next(row for row in datasets.describe().to_dict("records") if row["name"] == name)
    rows = [
        {str(k): _plain(v) for k, v in row.items()}
        for s in shown_series.values()
        for row in s.to_frame().to_dict("records")
    ]
    record = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "title": about["title"],
        "note": about["note"],
        "figures": rows,
    }
    text = dataset_summary(name, shown_series, {str(k): v for k, v in about.items()})
    return Result(text, record, json_path, plot, partial(_draw, shown_series, str(about["title"])))


@app.command(cls=GuardedCommand)
def export(name: Name, path: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")]) -> Result:
    """Write a bundled dataset as CSV: a template for a table of your own.

    \b
    Example:
      tradetarget data export kazakhstan-central-asia figures.csv
    """
    from tradetarget import datasets

    datasets.load(name)
    return Result(f"{name} written to {path}", write=partial(datasets.export, name, path))


@app.command(cls=GuardedCommand)
@takes_groups
def mirror(
    source: Annotated[
        str | None,
        typer.Argument(metavar="DATASET or DATA.csv", help="Default the bundled pair.", show_default=False),
    ] = None,
    *,
    series: options.Series = None,
    flow: options.Flow = None,
    data_unit: options.DataUnit = None,
    as_of: options.AsOf = None,
    cif_factor: Annotated[
        str | None,
        typer.Option(metavar="FACTOR", help="Importer's figure over exporter's for the same goods, assumed: 1.06."),
    ] = None,
    reading: Reading,
    json_path: options.Json = None,
) -> Result:
    """Show what two sides say of one flow, period by period, and the ratio of the two.

    \b
    Example:
      tradetarget data mirror --flow exports --cif-factor 1.06
    """
    factor = None if cif_factor is None else number("--cif-factor", cif_factor)
    file, dataset = figures_at(source)
    both_sides = Selection(file, series, flow, data_unit=data_unit, dataset=dataset, reading=reading).statements()
    from tradetarget.nowcasting import mirror_table
    from tradetarget.report import mirror_record, mirror_summary

    both_sides = cut_at(both_sides, as_of)
    table = mirror_table(both_sides, cif_factor=factor)
    text, record = mirror_summary(both_sides, table, factor), mirror_record(both_sides, table, factor)
    return Result(*with_reading(text, record, both_sides), json_path)


@app.command(cls=GuardedCommand)
@takes_groups
def check(
    source: Annotated[
        str, typer.Argument(metavar="DATASET or DATA.csv", help="Figures to look through.", show_default=False)
    ] = BOTH_SIDES,
    *,
    series: options.Series = None,
    flow: options.Flow = None,
    data_unit: options.DataUnit = None,
    reading: Reading,
    json_path: options.Json = None,
) -> Result:
    """Say how a file was understood, and list statements that cannot all be true or are set aside.

    \b
    Example:
      tradetarget data check trade.csv --select partner=UZB
    """
    every = every_series(source, series, flow, data_unit, reading)
    from tradetarget.nowcasting import check_statements
    from tradetarget.report import check_record, check_summary

    checks = [check_statements(s) for s in every.values()]
    return Result(check_summary(source, checks), check_record(source, checks), json_path)


@app.command("convert", cls=GuardedCommand)
@takes_groups
def convert_file(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The file to read; - for standard input.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The file to write.")],
    *,
    series: options.Series = None,
    flow: options.Flow = None,
    data_unit: options.DataUnit = None,
    reading: Reading,
    json_path: options.Json = None,
) -> Result:
    """Write what a file says as the plain table that every command reads: a row a figure.

    \b
    Example:
      tradetarget data convert comtrade.csv trade.csv --select partner=UZB
    """
    every = list(every_series(str(source), series, flow, data_unit, reading).values())
    import pandas as pd

    from tradetarget.outputs import as_bytes, write_whole
    from tradetarget.report import reading_lines
    from tradetarget.report.records import SCHEMA_VERSION, reading_record

    table = pd.concat([s.to_frame() for s in every], ignore_index=True)
    written = as_bytes(table.to_csv(index=False, lineterminator="\n"))
    text = "\n".join([*reading_lines(every), f"{len(table)} rows written to {out}"])
    record = {"schema_version": SCHEMA_VERSION, "written": str(out), "rows": len(table), **reading_record(*every)}
    return Result(text, record, json_path, write=partial(write_whole, out, written))


def _draw(series: dict[str, TradeSeries], title: str, path: Path) -> Any:
    from tradetarget.plotting import plot_series

    return plot_series(series, title, path)


def _plain(value: Any) -> Any:
    """A cell as JSON has it: missing is None, numpy's numbers are numbers."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
