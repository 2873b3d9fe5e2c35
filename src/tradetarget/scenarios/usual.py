"""Factors for a question about which nobody has written scenarios, and those of scenarios that somebody has."""

from __future__ import annotations

from collections.abc import Iterable

from tradetarget.errors import ScenarioError
from tradetarget.scenarios.adjustment import Adjustment
from tradetarget.scenarios.growth import GrowthShift
from tradetarget.scenarios.levels import LevelEffect
from tradetarget.scenarios.prices import VolatilityMultiplier
from tradetarget.scenarios.scenario import Scenario, as_scenarios
from tradetarget.scenarios.sizes import Uncertain, Uniform


def usual_factors() -> dict[str, Adjustment]:
    """Growth, level and volatility, each as likely to be better as worse: at their middle nothing changes.

    The central 80 % of the sizes are two points of growth a year, a tenth of the level and 0.6 to 1.4 times the
    volatility: judgement, because plans of ten years are seldom for more.
    """
    return {
        "Growth a year, in points": GrowthShift(Uniform(-0.025, 0.025)),
        "Level from next year on": LevelEffect(Uniform(-0.125, 0.125)),
        "Volatility": VolatilityMultiplier(Uniform(0.5, 1.5)),
    }


def uncertain_factors(scenarios: Iterable[Scenario]) -> dict[str, Adjustment]:
    """The adjustments of scenarios whose size is a distribution, by the name of the scenario.

    Where a scenario has several, the kind of each follows its name.

    Raises
    ------
    ScenarioError
        When no size is a distribution.
    """
    uncertain: dict[str, Adjustment] = {}
    for scenario in as_scenarios(scenarios):
        varied = [a for a in scenario.adjustments if isinstance(a.size, Uncertain)]
        for i, adjustment in enumerate(varied, start=1):
            name = f"{scenario.name}: {adjustment.kind.replace('_', ' ')}" if len(varied) > 1 else scenario.name
            uncertain[name if name not in uncertain else f"{name} {i}"] = adjustment
    if not uncertain:
        raise ScenarioError("no scenario has an uncertain size: write one as value = { low = '0 %', high = '4 %' }")
    return uncertain
