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
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import SettingError
from tradetarget.models.interface import BATCH, CompleteFit, DrawsMonths, Paths
from tradetarget.nowcasting import interval_of
from tradetarget.nowcasting.evidence import require_years
from tradetarget.nowcasting.months import MonthLaw, MonthNoise
from tradetarget.nowcasting.readings import window_of
from tradetarget.nowcasting.rows import relative_size_of
from tradetarget.passage.events import rolling_12_months, run_rate
from tradetarget.targets import Event

LEAST_LEFT = 1e-3
"""Share that the months after the data keep, where a scenario's total is below what is published of the year.
Judgement, because levels must stay positive, and a thousandth of them changes no sum that is printed."""


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
        The last month that the data cover.
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
        """How many of the first months the data cover, 12 or more."""
        return 12 * (self.data_month.year - int(self.years[0])) + self.data_month.month

    @property
    def months(self) -> pd.PeriodIndex:
        """(12 Y,) the months."""
        return pd.period_range(f"{self.years[0]}-01", periods=12 * self.years.size, freq="M", name="month")

    def levels_of(self, event: Event, past: int = 1) -> Array:
        """(past + M, paths) log levels of the event: in the last ``past`` months of the data, and the M after them.

        -inf in months whose level needs months before the last complete year.
        """
        first = self.n_known - past
        if event == "rolling_12_months":
            levels = rolling_12_months(self.log_months[max(first, 11) :], self.log_months[max(first - 11, 0) :][:11])
        else:
            season = np.tile(self.log_season, (self.years.size, 1))
            levels = run_rate(self.log_months[max(first, 0) :], season[max(first, 0) :])
        missing = past + self.months.size - self.n_known - levels.shape[0]
        return np.concatenate([np.full((missing, levels.shape[1]), -np.inf), levels]) if missing else levels

    def adjusted(self, base: Paths, changed: Paths, *, restated: bool = False) -> MonthPaths:
        """The months under a scenario that turns the totals of ``base`` into those of ``changed``.

        The months of a year are scaled as its total is. In the year that is still running, only the months after the
        data are scaled, by the factor that brings the year to the scenario's total: a plan does not change published
        figures.

        Parameters
        ----------
        base, changed
            The same paths before and after.
        restated
            Whether the scenario restates past figures too (in prices of one year): then all months of a year are scaled
            alike, and those of the last complete year as its total is.
        """
        years = changed.log_levels[0].T - base.log_levels[0].T
        origin = float(changed.log_origin[0] - base.log_origin[0]) if restated else 0.0
        shift = np.repeat(np.concatenate([np.full((1, years.shape[1]), origin), years]), 12, axis=0)
        n_published, year = self.n_known % 12, self.n_known // 12
        if n_published and not restated:
            of_year = np.exp(self.log_months[12 * year : 12 * year + 12])
            done, remaining = of_year[:n_published].sum(axis=0), of_year[n_published:].sum(axis=0)
            wanted = (done + remaining) * np.exp(years[year - 1]) - done
            shift[12 * year : self.n_known] = 0.0
            shift[self.n_known : 12 * year + 12] = np.log(np.maximum(wanted, LEAST_LEFT * remaining) / remaining)
        if not restated:
            shift[: 12 * year] = 0.0
        return replace(self, log_months=self.log_months + shift, weights=changed.weights)


class MonthSource(Protocol):
    """Where the months of a model's paths come from."""

    @property
    def data_month(self) -> pd.Period:
        """The last month that the data cover."""
        ...

    @property
    def key(self) -> tuple[str, ...]:
        """Names, after the series', the stream of random numbers that ``noise`` draws from."""
        ...

    def noise(self, n: int, rng: np.random.Generator) -> Any:
        """Random numbers for the next ``n`` paths, in batches of 512: blocks of whole batches change nothing."""
        ...

    def split(self, paths: Paths, noise: Any) -> MonthPaths:
        """The months of one block."""
        ...


@dataclass(frozen=True)
class MonthSplitter:
    """Splits the paths of one fitted model into months.

    Parameters
    ----------
    law
        Of the months, from the last complete year to the end of the horizon.
    data_month
        The last month that the data cover.
    """

    law: MonthLaw
    data_month: pd.Period
    key: tuple[str, ...] = ("months",)

    def noise(self, n: int, rng: np.random.Generator) -> MonthNoise:
        """Random numbers for the next ``n`` paths."""
        drawn = [self.law.noise(BATCH, rng) for _ in range(-(-n // BATCH))]
        if n == BATCH:
            return drawn[0]
        return MonthNoise(*(np.concatenate(part, axis=-1)[..., :n] for part in zip(*drawn, strict=True)))

    def split(self, paths: Paths, noise: MonthNoise) -> MonthPaths:
        """The months of one block.

        Raises
        ------
        SettingError
            When the statements are about a year beyond the paths.
        """
        x, evidence = paths.log_levels[0], self.law.evidence
        past = np.empty((paths.n_paths, 0)) if paths.log_past is None else paths.log_past
        later = evidence.unknown.size - past.shape[1]
        require_years(evidence, x, later)
        unknown = np.concatenate([past, x[:, :later]], axis=1)
        supposed = evidence.unknown == self.law.years[0]
        start = unknown[:, supposed] if supposed.any() else np.full((paths.n_paths, 1), float(paths.log_origin[0]))
        months, season = self.law.split(np.concatenate([start, x], axis=1), noise, unknown)
        return MonthPaths(months, season, self.law.years, self.data_month, paths.weights)


@dataclass(frozen=True)
class OwnMonths:
    """The months of a model that draws them itself.

    They are drawn again from the stream of its paths, so that they are the months that add up to its totals.

    Parameters
    ----------
    fitted
        The model.
    log_last_year
        (12,) log months of the last complete year.
    years
        (Y,) that year, and those of the horizon.
    data_month
        The last month that the model was fitted to.
    """

    fitted: DrawsMonths
    log_last_year: Array
    years: NDArray[np.int64]
    data_month: pd.Period
    key: tuple[str, ...] = ()

    def noise(self, n: int, rng: np.random.Generator) -> Array:
        """(12 (Y - 1), n) log months of the next ``n`` paths."""
        drawn = [self.fitted.draw_months(self.years.size - 1, rng) for _ in range(-(-n // BATCH))]
        return np.concatenate(drawn, axis=1)[:, :n]

    def split(self, paths: Paths, noise: Array) -> MonthPaths:
        """The months of one block."""
        before = np.repeat(self.log_last_year[:, None], paths.n_paths, axis=1)
        season = np.repeat(self.fitted.log_season[:, None], paths.n_paths, axis=1)
        return MonthPaths(np.concatenate([before, noise]), season, self.years, self.data_month, paths.weights)


def month_source(fitted: CompleteFit, horizon: int) -> MonthSource:
    """Where the months of a fitted model's paths over ``horizon`` years come from: itself, or the law of shares.

    Raises
    ------
    DataError
        When several reporters state the flow.
    SettingError
        When the data cover every month of the horizon.
    """
    series = fitted.series
    origin = int(series.annual().index[-1])
    years = origin + np.arange(horizon + 1, dtype=np.int64)
    drawn = fitted.monthly_paths
    log_last_year = None if drawn is None else drawn.log_last_year
    data_month = _data_month(fitted, origin) if drawn is None or log_last_year is None else drawn.last_month
    if data_month >= pd.Period(year=origin + horizon, month=12, freq="M"):
        raise SettingError(
            f"horizon {horizon} ends with {origin + horizon}, and the data of {series.label} go to {data_month}: "
            f"give a horizon of {data_month.year - origin + 1} or more"
        )
    if drawn is not None and log_last_year is not None:
        return OwnMonths(drawn, log_last_year, years, data_month)
    evidence = fitted.evidence_of_months()
    size = relative_size_of(series.annual_arrays()[1][-1:], series.unit, origin, evidence.law)
    growing = size + evidence.law.growth.mean * np.arange(horizon + 1.0)
    return MonthSplitter(MonthLaw(evidence, years, growing), data_month)


def _data_month(fitted: CompleteFit, origin: int) -> pd.Period:
    """The last whole month that a level which the model uses is about, from December of ``origin`` on."""
    used = [o for o in fitted.statements if o.kind == "level" and not interval_of(o).is_bound]
    ends = [(o.end.year, int(window_of(o.start, o.end).end)) for o in used if o.end.year > origin]
    year, month = max([(origin, 12), *(e for e in ends if e[1] >= 1)])
    return pd.Period(date(year, month, 1), freq="M")


def month_batches(blocks: Iterable[Paths], source: MonthSource, rng: np.random.Generator) -> Iterator[MonthPaths]:
    """The months of blocks of paths, 512 paths at a time: so many fit into a processor's cache."""
    for block in blocks:
        for start in range(0, block.n_paths, BATCH):
            part = block.part(start, start + BATCH)
            yield source.split(part, source.noise(part.n_paths, rng))
