from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from tradetarget.errors import ModelError
from tradetarget.models.logistic import Logistic

YEARS = np.arange(1995, 2025)


def logistic(t, k, log_r, tau):
    return k - np.log1p(np.exp(-np.exp(log_r) * (t - tau)))


TRUTH = (np.log(10.0), np.log(0.3), 2008.0)


def noise(seed: int, n: int = 30, sd: float = 0.06) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sd, n)


def test_estimates_are_the_least_squares_of_scipy(series_of):
    x = logistic(YEARS, *TRUTH) + noise(0)
    fitted = Logistic().fit(series_of(x, first=1995))
    theirs, covariance = curve_fit(logistic, YEARS, x, p0=TRUTH)
    np.testing.assert_allclose(fitted.best, theirs, rtol=1e-5)
    inflation = (1 + fitted.persistence) / (1 - fitted.persistence)
    np.testing.assert_allclose(fitted.root @ fitted.root.T, covariance * inflation, rtol=1e-3)
    squares = ((x - logistic(YEARS, *theirs)) ** 2).sum()
    assert fitted.log_likelihood == pytest.approx(-15 * (np.log(2 * np.pi * squares / 30) + 1), abs=1e-6)


def test_the_ceiling_is_recovered_within_its_standard_error(series_of):
    # Up to 2014: later totals lie about the ceiling, and a series whose last total lies above it is refused.
    z, years = [], YEARS[:20]
    for seed in range(60):
        fitted = Logistic().fit(series_of(logistic(years, *TRUTH) + noise(seed, 20), first=1995))
        z.append((np.log(fitted.ceiling) - TRUTH[0]) / fitted.log_ceiling_error)
    assert abs(np.mean(z)) < 0.5
    assert 0.7 < np.std(z) < 1.4


@pytest.mark.parametrize(
    ("x", "why"),
    [
        (np.full(20, 1.4), "do not grow"),
        (0.05 * np.arange(20), "ceiling"),
        (0.06 * np.arange(30) + noise(3, sd=0.1), "ceiling"),
        (-0.05 * np.arange(20) + noise(4, 20), "do not grow"),
    ],
    ids=["constant", "exponential", "noisy growth that does not slow", "falling"],
)
def test_a_ceiling_that_the_data_do_not_tell_is_refused(series_of, x, why):
    with pytest.raises(ModelError, match=why) as caught:
        Logistic().fit(series_of(x))
    assert "\n" not in str(caught.value)
    assert "random-walk" in str(caught.value)


def test_the_uncertainty_of_the_ceiling_is_in_the_paths(series_of):
    x = logistic(YEARS[:22], np.log(10.0), np.log(0.25), 2010.0) + noise(8, 22)
    fitted = Logistic().fit(series_of(x, first=1995))
    drawn = fitted.simulate(40, 20_480, np.random.default_rng(0)).log_levels[0, :, 39]
    spread = np.sqrt(fitted.residual_sd**2 + fitted.log_ceiling_error**2)
    assert drawn.std() > 1.1 * fitted.residual_sd
    assert drawn.std() == pytest.approx(spread, rel=0.15)
    assert np.median(drawn) == pytest.approx(np.log(fitted.ceiling), abs=0.02)


def test_paths_start_from_the_last_total_when_residuals_persist(series_of):
    rng = np.random.default_rng(5)
    u = np.zeros(30)
    for t in range(1, 30):
        u[t] = 0.85 * u[t - 1] + rng.normal(0, 0.05)
    u[29] = u[28] - 0.15
    fitted = Logistic().fit(series_of(logistic(YEARS, 2.3, np.log(0.3), 2008.0) + u, first=1995))
    assert fitted.persistence > 0.2
    gap = fitted.log_origin - fitted.curve(fitted.best, YEARS[-1:])[0]
    first = np.median(fitted.simulate(1, 20_480, np.random.default_rng(0)).log_levels)
    wanted = fitted.curve(fitted.best, YEARS[-1:] + 1)[0] + fitted.persistence * gap
    assert first == pytest.approx(wanted, abs=0.01)


def test_gaps_are_allowed(series_of):
    x = logistic(YEARS, 2.3, np.log(0.3), 2008.0) + noise(2)
    whole = Logistic().fit(series_of(x, first=1995))
    x[[4, 12]] = np.nan
    assert Logistic().fit(series_of(x, first=1995)).ceiling == pytest.approx(whole.ceiling, rel=0.05)


def test_a_ceiling_that_the_last_total_has_passed_is_refused(series_of):
    x = logistic(YEARS, 2.3, np.log(0.3), 2008.0) + noise(1)
    x[-1] += 0.3
    with pytest.raises(ModelError, match=r"its last total is already 1\.\d\d times the one that its past suggests"):
        Logistic().fit(series_of(x, first=1995))


def test_seven_totals_are_too_few(series_of):
    with pytest.raises(ModelError, match="logistic needs at least 8"):
        Logistic().fit(series_of(np.arange(7.0) / 10))
