"""Backtests: nothing from the future, nothing scored that has not happened, and the numbers of forecast()."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import DataError, ModelError, SettingError, UnknownNameError
from tradetarget.evaluation import Backtest, backtest, brier_score

LEVELS = {2010 + i: v for i, v in enumerate([4.0, 4.4, 4.1, 4.9, 5.6, 5.2, 6.1, 6.0, 7.4, 8.1, 7.7, 9.0])}


def series(levels: dict[int, float] | None = None, **details) -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(pd.Series(levels or LEVELS), unit="USD bn", name="A-B", **details)


def walks(n: int, years: int, seed: int, drift: float = 0.05, sd: float = 0.15) -> pd.DataFrame:
    """A panel of random walks with a known drift and volatility."""
    x = np.cumsum(np.random.default_rng(seed).normal(drift, sd, (n, years)), axis=1)
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(n)], years),
            "period": np.tile(np.arange(2000, 2000 + years), n),
            "value": np.exp(x).ravel(),
        }
    )


@dataclass(frozen=True)
class Recorder:
    """The random walk, which also notes what it was shown."""

    shown: list[tt.TradeSeries]
    name: str = "recorder"
    min_observations: int = 3

    def fit(self, series, drivers=None):
        self.shown.append(series)
        return tt.models.get_model("random-walk").fit(series, drivers)


@pytest.mark.bits
@dataclass(frozen=True)
class FittedKnownWalk:
    """A random walk with the drift and volatility of ``walks``."""

    series: tt.TradeSeries
    model_name: str = "known walk"

    def blocks(self, horizon, n_paths, rng, drivers=None):
        raise ModelError("it has a law and no paths")

    def hitting_law(self, log_barriers, horizon):
        last = np.log(self.series.annual().iloc[-1])
        return tt.passage.discrete_cdf(horizon, log_barriers - last, 0.05, 0.15)

    def summary(self):
        return "known"


@dataclass(frozen=True)
class KnownWalk:
    """The model of the walks themselves."""

    name: str = "known walk"
    min_observations: int = 1

    def fit(self, series, drivers=None):
        return FittedKnownWalk(series)


@pytest.mark.parametrize("model", ["random-walk"])
@pytest.mark.parametrize("sustained", [1, 2])
def test_a_backtest_gives_the_very_numbers_that_forecast_gives_on_the_cut_series(model, sustained):
    target = tt.Target(8.0, "USD bn", sustained=sustained)
    found = backtest(series(), model, targets=target, origins=[2015], horizon=5, seed=4, n_paths=1024).to_frame()
    direct = tt.forecast(series().as_of("2016-03"), target, model=model, horizon=5, seed=4, n_paths=1024)
    np.testing.assert_array_equal(found["probability"], direct.hitting_time.probability)


@pytest.mark.parametrize("known", ["as_of", "year"])
def test_a_model_is_shown_nothing_that_came_after_the_origin(known):
    model = Recorder([])
    backtest(series(), model, origins=[2014, 2017], multiples=[1.5], horizon=1, known=known, levels=False)
    assert [s.annual().index.max() for s in model.shown] == [2014, 2017]


def test_changing_the_future_changes_outcomes_and_no_forecast():
    other = {**LEVELS, **dict.fromkeys(range(2016, 2022), 40.0)}
    a, b = (backtest(series(x), "random-walk", origins=[2012, 2015], horizon=6).to_frame() for x in (LEVELS, other))
    forecasts = ["probability", "no-drift", "cagr", "own-past"]
    pd.testing.assert_frame_equal(a[forecasts], b[forecasts])
    assert (a["reached"].fillna(False) != b["reached"].fillna(False)).any()


def test_an_exact_hit_counts_as_reached_in_its_year():
    found = backtest(series({2019: 3.0, 2020: 3.5, 2021: 4.0, 2022: 4.4, 2023: 5.0}), "random-walk", targets=5.0,
                     origins=[2021], horizon=2).to_frame()  # fmt: skip
    assert found["reached"].tolist() == [False, True]


def test_years_that_have_not_happened_are_left_open_even_after_the_target_was_reached():
    found = backtest(series(), "random-walk", targets=7.5, origins=[2019 - 3], horizon=8).to_frame()
    # 8.1 in 2019 reaches 7.5 (so did 7.4 not, in 2018); the data end in 2021
    assert found.loc[found["period"] <= 2021, "reached"].tolist() == [False, False, True, True, True]
    assert found.loc[found["period"] > 2021, "reached"].isna().all()


def test_a_missing_year_leaves_everything_after_it_open():
    gappy = {y: v for y, v in LEVELS.items() if y != 2018}
    found = backtest(series(gappy), "random-walk", origins=[2016], multiples=[1.3], horizon=5).to_frame()
    assert found["reached"].isna().tolist() == [False, True, True, True, True]


def test_unfinished_horizons_do_not_bias_the_reliability_of_a_calibrated_model():
    # Random walks whose law is known: stated and observed agree on average, whatever the origin.
    panel = walks(150, 36, seed=1)
    found = backtest(panel, KnownWalk(), origins=[2030, 2033], multiples=[1.25], horizon=5, levels=False)
    rows = found.scored
    assert rows.groupby("origin")["years_ahead"].max().to_dict() == {2030: 5, 2033: 2}
    assert rows["probability"].mean() == pytest.approx(rows["reached"].mean(), abs=0.04)
    assert found.coverage([0.8]).loc[0.8] == pytest.approx(0.8, abs=0.05)


def test_an_origin_already_at_the_target_asks_nothing_and_is_listed_with_the_reason():
    found = backtest(series(), "random-walk", targets=[5.0, 8.0], origins=[2013, 2016, 2021], horizon=3)
    assert found.to_frame().groupby("origin")["target"].unique().map(list).to_dict() == {2013: [5.0, 8.0], 2016: [8.0]}
    assert found.skipped[["origin", "reason"]].to_numpy().tolist() == [
        [2021, "the total of 9 was already at every target"]
    ]


def test_a_run_that_stands_at_the_origin_asks_nothing():
    # 8.1 and 7.7 in 2019 and 2020: the run is complete at the second origin, and half of it at the first
    found = backtest(series(), "random-walk", targets=tt.Target(7.5, sustained=2), origins=[2019, 2020], n_paths=512)
    assert found.frame["origin"].unique().tolist() == [2019]
    assert found.skipped["reason"].tolist() == ["the total of 7.7 was already at every target"]


def test_an_origin_without_enough_totals_is_listed_with_the_reason():
    found = backtest(series(), "random-walk", origins=[2011, 2015])
    assert found.skipped["origin"].tolist() == [2011]
    assert "at least 3" in found.skipped["reason"].iloc[0]


def test_the_ranked_score_over_all_rows_is_the_mean_of_the_brier_scores():
    found = backtest(series(), KnownWalk(), horizon=4, levels=False)
    rows, table = found.scored, found.scores()
    for name, column in (("known walk", "probability"), ("no-drift", "no-drift"), ("cagr", "cagr")):
        assert table.loc[name, "rps"] == pytest.approx(brier_score(rows[column], rows["reached"]).mean(), abs=1e-12)
    assert table.loc["no-drift", "skill"] == 0.0
    gained = 1 - table.loc["known walk", "rps"] / table.loc["no-drift", "rps"]
    assert table.loc["known walk", "skill"] == pytest.approx(gained, abs=1e-12)
    by_year = found.scores(by="years_ahead")
    weighted = by_year["rps"] * by_year["n"]
    assert weighted.groupby("forecaster").sum()["cagr"] == pytest.approx(table.loc["cagr", "rps"] * len(rows))


def test_skill_has_an_interval_for_several_units_and_none_for_one():
    one = backtest(series(), KnownWalk(), origins=[2015, 2017], horizon=4, levels=False)
    many = backtest(walks(8, 20, seed=2), KnownWalk(), origins=[2008, 2012, 2015], horizon=4, levels=False)
    assert one.scores().loc["known walk", ["skill_low", "skill_high"]].tolist() == [None, None]
    row = many.scores().loc["known walk"]
    assert row["skill_low"] < row["skill"] < row["skill_high"]


def test_a_mapping_of_series_and_a_long_table_of_the_same_figures_agree():
    panel = walks(3, 15, seed=3)
    named = {u: tt.TradeSeries.from_annual(g.set_index("period")["value"], name=u) for u, g in panel.groupby("unit")}
    pd.testing.assert_frame_equal(
        backtest(panel, KnownWalk(), origins=[2008, 2011], horizon=4, levels=False).to_frame(),
        backtest(named, KnownWalk(), origins=[2008, 2011], horizon=4, levels=False).to_frame(),
    )


@pytest.mark.bits
def test_a_unit_is_forecast_the_same_alone_and_among_others():
    panel = walks(4, 15, seed=4)
    target, few = tt.Target(3.0, sustained=2), {"seed": 9, "n_paths": 1536, "origins": [2006, 2011]}
    alone = backtest(panel[panel["unit"] == "u2"], "random-walk", targets=target, **few).to_frame()
    among = backtest(panel, "random-walk", targets=target, **few).to_frame()
    pd.testing.assert_frame_equal(alone, among[among["unit"] == "u2"].reset_index(drop=True))


@pytest.mark.bits
@pytest.mark.parametrize("unit", [None, "USD bn", "KZT bn"])
def test_a_long_table_is_answered_in_one_call_as_its_series_are_one_by_one(unit):
    panel = walks(4, 25, seed=5)
    asked = {"targets": [1.5, 40.0], "origins": [2012, 2018], "horizon": 6, "levels": False}
    named = {
        name: tt.TradeSeries.from_annual(g.set_index("period")["value"], name=name, unit=unit)
        for name, g in panel.groupby("unit")
    }
    found = [backtest(panel, "pooled", unit=unit, **asked).frame, backtest(named, "pooled", **asked).frame]
    gap = (found[0]["probability"] - found[1]["probability"]).abs()
    # the cubature of the call for many errs by about 0.005 in root mean square
    assert gap.mean() < 0.01
    assert gap.max() < 0.04
    pd.testing.assert_frame_equal(found[0].drop(columns="probability"), found[1].drop(columns="probability"))


def test_vintages_show_the_answer_of_each_origin_with_na_for_beyond_the_horizon():
    found = backtest(series(), "random-walk", targets=8.0, origins=[2013, 2016], horizon=5)
    table = found.vintages(years=[2016, 2018, 2021])
    direct = [tt.forecast(series().as_of(f"{o + 1}-03"), 8.0, model="random-walk", horizon=5) for o in (2013, 2016)]
    for i, f in enumerate(direct):
        low, high = f.hitting_time.interval(0.8)
        for name, year in (("median", f.hitting_time.median), ("low", low), ("high", high)):
            assert (table[name][i] is pd.NA) == (year is None)
            assert year is None or table[name][i] == year.year
        assert table["by_2018"][i] == f.hitting_time.probability_by(2018)
    assert table["by_2016"][1] == 0.0
    assert table["by_2021"][0] is pd.NA
    assert table["first_reached"].tolist() == [pd.NA, 2019]


def test_default_vintage_years_lie_inside_every_horizon():
    found = backtest(series(), "random-walk", targets=8.0, origins=[2013, 2016], horizon=6)
    assert [c for c in found.vintages() if c.startswith("by_")] == ["by_2017", "by_2018", "by_2019"]


def test_levels_hold_the_interval_and_the_score_of_years_that_happened():
    found = backtest(series(), "random-walk", origins=[2018], horizon=5).need_levels()
    assert (found["low"] < found["median"]).all()
    assert (found["median"] < found["high"]).all()
    assert found["value"].tolist() == [8.1, 7.7, 9.0, pd.NA, pd.NA]
    assert found["crps_log"].notna().tolist() == [True, True, True, False, False]


def test_targets_in_another_scale_of_the_unit_give_the_same_answer():
    mine = backtest(series(), "random-walk", targets=tt.Target(8000.0, "USD mn"), origins=[2015])
    same = backtest(series(), "random-walk", targets=tt.Target(8.0, "USD bn"), origins=[2015])
    np.testing.assert_allclose(mine.to_frame()["probability"], same.to_frame()["probability"], atol=1e-12)
    assert mine.to_frame()["target"].unique().tolist() == [8000.0]
    assert str(mine.unit_of_value) == "USD mn"


def test_no_drift_and_cagr_say_what_their_names_say():
    found = backtest(series({2018: 4.0, 2019: 4.4, 2020: 4.84, 2021: 5.0}), "random-walk", origins=[2020],
                     targets=[4.84 * 1.21], horizon=3).to_frame()  # fmt: skip
    assert found["cagr"].tolist() == [0.0, 1.0, 1.0]  # 10 % a year, twice: an exact hit in the second
    s, b = np.log(1.1), np.log(1.21)
    from scipy.stats import norm

    assert found["no-drift"][0] == pytest.approx(norm.sf(b / s), abs=1e-9)


def test_the_own_past_is_the_share_of_earlier_years_from_which_it_rose_as_far():
    # ups from 4: 5 of 4 is 1.25 times within a year in 1 of 4 complete starts
    levels = {2010: 4.0, 2011: 5.0, 2012: 5.1, 2013: 5.2, 2014: 5.3, 2015: 9.0}
    found = backtest(series(levels), "random-walk", origins=[2014], multiples=[1.25], horizon=1).to_frame()
    assert found["own-past"][0] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: backtest(series(), "random-wlak"), UnknownNameError, "random-walk"),
        (lambda: backtest(series(), "random-walk", known="now"), SettingError, "'now' is none of as_of, year"),
        (lambda: backtest(series(), "random-walk", multiples=[0.9]), SettingError, "multiple 0.9"),
        (lambda: backtest(series(), "random-walk", multiples=[]), SettingError, "not above 1"),
        (lambda: backtest(series(), "random-walk", targets=[]), SettingError, "at least one level"),
        (lambda: backtest(series(), "random-walk", targets=5, multiples=[2]), SettingError, "not both"),
        (lambda: backtest(series(), "random-walk", origins=[]), SettingError, "at least one year"),
        (lambda: backtest(series(), "random-walk", origins=["soon"]), SettingError, "'soon' is not a year"),
        (lambda: backtest(series(), "random-walk", horizon=0), SettingError, "horizon 0"),
        (lambda: backtest(series(), "random-walk", seed=-1), SettingError, "seed -1"),
        (lambda: backtest(series(), "random-walk", n_paths=1), SettingError, "n_paths 1"),
        (lambda: backtest(series(), "random-walk", origins=[1999]), DataError, "no origin could be forecast.*1999"),
        (lambda: backtest([1, 2], "random-walk"), DataError, "cannot backtest list"),
        (lambda: backtest(walks(1, 5, 0).drop(columns="value"), "random-walk"), DataError, "no column 'value'"),
        (
            lambda: backtest(series(), "random-walk", origins=[2015]).scores(by="month"),
            SettingError,
            "'month' is none of",
        ),
        (lambda: backtest(series(), "random-walk", origins=[2015]).scores(against="arima"), UnknownNameError, "arima"),
        (lambda: backtest(series(), "random-walk", origins=[2015], levels=False).crps(), ModelError, "levels=False"),
        (lambda: backtest(series(), "random-walk", origins=[2021]).scores(), DataError, "has happened yet"),
    ],
)
def test_bad_input_is_refused_in_one_line_that_names_it(call, kind, message):
    with pytest.raises(kind, match=message) as error:
        call()
    assert "\n" not in str(error.value)


def test_a_backtest_shows_its_model_origins_and_size():
    found = backtest(series(), "random-walk", origins=[2015, 2016], multiples=[1.5], horizon=2)
    assert isinstance(found, Backtest)
    assert repr(found) == "Backtest('random-walk', 1 unit, origins 2015-2016, 4 forecasts scored)"
    assert "pseudo-real-time" in found.real_time
