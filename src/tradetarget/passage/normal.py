"""The standard normal law for tables that are made once a process, without importing scipy.special for them.

``import scipy.special`` takes 0.08 s of processor time, a tenth of a forecast on the command line. The standard library
has the same functions for one number at a time, in 0.1 microseconds.
"""

from __future__ import annotations

from math import erfc
from statistics import NormalDist

import numpy as np

from tradetarget.arrays import Array


def lower_tail(x: Array) -> Array:
    """Phi(x) for each of the numbers (n,), to the last digits in both tails."""
    return 0.5 * np.fromiter(map(erfc, (-np.sqrt(0.5) * x).tolist()), dtype=np.float64, count=x.size)


def log_lower_tail(x: Array) -> Array:
    """log Phi(x) for each of the numbers (n,), from -38 up."""
    return np.asarray(np.log(lower_tail(x)))


def quantiles(p: Array) -> Array:
    """Phi^-1(p) for each of the numbers (n,), 0 < p < 1: Wichura (1988), doi:10.2307/2347330, to 1e-16."""
    return np.fromiter(map(NormalDist().inv_cdf, p.tolist()), dtype=np.float64, count=p.size)
