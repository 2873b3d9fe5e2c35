"""What every first-passage law obeys, whatever its parameters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import ndtr

from tradetarget.passage import (
    bridge_crossing_probability,
    continuity_corrected_cdf,
    discrete_cdf,
    discrete_random_drift_cdf,
    gaussian_path_cdf,
    inverse_gaussian_cdf,
    inverse_gaussian_pdf,
    inverse_gaussian_quantile,
    random_drift_cdf,
    random_drift_pdf,
    random_drift_probability_ever,
    random_drift_quantile,
)
from tradetarget.passage.points import BATCH, Rule

FINITE = st.floats(allow_nan=False, allow_infinity=False)
BARRIER = st.floats(0.01, 4.0)
DRIFT = st.floats(-0.5, 0.5)
VOLATILITY = st.floats(0.02, 1.0)
DRIFT_SD = st.floats(0.0, 0.5)
TIME = st.floats(0.05, 60.0)
DF = st.floats(2.0, 60.0)
PERIODS = 8

quick = settings(max_examples=40)


def is_a_law(p):
    return not np.isnan(p).any() and (p >= 0).all() and (p <= 1).all() and (np.diff(p, axis=-1) >= 0).all()


@quick
@given(FINITE, FINITE, FINITE, FINITE, FINITE)
def test_no_finite_input_makes_the_continuous_laws_anything_but_probabilities(t, b, m, s, tau):
    for p in (
        inverse_gaussian_cdf(t, b, m, s),
        random_drift_cdf(t, b, m, s, tau),
        random_drift_probability_ever(b, m, s, tau),
        continuity_corrected_cdf(t, b, m, s),
        bridge_crossing_probability(t, tau, b, s),
    ):
        assert 0.0 <= p <= 1.0
    assert random_drift_pdf(t, b, m, s, tau) >= 0.0
    assert random_drift_quantile(0.5, b, m, s, tau) >= 0.0


@quick
@given(FINITE, FINITE, FINITE, FINITE, FINITE)
def test_no_finite_input_makes_the_discrete_laws_anything_but_probabilities(b, m, s, tau, df):
    assert is_a_law(discrete_random_drift_cdf(4, b, m, s, tau))
    assert is_a_law(discrete_random_drift_cdf(4, b, m, s, tau, volatility_df=df))
    assert is_a_law(discrete_random_drift_cdf(4, b, m, s, tau, volatility_df=df, scale_drift_sd=False))
    assert is_a_law(discrete_cdf(3, b, m, s, increment_df=df))
    assert is_a_law(discrete_cdf(3, b, [m, s, tau], [s, tau, 0.0], per_period=True))


@quick
@given(st.lists(FINITE, min_size=3, max_size=3), st.lists(FINITE, min_size=9, max_size=9), FINITE, FINITE)
def test_no_finite_input_makes_the_gaussian_law_anything_but_probabilities(mean, root, b, df):
    a = np.clip(np.reshape(root, (3, 3)), -1e100, 1e100)
    for option in ({}, {"volatility_df": df}):
        assert is_a_law(gaussian_path_cdf(mean, a @ a.T, b, rule=BATCH, **option))


@quick
@given(TIME, BARRIER, DRIFT, VOLATILITY, DRIFT_SD, st.floats(0.1, 10.0))
def test_the_unit_of_the_log_scale_is_nothing(t, b, m, s, tau, c):
    np.testing.assert_allclose(
        random_drift_cdf(t, c * b, c * m, c * s, c * tau), random_drift_cdf(t, b, m, s, tau), rtol=1e-9, atol=1e-13
    )
    one = discrete_random_drift_cdf(PERIODS, b, m, s, tau, volatility_df=5)
    np.testing.assert_allclose(
        discrete_random_drift_cdf(PERIODS, c * b, c * m, c * s, c * tau, volatility_df=5), one, rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(
        discrete_random_drift_cdf(PERIODS, c * b, c * m, c * s, c * tau),
        discrete_random_drift_cdf(PERIODS, b, m, s, tau),
        rtol=0,
        atol=2e-9,
    )


@quick
@given(TIME, BARRIER, DRIFT, VOLATILITY, DRIFT_SD, st.floats(0.1, 10.0))
def test_the_unit_of_time_is_nothing(t, b, m, s, tau, c):
    there = random_drift_cdf(t * c, b, m / c, s / np.sqrt(c), tau / c)
    np.testing.assert_allclose(there, random_drift_cdf(t, b, m, s, tau), rtol=1e-9, atol=1e-13)
    dense = random_drift_pdf(t * c, b, m / c, s / np.sqrt(c), tau / c) * c
    np.testing.assert_allclose(dense, random_drift_pdf(t, b, m, s, tau), rtol=1e-9, atol=1e-300)


@quick
@given(TIME, BARRIER, DRIFT, VOLATILITY, DRIFT_SD, st.floats(0.0, 0.5))
def test_probability_rises_with_time_and_drift_and_falls_with_the_barrier(t, b, m, s, tau, more):
    for tau_or_none in (0.0, tau):
        p = random_drift_cdf(t, b, m, s, tau_or_none)
        assert random_drift_cdf(t + more, b, m, s, tau_or_none) >= p - 1e-13
        assert random_drift_cdf(t, b, m + more, s, tau_or_none) >= p - 1e-13
        assert random_drift_cdf(t, b + more, m, s, tau_or_none) <= p + 1e-13
        k = discrete_random_drift_cdf(PERIODS, b, m, s, tau_or_none)
        assert (discrete_random_drift_cdf(PERIODS, b, m + more, s, tau_or_none) >= k - 1e-9).all()
        assert (discrete_random_drift_cdf(PERIODS, b + more, m, s, tau_or_none) <= k + 1e-9).all()


@quick
@given(BARRIER, DRIFT, VOLATILITY, DRIFT_SD)
def test_discrete_is_between_the_marginal_and_the_continuous_law(b, m, s, tau):
    k = np.arange(1.0, PERIODS + 1.0)
    p = discrete_random_drift_cdf(PERIODS, b, m, s, tau)
    assert (p <= random_drift_cdf(k, b, m, s, tau) + 1e-7).all()
    assert (p >= ndtr((m * k - b) / np.sqrt(s * s * k + (tau * k) ** 2)) - 1e-7).all()


@quick
@given(TIME, BARRIER, DRIFT, VOLATILITY)
def test_a_drift_less_and_less_uncertain_becomes_known(t, b, m, s):
    tiny = 1e-7 * s
    np.testing.assert_allclose(random_drift_cdf(t, b, m, s, tiny), inverse_gaussian_cdf(t, b, m, s), rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        discrete_random_drift_cdf(PERIODS, b, m, s, tiny), discrete_cdf(PERIODS, b, m, s), rtol=0, atol=1e-6
    )


@quick
@given(DRIFT, VOLATILITY)
def test_a_barrier_at_the_origin_is_sure_always_and_a_matter_of_the_first_step_once_a_period(m, s):
    assert inverse_gaussian_cdf(1.0, 1e-12, m, s) > 1.0 - 1e-8
    np.testing.assert_allclose(discrete_cdf(3, 1e-12, m, s)[0], ndtr(m / s), rtol=0, atol=1e-9)
    assert (discrete_cdf(3, 0.0, m, s) == 1.0).all()


@quick
@given(BARRIER, st.floats(0.05, 0.5))
def test_vanishing_volatility_is_a_step_at_barrier_over_drift(b, m):
    k = np.arange(1, 31)
    away = np.abs(m * k - b) > 1e-3
    step = (m * k >= b).astype(float)
    np.testing.assert_allclose(discrete_cdf(30, b, m, 1e-6)[away], step[away], rtol=0, atol=1e-11)
    np.testing.assert_allclose(inverse_gaussian_cdf(k, b, m, 1e-6)[away], step[away], rtol=0, atol=1e-11)


@quick
@given(st.floats(0.01, 0.99), BARRIER, DRIFT, VOLATILITY, DRIFT_SD)
def test_quantile_and_law_are_inverse(q, b, m, s, tau):
    t = random_drift_quantile(q, b, m, s, tau)
    ever = random_drift_probability_ever(b, m, s, tau)
    if np.isfinite(t):
        np.testing.assert_allclose(random_drift_cdf(t, b, m, s, tau), q, rtol=0, atol=1e-9)
    else:
        assert ever <= q + 1e-9
    assert inverse_gaussian_quantile(q, b, abs(m) + 0.01, s) < np.inf


@quick
@given(BARRIER, DRIFT, VOLATILITY, DRIFT_SD, DF)
def test_uncertain_volatility_is_a_law_and_tends_to_a_known_one(b, m, s, tau, df):
    assert is_a_law(discrete_random_drift_cdf(PERIODS, b, m, s, tau, volatility_df=df))
    near = discrete_random_drift_cdf(PERIODS, b, m, s, tau, volatility_df=1e7)
    np.testing.assert_allclose(near, discrete_random_drift_cdf(PERIODS, b, m, s, tau), rtol=0, atol=1e-6)


@quick
@given(BARRIER, DRIFT, VOLATILITY, DRIFT_SD, st.floats(0.0, 0.5))
def test_the_gaussian_law_is_a_law_above_its_marginals(b, m, s, tau, noise):
    k = np.arange(1.0, PERIODS + 1.0)
    c = s * s * np.minimum.outer(k, k) + tau * tau * np.outer(k, k) + noise * noise * (np.eye(PERIODS) + 1.0)
    p = gaussian_path_cdf(m * k, c, b, rule=Rule(n_points=1 << 13, directions=12))
    assert is_a_law(p)
    assert (p >= ndtr((m * k - b) / np.sqrt(np.diag(c))) - 5e-3).all()


@quick
@given(BARRIER, DRIFT, VOLATILITY)
def test_a_density_integrates_to_the_law(b, m, s):
    t = np.geomspace(1e-6, 5.0, 20_001)
    f = inverse_gaussian_pdf(t, b, m, s)
    total = integrate.trapezoid(f, t)
    np.testing.assert_allclose(total, inverse_gaussian_cdf(5.0, b, m, s), rtol=0, atol=1e-5)
