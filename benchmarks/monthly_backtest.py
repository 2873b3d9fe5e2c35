"""What monthly figures are worth: the monthly model beside the pooled law and the random walk, on real months.

Usage: python benchmarks/monthly_backtest.py MONTHLY.parquet [--every N] [--paths N] [--pools]

MONTHLY is a long table with columns partner, year, month, value (million USD), such as the United States' two-way trade
in goods with 124 partners, 1985-2014 (United States Census Bureau); a month without trade may be missing or 0, and a
partner counts at an origin when every month of its history then is above 0 and its last total above 10 million.

At the end of June and of December of 1996, 2001, 2006 and 2009 every partner's last 5 years of months (and 15, as far
as there are so many) are known, with what the running year has brought so far. All models see the same months: the
pooled law and the random walk are fitted to their calendar-year totals and weighted by the part of the running year, as
``forecast`` does. Shown are the share of totals 1, 2, 3 and 5 years after the last complete one that lie in the 80 %
interval, the median absolute error of the median in log points, and the ranked probability score of P(1.25 and 1.5
times the last total first reached by each of the next five years), with its difference from pooled and that one's
standard error clustered by partner. The shipped prior was estimated from pairs in 1950-2016: all origins lie within its
years, and the pairs of the United States are among its pairs.

With --pools the question is which mixture of pooled and monthly to take: at the ends of March, June, September and
December of 1996, 1999, 2001, 2004, 2006 and 2009, for 1.1, 1.25, 1.5 and 2 times the last total. The linear pool mixes
the probabilities, the logarithmic one multiplies those of first reaching it in each year and of not reaching it. Their
weights are one half, or the best of 21 on other partners (five folds) or on the other years of origin. Differences
from pooled have standard errors clustered by partner and by year of the origin.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradetarget import TradeSeries
from tradetarget.answering.part_years import fit_to_everything
from tradetarget.errors import TradeTargetError, TradeTargetWarning
from tradetarget.models import DEFAULT_MODEL, GrowthModel, get_model
from tradetarget.models.monthly.model import MonthlyGrowth
from tradetarget.seeding import stream

ORIGINS = [(y, m) for y in (1996, 2001, 2006, 2009) for m in (6, 12)]
SPANS, AHEAD, HORIZON, MULTIPLES = (5, 15), (1, 2, 3, 5), 5, (1.25, 1.5)
SMALLEST = 10.0
POOL_ORIGINS = [(y, m) for y in (1996, 1999, 2001, 2004, 2006, 2009) for m in (3, 6, 9, 12)]
POOL_MULTIPLES, WEIGHTS, FOLDS = (1.1, 1.25, 1.5, 2.0), np.linspace(0.0, 1.0, 21), 5
MODELS: dict[str, GrowthModel] = {
    "default": get_model(DEFAULT_MODEL),
    "monthly": MonthlyGrowth(),
    "monthly, own drift": MonthlyGrowth(drift_prior=None),
    "pooled": get_model("pooled"),
    "random-walk": get_model("random-walk"),
}


def cases(
    table: pd.DataFrame, every: int, origins: list[tuple[int, int]] = ORIGINS
) -> Iterator[tuple[str, int, int, int, TradeSeries, np.ndarray]]:
    """Partner, year and month of the origin, span, the series then, and the log totals of the five years after it."""
    names = sorted(table["partner"].unique())[::every]
    for partner in names:
        own = table[(table["partner"] == partner) & (table["value"] > 0)]
        index = pd.PeriodIndex([f"{y}-{m:02d}" for y, m in zip(own["year"], own["month"], strict=True)], freq="M")
        values = pd.Series(own["value"].to_numpy(dtype=float), index=index).sort_index()
        totals = values.groupby(values.index.year).agg(["sum", "size"])
        whole = totals.loc[totals["size"] == 12, "sum"]
        for year, month in origins:
            last = year if month == 12 else year - 1
            truth = whole.reindex(range(last + 1, last + 1 + HORIZON))
            if truth.isna().any() or whole.get(last, 0.0) <= SMALLEST:
                continue
            for span in SPANS:
                known = values[f"{last - span + 1}-01" : f"{year}-{month:02d}"]
                broken = known.size < (known.index[-1] - known.index[0]).n + 1
                if broken or known.index[0] > pd.Period(f"{last - 4}-01", "M"):
                    continue
                series = TradeSeries.from_monthly(known, unit="USD mn", name=partner)
                yield partner, year, month, span, series, np.log(truth.to_numpy())


def weighted_paths(model: GrowthModel, series: TradeSeries, n_paths: int) -> tuple[np.ndarray, np.ndarray]:
    """Log totals (paths, HORIZON) and weights that sum to 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        fitted = fit_to_everything(model, series)
        blocks = list(fitted.blocks(HORIZON, n_paths, stream(0, series.label)))
    x = np.concatenate([b.log_levels[0] for b in blocks])
    w = np.concatenate([np.ones(b.n_paths) if b.weights is None else b.weights for b in blocks])
    return x, w / w.sum()


def stated_by(x: np.ndarray, w: np.ndarray, barrier: float) -> np.ndarray:
    """(HORIZON,) P(first reached by each year)."""
    return np.asarray((w[:, None] * (np.maximum.accumulate(x, axis=1) >= barrier)).sum(axis=0))


def judged(model: GrowthModel, series: TradeSeries, truth: np.ndarray, n_paths: int) -> dict[str, float]:
    x, w = weighted_paths(model, series, n_paths)
    found: dict[str, float] = {}
    for h in AHEAD:
        order = np.argsort(x[:, h - 1])
        reach = np.cumsum(w[order])
        low, middle, high = x[order[np.searchsorted(reach, [0.1, 0.5, 0.9])], h - 1]
        found[f"covered {h}"] = float(low <= truth[h - 1] <= high)
        found[f"width {h}"] = high - low
        found[f"error {h}"] = abs(truth[h - 1] - middle)
    origin = float(np.log(series.annual().iloc[-1]))
    came = np.maximum.accumulate(truth)
    for multiple in MULTIPLES:
        barrier = origin + np.log(multiple)
        found[f"rps {multiple}"] = float(((stated_by(x, w, barrier) - (came >= barrier)) ** 2).mean())
    found["rps"] = float(np.mean([found[f"rps {m}"] for m in MULTIPLES]))
    return found


def backtest(table: pd.DataFrame, models: dict[str, GrowthModel], every: int, n_paths: int) -> pd.DataFrame:
    rows = []
    for partner, year, month, span, series, truth in cases(table, every):
        try:
            found = {name: judged(model, series, truth, n_paths) for name, model in models.items()}
        except TradeTargetError as error:
            print(f"left out: {partner} {year}-{month:02d}, {span} years: {error}")
            continue
        for name, scores in found.items():
            rows.append({"partner": partner, "year": year, "month": month, "span": span, "model": name, **scores})
    return pd.DataFrame(rows)


def against(found: pd.DataFrame, base: str = "pooled") -> pd.Series:
    """Mean difference in score from ``base``, with its standard error clustered by partner, as text."""
    keys = ["partner", "year", "month", "span"]
    wide = found.pivot_table(index=keys, columns="model", values="rps")
    gap = wide.sub(wide[base], axis=0)
    centred = (gap - gap.mean()).groupby("partner").sum()
    error = np.sqrt((centred**2).sum()) / len(gap)
    return pd.Series({m: f"{gap[m].mean():+.4f} ({error[m]:.4f})" for m in gap.columns})


def table_of(found: pd.DataFrame, models: list[str]) -> pd.DataFrame:
    groups = found.groupby("model")
    shown = groups[[f"covered {h}" for h in AHEAD]].mean().round(2)
    shown = shown.join(groups[[f"error {h}" for h in AHEAD]].median().round(3))
    shown = shown.join(groups[["width 1", "width 5"]].median().round(2)).join(groups["rps"].mean().round(4))
    return shown.join(against(found).rename("rps from pooled")).loc[models]


class Stated(NamedTuple):
    """What pooled and monthly said, and what came."""

    keys: pd.DataFrame
    """(N,) partner, year and month of the origin, span, multiple and last total."""
    pooled: np.ndarray
    """(N, HORIZON) P(first reached by each year); so is ``monthly``."""
    monthly: np.ndarray
    came: np.ndarray
    """(N, HORIZON) whether it was."""


def both_stated(table: pd.DataFrame, every: int, n_paths: int) -> Stated:
    keys, rows = [], []
    for partner, year, month, span, series, truth in cases(table, every, POOL_ORIGINS):
        try:
            paths = [weighted_paths(MODELS[name], series, n_paths) for name in ("pooled", "monthly")]
        except TradeTargetError as error:
            print(f"left out: {partner} {year}-{month:02d}, {span} years: {error}")
            continue
        last = float(series.annual().iloc[-1])
        for multiple in POOL_MULTIPLES:
            barrier = np.log(last * multiple)
            rows.append([*(stated_by(x, w, barrier) for x, w in paths), np.maximum.accumulate(truth) >= barrier])
            keys.append((partner, year, month, span, multiple, last))
    columns = ["partner", "year", "month", "span", "multiple", "last"]
    return Stated(pd.DataFrame(keys, columns=columns), *np.array(rows, dtype=float).swapaxes(0, 1))


def log_pool(one: np.ndarray, other: np.ndarray, weight: float) -> np.ndarray:
    """Logarithmic pool of two laws of the year of first reaching a target, the weight that of ``other``."""
    parts = [np.diff(p, axis=1, prepend=0.0, append=1.0).clip(1e-6) for p in (one, other)]
    mass = parts[0] ** (1.0 - weight) * parts[1] ** weight
    return np.asarray((mass / mass.sum(axis=1, keepdims=True)).cumsum(axis=1)[:, :-1])


def with_learnt_weight(scores: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Scores (N, WEIGHTS) under the weight that is best outside of each group, and those weights."""
    chosen, learnt = np.empty(len(scores)), []
    for g in np.unique(group):
        best = int(scores[group != g].mean(axis=0).argmin())
        learnt.append(round(float(WEIGHTS[best]), 2))
        chosen[group == g] = scores[group == g, best]
    return chosen, learnt


def pool_scores(stated: Stated) -> pd.DataFrame:
    """(N, pools) ranked probability scores."""

    def score(p: np.ndarray) -> np.ndarray:
        return np.asarray(((p - stated.came) ** 2).mean(axis=1))

    linear = np.stack([score((1.0 - w) * stated.pooled + w * stated.monthly) for w in WEIGHTS], axis=1)
    log = np.stack([score(log_pool(stated.pooled, stated.monthly, w)) for w in WEIGHTS], axis=1)
    half, fold = WEIGHTS.size // 2, pd.factorize(stated.keys["partner"])[0] % FOLDS
    scores = {"pooled": linear[:, 0], "monthly": linear[:, -1], "linear": linear[:, half], "log": log[:, half]}
    for kind, of_weights in (("linear", linear), ("log", log)):
        for by, group in (("partners", fold), ("origins", stated.keys["year"].to_numpy())):
            scores[f"{kind}, other {by}"], learnt = with_learnt_weight(of_weights, group)
            print(f"weight of monthly, {kind}, learnt on other {by}: {learnt}")
    return pd.DataFrame(scores)


def pool_table(stated: Stated, scores: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by part, and their differences from pooled with two standard errors, as text."""
    keys = stated.keys
    parts = {"all": np.ones(len(keys), dtype=bool)}
    parts |= {f"half {h} of the partners": pd.factorize(keys["partner"])[0] % 2 == h for h in (0, 1)}
    for column in ("year", "month", "span", "multiple"):
        parts |= {f"{column} {v:g}": keys[column].to_numpy() == v for v in sorted(keys[column].unique())}
    bounds = [SMALLEST, 100.0, 1000.0, np.inf]
    parts |= {f"{low:g} to {high:g}m": keys["last"].between(low, high).to_numpy() for low, high in pairwise(bounds)}
    rows = {}
    for name, inside in parts.items():
        gap = scores[inside].sub(scores.loc[inside, "pooled"], axis=0)
        centred = gap - gap.mean()
        errors = [
            np.sqrt((centred.groupby(keys.loc[inside, by]).sum() ** 2).sum()) / len(gap) for by in ("partner", "year")
        ]
        cells = {c: f"{gap[c].mean():+.4f} ({errors[0][c]:.4f}, {errors[1][c]:.4f})" for c in gap if c != "pooled"}
        rows[name] = {"questions": len(gap), "pooled": f"{scores.loc[inside, 'pooled'].mean():.4f}", **cells}
    return pd.DataFrame(rows).T


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", help="a parquet file with columns partner, year, month, value")
    parser.add_argument("--every", type=int, default=1, help="take every N-th partner")
    parser.add_argument("--paths", type=int, default=4096)
    parser.add_argument("--pools", action="store_true", help="compare mixtures of pooled and monthly")
    arguments = parser.parse_args()
    if arguments.pools:
        stated = both_stated(pd.read_parquet(arguments.monthly), arguments.every, arguments.paths)
        print(pool_table(stated, pool_scores(stated)).to_string())
        return
    found = backtest(pd.read_parquet(arguments.monthly), MODELS, arguments.every, arguments.paths)
    pd.set_option("display.width", 200, "display.max_columns", 30)
    for month, name in ((6, "June"), (12, "December")):
        for span in SPANS:
            part = found[(found["month"] == month) & (found["span"] == span)]
            n, partners = len(part) // len(MODELS), part["partner"].nunique()
            print(f"\nend of {name}, last {span} years of months: {n} origins of {partners} partners")
            print(table_of(part, list(MODELS)).to_string())
    late = found[found["year"] >= 2006]
    for part, name in ((found, "all"), (late, "origins 2006 and 2009")):
        print(f"\n{name}: {len(part) // len(MODELS)} cases")
        print(table_of(part, list(MODELS)).to_string())


if __name__ == "__main__":
    main()
