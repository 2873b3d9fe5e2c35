"""Named baselines: what anybody could have said at the origin without a model of their own.

Each is a function of the totals known at the origin, the log barriers and the horizon, and gives P(reached by each
year); each needs two totals.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.reference_class.episodes import count_episodes, reached_curve
from tradetarget.passage import discrete_cdf
from tradetarget.passage.events import log_floor

Baseline = Callable[[NDArray[np.int64], Array, Array, int], Array]


def no_drift(years: NDArray[np.int64], log_levels: Array, log_barriers: Array, horizon: int) -> Array:
    """Random walk without drift: s^2 is the mean of squared log growth a year, taken as known.

    Parameters
    ----------
    years, log_levels
        (T,) the totals known at the origin, T 2 or more; gaps are allowed.
    log_barriers
        (barriers,) logs of the targets.
    horizon
        H, years after the last total.

    Returns
    -------
    numpy.ndarray
        (barriers, H).
    """
    volatility = np.sqrt(np.mean(np.diff(log_levels) ** 2 / np.diff(years)))
    return discrete_cdf(horizon, log_barriers - log_levels[-1], 0.0, float(volatility))


def cagr(years: NDArray[np.int64], log_levels: Array, log_barriers: Array, horizon: int) -> Array:
    """Compound growth from the first to the last total, extrapolated as if it were certain: 0, then 1.

    Parameters and answer as in ``no_drift``.
    """
    growth = (log_levels[-1] - log_levels[0]) / (years[-1] - years[0])
    ahead = growth * np.arange(1, horizon + 1)
    return np.asarray(ahead >= log_floor(log_barriers - log_levels[-1])[:, None], dtype=float)


def own_past(years: NDArray[np.int64], log_levels: Array, log_barriers: Array, horizon: int) -> Array:
    """The base rate of the series' own past: how often it rose as far, as fast, from any earlier year.

    The Kaplan-Meier curve of its own episodes, which end, censored, at the origin or at a missing year. Parameters
    and answer as in ``no_drift``.
    """
    row = np.full(int(years[-1] - years[0]) + 1, np.nan)
    row[years - years[0]] = log_levels
    events, at_risk = count_episodes(row[None], log_barriers - log_levels[-1], horizon)
    return np.asarray(reached_curve(events, at_risk)[0])


def baselines() -> dict[str, Baseline]:
    """The named baselines: "no-drift", "cagr" and "own-past"."""
    return {"no-drift": no_drift, "cagr": cagr, "own-past": own_past}
