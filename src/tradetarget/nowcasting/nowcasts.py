"""Gaussian laws of log totals given part-year evidence: updated in their first two moments."""

from __future__ import annotations

import numpy as np

from tradetarget.errors import SettingError
from tradetarget.nowcasting.evidence import Evidence
from tradetarget.nowcasting.shares import Array


def nowcast(evidence: Evidence, mean: float, variance: float) -> tuple[float, float]:
    """Mean and variance of the log total of the unknown year, whose law before the evidence is N(mean, variance).

    By quadrature on 801 points, so as good as exact; the law after the evidence is matched in its two moments.

    Raises
    ------
    SettingError
        When the evidence is about several unknown years, or rules out the law before it.
    """
    if evidence.unknown.size != 1:
        years = ", ".join(map(str, evidence.unknown.tolist()))
        raise SettingError(f"a nowcast is of one year and the statements are about {years}: use latent_annual")
    points = mean + np.sqrt(variance) * np.linspace(-8.0, 8.0, 801)
    log_weight = evidence.log_likelihood(points[:, None]) - 0.5 * (points - mean) ** 2 / variance
    if not np.isfinite(log_weight).any():
        raise SettingError(
            f"a log total of {mean:.3g} with variance {variance:.3g} lies below what was published of "
            f"{evidence.unknown[0]}: check the units"
        )
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    centre = float(weight @ points)
    return centre, float(weight @ (points - centre) ** 2)


def condition_gaussian(mean: Array, covariance: Array, evidence: Evidence) -> tuple[Array, Array]:
    """The law of log totals (periods,) after the origin given the evidence, when it was N(mean, covariance) before.

    With m', v' the nowcast of the first year and k = covariance[:, 0] / v, the others follow by regression:
    mean + k (m' - m) and covariance - k k' (v - v').
    """
    m, v = float(mean[0]), float(covariance[0, 0])
    centre, spread = nowcast(evidence, m, v)
    gain = covariance[:, 0] / v
    return mean + gain * (centre - m), covariance - np.outer(gain, gain) * (v - spread)
