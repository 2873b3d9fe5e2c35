"""The older name of ``tradetarget.forecasting.sides``, kept for version 0.2 alone."""

import warnings

from tradetarget.forecasting.sides import Side, SideComparison, compare_sides

warnings.warn(
    "tradetarget.sides is tradetarget.forecasting.sides since version 0.2: import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["Side", "SideComparison", "compare_sides"]
