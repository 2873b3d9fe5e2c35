from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nowcasting_statements import growth, level, series

from tradetarget.errors import DataError
from tradetarget.nowcasting import Interval, Reading, Window, interval_of, readings

YTD = "2019-01/2019-09"


@pytest.mark.parametrize(
    ("word", "rounding", "low", "high"),
    [
        ("exact", 0.1, 2.55, 2.65),
        ("exact", None, 2.6, 2.6),
        ("about", 0.1, 2.5, 2.7),
        ("almost", 0.1, 2.5, 2.6),
        ("more than", 0.1, 2.6, 2.7),
        ("more than", None, 2.6, 2.73),
        ("at least", 0.1, 2.6, np.inf),
        ("at most", 0.1, -np.inf, 2.6),
    ],
)
def test_words_and_rounding_are_intervals(word: str, rounding: float | None, low: float, high: float) -> None:
    found = interval_of(level(YTD, 2.6, qualifier=word, rounding=rounding))
    assert found == pytest.approx(Interval(low, high))


def test_growth_is_read_as_a_ratio() -> None:
    assert interval_of(growth(YTD, 0.25, rounding=0.01)) == pytest.approx(Interval(1.245, 1.255))


@given(st.floats(0.0, 50.0), st.floats(0.01, 50.0))
def test_log_moments_are_those_of_a_uniform_value(low: float, width: float) -> None:
    high = low + width
    o = level("2019", high)
    mean, variance = Reading(2019, Window(0, 12), "level", Interval(low, high), (o,)).log_moments
    # E f(log U) is an integral of f(t) exp(t) over t = log u, smooth down to u = 0
    nodes, mass = np.polynomial.legendre.leggauss(60)
    ends = np.log([max(low, 1e-14 * high), high])
    log = ends.mean() + nodes * (ends[1] - ends[0]) / 2
    exact = np.average(log, weights=mass * np.exp(log))
    squares = np.average((log - exact) ** 2, weights=mass * np.exp(log))
    assert mean == pytest.approx(exact, abs=1e-6)
    assert variance == pytest.approx(squares, rel=1e-3, abs=1e-9)


def test_what_is_said_twice_is_one_reading() -> None:
    found = readings(series(level(YTD, 2.6, rounding=0.1, source="a"), level(YTD, 2.6, rounding=0.1, source="b")))
    assert len(found.used) == 1
    assert len(found.used[0].observations) == 2
    assert found.used[0].interval == pytest.approx((2.55, 2.65))


def test_a_finer_figure_narrows_a_coarser_one() -> None:
    found = readings(series(level(YTD, 2.6, rounding=0.1, source="a"), level(YTD, 2.58, rounding=0.01, source="b")))
    assert found.used[0].interval == pytest.approx((2.575, 2.585))


def test_of_two_contradictory_figures_the_one_known_later_counts() -> None:
    old = level("2018", 2.1, rounding=0.1, as_of=date(2019, 4, 12))
    new = level("2018", 3.0, rounding=0.1, as_of=date(2019, 6, 22))
    found = readings(series(old, new))
    assert found.used[0].interval == pytest.approx((2.95, 3.05))
    assert found.set_aside[0].observation == old
    assert "0.8 apart" in found.set_aside[0].reason


def test_contradictory_figures_known_from_one_day_are_refused() -> None:
    with pytest.raises(DataError, match="keep the one that counts"):
        readings(series(level("2018", 2.1, source="a"), level("2018", 3.0, source="b")))


def test_a_part_above_the_whole_year_is_set_aside() -> None:
    # an ambassador's 1.548bn for nine months of 2016 against 1.510bn for the year in the statistics
    found = readings(series(level("2016", 1.510), level("2016-01/2016-09", 1.548)))
    assert [r.window for r in found.used] == [Window(0, 12)]
    assert found.set_aside[0].observation.value == 1.548


def test_growth_that_both_levels_deny_is_set_aside() -> None:
    found = readings(series(level("2016", 1.5), level("2017", 2.0), growth("2017", 1.0, rounding=0.01)))
    assert {r.kind for r in found.used} == {"level"}
    assert len(found.set_aside) == 1


def test_months_that_run_on_from_january_are_summed() -> None:
    found = readings(series(*(level(f"2024-{m:02d}", 0.3) for m in (1, 2, 3, 5))))
    windows = {r.window: r.interval.low for r in found.used}
    assert windows == pytest.approx({Window(0, 1): 0.3, Window(0, 2): 0.6, Window(0, 3): 0.9, Window(4, 5): 0.3})


def test_a_period_over_two_years_is_set_aside() -> None:
    found = readings(series(level("2019", 3.4), level("2018-10/2019-09", 3.2)))
    assert "more than one calendar year" in found.set_aside[0].reason


def test_two_sides_are_not_mixed() -> None:
    with pytest.raises(DataError, match="reported_by"):
        readings(series(level("2019", 3.4, reporter="A"), level("2019", 3.6, reporter="B")))
