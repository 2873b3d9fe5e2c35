"""Pictures of answers, drawn with matplotlib (the extra ``plot``); no global state of pyplot's is touched."""

from tradetarget.plotting.canvas import checked_plot_path, save
from tradetarget.plotting.evaluation import plot_hedgehog, plot_reliability
from tradetarget.plotting.forecasts import plot_forecast
from tradetarget.plotting.hitting import plot_hitting_time
from tradetarget.plotting.levers import plot_heatmap, plot_required, plot_tornado
from tradetarget.plotting.promises import plot_promises
from tradetarget.plotting.scenarios import plot_scenarios
from tradetarget.plotting.series import plot_one_series, plot_series
from tradetarget.plotting.systems import plot_system
from tradetarget.presenting import presenters

__all__ = [
    "checked_plot_path",
    "plot_forecast",
    "plot_heatmap",
    "plot_hedgehog",
    "plot_hitting_time",
    "plot_one_series",
    "plot_promises",
    "plot_reliability",
    "plot_required",
    "plot_scenarios",
    "plot_series",
    "plot_system",
    "plot_tornado",
    "save",
]

presenters.register(
    "figure",
    {
        "Backtest": plot_reliability,
        "Forecast": plot_forecast,
        "HittingTime": plot_hitting_time,
        "Promises": plot_promises,
        "Required": plot_required,
        "ScenarioComparison": plot_scenarios,
        "Sensitivity": plot_tornado,
        "Sweep": plot_heatmap,
        "SystemForecast": plot_system,
        "TradeSeries": plot_one_series,
    },
)
presenters.register("hedgehog", {"Backtest": plot_hedgehog})
