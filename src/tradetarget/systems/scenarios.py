"""Scenarios of a region: adjustments of some of its members, or of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tradetarget.errors import ScenarioError
from tradetarget.models import Paths
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import Adjustment, Scenario, Setting
from tradetarget.scenarios.scenario import BASELINE, Plan, Uniforms, resolve
from tradetarget.seeding import stream
from tradetarget.systems.system import TradeSystem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SystemScenario:
    """What if: adjustments by member, and adjustments of all members.

    Parameters
    ----------
    name
        Its name; random numbers of its own are keyed by it.
    on
        Adjustments by member, under its label or name.
    everywhere
        Adjustments of every member: of the common factor, on which all load alike. An uncertain size is drawn once a
        path, the same for every member.
    description, source
        What happens in it, and where its sizes come from.

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

    def __init__(
        self,
        name: str,
        on: Mapping[str, Iterable[Adjustment] | Adjustment] | None = None,
        everywhere: Iterable[Adjustment] | Adjustment = (),
        description: str | None = None,
        source: str | None = None,
    ) -> None:
        own = {
            key: tuple(replace(a) for a in Scenario(name, _listed(found)).adjustments)
            for key, found in (on or {}).items()
        }
        whole = Scenario(name, _listed(everywhere), description, source)
        object.__setattr__(self, "name", whole.name)
        object.__setattr__(self, "on", own)
        object.__setattr__(self, "everywhere", whole.adjustments)
        object.__setattr__(self, "description", description)
        object.__setattr__(self, "source", source)


def _listed(found: Iterable[Adjustment] | Adjustment) -> Iterable[Adjustment]:
    return (found,) if isinstance(found, Adjustment) else found


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
        shared = {id(a) for a in self.scenario.everywhere}
        streams = [self.whole.uniforms(seed)]
        for p in self.plans:
            rows = sum(a.n_draws(p.setting) for a in p.ordered if id(a) not in shared)
            key = (self.system.label, p.setting.series.label, "scenario", self.scenario.name)
            streams.append(Uniforms(stream(seed, *key), rows))
        return tuple(streams)

    def series(self, member: int) -> TradeSeries:
        """A member's data as the scenario sees them."""
        return self.plans[member].series

    @cached_property
    def region(self) -> TradeSeries:
        """The region's data as the scenario sees them: restated where every member is."""
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

    def _member(self, i: int, paths: Paths, common: Array, own: Array) -> Paths:
        """One member's paths, adjusted in the order of stages; common sizes come from the common numbers."""
        alone = Paths(
            paths.log_levels[i : i + 1], paths.years, paths.log_origin[i : i + 1], paths.log_centre[i : i + 1],
            paths.weights,
        )  # fmt: skip
        shared, used = {id(a) for a in self.scenario.everywhere}, [0, 0]
        for a in self.plans[i].ordered:
            k, source = (0, common) if id(a) in shared else (1, own)
            n = a.n_draws(self.plans[i].setting)
            alone = a.apply(alone, source[used[k] : used[k] + n], self.plans[i].setting)
            used[k] += n
        return alone


def system_plans(
    scenarios: Iterable[Scenario | SystemScenario] | Scenario | SystemScenario | None,
    system: TradeSystem,
    horizon: int,
) -> list[SystemPlan]:
    """Every scenario checked, the baseline first; a plain Scenario is one of all members.

    Raises
    ------
    ScenarioError
        On two of one name, on prices in one member only, and on whatever an adjustment refuses.
    UnknownNameError
        On a member that is not in the system; the nearest are offered.
    """
    asked = [] if scenarios is None else [scenarios] if isinstance(scenarios, Scenario | SystemScenario) else scenarios
    listed = list(asked)
    plain = resolve(s for s in listed if not isinstance(s, SystemScenario))
    as_system = {s.name: SystemScenario(s.name, {}, s.adjustments, s.description, s.source) for s in plain}
    made = [as_system[plain[0].name]]
    for s in listed:
        if isinstance(s, SystemScenario):
            if s.name in {BASELINE, *(m.name for m in made)}:
                raise ScenarioError(f"scenario {s.name!r} stands twice: give each a name of its own")
            made.append(s)
        elif s.name != made[0].name:
            made.append(as_system[s.name])
    names = [s.name for s in made]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise ScenarioError(f"scenario {twice!r} stands twice: give each a name of its own")
    return [_plan(s, system, horizon) for s in made]


def _plan(scenario: SystemScenario, system: TradeSystem, horizon: int) -> SystemPlan:
    own = {system.series(key).label: found for key, found in scenario.on.items()}
    if system.label in own:
        raise ScenarioError(
            f"scenario {scenario.name!r} adjusts {system.label}, which is the sum of its members: adjust one of "
            f"{', '.join(system.labels)}, or all of them with everywhere=[...]"
        )
    plans = []
    for label in system.labels:
        adjustments = [*scenario.everywhere, *own.get(label, ())]
        plan = Plan(Scenario(scenario.name, adjustments), Setting(system.series(label), horizon))
        if any(a.kind == "deflation" for a in own.get(label, ())):
            raise ScenarioError(
                f"scenario {scenario.name!r} deflates {label} alone: a sum of different prices means nothing; deflate "
                "every member with everywhere=[...]"
            )
        plans.append(plan)
    return SystemPlan(scenario, system, tuple(plans))
