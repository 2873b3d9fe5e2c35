"""Coverage and width of 80 % nowcast intervals on partners left out of the estimation, beside a flat "times 12/m".

Usage: python benchmarks/nowcast_coverage.py MONTHLY.parquet [MORE.parquet ...] [--without-past] [--by-month]
           [--every N] [--leave-out partner|reporter]

MONTHLY is the panel of estimate_part_year_shares.py. Partners fall into five folds; the law for a fold is estimated
from the other four. For every partner-year and m = 3, 6, 9 the year is nowcast twice: from the January-to-month level,
and from its growth on the same months alone; earlier totals are known, and earlier part-years unless --without-past.
The flat band is what 12/m times the level (last year's total times the growth) missed by on the other folds, within
the size class. Widths are in log points.

With --by-month the level is known as its months, one by one, and so are all twelve of each earlier year: does a nowcast
know more from them than from their sums? Growth is then left out.

With --leave-out reporter each file is the panel of one reporter, or of several that are left out together, and its
partner-years are nowcast by the law estimated from each of the other files, and from all of them. The figures of all
panels are final: nothing is allowed for revisions.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from estimate_part_year_shares import Sample, estimate, joined, read_sample
from tradetarget import Observation, TradeSeries
from tradetarget.nowcasting import ShareLaw, latent_annual
from tradetarget.reading.dates import month_end
from tradetarget.units import Unit

FOLDS, MONTHS = 5, (3, 6, 9)
WHOLE = 500  # partner-years up to which a reporter left out is nowcast whole, whatever --every says
UNIT = Unit.parse("USD mn")
SIZES = [(10.0, 100.0, "10-100m"), (100.0, 1000.0, "100m-1bn"), (1000.0, np.inf, "above 1bn")]


def level(year: int, months: int, value: float) -> Observation:
    return Observation(start=date(year, 1, 1), end=month_end(year, months), value=value, unit=UNIT)


def singly(sample: Sample, i: int, months: int) -> list[Observation]:
    """The first months of partner-year ``i``, one by one; those without trade are left out."""
    ends, year = np.append(sample.shares[i], 1.0), int(sample.year[i])
    values = (float(sample.total[i]) * np.diff(ends, prepend=0.0))[:months].tolist()
    return [
        Observation(start=date(year, m, 1), end=month_end(year, m), value=v, unit=UNIT)
        for m, v in enumerate(values, start=1)
        if v > 0.0
    ]


def statements(
    sample: Sample, i: int, months: int, rows: dict[tuple[int, int], int], past: bool, by_month: bool
) -> dict[str, TradeSeries]:
    """The two mixtures from which partner-year ``i`` is nowcast."""
    partner, year = int(sample.partner[i]), int(sample.year[i])
    earlier = [j for y in range(1985, year) if (j := rows.get((partner, y))) is not None]
    known = [level(year - 1, 12, float(sample.previous[i]))]
    known += [level(int(sample.year[j]), 12, float(sample.total[j])) for j in earlier if sample.year[j] < year - 1]

    def part(j: int) -> Observation:
        return level(int(sample.year[j]), months, float(sample.total[j] * sample.shares[j, months - 1]))

    if by_month:
        pieces = [p for j in earlier if past for p in singly(sample, j, 12)]
        return {"level": TradeSeries("x", (*known, *pieces, *singly(sample, i, months)), "turnover", UNIT)}
    parts = [part(j) for j in earlier] if past else []
    found = {"level": TradeSeries("x", (*known, *parts, part(i)), "turnover", UNIT)}
    before = rows.get((partner, year - 1))
    if before is not None:
        rate = part(i).value / part(before).value - 1.0
        growth = Observation(start=date(year, 1, 1), end=month_end(year, months), value=rate, kind="growth")
        others = [p for p in parts if p.start.year < year - 1]
        found["growth"] = TradeSeries("x", (*known, *others, growth), "turnover", UNIT)
    return found


def nowcasts(sample: Sample, laws: list[ShareLaw], past: bool, by_month: bool, every: int) -> pd.DataFrame:
    rows = {(int(p), int(y)): i for i, (p, y) in enumerate(zip(sample.partner, sample.year, strict=True))}
    found = []
    for i in range(0, sample.year.size, every):
        size = next(name for low, high, name in SIZES if low <= sample.previous[i] < high)
        for months in MONTHS:
            for kind, series in statements(sample, i, months, rows, past, by_month).items():
                answer = latent_annual(series, law=laws[int(sample.partner[i]) % FOLDS])
                place = int(np.searchsorted(answer.years, sample.year[i]))
                low, middle, high = np.log(answer.quantiles([0.1, 0.5, 0.9])[:, place])
                so_far = sample.total[i] * sample.shares[i, months - 1]
                flat = so_far * 12 / months
                if kind == "growth":
                    flat = sample.previous[i] * (1.0 + series.observations[-1].value)
                truth = np.log(sample.total[i])
                fold = int(sample.partner[i]) % FOLDS
                found.append((kind, months, size, fold, low, middle, high, truth, truth - np.log(flat)))
    columns = ["statement", "months", "size", "fold", "low", "median", "high", "truth", "flat_error"]
    return pd.DataFrame(found, columns=columns)


def table(found: pd.DataFrame) -> pd.DataFrame:
    def row(group: pd.DataFrame) -> pd.Series:
        inside = (group["truth"] >= group["low"]) & (group["truth"] <= group["high"])
        flat_inside, flat_width = [], []
        for fold in range(FOLDS):
            own = group["fold"] == fold
            low, high = np.quantile(group.loc[~own, "flat_error"], [0.1, 0.9])
            flat_inside += group.loc[own, "flat_error"].between(low, high).tolist()
            flat_width += [high - low] * int(own.sum())
        figures = {
            "n": len(group),
            "coverage": inside.mean(),
            "width": (group["high"] - group["low"]).mean(),
            "error": (group["truth"] - group["median"]).abs().mean(),
            "flat_coverage": np.mean(flat_inside),
            "flat_width": np.mean(flat_width),
            "flat_error": group["flat_error"].abs().mean(),
        }
        return pd.Series(figures)

    pooled = found.assign(size=np.where(found["size"] == SIZES[-1][2], "above 1bn", "below 1bn"))
    both = pd.concat([found, pooled[pooled["size"] == "below 1bn"]])
    return both.groupby(["statement", "months", "size"])[list(found.columns)].apply(row).round(3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", nargs="+")
    parser.add_argument("--leave-out", choices=("partner", "reporter"), default="partner")
    parser.add_argument("--without-past", action="store_true")
    parser.add_argument("--by-month", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    past, by_month = not arguments.without_past, arguments.by_month
    samples = {Path(path).stem: read_sample(path) for path in arguments.monthly}
    if arguments.leave_out == "reporter":
        for name, sample in samples.items():
            others = [n for n in samples if n != name]
            for learnt in dict.fromkeys([*((n,) for n in others), tuple(others)]):
                law = estimate(joined([samples[n] for n in learnt]))
                every = arguments.every if sample.year.size > WHOLE else 1
                found = nowcasts(sample, [law] * FOLDS, past, by_month, every)
                inside = found["truth"].between(found["low"], found["high"])
                shown = found.assign(coverage=inside, width=found["high"] - found["low"])
                print(f"\n{name}, by the law of {' and '.join(learnt)}: {len(found)} nowcasts")
                print(shown.groupby(["statement", "months"])[["coverage", "width"]].mean().round(3).to_string())
                print(table(found)[["n", "coverage", "width", "error"]].to_string())
        return
    sample = joined(list(samples.values()))
    laws = [estimate(sample.take(sample.partner % FOLDS != fold)) for fold in range(FOLDS)]
    print(table(nowcasts(sample, laws, past, by_month, arguments.every)).to_string())


if __name__ == "__main__":
    main()
