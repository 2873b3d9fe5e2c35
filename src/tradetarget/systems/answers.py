"""What a region's forecast answers: hitting times, joint probabilities, contributions to growth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.arrays import Array
from tradetarget.checks import any_text, checked_probabilities, number, several
from tradetarget.checks import year as checked_year
from tradetarget.errors import SettingError, unknown_name
from tradetarget.forecasting.single import FAN
from tradetarget.models import Paths
from tradetarget.models.interface import checked_paths, concatenate
from tradetarget.observations.provenance import provenance_of, stamped
from tradetarget.passage.samples import quantiles_of_paths
from tradetarget.scenarios.comparison import columns_of
from tradetarget.seeding import stream
from tradetarget.systems.case import SystemCase
from tradetarget.systems.joint import FittedSystem, region_of
from tradetarget.systems.scenarios import SystemPlan
from tradetarget.systems.system import TradeSystem
from tradetarget.targets import HittingTime, Target

QUANTILE_PATHS = 20 * 1024
"""Paths drawn again for quantiles. Judgement, because a median is then good to 0.35 points of probability, and fifteen
years of five members take 12 MB."""
CONTRIBUTION_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Where contributions are shown. The median, and central intervals of 50 and 80 %, as in a box plot."""
BAND = 0.05
"""Paths within this much of a quantile of the region's level stand for it. Judgement, because a tenth of 20,480 paths
is averaged then, 2,048, and none of them for two of the quantiles shown."""


@dataclass(frozen=True)
class SystemForecast(presenting.Presented):
    """When a region and its pairs reach their targets, on the same paths.

    Parameters
    ----------
    system
        The data, in the targets' unit.
    targets
        By label, in that unit.
    fitted
        The joint law.
    plans
        The scenarios, the baseline first.
    cases
        The answers by scenario, the baseline first.
    horizon, seed, n_paths
        As they were asked for.
    """

    system: TradeSystem
    targets: Mapping[str, Target]
    fitted: FittedSystem
    plans: tuple[SystemPlan, ...]
    cases: Mapping[str, SystemCase]
    horizon: int
    seed: int
    n_paths: int

    @property
    def baseline(self) -> str:
        """The name of the scenario without adjustments."""
        return self.plans[0].scenario.name

    @property
    def years(self) -> NDArray[np.int64]:
        """(K,) the years of the horizon."""
        return self.fitted.origin_year + np.arange(1, self.horizon + 1, dtype=np.int64)

    @property
    def hitting_times(self) -> Mapping[str, HittingTime]:
        """The baseline's answers by label."""
        return self.cases[self.baseline].hitting_times

    def case(self, scenario: str | None = None) -> SystemCase:
        """One scenario's answers; the baseline's by default.

        Raises
        ------
        UnknownNameError
            On a scenario that was not run; the nearest are offered.
        """
        name = self.baseline if scenario is None else scenario
        if not isinstance(name, str) or name not in self.cases:
            raise unknown_name("scenario", name, self.cases)
        return self.cases[name]

    def joint(self, labels: Iterable[str] | None = None, scenario: str | None = None) -> pd.DataFrame:
        """Probabilities of several targets together; see ``SystemCase.joint``. Names do as well as labels."""
        return self.case(scenario).joint(self._labels(labels))

    def joint_difference(self, scenario: str, labels: Iterable[str] | None = None) -> pd.DataFrame:
        """How far a scenario moves them; see ``SystemCase.joint_difference``. Names do as well as labels."""
        return self.case(scenario).joint_difference(self._labels(labels))

    def _labels(self, names: Iterable[str] | None) -> list[str] | None:
        return None if names is None else [self.system.series(x).label for x in several(any_text)(names, "labels")]

    def quantiles(
        self, name: str | None = None, probabilities: Iterable[float] = FAN, scenario: str | None = None
    ) -> pd.DataFrame:
        """Quantiles of the level of the region or a member in each year, from up to 20,480 paths drawn again.

        Parameters
        ----------
        name
            A member's or the region's label or name; default the region.
        probabilities
            Between 0 and 1.
        scenario
            Default the baseline.
        """
        checked = checked_probabilities(probabilities)
        label = self.system.label if name is None else self.system.series(name).label
        paths = self.paths(scenario)
        if label == self.system.label:
            x = region_of(paths).log_levels[0]
        else:
            x = paths.log_levels[self.system.labels.index(label)]
        logs = quantiles_of_paths(x, paths.weights, checked)
        return pd.DataFrame(np.exp(logs).T, index=pd.Index(self.years, name="period"), columns=checked)

    def paths(self, scenario: str | None = None, n_paths: int = QUANTILE_PATHS) -> Paths:
        """The first paths of every member under a scenario, drawn again: the same numbers as were counted.

        Parameters
        ----------
        scenario
            Default the baseline.
        n_paths
            No more than were asked for.
        """
        name = self.case(scenario).name
        plan = next(p for p in self.plans if p.scenario.name == name)
        uniforms = plan.uniforms(self.seed)
        rng = stream(self.seed, self.system.label)
        return concatenate(
            [
                plan.apply(block, [u.take(block.n_paths) for u in uniforms])
                for block in self.fitted.blocks(self.horizon, min(checked_paths(n_paths), self.n_paths), rng)
            ]
        )

    def contributions(
        self,
        year: int | None = None,
        probabilities: Iterable[float] = CONTRIBUTION_QUANTILES,
        scenario: str | None = None,
    ) -> pd.DataFrame:
        """Each member's part of the region's change of level, where the region does badly, middling or well.

        At a quantile q, the paths whose regional level lies within 5 points of it are averaged: members' changes from
        the origin add up to the region's exactly. "expected" averages the paths between the 5 % and 95 % quantiles:
        beyond them the law has no mean, because volatility is uncertain.

        Parameters
        ----------
        year
            Of the horizon; default its last, or the latest deadline of the targets.
        probabilities
            Between 0.05 and 0.95.
        scenario
            Default the baseline.

        Returns
        -------
        pandas.DataFrame
            A row a quantile ("expected" first) and member, the region last: ``quantile``, ``series``, ``level``,
            ``change`` (from the origin), ``share`` (of the region's change; of a fall where the region falls),
            ``points`` (of the region's growth since the origin, as fractions of its level then).
        """
        at = self._year(year)
        checked = several(number)(probabilities, "quantile probabilities")
        if not all(BAND <= q <= 1.0 - BAND for q in checked):
            raise SettingError(f"quantile probabilities {checked} must lie between {BAND:g} and {1 - BAND:g}")
        paths = self.paths(scenario)
        x = paths.levels[:, :, int(np.searchsorted(self.years, at))]
        rank = _ranks(x.sum(axis=0), paths.weights)
        rows: list[dict[str, Any]] = []
        bands: list[tuple[float | Literal["expected"], float, float]] = [("expected", BAND, 1.0 - BAND)]
        bands += [(q, q - BAND, q + BAND) for q in checked]
        for name, low, high in bands:
            inside = (rank >= low) & (rank <= high)
            if not inside.any():
                raise SettingError(
                    f"none of {paths.n_paths} paths lies near the quantile {name}: ask for more: n_paths=50000"
                )
            weights = None if paths.weights is None else paths.weights[inside]
            rows += self._contribution(name, np.average(x[:, inside], axis=1, weights=weights), paths.origin)
        return stamped(pd.DataFrame(rows), self.provenance)

    def _contribution(self, name: float | str, level: Array, origin: Array) -> list[dict[str, Any]]:
        """The rows of one quantile."""
        levels, start = np.append(level, level.sum()), np.append(origin, origin.sum())
        change = levels - start
        names = [*self.system.labels, self.system.label]
        return [
            {"quantile": name, "series": s, "level": lv, "change": c, "share": c / change[-1], "points": c / start[-1]}
            for s, lv, c in zip(names, levels.tolist(), change.tolist(), strict=True)
        ]

    def _year(self, year: int | None) -> int:
        deadlines = [t.deadline for t in self.targets.values() if t.deadline and t.deadline <= self.years[-1]]
        at = max(deadlines, default=int(self.years[-1])) if year is None else checked_year(year, "year")
        if at not in self.years:
            raise SettingError(
                f"year {at} lies outside the horizon {self.years[0]}-{self.years[-1]}: choose one inside"
            )
        return int(at)

    def to_frame(self) -> pd.DataFrame:
        """One row a scenario, series and year: probability, its error, difference from the baseline and its error."""
        frames = []
        for case in self.cases.values():
            for label, answer in case.hitting_times.items():
                about = {"scenario": case.name, "series": label, "target": answer.target.value}
                frames.append(pd.DataFrame(about | columns_of(answer, case.differences.get(label))))
        return stamped(pd.concat(frames, ignore_index=True), self.provenance)

    @property
    def provenance(self) -> dict[Any, Any]:
        """What the answers rest on (members, targets, model, paths and seed), for the ``attrs`` of their frames."""
        question = {"region": self.system.label, "targets": [f"{label}: {t}" for label, t in self.targets.items()]}
        run = {"model": self.fitted.model_name, "n_paths": self.n_paths, "seed": self.seed}
        return provenance_of(self.system.parts) | question | run

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data: what ``tradetarget region --json`` writes."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """The answers, scenarios beside the baseline, contributions, and what they rest on, as text."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
        levels: Iterable[float] | None = None,
    ) -> Any:
        """The region as a stack of its pairs, its fan, probabilities by year, and what every scenario makes of them.

        Parameters
        ----------
        path, ax, figsize
            As in ``Forecast.plot``.
        levels
            Coverages of the intervals of the region's level, at most two; default 50 and 80 %.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize, levels=levels)

    def __repr__(self) -> str:
        return f"SystemForecast({self.system.label!r}, {', '.join(map(repr, self.hitting_times.values()))})"


def _ranks(x: Array, weights: Array | None) -> Array:
    """(paths,) the share of the weight at or below each path."""
    order = np.argsort(x)
    w = np.ones(x.size) if weights is None else weights
    rank = np.empty(x.size)
    rank[order] = (np.cumsum(w[order]) - 0.5 * w[order]) / w.sum()
    return rank
