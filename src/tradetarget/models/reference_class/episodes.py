"""Episodes of growth in a panel: counts of what followed each past year, and the curve that the counts give.

An episode starts in an observed year and lasts until a barrier above its starting level is reached, the horizon ends,
or a year is missing, where it is censored. Of n_h episodes still under way before year h, d_h reach the barrier in
it; then (Kaplan & Meier 1958, doi 10.1080/01621459.1958.10501452)

    P(T <= h) = 1 - S_h,   S_h = prod_{k <= h} (1 - d_k / n_k),
    Var S_h = S_h^2 sum_{k <= h} d_k / (n_k (n_k - d_k))        (Greenwood 1926).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tradetarget.arrays import Array
from tradetarget.passage.events import log_floor

_LARGEST_EXPONENT = 50.0
"""Bound of an exponent whose exponential is an exponent in turn. The band is then [0, 1] to the last digit."""


def count_episodes(
    log_levels: Array, log_barriers: Array, horizon: int, classes: NDArray[np.int64] | None = None
) -> tuple[Array, Array]:
    """Count events and episodes at risk in a matrix of series.

    Parameters
    ----------
    log_levels
        (units, years) natural logs, NaN where a year is not observed.
    log_barriers
        (barriers,) log points above an episode's starting level.
    horizon
        H, years after the start.
    classes
        (units, years) the class of the episode that starts there, from 0; negative where none does. Default: one
        class, and an episode in every observed year.

    Returns
    -------
    tuple
        Events d and numbers at risk n, each (classes, barriers, H).
    """
    x = np.atleast_2d(np.asarray(log_levels, dtype=float))
    start = np.where(np.isfinite(x), 0, -1) if classes is None else np.where(np.isfinite(x), classes, -1)
    n_classes = max(int(start.max(initial=-1)) + 1, 1)
    floors = log_floor(log_barriers)
    events, at_risk = np.zeros((2, n_classes, floors.size, horizon))
    unit, year = np.nonzero(start >= 0)
    code, origin = start[unit, year], x[unit, year]
    padded = np.concatenate([x, np.full((x.shape[0], horizon), np.nan)], axis=1)
    best = np.full(code.size, -np.inf)
    # Year by year over all episodes at once; those whose next year is missing are censored and leave the arrays.
    for h in range(horizon):
        gain = padded[unit, year + h + 1] - origin
        seen = np.isfinite(gain)
        unit, year, code, origin, best, gain = (a[seen] for a in (unit, year, code, origin, best, gain))
        for m, floor in enumerate(floors):
            waiting = best < floor
            at_risk[:, m, h] = np.bincount(code[waiting], minlength=n_classes)
            events[:, m, h] = np.bincount(code[waiting & (gain >= floor)], minlength=n_classes)
        best = np.maximum(best, gain)
    return events, at_risk


def reached_curve(events: Array, at_risk: Array) -> Array:
    """P(T <= h) from events and numbers at risk, years last; a year with nobody at risk adds nothing."""
    hazard = np.divide(events, at_risk, out=np.zeros(np.shape(events)), where=np.asarray(at_risk) > 0)
    return np.asarray(1.0 - np.cumprod(1.0 - hazard, axis=-1))


def curve_band(events: Array, at_risk: Array, level: float, design_effect: Array | float = 1.0) -> tuple[Array, Array]:
    """The pointwise band of ``reached_curve``: Greenwood's variance on the scale log(-log S).

    On that scale the band stays inside [0, 1] (Kalbfleisch & Prentice 2002, ISBN 9780471363576, ch. 1):
    S^exp(-+ z sd), sd = sqrt(v) / |log S|, v = sum d / (n (n - d)).

    Parameters
    ----------
    events, at_risk
        (..., H).
    level
        Coverage of the band, between 0 and 1.
    design_effect
        Factor on v, because episodes overlap and share pairs; 1 for independent episodes.

    Returns
    -------
    tuple
        Lower and upper end, (..., H); where nobody or everybody has reached the barrier there is no variance to
        estimate and the band is [0, 1 - a^(1/n)] or [a^(1/n), 1], a = (1 - level) / 2, n the number at the start
        over the design effect.
    """
    d, n = np.asarray(events, dtype=float), np.asarray(at_risk, dtype=float)
    left = n - d
    term = np.divide(d, n * left, out=np.zeros(d.shape), where=left > 0)
    v = np.cumsum(term, axis=-1) * design_effect
    survival = 1.0 - reached_curve(d, n)
    inside = (survival > 0.0) & (survival < 1.0)
    log_s = np.where(inside, np.log(np.where(inside, survival, 0.5)), -1.0)
    wide = np.exp(np.minimum(ndtri((1.0 + level) / 2.0) * np.sqrt(v) / -log_s, _LARGEST_EXPONENT))
    start = np.maximum(n[..., :1] / design_effect, 1.0)
    edge = ((1.0 - level) / 2.0) ** (1.0 / start)
    low = np.where(inside, 1.0 - np.exp(log_s / wide), np.where(survival > 0.0, 0.0, edge))
    high = np.where(inside, 1.0 - np.exp(log_s * wide), np.where(survival > 0.0, 1.0 - edge, 1.0))
    return np.asarray(low), np.asarray(high)
