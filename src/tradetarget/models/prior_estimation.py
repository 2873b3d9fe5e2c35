"""The older name of ``tradetarget.models.pooled.estimation``, kept for version 0.2 alone."""

import warnings

from tradetarget.models.pooled.estimation import estimate_prior

warnings.warn(
    "tradetarget.models.prior_estimation is tradetarget.models.pooled.estimation since version 0.2: "
    "import it from there",
    DeprecationWarning,
    stacklevel=2,
)

__all__ = ["estimate_prior"]
