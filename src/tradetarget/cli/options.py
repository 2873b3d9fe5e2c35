"""Options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradetarget.cli.completion import DATASETS, DRIVERS, EVENTS, FLOWS, MODELS, OCCURRENCES, among

NAMED = f"{', '.join(MODELS[:-1])} or {MODELS[-1]}".replace("pooled", "pooled (the default)")

Data = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATA.csv", help="A file of period,value; without it, the bundled figures.", show_default=False
    ),
]
Series = Annotated[
    str | None, typer.Option(metavar="NAME", help="The pair or region, without the flow: Kazakhstan-Uzbekistan.")
]
Dataset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Bundled figures to use (tradetarget data list), such as article-2019.",
        autocompletion=among(DATASETS),
    ),
]
Flow = Annotated[
    str | None, typer.Option(metavar="FLOW", help="turnover, exports or imports.", autocompletion=among(FLOWS))
]
Reporter = Annotated[str | None, typer.Option(metavar="NAME", help="Whose statistics count: Kazakhstan.")]
AsOf = Annotated[
    str | None, typer.Option(metavar="MONTH", help="Answer with what was known by the end of it: 2019-11.")
]
TargetValue = Annotated[
    str | None, typer.Option("--target", metavar="LEVEL", help="The level to reach; 5 USD bn without DATA.")
]
Targets = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="LEVEL", help="The level to reach, once for each; 5 USD bn without DATA."),
]
By = Annotated[str | None, typer.Option("--by", metavar="YEAR", help="The deadline: 2030. The answer begins with it.")]
Due = Annotated[str, typer.Option("--by", metavar="YEAR", help="The deadline: 2030.")]
Level = Annotated[
    str | None,
    typer.Option("--level", metavar="LIST", help="Coverage of intervals in per cent: 80,95; 50 and 80 unless told."),
]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the answer as a table, a row a year.")]
TargetUnit = Annotated[
    str | None, typer.Option("--unit", metavar="UNIT", help='The unit of the target: "USD bn", "million USD".')
]
Event = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="calendar-year (the default), rolling-12-months, or run-rate (a month x 12).",
        autocompletion=among(EVENTS),
    ),
]
Occurrence = Annotated[
    str | None,
    typer.Option(
        metavar="WHICH",
        help="first (the default), or again: after falling below it.",
        autocompletion=among(OCCURRENCES),
    ),
]
Sustained = Annotated[
    str | None, typer.Option(metavar="K", help="Periods in a row at or above it: years, or months of monthly events.")
]
DataUnit = Annotated[
    str | None, typer.Option(metavar="UNIT", help="The unit of the data, where no unit column says it.")
]
ConvertTo = Annotated[
    str | None,
    typer.Option("--convert-to", metavar="UNIT", help="Answer in another currency, USD, at each year's exchange rate."),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"The growth model: {NAMED}. With five years of months, half of the default is monthly.",
        autocompletion=among(MODELS),
    ),
]
Drivers = Annotated[
    str | None,
    typer.Option(
        metavar="TABLE",
        help="What drives the model 'drivers': a bundled table (imf-weo-2025-10) or a CSV file.",
        autocompletion=among(DRIVERS),
    ),
]
Areas = Annotated[
    str | None,
    typer.Option(
        metavar="A-B", help="Whose drivers they are, by codes of the table: KAZ-UZB; the series' name unless told."
    ),
]
Horizon = Annotated[
    str, typer.Option(metavar="YEARS", help="Years after the last complete one, 1 to 200; at least to --by.")
]
Paths = Annotated[str | None, typer.Option(metavar="N", help="Simulated paths; 50000 unless told.")]
Seed = Annotated[str, typer.Option(metavar="N", help="The same seed gives the same answer.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write the answer as JSON; - for standard output alone.")
]
Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the answer: .png, .svg or .pdf.")]
