"""Backtests: the same question asked at past origins, with what was known then, and what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.answering.question import N_PATHS, in_common_unit
from tradetarget.checks import number, one_of, optional, several, takes, truth, year
from tradetarget.errors import DataError, TradeTargetError
from tradetarget.evaluation.answers import Answer, answer, answers_of_table
from tradetarget.evaluation.baselines import baselines
from tradetarget.evaluation.questions import (
    Known,
    PastQuestion,
    Plan,
    checked_origins,
    levels_or_multiples,
    origins_of,
    past_question,
    series_by_name,
)
from tradetarget.evaluation.results import Backtest
from tradetarget.models import DEFAULT_MODEL, GrowthModel, get_model
from tradetarget.models.interface import checked_horizon, checked_paths
from tradetarget.models.pooled import PooledGrowth, Prior
from tradetarget.observations import TradeSeries
from tradetarget.observations.exchange import DOLLAR
from tradetarget.observations.provenance import provenance_of
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.seeding import checked_seed
from tradetarget.targets import Target
from tradetarget.units import Unit


@takes(
    known=one_of("as_of", "year"),
    multiples=optional(several(number)),
    origins=optional(several(year)),
    levels=truth,
    progress=progress_choice,
)
def backtest(
    data: TradeSeries | Mapping[str, TradeSeries] | pd.DataFrame,
    model: str | GrowthModel = DEFAULT_MODEL,
    *,
    targets: Target | float | Iterable[Target | float] | None = None,
    multiples: Iterable[float] | None = None,
    origins: Iterable[int] | None = None,
    horizon: int = 10,
    known: Known = "as_of",
    seed: int = 0,
    n_paths: int = N_PATHS,
    levels: bool = True,
    unit: str | Unit | None = None,
    progress: Progress = None,
) -> Backtest:
    """Ask a model at past origins when a target would be reached, and compare with what happened.

    At each origin the series is cut to what was known then and asked as ``forecast`` asks it, part-year figures and
    growth statements included: the answer is that of ``forecast`` on the cut series, bit for bit. It is set beside what
    is known today. Totals without a date of their own are today's revision,
    so the answer is pseudo-real-time: a forecaster of the day saw other, earlier figures. Only years that have
    happened are scored: a target not reached so far is not counted as a failure of later years.

    Parameters
    ----------
    data
        A TradeSeries, a mapping of names to them, or a long table with columns unit, period and value.
    model
        A name or a GrowthModel.
    targets
        Levels, each a Target or a number in the unit of the data, asked at every origin; answers are in the unit of
        the first, and a deadline plays no part. An origin whose total is already there asks nothing. Every event is
        answered. One that is seen every month is scored where the months after the origin are known, and has no
        baselines, as a run of years or reaching again has none.
    multiples
        Multiples of the total at the origin, above 1; (1.25, 1.5, 2) where no ``targets`` are given either.
    origins
        Last complete years to forecast from; default every year with enough totals before it and one after it.
    horizon
        Years after each origin, 1 to 200.
    known
        How a past origin is cut: "as_of", what was known by the end of March after it (``TradeSeries.as_of``);
        "year", every figure for a period that ended by then, whenever it was published.
    seed
        A whole number; the same seed gives the same answer.
    n_paths
        Simulated paths an origin, for levels and for models without a hitting law; by default as in ``forecast``.
    levels
        Whether to keep the median and the 80 % interval of the level, for ``hedgehog``; they need paths. False is
        quicker: a long table is then put to the pooled law in one call of ``forecast_targets``, as its users do, with
        that call's error of cubature.
    unit
        The unit of the values of a long table, where it is known; series say their own.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the origins done and the origins in all after each.

    Returns
    -------
    Backtest
        With ``to_frame()``, ``scores()``, ``vintages()``, ``coverage()``, ``reliability()``, ``summary()``,
        ``plot()`` and ``hedgehog()``.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input: an unknown model, both targets and multiples, a multiple not above 1, or nothing
        to score, naming the first reason.
    """
    levels_asked, ratios = levels_or_multiples(targets, multiples)
    plan = Plan(
        get_model(model), ratios, checked_horizon(horizon), known, checked_seed(seed),
        checked_paths(n_paths, 2), levels,
    )  # fmt: skip
    wanted = None if origins is None else checked_origins(origins)
    named: dict[str, TradeSeries] = {}
    asked: list[PastQuestion] = []
    skipped: list[tuple[str, int, str]] = []
    for name, series in series_by_name(data, unit).items():
        series, asked_of_it, _ = in_common_unit(series, *levels_asked) if levels_asked else (series, (), False)
        named[name] = series
        for origin in origins_of(series, plan.model.min_observations) if wanted is None else wanted:
            try:
                asked.append(past_question(name, series, asked_of_it, origin, plan))
            except TradeTargetError as error:
                skipped.append((name, origin, str(error)))
    answered: list[tuple[PastQuestion, Answer]] = []
    with reporting(progress, "backtest", len(asked)) as advance:
        for past, result in zip(asked, _answers(asked, plan, is_table=isinstance(data, pd.DataFrame)), strict=True):
            if isinstance(result, Answer):
                answered.append((past, result))
            else:
                skipped.append((past.unit, past.origin, str(result)))
            advance()
    if not answered:
        first = f": {skipped[0][0]} at {skipped[0][1]}: {skipped[0][2]}" if skipped else ""
        raise DataError(f"no origin could be forecast{first or '; give longer series or other origins'}")
    return _collect(answered, skipped, named, plan)


def _answers(asked: list[PastQuestion], plan: Plan, *, is_table: bool) -> Iterable[Answer | TradeTargetError]:
    """The answers: of ``forecast_targets`` for a long table put to the pooled law, of ``forecast`` otherwise.

    A user of a table asks ``forecast_targets`` and a user of a series ``forecast``; each is scored as it answers.
    Series in another currency than the dollar are series, because a table of targets knows no currency.
    """
    plain = all(past.is_plain and (past.past.unit is None or past.past.unit.currency == DOLLAR) for past in asked)
    if is_table and isinstance(plan.model, PooledGrowth) and plain and not plan.levels and asked:
        return answers_of_table(asked, plan, Prior.shipped() if plan.model.prior is None else plan.model.prior)
    return (answer(past, plan) for past in asked)


def _collect(
    answered: list[tuple[PastQuestion, Answer]],
    skipped: list[tuple[str, int, str]],
    series: Mapping[str, TradeSeries],
    plan: Plan,
) -> Backtest:
    kept = [a.levels for _, a in answered if a.levels is not None]
    return Backtest(
        model_name="; ".join(dict.fromkeys(a.model_name or plan.model.name for _, a in answered)),
        frame=_frame(answered, plan.horizon),
        levels=pd.concat(kept, ignore_index=True) if len(kept) == len(answered) else None,
        no_levels=next((a.no_levels for _, a in answered if a.no_levels), None),
        actual={name: series[name].annual() for name in dict.fromkeys(past.unit for past, _ in answered)},
        skipped=pd.DataFrame(skipped, columns=["unit", "origin", "reason"]),
        horizon=plan.horizon,
        known=plan.known,
        seed=plan.seed,
        unit_of_value=next(iter(series.values())).unit,
        data=provenance_of(series.values()),
    )


def _frame(answered: list[tuple[PastQuestion, Answer]], horizon: int) -> pd.DataFrame:
    """The rows of ``Backtest.to_frame``."""
    asked = [past for past, _ in answered]
    rows = [past.barriers.size * horizon for past in asked]
    ahead = np.tile(np.arange(1, horizon + 1), sum(rows) // horizon)
    origin = np.repeat([past.origin for past in asked], rows)
    reached = pd.array(np.concatenate([a.reached.ravel() for _, a in answered]), dtype="boolean")
    reached[ahead > np.repeat(np.concatenate([a.observed for _, a in answered]), horizon)] = pd.NA
    frame: dict[str, Any] = {
        "unit": np.repeat([past.unit for past in asked], rows),
        "origin": origin,
        "target": np.repeat(np.concatenate([past.barriers for past in asked]), horizon),
        "multiple": np.repeat(np.concatenate([past.ratios for past in asked]), horizon),
        "period": origin + ahead,
        "years_ahead": ahead,
        "reached": reached,
        "probability": np.concatenate([a.probability.ravel() for _, a in answered]),
    }
    if all(past.is_plain for past in asked):
        histories = [past.past.annual_arrays() for past in asked]
        for name, rule in baselines().items():
            parts = [
                rule(years, np.log(levels), np.log(past.barriers), horizon).ravel()
                for (years, levels), past in zip(histories, asked, strict=True)
            ]
            frame[name] = np.concatenate(parts)
    return pd.DataFrame(frame)
