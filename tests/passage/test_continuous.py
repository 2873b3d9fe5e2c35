"""Continuous monitoring: the golden numbers of docs/decisions/first-passage.md, scipy's invgauss, and the limits."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import invgauss

from tradetarget.passage import (
    bridge_crossing_probability,
    continuity_corrected_cdf,
    inverse_gaussian_cdf,
    inverse_gaussian_pdf,
    inverse_gaussian_probability_ever,
    inverse_gaussian_quantile,
    random_drift_cdf,
    random_drift_pdf,
    random_drift_probability_ever,
    random_drift_quantile,
)

B, NU, S = np.log(1.25), 0.08, 0.12


def test_known_drift_meets_the_golden_numbers():
    t = [0.5, 1, 2, 3, 5, 10, 20]
    golden = [
        0.026951015624826211,
        0.18526276639436425,
        0.49791235251507117,
        0.68662567635459601,
        0.86571109967315478,
        0.9776099710397313,
        0.9989122303529971,
    ]
    np.testing.assert_allclose(inverse_gaussian_cdf(t, B, NU, S), golden, rtol=0, atol=2e-15)


def test_median_mean_and_variance_meet_the_golden_numbers():
    assert inverse_gaussian_quantile(0.5, B, NU, S) == pytest.approx(2.0085497530834577, rel=1e-12)
    mean = quad(lambda t: t * inverse_gaussian_pdf(t, B, NU, S), 0, 200, limit=200)[0]
    square = quad(lambda t: t * t * inverse_gaussian_pdf(t, B, NU, S), 0, 300, limit=200)[0]
    assert mean == pytest.approx(2.789294391427622, abs=1e-7)
    assert square - mean**2 == pytest.approx(6.275912380712148, abs=1e-5)


def test_a_falling_series_may_never_arrive():
    assert inverse_gaussian_probability_ever(B, -0.02, S) == pytest.approx(0.5380287949207807, rel=1e-14)
    assert inverse_gaussian_quantile(0.6, B, -0.02, S) == np.inf
    assert np.isfinite(inverse_gaussian_quantile(0.5, B, -0.02, S))


def test_the_product_that_overflows_has_its_true_value():
    assert inverse_gaussian_cdf(5, 0.5, 0.1, 0.005) == pytest.approx(0.504459752960542, rel=1e-14)


@pytest.mark.parametrize(
    ("n", "t", "golden"),
    [
        (2, [1, 3, 5, 10], [0.2298954931, 0.6281111406, 0.7385568434, 0.8202552207]),
        (4, [1, 3, 5, 10], [0.2100464911, 0.6491908799, 0.7822381422, 0.8787968536]),
        (16, [1, 5, 10], [0.1920252281, 0.8379832810, 0.9488201813]),
    ],
)
def test_uncertain_drift_meets_the_golden_numbers(n, t, golden):
    np.testing.assert_allclose(random_drift_cdf(t, B, NU, S, S / np.sqrt(n)), golden, rtol=0, atol=6e-11)


@pytest.mark.parametrize(("n", "golden"), [(2, 0.8940742121), (4, 0.9561506103), (16, 0.9991354397)])
def test_uncertain_drift_leaves_a_golden_chance_of_never(n, golden):
    assert random_drift_probability_ever(B, NU, S, S / np.sqrt(n)) == pytest.approx(golden, abs=6e-11)


def test_the_density_is_the_derivative_of_the_law():
    t, h = np.array([0.3, 1.0, 4.0, 20.0]), 1e-5
    for tau in (0.0, 0.05):
        slope = (random_drift_cdf(t + h, B, NU, S, tau) - random_drift_cdf(t - h, B, NU, S, tau)) / (2 * h)
        np.testing.assert_allclose(random_drift_pdf(t, B, NU, S, tau), slope, rtol=1e-7, atol=1e-9)


def test_known_drift_agrees_with_scipy_inverse_gaussian():
    t = np.array([0.2, 1.0, 3.0, 8.0])
    law = invgauss(mu=(B / NU) / (B / S) ** 2, scale=(B / S) ** 2)
    np.testing.assert_allclose(inverse_gaussian_cdf(t, B, NU, S), law.cdf(t), rtol=1e-12)
    np.testing.assert_allclose(inverse_gaussian_pdf(t, B, NU, S), law.pdf(t), rtol=1e-12)
    np.testing.assert_allclose(inverse_gaussian_quantile([0.1, 0.9], B, NU, S), law.ppf([0.1, 0.9]), rtol=1e-9)


def test_quantiles_invert_the_law_where_it_arrives_and_are_infinite_where_it_does_not():
    q = np.array([0.05, 0.3, 0.7, 0.95])
    t = random_drift_quantile(q, B, NU, S, 0.06)
    reached = np.isfinite(t)
    np.testing.assert_allclose(random_drift_cdf(t[reached], B, NU, S, 0.06), q[reached], rtol=1e-10)
    assert (random_drift_probability_ever(B, NU, S, 0.06) < q[~reached]).all()


def test_without_volatility_a_target_is_reached_exactly_on_time():
    exact = np.log(4.0) + np.log(1.25) - np.log(4.0)
    assert inverse_gaussian_cdf(5.0, exact, exact / 5.0, 0.0) == 1.0
    assert inverse_gaussian_cdf(4.999, exact, exact / 5.0, 0.0) == 0.0
    assert inverse_gaussian_quantile(0.5, 0.5, 0.1, 0.0) == pytest.approx(5.0)


def test_a_target_at_or_below_the_origin_is_already_reached():
    assert (inverse_gaussian_cdf([0.0, 1.0], [[0.0], [-1.0]], -0.5, S) == 1.0).all()
    assert random_drift_quantile(0.99, 0.0, NU, S, 0.1) == 0.0
    assert continuity_corrected_cdf(1.0, 0.0, NU, S) == 1.0


@pytest.mark.parametrize(
    ("dt", "golden"),
    [
        (1.0, [0.062285, 0.315028, 0.533261, 0.782025, 0.960736]),
        (0.25, [0.111469, 0.402616, 0.610954, 0.826335, 0.969975]),
        (1 / 12, [0.139406, 0.442175, 0.643331, 0.843600, 0.973387]),
    ],
)
def test_continuity_correction_meets_the_golden_numbers(dt, golden):
    np.testing.assert_allclose(continuity_corrected_cdf([1, 2, 3, 5, 10], B, NU, S, dt), golden, rtol=0, atol=6e-7)


def test_the_bridge_crosses_as_reflection_says_and_surely_from_an_end_at_the_barrier():
    assert bridge_crossing_probability(0.0, 0.1, 0.2, 0.12) == pytest.approx(np.exp(-2 * 0.2 * 0.1 / 0.12**2))
    assert bridge_crossing_probability(0.0, 0.3, 0.3, 0.12) == 1.0
    assert bridge_crossing_probability(0.0, 0.1, 0.2, 0.0) == 0.0


def test_bridges_between_yearly_values_fill_the_gap_between_discrete_and_continuous():
    """Half a year at a time: E[1 - prod(1 - bridge)] over simulated ends is the continuous law, within 4 errors."""
    rng = np.random.default_rng(11)
    x = np.cumsum(NU / 2 + S * np.sqrt(0.5) * rng.standard_normal((200_000, 6)), axis=1)
    start = np.concatenate([np.zeros((len(x), 1)), x[:, :-1]], axis=1)
    crossed = 1.0 - np.prod(1.0 - bridge_crossing_probability(start, x, B, S, 0.5), axis=1)
    error = crossed.std() / np.sqrt(len(x))
    assert abs(crossed.mean() - inverse_gaussian_cdf(3.0, B, NU, S)) < 4 * error
