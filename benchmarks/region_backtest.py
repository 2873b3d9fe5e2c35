"""Does joint modelling of a region's pairs pay? Measured over the countries of a panel.

Usage: python benchmarks/region_backtest.py PANEL.parquet

PANEL is the one-sided one of estimate_shipped_prior.py. A region is a reporter and its four largest partners at an
origin (1986, 1996, 2006), observed in the 25 years up to it; ten years ahead are scored, where all four are observed in
them. Countries are the clusters of the standard errors. The parameters of the law and of the correlation's prior were
estimated from the same panel, for all three forecasters alike.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from estimate_region_correlation import regions
from estimate_shipped_prior import read_one_sided
from tradetarget import TradeSeries
from tradetarget.evaluation.regions import backtest_system
from tradetarget.systems import TradeSystem

ORIGINS, AHEAD, LENGTH = (1986, 1996, 2006), 10, 25
MEASURES = ["crps", "covered", "width", "rps", "joint_brier"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel")
    panel = read_one_sided(parser.parse_args().panel)
    levels = panel.set_index(["period", "unit"])["value"].unstack()  # noqa: PD010
    frames = []
    for origin in ORIGINS:
        for country, past in regions(panel, origin, LENGTH):
            table = levels.loc[past.index[0] : origin + AHEAD, past.columns]
            if table.isna().to_numpy().any():
                continue
            parts = [TradeSeries.from_annual(table[c], unit="USD mn", name=c) for c in table.columns]
            found = backtest_system(TradeSystem(country, parts), [origin], horizon=AHEAD, known="year", n_paths=4096)
            frames.append(found.frame.assign(country=country))
    frame = pd.concat(frames, ignore_index=True)
    report(frame)


def report(frame: pd.DataFrame) -> None:
    """Mean scores, and how far the joint forecaster's are from the others', clustered by country."""
    print(f"{frame.groupby(['country', 'origin']).ngroups} regions and origins, {frame['country'].nunique()} countries")
    print(frame.groupby("forecaster", sort=False)[MEASURES].mean().round(4).to_string())
    for ahead in (1, 5, 10):
        rows = frame[frame["years_ahead"] == ahead].groupby("forecaster", sort=False)[MEASURES]
        print(f"\n{ahead} year(s) ahead\n{rows.mean().round(4).to_string()}")
    wide = frame.pivot_table(index=["country", "origin", "years_ahead"], columns="forecaster", values=MEASURES)
    for against in ("independent", "direct"):
        for measure in ("crps", "rps", "joint_brier"):
            gap = (wide[measure]["joint"] - wide[measure][against]).groupby("country").mean()
            print(f"joint less {against}, {measure}: {gap.mean():+.4f} (s.e. {gap.std() / np.sqrt(len(gap)):.4f})")


if __name__ == "__main__":
    main()
