"""Answers as text and as plain data; the same on every run."""

from tradetarget.outputs import checked_path, write_whole
from tradetarget.presenting import presenters
from tradetarget.report.checks import check_record, check_summary, reading_lines
from tradetarget.report.datasets import dataset_list, dataset_summary
from tradetarget.report.evaluation import backtest_record, backtest_summary
from tradetarget.report.fetching import fetched_summary
from tradetarget.report.fits import fit_summary
from tradetarget.report.forecasts import forecast_summary, hitting_time_summary
from tradetarget.report.levers import required_summary, sensitivity_summary, sweep_summary
from tradetarget.report.mirror import mirror_record, mirror_summary
from tradetarget.report.news import change_record, change_summary
from tradetarget.report.priors import prior_summary
from tradetarget.report.promises import (
    foresight_record,
    foresight_summary,
    promises_record,
    promises_summary,
    tally_summary,
    waiting_summary,
)
from tradetarget.report.records import SCHEMA_VERSION, forecast_record, hitting_time_record, scenario_record
from tradetarget.report.reference_class import reference_class_summary
from tradetarget.report.region_backtests import region_backtest_summary
from tradetarget.report.scenarios import scenario_summary
from tradetarget.report.series import series_summary
from tradetarget.report.several import several_record, several_sides, several_summary, unanswered_record
from tradetarget.report.sides import comparison_record, comparison_summary, side_answers, sides_beside
from tradetarget.report.systems import system_record, system_summary
from tradetarget.report.tallies import share_text, tally_record, tally_sentence
from tradetarget.report.text import Text
from tradetarget.report.tracking import tracking_record, tracking_summary

__all__ = [
    "SCHEMA_VERSION",
    "Text",
    "backtest_record",
    "backtest_summary",
    "change_record",
    "change_summary",
    "check_record",
    "check_summary",
    "checked_path",
    "comparison_record",
    "comparison_summary",
    "dataset_list",
    "dataset_summary",
    "fetched_summary",
    "fit_summary",
    "forecast_record",
    "forecast_summary",
    "foresight_record",
    "foresight_summary",
    "hitting_time_record",
    "hitting_time_summary",
    "mirror_record",
    "mirror_summary",
    "prior_summary",
    "promises_record",
    "promises_summary",
    "reading_lines",
    "reference_class_summary",
    "region_backtest_summary",
    "required_summary",
    "scenario_record",
    "scenario_summary",
    "sensitivity_summary",
    "series_summary",
    "several_record",
    "several_sides",
    "several_summary",
    "share_text",
    "side_answers",
    "sides_beside",
    "sweep_summary",
    "system_record",
    "system_summary",
    "tally_record",
    "tally_sentence",
    "tally_summary",
    "tracking_record",
    "tracking_summary",
    "unanswered_record",
    "waiting_summary",
    "write_whole",
]

presenters.register(
    "summary",
    {
        "Backtest": backtest_summary,
        "Change": change_summary,
        "Comparison": tracking_summary,
        "DriverEstimates": prior_summary,
        "Fetched": fetched_summary,
        "Foresight": foresight_summary,
        "Fitted": fit_summary,
        "FittedReferenceClass": reference_class_summary,
        "Forecast": forecast_summary,
        "Forecasts": several_summary,
        "HittingTime": hitting_time_summary,
        "Prior": prior_summary,
        "Promises": promises_summary,
        "Required": required_summary,
        "ScenarioComparison": scenario_summary,
        "Sensitivity": sensitivity_summary,
        "SideComparison": comparison_summary,
        "SystemBacktest": region_backtest_summary,
        "Sweep": sweep_summary,
        "SystemForecast": system_summary,
        "Tally": tally_summary,
        "TradeSeries": series_summary,
        "WaitingCurve": waiting_summary,
    },
)
presenters.register(
    "record",
    {
        "Backtest": backtest_record,
        "Change": change_record,
        "Comparison": tracking_record,
        "Forecast": forecast_record,
        "Forecasts": several_record,
        "Promises": promises_record,
        "ScenarioComparison": scenario_record,
        "SideComparison": comparison_record,
        "SystemForecast": system_record,
    },
)
presenters.register("sentence", {"Tally": tally_sentence})
presenters.register("side answers", {"SideComparison": side_answers})
