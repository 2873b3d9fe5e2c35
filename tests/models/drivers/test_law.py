"""The driven law as arrays, against its own definition written out with other means."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tradetarget.models.drivers.estimates import REMAINDER_MEANINGS, DriverEstimates
from tradetarget.models.drivers.law import PAST, DriverGrowths, DriverLaw, DriverParameters, driver_law, summed
from tradetarget.models.pooled.law import pooled_law, read_history

H = 8
SHIPPED = DriverEstimates.shipped()
PLAIN = {**{k: SHIPPED.values[k] for k in REMAINDER_MEANINGS}}


def parameters(b: float = 0.5, tau: float = 0.2, error: float = 0.0, trend: float = 0.0) -> DriverParameters:
    return DriverParameters(np.array([b]), np.array([tau]), np.array([error]), np.array([trend]), 0.3)


def growths(rng: np.random.Generator, units: int = 1, ahead_known: bool = True) -> DriverGrowths:
    growth = rng.normal(0.05, 0.1, (units, 2, PAST + H))
    reported = np.ones(growth.shape, dtype=bool)
    reported[:, :, PAST:] = ahead_known
    return DriverGrowths(growth, reported, np.ones((units, 2)), (0, 0))


def levels(rng: np.random.Generator, units: int = 1, years: int = 15) -> np.ndarray:
    return np.exp(np.cumsum(rng.normal(0.06, 0.2, (units, years)), axis=1) + 5.0)


def law(values: np.ndarray, drivers: DriverGrowths, p: DriverParameters) -> DriverLaw:
    return driver_law(PLAIN, p, read_history(values), drivers, size_centre=150.0)


def test_without_elasticity_or_spread_it_is_the_pooled_law() -> None:
    rng = np.random.default_rng(1)
    values, drivers = levels(rng, 3), growths(rng, 3)
    driven = law(values, drivers, parameters(0.0, 0.0, 0.02, 0.001))
    nameless = {**PLAIN, "nameless_drift": 0.0, "nameless_log_variance": 0.0, "inflation": 0.0}
    pooled = pooled_law(nameless, read_history(values), H, size_centre=150.0)
    np.testing.assert_allclose(driven.path.mean, pooled.mean, atol=1e-12)
    np.testing.assert_allclose(driven.path.covariance, pooled.covariance, atol=1e-12)
    np.testing.assert_allclose(driven.path.df, pooled.df)


def test_growth_sums_to_levels_forwards_and_backwards_from_the_origin() -> None:
    rng = np.random.default_rng(7)
    growth = rng.normal(size=PAST + H)
    level = np.concatenate([[0.0], np.cumsum(growth)]) - growth[:PAST].sum()
    found = summed(H) @ growth
    np.testing.assert_allclose(found[:PAST], level[PAST - 1 :: -1], atol=1e-12)
    np.testing.assert_allclose(found[PAST:], level[PAST + 1 :], atol=1e-12)


def test_a_future_move_of_one_driver_moves_the_mean_by_elasticity_times_it() -> None:
    rng = np.random.default_rng(2)
    values, base = levels(rng), growths(rng)
    p = parameters(0.5, 0.0)
    growth = base.growth.copy()
    growth[0, 1, PAST + 2] -= 0.02
    moved = law(values, DriverGrowths(growth, base.reported, base.scale, base.kind), p).path.mean
    change = moved - law(values, base, p).path.mean
    expected = -0.02 * 0.5 * np.array([0, 0, 1, 1, 1, 1, 1, 1])
    np.testing.assert_allclose(change[0], expected, atol=1e-12)


def test_the_elasticity_is_what_generalised_least_squares_with_its_prior_gives() -> None:
    # Oracle: ridge regression of D on S under the covariance of w, written out with inverses.
    from tradetarget.models.pooled.law import levels_covariance

    rng = np.random.default_rng(3)
    values, drivers, p = levels(rng, years=PAST + 1), growths(rng), parameters(0.5, 0.3)
    found = law(values, drivers, p)
    h = read_history(values)
    z = h.log_last[0] - np.log(150.0)
    s = (summed(H) @ drivers.growth[0].T)[:PAST]
    v = np.exp(PLAIN["log_variance"] + PLAIN["log_variance_size"] * z)
    k = np.linalg.inv(v * levels_covariance(PLAIN, PAST, H)[0])
    reference = (PLAIN["past_drift"] + PLAIN["past_drift_size"] * z) * np.arange(1, PAST + 1)
    precision = np.eye(2) / 0.3**2 + s.T @ k @ s
    beta = np.linalg.solve(precision, np.full(2, 0.5) / 0.3**2 + s.T @ k @ (h.past[0] + reference))
    np.testing.assert_allclose(found.elasticity[0], beta, rtol=1e-8)
    ratio = found.elasticity_covariance[0] / np.linalg.inv(precision)
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-6)


def test_a_pair_that_follows_its_drivers_closely_learns_so() -> None:
    rng = np.random.default_rng(4)
    drivers = growths(rng, 1)
    big = np.concatenate([rng.normal(0, 0.5, (1, 2, PAST)), np.zeros((1, 2, H))], axis=2)
    drivers = DriverGrowths(big, drivers.reported, drivers.scale, drivers.kind)
    s = summed(H)[:PAST] @ big[0].T
    path = np.concatenate([(s @ np.array([0.9, 0.1]))[::-1], [0.0]])
    found = law(np.exp(path + 6.0)[None], drivers, parameters(0.5, 0.3))
    assert found.elasticity[0, 0] > 0.8
    assert found.elasticity[0, 1] < 0.2
    assert (np.diagonal(found.elasticity_covariance[0]) < 0.3**2).all()


def test_the_error_of_a_forecast_driver_is_that_of_simulated_errors() -> None:
    # Oracle: 200,000 simulated error paths summed up; tolerance 3 % of the last variance.
    rng = np.random.default_rng(5)
    drivers, values = growths(rng, ahead_known=False), levels(rng)
    p = parameters(0.5, 0.0, 0.02, 0.001)
    found = law(values, drivers, p).from_drivers[0]
    n, r = 200_000, 0.3
    mix = np.linalg.cholesky(np.array([[1.0, r], [r, 1.0]]))
    yearly = np.einsum("kl,nlh->nkh", mix, rng.standard_normal((n, 2, H))) * np.sqrt(0.02)
    slope = np.einsum("kl,nl->nk", mix, rng.standard_normal((n, 2))) * np.sqrt(0.001)
    effect = summed(H)[PAST:, PAST:]
    x = 0.5 * np.einsum("ty,nky->nt", effect, yearly + slope[:, :, None])
    np.testing.assert_allclose(found, np.cov(x.T), atol=0.03 * found[-1, -1])


def test_forecast_drivers_leave_the_mean_and_widen_every_year() -> None:
    rng = np.random.default_rng(6)
    values, known = levels(rng, 4), growths(rng, 4)
    hidden = DriverGrowths(
        known.growth, np.where(np.arange(PAST + H) < PAST, known.reported, False), known.scale, (0, 0)
    )
    p = parameters(0.5, 0.2, 0.02, 0.001)
    one, two = law(values, known, p).path, law(values, hidden, p).path
    np.testing.assert_allclose(one.mean, two.mean)
    extra = np.diagonal(two.covariance - one.covariance, axis1=1, axis2=2)
    assert (np.diff(extra, axis=1, prepend=0.0) > 0).all()


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), years=st.integers(1, 30), gaps=st.booleans(), known=st.booleans())
def test_the_covariance_is_one_and_a_unit_does_not_depend_on_the_others(seed, years, gaps, known) -> None:
    rng = np.random.default_rng(seed)
    values, drivers = levels(rng, 3, years), growths(rng, 3, known)
    if gaps:
        values[:, :-1][rng.random((3, years - 1)) < 0.4] = np.nan
        drivers.reported[:, :, :PAST] &= rng.random((3, 2, PAST)) < 0.7
    p = SHIPPED.of_drivers
    whole = law(values, drivers, p)
    assert np.linalg.eigvalsh(whole.path.covariance).min() > 0
    alone = DriverGrowths(drivers.growth[1:2], drivers.reported[1:2], drivers.scale[1:2], drivers.kind)
    np.testing.assert_allclose(law(values[1:2], alone, p).path.mean, whole.path.mean[1:2], rtol=1e-9, atol=1e-12)
