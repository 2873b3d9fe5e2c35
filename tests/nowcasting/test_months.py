"""Months given totals: they add up, they meet what was published, and they follow the pair's own season."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradetarget import Observation, TradeSeries
from tradetarget.nowcasting import MonthLaw, ShareLaw, evidence_for, latent_monthly, past_evidence
from tradetarget.reading.dates import month_end
from tradetarget.units import Unit

MN = Unit.parse("USD mn")
LAW = ShareLaw.shipped()


def level(year: int, last: int, value: float, first: int = 1, **details) -> Observation:
    details = {"unit": MN, **details}
    return Observation(start=date(year, first, 1), end=month_end(year, last), value=value, **details)


def series(*observations: Observation) -> TradeSeries:
    return TradeSeries("A-B", observations, "turnover", MN)


def monthly(n_years: int, season: np.ndarray, growth: float = 0.0, first_year: int = 2015) -> TradeSeries:
    months = np.exp(growth / 12 * np.arange(12 * n_years)) * 100.0 * np.tile(season, n_years)
    index = pd.period_range(f"{first_year}-01", periods=12 * n_years, freq="M")
    return TradeSeries.from_monthly(pd.Series(months, index=index), unit=MN, name="A-B")


def split(s: TradeSeries, totals: list[float], n: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    origin = int(s.annual().index[-1])
    found = evidence_for(s, origin)
    evidence = found or past_evidence(s, origin)
    years = origin + np.arange(len(totals))
    law = MonthLaw(evidence, years, np.zeros(len(totals)))
    log_totals = np.log(np.tile(totals, (n, 1)))
    unknown = log_totals[:, 1 : 1 + evidence.unknown.size]
    return law.split(log_totals, law.noise(n, np.random.default_rng(seed)), unknown)


@settings(max_examples=30)
@given(st.lists(st.floats(1.0, 1e5), min_size=2, max_size=4), st.integers(0, 1000))
def test_months_of_every_path_are_positive_and_add_up_to_its_totals(totals: list[float], seed: int) -> None:
    months, _ = split(series(level(2020, 12, totals[0])), totals, n=20, seed=seed)
    sums = np.exp(months).reshape(len(totals), 12, -1).sum(axis=1)
    assert np.isfinite(months).all()
    assert sums == pytest.approx(np.tile(np.array(totals)[:, None], 20), rel=1e-9)


def test_published_months_come_back_as_they_were_published() -> None:
    s = monthly(4, np.linspace(0.8, 1.2, 12))
    months, _ = split(s, [s.annual().iloc[-1], 1500.0])
    assert np.exp(months[:12]) == pytest.approx(np.tile(s.monthly().to_numpy()[-12:, None], 2000), rel=1e-9)


def test_every_published_part_of_the_running_year_is_met_exactly() -> None:
    s = series(level(2019, 12, 1000.0), level(2020, 3, 260.0), level(2020, 9, 800.0))
    months, _ = split(s, [1000.0, 1100.0])
    running = np.exp(months[12:]).cumsum(axis=0)
    assert running[2] == pytest.approx(np.full(2000, 260.0), rel=1e-9)
    assert running[8] == pytest.approx(np.full(2000, 800.0), rel=1e-9)
    assert running[11] == pytest.approx(np.full(2000, 1100.0), rel=1e-9)


def test_a_rounded_part_lies_inside_its_rounding() -> None:
    s = series(level(2019, 12, 1000.0), level(2020, 9, 800.0, rounding=100.0, revision="final"))
    months, _ = split(s, [1000.0, 1100.0])
    part = np.exp(months[12:21]).sum(axis=0)
    assert part.min() >= 750.0 - 1e-6
    assert part.max() <= 850.0 + 1e-6
    assert part.std() > 15.0  # even on it: 29


def test_a_part_that_may_be_revised_lies_about_its_rounding() -> None:
    # The law of revisions has a scale of 0.071 and 2.3 degrees of freedom, so that 80 % lie within 13 %.
    s = series(level(2019, 12, 1000.0), level(2020, 9, 800.0, rounding=100.0))
    months, _ = split(s, [1000.0, 1100.0])
    part = np.exp(months[12:21]).sum(axis=0)
    assert part.min() >= 750.0 / 1.15
    assert part.max() <= 850.0 * 1.15
    assert ((part < 750.0) | (part > 850.0)).mean() > 0.05


def test_a_part_that_leaves_nothing_for_the_rest_still_leaves_positive_months() -> None:
    s = series(level(2019, 12, 1000.0), level(2020, 11, 1099.0, rounding=20.0))
    months, _ = split(s, [1000.0, 1100.0], n=500)
    assert np.isfinite(months).all()
    assert np.exp(months[12:]).sum(axis=0) == pytest.approx(np.full(500, 1100.0), rel=1e-9)


def test_months_of_an_unknown_season_have_the_panels_mean_shares() -> None:
    months, _ = split(series(level(2020, 12, 1000.0)), [1000.0, 1000.0 * np.exp(LAW.growth.mean)], n=20_000)
    cut = 1.0 / (1.0 + np.exp(-LAW.mean))
    shares = np.diff(np.concatenate([[0.0], cut, [1.0]]))
    found = np.median(months[12:], axis=1) - np.log(1000.0) - LAW.growth.mean
    assert found == pytest.approx(np.log(shares), abs=0.04)  # twelve shares add up to 1, so their medians are below


def test_the_pairs_own_season_is_learnt_from_its_own_months() -> None:
    high_december = np.ones(12)
    high_december[11] = 1.6
    one, many = (split(monthly(n, high_december), [1260.0, 1260.0])[1][11] for n in (1, 12))
    truth = np.log(1.6 / (12.6 / 12))  # three standard deviations of the panel's seasons, without any noise
    assert np.median(one) < 0.1  # a strong December of one year may be noise, or growth to come
    assert np.median(many) == pytest.approx(truth, abs=0.02)
    assert many.std() < one.std()


def test_seasonal_factors_have_mean_one_and_no_trend_of_their_own() -> None:
    _, season = split(monthly(12, np.ones(12), growth=0.2), [1200.0, 1400.0])
    assert np.exp(season).mean(axis=0) == pytest.approx(np.ones(2000), rel=1e-9)
    slope = np.polyfit(np.arange(12), np.median(season, axis=1), 1)[0]
    assert abs(12 * slope) < 0.1  # months alone would show .2; the panel's mean slope takes most of it away


@settings(max_examples=10)
@given(st.floats(1e-3, 1e3))
def test_another_currency_unit_scales_the_months_and_nothing_else(factor: float) -> None:
    def months(scale: float) -> np.ndarray:
        s = TradeSeries("A-B", (level(2020, 12, 1000.0 * scale, unit=None),), "turnover", None)
        return split(s, [1000.0 * scale, 1100.0 * scale], n=10)[0]

    assert months(factor) == pytest.approx(months(1.0) + np.log(factor), abs=1e-9)


def test_the_spread_of_unpublished_months_is_that_of_the_panel_at_its_size() -> None:
    # At one billion the law's yearly and own deviations of a log month have a standard deviation of .17 to .19 for
    # lambda = 1; Student with about two degrees of freedom, so that the quartiles are compared: .816 x sd for df = 2.
    months, _ = split(series(level(2020, 12, 1000.0)), [1000.0, 1066.0], n=20_000)
    quartiles = np.quantile(months[12:], [0.25, 0.75], axis=1)
    assert (quartiles[1] - quartiles[0]).mean() / 2 == pytest.approx(0.816 * 0.18, abs=0.03)


class TestLatentMonths:
    def test_they_are_the_months_that_were_published_where_all_were(self) -> None:
        s = monthly(3, np.linspace(1.2, 0.8, 12))
        frame = latent_monthly(s).to_frame()
        assert frame["known"].all()
        assert frame["median"].to_numpy() == pytest.approx(s.monthly().to_numpy(), rel=1e-6)

    def test_months_after_the_data_are_estimated_with_an_interval_that_widens(self) -> None:
        whole = monthly(4, np.ones(12))
        s = TradeSeries.from_monthly(whole.monthly().iloc[:42], unit=MN, name="A-B")
        frame = latent_monthly(s).to_frame()
        assert frame["known"].sum() == 42
        rest = frame[~frame["known"]]
        assert list(rest.index.astype(str)) == [f"2018-{m:02d}" for m in range(7, 13)]
        assert (rest["low"] < rest["median"]).all()
        assert (rest["median"] < rest["high"]).all()

    def test_the_article_alone_gives_months_that_add_up_to_what_it_said(self) -> None:
        said = level(2019, 9, 2600.0, rounding=100.0, revision="final")
        growth = Observation(start=date(2019, 1, 1), end=date(2019, 9, 30), value=0.25, kind="growth", rounding=0.01)
        answer = latent_monthly(series(said, growth))
        part = np.exp(answer.log_points[:, 12:21]).sum(axis=1)
        assert (part > 2549.999).all()
        assert (part < 2650.001).all()
        assert not answer.known.any()

    @pytest.mark.bits
    def test_the_same_statements_give_the_same_answer(self) -> None:
        s = series(level(2019, 12, 1000.0), level(2020, 6, 600.0))
        assert latent_monthly(s).to_frame().equals(latent_monthly(s).to_frame())
