"""The answers of one batch of series: by the pooled law all at once, by any other model one series after another."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.question import N_PATHS, ask
from tradetarget.arrays import Array
from tradetarget.errors import TradeTargetError, TradeTargetWarning
from tradetarget.forecasting.batch import panel_probabilities
from tradetarget.models import GrowthModel
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.pooled.outlook import Outlook
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations import TradeSeries
from tradetarget.observations.panel import Panel
from tradetarget.scenarios import Scenario, run_scenarios
from tradetarget.targets import Target

POOLED = "pooled"
"""The model of a batch unless another is asked for. A panel has years and no months, which the default model weighs."""


@dataclass(frozen=True)
class Settings:
    """What is asked of every series.

    Parameters
    ----------
    horizon
        Years after each origin.
    prior
        For the pooled law; its unit is that of every value.
    model
        A name, or a growth model.
    scenarios
        Each series is answered under every one of them, the baseline first (``scenarios.scenario.resolve``); empty for
        plain forecasts.
    event
        What reaching means: a target whose own value does not matter.
    seed, n_paths
        Of simulated answers.
    drivers, outlook
        The table of drivers, and what the pooled law reads in it.
    """

    horizon: int
    prior: Prior
    model: str | GrowthModel = POOLED
    scenarios: tuple[Scenario, ...] = ()
    event: Target = field(default_factory=lambda: Target(1.0))
    seed: int = 0
    n_paths: int = N_PATHS
    drivers: pd.DataFrame | None = None
    outlook: Outlook | None = None

    @property
    def is_fast(self) -> bool:
        """Whether the pooled law answers thousands of series at once."""
        plain = (self.event.event, self.event.sustained, self.event.occurrence) == ("calendar_year", 1, "first")
        return self.model == POOLED and isinstance(self.model, str) and plain and not self.scenarios


@dataclass(frozen=True)
class Answers:
    """Probabilities of some targets, and the series that gave none.

    Parameters
    ----------
    probability
        (R, C, horizon) by row of the targets and scenario; NaN where there is none.
    scenarios
        (C,) names; one, "", without scenarios.
    refused
        By number of the series, why it gave none.
    """

    probability: Array
    scenarios: tuple[str, ...]
    refused: dict[int, str]


def answer(
    panel: Panel, code: NDArray[np.int64], target: Array, settings: Settings, names: Any, threads: int | None = None
) -> Answers:
    """Every target's probabilities; a series that cannot be answered does not stop the others.

    Parameters
    ----------
    panel
        Checked histories.
    code, target
        (R,) the series of each target, ascending, and its level.
    settings
        What is asked.
    names
        (S,) the units: a model's random numbers are keyed by them.
    threads
        As ``panel_probabilities``.
    """
    scenarios = tuple(s.name for s in settings.scenarios) or ("",)
    probability = np.full((code.size, len(scenarios), settings.horizon), np.nan)
    refused: dict[int, str] = {}

    def by_law(rows: NDArray[np.int64]) -> None:
        probability[rows, 0] = panel_probabilities(
            panel, code[rows], target[rows], settings.horizon, settings.prior, settings.outlook, threads
        )

    def one_by_one(rows: NDArray[np.int64]) -> None:
        unit = int(code[rows[0]])
        probability[rows] = _of_one(_series(panel, unit, str(names[unit]), settings), target[rows], settings)

    rows = np.arange(code.size)
    if settings.is_fast:
        _apart(rows, code, by_law, refused)
    else:
        for unit in np.unique(code):
            _apart(rows[slice(*np.searchsorted(code, [unit, unit + 1]))], code, one_by_one, refused)
    return Answers(probability, scenarios, refused)


def _apart(
    rows: NDArray[np.int64],
    code: NDArray[np.int64],
    work: Callable[[NDArray[np.int64]], None],
    refused: dict[int, str],
) -> None:
    """``work`` on all rows at once; where it is refused, on each half, down to the series that is to blame."""
    if not rows.size:
        return
    try:
        work(rows)
    except TradeTargetError as error:
        units = np.unique(code[rows])
        if units.size == 1:
            refused[int(units[0])] = str(error)
            return
        middle = int(np.searchsorted(code[rows], units[units.size // 2]))
        _apart(rows[:middle], code, work, refused)
        _apart(rows[middle:], code, work, refused)


def _series(panel: Panel, unit: int, name: str, settings: Settings) -> TradeSeries:
    rows = slice(*np.searchsorted(panel.code, [unit, unit + 1]))
    totals = pd.Series(panel.value[rows], index=panel.year[rows])
    return TradeSeries.from_annual(totals, unit=settings.prior.unit, name=name)


def _of_one(series: TradeSeries, target: Array, settings: Settings) -> Array:
    """(targets, scenarios, horizon) probabilities of one series."""
    targets = [replace(settings.event, value=float(t), unit=series.unit) for t in target]
    model = PooledGrowth(settings.prior) if settings.model == POOLED else settings.model
    if not settings.scenarios:
        question = ask(
            series, targets, model, seed=settings.seed, n_paths=settings.n_paths, drivers=settings.drivers, warn=False
        )
        return np.stack([h.probability for h in question.answers(settings.horizon)])[:, None]
    with warnings.catch_warnings():
        # A target far from the last value is one row of many here, and not a slip of one user's hand.
        warnings.simplefilter("ignore", TradeTargetWarning)
        compared = run_scenarios(
            series, targets, settings.scenarios, model, settings.horizon, settings.seed, settings.drivers,
            n_paths=settings.n_paths,
        )  # fmt: skip
    return np.stack([np.stack([h.probability for h in c.hitting_times.values()]) for c in compared.cases])
