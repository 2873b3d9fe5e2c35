"""``tradetarget promises``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.goals import number, whole
from tradetarget.cli.groups import takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, refuse_without_file, without_drivers
from tradetarget.cli.reading import NO_FILE, Reading, with_reading
from tradetarget.errors import SettingError

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries


@takes_groups
def promises(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA.csv",
            help="Turnover of a pair named with --series; without it, the bundled pairs.",
            show_default=False,
        ),
    ] = None,
    *,
    series: options.Series = None,
    reporter: options.Reporter = None,
    data_unit: options.DataUnit = None,
    growth: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Place a question among promises that asked for as much growth a year."),
    ] = None,
    model: options.Model = None,
    reading: Reading,
    seed: options.Seed = "0",
    json_path: options.Json = None,
    plot: options.Plot = None,
) -> Result:
    """How often are announced trade targets met in time?

    Counts 201 announcements that a search found, which favours targets that were met.

    \b
    Example:
      tradetarget promises --growth 12 --plot promises.png
    """
    required_growth, key = None if growth is None else _required_growth(growth), whole("--seed", seed)
    model = without_drivers(model)
    pairs: dict[str, TradeSeries] | None = None
    if data is None:
        reading.refuse(NO_FILE)
        refuse_without_file({"--series": series, "--reporter": reporter, "--data-unit": data_unit})
    else:
        pair = Selection(data, series, "turnover", reporter, data_unit, reading=reading).read()
        pairs = {pair.name: pair}
    from tradetarget.models import DEFAULT_MODEL
    from tradetarget.promises import Promises, foresee
    from tradetarget.report import foresight_record, promises_summary, tally_record

    with Progress("computing") as progress:
        shipped = Promises.shipped()
        like = None if required_growth is None else shipped.like(required_growth)
        foresight = foresee(shipped, pairs, model=model or DEFAULT_MODEL, seed=key, progress=progress.tick)
    record = {**shipped.to_dict(), "foresight": foresight_record(foresight)}
    if like is not None:
        record["like"] = tally_record(like)
    text, record = with_reading(promises_summary(shipped, foresight, like), record, *(pairs or {}).values())
    return Result(text, record, json_path, plot, shipped.plot)


def _required_growth(text: str) -> float:
    """A growth rate as a fraction, from per cent; a SettingError below 0."""
    percent = number("--growth", text.strip().removesuffix("%"))
    if percent < 0:
        raise SettingError(f"--growth {text} is below 0: promises are compared where growth is needed, such as 12")
    return percent / 100.0
