"""Independent years about an uncertain trend: against finer quadrature, the general law, the one-period t, and limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from tradetarget.passage import gaussian_path_cdf, trend, uncertain_trend_cdf

K = 8
YEARS = np.arange(1.0, K + 1.0)


def root_of(n: int) -> np.ndarray:
    """Level in the last of n years and slope of a fitted line, in units of its scatter."""
    since, spread = (n - 1) / 2.0, n * (n * n - 1) / 12.0
    return np.linalg.cholesky(np.array([[1 / n + since**2 / spread, since / spread], [since / spread, 1 / spread]]))


@pytest.mark.parametrize(("n", "df"), [(4, 2.0), (25, 23.0)])
def test_twice_the_nodes_change_nothing(n, df, monkeypatch):
    years = np.arange(1.0, 51.0)
    law = 0.05 + 0.03 * years, root_of(n), 0.12, [0.6]
    p = uncertain_trend_cdf(*law, volatility_df=df)
    twice = {name: 2 * getattr(trend, name) for name in ("_LEVELS", "_SLOPES", "_SCALES")}
    for name, count in twice.items():
        monkeypatch.setattr(trend, name, count)
    monkeypatch.setattr(trend, "_nodes", trend._nodes.__wrapped__)
    assert np.abs(p - uncertain_trend_cdf(*law, volatility_df=df)).max() < 1e-5


def test_it_is_a_case_of_the_general_law():
    design, root = np.stack([np.ones(K), YEARS]), root_of(15)
    covariance = 0.1**2 * (np.eye(K) + design.T @ root @ root.T @ design)
    p = uncertain_trend_cdf(0.04 * YEARS, root, 0.1, [0.1, 0.4], volatility_df=13.0)
    assert np.abs(p - gaussian_path_cdf(0.04 * YEARS, covariance, [0.1, 0.4], volatility_df=13.0)).max() < 5e-4


def test_the_first_year_has_the_t_law_of_regression():
    root = root_of(10)
    spread = 0.1 * np.sqrt(1.0 + ((root.T @ np.ones(2)) ** 2).sum())
    p = uncertain_trend_cdf(0.04 * YEARS, root, 0.1, [1e-5, 0.3], volatility_df=8.0)
    np.testing.assert_allclose(p[:, 0], student.sf((np.array([1e-5, 0.3]) - 0.04) / spread, 8), rtol=0, atol=1e-6)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.floats(-0.1, 0.2), st.floats(0.01, 0.4), st.integers(4, 30), st.integers(1, K))
def test_it_is_monotone_and_the_same_whatever_the_horizon(drift, scatter, n, horizon):
    barriers = np.concatenate([[1e-9, 1e-5], [0.3]])
    p = uncertain_trend_cdf(drift * YEARS, root_of(n), scatter, barriers, volatility_df=n - 2.0)
    assert (np.diff(p, axis=1) >= 0.0).all()
    assert (np.diff(p, axis=0) <= 0.0).all()
    head = uncertain_trend_cdf(drift * YEARS[:horizon], root_of(n), scatter, barriers, volatility_df=n - 2.0)
    np.testing.assert_array_equal(head, p[:, :horizon])


def test_a_reached_barrier_is_certain_and_bad_input_is_refused():
    assert (uncertain_trend_cdf(-YEARS, root_of(9), 0.1, [0.0], volatility_df=7.0) == 1.0).all()
    for scatter, barrier in ((0.0, 0.1), (np.nan, 0.1), (0.1, np.nan)):
        with pytest.raises(ValueError, match="must be finite"):
            uncertain_trend_cdf(YEARS, root_of(9), scatter, [barrier], volatility_df=7.0)
