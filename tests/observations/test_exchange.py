"""Yearly exchange rates: sizes of pairs, and series turned into another currency."""

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget import Observation, TradeSeries
from tradetarget.errors import TargetError, UnitError
from tradetarget.observations.exchange import factor_between, loss_of_value, rate_near
from tradetarget.units import Unit


@pytest.mark.parametrize(
    ("currency", "year", "rate"),
    # Yearly averages as central banks state them: ECB reference rates, Bank of England XUAAUSS, National Bank of
    # Kazakhstan, Federal Reserve H.10. To 5 %, which the mean of two ends of years may be off by.
    [("EUR", 2015, 1 / 1.1095), ("EUR", 2022, 1 / 1.0530), ("GBP", 2023, 1 / 1.2434), ("JPY", 2010, 87.78),
     ("KZT", 2018, 344.7), ("USD", 1999, 1.0)],
)  # fmt: skip
def test_rates_are_averages_of_their_years(currency: str, year: int, rate: float) -> None:
    found = rate_near(currency, year)
    assert found is not None
    assert (found.year, found.per_dollar) == (year, pytest.approx(rate, rel=0.05))


def test_a_year_without_a_rate_takes_the_nearest_up_to_five_years_away() -> None:
    latest = rate_near("GBP", 2029)
    assert latest is not None
    assert latest.year == 2024
    assert rate_near("GBP", 2030) is None
    assert rate_near("XTS", 2020) is None


def test_factors_go_through_the_dollar_and_through_scales() -> None:
    there = factor_between(Unit("GBP", 9), Unit("USD", 6), 2017)
    across = factor_between(Unit("GBP", 9), Unit("EUR", 9), 2017)
    assert there is not None
    assert across is not None
    assert there[0] == pytest.approx(1000.0 / 0.777)
    assert across[0] == pytest.approx(0.88521 / 0.777)
    assert factor_between(Unit("KZT", 9), Unit("KZT", 6), 1900) == (1000.0, ())


def test_a_currency_that_loses_its_value_is_measured_over_ten_years() -> None:
    # 2.1885 liras a dollar in 2014 and 32.23 in 2024.
    assert loss_of_value("TRY", 2024) == pytest.approx((32.23 / 2.1885) ** 0.1 - 1.0)
    assert loss_of_value("USD", 2024) == 0.0
    assert loss_of_value("XTS", 2024) is None


class TestConverted:
    POUNDS = TradeSeries.from_annual(pd.Series({2016: 20.0, 2017: 22.0}), unit="GBP bn", name="A-B", source="ONS")

    def test_every_year_takes_its_own_rate(self) -> None:
        dollars = self.POUNDS.converted("USD")
        assert dollars.unit == Unit("USD", 9)
        assert dollars.annual().to_dict() == pytest.approx({2016: 20.0 / 0.74063, 2017: 22.0 / 0.777})
        assert dollars.sources == ("ONS; GBP turned into USD at each year's average rate",)

    def test_a_scale_may_be_asked_for_and_rounding_goes_with_it(self) -> None:
        o = Observation(
            start=pd.Timestamp("2017-01-01").date(), end=pd.Timestamp("2017-09-30").date(), value=15.0, rounding=0.1,
            unit=Unit("GBP", 9),
        )  # fmt: skip
        [turned] = TradeSeries("A-B", (o,), unit=Unit("GBP", 9)).converted("USD mn")
        assert (turned.value, turned.rounding) == (pytest.approx(15000 / 0.777), pytest.approx(100 / 0.777))

    def test_growth_moves_with_the_rate(self) -> None:
        o = Observation(
            start=pd.Timestamp("2017-01-01").date(), end=pd.Timestamp("2017-12-31").date(), value=0.10, kind="growth"
        )
        joined = TradeSeries("A-B", (*self.POUNDS, o), unit=Unit("GBP", 9)).converted("USD")
        growth = next(x for x in joined if x.kind == "growth")
        assert growth.value == pytest.approx(1.10 * 0.74063 / 0.777 - 1.0)
        totals = joined.annual()
        assert totals.loc[2017] / totals.loc[2016] - 1.0 == pytest.approx(growth.value)

    def test_there_and_back_is_the_same(self) -> None:
        back = self.POUNDS.converted("USD").converted("GBP")
        assert back.annual().to_numpy() == pytest.approx(self.POUNDS.annual().to_numpy(), rel=1e-12)

    @pytest.mark.parametrize(
        ("series", "to", "said"),
        [
            (TradeSeries.from_annual(pd.Series({2017: 1.0})), "USD", "does not state its currency"),
            (POUNDS, "XTS", "there is no exchange rate of XTS"),
            (TradeSeries.from_annual(pd.Series({1900: 1.0}), unit="GBP bn"), "USD", "the table has 1960 to 2024"),
        ],
    )
    def test_what_cannot_be_converted_is_refused_with_the_reason(self, series: TradeSeries, to: str, said: str) -> None:
        with pytest.raises(UnitError, match=said):
            series.converted(to)

    def test_a_target_is_converted_at_the_year_given(self) -> None:
        target = tt.Target(27.5, "GBP bn", deadline=2025).converted("USD mn", 2017)
        assert (target.value, target.unit, target.deadline) == (pytest.approx(27500 / 0.777), Unit("USD", 6), 2025)
        with pytest.raises(TargetError, match="has no unit to convert from"):
            tt.Target(27.5).converted("USD", 2017)

    def test_the_answer_in_dollars_of_a_steady_currency_is_nearly_the_same(self) -> None:
        values = pd.Series(np.exp(0.05 * np.arange(12)), index=range(2008, 2020))
        own = TradeSeries.from_annual(values, unit="DKK bn", name="A-B")
        goal = tt.Target(2.2, "DKK bn")
        there = own.converted("EUR")
        pair = [tt.forecast(own, goal), tt.forecast(there, goal.converted("EUR", 2019))]
        p = [f.hitting_time.probability_within_horizon for f in pair]
        assert p[0] == pytest.approx(p[1], abs=0.02)
