import numpy as np
import pytest

from tradetarget.errors import DataError
from tradetarget.nowcasting import ShareLaw, Window

LAW = ShareLaw.shipped()


def test_january_to_september_carries_what_the_panel_says() -> None:
    # mean .741 over 2,990 United States partner-years above 1bn, 1986-2014
    assert LAW.window(Window(0, 9)).share == pytest.approx(0.741, abs=0.005)


def test_january_to_month_shares_rise_to_one() -> None:
    shares = [LAW.window(Window(0, m)).share for m in range(1, 13)]
    assert (np.diff(shares) > 0).all()
    assert shares[-1] == 1.0


@pytest.mark.parametrize("size", [-4.0, 0.0, 3.0])
def test_the_months_of_a_year_add_up_to_it(size: float) -> None:
    assert sum(LAW.window(Window(m, m + 1), size).share for m in range(12)) == pytest.approx(1.0)


def test_a_period_that_ends_in_mid_month_lies_between_the_months() -> None:
    may, middle, june = (LAW.window(Window(0, end)).share for end in (5, 5.5, 6))
    assert middle == pytest.approx((may + june) / 2)


@pytest.mark.parametrize("window", [Window(0, 3), Window(0, 5.5), Window(3, 6), Window(8, 12)])
def test_the_slope_of_a_window_is_its_derivative(window: Window) -> None:
    def logit(shift: np.ndarray) -> float:
        moved = ShareLaw.from_json(LAW.to_json())
        object.__setattr__(moved, "mean", LAW.mean + shift)
        share = moved.window(window).share
        return float(np.log(share / (1 - share)))

    h = 1e-6
    numeric = [(logit(h * row) - logit(-h * row)) / (2 * h) for row in np.eye(11)]
    np.testing.assert_allclose(LAW.window(window).slope, numeric, atol=1e-7)


def test_spread_falls_with_size() -> None:
    assert LAW.scale(np.log(10.0)) < LAW.scale(0.0) < LAW.scale(-np.log(10.0))


@pytest.mark.parametrize("name", ["persistent", "yearly", "common"])
def test_covariances_are_positive_semi_definite(name: str) -> None:
    matrix = getattr(LAW, name)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-6)
    assert np.linalg.eigvalsh(matrix).min() > -1e-6


def test_a_high_share_goes_with_a_year_that_shrank() -> None:
    # the share of January-September is negatively correlated (-.27 above 1bn) with the year's own growth
    assert (LAW.growth_slope < 0).all()
    assert (LAW.next_growth_slope < 0).all()


def test_json_gives_the_same_law_back() -> None:
    assert ShareLaw.from_json(LAW.to_json()).to_json() == LAW.to_json()


def test_json_that_is_no_law_is_refused() -> None:
    with pytest.raises(DataError):
        ShareLaw.from_json("{}")
