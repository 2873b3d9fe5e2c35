"""A trend whose growth rate dies out: exponential smoothing with a damped trend, in logs."""

from tradetarget.models.damped_trend.model import DampedTrend, FittedDampedTrend

__all__ = ["DampedTrend", "FittedDampedTrend"]
