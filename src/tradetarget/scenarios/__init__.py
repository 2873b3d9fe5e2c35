"""What if: scenarios as data, and what they do to the answer."""

from tradetarget.scenarios.adjustment import Adjustment, Setting
from tradetarget.scenarios.comparison import Case, Difference, ScenarioComparison
from tradetarget.scenarios.drivers import DriverShift
from tradetarget.scenarios.factor_results import Sensitivity, Sweep
from tradetarget.scenarios.factors import sensitivity, sweep
from tradetarget.scenarios.files import ScenarioFile, bundled_scenarios, read_scenario_file, read_scenarios
from tradetarget.scenarios.growth import Benchmark, GrowthHalt, GrowthPath, GrowthShift, ReturnToTrajectory
from tradetarget.scenarios.inverse import Required, required
from tradetarget.scenarios.levels import Ceiling, ConditionalEvent, LevelEffect, LevelShock
from tradetarget.scenarios.prices import Deflation, VolatilityMultiplier
from tradetarget.scenarios.running import run_scenarios
from tradetarget.scenarios.scenario import Scenario
from tradetarget.scenarios.sizes import Normal, Triangular, Uniform
from tradetarget.scenarios.usual import uncertain_factors, usual_factors

__all__ = [
    "Adjustment",
    "Benchmark",
    "Case",
    "Ceiling",
    "ConditionalEvent",
    "Deflation",
    "Difference",
    "DriverShift",
    "GrowthHalt",
    "GrowthPath",
    "GrowthShift",
    "LevelEffect",
    "LevelShock",
    "Normal",
    "Required",
    "ReturnToTrajectory",
    "Scenario",
    "ScenarioComparison",
    "ScenarioFile",
    "Sensitivity",
    "Setting",
    "Sweep",
    "Triangular",
    "Uniform",
    "VolatilityMultiplier",
    "bundled_scenarios",
    "read_scenario_file",
    "read_scenarios",
    "required",
    "run_scenarios",
    "sensitivity",
    "sweep",
    "uncertain_factors",
    "usual_factors",
]
