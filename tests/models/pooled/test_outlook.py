"""An outlook as the law uses it: the vintage of the time, growth relative to the median, and the dollar."""

import numpy as np
import pandas as pd
import pytest

from tradetarget import estimate_prior, forecast_targets
from tradetarget.errors import DataError
from tradetarget.models.pooled.outlook import LARGEST_DIFFERENCE, read_outlook
from tradetarget.models.pooled.prior import Prior


def outlook(growth, vintage="2000-10", concept="NGDP_RPCH", years=range(2000, 2006)):
    """Forecasts of each area that do not change over the years."""
    rows = [(area, concept, year, value, vintage, year >= 2000) for area, value in growth.items() for year in years]
    return pd.DataFrame(rows, columns=["area", "concept", "period", "value", "vintage", "is_forecast"])


TABLE = outlook({"AAA": 5.0, "BBB": 3.0, "CCC": 1.0})
PANEL = pd.DataFrame({
    "unit": ["fast", "slow"], "reporter": ["AAA", "CCC"], "partner": ["BBB", "BBB"], "period": 2000, "value": 100.0
})  # fmt: skip
TARGETS = pd.DataFrame({"unit": ["fast", "slow"], "target": 150.0})


def ten_years(table, panel=PANEL, **given):
    answer = forecast_targets(panel, TARGETS, drivers=table, **given)
    return answer.groupby("unit")["probability"].last()


def test_growth_is_relative_to_the_median_area_in_log_points():
    expected = read_outlook(TABLE).of_pairs(["AAA", "CCC", "ZZZ"], ["BBB", "CCC", "AAA"], np.array([2000, 2000, 2000]))
    fast, slow = np.log(1.05 / 1.03), np.log(1.01 / 1.03)
    np.testing.assert_allclose(expected, [fast, 2 * slow, fast])


def test_a_unit_is_given_the_vintage_of_its_time_and_never_a_later_one():
    later = outlook({"AAA": 9.0, "BBB": 3.0, "CCC": 1.0}, vintage="2001-04", years=range(2001, 2007))
    both = read_outlook(pd.concat([TABLE, later]))
    at = [both.of_pairs(["AAA"], ["BBB"], np.array([year]))[0] for year in (1999, 2000, 2001, 2002, 2003)]
    assert at == pytest.approx([0.0, np.log(1.05 / 1.03), *[np.log(1.09 / 1.03)] * 2, 0.0])


def test_of_two_vintages_of_a_year_the_second_counts():
    spring = outlook({"AAA": 1.0, "BBB": 3.0, "CCC": 5.0}, vintage="2000-04")
    both = read_outlook(pd.concat([spring, TABLE]))
    assert both.of_pairs(["AAA"], ["BBB"], np.array([2000]))[0] == pytest.approx(np.log(1.05 / 1.03))


def test_a_boom_counts_up_to_its_limit():
    wild = read_outlook(outlook({"AAA": 60.0, "BBB": 3.0, "CCC": 1.0}))
    assert wild.of_pairs(["AAA"], [""], np.array([2000]))[0] == pytest.approx(LARGEST_DIFFERENCE)


def test_pairs_of_economies_that_are_expected_to_grow_reach_their_targets_sooner():
    plain, helped = ten_years(None), ten_years(TABLE)
    assert plain["fast"] == plain["slow"]
    assert helped["fast"] > plain["fast"] > helped["slow"]


def test_the_outlooks_inflation_takes_the_place_of_the_priors():
    prices = outlook({"USA": 6.0}, concept="PCPIPCH")
    assert read_outlook(prices).of_dollar(np.array([2000, 1990]), 0.02) == pytest.approx([np.log(1.06), 0.02])
    assert (ten_years(prices) > ten_years(None)).all()
    prior = estimate_prior(PANEL, drivers=prices)
    assert prior.values["inflation"] == pytest.approx(np.log(1.06), abs=1e-4)


def test_values_in_other_money_have_nothing_to_do_with_the_dollar():
    euro = Prior(Prior.shipped().values, Prior.shipped().standard_errors, unit="million EUR")
    prices = outlook({"USA": 6.0}, concept="PCPIPCH")
    assert (ten_years(prices, prior=euro) == ten_years(None, prior=euro)).all()


def test_a_table_without_growth_or_prices_changes_nothing():
    output = outlook({"AAA": 5.0}, concept="NGDPD")
    assert read_outlook(output) is None
    assert (ten_years(output) == ten_years(None)).all()


def test_a_table_that_is_no_table_of_drivers_is_refused():
    with pytest.raises(DataError, match="no column 'vintage'"):
        read_outlook(TABLE.drop(columns="vintage"))
    with pytest.raises(DataError, match="no finite number"):
        read_outlook(TABLE.assign(value=np.nan))
