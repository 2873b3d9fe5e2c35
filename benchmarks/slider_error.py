"""Largest error of the report's sliders against fresh forecasts and fresh scenarios, on the bundled pairs.

    python benchmarks/slider_error.py

Targets run from 2 % above the last total to five times it. Without extra growth the fresh answer is ``forecast``; with
it, ``run_scenarios`` with a GrowthShift. Errors are in percentage points, over all years of the horizon.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np

import tradetarget as tt
from tradetarget.scenarios.running_maximum import running_maximum

MULTIPLES = (1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0)
GROWTH = (-0.05, -0.02, 0.005, 0.02, 0.05, 0.1)
HORIZON, CODES = 15, 65535


def main() -> int:
    warnings.simplefilter("ignore", tt.TradeTargetWarning)
    lines = [f"{'series':34}{'forecast':>10}{'scenarios':>11}{'seconds':>9}"]
    worst = 0.0
    for series in tt.datasets.load("kazakhstan-central-asia").values():
        if series.flow != "turnover":
            continue
        last = float(series.annual().iloc[-1])
        targets = [tt.Target(last * m, series.unit) for m in MULTIPLES]
        answer = tt.forecast(series, targets[0], horizon=HORIZON)
        start = time.perf_counter()
        found = running_maximum(answer.question, HORIZON)
        seconds = time.perf_counter() - start
        low, span = found.log_quantiles.min(), np.ptp(found.log_quantiles)
        found.log_quantiles[:] = low + np.round((found.log_quantiles - low) / span * CODES) / CODES * span
        plain = max(
            np.abs(found.probability(t.value) - tt.forecast(series, t, horizon=HORIZON).hitting_time.probability).max()
            for t in targets
        )
        faster = [tt.Scenario(f"{g}", [tt.GrowthShift(g)]) for g in GROWTH]
        cases = tt.run_scenarios(series, targets, faster, horizon=HORIZON).cases
        shifted = max(
            np.abs(found.probability(c.target.value, g) - c.hitting_times[f"{g}"].probability).max()
            for c in cases
            for g in GROWTH
        )
        worst = max(worst, plain, shifted)
        lines.append(f"{series.label:34}{100 * plain:>10.3f}{100 * shifted:>11.3f}{seconds:>9.1f}")
    sys.stdout.write("\n".join([*lines, f"largest error: {100 * worst:.3f} points"]) + "\n")
    return 0 if worst <= 0.005 else 1


if __name__ == "__main__":
    raise SystemExit(main())
