from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.tsa.arima.model import ARIMA

from tradetarget import Target, forecast
from tradetarget.errors import ModelError
from tradetarget.models.random_walk import RandomWalk, estimate_random_walks


def test_drift_volatility_and_likelihood_are_those_of_arima(walk):
    fitted = RandomWalk().fit(walk)
    theirs = ARIMA(fitted.log_levels, order=(0, 1, 0), trend="t").fit()
    drift, variance = theirs.params
    assert fitted.drift == pytest.approx(drift, abs=1e-4)
    assert fitted.volatility == pytest.approx(np.sqrt(variance * 25 / 24), rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(theirs.llf, abs=1e-4)


def test_next_years_total_has_the_t_law_of_the_reference_prior(walk):
    fitted = RandomWalk().fit(walk)
    drawn = fitted.simulate(10, 102_400, np.random.default_rng(0)).log_levels[0]
    for h in (1, 10):
        spread = fitted.volatility * np.sqrt(h + h**2 / fitted.span)
        law = stats.t(fitted.n - 1, fitted.log_origin + h * fitted.drift, spread)
        for q in (0.02, 0.5, 0.9):
            assert (drawn[:, h - 1] <= law.ppf(q)).mean() == pytest.approx(q, abs=0.006)


def test_a_gap_is_one_increment_of_twice_the_variance(series_of):
    fitted = RandomWalk().fit(series_of([0.0, 0.1, np.nan, 0.5, 0.55, 0.6]))
    residuals = np.array([0.1, 0.4, 0.05, 0.05]) - 0.12 * np.array([1, 2, 1, 1])
    assert fitted.drift == pytest.approx(0.12)
    assert fitted.volatility == pytest.approx(np.sqrt((residuals**2 / [1, 2, 1, 1]).sum() / 3))
    assert (fitted.n, fitted.span) == (4, 5.0)


def test_batches_agree_with_single_series_whatever_start_gap_and_end():
    rng = np.random.default_rng(5)
    x = np.cumsum(rng.normal(0.05, 0.1, (4, 20)), axis=1)
    x[1, :6] = x[2, [3, 9, 10]] = x[3, 15:] = np.nan
    batch = estimate_random_walks(x, np.arange(2000, 2020))
    for i, row in enumerate(x):
        seen = np.flatnonzero(np.isfinite(row))
        alone = estimate_random_walks(row[seen][None], seen)
        for ours, theirs in zip(batch, alone, strict=True):
            assert ours[i] == pytest.approx(theirs[0], rel=1e-12)


def test_a_unit_without_growth_rates_gives_zeros_and_no_nan():
    batch = estimate_random_walks(np.array([[np.nan, np.nan], [np.nan, 1.0], [1.0, 2.0]]))
    assert batch.n.tolist() == [0, 0, 1]
    assert batch.volatility.tolist() == [0.0, 0.0, 0.0]
    assert not any(np.isnan(np.asarray(column, dtype=float)).any() for column in batch)


def test_the_law_and_the_paths_agree_within_four_standard_errors(walk):
    target = Target(1.6 * float(walk.annual().iloc[-1]), unit="USD bn")
    exact = forecast(walk, target, model="random-walk", horizon=10, method="exact").hitting_time
    drawn = forecast(walk, target, model="random-walk", horizon=10, method="simulation").hitting_time
    assert exact.standard_error is None
    assert (np.abs(exact.probability - drawn.probability) < 4 * drawn.standard_errors).all()


def test_parameter_uncertainty_lowers_the_odds_within_ten_years_as_published(series_of):
    """Drift 8 %, volatility 12 %, target 1.25 x: .963 with the parameters known, .853 with five growth rates."""
    growth = np.array([1.0, -1.0, 1.0, -1.0, 0.0])
    growth = 0.08 + 0.12 * growth * np.sqrt(4 / (growth**2).sum())
    fitted = RandomWalk().fit(series_of(np.concatenate([[0.0], np.cumsum(growth)])))
    assert (fitted.drift, fitted.volatility) == (pytest.approx(0.08), pytest.approx(0.12))
    law = fitted.hitting_law(np.array([fitted.log_origin + np.log(1.25)]), 10)[0]
    assert law[9] == pytest.approx(0.853, abs=6e-4)


@pytest.mark.bits
def test_an_exactly_exponential_series_has_no_volatility(series_of):
    fitted = RandomWalk().fit(series_of(1.0 + 0.07 * np.arange(10)))
    assert fitted.volatility == 0.0
    assert fitted.log_likelihood is None
    law = fitted.hitting_law(np.array([fitted.log_origin + 0.2]), 4)[0]
    np.testing.assert_array_equal(law, [0, 0, 1, 1])


def test_two_totals_are_too_few(series_of):
    with pytest.raises(ModelError, match="random-walk needs at least 3"):
        RandomWalk().fit(series_of([1.0, 1.1]))
