"""A model of monthly trade: level with drift, season and noise."""

from tradetarget.models.monthly.model import MonthlyGrowth

__all__ = ["MonthlyGrowth"]
