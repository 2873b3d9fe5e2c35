"""How much the pairs of one country move together, over the countries of a panel: the prior of a region's correlation.

Usage: python benchmarks/estimate_region_correlation.py PANEL.parquet

PANEL is that of estimate_shipped_prior.py. A region here is a country and four partners: each country's largest at
the end of a window of 25 years, all observed throughout. Two windows, 1956-1980 and 1980-2004. The spread is what is
left of the variance between regions after that of their sampling; both figures stand in
tradetarget/systems/correlation.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from estimate_shipped_prior import read_pairs
from tradetarget.models.pooled.law import MEMORY
from tradetarget.models.pooled.prior import Prior
from tradetarget.systems.correlation import equicorrelation_variance, innovations, shrunk_correlation

PARTNERS = 4
ENDS = (1980, 2004)


def regions(
    panel: pd.DataFrame, end: int, length: int = MEMORY, partners: int = PARTNERS
) -> Iterator[tuple[str, pd.DataFrame]]:
    """A country and the levels of its largest pairs: (years, pairs), all observed."""
    both = pd.concat([panel.assign(country=panel["reporter"]), panel.assign(country=panel["partner"])])
    inside = both[(both["period"] > end - length) & (both["period"] <= end)]
    for country, rows in inside.groupby("country"):
        table = rows.set_index(["period", "unit"])["value"].unstack().dropna(axis=1)  # noqa: PD010
        if len(table) == length and table.shape[1] >= partners:
            largest = table.iloc[-1].nlargest(partners).index
            yield str(country), table[largest]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel")
    panel = read_pairs(parser.parse_args().panel)
    prior, found = Prior.shipped(), []
    for end in ENDS:
        for country, table in regions(panel, end):
            fit = shrunk_correlation(innovations(table.to_numpy().T, prior))
            found.append((country, end, fit.own, fit.n_years))
    frame = pd.DataFrame(found, columns=["country", "end", "own", "n"])
    print(frame.groupby("end")["own"].describe().round(3).to_string())
    mean = float(frame["own"].mean())
    own = frame["own"].clip(lower=0.0)
    sampling = np.mean([equicorrelation_variance(r, PARTNERS, n - 1) for r, n in zip(own, frame["n"], strict=True)])
    spread = np.sqrt(max(0.0, float(frame["own"].var()) - sampling))
    print(f"{len(frame)} regions; sampling error of one: {np.sqrt(sampling):.3f}")
    print(f"PANEL_CORRELATION {mean:.3f}\nPANEL_SPREAD {spread:.3f}")


if __name__ == "__main__":
    main()
