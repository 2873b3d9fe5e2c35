"""What a backtest asks: which series, cut at which origins, and which targets from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from tradetarget.answering.question import Question, as_target, ask, each_target
from tradetarget.arrays import Array
from tradetarget.errors import DataError, SettingError
from tradetarget.models import GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.panel import read_panel
from tradetarget.targets import Target, stands_reached
from tradetarget.units import Unit

Known = Literal["as_of", "year"]
MULTIPLES = (1.25, 1.5, 2.0)
"""Multiples asked by default. Judgement, because announced targets mostly ask for them within five to ten years."""


class Plan(NamedTuple):
    """What is asked of every series at every origin."""

    model: GrowthModel
    multiples: tuple[float, ...]
    horizon: int
    known: Known
    seed: int
    n_paths: int
    levels: bool


class PastQuestion(NamedTuple):
    """One series at one origin: what a user would have asked then, and what came after."""

    unit: str
    origin: int
    past: TradeSeries
    """What was known then."""
    targets: tuple[Target, ...]
    """Those that lay ahead, in the unit of the series."""
    ratios: Array
    """(targets,) multiples of the total at the origin."""
    future: TradeSeries
    """The series as it is known today."""

    @property
    def barriers(self) -> Array:
        """(targets,) the levels to be reached."""
        return np.array([t.value for t in self.targets])

    @property
    def is_plain(self) -> bool:
        """Whether every target is a calendar-year total reached once, for the first time."""
        return all(t.is_plain and not t.is_monthly for t in self.targets)

    def ask(self, plan: Plan) -> Question:
        """The question as ``forecast`` would have asked it then, the model fitted to all that was known.

        Raises
        ------
        DataError
            When the model would not have started from the origin.
        TradeTargetError
            As the model refuses what was known.
        """
        question = ask(self.past, self.targets, plan.model, seed=plan.seed, n_paths=plan.n_paths, warn=False)
        if question.origin != self.origin:
            raise DataError(f"the model starts from {question.origin}, for nothing after it was a stated total")
        return question

    def totals_after(self, horizon: int) -> Array:
        """(horizon,) totals after the origin as known today, NaN where there is none."""
        years = np.arange(self.origin + 1, self.origin + horizon + 1)
        return np.asarray(self.future.annual().reindex(years), dtype=float)


def past_question(name: str, series: TradeSeries, targets: tuple[Target, ...], origin: int, plan: Plan) -> PastQuestion:
    """The question asked of ``series`` at ``origin``: its targets, in its own unit, or the multiples of the plan.

    Raises
    ------
    DataError
        When the origin's total was not known then, there are not two totals, or every target had been reached.
    """
    past = known_at(series, origin, plan.known)
    totals = past.annual()
    if len(totals) < 2:
        raise DataError("the baselines need two totals by the origin, and there is one")
    last = float(totals.iloc[-1])
    targets = targets or tuple(Target(last * m, past.unit) for m in plan.multiples)
    ahead = [i for i, t in enumerate(targets) if t.is_monthly or t.occurrence == "again" or not stands_reached(past, t)]
    if not ahead:
        raise DataError(f"the total of {last:g} was already at every target")
    ratios = [plan.multiples[i] if plan.multiples else targets[i].value / last for i in ahead]
    return PastQuestion(name, origin, past, tuple(targets[i] for i in ahead), np.array(ratios), series)


def levels_or_multiples(
    targets: Target | float | Iterable[Target | float] | None, multiples: Iterable[float] | None
) -> tuple[tuple[Target, ...], tuple[float, ...]]:
    """Levels or multiples, one of the two."""
    if targets is not None and multiples is not None:
        raise SettingError("give targets (levels) or multiples (of the total at each origin), not both")
    if targets is not None:
        return tuple(as_target(t) for t in each_target(targets, SettingError)), ()
    ratios = tuple(float(m) for m in (MULTIPLES if multiples is None else multiples))
    bad = [m for m in ratios if not (np.isfinite(m) and m > 1.0)]
    if bad or not ratios:
        raise SettingError(f"multiple {bad[0] if bad else ratios!r} is not above 1: give multiples such as 1.5")
    return (), ratios


def checked_origins(origins: Iterable[int]) -> tuple[int, ...]:
    """The origins in order and each once; a SettingError on none."""
    years = tuple(sorted(set(origins)))
    if not years:
        raise SettingError("origins is empty: give at least one year, such as 2015")
    return years


def series_by_name(given: object, unit: str | Unit | None) -> Mapping[str, TradeSeries]:
    """Every input as named series; a long table is checked row by row."""
    if isinstance(given, TradeSeries):
        return {given.label: given}
    if isinstance(given, pd.DataFrame):
        panel = read_panel(given)
        ends = np.searchsorted(panel.code, np.arange(panel.units.size + 1))
        return {
            str(who): TradeSeries.from_annual(
                pd.Series(panel.value[a:b], index=panel.year[a:b]), unit=unit, name=str(who)
            )
            for who, a, b in zip(panel.units, ends[:-1], ends[1:], strict=True)
        }
    if isinstance(given, Mapping) and given and all(isinstance(s, TradeSeries) for s in given.values()):
        return given
    raise DataError(
        f"cannot backtest {type(given).__name__}: give a TradeSeries, a mapping of names to them, or a long table "
        "with columns unit, period and value"
    )


def origins_of(series: TradeSeries, minimum: int) -> Sequence[int]:
    """Years with ``minimum`` totals (and two for the baselines) up to them, and one after them."""
    years = series.annual().index.tolist()
    return years[max(minimum, 2) - 1 : -1]


def known_at(series: TradeSeries, origin: int, known: Known) -> TradeSeries:
    """The series as it was known at the origin, its last total that of the origin."""
    if known == "as_of":
        cut = series.as_of(f"{origin + 1}-03")
    else:
        kept = tuple(o for o in series.observations if o.end <= date(origin, 12, 31))
        if not kept:
            raise DataError(f"{series.label} has no figure up to {origin}")
        cut = replace(series, observations=kept)
    if int(cut.annual().index[-1]) != origin:
        raise DataError(f"the total of {origin} was not known then; the last was that of {cut.annual().index[-1]}")
    return cut
