"""Growth models by name; each lives in a file of its own and is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from tradetarget.errors import ModelError, UnknownNameError, shown, unknown_name
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
    "damped-trend": ("tradetarget.models.damped_trend.model", "DampedTrend"),
    "drivers": ("tradetarget.models.drivers.model", "DriverGrowth"),
    "logistic": ("tradetarget.models.logistic", "Logistic"),
    "monthly": ("tradetarget.models.monthly.model", "MonthlyGrowth"),
    "pooled": ("tradetarget.models.pooled.model", "PooledGrowth"),
    "random-walk": ("tradetarget.models.random_walk", "RandomWalk"),
    "reference-class": ("tradetarget.models.reference_class.model", "ReferenceClass"),
}
DEFAULT_MODEL = "default"
"""``pooled``, and half of ``monthly`` where five years of months are known (``models.default``)."""
_REPLACEMENTS = {
    "constant-growth": "damped-trend",
    "ensemble": "pooled",
    "gompertz": "logistic",
    "local-level": "random-walk",
    "local-linear-trend": "damped-trend",
}
"""Models of version 0.1 that scored worse than the one in their place, or no better (docs/models.md has the scores)."""


def model_names() -> tuple[str, ...]:
    """The names that ``get_model`` knows, in alphabetical order."""
    return tuple(sorted(_MODELS))


def get_model(model: str | GrowthModel = DEFAULT_MODEL) -> CompleteModel:
    """The growth model of that name, or the one given, checked for what the protocol asks.

    A model that leaves out what it may say gets the defaults of ``ModelDefaults``.

    Raises
    ------
    UnknownNameError
        On a name that is not known, with the nearest names; on a model of version 0.1 that was dropped, with the model
        that takes its place.
    ModelError
        On an object that is not a growth model.
    """
    if isinstance(model, str):
        if model in _REPLACEMENTS:
            raise UnknownNameError(
                f"model {model!r} was dropped in version 0.2: use {_REPLACEMENTS[model]!r}, which scores no worse on "
                "real trade"
            )
        if model not in _MODELS and model != DEFAULT_MODEL:
            raise unknown_name("model", model, _MODELS)
        module, name = _MODELS.get(model, ("tradetarget.models.default", "DefaultGrowth"))
        made: GrowthModel = getattr(import_module(module), name)()
        return complete_model(made)
    if isinstance(model, type) or not isinstance(model, GrowthModel):
        raise ModelError(
            f"{shown(model)} is not a growth model: give a name ({', '.join(model_names())}) or an object with name, "
            "min_observations and fit (see tradetarget.testing.check_growth_model)"
        )
    return complete_model(model)


__all__ = ["DEFAULT_MODEL", "Fitted", "FittedGrowth", "GrowthModel", "Paths", "get_model", "model_names"]
