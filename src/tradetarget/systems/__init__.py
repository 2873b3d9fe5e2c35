"""A region and the pairs it is the sum of: one joint law, answers that agree path by path."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from tradetarget.systems.answers import SystemForecast
from tradetarget.systems.case import SystemCase
from tradetarget.systems.correlation import Correlation, shrunk_correlation
from tradetarget.systems.files import bundled_system_scenarios, read_system_scenario_file, read_system_scenarios
from tradetarget.systems.forecast import forecast_system
from tradetarget.systems.joint import FittedSystem, fit_system, region_of
from tradetarget.systems.scenarios import SystemScenario
from tradetarget.systems.system import TradeSystem

__all__ = [
    "Correlation",
    "FittedSystem",
    "SystemCase",
    "SystemForecast",
    "SystemScenario",
    "TradeSystem",
    "bundled_system_scenarios",
    "fit_system",
    "forecast_system",
    "read_system_scenario_file",
    "read_system_scenarios",
    "region_of",
    "shrunk_correlation",
]

# Version 0.1 kept the backtest of regions here; it is evaluation's since 0.2, and this hand-over goes with 0.3.
_MOVED_TO_EVALUATION = ("SystemBacktest", "backtest_system")


def __getattr__(name: str) -> Any:
    if name not in _MOVED_TO_EVALUATION:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(
        f"tradetarget.systems.{name} is tradetarget.evaluation.{name} since version 0.2: import it from there",
        DeprecationWarning,
        stacklevel=2,
    )
    return getattr(import_module("tradetarget.evaluation"), name)
