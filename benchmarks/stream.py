"""Panels in parts: peak memory, time and its growth, what a kill costs, and what Dask adds.

    python benchmarks/stream.py FOLDER --series 100000 --series 1000000

writes made-up panels of random walks (30 years, 4 targets a series) to FOLDER, runs each in a process of its own and
prints a row for each. Instead, ``--kill`` ends a run of the last number of series halfway by SIGKILL, goes on with it,
and prints what was lost; ``--dask`` compares 1 and 2 workers with a run without Dask; ``--models`` times models
that answer one series after another.
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
from typing import Any

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
settings = json.loads(sys.argv[4])
if settings.pop("threads", None):
    import os
    os.cpu_count = lambda: 1
run = tt.forecast_targets(sys.argv[1], sys.argv[2], out=sys.argv[3], **settings)
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
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while len(list(out.glob("part-*.parquet")) if out.exists() else []) < whole["parts"] // 2:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    used = os.wait4(process.pid, 0)[2]
    rest = measured(panel, targets, out)
    until = used.ru_utime + used.ru_stime
    print(
        f"{series:,} series: whole {whole['cpu']:.1f} s of processor time; killed after {until:.1f} s, its imports "
        f"included, with {rest['reused']:.0f} of {rest['parts']:.0f} parts; the rest {rest['cpu']:.1f} s"
    )


def dask(folder: Path, series: int) -> None:
    """One and two workers beside one process of one thread, all after their imports, in turn three times."""
    from distributed import Client, LocalCluster

    panel, targets = make(folder, series)
    rows: dict[str, list[tuple[float, float]]] = {"no Dask, jobs=1, one thread": [], "1 worker": [], "2 workers": []}
    for _ in range(3):
        out = folder / "out-dask"
        shutil.rmtree(out, ignore_errors=True)
        alone = measured(panel, targets, out, threads=1)
        rows["no Dask, jobs=1, one thread"].append((alone["seconds"], alone["cpu"]))
        for workers in (1, 2):
            with (
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
                Client(cluster) as client,
            ):
                rows[f"{workers} worker{'s' * (workers - 1)}"].append(on_workers(client, panel, targets, out))
    for name, times in rows.items():
        wall, cpu = (min(t[k] for t in times) for k in (0, 1))
        print(f"{series:,} series, {name}: {wall:.1f} s ({cpu:.1f} s of processor time of all processes)", flush=True)


def on_workers(client: Any, panel: Path, targets: Path, out: Path) -> tuple[float, float]:
    """Seconds, and processor time of the workers, the scheduler and this process together."""
    import tradetarget as tt

    shutil.rmtree(out, ignore_errors=True)
    client.run(lambda: __import__("tradetarget.streaming.assembly"))
    before, start = sum(client.run(time.process_time).values()) + time.process_time(), time.monotonic()
    tt.forecast_targets(panel, targets, out=out, client=client)
    seconds = time.monotonic() - start
    return seconds, sum(client.run(time.process_time).values()) + time.process_time() - before


def models(folder: Path) -> None:
    """Series a second of every model, of scenarios and of events: processor time, after one warm-up series."""
    import pandas as pd

    import tradetarget as tt

    panel, targets = (pd.read_parquet(path) for path in make(folder, 100_000))
    three = [tt.Scenario(f"{k} %", [tt.GrowthShift(k / 100)]) for k in (1, 2, 3)]
    asked: dict[str, tuple[int, dict[str, Any]]] = {
        "pooled": (10_000, {}),
        **{m: (40, {"model": m}) for m in ("random-walk", "damped-trend", "logistic", "reference-class", "base-rate")},
        "pooled, three scenarios": (20, {"scenarios": three}),
        "pooled, two years running": (20, {"sustained": 2}),
        "pooled, any twelve months": (10, {"event": "rolling_12_months"}),
    }
    for name, (n, settings) in asked.items():
        times = []
        for first, count in ((0, 1), (1, n)):
            some = panel.iloc[first * YEARS : (first + count) * YEARS]
            out = folder / "out-models"
            shutil.rmtree(out, ignore_errors=True)
            start = time.process_time()
            run = tt.forecast_targets(
                some, targets.iloc[first * len(TARGETS) : (first + count) * len(TARGETS)], out=out, **settings
            )
            times.append(time.process_time() - start)
        print(f"{name}: {n / times[1]:,.0f} series a second; {run.refused} of {n} refused", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--series", type=int, action="append")
    parser.add_argument("--jobs", type=int, default=1)
    for what in ("--kill", "--dask", "--models"):
        parser.add_argument(what, action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(exist_ok=True)
    series = given.series or [100_000]
    if given.kill:
        kill(given.folder, series[-1])
    if given.dask:
        dask(given.folder, series[-1])
    if given.models:
        models(given.folder)
    if not (given.kill or given.dask or given.models):
        sizes(given.folder, series, given.jobs)


if __name__ == "__main__":
    main()
