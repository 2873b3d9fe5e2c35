"""Scores, backtests and promises."""

from __future__ import annotations

import numpy as np

import tradetarget as tt
from public_calls.call import Call
from public_calls.questions import FAST, FEW
from tradetarget import evaluation, promises


def scores() -> list[Call]:
    p, hit = np.array([[0.1, 0.2], [0.3, 0.5]]), np.array([[0, 1], [1, 1]])
    data = {"data": tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]}
    rng = np.random.default_rng(0)
    asked = {**FAST, "origins": [2015, 2016], "multiples": [1.25], "horizon": 2, **FEW}
    return [
        Call("backtest", evaluation.backtest, {**data, **asked}),
        Call("brier_score", evaluation.brier_score, {"probability": p, "outcome": hit}),
        Call("log_score", evaluation.log_score, {"probability": p, "outcome": hit}),
        Call("ranked_probability_score", evaluation.ranked_probability_score, {"probability": p, "outcome": hit}),
        Call("crps_of_paths", evaluation.crps_of_paths, {"levels": p, "outcome": np.array([0.1, 0.3])}),
        Call("reliability_error", evaluation.reliability_error, {"probability": p, "outcome": hit}),
        Call("reliability_table", evaluation.reliability_table, {"probability": p, "outcome": hit}),
        Call("randomised_pit", evaluation.randomised_pit, {"probability": p, "outcome": hit, "rng": rng}),
        Call("pit_coverage", evaluation.pit_coverage, {"probability": p, "outcome": hit, "level": 0.8, "rng": rng}),
        Call("skill_against", evaluation.skill_against,
             {"scores": [0.1, 0.2], "baseline_scores": [0.2, 0.3], "clusters": ["a", "b"], "n_resamples": 10}),
        Call("wilson_interval", promises.wilson_interval, {"successes": 3, "trials": 10}),
        Call("waiting_curve", promises.waiting_curve, {"years": np.array([1, 2]), "reached": np.array([True, False])}),
        Call("Promises.like", promises.Promises.shipped().like, {"required_growth": 0.1}),
        Call("Promises.tallies", promises.Promises.shipped().tallies, {}),
    ]  # fmt: skip
