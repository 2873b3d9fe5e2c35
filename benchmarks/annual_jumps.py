"""How far annual totals of pairs move: the bounds beyond which tradetarget/observations/plausibility.py speaks.

Usage: python benchmarks/annual_jumps.py PAIRS.parquet

PAIRS has the columns reporter, partner, year and value (million dollars; what one side states). For pairs whose smaller
total of two neighbouring years is at least so large, the absolute log change that 1 in 10,000 exceeds is printed.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

SIZES = (0.0, 1.0, 10.0, 100.0)
RARE = 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs")
    rows = pd.read_parquet(parser.parse_args().pairs, columns=["reporter", "partner", "year", "value"])
    rows = rows[rows["value"] > 0].sort_values(["reporter", "partner", "year"])
    groups = rows.groupby(["reporter", "partner"], observed=True)
    before = groups["value"].shift()
    neighbours = rows["year"] - groups["year"].shift() == 1
    change = np.log(rows["value"] / before)[neighbours]
    smaller = np.minimum(rows["value"], before)[neighbours]
    print(f"{groups.ngroups:,} series")
    for size in SIZES:
        inside = change[smaller >= size].abs()
        print(f"from {size:g} million: {inside.size:,} changes, 1 in 10,000 above {inside.quantile(1.0 - RARE):.2f}")


if __name__ == "__main__":
    main()
