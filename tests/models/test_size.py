"""The size class of a pair: by the exchange rate of its last year, said where it is not the data's own."""

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget import TradeSeries
from tradetarget.models.pooled.model import size_in
from tradetarget.models.pooled.prior import Prior
from tradetarget.units import Unit

# UK food exports, billion pounds (lee269/foodstatspocketbook, data/exports.csv).
FOOD = pd.Series(
    [15.7, 14.7, 14.4, 13.3, 12.7, 11.9, 11.5, 11.8, 12.8, 12.2, 12.2, 12.5, 13.3, 15.0, 15.9, 17.7, 19.9, 19.6, 20.0,
     19.6, 18.8, 20.1, 22.0],
    index=range(1995, 2018),
)  # fmt: skip


def answer(unit: str, factor: float) -> tt.Forecast:
    series = TradeSeries.from_annual(FOOD * factor, unit=unit, name="UK")
    return tt.forecast(series, tt.Target(27.5 * factor, unit), horizon=10)


def test_the_same_trade_at_a_fixed_rate_and_in_dollars_has_the_same_answer() -> None:
    # The dirham has cost 3.6725 a dollar since 1998, the table says 3.671 to 3.673 in the years before.
    since = FOOD.loc[1998:]
    p = [
        tt.forecast(TradeSeries.from_annual(since * k, unit=unit, name="UK"), tt.Target(27.5 * k, unit)).hitting_time
        for unit, k in (("AED bn", 3.6725), ("USD bn", 1.0))
    ]
    assert p[0].probability == pytest.approx(p[1].probability, abs=1e-5)


def test_a_series_in_pounds_is_read_at_each_years_rate() -> None:
    pounds, dollars = answer("GBP bn", 1.0), tt.forecast(
        TradeSeries.from_annual(FOOD, unit="GBP bn", name="UK").converted("USD"), tt.Target(35.0, "USD bn")
    )  # fmt: skip
    assert pounds.fitted.params.loc["volatility"] == pytest.approx(dollars.fitted.params.loc["volatility"])


def test_the_rate_is_said_in_the_summary_and_in_the_record() -> None:
    pounds = answer("GBP bn", 1.0)
    said = " ".join(pounds.summary().split())
    assert "of the size class of 28,314 USD mn (0.777 GBP a dollar in 2017)." in said
    assert "a dollar is expected to cost" in said
    size = pounds.to_dict()["assumptions"]["size_class"]
    expected = size.pop("expected_loss")
    assert size == {
        "value": 28314.0,
        "unit": "USD mn",
        "assumed": False,
        "rates": [{"currency": "GBP", "year": 2017, "per_dollar": 0.777}],
        "loss_of_value": pytest.approx((0.777 / 0.49977) ** 0.1 - 1.0, rel=1e-3),
    }
    assert expected["low"] < expected["median"] < expected["high"]
    assert (expected["currency"], expected["outlook"], expected["last_rate"]) == ("GBP", None, 2017)
    assert "size class" not in answer("USD bn", 1.3).summary()


@pytest.mark.parametrize(("unit", "said"), [(None, "no unit"), ("XTS bn", "unit XTS bn, without a rate near")])
def test_without_a_rate_the_central_size_is_taken_and_said(unit: str | None, said: str) -> None:
    series = TradeSeries.from_annual(FOOD, unit=unit, name="UK")
    found = tt.forecast(series, tt.Target(27.5, unit))
    assert f"The series has {said}" in " ".join(found.summary().split())
    record = found.to_dict()["assumptions"]["size_class"]
    assert (record["assumed"], record["value"]) == (True, Prior.shipped().size_centre)


def test_a_currency_that_loses_a_tenth_a_year_draws_a_note_with_the_remedy() -> None:
    prior = Prior.shipped()
    lira, tenge = (size_in(prior, Unit(c, 9), 30.0, 2024) for c in ("TRY", "KZT"))
    assert any("use --convert-to USD" in note for note in lira.notes)
    # 179.19 tenge a dollar in 2014 and 488.56 in 2024: 10.6 % a year.
    assert tenge.loss_of_value == pytest.approx(0.1055, abs=1e-4)
    assert any("use --convert-to USD" in note for note in tenge.notes)
    pound = size_in(prior, Unit("GBP", 9), 30.0, 2024)
    assert not any("convert" in note for note in pound.notes)


def test_shares_of_years_go_by_the_size_in_dollars_too() -> None:
    months = pd.Series(1.0, index=pd.period_range("2012-01", "2017-06", freq="M"))
    own = TradeSeries.from_monthly(months * 3.6725, unit="AED bn", name="A-B")
    same = TradeSeries.from_monthly(months, unit="USD bn", name="A-B")
    nowcasts = [
        tt.forecast(s, tt.Target(t, u), "pooled", horizon=2).nowcast().to_numpy()
        for s, t, u in ((own, 14.0 * 3.6725, "AED bn"), (same, 14.0, "USD bn"))
    ]
    assert nowcasts[0] / 3.6725 == pytest.approx(nowcasts[1], rel=1e-3)
