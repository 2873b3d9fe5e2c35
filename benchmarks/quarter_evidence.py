"""What months, or quarters, of the last complete year add to a forecast from annual totals.

Usage: python benchmarks/quarter_evidence.py MONTHS.parquet

MONTHS has the columns partner, year, month and value (million dollars). At five origins every second partner with ten
years of all twelve months is asked, by the pooled law, when its total is first 1.15 times the last, with the data given
as months, as quarters and as years. Printed: the Brier score of each a year and two years on, and how far months and
quarters are apart.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import pandas as pd

import tradetarget as tt

ORIGINS = (1996, 1999, 2002, 2005, 2008)
HISTORY = 10
MULTIPLE = 1.15


def answers(months: pd.Series, origin: int) -> list[float] | None:
    """Probabilities of one and of two years on by months, quarters and years, and whether it was reached."""
    years = months.groupby(months.index.year).agg(["sum", "count"])
    totals = years.loc[years["count"] == 12, "sum"]
    past = months[(months.index.year <= origin) & (months.index.year > origin - HISTORY)]
    if past.size < 12 * HISTORY or not {origin + 1, origin + 2} <= set(totals.index):
        return None
    target = MULTIPLE * totals[origin]
    asked = {"unit": "USD mn", "name": "A-B"}
    views = (
        tt.TradeSeries.from_monthly(past, **asked),
        tt.TradeSeries.from_quarterly(past.groupby(past.index.asfreq("Q")).sum(), **asked),
        tt.TradeSeries.from_annual(totals.loc[origin - HISTORY + 1 : origin], **asked),
    )
    found = [tt.forecast(v, tt.Target(target, "USD mn"), "pooled", horizon=2).hitting_time.probability for v in views]
    reached = np.maximum.accumulate(totals.loc[[origin + 1, origin + 2]].to_numpy() >= target)
    return [float(x) for x in (*np.concatenate(found), *reached)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("months")
    panel = pd.read_parquet(parser.parse_args().months)
    warnings.simplefilter("ignore", tt.TradeTargetWarning)
    rows = []
    for _, one in list(panel.groupby("partner", observed=True))[::2]:
        index = pd.PeriodIndex.from_fields(year=one["year"].to_numpy(), month=one["month"].to_numpy(), freq="M")
        months = pd.Series(one["value"].to_numpy(), index=index).sort_index()
        rows += [a for origin in ORIGINS if (a := answers(months[months > 0], origin)) is not None]
    table = np.array(rows)
    reached = table[:, 6:]
    print(
        f"{len(table)} questions; months and quarters {np.abs(table[:, 0] - table[:, 2]).mean():.3f} apart on average"
    )
    for k, name in enumerate(("months", "quarters", "years")):
        score = ((table[:, 2 * k : 2 * k + 2] - reached) ** 2).mean(axis=0)
        print(f"{name:9} Brier score a year on {score[0]:.3f}, two years on {score[1]:.3f}")


if __name__ == "__main__":
    main()
