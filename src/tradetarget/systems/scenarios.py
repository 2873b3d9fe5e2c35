"""Scenarios of a region: adjustments of some of its members, or of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tradetarget.arrays import Array
from tradetarget.errors import ScenarioError, UnknownNameError, shown, unknown_name
from tradetarget.models import Paths
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import Adjustment, Scenario, Setting
from tradetarget.scenarios.scenario import (
    BASELINE,
    BASELINE_TEXT,
    Plan,
    Uniforms,
    as_adjustments,
    as_table,
    checked_words,
    families,
    order_key,
    sources_of,
)
from tradetarget.seeding import stream
from tradetarget.systems.system import TradeSystem


@dataclass(frozen=True)
class SystemScenario:
    """What if: adjustments by member, and adjustments of all members.

    Parameters
    ----------
    name
        Its name; the random numbers of uncertain sizes are keyed by it.
    on
        Adjustments by member, under its label or name; a member with none is left out.
    everywhere
        Adjustments of every member: of the common factor, on which all load alike. An uncertain size is drawn once a
        path, the same for every member.
    description, source
        What happens in it, and where its sizes come from.
    parent
        The name of another scenario of the same set, whose adjustments it has too.

    Raises
    ------
    ScenarioError
        On an empty name, or something that is no adjustment.

    Examples
    --------
    >>> from tradetarget.scenarios import GrowthShift, LevelShock
    >>> SystemScenario("Fast pair, poor region", {"A-B": [GrowthShift(0.03)]}, [LevelShock(-0.2, 1, recovery=2)]).name
    'Fast pair, poor region'
    """

    name: str
    on: Mapping[str, tuple[Adjustment, ...]]
    everywhere: tuple[Adjustment, ...]
    description: str | None
    source: str | None
    parent: str | None

    def __init__(
        self,
        name: str,
        on: Mapping[str, Iterable[Adjustment] | Adjustment] | None = None,
        everywhere: Iterable[Adjustment] | Adjustment = (),
        description: str | None = None,
        source: str | None = None,
        parent: str | None = None,
    ) -> None:
        if on is not None and not isinstance(on, Mapping):
            raise ScenarioError(
                f"scenario {shown(name)}: on {shown(on)} is no mapping of members to adjustments: give a dict"
            )
        checked_words(str(name), description=description, source=source, parent=parent)
        by_member = {
            key: Scenario(name, as_adjustments(adjustments, shown(key))).adjustments
            for key, adjustments in (on or {}).items()
        }
        whole = Scenario(name, as_adjustments(everywhere, "everywhere"), description, source)
        object.__setattr__(self, "name", whole.name)
        object.__setattr__(self, "on", {key: adjustments for key, adjustments in by_member.items() if adjustments})
        object.__setattr__(self, "everywhere", whole.adjustments)
        object.__setattr__(self, "description", description)
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "parent", parent)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing, having no adjustments and no parent to have any from."""
        return not self.on and not self.everywhere and self.parent is None

    @property
    def sources(self) -> tuple[str, ...]:
        """Where it and its sizes come from, each once."""
        of_members = (a for adjustments in self.on.values() for a in adjustments)
        return sources_of(self.source, (*self.everywhere, *of_members))

    def to_dict(self) -> dict[str, Any]:
        """The scenario as plain data, as a file of a region's scenarios holds it."""
        common = [a.to_dict() for a in self.everywhere]
        of_members = [{"on": member, **a.to_dict()} for member, adjustments in self.on.items() for a in adjustments]
        return as_table(self, common + of_members)


@dataclass(frozen=True)
class SystemPlan:
    """A scenario checked against the system's data and years.

    Parameters
    ----------
    scenario
        As it was asked for.
    system
        The data.
    plans
        One a member: its own adjustments and those of all.
    """

    scenario: SystemScenario
    system: TradeSystem
    plans: tuple[Plan, ...]

    @cached_property
    def whole(self) -> Plan:
        """The adjustments of all members, as a plan for the region."""
        s = self.scenario
        return Plan(Scenario(s.name, s.everywhere), Setting(self.system.region, self.plans[0].setting.horizon))

    @cached_property
    def changes(self) -> bool:
        """Whether there is anything to apply."""
        return any(p.scenario.adjustments for p in self.plans)

    def uniforms(self, seed: int) -> tuple[Uniforms, ...]:
        """The scenario's own random numbers: the common ones, keyed by the region, and one stream a member."""
        streams = [self.whole.uniforms(seed)]
        for p, ordered in zip(self.plans, self._in_order, strict=True):
            rows = sum(a.n_draws(p.setting) for a, is_common in ordered if not is_common)
            key = (self.system.label, p.setting.series.label, "scenario", self.scenario.name)
            streams.append(Uniforms(stream(seed, *key), rows))
        return tuple(streams)

    def series(self, member: int) -> TradeSeries:
        """A member's data as the scenario sees them."""
        return self.plans[member].series

    @cached_property
    def region(self) -> TradeSeries:
        """The region's data as the scenario sees them, restated where every member is."""
        return self.whole.series

    def apply(self, paths: Paths, uniforms: Sequence[Array]) -> Paths:
        """The block under the scenario; ``uniforms`` are what each of ``uniforms(seed)`` gave for its paths."""
        if not self.changes:
            return paths
        adjusted = [self._member(i, paths, uniforms[0], uniforms[1 + i]) for i in range(len(self.plans))]
        levels = np.concatenate([a.log_levels.swapaxes(1, 2) for a in adjusted]).swapaxes(1, 2)
        centre = np.concatenate([a.log_centre for a in adjusted])
        origin = np.concatenate([a.log_origin for a in adjusted])
        return Paths(levels, paths.years, origin, centre, paths.weights)

    def _member(self, i: int, paths: Paths, common: Array, separate: Array) -> Paths:
        """One member's paths, adjusted in the order of stages; common sizes come from the common numbers."""
        alone = paths.of_series(i)
        used = {True: 0, False: 0}
        for a, is_common in self._in_order[i]:
            numbers, start = common if is_common else separate, used[is_common]
            used[is_common] += a.n_draws(self.plans[i].setting)
            alone = a.apply(alone, numbers[start : used[is_common]], self.plans[i].setting)
        return alone

    @cached_property
    def _in_order(self) -> tuple[list[tuple[Adjustment, bool]], ...]:
        """Every member's adjustments in the order of application, and whether each is of all members."""
        n_common = len(self.scenario.everywhere)  # a member's plan lists these first
        marked = ([(a, i < n_common) for i, a in enumerate(p.scenario.adjustments)] for p in self.plans)
        return tuple(sorted(pairs, key=lambda pair: order_key(pair[0])) for pairs in marked)


def system_plans(
    scenarios: Iterable[Scenario | SystemScenario] | Scenario | SystemScenario | None,
    system: TradeSystem,
    horizon: int,
) -> list[SystemPlan]:
    """Every scenario checked, the baseline first; a plain Scenario is one of all members.

    Raises
    ------
    ScenarioError
        On two of one name, an unknown parent, prices in one member only, a driver, and whatever an adjustment refuses.
    UnknownNameError
        On a member that is not in the system; the nearest are offered.
    """
    several = isinstance(scenarios, Iterable) and not isinstance(scenarios, str | bytes | Mapping)
    if scenarios is not None and not several and not isinstance(scenarios, Scenario | SystemScenario):
        raise ScenarioError(f"{shown(scenarios)} is no scenario: give Scenario(name, [adjustments]) or several")
    asked: list[Any] = [] if scenarios is None else list(scenarios) if several else [scenarios]  # type: ignore[arg-type]
    return [_plan(s, system, horizon) for s in resolve_of_system(asked)]


def resolve_of_system(scenarios: Iterable[Scenario | SystemScenario]) -> list[SystemScenario]:
    """The scenarios with their parents' adjustments before their own, a baseline first; errors as ``system_plans``.

    The first scenario without adjustments and parent is the baseline; where there is none, "baseline" is added.
    """
    empty, lines = families([_of_system(s) for s in scenarios])
    made = [empty or SystemScenario(BASELINE, description=BASELINE_TEXT)]
    for line in lines:
        on: dict[str, list[Adjustment]] = {}
        for s in line:
            for member, adjustments in s.on.items():
                on.setdefault(member, []).extend(adjustments)
        everywhere = [a for s in line for a in s.everywhere]
        made.append(SystemScenario(line[-1].name, on, everywhere, line[-1].description, line[-1].source))
    return made


def _of_system(scenario: object) -> SystemScenario:
    """A plain scenario as one of all members."""
    if isinstance(scenario, SystemScenario):
        return scenario
    if not isinstance(scenario, Scenario):
        raise ScenarioError(
            f"{scenario!r} is not a scenario: give SystemScenario(name, on, everywhere), Scenario(name, [adjustments]) "
            "or read_system_scenarios(path)"
        )
    s = scenario
    return SystemScenario(s.name, {}, s.adjustments, s.description, s.source, s.parent)


def _plan(scenario: SystemScenario, system: TradeSystem, horizon: int) -> SystemPlan:
    by_member: dict[str, list[Adjustment]] = {}
    for member, adjustments in scenario.on.items():
        by_member.setdefault(_member_label(scenario, member, system), []).extend(adjustments)
    every = (*scenario.everywhere, *(a for adjustments in by_member.values() for a in adjustments))
    if any(a.kind == "driver_shift" for a in every):
        raise ScenarioError(
            f"scenario {scenario.name!r} shifts a driver, and the law of a region uses none: give the growth that it "
            "brings as a growth_shift"
        )
    plans = []
    for label in system.labels:
        mine = by_member.get(label, [])
        placed = [f"adjustment {i} of every member, here {label}" for i in range(1, len(scenario.everywhere) + 1)]
        placed += [f"adjustment {i} on {label}" for i in range(1, len(mine) + 1)]
        combined = Scenario(scenario.name, [*scenario.everywhere, *mine])
        plans.append(Plan(combined, Setting(system.series(label), horizon), labels=tuple(placed)))
        if any(a.kind == "deflation" for a in mine):
            raise ScenarioError(
                f"scenario {scenario.name!r} deflates {label} alone: a sum of different prices means nothing; deflate "
                "every member with everywhere=[...] (in a file: without the key 'on')"
            )
    return SystemPlan(scenario, system, tuple(plans))


def _member_label(scenario: SystemScenario, member: str, system: TradeSystem) -> str:
    """The label of a member, from it or from its name."""
    where = f"scenario {scenario.name!r}, key 'on'"
    for s in system.members:
        if member in (s.label, s.name):
            return s.label
    if member in (system.label, system.region.name, system.name):
        raise ScenarioError(
            f"{where}: {member!r} is {system.label}, which is the sum of its members: adjust one of "
            f"{', '.join(system.labels)}, or all of them with everywhere=[...] (in a file: without the key 'on')"
        )
    names = [s.label if member.endswith(f" {system.flow}") else s.name or s.label for s in system.members]
    raise UnknownNameError(f"{where}: {unknown_name('member', member, names)}")
