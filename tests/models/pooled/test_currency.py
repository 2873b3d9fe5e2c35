"""The law of a currency: its equation by hand, what it may look at, and its sum with the law of trade in dollars."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradetarget as tt
from tradetarget.models.pooled.currency import (
    WITH_OUTLOOK,
    WITHOUT_OUTLOOK,
    CurrencyHistory,
    currency_of,
    currency_path,
    scale_of_covariance,
    with_currency,
)
from tradetarget.models.pooled.law import pooled_law, read_history
from tradetarget.models.pooled.model import FittedPooled, PooledGrowth
from tradetarget.models.pooled.prior import Prior
from tradetarget.models.size import ExpectedLoss
from tradetarget.observations.exchange import rates_of
from tradetarget.passage import gaussian_path_cdf

LIRA = {2014: 2.0, 2015: 2.5, 2016: 3.0, 2017: 3.6, 2018: 4.8, 2019: 5.7, 2020: 7.0, 2021: 8.9, 2022: 16.6, 2023: 23.8}


def test_a_history_is_three_and_ten_years_of_log_changes() -> None:
    history = CurrencyHistory.read(LIRA, 2023)
    assert history is not None
    changes = np.diff(np.log(list(LIRA.values())))
    assert history.recent == pytest.approx(np.log(23.8 / 7.0) / 3.0)
    departures = np.clip(changes - np.median(changes), -0.5, 0.5)
    assert history.variance == pytest.approx((departures**2).sum() / 8.0)


def test_a_history_of_two_changes_is_none() -> None:
    assert CurrencyHistory.read({2021: 1.0, 2022: 1.1, 2023: 1.2}, 2023) is None
    assert CurrencyHistory.read({2021: 1.0, 2022: 1.1, 2023: 1.2, 2024: 1.3}, 2024) is not None


@pytest.mark.parametrize("difference", [None, 0.08])
def test_the_path_is_the_stated_equation(difference: float | None) -> None:
    p = WITHOUT_OUTLOOK if difference is None else WITH_OUTLOOK
    path = currency_path(
        CurrencyHistory(np.array(0.2), np.array(0.01)), 12, None if difference is None else np.array([difference])
    )

    def mean(h: int) -> float:
        fading = sum(p.persistence**k for k in range(h))
        return h * (p.drift + p.difference * (difference or 0.0)) + p.recent * (0.2 - p.threshold) * fading

    spread = p.spread + p.spread_of_mean * mean(10) / 10.0
    assert path.mean[0] == pytest.approx([mean(h) for h in range(1, 13)])
    assert path.covariance[0, 2, 6] == pytest.approx(p.own_variance * 0.01 * 3 + spread**2 * 21)


@given(st.floats(-0.3, 1.0), st.floats(0.0, 0.1), st.floats(-0.1, 1.0), st.integers(1, 30))
def test_the_first_years_do_not_depend_on_the_horizon(recent: float, variance: float, d: float, horizon: int) -> None:
    history = CurrencyHistory(np.array(recent), np.array(variance))
    short, long = (currency_path(history, h, np.array([d])) for h in (horizon, 40))
    assert np.array_equal(short.mean[0], long.mean[0, :horizon])
    assert np.array_equal(short.covariance[0], long.covariance[0, :horizon, :horizon])
    assert np.linalg.eigvalsh(long.covariance[0]).min() > -1e-9


def test_a_rate_that_has_been_fixed_for_ten_years_stays() -> None:
    history = CurrencyHistory.read(rates_of("SAR"), 2019)
    assert history is not None
    path = currency_path(history, 5, np.array([0.01]))
    assert not path.mean.any()
    assert path.covariance == pytest.approx(0.0, abs=1e-5)


def test_a_crawling_peg_is_not_fixed_although_its_changes_hardly_differ() -> None:
    # The cordoba of Nicaragua lost 5 % in each year from 2005 to 2019, by a schedule of its central bank.
    history = CurrencyHistory.read(rates_of("NIO"), 2016)
    assert history is not None
    assert history.variance < 1e-6
    assert history.recent == pytest.approx(np.log(1.05), abs=1e-3)
    assert not history.is_fixed
    assert (np.diff(currency_path(history, 10, None).mean[0]) > 0.005).all()


def test_the_sum_with_the_dollar_law_agrees_with_simulation_of_both() -> None:
    values = np.exp(np.cumsum([[0.0, 0.1, 0.25, 0.2, 0.3, 0.45]], axis=1)) * 100.0
    law = pooled_law(Prior.shipped().values, read_history(values), 8, size_centre=150.0)
    history = CurrencyHistory(np.array(0.15), np.array(0.015))
    path = currency_path(history, 8, np.array([0.06]))
    barriers = np.log([1.5, 2.5, 4.0])
    both = with_currency(law, path)
    exact = gaussian_path_cdf(both.mean, both.covariance, barriers, volatility_df=both.df)
    rng, n, df = np.random.default_rng(7), 40_000, float(law.df[0])
    student = np.linalg.cholesky(law.covariance[0]) @ rng.standard_normal((8, n)) * np.sqrt(df / rng.chisquare(df, n))
    normal = np.linalg.cholesky(path.covariance[0] + 1e-12 * np.eye(8)) @ rng.standard_normal((8, n))
    top = np.maximum.accumulate((law.mean[0] + path.mean[0])[:, None] + student + normal, axis=0)
    simulated = (top[None] >= barriers[:, None, None]).mean(axis=2)
    # The sum of a t and a normal law is no t law. .01 is the error of that, 40,000 paths err by .0025.
    assert exact == pytest.approx(simulated, abs=0.01)


def test_a_law_without_a_covariance_takes_the_currencys_as_its_scale() -> None:
    assert scale_of_covariance(np.array([1.0, 2.0, 4.0])) == pytest.approx([1.0, 1.0, 0.5])


def test_nothing_after_the_origin_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    years = np.arange(2005, 2016, dtype=np.int64)
    full = currency_of("TRY", years)
    known = {y: r for y, r in rates_of("TRY").items() if y <= 2015}
    monkeypatch.setattr("tradetarget.models.pooled.currency.rates_of", lambda code: known)
    cut = currency_of("TRY", years)
    assert full is not None
    assert cut is not None
    assert np.array_equal(full.log_rates, cut.log_rates)
    assert np.array_equal(full.path(10).covariance, cut.path(10).covariance)


@pytest.mark.parametrize(
    ("origin", "outlook"), [(2024, None), (2025, "October 2025"), (2026, "October 2025"), (2027, None)]
)
def test_the_bundled_outlook_counts_for_its_own_year_and_the_next(origin: int, outlook: str | None) -> None:
    currency = currency_of("KZT", np.arange(2015, origin + 1, dtype=np.int64))
    assert currency is not None
    assert currency.outlook == outlook
    assert (currency.difference is None) == (outlook is None)


def test_years_after_the_last_rate_have_the_rate_expected_of_them() -> None:
    currency = currency_of("TRY", np.arange(2020, 2027, dtype=np.int64))
    assert currency is not None
    last = max(rates_of("TRY"))
    assert currency.last_rate == last
    ahead = currency.path(2026 - last).mean[0]
    assert currency.log_rates[-1] - currency.log_rates[last - 2020] == pytest.approx(ahead[-1])


@pytest.mark.parametrize(("code", "years"), [("USD", (2010, 2020)), ("XTS", (2010, 2020)), ("TRY", (2030, 2040))])
def test_without_rates_near_the_origin_there_is_no_currency(code: str, years: tuple[int, int]) -> None:
    assert currency_of(code, np.arange(*years, dtype=np.int64)) is None


def annual(unit: str) -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(pd.Series({2021: 4.0, 2022: 5.0, 2023: 6.5, 2024: 9.0}), unit=unit, name="A-B")


def fitted(unit: str, prior: Prior | None = None) -> FittedPooled:
    return PooledGrowth(prior).fit(annual(unit))


def test_a_currency_that_loses_raises_the_path_and_widens_it() -> None:
    lira, dollars = fitted("TRY bn"), PooledGrowth().fit(annual("TRY bn").converted("USD"))
    assert lira.law.mean[0, 9] > dollars.law.mean[0, 9] + 0.5
    assert lira.law.covariance[0, 9, 9] > 2.0 * dollars.law.covariance[0, 9, 9]
    assert dollars.currency is None


def test_a_prior_in_another_currency_knows_nothing_of_rates() -> None:
    shipped = Prior.shipped()
    euros = Prior(shipped.values, shipped.standard_errors, "million EUR", shipped.size_centre, shipped.provenance)
    assert fitted("TRY bn", euros).currency is None


@pytest.mark.parametrize(
    ("median", "low", "high", "words"),
    [
        (0.179, 0.08, 0.28, "a dollar is expected to cost 17.9% more TRY a year"),
        (-0.005, -0.021, 0.011, "5% less TRY a year over ten years (80 % interval of the change -2.1% to +1.1%)"),
        (0.0, 0.0, 0.0, "TRY is expected to stay as it is, because it hardly moved in the ten years to 2024"),
    ],
)
def test_a_reader_learns_whether_a_dollar_becomes_dearer_cheaper_or_stays(
    median: float, low: float, high: float, words: str
) -> None:
    assert words in ExpectedLoss("TRY", median, low, high, None, None, 2024).sentence


def test_years_before_the_first_rate_are_left_out_and_the_summary_says_so() -> None:
    first = min(rates_of("TJS"))
    values = pd.Series(range(100, 120), index=range(first - 5, first + 15), dtype=float)
    both = PooledGrowth().fit(tt.TradeSeries.from_annual(values, unit="TJS mn", name="A-B"))
    alone = PooledGrowth().fit(tt.TradeSeries.from_annual(values.loc[first:], unit="TJS mn", name="A-B"))
    assert np.array_equal(both.law.mean, alone.law.mean)
    note = f"Totals of {first - 5} to {first - 1} are not used, because there is no exchange rate of TJS for them."
    assert note in both.estimates.notes
    assert "from 15 totals" in both.estimates.notes[2]
    assert both.currency is not None
    dearer = both.currency.log_rates[-1] - both.currency.log_rates[5]
    in_dollars = (np.log(119 / 105) - dearer) / 14
    assert f"Its own growth in dollars was {in_dollars:.1%} a year over 14 years" in both.estimates.notes[1]
    assert "not used" not in " ".join(alone.estimates.notes)
