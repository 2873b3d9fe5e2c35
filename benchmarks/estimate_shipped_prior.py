"""Estimate the prior that ships with the package; re-running it reproduces the file byte for byte.

Usage:

    python benchmarks/estimate_shipped_prior.py TWO_SIDED.parquet ONE_SIDED.parquet OUTLOOKS.parquet
        [--out src/tradetarget/models/pooled/prior.json]

TWO_SIDED has a row a pair and year: pair, reporter, partner (ISO3), year, value (two-way trade, million current USD)
and splice_ratio (the later source over the earlier one where they overlap). Pairs whose sources differ by 5 % or more
are left out, and so is China (Hong Kong moves in and out of it). ONE_SIDED has what one reporter states of its trade
with a partner: reporter, partner, year, value (exports plus imports, million current USD). OUTLOOKS is a table of
drivers with every outlook as it was published.

The countries' state at the panels' end is not shipped: it would be out of date. "Byte for byte" holds for one build of
numpy and its BLAS: estimates are rounded to four decimals, and another kernel of matrix products can move the last.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

from tradetarget.models.pooled.estimation import estimate_prior

SHIPPED = Path(__file__).resolve().parents[1] / "src" / "tradetarget" / "models" / "pooled" / "prior.json"
SMALLEST = 0.001
"""Smaller values are rounding, million USD."""
NOTE = (
    "trade of country pairs in million current USD: what one side states of exports plus imports, 1962-2016 (UN "
    "Comtrade through World Bank WITS), and importer-reported two-way trade, 1950-2004 (Correlates of War bilateral "
    "trade v3 to 2000, CEPII TRADHIST from 2001, pairs on which both agree); inflation from United States consumer "
    "prices (BLS); outlooks of the IMF as published since 1990; benchmarks/estimate_shipped_prior.py"
)


def read_two_sided(path: str | Path) -> pd.DataFrame:
    """Pairs whose sources agree, as a panel; unit names are those of the file."""
    rows = pd.read_parquet(path)
    agree = (rows["splice_ratio"] - 1.0).abs() < 0.05
    kept = rows[agree & (rows["reporter"] != "CHN") & (rows["partner"] != "CHN") & (rows["value"] > 0)]
    panel = kept.rename(columns={"pair": "unit", "year": "period"})
    return panel[["unit", "reporter", "partner", "period", "value"]]


def read_one_sided(path: str | Path) -> pd.DataFrame:
    """What each reporter states, as a panel; a unit is named "AAA>BBB", reporter first."""
    rows = pd.read_parquet(path)
    rows = rows[rows["value"] >= SMALLEST]
    reporter, partner = rows["reporter"].astype(str), rows["partner"].astype(str)
    panel = {"unit": reporter + ">" + partner, "reporter": reporter, "partner": partner}
    return pd.DataFrame({**panel, "period": rows["year"].astype(int), "value": rows["value"].astype(float)})


def read_panels(two_sided: str | Path, one_sided: str | Path) -> pd.DataFrame:
    """Both panels as one; no name stands in both."""
    return pd.concat([read_two_sided(two_sided), read_one_sided(one_sided)], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("two_sided")
    parser.add_argument("one_sided")
    parser.add_argument("outlooks")
    parser.add_argument("--out", default=SHIPPED, type=Path)
    arguments = parser.parse_args()
    panel = read_panels(arguments.two_sided, arguments.one_sided)
    prior = estimate_prior(panel, drivers=pd.read_parquet(arguments.outlooks), note=NOTE)
    replace(prior, common=None).save(arguments.out)
    print(prior.to_frame().to_string())


if __name__ == "__main__":
    main()
