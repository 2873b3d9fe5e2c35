"""Months estimated from any mixture of statements: the latent monthly trade.

The totals of the years are those of ``latent_annual``; each of its points is split into months by ``MonthLaw``, so that
the months of a year add up to its total, and to every January-to-month figure that was published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import made, optional, several, share, takes
from tradetarget.nowcasting.latent import INTERVAL, LatentAnnual, latent_annual, quantiles_of
from tradetarget.nowcasting.months import MonthLaw
from tradetarget.nowcasting.shares import ShareLaw
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.seeding import checked_seed

LEAST_POINTS = 2048  # judgement: half the points of the annual posterior, for twelve times the figures
NARROW = 1e-6
"""Width in logs below which a month counts as known. The points differ by rounding alone."""


@dataclass(frozen=True)
class LatentMonthly:
    """Log months of consecutive years, as far as the statements say.

    Parameters
    ----------
    annual
        The totals they were split from.
    months
        (M,) in order.
    log_points, weights
        (N, M) points and (N,) weights, which sum to 1: the posterior.
    log_season
        (N, 12) logs of seasonal factors, January first; their mean factor is 1.
    """

    annual: LatentAnnual
    months: pd.PeriodIndex
    log_points: Array
    weights: Array
    log_season: Array

    @takes(probabilities=several(share))
    def quantiles(self, probabilities: list[float]) -> Array:
        """(probabilities, M) quantiles of the months, in the unit of the series and a month."""
        return np.exp(quantiles_of(self.log_points, self.weights, probabilities))

    @property
    def known(self) -> NDArray[np.bool_]:
        """(M,) whether a month is known as one value."""
        return np.asarray(np.ptp(self.log_points, axis=0) < NARROW)

    def to_frame(self) -> pd.DataFrame:
        """One row a month: median, low, high (80 % interval), known, and the median seasonal factor."""
        low, median, high = self.quantiles([0.5 - INTERVAL / 2, 0.5, 0.5 + INTERVAL / 2])
        season = np.exp(quantiles_of(self.log_season, self.weights, [0.5]))[0]
        columns = {
            "median": median, "low": low, "high": high, "known": self.known,
            "season": season[np.asarray(self.months.month) - 1],
        }  # fmt: skip
        return stamped(pd.DataFrame(columns, index=self.months), self.annual.series.provenance)

    def __repr__(self) -> str:
        return f"LatentMonthly({self.annual.series.label!r}, {self.months[0]} to {self.months[-1]})"


@takes(series=made("TradeSeries"), law=optional(made("ShareLaw")))
def latent_monthly(series: TradeSeries, *, law: ShareLaw | None = None, seed: int = 0) -> LatentMonthly:
    """Estimate the months behind one side's statements.

    Parameters
    ----------
    series
        Any mixture of levels, growth rates and bounds, over whole and part years.
    law
        Of shares and growth; the shipped one when None.
    seed
        Of the months drawn: the same statements and seed give the same answer.

    Returns
    -------
    LatentMonthly
        Of the latest run of consecutive years that the statements are about.

    Raises
    ------
    DataError
        As ``latent_annual``.
    """
    annual = latent_annual(series, law=law)
    first = int(np.flatnonzero(np.diff(annual.years, prepend=annual.years[0] - 2) != 1)[-1])
    repeats = -(-LEAST_POINTS // annual.weights.size)
    points, weights = np.repeat(annual.log_points, repeats, axis=0), np.repeat(annual.weights, repeats) / repeats
    evidence, years = annual.evidence_of_months, annual.years[first:]
    month_law = MonthLaw(evidence, years, evidence.relative_size[first:])
    noise = month_law.noise(weights.size, np.random.Generator(np.random.SFC64(checked_seed(seed))))
    months, season = month_law.split(points[:, first:], noise, points[:, ~annual.known])
    index = pd.period_range(f"{years[0]}-01", periods=12 * years.size, freq="M", name="month")
    return LatentMonthly(annual, index, months.T, weights, season.T)
