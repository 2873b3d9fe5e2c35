import pandas as pd
import pytest
from systems_helpers import PAIRS, REGION, annual, until

from tradetarget import TradeSeries, TradeSystem
from tradetarget.errors import DataError, SettingError, UnitError, UnknownNameError
from tradetarget.observations import Observation
from tradetarget.systems.system import cut

A, B = annual("A-B", {2022: 4.0, 2023: 4.4, 2024: 4.1}), annual("A-C", {2022: 1.5, 2023: 1.7, 2024: 1.8})


def one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    said = str(error.value)
    assert "\n" not in said
    return said


def test_the_region_is_the_sum_of_its_parts() -> None:
    assert TradeSystem("A-all", [A, B]).region.annual().round(12).to_dict() == {2022: 5.5, 2023: 6.1, 2024: 5.9}


def test_the_bundled_region_adds_up_and_shows_no_gap(region: TradeSystem) -> None:
    assert region.gaps()["relative_gap"].abs().max() < 1e-9
    assert region.origin == 2025
    assert region.region.annual().loc[2025] == pytest.approx(8878.356)


def test_a_total_that_is_not_the_sum_of_its_parts_is_refused_with_its_gap() -> None:
    with pytest.raises(DataError) as error:
        TradeSystem("A-all", [A, B], annual("A-all", {2023: 6.1, 2024: 6.5}))
    said = one_line(error)
    assert all(x in said for x in ("6.5", "2024", "5.9", "+0.6", "+9.2%", "0.10%", "residual"))


def test_the_largest_of_several_gaps_is_the_one_named() -> None:
    with pytest.raises(DataError, match=r"in 2022 .* the largest of 2 such gaps"):
        TradeSystem("A-all", [A, B], annual("A-all", {2022: 7.0, 2023: 6.1, 2024: 6.0}))


def test_a_gap_inside_the_stated_tolerance_is_allowed_and_shown() -> None:
    made = TradeSystem("A-all", [A, B], annual("A-all", {2024: 6.0}), tolerance=0.02)
    assert made.gaps().loc[2024].round(6).to_dict() == {
        "total": 6.0,
        "parts": 5.9,
        "gap": 0.1,
        "relative_gap": round(0.1 / 6.0, 6),
    }


def test_a_total_rounded_to_a_tenth_may_differ_by_its_rounding() -> None:
    stated = TradeSeries.from_frame(
        pd.DataFrame({"period": ["2024"], "value": [5.9], "unit": "USD bn", "rounding": [0.1]}), name="A-all"
    )
    near = annual("A-C", {2022: 1.5, 2023: 1.7, 2024: 1.84})
    assert TradeSystem("A-all", [A, near], stated).gaps().loc[2024, "gap"] == pytest.approx(-0.04)


def test_a_named_residual_becomes_a_part() -> None:
    made = TradeSystem("A-all", [A], annual("A-all", {2023: 6.1, 2024: 5.9}), residual="Others")
    assert made.labels == ("A-B turnover", "Others turnover")
    assert made.series("Others").annual().round(12).to_dict() == {2023: 1.7, 2024: 1.8}


def test_a_residual_of_nothing_or_less_is_refused() -> None:
    with pytest.raises(DataError, match=r"parts of 2024 exceed the total by 0.1"):
        TradeSystem("A-all", [A], annual("A-all", {2023: 6.1, 2024: 4.0}), residual="Others")


def test_a_residual_needs_a_total() -> None:
    with pytest.raises(DataError, match="there is no total"):
        TradeSystem("A-all", [A, B], residual="Others")


def test_another_scale_is_converted_and_another_currency_refused() -> None:
    thousands = annual("A-C", {2023: 1700.0, 2024: 1800.0}, "USD mn")
    assert TradeSystem("A-all", [A, thousands]).region.annual().loc[2024] == pytest.approx(5.9)
    with pytest.raises(UnitError) as error:
        TradeSystem("A-all", [A, annual("A-C", {2024: 1.8}, "EUR bn")])
    assert "A-C turnover is in EUR bn and the others are in USD bn" in one_line(error)
    with pytest.raises(UnitError, match="in no stated unit"):
        TradeSystem("A-all", [A, annual("A-C", {2024: 1.8}, None)])


def test_another_flow_is_refused() -> None:
    with pytest.raises(DataError, match="'A-C exports' is of another flow than 'A-B turnover'"):
        TradeSystem("A-all", [A, annual("A-C", {2024: 1.8}, flow="exports")])


def test_parts_that_share_no_year_are_refused() -> None:
    with pytest.raises(DataError) as error:
        TradeSystem("A-all", [A, annual("A-C", {2018: 1.8})])
    assert "share no year (A-B turnover 2022-2024; A-C turnover 2018-2018)" in one_line(error)


def test_a_part_that_ends_long_before_the_others_is_refused(figures: dict[str, TradeSeries]) -> None:
    parts = [figures[PAIRS[0]], until(figures[PAIRS[1]], 2020)]
    with pytest.raises(
        DataError, match=r"Kyrgyzstan turnover ends in 2020 and others go on to 2025: more than 3 years"
    ):
        TradeSystem("region", parts)


def test_a_part_twice_or_alone_is_refused() -> None:
    with pytest.raises(DataError, match="'A-B turnover' stands twice"):
        TradeSystem("A-all", [A, A])
    with pytest.raises(DataError, match="two or more"):
        TradeSystem("A-all", [A])


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(DataError, match="is not a TradeSeries"):
        TradeSystem("A-all", ["A-B", B])  # type: ignore[list-item]


def test_an_unknown_series_is_refused_with_the_nearest(figures: dict[str, TradeSeries], region: TradeSystem) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'Kazakhstan-Uzbekistan turnover'"):
        TradeSystem.from_series(figures, ["Kazakhstan-Uzbekistn turnover", PAIRS[1]], REGION)
    with pytest.raises(UnknownNameError, match="unknown series of Kazakhstan-Central Asia 'Kazakhstan-China'"):
        region.series("Kazakhstan-China")


def test_a_tolerance_is_a_share() -> None:
    with pytest.raises(SettingError, match="tolerance 1"):
        TradeSystem("A-all", [A, B], tolerance=1.0)


def test_a_mapping_of_series_does_as_well_as_a_list() -> None:
    assert TradeSystem("A-all", {"x": A, "y": B}).labels == ("A-B turnover", "A-C turnover")


def test_as_of_cuts_every_series(region: TradeSystem) -> None:
    then = region.as_of("2019-11")
    assert then.origin == 2018
    assert then.region.annual().loc[2018] == pytest.approx(4322.309)


def test_another_unit_changes_every_figure(region: TradeSystem) -> None:
    assert region.in_unit("USD bn").region.annual().loc[2025] == pytest.approx(8.878356)


def test_a_cut_series_keeps_what_ends_by_the_year() -> None:
    assert [o.period for o in cut(A, 2023)] == ["2022", "2023"]
    assert isinstance(cut(A, 2023).observations[0], Observation)
