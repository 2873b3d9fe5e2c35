"""The older name of ``tradetarget.forecasting.batch``, kept for version 0.2 alone."""

import warnings

from tradetarget.forecasting.batch import forecast_targets

warnings.warn(
    "tradetarget.panels is tradetarget.forecasting.batch since version 0.2: import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["forecast_targets"]
