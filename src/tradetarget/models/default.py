"""The model that answers unless another is chosen: pooled, and half of monthly where enough months are known.

On months of the United States' trade with 124 partners (benchmarks/monthly_backtest.py) the linear pool of both with
equal weights scores better than pooled at every one of six origins, in both halves of the partners and in every size
class; monthly alone does not. Weights learnt on other partners, or on other origins, lie between .45 and .55.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradetarget.models.monthly.model import MonthlyGrowth, latest_months
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.protocols import GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.exchange import DOLLAR

FEWEST_MONTHS = 60
"""Months in a row up to the last one. The shortest histories that the gain was measured on."""
SAME_TOTAL = 0.01
"""Log distance of the last total from the sum of its months up to which both are of one table. Judgement, because a
revision of a percent moves no answer by more than that of its simulation."""


@dataclass(frozen=True)
class DefaultGrowth(PooledGrowth):
    """``pooled``; together with ``monthly``, in equal parts, for a series whose months go on for five years or more."""

    def components(self, series: TradeSeries) -> tuple[GrowthModel, ...]:
        """``pooled`` and ``monthly`` where ``has_enough_months``; none otherwise, for ``pooled`` alone."""
        if not has_enough_months(series):
            return ()
        return PooledGrowth(self.prior), MonthlyGrowth(self.prior or "shipped", is_alone=False)


def has_enough_months(series: TradeSeries) -> bool:
    """Whether one side's last 60 months or more are known and above 0, and nothing is known of later ones.

    The last total has to be that of its twelve months, and its currency the dollar, in which the gain was measured.
    """
    if series.unit is not None and series.unit.currency != DOLLAR:
        return False
    months = latest_months(series)
    if len(months) < FEWEST_MONTHS or len(series.reporters) > 1 or min(months.values()) <= 0.0:
        return False
    last, year = max(months), max(series.totals, default=None)
    in_a_row = all(t in months for t in range(last - FEWEST_MONTHS + 1, last + 1))
    if year is None or not in_a_row or last < 12 * year + 11:
        return False
    if any(12 * o.end.year + o.end.month - 1 > last for o in series):
        return False
    of_months = sum(months[t] for t in range(12 * year, 12 * year + 12) if t in months)
    return bool(abs(np.log(float(series.annual().iloc[-1]) / of_months)) < SAME_TOTAL)
