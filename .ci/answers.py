"""Print a hash of the bits of some answers: .ci/run compares it between numbers of threads on one processor."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

import tradetarget as tt


def bits() -> bytes:
    """Probabilities of forecasts by law and by simulation, of an event of months, and of a batch."""
    series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    both = tt.datasets.load("kazakhstan-uzbekistan")["Kazakhstan-Uzbekistan turnover"]
    part = both.reported_by("Kazakhstan").as_of("2019-11")
    asked = [
        (series, tt.Target(5, unit="USD bn"), "pooled", 40),
        (series, tt.Target(10, unit="USD bn"), "random-walk", 15),
        (series, tt.Target(10, unit="USD bn"), "damped-trend", 10),
        (part, tt.Target(5, unit="USD bn"), "pooled", 10),
        (part, tt.Target(5, unit="USD bn", event="rolling_12_months"), "pooled", 4),
    ]
    answers = [tt.forecast(s, t, model, horizon=h, n_paths=4096).hitting_time.probability for s, t, model, h in asked]
    x = np.cumsum(np.random.default_rng(0).normal(0.05, 0.2, (300, 12)), axis=1) + 5.0
    panel = pd.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(300)], 12),
            "period": np.tile(np.arange(2010, 2022), 300),
            "value": np.exp(x).ravel(),
        }
    )
    targets = pd.DataFrame({"unit": [f"u{i}" for i in range(300)], "target": 1.5 * np.exp(x[:, -1])})
    answers.append(tt.forecast_targets(panel, targets)["probability"].to_numpy())
    return b"".join(np.ascontiguousarray(a).tobytes() for a in answers)


if __name__ == "__main__":
    print(hashlib.sha256(bits()).hexdigest())
