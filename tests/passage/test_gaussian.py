"""Any Gaussian path: against the Markov laws that are exact, scipy's multivariate normal, simulation, limits."""

import numpy as np
import pytest
from passage_oracles import simulate
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student

from tradetarget.passage import discrete_cdf, discrete_random_drift_cdf, gaussian_path_cdf

K = 10
YEARS = np.arange(1, K + 1)
WALK = np.minimum.outer(YEARS, YEARS).astype(float)
DRIFT = np.outer(YEARS, YEARS).astype(float)
NOISE = np.eye(K) + 1.0
B, NU, S = np.log(1.25), 0.08, 0.12


def reverting_growth(persistence, share):
    """Covariance of the log level when growth is white noise plus an AR(1) of the given share of its variance."""
    lag = np.abs(np.subtract.outer(YEARS, YEARS))
    growth = share * persistence**lag + (1.0 - share) * np.eye(K)
    total = np.tril(np.ones((K, K)))
    return total @ growth @ total.T


def random_laws(rows, seed):
    rng = np.random.default_rng(seed)
    return (
        rng.uniform(0.05, 1.2, rows),
        rng.normal(0.05, 0.06, rows),
        rng.uniform(0.06, 0.3, rows),
        rng.integers(3, 25, rows),
    )


def test_a_random_walk_has_the_discrete_law():
    b, m, s, _ = random_laws(50, 1)
    p = gaussian_path_cdf(m[:, None] * YEARS, (s * s)[:, None, None] * WALK, b)
    assert np.abs(p - discrete_cdf(K, b, m, s)).max() < 5e-5


def test_an_uncertain_drift_has_the_random_drift_law():
    b, m, s, n = random_laws(50, 2)
    covariance = (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None])
    p = gaussian_path_cdf(m[:, None] * YEARS, covariance, b)
    assert np.abs(p - discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n))).max() < 5e-5


def test_one_scale_a_path_has_the_uncertain_volatility_law():
    b, m, s, n = random_laws(30, 3)
    covariance = (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None])
    p = gaussian_path_cdf(m[:, None] * YEARS, covariance, b, volatility_df=n - 1)
    exact = discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n), volatility_df=n - 1)
    assert np.abs(p - exact).max() < 3e-4


def test_steady_growth_crosses_as_the_discrete_law_says():
    """Growth of eight volatilities a year: paths still below the target in one year are above it in the next."""
    b, m = np.array([1.0, 0.9, 1.4]), np.array([0.5, 0.4, 0.45])
    p = gaussian_path_cdf(m[:, None] * YEARS, 0.0625**2 * WALK, b)
    assert np.abs(p - discrete_cdf(K, b, m, 0.0625)).max() < 5e-5


def test_points_converge_to_the_exact_law():
    """Measured: 2e-2 at most with 256 points, 2e-3 with 16,384."""
    b, m, s, n = random_laws(30, 4)
    covariance = (s * s)[:, None, None] * (WALK + DRIFT / n[:, None, None])
    exact = discrete_random_drift_cdf(K, b, m, s, s / np.sqrt(n))
    few, many = (
        np.abs(gaussian_path_cdf(m[:, None] * YEARS, covariance, b, method="points", n_points=count) - exact).max()
        for count in (256, 16_384)
    )
    assert few < 2e-2
    assert many < 2e-3


@pytest.mark.parametrize("option", ["volatility_df", "increment_df"])
def test_points_have_the_scales_of_the_discrete_law(option):
    walk = {"mean": NU * YEARS, "covariance": S * S * WALK, "barrier": np.log(1.5)}
    p = gaussian_path_cdf(**walk, method="points", n_points=8192, **{option: 4})
    exact = discrete_cdf(K, np.log(1.5), NU, S, **{option: 4})
    assert np.abs(p - exact).max() < 3e-3
    assert p[0] == pytest.approx(student.sf((np.log(1.5) - NU) / S, 4), abs=1e-7)


def test_reporting_noise_meets_the_golden_number():
    """drift .05, volatility .12, noise .06 on the origin as on every later year, target 1.5 x: .145 by year 3."""
    covariance = 0.12**2 * WALK[:3, :3] + 0.06**2 * NOISE[:3, :3]
    assert gaussian_path_cdf(0.05 * YEARS[:3], covariance, np.log(1.5))[-1] == pytest.approx(0.145, abs=5e-4)


def test_independent_increments_of_the_same_variance_are_not_reporting_noise():
    p = discrete_cdf(3, np.log(1.5), 0.05, np.sqrt(0.12**2 + 2 * 0.06**2))
    assert p[-1] == pytest.approx(0.174, abs=1.1e-3)


@pytest.mark.parametrize(
    ("covariance", "tolerance"),
    [
        (WALK + 0.25 * NOISE, 4e-4),
        (WALK + NOISE, 1e-3),
        (WALK + 4.0 * np.eye(K), 2e-3),
        (NOISE, 7e-3),
        (reverting_growth(0.7, 0.4), 1e-3),
        (reverting_growth(0.9, 0.6), 1.5e-3),
        (reverting_growth(0.6, 0.4) + 0.25 * np.eye(K) + DRIFT / 8, 1e-3),
        (3.0 * 0.7 ** np.abs(np.subtract.outer(YEARS, YEARS)), 2e-4),
    ],
    ids=[
        "half noise",
        "noise",
        "double noise",
        "all noise",
        "reverting",
        "slowly reverting",
        "all at once",
        "stationary",
    ],
)
def test_memory_in_two_moments_is_enough_for_paths_that_are_not_markov(covariance, tolerance):
    """Against points: 20,000 of them leave about 1e-3, so the reference is the mean of three rules of more."""
    b, m, s, _ = random_laws(6, 5)
    law = (m[:, None] * YEARS, (s * s)[:, None, None] * covariance, b)
    reference = np.mean(
        [gaussian_path_cdf(*law, method="points", n_points=n) for n in (32_749, 49_999, 65_521)], axis=0
    )
    assert np.abs(gaussian_path_cdf(*law) - reference).max() < tolerance + 5e-4


def test_paths_that_are_not_markov_agree_with_simulation():
    covariance = S * S * (reverting_growth(0.7, 0.4) + 0.5 * NOISE)
    root = np.linalg.cholesky(covariance)

    def increments(rng, n):
        x = NU * YEARS + rng.standard_normal((n, K)) @ root.T
        return np.diff(x, axis=1, prepend=0.0)

    p, error = simulate(np.random.default_rng(8), 300_000, increments, B)
    assert (np.abs(gaussian_path_cdf(NU * YEARS, covariance, B) - p) < 4 * error + 3e-4).all()


def test_one_and_two_periods_are_exact():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    p = gaussian_path_cdf([0.1, 0.2], covariance, 0.3)
    assert p[0] == pytest.approx(norm.sf(1.0), abs=1e-14)
    both = multivariate_normal([0.1, 0.2], covariance).cdf([0.3, 0.3])
    assert p[1] == pytest.approx(1.0 - both, abs=3e-5)
    # the same by one integral over the first period
    second = quad(
        lambda x: norm.pdf(x, 0.1, 0.2) * norm.cdf((0.3 - 0.2 - 0.25 * (x - 0.1)) / np.sqrt(0.0875)), -2, 0.3
    )[0]
    assert p[1] == pytest.approx(1.0 - second, abs=3e-5)


def test_singular_covariances_are_laws_like_any_other():
    assert (gaussian_path_cdf(0.1 * YEARS, np.zeros((K, K)), 0.45) == (0.1 * YEARS >= 0.45)).all()
    there_and_back = np.log(4.0) + np.log(1.25) - np.log(4.0)
    assert gaussian_path_cdf([np.log(1.25)], [[0.0]], there_and_back)[0] == 1.0
    drift_alone = gaussian_path_cdf(0.05 * YEARS, 0.03**2 * DRIFT, 0.4, n_points=2048)
    np.testing.assert_allclose(drift_alone, norm.sf((0.4 / YEARS - 0.05) / 0.03), rtol=0, atol=2e-3)
    late = np.zeros((3, 3))
    late[2, 2] = 0.04
    p = gaussian_path_cdf([0.0, 0.1, 0.2], late, 0.3)
    np.testing.assert_allclose(p, [0.0, 0.0, norm.sf(0.5)], rtol=0, atol=1e-12)


@pytest.mark.bits
def test_several_barriers_of_one_law_are_asked_with_one_more_axis():
    b = np.array([[0.2, 0.5, 0.0], [0.1, 1.0, 2.0]])
    m, c = np.array([0.05, 0.1])[:, None] * YEARS, np.array([0.01, 0.04])[:, None, None] * WALK
    together = gaussian_path_cdf(m[:, None, :], c[:, None, :, :], b)
    assert together.shape == (2, 3, K)
    assert (together[0, 2] == 1.0).all()
    for i in range(2):
        for j in range(3):
            np.testing.assert_array_equal(together[i, j], gaussian_path_cdf(m[i], c[i], b[i, j]))


@pytest.mark.bits
@pytest.mark.parametrize("method", ["closure", "points"])
@pytest.mark.parametrize("option", [{}, {"volatility_df": 6.0}, {"increment_df": 6.0}])
def test_a_row_is_the_same_bit_for_bit_in_any_batch(method, option):
    b, m, s, _ = random_laws(37, 9)
    mean, covariance = m[:, None] * YEARS, (s * s)[:, None, None] * (WALK + 0.25 * NOISE)
    batch = gaussian_path_cdf(mean, covariance, b, method=method, **option)
    order = np.random.default_rng(10).permutation(37)
    shuffled = gaussian_path_cdf(mean[order], covariance[order], b[order], method=method, **option)
    np.testing.assert_array_equal(shuffled, batch[order])
    for i in (0, 11, 36):
        np.testing.assert_array_equal(
            gaussian_path_cdf(mean[i], covariance[i], b[i], method=method, **option), batch[i]
        )


def test_a_long_horizon_and_a_far_target_stay_accurate():
    years = np.arange(1, 41)
    p = gaussian_path_cdf(0.03 * years, 0.01 * np.minimum.outer(years, years), [0.05, 1.0, 3.0])
    assert np.abs(p - discrete_cdf(40, [0.05, 1.0, 3.0], 0.03, 0.1)).max() < 1e-4
