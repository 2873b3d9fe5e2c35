"""What moved a probability between two vintages: the passing of time, new figures, and revisions.

Write Y for the year asked about, P_i(y) for P(reached after the earlier origin, by the end of y) given the first i
pieces of information, and c for the last year that the later vintage shows to have passed without the target reached
(the earlier origin where no total became known). The steps are, in this order,

    p_0      = P_0(Y)                                           what the earlier vintage said
    p_time   = (P_0(Y) - P_0(c)) / (1 - P_0(c))                 its own view, given that nothing happened up to c
    p_i      = (P_i(Y) - P_i(c)) / (1 - P_i(c)),  i = 1 ... n   with figure after figure, in the order they became known

and p_n is what the later vintage says, so the parts p_time - p_0 and p_i - p_(i-1) add up to p_n - p_0. For an event
that is seen every month, c is a month. A figure for a period of which the same side had stated the same kind before is
a revision. The split depends on the order, as any split of a change that is not linear does.

Every step draws from the same stream of random numbers, batch for batch. With c_b(y) the paths of batch b that have
reached by y, t_b all its paths and T their sum, a batch moves the estimate of p = (P(Y) - P(c)) / (1 - P(c)) by

    d_b = (c_b(Y) - P(Y) t_b) / (T (1 - P(c))) - (1 - P(Y)) (c_b(c) - P(c) t_b) / (T (1 - P(c))^2),

and the squared standard error of a part is B / (B - 1) sum_b (d_b - d'_b)^2, d and d' of its two steps: what both share
cancels (ratio estimators: Cochran 1977, ISBN 9780471162407, ch. 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.answering.question import as_target, deadline_of
from tradetarget.checks import instance_of, one_of, optional, takes, year
from tradetarget.errors import SettingError, TargetError
from tradetarget.forecasting.single import Forecast, forecast
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.passage.events import moved_by_batch, standard_error_of
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.targets import HittingTime, Target, first_reached

Cause = Literal["time", "new figure", "revision"]


@dataclass(frozen=True)
class Part:
    """One part of a change.

    Parameters
    ----------
    cause
        "time", "new figure" or "revision".
    observation
        The figure that became known; None for the passing of time.
    probability
        P(reached by the year asked about) with this and everything before it.
    contribution
        By how much it moved the probability.
    standard_error
        Of the contribution, from the differences of the two simulations batch by batch; 0 where both are exact.
    """

    cause: Cause
    observation: Observation | None
    probability: float
    contribution: float
    standard_error: float


@dataclass(frozen=True)
class Change(presenting.Presented):
    """The change in P(reached by a year) between two vintages, part by part; see the module for the order.

    Parameters
    ----------
    earlier, later
        The forecasts at the two vintages.
    by
        The calendar year Y.
    passed
        The last period that is known to have passed without the target reached, c: a year, or a month for an event that
        is seen every month.
    before
        P(reached by Y) at the earlier vintage.
    parts
        The passing of time first, then each figure in the order it became known.
    """

    earlier: Forecast
    later: Forecast
    by: int
    passed: int | pd.Period
    before: float
    parts: tuple[Part, ...]

    @property
    def after(self) -> float:
        """P(reached by Y) at the later vintage; 1 where a total between the two origins reached it."""
        return self.parts[-1].probability

    @property
    def total(self) -> float:
        """The whole change."""
        return self.after - self.before

    @takes(cause=one_of(*get_args(Cause)))
    def of(self, cause: Cause) -> float:
        """The sum of the contributions of one cause."""
        return sum(p.contribution for p in self.parts if p.cause == cause)

    @property
    def reached_between(self) -> int | pd.Period | None:
        """The first period after the earlier origin, up to the later one, that reached the target; None otherwise.

        A year, or a month for an event that is seen every month.
        """
        when = _first_reached(self.later, self.earlier.hitting_time.last_known + 1)
        return None if when is None else _plain(when)

    def to_frame(self) -> pd.DataFrame:
        """One row a part: cause, period, kind, value, known_from, probability, contribution, standard_error."""
        rows = []
        for p in self.parts:
            o = p.observation
            figure: dict[str, Any] = dict.fromkeys(("period", "kind", "value", "known_from"))
            if o is not None:
                figure = {
                    "period": o.period,
                    "kind": o.kind,
                    "value": o.value,
                    "known_from": o.calendar_date(o.known_from).isoformat(),
                }
            numbers = {
                "probability": p.probability, "contribution": p.contribution, "standard_error": p.standard_error
            }  # fmt: skip
            rows.append({"cause": p.cause, **figure, **numbers})
        vintages = {"earlier": self.earlier.as_of, "later": self.later.as_of, "by": self.by}
        return stamped(pd.DataFrame(rows), self.later.question.provenance | vintages)

    def to_dict(self) -> dict[str, Any]:
        """The change as plain data: what ``tradetarget news --json`` writes."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """The two probabilities and what lies between them, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        ends = f"{self.earlier.as_of} {self.before:.3f}, {self.later.as_of} {self.after:.3f}"
        return f"Change({self.earlier.series.label!r} by {self.by}: {ends}, {len(self.parts)} parts)"


@takes(
    series=instance_of(TradeSeries, "wrap totals by year with TradeSeries.from_annual"),
    by=optional(year),
    progress=progress_choice,
)
def explain_change(
    series: TradeSeries,
    target: Target | float,
    earlier: object,
    later: object,
    *,
    by: object = None,
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    progress: Progress = None,
) -> Change:
    """Split the change in P(reached by the end of ``by``) between two vintages into its causes.

    Parameters
    ----------
    series
        One side's figures.
    target, model, horizon, seed
        As in ``forecast``; the horizon counts from each vintage's own last complete year.
    earlier, later
        The two vintages ("2019-10", a year, a date), as in ``TradeSeries.as_of``.
    by
        The year that both probabilities are about: 2030, "2030" or a yearly pandas Period; the deadline of the target
        where it is left out.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the figures done and the figures in all after each.

    Returns
    -------
    Change

    Raises
    ------
    SettingError
        When ``later`` is before ``earlier``, or ``by`` is no year, had passed at the earlier vintage, or lies beyond
        its horizon.
    TargetError
        On a target that is to be reached again: a figure may be the first to have reached it, and then the two
        probabilities are of different events.
    TradeTargetError
        As ``forecast`` raises, at either vintage.
    """
    target = as_target(target)
    due = deadline_of(target, by)
    if target.occurrence == "again":
        raise TargetError(
            f"a change is not explained for {target}: a figure may be the first to have reached it, and then the two "
            "probabilities are of different events; leave occurrence out"
        )
    first, last = series.as_of(earlier), series.as_of(later)
    if last.known_through < first.known_through:
        raise SettingError(f"the later vintage {later} is before the earlier one {earlier}: swap them")

    def answer_to(vintage: TradeSeries) -> Forecast:
        return forecast(vintage, target, model, horizon, seed)

    before, after = answer_to(first), answer_to(last)
    origin = before.hitting_time.last_known
    if before.hitting_time.covers(due):
        raise SettingError(
            f"by {due} had passed at the earlier vintage, whose data go to {origin}: give {origin.year + 1} or later"
        )
    reached_in = _first_reached(after, origin + 1)
    passed = max(origin, after.hitting_time.last_known if reached_in is None else reached_in - 1)
    news = _in_order_known(first, last)
    steps = [_probability(before, due, origin, origin), _probability(before, due, origin, passed)]
    with reporting(progress, "figures", len(news)) as advance:
        for vintage in _growing(first, last, news):
            answer = after if len(vintage) == len(last) else answer_to(vintage)
            steps.append(_probability(answer, due, origin, passed))
            advance()
    causes: list[tuple[Cause, Observation | None]] = [("time", None), *_causes(first, news)]
    parts = tuple(
        Part(cause, o, new.probability, new.probability - old.probability, _paired_error(old, new))
        for (cause, o), (old, new) in zip(causes, pairwise(steps), strict=True)
    )
    return Change(before, after, due, _plain(passed), steps[0].probability, parts)


def _in_order_known(first: TradeSeries, last: TradeSeries) -> list[Observation]:
    """What the later vintage knows and the earlier one did not, in the order it became known."""
    old = set(first.observations)
    return sorted((o for o in last if o not in old), key=lambda o: (o.known_from, o.start, o.end, o.kind))


def _growing(first: TradeSeries, last: TradeSeries, news: list[Observation]) -> Iterator[TradeSeries]:
    """The earlier vintage with one figure after another added."""
    for n in range(1, len(news) + 1):
        yield replace(last, observations=(*first.observations, *news[:n]))


def _causes(first: TradeSeries, news: list[Observation]) -> Iterator[tuple[Cause, Observation]]:
    """Whether each figure is new, or about a period of which the same side had said the same kind before."""
    stated = {(o.start, o.end, o.kind, o.reporter) for o in first}
    for o in news:
        key = (o.start, o.end, o.kind, o.reporter)
        yield ("revision" if key in stated else "new figure"), o
        stated.add(key)


def _plain(period: pd.Period) -> int | pd.Period:
    """A year as an int, a month as it is."""
    return int(period.year) if period.freqstr.startswith("Y") else period


def _first_reached(answer: Forecast, since: pd.Period) -> pd.Period | None:
    """The first period from ``since`` on in which the data of an answer show the target reached."""
    season = answer.question.log_season(answer.target, answer.horizon)
    return first_reached(answer.series, answer.target, season, since)


class _Step(NamedTuple):
    """A conditional probability, and by how much each batch of paths moves it; empty where it is exact."""

    probability: float
    batches: NDArray[np.float64]


CERTAIN = _Step(1.0, np.empty(0))


def _probability(answer: Forecast, by: int, origin: pd.Period, passed: pd.Period) -> _Step:
    """P(reached after ``origin``, by the end of ``by``, given not by ``passed``)."""
    when = _first_reached(answer, origin)
    if when is not None and when.year <= by:
        return CERTAIN
    time, year = answer.hitting_time, answer.target.year(by)
    p, q = time.probability_by(by), time.probability_by(passed)
    if q >= 1.0:
        return CERTAIN
    conditional = max(0.0, (p - q) / (1.0 - q))
    if time.batches is None or year.end_time <= passed.end_time:
        return _Step(conditional, np.empty(0))
    moved = _moved(time, year) / (1.0 - q)
    return _Step(conditional, moved - (1.0 - p) * _moved(time, passed) / (1.0 - q) ** 2)


def _moved(time: HittingTime, period: pd.Period) -> NDArray[np.float64]:
    """(B,) by how much each batch moves P(reached by the end of ``period``); 0 before the first period."""
    batches, n_passed = time.batches, int((time.years <= period.year).sum())
    if time.by_month is not None and time.by_month.batches is not None:
        batches = time.by_month.batches
        n_passed = int((time.by_month.months <= period.asfreq("M", how="end")).sum())
    if batches is None:
        return np.empty(0)
    if n_passed == 0:
        return np.zeros(batches.totals.size)
    return moved_by_batch(batches.counts[:, n_passed - 1], batches.totals)


def _paired_error(old: _Step, new: _Step) -> float:
    """Standard error of the difference of two steps."""
    sizes = {s.batches.size for s in (old, new) if s.batches.size}
    if not sizes or old.probability == new.probability:
        return 0.0
    if len(sizes) == 1:
        n = sizes.pop()
        moved = [s.batches if s.batches.size else np.zeros(n) for s in (new, old)]
        return float(standard_error_of(moved[0] - moved[1]))
    return float(np.hypot(*(standard_error_of(s.batches) for s in (old, new))))


__all__ = ["Change", "Part", "explain_change"]
