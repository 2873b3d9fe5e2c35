"""The exact hit first: nobody else tests it, and a crossing reported a year late is the classic defect."""

import math

import numpy as np
import pandas as pd
import pytest
from counted_paths import counted

from tradetarget import HittingTime, Target, TradeSeries
from tradetarget.errors import SettingError, TargetError, UnitError
from tradetarget.targets import first_reached


def year(value: int) -> pd.Period:
    return pd.Period(year=value, freq="Y")


def test_an_exact_hit_counts_in_its_own_year() -> None:
    answer = counted(np.array([[4.0, 5.0, 6.0]]), 5.0, [2023, 2024, 2025])
    assert answer.median == year(2024)
    assert answer.probability.tolist() == [0.0, 1.0, 1.0]


def test_a_level_that_went_through_logs_still_hits_exactly() -> None:
    level = math.exp(math.log(4) + math.log(1.25))
    assert level < 5.0
    answer = counted(np.array([[level]]), 5.0, [2024])
    assert answer.probability_by(2024) == 1.0


def test_a_level_a_millionth_short_does_not_hit() -> None:
    assert counted(np.array([[5.0 * (1 - 1e-6)]]), 5.0, [2024]).probability_by(2024) == 0.0


def test_falling_back_after_a_hit_does_not_undo_it() -> None:
    answer = counted(np.array([[5.0, 3.0], [3.0, 3.0]]), 5.0, [2024, 2025])
    assert answer.probability.tolist() == [0.5, 0.5]


def test_two_years_running_is_reached_in_the_second_of_them() -> None:
    paths = np.array([[5.0, 4.0, 5.0, 5.0], [5.0, 5.0, 1.0, 1.0]])
    answer = counted(paths, Target(5.0, sustained=2), [2021, 2022, 2023, 2024])
    assert answer.probability.tolist() == [0.0, 0.5, 0.5, 1.0]


def test_weights_count_paths_by_their_weight_and_widen_the_standard_error() -> None:
    paths = np.array([[6.0], [1.0], [1.0], [1.0]])
    weighted = counted(paths, 5.0, [2024], weights=np.array([3.0, 1.0, 1.0, 1.0]))
    plain = counted(paths, 5.0, [2024])
    assert weighted.probability_by(2024) == pytest.approx(0.5)
    assert plain.probability_by(2024) == pytest.approx(0.25)
    assert weighted.standard_error > plain.standard_error


def test_quantiles_beyond_the_horizon_are_none_and_the_rest_is_explicit() -> None:
    answer = HittingTime(Target(5.0), 2020, np.array([2021, 2022]), np.array([0.2, 0.4]))
    assert answer.median is None
    assert answer.quantile(0.4) == year(2022)
    assert answer.interval(0.8) == (year(2021), None)
    assert answer.probability_within_horizon == 0.4
    assert "not within the horizon" in repr(answer)


def test_probability_is_zero_at_the_origin_and_refused_beyond_the_horizon() -> None:
    answer = HittingTime(Target(5.0), 2020, np.array([2021]), np.array([0.2]))
    assert answer.probability_by(2020) == 0.0
    assert answer.probability_by("2021") == answer.probability_by(year(2021)) == 0.2
    with pytest.raises(SettingError, match=r"2030 lies beyond the horizon, which ends in 2021: .*horizon=10"):
        answer.probability_by(2030)


@pytest.mark.parametrize("p", [[0.4, 0.2], [0.1, np.nan], [-0.2, 0.1], [0.5, 1.2], [0.1]])
def test_a_distribution_that_is_none_is_refused(p: list[float]) -> None:
    with pytest.raises(TargetError):
        HittingTime(Target(5.0), 2020, np.array([2021, 2022]), np.array(p))


def test_the_frame_holds_both_the_cumulative_and_the_first_reached_probability() -> None:
    frame = HittingTime(Target(5.0), 2020, np.array([2021, 2022]), np.array([0.2, 0.5])).to_frame()
    assert frame["period"].tolist() == [2021, 2022]
    assert frame["first_reached"].tolist() == pytest.approx([0.2, 0.3])


@pytest.mark.parametrize("value", [0, -1.0, math.nan, math.inf, "five", True, None])
def test_a_target_that_is_not_a_positive_number_is_refused(value: object) -> None:
    with pytest.raises(TargetError, match="target"):
        Target(value)


def test_a_target_converts_between_scales_and_refuses_another_currency() -> None:
    target = Target(5, unit="USD bn")
    assert target.value_in(Target(1, unit="million USD").unit) == 5000.0
    with pytest.raises(UnitError, match="exchange rate"):
        target.value_in(Target(1, unit="EUR bn").unit)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"event": "someday"}, "someday"), ({"sustained": 0}, "sustained"), ({"deadline": 2030.5}, "deadline")],
)
def test_a_target_names_the_setting_it_refuses(change: dict[str, object], message: str) -> None:
    with pytest.raises(TargetError, match=message):
        Target(5.0, **change)


def test_the_first_past_year_at_the_target_is_found_even_when_trade_fell_back() -> None:
    series = TradeSeries.from_annual(pd.Series({2019: 4.0, 2020: 5.0, 2021: 4.5, 2022: 5.1, 2023: 5.2}))
    assert first_reached(series, Target(5.0)) == year(2020)
    assert first_reached(series, Target(5.0, sustained=2)) == year(2023)
    assert first_reached(series, Target(6.0)) is None


def test_a_gap_in_the_years_breaks_a_run() -> None:
    series = TradeSeries.from_annual(pd.Series({2019: 5.0, 2021: 5.0}))
    assert first_reached(series, Target(5.0, sustained=2)) is None
