"""Growth given the outlook of both areas' output: elasticities learnt from other pairs."""

from tradetarget.models.drivers.model import DriverGrowth

__all__ = ["DriverGrowth"]
