"""Seconds of processor time for a piece of work of each kind, beside what the estimates of costs take them to be.

    OMP_NUM_THREADS=1 python benchmarks/costs.py

``tradetarget.answering.costs`` refuses questions by these estimates; they are to be above what is measured, and not by
much.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget.answering import costs

PATHS = 50 * 1024


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of three runs."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def batch(units: int, horizon: int, targets: int) -> float:
    """Seconds for a table of so many units and targets of each."""
    rng, years = np.random.default_rng(0), np.arange(2000, 2025)
    levels = 100.0 * np.exp(np.cumsum(rng.normal(0.03, 0.1, (units, years.size)), axis=1))
    panel = pd.DataFrame(
        {"unit": np.repeat(np.arange(units), years.size), "period": np.tile(years, units), "value": levels.ravel()}
    )
    asked = pd.DataFrame(
        {"unit": np.repeat(np.arange(units), targets), "target": 300.0 + np.tile(np.arange(targets), units)}
    )
    return seconds(lambda: tt.forecast_targets(panel, asked, horizon=horizon))


def main() -> None:
    """Print a line for each constant."""
    series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    year, month = tt.Target(5, "USD bn"), tt.Target(5, "USD bn", event="run_rate")
    slow = {"model": "damped-trend", "method": "simulation", "n_paths": PATHS, "horizon": 60}
    shifts = [tt.Scenario(str(k), [tt.GrowthShift(0.01)]) for k in range(21)]

    def scenarios(target: tt.Target, count: int, horizon: int) -> float:
        run = {"model": "random-walk", "horizon": horizon, "n_paths": 20_480}
        return seconds(lambda: tt.run_scenarios(series, target, shifts[:count], **run))

    short, long = (seconds(lambda h=h: tt.forecast(series, year, horizon=h)) for h in (15, 200))
    one, many = batch(100, 100, 1), batch(100, 100, 20)
    rows = {
        "A_PATH_PERIOD, years": seconds(lambda: tt.forecast(series, year, **slow)) / PATHS / 60,
        "A_PATH_PERIOD, months": seconds(
            lambda: tt.forecast(series, month, "random-walk", 60, n_paths=PATHS)) / PATHS / 720,
        "A_COPY_PERIOD": (scenarios(year, 21, 60) - scenarios(year, 1, 60)) / 20 / 20_480 / 60,
        "A_COPY_MONTH": (scenarios(month, 6, 15) - scenarios(month, 1, 15)) / 5 / 20_480 / 180,
        "A_LAW": short,
        "A_LAW_YEAR2": (long - short) / 200**2,
        "A_UNIT_YEAR2, 100 years": one / 100 / 100**2,
        "A_UNIT_YEAR2, 200 years": batch(100, 200, 1) / 100 / 200**2,
        "A_ROW_YEAR2": (many - one) / 1900 / 100**2,
    }  # fmt: skip
    print(f"{'constant':26} {'measured':>10} {'taken':>10}")
    for name, measured in rows.items():
        print(f"{name:26} {measured:10.2g} {getattr(costs, name.split(',')[0]):10.2g}")


if __name__ == "__main__":
    main()
