"""The pooled law: kriging against first principles, robustness of histories, and its hitting times."""

import numpy as np
import pytest

from tradetarget.models.pooled.law import (
    MEMORY,
    CommonPath,
    hitting_probability,
    levels_covariance,
    pooled_law,
    read_history,
    simulate,
)
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage.points import EXACT

# Kazakhstan-Uzbekistan turnover 2000-2024, rounded to shape, million USD; the law is what is tested, not the figures.
RISING = np.array([204, 231, 188, 227, 429, 497, 704, 1410, 1788, 1196, 1575, 1950, 2161, 2115, 2102, 1668, 1510, 1985])
PRIOR = Prior.shipped()


def law_of(values, horizon=10, common=None, **changes):
    history = read_history(np.atleast_2d(np.asarray(values, dtype=float)))
    return pooled_law({**PRIOR.values, **changes}, history, horizon, size_centre=PRIOR.size_centre, common=common)


def some_histories(units=40, years=30, seed=3):
    rng = np.random.default_rng(seed)
    values = np.exp(5 + np.cumsum(rng.normal(0.05, 0.25, (units, years)), axis=1))
    values[rng.random((units, years)) < 0.2] = np.nan
    values[:, -1] = np.where(np.isnan(values[:, -1]), 100.0, values[:, -1])
    values[0, :-1] = np.nan
    return values


def test_the_covariance_of_the_levels_is_that_of_simulated_levels():
    p = {"noise": 0.3, "swing": 0.8, "swing_persistence": 0.6, "drift_variance": 0.05, "drift_persistence": 0.8}
    rng, n, past, horizon = np.random.default_rng(0), 200_000, 3, 2

    def ar1(phi, variance, steps):
        x = [rng.normal(0, np.sqrt(variance), n)]
        for _ in range(steps - 1):
            x.append(phi * x[-1] + rng.normal(0, np.sqrt(variance * (1 - phi**2)), n))
        return np.array(x)

    years = past + horizon
    growth = rng.normal(0, 1, (years, n)) + ar1(p["drift_persistence"], p["drift_variance"], years)
    walk = np.concatenate([np.zeros((1, n)), np.cumsum(growth, axis=0)])
    y = walk + ar1(p["swing_persistence"], p["swing"], years + 1) + rng.normal(0, np.sqrt(p["noise"]), (years + 1, n))
    d = y[past - 1 :: -1] - y[past]
    x = y[past + 1 :] - y[past]
    dd, xd, xx = levels_covariance(p, past, horizon)
    # 0.06 is five standard errors of the largest of these sample covariances at n = 200,000
    np.testing.assert_allclose(np.cov(np.concatenate([d, x])), np.block([[dd, xd.T], [xd, xx]]), atol=0.06)


def test_the_mean_and_covariance_are_the_conditional_ones_of_a_joint_normal():
    values = RISING[-6:]
    law = law_of(values, drift_spread=0.0)
    p = PRIOR.values
    dd, xd, xx = levels_covariance(p, 5, 10)
    d = np.log(values[-2::-1] / values[-1])
    z = np.log(values[-1] / PRIOR.size_centre)
    centred = d + (p["past_drift"] + p["past_drift_size"] * z) * np.arange(1, 6)
    np.testing.assert_allclose(law.own_growth[0], xd @ np.linalg.solve(dd, centred), rtol=1e-10)
    shape = law.covariance[0] / law.volatility[0] ** 2
    np.testing.assert_allclose(shape, xx - xd @ np.linalg.solve(dd, xd.T), rtol=1e-9)


def test_one_observation_gives_the_drift_of_the_prior_and_its_degrees_of_freedom():
    law = law_of([[PRIOR.size_centre]])
    assert law.own_volatility_weight[0] == 0.0
    assert law.df[0] == pytest.approx(PRIOR.values["volatility_df"])
    np.testing.assert_allclose(law.own_growth, 0.0)
    v = PRIOR.values
    nominal = v["drift"] + v["inflation"] + v["nameless_drift"]
    assert law.drift[0] == pytest.approx(nominal - v["drift_length"] * np.log(5.0), rel=1e-12)


@pytest.mark.bits
def test_a_units_law_does_not_depend_on_the_others_bit_for_bit():
    values = some_histories()
    barriers = np.log(np.array([[1.25, 2.0]] * len(values)))
    together = hitting_probability(law_of(values), barriers)
    for i in (0, 7, 31):
        np.testing.assert_array_equal(hitting_probability(law_of(values[i]), barriers[i : i + 1])[0], together[i])


@pytest.mark.bits
def test_years_before_the_window_do_not_matter_and_short_matrices_are_padded():
    values = some_histories(years=40)
    np.testing.assert_array_equal(law_of(values).mean, law_of(values[:, -MEMORY:]).mean)
    padded = np.concatenate([np.full((1, 30), np.nan), RISING[None, -4:]], axis=1)
    np.testing.assert_array_equal(law_of(padded).mean, law_of(RISING[-4:]).mean)


def test_a_gap_loses_information_but_not_the_law():
    values = RISING.astype(float)
    gap = values.copy()
    gap[-4] = np.nan
    law, whole = (law_of(x, drift_spread=0.0) for x in (gap, values))
    assert np.isfinite(law.mean).all()
    assert law.df[0] == whole.df[0] - 1
    spread, full = (np.diagonal(x.covariance[0]) / x.volatility**2 for x in (law, whole))
    assert (spread >= full).all()


def test_a_jump_in_the_last_year_partly_comes_back_and_a_slump_is_partly_made_good():
    flat = np.full(10, 500.0)
    up, down = flat.copy(), flat.copy()
    up[-1], down[-1] = 700.0, 350.0
    assert law_of(up).mean[0, 0] < law_of(flat).mean[0, 0] < law_of(down).mean[0, 0]


def test_a_data_break_does_not_make_a_pair_volatile_for_ever():
    values = np.exp(5 + np.cumsum(np.random.default_rng(1).normal(0.05, 0.15, 20)))
    broken = values.copy()
    broken[:10] *= 100.0
    assert law_of(broken).volatility[0] < 1.6 * law_of(values).volatility[0]


def test_large_pairs_vary_less_than_small_ones():
    assert law_of([[20_000.0]]).volatility[0] < law_of([[20.0]]).volatility[0]


def test_hitting_probabilities_are_those_of_simulated_paths():
    law = law_of(RISING)
    barriers = np.log([[1.25, 1.5, 2.0, 3.0]])
    paths = simulate(law, 200_000, np.random.default_rng(5))[0]
    best = np.maximum.accumulate(paths, axis=1)
    share = (best[None] >= barriers[0][:, None, None]).mean(axis=1)
    # 0.004: three standard errors of the simulation and the closure's own error
    p = hitting_probability(law, barriers, rule=EXACT._replace(n_points=1 << 15))[0]
    np.testing.assert_allclose(p, share, atol=0.004)


def test_probabilities_are_monotone_and_extrapolate_to_forty_years():
    law = law_of(some_histories(), horizon=40)
    p = hitting_probability(law, np.log(np.array([[1.1, 2.0, 10.0]] * 40)))
    assert np.isfinite(p).all()
    assert p.min() >= 0.0
    assert p.max() <= 1.0
    assert (np.diff(p, axis=2) >= 0.0).all()
    assert (np.diff(p, axis=1) <= 1e-12).all()


def test_a_target_at_or_below_the_last_value_is_reached():
    assert (hitting_probability(law_of(RISING), np.array([[0.0, -0.5]])) == 1.0).all()


def test_faster_growth_of_the_prior_raises_every_probability():
    barriers = np.log([[1.25, 3.0]])
    slow = hitting_probability(law_of(RISING), barriers)
    fast = hitting_probability(law_of(RISING, drift=PRIOR.values["drift"] + 0.02), barriers)
    assert (fast > slow).all()


def test_growth_shared_with_the_countries_is_not_the_pairs_own():
    growth = np.zeros((1, MEMORY - 1))
    growth[0, :5] = 0.10
    known = np.array([True])
    values = 500.0 * np.exp(0.10 * np.minimum(np.arange(12) - 6, 5).clip(0))
    shared = law_of(values, common=CommonPath(-np.cumsum(growth, axis=1), np.zeros(1), known))
    alone = law_of(values, common=CommonPath(np.zeros((1, MEMORY - 1)), np.zeros(1), known))
    flat = law_of(np.full(12, values[-1]), common=CommonPath(np.zeros((1, MEMORY - 1)), np.zeros(1), known))
    np.testing.assert_allclose(shared.own_growth, flat.own_growth, atol=1e-9)
    assert not np.allclose(alone.own_growth, flat.own_growth, atol=1e-3)


def test_unknown_countries_are_the_law_without_countries():
    values = some_histories()
    nothing = CommonPath(np.zeros((40, MEMORY - 1)), np.zeros(40), np.zeros(40, dtype=bool))
    np.testing.assert_array_equal(law_of(values, common=nothing).mean, law_of(values).mean)


def test_an_outlook_adds_its_elasticity_times_expected_growth_to_the_mean():
    zero, known = np.zeros((1, MEMORY - 1)), np.array([True])
    plain = law_of(RISING, common=CommonPath(zero, np.zeros(1), known))
    expected = law_of(RISING, common=CommonPath(zero, np.zeros(1), known, np.array([0.03])))
    added = PRIOR.values["outlook_growth"] * 0.03 * np.arange(1, 11)
    np.testing.assert_allclose(expected.mean[0] - plain.mean[0], added, rtol=1e-9)
    np.testing.assert_array_equal(expected.covariance, plain.covariance)


def test_growth_that_all_values_share_takes_the_place_of_the_priors_inflation():
    history = read_history(RISING[None, :].astype(float))
    path = np.linspace(0.1, 0.5, 10)[None, :]
    law = pooled_law(PRIOR.values, history, 10, size_centre=PRIOR.size_centre, shared=path)
    inflation = PRIOR.values["inflation"] * np.arange(1, 11)
    np.testing.assert_allclose(law.mean - law_of(RISING).mean, path - inflation, atol=1e-12)


def test_extreme_sizes_stay_finite():
    law = law_of(np.array([[1e-12, 1e-12], [1e15, 1e15]]))
    assert np.isfinite(law.mean).all()
    assert np.isfinite(law.covariance).all()
