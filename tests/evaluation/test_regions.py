from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, TradeSeries, TradeSystem
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
    years = range(2000, 2016)
    steady = pd.Series([4.0 * 1.02**i for i in range(15)] + [400.0], index=years)
    parts = [TradeSeries.from_annual(steady * k, unit="USD bn", name=n) for n, k in (("A-B", 1.0), ("A-C", 0.5))]
    found = backtest_system(TradeSystem("R", parts), [2014], horizon=3, n_paths=2048)
    assert not found.frame["covered"].any()
    assert (found.frame["crps"] > 3.0).all()
    assert found.frame["years_ahead"].max() == 1
    assert np.isfinite(found.frame["rps"]).all()


def test_parts_of_a_year_that_were_known_at_the_origin_count_for_every_forecaster() -> None:
    years = range(2005, 2022)
    steady = pd.Series([4.0 * 1.03**i for i in range(17)], index=years)
    parts = [TradeSeries.from_annual(steady * k, unit="USD bn", name=n) for n, k in (("A-B", 1.0), ("A-C", 0.5))]
    # Two months of 2021 at twice their usual level, published in March of it; a year of 3 % growth followed.
    wild = Observation(
        start=date(2021, 1, 1), end=date(2021, 2, 28), value=2 * 6.2 / 6, unit=parts[0].unit, as_of=date(2021, 3, 15)
    )
    informed = [replace(parts[0], observations=(*parts[0], wild)), parts[1]]
    asked = {"origins": [2020], "horizon": 1, "n_paths": 2048}
    before, after = (backtest_system(TradeSystem("R", p), **asked).scores()["crps"] for p in (parts, informed))
    assert (after.loc[["joint", "independent"]] > before.loc[["joint", "independent"]] + 0.1).all()
    only_totals = backtest_system(TradeSystem("R", informed), known="year", **asked).scores()["crps"]
    np.testing.assert_array_equal(only_totals, before)


def test_wrong_questions_are_refused(region: TradeSystem) -> None:
    with pytest.raises(DataError, match="none of the origins"):
        backtest_system(region, [2025])
    with pytest.raises(SettingError, match="must be above 1"):
        backtest_system(region, [2015], multiples=[0.9])
    with pytest.raises(SettingError, match="known 'then'"):
        backtest_system(region, [2015], known="then")
