"""What the peers take for the same job, in one process and on the same units: probabilities of 4 targets by 10 years.

Usage (in an environment with the `statsforecast` extra; it may pin other versions of pandas):

    python benchmarks/peers.py [--units 10000] [--years 10] [--slow-units 300] [--clock processor]

The units are random walks with drift, made here from a seed. Each peer is fitted to logs and simulates 400 paths a
unit, and hits are counted in numpy. AutoETS and AutoTheta run on fewer units and are scaled up. Prints seconds and
ratios. ``--clock processor`` counts processor time, that of all threads together: on a machine that others use as well,
and against this library, which spreads units over threads where the peers use one.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget.models.random_walk import estimate_random_walks
from tradetarget.passage import discrete_random_drift_cdf

HORIZON, PATHS = 10, 400
MULTIPLES = np.array([1.25, 1.5, 2.0, 3.0])


def make_units(units: int, years: int) -> np.ndarray:
    """(units, years) levels in million USD."""
    rng = np.random.default_rng(0)
    steps = rng.normal(rng.normal(0.05, 0.03, (units, 1)), 0.2, (units, years))
    return np.asarray(np.exp(rng.normal(5.0, 2.0, (units, 1)) + np.cumsum(steps, axis=1)))


def pooled(values: np.ndarray) -> None:
    """tradetarget's default model on a long table, as a user calls it."""
    units, years = values.shape
    name = np.array([f"u{i:06d}" for i in range(units)])
    panel = pd.DataFrame({"unit": np.repeat(name, years), "period": np.tile(np.arange(2000, 2000 + years), units),
                          "value": values.ravel()})  # fmt: skip
    targets = pd.DataFrame({"unit": np.repeat(name, 4), "target": (values[:, -1:] * MULTIPLES).ravel()})
    tt.forecast_targets(panel, targets, horizon=HORIZON)


def random_walk(values: np.ndarray) -> None:
    """tradetarget's random walk with drift, its parameters uncertain: batch fit and exact law."""
    fit = estimate_random_walks(np.log(values))
    barrier = np.broadcast_to(np.log(MULTIPLES), (values.shape[0], MULTIPLES.size))
    drift, volatility = fit.drift[:, None], fit.volatility[:, None]
    discrete_random_drift_cdf(
        HORIZON, barrier, drift, volatility, volatility / np.sqrt(fit.span)[:, None], volatility_df=fit.n[:, None] - 1
    )


def statsforecast(model: object) -> Callable[[np.ndarray], None]:
    """A statsforecast model's simulated paths with hits counted."""

    def run(values: np.ndarray) -> None:
        from statsforecast import StatsForecast

        units, years = values.shape
        table = pd.DataFrame({"unique_id": np.repeat(np.arange(units), years), "y": np.log(values).ravel(),
                              "ds": np.tile(np.arange(years), units)})  # fmt: skip
        drawn = StatsForecast(models=[model], freq=1).simulate(h=HORIZON, df=table, n_paths=PATHS, seed=0)
        drawn = drawn.sort_values(["unique_id", "sample_id", "ds"])
        paths = drawn.iloc[:, -1].to_numpy().reshape(units, PATHS, HORIZON)
        highest = np.maximum.accumulate(paths, axis=2)
        for multiple in MULTIPLES:
            (highest >= np.log(values[:, -1] * multiple)[:, None, None]).mean(axis=1)

    return run


CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def seconds(
    job: Callable[[np.ndarray], None], values: np.ndarray, repeat: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median of ``repeat`` runs after one that is not counted."""
    job(values[: min(50, len(values))])
    found = []
    for _ in range(repeat):
        start = clock()
        job(values)
        found.append(clock() - start)
    return float(np.median(found))


def main() -> None:
    """Time everything in turn and print the table."""
    from statsforecast.models import AutoETS, AutoTheta, RandomWalkWithDrift

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--slow-units", type=int, default=300)
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    given = parser.parse_args()
    clock = CLOCKS[given.clock]
    warnings.simplefilter("ignore")
    values = make_units(given.units, given.years)
    few = values[: given.slow_units]
    scale = len(values) / len(few)
    walk, ets, theta = (statsforecast(m) for m in (RandomWalkWithDrift(), AutoETS(season_length=1), AutoTheta(1)))
    times = {
        "tradetarget pooled": seconds(pooled, values, 5, clock),
        "tradetarget random walk": seconds(random_walk, values, 3, clock),
        "statsforecast RandomWalkWithDrift": seconds(walk, values, 1, clock),
        "statsforecast AutoETS (scaled up)": scale * seconds(ets, few, 1, clock),
        "statsforecast AutoTheta (scaled up)": scale * seconds(theta, few, 1, clock),
    }
    rows = {k: {"seconds": t, "x pooled": t / times["tradetarget pooled"],
                "x random walk": t / times["tradetarget random walk"]} for k, t in times.items()}  # fmt: skip
    print(f"{given.units} units x {given.years} years, {MULTIPLES.size} targets x {HORIZON} years")
    print(pd.DataFrame(rows).T.round(2).to_string())


if __name__ == "__main__":
    main()
