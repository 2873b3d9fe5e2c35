"""Everything that a growth model written elsewhere imports: protocols, defaults, a base class, paths.

``GrowthModel`` and ``FittedGrowth`` are protocols: a model works everywhere if it has their members, and
``tradetarget.testing.check_growth_model`` checks whether it does. ``ModelDefaults`` and ``FitDefaults`` hold the
optional members. ``Fitted`` is a base class that gives a new model everything but its estimates and one method that
draws paths.
"""

from tradetarget.arrays import Array
from tradetarget.models.base import Fitted, annual_sample
from tradetarget.models.defaults import (
    CompleteFit,
    CompleteModel,
    DrawsMonths,
    FitDefaults,
    ModelDefaults,
    complete_fit,
    complete_model,
)
from tradetarget.models.paths import (
    BATCH,
    BLOCK,
    LARGEST_LOG,
    MAX_HORIZON,
    Paths,
    checked_horizon,
    checked_paths,
    concatenate,
)
from tradetarget.models.protocols import FittedGrowth, GrowthModel, StudentLaw

__all__ = [
    "BATCH",
    "BLOCK",
    "LARGEST_LOG",
    "MAX_HORIZON",
    "Array",
    "CompleteFit",
    "CompleteModel",
    "DrawsMonths",
    "FitDefaults",
    "Fitted",
    "FittedGrowth",
    "GrowthModel",
    "ModelDefaults",
    "Paths",
    "StudentLaw",
    "annual_sample",
    "checked_horizon",
    "checked_paths",
    "complete_fit",
    "complete_model",
    "concatenate",
]
