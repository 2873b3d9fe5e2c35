"""Months of growth paths: each path's calendar-year totals split by the law of part-year shares.

Growth models give totals of calendar years. Events inside a year (a rolling sum of twelve months, a seasonally adjusted
month times twelve) need its months, which are drawn given the totals of the path and everything published of parts of
years (:mod:`tradetarget.nowcasting.months`), so that every model answers every event. The months of a path add up to
its totals, and to the published figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import SettingError
from tradetarget.models.interface import BATCH, Array, FittedGrowth, Paths
from tradetarget.models.part_years import FittedOnEstimates, FittedOnEvidence
from tradetarget.nowcasting import Evidence, evidence_for, past_evidence
from tradetarget.nowcasting.months import MonthLaw, MonthNoise
from tradetarget.nowcasting.rows import relative_size_of
from tradetarget.passage.events import rolling_12_months, run_rate
from tradetarget.targets import Event


@dataclass(frozen=True)
class MonthPaths:
    """Months of simulated paths, from January of the last complete year on; months first, paths last.

    Parameters
    ----------
    log_months
        (12 Y, paths) natural logs, in the unit of the series and a month.
    log_season
        (12, paths) logs of seasonal factors, January first; their mean factor is 1.
    years
        (Y,) the last complete year, and the years of the horizon.
    data_month
        The last month that the data say anything of.
    weights
        (paths,) as in ``Paths``.
    """

    log_months: Array
    log_season: Array
    years: NDArray[np.int64]
    data_month: pd.Period
    weights: Array | None = None

    @cached_property
    def n_known(self) -> int:
        """How many of the months, the first ones, the data say something of: 12 or more."""
        return 12 * (self.data_month.year - int(self.years[0])) + self.data_month.month

    @property
    def months(self) -> pd.PeriodIndex:
        """(12 Y,) the months."""
        return pd.period_range(f"{self.years[0]}-01", periods=12 * self.years.size, freq="M", name="month")

    def levels_of(self, event: Event) -> Array:
        """(1 + M, paths) log levels of the event: in the last month of the data, and in each of the M after it."""
        before = self.n_known - 1
        if event == "rolling_12_months":
            first = before - 11
            return rolling_12_months(self.log_months[first + 11 :], self.log_months[first : first + 11])
        season = np.tile(self.log_season, (self.years.size, 1))
        return run_rate(self.log_months[before:], season[before:])

    def adjusted(self, base: Paths, changed: Paths, log_origin: float) -> MonthPaths:
        """The months under a scenario that turns the totals of ``base`` into those of ``changed``.

        The months of a year move as its total does, those before the origin as the last total does.

        Parameters
        ----------
        log_origin
            Log of the last total as the scenario sees it.
        """
        years = changed.log_levels[0].T - base.log_levels[0].T
        shift = np.concatenate([np.full((1, years.shape[1]), log_origin - float(base.log_origin[0])), years])
        return replace(self, log_months=self.log_months + np.repeat(shift, 12, axis=0), weights=changed.weights)


@dataclass(frozen=True)
class MonthSplitter:
    """Splits the paths of one fitted model into months.

    Parameters
    ----------
    law
        Of the months, from the last complete year to the end of the horizon.
    data_month
        The last month that the data say anything of.
    """

    law: MonthLaw
    data_month: pd.Period

    def noise(self, n: int, rng: np.random.Generator) -> MonthNoise:
        """Random numbers for the next ``n`` paths, in batches of 512: blocks of whole batches change nothing."""
        drawn = [self.law.noise(BATCH, rng) for _ in range(-(-n // BATCH))]
        normal, chi, uniform = (np.concatenate(part, axis=-1)[..., :n] for part in zip(*drawn, strict=True))
        return MonthNoise(normal, chi, uniform)

    def split(self, paths: Paths, noise: MonthNoise) -> MonthPaths:
        """The months of one block."""
        x, evidence = paths.log_levels[0], self.law.evidence
        past = np.empty((paths.n_paths, 0)) if paths.log_past is None else paths.log_past
        unknown = np.concatenate([past, x[:, : evidence.unknown.size - past.shape[1]]], axis=1)
        supposed = evidence.unknown == self.law.years[0]
        start = unknown[:, supposed] if supposed.any() else np.full((paths.n_paths, 1), float(paths.log_origin[0]))
        months, season = self.law.split(np.concatenate([start, x], axis=1), noise, unknown)
        return MonthPaths(months, season, self.law.years, self.data_month, paths.weights)


def month_splitter(fitted: FittedGrowth, horizon: int) -> MonthSplitter:
    """The splitter of a fitted model's paths over ``horizon`` years.

    Raises
    ------
    DataError
        When several reporters state the flow.
    SettingError
        When the data cover every month of the horizon.
    """
    series = fitted.series
    origin = int(series.annual().index[-1])
    evidence: Evidence
    if isinstance(fitted, FittedOnEstimates):
        evidence = fitted.latent.evidence
    elif isinstance(fitted, FittedOnEvidence):
        evidence = fitted.evidence
    else:
        evidence = evidence_for(series, origin) or past_evidence(series, origin)
    size = relative_size_of(series.annual_arrays()[1][-1:], series.unit, evidence.law)
    growing = size + evidence.law.growth.mean * np.arange(horizon + 1.0)
    years = origin + np.arange(horizon + 1, dtype=np.int64)
    data_month = _data_month(evidence, origin)
    if data_month >= pd.Period(year=origin + horizon, month=12, freq="M"):
        raise SettingError(
            f"horizon {horizon} ends with {origin + horizon}, and the data of {series.label} go to {data_month}: "
            f"give a horizon of {data_month.year - origin + 1} or more"
        )
    return MonthSplitter(MonthLaw(evidence, years, growing), data_month)


def _data_month(evidence: Evidence, origin: int) -> pd.Period:
    """The last whole month that a firm figure is about, from December of ``origin`` on."""
    firm = (r for r in (*evidence.parts.readings, *evidence.wholes.readings) if not r.interval.is_bound)
    ends = [(r.year, int(r.window.end)) for r in firm if r.year > origin and r.window.end >= 1.0]
    year, month = max([(origin, 12), *ends])
    return pd.Period(date(year, month, 1), freq="M")


def month_batches(blocks: Iterable[Paths], splitter: MonthSplitter, rng: np.random.Generator) -> Iterator[MonthPaths]:
    """Blocks of paths split into months, 512 paths at a time: their months fit into a processor's cache."""
    for block in blocks:
        for start in range(0, block.n_paths, BATCH):
            part = block.part(start, start + BATCH)
            yield splitter.split(part, splitter.noise(part.n_paths, rng))
