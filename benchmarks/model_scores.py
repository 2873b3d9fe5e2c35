"""Score every growth model that is fitted to a series alone in two contests on real trade, beside the pooled law.

Usage: python benchmarks/model_scores.py SKILL_FOLDER [--per-origin N] [--paths N] [--contest isolated|realtime]

About ten minutes with the default 300 cases of every length and origin.

SKILL_FOLDER holds the contests: run.py (isolated histories), realtime.py (one side's statistics at ten origins),
cases.py, score.py and peers.py, and their data beside it. Nothing in it ships with the package.

isolated   the last 3, 5, 10 or 25 totals of a pair and nothing else
realtime   everything that a reporter had stated of a pair by the origin, 1976, 1980, ... 2012

The models here are fitted to one series at a time, so each contest is sampled: N cases of every length and of every
origin, drawn with a fixed seed from the contest's own cases. Every row is scored on the same sample. A model with an
exact hitting law answers with it, the others with ``--paths`` simulated paths, which add at most 1 / (4 paths) to a
score. Beside them stand the pooled law (its prior estimated from the other half of the pairs, or from everything known
at the origin), the reference class and the base rate (counted from the same), and a random walk without drift.

A model that refuses a series is scored on the series that it answers, and the share that it answers is shown. Scores
of two models with different shares are of different series, so the columns "from pooled", "from walk" and "from base
rate" give the mean difference in RPS, times 100, on the series that the row's model answers, with its standard error:
clustered by pair in the isolated contest; over series in the realtime contest, its ten origins taken as given.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget.errors import TradeTargetError
from tradetarget.models import GrowthModel, get_model, model_names
from tradetarget.passage import discrete_cdf
from tradetarget.seeding import stream

sys.path.insert(0, str(Path(__file__).resolve().parent))
from skill import reference_answers, reference_table

SEED = 20
NOT_FROM_ONE_SERIES = ("pooled", "monthly", "drivers", "reference-class", "base-rate")
"""Models that need a prior, months, a table of drivers or a table of reference, besides the totals of the series."""
SMALLEST_VOLATILITY = 1e-3
"""That of realtime.peers, so that a series that never moved has a random walk all the same."""


class Contests:
    """The modules of the folder."""

    def __init__(self, folder: Path) -> None:
        needed = ("cases", "score", "run", "realtime", "peers")
        missing = [name for name in needed if not (folder / f"{name}.py").is_file()]
        if missing:
            raise SystemExit(f"{folder} holds no {missing[0]}.py: give the folder of the contests")
        sys.path.insert(0, str(folder))
        self.cases, self.score, self.run, self.realtime, self.peers = (import_module(name) for name in needed)


def series_models() -> dict[str, GrowthModel]:
    """The models fitted to the totals of one series alone, by name."""
    return {name: get_model(name) for name in model_names() if name not in NOT_FROM_ONE_SERIES}


def sampled(c: Any, size: int, seed: int) -> Any:
    """``size`` of the cases at random, or all of them where there are fewer."""
    if c.units.size <= size:
        return c
    keep = np.zeros(c.units.size, dtype=bool)
    keep[np.random.default_rng(seed).choice(c.units.size, size, replace=False)] = True
    return c.take(keep)


def answer(model: GrowthModel, series: tt.TradeSeries, log_barriers: np.ndarray, horizon: int, n_paths: int) -> Any:
    """(barriers, horizon) P(reached by each year), or NaN where the model refuses the series."""
    try:
        fitted = model.fit(series)
        law = fitted.hitting_law(log_barriers, horizon)
        if law is not None:
            return law
        blocks = list(fitted.blocks(horizon, n_paths, stream(SEED, series.name)))
    except TradeTargetError:
        return np.full((log_barriers.size, horizon), np.nan)
    best = np.maximum.accumulate(np.concatenate([b.log_levels[0] for b in blocks]), axis=1)
    return np.stack([(best >= b).mean(axis=0) for b in log_barriers])


def answers(contests: Contests, c: Any, n_paths: int) -> dict[str, np.ndarray]:
    """(cases, multiples, years) of every model fitted to one series alone, and of a random walk without drift."""
    barriers, horizon = np.log(contests.cases.MULTIPLES), contests.cases.HORIZON
    histories = dict(iter(c.history[c.history["unit"].isin(c.units)].sort_values("period").groupby("unit")))
    models = series_models()
    p = {name: np.empty((c.units.size, barriers.size, horizon)) for name in (*models, "random walk without drift")}
    for i, unit in enumerate(c.units):
        h = histories[unit]
        totals = pd.Series(h["value"].to_numpy(dtype=float), index=h["period"].to_numpy(dtype=int))
        series = tt.TradeSeries.from_annual(totals, unit="USD mn", name=str(unit))
        log_barriers = float(np.log(totals.iloc[-1])) + barriers
        for name, model in models.items():
            p[name][i] = answer(model, series, log_barriers, horizon, n_paths)
        growth = np.diff(np.log(totals.to_numpy()))[np.diff(totals.index) == 1]
        volatility = max(float(np.sqrt((growth**2).mean())), SMALLEST_VOLATILITY)
        p["random walk without drift"][i] = discrete_cdf(horizon, barriers, 0.0, volatility)
    return p


def isolated(contests: Contests, size: int, n_paths: int) -> tuple[pd.DataFrame, dict[str, np.ndarray], Any]:
    """Scores of isolated histories, the answers and the cases."""
    cases, run = contests.cases, contests.run
    panel = run.load()
    every = cases.isolated(panel, (1962, 1994), seed=1)
    chosen = [sampled(every.take(every.length == n), size, SEED + n).units for n in cases.LENGTHS]
    c = every.take(np.isin(every.units, np.concatenate(chosen)))
    p = answers(contests, c, n_paths)
    side, shape = cases.half(c.units), c.outcome().shape
    p |= {name: np.empty(shape) for name in ("pooled", "reference class", "base rate")}
    for k in (0, 1):
        part, others = c.take(side == k), panel[cases.half(panel.pair) != k]
        p["pooled"][side == k] = part.probabilities(
            run.forecast_isolated(part, tt.estimate_prior(run.as_panel(others)))
        )
        p["reference class"][side == k] = reference_answers(contests, part, reference_table(others))[0]
        elsewhere = every.take(cases.half(every.units) != k)
        p["base rate"][side == k] = contests.peers.base_rate(part, elsewhere)
    scores = contests.score.table(p, c)
    rps = {name: contests.score.ranked_probability_score(q, c.outcome()) for name, q in p.items()}
    pairs = np.array([str(unit)[:7] for unit in c.units])
    frame = pd.DataFrame(rps).assign(cluster=pairs, origin="isolated", length=c.length)
    return with_differences(scores, frame), p, c


def realtime(contests: Contests, size: int, n_paths: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean scores of the ten origins, and the RPS of every case."""
    rt, tables, frames = contests.realtime, [], []
    panel = rt.load()
    for origin in rt.ORIGINS:
        start = time.perf_counter()
        every, years = rt.at_origin(panel, origin)
        c = sampled(every, size, SEED + origin)
        c = contests.cases.Cases(c.units, c.length, c.last, c.future, every.history)
        p = answers(contests, c, n_paths)
        outlook = rt.outlooks(origin)
        prior = tt.estimate_prior(c.history, drivers=outlook)
        shown = c.history[c.history["unit"].isin(c.units)]
        answered = tt.forecast_targets(shown, c.targets(), horizon=rt.HORIZON, prior=prior, drivers=outlook)
        p["pooled"] = c.probabilities(answered)
        p["base rate"] = np.array(rt.peers(panel, c, origin)["base rate"])
        past = c.history.rename(columns={"unit": "pair", "period": "year"})
        p["reference class"] = reference_answers(contests, c, reference_table(past))[0]
        tables.append(rt.scored(p, c, years).assign(origin=origin))
        outcome = c.outcome()[:, :, :years]
        rps = {k: contests.score.ranked_probability_score(q[:, :, :years], outcome) for k, q in p.items()}
        frames.append(pd.DataFrame(rps).assign(cluster=c.units, origin=origin, length=c.length))
        print(f"{origin}: {c.units.size} series, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    columns = ["rps", "<100m", "100m-1bn", ">=1bn", "cover80", "cover50", "reliability"]
    every_origin = pd.concat(tables)
    scores = every_origin.groupby(level=0, sort=False)[columns].mean()
    scores.insert(0, "cases", every_origin.groupby(level=0, sort=False)["cases"].sum())
    frame = pd.concat(frames, ignore_index=True)
    return with_differences(scores, frame), frame


def with_differences(scores: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The scores with the share answered and the mean differences from the pooled law and the random walk."""
    for against, column in (("pooled", "from pooled"), ("random-walk", "from walk"), ("base rate", "from base rate")):
        values = [difference(frame, name, against) for name in scores.index]
        scores[column] = [f"{100 * mean:+.2f} ± {100 * error:.2f}" for mean, error in values]
    scores["answered"] = scores["cases"] / len(frame)
    scores["error"] = [difference(frame, name, None)[1] for name in scores.index]
    return scores


def difference(frame: pd.DataFrame, name: str, against: str | None) -> tuple[float, float]:
    """Mean difference in RPS over the origins and its standard error, on the cases that both answer."""
    gap = frame[name] - (frame[against] if against else 0.0)
    rows = frame.assign(gap=gap)[gap.notna()]
    by_origin = rows.groupby("origin")["gap"]
    centred = (rows["gap"] - by_origin.transform("mean")) / by_origin.transform("size")
    variance = (centred.groupby(rows["cluster"]).sum() ** 2).sum()
    return float(by_origin.mean().mean()), float(np.sqrt(variance)) / by_origin.ngroups


def main(arguments: list[str] | None = None) -> int:
    """Run the contests asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the contests")
    parser.add_argument("--per-origin", type=int, default=300, metavar="N", help="cases of every length and origin")
    parser.add_argument("--paths", type=int, default=2048, metavar="N")
    parser.add_argument("--contest", default="all", choices=["all", "isolated", "realtime"])
    given = parser.parse_args(arguments)
    contests = Contests(given.folder.resolve())
    warnings.simplefilter("ignore", tt.TradeTargetWarning)
    pd.set_option("display.width", 250, "display.max_columns", 30)
    if given.contest in ("all", "isolated"):
        scores, _, c = isolated(contests, given.per_origin, given.paths)
        print(f"\nisolated: {c.units.size} cases\n{scores.sort_values('rps').round(4).to_string()}", flush=True)
    if given.contest in ("all", "realtime"):
        scores, frame = realtime(contests, given.per_origin, given.paths)
        origins = frame["origin"].nunique()
        print(f"\nrealtime, mean of {origins} origins: {len(frame)} cases")
        print(scores.sort_values("rps").round(4).to_string())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
