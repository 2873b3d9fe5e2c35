from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from tradetarget.errors import ModelError
from tradetarget.models.damped_trend.model import DampedTrend


def damped(seed: int, n: int = 60, alpha: float = 0.6, beta: float = 0.2, phi: float = 0.9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level, slope, x = 0.0, 0.1, []
    for _ in range(n):
        error = rng.normal(0, 0.05)
        x.append(level + phi * slope + error)
        level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
    return np.array(x)


def model(x: np.ndarray) -> ETSModel:
    return ETSModel(x, error="add", trend="add", damped_trend=True)


@pytest.mark.parametrize("seed", range(5))
def test_likelihood_and_forecast_are_those_of_etsmodel_at_our_parameters(series_of, seed):
    x = damped(seed, 40)
    fitted = DampedTrend().fit(series_of(x, first=1980))
    oracle = model(x)

    def loss(first: np.ndarray) -> float:
        return -oracle.loglike(np.array([fitted.alpha, fitted.beta, fitted.phi, *first]))

    from scipy.optimize import minimize

    first = minimize(loss, [x[0], 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    assert fitted.log_likelihood == pytest.approx(-loss(first), abs=1e-6)
    results = oracle.smooth(np.array([fitted.alpha, fitted.beta, fitted.phi, *first]))
    powers = np.cumsum(fitted.phi ** np.arange(1, 6))
    ours = fitted.level + fitted.slope * powers
    np.testing.assert_allclose(ours, results.forecast(5), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_no_fit_of_etsmodel_has_a_higher_likelihood(series_of, seed):
    x = damped(seed, 40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model(x).fit(disp=False, maxiter=1000)
    assert DampedTrend().fit(series_of(x, first=1980)).log_likelihood >= theirs.llf - 1e-6


def test_parameters_are_recovered_from_a_long_series(series_of):
    fitted = DampedTrend().fit(series_of(damped(1, 300), first=1700))
    assert fitted.alpha == pytest.approx(0.6, abs=0.15)
    assert fitted.beta == pytest.approx(0.2, abs=0.1)
    assert fitted.residual_sd == pytest.approx(0.05, abs=0.005)
    errors = fitted.standard_errors
    assert abs(fitted.alpha - 0.6) < 4 * errors["alpha"]
    assert abs(fitted.beta - 0.2) < 4 * errors["beta"]


def test_the_median_path_levels_off(walk):
    centre = DampedTrend().fit(walk).log_centre(200)
    growth = np.diff(centre)
    assert abs(growth[-1]) < 0.5 * abs(growth[0])


def test_parameter_uncertainty_widens_the_paths(series_of):
    x = damped(2, 20)
    fitted = DampedTrend().fit(series_of(x))
    drawn = fitted.simulate(10, 51_200, np.random.default_rng(0)).log_levels[0, :, 9]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = model(pd.Series(x)).fit(disp=False, maxiter=1000)
        variance = results.get_prediction(start=20, end=29).forecast_variance[9]
    plug_in = 2.0 * stats.norm.ppf(0.95) * np.sqrt(variance)
    assert np.subtract(*np.quantile(drawn, [0.95, 0.05])) > 1.1 * plug_in


def test_predictive_intervals_cover_what_comes(series_of):
    """80 % intervals five years ahead, 60 simulated series of 20 totals: standard error 5 points."""
    inside = 0
    for seed in range(60):
        x = damped(1000 + seed, 25)
        fitted = DampedTrend().fit(series_of(x[:20]))
        low, high = np.quantile(fitted.simulate(5, 512, np.random.default_rng(seed)).log_levels[0, :, 4], [0.1, 0.9])
        inside += low <= x[24] <= high
    assert 0.68 < inside / 60 < 0.94


def test_a_constant_series_stays_where_it_is(series_of):
    fitted = DampedTrend().fit(series_of(np.full(12, 1.5)))
    assert fitted.log_likelihood is None
    assert fitted.residual_sd == 0.0
    np.testing.assert_allclose(fitted.simulate(4, 64, np.random.default_rng(0)).log_levels, 1.5, atol=1e-12)


def test_a_gap_is_named(series_of):
    x = damped(0, 12)
    x[4] = np.nan
    with pytest.raises(ModelError, match="damped-trend needs every year and A-B turnover has no total for 2004"):
        DampedTrend().fit(series_of(x))


def test_seven_totals_are_too_few(series_of):
    with pytest.raises(ModelError, match="damped-trend needs at least 8"):
        DampedTrend().fit(series_of(np.arange(7.0) / 10))
