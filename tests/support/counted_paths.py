"""Given levels counted into a hitting time, as the paths of a model are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradetarget import HittingTime, Target, TradeSeries
from tradetarget.answering.counting import hitting_time_of
from tradetarget.models import Paths


def counted(
    levels: np.ndarray, target: Target | float, years: list[int], weights: np.ndarray | None = None
) -> HittingTime:
    """The hitting time of (paths, years) levels after one total of 1, which is below every target of the tests."""
    origin = years[0] - 1
    series = TradeSeries.from_annual(pd.Series({origin: 1.0}))
    paths = Paths.from_levels(np.asarray(levels), years=years, origin=1.0, weights=weights)
    return hitting_time_of([paths], target if isinstance(target, Target) else Target(target), series)
