"""``tradetarget required``, ``sensitivity`` and ``sweep``: what would have to happen by a deadline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tradetarget.cli import options
from tradetarget.cli.completion import LEVERS, among
from tradetarget.cli.conversion import Converted, convert
from tradetarget.cli.goals import as_event, due_year, number, read_target, whole
from tradetarget.cli.groups import OneSeries, Outputs, takes_groups
from tradetarget.cli.output import Progress, Result
from tradetarget.cli.reading import Reading
from tradetarget.errors import ScenarioError, SettingError, TradeTargetError, unknown_name

if TYPE_CHECKING:
    from tradetarget.scenarios.adjustment import Adjustment
    from tradetarget.targets import Target

SWEPT = ("growth_shift=-2%,0%,2%,4%,6%", "level_effect=-20%,-10%,0%,10%,20%")
"""The grid of ``sweep`` unless another is asked for. Judgement, sizes that ten-year plans are usually made of."""

Factors = Annotated[
    list[str] | None,
    typer.Option(
        "--factor", metavar="KIND[@YEAR]=SIZES", help="An adjustment and its sizes, once for each; see the example."
    ),
]
ScenarioName = Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="One scenario of the file.")]
ScenarioFile = Annotated[Path | None, typer.Option("--scenarios", metavar="FILE.toml", help="A file of scenarios.")]


class _Inputs(NamedTuple):
    """The question that every command here asks, and what it is simulated with."""

    question: Converted
    target: Target
    by: int
    settings: dict[str, Any]

    def result(self, answer: Any, outputs: Outputs) -> Result:
        """An answer ready to be shown."""
        import tradetarget
        from tradetarget.report.records import SCHEMA_VERSION

        text = "\n".join([answer.summary(), *self.question.lines])
        record = {"schema_version": SCHEMA_VERSION, **answer.to_dict(), "version": tradetarget.__version__}
        return outputs.result(text, self.question.record(record), answer.to_frame, answer.plot)


def _inputs(about: OneSeries, data: Path | None, target: str | None, by: str, reading: Reading) -> _Inputs:
    """What options say, checked before any work."""
    goal = as_event(read_target(target, about.unit, bundled=data is None), about.event, None, about.sustained)
    due, settings = due_year(by), about.settings()
    series = about.selection(data, reading).read()
    question = convert(series, goal, about.convert_to, series)
    return _Inputs(question, question.target or goal, due, settings)


@takes_groups
def required(
    by: options.Due,
    data: options.Data = None,
    *,
    probability: Annotated[
        str, typer.Option(metavar="P", help="The probability to be reached, between 0 and 1.")
    ] = "0.5",
    lever: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="growth_shift (more growth a year) or level_effect (a higher level).",
            autocompletion=among(LEVERS),
        ),
    ] = "growth_shift",
    scenarios: ScenarioFile = None,
    scenario: ScenarioName = None,
    target: options.TargetValue = None,
    about: OneSeries,
    reading: Reading,
    outputs: Outputs,
) -> Result:
    """How much more growth, or how high a level, would reach the target in time?

    \b
    Example:
      tradetarget required --by 2030 --target 10 --probability 0.8
      tradetarget required --by 2030 --target 10 --lever level_effect --plot required.png
    """
    wanted = number("--probability", probability)
    inputs = _inputs(about, data, target, by, reading)
    besides = _scenario(scenarios, scenario)
    from tradetarget.scenarios import required as solve

    with Progress("computing") as progress:
        answer = solve(
            inputs.question.series, inputs.target, by=inputs.by, probability=wanted, lever=lever, scenario=besides,
            progress=progress.tick, **inputs.settings,
        )  # fmt: skip
    return inputs.result(answer, outputs)


@takes_groups
def sensitivity(
    by: options.Due,
    data: options.Data = None,
    *,
    factor: Factors = None,
    scenarios: ScenarioFile = None,
    scenario: ScenarioName = None,
    level: Annotated[
        str, typer.Option(metavar="PERCENT", help="Low and high are the ends of this central interval of a size.")
    ] = "80",
    target: options.TargetValue = None,
    about: OneSeries,
    reading: Reading,
    outputs: Outputs,
) -> Result:
    """Which factor moves the probability most? One at a time, the others at their middle.

    Factors are those of --factor, the uncertain sizes of a file of scenarios, or three usual ones.

    \b
    Example:
      tradetarget sensitivity --by 2030 --target 10 --plot tornado.png
      tradetarget sensitivity --by 2030 --target 10 --factor "growth_shift=-2%:4%" --factor "level_shock@2027=-30%:0%"
    """
    from tradetarget.cli.goals import read_levels
    from tradetarget.scenarios import sensitivity as vary
    from tradetarget.scenarios import uncertain_factors, usual_factors

    coverage = read_levels(level) or (0.8,)
    if len(coverage) != 1:
        raise SettingError(f"--level {level!r} is more than one: give one, such as 80")
    inputs = _inputs(about, data, target, by, reading)
    if factor:
        for option, value in {"--scenarios": scenarios, "--scenario": scenario}.items():
            if value is not None:
                raise SettingError(f"{option} {str(value)!r} and --factor both say what is varied: give one of them")
        factors = dict(_range(word) for word in factor)
    elif scenarios is not None or scenario is not None:
        factors = uncertain_factors(_scenarios(scenarios, scenario))
    else:
        factors = usual_factors()
    with Progress("computing") as progress:
        answer = vary(
            inputs.question.series, inputs.target, factors, by=inputs.by, level=coverage[0], progress=progress.tick,
            **inputs.settings,
        )  # fmt: skip
    return inputs.result(answer, outputs)


@takes_groups
def sweep(
    by: options.Due,
    data: options.Data = None,
    *,
    factor: Factors = None,
    target: options.TargetValue = None,
    about: OneSeries,
    reading: Reading,
    outputs: Outputs,
) -> Result:
    """What is the probability over a grid of two factors?

    \b
    Example:
      tradetarget sweep --by 2030 --target 10 --factor "growth_shift=0%,2%,4%" --factor "level_effect=0%,10%,20%"
    """
    inputs = _inputs(about, data, target, by, reading)
    grid = dict(_grid(word) for word in factor or SWEPT)
    if factor and len(factor) != 2:
        raise SettingError(f"a sweep varies two factors and --factor gives {len(factor)}: see tradetarget sweep --help")
    if len(grid) < 2:
        raise SettingError(f"--factor {next(iter(grid))!r} is given twice: write the sizes of one in one list")
    from tradetarget.scenarios import sweep as run

    with Progress("computing") as progress:
        answer = run(
            inputs.question.series, inputs.target, grid, by=inputs.by, progress=progress.tick, **inputs.settings
        )
    return inputs.result(answer, outputs)


def _scenarios(file: Path | None, name: str | None) -> list[Any]:
    """The scenarios of a file, or the one that is named."""
    from tradetarget.scenarios import read_scenarios

    if file is None:
        raise SettingError(f"--scenario {name!r} names no file: give one with --scenarios FILE.toml")
    by_name = {s.name: s for s in read_scenarios(file)}
    if name is None:
        return list(by_name.values())
    if name not in by_name:
        raise unknown_name("scenario", name, by_name)
    return [by_name[name]]


def _scenario(file: Path | None, name: str | None) -> Any:
    """The scenario that the lever comes on top of; None for the baseline."""
    if file is None and name is None:
        return None
    if name is None:
        raise SettingError(f"--scenarios {str(file)!r} holds several: say which with --scenario NAME")
    return _scenarios(file, name)[0]


def _factor(word: str) -> tuple[str, dict[str, Any], str]:
    """The name of a factor, its keys but the size, and its sizes: from KIND[@YEAR]=SIZES."""
    from tradetarget.scenarios.files import adjustment_kinds

    name, equals, sizes = word.partition("=")
    kind, at, year = name.strip().partition("@")
    kind = kind.strip().replace("-", "_")
    if not equals or not sizes.strip():
        raise SettingError(f'--factor {word!r} gives no sizes: write it as "growth_shift=-2%:4%"')
    kinds = adjustment_kinds()
    if kind not in kinds:
        raise unknown_name("--factor", kind, kinds)
    sized = [k for k, made in kinds.items() if made.size_field and {*made.required()} <= {made.size_field, "year"}]
    if kind not in sized:
        raise SettingError(f"--factor {word!r}: {kind} needs more than a size; choose among {', '.join(sorted(sized))}")
    strikes = "year" in kinds[kind].required()
    if strikes and not at:
        raise SettingError(f"--factor {word!r} does not say when: write {kind}@2027={sizes.strip()}")
    keys: dict[str, Any] = {"kind": kind}
    if at:
        keys["year" if strikes else "start"] = whole("--factor", year.strip())
    return name.strip(), keys, sizes.strip()


def _made(word: str, keys: dict[str, Any], size: Any) -> Adjustment:
    """The adjustment of a factor.

    Raises
    ------
    ScenarioError
        Naming the option.
    """
    from tradetarget.scenarios.files import adjustment_from, adjustment_kinds

    try:
        return adjustment_from({**keys, str(adjustment_kinds()[keys["kind"]].size_field): size})
    except TradeTargetError as error:
        raise ScenarioError(f"--factor {word!r}: {error}") from None


def _range(word: str) -> tuple[str, Adjustment]:
    """A factor of a sensitivity, from KIND[@YEAR]=LOW:HIGH."""
    name, keys, sizes = _factor(word)
    low, colon, high = sizes.partition(":")
    if not colon:
        raise SettingError(f'--factor {word!r} gives no range: write the low and the high size, "{name}=-2%:4%"')
    return name, _made(word, keys, {"low": _size(word, low), "high": _size(word, high)})


def _grid(word: str) -> tuple[str, tuple[Adjustment, list[float]]]:
    """A factor of a sweep, from KIND[@YEAR]=SIZE,SIZE,..."""
    name, keys, words = _factor(word)
    sizes = [_size(word, size) for size in words.split(",")]
    return name, (_made(word, keys, sizes[0]), sizes)


def _size(word: str, text: str) -> float:
    """A size as a fraction: "2%" or 0.02."""
    stripped = text.strip()
    percent = stripped.endswith("%")
    return number(f"--factor {word!r}:", stripped.removesuffix("%").strip()) / (100.0 if percent else 1.0)
