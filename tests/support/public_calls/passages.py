"""First-passage mathematics: arrays in, arrays out; its errors are ValueErrors, because it knows no other room."""

from __future__ import annotations

from typing import Any

import numpy as np

from public_calls.call import Call
from tradetarget import passage
from tradetarget.passage.points import Rule

FEW_POINTS = Rule(256, 2)


def passages() -> list[Call]:
    walk = {"barrier": 0.2, "drift": 0.05, "volatility": 0.1}
    uncertain, timed = {**walk, "drift_sd": 0.02}, {"t": 3.0, **walk}
    steps = np.arange(1.0, 4.0)
    path = {"mean": 0.05 * steps, "covariance": 0.01 * np.minimum.outer(steps, steps), "rule": FEW_POINTS}
    arguments: dict[str, dict[str, Any]] = {
        "bridge_crossing_probability": {"start": 0.0, "end": 0.1, "barrier": 0.2, "volatility": 0.1},
        "continuity_corrected_cdf": timed,
        "discrete_cdf": {"n_periods": 3, **walk},
        "discrete_random_drift_cdf": {"n_periods": 3, **uncertain},
        "gaussian_path_cdf": {**path, "barrier": 0.2},
        "inverse_gaussian_cdf": timed,
        "inverse_gaussian_pdf": timed,
        "inverse_gaussian_probability_ever": walk,
        "inverse_gaussian_quantile": {"probability": 0.5, **walk},
        "path_cdf_given_first": {**path, "barriers": [0.2], "log_likelihood": lambda x: -0.5 * (x / 0.1) ** 2},
        "random_drift_cdf": {"t": 3.0, **uncertain},
        "random_drift_pdf": {"t": 3.0, **uncertain},
        "random_drift_probability_ever": uncertain,
        "random_drift_quantile": {"probability": 0.5, **uncertain},
    }
    return [Call(f"passage.{name}", getattr(passage, name), given, (ValueError,)) for name, given in arguments.items()]
