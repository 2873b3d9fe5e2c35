"""Estimate the prior that ships with the package; re-running it reproduces the file byte for byte.

Usage: python benchmarks/estimate_shipped_prior.py PANEL.parquet [--out src/tradetarget/models/pooled/prior.json]

PANEL has a row a pair and year: pair, reporter, partner (ISO3), year, value (two-way trade, million current USD) and
splice_ratio (the later source over the earlier one where they overlap). Pairs whose sources differ by 5 % or more are
left out, and so is China (Hong Kong moves in and out of it). The countries' state at the panel's end is not shipped:
it would be out of date.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

from tradetarget.models.pooled.estimation import estimate_prior

SHIPPED = Path(__file__).resolve().parents[1] / "src" / "tradetarget" / "models" / "data" / "prior.json"
NOTE = (
    "two-way trade of country pairs, importer-reported, million current USD: Correlates of War bilateral trade v3 to "
    "2000, CEPII TRADHIST from 2001, pairs on which both agree; benchmarks/estimate_shipped_prior.py"
)


def read_pairs(path: str | Path) -> pd.DataFrame:
    """The rows to estimate from, as a panel."""
    rows = pd.read_parquet(path)
    agree = (rows["splice_ratio"] - 1.0).abs() < 0.05
    kept = rows[agree & (rows["reporter"] != "CHN") & (rows["partner"] != "CHN") & (rows["value"] > 0)]
    panel = kept.rename(columns={"pair": "unit", "year": "period"})
    return panel[["unit", "reporter", "partner", "period", "value"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel")
    parser.add_argument("--out", default=SHIPPED, type=Path)
    arguments = parser.parse_args()
    prior = estimate_prior(read_pairs(arguments.panel), note=NOTE)
    replace(prior, common=None).save(arguments.out)
    print(prior.to_frame().to_string())


if __name__ == "__main__":
    main()
