"""The inverse question: how much more growth, or how high a level, would reach the target in time?

With b the log target, x_k the log level of a path in year k and p_k the profile of the lever (years of higher growth so
far; the share of a level effect in force), the path has reached the target by year K under a lever of log size s if

    x_k + p_k s >= b for some k <= K,      that is      s >= r = min over k <= K of (b - x_k) / p_k.

So each path has a threshold r, P(reached by K) is the share of thresholds at or below s, and the size that makes it p
is their p-quantile: exact on the common random numbers, without a search. Where the model has an exact law, the paths
are weighted so that without the lever they reach the target as the law says (:mod:`tradetarget.scenarios.controlled`).

Where the event is seen every month, the published months of the running year do not move with the lever, so the level
of the event is not linear in s. It still never falls with s on any path, so the threshold of a path is a root, which
bisection finds for all paths at once.

Reaching a target *again* has no such threshold: more growth also keeps a path from falling below the target first, so
that the probability neither rises nor falls with the lever throughout, and there may be two sizes or none. It is
answered only where it is a first passage: reached once, and the last total below the target.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from tradetarget import presenting
from tradetarget.answering.question import Question, ask, deadline_of, is_first_passage
from tradetarget.arrays import Array
from tradetarget.checks import instance_of, optional, share, table, takes
from tradetarget.errors import ScenarioError, SettingError, shown, unknown_name
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.scenarios.adjustment import Scaled, Setting, deadline
from tradetarget.scenarios.controlled import Control
from tradetarget.scenarios.drivers import sources_of
from tradetarget.scenarios.growth import GrowthShift
from tradetarget.scenarios.levels import Ceiling, LevelEffect
from tradetarget.scenarios.scenario import Plan, Scenario, refuse_parent
from tradetarget.scenarios.thresholds import monthly_thresholds, quantile_and_interval, thresholds
from tradetarget.targets import Target, stands_reached

MOST_SIZES = 20_000_000
"""Paths whose size is kept, in 24 bytes. Judgement. Half a gigabyte, and three minutes at the longest horizon."""
N_PATHS = 2_000_000
"""Paths of the inverse question. They give the probability at the answer to 0.07 points (95 %)."""
MONTH_PATHS = 20 * 1024
"""Most paths where the event is seen every month. Each takes a bisection; the answer is then good to 0.7 points."""


@dataclass(frozen=True)
class Required(presenting.Presented):
    """The size of a lever that gives P(reached by the deadline) = probability.

    Parameters
    ----------
    value
        A fraction: a year for a growth shift, of the level for a level effect. Negative where the target would be
        likelier than that without it.
    interval
        95 % interval of ``value`` for the number of paths simulated. The uncertainty of growth is part of the
        probability, not of this interval. Its upper end is infinite where no size gives a probability that lies above
        ``probability`` by the error of the simulation, as for a lever that starts too late.
    lever
        The kind of adjustment that was sized.
    series, target
        The data, in the target's unit, and the target.
    by
        The deadline, a calendar year.
    probability
        The probability asked for.
    probability_without
        P(reached by the deadline) without the lever.
    model, scenario
        The growth model, and the scenario that the lever comes on top of (None: the baseline).
    seed, n_paths
        As they were asked for.
    thresholds
        (paths,) log sizes at which each path reaches the target, in order, and ``weights`` (paths,) that sum to 1.
    """

    value: float
    interval: tuple[float, float]
    lever: str
    series: TradeSeries
    target: Target
    by: int
    probability: float
    probability_without: float
    model: str
    scenario: str | None
    seed: int
    n_paths: int
    thresholds: Array = field(repr=False, compare=False)
    weights: Array = field(repr=False, compare=False)

    def probability_at(self, value: float) -> float:
        """P(reached by the deadline) with a lever of another size.

        Raises
        ------
        SettingError
            When ``value`` is not a number above -1 (-100 %).
        """
        plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not plain or not -1.0 < value <= sys.float_info.max:
            raise SettingError(f"a lever of {shown(value)} is not above -1: give a share such as 0.02 for 2 %")
        inside = np.searchsorted(self.thresholds, math.log1p(value), side="right")
        return min(1.0, float(self.weights[:inside].sum()))

    def to_frame(self) -> pd.DataFrame:
        """One row: series, target, deadline, probability, lever, value, its interval, and probability without it."""
        record = self.to_dict() | {"high": self.interval[1]}
        frame = pd.DataFrame([{k: v for k, v in record.items() if k not in ("seed", "n_paths")}])
        settings = {"targets": [str(self.target)], "model": self.model, "seed": self.seed}
        return stamped(frame, self.series.provenance | settings)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data; ``high`` is None where the interval has no upper end."""
        low, high = self.interval
        return {
            "series": self.series.label,
            "target": str(self.target),
            "by": self.by,
            "probability": self.probability,
            "lever": self.lever,
            "value": self.value,
            "low": low,
            "high": high if math.isfinite(high) else None,
            "probability_without": self.probability_without,
            "model": self.model,
            "scenario": self.scenario,
            "seed": self.seed,
            "n_paths": self.n_paths,
        }

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"Required({self.lever} {self.value:+.4f} ({low:+.4f} to {high:+.4f}): P({self.series.label} reaches "
            f"{self.target} by {self.by}) = {self.probability:g}, without {self.probability_without:.3f})"
        )

    def summary(self) -> presenting.Summary:
        """The answer in words."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """P(reached by the deadline) by the size of the lever; see ``Forecast.plot``."""
        return presenting.figure(self, path=path, ax=ax, size=figsize)


@takes(
    by=optional(deadline),
    progress=progress_choice,
    drivers=optional(table),
    scenario=optional(instance_of(Scenario, "give Scenario(name, [adjustments])")),
)
def required(
    series: TradeSeries,
    target: Target | float,
    *,
    by: object = None,
    probability: float = 0.5,
    lever: str | Scaled = "growth_shift",
    model: str | GrowthModel = DEFAULT_MODEL,
    seed: int = 0,
    scenario: Scenario | None = None,
    drivers: pd.DataFrame | None = None,
    n_paths: int = N_PATHS,
    progress: Progress = None,
) -> Required:
    """How much more growth, or how high a level, gives P(reached by ``by``) = ``probability``?

    Parameters
    ----------
    series
        The data.
    target
        The level to be reached; a bare number is in the data's unit.
    by
        The deadline: 2030, "2030" or a yearly pandas Period; that of the target where it is left out.
    probability
        Strictly between 0 and 1.
    lever
        "growth_shift" (growth higher in every year from the next one), "level_effect" (a level higher from the next
        year on), or an adjustment that says when and how it comes (``LevelEffect(0.1, start=2027, years=3)``); its own
        size does not matter.
    model
        A name or a GrowthModel.
    seed
        A whole number; other levers and probabilities use the same random numbers.
    scenario
        What happens besides; None for the baseline.
    drivers
        A long table of drivers, for models that use them.
    n_paths
        Simulated paths.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the paths done and the paths in all after every block.

    Returns
    -------
    Required
        With ``value`` and ``interval``.

    Raises
    ------
    ScenarioError
        On a probability of 0 or 1, a deadline that has passed, a target that the last value has reached or that is to
        be reached again (see the module), a lever that does nothing by the deadline, or a scenario with a ceiling.

    Notes
    -----
    The interval is that of Woodruff (1952, doi 10.1080/01621459.1952.10483443): the standard error of the probability
    at the value, from independent batches, carried over to the quantiles beside it.

    Examples
    --------
    >>> import tradetarget as tt
    >>> series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    >>> answer = required(series, tt.Target(10, "USD bn"), by=2030, model="random-walk", n_paths=20_480)
    >>> round(answer.value, 3)
    0.008
    """
    wanted, scaled = _checked_probability(probability), _lever(lever)
    question = ask(series, target, model, seed=seed, n_paths=n_paths, drivers=drivers, warn=False)
    converted, asked = question.series, question.targets[0]
    if asked.occurrence == "again" and not is_first_passage(converted, asked):
        raise ScenarioError(
            f"no one size brings about {asked}: more growth also keeps a path from falling below the target first; ask "
            "forecast or run_scenarios for it, or the first time here"
        )
    if asked.is_monthly:
        question = replace(question, n_paths=min(n_paths, MONTH_PATHS))
    due = deadline_of(asked, by, ScenarioError)
    setting = Setting.until(converted, due, drivers)
    plan = _checked_plan(scenario, setting)
    if not asked.is_monthly and stands_reached(plan.series, asked):
        raise ScenarioError(
            f"the last value of {converted.label} is already at or above the target of {asked}: nothing is required"
        )
    profile = scaled.profile(setting)
    if not profile.any():
        raise ScenarioError(f"the lever {scaled.kind} does nothing by {due}: let it start earlier")
    if n_paths > MOST_SIZES:
        raise SettingError(
            f"n_paths {n_paths:,} keeps {n_paths * 24 / 1e9:.1f} GB of sizes: give {MOST_SIZES:,} or fewer"
        )
    r, w, control = _simulated(question, plan, asked, profile, progress)
    order = np.argsort(r, kind="stable")
    value, interval = quantile_and_interval(r, w, order, wanted, control)
    if not math.isfinite(value):
        least, most = (float(w[kept].sum() / w.sum()) for kept in (np.isneginf(r), r < np.inf))
        bound = f"at most {most:.3g}"
        if value < 0:
            bound = f"at least {least:.3g}, by paths that reach it without the lever"
        raise ScenarioError(
            f"no size of {scaled.kind} gives {wanted:g} by {due}: whatever the size, the probability is {bound}; ask "
            "for another, or let the lever start earlier"
        )
    without = float(w[r <= 0.0].sum() / w.sum())
    return Required(
        math.expm1(value), (math.expm1(interval[0]), math.expm1(interval[1])), scaled.kind, converted, asked, due,
        wanted, without, question.fitted.model_name, None if scenario is None else scenario.name, question.seed,
        question.n_paths, r[order], w[order] / w.sum(),
    )  # fmt: skip


def _simulated(
    question: Question, plan: Plan, target: Target, profile: Array, progress: Progress
) -> tuple[Array, Array, Control | None]:
    """(paths,) thresholds under the scenario, and the paths' weights, in the order of simulation.

    Where the model has an exact law, the weights make the probability without scenario and lever that of the law.
    """
    uniforms, horizon = plan.uniforms(question.seed), plan.setting.horizon
    sources = sources_of(question, [plan])
    months = question.months(horizon) if target.is_monthly else None
    control = Control.of(sources.questions[sources.question_of_plan[0]], target, horizon)
    sizes: list[Array] = []
    weights: list[Array] = []
    with reporting(progress, "paths", question.n_paths) as advance:
        for blocks in sources.blocks(horizon, question.n_paths):
            block = blocks[sources.question_of_plan[0]]
            if control is not None:
                control.add(block)
            adjusted = plan.apply(block, uniforms.take(block.n_paths))
            if months is None:
                sizes.append(thresholds(adjusted, plan.series, target, profile))
            else:
                sizes.append(monthly_thresholds(block, adjusted, plan, target, profile, months))
            weights.append(np.ones(block.n_paths) if block.weights is None else block.weights)
            advance(block.n_paths)
    drawn = np.concatenate(weights)
    return np.concatenate(sizes), drawn if control is None else control.strata.path_weights(), control


def _checked_probability(probability: object) -> float:
    try:
        return share(probability, "probability")
    except SettingError:
        raise ScenarioError(
            f"probability {shown(probability)} is not strictly between 0 and 1: no growth makes a target certain"
        ) from None


def _lever(lever: str | Scaled) -> Scaled:
    named: dict[str, Scaled] = {"growth_shift": GrowthShift(0.01), "level_effect": LevelEffect(0.01)}
    if isinstance(lever, Scaled):
        return lever
    if not isinstance(lever, str) or lever not in named:
        raise unknown_name("lever", lever, named)
    return named[lever]


def _checked_plan(scenario: Scenario | None, setting: Setting) -> Plan:
    """The scenario that the lever comes on top of."""
    base = Scenario("baseline") if scenario is None else scenario
    refuse_parent(base)
    if any(isinstance(a, Ceiling) for a in base.adjustments):
        raise ScenarioError(f"scenario {base.name!r} has a ceiling, which no lever can lift: leave it out")
    return Plan(base, setting)
