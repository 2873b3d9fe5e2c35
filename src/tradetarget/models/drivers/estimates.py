"""Estimates of driven growth from a panel of pairs and their countries' GDP, with their standard errors and origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tradetarget import presenting
from tradetarget.models.drivers.law import DriverParameters
from tradetarget.models.parameter_file import ParameterFile
from tradetarget.models.pooled.prior import NAMED, NAMELESS, PARAMETERS
from tradetarget.observations.provenance import stamped
from tradetarget.packaged import packaged_text

GDP, OIL = "NGDPD", "POILAPSP"
"""Codes of the IMF's World Economic Outlook. GDP in current US dollars, and the average price of crude oil."""
KINDS = (GDP, OIL)
"""The concepts that can drive a pair, in the order of the rows of ``DriverParameters``."""
DRIVER_MEANINGS: Mapping[str, str] = {
    "elasticity": "log points of trade for a log point of one side's GDP in current dollars",
    "elasticity_spread": "standard deviation of that elasticity between pairs",
    "gdp_drift": "growth of GDP in current dollars where there is no forecast, log points a year",
    "gdp_error": "variance of a year's error of a GDP forecast, log points squared",
    "gdp_error_trend": "variance of the part of that error which stays, log points a year squared",
    "gdp_error_correlation": "correlation of the errors of a pair's two sides",
    "gdp_error_df": "years that the variance of all countries is worth against a country's own",
    "oil_elasticity": "log points of trade for a log point of the oil price, GDP given",
    "oil_spread": "standard deviation of that elasticity between pairs",
    "oil_error": "variance of a year's change of the oil price, log points squared",
}
REMAINDER_MEANINGS: Mapping[str, str] = {
    p.name: p.meaning for p in PARAMETERS if p.name not in (*NAMED, *NAMELESS, "inflation")
}
"""Parameters of the pooled law that the part of trade not explained by the drivers follows."""
_FILE = ParameterFile("driver estimates", 1, {**DRIVER_MEANINGS, **REMAINDER_MEANINGS})


@dataclass(frozen=True)
class DriverEstimates(presenting.Presented):
    """Elasticities, the law of what the drivers leave, and the errors of the drivers' forecasts.

    Parameters
    ----------
    values, standard_errors
        By parameter name. Those of ``REMAINDER_MEANINGS`` are of the part of trade that the drivers do not explain. A
        standard error is None where the value was fixed and not estimated.
    unit, size_centre
        The unit of the panel and the size at which the law is centred.
    provenance
        What it was estimated from.
    """

    values: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    unit: str = "million USD"
    size_centre: float = 150.0
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_drivers(self) -> DriverParameters:
        """The elasticities and forecast errors as the law takes them."""
        v = self.values
        return DriverParameters(
            np.array([v["elasticity"], v["oil_elasticity"]]),
            np.array([v["elasticity_spread"], v["oil_spread"]]),
            np.array([v["gdp_error"], v["oil_error"]]),
            np.array([v["gdp_error_trend"], 0.0]),
            v["gdp_error_correlation"],
        )

    @property
    def drifts(self) -> tuple[float, float]:
        """Growth of each kind of driver where there is no forecast, log points a year; the oil price stays as it is."""
        return self.values["gdp_drift"], 0.0

    def summary(self) -> presenting.Summary:
        """Every parameter with its standard error and meaning, and the panel behind them, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        return f"DriverEstimates({len(self.values)} parameters, {self.unit})"

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter: estimate, standard_error, meaning."""
        return stamped(_FILE.frame(self), {"unit": self.unit, "panel": dict(self.provenance)})

    def to_json(self) -> str:
        """The estimates as JSON text, a parameter a line; ``from_json`` gives the same back."""
        return _FILE.write(self)

    @classmethod
    def from_json(cls, text: str) -> DriverEstimates:
        """Read what ``to_json`` wrote.

        Raises
        ------
        DataError
            On text that is not such a file, is of another schema, or lacks a parameter.
        """
        return _FILE.read(text, cls)

    @classmethod
    def shipped(cls) -> DriverEstimates:
        """The estimates that come with the package."""
        return _shipped()


@cache
def _shipped() -> DriverEstimates:
    return DriverEstimates.from_json(packaged_text("models", "drivers", "drivers.json"))
