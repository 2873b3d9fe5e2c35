r"""How much the pairs of a region move together: a correlation matrix from few years, shrunk twice.

The pooled law gives every pair the same covariance K of its past, in units of its own variance
(:mod:`tradetarget.models.pooled.law`). With shocks that are correlated between pairs the pasts D_i have covariance
R_ij s_i s_j K, so that the whitened innovations w_i = K^{-1/2} (D_i - d_i) have, in each of n years, correlation R.
Their sample correlation S rests on some 24 years at best. It is shrunk

1.  towards one number. With q = m (m - 1) / 2 pairs of pairs, r the mean of S off the diagonal, and its variance
    v = 2 (1 - rho)^2 (1 + (m - 1) rho)^2 / (m (m - 1) n) under equicorrelation,

        rho = w r + (1 - w) rho_0,   w = tau^2 / (tau^2 + v),

    where rho_0 and tau are the mean and the spread of that number over regions of a panel (``PANEL_CORRELATION``,
    ``PANEL_SPREAD``). Equicorrelation is one common factor on which all pairs load alike;

2.  towards equicorrelation at rho:

        R = (1 - lam) S + lam T,   lam = min(1, sum var(s_ij) / sum (s_ij - rho)^2),

    the intensity of Ledoit & Wolf (2004, A well-conditioned estimator for large-dimensional covariance matrices, doi
    10.1016/S0047-259X(03)00096-4) with the constant-correlation target of Ledoit & Wolf (2004, Honey, I shrunk the
    sample covariance matrix, doi 10.3905/jpm.2004.110); for correlations as in Schäfer & Strimmer (2005, doi
    10.2202/1544-6115.1175).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradetarget.arrays import Array
from tradetarget.models.pooled.law import LARGEST_INNOVATION, MEMORY, SIZE_RANGE, levels_covariance, read_history
from tradetarget.models.pooled.prior import Prior

PANEL_CORRELATION, PANEL_SPREAD = 0.52, 0.19
"""Mean and standard deviation of the correlation over 110 regions, each what one reporter states of its four largest
partners (benchmarks/estimate_region_correlation.py). Two-sided figures of 1956-2004 had 0.29 with a spread of 0.185,
for one reporter's prices, exchange rate and method are in all of its figures."""
LEAST_YEARS = 4
"""Years of innovations in common below which the panel's correlation is used alone. Judgement, because with three years
a sample correlation has a standard error of 0.7."""
LARGEST_COMMON = 0.95
"""Largest equicorrelation. Judgement, because its matrix is singular at 1; at 0.95 its least eigenvalue is 0.05."""
SMALLEST_EIGENVALUE = 0.01
"""Eigenvalue that a correlation matrix is given at least. Judgement, because its Cholesky root is then exact to 1e-14,
and no entry of a matrix that had to be moved changes by more than a hundredth of itself."""
MEDIAN_DEVIATION = 1.4826
"""Standard deviation of a normal variable in units of its median absolute deviation, 1 / Phi^-1(3/4)."""


@dataclass(frozen=True)
class Correlation:
    """The correlation of the pairs' shocks in a year.

    Parameters
    ----------
    matrix
        (m, m) R.
    sample
        (m, m) S; the identity where there are too few years.
    common
        rho: the equicorrelation, one common factor.
    own
        r: the mean correlation in the region's sample; None where there are too few years.
    own_weight
        w: the weight of r in rho.
    shrinkage
        lam: how much of R is equicorrelation.
    n_years
        Innovations that all pairs have.
    """

    matrix: Array
    sample: Array
    common: float
    own: float | None
    own_weight: float
    shrinkage: float
    n_years: int

    def to_frame(self, labels: tuple[str, ...]) -> pd.DataFrame:
        """R with names."""
        return pd.DataFrame(self.matrix, index=list(labels), columns=list(labels))


def innovations(values: Array, prior: Prior) -> Array:
    """(n, m) whitened past innovations of the pairs, in the years that all of them have.

    Parameters
    ----------
    values
        (m, T) positive levels in the prior's unit, NaN where not observed; the last year is observed in every row.
    """
    together = np.isfinite(values).all(axis=0)
    history = read_history(np.where(together, values, np.nan))
    p, seen = prior.values, history.observed[0]
    z = np.clip(history.log_last - np.log(prior.size_centre), *SIZE_RANGE)
    departures = history.past + (p["past_drift"] + p["past_drift_size"] * z)[:, None] * np.arange(1.0, MEMORY)
    dd, _, _ = levels_covariance(p, MEMORY - 1, 1)
    root = np.linalg.cholesky(dd[np.ix_(seen, seen)])
    return np.asarray(np.linalg.solve(root, departures[:, seen].T))


def shrunk_correlation(
    w: Array, *, panel_correlation: float = PANEL_CORRELATION, panel_spread: float = PANEL_SPREAD
) -> Correlation:
    """R from innovations (n, m); see the module for the formulas.

    The mean of a pair's innovations is taken off first, because what pairs share for decades is the law's shared drift.
    Innovations are cut off at three standard deviations, measured by the median absolute deviation, so that one break
    in the data does not decide the matrix.
    """
    n, m = w.shape
    ones, eye = np.ones((m, m)), np.eye(m)
    if n < LEAST_YEARS or m < 2:
        target = (1.0 - panel_correlation) * eye + panel_correlation * ones
        return Correlation(target, eye, panel_correlation, None, 0.0, 1.0, n)
    x = _standardised(w)
    sample = x.T @ x / n
    off = ~np.eye(m, dtype=bool)
    mean = float(sample[off].mean())
    weight = panel_spread**2 / (panel_spread**2 + equicorrelation_variance(max(mean, 0.0), m, n - 1))
    common = float(np.clip(weight * mean + (1.0 - weight) * panel_correlation, 0.0, LARGEST_COMMON))
    products = x[:, :, None] * x[:, None, :]
    noise = products.var(axis=0)[off].sum() / (n - 1)
    distance = ((sample - common) ** 2)[off].sum()
    shrinkage = float(np.clip(noise / distance, 0.0, 1.0)) if distance > 0.0 else 1.0
    target = (1.0 - common) * eye + common * ones
    matrix = (1.0 - shrinkage) * sample + shrinkage * target
    np.fill_diagonal(matrix, 1.0)
    return Correlation(_positive(matrix), sample, common, mean, float(weight), shrinkage, n)


def equicorrelation_variance(rho: float, m: int, n: float) -> float:
    """Variance of the mean correlation of m normal variables over n years, at equicorrelation rho."""
    return 2.0 * (1.0 - rho) ** 2 * (1.0 + (m - 1) * rho) ** 2 / (m * (m - 1) * n)


def _standardised(w: Array) -> Array:
    """Columns with mean 0 and variance 1, first cut off at three standard deviations by the median deviation."""
    deviation = w - np.median(w, axis=0)
    most = np.sqrt(LARGEST_INNOVATION) * MEDIAN_DEVIATION * np.median(np.abs(deviation), axis=0)
    x = np.clip(deviation, -most, most)
    return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))


def _positive(matrix: Array) -> Array:
    """The matrix, moved towards the identity where its smallest eigenvalue is below ``SMALLEST_EIGENVALUE``."""
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    # (1 - s) R + s I has the eigenvalues (1 - s) e + s; s is the least that lifts the lowest to the bound.
    share = 0.0 if lowest >= SMALLEST_EIGENVALUE else (SMALLEST_EIGENVALUE - lowest) / (1.0 - lowest)
    return np.asarray((1.0 - share) * matrix + share * np.eye(len(matrix)))
