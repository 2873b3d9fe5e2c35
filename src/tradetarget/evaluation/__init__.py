"""How good the forecasts have been: backtests, proper scores, calibration, skill against named baselines."""

from tradetarget.evaluation.backtest import backtest
from tradetarget.evaluation.baselines import baselines
from tradetarget.evaluation.regions import SystemBacktest, backtest_system
from tradetarget.evaluation.results import Backtest
from tradetarget.evaluation.scores import (
    Skill,
    brier_score,
    crps_of_paths,
    log_score,
    pit_coverage,
    randomised_pit,
    ranked_probability_score,
    reliability_error,
    reliability_table,
    skill_against,
)

__all__ = [
    "Backtest",
    "Skill",
    "SystemBacktest",
    "backtest",
    "backtest_system",
    "baselines",
    "brier_score",
    "crps_of_paths",
    "log_score",
    "pit_coverage",
    "randomised_pit",
    "ranked_probability_score",
    "reliability_error",
    "reliability_table",
    "skill_against",
]
