"""The older name of ``tradetarget.models.pooled.prior``, kept for version 0.2 alone."""

import warnings

from tradetarget.models.pooled.prior import Prior

warnings.warn(
    "tradetarget.models.prior is tradetarget.models.pooled.prior since version 0.2: import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["Prior"]
