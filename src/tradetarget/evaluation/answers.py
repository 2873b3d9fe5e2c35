"""What a model answers at past origins: probabilities, and levels where it gives paths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import ModelError, TradeTargetError
from tradetarget.evaluation.questions import Plan, Question
from tradetarget.evaluation.scores import crps_of_paths
from tradetarget.forecasting.batch import forecast_targets
from tradetarget.models import FittedGrowth, Paths
from tradetarget.models.interface import concatenate
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage.events import count_reached
from tradetarget.seeding import stream
from tradetarget.units import Unit

Array = NDArray[np.float64]
FEWEST_AT_ONCE = 200
NO_LEVELS = "the backtest was run with levels=False"


class Answer(NamedTuple):
    """What a model said at one origin."""

    probability: Array
    """(targets, horizon) P(reached by each year)."""
    levels: pd.DataFrame | None = None
    no_levels: str | None = None


def answers(questions: list[Question], plan: Plan) -> list[Answer | TradeTargetError]:
    """The answer to each question, or the reason why the model refused.

    From 200 questions up the pooled law answers them in one call, several times faster than one by one, by the
    cubature of ``forecast_targets``: its probabilities err by about 0.005.
    """
    model = plan.model
    once = all(t.sustained == 1 for t in plan.targets)
    if isinstance(model, PooledGrowth) and once and not plan.levels and len(questions) >= FEWEST_AT_ONCE:
        return list(_pooled(questions, plan, Prior.shipped() if model.prior is None else model.prior))
    return [_one(q, plan) for q in questions]


def _pooled(questions: list[Question], plan: Plan, prior: Prior) -> list[Answer]:
    """The pooled law of every question in one call."""
    own = Unit.parse(prior.unit)
    histories, wanted = [], []
    for i, q in enumerate(questions):
        years, levels = q.cut.annual_arrays()
        known = q.cut.unit is not None and q.cut.unit.currency == own.currency
        scale = q.cut.unit.factor_to(own) if known and q.cut.unit else prior.size_centre / levels[-1]
        histories.append(pd.DataFrame({"unit": i, "period": years, "value": levels * scale}))
        wanted.append(pd.DataFrame({"unit": i, "target": q.barriers * scale}))
    found = forecast_targets(pd.concat(histories), pd.concat(wanted), horizon=plan.horizon, prior=prior)
    rows = found["probability"].to_numpy().reshape(-1, plan.horizon)
    ends = np.cumsum([q.barriers.size for q in questions])
    return [Answer(part, None, NO_LEVELS) for part in np.split(rows, ends[:-1])]


def _one(q: Question, plan: Plan) -> Answer | TradeTargetError:
    """One question put to the model."""
    try:
        fitted = plan.model.fit(q.cut)
        return _forecast(fitted, q, plan, stream(plan.seed, q.cut.label))
    except TradeTargetError as error:
        return error


def _forecast(fitted: FittedGrowth, q: Question, plan: Plan, rng: np.random.Generator) -> Answer:
    """Probabilities by the law where there is one; levels where there are paths, or why not."""
    once = all(t.sustained == 1 for t in q.asked)
    law = fitted.hitting_law(np.log(q.barriers), plan.horizon) if once else None
    if law is not None and not plan.levels:
        return Answer(law, None, NO_LEVELS)
    try:
        paths = concatenate(list(fitted.blocks(plan.horizon, plan.n_paths, rng)))
    except ModelError as error:
        if law is None:
            raise
        return Answer(law, None, str(error))
    if law is None:
        shares = [_share(paths, b, t.sustained) for b, t in zip(np.log(q.barriers), q.asked, strict=True)]
        law = np.concatenate(shares)
    return Answer(law, _level_rows(q.unit, q.origin, paths, q.future))


def _share(paths: Paths, log_barrier: float, sustained: int) -> Array:
    """(1, horizon) share of the paths that have reached the barrier, weighted where they are."""
    total = paths.n_paths if paths.weights is None else float(paths.weights.sum())
    x = paths.log_levels[0].T
    return np.asarray(count_reached(x, np.array([log_barrier]), paths.weights, sustained) / total)


def _level_rows(name: str, origin: int, paths: Paths, future: Array) -> pd.DataFrame:
    """Median, 80 % interval and CRPS of the log level, one row a year; NA where the year has not happened."""
    x = _equally_likely(paths)
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
            "value": pd.array(np.where(happened, future, 0.0), dtype="Float64"),
            "crps_log": pd.array(crps, dtype="Float64"),
        }
    ).assign(
        value=lambda f: f["value"].mask(pd.Series(~happened)),
        crps_log=lambda f: f["crps_log"].mask(pd.Series(~happened)),
    )


def _equally_likely(paths: Paths) -> Array:
    """(paths, periods) logs; weighted paths are resampled systematically (Kitagawa 1996, doi 10.2307/1390750)."""
    x = paths.log_levels[0]
    if paths.weights is None:
        return np.asarray(x)
    share = np.cumsum(paths.weights) / paths.weights.sum()
    return np.asarray(x[np.searchsorted(share, (np.arange(x.shape[0]) + 0.5) / x.shape[0])])
