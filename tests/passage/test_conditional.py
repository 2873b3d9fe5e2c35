"""First passage given what is known of the first period: against the plain law, quadrature and weighted simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from tradetarget.passage import gaussian_path_cdf, path_cdf_given_first
from tradetarget.passage.points import Rule

K = 8
H = np.arange(1.0, K + 1.0)
FEW = Rule(n_points=4096, directions=12)


def law(drift: float = 0.05, volatility: float = 0.15, span: float = 20.0) -> tuple[np.ndarray, np.ndarray]:
    return drift * H, volatility**2 * (np.minimum.outer(H, H) + np.outer(H, H) / span)


def nothing(x: np.ndarray) -> np.ndarray:
    return np.zeros_like(x)


def near(centre: float, sd: float):
    return lambda x: -0.5 * ((x - centre) / sd) ** 2


@pytest.mark.parametrize("df", [None, 4.0])
def test_knowing_nothing_more_gives_the_plain_law(df: float | None) -> None:
    m, c = law()
    b = np.array([0.1, 0.223, 0.7])
    plain = gaussian_path_cdf(m[None], c[None], b, volatility_df=df)
    assert path_cdf_given_first(m, c, b, nothing, volatility_df=df) == pytest.approx(plain, abs=1e-4)


def test_a_normal_likelihood_gives_the_normal_law_that_it_leaves() -> None:
    # Conjugate: x_1 ~ N(m', v') after a reading r with variance n, and the others follow by regression.
    m, c = law()
    reading, noise = 0.12, 0.03
    gain = c[:, 0] / (c[0, 0] + noise**2)
    after = gaussian_path_cdf((m + gain * (reading - m[0]))[None], (c - np.outer(gain, c[0]))[None], np.array([0.2]))
    found = path_cdf_given_first(m, c, np.array([0.2]), near(reading, noise))
    assert found == pytest.approx(after, abs=1e-4)


def test_the_first_period_is_a_quadrature() -> None:
    m, c = law()

    def density(x: float) -> float:
        return float(stats.t.pdf((x - m[0]) / np.sqrt(c[0, 0]), 4.0) * np.exp(near(0.12, 0.05)(x)))

    above, below = (quad(density, *ends, epsabs=1e-12)[0] for ends in ((0.15, 1.0), (-1.0, 0.15)))
    truth = above / (above + below)
    found = path_cdf_given_first(m, c, np.array([0.15]), near(0.12, 0.05), volatility_df=4.0)[0, 0]
    assert found == pytest.approx(truth, abs=1e-5)


@pytest.mark.parametrize("df", [None, 3.0])
def test_it_agrees_with_weighted_paths_within_four_standard_errors(df: float | None) -> None:
    rng, n = np.random.default_rng(5), 400_000
    m, c = law()
    z = np.linalg.cholesky(c) @ rng.standard_normal((K, n))
    if df is not None:
        z /= np.sqrt(rng.chisquare(df, n) / df)
    x = m[:, None] + z
    w = np.exp(near(0.1, 0.08)(x[0]))
    hit = np.maximum.accumulate(x, axis=0) >= 0.25
    p = (hit * w).sum(axis=1) / w.sum()
    error = np.sqrt((w**2 * (hit - p[:, None]) ** 2).sum(axis=1)) / w.sum()
    found = path_cdf_given_first(m, c, np.array([0.25]), near(0.1, 0.08), volatility_df=df)[0]
    assert (np.abs(found - p) < 4 * error + 1e-4).all()


def test_a_value_that_is_known_almost_exactly_decides_the_first_period() -> None:
    m, c = law()
    below, above = (path_cdf_given_first(m, c, np.array([0.2]), near(x, 1e-4))[0] for x in (0.15, 0.25))
    assert below[0] == pytest.approx(0.0, abs=1e-6)
    assert above == pytest.approx(np.ones(K), abs=1e-6)


def test_a_bound_that_rules_out_low_values_is_kept() -> None:
    m, c = law()
    found = path_cdf_given_first(m, c, np.array([0.3]), lambda x: np.where(x > 0.1, 0.0, -np.inf))
    sd = np.sqrt(c[0, 0])
    truth = stats.norm.sf((0.3 - m[0]) / sd) / stats.norm.sf((0.1 - m[0]) / sd)
    assert found[0, 0] == pytest.approx(truth, abs=2e-4)


@settings(max_examples=15)
@given(
    st.floats(0.02, 0.4), st.floats(-0.1, 0.15), st.floats(0.05, 0.4), st.floats(0.01, 1.0),
    st.one_of(st.none(), st.floats(1.0, 30.0)), st.floats(0.2, 5.0),
)  # fmt: skip
def test_probabilities_rise_with_time_fall_with_the_barrier_and_ignore_the_scale(
    volatility: float, drift: float, reading: float, barrier: float, df: float | None, scale: float
) -> None:
    m, c = law(drift, volatility)
    both = np.array([barrier, barrier * 1.3])
    p = path_cdf_given_first(m, c, both, near(reading, 0.1), volatility_df=df, rule=FEW)
    assert (np.diff(p, axis=1) >= 0.0).all()
    assert (p[0] >= p[1]).all()
    assert ((p >= 0) & (p <= 1)).all()
    scaled = path_cdf_given_first(
        scale * m, scale**2 * c, scale * both, near(scale * reading, scale * 0.1), volatility_df=df, rule=FEW
    )
    assert scaled == pytest.approx(p, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.02, 0.4), st.floats(-0.1, 0.4), st.integers(1, K - 1), st.one_of(st.none(), st.floats(1.0, 30.0)))
def test_the_first_periods_are_the_same_bit_for_bit_whatever_the_horizon(
    volatility: float, reading: float, horizon: int, df: float | None
) -> None:
    m, c = law(0.05, volatility)
    b = np.array([1e-5, 0.1, 0.5])
    whole = path_cdf_given_first(m, c, b, near(reading, 0.1), volatility_df=df, rule=FEW)
    head = path_cdf_given_first(m[:horizon], c[:horizon, :horizon], b, near(reading, 0.1), volatility_df=df, rule=FEW)
    np.testing.assert_array_equal(head, whole[:, :horizon])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_barrier_that_is_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        path_cdf_given_first(*law(), np.array([value]), nothing, rule=FEW)


def test_a_barrier_at_or_below_the_origin_is_reached() -> None:
    m, c = law()
    assert (path_cdf_given_first(m, c, np.array([0.0, -1.0]), nothing) == 1.0).all()


def test_a_likelihood_that_is_nowhere_possible_is_refused() -> None:
    m, c = law()
    with pytest.raises(ValueError, match="no value of the first period is possible"):
        path_cdf_given_first(m, c, np.array([0.2]), lambda x: np.full_like(x, -np.inf))


def test_a_first_period_without_variance_is_refused() -> None:
    m, c = law()
    with pytest.raises(ValueError, match="not positive"):
        path_cdf_given_first(m, 0.0 * c, np.array([0.2]), nothing)
