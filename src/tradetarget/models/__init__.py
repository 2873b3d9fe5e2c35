"""Growth models by name; each lives in a file of its own and is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from tradetarget.errors import ModelError, unknown_name
from tradetarget.models.interface import (
    CompleteModel,
    Fitted,
    FittedGrowth,
    GrowthModel,
    Paths,
    complete_model,
)

_MODELS = {
    "base-rate": ("tradetarget.models.reference_class.model", "BaseRate"),
    "constant-growth": ("tradetarget.models.constant_growth", "ConstantGrowth"),
    "damped-trend": ("tradetarget.models.damped_trend", "DampedTrend"),
    "drivers": ("tradetarget.models.drivers.model", "DriverGrowth"),
    "ensemble": ("tradetarget.models.ensemble", "Ensemble"),
    "gompertz": ("tradetarget.models.saturation", "Gompertz"),
    "local-level": ("tradetarget.models.local_level", "LocalLevel"),
    "local-linear-trend": ("tradetarget.models.local_linear_trend", "LocalLinearTrend"),
    "logistic": ("tradetarget.models.saturation", "Logistic"),
    "monthly": ("tradetarget.models.monthly.model", "MonthlyGrowth"),
    "pooled": ("tradetarget.models.pooled.model", "PooledGrowth"),
    "random-walk": ("tradetarget.models.random_walk", "RandomWalk"),
    "reference-class": ("tradetarget.models.reference_class.model", "ReferenceClass"),
}
DEFAULT_MODEL = "pooled"


def model_names() -> tuple[str, ...]:
    """The names that ``get_model`` knows, in alphabetical order."""
    return tuple(sorted(_MODELS))


def get_model(model: str | GrowthModel = DEFAULT_MODEL) -> CompleteModel:
    """The growth model of that name, or the one given, checked for what the protocol asks.

    A model that leaves out what it may say gets the defaults of ``ModelDefaults``.

    Raises
    ------
    UnknownNameError
        On a name that is not known; the nearest are offered.
    ModelError
        On an object that is not a growth model.
    """
    if isinstance(model, str):
        if model not in _MODELS:
            raise unknown_name("model", model, _MODELS)
        module, name = _MODELS[model]
        made: GrowthModel = getattr(import_module(module), name)()
        return complete_model(made)
    if isinstance(model, type) or not isinstance(model, GrowthModel):
        raise ModelError(
            f"{model!r} is not a growth model: give a name ({', '.join(model_names())}) or an object with name, "
            "min_observations and fit (see tradetarget.testing.check_growth_model)"
        )
    return complete_model(model)


__all__ = ["DEFAULT_MODEL", "Fitted", "FittedGrowth", "GrowthModel", "Paths", "get_model", "model_names"]
