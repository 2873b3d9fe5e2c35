"""The dollar's inflation: what the bundled prices say, and what is expected of them."""

import numpy as np
import pytest

from tradetarget.models.pooled.dollar import CENTURY_INFLATION, expected_inflation, inflation_of_years


def test_inflation_is_that_of_the_published_index():
    # BLS, CPI-U annual means: 1979 72.6, 1980 82.4.
    assert inflation_of_years(np.array([1980]), "USD")[0] == pytest.approx(np.log(82.4 / 72.6), abs=5e-4)


def test_what_is_expected_knows_nothing_later():
    # 1913 9.9 and 1980 82.4: 67 years.
    assert expected_inflation(1980, "USD") == pytest.approx(np.log(82.4 / 9.9) / 67, abs=5e-4)
    assert expected_inflation(1975, "USD") < expected_inflation(1982, "USD")


def test_years_that_the_table_does_not_reach_have_what_is_expected_of_them():
    years = np.array([2024, 2099])
    assert inflation_of_years(years, "USD")[1] == pytest.approx(expected_inflation(2099, "USD"))
    assert np.isfinite(inflation_of_years(np.array([1890, 1900]), "USD")).all()


def test_other_money_has_a_centurys_inflation():
    assert expected_inflation(2020, "EUR") == CENTURY_INFLATION
    assert (inflation_of_years(np.array([1980, 2000]), "EUR") == CENTURY_INFLATION).all()
