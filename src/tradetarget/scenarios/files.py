"""Scenario files: TOML in, scenarios out, every mistake named with its file, key and rule.

title = "..."                       # these keys are optional, and say what the scenarios are about
series = "Kazakhstan-Uzbekistan"
flow = "turnover"
reporter = "Kazakhstan"
target = 5.0
unit = "USD bn"
horizon = 15
as_of = "2026-03"

[[scenario]]
name = "Border closure"
description = "..."
source = "..."
parent = "..."                      # inherits this scenario's adjustments

[[scenario.adjustment]]
kind = "level_shock"                # the adjustment's class, in snake case; the other keys are its parameters
value = "-14 %"                     # a fraction (-0.14), text with a per cent sign, or a distribution:
year = 2027                         #   {low, high}, {low, mode, high} or {mean, sd}
recovery = 1
source = "..."
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tradetarget.checks import any_text, takes
from tradetarget.errors import DataError, ScenarioError, TradeTargetError, shown, unknown_name
from tradetarget.models.interface import checked_horizon
from tradetarget.packaged import packaged_names, packaged_text
from tradetarget.reading.sources import read_text
from tradetarget.scenarios import growth, levels, prices
from tradetarget.scenarios.adjustment import Adjustment
from tradetarget.scenarios.drivers import DriverShift
from tradetarget.scenarios.places import Places
from tradetarget.scenarios.scenario import MOST_SCENARIOS, Scenario, resolve
from tradetarget.scenarios.toml_mistakes import explained
from tradetarget.scenarios.toml_text import tables_of
from tradetarget.targets import Target

if TYPE_CHECKING:
    from tradetarget.scenarios.schema import WrittenFile, WrittenScenario

_CLASSES: tuple[type[Adjustment], ...] = (
    growth.GrowthShift,
    growth.GrowthHalt,
    growth.GrowthPath,
    growth.Benchmark,
    growth.ReturnToTrajectory,
    levels.LevelEffect,
    levels.LevelShock,
    levels.ConditionalEvent,
    levels.Ceiling,
    prices.VolatilityMultiplier,
    prices.Deflation,
    DriverShift,
)
DEEPEST, LARGEST_WHOLE = 20, 10**18
"""Depth of tables, and whole numbers, that a file may hold. Judgement. A scenario needs a depth of 5, and 64 bits hold
numbers to 9e18."""
HEADLINE = "kazakhstan-uzbekistan"
S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class ScenarioFile(Generic[S]):
    """What a scenario file says.

    Parameters
    ----------
    path
        Where it stands.
    scenarios
        As they are written; ``run_scenarios`` follows parents.
    title, series, flow, reporter, target, horizon, as_of
        What they are about, where the file says it.
    targets
        Of a region and its members by name, where a file about a region says them.
    """

    path: str
    scenarios: tuple[S, ...]
    title: str | None = None
    series: str | None = None
    flow: str | None = None
    reporter: str | None = None
    target: Target | None = None
    horizon: int | None = None
    as_of: str | None = None
    targets: Mapping[str, Target] = field(default_factory=dict, hash=False)

    def __iter__(self) -> Iterator[S]:
        return iter(self.scenarios)


def adjustment_kinds() -> dict[str, type[Adjustment]]:
    """The adjustments that a file may name, by kind."""
    return {c.kind: c for c in _CLASSES}


def read_scenarios(path: str | Path) -> list[Scenario]:
    """The scenarios of a TOML file.

    Raises
    ------
    ScenarioError
        On a file that is missing or no TOML, an unknown key or kind (with the nearest names), a value that breaks a
        rule, two scenarios of one name, an unknown parent, or an inheritance that comes back to itself.
    """
    return list(read_scenario_file(path).scenarios)


def read_scenario_file(path: str | Path) -> ScenarioFile[Scenario]:
    """The scenarios of a TOML file, and what they are about; errors as in ``read_scenarios``."""
    return _plain(file_text(path), str(path))


@takes(name=any_text)
def bundled_scenarios(name: str = HEADLINE) -> ScenarioFile[Scenario]:
    """A scenario file that comes with the package.

    Raises
    ------
    UnknownNameError
        On another name; the nearest are offered.

    Examples
    --------
    >>> bundled_scenarios().target
    Target(5 USD bn)
    """
    return _plain(bundled_text("scenarios", name), f"{name}.toml")


def file_text(path: str | Path) -> str:
    """The text of a file.

    Raises
    ------
    ScenarioError
        On a file that is missing, or no text in UTF-8.
    """
    try:
        return read_text(path)
    except DataError as error:
        raise ScenarioError(str(error)) from None


def bundled_text(room: str, name: str) -> str:
    """The text of a scenario file in the folder ``data`` of a room of the package; errors as ``bundled_scenarios``."""
    names = packaged_names(room, "data", ending=".toml")
    if name not in names:
        raise unknown_name("bundled scenario file", name, names)
    return packaged_text(room, "data", f"{name}.toml")


def _plain(text: str, where: str) -> ScenarioFile[Scenario]:
    """A file of scenarios of one series."""
    from tradetarget.scenarios.schema import WrittenFile

    def made(written: WrittenScenario) -> Scenario:
        adjustments = each_adjustment(written, _of_a_series)
        return Scenario(written.name, adjustments, written.description, written.source, written.parent)

    return parsed(text, where, WrittenFile, made, resolve)


def parsed(
    text: str,
    where: str,
    schema: type[WrittenFile],
    made: Callable[[WrittenScenario], S],
    check: Callable[[Sequence[S]], object],
) -> ScenarioFile[S]:
    """What the text of a scenario file says, whatever its scenarios are of.

    Parameters
    ----------
    where
        The file, for errors.
    schema
        The keys it may hold.
    made
        A scenario from its table.
    check
        Refuses sets of scenarios that cannot be: two of one name, unknown parents.

    Raises
    ------
    ScenarioError
        Naming the file, and what is wrong in it.
    """
    try:
        raw = tables_of(text)
    except (ValueError, RecursionError) as error:
        # Beside its own errors the parser lets out those of whole numbers over 4,300 digits and of very deep tables.
        raise ScenarioError(f"{where} is not valid TOML, {explained(text, str(error))}") from None
    _check_bounds(raw, where)
    from tradetarget.scenarios.schema import RefusedKey, checked_file

    places = Places(text)
    try:
        file = checked_file(raw, schema)
        target = None if file.target is None else Target(file.target, file.unit)
        targets = {name: Target(level, file.unit) for name, level in file.levels.items()}
        horizon = None if file.horizon is None else checked_horizon(file.horizon)
        scenarios = tuple(_placed(made, s, i) for i, s in enumerate(file.scenario))
        check(scenarios)
    except RefusedKey as error:
        raise ScenarioError(f"{where}{_line(places.line(error.scenario, key=error.key))}: {error}") from None
    except RefusedAdjustment as error:
        line = places.line(error.scenario, error.adjustment, error.key)
        raise ScenarioError(f"{where}{_line(line)}: {error}") from None
    except TradeTargetError as error:
        raise ScenarioError(f"{where}: {error}") from None
    as_of = None if file.as_of is None else str(file.as_of)
    about = (file.title, file.series, file.flow, file.reporter)
    return ScenarioFile(where, scenarios, *about, target, horizon, as_of, targets)


def _check_bounds(raw: Mapping[str, Any], where: str) -> None:
    """A ScenarioError on tables too deep, whole numbers too long, or more scenarios than are run."""
    listed = raw.get("scenario")
    if isinstance(listed, list) and len(listed) > MOST_SCENARIOS:
        raise ScenarioError(
            f"{where} holds {len(listed):,} scenarios, and at most {MOST_SCENARIOS:,} are run: split it"
        )
    waiting: list[tuple[Any, int]] = [(raw, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise ScenarioError(f"{where} nests its tables more than {DEEPEST} deep: no scenario needs that")
        if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
            raise ScenarioError(
                f"{where} holds {shown(value)}, above {LARGEST_WHOLE:g}: write it as 1e18 or in another unit"
            )
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        waiting += [(v, depth + 1) for v in inner]


class RefusedAdjustment(ScenarioError):
    """An adjustment that is refused, and where it stands.

    Parameters
    ----------
    words
        What is wrong with it.
    adjustment
        Its place in its scenario, from 0.
    key
        The key that is wrong, where there is one.
    """

    scenario: int = 0

    def __init__(self, words: str, adjustment: int, key: str | None) -> None:
        super().__init__(words)
        self.adjustment, self.key = adjustment, key


def _placed(made: Callable[[WrittenScenario], S], written: WrittenScenario, place: int) -> S:
    """A scenario from its table; what is refused in it says where the scenario stands."""
    try:
        return made(written)
    except RefusedAdjustment as error:
        error.scenario = place
        raise


def _line(number: int | None) -> str:
    return "" if number is None else f", line {number}"


def each_adjustment(written: WrittenScenario, read: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """What ``read`` makes of every adjustment's table.

    Raises
    ------
    RefusedAdjustment
        Naming the scenario and the adjustment before what ``read`` says.
    """
    adjustments = []
    for i, entry in enumerate(written.adjustment):
        kind = entry.get("kind")
        label = f"adjustment {i + 1}" + (f" ({kind})" if kind else "")
        try:
            adjustments.append(read(entry))
        except TradeTargetError as error:
            words = f"scenario {written.name!r}, {label}: {error}"
            raise RefusedAdjustment(words, i, _key_named(str(error), entry)) from None
    return adjustments


def _key_named(error: str, entry: Mapping[str, Any]) -> str | None:
    """The key of the table that a message names first; "value.low" is the key "value"."""
    named = re.match(r"(?:unknown )?(?:key )?'?([\w-]+)", error)
    if named is not None and named[1] in entry:
        return named[1]
    return "kind" if error.startswith("unknown kind") else None


def _of_a_series(entry: Mapping[str, Any]) -> Adjustment:
    """An adjustment from its table; one of a member belongs to a region."""
    if "on" in entry:
        raise ScenarioError(
            f"key 'on' names {entry['on']!r}, a member of a region: run the file with 'tradetarget region "
            "--scenarios', or read it with read_system_scenarios"
        )
    return adjustment_from(entry)


def adjustment_from(entry: Mapping[str, Any]) -> Adjustment:
    """An adjustment from its table.

    Raises
    ------
    ScenarioError
        On a key that is missing, or a value that breaks a rule.
    UnknownNameError
        On an unknown kind or key; the nearest are offered.
    """
    kinds = adjustment_kinds()
    if "kind" not in entry:
        raise ScenarioError(f"key 'kind' is missing: it is one of {', '.join(sorted(kinds))}")
    if not isinstance(entry["kind"], str) or entry["kind"] not in kinds:
        raise unknown_name("kind", entry["kind"], kinds)
    adjustment_class = kinds[entry["kind"]]
    allowed = {f.name: f for f in fields(adjustment_class)}
    parameters = {k: v for k, v in entry.items() if k != "kind"}
    for key in parameters:
        if key not in allowed:
            raise unknown_name("key", key, allowed)
    missing = [n for n, f in allowed.items() if f.default is MISSING and n not in parameters]
    if missing:
        raise ScenarioError(f"key {missing[0]!r} is missing")
    return adjustment_class(**parameters)
