"""Time to read a file in the shape of UN Comtrade's download beside pandas.read_csv on the same file.

    python benchmarks/reading_speed.py [--rows 1000000] [--repeats 3]

The file has UN Comtrade's 47 columns and is written to a temporary folder. The aim is a ratio of at
most 1.5; docs/decisions.md has what was measured.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from tradetarget import TradeSeries

HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,mosCode,"
    "motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,"
    "netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,isReported,"
    "isAggregate"
)


def write(path: Path, rows: int) -> None:
    """Partners, products, flows and years in turn, every row once."""
    rng = random.Random(0)
    with path.open("w") as file:
        file.write(HEADER + "\n")
        for n in range(rows):
            year, rest = 2000 + n % 25, n // 25
            flow, rest = ("X,Export", "M,Import")[rest % 2], rest // 2
            code, partner = rest % 98, rest // 98
            product = "TOTAL,All Commodities" if code == 0 else f'{code:02d},"Chapter {code}; live, and other"'
            value = round(rng.uniform(1e3, 1e9), 3)
            place = f"398,KAZ,Kazakhstan,{flow},{partner},P{partner:03d},Partner {partner},0,W00,World"
            kind = f"H6,HS,True,{product},0,False,C00,TOTAL CPC,0,0,TOTAL MOT"
            amounts = f"-1,N/A,0,False,-1,N/A,0,False,0,False,0,False,,{value},{value},0,True,True"
            file.write(f"C,A,{year}0101,{year},52,{year},{place},{kind},{amounts}\n")


def quickest(call: Callable[[], object], repeats: int) -> float:
    """Seconds of the quickest of several calls: what other work on the machine disturbs least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comtrade.csv"
        write(path, given.rows)
        size = path.stat().st_size / 1e6
        alone = quickest(lambda: pd.read_csv(path), given.repeats)
        ours = quickest(lambda: TradeSeries.from_csv(path, select={"partner": "P001"}, flow="exports"), given.repeats)
    print(
        f"{given.rows:,} rows, {size:.0f} MB: pandas.read_csv {alone:.2f} s, TradeSeries.from_csv {ours:.2f} s, ratio "
        f"{ours / alone:.2f}"
    )


if __name__ == "__main__":
    main()
