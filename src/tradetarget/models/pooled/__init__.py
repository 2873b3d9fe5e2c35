"""The pooled growth law: a short series judged by what thousands of other pairs did."""

from tradetarget.models.pooled.model import FittedPooled, PooledGrowth
from tradetarget.models.pooled.prior import Prior

__all__ = ["FittedPooled", "PooledGrowth", "Prior"]
