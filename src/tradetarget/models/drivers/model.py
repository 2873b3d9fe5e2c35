"""DriverGrowth: trade growth given GDP of both sides, and an oil price where the table of drivers has one.

The law is that of :mod:`tradetarget.models.drivers.law`. Elasticities start from those of thousands of pairs and are
updated by the history of the pair. Future GDP is the forecast of the table, and follows a constant drift after the last
year of that forecast. The error of the forecast is in every path: its variance is that of forecasting GDP by a constant
drift in 1962-2016, scaled to the past innovations of the country. The forecasts of an institution err less a year or
two ahead, and hardly less further ahead. Those of the IMF have tended to be too high (Timmermann 2007,
doi:10.1057/palgrave.imfsp.9450007), which is not corrected here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import made, optional, several, text
from tradetarget.errors import ModelError
from tradetarget.models.drivers.estimates import GDP, KINDS, OIL, DriverEstimates
from tradetarget.models.drivers.law import PAST, DriverGrowths, DriverLaw, driver_law
from tradetarget.models.estimates import Estimates
from tradetarget.models.interface import MAX_HORIZON, ModelDefaults, annual_sample
from tradetarget.models.pooled.law import LARGEST_INNOVATION, PathLaw, read_history
from tradetarget.models.size import SizeClass, size_class
from tradetarget.models.student import FittedStudent, growth_ahead
from tradetarget.observations import TradeSeries
from tradetarget.observations.drivers import DriverTable, read_drivers
from tradetarget.units import Unit

WORLD = "WORLD"
"""The area of the oil price in the table of drivers."""
_CODES = {
    "Kazakhstan": "KAZ",
    "Kyrgyzstan": "KGZ",
    "Tajikistan": "TJK",
    "Turkmenistan": "TKM",
    "Uzbekistan": "UZB",
}


@dataclass(frozen=True, repr=False)
class FittedDrivers(FittedStudent):
    """The driven law of one series.

    Parameters
    ----------
    law
        The law of its log path over the next 200 years, relative to the origin; a shorter horizon is its head.
    driven_by
        (area, concept) of each driver, in the order of the law's elasticities.
    vintages
        The vintage of each driver.
    size
        The pair's size in the estimates' unit, and how it is known.
    """

    law: DriverLaw
    driven_by: tuple[tuple[str, str], ...]
    vintages: tuple[str, ...]
    size: SizeClass

    @property
    def size_class(self) -> SizeClass:
        """The pair's size in the estimates' unit, and how it is known."""
        return self.size

    @property
    def path_law(self) -> PathLaw:
        """The law of the path, the errors of the drivers' forecasts included."""
        return self.law.path

    @property
    def elasticities(self) -> pd.DataFrame:
        """Posterior mean and error of the elasticities given the panel and the history of the pair, a row a driver."""
        index = pd.MultiIndex.from_tuples(self.driven_by, names=["area", "concept"])
        spread = np.sqrt(np.diagonal(self.law.elasticity_covariance[0]))
        return pd.DataFrame({"elasticity": self.law.elasticity[0], "standard_error": spread}, index=index)


@dataclass(frozen=True)
class DriverGrowth(ModelDefaults):
    """Growth driven by GDP of both sides and, where the table has one, an oil price.

    Parameters
    ----------
    areas
        The codes of the two sides in the table of drivers, such as ("KAZ", "UZB"). None reads them from the name of
        the series: "Kazakhstan-Uzbekistan" and the other bundled pairs, or codes such as "KAZ-UZB". A name that is only
        that of a file is not read.
    estimates
        Elasticities and errors; None is the shipped ones (country pairs 1962-2016).

    Raises
    ------
    SettingError
        On areas that are no texts, or estimates that are none.

    Examples
    --------
    >>> DriverGrowth(areas=("KAZ", "UZB")).min_observations
    1
    """

    areas: tuple[str, str] | None = None
    estimates: DriverEstimates | None = None
    name: str = "drivers"
    min_observations: int = 1
    uses_drivers = True

    def __post_init__(self) -> None:
        optional(several(text))(self.areas, "areas")
        optional(made("DriverEstimates"))(self.estimates, "estimates")

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedDrivers:
        """Fit to the calendar-year totals and the drivers published by the date of the series.

        Parameters
        ----------
        series
            The pair.
        drivers
            A table as ``observations.drivers.read_drivers`` describes; ``datasets.load_drivers`` gives one.

        Raises
        ------
        ModelError
            Without a table, and when the name of the series does not consist of two areas.
        DataError
            On a table that cannot be used, lacks the GDP of a side, or was published after the date of the series.
        """
        sides = self._sides(series)
        if drivers is None:
            raise ModelError(
                f"model {self.name!r} needs a table of drivers with {GDP} of {sides[0]} and {sides[1]}: give drivers=, "
                "such as datasets.load_drivers('imf-weo-2025-10')"
            )
        e = DriverEstimates.shipped() if self.estimates is None else self.estimates
        years, x = annual_sample(series, self.name, self.min_observations, gaps=True)
        table = read_drivers(drivers).as_of(series.known_through, series.label)
        origin = int(years[-1])
        driven_by = tuple((side, GDP) for side in sides) + (((WORLD, OIL),) if table.has(WORLD, OIL) else ())
        values = np.full((1, int(years[-1] - years[0]) + 1), np.nan)
        size = size_class(series.unit, float(np.exp(x[-1])), origin, Unit.parse(e.unit), e.size_centre)
        values[0, years - years[0]] = np.exp(x + np.log(size.factor))
        growths = _growths(table, driven_by, origin, e)
        law = driver_law(e.values, e.of_drivers, read_history(values), growths, size_centre=e.size_centre)
        vintages = tuple(str(table.frame.loc[_rows(table, k), "vintage"].iloc[0]) for k in driven_by)
        return FittedDrivers(
            self.name,
            series,
            years,
            x,
            _estimates(law, driven_by, vintages, years, growths, e),
            law,
            driven_by,
            vintages,
            size,
        )

    def _sides(self, series: TradeSeries) -> tuple[str, str]:
        stated = series.name.split("-") if series.name_is_stated else []
        codes = [_CODES.get(n.strip(), n.strip()) for n in (stated if self.areas is None else self.areas)]
        plain = all(len(c) == 3 and c.isascii() and c.isalpha() and c.isupper() for c in codes)
        if len(codes) != 2 or (self.areas is None and not plain) or codes[0] == codes[-1]:
            raise ModelError(
                f"{series.name!r} does not say which two areas it joins: name them by their codes in the table of "
                "drivers, as in DriverGrowth(areas=('KAZ', 'UZB'))"
            )
        return codes[0], codes[1]


def innovation_scale(growth: Array, drift: float, error: float, df: float) -> Array:
    """(U, K) variance of each driver's past innovations over ``error``, shrunk to 1.

    Parameters
    ----------
    growth
        (U, K, Y) past log growth, NaN where not reported; innovations beyond 3 standard deviations count as 3.
    drift, error
        Mean and variance of a year's growth for all countries.
    df
        Years of past innovations that the variance of all countries is worth.
    """
    reported = np.isfinite(growth)
    squares = np.minimum((np.where(reported, growth, drift) - drift) ** 2 / error, LARGEST_INNOVATION)
    return np.asarray((df + squares.sum(axis=2)) / (df + reported.sum(axis=2)))


def _growths(
    table: DriverTable, driven_by: tuple[tuple[str, str], ...], origin: int, e: DriverEstimates
) -> DriverGrowths:
    """Growth of each driver from 24 years before the origin to 200 after: reported, forecast, then the drift."""
    years = origin + np.arange(-PAST + 1, MAX_HORIZON + 1, dtype=np.int64)
    kind = tuple(KINDS.index(concept) for _, concept in driven_by)
    columns = [table.path(*area_and_concept, origin).growth(years) for area_and_concept in driven_by]
    growth = np.stack([g for g, _ in columns])[None]
    reported = np.stack([r for _, r in columns])[None]
    error = e.of_drivers.error
    past = np.where(reported, growth, np.nan)
    # The oil price is one series for all pairs: its own innovations are what its error was estimated from.
    scale = np.ones((1, len(kind)))
    gdp = np.flatnonzero(np.array(kind) == 0)
    scale[:, gdp] = innovation_scale(past[:, gdp], e.drifts[0], float(error[0]), e.values["gdp_error_df"])
    drift = np.array([e.drifts[k] for k in kind])[None, :, None]
    return DriverGrowths(np.where(np.isfinite(growth), growth, drift), reported, scale, kind)


def _rows(table: DriverTable, of: tuple[str, str]) -> pd.Series[bool]:
    return (table.frame["area"] == of[0]) & (table.frame["concept"] == of[1])


def _estimates(
    law: DriverLaw,
    driven_by: tuple[tuple[str, str], ...],
    vintages: tuple[str, ...],
    years: NDArray[np.int64],
    growths: DriverGrowths,
    e: DriverEstimates,
) -> Estimates:
    """The table and the notes that the summary shows."""
    path, volatility = law.path, float(law.path.volatility[0])
    spread = np.sqrt(np.diagonal(law.elasticity_covariance[0]))
    growth, growth_errors = growth_ahead(path)
    share = law.from_drivers[0, 9, 9] / path.covariance[0, 9, 9]
    next_five_years = 100.0 * growths.growth[0, :, PAST : PAST + 5].mean(axis=1)
    rates = [f"{c} of {a} {r:+.1f}" for (a, c), r in zip(driven_by, next_five_years, strict=True)]
    notes = (
        "elasticity: log points of trade for a log point of the driver",
        f"log points a year over five years: {', '.join(rates)} (vintage {', '.join(dict.fromkeys(vintages))})",
        f"{share:.0%} of the variance in ten years is that of the drivers' own forecasts",
    )
    return Estimates(
        names=(
            *(f"elasticity to {c} of {a}" for a, c in driven_by),
            "growth next year",
            "growth over ten years",
            "volatility",
        ),
        values=np.array([*law.elasticity[0], *growth, volatility]),
        standard_errors=np.array([*spread, *growth_errors, volatility / np.sqrt(2.0 * float(path.df[0]))]),
        n_observations=int(years.size),
        sample=f"log levels {years[0]}-{years[-1]}, given drivers",
        notes=notes,
    )
