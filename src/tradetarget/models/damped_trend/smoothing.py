"""Damped exponential smoothing as least squares: errors, estimates and standard errors, as arrays.

Given the smoothing parameters (alpha, beta, phi) the one-step errors of the model are linear in the level and slope
before the first total, (l_0, b_0): the recursion is run once for the data and once for each of the two starting values,
and least squares of the errors gives (l_0, b_0) and the residual sum of squares R. The log-likelihood at the best
variance is -n/2 (log(2 pi R / n) + 1), so the most likely parameters are those of the smallest R.

The search runs over (alpha, sqrt(beta / alpha), phi): every point of that box is admissible (0 <= beta <= alpha), and
the square root spreads out the small beta, where the likelihood changes fastest.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from tradetarget.arrays import Array
from tradetarget.models.estimates import EXACT

LOWER, UPPER = np.array([1e-4, 0.0, 0.8]), np.array([1.0 - 1e-4, 1.0 - 1e-4, 0.98])
"""Bounds of (alpha, sqrt(beta / alpha), phi). Those of statsmodels' ``ETSModel``, and beta may be 0. A phi
below 0.8 dies out within the next few years, and one above 0.98 cannot be told from an undamped trend."""
_GRID = (17, 9, 5)
"""Starting points of the search along each axis. Judgement, tested. No fit of ``ETSModel`` has a higher likelihood."""
_MOST_STEPS = 60
"""Bound on the steps of the search. Judgement. On 60 simulated random walks of 8 to 40 totals it ended by its tolerance
after 9 to 19 steps."""
_TOLERANCE = 1e-6
"""Step at which the search ends. Judgement, because the standard errors of the parameters were 0.03 or more on those
series: a thousandth of them would do."""
_DIFFERENCE = 1e-3
"""Step of second differences over the width of the bounds. Their truncation error, of the order of its square, and the
rounding error of the log-likelihood over its square (1e-14 / 1e-6) are then both negligible."""
_SINGULAR = 1e-10
"""Ratio of eigenvalues below which a Hessian counts as singular. It is known to about 1e-8 of its largest entry."""


class Smoothed(NamedTuple):
    """Least squares of the first level and slope at G triples of (alpha, beta, phi), for T totals."""

    squares: Array
    """(G,) residual sum of squares R; exactly 0 where the series follows a damped trend exactly."""
    cross: Array
    """(G, 2, 2) X'X of the first level and slope."""
    state: Array
    """(G, 2) level and slope at the origin, log points and log points a year."""
    covariance: Array
    """(G, 2, 2) covariance of that state over s^2."""
    errors: Array
    """(T, G) one-step errors, log points."""


def smooth(x: Array, at: Array) -> Smoothed:
    """Smooth log totals at many parameter values in one pass.

    Parameters
    ----------
    x
        (T,) log totals of consecutive years.
    at
        (3, G) alpha, sqrt(beta / alpha) and phi.
    """
    alpha, beta, phi = at[0], at[0] * at[1] ** 2, at[2]
    g = alpha.size
    # The last axis is: the data started from zero, the response to the first level, the response to the first slope.
    level, slope = np.zeros((g, 3)), np.zeros((g, 3))
    level[:, 1], slope[:, 2] = 1.0, 1.0
    errors = np.empty((x.size, g, 3))
    data = np.array([1.0, 0.0, 0.0])
    for t in range(x.size):
        slope = phi[:, None] * slope
        level = level + slope
        # Less the first total: a level far from 0 would cost the least squares their precision.
        e = data * (x[t] - x[0]) - level
        level = level + alpha[:, None] * e
        slope = slope + beta[:, None] * e
        errors[t] = e
    design, data_errors = errors[:, :, 1:], errors[:, :, 0]
    cross = np.einsum("tgi,tgj->gij", design, design)
    inverse = np.linalg.inv(cross)
    first_state = -np.einsum("gij,tgj,tg->gi", inverse, design, data_errors)
    residuals = data_errors + np.einsum("tgi,gi->tg", design, first_state)
    squares = (residuals**2).sum(axis=0)
    last_state = np.stack([level, slope], axis=1)
    response = last_state[:, :, 1:]
    return Smoothed(
        squares=np.where(squares > x.size * EXACT**2, squares, 0.0),
        cross=cross,
        state=last_state[:, :, 0] + np.einsum("gij,gj->gi", response, first_state) + np.array([x[0], 0.0]),
        covariance=response @ inverse @ response.swapaxes(1, 2),
        errors=residuals,
    )


def maximised_log_likelihood(n: int, squares: float) -> float:
    """Log-likelihood of ``n`` totals at the best variance, given the residual sum of squares."""
    return float(-0.5 * n * (np.log(2.0 * np.pi * squares / n) + 1.0))


def least_squares(x: Array) -> Array:
    """(3,) alpha, sqrt(beta / alpha) and phi of the least squares: the best point of a grid, then a pattern search.

    The pattern search moves to the best of 124 neighbours, and shortens its step where there is none better.
    """
    axes = [np.linspace(lo, hi, k) for lo, hi, k in zip(LOWER, UPPER, _GRID, strict=True)]
    points = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")])
    step = np.array([a[1] - a[0] for a in axes])
    # The point itself comes first, so that it is kept where a neighbour is only as good.
    cube = np.stack(np.meshgrid(*[[0.0, -2.0, -1.0, 1.0, 2.0]] * 3, indexing="ij")).reshape(3, -1)
    best = points[:, smooth(x, points).squares.argmin()]
    for _ in range(_MOST_STEPS):
        neighbours = np.clip(best[:, None] + step[:, None] * cube, LOWER[:, None], UPPER[:, None])
        winner = int(smooth(x, neighbours).squares.argmin())
        best = neighbours[:, winner]
        if winner == 0:
            step = step / 4.0
        if step.max() < _TOLERANCE:
            break
    return np.asarray(best)


def parameter_errors(x: Array, at: Array) -> Array:
    """(3,) standard errors of alpha, beta and phi from the observed information; NaN on a bound.

    The Hessian of the log-likelihood comes from second differences in (alpha, sqrt(beta / alpha), phi), over the
    parameters that lie inside their bounds; the error of beta follows by the delta method.

    Parameters
    ----------
    x
        (T,) log totals.
    at
        (3,) alpha, sqrt(beta / alpha) and phi of the least squares.
    """
    step = _DIFFERENCE * (UPPER - LOWER)
    inside = np.flatnonzero((at > LOWER + 2 * step) & (at < UPPER - 2 * step))
    k = inside.size
    errors = np.full(3, np.nan)
    corners = [(i, j, a, b) for i, j in product(inside, inside) for a, b in product((1, -1), (1, -1))]
    if not corners:
        return errors
    points = np.tile(at[:, None], len(corners))
    for column, (i, j, a, b) in enumerate(corners):
        points[i, column] += a * step[i]
        points[j, column] += b * step[j]
    squares = smooth(x, points).squares
    if squares.min() <= 0:
        return errors
    value = -0.5 * x.size * np.log(squares) * np.array([a * b for _, _, a, b in corners])
    hessian = value.reshape(k, k, 4).sum(axis=2) / (4.0 * np.outer(step[inside], step[inside]))
    eigenvalues = np.linalg.eigvalsh(-hessian)
    if eigenvalues[0] > _SINGULAR * abs(eigenvalues[-1]):
        covariance = np.zeros((3, 3))
        covariance[np.ix_(inside, inside)] = np.linalg.inv(-hessian)
        # beta = alpha r^2 with r = sqrt(beta / alpha): its derivatives by alpha, r and phi.
        gradient = np.array([at[1] ** 2, 2.0 * at[0] * at[1], 0.0])
        errors[inside] = np.sqrt(np.diag(covariance))[inside]
        errors[1] = np.sqrt(gradient @ covariance @ gradient) if 1 in inside else np.nan
    return errors
