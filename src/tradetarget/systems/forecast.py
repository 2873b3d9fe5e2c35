"""forecast_system: when do a region and its pairs reach their targets, on the same paths?"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tradetarget.answering.costs import check_simulation
from tradetarget.answering.counting import HittingCounter
from tradetarget.answering.question import N_PATHS, as_target, horizon_to_deadline, warn_if_far
from tradetarget.arrays import Array
from tradetarget.checks import instance_of, one_of, optional, takes
from tradetarget.errors import ModelError, TargetError, TradeTargetWarning
from tradetarget.models import Paths
from tradetarget.models.interface import checked_horizon
from tradetarget.models.paths import LEAST_EFFECTIVE, checked_paths
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations import TradeSeries
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.scenarios import Scenario
from tradetarget.seeding import checked_seed, stream
from tradetarget.systems.answers import SystemForecast
from tradetarget.systems.case import SystemCase
from tradetarget.systems.joint import Dependence, FittedSystem, fit_system, region_of
from tradetarget.systems.scenarios import SystemPlan, SystemScenario, system_plans
from tradetarget.systems.system import TradeSystem
from tradetarget.targets import Target

FEWEST_EFFECTIVE = 1000
"""Effective paths below which a warning is given. A probability of a half then has a standard error of 1.6 points."""
Scenarios = Scenario | SystemScenario | Iterable[Scenario | SystemScenario]


@takes(
    system=instance_of(TradeSystem, "give a TradeSystem"),
    progress=progress_choice,
    dependence=one_of("joint", "independent"),
    prior=optional(instance_of(Prior, "give a Prior")),
)
def forecast_system(
    system: TradeSystem,
    targets: Mapping[str, Target | float],
    horizon: int = 15,
    seed: int = 0,
    scenarios: Scenarios | None = None,
    *,
    n_paths: int = N_PATHS,
    dependence: Dependence = "joint",
    prior: Prior | None = None,
    progress: Progress = None,
) -> SystemForecast:
    """When do a region and its pairs reach their targets, one by one and together?

    All members are simulated on the same paths, with correlated shocks, and the region is their sum on every path.

    Parameters
    ----------
    system
        The region and what it is the sum of. Figures after the last year that all members have condition the paths.
    targets
        By label or name of a member or of the region; bare numbers are in the unit of the data.
    horizon
        Years after the last year that all members have, 1 to 200; lengthened to the latest deadline of the targets.
    seed
        A whole number; the same seed gives the same answer.
    scenarios
        Plain scenarios adjust every member (the common factor); a SystemScenario adjusts the members it names. A
        baseline is put first where there is none; the order of scenarios changes nothing.
    n_paths
        Simulated paths.
    dependence
        "joint", or "independent": every member for itself, for comparison.
    prior
        What a panel of other pairs says; None is the shipped one.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the paths done and the paths in all after every block.

    Returns
    -------
    SystemForecast
        With ``hitting_times``, ``joint()``, ``contributions()``, ``summary()``, ``to_frame()`` and ``plot()``;
        scenarios in ``cases``, with paired ``differences`` from the baseline.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input: a series that is not in the system, no targets, a horizon or seed out of range. When
        figures of later years leave fewer than 50 effective paths.

    Warns
    -----
    TradeTargetWarning
        When a target is more than 100 times above or below the last value, and when figures of later years leave fewer
        than 1,000 effective paths.

    Examples
    --------
    >>> import tradetarget as tt
    >>> data = tt.datasets.load("kazakhstan-central-asia")
    >>> pairs = [f"Kazakhstan-{c} turnover" for c in ("Uzbekistan", "Kyrgyzstan", "Tajikistan", "Turkmenistan")]
    >>> region = tt.TradeSystem.from_series(data, pairs, "Kazakhstan-Central Asia turnover")
    >>> asked = {"Kazakhstan-Uzbekistan": tt.Target(5, "USD bn"), "Kazakhstan-Central Asia": tt.Target(10, "USD bn")}
    >>> list(tt.forecast_system(region, asked, n_paths=2048).hitting_times)
    ['Kazakhstan-Uzbekistan turnover', 'Kazakhstan-Central Asia turnover']
    """
    horizon, seed = checked_horizon(horizon), checked_seed(seed)
    n_paths = checked_paths(n_paths)
    converted, asked = _questions(system, targets)
    fitted = fit_system(converted, prior=prior, dependence=dependence, targets=asked, seed=seed, n_paths=n_paths)
    horizon = horizon_to_deadline(horizon, fitted.origin_year, asked.values())
    plans = system_plans(scenarios, converted, horizon)
    copies = len(plans) * len(asked)
    check_simulation(n_paths, horizon, copies=copies, members=len(converted.parts))
    _require_effective(fitted, n_paths)
    tallies = [_Tally(p, asked, seed) for p in plans]
    with reporting(progress, "region", n_paths) as advance:
        for block in fitted.blocks(horizon, n_paths, stream(seed, converted.label)):
            for tally in tallies:
                tally.add(block)
            advance(block.n_paths)
    first, *others = tallies
    base = first.case()
    cases = {c.name: c for c in (base, *(t.case(base) for t in others))}
    return SystemForecast(converted, asked, fitted, tuple(plans), cases, horizon, seed, n_paths)


def _questions(system: TradeSystem, targets: Mapping[str, Target | float]) -> tuple[TradeSystem, dict[str, Target]]:
    """The system in the unit of the first target that states one, and the targets by label in that unit.

    A target without a unit is in the unit of the data; all are of the years of the data, calendar or fiscal.
    """
    if not isinstance(targets, Mapping) or not targets:
        raise TargetError(f"no targets: give one by series, such as {{{system.label!r}: Target(10, 'USD bn')}}")
    listed = {
        system.series(name).label: _annual(as_target(t)).of_years_ending(system.year_end) for name, t in targets.items()
    }
    if len(listed) < len(targets):
        raise TargetError(f"two targets of {list(targets)} are of one series: ask one target a series")
    unit = next((t.unit for t in listed.values() if t.unit is not None), None)
    converted = system if unit is None else system.in_unit(unit)
    asked = {}
    for label, t in listed.items():
        asked[label] = (t if t.unit is not None else t.in_unit(system.unit)).in_unit(converted.unit)
        warn_if_far(converted.series(label), asked[label])
    return converted, asked


def _require_effective(fitted: FittedSystem, n_paths: int) -> None:
    """Warn where the figures of later years leave few effective paths; refuse where they leave hardly any."""
    if not fitted.years_known:
        return
    share = fitted.effective_share()
    if not share * n_paths >= FEWEST_EFFECTIVE:
        last = fitted.origin_year + fitted.years_known
        message = (
            f"the figures up to {last} leave {share:.1%} of the paths, {share * n_paths:.0f} in effect: they are far "
            f"from what was expected in {fitted.origin_year}, or growth of whole years, in place of which totals can "
            "be given; check them, or raise n_paths"
        )
        if not share * n_paths >= LEAST_EFFECTIVE:
            raise ModelError(message)
        warnings.warn(message, TradeTargetWarning, stacklevel=3)


def _annual(target: Target) -> Target:
    """The target, refused where its event needs months or an earlier fall.

    A region's members share their shocks by year; how their months go together is not in the joint law, and neither
    is "again", whose members would each have a past of their own to be reached in.
    """
    if target.is_monthly or target.occurrence == "again":
        raise TargetError(
            f"a region is not asked for {target}: its pairs share their shocks by calendar year, and the first time; "
            "use event='calendar_year' and occurrence='first', or ask each pair with forecast"
        )
    return target


class _Tally:
    """Counts one scenario's paths into hitting times, and keeps the year of every path's first hit.

    Parameters
    ----------
    plan
        The scenario.
    targets
        By label.
    seed
        Of the scenario's own random numbers.
    """

    def __init__(self, plan: SystemPlan, targets: Mapping[str, Target], seed: int) -> None:
        self.plan = plan
        self._uniforms = plan.uniforms(seed)
        self._counters = {label: HittingCounter(t, self._series(label)) for label, t in targets.items()}
        self._first: list[NDArray[np.uint8]] = []
        self._weights: list[Array] = []

    def _series(self, label: str) -> TradeSeries:
        plan = self.plan
        return plan.region if label == plan.system.label else plan.series(plan.system.labels.index(label))

    def add(self, block: Paths) -> None:
        """Count one block."""
        adjusted = self.plan.apply(block, [u.take(block.n_paths) for u in self._uniforms])
        rows = []
        for label, counter in self._counters.items():
            system = self.plan.system
            paths = region_of(adjusted) if label == system.label else adjusted.of_series(system.labels.index(label))
            counter.add(paths)
            rows.append(counter.first_hit(paths))
        self._first.append(np.stack(rows))
        if block.weights is not None:
            self._weights.append(block.weights)

    def case(self, baseline: SystemCase | None = None) -> SystemCase:
        """The answers, beside those of the baseline."""
        weights = np.concatenate(self._weights) if self._weights else None
        times = {label: c.hitting_time() for label, c in self._counters.items()}
        first = np.concatenate(self._first, axis=1)
        for i, answer in enumerate(times.values()):
            if answer.method == "exact":
                first[i] = 0
        return SystemCase(self.plan.scenario.name, times, first, weights, baseline)
