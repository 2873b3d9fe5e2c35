"""``forecast_targets``: a panel in memory, on disk or in a stream; answers in memory or in parts."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd

from tradetarget.answering.question import N_PATHS
from tradetarget.checks import function, instance_of, one_of, optional, table, takes, truth, whole
from tradetarget.errors import DataError, OutputError, SettingError, shown
from tradetarget.forecasting.batch import forecast_panel
from tradetarget.models import GrowthModel, get_model
from tradetarget.models.interface import checked_horizon, checked_paths
from tradetarget.models.pooled.outlook import read_outlook
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations.panel import read_panel, read_targets
from tradetarget.scenarios import Scenario
from tradetarget.scenarios.scenario import resolve
from tradetarget.seeding import checked_seed
from tradetarget.streaming.answers import POOLED, Settings, answer
from tradetarget.streaming.result import BatchRun
from tradetarget.targets import EVENTS, OCCURRENCES, Event, Occurrence, Target

if TYPE_CHECKING:
    from tradetarget.streaming.running import Progress

MOST_JOBS = 1024
"""Processes at most. Judgement, because no machine has more processors, and each takes 150 MB."""


@overload
def forecast_targets(
    panel: Any,
    targets: Any,
    *,
    horizon: int = ...,
    prior: Prior | None = ...,
    seed: int = ...,
    drivers: pd.DataFrame | None = ...,
    model: str | GrowthModel = ...,
    scenarios: Iterable[Scenario] | None = ...,
    event: Event = ...,
    occurrence: Occurrence = ...,
    sustained: int = ...,
    n_paths: int = ...,
    out: None = ...,
    resume: bool = ...,
    jobs: int = ...,
    client: Any = ...,
    progress: Progress | None = ...,
) -> pd.DataFrame: ...
@overload
def forecast_targets(
    panel: Any,
    targets: Any,
    *,
    horizon: int = ...,
    prior: Prior | None = ...,
    seed: int = ...,
    drivers: pd.DataFrame | None = ...,
    model: str | GrowthModel = ...,
    scenarios: Iterable[Scenario] | None = ...,
    event: Event = ...,
    occurrence: Occurrence = ...,
    sustained: int = ...,
    n_paths: int = ...,
    out: str | os.PathLike[str],
    resume: bool = ...,
    jobs: int = ...,
    client: Any = ...,
    progress: Progress | None = ...,
) -> BatchRun: ...


@takes(
    prior=optional(instance_of(Prior, "give a Prior, such as Prior.shipped()")),
    drivers=optional(table),
    event=one_of(*EVENTS),
    occurrence=one_of(*OCCURRENCES),
    resume=truth,
    jobs=whole(1, MOST_JOBS),
    progress=optional(function),
)
def forecast_targets(
    panel: Any,
    targets: Any,
    *,
    horizon: int = 10,
    prior: Prior | None = None,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    model: str | GrowthModel = POOLED,
    scenarios: Iterable[Scenario] | None = None,
    event: Event = "calendar_year",
    occurrence: Occurrence = "first",
    sustained: int = 1,
    n_paths: int = N_PATHS,
    out: str | os.PathLike[str] | None = None,
    resume: bool = True,
    jobs: int = 1,
    client: Any = None,
    progress: Progress | None = None,
) -> pd.DataFrame | BatchRun:
    """P(reached after the origin, by the end of each year) for many series and targets at once.

    A series is judged by its own history and the prior, never by the others in the call: its numbers are the same bit
    for bit alone and among a million, in memory and streamed, whatever the order, the partitions and the workers.

    Parameters
    ----------
    panel
        A long table with columns unit, period, value, and optionally reporter and partner (ISO3 codes); values in the
        prior's unit (million USD for the shipped one). Gaps are allowed, one observation is enough, and the pooled law
        looks at the last 25 years. Each unit's origin is its last period. In memory: a frame with an int year or a
        pandas Period as period, rows in any order. On disk: the path of a Parquet or CSV file, a folder of them,
        or a hive-partitioned data set. A stream: an Arrow record-batch reader, or what offers ``__arrow_c_stream__``.
        On disk and in a stream the rows of a series stand together; a series may go on in the next file. CSV has a
        header, and numbers with a decimal point.
    targets
        A table or a path: columns unit and target, in the unit of the values; rows in any order, several a unit.
    horizon
        Years after the origin, 1 to 200.
    prior
        What a panel of other pairs says, from ``estimate_prior``; None is the shipped prior. Reporter and partner are
        used where the prior knows what was happening in those countries.
    seed
        Of models that draw paths; the pooled law draws no random numbers.
    drivers
        A table of drivers (area, concept, period, value, vintage, is_forecast) for models that use them. The pooled law
        takes expected real growth in per cent (``NGDP_RPCH``) of the areas that reporter and partner name, and expected
        inflation of the USA (``PCPIPCH``), which takes the place of the prior's where values are in dollars. Each unit
        is given the newest vintage of its origin year or the year before, never a later one.
    model
        A name or a GrowthModel. The pooled law answers thousands of series a second, any other model one after another
        (docs/performance.md has the figures of each).
    scenarios
        Scenarios that every series is answered under, beside the baseline; one after another.
    event, occurrence, sustained
        What reaching means, as in ``Target``; one after another, but for the default.
    n_paths
        Simulated paths, for models without a law, scenarios and events.
    out
        A folder for the answers in Parquet parts, which appear whole or not at all and state what they rest on. Memory
        does not grow with the panel. A series that cannot be answered is named in ``_errors`` with the reason and does
        not stop the others. None gives a frame, and the first error is raised.
    resume
        Whether ``out`` may hold parts of the same run: those that rest on the same inputs, settings, prior and version
        are kept. False refuses them.
    jobs
        Processes that answer, with ``out``.
    client
        A ``distributed.Client``, with ``out`` and paths that every worker can read: one partition a task. A panel from
        memory or a stream is copied to ``out`` for the time of the run, for it can be read only once or only here.
    progress
        Called with the series that are done and their number, with ``out``.

    Returns
    -------
    pandas.DataFrame or BatchRun
        Columns unit, target, period, probability, and scenario after target where there are some: one row for every
        row of ``targets``, scenario and year of the horizon, in that order; periods are of the kind that the panel's
        were. With ``out`` a ``BatchRun``: its parts hold the same rows, by partition and series, with years as int.

    Raises
    ------
    DataError, TargetError, SettingError
        On a missing column, a value or target that is not a positive number, a (unit, period) that stands twice, a
        target for a unit that is not in the panel, or a horizon out of range; each names the first offender. With
        ``out``, of these, what is wrong with one series is named in ``_errors``; a series that stands in two places, a
        column of the wrong type and a panel without rows are errors.
    OutputError
        When ``out`` holds another run or other files, or cannot be written.
    """
    horizon = checked_horizon(horizon)
    settings = Settings(
        horizon=horizon,
        prior=Prior.shipped() if prior is None else prior,
        model=model,
        scenarios=() if scenarios is None else resolve(scenarios),
        event=Target(1.0, event=event, occurrence=occurrence, sustained=sustained),
        seed=checked_seed(seed),
        n_paths=checked_paths(n_paths),
        drivers=drivers,
        outlook=read_outlook(drivers),
    )
    chosen = get_model(model)
    if prior is not None and chosen.name != POOLED:
        raise SettingError(f"the model {chosen.name!r} uses no prior: leave prior out, or use model={POOLED!r}")
    if out is None:
        if jobs != 1 or client is not None:
            raise SettingError("jobs and client answer in parts: give a folder with out=")
        return _in_memory(_loaded(panel, "panel"), _loaded(targets, "targets"), settings)
    if client is not None and (jobs != 1 or not all(hasattr(client, n) for n in ("map", "submit", "gather"))):
        raise SettingError(f"client {shown(client)} with jobs={jobs}: give a distributed.Client, and leave jobs out")
    _need_arrow()
    from tradetarget.streaming.assembly import run_in_parts

    return run_in_parts(panel, targets, settings, _folder(out), resume, jobs, client, progress)


def _need_arrow() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise DataError(
            "paths, streams and out= need pyarrow: install the extra with pip install 'tradetarget[parquet]'"
        )


def _loaded(given: Any, what: str) -> Any:
    """A path or stream as an Arrow table; anything else as it is."""
    is_path = isinstance(given, str | os.PathLike)
    if not is_path and (
        hasattr(given, "to_pandas") or not hasattr(given, "__arrow_c_stream__") or isinstance(given, pd.DataFrame)
    ):
        return given
    _need_arrow()
    from tradetarget.streaming.assembly import loaded

    return loaded(given, what)


def _folder(out: object) -> Path:
    if not isinstance(out, str | os.PathLike) or not os.fspath(out) or "\x00" in str(out):
        raise OutputError(f"{shown(out)} is no folder: give the name of one for the parts, such as 'answers'")
    return Path(os.fspath(out))


def _in_memory(panel: Any, targets: Any, settings: Settings) -> pd.DataFrame:
    """The answers as a frame; the first series that cannot be answered is raised."""
    if settings.is_fast:
        return forecast_panel(
            panel, targets, horizon=settings.horizon, prior=settings.prior, seed=settings.seed, drivers=settings.drivers
        )
    histories = read_panel(panel)
    code, target = read_targets(targets, histories)
    order = np.argsort(code, kind="stable")
    answered = answer(histories, code[order], target[order], settings, histories.units)
    if answered.refused:
        unit, reason = min(answered.refused.items())
        raise DataError(
            f"unit {histories.units[unit]!r}: {reason}; with out= it is set apart and the others are answered"
        )
    probability = np.empty_like(answered.probability)
    probability[order] = answered.probability
    cases, horizon = len(answered.scenarios), settings.horizon
    years = np.tile(histories.origin[code][:, None] + np.arange(1, horizon + 1), cases).ravel()
    frame = pd.DataFrame({
        "unit": np.repeat(histories.units[code], cases * horizon),
        "target": np.repeat(target, cases * horizon),
        "scenario": np.tile(np.repeat(np.array(answered.scenarios, dtype=object), horizon), code.size),
        "period": histories.periods_of(years),
        "probability": probability.ravel(),
    })  # fmt: skip
    return frame if settings.scenarios else frame.drop(columns="scenario")
