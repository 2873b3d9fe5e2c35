"""Series, model and target in; an answer out: one series, many at once, every side of a flow, two vintages."""

from tradetarget.forecasting.batch import forecast_panel
from tradetarget.forecasting.several import Forecasts, forecast_each
from tradetarget.forecasting.sides import SideComparison, compare_sides
from tradetarget.forecasting.single import Forecast, forecast
from tradetarget.forecasting.vintages import Change, explain_change

__all__ = [
    "Change",
    "Forecast",
    "Forecasts",
    "SideComparison",
    "compare_sides",
    "explain_change",
    "forecast",
    "forecast_each",
    "forecast_panel",
]
