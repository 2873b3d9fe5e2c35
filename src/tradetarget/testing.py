"""What a growth model written elsewhere must satisfy to work everywhere in this library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.answering.counting import hitting_time_of
from tradetarget.arrays import Array
from tradetarget.errors import ModelError, TradeTargetError
from tradetarget.forecasting.single import forecast
from tradetarget.models import FittedGrowth, GrowthModel, Paths, get_model
from tradetarget.models.defaults import FIT_MEMBERS, MODEL_FLAGS, DefaultsOfSeries
from tradetarget.models.interface import complete_fit, complete_model
from tradetarget.observations import TradeSeries
from tradetarget.targets import HittingTime, Target

_HORIZON = 12
"""Years of the checks. Judgement, because promises reach about ten years ahead, and errors that add up show by then."""
_PATHS = 20_480
"""Paths against which a law is checked. Judgement, because a probability of a half then has a standard error of 0.35
points, and the check takes a second."""
_LAW_SLACK = 1e-3
"""What a law may differ beside four standard errors. Judgement, because quadrature to a tenth of a point is enough for
an answer that is printed to a tenth."""


def check_growth_model(model: GrowthModel, series: TradeSeries | None = None) -> None:
    """Check a growth model against every rule that the rest of the library relies on.

    The rules: it has ``name``, ``min_observations`` and ``fit``; it refuses a series that is too short with a
    TradeTargetError; fitting and simulating do not change it; what it fits has ``model_name``, ``series``, ``blocks``,
    ``hitting_law`` and ``summary``; the blocks hold as many paths as were asked for, of finite log levels, one column a
    year from the year after the origin, with the origin's level and a finite centre; one seed gives the same paths
    twice; what it offers beside (``tradetarget.models.defaults``) is of the kind that the defaults are; a hitting law,
    where there is one, lies in [0, 1], never falls with time nor rises with the target, and
    agrees with the model's own paths within four standard errors; ``forecast`` gives an answer.

    Parameters
    ----------
    model
        The model, as it would be given to ``forecast``.
    series
        A series it can be fitted to; default 26 simulated annual totals.

    Raises
    ------
    ModelError
        Naming the model and the first rule that it breaks.

    Examples
    --------
    >>> check_growth_model(get_model("random-walk"))
    """
    checked = get_model(model) if not isinstance(model, str) else _broken(repr(model), "it is a model, not its name")
    checked_series = example_series() if series is None else series
    rules = _Rules(checked.name)
    with rules.stated("name is a text and min_observations a whole number from 1 up"):
        rules.need(isinstance(checked.name, str) and bool(checked.name))
        rules.need(isinstance(checked.min_observations, int) and checked.min_observations >= 1)
    _check_refusal(rules, checked, checked_series)
    fitted = _check_fit(rules, checked, checked_series)
    _check_blocks(rules, fitted, checked_series)
    _check_streams(rules, model, fitted, checked_series)
    _check_offers(rules, model, fitted, checked_series)
    _check_law(rules, fitted, checked_series)
    with rules.stated("forecast(series, target, model) gives a hitting time and summary() a text"):
        target = Target(2.0 * float(checked_series.annual().iloc[-1]), unit=checked_series.unit)
        answer = forecast(checked_series, target, model=checked, horizon=3, n_paths=1024)
        rules.need(isinstance(answer.hitting_time, HittingTime))
        rules.need(isinstance(fitted.summary(), str))


def example_series() -> TradeSeries:
    """26 annual totals of a simulated random walk: growth of 6 % a year, 15 % volatility, always the same."""
    rng = np.random.default_rng(20_000)
    x = np.cumsum(rng.normal(0.06, 0.15, 26))
    return TradeSeries.from_annual(pd.Series(np.exp(x), index=range(2000, 2026)), unit="USD bn", name="example")


def _broken(name: str, rule: str, why: str = "") -> Any:
    raise ModelError(f"{name} breaks the rule: {rule}{': ' if why else ''}{why}")


class _Rules:
    """Names the rule that is being checked when something goes wrong."""

    def __init__(self, name: object) -> None:
        self.name = f"model {name!r}"
        self.rule = ""

    @contextmanager
    def stated(self, rule: str) -> Iterator[None]:
        self.rule = rule
        try:
            yield
        except ModelError as error:
            if str(error).startswith(self.name):
                raise
            _broken(self.name, rule, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a model written elsewhere raises breaks the rule
            _broken(self.name, rule, f"{type(error).__name__}: {error}")

    def need(self, holds: bool, why: str = "") -> None:
        if not holds:
            _broken(self.name, self.rule, why)


def _first_totals(series: TradeSeries, n: int) -> TradeSeries:
    totals = series.annual().iloc[:n]
    return TradeSeries.from_annual(totals, unit=series.unit, name=series.name, flow=series.flow)


def _check_refusal(rules: _Rules, model: GrowthModel, series: TradeSeries) -> None:
    few = int(model.min_observations) - 1
    with rules.stated("fewer totals than min_observations are refused with a TradeTargetError"):
        rules.need(series.annual().size > few, f"the series to check with has only {series.annual().size} totals")
        if few >= 1:
            try:
                model.fit(_first_totals(series, few))
            except TradeTargetError:
                return
            rules.need(False, f"{few} totals were accepted")


def _check_fit(rules: _Rules, model: GrowthModel, series: TradeSeries) -> FittedGrowth:
    with rules.stated("fit(series, drivers=None) gives model_name, series, blocks, hitting_law and summary"):
        fitted = model.fit(series, None)
        rules.need(isinstance(fitted, FittedGrowth))
        rules.need(isinstance(fitted.model_name, str) and bool(fitted.model_name))
        rules.need(fitted.series.annual().equals(series.annual()), "series is not the one it was fitted to")
    return fitted


def _drawn(fitted: FittedGrowth, horizon: int, n_paths: int, seed: int = 1) -> list[Paths]:
    return list(fitted.blocks(horizon, n_paths, np.random.default_rng(seed), None))


def _check_blocks(rules: _Rules, fitted: FittedGrowth, series: TradeSeries) -> None:
    last, level = int(series.annual().index[-1]), float(np.log(series.annual().iloc[-1]))
    for horizon, n_paths in ((1, 1), (_HORIZON, 700), (3, 5000)):
        with rules.stated("blocks(horizon, n_paths, rng) yields Paths, n_paths of them in all"):
            blocks = _drawn(fitted, horizon, n_paths)
            rules.need(all(isinstance(b, Paths) for b in blocks))
            counted = sum(b.n_paths for b in blocks)
            rules.need(counted == n_paths, f"{n_paths} paths were asked for and {counted} came")
        for b in blocks:
            with rules.stated("paths are one row a path and one column a year, from the year after the last total"):
                rules.need(b.log_levels.shape == (1, b.n_paths, horizon), f"the shape is {b.log_levels.shape}")
                rules.need(np.array_equal(b.years, last + np.arange(1, horizon + 1)), f"the years are {b.years}")
            with rules.stated("every simulated level is positive and finite"):
                rules.need(bool(np.isfinite(b.log_levels).all()))
            with rules.stated("log_origin is the log of the last total and log_centre a finite number a year"):
                rules.need(b.log_origin.shape == (1,) and abs(float(b.log_origin[0]) - level) < 1e-9)
                rules.need(b.log_centre.shape == (1, horizon) and bool(np.isfinite(b.log_centre).all()))
            with rules.stated("weights are None or one number from 0 up a path, not all 0"):
                w = b.weights
                rules.need(w is None or (w.shape == (b.n_paths,) and bool((w >= 0).all()) and float(w.sum()) > 0))


def _flat(blocks: list[Paths]) -> Array:
    return np.concatenate([b.log_levels[0] for b in blocks])


def _check_streams(rules: _Rules, model: GrowthModel, fitted: FittedGrowth, series: TradeSeries) -> None:
    with rules.stated("one seed gives the same paths twice"):
        before = _flat(_drawn(fitted, _HORIZON, 700))
        rules.need(np.array_equal(before, _flat(_drawn(fitted, _HORIZON, 700))))
    with rules.stated("fitting changes neither the model nor an earlier fit"):
        members = dict(getattr(model, "__dict__", {}))
        moved = (replace(o, value=3.0 * o.value**0.5) if o.kind == "level" else o for o in series)
        other = replace(series, name="other", observations=tuple(moved))
        model.fit(other)
        after = dict(getattr(model, "__dict__", {}))
        changed = [k for k in {**members, **after} if k not in members or after.get(k) is not members[k]]
        rules.need(not changed, f"{', '.join(changed)} changed")
        rules.need(np.array_equal(before, _flat(_drawn(fitted, _HORIZON, 700))), "an earlier fit gives other paths")
        rules.need(np.array_equal(before, _flat(_drawn(model.fit(series), _HORIZON, 700))), "a second fit differs")


def _check_offers(rules: _Rules, model: GrowthModel, fitted: FittedGrowth, series: TradeSeries) -> None:
    """What a model may leave out: where it does not, its answers have the kinds that every caller relies on."""
    whole, fit = complete_model(model), complete_fit(fitted)
    with rules.stated(f"{', '.join(MODEL_FLAGS)}, where the model has them, are True or False"):
        rules.need(all(isinstance(getattr(whole, name), bool) for name in MODEL_FLAGS))
    defaults = DefaultsOfSeries(series)
    for name in FIT_MEMBERS:
        with rules.stated(f"{name}, where the fit offers it, is what FitDefaults.{name} describes"):
            offered, usual = getattr(fit, name), getattr(defaults, name)
            if callable(usual):
                arguments = (_HORIZON,) if name == "student_law" else ()
                offered, usual = offered(*arguments), usual(*arguments)
            # A default of None says that there is nothing; what stands in its place is checked where it is used.
            rules.need(usual is None or isinstance(offered, type(usual)), f"it is a {type(offered).__name__}")
    with rules.stated("a Student law has a mean (horizon,), a covariance (horizon, horizon) and positive df"):
        law = fit.student_law(_HORIZON)
        if law is not None:
            rules.need(law.mean.shape == (_HORIZON,) and law.covariance.shape == (_HORIZON, _HORIZON) and law.df > 0)


def _check_law(rules: _Rules, fitted: FittedGrowth, series: TradeSeries) -> None:
    last = float(series.annual().iloc[-1])
    levels = last * np.array([1.05, 1.5, 3.0])
    with rules.stated("hitting_law(log_barriers, horizon) is None or an array (barriers, horizon)"):
        law = fitted.hitting_law(np.log(levels), _HORIZON)
        if law is None:
            return
        rules.need(np.shape(law) == (3, _HORIZON), f"the shape is {np.shape(law)}")
    with rules.stated("a hitting law lies in [0, 1], never falls with time nor rises with the target"):
        rules.need(bool(np.isfinite(law).all() and (law >= 0).all() and (law <= 1).all()))
        rules.need(bool((np.diff(law, axis=1) >= -1e-9).all()), "it falls with time")
        rules.need(bool((np.diff(law, axis=0) <= _LAW_SLACK).all()), "it rises with the target")
    with rules.stated("a hitting law agrees with the model's own paths within four standard errors"):
        drawn = _drawn(fitted, _HORIZON, _PATHS)
        for level, row in zip(levels, law, strict=True):
            target = Target(float(level), unit=series.unit)
            simulated = hitting_time_of(iter(drawn), target, series)
            errors = np.zeros(_HORIZON) if simulated.standard_errors is None else simulated.standard_errors
            gap = np.abs(simulated.probability - row) - 4.0 * errors
            worst = int(gap.argmax())
            rules.need(
                bool(gap[worst] <= _LAW_SLACK),
                f"P({level:.3g} reached by {simulated.years[worst]}) is {row[worst]:.4f} by its law and "
                f"{simulated.probability[worst]:.4f} by its paths",
            )
