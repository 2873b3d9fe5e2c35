"""``tradetarget forecast``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradetarget.cli import options
from tradetarget.cli.completion import METHODS, among
from tradetarget.cli.conversion import Converted, convert
from tradetarget.cli.goals import as_event, read_levels, read_targets, whole
from tradetarget.cli.groups import OneSeries, Outputs, takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.question import EverySide, every_series, one_source
from tradetarget.cli.reading import Reading
from tradetarget.errors import DataError, SettingError, TradeTargetError

if TYPE_CHECKING:
    from tradetarget.forecasting import Forecasts, SideComparison
    from tradetarget.targets import Target


@takes_groups
def forecast(
    data: options.Data = None,
    *,
    by: options.By = None,
    occurrence: options.Occurrence = None,
    target: options.Targets = None,
    about: OneSeries,
    every: Annotated[
        bool, typer.Option("--all", help="Every series of the file or data set, a row each, in one table.")
    ] = False,
    horizon: options.Horizon = "15",
    level: options.Level = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="exact (the model's law), simulation, or auto: the law where there is one.",
            autocompletion=among(METHODS),
        ),
    ] = "auto",
    reading: Reading,
    outputs: Outputs,
) -> Result:
    """When does a trade series reach a target?

    \b
    Example:
      tradetarget forecast --by 2030
      tradetarget forecast mine.csv --target 5 --unit "USD bn" --data-unit "USD mn" --plot mine.png
    """
    _refuse_picture(outputs.plot, several=every or len(target or []) > 1)
    goals = read_targets(target, about.unit, bundled=data is None)
    targets = [as_event(goal, about.event, occurrence, about.sustained, by) for goal in goals]
    levels = read_levels(level)
    settings = about.settings() | {"horizon": whole("--horizon", horizon), "method": method}
    if every:
        forecasts = _of_every_series(about, data, targets, settings, reading)
        return outputs.result(
            forecasts.summary(levels), lambda: forecasts.to_dict(levels), lambda: forecasts.to_frame(levels)
        )
    selection = about.selection(data, reading)
    sides, one_side = selection.every_side(), selection.read()
    questions = [convert(sides.series, t, about.convert_to, one_side) for t in targets]
    with Progress("computing"):
        answers = [_by_each_side(q, t, sides, about.as_of, settings) for q, t in zip(questions, targets, strict=True)]
    if len(answers) == 1:
        return _one(answers[0], questions[0], levels, outputs)
    return _beside(answers, questions[0], levels, outputs)


def _by_each_side(
    question: Converted, goal: Target, sides: EverySide, as_of: str | None, settings: dict[str, Any]
) -> SideComparison:
    """One target's answer by the statistics of every side."""
    from tradetarget.forecasting.sides import compare_sides

    target = question.target or goal
    comparison = compare_sides(question.series, target, reporter=sides.reporter, as_of=as_of, **settings)
    return comparison.with_unread(sides.unread)


def _one(comparison: SideComparison, question: Converted, levels: tuple[float, ...] | None, outputs: Outputs) -> Result:
    """One target."""
    from tradetarget.report import sides_beside

    answer = comparison.forecast
    text = "\n".join([answer.summary(levels), *sides_beside(comparison), *question.lines])
    return outputs.result(
        text, lambda: question.record(comparison.to_dict(levels)), lambda: answer.to_table(levels),
        lambda path: answer.plot(path, levels=levels),
    )  # fmt: skip


def _beside(
    answers: list[SideComparison], question: Converted, levels: tuple[float, ...] | None, outputs: Outputs
) -> Result:
    """Several targets, a column each."""
    from tradetarget.forecasting import Forecasts
    from tradetarget.report import several_sides

    forecasts = Forecasts(tuple(a.forecast for a in answers))
    text = "\n".join([forecasts.summary(levels), *several_sides(answers), *question.lines])

    def record() -> dict[str, Any]:
        return forecasts.to_dict(levels) | {"answers": [question.record(a.to_dict(levels)) for a in answers]}

    return outputs.result(text, record, lambda: forecasts.to_frame(levels))


def _of_every_series(
    about: OneSeries, data: Path | None, targets: list[Target], settings: dict[str, Any], reading: Reading
) -> Forecasts:
    """The answers of every series in a file or a bundled data set, by one side's statistics where one is named."""
    from tradetarget.cli.question import BUNDLED
    from tradetarget.forecasting import Forecasts, forecast_each

    _refuse_for_all(about, data)
    every = every_series(str(data or about.dataset or BUNDLED), None, about.flow, about.data_unit, reading)
    unanswered: dict[str, str] = {}
    kept = {}
    for label, one in every.items():
        try:
            side = one if about.reporter is None else one.reported_by(about.reporter)
            kept[label] = side if about.as_of is None else side.as_of(about.as_of)
        except TradeTargetError as error:
            unanswered[label] = str(error)
    if not kept:
        raise DataError(f"none of {len(every)} series gives an answer; {next(iter(unanswered.values()))}")
    with Progress("computing") as progress:
        forecasts = forecast_each(kept, targets, progress=progress.tick, **settings)
    return Forecasts(forecasts.forecasts, {**unanswered, **forecasts.unanswered})


def _refuse_picture(plot: Path | None, *, several: bool) -> None:
    if plot is not None and several:
        raise SettingError("--plot draws one series and one target: leave out --all and all but one --target")


def _refuse_for_all(about: OneSeries, data: Path | None) -> None:
    one_source(data, about.dataset)
    for option, value in {"--series": about.series, "--convert-to": about.convert_to}.items():
        if value is not None:
            raise SettingError(f"{option} {value!r} does not go with --all, which takes every series as it is")
