from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from tradetarget import Target, forecast
from tradetarget.errors import ModelError
from tradetarget.models.local_level import LocalLevel, estimate_local_levels
from tradetarget.models.structural import filter_trends
from tradetarget.models.trends import TrendNodes


def noisy(rng: np.random.Generator, n: int, level_sd: float = 0.08, noise_sd: float = 0.1) -> np.ndarray:
    return np.cumsum(rng.normal(0.05, level_sd, n)) + rng.normal(0, noise_sd, n)


def oracle(x: np.ndarray) -> UnobservedComponents:
    return UnobservedComponents(x, "local level", exog=np.arange(x.size, dtype=float))


def test_the_likelihood_is_that_of_unobserved_components_gaps_included():
    x = noisy(np.random.default_rng(0), 24)
    x[[7, 8, 15]] = np.nan
    noise, level = 0.012, 0.005
    found = filter_trends(x[None], np.array([[noise / 0.017]]), np.array([[level / 0.017]]))
    theirs = oracle(x).loglike([noise, level, float(found.first_slope[0, 0])])
    assert found.log_likelihood(np.array([[0.017]]))[0, 0] == pytest.approx(theirs, abs=1e-5)


def test_the_maximum_is_that_of_unobserved_components():
    x = noisy(np.random.default_rng(4), 40)
    fitted = estimate_local_levels(x[None])
    theirs = oracle(x).fit(disp=0, maxiter=500)
    ours = [fitted.noise_sd[0] ** 2, fitted.level_sd[0] ** 2, fitted.drift[0]]
    assert fitted.log_likelihood[0] == pytest.approx(theirs.llf, abs=1e-5)
    np.testing.assert_allclose(ours, theirs.params, rtol=2e-2)
    assert fitted.level[0] == pytest.approx(theirs.level.filtered[-1] + 39 * theirs.params[2], abs=2e-3)


def test_where_growth_has_momentum_there_is_no_noise_and_it_is_the_random_walk_with_drift(series_of):
    shocks = np.random.default_rng(0).normal(0.03, 0.1, 31)
    fitted = LocalLevel().fit(series_of(np.cumsum(shocks[1:] + 0.5 * shocks[:-1])))
    growth = np.diff(fitted.log_levels)
    assert fitted.noise_sd == 0.0
    assert fitted.drift == pytest.approx(growth.mean(), rel=1e-6)
    assert fitted.level_sd == pytest.approx(growth.std(), rel=1e-6)
    assert np.isnan(fitted.standard_errors["noise_sd"])


def test_white_noise_around_a_line_is_constant_growth(series_of):
    rng = np.random.default_rng(1)
    x = 0.05 * np.arange(200) + rng.normal(0, 0.1, 200)
    fitted = LocalLevel().fit(series_of(x, first=1800))
    assert fitted.level_sd < 0.01
    assert fitted.drift == pytest.approx(0.05, abs=0.001)
    assert fitted.noise_sd == pytest.approx(0.1, abs=0.015)


def test_a_batch_gives_each_unit_what_it_gets_alone():
    rng = np.random.default_rng(9)
    x = np.stack([noisy(rng, 25) for _ in range(6)])
    x[1, :10] = x[2, 18:] = x[3, [4, 11]] = np.nan
    x[4, 1:] = np.nan
    batch = estimate_local_levels(x)
    for i in range(6):
        seen = np.flatnonzero(np.isfinite(x[i]))
        alone = estimate_local_levels(x[i : i + 1, seen], seen)
        for ours, theirs in zip(batch, alone, strict=True):
            np.testing.assert_allclose(ours[i], theirs[0], rtol=1e-6, atol=1e-9)
    assert batch.n[4] == 0
    assert batch.drift[4] == 0.0


def test_parameters_are_recovered_from_many_simulated_series():
    rng = np.random.default_rng(3)
    x = np.stack([noisy(rng, 60) for _ in range(300)])
    found = estimate_local_levels(x)
    assert found.drift.mean() == pytest.approx(0.05, abs=0.003)
    assert np.median(found.level_sd) == pytest.approx(0.08, abs=0.01)
    assert np.median(found.noise_sd) == pytest.approx(0.10, abs=0.01)
    inside = np.abs(found.drift - 0.05) < 0.6745 * found.drift_error
    assert inside.mean() == pytest.approx(0.5, abs=0.08)


def test_standard_errors_are_those_of_the_observed_information(series_of):
    x = noisy(np.random.default_rng(4), 80)
    fitted = LocalLevel().fit(series_of(x, first=1900))
    theirs = oracle(x).fit(disp=0, maxiter=500, cov_type="approx")
    sd = np.sqrt(theirs.params[:2])
    np.testing.assert_allclose(fitted.standard_errors[["noise_sd", "level_sd"]], theirs.bse[:2] / 2 / sd, rtol=0.05)
    assert fitted.standard_errors["drift"] == pytest.approx(theirs.bse[2], rel=0.05)


def test_predictive_intervals_cover_what_comes(series_of):
    """80 % intervals ten years ahead, 150 simulated series of 15 totals: standard error 3.3 points."""
    rng = np.random.default_rng(21)

    inside = 0
    for _ in range(150):
        x = noisy(rng, 25)
        series = series_of(x[:15])
        low, high = np.quantile(LocalLevel().fit(series).simulate(10, 512, rng).log_levels[0, :, 9], [0.1, 0.9])
        inside += low <= x[24] <= high
    assert 0.7 < inside / 150 < 0.9


def test_paths_are_wider_than_with_the_parameters_taken_as_known(walk):
    fitted = LocalLevel().fit(walk)
    drawn = fitted.simulate(10, 51_200, np.random.default_rng(0)).log_levels[0, :, 9]
    plug_in = np.sqrt(10 * fitted.level_sd**2 + fitted.noise_sd**2)
    assert np.subtract(*np.quantile(drawn, [0.95, 0.05])) > 1.15 * 2 * 1.645 * plug_in


@pytest.mark.parametrize("multiple", [1.05, 1.6, 2.5])
def test_exact_and_simulated_answers_agree(walk, multiple):
    target = Target(multiple * float(walk.annual().iloc[-1]), unit="USD bn")
    exact = forecast(walk, target, model="local-level", horizon=15, method="exact").hitting_time
    drawn = forecast(walk, target, model="local-level", horizon=15, method="simulation").hitting_time
    assert exact.standard_error is None
    assert (np.abs(exact.probability - drawn.probability) < 4 * drawn.standard_errors).all()


def test_covariances_of_the_nodes_are_those_of_their_paths(walk):
    fitted = LocalLevel().fit(walk)
    one = replace(fitted, nodes=TrendNodes(*(a[5:6] for a in fitted.nodes)), df=10**6)
    drawn = one.simulate(6, 102_400, np.random.default_rng(0)).log_levels[0]
    np.testing.assert_allclose(np.cov(drawn.T), one.node_covariances(6)[0], rtol=0.04)
    np.testing.assert_allclose(np.diagonal(one.node_covariances(6)[0]), one.node_variances(6)[0], rtol=1e-12)


def test_a_constant_series_stays_where_it_is(series_of):
    fitted = LocalLevel().fit(series_of(np.full(8, 1.5)))
    assert (fitted.drift, fitted.level_sd, fitted.noise_sd, fitted.log_likelihood) == (0.0, 0.0, 0.0, None)
    np.testing.assert_allclose(fitted.simulate(4, 64, np.random.default_rng(0)).log_levels, 1.5, atol=1e-12)


def test_four_totals_are_too_few(series_of):
    with pytest.raises(ModelError, match="local-level needs at least 5"):
        LocalLevel().fit(series_of([1.0, 1.1, 1.2, 1.0]))
