"""What a model answers at past origins, and what happened: both counted by the one step from question to answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.counting import HittingCounter
from tradetarget.answering.months import MonthPaths
from tradetarget.answering.question import Question
from tradetarget.arrays import Array
from tradetarget.errors import ModelError, TradeTargetError
from tradetarget.evaluation.questions import PastQuestion, Plan
from tradetarget.evaluation.scores import crps_of_paths
from tradetarget.forecasting.batch import forecast_panel
from tradetarget.models import Paths
from tradetarget.models.interface import concatenate
from tradetarget.models.pooled.model import size_in
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage.samples import equally_likely
from tradetarget.targets import Target

NO_LEVELS = "the backtest was run with levels=False"


class Answer(NamedTuple):
    """What a model answered at one origin, and what happened."""

    probability: Array
    """(targets, horizon) P(reached by each year)."""
    reached: NDArray[np.bool_]
    """(targets, horizon) whether the target had been reached by each year."""
    observed: NDArray[np.int64]
    """(targets,) how many years of the horizon are known."""
    levels: pd.DataFrame | None = None
    no_levels: str | None = None
    model_name: str | None = None
    """The model that answered, where it was asked by itself. The default is another one where months are known."""


def answer(past: PastQuestion, plan: Plan) -> Answer | TradeTargetError:
    """The answer of ``forecast`` to one past question, or the reason why the model refused."""
    try:
        question = past.ask(plan)
        probability = np.stack([h.probability for h in question.answers(plan.horizon)])
        happened = outcomes(past, plan.horizon, question)
    except TradeTargetError as error:
        return error
    name = question.fitted.model_name
    if not plan.levels:
        return Answer(probability, *happened, None, NO_LEVELS, name)
    try:
        paths = concatenate(list(question.paths(plan.horizon)))
    except ModelError as error:
        return Answer(probability, *happened, None, str(error), name)
    rows = _level_rows(past.unit, past.origin, paths, past.totals_after(plan.horizon))
    return Answer(probability, *happened, rows, None, name)


def answers_of_table(questions: list[PastQuestion], plan: Plan, prior: Prior) -> list[Answer]:
    """The answers of ``forecast_targets`` to the questions of a long table, in one call."""
    histories, wanted = [], []
    for i, past in enumerate(questions):
        years, levels = past.past.annual_arrays()
        scale = size_in(prior, past.past.unit, float(levels[-1]), int(years[-1])).factor
        histories.append(pd.DataFrame({"unit": i, "period": years, "value": levels * scale}))
        wanted.append(pd.DataFrame({"unit": i, "target": past.barriers * scale}))
    table = forecast_panel(pd.concat(histories), pd.concat(wanted), horizon=plan.horizon, prior=prior)
    rows = table["probability"].to_numpy().reshape(-1, plan.horizon)
    ends = np.cumsum([past.barriers.size for past in questions])
    return [
        Answer(part, *outcomes(past, plan.horizon), None, NO_LEVELS)
        for past, part in zip(questions, np.split(rows, ends[:-1]), strict=True)
    ]


def outcomes(
    past: PastQuestion, horizon: int, question: Question | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """(targets, horizon) whether each target had been reached by each year, and (targets,) how many years are known.

    The data after the origin are one more path, counted by the rules that count the model's paths. So runs that began
    in the data, falling below and reaching again, and months mean the same in the forecast and in the outcome.

    Parameters
    ----------
    question
        The question asked, for events that are seen every month.
    """
    reached = np.zeros((len(past.targets), horizon), dtype=bool)
    observed = np.zeros(len(past.targets), dtype=np.int64)
    for i, target in enumerate(past.targets):
        if target.is_monthly and question is not None:
            hit = _months_that_happened(past, question, target, horizon)
        else:
            hit = _years_that_happened(past, target, horizon)
        reached[i, : hit.size], observed[i] = hit, hit.size
    return reached, observed


def _years_that_happened(past: PastQuestion, target: Target, horizon: int) -> NDArray[np.bool_]:
    """(years,) whether the target had been reached by each year after the origin, up to the first missing total."""
    future = past.totals_after(horizon)
    observed = future[: int(np.isnan(future).argmax())] if np.isnan(future).any() else future
    if not observed.size:
        return np.zeros(0, dtype=bool)
    counter = HittingCounter(target, past.past)
    counter.add(_one_path(past, np.log(observed)))
    # One path is counted, so that its "probability" is 0 or 1.
    return np.asarray(counter.hitting_time().probability > 0.5)


def _one_path(past: PastQuestion, log_levels: Array) -> Paths:
    years = past.origin + np.arange(1, log_levels.size + 1, dtype=np.int64)
    start = np.log(past.past.annual().to_numpy(dtype=float)[-1:])
    return Paths(log_levels[None, None], years, start, log_levels[None])


def _months_that_happened(past: PastQuestion, question: Question, target: Target, horizon: int) -> NDArray[np.bool_]:
    """(years,) as ``_years_that_happened``, where every month from the origin's January on is known.

    Seasonal factors are those of the forecast, because the run-rate that was asked about is defined by them.
    """
    months = past.future.monthly()
    first = pd.Period(year=past.origin, month=1, freq="M")
    every = months.reindex(pd.period_range(first, periods=12 * (horizon + 1), freq="M")).to_numpy(dtype=float)
    whole = int(np.isnan(every).argmax() if np.isnan(every).any() else every.size) // 12
    if whole < 2:
        return np.zeros(0, dtype=bool)
    source, _ = question.months(horizon)
    season = question.log_season(target, horizon)
    season = np.zeros(12) if season is None else season
    years = past.origin + np.arange(whole, dtype=np.int64)
    path = MonthPaths(np.log(every[: 12 * whole, None]), season[:, None], years, source.data_month)
    counter = HittingCounter(target, question.series)
    counter.add_months(path)
    return np.asarray(counter.hitting_time().probability > 0.5)


def _level_rows(name: str, origin: int, paths: Paths, future: Array) -> pd.DataFrame:
    """Median, 80 % interval and CRPS of the log level, one row a year; NA where the year has not happened."""
    x = paths.log_levels[0] if paths.weights is None else paths.log_levels[0][equally_likely(paths.weights)]
    low, median, high = np.exp(np.quantile(x, [0.1, 0.5, 0.9], axis=0))
    happened = np.isfinite(future)
    crps = crps_of_paths(x, np.log(np.where(happened, future, 1.0)))
    return pd.DataFrame(
        {
            "unit": name,
            "origin": origin,
            "period": paths.years,
            "years_ahead": paths.years - origin,
            "low": low,
            "median": median,
            "high": high,
            # Masked below, because a NaN in a column of Float64 is a number and not a missing value.
            "value": pd.array(np.where(happened, future, 0.0), dtype="Float64"),
            "crps_log": pd.array(crps, dtype="Float64"),
        }
    ).assign(
        value=lambda f: f["value"].mask(pd.Series(~happened)),
        crps_log=lambda f: f["crps_log"].mask(pd.Series(~happened)),
    )
