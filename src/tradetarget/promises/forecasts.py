"""What the library would have said of a promise on the day it was announced, beside the outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from tradetarget import presenting
from tradetarget.checks import by_name, made, optional, takes
from tradetarget.datasets import load
from tradetarget.errors import DataError, ModelError, UnitError
from tradetarget.forecasting import forecast
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.passage.events import reached
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.promises.record import DATA, Promises
from tradetarget.targets import Target

BUNDLED = "kazakhstan-central-asia"
UNIT = "USD bn"


@dataclass(frozen=True)
class Foreseen:
    """One promise: what the library would have said of it, and what the statistics show since.

    Parameters
    ----------
    pair, announced, target, deadline
        Which promise; the target in USD bn.
    last_year, last
        The latest total that was known, in USD bn.
    required_growth
        A year, from that total to the target in the year of the deadline.
    probability
        P(the target is reached after that total, by the deadline).
    reached_year
        The first year after that total whose own is at or above the target; None where there is none.
    outcome
        "met", "missed", or "open" where the statistics end before the deadline.
    """

    pair: str
    announced: str
    target: float
    deadline: int
    last_year: int
    last: float
    required_growth: float
    probability: float
    reached_year: int | None
    outcome: Literal["met", "missed", "open"]


@dataclass(frozen=True)
class Foresight(presenting.Presented):
    """Probabilities at the announcements, and the outcomes.

    Parameters
    ----------
    promises
        In the order of the table of announcements.
    model
        The model that was asked.
    left_out
        Promises of these pairs that could not be asked about, each with the reason.
    """

    promises: tuple[Foreseen, ...]
    model: str
    left_out: tuple[str, ...] = ()

    @property
    def decided(self) -> tuple[Foreseen, ...]:
        """Those whose deadline lies within the statistics, or whose target was reached."""
        return tuple(p for p in self.promises if p.outcome != "open")

    @property
    def expected(self) -> float:
        """How many of the decided ones were to be met, by the sum of their probabilities."""
        return math.fsum(p.probability for p in self.decided)

    @property
    def met(self) -> int:
        """How many of the decided ones were met."""
        return sum(p.outcome == "met" for p in self.decided)

    def to_frame(self) -> pd.DataFrame:
        """One row a promise, a column a field of ``Foreseen``."""
        frame = pd.DataFrame([asdict(p) for p in self.promises]).astype({"reached_year": "Int64"})
        return stamped(frame, {"data": DATA, "model": self.model})

    def summary(self) -> presenting.Summary:
        """Every promise with the probability of the day and what came, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        return (
            f"Foresight({len(self.decided)} decided promises: {self.expected:.1f} expected to be met, {self.met} were)"
        )


@takes(promises=made("Promises"), series=optional(by_name(made("TradeSeries"))))
def foresee(
    promises: Promises,
    series: Mapping[str, TradeSeries] | None = None,
    *,
    model: str | GrowthModel = DEFAULT_MODEL,
    seed: int = 0,
    progress: Progress = None,
) -> Foresight:
    """P(reached by the deadline) at each announcement, from the totals known then.

    Parameters
    ----------
    promises
        The announcements; those with a deadline are asked about, repeated ones too.
    series
        Turnover by pair, named as in the promises; default the bundled pairs of Kazakhstan. Totals without a date of
        their own are today's revision, cut at the date on which they would have been known. Series state their unit, a
        scale of the dollar.
    model, seed
        As in ``forecast``.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the promises done and the promises in all after each.

    Raises
    ------
    DataError
        When no promise is about one of the pairs, or none can be asked about.
    """
    series_of = _bundled() if series is None else dict(series)
    table = promises.table
    candidates = table[table["pair"].isin(series_of) & table["deadline_year"].notna()]
    answers = []
    with reporting(progress_choice(progress, "progress"), "promises", len(candidates)) as advance:
        for promise in candidates.itertuples():
            answers.append(_foreseen(series_of[str(promise.pair)], promise, model, seed))
            advance()
    foreseen = tuple(a for a in answers if isinstance(a, Foreseen))
    left_out = tuple(a for a in answers if isinstance(a, str))
    if not foreseen and left_out:
        raise DataError(f"no promise can be asked about, the first because: {left_out[0]}")
    if not foreseen:
        names = ", ".join(sorted(series_of)) or "no series"
        raise DataError(f"no promise with a deadline is about {names}: name a series as datasets.load_promises() does")
    return Foresight(foreseen, model if isinstance(model, str) else model.name, left_out)


def _bundled() -> dict[str, TradeSeries]:
    return {s.name: s for s in load(BUNDLED).values() if s.flow == "turnover"}


def _foreseen(series: TradeSeries, promise: Any, model: str | GrowthModel, seed: int) -> Foreseen | str:
    """One promise asked about, or why it cannot be."""
    name = f"{promise.pair}, announced {promise.announced or 'on an unknown day'}, due in {promise.deadline_year}"
    if not promise.announced:
        return f"{name}: without the day nobody can tell what was known"
    if not float(promise.target_usd_bn) > 0.0:
        return f"{name}: no target in dollars was named"
    if series.unit is None:
        return f"{name}: {series.label} does not state its unit, and the promise is in dollars; give it one"
    try:
        whole = series.in_unit(UNIT)
        vintage = whole.as_of(promise.announced)
        totals = vintage.annual()
    except UnitError as error:
        return f"{name}: {error}"
    except DataError:
        return f"{name}: no total was known by then"
    deadline, target = int(promise.deadline_year), float(promise.target_usd_bn)
    last, level = int(totals.index[-1]), float(totals.iloc[-1])
    if deadline <= last:
        return f"{name}: the total of {last} was known by then"
    try:
        answer = forecast(vintage, Target(target, UNIT), model, deadline - last, seed)
    except ModelError as error:
        return f"{name}: {error}"
    outcome, when = _outcome(whole, last, deadline, target)
    growth = (target / level) ** (1.0 / (deadline - last)) - 1.0
    probability = answer.hitting_time.probability_by(deadline)
    announced = str(promise.announced)
    return Foreseen(str(promise.pair), announced, target, deadline, last, level, growth, probability, when, outcome)


def _outcome(
    series: TradeSeries, origin: int, deadline: int, target: float
) -> tuple[Literal["met", "missed", "open"], int | None]:
    """What the statistics show, and the first year after ``origin`` in which the target was reached."""
    years, levels = series.annual_arrays()
    hits = years[(years > origin) & reached(levels, target)]
    when = int(hits[0]) if hits.size else None
    if when is not None and when <= deadline:
        return "met", when
    return ("missed" if years[-1] >= deadline else "open"), when
