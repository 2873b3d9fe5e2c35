"""Does joint modelling pay? The same questions at past origins, answered jointly, pair by pair, and by the total alone.

Three forecasters see what was known at each origin:

    joint         the pairs with correlated shocks, added up
    independent   the pairs each for itself, added up
    direct        the region's total as a series like any other, by the same pooled law

For a pair alone the three give one law, so there is nothing to compare; they differ in the region's level, in when it
reaches a target, and in whether pair and region reach theirs together (for "direct", the product of the two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.answering.question import question_of
from tradetarget.arrays import Array
from tradetarget.checks import made, number, one_of, optional, several, takes, text, year
from tradetarget.errors import DataError, SettingError, TradeTargetError, unknown_name
from tradetarget.evaluation.questions import MULTIPLES
from tradetarget.evaluation.scores import brier_score, crps_of_paths
from tradetarget.models import Paths
from tradetarget.models.interface import checked_horizon, checked_paths, concatenate
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import provenance_of, stamped
from tradetarget.passage.events import log_floor
from tradetarget.passage.samples import equally_likely
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.seeding import checked_seed, stream
from tradetarget.systems.joint import fit_system, region_of
from tradetarget.systems.system import TradeSystem, cut

FORECASTERS = ("joint", "independent", "direct")
N_PATHS = 8192
"""Paths an origin. Judgement, because a probability then has a standard error of 0.6 points at most, small beside the
spread of scores over a few dozen origins."""
COVERAGE = 0.8
"""Nominal coverage of the interval that is scored. 80 %, as everywhere in docs/evaluation.md."""


@dataclass(frozen=True)
class SystemBacktest(presenting.Presented):
    """Scores of the three forecasters, case by case.

    Parameters
    ----------
    frame
        A row an origin, years ahead and forecaster: origin, years_ahead, forecaster, crps (of the region's log level),
        covered (by the central 80 % interval), width (of that interval, log points), rps (squared errors of
        P(the region has reached a multiple of its origin's level), averaged over the multiples), joint_brier (of "the
        largest pair and the region both have", likewise).
    multiples
        Of the origin's level.
    region
        Its label.
    data
        The provenance of the data, with horizon, known and seed, as frames carry it in ``attrs``.
    """

    frame: pd.DataFrame
    multiples: tuple[float, ...]
    region: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def scores(self) -> pd.DataFrame:
        """Means over origins and years ahead, a row a forecaster; lower is better, coverage should be 0.8."""
        columns = ["crps", "covered", "width", "rps", "joint_brier"]
        return stamped(self.frame.groupby("forecaster", sort=False)[columns].mean(), self.data)

    @takes(against=text)
    def differences(self, against: str) -> pd.DataFrame:
        """The joint forecaster's mean score less another's by measure, with its standard error over origins.

        Origins are taken as clusters; neighbouring ones share most of their future, so the error is too small.
        """
        others = [name for name in self.frame["forecaster"].unique() if name != "joint"]
        if against not in others:
            raise unknown_name("forecaster", against, others)
        wide = self.frame.pivot_table(index=["origin", "years_ahead"], columns="forecaster", sort=False)
        rows = []
        for measure in ("crps", "rps", "joint_brier"):
            gap = (wide[measure]["joint"] - wide[measure][against]).groupby("origin").mean()
            rows.append((measure, gap.mean(), gap.std() / np.sqrt(len(gap)), int((gap < 0).sum()), len(gap)))
        names = ["measure", "difference", "standard_error", "origins_better", "origins"]
        return stamped(pd.DataFrame(rows, columns=names).set_index("measure"), self.data)

    def to_frame(self) -> pd.DataFrame:
        """The scores case by case: ``frame``, with the provenance in ``attrs``."""
        return stamped(self.frame.copy(), self.data)

    def summary(self) -> presenting.Summary:
        """Scores of the three forecasters, and the joint one's distances from the others, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        origins = self.frame["origin"]
        scored = len(self.frame) // len(FORECASTERS)
        return f"SystemBacktest({self.region!r}, origins {origins.min()}-{origins.max()}, {scored} forecasts scored)"


@takes(
    system=made("TradeSystem"), origins=optional(several(year)), multiples=several(number),
    known=one_of("as_of", "year"), prior=optional(made("Prior")),
)  # fmt: skip
def backtest_system(
    system: TradeSystem,
    origins: Iterable[int] | None = None,
    *,
    horizon: int = 10,
    multiples: Iterable[float] = MULTIPLES,
    known: str = "as_of",
    seed: int = 0,
    n_paths: int = N_PATHS,
    prior: Prior | None = None,
    progress: Progress = None,
) -> SystemBacktest:
    """Forecast the region from past origins in three ways, and score them against what happened.

    Parameters
    ----------
    system
        The region; years after an origin that all members have are what happened.
    origins
        Last complete years to forecast from; default every year from the eleventh with one after it.
    horizon
        Years after each origin, as far as they have happened.
    multiples
        Of the level at the origin, above 1.
    known
        "as_of": what was known by the end of March after the origin; "year": the figures up to it.
    seed
        A whole number; the same seed gives the same answer.
    n_paths
        Simulated paths an origin.
    prior
        What a panel of other pairs says; None is the shipped one.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the origins done and the origins in all after each.

    Raises
    ------
    DataError
        When no origin has a year after it.
    """
    horizon, seed, ratios = checked_horizon(horizon), checked_seed(seed), tuple(multiples)
    n_paths = checked_paths(n_paths, 2)
    if not ratios or min(ratios) <= 1.0:
        raise SettingError(f"multiples {list(ratios)} must be above 1: the level at the origin is reached already")
    actual = system.table.dropna()
    wanted = list(actual.index[10:-1]) if origins is None else [int(o) for o in origins]
    frames = []
    with reporting(progress_choice(progress, "progress"), "backtest of the region", len(wanted)) as advance:
        for origin in wanted:
            future = actual.loc[origin + 1 : origin + horizon]
            if origin in actual.index and len(future) and (np.diff([origin, *future.index]) == 1).all():
                frames.append(_origin(_past(system, origin, known), future, ratios, seed, n_paths, prior))
            advance()
    if not frames:
        raise DataError(f"{system.label}: none of the origins {wanted} has all parts and a year after it: give others")
    about = provenance_of(system.parts) | {"model": "pooled", "horizon": horizon, "known": known, "seed": seed}
    return SystemBacktest(pd.concat(frames, ignore_index=True), ratios, system.label, about)


def _past(system: TradeSystem, origin: int, known: str) -> TradeSystem:
    """The system as it was known at the origin.

    Raises
    ------
    SettingError
        When the origin's figures were not known yet.
    """
    if known == "as_of":
        try:
            past = system.as_of(f"{origin + 1}-03")
        except TradeTargetError as error:
            raise SettingError(f"origin {origin}: {error}") from None
    else:
        total = None if system.total is None else cut(system.total, origin)
        past = TradeSystem(system.name, [cut(s, origin) for s in system.parts], total, residual=system.residual,
                           tolerance=system.tolerance)  # fmt: skip
    if past.origin != origin:
        raise SettingError(f"origin {origin} was not known by March {origin + 1}: use known='year'")
    return past


def _origin(
    past: TradeSystem, future: pd.DataFrame, ratios: tuple[float, ...], seed: int, n_paths: int, prior: Prior | None
) -> pd.DataFrame:
    """The rows of one origin."""
    horizon, largest = len(future), int(np.argmax(past.table.loc[past.origin].to_numpy()))
    happened = np.log(np.stack([future.iloc[:, largest].to_numpy(), future.sum(axis=1).to_numpy()]))
    rows = []
    for name in FORECASTERS:
        rng = stream(seed, past.label, "backtest", str(past.origin), name)
        if name == "direct":
            alone = (past.region, past.series(past.labels[largest]))
            whole, pair = (_direct(s, horizon, n_paths, rng, prior) for s in alone)
        else:
            paths = fit_system(past, prior=prior, dependence=name).simulate(horizon, n_paths, rng)  # type: ignore[arg-type]
            paths = _equally_weighted(paths)
            whole, pair = region_of(paths), paths.of_series(largest)
        rows.append(_scores(name, past.origin, pair, whole, happened, ratios))
    return pd.concat(rows, ignore_index=True)


def _direct(series: TradeSeries, horizon: int, n_paths: int, rng: np.random.Generator, prior: Prior | None) -> Paths:
    """Paths of a series by itself, as ``forecast`` draws them: later part-year figures weigh them."""
    fitted = question_of(series, (), PooledGrowth(prior), seed=0, n_paths=n_paths).fitted
    return _equally_weighted(concatenate(list(fitted.blocks(horizon, n_paths, rng))))


def _equally_weighted(paths: Paths) -> Paths:
    """As many paths, each with weight 1: the scores are those of a sample."""
    if paths.weights is None:
        return paths
    kept = equally_likely(paths.weights)
    return Paths(paths.log_levels[:, kept], paths.years, paths.log_origin, paths.log_centre)


def _scores(
    name: str, origin: int, pair: Paths, whole: Paths, happened: Array, ratios: tuple[float, ...]
) -> pd.DataFrame:
    """CRPS, coverage, width, RPS and the joint Brier score of one forecaster at one origin, by years ahead."""
    x = whole.log_levels[0]
    low, high = np.quantile(x, [(1.0 - COVERAGE) / 2.0, (1.0 + COVERAGE) / 2.0], axis=0)
    rps, together = np.zeros((2, x.shape[1]))
    for ratio in ratios:
        seen = [_reached(h - p.log_origin[0], ratio) for h, p in zip(happened, (pair, whole), strict=True)]
        hit = [_reached(p.log_levels[0] - p.log_origin[0], ratio) for p in (pair, whole)]
        both = hit[0].mean(axis=0) * hit[1].mean(axis=0) if name == "direct" else (hit[0] & hit[1]).mean(axis=0)
        rps += brier_score(hit[1].mean(axis=0), seen[1]) / len(ratios)
        together += brier_score(both, seen[0] & seen[1]) / len(ratios)
    columns: dict[str, Any] = {
        "origin": origin,
        "years_ahead": np.arange(1, x.shape[1] + 1),
        "forecaster": name,
        "crps": crps_of_paths(x, happened[1]),
        "covered": (low <= happened[1]) & (happened[1] <= high),
        "width": high - low,
        "rps": rps,
        "joint_brier": together,
    }
    return pd.DataFrame(columns)


def _reached(growth: Array, ratio: float) -> NDArray[np.bool_]:
    """(..., periods) whether log growth since the origin has reached the multiple by each period."""
    return np.asarray(np.maximum.accumulate(growth, axis=-1) >= log_floor(np.log(ratio)))
