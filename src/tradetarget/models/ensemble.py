"""Ensemble: a mixture of growth models, each as likely as its weight.

    p(path) = sum_i w_i p_i(path),   w_i >= 0, sum_i w_i = 1.

Equal weights are hard to beat (Clemen 1989, doi 10.1016/0169-2070(89)90012-5). Weights from past log scores are
predictive likelihoods (Eklund & Karlsson 2007, doi 10.1080/07474930701220550): every member is fitted to the totals up
to each past year and scored by the log density it gave the next total,

    w_i ~ exp(sum_t log p_i(x_t | x_1, ..., x_{t-1})),

the density a Gaussian kernel estimate in logs over 4,096 paths of a fixed stream, so that weights depend on the data
alone. Members that refuse the series are left out, and the notes of the fit say which and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from tradetarget.errors import ModelError, SettingError
from tradetarget.models import FittedGrowth, GrowthModel, get_model
from tradetarget.models.estimates import EXACT, Estimates
from tradetarget.models.interface import BATCH, Array, Fitted, ModelDefaults
from tradetarget.observations import TradeSeries
from tradetarget.seeding import stream

Weights = Literal["equal", "log-score"]
ROBUST = ("random-walk", "local-level", "damped-trend")
_SCORE_PATHS = 8 * BATCH
_FEWEST_SCORES = 5


@dataclass(frozen=True)
class FittedEnsemble(Fitted):
    """Fitted members and their ``weights``; paths are drawn from each in proportion."""

    members: tuple[FittedGrowth, ...]
    weights: Array
    drivers: pd.DataFrame | None = None

    def log_centre(self, horizon: int) -> Array:
        """(horizon,) weighted mean of the members' log median paths, near the median of the mixture."""
        centres = [self._centre(member, horizon) for member in self.members]
        return np.asarray(self.weights @ np.stack(centres))

    def _centre(self, member: FittedGrowth, horizon: int) -> Array:
        if isinstance(member, Fitted):
            return member.log_centre(horizon)
        first = next(iter(member.blocks(horizon, BATCH, stream(0, "ensemble centre"), self.drivers)))
        return np.asarray(first.log_centre[0])

    def draw_batch(self, horizon: int, rng: np.random.Generator) -> Array:
        """(horizon, BATCH) log levels: a batch of every member, and from each its share of the columns at random."""
        points = (np.arange(BATCH) + rng.random()) / BATCH
        source = rng.permutation(np.searchsorted(np.cumsum(self.weights)[:-1], points, side="right"))
        drawn = np.stack([_batch(member, horizon, rng, self.drivers) for member in self.members])
        return np.asarray(drawn[source, :, np.arange(BATCH)].T)

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """(barriers, horizon) weighted mean of the members' laws; None unless every member has one."""
        laws = [member.hitting_law(log_barriers, horizon) for member in self.members]
        found = [law for law in laws if law is not None]
        if len(found) < len(laws):
            return None
        return np.clip(np.tensordot(self.weights, np.stack(found), axes=1), 0.0, 1.0)


@dataclass(frozen=True)
class Ensemble(ModelDefaults):
    """A mixture of growth models.

    Parameters
    ----------
    models
        Names or growth models, two or more; default the random walk, the local level and the damped trend.
    weights
        "equal", or "log-score" for predictive likelihoods over past years.

    Raises
    ------
    SettingError
        On fewer than two members, a member that stands twice or reads part-years itself, or an unknown rule of
        weighting.
    UnknownNameError
        On a name that is not known.

    Examples
    --------
    >>> Ensemble(models=("random-walk", "constant-growth")).min_observations
    3
    """

    models: Sequence[str | GrowthModel] = ROBUST
    weights: Weights = "equal"
    name: str = "ensemble"

    def __post_init__(self) -> None:
        if self.weights not in get_args(Weights):
            raise SettingError(f"weights {self.weights!r} are none of {', '.join(get_args(Weights))}")
        if isinstance(self.models, str) or len(self.models) < 2:
            raise SettingError(f"models {self.models!r}: an ensemble needs two or more members")
        members = tuple(get_model(m) for m in self.models)
        names = [m.name for m in members]
        if len(set(names)) < len(names):
            raise SettingError(f"models {', '.join(names)}: a member stands twice; give each a name of its own")
        for m in members:
            if getattr(m, "reads_part_years", False):
                raise SettingError(
                    f"models {m.name}: it holds what is known of the running year itself, and an ensemble would weigh "
                    "that again: ask it alone"
                )
        object.__setattr__(self, "models", members)

    @property
    def members(self) -> tuple[GrowthModel, ...]:
        """The growth models mixed."""
        return tuple(get_model(m) for m in self.models)

    @property
    def min_observations(self) -> int:
        """The fewest totals that any member needs: the others are left out of shorter series."""
        return min(m.min_observations for m in self.members)

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedEnsemble:
        """Fit every member; those that refuse the series are left out.

        Raises
        ------
        ModelError
            When every member refuses, or when log scores are asked for and fewer than five years can be scored by all.
        """
        fitted, models, refused = [], [], []
        for model in self.members:
            try:
                fitted.append(model.fit(series, drivers))
                models.append(model)
            except ModelError as error:
                refused.append(f"{model.name} is left out: {error}")
        if not fitted:
            raise ModelError(f"{self.name}: every member refuses {series.label}; {refused[0]}")
        years, levels = series.annual_arrays()
        scores = log_scores(models, series, drivers) if self.weights == "log-score" and len(models) > 1 else None
        weights = np.full(len(models), 1.0 / len(models)) if scores is None else _softmax(scores.sum(axis=1))
        how = "equal" if scores is None else f"from log scores of the last {scores.shape[1]} totals"
        estimates = Estimates(
            names=tuple(m.name for m in models),
            values=weights,
            standard_errors=np.full(weights.size, np.nan),
            n_observations=years.size,
            sample=f"log levels {years[0]}-{years[-1]}",
            n_parameters=0,
            notes=(f"estimates are the weights of the members, {how}", *refused),
        )
        return FittedEnsemble(
            self.name, series, years, np.log(levels), estimates,
            members=tuple(fitted), weights=weights, drivers=drivers,
        )  # fmt: skip


def log_scores(models: Sequence[GrowthModel], series: TradeSeries, drivers: pd.DataFrame | None = None) -> Array:
    """(models, years) log density that each model, fitted to the totals before a year, gave the total of that year.

    Years whose earlier totals any of the models refuses are left out.

    Raises
    ------
    ModelError
        When fewer than five years are left.
    """
    totals = series.annual()
    columns = []
    for i in range(max(m.min_observations for m in models), totals.size):
        past = TradeSeries.from_annual(totals.iloc[:i], unit=series.unit, name=series.name, flow=series.flow)
        ahead = int(totals.index[i] - totals.index[i - 1])
        try:
            fits = [m.fit(past, drivers) for m in models]
        except ModelError:
            continue
        columns.append([_score(f, float(np.log(totals.iloc[i])), ahead, drivers) for f in fits])
    if len(columns) < _FEWEST_SCORES:
        raise ModelError(
            f"log scores of {', '.join(m.name for m in models)} need at least {_FEWEST_SCORES} years that all of them "
            f"can forecast and {series.label} has {len(columns)}: use weights='equal' or other members"
        )
    return np.array(columns).T


def _score(fitted: FittedGrowth, x: float, ahead: int, drivers: pd.DataFrame | None) -> float:
    rng = stream(0, "log score", fitted.model_name)
    blocks = fitted.blocks(ahead, _SCORE_PATHS, rng, drivers)
    draws = np.concatenate([b.log_levels[0, :, -1] for b in blocks])
    low, high = np.quantile(draws, [0.25, 0.75])
    spread = min(float(draws.std()), float(high - low) / 1.349)
    width = max(0.9 * spread * draws.size**-0.2, EXACT**0.5)
    exponents = -0.5 * ((x - draws) / width) ** 2
    top = exponents.max()
    return float(top + np.log(np.exp(exponents - top).mean()) - np.log(width * np.sqrt(2.0 * np.pi)))


def _softmax(x: Array) -> Array:
    weights = np.exp(x - x.max())
    return np.asarray(weights / weights.sum())


def _batch(member: FittedGrowth, horizon: int, rng: np.random.Generator, drivers: pd.DataFrame | None) -> Array:
    """(horizon, BATCH) log levels of one member."""
    if isinstance(member, Fitted):
        return member.draw_batch(horizon, rng)
    blocks = list(member.blocks(horizon, BATCH, rng, drivers))
    if any(b.weights is not None for b in blocks):
        raise ModelError(f"{member.model_name} gives weighted paths, which an ensemble cannot mix: leave it out")
    return np.concatenate([b.log_levels[0].T for b in blocks], axis=1)
