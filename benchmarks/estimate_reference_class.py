"""Count the reference classes that ship with the package, from a panel of country pairs.

Usage:

    python benchmarks/estimate_reference_class.py PANEL.parquet            write the shipped table
    python benchmarks/estimate_reference_class.py PANEL.parquet --check    1 if the shipped table differs by a byte

PANEL.parquet is a long table with columns pair, reporter, partner (ISO3), year, value (two-way trade in million
current USD) and splice_ratio (the median ratio of its two sources where they overlap). Only counts are kept.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from tradetarget.models.reference_class.episodes import reached_curve
from tradetarget.models.reference_class.table import ReferenceTable

MULTIPLES = np.array([1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0])
HORIZON = 15
FILE = Path(__file__).resolve().parents[1] / "src/tradetarget/models/reference_class/reference_class.json"
SOURCES = (
    "Correlates of War bilateral trade v3 to 2000 (Barbieri, Keshk & Pollins 2009), CEPII TRADHIST from 2001 "
    "(Fouquin & Hugot 2016, CEPII working paper 2016-14)"
)


def clean(panel: pd.DataFrame) -> pd.DataFrame:
    """Pairs whose two sources agree within 5 % where they overlap, without China (Hong Kong moves in and out)."""
    agrees = (panel["splice_ratio"] - 1.0).abs() < 0.05
    kept = panel[agrees & (panel["reporter"] != "CHN") & (panel["partner"] != "CHN") & (panel["value"] > 0)]
    if kept.empty:
        raise SystemExit("the panel holds no pair whose sources agree")
    return kept


def log_matrix(panel: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, years) logs with NaN where not observed, and the names of the pairs."""
    wide = panel.pivot_table(index="pair", columns="year", values="value", aggfunc="first")
    wide = wide.reindex(columns=range(int(wide.columns.min()), int(wide.columns.max()) + 1))
    return np.log(wide.to_numpy(float)), wide.index.to_numpy(str)


def design_effect(x: np.ndarray, names: np.ndarray, at: int = 10) -> float:
    """How many times the variance of independent episodes the curves have, averaged over the well-filled cells.

    Episodes of a pair overlap, and pairs share their decade. Two-way clustered variance, pairs plus decades less
    neither (Cameron, Gelbach & Miller 2011, doi 10.1198/jbes.2010.07136), each by a grouped jackknife of P(T <= at).
    """
    whole = ReferenceTable.count(x, MULTIPLES, HORIZON)
    pairs = np.array([zlib.crc32(n.encode()) % 40 for n in names])
    by_pair = [ReferenceTable.count(x[pairs != g], MULTIPLES, HORIZON) for g in range(40)]
    decade = np.arange(x.shape[1]) // 10
    by_decade = [ReferenceTable.count(x, MULTIPLES, HORIZON, starts=decade != g) for g in np.unique(decade)]
    ratios = []
    for band in range(len(whole.events)):
        curves = [reached_curve(t.events[band], t.at_risk(band))[..., at - 1] for t in (whole, *by_pair, *by_decade)]
        d, n = whole.events[band][..., :at], whole.at_risk(band)[..., :at]
        with np.errstate(divide="ignore", invalid="ignore"):
            independent = (1.0 - curves[0]) ** 2 * (d / (n * (n - d))).sum(axis=-1)
        clustered = sum(_jackknife(np.stack(group)) for group in (curves[1:41], curves[41:]))
        filled = (whole.at_start[band][:, None] >= 500) & (d.sum(axis=-1) >= 50) & (independent > 0)
        ratios.append(((clustered - independent) / np.where(independent > 0, independent, 1.0))[filled])
    return float(np.round(np.mean(np.concatenate(ratios)), 1))


def _jackknife(left_out: np.ndarray) -> np.ndarray:
    """Variance by the grouped jackknife: (G - 1) / G sum of squares around the mean."""
    groups = left_out.shape[0]
    return (groups - 1) / groups * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)


def estimate(path: Path) -> str:
    """The table as the JSON text that ships."""
    panel = clean(pd.read_parquet(path))
    x, names = log_matrix(panel)
    first, last = int(panel["year"].min()), int(panel["year"].max())
    provenance = {
        "what": "episodes of two-way trade of country pairs: starts, reached multiples and censored, counts only",
        "sources": SOURCES,
        "panel": f"{names.size} pairs, {len(panel)} annual totals, {first}-{last}, current USD, importer-reported",
        "left out": "pairs whose two sources differ by 5 % or more where they overlap, and China",
        "script": "benchmarks/estimate_reference_class.py",
    }
    table = ReferenceTable.count(x, MULTIPLES, HORIZON, design_effect=design_effect(x, names), provenance=provenance)
    return table.to_json()


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or check the one that ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel", type=Path, help="the panel, a parquet file")
    parser.add_argument("--check", action="store_true", help="compare with the shipped table instead of writing it")
    given = parser.parse_args(arguments)
    text = estimate(given.panel)
    if given.check:
        same = FILE.read_text("utf8") == text
        print("the shipped table is reproduced" if same else "the shipped table differs")
        return 0 if same else 1
    FILE.write_text(text, "utf8")
    print(f"wrote {FILE.name}: {len(text)} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
