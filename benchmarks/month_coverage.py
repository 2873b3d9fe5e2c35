"""Months split from a year's total, on partners left out of the estimation: coverage, width and CRPS beside two naive
splits; and how seasonal partners are found to be.

Usage: python benchmarks/month_coverage.py MONTHLY.parquet [--every N] [--draws N]

MONTHLY is the panel of estimate_part_year_shares.py: partner, year, month, value (two-way trade, million USD).
Partners fall into five folds; the law for a fold is estimated from the other four. A case is a partner-year whose total
is known, its months not, with the months of the year before and of whatever earlier years are complete known. What is
drawn are its twelve months and the sums of twelve months that end in January to November.

law           ``MonthLaw``, with the seasonality that the earlier months make most probable (SEASONALITY)
law, factor 1 the same, every pair as seasonal as the panel
total / 12    an even split; its interval is what it missed by on the other folds, in the same month and size class
last year's   the month shares of the year before; its interval likewise

Widths and CRPS are in log points. The second table is of the factors: how often each is chosen with all years of a
partner known, the frequencies that make the partners' months most probable (a mixture, by EM), and what the choice
does to the CRPS.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from estimate_part_year_shares import Array, Sample, estimate, read_sample
from nowcast_coverage import FOLDS, SIZES, UNIT, level
from tradetarget import TradeSeries
from tradetarget.evaluation import crps_of_paths
from tradetarget.nowcasting import Evidence, MonthLaw, ShareLaw, past_evidence
from tradetarget.nowcasting.gathering import SEASONALITY
from tradetarget.passage.events import rolling_12_months

FACTORS = np.array([factor for factor, _ in SEASONALITY])
PRIOR = np.array([p for _, p in SEASONALITY])
LEAST_YEARS = 6
"""Years of months from which on a partner counts in the frequencies of the factors."""


class Panel(NamedTuple):
    """Partner-years without a month of zero trade, and the laws of the folds."""

    sample: Sample
    months: Array
    """(N, 12) million USD."""
    rows: dict[tuple[int, int], int]
    """Row of each partner and year."""
    laws: list[ShareLaw]
    """(FOLDS,) each estimated without its fold."""

    def fold(self, i: int) -> int:
        """The fold of a row."""
        return int(self.sample.partner[i]) % FOLDS

    def size(self, i: int) -> str:
        """The size class of a row, by the total of the year before."""
        return next(name for low, high, name in SIZES if low <= self.sample.previous[i] < high)

    def known(self, partner: int, through: int, years: int = 30) -> TradeSeries:
        """All months of the last complete ``years`` years up to ``through``."""
        found = [self.rows.get((partner, y)) for y in range(through - years + 1, through + 1)]
        values = {
            pd.Period(year=int(self.sample.year[i]), month=m + 1, freq="M"): float(v)
            for i in found
            if i is not None
            for m, v in enumerate(self.months[i])
        }
        return TradeSeries.from_monthly(pd.Series(values, dtype=float), unit=UNIT, name="x")


def read_panel(path: str) -> Panel:
    """The panel, and a law for each fold."""
    sample = read_sample(path)
    laws = [estimate(sample.take(sample.partner % FOLDS != fold)) for fold in range(FOLDS)]
    ends = np.column_stack([np.zeros(len(sample.total)), sample.shares, np.ones(len(sample.total))])
    months = sample.total[:, None] * np.diff(ends, axis=1)
    kept = (months > 0.0).all(axis=1)
    sample, months = sample.take(kept), months[kept]
    keys = zip(sample.partner.tolist(), sample.year.tolist(), strict=True)
    return Panel(sample, months, {key: i for i, key in enumerate(keys)}, laws)


def factor_of(evidence: Evidence, law: ShareLaw) -> float:
    """The seasonality chosen for a pair."""
    return round(float(evidence.law.persistent[0, 0] / law.persistent[0, 0]), 6)


def drawn(evidence: Evidence, log_total: float, n: int) -> Array:
    """(12, n) log months of the last year of the evidence, whose total is known."""
    law = MonthLaw(evidence, evidence.years[-1:], evidence.relative_size[-1:])
    return law.split(np.full((n, 1), log_total), law.noise(n, np.random.Generator(np.random.SFC64(0))))[0]


class Splits(NamedTuple):
    """Of C cases and 23 figures each (12 months, 11 sums of twelve), in logs."""

    fold: NDArray[np.int64]
    size: NDArray[np.str_]
    factor: Array
    truth: Array
    centres: dict[str, Array]
    """By naive split."""
    bands: dict[str, Array]
    """By law: (3, C, 23), low, high and CRPS."""


def figures(log_months: Array, before: Array) -> Array:
    """(23, ...) the months, and the log sums of twelve that end in January to November."""
    rolling = rolling_12_months(log_months, before[1:].reshape(11, *[1] * (log_months.ndim - 1)))
    return np.concatenate([log_months, rolling[:11]])


def judged(x: Array, truth: Array) -> Array:
    """(3, 23) low and high of the 80 % interval and the CRPS, of (23, n) draws."""
    return np.stack([*np.quantile(x, [0.1, 0.9], axis=1), crps_of_paths(x.T, truth)])


def splits(panel: Panel, every: int, n: int) -> Splits:
    """Every N-th partner-year after a year of known months, split."""
    sample, found = panel.sample, []
    for i, before, evidence, law in split_cases(panel, every):
        log_total, last = float(np.log(sample.total[i])), np.log(panel.months[before])
        truth = figures(np.log(panel.months[i]), last)
        even = figures(np.full(12, log_total - np.log(12.0)), last)
        as_last = figures(last + log_total - np.log(sample.total[before]), last)
        factor = factor_of(evidence, law)
        chosen = judged(figures(drawn(evidence, log_total, n), last), truth)
        plain = chosen
        if factor != 1.0:
            plain = judged(figures(drawn(replace(evidence, law=law), log_total, n), last), truth)
        found.append((panel.fold(i), panel.size(i), factor, truth, even, as_last, chosen, plain))
    fold, size, factor, truth, even, as_last, chosen, plain = (np.array(c) for c in zip(*found, strict=True))
    bands = {"law": chosen.swapaxes(0, 1), "law, factor 1": plain.swapaxes(0, 1)}
    return Splits(fold, size, factor, truth, {"total / 12": even, "last year's": as_last}, bands)


def split_cases(panel: Panel, every: int) -> Iterator[tuple[int, int, Evidence, ShareLaw]]:
    """Row of the year, row of the year before, what is known, and the law of the fold."""
    sample = panel.sample
    for i in range(0, sample.year.size, every):
        partner, year = int(sample.partner[i]), int(sample.year[i])
        before = panel.rows.get((partner, year - 1))
        if before is None:
            continue
        known, law = panel.known(partner, year - 1), panel.laws[panel.fold(i)]
        series = replace(known, observations=(*known.observations, level(year, 12, float(sample.total[i]))))
        yield i, before, past_evidence(series, year, law), law


def naive_band(s: Splits, centre: Array) -> Array:
    """(3, C, 23) low, high and CRPS of a split whose errors are those on the other folds, by size and figure."""
    error, band = s.truth - centre, np.empty((3, *centre.shape))
    for fold in range(FOLDS):
        for size in np.unique(s.size):
            own = (s.fold == fold) & (s.size == size)
            missed = np.quantile(error[(s.fold != fold) & (s.size == size)], np.linspace(0.0025, 0.9975, 200), axis=0)
            x = centre[own] + missed[:, None]
            band[0, own], band[1, own] = np.quantile(x, [0.1, 0.9], axis=0)
            band[2, own] = crps_of_paths(x, s.truth[own])
    return band


def split_table(s: Splits) -> pd.DataFrame:
    """Coverage, mean width and CRPS by figure, size class and split."""
    bands = {**s.bands, **{name: naive_band(s, centre) for name, centre in s.centres.items()}}
    rows = []
    for what, columns in (("month", slice(0, 12)), ("twelve months", slice(12, 23))):
        for size in [*(name for *_, name in SIZES), "all"]:
            own = (s.size == size) | (size == "all")
            truth = s.truth[own][:, columns]
            row = {"figure": what, "size": size, "cases": int(own.sum())}
            for name, band in bands.items():
                low, high, crps = band[:, own][:, :, columns]
                row[f"{name}: coverage"] = ((low <= truth) & (truth <= high)).mean()
                row[f"{name}: width"] = (high - low).mean()
                row[f"{name}: CRPS"] = crps.mean()
            rows.append(row)
    return pd.DataFrame(rows).set_index(["figure", "size"])


def choice_table(s: Splits) -> pd.DataFrame:
    """By chosen factor: cases, and CRPS and coverage of months with the choice and with factor 1."""
    rows = []
    for factor in [*FACTORS, "above 1", "all"]:
        own = s.factor > 1.0 if factor == "above 1" else (s.factor == factor) if factor != "all" else s.factor > 0.0
        row = {"chosen": factor, "cases": int(own.sum()), "share": own.mean()}
        for name, band in s.bands.items():
            low, high, crps = band[:, own][:, :, :12]
            inside = (low <= s.truth[own][:, :12]) & (s.truth[own][:, :12] <= high)
            row |= {f"{name}: coverage": inside.mean(), f"{name}: CRPS": crps.mean()}
        rows.append(row)
    return pd.DataFrame(rows).set_index("chosen")


def frequencies(panel: Panel) -> tuple[int, pd.DataFrame]:
    """How many partners have six years of months, and by factor: the prior, how often chosen, most probable, by fold.

    The most probable frequencies p maximise sum_i log sum_f p_f L_if, L_if the density of partner i's months.
    """
    logs, folds = [], []
    for partner in np.unique(panel.sample.partner):
        years = panel.sample.year[panel.sample.partner == partner]
        if years.size >= LEAST_YEARS:
            law = panel.laws[int(partner) % FOLDS]
            evidence = past_evidence(panel.known(int(partner), int(years.max())), int(years.max()), law)
            views = [replace(evidence, law=replace(law, persistent=f * law.persistent)) for f in FACTORS]
            logs.append([v.log_density_of_known() for v in views])
            folds.append(int(partner) % FOLDS)
    scores, of = np.array(logs), np.array(folds)
    best = np.argmax(scores + np.log(PRIOR), axis=1)
    table = {"prior": PRIOR, "chosen": np.bincount(best, minlength=FACTORS.size) / best.size}
    table["most probable"] = mixture(scores)
    table |= {f"without fold {fold}": mixture(scores[of != fold]) for fold in range(FOLDS)}
    return best.size, pd.DataFrame(table, index=pd.Index(FACTORS, name="factor"))


def mixture(scores: Array, steps: int = 2000) -> Array:
    """The weights under which log densities (units, components) are most probable, by EM."""
    likelihood = np.exp(scores - scores.max(axis=1, keepdims=True))
    weight = np.full(scores.shape[1], 1.0 / scores.shape[1])
    for _ in range(steps):
        share = likelihood * weight
        weight = (share / share.sum(axis=1, keepdims=True)).mean(axis=0)
    return weight


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", help="a parquet file with columns partner, year, month, value")
    parser.add_argument("--every", type=int, default=1, help="take every N-th partner-year")
    parser.add_argument("--draws", type=int, default=1024)
    arguments = parser.parse_args()
    panel = read_panel(arguments.monthly)
    pd.set_option("display.width", 250, "display.max_columns", 30)
    found = splits(panel, arguments.every, arguments.draws)
    print(split_table(found).T.to_string(float_format="%.3f"))
    print("\nThe months by the factor chosen\n", choice_table(found).to_string(float_format="%.3f"), sep="")
    partners, table = frequencies(panel)
    print(f"\nFactors of {partners} partners, all years known\n", table.to_string(float_format="%.3f"), sep="")


if __name__ == "__main__":
    main()
