"""The optional members of growth models and of their fits, each with the default that holds where it is missing.

A model written elsewhere must have three members, and what it fits five (:mod:`tradetarget.models.protocols`). Every
other member that the library can use is listed here once, with its default. ``Fitted`` has the defaults already. Your
own class inherits them from ``ModelDefaults`` and ``FitDefaults``, or leaves them out: the library then completes it
when it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.models.protocols import FittedGrowth, GrowthModel, StudentLaw
from tradetarget.models.size import SizeClass
from tradetarget.nowcasting import Evidence, SetAside, evidence_for, past_evidence, readings
from tradetarget.observations import Observation, TradeSeries


class DrawsMonths(Protocol):
    """A fit whose paths are months, summed to the totals that ``blocks`` gives."""

    @property
    def log_last_year(self) -> Array | None:
        """(12,) log months of the last complete year; None where one is missing."""
        ...

    @property
    def log_season(self) -> Array:
        """(12,) logs of seasonal factors, January first; their mean factor is 1."""
        ...

    @property
    def last_month(self) -> pd.Period:
        """The last month that it was fitted to."""
        ...

    def draw_months(self, horizon: int, rng: np.random.Generator) -> Array:
        """(12 horizon, BATCH) log months of the batch whose totals ``blocks`` gives for the same random numbers."""
        ...


class ModelDefaults(Protocol):
    """The optional members of a growth model, with their defaults."""

    reads_part_years: bool = False
    """Whether ``fit`` reads part-year figures itself; the library weighs its paths by them otherwise."""
    gives_paths: bool = True
    """Whether its fits draw paths; without paths nothing can be weighed by part-year figures."""
    uses_drivers: bool = False
    """Whether ``fit`` reads the table of drivers, so that a scenario may shift one."""

    def components(self, series: TradeSeries) -> tuple[GrowthModel, ...]:
        """Two models whose paths answer for ``series`` in equal parts; none where it answers by itself."""
        return ()


class FitDefaults(Protocol):
    """The optional members of a fitted model, with the defaults that follow from its series alone."""

    if TYPE_CHECKING:

        @property
        def series(self) -> TradeSeries:
            """The series it was fitted to."""

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the models whose paths it mixes in equal parts; none where it is one model."""
        return ()

    @property
    def statements(self) -> tuple[Observation, ...]:
        """Figures about years after the origin that its paths agree with."""
        return ()

    @property
    def figures(self) -> tuple[Observation, ...]:
        """Other figures than calendar-year totals that it was fitted to."""
        return ()

    @property
    def preliminary(self) -> tuple[Observation, ...]:
        """Those of ``statements`` that it allows a later revision of (``Observation.is_preliminary``)."""
        return ()

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements that do not count, because others contradict them or because they span two calendar years."""
        return readings(self.series).set_aside

    @property
    def years_in_part(self) -> tuple[int, ...]:
        """Years after the origin for parts of which there are statements."""
        origin = int(self.series.annual().index[-1])
        return tuple(sorted({o.end.year for o in self.statements if o.end.year > origin}))

    @property
    def estimated_totals(self) -> pd.DataFrame:
        """Median, low and high (80 % interval) by year of the totals that nobody stated and the fit rests on."""
        return pd.DataFrame(columns=["median", "low", "high"], dtype=float)

    @property
    def size_class(self) -> SizeClass | None:
        """The size in dollars that its law takes the pair to be of; None where size does not matter."""
        return None

    def student_law(self, horizon: int) -> StudentLaw | None:
        """The law of the whole log path, where it is one multivariate Student law; None where it is another."""
        return None

    @property
    def monthly_paths(self) -> DrawsMonths | None:
        """The months of its paths, where it draws months; None where totals are split by the law of shares."""
        return None

    def evidence_of_months(self) -> Evidence:
        """Evidence in the series about the months of its years, which a split of the totals has to agree with."""
        origin = int(self.series.annual().index[-1])
        return evidence_for(self.series, origin, every_month=True) or past_evidence(self.series, origin)


class CompleteModel(GrowthModel, ModelDefaults, Protocol):
    """A growth model with its optional members."""


class CompleteFit(FittedGrowth, FitDefaults, Protocol):
    """A fitted model with everything that it may offer."""


MODEL_FLAGS = ("reads_part_years", "gives_paths", "uses_drivers")
MODEL_MEMBERS = (*MODEL_FLAGS, "components")
FIT_MEMBERS = tuple(name for name in vars(FitDefaults) if not name.startswith("_"))


@dataclass(frozen=True)
class _Completed:
    """An object that offers some members, and the defaults for those that it does not offer."""

    offered: Any
    defaults: Any

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copying and pickling look these up before the fields exist
            raise AttributeError(name)
        return getattr(self.offered if hasattr(self.offered, name) else self.defaults, name)


class _DefaultsOfModel(ModelDefaults):
    """The defaults of a model."""


@dataclass(frozen=True)
class DefaultsOfSeries(FitDefaults):
    """The defaults of a fit, which need no more than its series."""

    series: TradeSeries


def complete_model(model: GrowthModel) -> CompleteModel:
    """The model itself where its class has every optional member; otherwise with defaults for those that it lacks."""
    if all(hasattr(type(model), name) for name in MODEL_MEMBERS):
        return cast(CompleteModel, model)
    return cast(CompleteModel, _Completed(model, _DefaultsOfModel()))


def complete_fit(fitted: FittedGrowth) -> CompleteFit:
    """The fit itself where its class has every optional member; otherwise with defaults for those that it lacks.

    The class is asked and not the fit, because some members are worked out from the series when they are read.
    """
    if all(hasattr(type(fitted), name) for name in FIT_MEMBERS):
        return cast(CompleteFit, fitted)
    return cast(CompleteFit, _Completed(fitted, DefaultsOfSeries(fitted.series)))
