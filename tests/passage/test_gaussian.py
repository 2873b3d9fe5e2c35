"""Any Gaussian path: against the Markov laws that are exact, scipy's multivariate normal, simulation and limits.

Further what holds by construction, bit for bit: one answer whatever the horizon and the batch, monotone in time and
target.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from passage_oracles import simulate
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student

from tradetarget.passage import discrete_cdf, discrete_random_drift_cdf, gaussian_path_cdf
from tradetarget.passage.points import BATCH, EXACT, Rule

K = 10
YEARS = np.arange(1, K + 1)
WALK = np.minimum.outer(YEARS, YEARS).astype(float)
DRIFT = np.outer(YEARS, YEARS).astype(float)
NOISE = np.eye(K) + 1.0
B, NU, S = np.log(1.25), 0.08, 0.12
CLOSE = EXACT._replace(n_points=1 << 15)
"""A sixteenth of the points: errors of 3e-4 at most are enough for most comparisons, and cost milliseconds."""
CROWDED = np.concatenate([np.geomspace(1e-9, 1e-3, 25), np.linspace(2e-3, 2.0, 25)])
"""Targets from a billionth above the last value to 7.4 times it."""

quick = settings(max_examples=25, deadline=None, derandomize=True)


def random_laws(rows, seed):
    rng = np.random.default_rng(seed)
    return (
        rng.uniform(0.05, 1.2, rows),
        rng.normal(0.05, 0.06, rows),
        rng.uniform(0.06, 0.3, rows),
        rng.integers(3, 25, rows),
    )


@st.composite
def laws(draw, periods=16):
    """Mean and covariance of a walk with an uncertain drift, swings of the level and reporting noise."""
    k = np.arange(1.0, periods + 1.0)
    s, drift = draw(st.floats(0.02, 0.5)), draw(st.floats(-0.2, 0.2))
    unsure, noise, swing = (draw(st.floats(0.0, 1.0)) for _ in range(3))
    apart = np.abs(np.subtract.outer(k, k))
    shape = np.minimum.outer(k, k) + unsure * np.outer(k, k) + noise * (np.eye(periods) + 1.0) + swing * 0.6**apart
    return drift * k, s * s * shape


# Against laws that are known otherwise


def test_a_random_walk_has_the_discrete_law():
    b, m, s, _ = random_laws(8, 1)
    p = gaussian_path_cdf(m[:, None] * YEARS, (s * s)[:, None, None] * WALK, b)
    assert np.abs(p - discrete_cdf(K, b, m, s)).max() < 1e-4


def test_an_uncertain_drift_has_the_random_drift_law():
    b, m, s, n = random_laws(8, 2)
    covariance = (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None])
    p = gaussian_path_cdf(m[:, None] * YEARS, covariance, b)
    assert np.abs(p - discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n))).max() < 1e-4


def test_one_scale_a_path_has_the_uncertain_volatility_law():
    b, m, s, n = random_laws(8, 3)
    covariance = (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None])
    p = gaussian_path_cdf(m[:, None] * YEARS, covariance, b, volatility_df=n - 1)
    exact = discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n), volatility_df=n - 1)
    assert np.abs(p - exact).max() < 1e-4


@pytest.mark.parametrize("n", [2, 3])
def test_three_totals_and_a_target_just_above_the_last_have_the_law_that_simulation_has(n):
    """One or two degrees of freedom: P(1) is a Student tail, which a quadrature once missed by .02."""
    p = gaussian_path_cdf(-0.2 * YEARS, 0.02**2 * (WALK + DRIFT / n), [1e-6, 1e-5, 3e-5], volatility_df=n - 1.0)
    first = student.sf((np.array([1e-6, 1e-5, 3e-5]) + 0.2) / (0.02 * np.sqrt(1 + 1 / n)), n - 1)
    np.testing.assert_allclose(p[:, 0], first, rtol=0, atol=2e-5)
    exact = discrete_random_drift_cdf(K, 1e-5, -0.2, 0.02, 0.02 / np.sqrt(n), volatility_df=n - 1)
    assert np.abs(p[1] - exact).max() < 1e-4


def test_steady_growth_crosses_as_the_discrete_law_says():
    """Growth of eight volatilities a year: paths still below the target in one year are above it in the next."""
    b, m = np.array([1.0, 0.9, 1.4]), np.array([0.5, 0.4, 0.45])
    p = gaussian_path_cdf(m[:, None] * YEARS, 0.0625**2 * WALK, b)
    assert np.abs(p - discrete_cdf(K, b, m, 0.0625)).max() < 1e-4


def test_reporting_noise_meets_the_golden_number():
    """drift .05, volatility .12, noise .06 on the origin as on every later year, target 1.5 x: .145 by year 3."""
    covariance = 0.12**2 * WALK[:3, :3] + 0.06**2 * NOISE[:3, :3]
    assert gaussian_path_cdf(0.05 * YEARS[:3], covariance, np.log(1.5))[-1] == pytest.approx(0.145, abs=5e-4)


def test_independent_increments_of_the_same_variance_are_not_reporting_noise():
    p = discrete_cdf(3, np.log(1.5), 0.05, np.sqrt(0.12**2 + 2 * 0.06**2))
    assert p[-1] == pytest.approx(0.174, abs=1.1e-3)


def test_one_and_two_periods_are_integrals():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    p = gaussian_path_cdf([0.1, 0.2], covariance, 0.3)
    assert p[0] == pytest.approx(norm.sf(1.0), abs=1e-5)
    both = multivariate_normal([0.1, 0.2], covariance).cdf([0.3, 0.3])
    assert p[1] == pytest.approx(1.0 - both, abs=3e-5)
    # the same by one integral over the first period
    second = quad(
        lambda x: norm.pdf(x, 0.1, 0.2) * norm.cdf((0.3 - 0.2 - 0.25 * (x - 0.1)) / np.sqrt(0.0875)), -2, 0.3
    )[0]
    assert p[1] == pytest.approx(1.0 - second, abs=3e-5)


@pytest.mark.parametrize(
    ("covariance", "tolerance"),
    [
        (WALK[:4, :4] + NOISE[:4, :4], 1e-4),
        (NOISE[:4, :4], 4e-4),
        (3.0 * 0.7 ** np.abs(np.subtract.outer(YEARS[:4], YEARS[:4])), 1e-4),
        (np.array([[1, -0.6, 0.3, 0.2], [-0.6, 1, -0.2, 0], [0.3, -0.2, 1, -0.5], [0.2, 0, -0.5, 1]]), 4e-4),
    ],
    ids=["walk and noise", "all noise", "stationary", "periods that move against one another"],
)
def test_paths_that_are_not_markov_have_the_law_of_the_multivariate_normal(covariance, tolerance):
    """Paths of which no direction is common to all periods are answered less well; the general law says so."""
    mean = np.array([0.02, -0.1, 0.1, 0.05])
    p = gaussian_path_cdf(mean, 0.04 * covariance, 0.25)
    for k in range(1, 5):
        stay = multivariate_normal.cdf(np.full(k, 0.25), mean[:k], 0.04 * covariance[:k, :k], abseps=1e-6, maxpts=10**6)
        assert p[k - 1] == pytest.approx(1.0 - stay, abs=tolerance)


def test_paths_with_swings_and_noise_agree_with_simulation():
    covariance = S * S * (WALK + 0.6 * 0.7 ** np.abs(np.subtract.outer(YEARS, YEARS)) + 0.5 * NOISE)
    root = np.linalg.cholesky(covariance)

    def increments(rng, n):
        return np.diff(NU * YEARS + rng.standard_normal((n, K)) @ root.T, axis=1, prepend=0.0)

    p, error = simulate(np.random.default_rng(8), 300_000, increments, B)
    assert (np.abs(gaussian_path_cdf(NU * YEARS, covariance, B) - p) < 4 * error + 1e-4).all()


def test_a_long_horizon_and_a_far_target_stay_accurate():
    years = np.arange(1, 41)
    law = 0.03 * years, 0.01 * np.minimum.outer(years, years)
    p = gaussian_path_cdf(*law, [0.05, 1.0, 3.0])
    assert np.abs(p - discrete_cdf(40, [0.05, 1.0, 3.0], 0.03, 0.1)).max() < 1e-4


# By construction


@pytest.mark.bits
@quick
@given(laws(), st.integers(1, 15), st.floats(1e-6, 2.0), st.sampled_from([None, 3.0, 12.0]))
def test_the_first_periods_are_the_same_bit_for_bit_whatever_the_horizon(law, horizon, barrier, df):
    mean, covariance = law
    for rule in (BATCH, Rule(n_points=1 << 14, directions=12)):
        whole = gaussian_path_cdf(mean, covariance, barrier, volatility_df=df, rule=rule)
        head = gaussian_path_cdf(mean[:horizon], covariance[:horizon, :horizon], barrier, volatility_df=df, rule=rule)
        np.testing.assert_array_equal(head, whole[:horizon])


@pytest.mark.bits
@quick
@given(laws(), st.sampled_from([None, 1.0, 4.0, 12.0]))
def test_probabilities_never_fall_with_time_nor_rise_with_the_target(law, df):
    mean, covariance = law
    for rule in (BATCH, Rule(n_points=1 << 13, directions=12)):
        p = gaussian_path_cdf(mean[None], covariance[None], CROWDED, volatility_df=df, rule=rule)
        assert ((p >= 0.0) & (p <= 1.0)).all()
        assert (np.diff(p, axis=1) >= 0.0).all()
        assert (np.diff(p, axis=0) <= 0.0).all()


@pytest.mark.bits
@quick
@given(st.integers(0, 10**6), st.sampled_from([None, 4.0]))
def test_periods_that_move_against_one_another_are_monotone_too(seed, df):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(5, 5)) * 0.2
    p = gaussian_path_cdf(rng.normal(0, 0.1, 5), a @ a.T, CROWDED, volatility_df=df, rule=BATCH)
    assert (np.diff(p, axis=1) >= 0.0).all()
    assert (np.diff(p, axis=0) <= 0.0).all()


@pytest.mark.bits
@pytest.mark.parametrize("rule", [BATCH, Rule(n_points=1 << 13, directions=12)], ids=["batch", "exact"])
@pytest.mark.parametrize("option", [{}, {"volatility_df": np.linspace(2.0, 9.0, 37)}], ids=["normal", "Student"])
def test_a_row_is_the_same_bit_for_bit_in_any_batch(rule, option):
    b, m, s, _ = random_laws(37, 9)
    mean, covariance = m[:, None] * YEARS, (s * s)[:, None, None] * (WALK + 0.25 * NOISE)
    batch = gaussian_path_cdf(mean, covariance, b, rule=rule, **option)
    order = np.random.default_rng(10).permutation(37)
    shuffled = gaussian_path_cdf(
        mean[order], covariance[order], b[order], rule=rule, **{k: v[order] for k, v in option.items()}
    )
    np.testing.assert_array_equal(shuffled, batch[order])
    for i in (0, 11, 36):
        alone = gaussian_path_cdf(mean[i], covariance[i], b[i], rule=rule, **{k: v[i] for k, v in option.items()})
        np.testing.assert_array_equal(alone, batch[i])


# Errors that are stated


def test_batches_err_by_at_most_a_hundredth_over_fifty_years_and_a_crowded_grid():
    """Stated: .001 in root mean square and .01 at worst; the laws are those of trade, targets from 1e-5 above."""
    years = np.arange(1.0, 51.0)
    rng = np.random.default_rng(12)
    apart = np.abs(np.subtract.outer(years, years))
    s, swing, noise = rng.uniform(0.1, 0.5, 6), rng.uniform(0.2, 1.0, 6), rng.uniform(0.0, 0.4, 6)
    shape = (
        np.minimum.outer(years, years) + swing[:, None, None] * 0.65**apart + noise[:, None, None] * (np.eye(50) + 1)
    )
    covariance = (s * s)[:, None, None] * shape + 0.03**2 * np.outer(years, years)
    law = rng.normal(0.04, 0.04, (6, 1, 1)) * years, covariance[:, None], np.log([1.00001, 1.1, 1.5, 2.0, 5.0])[None]
    df = rng.integers(9, 33, (6, 1))
    error = gaussian_path_cdf(*law, volatility_df=df, rule=BATCH) - gaussian_path_cdf(
        *law, volatility_df=df, rule=CLOSE
    )
    assert np.sqrt((error**2).mean()) < 0.001
    assert np.abs(error).max() < 0.01


def test_more_points_err_less():
    b, m, s, n = random_laws(12, 4)
    law = m[:, None] * YEARS, (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None]), b
    exact = discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n))
    rules = BATCH, EXACT._replace(n_points=1 << 16)
    few, many = (np.abs(gaussian_path_cdf(*law, rule=rule) - exact).max() for rule in rules)
    assert few < 1e-2
    assert many < 6e-4


# Limits and bad input


def test_singular_covariances_are_laws_like_any_other():
    assert (gaussian_path_cdf(0.1 * YEARS, np.zeros((K, K)), 0.45) == (0.1 * YEARS >= 0.45)).all()
    there_and_back = np.log(4.0) + np.log(1.25) - np.log(4.0)
    assert gaussian_path_cdf([np.log(1.25)], [[0.0]], there_and_back)[0] == 1.0
    drift_alone = gaussian_path_cdf(0.05 * YEARS, 0.03**2 * DRIFT, 0.4)
    np.testing.assert_allclose(drift_alone, norm.sf((0.4 / YEARS - 0.05) / 0.03), rtol=0, atol=1e-4)
    late = np.zeros((3, 3))
    late[2, 2] = 0.04
    p = gaussian_path_cdf([0.0, 0.1, 0.2], late, 0.3)
    np.testing.assert_allclose(p, [0.0, 0.0, norm.sf(0.5)], rtol=0, atol=1e-4)


def test_a_target_at_or_below_the_origin_is_reached():
    assert (gaussian_path_cdf(-0.5 * YEARS, 0.01 * WALK, [0.0, -1.0], rule=BATCH) == 1.0).all()


@pytest.mark.bits
def test_several_barriers_of_one_law_are_asked_with_one_more_axis():
    b = np.array([[0.2, 0.5, 0.0], [0.1, 1.0, 2.0]])
    m, c = np.array([0.05, 0.1])[:, None] * YEARS, np.array([0.01, 0.04])[:, None, None] * WALK
    together = gaussian_path_cdf(m[:, None, :], c[:, None, :, :], b, rule=BATCH)
    assert together.shape == (2, 3, K)
    assert (together[0, 2] == 1.0).all()
    for i in range(2):
        for j in range(3):
            np.testing.assert_array_equal(together[i, j], gaussian_path_cdf(m[i], c[i], b[i, j], rule=BATCH))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", ["mean", "covariance", "barrier"])
def test_a_value_that_is_no_finite_number_is_refused_and_never_becomes_a_certainty(place, value):
    law = {"mean": 0.05 * YEARS, "covariance": 0.01 * WALK, "barrier": np.array([0.3])}
    law[place] = np.where(law[place] == law[place].max(), value, law[place])
    with pytest.raises(ValueError, match=f"{place} has a value that is not a finite number"):
        gaussian_path_cdf(**law, rule=BATCH)


def test_degrees_of_freedom_that_are_no_number_are_refused():
    with pytest.raises(ValueError, match="volatility_df"):
        gaussian_path_cdf(0.05 * YEARS, 0.01 * WALK, 0.3, volatility_df=np.nan, rule=BATCH)


def test_more_periods_than_the_points_are_made_for_are_refused():
    with pytest.raises(ValueError, match="201 periods are more than the 200"):
        gaussian_path_cdf(np.zeros(201), np.eye(201), 0.3, rule=BATCH)


@pytest.mark.bits
@pytest.mark.parametrize("horizon", [49, 50, 51, 120])
def test_the_fitted_points_go_on_beyond_the_fifty_periods_that_they_were_fitted_on(horizon):
    years = np.arange(1.0, 201.0)
    law = 0.03 * years, 0.04 * (np.minimum.outer(years, years) + np.outer(years, years) / 20.0)
    whole = gaussian_path_cdf(*law, [0.2, 1.5, 4.0], rule=BATCH)
    head = gaussian_path_cdf(law[0][:horizon], law[1][:horizon, :horizon], [0.2, 1.5, 4.0], rule=BATCH)
    np.testing.assert_array_equal(head, whole[:, :horizon])
    exact = discrete_random_drift_cdf(60, [0.2, 1.5, 4.0], 0.03, 0.2, 0.2 / np.sqrt(20.0))
    assert np.abs(whole[:, :60] - exact).max() < 0.01
