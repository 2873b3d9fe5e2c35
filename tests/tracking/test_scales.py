"""Golden values of the published formulas, edge cases, and properties that tie the scales together."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import linregress

import tradetarget as tt
from tradetarget import tracking
from tradetarget.errors import DataError, SettingError, TargetError

# 4.0 in 2020, 4.4 in 2023, 5.0 due in 2025: computed by hand from each published formula.
EXAMPLE = {2020: 4.0, 2023: 4.4}
ASKED = {"target": 5.0, "deadline": 2025, "base_year": 2020}


class TestGoldenValues:
    def test_growth_achieved_and_required(self) -> None:
        p = tracking.progress_of(EXAMPLE, **ASKED)
        assert p.growth == pytest.approx(0.03228, abs=5e-6)
        assert p.required_from_base == pytest.approx(0.04564, abs=5e-6)
        assert p.required_from_latest == pytest.approx(0.06600, abs=5e-6)
        assert p.arrival == pytest.approx(2027.02, abs=5e-3)

    def test_eurostat(self) -> None:
        v = tracking.eurostat(EXAMPLE, **ASKED)
        assert (v.verdict, v.is_favourable) == ("moderate progress", False)
        assert v.measure == pytest.approx(0.707, abs=5e-4)

    def test_unsd(self) -> None:
        v = tracking.unsd(EXAMPLE, **ASKED)
        assert v.verdict == "fair progress, acceleration needed"
        assert v.measure == pytest.approx(0.689, abs=5e-4)

    def test_sdsn(self) -> None:
        v = tracking.sdsn(EXAMPLE, **ASKED)
        assert v.verdict == "moderately improving"
        assert v.measure == pytest.approx(2.0 / 3.0)

    def test_escap_extrapolates_a_straight_line_from_two_points(self) -> None:
        # The line through both points is at 4.6667 in 2025: a gap of a third of the way from 4 to 5.
        v = tracking.escap(EXAMPLE, **ASKED)
        assert v.verdict == "accelerate progress"
        assert v.measure == pytest.approx(1.0 / 3.0)
        assert tracking.current_status(EXAMPLE, **ASKED) == pytest.approx(4.0)

    def test_destatis_extrapolates_the_mean_change_of_five_years(self) -> None:
        # Change 0.1 a year: 4.5 + 3 x 0.1 = 4.8 in 2026, a miss of 0.2 of a gap of 0.5.
        levels = {2018: 4.0, 2019: 4.2, 2020: 4.1, 2021: 4.4, 2022: 4.3, 2023: 4.5}
        v = tracking.destatis(levels, 5.0, deadline=2026)
        assert v.verdict == "cloud"
        assert v.measure == pytest.approx(0.4)

    def test_the_average_annual_rate_is_unicefs(self) -> None:
        # UNICEF's note on the average annual rate of reduction has the slope -0.0669, and 1 - exp(-0.0669) = 6.471 %.
        years = np.array([1988, 1989, 1992, 1996, 1999, 2002, 2006], dtype=float)
        levels = 60.0 * np.exp(-0.0669 * (years - 1988))
        p = tracking.progress_of(
            dict(zip(years.astype(int).tolist(), levels, strict=True)), 10.0, deadline=2010, base_year=1988
        )
        slope, error = p.log_trend() or (0.0, 0.0)
        assert 1.0 - math.exp(slope) == pytest.approx(0.06471, abs=5e-6)
        assert error == pytest.approx(0.0, abs=1e-9)


class TestThresholds:
    @pytest.mark.parametrize(
        ("ratio", "verdict"),
        [(1.2, "significant progress"), (0.96, "significant progress"), (0.94, "moderate progress"),
         (0.61, "moderate progress"), (0.59, "insufficient progress"), (0.0, "insufficient progress"),
         (-0.1, "movement away")],
    )  # fmt: skip
    def test_eurostat(self, ratio: float, verdict: str) -> None:
        required = 2.0 ** (1.0 / 10.0) - 1.0
        levels = {2020: 1.0, 2021: 1.0 + ratio * required}
        assert tracking.eurostat(levels, 2.0, deadline=2030).verdict == verdict

    @pytest.mark.parametrize(
        ("share", "verdict"),
        [(1.0, "on track"), (0.96, "on track"), (0.94, "fair progress, acceleration needed"),
         (0.11, "fair progress, acceleration needed"), (0.09, "stagnation or regression"),
         (-0.5, "stagnation or regression")],
    )  # fmt: skip
    def test_unsd(self, share: float, verdict: str) -> None:
        levels = {2020: 1.0, 2025: (1.0 + share) ** 0.5}
        assert tracking.unsd(levels, 2.0, deadline=2030).verdict == verdict

    @pytest.mark.parametrize(
        ("ratio", "verdict"),
        [(1.0, "on track"), (0.99, "moderately improving"), (0.5, "moderately improving"), (0.49, "stagnating"),
         (0.0, "stagnating"), (-0.01, "decreasing")],
    )  # fmt: skip
    def test_sdsn(self, ratio: float, verdict: str) -> None:
        assert tracking.sdsn({2020: 8.0, 2025: 8.0 + 4.0 * ratio}, 16.0, deadline=2030).verdict == verdict

    @pytest.mark.parametrize(
        ("miss", "verdict"),
        [
            (0.0, "sun"),
            (0.04, "sun"),
            (0.06, "sun and cloud"),
            (0.19, "sun and cloud"),
            (0.21, "cloud"),
            (0.9, "cloud"),
        ],
    )
    def test_destatis(self, miss: float, verdict: str) -> None:
        # Levels rise to 8 in 2025 with slope s; the gap to 16 is 8, and ten years of s close (1 - miss) of it.
        slope = 0.8 * (1.0 - miss)
        levels = {y: 8.0 + slope * (y - 2025) for y in range(2020, 2026)}
        v = tracking.destatis(levels, 16.0, deadline=2035)
        assert v.verdict == verdict
        assert v.measure == pytest.approx(miss, abs=1e-12)

    def test_destatis_sees_a_thunderstorm_where_nothing_grows(self) -> None:
        assert tracking.destatis(dict.fromkeys(range(2020, 2026), 8.0), 16.0, deadline=2035).verdict == "thunderstorm"

    @pytest.mark.parametrize(
        ("gap", "verdict"),
        [(-0.2, "maintain progress"), (0.09, "maintain progress"), (0.11, "accelerate progress"),
         (0.99, "accelerate progress"), (1.01, "reverse trend")],
    )  # fmt: skip
    def test_escap(self, gap: float, verdict: str) -> None:
        levels = {2020: 8.0, 2025: 8.0 + 4.0 * (1.0 - gap)}
        v = tracking.escap(levels, 16.0, deadline=2030)
        assert v.verdict == verdict
        assert v.measure == pytest.approx(gap)


SCALES = (tracking.eurostat, tracking.unsd, tracking.destatis, tracking.escap, tracking.sdsn)


class TestEdges:
    @pytest.mark.parametrize("scale", SCALES)
    def test_a_target_that_is_met_is_favourable_even_where_growth_was_slow(self, scale) -> None:
        levels = {2020: 5.0, 2021: 5.1, 2022: 5.2, 2023: 5.3}
        assert scale(levels, 5.2, deadline=2040).is_favourable

    @pytest.mark.parametrize("scale", SCALES)
    def test_a_level_that_fell_back_below_the_target_is_not_favourable(self, scale) -> None:
        levels = {2020: 6.0, 2021: 5.6, 2022: 5.2, 2023: 4.8}
        v = scale(levels, 5.5, deadline=2025)
        assert not v.is_favourable
        assert v.verdict in ("movement away", "stagnation or regression", "thunderstorm", "reverse trend", "decreasing")

    def test_a_base_at_the_target_has_no_required_growth_and_no_infinite_measure(self) -> None:
        levels = {2020: 5.0, 2023: 4.8}
        for scale in (tracking.eurostat, tracking.unsd, tracking.escap, tracking.sdsn):
            assert scale(levels, 5.0, deadline=2025).measure is None
        assert tracking.current_status(levels, 5.0, deadline=2025) is None

    def test_the_base_is_the_next_year_that_has_a_level(self) -> None:
        p = tracking.progress_of({2012: 1.0, 2017: 2.0, 2020: 3.0}, 9.0, deadline=2030, base_year=2015)
        assert (p.base_year, p.base) == (2017, 2.0)

    def test_the_default_base_lies_five_years_back(self) -> None:
        assert tracking.progress_of(dict.fromkeys(range(2000, 2021), 1.0), 9.0, deadline=2030).base_year == 2015

    def test_destatis_needs_four_levels(self) -> None:
        with pytest.raises(DataError, match="need 4 levels in the years 2018-2023 and there are 2"):
            tracking.destatis(EXAMPLE, 5.0, deadline=2025)

    @pytest.mark.parametrize(
        ("asked", "error", "message"),
        [
            ({"deadline": 2023}, SettingError, "deadline 2023 is not after the latest year 2023"),
            ({"deadline": "soon"}, SettingError, "'soon' is not a year"),
            ({"base_year": 2023}, DataError, "leaves fewer than two levels"),
            ({"target": 0.0}, TargetError, "target 0 is not a positive number"),
            ({"target": math.nan}, TargetError, "not a positive number"),
        ],
    )
    def test_bad_questions_are_refused(self, asked: dict[str, object], error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            tracking.progress_of(EXAMPLE, **{**ASKED, **asked})  # type: ignore[arg-type]

    @pytest.mark.parametrize("levels", [{2020: 4.0}, {2020: 4.0, 2023: -1.0}, {2020: 4.0, 2023: math.nan}, [4.0, 4.4]])
    def test_bad_levels_are_refused(self, levels: object) -> None:
        with pytest.raises((DataError, SettingError)):
            tracking.eurostat(levels, 5.0, deadline=2025, base_year=2020)  # type: ignore[arg-type]

    def test_a_series_and_its_totals_are_judged_alike(self) -> None:
        totals = pd.Series({2020: 4.0, 2021: 4.1, 2022: 4.3, 2023: 4.4})
        series = tt.TradeSeries.from_annual(totals, unit="USD bn")
        for scale in SCALES:
            assert scale(series, 5.0, deadline=2030) == scale(totals, 5.0, deadline=2030)


levels_of = st.lists(st.floats(0.1, 100.0), min_size=6, max_size=12)


@given(levels_of, st.floats(0.1, 300.0), st.integers(1, 20))
def test_arriving_in_time_is_a_ratio_of_at_least_one(levels: list[float], target: float, ahead: int) -> None:
    """The extrapolated date is at most the deadline exactly where actual growth is at least the required one."""
    p = tracking.progress_of(dict(enumerate(levels, 2000)), target, deadline=1999 + len(levels) + ahead, base_year=2000)
    if p.target > p.base and abs(p.growth - p.required_from_base) > 1e-9:
        in_time = p.arrival is not None and p.arrival <= p.deadline
        assert in_time == (p.growth >= p.required_from_base)


@given(levels_of, st.floats(0.1, 300.0), st.integers(1, 20), st.floats(0.01, 100.0))
def test_the_unit_does_not_change_a_verdict(levels: list[float], target: float, ahead: int, factor: float) -> None:
    deadline = 1999 + len(levels) + ahead
    for scale in SCALES:
        one = scale(dict(enumerate(levels, 2000)), target, deadline=deadline)
        other = scale({y: factor * v for y, v in enumerate(levels, 2000)}, factor * target, deadline=deadline)
        assert one.measure is None or one.measure == pytest.approx(other.measure, rel=1e-6, abs=1e-6)


@given(levels_of)
def test_the_log_trend_is_that_of_scipy(levels: list[float]) -> None:
    p = tracking.progress_of(dict(enumerate(levels, 2000)), 200.0, deadline=2030, base_year=2000)
    assume(np.ptp(np.log(p.levels)) > 1e-3)  # scipy gives no error of the slope of a constant
    fit = linregress(p.years, np.log(p.levels))
    assert p.log_trend() == pytest.approx((fit.slope, fit.stderr), rel=1e-6, abs=1e-9)
