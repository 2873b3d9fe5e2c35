"""What a dollar buys: United States consumer prices, and the inflation to expect of a unit of money.

Trade is stated in current dollars, so its growth is real growth plus the dollar's inflation. The two are kept apart
because they have different pasts: inflation was 7 % a year in the 1970s and 2 % after 1990, and a mean over both says
little of either.

The bundled table holds the annual mean of the consumer price index for all urban consumers (CPI-U, 1982-84 = 100) since
1913, published by the United States Bureau of Labor Statistics, series CUUR0000SA0, which is in the public domain.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.packaged import packaged_file

CENTURY_INFLATION = 0.03
"""Inflation to expect of money other than the dollar, log points a year. The dollar's own mean since 1913 is 0.031."""
INFLATION_SPREAD = 0.01
"""Standard deviation of a decade's mean inflation around what is expected of it, log points a year. Judgement. Decade
means of the dollar's since 1950 were 0.020, 0.023, 0.068, 0.054, 0.030, 0.025 and 0.018, with a standard deviation of
0.019, and half of that since central banks have aimed at a rate."""


def inflation_of_years(years: NDArray[np.int64], currency: str) -> Array:
    """(Y,) inflation in each year, log points; what is expected of it where the table does not reach.

    Money other than the dollar has ``CENTURY_INFLATION`` in every year.
    """
    if currency != "USD" or not years.size:
        return np.full(years.size, CENTURY_INFLATION)
    change = _changes().reindex(years)
    return np.asarray(change.fillna(expected_inflation(int(years[-1]), currency)), dtype=float)


def expected_inflation(year: int, currency: str) -> float:
    """Inflation to expect a year, log points, from what was known at the end of ``year``: the mean since 1913.

    The mean of the last ten years, and the last year going on with a correlation of 0.65, were tried. Both would have
    expected too much in 1980 and scored worse over ten origins from 1976 to 2012 (docs/pooled.md).
    """
    changes = _changes().loc[:year]
    return float(changes.mean()) if currency == "USD" and changes.size else CENTURY_INFLATION


@cache
def _changes() -> pd.Series[float]:
    with packaged_file("models", "pooled", "us-consumer-prices.csv") as file:
        table = pd.read_csv(file, encoding="utf8")
    return pd.Series(np.diff(np.log(table["index"].to_numpy(float))), index=table["year"].to_numpy(int)[1:])
