"""PooledGrowth, the model behind the default: a pair's own history read in the light of thousands of others.

The law is the one of :mod:`tradetarget.models.pooled.law`: the log path is multivariate Student t, its mean a long-run
drift plus what kriging carries over from the pair's own past, its scale the pair's own volatility shrunk to that of
pairs of its size. Its parameters are those of a :class:`~tradetarget.models.pooled.prior.Prior`, because a single
series is far too short to estimate them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import made, optional
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import MAX_HORIZON, ModelDefaults, annual_sample
from tradetarget.models.pooled.currency import SeriesCurrency, currency_of, scale_of_covariance, with_currency
from tradetarget.models.pooled.law import MEMORY, PathLaw, pooled_law, read_history
from tradetarget.models.pooled.prior import Prior
from tradetarget.models.size import SizeClass, size_class
from tradetarget.models.student import FittedStudent, growth_ahead
from tradetarget.observations import TradeSeries
from tradetarget.observations.exchange import DOLLAR
from tradetarget.units import Unit


@dataclass(frozen=True, repr=False)
class FittedPooled(FittedStudent):
    """The pooled law of one series.

    Parameters
    ----------
    prior
        What other pairs say.
    law
        The law of its log path over the next 200 years, relative to the origin; a shorter horizon is its head.
    believed
        Share of a point of the pair's own past growth a year that goes on over the next ten years.
    size
        The pair's size in the prior's unit, and how it is known.
    currency
        That of the series; None where it is the prior's or not known.
    """

    prior: Prior
    law: PathLaw
    believed: float
    size: SizeClass
    currency: SeriesCurrency | None = None

    @property
    def size_class(self) -> SizeClass:
        """The pair's size in the prior's unit, and how it is known."""
        return self.size

    @property
    def shared_drift(self) -> float:
        """Standard deviation of the drift that all pairs in this currency share, log points a year."""
        decade = self.prior.values["drift_spread"]
        if self.currency is None:
            return float(decade)
        return float(np.hypot(decade, np.sqrt(scale_of_covariance(self.law.df)[0]) * self.currency.path(1).spread[0]))

    @property
    def path_law(self) -> PathLaw:
        """The law itself."""
        return self.law


@dataclass(frozen=True)
class PooledGrowth(ModelDefaults):
    """The pooled growth law as a growth model; it works from one observation up, gaps allowed.

    Parameters
    ----------
    prior
        What a panel of other pairs says, from ``estimate_prior``; None is the shipped one (country pairs 1950-2016).

    Raises
    ------
    SettingError
        On a prior that is none.

    Examples
    --------
    >>> s = TradeSeries.from_annual(pd.Series({2024: 4.1}), unit="USD bn", name="A-B")
    >>> PooledGrowth().fit(s).params.round(2).to_dict()["drift"]
    0.07
    """

    prior: Prior | None = None
    name: str = "pooled"
    min_observations: int = 1

    def __post_init__(self) -> None:
        optional(made("Prior"))(self.prior, "prior")

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedPooled:
        """Read the calendar-year totals in the light of the prior.

        The law is one of trade in dollars. A series in another currency is read at each year's rate, and what is
        expected of that rate is added to its path (:mod:`tradetarget.models.pooled.currency`). A series without a
        unit, or in a currency without a rate, is taken to be of central size and as it stands; the summary says so.

        Raises
        ------
        DataError
            When the series has no complete year.
        """
        prior = Prior.shipped() if self.prior is None else self.prior
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        values = np.full((1, int(years[-1] - years[0]) + 1), np.nan)
        levels, size, currency = read_in_dollars(prior, series.unit, years, np.exp(x))
        values[0, years - years[0]] = levels
        history = read_history(values)
        law = pooled_law(prior.values, history, MAX_HORIZON, size_centre=prior.size_centre)
        if currency is not None:
            law = with_currency(law, currency.path(MAX_HORIZON))
        believed = _share_believed(prior, values)
        volatility = float(law.volatility[0])
        drift_error = prior.standard_errors.get("drift")
        growth, growth_errors = growth_ahead(law)
        notes = _notes(prior, years, levels, law, believed, currency)
        estimates = Estimates(
            names=("drift", "growth next year", "growth over ten years", "volatility"),
            values=np.array([law.drift[0], *growth, volatility]),
            standard_errors=np.array([
                np.nan if drift_error is None else drift_error,
                *growth_errors,
                volatility / np.sqrt(2.0 * float(law.df[0])),
            ]),
            n_observations=years.size,
            sample=f"log levels {years[0]}-{years[-1]}, parameters of the prior",
            notes=(*notes, *_without_rate(series, years, levels), *size.notes),
        )  # fmt: skip
        return FittedPooled(self.name, series, years, x, estimates, prior, law, believed, size, currency)


def size_in(prior: Prior, unit: Unit | None, last: float, year: int) -> SizeClass:
    """The size class of a series in ``unit`` whose total of ``year``, its last, is ``last``."""
    return size_class(unit, last, year, Unit.parse(prior.unit), prior.size_centre)


def read_in_dollars(
    prior: Prior, unit: Unit | None, years: NDArray[np.int64], levels: Array
) -> tuple[Array, SizeClass, SeriesCurrency | None]:
    """(Y,) levels in the prior's unit, NaN in years without a rate; the size class; and the currency.

    The last of the years is the origin. Where the prior is not one of trade in dollars, or the currency's rates are too
    few, there is no currency, and all levels are brought to the prior's unit at the rate of the origin.
    """
    size = size_in(prior, unit, float(levels[-1]), int(years[-1]))
    in_dollars = Unit.parse(prior.unit).currency == DOLLAR
    currency = None if unit is None or size.assumed or not in_dollars else currency_of(unit.currency, years)
    if currency is None:
        return levels * size.factor, size, None
    at_each_rate = np.exp(np.log(size.rates[0].per_dollar) - currency.log_rates)
    return levels * size.factor * at_each_rate, replace(size, currency=currency.expected_loss()), currency


def _share_believed(prior: Prior, values: Array) -> float:
    """How much a point of own past growth, in every year, adds to growth over the next ten years: 0 to 1."""
    if np.isfinite(values).sum() < 2:
        return 0.0
    tilt = np.exp(0.01 * np.arange(values.shape[1]))
    laws = [
        pooled_law(prior.values, read_history(v), 10, size_centre=prior.size_centre).own_growth[0, -1]
        for v in (values, values * tilt / tilt[-1])
    ]
    return float((laws[1] - laws[0]) / 0.1)


def _words(share: float) -> str:
    return "almost none of it" if share < 0.05 else f"about {share:.0%} of it"


def _notes(
    prior: Prior,
    years: NDArray[np.int64],
    levels: Array,
    law: PathLaw,
    believed: float,
    currency: SeriesCurrency | None,
) -> tuple[str, str, str]:
    """What growth and volatility rest on: the totals that the law looks at, in dollars where a currency has rates."""
    read = np.isfinite(levels) & (years > years[-1] - MEMORY)
    n, span = int(read.sum()), int(years[-1] - years[read][0])
    pairs = prior.provenance.get("pairs")
    others = f"{pairs} pairs" if pairs else "other pairs"
    in_dollars = "" if currency is None else " in dollars"
    growth = np.log(levels[-1] / levels[read][0]) / max(span, 1)
    past = f"Its own growth{in_dollars} was {growth:.1%} a year over {span} years; " if span else ""
    return (
        "growth in log points a year, its standard errors those of the path; volatility in log points a root-year"
        f"{in_dollars}",
        f"{past}{_words(believed)} is expected to go on over the next ten years: what {others} of all sizes did says "
        "more about a pair's future than its own past.",
        f"Its volatility is {float(law.own_volatility_weight[0]):.0%} its own (from {n} total{'s' * (n > 1)}) and "
        "otherwise that of pairs of its size.",
    )


def _without_rate(series: TradeSeries, years: NDArray[np.int64], levels: Array) -> list[str]:
    """A note on totals that could not be read in dollars, among those young enough for the law to look at."""
    unread = years[np.isnan(levels) & (years > years[-1] - MEMORY)]
    if not unread.size or series.unit is None:
        return []
    span = f"{unread[0]}" if unread.size == 1 else f"{unread[0]} to {unread[-1]}"
    return [f"Totals of {span} are not used, because there is no exchange rate of {series.unit.currency} for them."]
