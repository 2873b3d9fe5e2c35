"""A region and the pairs it is the sum of: one joint law, answers that agree path by path."""

from tradetarget.systems.answers import SystemForecast
from tradetarget.systems.backtest import SystemBacktest, backtest_system
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
    "SystemBacktest",
    "SystemCase",
    "SystemForecast",
    "SystemScenario",
    "TradeSystem",
    "backtest_system",
    "bundled_system_scenarios",
    "fit_system",
    "forecast_system",
    "read_system_scenario_file",
    "read_system_scenarios",
    "region_of",
    "shrunk_correlation",
]
