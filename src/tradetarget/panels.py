"""The older name of ``tradetarget.streaming``, kept for version 0.2 alone."""

import warnings

from tradetarget.streaming import forecast_targets

warnings.warn(
    "tradetarget.panels is tradetarget.streaming since version 0.2: import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["forecast_targets"]
