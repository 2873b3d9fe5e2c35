"""Events inside a year, reaching again, and months as evidence, through the forecast itself."""

import json
import warnings
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, Scenario, Target, TradeSeries, datasets, forecast, run_scenarios
from tradetarget.answering.months import MonthSplitter, OwnMonths, month_batches, month_source
from tradetarget.answering.part_years import FittedOnEvidence, fit_to_everything
from tradetarget.answering.question import as_target
from tradetarget.cli import main
from tradetarget.errors import ScenarioError, SettingError, TargetError
from tradetarget.models import get_model
from tradetarget.models.interface import concatenate
from tradetarget.nowcasting import MonthNoise
from tradetarget.scenarios import Deflation, GrowthShift, LevelShock, required
from tradetarget.seeding import stream
from tradetarget.targets import HittingTime
from tradetarget.units import Unit

BN = Unit.parse("USD bn")
YEARS = TradeSeries.from_annual(
    pd.Series({2018: 2.484, 2019: 3.415, 2020: 2.931, 2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}),
    unit=BN, name="A-B",
)  # fmt: skip
ROLLING, RATE = Target(5, "USD bn", "rolling_12_months"), Target(5, "USD bn", "run_rate")


def months(n: int, first: str = "2021-01", growth: float = 0.06, end: float = 0.0) -> TradeSeries:
    """Smooth months at about 4 bn a year; ``end`` bends the last twelve up."""
    t = np.arange(n)
    x = np.log(4.0 / 12) + growth / 12 * t + end * np.maximum(t - (n - 12), 0) / 12
    return TradeSeries.from_monthly(
        pd.Series(np.exp(x), pd.period_range(first, periods=n, freq="M")), unit=BN, name="M"
    )


def part(year: int, last: int, value: float) -> Observation:
    return Observation(
        start=date(year, 1, 1), end=pd.Period(f"{year}-{last:02d}", "M").end_time.date(), value=value, unit=BN
    )


@cache
def three_years_of_months() -> HittingTime:
    return forecast(YEARS, ROLLING, horizon=3, n_paths=1024).hitting_time


class TestEvents:
    def test_an_easier_event_is_reached_earlier(self) -> None:
        calendar, rolling, rate = (
            forecast(YEARS, t, model="random-walk", horizon=6, n_paths=8192).hitting_time.probability
            for t in (Target(5, "USD bn"), ROLLING, RATE)
        )
        assert (rolling > calendar).all()
        assert (rate > rolling).all()

    def test_a_rolling_sum_in_a_december_is_the_total_of_the_year(self) -> None:
        fitted = get_model("random-walk").fit(YEARS)
        paths = fitted.simulate(4, 512, stream(0, "x"))
        splitter = month_source(fitted, 4)
        found = splitter.split(paths, splitter.noise(512, stream(0, "m"))).levels_of("rolling_12_months")
        assert found[0] == pytest.approx(np.full(512, np.log(4.765)), abs=1e-9)
        assert found[12::12] == pytest.approx(paths.log_levels[0].T, abs=1e-9)

    @pytest.mark.bits
    @pytest.mark.parametrize("published", [None, 3.7], ids=["no part-year figure", "nine months of the first year"])
    def test_a_block_boundary_changes_no_month(self, published: float | None) -> None:
        series = YEARS if published is None else TradeSeries("A-B", (*YEARS, part(2026, 9, published)), "turnover", BN)
        splitter = month_source(fit_to_everything(get_model("random-walk"), series), 3)
        paths, noise = get_model("random-walk").fit(YEARS).simulate(3, 2048, stream(0, "x")), stream(0, "m")
        whole = splitter.split(paths, splitter.noise(2048, noise)).log_months
        for cuts in ([512, 1024, 1536], [512, 513, 1024, 1100]):
            noise, apart = splitter.noise(2048, stream(0, "m")), []
            for start, stop in zip([0, *cuts], [*cuts, 2048], strict=True):
                own = MonthNoise(noise.normal[:, start:stop], noise.chi_square[start:stop])
                apart.append(splitter.split(paths.part(start, stop), own).log_months)
            assert np.array_equal(whole, np.concatenate(apart, axis=1))

    @pytest.mark.bits
    def test_months_drawn_block_by_block_are_those_drawn_at_once(self) -> None:
        fitted = get_model("random-walk").fit(YEARS)
        splitter = month_source(fitted, 3)
        paths = fitted.simulate(3, 2048, stream(0, "x"))
        whole = splitter.split(paths, splitter.noise(2048, stream(0, "m"))).log_months
        rng = stream(0, "m")
        blocks = fitted.blocks(3, 2048, stream(0, "x"), block=512)
        apart = np.concatenate([splitter.split(b, splitter.noise(512, rng)).log_months for b in blocks], axis=1)
        assert np.array_equal(whole, apart)

    def test_paths_that_a_published_part_rules_out_warn_of_nothing_and_have_ordinary_months(self) -> None:
        # Nine months at 5.5 rule out every path whose total is below that. A residual made up for such totals once
        # drew log shares from -456 to +394, and numpy divided by shares of 0.
        series = TradeSeries("A-B", (*YEARS, part(2026, 9, 5.5)), "turnover", BN)
        fitted = fit_to_everything(get_model("pooled"), series)
        splitter = month_source(fitted, 2)
        paths = concatenate(list(fitted.blocks(2, 8192, stream(0, "A-B"))))
        assert paths.weights is not None
        assert (paths.weights == 0.0).any()
        with np.errstate(all="raise", under="ignore"):
            months = splitter.split(paths, splitter.noise(8192, stream(0, "m"))).log_months
            forecast(series, Target(6.0, "USD bn", "rolling_12_months"), horizon=2, n_paths=8192)
        assert np.isfinite(months).all()
        spread = np.ptp(months.reshape(3, 12, -1), axis=1).max(axis=0)
        # Months of ruled-out paths are spread as those of the others are: Student, so that the largest of thousands
        # is large, but thousands of times smaller than 850.
        ruled_out = paths.weights == 0.0
        assert np.quantile(spread[ruled_out], 0.9) < 2.0 * np.quantile(spread[~ruled_out], 0.9)

    def test_quantiles_are_months_and_years_are_their_decembers(self) -> None:
        answer = forecast(YEARS, ROLLING, horizon=5, n_paths=4096).hitting_time
        assert answer.by_month is not None
        assert str(answer.by_month.months[0]) == "2026-01"
        assert answer.median is not None
        assert answer.median.freqstr == "M"
        assert answer.probability_by(2027) == answer.probability_by("2027-12")
        assert answer.probability_by(pd.Period("2026-03", "M")) < answer.probability_by("2026-09")
        assert answer.probability_by("2025-12") == 0.0
        assert answer.by_month.to_frame()["first_reached"].sum() == pytest.approx(answer.probability_within_horizon)

    @pytest.mark.parametrize("period", [pd.Period("2027Q1"), pd.Period("2027-03-05", "D"), "2027Q1", "soon"])
    def test_a_period_that_is_neither_year_nor_month_is_refused(self, period: object) -> None:
        with pytest.raises(SettingError, match="not a year"):
            three_years_of_months().probability_by(period)

    def test_a_month_beyond_the_horizon_is_refused_as_such(self) -> None:
        with pytest.raises(SettingError, match="beyond the horizon"):
            three_years_of_months().probability_by("2031-01")

    def test_standing_at_the_target_is_certain_whatever_the_weights(self) -> None:
        series = TradeSeries("A-B", (*YEARS, part(2026, 9, 5.5)), "turnover", BN)
        for seed in range(3):
            answer = forecast(
                series, Target(5.2, "USD bn", "rolling_12_months"), horizon=2, seed=seed, n_paths=8192
            ).hitting_time
            assert answer.by_month is not None
            assert (answer.by_month.probability == 1.0).all()
            assert answer.standard_error is None

    def test_a_month_of_a_calendar_year_event_is_refused(self) -> None:
        with pytest.raises(SettingError, match="not a year"):
            forecast(YEARS, Target(5, "USD bn"), horizon=2).hitting_time.probability_by("2027-06")

    def test_probabilities_count_months_after_the_data(self) -> None:
        series = TradeSeries("A-B", (*YEARS, part(2026, 9, 3.7)), "turnover", BN)
        answer = forecast(series, ROLLING, horizon=4, n_paths=4096).hitting_time
        assert answer.by_month is not None
        assert str(answer.by_month.months[0]) == "2026-10"

    def test_a_rolling_sum_that_stands_at_the_target_is_an_answer_of_one(self) -> None:
        answer = forecast(YEARS, Target(4.7, "USD bn", "rolling_12_months"), horizon=3, n_paths=4096).hitting_time
        assert (answer.probability == 1.0).all()
        assert str(answer.already_reached) == "2022-12"
        assert "twelve months to 2025-12" in answer.summary()

    def test_an_earlier_peak_of_the_rolling_sum_is_found_between_decembers(self) -> None:
        values = np.full(36, 0.4)
        values[6:18] = 0.5  # 2021-07 to 2022-06: the sum to 2022-06 is 6, those to Decembers are 5.4
        monthly = pd.Series(values, pd.period_range("2021-01", periods=36, freq="M"))
        series = TradeSeries.from_monthly(monthly, unit=BN, name="M")
        answer = forecast(series, Target(5.9, "USD bn", "rolling_12_months"), horizon=2, n_paths=4096).hitting_time
        assert str(answer.already_reached) == "2022-05"
        assert answer.probability[0] < 1.0

    def test_several_months_running_take_longer_than_one(self) -> None:
        once, thrice = (
            forecast(YEARS, Target(5.5, "USD bn", "run_rate", sustained=k), horizon=3, n_paths=8192).hitting_time
            for k in (1, 3)
        )
        assert (thrice.probability < once.probability).all()
        assert thrice.by_month is not None
        assert thrice.by_month.probability[0] < once.probability[0]

    def test_a_run_of_years_may_have_begun_in_the_data(self) -> None:
        two = forecast(YEARS, Target(4.5, "USD bn", sustained=2), model="random-walk", horizon=5).hitting_time
        one = forecast(YEARS, Target(4.5, "USD bn"), model="random-walk", horizon=5)
        stays = (one.fitted.simulate(1, 50_000, stream(0, YEARS.label)).levels[0, :, 0] >= 4.5).mean()
        assert two.probability[0] == pytest.approx(stays, abs=1e-3)  # 2025 was above it: 2026 makes two
        assert one.hitting_time.probability[0] == 1.0

    def test_a_run_that_is_complete_in_the_data_is_an_answer_of_one(self) -> None:
        answer = forecast(YEARS, Target(4.0, "USD bn", sustained=3), model="random-walk", horizon=3)
        assert (answer.hitting_time.probability == 1.0).all()
        assert "Already reached       yes" in answer.summary()

    def test_a_run_of_months_may_have_begun_before_the_last_complete_year(self) -> None:
        values = pd.Series(0.5, pd.period_range("2019-01", periods=84, freq="M"))  # every sum of twelve months is 6
        series = TradeSeries.from_monthly(values, unit=BN, name="M")
        for k in (3, 20):
            target = Target(5.5, "USD bn", "rolling_12_months", sustained=k)
            answer = forecast(series, target, horizon=2, n_paths=8192).hitting_time
            assert (answer.probability == 1.0).all()

    def test_growth_required_skips_years_in_which_the_run_cannot_be_complete(self) -> None:
        once = TradeSeries.from_annual(pd.Series({2023: 4.0, 2024: 4.4, 2025: 5.2}), unit=BN, name="A-B")
        answer = forecast(once, Target(5, "USD bn", sustained=3), model="random-walk", horizon=4)
        assert answer.required_growth().index.tolist() == [2027, 2028, 2029]
        assert np.isposinf(answer.to_frame()["required_growth"].iloc[0])

    def test_a_lever_is_asked_for_a_run_that_only_began(self) -> None:
        once = TradeSeries.from_annual(pd.Series({2023: 4.0, 2024: 4.4, 2025: 5.2}), unit=BN, name="A-B")
        found = required(once, Target(5, "USD bn", sustained=2), by=2026, model="random-walk", n_paths=2048)
        stays = forecast(once, Target(5, "USD bn", sustained=2), model="random-walk", horizon=1).hitting_time
        assert (found.value < 0.0) == (stays.probability[0] > 0.5)

    def test_growth_required_for_two_years_running_is_that_to_the_first_of_them(self) -> None:
        rates = forecast(YEARS, Target(5, "USD bn", sustained=2), model="random-walk", horizon=3).required_growth()
        assert rates.index.tolist() == [2027, 2028]
        assert rates.loc[2027] == pytest.approx(5 / 4.765 - 1)
        assert forecast(YEARS, ROLLING, horizon=2, n_paths=1024).required_growth().empty

    def test_a_horizon_that_ends_with_the_data_is_refused(self) -> None:
        series = months(60)  # 2021 to 2025
        most = Observation(start=date(2026, 1, 1), end=date(2026, 12, 31), value=5.5, qualifier="almost", unit=BN)
        told = TradeSeries("M", (*series, most), "turnover", BN)
        with pytest.raises(SettingError, match="horizon of 2 or more"):
            forecast(told, ROLLING, horizon=1)

    @pytest.mark.parametrize("target", [ROLLING, Target(6, "USD bn", "run_rate", sustained=2)])
    def test_the_growth_that_an_event_of_months_requires_gives_the_scenario_that_probability(self, target) -> None:
        told = TradeSeries("A-B", (*YEARS, part(2026, 6, 1.9)), "turnover", BN)
        answer = required(told, target, by=2028, probability=0.6, model="random-walk", n_paths=2048)
        faster = Scenario("faster", [GrowthShift(answer.value)])
        run = run_scenarios(told, target, faster, "random-walk", horizon=3, n_paths=2048).hitting_times
        excess = run["faster"].probability_by(2028) - 0.6
        assert 0.0 <= excess <= answer.weights.max()  # the weighted law is a step function: one path more than enough
        assert run["baseline"].probability_by(2028) == pytest.approx(answer.probability_without, abs=1e-12)

    def test_reaching_again_requires_no_one_size_unless_it_is_a_first_passage(self) -> None:
        with pytest.raises(ScenarioError, match="keeps a path from falling below"):
            required(YEARS, Target(6, "USD bn", occurrence="again"), by=2030)
        once = TradeSeries.from_annual(YEARS.annual().replace(4.922, 5.2), unit=BN, name="A-B")
        again, first = (
            required(once, Target(5, "USD bn", occurrence=how), by=2030, n_paths=4096).value
            for how in ("again", "first")
        )
        assert again == first

    def test_every_model_answers_every_event(self) -> None:
        for model in ("random-walk", "damped-trend", "pooled"):
            answer = forecast(YEARS, ROLLING, model=model, horizon=2, n_paths=2048).hitting_time
            assert 0.0 < answer.probability[0] < 1.0

    def test_a_law_without_paths_answers_from_totals_and_says_what_it_leaves_out(self) -> None:
        told = TradeSeries("A-B", (*YEARS, part(2026, 9, 3.7)), "turnover", BN)
        with_part, plain = (forecast(s, 5.5, model="base-rate", horizon=5) for s in (told, YEARS))
        assert np.array_equal(with_part.hitting_time.probability, plain.hitting_time.probability)
        assert "Not used: 1 part-year figure (latest 2026-01/2026-09)" in with_part.summary()

    def test_an_estimated_origin_is_split_with_each_path(self) -> None:
        article = datasets.load("article-2019")["Kazakhstan-Uzbekistan turnover"]
        fitted = fit_to_everything(get_model("pooled"), article)
        paths = concatenate(list(fitted.blocks(2, 32 * 512, stream(0, "x"))))
        assert paths.log_past is not None
        splitter = month_source(fitted, 2)
        split = splitter.split(paths, splitter.noise(paths.n_paths, stream(0, "m")))
        levels = np.exp(split.log_months)
        assert np.log(levels[:12].sum(axis=0)) == pytest.approx(paths.log_past[:, -1], abs=1e-9)
        to_september = levels[12:21].sum(axis=0)
        # 2.55 to 2.65 as it was said, and 13 % to both sides for what may be revised
        assert (to_september > 2.549 / 1.14).all()
        assert (to_september < 2.651 * 1.14).all()
        assert str(split.data_month) == "2019-09"


class TestAgain:
    def test_below_an_earlier_peak_again_is_the_first_time_after_the_origin(self) -> None:
        first = forecast(YEARS, Target(4.9, "USD bn"), model="random-walk").hitting_time
        again = forecast(YEARS, Target(4.9, "USD bn", occurrence="again"), model="random-walk").hitting_time
        assert again.method == "exact"
        assert np.array_equal(first.probability, again.probability)

    def test_the_simulation_agrees_with_the_law(self) -> None:
        target = Target(4.9, "USD bn", occurrence="again")
        law, counted = (
            forecast(YEARS, target, model="random-walk", method=m).hitting_time for m in ("exact", "simulation")
        )
        assert counted.standard_error is not None
        assert np.abs(law.probability - counted.probability).max() < 4 * counted.standard_error

    def test_standing_at_the_target_it_has_to_fall_first(self) -> None:
        answer = forecast(YEARS, Target(4.7, "USD bn", occurrence="again"), model="random-walk").hitting_time
        assert answer.probability[0] == 0.0
        assert 0.0 < answer.probability[-1] < 1.0

    def test_never_reached_it_has_to_be_reached_twice(self) -> None:
        first, again = (
            forecast(YEARS, Target(5.5, "USD bn", occurrence=o), model="random-walk").hitting_time.probability
            for o in ("first", "again")
        )
        assert (again[:2] == 0.0).all()
        assert (again[2:] < first[:-2]).all()


class TestScenarios:
    def test_the_baseline_is_the_forecast_and_growth_brings_every_event_forward(self) -> None:
        faster = Scenario("Faster", [GrowthShift(0.05)])
        targets = [Target(5.5, "USD bn"), Target(5.5, "USD bn", "rolling_12_months"), Target(5.5, "USD bn", "run_rate")]
        found = run_scenarios(YEARS, targets, [faster], model="random-walk", horizon=5, n_paths=8192)
        for case, target in zip(found.cases, targets, strict=True):
            alone = forecast(YEARS, target, model="random-walk", horizon=5, n_paths=8192)
            assert np.array_equal(case.hitting_times["baseline"].probability, alone.hitting_time.probability)
            assert (case.differences["Faster"].probability > 0).all()

    def test_a_shock_lowers_the_months_of_its_year(self) -> None:
        shock = Scenario("Shock", [LevelShock(-0.3, 2026)])
        found = run_scenarios(YEARS, ROLLING, [shock], model="random-walk", horizon=2, n_paths=8192)
        by_month = [found.cases[0].hitting_times[n].by_month for n in ("baseline", "Shock")]
        assert by_month[0] is not None
        assert by_month[1] is not None
        assert (by_month[1].probability <= by_month[0].probability).all()

    def test_paired_errors_of_monthly_events_are_those_of_year_ends(self) -> None:
        faster = Scenario("Faster", [GrowthShift(0.05)])
        found = run_scenarios(YEARS, ROLLING, [faster], model="random-walk", horizon=3)
        gap, frame = found.differences["Faster"], found.to_frame()
        assert gap.standard_errors.shape == gap.probability.shape == (3,)
        assert frame["difference_error"].notna().all()
        alone = found.hitting_times["Faster"].standard_errors
        assert alone is not None
        assert (gap.standard_errors <= 1.5 * alone).all()

    @pytest.mark.parametrize("change", [GrowthShift(0.05), LevelShock(-0.3, 2026)])
    def test_published_months_are_not_moved_by_a_plan(self, change: object) -> None:
        series = months(58, "2021-03")  # complete years 2022 to 2024, and 2025 whole: ends 2025-12
        told = TradeSeries.from_monthly(
            pd.concat([series.monthly(), pd.Series([0.45] * 10, pd.period_range("2026-01", periods=10, freq="M"))]),
            unit=BN, name="M",
        )  # fmt: skip
        last = float(told.monthly().iloc[-12:].sum())
        target = Target(1.03 * last, "USD bn", "rolling_12_months")
        found = run_scenarios(told, target, [Scenario("Plan", [change])], horizon=2, n_paths=16_384)  # type: ignore[list-item]
        by_month = found.hitting_times["Plan"].by_month
        assert by_month is not None
        assert str(by_month.months[0]) == "2026-11"
        assert by_month.probability[0] < 0.9  # 1 where the known months were moved

    def test_in_constant_prices_past_months_are_deflated_too(self) -> None:
        prices = {y: 100 * 1.1 ** (y - 2020) for y in range(2020, 2030)}
        found = run_scenarios(
            months(60), Target(4.3, "USD bn", "rolling_12_months"), [Scenario("Real", [Deflation(2021, prices)])],
            horizon=2, n_paths=2048,
        )  # fmt: skip
        nominal, real = (found.hitting_times[n].already_reached for n in ("baseline", "Real"))
        assert nominal is not None
        assert nominal.month != 12  # found between Decembers
        assert real is None

    def test_prices_must_reach_back_to_where_a_run_may_have_begun(self) -> None:
        prices = Deflation(2025, dict.fromkeys(range(2025, 2035), 100))
        with pytest.raises(ScenarioError, match="no price level for 2023, and a run of 3 years may have begun there"):
            run_scenarios(
                YEARS, Target(4, "USD bn", sustained=3), [Scenario("Real", [prices])], model="random-walk", horizon=2
            )

    def test_a_case_is_found_by_its_event(self) -> None:
        found = run_scenarios(YEARS, [Target(5, "USD bn"), ROLLING], [], model="random-walk", horizon=2, n_paths=1024)
        assert found.case(target=ROLLING).target.event == "rolling_12_months"
        assert found.quantiles(target=Target(5000, "USD mn")).shape[0] == 2
        with pytest.raises(SettingError, match="2 cases fit"):
            found.case(target=5.0)

    def test_weighed_months_are_not_called_unused(self) -> None:
        found = run_scenarios(months(64), Target(6, "USD bn"), [], horizon=2, n_paths=2048)
        assert "Not used" not in found.summary()


class TestMonthsAsEvidence:
    def test_a_strong_end_of_the_last_year_foretells_the_next(self) -> None:
        level, bent = (forecast(months(60, end=e), Target(6, "USD bn"), "pooled", horizon=3) for e in (0.0, 0.2))
        growth = [float(np.log(f.quantiles([0.5]).iloc[0, 0] / f.last_value)) for f in (level, bent)]
        assert growth[1] > growth[0] + 0.02
        assert isinstance(bent.fitted, FittedOnEvidence)
        assert bent.nowcast().empty  # nothing was said of the year itself
        assert "the months of 2025" in bent.summary()

    def test_one_month_of_the_last_year_is_not_its_shape(self) -> None:
        january = Observation(start=date(2025, 1, 1), end=date(2025, 1, 31), value=0.3, unit=BN)
        told = TradeSeries("A-B", (*YEARS, january), "turnover", BN)
        plain, with_one = (forecast(s, Target(5, "USD bn"), horizon=3).hitting_time.probability for s in (YEARS, told))
        assert np.array_equal(plain, with_one)

    def test_a_bound_that_says_nothing_changes_nothing(self) -> None:
        plain = months(60)
        bound = Observation(start=date(2026, 1, 1), end=date(2026, 5, 31), value=0.01, qualifier="at least", unit=BN)
        told = TradeSeries("M", (*plain, bound), "turnover", BN)
        without, with_bound = (
            forecast(s, Target(6, "USD bn"), "pooled", horizon=2).hitting_time.probability for s in (plain, told)
        )
        assert with_bound == pytest.approx(without, abs=1e-3)

    def test_announced_parts_of_a_complete_year_are_not_taken_so(self) -> None:
        told = TradeSeries("A-B", (*YEARS, part(2025, 9, 3.2)), "turnover", BN)
        plain, with_part = (forecast(s, Target(5, "USD bn"), horizon=3).hitting_time.probability for s in (YEARS, told))
        assert np.array_equal(plain, with_part)

    @pytest.mark.parametrize("model", ["pooled", "random-walk"])
    def test_the_exact_law_agrees_with_weighted_paths(self, model: str) -> None:
        series = TradeSeries("A-B", (*YEARS, part(2026, 9, 3.7)), "turnover", BN)
        law = forecast(series, Target(5.5, "USD bn"), model=model, method="exact").hitting_time
        counted = forecast(series, Target(5.5, "USD bn"), model=model, method="simulation").hitting_time
        assert law.method == "exact"
        assert law.standard_error is None
        assert counted.standard_errors is not None
        assert (np.abs(law.probability - counted.probability) < 4 * counted.standard_errors + 1e-3).all()

    def test_a_whole_year_of_known_growth_is_the_answer_of_the_year(self) -> None:
        grown = Observation(start=date(2026, 1, 1), end=date(2026, 12, 31), value=0.2, kind="growth", rounding=0.01)
        told = TradeSeries("A-B", (*YEARS, grown), "turnover", BN)
        median = forecast(told, Target(5, "USD bn"), horizon=2).nowcast().loc[2026, "median"]
        assert median == pytest.approx(1.2 * 4.765, rel=2e-3)


class TestRevisionsAndGaps:
    def test_months_move_with_the_revised_total_of_their_year(self) -> None:
        plain = months(60)
        total = float(plain.annual().iloc[-1])
        revised = Observation(start=date(2025, 1, 1), end=date(2025, 12, 31), value=1.05 * total, unit=BN)
        series = TradeSeries("M", (*plain, revised), "turnover", BN)
        table = forecast(series, ROLLING, horizon=2, n_paths=8192).monthly()
        assert table.loc["2025", 0.5].to_numpy() == pytest.approx(
            1.05 * plain.monthly().loc["2025"].to_numpy(), rel=1e-9
        )

    def test_an_implausible_announcement_does_not_fall_on_one_month(self) -> None:
        announced = part(2025, 11, 2.5)  # of 4.765: more than half of the year in December
        series = TradeSeries("A-B", (*YEARS, announced), "turnover", BN)
        december = forecast(series, ROLLING, horizon=2, n_paths=8192).monthly().loc["2025-12", 0.5]
        assert december < 0.25 * 4.765

    def test_known_months_after_a_gap_come_back_as_published(self) -> None:
        values = months(66).monthly().drop(pd.Period("2026-03", "M"))
        series = TradeSeries.from_monthly(values, unit=BN, name="M")
        table = forecast(series, ROLLING, horizon=2, n_paths=8192).monthly()
        for month in ("2026-01", "2026-02", "2026-04", "2026-06"):
            known = values.loc[pd.Period(month, "M")]
            assert table.loc[month].to_numpy() == pytest.approx([known] * 3, rel=1e-9)
        assert table.loc["2026-03", 0.9] > table.loc["2026-03", 0.1]

    def test_a_quarter_in_the_middle_of_a_year_is_met(self) -> None:
        quarter = Observation(start=date(2026, 4, 1), end=date(2026, 6, 30), value=1.4, unit=BN)
        series = TradeSeries("A-B", (*YEARS, quarter), "turnover", BN)
        fitted = fit_to_everything(get_model("pooled"), series)
        source = month_source(fitted, 2)
        paths = concatenate(list(fitted.blocks(2, 8192, stream(0, "x"))))
        found = np.exp(source.split(paths, source.noise(8192, stream(0, "m"))).log_months[15:18]).sum(axis=0)
        assert found == pytest.approx(np.full(8192, 1.4), rel=1e-9)

    def test_a_rounded_month_stays_inside_its_rounding(self) -> None:
        rows = tuple(
            Observation(start=o.start, end=o.end, value=round(o.value, 2), unit=BN, rounding=0.01) for o in months(66)
        )
        table = forecast(TradeSeries("M", rows, "turnover", BN), ROLLING, horizon=2, n_paths=8192).monthly()
        known = TradeSeries("M", rows, "turnover", BN).monthly().loc["2026-01":]
        for month, value in known.items():
            assert np.abs(table.loc[month].to_numpy() - value).max() <= 0.005 + 1e-9

    def test_a_growth_rate_alone_does_not_move_the_month_from_which_reaching_counts(self) -> None:
        grown = Observation(start=date(2026, 1, 1), end=date(2026, 9, 30), value=0.2, kind="growth", rounding=0.02)
        answer = forecast(TradeSeries("A-B", (*YEARS, grown), "turnover", BN), ROLLING, horizon=2).hitting_time
        assert answer.by_month is not None
        assert str(answer.by_month.months[0]) == "2026-01"


class TestOwnMonths:
    def test_the_monthly_models_months_are_those_of_its_totals(self) -> None:
        series = months(66)
        fitted = get_model("monthly").fit(series)
        source = month_source(fitted, 2)
        assert isinstance(source, OwnMonths)
        paths = concatenate(list(fitted.blocks(2, 1024, stream(0, "x"))))
        split = source.split(paths, source.noise(1024, stream(0, "x", *source.key)))
        totals = np.log(np.exp(split.log_months).reshape(3, 12, -1).sum(axis=1))
        assert totals[1:] == pytest.approx(paths.log_levels[0].T, abs=1e-9)
        assert np.exp(split.log_months[:18, 0]) == pytest.approx(series.monthly().to_numpy()[-18:], rel=1e-9)
        assert str(split.data_month) == "2026-06"

    @pytest.mark.bits
    def test_a_baseline_of_scenarios_is_its_forecast(self) -> None:
        series, target = months(66), Target(6.2, "USD bn", "run_rate")
        found = run_scenarios(series, target, [], model="monthly", horizon=2, n_paths=2048)
        alone = forecast(series, target, model="monthly", horizon=2, n_paths=2048)
        assert np.array_equal(found.hitting_times["baseline"].probability, alone.hitting_time.probability)

    def test_a_last_year_with_a_missing_month_is_split_by_the_law_of_shares(self) -> None:
        values = months(66).monthly()
        totals = pd.Series({2025: float(values.loc["2025"].sum())})
        rows = TradeSeries.from_monthly(values.drop(pd.Period("2025-05", "M")), unit=BN, name="M")
        year = TradeSeries.from_annual(totals, unit=BN, name="M")
        series = TradeSeries("M", (*rows, *year), "turnover", BN)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = get_model("monthly").fit(series)
        assert isinstance(month_source(fitted, 2), MonthSplitter)


class TestMonthly:
    def test_quantiles_by_month_begin_where_they_are_told(self) -> None:
        f = forecast(YEARS, ROLLING, horizon=2, n_paths=4096)
        assert str(f.monthly().index[0]) == "2025-01"
        assert str(f.monthly("rolling_12_months").index[0]) == "2025-12"
        assert f.monthly("rolling_12_months").iloc[0].to_numpy() == pytest.approx([4.765] * 3, rel=1e-9)
        assert (f.monthly().diff(axis=1).iloc[:, 1:] > 0).all(axis=None)

    def test_published_months_have_no_interval(self) -> None:
        f = forecast(months(63), ROLLING, horizon=2, n_paths=4096)
        table = f.monthly()
        known = table.loc["2025-01":"2026-03"]
        assert known[0.1].to_numpy() == pytest.approx(known[0.9].to_numpy(), rel=1e-9)
        assert (table.loc["2026-04":, 0.9] > table.loc["2026-04":, 0.1]).all()

    @pytest.mark.parametrize("wrong", [[], [0.0], [1.5]])
    def test_quantiles_outside_0_and_1_are_refused(self, wrong: list[float]) -> None:
        with pytest.raises(SettingError, match="must lie between 0 and 1"):
            forecast(YEARS, ROLLING, horizon=1, n_paths=512).monthly(probabilities=wrong)

    def test_a_calendar_year_event_has_no_months(self) -> None:
        with pytest.raises(SettingError, match="calendar_year"):
            forecast(YEARS, 5.0).monthly("calendar_year")


class TestCommandLine:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "months.csv"
        months(60).to_csv(path)
        return str(path)

    def test_an_event_is_answered_by_month_in_json(self, capsys, file: str) -> None:
        words = ["forecast", file, "--target", "6", "--event", "rolling-12-months", "--horizon", "3", "--paths", "4096"]
        words += ["--json", "-"]
        assert main(words) == 0
        record = json.loads(capsys.readouterr().out)
        assert record["target"]["event"] == "rolling_12_months"
        assert record["probability_by"]["2027"] == record["probability_by_month"]["2027-12"]
        assert record["median"] is None or len(record["median"]) == 7

    def test_again_and_sustained_are_in_the_answer(self, capsys) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert (
                main(["forecast", "--target", "4.8", "--occurrence", "again", "--sustained", "2", "--horizon", "3"])
                == 0
            )
        out = " ".join(capsys.readouterr().out.split())
        assert "again, 2 years running?" in out
        assert "having fallen below it" in out

    def test_scenarios_take_the_event(self, capsys, file: str) -> None:
        words = ["scenarios", "--data", file, "--target", "6", "--event", "run-rate", "--paths", "4096"]
        words += ["--json", "-"]
        assert main(words) == 0
        record = json.loads(capsys.readouterr().out)
        assert record["target"]["event"] == "run_rate"
        assert all("probability_by_month" in s for s in record["scenarios"])

    def test_more_paths_make_the_error_smaller(self, capsys) -> None:
        errors = []
        for n in ("20480", "81920"):
            words = ["--dataset", "article-2019", "--event", "rolling-12-months", "--horizon", "2", "--paths", n]
            assert main(["forecast", *words, "--json", "-"]) == 0
            errors.append(json.loads(capsys.readouterr().out)["standard_error"])
        assert errors[1] < 0.7 * errors[0]

    def test_one_file_for_two_answers_is_refused(self, capsys, tmp_path) -> None:
        path = str(tmp_path / "a.png")
        assert main(["forecast", "--json", path, "--plot", path]) == 2
        assert "a file of its own" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--event", "weekly"], "weekly"),
            (["--paths", "0"], "--paths 0"),
            (["--occurrence", "twice"], "twice"),
            (["--sustained", "0"], "sustained 0"),
            (["--sustained", "two"], "--sustained 'two'"),
        ],
    )
    def test_a_wrong_event_is_one_line_and_status_2(self, capsys, words: list[str], said: str) -> None:
        assert main(["forecast", *words]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert said in err


def test_a_bare_number_is_a_target_in_the_unit_of_the_data() -> None:
    assert as_target(5.0) == Target(5.0)
    with pytest.raises(TargetError):
        as_target("5")  # type: ignore[arg-type]


def test_paths_that_leave_the_range_of_numbers_are_still_split() -> None:
    wild = TradeSeries.from_annual(pd.Series({2022: 1.0, 2023: 60.0, 2024: 2.0}), unit=BN, name="W")
    answer = forecast(wild, Target(50, "USD bn", "rolling_12_months"), model="random-walk", horizon=200, n_paths=2048)
    assert np.isfinite(answer.hitting_time.probability).all()


@pytest.mark.parametrize("published", [(), (part(2026, 9, 3.7),)], ids=["totals alone", "nine months published"])
def test_another_unit_of_the_dollar_scales_every_month_of_every_path(published: tuple[Observation, ...]) -> None:
    def log_months(unit: str, factor: float) -> np.ndarray:
        rows = tuple(replace(o, value=o.value * factor, unit=Unit.parse(unit)) for o in (*YEARS, *published))
        fitted = fit_to_everything(get_model("random-walk"), TradeSeries("A-B", rows, "turnover", Unit.parse(unit)))
        splitter = month_source(fitted, 2)
        paths = concatenate(list(fitted.blocks(2, 2048, stream(0, "x"))))
        return splitter.split(paths, splitter.noise(2048, stream(0, "m"))).log_months

    expected = log_months("USD bn", 1.0)
    for unit, factor in (("USD mn", 1e3), ("USD", 1e9)):
        np.testing.assert_allclose(log_months(unit, factor), expected + np.log(factor), rtol=0, atol=1e-6)


def test_the_december_of_the_data_stands_where_it_was_however_far_a_path_goes() -> None:
    # Paths from three totals spread over more than exp(1400) in 200 years, more than any one scale of doubles holds.
    wild = TradeSeries.from_annual(pd.Series({2022: 1.0, 2023: 60.0, 2024: 2.0}), unit=BN, name="W")
    fitted = get_model("random-walk").fit(wild)
    splitter = month_source(fitted, 200)
    rng = stream(0, "m")
    batch = next(month_batches(fitted.blocks(200, 512, stream(0, "W")), splitter, rng))
    assert (np.ptp(batch.log_months, axis=0) > 1400.0).sum() >= 20
    np.testing.assert_allclose(batch.levels_of("rolling_12_months")[0], np.log(2.0), rtol=0, atol=1e-9)
