"""Once a period: golden numbers, an independent quadrature over the whole box, simulation, and the limits."""

import numpy as np
import pytest
from passage_oracles import discrete_reference, simulate
from scipy.stats import norm
from scipy.stats import t as student

from tradetarget.passage import discrete_cdf, discrete_random_drift_cdf, random_drift_cdf
from tradetarget.passage.lattice import Rows, on_lattice
from tradetarget.passage.scales import scale_nodes

B, NU, S = np.log(1.25), 0.08, 0.12


@pytest.mark.parametrize(
    ("per_year", "golden"),
    [
        (1, [0.116462, 0.371496, 0.572055, 0.798815, 0.963350]),
        (4, [0.129182, 0.417602, 0.620406, 0.830134, 0.970531]),
        (12, [0.146019, 0.447248, 0.646420, 0.844805, 0.973559]),
    ],
)
def test_known_drift_meets_the_golden_numbers(per_year, golden):
    p = discrete_cdf(10 * per_year, B, NU / per_year, S / np.sqrt(per_year))
    np.testing.assert_allclose(p[np.array([1, 2, 3, 5, 10]) * per_year - 1], golden, rtol=0, atol=6e-7)


@pytest.mark.parametrize(("n", "golden"), [(10, 0.901), (5, 0.853), (3, 0.807)])
def test_parameter_uncertainty_meets_the_simulated_golden_numbers(n, golden):
    """The three figures are simulated (to about 0.001); the law gives .8995, .8527 and .8082."""
    p = discrete_random_drift_cdf(10, B, NU, S, S / np.sqrt(n), volatility_df=n - 1)
    assert p[-1] == pytest.approx(golden, abs=0.002)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_parameter_uncertainty_agrees_with_simulation_within_four_errors(n):
    def increments(rng, paths):
        sigma = S * np.sqrt((n - 1) / rng.chisquare(n - 1, paths))
        drift = NU + sigma / np.sqrt(n) * rng.standard_normal(paths)
        return drift[:, None] + sigma[:, None] * rng.standard_normal((paths, 10))

    p, error = simulate(np.random.default_rng(n), 200_000, increments, B)
    law = discrete_random_drift_cdf(10, B, NU, S, S / np.sqrt(n), volatility_df=n - 1)
    assert (np.abs(law - p) < 4 * error).all()


def test_drift_uncertain_apart_from_the_volatility_agrees_with_simulation():
    def increments(rng, paths):
        sigma = S * np.sqrt(4 / rng.chisquare(4, paths))
        return (NU + 0.05 * rng.standard_normal(paths))[:, None] + sigma[:, None] * rng.standard_normal((paths, 8))

    p, error = simulate(np.random.default_rng(2), 200_000, increments, B)
    law = discrete_random_drift_cdf(8, B, NU, S, 0.05, volatility_df=4, scale_drift_sd=False)
    assert (np.abs(law - p) < 4 * error).all()


def test_error_is_below_1e_9_of_an_independent_quadrature_over_the_whole_box():
    box = [(b, m) for b in (0.01, 0.3, 1.0, 3.0, 9.0, 20.0, 30.0) for m in (-3, -0.7, -0.1, 0, 0.1, 0.4, 1.0, 3.0)]
    barrier, drift = np.array(box, dtype=float).T
    reference = np.array([discrete_reference(40, b, m, order=12) for b, m in box])
    for periods in (1, 2, 5, 12, 40):
        p = discrete_cdf(periods, barrier, drift, 1.0)
        assert np.abs(p - reference[:, :periods]).max() < 1e-9


def test_uncertain_drift_is_the_average_of_known_drifts():
    z = np.linspace(-8.0, 8.0, 801)
    w = norm.pdf(z)
    b, m, tau = np.array([0.1, 1.0, 5.0]), np.array([-0.4, 0.1, 0.5]), np.array([0.1, 0.5, 0.9])
    mixed = np.einsum("z,zbk->bk", w / w.sum(), discrete_cdf(15, b, m + tau * z[:, None], 1.0))
    np.testing.assert_allclose(discrete_random_drift_cdf(15, b, m, 1.0, tau), mixed, rtol=0, atol=1e-9)


@pytest.mark.parametrize("df", [2.0, 3.0, 6.5, 9.0, 24.0, 150.0])
@pytest.mark.parametrize("scaled", [True, False])
def test_the_table_for_uncertain_volatility_agrees_with_direct_quadrature_over_the_scale(df, scaled):
    rng = np.random.default_rng(int(df))
    b = np.exp(rng.uniform(np.log(0.01), np.log(15.0), 24))
    m, tau = rng.uniform(-1.0, 1.0, 24), rng.choice([0.0, 0.2, 0.5, 1.0], 24)
    assert on_lattice(12, Rows(b, m, np.ones(24), tau, np.full(24, df))).all()
    v, w = scale_nodes(np.full(24, df), 48)
    drift_sd = tau[:, None] / v if scaled else tau[:, None]
    direct = (w[:, :, None] * discrete_random_drift_cdf(12, b[:, None], m[:, None], 1.0 / v, drift_sd)).sum(axis=1)
    table = discrete_random_drift_cdf(12, b, m, 1.0, tau, volatility_df=df, scale_drift_sd=scaled)
    assert np.abs(table - direct).max() < 5e-7


def test_a_drift_and_a_volatility_a_period_agree_with_the_constant_law_and_with_simulation():
    same = discrete_cdf(10, B, np.full(10, NU), np.full(10, S), per_period=True)
    np.testing.assert_allclose(same, discrete_cdf(10, B, NU, S), rtol=0, atol=1e-9)
    nu = np.array([0.2, -0.1, 0.0, 0.15, 0.05])
    s = np.array([0.05, 0.2, 0.0, 0.1, 0.3])
    p, error = simulate(np.random.default_rng(3), 400_000, lambda g, n: nu + s * g.standard_normal((n, 5)), B)
    law = discrete_cdf(5, B, nu, s, per_period=True)
    assert (np.abs(law - p) < 4 * error).all()


def test_uncertain_volatility_a_period_agrees_with_the_constant_table():
    p = discrete_cdf(6, B, np.full(6, NU), np.full(6, S), per_period=True, volatility_df=5)
    np.testing.assert_allclose(p, discrete_cdf(6, B, NU, S, volatility_df=5), rtol=0, atol=5e-7)


@pytest.mark.parametrize(("df", "tolerance"), [(3.0, 4.0), (4.0, 4.0), (30.0, 4.0)])
def test_fat_tailed_years_agree_with_simulation(df, tolerance):
    def increments(rng, paths):
        return NU + S * rng.standard_t(df, (paths, 10))

    p, error = simulate(np.random.default_rng(4), 200_000, increments, np.log(2))
    law = discrete_cdf(10, np.log(2), NU, S, increment_df=df)
    assert (np.abs(law - p) < tolerance * error).all()


def test_one_scale_a_path_is_not_one_scale_a_year():
    """The first period is the same Student t; after ten the laws differ by points of probability."""
    path = discrete_cdf(10, np.log(2), 0.03, 0.12, volatility_df=4)
    year = discrete_cdf(10, np.log(2), 0.03, 0.12, increment_df=4)
    expected = student.sf((np.log(2) - 0.03) / 0.12, 4)
    assert path[0] == pytest.approx(expected, abs=1e-6)
    assert year[0] == pytest.approx(expected, abs=1e-12)
    assert abs(path[-1] - year[-1]) > 0.02


def test_many_degrees_of_freedom_are_a_known_volatility():
    known = discrete_cdf(8, B, NU, S)
    for option in ("volatility_df", "increment_df"):
        np.testing.assert_allclose(discrete_cdf(8, B, NU, S, **{option: np.inf}), known, rtol=0, atol=1e-15)
        np.testing.assert_allclose(discrete_cdf(8, B, NU, S, **{option: 1e7}), known, rtol=0, atol=1e-6)


def test_an_exact_hit_without_volatility_counts_in_its_period():
    there_and_back = np.log(4.0) + np.log(1.25) - np.log(4.0)
    assert (discrete_cdf(4, there_and_back, np.log(1.25) / 2, 0.0) == [0, 1, 1, 1]).all()
    steps = np.array([0.0, np.log(1.25), -1.0])
    assert (discrete_cdf(3, there_and_back, steps, np.zeros(3), per_period=True) == [0, 1, 1]).all()


def test_without_volatility_an_uncertain_drift_decides_alone():
    p = discrete_random_drift_cdf(5, B, NU, 0.0, 0.05)
    np.testing.assert_allclose(p, norm.sf((B / np.arange(1, 6) - NU) / 0.05), rtol=1e-12)
    late = discrete_random_drift_cdf(5, B, NU, 1e-5, 0.05)
    np.testing.assert_allclose(late, p, rtol=0, atol=2e-3)


def test_a_barrier_near_zero_gives_the_sign_of_the_first_step_and_at_zero_is_reached():
    assert discrete_cdf(1, 1e-9, NU, S)[0] == pytest.approx(norm.cdf(NU / S), abs=1e-8)
    assert (discrete_cdf(3, [0.0, -2.0], -5.0, S) == 1.0).all()


def test_watching_once_a_period_never_finds_more_than_watching_always():
    b, m = np.meshgrid([0.05, 0.3, 1.0], [-0.1, 0.0, 0.2])
    for tau in (0.0, 0.1):
        discrete = discrete_random_drift_cdf(12, b, m, 0.15, tau)
        always = random_drift_cdf(np.arange(1, 13), b[..., None], m[..., None], 0.15, tau)
        assert (discrete <= always + 1e-9).all()


def test_far_targets_and_steady_growth_leave_the_grid_without_losing_accuracy():
    """Barriers of 200 to 2000 volatilities: the walk is nearly normal at the crossing; checked by simulation."""
    law = discrete_cdf(12, 10.0, 1.0, 0.05)
    p, error = simulate(np.random.default_rng(5), 100_000, lambda g, n: 1.0 + 0.05 * g.standard_normal((n, 12)), 10.0)
    assert (np.abs(law - p) < 4 * error).all()

    def increments(g, n):
        return 1.0 + 0.2 * g.standard_normal((n, 1)) + 0.02 * g.standard_normal((n, 12))

    p, error = simulate(np.random.default_rng(6), 200_000, increments, 10.0)
    assert (np.abs(discrete_random_drift_cdf(12, 10.0, 1.0, 0.02, 0.2) - p) < 4 * error + 1e-3).all()


@pytest.mark.bits
def test_rows_of_a_batch_do_not_touch_one_another():
    rng = np.random.default_rng(7)
    b, m, s, n = (
        rng.uniform(0.05, 1.5, 40),
        rng.normal(0.05, 0.1, 40),
        rng.uniform(0.05, 0.4, 40),
        rng.integers(3, 30, 40),
    )
    batch = discrete_random_drift_cdf(10, b, m, s, s / np.sqrt(n), volatility_df=n - 1)
    alone = [
        discrete_random_drift_cdf(10, b[i], m[i], s[i], s[i] / np.sqrt(n[i]), volatility_df=n[i] - 1) for i in range(40)
    ]
    np.testing.assert_allclose(batch, alone, rtol=0, atol=1e-14)


def test_shapes_broadcast_and_the_period_comes_last():
    assert discrete_cdf(7, np.ones((3, 1)), np.zeros(4), 0.1).shape == (3, 4, 7)
    assert discrete_cdf(7, np.ones((3, 1)), np.zeros(7), np.ones((2, 7)), per_period=True).shape == (3, 2, 7)
    assert discrete_random_drift_cdf(2, 1.0, 0.0, 0.1, np.zeros(5), volatility_df=4).shape == (5, 2)


def test_shapes_that_do_not_fit_together_are_named():
    with pytest.raises(ValueError, match=r"shapes \(2,\), \(3,\) do not fit together: give numbers, or arrays that"):
        discrete_cdf(3, [1.0, 2.0], [1.0, 2.0, 3.0], 0.1)
    with pytest.raises(ValueError, match=r"shapes \(1,\), \(2,\), \(3,\) do not fit together"):
        discrete_cdf(3, 1.0, [0.1, 0.2], [0.1, 0.2], per_period=True)
