"""How much the pairs of one country move together, over the countries of a panel: the prior of a region's correlation.

Usage: python benchmarks/estimate_region_correlation.py PANEL.parquet

PANEL is the one-sided one of estimate_shipped_prior.py, what a reporter states of each partner, as users have it. A
region here is a reporter and four partners, its largest at the end of a window of 25 years, all observed throughout.
There are two windows, 1966-1990 and 1992-2016. The spread is what is left of the variance between regions after that of
their sampling; both figures stand in tradetarget/systems/correlation.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from estimate_shipped_prior import read_one_sided
from tradetarget.models.pooled.law import MEMORY
from tradetarget.models.pooled.prior import Prior
from tradetarget.systems.correlation import equicorrelation_variance, innovations, shrunk_correlation

PARTNERS = 4
ENDS = (1990, 2016)


def regions(
    panel: pd.DataFrame, end: int, length: int = MEMORY, partners: int = PARTNERS
) -> Iterator[tuple[str, pd.DataFrame]]:
    """A reporter and the levels of its largest pairs: (years, pairs), all observed."""
    inside = panel[(panel["period"] > end - length) & (panel["period"] <= end)]
    for country, rows in inside.groupby("reporter"):
        table = rows.set_index(["period", "unit"])["value"].unstack().dropna(axis=1)  # noqa: PD010
        if len(table) == length and table.shape[1] >= partners:
            largest = table.iloc[-1].nlargest(partners).index
            yield str(country), table[largest]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel")
    panel = read_one_sided(parser.parse_args().panel)
    prior, rows = Prior.shipped(), []
    for end in ENDS:
        for country, table in regions(panel, end):
            fit = shrunk_correlation(innovations(table.to_numpy().T, prior))
            rows.append((country, end, fit.own, fit.n_years))
    frame = pd.DataFrame(rows, columns=["country", "end", "own", "n"])
    print(frame.groupby("end")["own"].describe().round(3).to_string())
    mean = float(frame["own"].mean())
    own = frame["own"].clip(lower=0.0)
    sampling = np.mean([equicorrelation_variance(r, PARTNERS, n - 1) for r, n in zip(own, frame["n"], strict=True)])
    spread = np.sqrt(max(0.0, float(frame["own"].var()) - sampling))
    print(f"{len(frame)} regions; sampling error of one: {np.sqrt(sampling):.3f}")
    print(f"PANEL_CORRELATION {mean:.3f}\nPANEL_SPREAD {spread:.3f}")


if __name__ == "__main__":
    main()
