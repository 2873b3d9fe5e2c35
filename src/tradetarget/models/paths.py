"""Simulated paths: their layout, their number a batch, and the checks of what is asked for.

Random numbers come in batches of ``BATCH`` paths, each drawn whole and in order from one generator. So the numbers do
not depend on how many batches a block holds, and independent batches give honest standard errors where the draws
inside a batch are antithetic.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import ModelError, SettingError, TradeTargetWarning, shown

BATCH = 512
"""Paths of a batch. Judgement. 4 KB a period in float64, so that a batch of any usual horizon fits into a processor's
cache, and 50,000 paths are 98 batches, whose spread gives a standard error that is itself known to 7 %."""
BLOCK = 8 * BATCH
"""Paths of a block. Judgement, because larger blocks save no time, and with smaller ones the calls of Python take a
visible share of it."""
MOST_PATHS = 100_000_000
"""Judgement. They leave an error of 5e-5, below that of any model, after minutes to hours."""
MAX_HORIZON = 200
"""Longest horizon in years. Judgement, because no law estimated from decades holds for centuries."""
LARGEST_LOG = 700.0
"""Largest absolute log of a level that is shown as a level. Exp(709.78) is the largest number of float64."""

FEWEST_EFFECTIVE = 400.0
"""Effective paths below which a warning is given. Judgement. A probability of a half then has a standard error of
0.025, which still tells apart what a reader would call likely and unlikely."""
LEAST_EFFECTIVE = 50.0
"""Effective paths below which there is no answer. Judgement. A probability of a half then has a standard error of 0.07,
and with fewer paths neither it nor the effective number, which is estimated from the same few, can be relied on."""

MOST_SUGGESTED = 1_000_000
"""Paths up to which raising them is the only remedy that is named. Judgement, because they take seconds; and no model
whose paths are drawn so that they agree (``answering.conditional``) needs a tenth of them."""


@dataclass(frozen=True)
class Paths:
    """Simulated levels, one row a path; stored in logs, laid out so that a period of all paths is contiguous.

    Parameters
    ----------
    log_levels
        (series, paths, periods) natural logs of the levels, in the unit of the series.
    years
        (periods,) the calendar years simulated.
    log_origin
        (series,) log of the last observed level.
    log_centre
        (series, periods) log of the model's median path.
    weights
        (paths,) importance weights where the paths are conditioned on other evidence; None for 1 each.
    log_past
        (paths, P) log totals up to the origin that a path supposes, where nobody stated them, in order; None where
        all are stated.
    """

    log_levels: Array
    years: NDArray[np.int64]
    log_origin: Array
    log_centre: Array
    weights: Array | None = None
    log_past: Array | None = None

    @classmethod
    def from_levels(
        cls,
        levels: Array,
        *,
        years: NDArray[np.int64] | list[int],
        origin: Array | float,
        centre: Array | None = None,
        weights: Array | None = None,
    ) -> Paths:
        """Paths from positive levels of shape (paths, periods) or (series, paths, periods).

        Raises
        ------
        ModelError
            On a level that is not a positive number, or shapes that do not fit.
        """
        x = np.asarray(levels, dtype=float)
        x = x[None] if x.ndim == 2 else x
        if x.ndim != 3:
            raise ModelError("simulated levels must be positive numbers of shape (paths, periods)")
        series, paths, periods = x.shape
        logs = _logs_of(x, x.shape, "levels", "(paths, periods)")
        start = _logs_of(origin, (series,), "origin", "(series,)")
        middle = np.median(logs, axis=1)
        if centre is not None:
            middle = _logs_of(centre, (series, periods), "centre", "(series, periods)")
        if len(years) != periods or (weights is not None and np.shape(weights) != (paths,)):
            raise ModelError(f"years and weights must be one for each of {periods} periods and {paths} paths")
        return cls(logs, np.asarray(years, dtype=np.int64), start, middle, weights)

    @property
    def levels(self) -> Array:
        """(series, paths, periods) levels, in the unit of the series, kept inside the range of float64.

        A path from very few observations may leave that range; its log level does not.
        """
        return np.asarray(np.exp(np.clip(self.log_levels, -LARGEST_LOG, LARGEST_LOG)))

    @property
    def origin(self) -> Array:
        """(series,) the last observed level."""
        return np.asarray(np.exp(self.log_origin))

    @property
    def centre(self) -> Array:
        """(series, periods) the model's median path."""
        return np.asarray(np.exp(self.log_centre))

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return int(self.log_levels.shape[1])

    def of_series(self, i: int) -> Paths:
        """The paths of one of the series alone, the i-th from 0."""
        one = slice(i, i + 1)
        return replace(
            self, log_levels=self.log_levels[one], log_origin=self.log_origin[one], log_centre=self.log_centre[one]
        )

    def part(self, start: int, stop: int) -> Paths:
        """The paths from ``start`` to before ``stop``."""
        weights = None if self.weights is None else self.weights[start:stop]
        past = None if self.log_past is None else self.log_past[start:stop]
        return replace(self, log_levels=self.log_levels[:, start:stop], weights=weights, log_past=past)


def _logs_of(values: Array | float, shape: tuple[int, ...], name: str, layout: str) -> Array:
    """Logs of positive numbers, broadcast to ``shape``; a ModelError unless they are such numbers and fit it."""
    x = np.asarray(values, dtype=float)
    fits = x.ndim <= len(shape) and all(length in (1, n) for length, n in zip(x.shape[::-1], shape[::-1], strict=False))
    if not (fits and np.isfinite(x).all() and (x > 0).all()):
        raise ModelError(f"simulated {name} must be positive numbers of shape {layout}")
    return np.asarray(np.log(np.broadcast_to(x, shape)))


def concatenate(blocks: list[Paths]) -> Paths:
    """One Paths from the blocks of one simulation."""
    first = blocks[0]
    if len(blocks) == 1:
        return first
    periods_first = np.concatenate([b.log_levels.swapaxes(1, 2) for b in blocks], axis=2)
    weights = None if first.weights is None else np.concatenate([w for b in blocks if (w := b.weights) is not None])
    past = None if first.log_past is None else np.concatenate([p for b in blocks if (p := b.log_past) is not None])
    return Paths(periods_first.swapaxes(1, 2), first.years, first.log_origin, first.log_centre, weights, past)


def require_effective_paths(effective: float, n_paths: int, years: str) -> None:
    """Refuse an answer from hardly any paths, and warn of few.

    Parameters
    ----------
    effective, n_paths
        Effective paths, and how many were drawn.
    years
        What evidence is about, for the message, such as "2026".

    Raises
    ------
    ModelError
        With fewer than 50 effective paths.

    Warns
    -----
    TradeTargetWarning
        With fewer than 400.
    """
    if effective >= FEWEST_EFFECTIVE:
        return
    # A fifth more than proportion asks for, because the effective number is itself an estimate.
    needed = math.ceil(1.2 * n_paths * FEWEST_EFFECTIVE / max(effective, 1.0) / 1000.0) * 1000
    message = f"only {effective:.0f} effective paths agree with what is known of {years}: "
    remedy = f"raise n_paths to {needed:,}"
    if needed > MOST_SUGGESTED:
        remedy = f"choose the model pooled, whose paths are drawn so that they agree, or {remedy}"
    if effective < LEAST_EFFECTIVE:
        raise ModelError(f"{message}too few for an answer, {remedy}")
    warnings.warn(message + remedy, TradeTargetWarning, stacklevel=3)


def checked_horizon(horizon: object) -> int:
    """The horizon as an int; a SettingError unless it is a whole number of years from 1 to 200."""
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or not 1 <= horizon <= MAX_HORIZON:
        raise SettingError(
            f"horizon {shown(horizon)} is not a whole number of years from 1 to {MAX_HORIZON}: give one, such as 15"
        )
    return int(horizon)


def checked_paths(n_paths: object, fewest: int = 1) -> int:
    """The number of paths as an int; a SettingError unless it is a whole number from ``fewest`` to 10^8."""
    plain = isinstance(n_paths, int | np.integer) and not isinstance(n_paths, bool)
    if not plain or not fewest <= n_paths <= MOST_PATHS:  # type: ignore[operator]
        raise SettingError(
            f"n_paths {shown(n_paths)} is not a whole number from {fewest} up to {MOST_PATHS:,}: give 50000"
        )
    return int(n_paths)  # type: ignore[call-overload, no-any-return]
