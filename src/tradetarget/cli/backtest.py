"""``tradetarget backtest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.conversion import convert
from tradetarget.cli.goals import number, read_target, whole
from tradetarget.cli.groups import takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import Selection, without_drivers
from tradetarget.cli.reading import Reading, with_reading
from tradetarget.errors import DataError, SettingError

if TYPE_CHECKING:
    import pandas as pd

    from tradetarget.targets import Target


@takes_groups
def backtest(
    data: options.Data = None,
    *,
    series: options.Series = None,
    flow: options.Flow = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="LEVEL", help="A level asked at every origin, in place of multiples."),
    ] = None,
    multiples: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Multiples of the total at each origin: 1.25,1.5,2, which is the default."),
    ] = None,
    unit: options.TargetUnit = None,
    data_unit: options.DataUnit = None,
    convert_to: options.ConvertTo = None,
    model: options.Model = None,
    as_of: options.AsOf = None,
    reporter: options.Reporter = None,
    panel: Annotated[
        bool, typer.Option("--panel", help="DATA.csv holds many pairs: columns unit (the pair), period, value.")
    ] = False,
    origins: Annotated[
        str | None, typer.Option(metavar="YEARS", help="Last complete years to forecast from: 2010:2020 or 2010,2015.")
    ] = None,
    horizon: Annotated[str, typer.Option(metavar="YEARS", help="Years after each origin, 1 to 200.")] = "10",
    reading: Reading,
    seed: options.Seed = "0",
    json_path: options.Json = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw stated against observed frequency.")] = None,
    hedgehog: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw past forecasts of the level over what happened.")
    ] = None,
) -> Result:
    """How good have the forecasts been?

    Asks the model at past origins, with what was known then, and compares with what happened.

    \b
    Example:
      tradetarget backtest mine.csv --multiples 1.25,1.5 --origins 2010:2020 --plot reliability.png
    """
    model = without_drivers(model)
    level_asked = _target(target, unit, multiples, bundled=data is None)
    years = _years(origins)
    ratios = None if multiples is None else [number("--multiples", word) for word in multiples.split(",")]
    ahead, key = whole("--horizon", horizon), whole("--seed", seed)
    chosen = {"--series": series, "--flow": flow, "--reporter": reporter, "--as-of": as_of}
    question = None
    if not panel:
        one = Selection(data, series, flow, reporter, data_unit, as_of, reading=reading).read()
        question = convert(one, level_asked, convert_to, one)
        level_asked = question.target
    panel_or_series = (
        _panel(data, {**chosen, "--convert-to": convert_to}, reading) if question is None else question.series
    )
    from tradetarget.evaluation import backtest as run
    from tradetarget.models import DEFAULT_MODEL

    with Progress("computing") as progress:
        answer = run(
            panel_or_series,
            model or DEFAULT_MODEL,
            targets=level_asked,
            multiples=ratios,
            origins=years,
            horizon=ahead,
            seed=key,
            unit=data_unit if panel else None,
            levels=hedgehog is not None,
            progress=progress.tick,
        )
        text, record = str(answer.summary()), answer.to_dict()
    if question is not None:
        text, record = "\n".join([text, *question.lines]), question.record(record)
        text, record = with_reading(text, record, question.series)
    if hedgehog is not None:
        answer.need_levels()

    def draw(_: Path) -> None:
        if plot is not None:
            answer.plot(plot)
        if hedgehog is not None:
            answer.hedgehog(hedgehog)

    return Result(text, record, json_path, plot or hedgehog, draw)


def _target(value: str | None, unit: str | None, multiples: str | None, *, bundled: bool) -> Target | None:
    """The level that is asked for, or None for multiples of each origin's total."""
    if value is None:
        if unit is not None:
            raise SettingError(f"--unit {unit!r} is that of a target, and none is given: add --target, or leave it out")
        return None
    if multiples is not None:
        raise SettingError(
            f"--target {value} (a level) and --multiples {multiples} (of the total at each origin) both say what is "
            "asked: give one of them"
        )
    return read_target(value, unit, bundled=bundled)


def _panel(data: Path | None, chosen: dict[str, str | None], reading: Reading) -> pd.DataFrame:
    """The long table of many pairs in a file, of which nothing can be chosen."""
    from tradetarget.reading.table import read_raw

    unread = [option for option, value in chosen.items() if value is not None]
    if unread:
        raise SettingError(f"{unread[0]} chooses one series, and --panel takes every pair in the file: leave one out")
    if data is None:
        raise DataError("--panel needs a file: give DATA.csv with columns unit, period and value")
    reading.refuse(
        "does not go with --panel: write the columns unit, period and value, with years and decimal points",
        allowed=("encoding", "separator", "sheet"),
    )
    return read_raw(data, reading.options())


def _years(text: str | None) -> list[int] | None:
    """The years that "2010:2020", "2010,2015" or "2015" names."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not colon:
        return [whole("--origins", word) for word in text.split(",")]
    years = range(whole("--origins", first), whole("--origins", last) + 1)
    if not 0 < len(years) < 1000:
        raise SettingError(
            f"--origins {text!r} is not a range of years: write the first and the last, such as 2010:2020"
        )
    return list(years)
