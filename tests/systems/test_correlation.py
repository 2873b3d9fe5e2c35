import numpy as np
import pytest

from tradetarget import TradeSystem
from tradetarget.models.pooled.law import MEMORY, levels_covariance
from tradetarget.models.pooled.prior import Prior
from tradetarget.systems import fit_system
from tradetarget.systems.correlation import (
    PANEL_CORRELATION,
    PANEL_SPREAD,
    equicorrelation_variance,
    innovations,
    shrunk_correlation,
)


def shocks(rho: float, n: int, m: int = 4, seed: int = 0) -> np.ndarray:
    root = np.linalg.cholesky((1.0 - rho) * np.eye(m) + rho)
    return np.random.default_rng(seed).standard_normal((n, m)) @ root.T


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.8])
def test_many_years_find_the_correlation_that_made_them(rho: float) -> None:
    found = shrunk_correlation(shocks(rho, 20_000))
    assert found.common == pytest.approx(rho, abs=0.02)
    assert found.matrix[~np.eye(4, dtype=bool)] == pytest.approx(rho, abs=0.03)
    assert found.own_weight > 0.99


def test_a_sample_that_differs_from_equicorrelation_is_kept_where_there_are_many_years() -> None:
    true = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.1], [0.1, 0.1, 1.0]])
    w = np.random.default_rng(1).standard_normal((20_000, 3)) @ np.linalg.cholesky(true).T
    found = shrunk_correlation(w)
    assert found.shrinkage < 0.01
    assert found.matrix == pytest.approx(true, abs=0.03)


def test_few_years_take_the_panels_correlation() -> None:
    found = shrunk_correlation(shocks(0.9, 3))
    assert found.common == PANEL_CORRELATION
    assert found.own is None
    assert found.matrix[0, 1] == PANEL_CORRELATION


def test_the_common_correlation_lies_between_the_regions_own_and_the_panels() -> None:
    found = shrunk_correlation(shocks(0.8, 10))
    assert found.own is not None
    assert PANEL_CORRELATION < found.common < found.own
    v = equicorrelation_variance(found.own, 4, 9)
    assert found.own_weight == pytest.approx(PANEL_SPREAD**2 / (PANEL_SPREAD**2 + v))


def test_the_variance_of_the_mean_correlation_is_that_of_simulated_samples() -> None:
    off = ~np.eye(4, dtype=bool)
    means = [np.corrcoef(shocks(0.4, 200, seed=s).T)[off].mean() for s in range(400)]
    assert np.var(means) == pytest.approx(equicorrelation_variance(0.4, 4, 200), rel=0.2)


def test_the_matrix_is_a_correlation_matrix_even_where_pairs_move_as_one() -> None:
    one = np.random.default_rng(2).standard_normal((24, 1))
    found = shrunk_correlation(np.concatenate([one, one, -one], axis=1))
    assert np.linalg.eigvalsh(found.matrix)[0] > 0.0
    assert np.diag(found.matrix) == pytest.approx(1.0)


def test_one_data_break_does_not_decide() -> None:
    w = shocks(0.0, 24, m=2, seed=3)
    broken = w.copy()
    broken[5] = 40.0
    assert abs(shrunk_correlation(broken).matrix[0, 1] - shrunk_correlation(w).matrix[0, 1]) < 0.45
    assert np.corrcoef(broken.T)[0, 1] > 0.95


def test_whitened_pasts_of_the_law_itself_are_uncorrelated_over_years_and_have_the_correlation_between_pairs() -> None:
    prior, rng, n = Prior.shipped(), np.random.default_rng(4), 400
    dd, _, _ = levels_covariance(prior.values, MEMORY - 1, 1)
    between = np.linalg.cholesky(np.array([[1.0, 0.6], [0.6, 1.0]]))
    found = []
    for _ in range(n):
        past = 0.2 * (np.linalg.cholesky(dd) @ rng.standard_normal((MEMORY - 1, 2)) @ between.T)
        levels = 150.0 * np.exp(np.concatenate([past[::-1] - 0.125 * np.arange(MEMORY - 1, 0, -1)[:, None], [[0, 0]]]))
        found.append(innovations(levels.T, prior) / 0.2)
    w = np.stack(found)
    assert w.var() == pytest.approx(1.0, abs=0.05)
    assert (w[..., 0] * w[..., 1]).mean() == pytest.approx(0.6, abs=0.03)
    assert abs((w[:, 1:] * w[:, :-1]).mean()) < 0.03


def test_the_bundled_regions_correlation_is_near_that_of_its_yearly_growth_and_drawn_to_the_panels(
    region: TradeSystem,
) -> None:
    growth = np.diff(np.log(region.table.to_numpy()), axis=0)
    plain = float(np.corrcoef(growth.T)[~np.eye(4, dtype=bool)].mean())
    assert plain == pytest.approx(0.480, abs=0.001)
    c = fit_system(region).correlation
    assert c.n_years == 24
    assert c.own == pytest.approx(plain, abs=0.03)
    assert float(c.own or 0.0) < c.common < PANEL_CORRELATION
