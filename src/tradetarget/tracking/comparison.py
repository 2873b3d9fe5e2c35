"""Every official scale beside the probability, for one series, target and deadline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tradetarget import presenting
from tradetarget.answering.question import as_target, in_common_unit
from tradetarget.checks import checked_year, optional, takes, year
from tradetarget.errors import DataError, SettingError, TargetError
from tradetarget.forecasting import Forecast, forecast
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.targets import Target
from tradetarget.tracking.destatis import destatis_verdict
from tradetarget.tracking.escap import escap_verdict
from tradetarget.tracking.eurostat import eurostat_verdict
from tradetarget.tracking.progress import Progress, Verdict, progress_of
from tradetarget.tracking.sdsn import sdsn_verdict
from tradetarget.tracking.unsd import unsd_verdict

LEVEL = 0.80
"""Coverage of the interval of the growth rate. That of the library's other intervals."""


@dataclass(frozen=True)
class Comparison(presenting.Presented):
    """What the official scales say of a target, and how probable it is.

    Parameters
    ----------
    progress
        The levels, the target and its deadline, in the target's unit.
    verdicts
        One a scale.
    forecast
        The library's answer to the same question.
    notes
        Scales that could not be asked, and why.
    """

    progress: Progress
    verdicts: tuple[Verdict, ...]
    forecast: Forecast
    notes: tuple[str, ...] = ()

    @property
    def probability(self) -> float:
        """P(the total of a calendar year is at or above the target by the end of the deadline)."""
        return self.forecast.hitting_time.probability_by(self.progress.deadline)

    @property
    def growth_interval(self) -> tuple[float, float] | None:
        """80 % interval of the average annual rate of increase, from the t law of the log-linear trend's slope.

        None with fewer than three levels. The errors of the trend are taken to be independent, which those of trade are
        not: the interval is what official practice would give, and it is too narrow.
        """
        trend = self.progress.log_trend()
        if trend is None:
            return None
        from scipy.stats import t

        slope, error = trend
        reach = float(t.ppf(0.5 + LEVEL / 2.0, self.progress.years.size - 2)) * error
        return math.expm1(slope - reach), math.expm1(slope + reach)

    def to_frame(self) -> pd.DataFrame:
        """One row a scale and one for the probability: scale, measure, meaning, verdict, is_favourable, source."""
        rows = [
            {
                "scale": v.scale, "measure": v.measure, "meaning": v.meaning, "verdict": v.verdict,
                "is_favourable": v.is_favourable, "source": v.source,
            }
            for v in self.verdicts
        ]  # fmt: skip
        probability = {
            "scale": "Probability", "measure": self.probability,
            "meaning": f"P(reached by the end of {self.progress.deadline})", "verdict": f"{self.probability:.0%}",
            "is_favourable": self.probability >= 0.5, "source": f"tradetarget, model {self.forecast.fitted.model_name}",
        }  # fmt: skip
        settings = {"deadline": self.progress.deadline, "base_year": self.progress.base_year}
        return stamped(pd.DataFrame([*rows, probability]), self.forecast.question.provenance | settings)

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """The verdicts beside the probability, with growth achieved and required, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        words = ", ".join(f"{v.scale}: {v.verdict}" for v in self.verdicts)
        by = self.progress.deadline
        return f"Comparison({self.forecast.series.label!r} by {by}: P = {self.probability:.3f}; {words})"


@takes(deadline=optional(year), base_year=optional(year))
def compare(
    series: TradeSeries,
    target: Target | float,
    *,
    deadline: object = None,
    base_year: int | None = None,
    model: str | GrowthModel = DEFAULT_MODEL,
    seed: int = 0,
) -> Comparison:
    """Ask every official scale, and the library, whether a target will be reached by its deadline.

    Parameters
    ----------
    series, target, model, seed
        As in ``forecast``.
    deadline
        The year by whose end the target is due; default that of the target.
    base_year
        Where the scales count from, such as the year of the announcement; default five years before the last total.
        The verdicts depend on it, and the probability does not.

    Returns
    -------
    Comparison

    Raises
    ------
    SettingError
        Without a deadline, or with one that is not after the last total.
    TargetError
        On events other than first reaching the total of one calendar year.
    TradeTargetError
        As ``progress_of`` and ``forecast`` raise.
    """
    target = as_target(target)
    if target.is_monthly or not target.is_plain:
        raise TargetError(
            f"official scales are about the first calendar year at or above a level, not {target}: leave event, "
            "occurrence and sustained out"
        )
    due = target.deadline if deadline is None else checked_year(deadline, "deadline")
    if due is None:
        raise SettingError("progress is judged against a deadline and the target has none: say deadline=2030")
    data, (target,), _ = in_common_unit(series, target)
    progress = progress_of(data, target.value, deadline=due, base_year=base_year)
    recent = progress_of(data, target.value, deadline=due)
    verdicts = [eurostat_verdict(progress), unsd_verdict(progress)]
    notes = []
    try:
        verdicts.append(destatis_verdict(recent))
    except DataError as error:
        notes.append(f"Destatis: {error}.")
    verdicts += [escap_verdict(progress), sdsn_verdict(progress)]
    answer = forecast(series, target, model, due - progress.year, seed)
    return Comparison(progress, tuple(verdicts), answer, tuple(notes))
