"""Scenario: a name and adjustments, as data; and what a set of them comes to once parents are followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.checks import storable
from tradetarget.errors import ScenarioError, shown, unknown_name
from tradetarget.models import Paths
from tradetarget.models.interface import BATCH
from tradetarget.observations import TradeSeries
from tradetarget.scenarios.adjustment import Adjustment, Setting
from tradetarget.seeding import stream

BASELINE = "baseline"
MOST_SCENARIOS, LONGEST_LINE = 1000, 100
"""Most scenarios of one run, and parents in a line. Judgement. More than a person compares, and a
picture of them has no room for names."""
BASELINE_TEXT = "The model alone, without adjustments."


def checked_words(scenario: str, **words: object) -> None:
    """A ScenarioError unless each is text or None."""
    for what, value in words.items():
        if value is not None and not isinstance(value, str):
            raise ScenarioError(
                f"scenario {shown(scenario)}: {what} {shown(value)} is no text: give some, or leave it out"
            )


def as_adjustments(given: object, where: str) -> tuple[Any, ...]:
    """One adjustment, or several, as a tuple; a ScenarioError on what holds none."""
    if isinstance(given, Adjustment):
        return (given,)
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise ScenarioError(
            f"{where}: {shown(given)} is no adjustment: give one or several, such as [GrowthShift(0.02)]"
        )
    return tuple(given)


@dataclass(frozen=True)
class Scenario:
    """What if: a name and a list of adjustments.

    Parameters
    ----------
    name
        Its name; random numbers of its own are keyed by it.
    adjustments
        Any number; none is a baseline. Their order does not matter: see ``Adjustment``.
    description
        What happens in it, in a sentence.
    source
        Where it comes from, or that it is an assumption.
    parent
        The name of another scenario of the same set, whose adjustments it has too.

    Raises
    ------
    ScenarioError
        On an empty name, or something that is no adjustment.

    Examples
    --------
    >>> from tradetarget.scenarios import GrowthShift
    >>> Scenario("Faster growth", [GrowthShift(0.02)])
    Scenario('Faster growth', growth_shift)
    """

    name: str
    adjustments: tuple[Adjustment, ...] = ()
    description: str | None = None
    source: str | None = None
    parent: str | None = None

    def __init__(
        self,
        name: str,
        adjustments: Iterable[Adjustment] = (),
        description: str | None = None,
        source: str | None = None,
        parent: str | None = None,
    ) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ScenarioError(f"scenario name {shown(name)} is empty or no text: give it one")
        storable(name, "scenario name", ScenarioError)
        checked_words(name, description=description, source=source, parent=parent)
        listed = as_adjustments(adjustments, f"scenario {shown(name)}")
        for a in listed:
            if not isinstance(a, Adjustment):
                raise ScenarioError(f"scenario {name!r}: {shown(a)} is not an adjustment, such as GrowthShift(0.02)")
        object.__setattr__(self, "name", name.strip())
        object.__setattr__(self, "adjustments", listed)
        object.__setattr__(self, "description", description)
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "parent", parent)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing, having no adjustments and no parent to have any from."""
        return not self.adjustments and self.parent is None

    @property
    def sources(self) -> tuple[str, ...]:
        """Where it and its sizes come from, each once."""
        return sources_of(self.source, self.adjustments)

    def to_dict(self) -> dict[str, Any]:
        """The scenario as plain data, as a scenario file holds it."""
        return as_table(self, [a.to_dict() for a in self.adjustments])

    def __repr__(self) -> str:
        kinds = ", ".join(a.kind for a in self.adjustments) or "no adjustments"
        return f"Scenario({self.name!r}, {kinds}{f', parent {self.parent!r}' if self.parent else ''})"


def sources_of(source: str | None, adjustments: Iterable[Adjustment]) -> tuple[str, ...]:
    """A scenario's own source and those of its adjustments, each once."""
    stated = (source, *(getattr(a, "source", None) for a in adjustments))
    return tuple(dict.fromkeys(s for s in stated if s))


class Related(Protocol):
    """What any kind of scenario has: a name, words about it, and perhaps a parent."""

    @property
    def name(self) -> str:
        """Unlike that of any other in the set."""

    @property
    def description(self) -> str | None:
        """What happens in it."""

    @property
    def source(self) -> str | None:
        """Where it comes from."""

    @property
    def parent(self) -> str | None:
        """The name of the scenario whose adjustments it has too."""

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""


R = TypeVar("R", bound=Related)


def as_table(scenario: Related, adjustments: list[dict[str, Any]]) -> dict[str, Any]:
    """A scenario as a ``[[scenario]]`` table of a file."""
    out: dict[str, Any] = {"name": scenario.name}
    for key in ("description", "source", "parent"):
        if getattr(scenario, key) is not None:
            out[key] = getattr(scenario, key)
    return {**out, "adjustment": adjustments}


def as_scenarios(given: object) -> list[Scenario]:
    """One scenario, or several, as a list; a ScenarioError on anything else."""
    several = isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping)
    listed: list[Any] = [given] if isinstance(given, Scenario) or not several else list(given)  # type: ignore[call-overload]
    for s in listed:
        if not isinstance(s, Scenario):
            raise ScenarioError(
                f"{shown(s)} is not a scenario: give Scenario(name, [adjustments]) or read_scenarios(path)"
            )
    return listed


def refuse_parent(scenario: Scenario) -> None:
    """A ScenarioError where a scenario has a parent, whose adjustments only a set of scenarios knows."""
    if scenario.parent is not None:
        raise ScenarioError(f"scenario {scenario.name!r} has a parent: give its adjustments in full")


def resolve(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios with their parents' adjustments before their own, a baseline first.

    The first scenario without adjustments and parent is the baseline; where there is none, "baseline" is added.

    Raises
    ------
    ScenarioError
        On two of one name, an unknown parent (with the nearest names), or an inheritance that comes back to itself.
    """
    listed = as_scenarios(scenarios)
    empty, lines = families(listed)
    baseline = empty or Scenario(BASELINE, description=BASELINE_TEXT)
    others = [
        Scenario(line[-1].name, [a for s in line for a in s.adjustments], line[-1].description, line[-1].source)
        for line in lines
    ]
    return (baseline, *others)


def families(listed: Sequence[R]) -> tuple[R | None, list[list[R]]]:
    """The baseline of a set, None where it has none, and every other scenario as the last of its line of parents.

    Raises
    ------
    ScenarioError
        As in ``resolve``.
    """
    if len(listed) > MOST_SCENARIOS:
        raise ScenarioError(f"{len(listed):,} scenarios are more than the {MOST_SCENARIOS:,} that are run: split them")
    counted = Counter(s.name for s in listed)
    twice = next((n for n, times in counted.items() if times > 1), None)
    if twice is not None:
        raise ScenarioError(f"scenario {twice!r} stands twice: give each a name of its own")
    by_name = {s.name: s for s in listed}
    empty = next((s for s in listed if s.is_empty), None)
    if empty is None and BASELINE in by_name:
        raise ScenarioError(
            f"scenario {BASELINE!r} has adjustments: rename it, for it is what others are compared with"
        )
    return empty, [_line(s, by_name) for s in listed if s is not empty]


def _line(scenario: R, by_name: dict[str, R]) -> list[R]:
    """The oldest parent first, the scenario last."""
    line, passed = [scenario], {scenario.name}
    while (parent := line[-1].parent) is not None:
        if parent not in by_name:
            raise ScenarioError(f"scenario {line[-1].name!r}: {unknown_name('parent', parent, by_name)}")
        line.append(by_name[parent])
        if len(line) > LONGEST_LINE:
            raise ScenarioError(f"scenario {scenario.name!r} has more than {LONGEST_LINE} parents in a line: join some")
        if parent in passed:
            raise ScenarioError(f"scenario {scenario.name!r} inherits from itself: {' -> '.join(s.name for s in line)}")
        passed.add(parent)
    return line[::-1]


class Uniforms:
    """Uniform random numbers by path, in batches: a path's numbers do not depend on how blocks are cut.

    Parameters
    ----------
    rng
        The scenario's own generator.
    rows
        Numbers a path.
    """

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        self._rng, self._rows = rng, rows
        self._left = np.empty((rows, 0))

    def take(self, n: int) -> Array:
        """(rows, n) numbers of the next ``n`` paths."""
        if not self._rows:
            return np.empty((0, n))
        missing = -(-(n - self._left.shape[1]) // BATCH)
        drawn = [self._rng.random((self._rows, BATCH)) for _ in range(missing)]
        both = np.concatenate([self._left, *drawn], axis=1)
        self._left = both[:, n:]
        return both[:, :n]


def order_key(adjustment: Adjustment) -> tuple[int, str, str]:
    """What adjustments are sorted by: stage, then kind and text, so that their order in a list changes nothing."""
    return adjustment.stage, adjustment.kind, repr(adjustment)


def in_order(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Adjustments in the order in which they are applied; see ``Adjustment``."""
    return sorted(adjustments, key=order_key)


@dataclass(frozen=True)
class Plan:
    """A scenario checked against the data and the years, ready to be applied to block after block.

    Parameters
    ----------
    scenario
        With its parents' adjustments.
    setting
        The data and the years.
    key
        What its own random numbers are keyed by; None: its name. Variants of one scenario share a key.
    labels
        What errors call the adjustments; None: by their place in the scenario.

    Raises
    ------
    ScenarioError
        On anything an adjustment refuses, and on two that set the growth of one year.
    """

    scenario: Scenario
    setting: Setting
    key: str | None = None
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        owners: dict[int, str] = {}
        placed = [f"adjustment {i}" for i in range(1, len(self.scenario.adjustments) + 1)]
        for a, label in zip(self.scenario.adjustments, self.labels or placed, strict=True):
            shown = f"{label} ({a.kind})"
            where = f"scenario {self.scenario.name!r}, {shown}"
            try:
                a.check(self.setting)
                taken = sorted(a.sets_growth(self.setting) & owners.keys())
            except ScenarioError as error:
                raise ScenarioError(f"{where}: {error}") from None
            if taken:
                raise ScenarioError(
                    f"{where} sets the growth of {taken[0]}, which {owners[taken[0]]} sets too: keep one"
                )
            owners |= dict.fromkeys(a.sets_growth(self.setting), shown)

    @cached_property
    def ordered(self) -> Sequence[Adjustment]:
        """The adjustments in the order in which they are applied."""
        return in_order(self.scenario.adjustments)

    @cached_property
    def series(self) -> TradeSeries:
        """The data as the scenario sees them."""
        seen = self.setting.series
        for a in self.ordered:
            seen = a.restate(seen)
        return seen

    def uniforms(self, seed: int) -> Uniforms:
        """The scenario's own random numbers, keyed by seed, series and its key."""
        rows = sum(a.n_draws(self.setting) for a in self.ordered)
        return Uniforms(stream(seed, self.setting.series.stream_key, "scenario", self.key or self.scenario.name), rows)

    def apply(self, paths: Paths, uniforms: Array) -> Paths:
        """The block under the scenario; ``uniforms`` are (rows, paths) as ``uniforms`` gives them."""
        used = 0
        for a in self.ordered:
            n = a.n_draws(self.setting)
            paths = a.apply(paths, uniforms[used : used + n], self.setting)
            used += n
        return paths


def plans(
    scenarios: Iterable[Scenario], series: TradeSeries, horizon: int, drivers: pd.DataFrame | None = None
) -> list[Plan]:
    """Every scenario of a set, resolved and checked, the baseline first."""
    setting = Setting(series, horizon, drivers)
    return [Plan(s, setting) for s in resolve(scenarios)]
