"""Panels in parts: peak memory, time and its growth, what a kill costs, and what Dask adds.

    python benchmarks/stream.py FOLDER --series 100000 --series 1000000

writes made-up panels of random walks (30 years, 4 targets a series) to FOLDER, runs each in a process of its own and
prints a row for each. ``--kill`` ends a run halfway by SIGKILL, goes on with it and prints what was lost. ``--dask``
compares 1 and 2 workers with a run without Dask. ``--models`` times models that answer one series after another.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

YEARS, TARGETS, ROWS = 30, (1.1, 1.5, 2.0, 3.0), 1 << 20
BLOCK = 1 << 15  # series written at once


def make(folder: Path, series: int) -> tuple[Path, Path]:
    """A panel and its targets as Parquet, written a block at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    panel, targets = folder / f"panel-{series}.parquet", folder / f"targets-{series}.parquet"
    if panel.exists() and targets.exists():
        return panel, targets
    schemas = [
        pa.schema({"unit": pa.string(), "period": pa.int64(), "value": pa.float64()}),
        pa.schema({"unit": pa.string(), "target": pa.float64()}),
    ]
    rng = np.random.default_rng(0)
    with pq.ParquetWriter(panel, schemas[0]) as histories, pq.ParquetWriter(targets, schemas[1]) as asked:
        for first in range(0, series, BLOCK):
            n = min(BLOCK, series - first)
            x = rng.normal(5.0, 2.0, (n, 1)) + np.cumsum(rng.normal(0.03, 0.2, (n, YEARS)), axis=1)
            names = pa.array([f"P{k:09d}" for k in range(first, first + n)])
            levels = np.exp(x[:, -1:]) * TARGETS
            rows = [names.take(pa.array(np.repeat(np.arange(n), k))) for k in (YEARS, len(TARGETS))]
            years = np.tile(np.arange(1995, 1995 + YEARS), n)
            histories.write_table(pa.table([rows[0], years, np.exp(x).ravel()], schema=schemas[0]), ROWS)
            asked.write_table(pa.table([rows[1], levels.ravel()], schema=schemas[1]), ROWS)
    return panel, targets


MEASURED = """
import json, sys, time
def status(name):
    return int(next(line for line in open("/proc/self/status") if line.startswith(name)).split()[1]) / 1024
import tradetarget as tt, tradetarget.streaming.assembly, pyarrow.dataset, pyarrow.parquet
before, start, cpu = status("VmRSS"), time.monotonic(), time.process_time()
run = tt.forecast_targets(sys.argv[1], sys.argv[2], out=sys.argv[3], **json.loads(sys.argv[4]))
print(json.dumps({"seconds": time.monotonic() - start, "cpu": time.process_time() - cpu, "import_mb": before,
    "peak_mb": status("VmHWM"), "above_mb": status("VmHWM") - before, "reused": run.reused, "parts": run.parts}))
"""


def measured(panel: Path, targets: Path, out: Path, **settings: object) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, "-c", MEASURED, str(panel), str(targets), str(out), json.dumps(settings)]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def sizes(folder: Path, series: list[int], jobs: int) -> None:
    """A row for each number of series, and the exponent of time between neighbours."""
    earlier = None
    for n in series:
        out = folder / f"out-{n}"
        shutil.rmtree(out, ignore_errors=True)
        row = measured(*make(folder, n), out, jobs=jobs)
        exponent = (
            ""
            if earlier is None
            else f"  exponent {math.log(row['seconds'] / earlier[1]) / math.log(n / earlier[0]):.2f}"
        )
        print(
            f"{n:>10,} series: {row['seconds']:.1f} s ({row['cpu']:.1f} s of processor time), "
            f"{1e6 * row['seconds'] / n:.1f} s a million, peak {row['peak_mb']:.0f} MB, "
            f"{row['above_mb']:.0f} MB above the import{exponent}", flush=True,
        )  # fmt: skip
        earlier = n, row["seconds"]


def kill(folder: Path, series: int) -> None:
    """Time lost by a run that is killed halfway and goes on."""
    panel, targets = make(folder, series)
    out = folder / "out-killed"
    shutil.rmtree(out, ignore_errors=True)
    whole = measured(panel, targets, out)
    shutil.rmtree(out)
    command = [sys.executable, "-c", MEASURED, str(panel), str(targets), str(out), "{}"]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while len(list(out.glob("part-*.parquet")) if out.exists() else []) < whole["parts"] // 2:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() - start
    rest = measured(panel, targets, out)
    print(
        f"whole {whole['seconds']:.1f} s; killed after {until:.1f} s with {rest['reused']:.0f} of {rest['parts']:.0f} "
        f"parts, the rest {rest['seconds']:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--series", type=int, action="append")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kill", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(exist_ok=True)
    series = given.series or [100_000]
    sizes(given.folder, series, given.jobs)
    if given.kill:
        kill(given.folder, series[-1])


if __name__ == "__main__":
    main()
