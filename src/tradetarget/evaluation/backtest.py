"""Backtests: the same question asked at past origins, with what was known then, and what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError, ModelError, SettingError, TradeTargetError
from tradetarget.evaluation.baselines import baselines as named_baselines
from tradetarget.evaluation.results import Backtest
from tradetarget.evaluation.scores import crps_of_paths
from tradetarget.forecasting import checked_target
from tradetarget.models import DEFAULT_MODEL, FittedGrowth, GrowthModel, Paths, get_model
from tradetarget.models.interface import checked_horizon, concatenate
from tradetarget.observations import TradeSeries
from tradetarget.panels import read_panel
from tradetarget.passage.events import count_reached, reached
from tradetarget.seeding import checked_seed, stream
from tradetarget.targets import Target
from tradetarget.units import Unit

Known = Literal["as_of", "year"]
MULTIPLES = (1.25, 1.5, 2.0)
N_PATHS = 4096
Array = NDArray[np.float64]


class _Plan(NamedTuple):
    """What is asked of every series at every origin."""

    model: GrowthModel
    targets: tuple[Target, ...]
    multiples: tuple[float, ...]
    horizon: int
    known: Known
    seed: int
    n_paths: int
    levels: bool


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
        Whether to keep the median and the 80 % interval of the level, for ``hedgehog``; they need paths.
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
    levels_asked, ratios = _questions(targets, multiples)
    plan = _Plan(
        get_model(model), levels_asked, ratios, checked_horizon(horizon), known, checked_seed(seed), n_paths, levels
    )
    wanted = None if origins is None else _checked_origins(origins)
    parts: list[_Case] = []
    skipped: list[tuple[str, int, str]] = []
    series_by_name = _by_name(data, unit)
    if levels_asked and (wanted_unit := levels_asked[0].unit) is not None:
        series_by_name = {name: series.in_unit(wanted_unit) for name, series in series_by_name.items()}
    for name, series in series_by_name.items():
        for origin in _origins_of(series, plan.model.min_observations) if wanted is None else wanted:
            try:
                parts.append(_case(name, series, origin, plan))
            except TradeTargetError as error:
                skipped.append((name, origin, str(error)))
    if not parts:
        first = f": {skipped[0][0]} at {skipped[0][1]}: {skipped[0][2]}" if skipped else ""
        raise DataError(f"no origin could be forecast{first or '; give longer series or other origins'}")
    return _collect(parts, skipped, series_by_name, plan)


def _questions(
    targets: Target | float | Iterable[Target | float] | None, multiples: Iterable[float] | None
) -> tuple[tuple[Target, ...], tuple[float, ...]]:
    """Levels or multiples, one of the two."""
    if targets is not None and multiples is not None:
        raise SettingError("give targets (levels) or multiples (of the total at each origin), not both")
    if targets is not None:
        listed = [targets] if isinstance(targets, Target) or np.isscalar(targets) else list(targets)  # type: ignore[arg-type]
        if not listed:
            raise SettingError("targets is empty: give at least one level, such as 5.0")
        return tuple(checked_target(t) for t in listed), ()  # type: ignore[arg-type]
    ratios = tuple(float(m) for m in (MULTIPLES if multiples is None else multiples))
    bad = [m for m in ratios if not (np.isfinite(m) and m > 1.0)]
    if bad or not ratios:
        raise SettingError(f"multiple {bad[0] if bad else ratios!r} is not above 1: give multiples such as 1.5")
    return (), ratios


def _checked_origins(origins: Iterable[int]) -> tuple[int, ...]:
    found = tuple(origins)
    for year in found:
        if isinstance(year, bool) or not isinstance(year, int | np.integer):
            raise SettingError(f"origin {year!r} is not a year, such as 2015")
    if not found:
        raise SettingError("origins is empty: give at least one year, such as 2015")
    return tuple(sorted({int(year) for year in found}))


def _by_name(data: object, unit: str | Unit | None) -> Mapping[str, TradeSeries]:
    """Every input as named series; a long table is checked row by row."""
    if isinstance(data, TradeSeries):
        return {data.label: data}
    if isinstance(data, pd.DataFrame):
        panel = read_panel(data)
        ends = np.searchsorted(panel.code, np.arange(panel.units.size + 1))
        return {
            str(who): TradeSeries.from_annual(
                pd.Series(panel.value[a:b], index=panel.year[a:b]), unit=unit, name=str(who)
            )
            for who, a, b in zip(panel.units, ends[:-1], ends[1:], strict=True)
        }
    if isinstance(data, Mapping) and data and all(isinstance(s, TradeSeries) for s in data.values()):
        return data
    raise DataError(
        f"cannot backtest {type(data).__name__}: give a TradeSeries, a mapping of names to them, or a long table "
        "with columns unit, period and value"
    )


def _origins_of(series: TradeSeries, minimum: int) -> Sequence[int]:
    """Years with ``minimum`` totals (and two for the baselines) up to them, and one after them."""
    years = series.annual().index.tolist()
    return years[max(minimum, 2) - 1 : -1]


def _cut(series: TradeSeries, origin: int, known: Known) -> TradeSeries:
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


class _Case(NamedTuple):
    """One series at one origin."""

    unit: str
    origin: int
    barriers: Array
    ratios: Array
    probability: dict[str, Array]
    reached: NDArray[np.bool_]
    observed: int
    levels: pd.DataFrame | None
    no_levels: str | None


def _case(name: str, series: TradeSeries, origin: int, plan: _Plan) -> _Case:
    cut = _cut(series, origin, plan.known)
    years, totals = cut.annual_arrays()
    if years.size < 2:
        raise DataError("the baselines need two totals by the origin, and there is one")
    last = float(totals[-1])
    asked = plan.targets or tuple(Target(last * m, cut.unit) for m in plan.multiples)
    levels = np.array([t.value_in(cut.unit) for t in asked])
    ahead = np.flatnonzero(~reached(last, levels))
    if not ahead.size:
        raise DataError(f"the total of {last:g} was already at every target")
    asked, barriers = tuple(asked[i] for i in ahead), levels[ahead]
    ratios = np.array(plan.multiples)[ahead] if plan.multiples else barriers / last
    fitted = plan.model.fit(cut)
    mine, paths, no_levels = _forecast(fitted, asked, np.log(barriers), plan, stream(plan.seed, cut.label))
    others = {
        key: rule(years, np.log(totals), np.log(barriers), plan.horizon) for key, rule in named_baselines().items()
    }
    future = _future(series, origin, plan.horizon)
    observed = int(np.isnan(future).argmax()) if np.isnan(future).any() else plan.horizon
    return _Case(
        name, origin, barriers, ratios, {"model": mine, **others}, _outcome(future, barriers, asked), observed,
        None if paths is None else _level_rows(name, origin, paths, future), no_levels,
    )  # fmt: skip


def _forecast(
    fitted: FittedGrowth, asked: tuple[Target, ...], log_barriers: Array, plan: _Plan, rng: np.random.Generator
) -> tuple[Array, Paths | None, str | None]:
    """(targets, horizon) probabilities, by the law where there is one; paths where there are any, or why not."""
    law = fitted.hitting_law(log_barriers, plan.horizon) if all(t.sustained == 1 for t in asked) else None
    if law is not None and not plan.levels:
        return law, None, "the backtest was run with levels=False"
    try:
        paths = concatenate(list(fitted.blocks(plan.horizon, plan.n_paths, rng)))
    except ModelError as error:
        if law is None:
            raise
        return law, None, str(error)
    if law is None:
        law = np.concatenate([_share(paths, b, t.sustained) for b, t in zip(log_barriers, asked, strict=True)])
    return law, paths, None


def _share(paths: Paths, log_barrier: float, sustained: int) -> Array:
    """(1, horizon) share of the paths that have reached the barrier, weighted where they are."""
    total = paths.n_paths if paths.weights is None else float(paths.weights.sum())
    x = paths.log_levels[0].T
    return np.asarray(count_reached(x, np.array([log_barrier]), paths.weights, sustained) / total)


def _future(series: TradeSeries, origin: int, horizon: int) -> Array:
    """(horizon,) the totals after the origin as known today, NaN where there is none."""
    wanted = np.arange(origin + 1, origin + horizon + 1)
    return np.asarray(series.annual().reindex(wanted), dtype=float)


def _outcome(future: Array, barriers: Array, asked: tuple[Target, ...]) -> NDArray[np.bool_]:
    """(targets, horizon) whether each target had been reached by each year; meant for observed years only."""
    logs = np.log(np.where(np.isnan(future), 1e-300, future))[:, None]
    rows = [count_reached(logs, np.log([b]), None, t.sustained)[0] > 0 for b, t in zip(barriers, asked, strict=True)]
    return np.asarray(np.stack(rows))


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


def _collect(
    cases: list[_Case], skipped: list[tuple[str, int, str]], series: Mapping[str, TradeSeries], plan: _Plan
) -> Backtest:
    rows = [c.barriers.size * plan.horizon for c in cases]
    ahead = np.tile(np.arange(1, plan.horizon + 1), sum(c.barriers.size for c in cases))
    origin = np.repeat([c.origin for c in cases], rows)
    reached = pd.array(np.concatenate([c.reached.ravel() for c in cases]), dtype="boolean")
    reached[ahead > np.repeat([c.observed for c in cases], rows)] = pd.NA
    frame: dict[str, Any] = {
        "unit": np.repeat([c.unit for c in cases], rows),
        "origin": origin,
        "target": np.repeat(np.concatenate([c.barriers for c in cases]), plan.horizon),
        "multiple": np.repeat(np.concatenate([c.ratios for c in cases]), plan.horizon),
        "period": origin + ahead,
        "years_ahead": ahead,
        "reached": reached,
    }
    for key in cases[0].probability:
        frame[key] = np.concatenate([c.probability[key].ravel() for c in cases])
    kept = [c.levels for c in cases if c.levels is not None]
    return Backtest(
        model_name=plan.model.name,
        frame=pd.DataFrame(frame).rename(columns={"model": "probability"}),
        levels=pd.concat(kept, ignore_index=True) if len(kept) == len(cases) else None,
        no_levels=next((c.no_levels for c in cases if c.no_levels), None),
        actual={name: series[name].annual() for name in dict.fromkeys(c.unit for c in cases)},
        skipped=pd.DataFrame(skipped, columns=["unit", "origin", "reason"]),
        horizon=plan.horizon,
        known=plan.known,
        seed=plan.seed,
        unit_of_value=next(iter(series.values())).unit,
    )
