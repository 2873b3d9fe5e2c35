"""The older name of ``tradetarget.forecasting.vintages``, kept for version 0.2 alone."""

import warnings

from tradetarget.forecasting.vintages import Change, Part, explain_change

warnings.warn(
    "tradetarget.news is tradetarget.forecasting.vintages since version 0.2: import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["Change", "Part", "explain_change"]
