import numpy as np
import pytest

from tradetarget import TradeSystem
from tradetarget.errors import DataError, SettingError
from tradetarget.evaluation.regions import FORECASTERS, backtest_system


def test_three_forecasters_answer_the_same_cases(region: TradeSystem) -> None:
    found = backtest_system(region, [2015, 2020], horizon=5, n_paths=2048)
    assert found.frame.groupby("forecaster", sort=False).size().to_dict() == dict.fromkeys(FORECASTERS, 10)
    assert found.scores().index.tolist() == list(FORECASTERS)
    gaps = found.differences("independent")
    mean = found.scores()
    assert gaps.loc["crps", "difference"] == pytest.approx(mean.loc["joint", "crps"] - mean.loc["independent", "crps"])


def test_correlated_shocks_widen_the_regions_interval(region: TradeSystem) -> None:
    width = backtest_system(region, [2018], horizon=3, n_paths=4096).scores()["width"]
    assert width["joint"] > 1.15 * width["independent"]


def test_a_future_that_is_certain_and_far_is_scored_as_missed() -> None:
    import pandas as pd

    from tradetarget import TradeSeries

    years = range(2000, 2016)
    steady = pd.Series([4.0 * 1.02**i for i in range(15)] + [400.0], index=years)
    parts = [TradeSeries.from_annual(steady * k, unit="USD bn", name=n) for n, k in (("A-B", 1.0), ("A-C", 0.5))]
    found = backtest_system(TradeSystem("R", parts), [2014], horizon=3, n_paths=2048)
    assert not found.frame["covered"].any()
    assert (found.frame["crps"] > 3.0).all()
    assert found.frame["years_ahead"].max() == 1
    assert np.isfinite(found.frame["rps"]).all()


def test_wrong_questions_are_refused(region: TradeSystem) -> None:
    with pytest.raises(DataError, match="none of the origins"):
        backtest_system(region, [2025])
    with pytest.raises(SettingError, match="must be above 1"):
        backtest_system(region, [2015], multiples=[0.9])
    with pytest.raises(SettingError, match="known 'then'"):
        backtest_system(region, [2015], known="then")
