r"""First passage under continuous monitoring: drift known, and drift uncertain.

An oracle: no forecast uses it, because annual totals are seen once a year. The laws of this package that are seen once
a period are tested against it (they lie below it, and approach it as periods shorten), and docs/first-passage.md shows
how far from it they are.

X_t = nu t + s W_t starts at 0 and T is the first time with X_t >= b. Symbols: ``t`` years, ``barrier`` b (log points),
``drift`` nu (log points a year), ``volatility`` s (log points a root-year), ``drift_sd`` tau (log points a year).
All arguments broadcast.

With the drift known, T is inverse Gaussian (Wald) [1]_:

    F(t) = Phi((nu t - b) / (s sqrt t)) + exp(2 nu b / s^2) Phi(-(nu t + b) / (s sqrt t)).

With nu ~ N(m, tau^2) and v = s^2 t + tau^2 t^2 [2]_:

    F(t) = Phi((m t - b) / sqrt v)
           + exp(2 b m / s^2 + 2 b^2 tau^2 / s^4) Phi(-(b + m t + 2 b tau^2 t / s^2) / sqrt v).

The product of the second line overflows to inf * 0 at plausible inputs. With z = (b + m t + 2 b tau^2 t / s^2) / sqrt v
the exponents combine exactly, and for z >= 0

    second term = exp(-(b - m t)^2 / (2 v)) scipy.special.erfcx(z / sqrt 2) / 2,

in which nothing can overflow; for z < 0 the first exponent is negative and the product is safe as it stands.

Limits: b <= 0 is already reached (1, at every t); s = 0 leaves the drift alone to decide, with reached meaning
level >= target to a relative 1e-12; tau = 0 is the known drift. The mean of T is infinite whenever tau > 0.

References
----------
.. [1] Folks, J. L. and Chhikara, R. S. (1978). The inverse Gaussian distribution and its statistical application: a
   review. JRSS B 40(3), 263-289. doi:10.1111/j.2517-6161.1978.tb01039.x
.. [2] Aalen, O. O., Borgan, O. and Gjessing, H. K. (2008). Survival and Event History Analysis, ch. 10.
   doi:10.1007/978-0-387-68560-1
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from tradetarget.arrays import Array
from tradetarget.passage._arrays import LARGEST, slack, tame


def inverse_gaussian_cdf(t: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike) -> Array:
    """P(T <= t) with the drift known; see the module for equation, units and limits.

    Accurate to about 1e-14 absolute; t <= 0 gives 0 unless the barrier is already reached.
    """
    return random_drift_cdf(t, barrier, drift, volatility, 0.0)


def random_drift_cdf(
    t: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike, drift_sd: ArrayLike
) -> Array:
    """P(T <= t) with the drift ~ N(drift, drift_sd^2), one draw a path; see the module.

    Accurate to about 1e-14 absolute. Never reaches 1 when ``drift_sd`` > 0: some paths drift away for good.
    """
    t, b, m, s, tau = tame(t, barrier, drift, volatility, drift_sd)
    s, tau = np.abs(s), np.abs(tau)
    with np.errstate(all="ignore"):
        t = np.maximum(t, 0.0)
        v = (s * s + tau * tau * t) * t
        sd = np.sqrt(v)
        gap = m * t - b
        without_noise = np.where(gap >= -slack(b), 1.0, 0.0)
        z = (b + m * t + 2.0 * b * t * (tau / s) ** 2) / sd
        log_ratio = 2.0 * b * (m + b * (tau / s) ** 2) / (s * s)
        image = _image_term(z, gap / sd, log_ratio)
        p = np.where(sd > 0.0, scipy.special.ndtr(gap / sd) + np.where(s > 0.0, image, 0.0), without_noise)
    p = np.where(t > 0.0, p, 0.0)
    return np.asarray(np.where(b <= 0.0, 1.0, np.clip(p, 0.0, 1.0)))


def _image_term(z: Array, distance: Array, log_ratio: Array) -> Array:
    """exp(log_ratio) Phi(-z), given that log_ratio - z^2 / 2 = -distance^2 / 2."""
    stable = 0.5 * np.exp(-0.5 * distance * distance) * scipy.special.erfcx(np.maximum(z, 0.0) / np.sqrt(2.0))
    direct = np.exp(np.minimum(log_ratio, 0.0)) * scipy.special.ndtr(-z)
    return np.asarray(np.where(z >= 0.0, stable, direct))


def inverse_gaussian_pdf(t: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike) -> Array:
    """Density of T with the drift known: b / (s sqrt(2 pi t^3)) exp(-(b - nu t)^2 / (2 s^2 t)), a year^-1."""
    return random_drift_pdf(t, barrier, drift, volatility, 0.0)


def random_drift_pdf(
    t: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike, drift_sd: ArrayLike
) -> Array:
    """Density of T with the drift uncertain, a year^-1.

    f(t) = b / sqrt(2 pi t^3 (s^2 + tau^2 t)) exp(-(b - m t)^2 / (2 t (s^2 + tau^2 t))).

    Zero where T has an atom instead of a density: b <= 0, or s = tau = 0.
    """
    t, b, m, s, tau = tame(t, barrier, drift, volatility, drift_sd)
    with np.errstate(all="ignore"):
        spread = s * s + tau * tau * t
        distance = (b - m * t) / np.sqrt(t * spread)
        log_f = np.log(b) - 1.5 * np.log(t) - 0.5 * np.log(2.0 * np.pi * spread) - 0.5 * distance * distance
        f = np.exp(log_f)
    return np.asarray(np.where((t > 0.0) & (b > 0.0) & (spread > 0.0), f, 0.0))


def inverse_gaussian_probability_ever(barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike) -> Array:
    """P(T < infinity) with the drift known: 1 for nu >= 0, exp(2 nu b / s^2) for nu < 0."""
    return random_drift_probability_ever(barrier, drift, volatility, 0.0)


def random_drift_probability_ever(
    barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike, drift_sd: ArrayLike
) -> Array:
    """P(T < infinity) with the drift uncertain; below 1 whenever tau > 0.

    Phi(m / tau) + exp(2 b m / s^2 + 2 b^2 tau^2 / s^4) Phi(-(m + 2 b tau^2 / s^2) / tau).
    """
    b, m, s, tau = tame(barrier, drift, volatility, drift_sd)
    s, tau = np.abs(s), np.abs(tau)
    with np.errstate(all="ignore"):
        log_ratio = 2.0 * b * (m + b * (tau / s) ** 2) / (s * s)
        image = _image_term((m + 2.0 * b * (tau / s) ** 2) / tau, m / tau, log_ratio)
        uncertain = scipy.special.ndtr(m / tau) + np.where(s > 0.0, image, 0.0)
        fixed = np.where(m < 0.0, np.where(s > 0.0, np.exp(np.minimum(2.0 * b * m / (s * s), 0.0)), 0.0), 1.0)
        fixed = np.where((m == 0.0) & (s == 0.0), 0.0, fixed)
    p = np.where(tau > 0.0, uncertain, fixed)
    return np.asarray(np.where(b <= 0.0, 1.0, np.clip(p, 0.0, 1.0)))


def inverse_gaussian_quantile(
    probability: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike
) -> Array:
    """The time by which T has happened with this probability, drift known; inf when that is never."""
    return random_drift_quantile(probability, barrier, drift, volatility, 0.0)


def random_drift_quantile(
    probability: ArrayLike, barrier: ArrayLike, drift: ArrayLike, volatility: ArrayLike, drift_sd: ArrayLike
) -> Array:
    """The smallest t (years) with P(T <= t) >= probability, drift uncertain; inf when P(T < infinity) is too small.

    Bisection in log t, to a relative 1e-13.
    """
    q, b, m, s, tau = tame(probability, barrier, drift, volatility, drift_sd)
    t = _first_time(lambda u: np.asarray(random_drift_cdf(u, b, m, s, tau) >= q), q.shape)
    never = random_drift_probability_ever(b, m, s, tau) < q
    t = np.where(never | (t >= 0.99 * LARGEST), np.inf, t)
    return np.asarray(np.where((q <= 0.0) | (b <= 0.0), 0.0, t))


def _first_time(reached: Callable[[Array], NDArray[np.bool_]], shape: tuple[int, ...]) -> Array:
    """The smallest time at which ``reached`` holds, by bisection in log t over [1e-60, 1e60]."""
    low = np.full(shape, -np.log(LARGEST))
    high = np.full(shape, np.log(LARGEST))
    for _ in range(62):
        middle = 0.5 * (low + high)
        hit = reached(np.exp(middle))
        high = np.where(hit, middle, high)
        low = np.where(hit, low, middle)
    return np.asarray(np.exp(high))
