"""The question and the answer: a target, and the distribution of the period in which it is first reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import SettingError, TargetError
from tradetarget.passage.events import binomial_standard_error, count_reached, reached
from tradetarget.units import Unit

if TYPE_CHECKING:
    from tradetarget.observations import TradeSeries

Event = Literal["calendar_year", "rolling_12_months", "run_rate"]
Occurrence = Literal["first", "again"]
EVENTS: tuple[str, ...] = get_args(Event)
OCCURRENCES: tuple[str, ...] = get_args(Occurrence)


@dataclass(frozen=True, slots=True)
class Target:
    """A level to be reached.

    Parameters
    ----------
    value
        The level, positive, in ``unit``.
    unit
        "USD bn", "million USD", ...; None means the unit of the data.
    event
        What "trade reached it" means: "calendar_year" (the total of a calendar year), "rolling_12_months" (the sum of
        a month and the eleven before it) or "run_rate" (a month, seasonally adjusted, times twelve).
    sustained
        Periods in a row at or above the level, years of a calendar-year event and months of the others; 2 is "two
        years running". The event happens in the last of them.
    deadline
        The year by which it was promised; None for no deadline.
    occurrence
        "first": the first time after the origin. "again": after it was reached, in the past or on the way, and fallen
        back from.

    Raises
    ------
    TargetError
        On a value that is not a positive number, an unknown event or occurrence, or ``sustained`` below 1.
    UnitError
        On a unit that cannot be read.

    Examples
    --------
    >>> Target(5.0, unit="USD bn")
    Target(5 USD bn)
    """

    value: float
    unit: Unit | None = None
    event: Event = "calendar_year"
    sustained: int = 1
    deadline: int | None = None
    occurrence: Occurrence = "first"

    def __init__(
        self,
        value: float,
        unit: str | Unit | None = None,
        event: Event = "calendar_year",
        sustained: int = 1,
        deadline: int | None = None,
        occurrence: Occurrence = "first",
    ) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise TargetError(f"target {value!r} is not a number: give the level to be reached, such as 5.0")
        if not math.isfinite(value) or value <= 0:
            raise TargetError(f"target {value:g} is not a positive number: give the level to be reached, such as 5.0")
        if event not in EVENTS:
            raise TargetError(f"event {event!r} is none of {', '.join(EVENTS)}")
        if occurrence not in OCCURRENCES:
            raise TargetError(f"occurrence {occurrence!r} is none of {', '.join(OCCURRENCES)}")
        if isinstance(sustained, bool) or not isinstance(sustained, int | np.integer) or sustained < 1:
            raise TargetError(f"sustained {sustained!r} is not a whole number of periods from 1 up")
        if deadline is not None and (isinstance(deadline, bool) or not isinstance(deadline, int | np.integer)):
            raise TargetError(f"deadline {deadline!r} is not a year, such as 2030")
        object.__setattr__(self, "value", float(value))
        object.__setattr__(self, "unit", None if unit is None else Unit.parse(unit))
        object.__setattr__(self, "event", event)
        object.__setattr__(self, "sustained", int(sustained))
        object.__setattr__(self, "deadline", None if deadline is None else int(deadline))
        object.__setattr__(self, "occurrence", occurrence)

    def value_in(self, unit: Unit | None) -> float:
        """The level in ``unit``; unchanged where either side does not say its unit.

        Raises
        ------
        UnitError
            When the currencies differ.
        """
        if unit is None or self.unit is None:
            return self.value
        return self.unit.convert(self.value, unit)

    def in_unit(self, unit: Unit | None) -> Target:
        """The same target in another unit; see ``value_in``."""
        return Target(self.value_in(unit), unit, self.event, self.sustained, self.deadline, self.occurrence)

    @property
    def is_monthly(self) -> bool:
        """Whether the event is seen every month."""
        return self.event != "calendar_year"

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        event = "" if self.event == "calendar_year" else f", {self.event.replace('_', ' ')}"
        run = "" if self.sustained == 1 else f", {self.sustained} periods running"
        again = "" if self.occurrence == "first" else ", again"
        by = "" if self.deadline is None else f", by {self.deadline}"
        return f"{self.value:g}{unit}{event}{again}{run}{by}"

    def __repr__(self) -> str:
        return f"Target({self})"


def _year(period: object) -> int:
    if isinstance(period, pd.Period | pd.Timestamp):
        return int(period.year)
    if isinstance(period, int | np.integer) and not isinstance(period, bool):
        return int(period)
    text = str(period).strip()
    if text.isdigit() and len(text) == 4:
        return int(text)
    raise SettingError(f"period {period!r} is not a year: give 2030 or a pandas Period")


def _month(period: object) -> pd.Period | None:
    """The month that ``period`` is, or None where it is none."""
    if isinstance(period, pd.Period):
        return period if period.freqstr == "M" else None
    text = str(period).strip()
    if not isinstance(period, str) or len(text) != 7 or text[4] != "-":
        return None
    try:
        return pd.Period(text, freq="M")
    except ValueError:
        return None


@dataclass(frozen=True)
class MonthlyProbability:
    """P(reached after the last month of the data, by the end of each month), for events that are seen every month.

    Parameters
    ----------
    months
        (M,) from the month after the data to December of the last year.
    probability
        (M,); never falls.
    """

    months: pd.PeriodIndex
    probability: NDArray[np.float64]

    def at_year_ends(self, years: NDArray[np.int64], values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """The probability (or other ``values`` by month) at the end of each year; 0 where the data cover the year."""
        by_month = self.probability if values is None else values
        found = np.zeros(years.size)
        december = np.asarray(self.months.month == 12)
        found[years.size - int(december.sum()) :] = by_month[december]
        return found

    def to_frame(self) -> pd.DataFrame:
        """Month, probability by its end, probability of reaching first in it."""
        first = np.diff(self.probability, prepend=0.0)
        return pd.DataFrame({"period": self.months, "probability": self.probability, "first_reached": first})


class BatchCounts(NamedTuple):
    """Counts behind a simulated hitting time, by independent batch: two answers from one stream can be paired."""

    counts: NDArray[np.float64]
    """(batches, K) paths that have reached by each year, or the sum of their weights."""
    totals: NDArray[np.float64]
    """(batches,) paths, or the sum of their weights."""


@dataclass(frozen=True)
class HittingTime:
    """When the target is first reached after the origin: a distribution over periods, and what lies beyond them.

    Probabilities count reaching **after** the origin. Earlier peaks do not change them; ``already_reached`` reports
    the first past period at or above the target beside them. When the last value is itself at or above the target,
    every probability is 1. A target not reached within the horizon is censored: an explicit probability, and
    quantiles beyond it are None. There is no mean: with an uncertain drift the mean date is infinite.

    Parameters
    ----------
    target
        The target, in the unit of the data.
    origin
        The last observed year.
    years
        (K,) the years of the horizon.
    probability
        (K,) P(reached after the origin, by the end of that year); never falls.
    already_reached
        The first past year at or above the target, or None.
    standard_errors
        (K,) of simulated probabilities, from independent batches; None for an exact law.
    method
        "exact" or "simulation".
    by_month
        The same by month, for events that are seen every month: quantiles are then months, and probabilities count
        reaching after the last month of the data. None for calendar-year totals.
    batches
        The counts behind simulated probabilities; None for an exact law.
    """

    target: Target
    origin: int
    years: NDArray[np.int64]
    probability: NDArray[np.float64]
    already_reached: pd.Period | None = None
    standard_errors: NDArray[np.float64] | None = None
    method: Literal["exact", "simulation"] = "exact"
    by_month: MonthlyProbability | None = None
    batches: BatchCounts | None = None

    def __post_init__(self) -> None:
        p = np.asarray(self.probability, dtype=float)
        if p.ndim != 1 or p.size != np.size(self.years) or p.size == 0:
            raise TargetError("a hitting time needs one probability for each year of a horizon of 1 or more")
        if not (np.isfinite(p).all() and (p >= -1e-9).all() and (p <= 1 + 1e-9).all() and (np.diff(p) >= -1e-9).all()):
            raise TargetError("probabilities of having reached a target must lie in [0, 1] and never fall")
        object.__setattr__(self, "years", np.asarray(self.years, dtype=np.int64))
        object.__setattr__(self, "probability", np.maximum.accumulate(np.clip(p, 0.0, 1.0)))

    @classmethod
    def from_paths(
        cls,
        levels: NDArray[np.float64],
        target: Target | float,
        years: NDArray[np.int64] | list[int],
        *,
        weights: NDArray[np.float64] | None = None,
        already_reached: pd.Period | None = None,
    ) -> HittingTime:
        """Count the independent paths that have reached the target by each year.

        Parameters
        ----------
        levels
            (paths, periods) positive levels, in the unit of the target.
        target
            A Target, or its value.
        years
            (periods,) consecutive years.
        weights
            (paths,), for paths conditioned on other evidence; None for 1 each. The standard error is then that of
            their effective number, (sum w)^2 / sum w^2 (Kish 1965, ISBN 9780471109495).
        already_reached
            The first past year at or above the target, where it is known.

        Raises
        ------
        TargetError
            On levels that are not positive numbers of shape (paths, periods).

        Examples
        --------
        >>> HittingTime.from_paths(np.array([[4.0, 5.0, 6.0]]), 5.0, [2023, 2024, 2025]).median
        Period('2024', 'Y-DEC')
        """
        asked = target if isinstance(target, Target) else Target(target)
        paths, at = np.asarray(levels, dtype=float), np.asarray(years, dtype=np.int64)
        if paths.ndim != 2 or paths.shape[1] != at.size or not (np.isfinite(paths).all() and (paths > 0).all()):
            raise TargetError("levels must be positive numbers, one row a path and one column a year")
        total = float(paths.shape[0]) if weights is None else float(weights.sum())
        effective = total if weights is None else total**2 / float((weights**2).sum())
        share = count_reached(np.log(paths).T, np.log([asked.value]), weights, asked.sustained)[0] / total
        error = binomial_standard_error(share, effective)
        return cls(asked, int(at[0]) - 1, at, share, already_reached, error, "simulation")

    @property
    def horizon(self) -> int:
        """Number of years after the origin."""
        return int(self.years.size)

    @property
    def probability_within_horizon(self) -> float:
        """P(reached after the origin, by the end of the horizon); the rest is "not within the horizon"."""
        return float(self.probability[-1])

    def probability_by(self, period: object) -> float:
        """P(reached after the origin, by the end of ``period``): 0 up to the origin.

        Parameters
        ----------
        period
            A year; or a month ("2030-06"), for an event that is seen every month.

        Raises
        ------
        SettingError
            When the period is no year (nor month) or lies beyond the horizon, where nothing was computed.
        """
        month = _month(period)
        if self.by_month is not None and month is not None and month.year <= self.years[-1]:
            passed = np.flatnonzero(self.by_month.months <= month)
            return float(self.by_month.probability[passed[-1]]) if passed.size else 0.0
        year = _year(period)
        if year > int(self.years[-1]):
            raise SettingError(
                f"{year} lies beyond the horizon, which ends in {self.years[-1]}: forecast with horizon="
                f"{year - self.origin} or more"
            )
        before = np.flatnonzero(self.years <= year)
        return float(self.probability[before[-1]]) if before.size else 0.0

    def quantile(self, q: float) -> pd.Period | None:
        """The first year by whose end the probability is at least ``q``; None when that is not within the horizon.

        A month, where the event is seen every month.

        Raises
        ------
        SettingError
            When ``q`` is not between 0 and 1.
        """
        if not 0.0 < q < 1.0:
            raise SettingError(f"quantile {q!r} is not between 0 and 1")
        if self.by_month is not None:
            reach = np.flatnonzero(self.by_month.probability >= q - 1e-12)
            return self.by_month.months[int(reach[0])] if reach.size else None
        enough = np.flatnonzero(self.probability >= q - 1e-12)
        return pd.Period(year=int(self.years[enough[0]]), freq="Y") if enough.size else None

    @property
    def median(self) -> pd.Period | None:
        """The year by whose end the target is as likely reached as not; None when not within the horizon."""
        return self.quantile(0.5)

    def interval(self, level: float = 0.8) -> tuple[pd.Period | None, pd.Period | None]:
        """The central interval of the year: quantiles (1 - level)/2 and (1 + level)/2; None is beyond the horizon.

        Raises
        ------
        SettingError
            When ``level`` is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise SettingError(f"level {level!r} is not between 0 and 1")
        return self.quantile((1.0 - level) / 2.0), self.quantile((1.0 + level) / 2.0)

    @property
    def standard_error(self) -> float | None:
        """The largest standard error of the probabilities; None for an exact law."""
        return None if self.standard_errors is None else float(np.max(self.standard_errors))

    def to_frame(self) -> pd.DataFrame:
        """Year, probability by its end, probability of reaching first in it, standard error (NaN-free)."""
        first = np.diff(self.probability, prepend=0.0)
        frame = pd.DataFrame({"period": self.years, "probability": self.probability, "first_reached": first})
        if self.standard_errors is not None:
            frame["standard_error"] = self.standard_errors
        return frame

    def summary(self) -> str:
        """The answer in words and a small table."""
        from tradetarget.report import hitting_time_summary

        return hitting_time_summary(self)

    def plot(self, ax: Any = None) -> Any:
        """The distribution of the year as bars, with what lies beyond the horizon.

        Parameters
        ----------
        ax
            A matplotlib Axes to draw on; None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from tradetarget.plotting import plot_hitting_time

        return plot_hitting_time(self, ax=ax)

    def __repr__(self) -> str:
        median = "not within the horizon" if self.median is None else str(self.median)
        return (
            f"HittingTime({self.target}: median {median}, "
            f"{self.probability_within_horizon:.0%} by {self.years[-1]}, {self.method})"
        )


def first_reached(
    series: TradeSeries, target: Target, log_season: NDArray[np.float64] | None = None
) -> pd.Period | None:
    """The first past period at or above the target, ``sustained`` periods running; None if never.

    Periods before the first observation, and those that are not known in full, do not count.

    Parameters
    ----------
    series, target
        The data, and what is to be reached.
    log_season
        (12,) logs of seasonal factors, January first, for a run-rate.
    """
    known = _past_levels(series, target, log_season)
    barrier = target.value_in(series.unit)
    run, before = 0, None
    for period, level in known.items():
        adjacent = before is not None and period == before + 1
        run = (run + 1 if adjacent else 1) if reached(level, barrier) else 0
        if run >= target.sustained:
            return period
        before = period
    return None


def _past_levels(series: TradeSeries, target: Target, log_season: NDArray[np.float64] | None) -> dict[pd.Period, float]:
    """What is known of the event's level, by period and in order."""
    if target.event == "run_rate":
        months = series.monthly()
        season = np.zeros(12) if log_season is None else log_season
        return {m: 12.0 * v * math.exp(-season[m.month - 1]) for m, v in months.items()}  # type: ignore[attr-defined, misc]
    years = {pd.Period(year=y, freq="Y"): v for y, v in zip(*(a.tolist() for a in series.annual_arrays()), strict=True)}
    if target.event == "calendar_year":
        return years
    found = {y.asfreq("M", how="end"): v for y, v in years.items()}
    months = series.monthly()
    if len(months) >= 12:
        every = months.reindex(pd.period_range(months.index[0], months.index[-1], freq="M"))
        sums = every.rolling(12).sum().dropna()
        found |= {pd.Period(m, freq="M"): float(v) for m, v in sums.items()}  # type: ignore[arg-type]
    return dict(sorted(found.items()))
