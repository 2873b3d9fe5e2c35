"""Scores against hand-computed values, scoringrules as the oracle, and properties that make a score proper."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules as sr
from hypothesis import given
from hypothesis import strategies as st

from tradetarget.errors import SettingError
from tradetarget.evaluation import (
    brier_score,
    crps_of_paths,
    log_score,
    pit_coverage,
    randomised_pit,
    ranked_probability_score,
    reliability_error,
    reliability_table,
    skill_against,
)


def hitting_times(n: int, years: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Distribution functions, and outcomes drawn from them: calibrated by construction."""
    rng = np.random.default_rng(seed)
    p = np.cumsum(rng.dirichlet(np.ones(years + 1), n), axis=1)[:, :years]
    year = (rng.random((n, 1)) > p).sum(axis=1)
    return p, np.arange(years) >= year[:, None]


def test_a_hand_computed_ranked_probability_score():
    # (0.2^2 + 0.5^2 + (0.9 - 1)^2) / 3 = 0.30 / 3
    assert ranked_probability_score([0.2, 0.5, 0.9], [0, 0, 1]) == pytest.approx(0.1, abs=1e-15)


def test_the_ranked_probability_score_is_that_of_scoringrules_over_the_number_of_years():
    p, y = hitting_times(50, 6, seed=1)
    masses = np.diff(p, axis=1, prepend=0.0, append=1.0)
    year = np.where(y.any(axis=1), y.argmax(axis=1), 6)
    np.testing.assert_allclose(ranked_probability_score(p, y) * 6, sr.rps_score(year + 1, masses), atol=1e-12)


def test_targets_and_years_are_averaged_and_cases_are_kept():
    p, y = hitting_times(12, 5, seed=2)
    three = ranked_probability_score(p.reshape(4, 3, 5), y.reshape(4, 3, 5))
    np.testing.assert_allclose(three, ranked_probability_score(p, y).reshape(4, 3).mean(axis=1), atol=1e-15)


def test_brier_and_log_scores_are_those_of_scoringrules():
    p, y = np.array([0.3, 0.9, 0.5]), np.array([0, 1, 1])
    np.testing.assert_allclose(brier_score(p, y), sr.brier_score(y, p), atol=1e-15)
    np.testing.assert_allclose(log_score(p, y), sr.log_score(y, p), atol=1e-12)


def test_a_certainty_that_failed_costs_the_stated_maximum_and_not_infinity():
    assert log_score([1.0], [0], clip=1e-3)[0] == pytest.approx(-np.log(1e-3))


@given(truth=st.floats(0.01, 0.99), stated=st.floats(0.01, 0.99))
def test_nobody_expects_a_better_score_by_stating_anything_but_their_belief(truth, stated):
    for score in (brier_score, log_score):

        def expected(p, score=score):
            return truth * score([p], [1])[0] + (1 - truth) * score([p], [0])[0]

        assert expected(truth) <= expected(stated) + 1e-12


@pytest.mark.parametrize("n", [2, 3, 200])
def test_the_crps_of_paths_is_the_fair_crps_of_scoringrules(n):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(n, 7)), rng.normal(size=7)
    np.testing.assert_allclose(crps_of_paths(x, y), sr.crps_ensemble(y, x.T, estimator="fair"), atol=1e-12)


def test_the_crps_of_many_normal_paths_is_the_closed_form():
    x = np.random.default_rng(4).normal(1.0, 2.0, 200_000)
    # closed form of N(1, 2^2) at 0 (Gneiting & Raftery 2007, eq. 21); the tolerance is 5 standard errors or so
    assert crps_of_paths(x, 0.0) == pytest.approx(float(sr.crps_normal(0.0, 1.0, 2.0)), abs=0.01)


def test_calibrated_forecasts_have_a_uniform_pit_and_the_coverage_they_state():
    p, y = hitting_times(20_000, 4, seed=5)
    rng = np.random.default_rng(6)
    u = randomised_pit(p, y, rng)
    assert np.histogram(u, bins=10, range=(0, 1))[0] == pytest.approx(np.full(10, 2000), abs=5 * np.sqrt(1800))
    for level in (0.5, 0.8, 0.9):
        # a share of 20,000 has a standard error below 0.0036
        assert pit_coverage(p, y, level, rng) == pytest.approx(level, abs=0.015)


def test_over_confident_forecasts_cover_too_little():
    p, y = hitting_times(5_000, 6, seed=7)
    sharp = np.clip((p - 0.5) * 3 + 0.5, 0, 1)
    assert pit_coverage(sharp, y, 0.8, np.random.default_rng(0)) < 0.7


def test_a_horizon_cut_short_by_the_calendar_keeps_the_pit_uniform():
    p, y = hitting_times(20_000, 6, seed=8)
    observed = np.random.default_rng(9).integers(1, 7, 20_000)
    hidden = np.arange(6) >= observed[:, None]
    y_seen = np.where(hidden, False, y)
    assert pit_coverage(p, y_seen, 0.8, np.random.default_rng(10), observed) == pytest.approx(0.8, abs=0.015)
    np.testing.assert_array_equal(
        randomised_pit(p, y_seen, np.random.default_rng(1), observed),
        randomised_pit(np.where(hidden, 0.123, p), ~y_seen & hidden | y_seen, np.random.default_rng(1), observed),
        err_msg="what lies beyond the observed years must not count",
    )


def test_a_reliability_table_counts_every_forecast_once_and_averages_each_bin():
    table = reliability_table([0.05, 0.15, 0.15, 1.0], [0, 0, 1, 1])
    assert table["n"].tolist() == [1, 2, 1]
    assert table["stated"].tolist() == pytest.approx([0.05, 0.15, 1.0])
    assert table["observed"].tolist() == [0.0, 0.5, 1.0]
    assert table["low"].tolist() == pytest.approx([0.0, 0.1, 0.9])
    # (|0.05 - 0| + 2 |0.15 - 0.5| + 0) / 4
    assert reliability_error([0.05, 0.15, 0.15, 1.0], [0, 0, 1, 1]) == pytest.approx(0.1875)


def test_the_reliability_error_of_calibrated_forecasts_is_what_chance_leaves():
    p, y = hitting_times(20_000, 3, seed=11)
    assert reliability_error(p, y) < 0.01


def test_skill_is_one_minus_the_ratio_of_the_mean_scores_with_an_interval_around_it():
    rng = np.random.default_rng(12)
    b = rng.uniform(0.1, 0.3, 400)
    found = skill_against(0.9 * b + rng.normal(0, 0.02, 400), b, np.arange(400) // 4)
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.low < found.value < found.high
    assert found.clusters == 100


def test_cases_that_repeat_one_another_do_not_narrow_the_interval():
    rng = np.random.default_rng(13)
    b, s = rng.uniform(0.1, 0.3, 50), rng.uniform(0.1, 0.3, 50)
    pair = np.arange(50)
    once = skill_against(s, b, pair)
    often = skill_against(np.tile(s, 20), np.tile(b, 20), np.tile(pair, 20))
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=1e-9)


def test_the_bootstrap_interval_covers_the_true_skill_about_as_often_as_it_says():
    rng = np.random.default_rng(14)
    inside = 0
    for i in range(200):
        pair = np.repeat(np.arange(60), 5)
        shared = np.repeat(rng.normal(0, 0.05, 60), 5)
        b = 0.2 + rng.normal(0, 0.02, 300)
        found = skill_against(0.18 + shared + rng.normal(0, 0.02, 300), b, pair, n_resamples=400, seed=i)
        inside += found.low <= 0.1 <= found.high
    # 0.9 less the bootstrap's own shortfall; a share of 200 has a standard error of 0.02
    assert 0.82 <= inside / 200 <= 0.97


def test_one_seed_gives_one_interval_and_one_cluster_gives_none():
    s, b = np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.2, 0.4])
    assert skill_against(s, b, ["a", "b", "c"], seed=3) == skill_against(s, b, ["a", "b", "c"], seed=3)
    alone = skill_against(s, b, ["a", "a", "a"])
    assert alone.value == pytest.approx(0.25)
    assert (alone.low, alone.high, alone.clusters) == (None, None, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: brier_score([0.1, 0.2], [1]), r"shape \(2,\).*shape \(1,\)"),
        (lambda: brier_score([], []), "at least one"),
        (lambda: brier_score([1.2], [1]), "probability 1.2"),
        (lambda: brier_score([np.nan], [1]), "probability nan"),
        (lambda: brier_score([0.5], [0.5]), "outcome 0.5"),
        (lambda: log_score([0.5], [1], clip=0.6), "clip 0.6"),
        (lambda: pit_coverage([[0.5]], [[1]], 1.0, np.random.default_rng(0)), "level 1.0"),
        (lambda: reliability_table([0.5], [1], bins=0), "bins 0"),
        (lambda: crps_of_paths([[1.0]], [1.0]), "2 paths or more"),
        (lambda: skill_against([0.1], [0.1, 0.2], ["a"]), "1 scores, 2 baseline scores"),
        (lambda: skill_against([0.1], [0.0], ["a"]), "perfect"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_one_line(call, message):
    with pytest.raises(SettingError, match=message) as error:
        call()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("observed", [2.5, np.nan, np.inf, -1, [1, 2, 3]])
def test_a_number_of_years_that_is_none_is_refused_and_not_rounded(observed: object) -> None:
    with pytest.raises(SettingError, match="is not one whole number of years for each forecast"):
        randomised_pit([[0.1, 0.2], [0.3, 0.4]], [[0, 0], [0, 1]], np.random.default_rng(0), observed)
