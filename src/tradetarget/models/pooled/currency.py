r"""The law of a currency: what a dollar will cost in it, which a target in that currency is also a question about.

The pooled law knows trade in dollars. A series in another currency is read in dollars at each year's rate, and its path
is the sum of two independent ones in logs: that of the dollar value, and that of the price of a dollar at the origin T,
E_h = log e_{T+h} - log e_T:

    E ~ N(m, C),   m_h = h (a + b d) + c q (1 - p^h) / (1 - p),   C_hk = w v min(h, k) + (s_0 + s_1 |m_H| / H)^2 h k,

d the inflation that is expected of the currency less that of the dollar (relative purchasing power parity: Rogoff 1996,
The purchasing power parity puzzle, Journal of Economic Literature 34), q the excess of three years' mean change over
a threshold, which fades by p a year, v the variance of the last ten yearly changes, and H ten years. Fast losses
go on and slow ones do not: between currencies of like inflation the change of three years says nothing of the next.
Where no outlook was published b is 0, and the other constants are of an estimate of their own. A rate that has hardly
moved for ten years stays as it is; one that moves evenly from year to year, a crawling peg, does not.

Read so, hitting probabilities in 120-odd reporters' own currencies, six origins from 1991 to 2006, have a ranked
probability score of .171 where reading the figures as if they were dollars has .196, and the probabilities of reaching
are 6 points too low where they were 13 (``benchmarks/estimate_currency_law.py``, docs/pooled.md). A reaction of dollar
trade to its currency was tried and changed nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.models.pooled.law import PathLaw
from tradetarget.models.pooled.outlook import OLDEST
from tradetarget.models.size import ExpectedLoss
from tradetarget.observations.exchange import DOLLAR, NEAREST, rates_of
from tradetarget.packaged import packaged_text

RECENT, LOOK_BACK = 3, 10
"""Years of the recent change and of the variance. Three years predict better than one or ten, and ten are those over
which growth is judged (benchmarks/estimate_currency_law.py)."""
FEWEST = 3
"""Yearly changes from which a variance is taken. Judgement, because the mean of the recent ones needs as many."""
LARGEST_CHANGE = 0.5
"""A yearly change further than this from the median counts as this much, log points. Judgement, because beyond are ends
of hyperinflations and new rates of exchange, not a year's movement."""
LARGEST_EXCESS, DIFFERENCE_RANGE = 0.5, (-0.05, 0.5)
"""q is at most the first and d within the second, log points a year. Judgement, because beyond are hyperinflations, and
no past tells how fast they end."""
NORMAL_90 = 1.2815515655446004
"""The 90 % point of the normal law, which ends an 80 % interval."""
FIXED = 0.005
"""Root of v, and mean change of three years in log points, below which a rate counts as fixed, with neither drift nor
spread. Of the 406 origins of 1990 to 2014 in the bundled table at which a rate was fixed, 96 % saw it change by less
than 0.2 % a year over the next ten years."""


class Parameters(NamedTuple):
    """The constants of the law: w, s_0, s_1, a, b, c, p and the threshold of q of the module's equation."""

    own_variance: float
    spread: float
    spread_of_mean: float
    drift: float
    difference: float
    recent: float
    persistence: float
    threshold: float


WITH_OUTLOOK = Parameters(0.31, 0.005, 1.09, 0.0065, 0.75, 0.63, 0.79, 0.06)
WITHOUT_OUTLOOK = Parameters(0.35, 0.006, 1.24, 0.006, 0.0, 0.69, 0.87, 0.0)
"""Estimated on 18,300 changes of 142 currencies, origins 1990-2019, rates that were fixed among them. Without those
benchmarks/estimate_currency_law.py finds others, whose score is a hundredth better and whose coverage is less even over
the horizon (docs/pooled.md)."""


@dataclass(frozen=True)
class CurrencyHistory:
    """What the law looks at, one number or one row a currency.

    Parameters
    ----------
    recent
        The mean log change of the price of a dollar over the last three years, log points a year.
    variance
        v, the mean squared departure of the last ten yearly changes from their median.
    """

    recent: Array
    variance: Array

    @classmethod
    def read(cls, rates: Mapping[int, float], origin: int) -> CurrencyHistory | None:
        """The history of one currency up to ``origin``; None with fewer than three yearly changes."""
        changes = np.array([
            np.log(rates[y] / rates[y - 1])
            for y in range(origin - LOOK_BACK + 1, origin + 1)
            if y in rates and y - 1 in rates
        ])  # fmt: skip
        if changes.size < FEWEST:
            return None
        departures = np.clip(changes - np.median(changes), -LARGEST_CHANGE, LARGEST_CHANGE)
        return cls(changes[-RECENT:].mean(), (departures**2).sum() / (changes.size - 1))

    @property
    def is_fixed(self) -> NDArray[np.bool_]:
        """Whether the rate counts as fixed.

        Even changes are not enough for that: the cordoba lost 5 % in each of ten years, and v was nearly 0.
        """
        return np.asarray((self.variance < FIXED**2) & (np.abs(self.recent) < FIXED))


@dataclass(frozen=True)
class CurrencyPath:
    """The law of E_1..E_H: normal, one row a currency.

    Parameters
    ----------
    mean
        (U, H) log points; positive where the currency loses.
    covariance
        (U, H, H) log points squared.
    spread
        (U,) s_0 + s_1 |m_H| / H, the standard deviation of its drift, log points a year.
    """

    mean: Array
    covariance: Array
    spread: Array


def currency_path(
    history: CurrencyHistory, horizon: int, difference: Array | float | None, parameters: Parameters | None = None
) -> CurrencyPath:
    """The law of the price of a dollar over the next ``horizon`` years.

    Parameters
    ----------
    history
        Of U currencies.
    difference
        (U,), or one number, inflation expected of each less the dollar's, log points a year; None where no outlook was
        published.
    parameters
        Constants; None are the shipped ones.
    """
    p = parameters or (WITHOUT_OUTLOOK if difference is None else WITH_OUTLOOK)
    h = np.arange(1.0, horizon + 1.0)
    moves = ~np.atleast_1d(history.is_fixed)
    excess = np.clip(np.atleast_1d(history.recent) - p.threshold, 0.0, LARGEST_EXCESS)[:, None]
    expected = np.zeros(1) if difference is None else np.clip(np.atleast_1d(difference), *DIFFERENCE_RANGE)

    def mean(years: Array) -> Array:
        fading = (1.0 - p.persistence**years) / (1.0 - p.persistence)
        return moves[:, None] * (years * (p.drift + p.difference * expected[:, None]) + p.recent * excess * fading)

    # The spread goes with the mean over ten years whatever the horizon, so that a year's law does not depend on it.
    decade = np.abs(mean(np.array([float(LOOK_BACK)])))[:, 0] / LOOK_BACK
    spread = moves * (p.spread + p.spread_of_mean * decade)
    walk = p.own_variance * np.atleast_1d(history.variance)[:, None, None] * np.minimum.outer(h, h)
    return CurrencyPath(mean(h), walk + spread[:, None, None] ** 2 * np.multiply.outer(h, h), spread)


def scale_of_covariance(df: Array) -> Array:
    """(U,) what a covariance is multiplied by to be the scale of a Student law with ``df`` degrees of freedom.

    With two degrees of freedom or fewer that law has no covariance, and 1 is taken.
    """
    return np.asarray(np.where(df > 2.0, (df - 2.0) / df, 1.0))


def with_currency(law: PathLaw, path: CurrencyPath) -> PathLaw:
    """The law of trade in the currency: means and covariances add, for the dollar value and its price are independent.

    The sum of a Student t and a normal path is taken to be a Student t with the same covariance and degrees of freedom.
    """
    return replace(
        law,
        mean=law.mean + path.mean,
        covariance=law.covariance + scale_of_covariance(law.df)[:, None, None] * path.covariance,
        drift=law.drift + path.mean[:, -1] / path.mean.shape[1],
    )


@dataclass(frozen=True)
class SeriesCurrency:
    """The currency of one series at its origin.

    Parameters
    ----------
    code
        ISO 4217.
    log_rates
        (Y,) log price of a dollar in each year of the series; NaN where the table has none before its first year. A
        year after its last has the price expected of it.
    history
        What the law looks at, up to the last rate.
    difference
        Inflation expected of the currency less the dollar's, log points a year; None where no outlook was published.
    outlook
        The vintage of that outlook; None where there is none.
    last_rate
        The year of the last rate that was used.
    """

    code: str
    log_rates: Array
    history: CurrencyHistory
    difference: float | None
    outlook: str | None
    last_rate: int

    def path(self, horizon: int) -> CurrencyPath:
        """The law of the price of a dollar over the next ``horizon`` years."""
        return currency_path(self.history, horizon, self.difference)

    def expected_loss(self) -> ExpectedLoss:
        """The law over ten years, for a reader."""
        path = self.path(LOOK_BACK)
        mean, sd = path.mean[0, -1], np.sqrt(path.covariance[0, -1, -1])
        low, middle, high = (float(np.expm1((mean + z * sd) / LOOK_BACK)) for z in (-NORMAL_90, 0.0, NORMAL_90))
        return ExpectedLoss(self.code, middle, low, high, self.difference, self.outlook, self.last_rate)


def currency_of(code: str, years: NDArray[np.int64]) -> SeriesCurrency | None:
    """The currency of a series whose totals are of ``years``, the last of them the origin.

    Nothing published after the origin is used. None for the dollar, and where the table has too few rates, or none
    within five years of the origin.
    """
    rates, origin = rates_of(code), int(years[-1])
    past = [y for y in rates if y <= origin]
    if code == DOLLAR or not past or origin - max(past) > NEAREST:
        return None
    last = max(past)
    history = CurrencyHistory.read(rates, last)
    if history is None:
        return None
    vintage, inflation = _expected_inflation()
    published = vintage <= origin <= vintage + OLDEST and code in inflation
    difference = inflation[code] - inflation[DOLLAR] if published else None
    log_rates = np.array([np.log(rates[y]) if y in rates and y <= last else np.nan for y in years.tolist()])
    after = years > last
    if after.any():
        ahead = currency_path(history, origin - last, difference).mean[0]
        log_rates[after] = np.log(rates[last]) + ahead[years[after] - last - 1]
    return SeriesCurrency(code, log_rates, history, difference, f"October {vintage}" if published else None, last)


@cache
def _expected_inflation() -> tuple[int, MappingProxyType[str, float]]:
    """The year of the bundled outlook, and the inflation that it expects of each currency, log points a year."""
    text = packaged_text("models", "pooled", "expected-inflation.csv")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    return int(header[1]), MappingProxyType({code: float(cell) for code, cell in rows})
