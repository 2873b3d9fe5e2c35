"""Panels that are larger than memory: read in parts, answered by any model, written in parts, resumed when interrupted.

``forecasting.batch`` is the numerical core, which takes a panel in memory; here it is fed.
"""

from tradetarget.streaming.entry import forecast_targets
from tradetarget.streaming.result import BatchRun

__all__ = ["BatchRun", "forecast_targets"]
