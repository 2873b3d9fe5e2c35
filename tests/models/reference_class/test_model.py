"""The reference class: Kaplan-Meier against statsmodels, counts by hand, and what the shipped table may answer."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

import tradetarget as tt
from tradetarget.errors import ModelError, SettingError
from tradetarget.models import get_model
from tradetarget.models.reference_class.episodes import count_episodes, curve_band, reached_curve
from tradetarget.models.reference_class.model import BaseRate, ReferenceClass
from tradetarget.models.reference_class.table import BANDS, ReferenceTable, band_index, cells, shipped_table

SHIPPED = shipped_table()
GRID = np.array([1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0])


def series(values, unit="USD mn", start=2000) -> tt.TradeSeries:
    years = range(start, start + len(values))
    return tt.TradeSeries.from_annual(pd.Series(values, index=years), unit=unit, name="A-B")


def walks(n: int, years: int, seed: int, drift: float = 0.05, sd: float = 0.2) -> np.ndarray:
    return np.log(50.0) + np.cumsum(np.random.default_rng(seed).normal(drift, sd, (n, years)), axis=1)


def test_episodes_counted_by_hand():
    # 4, 5, 6, missing, 8, 8 and a barrier of 1.25: from 4 reached in year 1 (an exact hit); from 5, 6 is 1.2 and then
    # a gap; from 6 a gap at once; from 8, no rise, then the end; from the last, nothing.
    d, n = count_episodes(np.log([[4.0, 5.0, 6.0, np.nan, 8.0, 8.0]]), np.log([1.25]), 3)
    assert d[0, 0].tolist() == [1, 0, 0]
    assert n[0, 0].tolist() == [3, 0, 0]


def test_an_episode_ends_when_it_reaches_and_not_when_it_falls_back():
    d, n = count_episodes(np.log([[4.0, 6.0, 3.0, 7.0]]), np.log([1.4]), 3, np.array([[0, -1, -1, -1]]))
    assert d[0, 0].tolist() == [1, 0, 0]
    assert n[0, 0].tolist() == [1, 0, 0]


def durations(d: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times and event flags of the single episodes behind the counts d and n."""
    gone = n - d - np.append(n[1:], 0)
    years = np.arange(1, d.size + 1)
    # censored after year h: still at risk in it, so at time h + 1/2
    return (
        np.concatenate([np.repeat(years, d.astype(int)), np.repeat(years + 0.5, gone.astype(int))]),
        np.concatenate([np.ones(int(d.sum())), np.zeros(int(gone.sum()))]),
    )


def test_the_curve_and_its_variance_are_those_of_statsmodels():
    d, n = np.array([5.0, 0.0, 7.0, 2.0]), np.array([40.0, 33.0, 30.0, 21.0])
    time, status = durations(d, n)
    oracle = SurvfuncRight(time, status)
    s, se = oracle.surv_prob, oracle.surv_prob_se
    np.testing.assert_allclose(reached_curve(d, n)[[0, 2, 3]], 1 - s, atol=1e-12)
    low, high = curve_band(d, n, 0.8)
    z = 1.2815515655446004  # normal quantile of 0.9
    wide = np.exp(z * se / (s * -np.log(s)))
    np.testing.assert_allclose(low[[0, 2, 3]], 1 - s ** (1 / wide), atol=1e-12)
    np.testing.assert_allclose(high[[0, 2, 3]], 1 - s**wide, atol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=15), st.floats(1, 30))
def test_the_band_holds_the_curve_and_stays_inside_zero_and_one(steps, effect):
    n = np.cumsum([a + b for a, b in steps][::-1])[::-1].astype(float)
    d = np.array([a for a, _ in steps], dtype=float)
    p = reached_curve(d, n)
    low, high = curve_band(d, n, 0.8, effect)
    assert (np.diff(p) >= 0).all()
    assert (low <= p + 1e-12).all()
    assert (p <= high + 1e-12).all()
    assert (low >= 0).all()
    assert (high <= 1).all()


def test_a_larger_design_effect_widens_the_band():
    d, n = np.array([5.0, 4.0]), np.array([50.0, 40.0])
    narrow, wide = curve_band(d, n, 0.8), curve_band(d, n, 0.8, 10.0)
    assert (wide[0] < narrow[0]).all()
    assert (wide[1] > narrow[1]).all()


def test_kaplan_meier_of_many_walks_is_the_exact_law_of_the_walk():
    from tradetarget.passage import discrete_cdf

    d, n = count_episodes(walks(4000, 25, seed=1), np.log([1.25, 2.0]), 10)
    exact = discrete_cdf(10, np.log([1.25, 2.0]), 0.05, 0.2)
    # episodes overlap: 4000 independent walks of 25 years leave about 0.005
    np.testing.assert_allclose(reached_curve(d, n)[0], exact, atol=0.015)


def test_every_history_falls_into_exactly_one_class():
    assert [BANDS[band_index(n, np.log(50.0))].fewest for n in (1, 2, 3, 4, 5, 24, 25, 60)] == [
        1, 1, 3, 3, 5, 5, 25, 25,
    ]  # fmt: skip
    assert [band_index(n, np.log(9.99)) for n in (1, 2, 3, 30)] == [5, 5, 4, 4]
    for band in BANDS:
        windows = walks(500, band.window, seed=2, sd=0.4)
        found = cells(band, windows)
        assert found.min() >= 0
        assert found.max() < int(np.prod(band.shape))


def test_the_answer_of_a_cell_is_its_own_count_when_nothing_is_borrowed():
    x = walks(300, 30, seed=3)
    table = ReferenceTable.count(x, GRID, 15, borrowed=0.0)
    band, cell = 3, 0
    d, n = count_episodes(x, np.log([2.0]), 15, np.where((x >= np.log(10.0)) & (x < np.log(100.0)), 0, -1))
    np.testing.assert_allclose(
        table.curve(band, cell, np.log([2.0]), 15).probability, reached_curve(d, n)[0], atol=1e-12
    )


def test_an_empty_cell_answers_as_the_cells_around_it():
    table = ReferenceTable.count(walks(300, 30, seed=4), GRID, 15)
    empty = [i for i in range(48) if table.at_start[0][i] == 0]
    assert empty, "far below the three-year mean and at the peak at once cannot be"
    p = table.curve(0, empty[0], np.log([1.5]), 15).probability
    assert ((p > 0) & (p < 1)).all()


def test_the_base_rate_is_the_curve_of_every_episode_from_ten_million_up():
    x = walks(300, 30, seed=5)
    table = ReferenceTable.count(x, GRID, 15)
    d, n = count_episodes(x, np.log([1.5]), 15, np.where(x >= np.log(10.0), 0, -1))
    np.testing.assert_allclose(table.base_rate(np.log([1.5]), 15).probability, reached_curve(d, n)[0], atol=1e-12)


@settings(max_examples=40)
@given(
    band=st.integers(0, len(BANDS) - 1),
    share=st.floats(0, 0.999),
    barriers=st.lists(st.floats(0.001, np.log(10.0)), min_size=2, max_size=6),
)
def test_probabilities_fall_with_the_target_and_never_with_the_year(band, share, barriers):
    cell = int(share * SHIPPED.at_start[band].size)
    found = SHIPPED.curve(band, cell, np.sort(barriers), 15)
    for rows in found[:3]:
        assert ((rows >= 0) & (rows <= 1)).all()
        assert (np.diff(rows, axis=1) >= -1e-12).all() or rows is not found.probability
        assert (np.diff(rows, axis=0) <= 1e-12).all()
    assert (found.low <= found.probability + 1e-12).all()
    assert (found.probability <= found.high + 1e-12).all()


def test_a_target_between_two_multiples_lies_between_their_curves():
    curves = SHIPPED.curve(1, 20, np.log([1.5, 1.7, 2.0]), 15).probability
    assert (curves[0] > curves[1]).all()
    assert (curves[1] > curves[2]).all()


def test_the_shipped_file_is_small_and_reads_back_to_the_same_bytes():
    text = files("tradetarget.models.reference_class").joinpath("reference_class.json").read_text("utf8")
    assert len(text.encode()) < 100_000
    assert SHIPPED.to_json() == text
    assert {"what", "sources", "panel", "script"} <= SHIPPED.provenance.keys()


def test_the_shipped_counts_hang_together():
    for i in range(len(BANDS)):
        n = SHIPPED.at_risk(i)
        assert (n >= SHIPPED.events[i]).all()
        assert (np.diff(n, axis=-1) <= 0).all()
        assert (np.diff(n, axis=1)[..., 1:] >= 0).all(), "a higher multiple leaves more waiting"
    # every episode from 10 USD mn up is in a class of one or two years, and its longer history in another as well
    assert SHIPPED.at_start[3].sum() > SHIPPED.at_start[2].sum() > SHIPPED.at_start[1].sum() > SHIPPED.at_start[0].sum()


def test_forecast_answers_from_one_total_up_with_the_curve_of_the_class():
    for values in ([400.0], [400.0, 500.0], [300.0, 420.0, 400.0], list(np.linspace(100, 400, 30))):
        found = tt.forecast(series(values), values[-1] * 2, model="reference-class")
        fitted = ReferenceClass().fit(series(values))
        np.testing.assert_array_equal(found.hitting_time.probability, fitted.curve(np.log([values[-1] * 2]), 15)[0][0])
        assert found.hitting_time.method == "exact"


def test_the_scale_of_the_unit_does_not_matter_and_its_currency_does():
    mn, bn = series([300.0, 420.0, 400.0]), series([0.3, 0.42, 0.4], "USD bn")
    assert ReferenceClass().fit(mn).cell == ReferenceClass().fit(bn).cell
    with pytest.raises(ModelError, match=r"KZT bn.*convert"):
        ReferenceClass().fit(series([300.0, 420.0], "KZT bn"))
    assert BaseRate().fit(series([300.0, 420.0], "KZT bn")).episodes > 40_000


def test_a_series_that_does_not_say_its_unit_is_taken_to_be_in_usd_mn_and_says_so():
    fitted = ReferenceClass().fit(series([300.0, 420.0], None))
    assert fitted.unit_assumed
    assert "assumed" in fitted.summary()
    assert not ReferenceClass().fit(series([300.0, 420.0])).unit_assumed


def test_only_the_totals_after_the_last_gap_count():
    gappy = tt.TradeSeries.from_annual(
        pd.Series({1990: 900.0, 1991: 950.0, 2000: 300.0, 2001: 420.0, 2002: 400.0}), unit="USD mn", name="A-B"
    )
    assert ReferenceClass().fit(gappy).cell == ReferenceClass().fit(series([300.0, 420.0, 400.0])).cell
    assert ReferenceClass().fit(gappy).band == 2


def test_a_slump_makes_a_recovery_likelier_than_a_peak_makes_more_growth():
    slump = tt.forecast(series([400.0, 800.0, 900.0, 850.0, 400.0]), 600.0, model="reference-class")
    peak = tt.forecast(series([100.0, 150.0, 200.0, 300.0, 400.0]), 600.0, model="reference-class")
    assert slump.hitting_time.probability_by(2009) > peak.hitting_time.probability_by(2009)


def test_paths_a_far_target_and_a_long_horizon_are_refused_in_one_line():
    s = series([300.0, 420.0, 400.0])
    for call, message in (
        (
            lambda: next(iter(ReferenceClass().fit(s).blocks(5, 10, np.random.default_rng(0)))),
            "a scenario.*needs paths",
        ),
        (lambda: tt.forecast(s, 800.0, model="reference-class").quantiles(), "needs paths"),
        (lambda: tt.forecast(s, tt.Target(800.0, sustained=2), model="base-rate"), "sustained target.*needs paths"),
        (lambda: tt.forecast(s, 5000.0, model="reference-class"), "12.5 times the last value is beyond the 10 times"),
        (lambda: tt.forecast(s, 800.0, model="reference-class", horizon=16), "horizon 16 is beyond the 15 years"),
    ):
        with pytest.raises(ModelError, match=message) as error:
            call()
        assert "\n" not in str(error.value)


def test_the_summary_names_the_class_its_episodes_and_the_curve_with_its_band():
    fitted = ReferenceClass().fit(series([300.0, 420.0, 400.0]))
    text = fitted.summary()
    assert "history of 3 or 4 years" in text
    assert f"{fitted.episodes:,} episodes" in text
    assert max(map(len, text.splitlines())) <= 78
    assert BaseRate().fit(series([300.0])).summary() != text


def test_the_frame_of_a_class_has_a_row_a_multiple_and_year():
    frame = ReferenceClass().fit(series([300.0, 420.0, 400.0])).to_frame()
    assert len(frame) == 7 * 15
    assert (frame["low"] <= frame["probability"]).all()
    assert not frame.isna().any().any()


@pytest.mark.parametrize("wrong", [{"multiples": [np.nan]}, {"multiples": [0.0]}, {"level": 2.0}])
def test_a_frame_is_refused_where_it_would_hold_no_numbers(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        ReferenceClass().fit(series([300.0, 420.0, 400.0])).to_frame(**wrong)


@pytest.mark.parametrize("name", ["reference-class", "base-rate"])
def test_the_models_are_known_by_name_and_have_the_members_of_the_protocol(name):
    model = get_model(name)
    assert model.name == name
    assert isinstance(model.fit(series([300.0])), tt.FittedGrowth)


def test_one_description_says_each_feature_in_words():
    falling = ReferenceClass().fit(series([900.0, 800.0, 700.0, 500.0, 300.0]))
    assert falling.description == (
        "history of 5 to 24 years; last total against its three-year mean below -14 %; "
        "volatility of growth below 25 %; last total in USD mn 100 or more; last total against its peak below -45 %"
    )
