"""Whose statistics? The same question asked of every side that reports a flow.

Exporter and importer count the same goods and publish different figures, so that a target may be near by one side's
statistics and far by the other's. One side decides; the others stand beside it. Two sides disagree about the answer
when their median years lie more than one apart, or their probabilities in the fifth year more than ten points.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tradetarget import presenting
from tradetarget.answering.question import N_PATHS, Method
from tradetarget.checks import instance_of, mapping, takes
from tradetarget.errors import DataError, TradeTargetError, TradeTargetWarning
from tradetarget.forecasting.single import Forecast, forecast
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import provenance_of, stamped
from tradetarget.targets import HittingTime, Target

MEDIAN_APART, PROBABILITY_APART, YEARS_AHEAD = 1, 0.10, 5
"""Years between medians, and difference of the probabilities in the fifth year, above which two sides disagree.
Judgement, because targets are promised for a year, and five years are the usual distance; with less than ten points
between them, two probabilities lead to the same decision."""


@dataclass(frozen=True)
class Side:
    """One side, and what its statistics answer.

    Parameters
    ----------
    reporter
        The side; None where the data do not name one.
    forecast
        Its answer; None where it gives none.
    no_answer
        Why it gives none; None where it answers.
    """

    reporter: str | None
    forecast: Forecast | None
    no_answer: str | None = None


@dataclass(frozen=True)
class SideComparison(presenting.Presented):
    """One question by every side's statistics.

    Parameters
    ----------
    sides
        The side that decides first, which always has an answer; then the others in alphabetical order.
    """

    sides: tuple[Side, ...]

    @property
    def forecast(self) -> Forecast:
        """The answer by the statistics that decide."""
        answer = self.sides[0].forecast
        if answer is None:
            raise DataError(f"the side that decides, {self.decides}, gives no answer: {self.sides[0].no_answer}")
        return answer

    @property
    def decides(self) -> str | None:
        """Whose statistics decide; None where the data name no reporter."""
        return self.sides[0].reporter

    @property
    def others(self) -> tuple[Side, ...]:
        """The other sides; empty where one side reports."""
        return self.sides[1:]

    @property
    def disagree(self) -> bool | None:
        """Whether another side's answer is far from the one that decides; None where no other side answers."""
        verdicts = [d for side in self.others if (d := self.disagrees(side)) is not None]
        return any(verdicts) if verdicts else None

    @takes(side=instance_of(Side, "give one of sides"))
    def compared_in(self, side: Side) -> int | None:
        """The year whose probabilities are compared: the fifth of the horizon, or its last where it is shorter.

        Where the other side's totals run beyond it, the first year after them; None where that is past the horizon,
        and for a side without an answer.
        """
        if side.forecast is None:
            return None
        deciding, other = self.forecast.hitting_time, side.forecast.hitting_time
        year = min(max(deciding.origin + YEARS_AHEAD, other.origin + 1), int(deciding.years[-1]), int(other.years[-1]))
        return year if year > other.origin else None

    @takes(side=instance_of(Side, "give one of sides"))
    def disagrees(self, side: Side) -> bool | None:
        """Whether this side's answer is far from the one that decides; None for a side without an answer."""
        if side.forecast is None:
            return None
        deciding, other = self.forecast.hitting_time, side.forecast.hitting_time
        year = self.compared_in(side)
        gap = 0.0 if year is None else abs(other.probability_by(year) - deciding.probability_by(year))
        return gap > PROBABILITY_APART or _medians_apart(deciding, other)

    @takes(reasons=mapping)
    def with_unread(self, reasons: Mapping[str, str]) -> SideComparison:
        """The same with sides whose figures could not be read or joined, and why, by reporter."""
        more = [Side(reporter, None, reason) for reporter, reason in reasons.items()]
        others = sorted([*self.others, *more], key=lambda side: side.reporter or "")
        return replace(self, sides=(self.sides[0], *others))

    def to_frame(self) -> pd.DataFrame:
        """One row a side, the one that decides first.

        Returns
        -------
        pandas.DataFrame
            reporter, decides, data_through (year), last (in the target's unit), year and probability (P(reached by its
            end), in the year that is compared), median, low and high (80 % interval), last_year of the horizon and
            probability_within_horizon, already_reached (year), disagrees, no_answer. Missing where there is nothing to
            say: a median not within the horizon, a side without an answer.
        """
        frame = pd.DataFrame([self._row(side) for side in self.sides])
        years = ["data_through", "year", "median", "low", "high", "last_year", "already_reached"]
        numbers = ["last", "probability", "probability_within_horizon"]
        kinds = dict.fromkeys(years, "Int64") | dict.fromkeys(numbers, "float64") | {"disagrees": "boolean"}
        answers = [side.forecast for side in self.sides if side.forecast is not None]
        data = provenance_of(f.series for f in answers)
        return stamped(
            frame.astype(kinds), self.forecast.question.provenance | {k: data[k] for k in ("reporters", "sources")}
        )

    def _row(self, side: Side) -> dict[str, Any]:
        names = ("data_through", "last", "year", "probability", "median", "low", "high", "last_year",
                 "probability_within_horizon", "already_reached", "disagrees")  # fmt: skip
        row: dict[str, Any] = {"reporter": side.reporter, "decides": side is self.sides[0], **dict.fromkeys(names)}
        if side.forecast is not None:
            time, year = side.forecast.hitting_time, self.compared_in(side)
            low, high = time.interval(0.8)
            values = (
                side.forecast.last_year, side.forecast.last_value, year,
                None if year is None else time.probability_by(year), _year(time.median), _year(low), _year(high),
                int(time.years[-1]), time.probability_within_horizon, _year(time.already_reached),
                None if row["decides"] else self.disagrees(side),
            )  # fmt: skip
            row |= dict(zip(names, values, strict=True))
        return {**row, "no_answer": side.no_answer}

    def to_dict(self, levels: Iterable[float] | None = None) -> dict[str, Any]:
        """The answer that decides and the others beside it as plain data: what ``forecast --json`` writes.

        Parameters
        ----------
        levels
            As in ``Forecast.to_dict``.
        """
        return presenting.record(self, levels=levels)

    def summary(self) -> presenting.Summary:
        """A line a side, whose statistics decide, and whether they disagree, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        verdict = {None: "not comparable", True: "disagree", False: "agree"}[self.disagree]
        names = ", ".join(str(side.reporter) for side in self.others) or "no other side"
        return f"SideComparison({self.forecast.series.label!r}: {self.decides} decides, beside {names}; {verdict})"


def compare_sides(
    series: TradeSeries,
    target: Target | float,
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    *,
    reporter: str | None = None,
    as_of: object = None,
    drivers: pd.DataFrame | None = None,
    method: Method = "auto",
    n_paths: int = N_PATHS,
) -> SideComparison:
    """When does ``series`` reach ``target``, by the statistics of each side that reports it?

    Every side is asked with the same random numbers; figures of which nobody says whose they are belong to no side.

    Parameters
    ----------
    series
        One flow, with the statements of all its sides.
    target, model, horizon, seed, drivers, method, n_paths
        As in ``forecast``; the horizon counts from each side's own last complete year.
    reporter
        Whose statistics decide; default the side that the series is named from ("Kazakhstan-Uzbekistan": Kazakhstan).
    as_of
        What was known by the end of it ("2019-11"), as in ``TradeSeries.as_of``; default everything.

    Returns
    -------
    SideComparison
        With ``forecast`` (the answer that decides), ``sides``, ``disagree``, ``to_frame()`` and ``summary()``.

    Raises
    ------
    DataError
        When several sides report and the series is named from none of them, so that ``reporter`` has to be given.
    UnknownNameError
        When ``reporter`` is none of the sides.
    TradeTargetError
        As ``forecast`` raises, for the side that decides; another side that cannot answer has its reason in
        ``no_answer``.

    Warns
    -----
    TradeTargetWarning
        When the sides disagree about the answer, and whatever ``forecast`` warns of for the side that decides.

    Examples
    --------
    >>> from tradetarget import Target, datasets
    >>> both = datasets.load("kazakhstan-uzbekistan")["Kazakhstan-Uzbekistan turnover"]
    >>> found = compare_sides(both, Target(10, unit="USD bn"), horizon=5)
    >>> found.decides, [side.reporter for side in found.others], found.disagree
    ('Kazakhstan', ['Uzbekistan'], False)
    """
    if not isinstance(series, TradeSeries):
        raise DataError(f"expected a TradeSeries with every side's statements, got {type(series).__name__}")
    decides = _deciding(series, reporter)

    def answer(view: TradeSeries) -> Forecast:
        vintage = view if as_of is None else view.as_of(as_of)
        return forecast(vintage, target, model, horizon, seed, drivers, method=method, n_paths=n_paths)

    first = answer(series if reporter is None and len(series.reporters) <= 1 else series.reported_by(str(decides)))
    sides = [Side(decides, first)]
    for name in series.reporters:
        if name == decides:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sides.append(Side(name, answer(series.reported_by(name))))
        except TradeTargetError as error:
            sides.append(Side(name, None, str(error)))
    comparison = SideComparison(tuple(sides))
    _warn_of(comparison)
    return comparison


def _deciding(series: TradeSeries, reporter: str | None) -> str | None:
    """The side that decides, as it is written in the data."""
    if reporter is not None:
        return series.reported_by(reporter).reporters[0]
    if len(series.reporters) <= 1:
        return series.reporters[0] if series.reporters else None
    if series.home is None:
        raise DataError(
            f"{series.label} is reported by {' and '.join(series.reporters)}, and is named from neither: choose whose "
            f"statistics decide with reporter={series.reporters[0]!r}"
        )
    return series.home


def _warn_of(comparison: SideComparison) -> None:
    """A warning for every side whose answer is far from the one that decides."""
    for side in comparison.others:
        if comparison.disagrees(side):
            theirs, ours = presenting.presenters.present("side answers", comparison, side)
            warnings.warn(
                f"the sides disagree about the answer: by {side.reporter}'s statistics {theirs}; by "
                f"{comparison.decides}'s {ours}",
                TradeTargetWarning,
                stacklevel=3,
            )


def _medians_apart(one: HittingTime, other: HittingTime) -> bool:
    """Whether the median years lie more than one apart.

    Where one median lies beyond its horizon, they are apart when the other lies within that horizon.
    """
    ours, theirs = one.median, other.median
    if ours is not None and theirs is not None:
        return abs(ours.year - theirs.year) > MEDIAN_APART
    if ours is None and theirs is None:
        return False
    median, last = (theirs, one.years[-1]) if ours is None else (ours, other.years[-1])
    return median is not None and median.year <= int(last)


def _year(period: pd.Period | None) -> int | None:
    return None if period is None else period.year


__all__ = ["Side", "SideComparison", "compare_sides"]
