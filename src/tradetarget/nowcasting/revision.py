"""How far a figure that is not final is from the same figure once it is.

With v the January-to-m level of year t as it was stated, and v* the same level in the table from which the year's total
comes,

    log v* - log v = SCALE (sqrt(SHARED) c_t + sqrt(1 - SHARED) e_tm),   corr(c_t, c_t') = CARRIED^|t - t'|,

c and e of variance 1. What a year's figures share is most of it: a change of method moves all of them, and goes on into
the next year. So does e from one year to the next within one statement of growth on the same months, which is therefore
revised by less than a level is: by SCALE sqrt(2 (1 - CARRIED)). The scale is one of the Student law of part-year shares
(``ShareLaw``), to whose covariance the noise is added.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array

SCALE = 0.071
"""Log points. From the United Kingdom's trade with 171 partners, January to September 2020, as published in January
2021 and in June 2026; .059 to .086. Size hardly matters. What officials and offices said of Kazakhstan-Uzbekistan trade
and said otherwise later has .082 (.043 to .154), and is not used for the constant
(benchmarks/estimate_revision_law.py)."""
SHARED = 0.81
"""Share of the variance that is common to all figures of a year. Correlation of the revisions of January to March, June
and September with those of the year (same data and script)."""
CARRIED = 0.72
"""Correlation of the revisions of neighbouring years, from the scale of those of growth on the same months, .053, which
is SCALE sqrt(2 (1 - CARRIED)) (same data and script)."""


def year_correlation(years: NDArray[np.int64]) -> Array:
    """(Y, Y) correlation of what the revisions of ``years`` have in common."""
    return np.asarray(CARRIED ** np.abs(years[:, None] - years))


def common_scale() -> float:
    """Scale of the part that a year's figures share, log points."""
    return SCALE * math.sqrt(SHARED)


def own_variance(kind: str) -> float:
    """Variance (scale squared) of the part that one figure, "level" or "growth", shares with no other."""
    return SCALE**2 * (1.0 - SHARED) * _of_difference(kind)


def whole_variance(kind: str) -> float:
    """Variance (scale squared) of a figure of a whole year by itself, both parts together."""
    return SCALE**2 * _of_difference(kind)


def _of_difference(kind: str) -> float:
    """Variance of the revision over that of a level: growth is the difference of two levels of neighbouring years."""
    return 2.0 * (1.0 - CARRIED) if kind == "growth" else 1.0


def reach(df: float, coverage: float = 0.8) -> float:
    """Half the width of the interval, in log points, in which a final level lies about one that is not final."""
    return SCALE * float(scipy.special.stdtrit(df, 0.5 + coverage / 2.0))
