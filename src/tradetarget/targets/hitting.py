"""The answer: the distribution of the period in which a target is first reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import share, takes, year, year_of
from tradetarget.errors import SettingError, TargetError, shown
from tradetarget.observations.provenance import stamped
from tradetarget.reading.dates import period_words
from tradetarget.targets.target import Target


def _year(period: object) -> int:
    year = year_of(period)
    if year is not None:
        return year
    raise SettingError(
        f"period {shown(period)} is not a year: give 2030, a yearly pandas Period or, for an event that is seen every "
        "month, a month such as '2030-06'"
    )


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


class BatchCounts(NamedTuple):
    """Counts behind a simulated hitting time, by independent batch: two answers from one stream can be paired."""

    counts: Array
    """(batches, K) paths that have reached by each year, or the sum of their weights."""
    totals: Array
    """(batches,) paths, or the sum of their weights."""


ROUNDING = 1e-12
"""How far rounding may take a probability out of [0, 1], or below an earlier one. Thousands of units in the last place,
as sums over 10^6 weighted paths may leave. Anything beyond is a fault, and is raised."""


def checked_probabilities(probability: Array, of: str) -> Array:
    """Probabilities of having reached a target by the end of each period: the gate through which every one leaves.

    Parameters
    ----------
    probability
        (..., K), one a period.
    of
        What they are about, for the message.

    Returns
    -------
    numpy.ndarray
        (..., K), rounding beyond [0, 1] and below an earlier period taken off.

    Raises
    ------
    TargetError
        When one is NaN, or by more than 1e-12 outside [0, 1] or below an earlier one.
    """
    p = np.asarray(probability, dtype=float)
    if not np.isfinite(p).all():
        raise TargetError(f"a probability of {of} is {p[~np.isfinite(p)][0]}: check the model and its prior for NaN")
    if p.size and not (p.min() >= -ROUNDING and p.max() <= 1.0 + ROUNDING):
        worst = p.min() if p.min() < -ROUNDING else p.max()
        raise TargetError(f"a probability of {of} is {worst!r}: a model's hitting law must lie in [0, 1]")
    if not (np.diff(p, axis=-1) >= -ROUNDING).all():
        raise TargetError(f"the probabilities of {of} fall with time: a model's hitting law must never fall")
    return np.asarray(np.maximum.accumulate(np.clip(p, 0.0, 1.0), axis=-1))


@dataclass(frozen=True)
class MonthlyProbability:
    """P(reached after the last month of the data, by the end of each month), for events that are seen every month.

    Parameters
    ----------
    months
        (M,) from the month after the data to December of the last year.
    probability
        (M,); never falls.
    batches
        The counts behind simulated probabilities, by month; None where they are certain.
    """

    months: pd.PeriodIndex
    probability: Array
    batches: BatchCounts | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "probability", checked_probabilities(self.probability, "reaching it by a month"))

    def at_year_ends(self, years: NDArray[np.int64], values: Array | None = None) -> Array:
        """The probability (or other ``values``, (..., M)) at the end of each year; 0 where the data cover the year."""
        by_month = self.probability if values is None else values
        at_ends = np.zeros((*by_month.shape[:-1], years.size))
        december = np.asarray(self.months.month == 12)
        at_ends[..., years.size - int(december.sum()) :] = by_month[..., december]
        return at_ends

    def to_frame(self) -> pd.DataFrame:
        """Month, probability by its end, probability of reaching first in it."""
        first = np.diff(self.probability, prepend=0.0)
        frame = pd.DataFrame({"period": self.months, "probability": self.probability, "first_reached": first})
        return stamped(frame, {})


@dataclass(frozen=True, eq=False)
class HittingTime(presenting.Presented):
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
    probability: Array
    already_reached: pd.Period | None = None
    standard_errors: Array | None = None
    method: Literal["exact", "simulation"] = "exact"
    by_month: MonthlyProbability | None = None
    batches: BatchCounts | None = None

    def __post_init__(self) -> None:
        p = np.asarray(self.probability, dtype=float)
        if p.ndim != 1 or p.size != np.size(self.years) or p.size == 0:
            raise TargetError("a hitting time needs one probability for each year of a horizon of 1 or more")
        if self.standard_errors is not None and not np.isfinite(self.standard_errors).all():
            raise TargetError(f"a standard error of reaching {self.target} is not a finite number")
        object.__setattr__(self, "years", np.asarray(self.years, dtype=np.int64))
        object.__setattr__(self, "probability", checked_probabilities(p, f"reaching {self.target}"))

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
        month = None if self.by_month is None else _month(period)
        year = _year(period) if month is None else month.year
        if year > int(self.years[-1]):
            raise SettingError(
                f"{year} lies beyond the horizon, which ends in {self.years[-1]}: forecast with horizon="
                f"{year - self.origin} or more"
            )
        if month is not None and self.by_month is not None:
            passed = np.flatnonzero(self.by_month.months <= month)
            return float(self.by_month.probability[passed[-1]]) if passed.size else 0.0
        before = np.flatnonzero(self.years <= year)
        return float(self.probability[before[-1]]) if before.size else 0.0

    @property
    def probability_by_deadline(self) -> float | None:
        """P(reached by the end of the target's deadline); None without a deadline.

        A deadline that the data cover is decided: 1 where a past period up to it reached the target, and 0 otherwise.

        Raises
        ------
        SettingError
            When the deadline lies beyond the horizon.
        """
        deadline = self.target.deadline
        if deadline is None:
            return None
        if not self.covers(deadline):
            return self.probability_by(deadline)
        return float(self.already_reached is not None and self.already_reached.year <= deadline)

    @takes(year=year)
    def covers(self, year: int) -> bool:
        """Whether the data cover the whole of a year, so that nothing of it is left to chance."""
        last = self.last_known
        return year < last.year or (year == last.year and (self.by_month is None or last.month == 12))

    @property
    def last_known(self) -> pd.Period:
        """The last period (a year, or a month) that the data cover, after which the answer counts."""
        return self.target.year(self.origin) if self.by_month is None else self.by_month.months[0] - 1

    def quantile(self, q: float) -> pd.Period | None:
        """The first year by whose end the probability is at least ``q``; None when that is not within the horizon.

        A month, where the event is seen every month.

        Raises
        ------
        SettingError
            When ``q`` is not between 0 and 1.
        """
        q = share(q, "quantile")
        if self.by_month is not None:
            reach = np.flatnonzero(self.by_month.probability >= q - 1e-12)
            return self.by_month.months[int(reach[0])] if reach.size else None
        enough = np.flatnonzero(self.probability >= q - 1e-12)
        return self.target.year(int(self.years[enough[0]])) if enough.size else None

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
        level = share(level, "level")
        return self.quantile((1.0 - level) / 2.0), self.quantile((1.0 + level) / 2.0)

    @property
    def errors(self) -> Array:
        """(K,) the standard errors of the probabilities; 0 for an exact law."""
        return np.zeros(self.horizon) if self.standard_errors is None else self.standard_errors

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
        return stamped(frame, {"targets": [str(self.target)], "origin": self.origin, "method": self.method})

    def summary(self, levels: Iterable[float] | None = None) -> presenting.Summary:
        """The answer in words and a small table; ``levels`` are the coverages of its intervals, default 50 and 80 %."""
        return presenting.summary(self, levels=levels)

    def plot(
        self,
        ax: Any = None,
        *,
        path: Any = None,
        figsize: tuple[float, float] | None = None,
        levels: Iterable[float] | None = None,
    ) -> Any:
        """The distribution of the year as bars, with what lies beyond the horizon.

        Parameters
        ----------
        ax
            A matplotlib Axes to draw on; None for a figure of its own.
        path
            A file to write (PNG, SVG or PDF by its ending); None to return the figure only.
        figsize
            Width and height in inches, of a figure of its own.
        levels
            Coverage of the interval that is marked, the largest of several; default 80 %.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize, levels=levels)

    def __repr__(self) -> str:
        median = "not within the horizon" if self.median is None else period_words(self.median)
        return (
            f"HittingTime({self.target}: median {median}, "
            f"{self.probability_within_horizon:.0%} by {self.years[-1]}, {self.method})"
        )
