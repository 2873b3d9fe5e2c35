"""Forty pairs, their targets and two scenarios: one table of probabilities, and one of scenarios.

python forty_pairs.py OUT_DIRECTORY    writes targets.csv and scenarios.csv

The pairs are synthetic (made up from a fixed seed): replace ``synthetic_pairs`` by your own table.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import tradetarget as tt

SEED = 2026
HORIZON = 10


def synthetic_pairs(n: int = 40) -> pd.DataFrame:
    """A long table unit, period, value (million USD) of ``n`` made-up pairs, 2006-2025."""
    rng = np.random.default_rng(SEED)
    years = np.arange(2006, 2026)
    start = rng.normal(np.log(400.0), 1.0, size=(n, 1))
    growth = rng.normal(0.05, 0.03, size=(n, 1)) + rng.normal(0.0, 0.15, size=(n, years.size))
    values = np.exp(start + np.cumsum(growth, axis=1))
    units = [f"synthetic-{i:02d}" for i in range(1, n + 1)]
    return pd.DataFrame({
        "unit": np.repeat(units, years.size),
        "period": np.tile(years, n),
        "value": values.ravel(),
    })  # fmt: skip


def main(folder: str) -> None:
    """Ask every pair for one and a half times its last total, and write the two tables."""
    out = Path(folder)
    panel = synthetic_pairs()
    last = panel.groupby("unit")["value"].last()
    targets = pd.DataFrame({"unit": last.index, "target": 1.5 * last.to_numpy()})
    table = tt.forecast_targets(panel, targets, horizon=HORIZON)
    table.to_csv(out / "targets.csv", index=False)

    series = {
        str(unit): tt.TradeSeries.from_annual(rows.set_index("period")["value"], unit="USD mn", name=str(unit))
        for unit, rows in panel.groupby("unit")
    }
    scenarios = [
        tt.Scenario("two points faster", [tt.GrowthShift(0.02)]),
        tt.Scenario("recession", [tt.LevelShock(-0.2, year=2027, recovery=3)]),
    ]
    goals = {unit: tt.Target(1.5 * float(last[unit]), unit="USD mn") for unit in series}
    comparison = tt.run_scenarios(series, goals, scenarios, horizon=HORIZON, n_paths=10_240)
    comparison.to_frame().to_csv(out / "scenarios.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1])
