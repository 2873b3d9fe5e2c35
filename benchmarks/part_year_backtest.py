"""What months are worth in the answer that a user gets: the same backtest on months and on their annual totals.

Usage: python benchmarks/part_year_backtest.py MONTHLY.parquet [--every N] [--origins 1996:2009]

MONTHLY is a long table with columns partner, year, month, value (million USD), such as the United States' two-way trade
in goods with 124 partners, 1985-2014 (United States Census Bureau). Every N-th partner with all its months and totals
above 10 million is asked for multiples of its last total, by the pooled law, at every origin as it was known at the end
of March after it: once as months, where January of the new year and the last season are evidence, and once as the
annual totals of the same months. Both answers are those of ``forecast`` with ``pooled`` on the cut series. Shown are
the mean squared errors of P(reached by year), their difference and its standard error clustered by partner.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from tradetarget import TradeSeries
from tradetarget.evaluation import backtest

MULTIPLES, HORIZON = (1.1, 1.25, 1.5), 5
SMALLEST = 10.0
LAST = 2014


def partners(table: pd.DataFrame, every: int) -> dict[str, pd.Series]:
    """Months by partner, for those that have them all."""
    whole = {}
    for name in sorted(table["partner"].unique())[::every]:
        rows = table[(table["partner"] == name) & (table["value"] > 0)]
        index = pd.PeriodIndex([f"{y}-{m:02d}" for y, m in zip(rows["year"], rows["month"], strict=True)], freq="M")
        values = pd.Series(rows["value"].to_numpy(dtype=float), index=index).sort_index()
        span = pd.period_range(values.index[0], f"{LAST}-12", freq="M")
        if values.index.equals(span) and values.groupby(values.index.year).sum().min() > SMALLEST:
            whole[str(name)] = values[values.index >= f"{values.index[0].year + 1}-01"]
    return whole


def scored(series: TradeSeries, origins: range) -> pd.DataFrame:
    """Squared errors by origin, multiple and years ahead."""
    rows = backtest(series, "pooled", multiples=MULTIPLES, origins=origins, horizon=HORIZON, levels=False).scored
    rows["error"] = (rows["probability"] - rows["reached"]) ** 2
    return rows.set_index(["origin", "multiple", "years_ahead"])[["error", "probability", "reached"]]


def compared(months: dict[str, pd.Series], origins: range) -> pd.DataFrame:
    frames = []
    for name, values in months.items():
        span = range(max(origins.start, values.index[0].year + 2), origins.stop)
        if not span:
            continue
        totals = values.groupby(values.index.year).sum()
        monthly = scored(TradeSeries.from_monthly(values, unit="USD mn", name=name), span)
        annual = scored(TradeSeries.from_annual(totals, unit="USD mn", name=name), span)
        both = monthly.add_suffix(" months").join(annual.add_suffix(" totals"), how="inner")
        frames.append(both.assign(partner=name).reset_index())
    return pd.concat(frames, ignore_index=True)


def table_of(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    rows = rows.assign(difference=rows["error months"] - rows["error totals"])
    shown = rows.groupby(by)[["error months", "error totals", "difference"]].mean()
    centred = rows["difference"] - rows.groupby(by)["difference"].transform("mean")
    clustered = centred.groupby([rows[by], rows["partner"]]).sum().pow(2).groupby(level=0).sum().pow(0.5)
    shown["standard error"] = clustered / rows.groupby(by).size()
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", help="a parquet file with columns partner, year, month, value")
    parser.add_argument("--every", type=int, default=1, help="take every N-th partner")
    parser.add_argument("--origins", default="1996:2009", help="first and last origin")
    arguments = parser.parse_args()
    first, last = map(int, arguments.origins.split(":"))
    months = partners(pd.read_parquet(arguments.monthly), arguments.every)
    rows = compared(months, range(first, last + 1))
    print(f"{len(rows):,} yearly probabilities of {rows['partner'].nunique()} partners, origins {first} to {last}")
    print(table_of(rows.assign(all="all"), "all").round(4).to_string())
    print(table_of(rows, "years_ahead").round(4).to_string())
    gap = [np.mean(rows[f"probability {kind}"] - rows[f"reached {kind}"]) for kind in ("months", "totals")]
    print(f"stated less happened: months {gap[0]:+.3f}, totals {gap[1]:+.3f}")


if __name__ == "__main__":
    main()
