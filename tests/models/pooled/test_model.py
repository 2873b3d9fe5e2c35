import numpy as np
import pandas as pd
import pytest

from tradetarget import Prior, Target, TradeSeries, forecast
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.passage.fixed_order import LARGEST_PRODUCT

YEARS = pd.Series({2019: 3415.0, 2020: 2931.0, 2021: 3834.0, 2022: 4922.0, 2023: 4418.0, 2024: 4131.0, 2025: 4765.0})
SERIES = TradeSeries.from_annual(YEARS, unit="USD mn", name="A-B")
FIVE = Target(5.0, unit="USD bn")


def test_it_is_the_default_and_works_from_one_observation() -> None:
    one = TradeSeries.from_annual(YEARS.tail(1), unit="USD mn", name="A-B")
    answer = forecast(one, FIVE)
    assert answer.fitted.model_name == "pooled"
    assert 0.2 < answer.hitting_time.probability_by(2026) < 0.8


def test_law_and_simulation_agree_within_four_standard_errors() -> None:
    for target in (4.0, 5.0, 7.0, 15.0):
        law = forecast(SERIES, Target(target, unit="USD bn"), method="exact").hitting_time
        drawn = forecast(SERIES, Target(target, unit="USD bn"), method="simulation").hitting_time
        if drawn.standard_errors is not None:
            assert (np.abs(law.probability - drawn.probability) < 4 * drawn.standard_errors).all()


def test_a_gap_in_the_years_is_no_obstacle() -> None:
    gappy = TradeSeries.from_annual(YEARS.drop(2022), unit="USD mn", name="A-B")
    assert 0 < forecast(gappy, FIVE).hitting_time.probability_by(2026) < 1


def test_the_scale_of_the_unit_changes_nothing() -> None:
    billion = forecast(SERIES.in_unit("USD bn"), FIVE).hitting_time.probability
    assert forecast(SERIES, FIVE).hitting_time.probability == pytest.approx(billion, abs=1e-12)


def test_a_currency_without_a_rate_is_taken_to_be_of_central_size_and_the_summary_says_so() -> None:
    test_money = TradeSeries.from_annual(YEARS, unit="XTS bn", name="A-B")
    notes = PooledGrowth().fit(test_money).estimates.notes
    assert any("unit XTS bn" in line and "central size" in line for line in notes)
    assert not any("central size" in line for line in PooledGrowth().fit(SERIES).estimates.notes)


def test_larger_trade_is_less_volatile() -> None:
    small = TradeSeries.from_annual(YEARS / 100, unit="USD mn", name="A-B")
    assert PooledGrowth().fit(small).params["volatility"] > PooledGrowth().fit(SERIES).params["volatility"]


def test_little_of_a_pairs_own_growth_is_believed() -> None:
    fast = TradeSeries.from_annual(pd.Series(100 * 1.3 ** np.arange(10.0), index=range(2010, 2020)), unit="USD mn")
    fitted = PooledGrowth().fit(fast)
    assert -0.05 < fitted.believed < 0.5
    assert fitted.params["growth over ten years"] < np.log(1.3)


def test_a_shorter_horizon_is_the_head_of_a_longer_one() -> None:
    long = forecast(SERIES, FIVE, horizon=20).hitting_time.probability
    assert forecast(SERIES, FIVE, horizon=5).hitting_time.probability == pytest.approx(long[:5], abs=2e-3)


def test_a_prior_of_ones_own_replaces_the_shipped_one() -> None:
    shipped = Prior.shipped()
    faster = Prior({**shipped.values, "drift": shipped.values["drift"] + 0.05}, shipped.standard_errors)
    own = forecast(SERIES, FIVE, model=PooledGrowth(prior=faster)).hitting_time.probability
    assert (own > forecast(SERIES, FIVE).hitting_time.probability).all()


def test_the_predictive_spread_is_wider_than_the_scale_alone() -> None:
    # Student t with df degrees of freedom has variance df / (df - 2) times its scale.
    fitted = PooledGrowth().fit(SERIES)
    x = fitted.simulate(1, 200_000, np.random.default_rng(0)).log_levels[0, :, 0] - fitted.log_origin
    df, scale = float(fitted.law.df[0]), float(fitted.law.covariance[0, 0, 0])
    assert x.var() == pytest.approx(scale * df / (df - 2), rel=0.03)


def test_paths_of_fifty_years_are_drawn_in_products_of_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # With one product of 50 times 50 times 256 numbers, two threads drew other bits than one.
    sizes = []
    matmul = np.matmul

    def recorded(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> np.ndarray:
        sizes.append(a.size * b.shape[1])
        return matmul(a, b, out=out)

    fitted = PooledGrowth().fit(SERIES)
    monkeypatch.setattr(np, "matmul", recorded)
    paths = fitted.draw_batch(50, np.random.default_rng(0))
    assert sum(sizes) == 50 * 50 * 256
    assert max(sizes) <= LARGEST_PRODUCT
    assert paths.shape == (50, 512)


def test_the_summary_counts_the_totals_that_the_law_looks_at() -> None:
    long = TradeSeries.from_annual(pd.Series(np.arange(100.0, 140.0), index=range(1986, 2026)), unit="USD mn")
    assert "from 25 totals" in PooledGrowth().fit(long).estimates.notes[2]
    one = TradeSeries.from_annual(YEARS.tail(1), unit="USD mn")
    assert "from 1 total)" in PooledGrowth().fit(one).estimates.notes[2]


@pytest.mark.parametrize("df", [1.5, 2.0])
def test_growth_has_no_standard_error_where_its_law_has_no_variance(df: float) -> None:
    shipped = Prior.shipped()
    wild = Prior({**shipped.values, "volatility_df": df}, shipped.standard_errors)
    fitted = PooledGrowth(wild).fit(TradeSeries.from_annual(YEARS.tail(1), unit="USD mn"))
    assert np.isnan(fitted.standard_errors[["growth next year", "growth over ten years"]]).all()
    assert np.isfinite(fitted.params).all()
