"""Backtests: the same question asked at past origins, with what was known then, and what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, SettingError, TradeTargetError
from tradetarget.evaluation.answers import Answer, answers
from tradetarget.evaluation.baselines import baselines
from tradetarget.evaluation.questions import (
    Known,
    Plan,
    Question,
    checked_origins,
    levels_or_multiples,
    origins_of,
    question,
    series_by_name,
)
from tradetarget.evaluation.results import Backtest
from tradetarget.models import DEFAULT_MODEL, GrowthModel, get_model
from tradetarget.models.interface import checked_horizon
from tradetarget.observations import TradeSeries
from tradetarget.passage.events import count_reached
from tradetarget.seeding import checked_seed
from tradetarget.targets import Target
from tradetarget.units import Unit

N_PATHS = 4096


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
) -> Backtest:
    """Ask a model at past origins when a target would be reached, and compare with what happened.

    At each origin the series is cut to what was known then, the model is fitted to that alone, and its
    P(reached by year) is set beside the totals known today. Totals without a date of their own are today's revision,
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
        the first. An origin whose total is already there asks nothing.
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
        Simulated paths an origin, for levels and for models without a hitting law.
    levels
        Whether to keep the median and the 80 % interval of the level, for ``hedgehog``; they need paths. False is
        quicker, and for panels of hundreds of units and more the thing to do.
    unit
        The unit of the values of a long table, where it is known; series say their own.

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
    if known not in get_args(Known):
        raise SettingError(f"known {known!r} is none of {', '.join(get_args(Known))}")
    if isinstance(n_paths, bool) or not isinstance(n_paths, int | np.integer) or n_paths < 2:
        raise SettingError(f"n_paths {n_paths!r} is not a whole number from 2 up")
    levels_asked, ratios = levels_or_multiples(targets, multiples)
    plan = Plan(
        get_model(model), levels_asked, ratios, checked_horizon(horizon), known, checked_seed(seed), n_paths, levels
    )
    wanted = None if origins is None else checked_origins(origins)
    named = series_by_name(data, unit)
    if levels_asked and (wanted_unit := levels_asked[0].unit) is not None:
        named = {name: series.in_unit(wanted_unit) for name, series in named.items()}
    asked: list[Question] = []
    skipped: list[tuple[str, int, str]] = []
    for name, series in named.items():
        for origin in origins_of(series, plan.model.min_observations) if wanted is None else wanted:
            try:
                asked.append(question(name, series, origin, plan))
            except TradeTargetError as error:
                skipped.append((name, origin, str(error)))
    found: list[tuple[Question, Answer]] = []
    for one, said in zip(asked, answers(asked, plan), strict=True):
        if isinstance(said, Answer):
            found.append((one, said))
        else:
            skipped.append((one.unit, one.origin, str(said)))
    if not found:
        first = f": {skipped[0][0]} at {skipped[0][1]}: {skipped[0][2]}" if skipped else ""
        raise DataError(f"no origin could be forecast{first or '; give longer series or other origins'}")
    return _collect(found, skipped, named, plan)


def _collect(
    found: list[tuple[Question, Answer]],
    skipped: list[tuple[str, int, str]],
    series: Mapping[str, TradeSeries],
    plan: Plan,
) -> Backtest:
    asked = [q for q, _ in found]
    kept = [a.levels for _, a in found if a.levels is not None]
    return Backtest(
        model_name=plan.model.name,
        frame=_frame(found, plan.horizon),
        levels=pd.concat(kept, ignore_index=True) if len(kept) == len(found) else None,
        no_levels=next((a.no_levels for _, a in found if a.no_levels), None),
        actual={name: series[name].annual() for name in dict.fromkeys(q.unit for q in asked)},
        skipped=pd.DataFrame(skipped, columns=["unit", "origin", "reason"]),
        horizon=plan.horizon,
        known=plan.known,
        seed=plan.seed,
        unit_of_value=next(iter(series.values())).unit,
    )


def _frame(found: list[tuple[Question, Answer]], horizon: int) -> pd.DataFrame:
    """The rows of ``Backtest.to_frame``."""
    asked = [q for q, _ in found]
    targets = [q.barriers.size for q in asked]
    rows = [n * horizon for n in targets]
    ahead = np.tile(np.arange(1, horizon + 1), sum(targets))
    origin = np.repeat([q.origin for q in asked], rows)
    reached = pd.array(np.concatenate([_outcome(q).ravel() for q in asked]), dtype="boolean")
    reached[ahead > np.repeat([q.observed for q in asked], rows)] = pd.NA
    frame: dict[str, Any] = {
        "unit": np.repeat([q.unit for q in asked], rows),
        "origin": origin,
        "target": np.repeat(np.concatenate([q.barriers for q in asked]), horizon),
        "multiple": np.repeat(np.concatenate([q.ratios for q in asked]), horizon),
        "period": origin + ahead,
        "years_ahead": ahead,
        "reached": reached,
        "probability": np.concatenate([a.probability.ravel() for _, a in found]),
    }
    known = [(years, np.log(levels)) for years, levels in (q.cut.annual_arrays() for q in asked)]
    for name, rule in baselines().items():
        parts = [rule(*past, np.log(q.barriers), horizon).ravel() for q, past in zip(asked, known, strict=True)]
        frame[name] = np.concatenate(parts)
    return pd.DataFrame(frame)


def _outcome(q: Question) -> NDArray[np.bool_]:
    """(targets, horizon) whether each target had been reached by each year; meant for observed years only."""
    logs = np.log(np.where(np.isnan(q.future), 1e-300, q.future))[:, None]
    rows = [
        count_reached(logs, np.log([b]), None, t.sustained)[0] > 0 for b, t in zip(q.barriers, q.asked, strict=True)
    ]
    return np.asarray(np.stack(rows))
