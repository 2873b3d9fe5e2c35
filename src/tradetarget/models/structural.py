"""The Kalman filter of a level, a slope and noise, for a matrix of series and many variance ratios at once.

    x_t = m_t + sigma sqrt(q_noise) e_t,   m_t = m_{t-1} + b_{t-1} + sigma sqrt(q_level) u_t,
    b_t = b_{t-1} + sigma sqrt(q_slope) w_t,

e, u, w standard normal. The first level is diffuse and is taken out by the first observation; the first slope b is an
unknown constant, estimated by generalised least squares from the innovations, which are linear in it: v_t = d_t + b c_t
(the augmented filter of de Jong 1991, doi 10.1214/aos/1176348139). With F_t the innovation variances over sigma^2 and
n innovations, the log-likelihood with the slope as a parameter and with a diffuse slope are

    L      = -1/2 (n log(2 pi sigma^2) + sum log F_t + R / sigma^2),    R = sum d_t^2 / F_t - (sum d_t c_t / F_t)^2 / I,
    L_diff = L + 1/2 (log(2 pi sigma^2) - log I),                       I = sum c_t^2 / F_t.

Years that are not observed are predicted over; a unit starts at its first total and ends at its last.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.models.estimates import EXACT
from tradetarget.models.interface import Array

_FLOOR = 1e-9


class Filtered(NamedTuple):
    """What the filter found, each (units, nodes) unless stated."""

    n: NDArray[np.int64]
    """(units, 1) innovations: totals less one."""
    log_f: Array
    """sum log F_t."""
    information: Array
    """I, of the first slope."""
    squares: Array
    """R; exactly 0 where the series follows a straight line."""
    first_slope: Array
    """Generalised least squares estimate of the first slope."""
    level: Array
    slope: Array
    """State in the last observed year."""
    p_level: Array
    p_cross: Array
    p_slope: Array
    """Its covariance over sigma^2, the uncertainty of the first slope included."""

    def log_likelihood(self, variance: Array) -> Array:
        """L at sigma^2 = ``variance``."""
        return np.asarray(-0.5 * (self.n * np.log(2 * np.pi * variance) + self.log_f + self.squares / variance))

    def diffuse_log_likelihood(self, variance: Array) -> Array:
        """L_diff at sigma^2 = ``variance``."""
        return np.asarray(
            self.log_likelihood(variance) + 0.5 * (np.log(2 * np.pi * variance) - np.log(self.information))
        )

    def log_marginal(self) -> Array:
        """log of the likelihood with sigma and the first slope integrated out under 1 / sigma, up to a constant."""
        with np.errstate(divide="ignore"):
            return np.asarray(-0.5 * (self.log_f + np.log(self.information) + (self.n - 1) * np.log(self.squares)))


def calendar(log_levels: Array, years: NDArray[np.int64] | None) -> Array:
    """(units, every year from the first to the last) the matrix with NaN columns for years it does not name."""
    x = np.atleast_2d(np.asarray(log_levels, dtype=float))
    if years is None:
        return x
    at = np.asarray(years, dtype=np.int64) - int(years[0])
    whole = np.full((x.shape[0], int(at[-1]) + 1), np.nan)
    whole[:, at] = x
    return whole


def detrended(x: Array) -> tuple[Array, Array, Array, Array]:
    """The matrix less the line through the first and last total of each row; its start, its slope and last column.

    Innovations are the same up to the slope added back, and a straight series leaves rounding errors alone.
    """
    seen = np.isfinite(x)
    rows = np.arange(x.shape[0])
    first, last = seen.argmax(axis=1), x.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    start = np.where(seen.any(axis=1), x[rows, first], 0.0)
    slope = np.where(last > first, (x[rows, last] - start) / np.maximum(last - first, 1), 0.0)
    line = start[:, None] + slope[:, None] * (np.arange(x.shape[1]) - first[:, None])
    return x - line, start + slope * (last - first), slope, last


def filter_trends(
    x: Array, noise: Array, level: Array, slope: Array | None = None, *, trace: list[Array] | None = None
) -> Filtered:
    """Filter every row at every triple of variance ratios.

    Parameters
    ----------
    x
        (units, years) log levels, a column a calendar year, NaN where a year is not observed.
    noise, level, slope
        (units or 1, nodes) q; ``slope`` None for a slope that never changes.
    trace
        A list that receives d, c and F stacked, (3, units, nodes), for every column; F is 1 where nothing was observed.

    Returns
    -------
    Filtered
        A unit with no totals has n = -1; its other entries mean nothing.
    """
    flat, end, line_slope, last = detrended(x)
    seen = np.isfinite(flat)
    started = np.logical_or.accumulate(seen, axis=1)
    shape = np.broadcast_shapes((x.shape[0], 1), noise.shape)
    m, b, c_m, c_b, p, cross, p_b = (np.zeros(shape) for _ in range(7))
    c_b += 1.0
    log_f, dd, dc, cc = (np.zeros(shape) for _ in range(4))
    r = noise + _FLOOR
    for t in range(x.shape[1]):
        alive = (started[:, t - 1] & (t <= last))[:, None] if t else np.zeros((x.shape[0], 1), dtype=bool)
        now = seen[:, t : t + 1]
        if t:
            m, c_m = np.where(alive, m + b, m), np.where(alive, c_m + c_b, c_m)
            p = np.where(alive, p + 2 * cross + p_b + level, p)
            if slope is not None:
                cross = np.where(alive, cross + p_b, cross)
                p_b = np.where(alive, p_b + slope, p_b)
        update = now & alive
        f = np.where(update, p + r, 1.0)
        d, c = np.where(update, np.where(now, flat[:, t : t + 1], 0.0) - m, 0.0), np.where(update, -c_m, 0.0)
        gain, turn = np.where(update, p / f, 0.0), np.where(update, cross / f, 0.0)
        if trace is not None:
            trace.append(np.stack([d, c, f]))
        log_f += np.log(f)
        dd += d * d / f
        dc += d * c / f
        cc += c * c / f
        m, c_m = m + gain * d, c_m + gain * c
        if slope is not None:
            b, c_b = b + turn * d, c_b + turn * c
            p_b = p_b - turn * cross
            cross = cross * (1.0 - gain)
        p = p * (1.0 - gain)
        opens = now & ~alive & ~(started[:, t - 1 : t] if t else np.zeros_like(now))
        p = np.where(opens, r, p)
        m = np.where(opens, np.where(now, flat[:, t : t + 1], 0.0), m)
    n = seen.sum(axis=1)[:, None] - 1
    info = np.maximum(cc, 1e-300)
    first = np.where(cc > 0, -dc / info, 0.0)
    squares = np.maximum(dd - dc * dc / info, 0.0)
    return Filtered(
        n=n,
        log_f=log_f,
        information=info,
        squares=np.where(squares > np.maximum(n, 1) * EXACT**2, squares, 0.0),
        first_slope=first + line_slope[:, None],
        level=m + first * c_m + end[:, None],
        slope=b + first * c_b + line_slope[:, None],
        p_level=p + c_m * c_m / info,
        p_cross=cross + c_m * c_b / info,
        p_slope=p_b + c_b * c_b / info,
    )


def concentrated(f: Filtered, *, diffuse: bool) -> tuple[Array, Array]:
    """(units, nodes) log-likelihood at its best sigma^2, +inf where a series is a straight line, and that sigma^2."""
    terms = np.maximum(f.n - 1 if diffuse else f.n, 1)
    variance = f.squares / terms
    safe = np.where(variance > 0, variance, 1.0)
    value = f.diffuse_log_likelihood(safe) if diffuse else f.log_likelihood(safe)
    return np.where(variance > 0, value, np.inf), variance


def standardised_innovations(x: Array, sds: Array, *, diffuse: bool) -> Array:
    """Innovations of one series over their standard deviations, at (noise, level[, slope]) ``sds``.

    With a diffuse slope each uses the slope estimated from the innovations before it, and there is one fewer.
    """
    total = float(np.sqrt((sds**2).sum()))
    trace: list[Array] = []
    f = filter_trends(x, *((sds / total) ** 2)[:, None, None], trace=trace)
    used = np.flatnonzero(np.isfinite(x[0]))[1:]
    d, c, variance = np.stack(trace)[used, :, 0, 0].T
    if not diffuse:
        return np.asarray((d + (f.first_slope[0, 0] - detrended(x)[2][0]) * c) / (total * np.sqrt(variance)))
    information, score = np.cumsum(c * c / variance)[:-1], np.cumsum(d * c / variance)[:-1]
    d, c, variance = d[1:] - score / information * c[1:], c[1:], variance[1:] + c[1:] ** 2 / information
    return np.asarray(d / (total * np.sqrt(variance)))


def standard_deviation_errors(x: Array, sds: Array, *, diffuse: bool) -> Array:
    """(P,) standard errors of (noise, level[, slope]) standard deviations of one series, from the observed information.

    Second differences of the log-likelihood with the slope at its best for each. A standard deviation at its zero
    boundary has no standard error (NaN), and the others are computed with it held there.
    """
    total = float(np.sqrt((sds**2).sum()))
    inside = np.flatnonzero(sds > 1e-3 * total)
    errors = np.full(sds.size, np.nan)
    if total == 0:
        return errors
    step = 1e-3 * sds[inside]
    k = inside.size
    corners = [(i, j, a, b) for i in range(k) for j in range(k) for a in (1, -1) for b in (1, -1)]
    points = np.tile(sds, (len(corners), 1))
    for row, (i, j, a, b) in enumerate(corners):
        points[row, inside[i]] += a * step[i]
        points[row, inside[j]] += b * step[j]
    q = (points / total) ** 2
    f = filter_trends(x, *(q[:, i][None] for i in range(sds.size)))
    variance = np.full((1, 1), total**2)
    value = (f.diffuse_log_likelihood(variance) if diffuse else f.log_likelihood(variance))[0]
    signs = np.array([a * b for _, _, a, b in corners])
    hessian = (signs * value).reshape(k, k, 4).sum(axis=2) / (4.0 * np.outer(step, step))
    eigenvalues = np.linalg.eigvalsh(-hessian)
    if eigenvalues[0] > 1e-10 * abs(eigenvalues[-1]):
        errors[inside] = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    return errors
