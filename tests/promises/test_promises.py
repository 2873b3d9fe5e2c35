"""The record of announced targets: counts, bands, the waiting curve, and foresight."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.datasets import load_promises
from tradetarget.errors import DataError, SettingError
from tradetarget.promises import Foresight, Promises, Tally, foresee, waiting_curve, wilson_interval


@pytest.fixture(scope="module")
def shipped() -> Promises:
    return Promises.shipped()


@pytest.fixture(scope="module")
def foresight(shipped: Promises) -> Foresight:
    return foresee(shipped)


class TestTable:
    def test_every_announcement_has_a_pair_an_outcome_and_a_source(self) -> None:
        table = load_promises()
        assert len(table) == 201
        assert table["pair"].nunique() == 65
        assert (table["outcome"] != "").all()
        assert ((table["source_title"] != "") & (table["source_address"] != "")).sum() >= 199

    def test_outcomes_agree_with_years(self) -> None:
        table = load_promises()
        met = table[table["outcome"].isin(["met", "probably_met"])]
        assert (met["first_reached_year"] <= met["deadline_year"]).all()
        late = table[table["outcome"].isin(["missed", "probably_missed"]) & table["first_reached_year"].notna()]
        assert (late["first_reached_year"] > late["deadline_year"]).all()
        assert table[table["outcome"].str.endswith("undated")]["deadline_year"].isna().all()
        dated = table[table["announced_year"].notna() & table["first_reached_year"].notna()]
        assert (dated["first_reached_year"] >= dated["announced_year"]).all()

    def test_dates_are_readable(self) -> None:
        from tradetarget.reading.dates import parse_as_of

        table = load_promises()
        for text, year in zip(table["announced"], table["announced_year"], strict=True):
            if text:
                assert parse_as_of(text).year == year


class TestCounts:
    def test_repeated_announcements_count_once(self, shipped: Promises) -> None:
        # Counted from the table by hand: 18 met (one probably), 42 missed (18 probably), 28 unknown, 3 disputed.
        assert shipped.tally() == Tally(None, None, 18, 42, 31)
        assert shipped.due["first_mention"].all()

    def test_shares_and_bounds(self, shipped: Promises) -> None:
        whole = shipped.tally()
        assert whole.share == pytest.approx(18 / 60)
        assert whole.bounds == pytest.approx((18 / 91, 49 / 91))

    def test_bands_divide_those_whose_growth_is_known(self, shipped: Promises) -> None:
        known = int(shipped.due["required_growth"].notna().sum())
        assert sum(t.due for t in shipped.tallies()) == known == 61
        assert shipped.by_required_growth()["due"].tolist() == [t.due for t in shipped.tallies()]

    def test_required_growth_by_hand(self, shipped: Promises) -> None:
        # Kazakhstan-China, 13 June 2011: from 20 billion in 2010 to 40 in 2015, which is 14.87 % a year.
        row = shipped.due.query("pair == 'China-Kazakhstan' and deadline_year == 2015").iloc[0]
        assert row["required_growth"] == pytest.approx(2.0 ** (1 / 5) - 1.0)

    def test_growth_is_not_taken_from_a_part_of_a_year(self, shipped: Promises) -> None:
        part = shipped.due["level_note"].str.contains("part of the year")
        assert part.any()
        assert shipped.due["required_growth"][part].isna().all()

    def test_a_question_is_placed_among_promises_of_like_growth(self, shipped: Promises) -> None:
        assert shipped.like(0.12) == shipped.tallies()[1]
        assert shipped.like(0.10) == shipped.tallies()[1]
        assert shipped.like(0.0999) == shipped.tallies()[0]
        assert shipped.like(3.0) == shipped.tallies()[-1]
        assert shipped.like(0.12, bands=(0.1, 0.2)).due == 33

    @pytest.mark.parametrize("growth", [-0.01, math.nan, "0.12", True])
    def test_growth_that_is_none_is_refused(self, shipped: Promises, growth: object) -> None:
        with pytest.raises(SettingError, match="is no fraction a year"):
            shipped.like(growth)  # type: ignore[arg-type]

    def test_bands_out_of_order_are_refused(self, shipped: Promises) -> None:
        with pytest.raises(SettingError, match="rising order"):
            shipped.tallies((0.1, 0.1))

    def test_a_table_without_a_column_is_refused(self) -> None:
        with pytest.raises(DataError, match="no column 'deadline_year'"):
            Promises(load_promises().drop(columns="deadline_year"))

    def test_sentences(self) -> None:
        assert Tally(0.1, 0.2, 9, 22, 0).sentence() == (
            "of 31 promises that asked for 10 to 20 % a year, 9 were met in time and 22 were not"
        )
        assert Tally(0.2, math.inf, 0, 8, 4).sentence().startswith("of 12 promises that asked for 20 % a year or more,")
        assert Tally(0.0, 0.1, 3, 7, 6).sentence().startswith("of 16 promises that asked for less than 10 % a year,")


class TestCurves:
    @given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_the_interval_is_statsmodels_wilson(self, counts: tuple[int, int]) -> None:
        successes, trials = counts
        assert wilson_interval(successes, trials) == pytest.approx(
            proportion_confint(successes, trials, method="wilson"), abs=1e-9
        )

    def test_nothing_is_known_without_trials(self) -> None:
        assert wilson_interval(0, 0) == (0.0, 1.0)
        assert Tally(None, None, 0, 0, 3).share is None

    @given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40))
    def test_the_curve_is_statsmodels_product_limit(self, rows: list[tuple[int, bool]]) -> None:
        years = np.array([y for y, _ in rows])
        reached = np.array([r for _, r in rows])
        curve = waiting_curve(years, reached)
        if not reached.any():
            assert curve.years.size == 0
            assert curve.within(50) == 0.0
            return
        oracle = SurvfuncRight(years, reached.astype(int))
        assert curve.years.tolist() == oracle.surv_times.tolist()
        assert curve.at_risk.tolist() == oracle.n_risk.tolist()
        np.testing.assert_allclose(curve.probability, 1.0 - oracle.surv_prob, atol=1e-12)

    def test_the_interval_of_the_curve_by_hand(self) -> None:
        # One of four reached after 2 years: S = 3/4, Greenwood 1/(4 x 3), spread sqrt(1/12) / |log(3/4)| = 1.00345;
        # S^exp(+-1.95996 x 1.00345) is 0.1279 and 0.9605.
        curve = waiting_curve(np.array([2, 3, 3, 3]), np.array([True, False, False, False]))
        assert (curve.low[0], curve.high[0]) == pytest.approx((1 - 0.9605, 1 - 0.1279), abs=5e-5)

    @pytest.mark.parametrize("years", [2.5, np.nan, np.inf])
    def test_years_that_are_not_whole_are_refused_and_not_cut(self, years: float) -> None:
        with pytest.raises(SettingError, match="are no whole numbers"):
            waiting_curve(np.array([2.0, years]), np.array([True, False]))

    def test_the_shipped_curve_rises_and_stays_within_its_interval(self, shipped: Promises) -> None:
        curve = shipped.waiting
        assert (np.diff(curve.probability) > 0).all()
        assert ((curve.low <= curve.probability) & (curve.probability <= curve.high)).all()
        assert curve.within(-1) == 0.0
        assert curve.targets == 130


class TestForesight:
    def test_each_probability_is_that_of_the_totals_known_then(self, foresight: Foresight, figures) -> None:
        row = next(p for p in foresight.promises if p.announced == "2019-04-18")
        known = figures["Kazakhstan-Uzbekistan turnover"].as_of("2019-04-18")
        answer = tt.forecast(known, tt.Target(5, unit="USD bn"), horizon=2)
        assert (row.last_year, row.deadline) == (2018, 2020)
        assert row.probability == answer.hitting_time.probability_by(2020)

    def test_what_came_is_what_the_statistics_show(self, foresight: Foresight) -> None:
        # No total of Kazakhstan's statistics is at or above 5 billion by 2025, and that of 2018 is 2.484 billion.
        uzbekistan = [p for p in foresight.promises if p.pair == "Kazakhstan-Uzbekistan" and p.deadline <= 2025]
        assert {p.outcome for p in uzbekistan} == {"missed"}
        assert (foresight.met, len(foresight.decided)) == (0, 7)
        assert 0.0 < foresight.expected < 1.0
        assert {p.outcome for p in foresight.promises if p.deadline > 2025} == {"open"}

    def test_a_series_of_ones_own_is_asked_about(self, shipped: Promises) -> None:
        totals = pd.Series(
            {
                2004: 40.0,
                2005: 50.0,
                2006: 55.0,
                2007: 60.0,
                2008: 70.0,
                2009: 75.0,
                2010: 90.0,
                2011: 120.0,
                2012: 140.0,
            }
        )
        series = tt.TradeSeries.from_annual(totals, unit="USD bn", name="China-Korea")
        foreseen = foresee(shipped, {"China-Korea": series}, model="random-walk")
        met = {p.deadline: p.outcome for p in foreseen.promises}
        assert met[2012] == "missed"
        assert foreseen.to_frame()["outcome"].tolist() == [p.outcome for p in foreseen.promises]

    def test_a_promise_that_cannot_be_asked_about_is_named_with_the_reason(
        self, shipped: Promises, foresight: Foresight
    ) -> None:
        assert foresight.left_out == (
            "Kazakhstan-Uzbekistan, announced 2006-09-04, due in 2016: no target in dollars was named",
        )
        late = tt.TradeSeries.from_annual(
            pd.Series({2009: 141.0, 2010: 188.0, 2011: 221.0}), unit="USD bn", name="China-Korea"
        )
        reasons = foresee(shipped, {"China-Korea": late}).left_out
        assert any(r.endswith("no total was known by then") for r in reasons)

    def test_a_pair_that_nobody_promised_is_refused(self, shipped: Promises, walk) -> None:
        with pytest.raises(DataError, match="no promise with a deadline is about A-B"):
            foresee(shipped, {"A-B": walk})

    def test_a_series_that_begins_after_every_promise_is_refused_with_the_first_reason(self, shipped: Promises) -> None:
        late = tt.TradeSeries.from_annual(pd.Series({2020: 285.0, 2021: 362.0}), unit="USD bn", name="China-Korea")
        with pytest.raises(DataError, match="announced 2009-10-10, due in 2013: no total was known by then"):
            foresee(shipped, {"China-Korea": late})

    def test_a_promise_that_the_model_cannot_answer_or_another_currency_leaves_the_others(
        self, shipped, figures
    ) -> None:
        whole = figures["Kazakhstan-Uzbekistan turnover"]
        late = tt.TradeSeries.from_annual(whole.annual().loc[2015:], unit=whole.unit, name=whole.name)
        tenge = tt.TradeSeries.from_annual(whole.annual(), unit="KZT mn", name="Kazakhstan-Kyrgyzstan")
        unknown = tt.TradeSeries.from_annual(whole.annual(), name="Kazakhstan-Tajikistan")
        given = {s.name: s for s in (late, tenge, unknown)}
        answer = foresee(shipped, given, model="random-walk")
        assert min(p.last_year for p in answer.promises) == 2017
        reasons = " ".join(answer.left_out)
        assert "announced 2017-09-16, due in 2020: random-walk needs at least 3" in reasons
        assert "due in 2030: cannot convert KZT mn to USD bn" in reasons
        assert "due in 2027: Kazakhstan-Tajikistan turnover does not state its unit" in reasons


class TestCommand:
    def test_the_selection_is_said_in_the_first_line(self, capsys) -> None:
        assert main(["promises", "--growth", "12"]) == 0
        lines = capsys.readouterr().out.split("\n")
        assert lines[0] == "Found by search, which favours met targets: shares are probably too high"
        assert "Of 20 promises that asked for 10 to 15 % a year, 3 were" in " ".join(" ".join(lines).split())
        assert max(map(len, lines)) <= 78

    def test_json_holds_counts_bands_curve_and_foresight(self, capsys) -> None:
        assert main(["promises", "--growth", "25", "--json", "-"]) == 0
        record = json.loads(capsys.readouterr().out)
        assert (record["due"], record["met"], record["missed"], record["undecided"]) == (91, 18, 42, 31)
        assert record["by_required_growth"][-1]["high"] is None
        assert record["like"]["met"] == 0
        assert record["foresight"]["decided"] == 7

    def test_a_word_for_growth_names_the_option(self, capsys) -> None:
        assert main(["promises", "--growth", "much"]) == 2
        assert "--growth 'much' is not a number" in capsys.readouterr().err
