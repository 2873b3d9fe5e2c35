"""``tradetarget region``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.output import Progress, Result, check_outputs
from tradetarget.cli.question import BUNDLED, FLOW, SERIES, matching, number, whole

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries
    from tradetarget.targets import Target

REGION = "Kazakhstan-Central Asia"
ASKED = (f"{SERIES}=5", f"{REGION}=10")
UNIT = "USD bn"


def region(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA.csv",
            help="A long table of series,period,value; without it, the bundled figures.",
            show_default=False,
        ),
    ] = None,
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
    unit: options.TargetUnit = None,
    data_unit: options.DataUnit = None,
    flow: options.Flow = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    horizon: Annotated[str, typer.Option(metavar="YEARS", help="Years after the last that all pairs have.")] = "15",
    seed: options.Seed = "0",
    json_path: options.Json = None,
    plot: options.Plot = None,
) -> Result:
    """When do a region and its pairs reach their targets, one by one and together?

    \b
    Example:
      tradetarget region mine.csv --total A-all --target A-B=5 --target A-all=10 --unit "USD bn" --plot region.png
    """
    check_outputs(json_path, plot)
    asked = _targets(target, unit, bundled=data is None)
    years, key = whole("--horizon", horizon), whole("--seed", seed)
    known = _bundled(flow or FLOW) if data is None else _own(data, flow, reporter, data_unit)
    if reporter is not None:
        known = {name: s.reported_by(reporter) for name, s in known.items()}
    if as_of is not None:
        known = {name: s.as_of(as_of) for name, s in known.items()}
    whole_name = total if total is not None or data is not None else REGION
    whole_series = None if whole_name is None else known[matching("series", whole_name, list(known))]
    parts = [known[matching("series", p, list(known))] for p in part or []]
    parts = parts or [s for s in known.values() if s is not whole_series]
    from tradetarget.systems import TradeSystem, forecast_system

    name = "the region" if whole_series is None else whole_series.name
    with Progress("computing") as progress:
        system = TradeSystem(name, parts, whole_series, residual=residual)
        answer = forecast_system(system, asked, years, key, progress=progress.tick)
    return Result(answer.summary(), answer.to_dict(), json_path, plot, answer.plot)


def _targets(words: list[str] | None, unit: str | None, *, bundled: bool) -> dict[str, Target]:
    """Targets by series, from NAME=LEVEL.

    Raises
    ------
    TargetError
        On none, one without a name, or a level that is no positive number.
    """
    from tradetarget.errors import TargetError
    from tradetarget.targets import Target

    if not words and not bundled:
        raise TargetError("no target: say which series is to reach what, such as --target A-B=5")
    found = {}
    for word in words or ASKED:
        name, equals, level = word.rpartition("=")
        if not equals or not name.strip():
            raise TargetError(f"--target {word!r} does not name its series: write NAME=LEVEL, such as {ASKED[0]}")
        found[name.strip()] = Target(number("--target", level), unit or (UNIT if bundled else None))
    return found


def _bundled(flow: str) -> dict[str, TradeSeries]:
    """The bundled pairs and region of a flow, by name."""
    from tradetarget import datasets

    known = datasets.load(BUNDLED)
    wanted = matching("flow", flow, [s.flow for s in known.values()])
    return {s.name: s for s in known.values() if s.flow == wanted}


def _own(data: Path, flow: str | None, reporter: str | None, data_unit: str | None) -> dict[str, TradeSeries]:
    """Every series of a long table, by name.

    Raises
    ------
    DataError
        When the table does not say which series a row is of.
    """
    from tradetarget.errors import DataError
    from tradetarget.observations import TradeSeries
    from tradetarget.observations.tables import read_csv

    frame = read_csv(data)
    if "series" not in frame.columns:
        raise DataError(f"{data} has no column series: a region needs several; add one with the names of its pairs")
    names = dict.fromkeys(str(n) for n in frame["series"])
    return {
        name: TradeSeries.from_csv(data, series=name, flow=flow, reporter=reporter, unit=data_unit) for name in names
    }
