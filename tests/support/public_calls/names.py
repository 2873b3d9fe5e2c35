"""The public names of the library, found by themselves: a new one is asked for in the table of calls.

A room is public where it says what it offers in ``__all__``. Names are told apart by what they stand for, because many
are offered by their room and by the package.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import tradetarget
from public_calls.call import Call

NOT_PUBLIC = {"cli", "answering", "arrays", "prior", "panels", "news", "sides"}
"""The command line, which has a fuzzer of its own; the room of inner steps; and names of older versions, which warn."""
NOT_MADE_BY_HAND = {
    "FittedGrowth", "GrowthModel", "Paths", "TradeTargetError", "TradeTargetWarning", "evaluation.Skill",
    "fetching.IncompleteFetchError", "models.Fitted", "nowcasting.Contradiction",
    "nowcasting.Evidence", "nowcasting.Interval", "nowcasting.MonthLaw", "nowcasting.MonthNoise", "nowcasting.Reading",
    "nowcasting.Readings", "nowcasting.Reconciled", "nowcasting.SetAside", "nowcasting.ShareLaw",
    "nowcasting.StatementCheck", "nowcasting.Window",
    "promises.Foresight", "promises.Tally", "report.Text", "scenarios.Case",
    "scenarios.Difference", "scenarios.ScenarioFile", "scenarios.Setting", "streaming.BatchRun", "systems.Correlation",
    "systems.FittedSystem", "targets.BatchCounts", "targets.MonthlyProbability", "tracking.Comparison",
    "tracking.Progress", "tracking.Verdict",
}  # fmt: skip
"""Classes that the library makes, protocols, and kinds of errors."""
STEPS = {
    "nowcasting.log_likelihood", "observations.period_text", "systems.region_of", "systems.shrunk_correlation",
    "targets.checked_probabilities", "targets.first_reached", "targets.last_log_totals", "targets.past_levels",
    "targets.stands_reached",
}  # fmt: skip
"""Steps that rooms share; they take arrays and objects that the library made."""
OWNERS_OF_STEPS = (
    "Adjustment", "Correlation", "Evidence", "Fitted", "FittedGrowth", "FittedSystem", "GrowthModel", "Interval",
    "MonthLaw", "MonthlyProbability", "Normal", "Paths", "Setting", "ShareLaw", "Triangular", "Uniform",
)  # fmt: skip
"""Classes with methods for the library's own steps, and for those who write a model or an adjustment."""
METHODS_OF_STEPS = {
    "LatentAnnual.observations", "Observation.calendar_date", "Prior.common_paths", "Prior.inflation_paths",
    "Target.of_years_ending", "Target.year", "TradeSeries.from_table", "TradeSystem.rounding",
}  # fmt: skip
"""The same among other classes."""


def rooms() -> list[str]:
    """Modules right under the package that say what they offer."""
    names = [m.name for m in pkgutil.iter_modules(tradetarget.__path__) if not m.name.startswith("_")]
    return [n for n in names if n not in NOT_PUBLIC and hasattr(importlib.import_module(f"tradetarget.{n}"), "__all__")]


def public_names() -> dict[str, Any]:
    """Every public function and class, by the shortest of its names."""
    found: dict[int, tuple[str, Any]] = {}
    for prefix, room in [("", tradetarget), *((r, importlib.import_module(f"tradetarget.{r}")) for r in rooms())]:
        for name in room.__all__:
            thing = getattr(room, name)
            if not inspect.ismodule(thing) and callable(thing) and hasattr(thing, "__module__"):
                found.setdefault(id(_inner(thing)), (f"{prefix}.{name}".strip("."), thing))
    return {name: thing for name, thing in found.values() if _is_ours(thing)}


def _is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("tradetarget")


def _inner(thing: Any) -> Any:
    """A function without its checks; a method without its object."""
    return inspect.unwrap(getattr(thing, "__func__", thing))


def asked(calls: list[Call]) -> set[int]:
    """What the calls ask, and the classes whose methods they call."""
    things = [_inner(call.function) for call in calls]
    owners = [getattr(call.function, "__self__", None) for call in calls]
    kinds = {id(k) for o in owners if o is not None for k in (o if isinstance(o, type) else type(o)).__mro__}
    return {id(t) for t in things} | kinds


def names_not_asked(calls: list[Call]) -> set[str]:
    """Public names that take something and that no call of the table asks."""
    known = asked(calls)
    return {name for name, thing in public_names().items() if id(_inner(thing)) not in known and _takes(thing)}


def methods_not_asked(calls: list[Call]) -> set[str]:
    """Public methods that take something and that no call asks, but for those of ``OWNERS_OF_STEPS``."""
    known = {getattr(inspect.unwrap(c.function), "__qualname__", "") for c in calls}
    missing = set()
    for kind in (k for k in public_names().values() if inspect.isclass(k)):
        if any(base.__name__ in OWNERS_OF_STEPS for base in kind.__mro__):
            continue
        for name, member in inspect.getmembers(kind, lambda m: inspect.isfunction(m) or inspect.ismethod(m)):
            if not name.startswith("_") and _takes(member) and member.__qualname__ not in known:
                missing.add(f"{kind.__name__}.{name}")
    return missing


def _takes(thing: Any) -> bool:
    """Whether it takes anything beside the object that it is of."""
    try:
        parameters = inspect.signature(thing).parameters
    except ValueError:
        # Errors take what Python's own do.
        return False
    return any(p not in ("self", "cls") for p in parameters)
