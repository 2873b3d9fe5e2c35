"""When will a trade series reach a target, and how sure can anyone be?

The public names, each imported when it is first used.
"""

from __future__ import annotations

# Not typing's own: this module is imported before the command line can answer an interruption, so it imports nothing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tradetarget import (
        datasets,
        evaluation,
        fetching,
        models,
        passage,
        promises,
        scenarios,
        systems,
        testing,
        tracking,
    )
    from tradetarget.errors import TradeTargetError, TradeTargetWarning
    from tradetarget.forecasting.several import Forecasts, forecast_each
    from tradetarget.forecasting.sides import SideComparison, compare_sides
    from tradetarget.forecasting.single import Forecast, forecast
    from tradetarget.forecasting.vintages import Change, explain_change
    from tradetarget.models import FittedGrowth, GrowthModel, Paths
    from tradetarget.models.pooled.estimation import estimate_prior
    from tradetarget.models.pooled.prior import Prior
    from tradetarget.observations import Observation, TradeSeries
    from tradetarget.scenarios import (
        Benchmark,
        Ceiling,
        ConditionalEvent,
        Deflation,
        DriverShift,
        GrowthHalt,
        GrowthPath,
        GrowthShift,
        LevelEffect,
        LevelShock,
        Required,
        ReturnToTrajectory,
        Scenario,
        ScenarioComparison,
        VolatilityMultiplier,
        read_scenarios,
        required,
        run_scenarios,
        sensitivity,
        sweep,
    )
    from tradetarget.streaming import forecast_targets
    from tradetarget.systems import (
        SystemForecast,
        SystemScenario,
        TradeSystem,
        forecast_system,
        read_system_scenarios,
    )
    from tradetarget.targets import HittingTime, Target
    from tradetarget.units import Unit

_NAMES = {
    "Benchmark": "scenarios",
    "Ceiling": "scenarios",
    "Change": "forecasting.vintages",
    "ConditionalEvent": "scenarios",
    "Deflation": "scenarios",
    "DriverShift": "scenarios",
    "FittedGrowth": "models",
    "Forecast": "forecasting.single",
    "Forecasts": "forecasting.several",
    "GrowthHalt": "scenarios",
    "GrowthModel": "models",
    "GrowthPath": "scenarios",
    "GrowthShift": "scenarios",
    "HittingTime": "targets",
    "LevelEffect": "scenarios",
    "LevelShock": "scenarios",
    "Observation": "observations",
    "Paths": "models",
    "Prior": "models.pooled.prior",
    "Required": "scenarios",
    "ReturnToTrajectory": "scenarios",
    "Scenario": "scenarios",
    "ScenarioComparison": "scenarios",
    "SideComparison": "forecasting.sides",
    "SystemForecast": "systems",
    "SystemScenario": "systems",
    "Target": "targets",
    "TradeSeries": "observations",
    "TradeSystem": "systems",
    "TradeTargetError": "errors",
    "TradeTargetWarning": "errors",
    "Unit": "units",
    "VolatilityMultiplier": "scenarios",
    "compare_sides": "forecasting.sides",
    "estimate_prior": "models.pooled.estimation",
    "explain_change": "forecasting.vintages",
    "forecast": "forecasting.single",
    "forecast_each": "forecasting.several",
    "forecast_system": "systems",
    "forecast_targets": "streaming",
    "read_scenarios": "scenarios",
    "read_system_scenarios": "systems",
    "required": "scenarios",
    "run_scenarios": "scenarios",
    "sensitivity": "scenarios",
    "sweep": "scenarios",
}
_ROOMS = (
    "datasets",
    "evaluation",
    "fetching",
    "models",
    "passage",
    "promises",
    "scenarios",
    "systems",
    "testing",
    "tracking",
)

__all__ = [
    "Benchmark",
    "Ceiling",
    "Change",
    "ConditionalEvent",
    "Deflation",
    "DriverShift",
    "FittedGrowth",
    "Forecast",
    "Forecasts",
    "GrowthHalt",
    "GrowthModel",
    "GrowthPath",
    "GrowthShift",
    "HittingTime",
    "LevelEffect",
    "LevelShock",
    "Observation",
    "Paths",
    "Prior",
    "Required",
    "ReturnToTrajectory",
    "Scenario",
    "ScenarioComparison",
    "SideComparison",
    "SystemForecast",
    "SystemScenario",
    "Target",
    "TradeSeries",
    "TradeSystem",
    "TradeTargetError",
    "TradeTargetWarning",
    "Unit",
    "VolatilityMultiplier",
    "compare_sides",
    "datasets",
    "estimate_prior",
    "evaluation",
    "explain_change",
    "fetching",
    "forecast",
    "forecast_each",
    "forecast_system",
    "forecast_targets",
    "models",
    "passage",
    "promises",
    "read_scenarios",
    "read_system_scenarios",
    "required",
    "run_scenarios",
    "scenarios",
    "sensitivity",
    "sweep",
    "systems",
    "testing",
    "tracking",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _NAMES:
        value = getattr(import_module(f"tradetarget.{_NAMES[name]}"), name)
    elif name in _ROOMS:
        value = import_module(f"tradetarget.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("tradetarget")
    else:
        raise AttributeError(f"module 'tradetarget' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
