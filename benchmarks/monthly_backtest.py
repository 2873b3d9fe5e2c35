"""What monthly figures are worth: the monthly model beside the pooled law and the random walk, on real months.

Usage: python benchmarks/monthly_backtest.py MONTHLY.parquet [--every N] [--paths N]

MONTHLY is a long table with columns partner, year, month, value (million USD), such as the United States' two-way trade
in goods with 124 partners, 1985-2014 (United States Census Bureau); a month without trade may be missing or 0, and a
partner counts at an origin when every month of its history then is above 0 and its last total above 10 million.

At the end of June and of December of 1996, 2001, 2006 and 2009 every partner's last 5 years of months (and 15, as far
as there are so many) are known, with what the running year has brought so far. All models see the same months: the
pooled law and the random walk are fitted to their calendar-year totals and weighted by the part of the running year, as
``forecast`` does. Shown are the share of totals 1, 2, 3 and 5 years after the last complete one that lie in the 80 %
interval, the median absolute error of the median in log points, and the ranked probability score of P(1.25 and 1.5
times the last total first reached by each of the next five years), with its difference from pooled and that one's
standard error clustered by partner. The shipped prior was estimated from pairs in 1950-2004: the first two origins lie
within its years.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradetarget import TradeSeries
from tradetarget.answering.part_years import fit_to_everything
from tradetarget.errors import TradeTargetError, TradeTargetWarning
from tradetarget.models import GrowthModel, get_model
from tradetarget.models.monthly.model import MonthlyGrowth
from tradetarget.seeding import stream

ORIGINS = [(y, m) for y in (1996, 2001, 2006, 2009) for m in (6, 12)]
SPANS, AHEAD, HORIZON, MULTIPLES = (5, 15), (1, 2, 3, 5), 5, (1.25, 1.5)
SMALLEST = 10.0
MODELS: dict[str, GrowthModel] = {
    "monthly": MonthlyGrowth(),
    "monthly, own drift": MonthlyGrowth(drift_prior=None),
    "pooled": get_model("pooled"),
    "random-walk": get_model("random-walk"),
}


def cases(table: pd.DataFrame, every: int) -> Iterator[tuple[str, int, int, int, TradeSeries, np.ndarray]]:
    """Partner, year and month of the origin, span, the series then, and the log totals of the five years after it."""
    names = sorted(table["partner"].unique())[::every]
    for partner in names:
        own = table[(table["partner"] == partner) & (table["value"] > 0)]
        index = pd.PeriodIndex([f"{y}-{m:02d}" for y, m in zip(own["year"], own["month"], strict=True)], freq="M")
        values = pd.Series(own["value"].to_numpy(dtype=float), index=index).sort_index()
        totals = values.groupby(values.index.year).agg(["sum", "size"])
        whole = totals.loc[totals["size"] == 12, "sum"]
        for year, month in ORIGINS:
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


def judged(model: GrowthModel, series: TradeSeries, truth: np.ndarray, n_paths: int) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        fitted = fit_to_everything(model, series)
        blocks = list(fitted.blocks(HORIZON, n_paths, stream(0, series.label)))
    x = np.concatenate([b.log_levels[0] for b in blocks])
    w = np.concatenate([np.ones(b.n_paths) if b.weights is None else b.weights for b in blocks])
    found: dict[str, float] = {}
    for h in AHEAD:
        order = np.argsort(x[:, h - 1])
        reach = np.cumsum(w[order]) / w.sum()
        low, middle, high = x[order[np.searchsorted(reach, [0.1, 0.5, 0.9])], h - 1]
        found[f"covered {h}"] = float(low <= truth[h - 1] <= high)
        found[f"width {h}"] = high - low
        found[f"error {h}"] = abs(truth[h - 1] - middle)
    origin = float(np.log(series.annual().iloc[-1]))
    best, came = np.maximum.accumulate(x, axis=1), np.maximum.accumulate(truth)
    for multiple in MULTIPLES:
        barrier = origin + np.log(multiple)
        stated = (w[:, None] * (best >= barrier)).sum(axis=0) / w.sum()
        found[f"rps {multiple}"] = float(((stated - (came >= barrier)) ** 2).mean())
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", help="a parquet file with columns partner, year, month, value")
    parser.add_argument("--every", type=int, default=1, help="take every N-th partner")
    parser.add_argument("--paths", type=int, default=4096)
    arguments = parser.parse_args()
    found = backtest(pd.read_parquet(arguments.monthly), MODELS, arguments.every, arguments.paths)
    pd.set_option("display.width", 200, "display.max_columns", 30)
    for month, name in ((6, "June"), (12, "December")):
        for span in SPANS:
            part = found[(found["month"] == month) & (found["span"] == span)]
            n, partners = len(part) // len(MODELS), part["partner"].nunique()
            print(f"\nend of {name}, last {span} years of months: {n} origins of {partners} partners")
            print(table_of(part, list(MODELS)).to_string())
    late = found[found["year"] >= 2006]
    for part, name in ((found, "all"), (late, "origins after the prior's years, 2006 and 2009")):
        print(f"\n{name}: {len(part) // len(MODELS)} cases")
        print(table_of(part, list(MODELS)).to_string())


if __name__ == "__main__":
    main()
