import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from systems_helpers import PAIRS, REGION, annual, until

import tradetarget as tt
from tradetarget import Scenario, SystemForecast, SystemScenario, Target, TradeSeries, TradeSystem, forecast_system
from tradetarget.errors import ScenarioError, SettingError, TargetError, UnitError, UnknownNameError
from tradetarget.observations import Observation
from tradetarget.scenarios import ConditionalEvent, Deflation, GrowthShift, LevelEffect, LevelShock, Uniform
from tradetarget.systems import fit_system, region_of

PAIR = PAIRS[0]
TARGETS = {"Kazakhstan-Uzbekistan": Target(5, "USD bn"), "Kazakhstan-Central Asia": Target(10, "USD bn")}
PUSH = SystemScenario("push", {"Kazakhstan-Uzbekistan": [LevelEffect(Uniform(0.1, 0.3), years=3)]})
FALL = Scenario("fall", [LevelShock(Uniform(-0.4, -0.2), 1, recovery=3)])
RISK = Scenario("risk", [ConditionalEvent(0.1, Uniform(-0.3, -0.1), recovery=2)])


@pytest.fixture(scope="module")
def answer(region: TradeSystem) -> SystemForecast:
    return forecast_system(region, TARGETS, 12, n_paths=20_000, scenarios=[PUSH, FALL, RISK])


def test_pair_and_region_agree_with_their_own_paths(answer: SystemForecast) -> None:
    paths = answer.paths()
    for label, level, barrier in ((PAIR, paths.levels[0], 5.0), (REGION, paths.levels.sum(axis=0), 10.0)):
        counted = (np.maximum.accumulate(level, axis=1) >= barrier * (1 - 1e-12)).mean(axis=0)
        assert answer.hitting_times[label].probability == pytest.approx(counted, abs=1e-12)


def test_joint_probabilities_count_the_same_paths(answer: SystemForecast) -> None:
    paths, found = answer.paths(), answer.joint()
    hit = [
        np.maximum.accumulate(x, axis=1) >= b * (1 - 1e-12)
        for x, b in ((paths.levels[0], 5.0), (paths.levels.sum(axis=0), 10.0))
    ]
    assert found["all"].to_numpy() == pytest.approx((hit[0] & hit[1]).mean(axis=0), abs=1e-12)
    assert found["any"].to_numpy() == pytest.approx((hit[0] | hit[1]).mean(axis=0), abs=1e-12)
    assert (found["all"] > found["if_independent"]).all()


def test_both_and_either_add_up_to_pair_and_region(answer: SystemForecast) -> None:
    found, single = answer.joint(), answer.hitting_times
    both = found["all"] + found["any"]
    assert both.to_numpy() == pytest.approx(single[PAIR].probability + single[REGION].probability, abs=1e-12)


def test_one_target_alone_is_its_hitting_time(answer: SystemForecast) -> None:
    alone = answer.joint(["Kazakhstan-Uzbekistan"])
    assert alone["all"].to_numpy() == pytest.approx(answer.hitting_times[PAIR].probability, abs=1e-12)
    with pytest.raises(UnknownNameError, match="series with a target"):
        answer.joint(["Kazakhstan-Tajikistan"])


@pytest.mark.bits
def test_a_pair_answers_as_it_does_alone(figures: dict[str, TradeSeries], answer: SystemForecast) -> None:
    alone = tt.forecast(figures[PAIR], TARGETS["Kazakhstan-Uzbekistan"], horizon=12).hitting_time.probability
    assert answer.hitting_times[PAIR].probability == pytest.approx(alone, abs=0.015)


def test_the_same_seed_gives_the_same_answer_and_another_does_not(region: TradeSystem, answer: SystemForecast) -> None:
    again = forecast_system(region, TARGETS, 12, n_paths=20_000)
    assert (again.hitting_times[REGION].probability == answer.hitting_times[REGION].probability).all()
    other = forecast_system(region, TARGETS, 12, seed=1, n_paths=20_000)
    assert (other.hitting_times[REGION].probability != answer.hitting_times[REGION].probability).any()


def test_contributions_add_up_to_the_regions_change(answer: SystemForecast) -> None:
    table = answer.contributions(2030)
    assert table["quantile"].unique().tolist() == ["expected", 0.1, 0.25, 0.5, 0.75, 0.9]
    for _, rows in table.groupby("quantile"):
        whole = rows[rows["series"] == REGION].iloc[0]
        parts = rows[rows["series"] != REGION]
        for column in ("level", "change", "share", "points"):
            assert parts[column].sum() == pytest.approx(whole[column], rel=1e-9)
        assert whole["share"] == pytest.approx(1.0)
    levels = table[table["series"] == REGION].set_index("quantile")["level"]
    quantiles = answer.quantiles(probabilities=(0.1, 0.5, 0.9)).loc[2030]
    for q in (0.1, 0.5, 0.9):
        assert levels[q] == pytest.approx(quantiles[q], rel=0.03)


def test_a_deadline_is_the_year_of_contributions_unless_another_is_asked(region: TradeSystem) -> None:
    asked = {REGION: Target(10, "USD bn", deadline=2028)}
    found = forecast_system(region, asked, 6, n_paths=2048)
    assert found.contributions().equals(found.contributions(2028))
    with pytest.raises(SettingError, match="year 2040 lies outside the horizon 2026-2031"):
        found.contributions(2040)
    with pytest.raises(SettingError, match="must lie between"):
        found.contributions(2028, [0.01])
    with pytest.raises(SettingError, match="between 0 and 1"):
        found.quantiles(probabilities=[1.5])


def test_an_unknown_series_or_no_target_is_refused(region: TradeSystem) -> None:
    with pytest.raises(UnknownNameError, match="unknown series of Kazakhstan-Central Asia 'Kazakhstan-China'"):
        forecast_system(region, {"Kazakhstan-China": 5.0})
    with pytest.raises(TargetError, match="no targets"):
        forecast_system(region, {})
    with pytest.raises(TargetError, match="one target a series"):
        forecast_system(region, {PAIR: 5.0, "Kazakhstan-Uzbekistan": 6.0})
    with pytest.raises(UnitError, match="cannot convert"):
        forecast_system(region, {REGION: Target(10, "EUR bn")})


def test_a_bare_target_is_in_the_unit_of_the_data(region: TradeSystem) -> None:
    bare = forecast_system(region, {PAIR: 5000.0, REGION: Target(10, "USD bn")}, 5, n_paths=2048)
    stated = forecast_system(region, {PAIR: Target(5, "USD bn"), REGION: Target(10, "USD bn")}, 5, n_paths=2048)
    assert (bare.hitting_times[PAIR].probability == stated.hitting_times[PAIR].probability).all()


def test_a_target_that_stands_reached_has_probability_one(region: TradeSystem) -> None:
    found = forecast_system(region, {PAIR: Target(4, "USD bn"), REGION: Target(10, "USD bn")}, 5, n_paths=2048)
    assert (found.hitting_times[PAIR].probability == 1.0).all()
    assert found.joint()["all"].to_numpy() == pytest.approx(found.hitting_times[REGION].probability, abs=1e-12)
    assert (found.joint()["any"] == 1.0).all()


# --- scenarios ---------------------------------------------------------------------------------------------------


def test_a_push_of_one_pair_moves_it_and_the_region_and_no_other(answer: SystemForecast) -> None:
    base, push = answer.paths(), answer.paths("push")
    assert (push.log_levels[1:] == base.log_levels[1:]).all()
    gain = push.log_levels[0, :, 2] - base.log_levels[0, :, 2]
    assert np.log(1.1) - 1e-12 <= gain.min() < gain.max() <= np.log(1.3) + 1e-12
    moved = np.exp(region_of(push).log_levels - region_of(base).log_levels)[0, :, 2]
    assert moved == pytest.approx(1.0 + (np.expm1(gain) * base.levels[0, :, 2] / base.levels[:, :, 2].sum(axis=0)))
    for label in (PAIR, REGION):
        gained = answer.case("push").hitting_times[label].probability - answer.hitting_times[label].probability
        assert (gained >= 0).all()
        assert gained.max() > 0.03


def test_a_plain_scenario_is_of_the_common_factor_one_size_a_path_for_all(answer: SystemForecast) -> None:
    gap = answer.paths("fall").log_levels[:, :, 0] - answer.paths().log_levels[:, :, 0]
    assert gap == pytest.approx(np.broadcast_to(gap[0], gap.shape), abs=1e-12)
    assert gap[0].std() > 0.05


@pytest.mark.bits
def test_the_order_of_scenarios_changes_nothing(region: TradeSystem, answer: SystemForecast) -> None:
    other = forecast_system(region, TARGETS, 12, n_paths=20_000, scenarios=[RISK, FALL, PUSH])
    for name in ("baseline", "push", "fall", "risk"):
        for label in (PAIR, REGION):
            ours, theirs = answer.cases[name].hitting_times[label], other.cases[name].hitting_times[label]
            assert (ours.probability == theirs.probability).all()


def test_common_and_own_adjustments_draw_their_own_numbers(region: TradeSystem) -> None:
    mixed = SystemScenario("mixed", {PAIR: [LevelEffect(Uniform(0.1, 0.3))]}, [LevelEffect(Uniform(-0.3, -0.1))])
    found = forecast_system(region, TARGETS, 3, n_paths=1024, scenarios=[mixed])
    gap = found.paths("mixed").log_levels[:, :, 0] - found.paths().log_levels[:, :, 0]
    assert gap[1:] == pytest.approx(np.broadcast_to(gap[1], gap[1:].shape), abs=1e-12)
    own = gap[0] - gap[1]
    assert np.log(1.1) - 1e-12 <= own.min() < own.max() <= np.log(1.3) + 1e-12
    assert abs(np.corrcoef(own, gap[1])[0, 1]) < 0.1


def test_prices_are_deflated_everywhere_or_nowhere(region: TradeSystem) -> None:
    index = {y: 1.02 ** (y - 2024) for y in range(2000, 2032)}
    prices = Deflation(2024, index)
    with pytest.raises(ScenarioError, match="deflates Kazakhstan-Uzbekistan turnover alone"):
        forecast_system(region, TARGETS, 3, scenarios=[SystemScenario("real", {PAIR: [prices]})])
    found = forecast_system(region, TARGETS, 3, n_paths=2048, scenarios=[Scenario("real", [prices])])
    gap = found.paths("real").log_levels - found.paths().log_levels
    assert gap == pytest.approx(np.broadcast_to(-np.log(1.02) * np.array([2.0, 3.0, 4.0]), gap.shape))
    assert found.case("real").hitting_times[REGION].probability[-1] < found.hitting_times[REGION].probability[-1]


def test_wrong_scenarios_are_refused(region: TradeSystem, answer: SystemForecast) -> None:
    def run(*scenarios: Scenario | SystemScenario) -> None:
        forecast_system(region, TARGETS, 3, n_paths=512, scenarios=scenarios)

    with pytest.raises(UnknownNameError, match="did you mean 'Kazakhstan-Uzbekistan turnover'"):
        run(SystemScenario("x", {"Kazakhstan-Uzbekistn turnover": [GrowthShift(0.01)]}))
    with pytest.raises(ScenarioError, match="which is the sum of its members"):
        run(SystemScenario("x", {REGION: [GrowthShift(0.01)]}))
    with pytest.raises(ScenarioError, match="'x' stands twice"):
        run(SystemScenario("x", {PAIR: [GrowthShift(0.01)]}), Scenario("x", [GrowthShift(0.01)]))
    with pytest.raises(ScenarioError, match="outside the horizon 2026-2028"):
        run(SystemScenario("x", {PAIR: [LevelShock(-0.1, 2040, recovery=1)]}))
    with pytest.raises(ScenarioError, match="not an adjustment"):
        SystemScenario("x", {PAIR: ["faster"]})  # type: ignore[list-item]
    with pytest.raises(UnknownNameError, match="unknown scenario 'pusch'"):
        answer.case("pusch")


# --- part-year figures -------------------------------------------------------------------------------------------


def of_2019(figures: dict[str, TradeSeries], label: str) -> tuple[TradeSeries, Observation]:
    """A series up to 2018, and what a news report of November 2019 said of January-September."""
    said = next(o for o in tt.datasets.load("article-2019")[label] if o.kind == "level" and not o.is_whole_year)
    return until(figures[label], 2018).in_unit("USD bn"), replace(said, reporter=None)


def test_a_regional_part_year_informs_the_pairs_and_a_bilateral_one_the_rest(figures: dict[str, TradeSeries]) -> None:
    (whole, regional), (pair, bilateral) = of_2019(figures, REGION), of_2019(figures, PAIR)
    others = [until(figures[p], 2018).in_unit("USD bn") for p in PAIRS[1:]]

    def means(pair: TradeSeries, whole: TradeSeries) -> np.ndarray:
        paths = fit_system(TradeSystem("R", [pair, *others], whole)).simulate(1, 20_000, np.random.default_rng(0))
        return np.average(paths.levels[:, :, 0], axis=1, weights=paths.weights)

    told_whole = replace(whole, observations=(*whole.observations, regional))
    told_pair = replace(pair, observations=(*pair.observations, bilateral))
    nothing, by_region, by_pair, by_both = (
        means(pair, whole), means(pair, told_whole), means(told_pair, whole), means(told_pair, told_whole)
    )  # fmt: skip
    assert by_region[0] > nothing[0] + 0.4
    assert by_region.sum() == pytest.approx(5.264, abs=0.4)
    assert by_pair[0] == pytest.approx(3.415, abs=0.15)
    assert by_pair[1] > nothing[1] + 0.05
    assert by_both[1:].sum() == pytest.approx(5.264 - 3.415, abs=0.3)
    assert by_both[1:].sum() < by_pair[1:].sum()


def test_a_residual_is_told_by_what_the_total_leaves(figures: dict[str, TradeSeries]) -> None:
    (whole, regional), (pair, bilateral) = of_2019(figures, REGION), of_2019(figures, PAIR)
    made = TradeSystem(
        "R",
        [replace(pair, observations=(*pair.observations, bilateral))],
        replace(whole, observations=(*whole.observations, regional)),
        residual="Others",
    )
    fitted = fit_system(made)
    assert [p.members for p in fitted.partials] == [(0,), (1,)]
    reading = fitted.partials[1].evidence.readings[0]
    assert reading.interval.low == pytest.approx(1.4)
    assert reading.interval.high == pytest.approx(1.6)


# --- what it shows -----------------------------------------------------------------------------------------------


def test_frame_record_and_summary_tell_one_story(answer: SystemForecast) -> None:
    frame = answer.to_frame()
    assert frame.columns.tolist() == [
        "scenario", "series", "target", "period", "probability", "standard_error", "difference", "difference_error",
    ]  # fmt: skip
    assert len(frame) == 4 * 2 * 12
    assert not frame.isna().to_numpy().any()
    record = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    p = record["scenarios"][0]["answers"][1]["probability_by"]["2030"]
    assert p == answer.hitting_times[REGION].probability_by(2030)
    assert record["scenarios"][0]["all_by"]["2030"] == answer.joint()["all"].iloc[4]
    said = answer.summary()
    assert f"{100 * answer.joint()['all'].iloc[-1]:.1f}%" in said
    assert max(map(len, said.split("\n"))) <= 78
    assert all(
        w in said
        for w in (
            "both",
            "either",
            "Points on baseline",
            "push: Acts on Kazakhstan-Uzbekistan.",
            "Correlation of shocks",
            "Expected shares",
        )
    )
    assert repr(answer).startswith("SystemForecast('Kazakhstan-Central Asia turnover'")


def test_a_gap_within_tolerance_is_shown_in_the_summary() -> None:
    parts = [annual("A-B", {2023: 4.4, 2024: 4.1}), annual("A-C", {2023: 1.7, 2024: 1.8})]
    made = TradeSystem("A-all", parts, annual("A-all", {2024: 6.0}), tolerance=0.02)
    said = forecast_system(made, {"A-all": 8.0}, 3, n_paths=512).summary()
    assert "+0.1 (+1.67%) in 2024" in " ".join(said.split())


def test_the_picture_holds_every_name_on_the_page(answer: SystemForecast, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("matplotlib")
    from matplotlib.text import Text

    target = tmp_path / "region.png"
    figure = answer.plot(target)
    assert target.stat().st_size > 20_000
    words = " ".join(t.get_text() for t in figure.findobj(Text))
    assert all(w in words for w in ("Kazakhstan-Turkmenistan", "both", "either", "region: target 10 USD bn"))
    page = figure.bbox
    boxes = [t.get_window_extent() for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
    assert all(b.x1 <= page.x1 + 1 and b.x0 >= page.x0 - 1 for b in boxes)


def test_targets_that_stand_reached_are_reached_together_without_an_error(region: TradeSystem) -> None:
    standing = forecast_system(region, {PAIR: Target(1, "USD bn"), REGION: Target(2, "USD bn")}, 3, n_paths=512)
    assert standing.joint()[["all", "standard_error"]].to_numpy().tolist() == [[1.0, 0.0]] * 3


def test_progress_is_told_block_by_block(region: TradeSystem) -> None:
    told: list[tuple[int, int]] = []
    forecast_system(region, TARGETS, 2, n_paths=5000, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(4096, 5000), (5000, 5000)]


def test_memory_does_not_grow_with_paths_beyond_the_first_hits(region: TradeSystem) -> None:
    found = forecast_system(region, TARGETS, 5, n_paths=8192).case()
    assert found.first_hit.nbytes == 2 * 8192
    assert isinstance(answer_frame := found.joint(), pd.DataFrame)
    assert len(answer_frame) == 5


def test_a_region_of_fiscal_years_answers_in_fiscal_years() -> None:
    totals = pd.Series([1.8, 2.2, 2.0, 2.6], index=range(2022, 2026))
    pair, other, whole = (
        TradeSeries.from_annual(totals * k, unit="USD bn", name=name, year_end="March")
        for name, k in (("A-B", 1.0), ("A-C", 0.5), ("A-all", 2.0))
    )
    region = TradeSystem("A-all", [pair, other], whole, residual="others")
    targets = {"A-B": Target(3, "USD bn"), "A-all": 6.0, "others": Target(800, "USD mn")}
    answers = forecast_system(region, targets, n_paths=512).hitting_times
    assert {h.median.freqstr for h in answers.values() if h.median is not None} == {"Y-MAR"}
    assert {h.target.year_end for h in answers.values()} == {3}
    with pytest.raises(TargetError, match="the target is of years that end in month 6"):
        forecast_system(region, {"A-B": Target(3, "USD bn", year_end="June")}, n_paths=512)
