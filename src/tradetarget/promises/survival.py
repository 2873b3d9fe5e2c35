"""How long announced targets wait to be reached: the product-limit curve, and the interval of a share.

    S(d) = prod over k <= d of (1 - e_k / n_k)

with e_k targets reached in the k-th year after the announcement, and n_k those neither reached nor lost from sight
before (Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452). P(reached within d years) is 1 - S(d). Its interval
comes from Greenwood's variance on the scale of log(-log S), which keeps it within 0 and 1 (Kalbfleisch and Prentice
2002, doi:10.1002/9781118032985).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import number, share, takes, whole
from tradetarget.errors import SettingError, shown
from tradetarget.observations.provenance import stamped

LEVEL = 0.95  # the usual coverage of a Kaplan-Meier band


@dataclass(frozen=True)
class WaitingCurve(presenting.Presented):
    """P(reached within so many years after the announcement).

    Parameters
    ----------
    years
        (k,) whole years after the year of the announcement at which a target was reached; 0 is the same year.
    at_risk, reached
        (k,) targets neither reached nor lost from sight before, and those reached in that year.
    probability, low, high
        (k,) P(reached within these years) and its 95 % interval.
    targets
        How many targets the curve is made from.
    """

    years: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    reached: NDArray[np.int64]
    probability: Array
    low: Array
    high: Array
    targets: int

    @takes(years=number)
    def within(self, years: int) -> float:
        """P(reached within ``years`` years after the year of the announcement)."""
        place = int(np.searchsorted(self.years, years, side="right"))
        return 0.0 if place == 0 else float(self.probability[place - 1])

    def to_frame(self) -> pd.DataFrame:
        """One row a year in which a target was reached: years, at_risk, reached, probability, low, high."""
        frame = pd.DataFrame({
            "years": self.years, "at_risk": self.at_risk, "reached": self.reached, "probability": self.probability,
            "low": self.low, "high": self.high,
        })  # fmt: skip
        return stamped(frame, {"targets": self.targets})

    def summary(self) -> presenting.Summary:
        """How many targets were reached within a few years of the announcement, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        ten = f", {self.within(10):.2f} within 10" if self.years.size else ""
        return f"WaitingCurve({self.targets} targets: {self.within(5):.2f} within 5 years{ten})"


MOST_YEARS = 1e6
"""Years waited lie below it; a number beyond is no number of years."""


def waiting_curve(years: NDArray[np.int64], reached: NDArray[np.bool_]) -> WaitingCurve:
    """The product-limit curve of years until a target was reached.

    Parameters
    ----------
    years
        (n,) years from the announcement to the year it was reached, or to the last year in which it was not.
    reached
        (n,) whether it was reached; where not, it is lost from sight after ``years``.
    """
    try:
        waited, hit = np.asarray(years, dtype=float), np.asarray(reached)
        if not ((abs(waited) < MOST_YEARS) & (waited == np.floor(waited))).all():
            raise ValueError("years are not whole")
        years = waited.astype(np.int64)
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"years {shown(years)} are no whole numbers: give an array of years waited") from None
    if years.ndim != 1 or hit.shape != years.shape or hit.dtype != bool:
        raise SettingError("years and reached must be two arrays of one length, of whole numbers and of truth values")
    reached = hit
    at = np.unique(years[reached])
    n = np.array([(years >= k).sum() for k in at], dtype=np.int64)
    e = np.array([((years == k) & reached).sum() for k in at], dtype=np.int64)
    survival = np.cumprod(1.0 - e / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(e / (n * (n - e)))
        spread = np.sqrt(greenwood) / np.abs(np.log(survival))
        z = NormalDist().inv_cdf(0.5 + LEVEL / 2.0)
        least, most = survival ** np.exp(z * spread), survival ** np.exp(-z * spread)
    # Where all have been reached the variance has no value, and the curve ends at 1.
    low, high = (1.0 - np.where(survival > 0.0, s, 0.0).astype(np.float64) for s in (most, least))
    return WaitingCurve(at, n, e, (1.0 - survival).astype(np.float64), low, high, int(years.size))


@takes(successes=whole(0, 10**12), trials=whole(0, 10**12), level=share)
def wilson_interval(successes: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a share by the score test (Wilson 1927, doi:10.1080/01621459.1927.10502953); (0, 1) without trials.

    Examples
    --------
    >>> low, high = wilson_interval(9, 31)
    >>> round(low, 3), round(high, 3)
    (0.161, 0.466)
    """
    if successes > trials:
        raise SettingError(f"{successes} successes are more than the {trials} trials: swap them, or correct one")
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2.0) / (1.0 + weight)
    reach = z * math.sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials)) / (1.0 + weight)
    return max(0.0, centre - reach), min(1.0, centre + reach)
