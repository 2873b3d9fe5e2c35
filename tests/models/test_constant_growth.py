from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats
from statsmodels.regression.linear_model import OLS

from tradetarget import Target, forecast
from tradetarget.errors import ModelError
from tradetarget.models.constant_growth import ConstantGrowth, estimate_constant_growth


def test_estimates_are_those_of_ordinary_least_squares(walk):
    fitted = ConstantGrowth().fit(walk)
    since = fitted.years - fitted.years[-1]
    ols = OLS(fitted.log_levels, np.column_stack([np.ones(since.size), since])).fit()
    np.testing.assert_allclose([fitted.level, fitted.growth], ols.params, rtol=1e-10)
    np.testing.assert_allclose(fitted.standard_errors.iloc[:2], ols.bse, rtol=1e-10)
    assert fitted.residual_sd == pytest.approx(np.sqrt(ols.scale), rel=1e-10)
    assert fitted.log_likelihood == pytest.approx(ols.llf, rel=1e-10)


def test_a_future_total_has_the_t_law_of_regression_texts(walk):
    fitted = ConstantGrowth().fit(walk)
    since = fitted.years - fitted.years[-1]
    ols = OLS(fitted.log_levels, np.column_stack([np.ones(since.size), since])).fit()
    wanted = ols.get_prediction(np.array([[1.0, 10.0]])).summary_frame(alpha=0.1)
    paths = fitted.simulate(10, 102_400, np.random.default_rng(0)).log_levels[0, :, 9]
    low, high = np.quantile(paths, [0.05, 0.95])
    assert low == pytest.approx(wanted["obs_ci_lower"].iloc[0], abs=0.01)
    assert high == pytest.approx(wanted["obs_ci_upper"].iloc[0], abs=0.01)


def test_batches_agree_with_single_series_whatever_start_gap_and_end():
    rng = np.random.default_rng(5)
    x = np.cumsum(rng.normal(0.05, 0.1, (4, 20)), axis=1)
    x[1, :6] = x[2, [3, 9, 10]] = x[3, 15:] = np.nan
    batch = estimate_constant_growth(x, np.arange(2000, 2020))
    for i, row in enumerate(x):
        seen = np.isfinite(row)
        line = stats.linregress(np.flatnonzero(seen), row[seen])
        assert batch.growth[i] == pytest.approx(line.slope, rel=1e-9)
        last = np.flatnonzero(seen)[-1]
        assert batch.level[i] == pytest.approx(line.intercept + line.slope * last, rel=1e-9)


def test_a_unit_without_totals_gives_zeros_and_no_nan():
    batch = estimate_constant_growth(np.array([[np.nan, np.nan, np.nan], [np.nan, 1.0, np.nan], [1.0, 2.0, 4.0]]))
    assert batch.n.tolist() == [0, 1, 3]
    assert not any(np.isnan(np.asarray(column, dtype=float)).any() for column in batch)


def test_growth_is_recovered_within_its_standard_errors(series_of):
    rng = np.random.default_rng(2)
    errors = []
    for _ in range(200):
        fitted = ConstantGrowth().fit(series_of(0.04 * np.arange(15) + rng.normal(0, 0.1, 15)))
        errors.append((fitted.growth - 0.04) / fitted.standard_errors["growth"])
    assert stats.kstest(errors, stats.t(13).cdf).pvalue > 0.01


def test_the_law_is_the_integral_over_trend_and_scatter(series_of):
    fitted = ConstantGrowth().fit(series_of([0.0, 0.3, 0.1, 0.5, 0.35, 0.6]))
    barrier, df = fitted.log_origin + 0.4, fitted.df
    law = fitted.hitting_law(np.array([barrier]), 2)[0]
    mean, covariance = fitted.log_centre(2), fitted.node_covariances(2)[0]
    one = stats.t(df, mean[0], np.sqrt(covariance[0, 0])).sf(barrier)
    assert law[0] == pytest.approx(one, abs=1e-5)

    def below(u: float) -> float:
        scale = np.sqrt(df / stats.chi2(df).ppf(u)) if 0 < u < 1 else 1.0
        return float(stats.multivariate_normal(mean, covariance * scale**2).cdf([barrier, barrier]))

    assert law[1] == pytest.approx(1 - integrate.quad(below, 0, 1, epsabs=1e-7)[0], abs=1e-4)


def test_exact_and_simulated_answers_agree(walk):
    target = Target(1.6 * float(walk.annual().iloc[-1]), unit="USD bn")
    exact = forecast(walk, target, model=ConstantGrowth(), horizon=10, method="exact").hitting_time
    drawn = forecast(walk, target, model=ConstantGrowth(), horizon=10, method="simulation").hitting_time
    assert exact.standard_error is None
    assert (np.abs(exact.probability - drawn.probability) < 4 * drawn.standard_errors).all()


def test_an_exactly_exponential_series_goes_on_without_scatter(series_of):
    fitted = ConstantGrowth().fit(series_of(1.0 + 0.07 * np.arange(10)))
    assert fitted.residual_sd == 0.0
    assert fitted.log_likelihood is None
    paths = fitted.simulate(3, 100, np.random.default_rng(0)).log_levels[0]
    np.testing.assert_allclose(paths, np.tile([1.7, 1.77, 1.84], (100, 1)), atol=1e-9)


def test_three_totals_are_too_few(series_of):
    with pytest.raises(ModelError, match=r"constant-growth needs at least 4 calendar-year totals .* has 3"):
        ConstantGrowth().fit(series_of([1.0, 1.1, 1.2]))
