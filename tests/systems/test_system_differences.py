"""Scenarios of a region beside its baseline: paired differences and their standard errors."""

import numpy as np
import pandas as pd
import pytest
from systems_helpers import PAIRS, REGION

from tradetarget import Scenario, SystemForecast, SystemScenario, Target, TradeSeries, TradeSystem, forecast_system
from tradetarget.errors import SettingError, UnknownNameError
from tradetarget.passage.events import batch_standard_error
from tradetarget.scenarios import Deflation, LevelEffect, LevelShock, Uniform

PAIR = PAIRS[0]
TARGETS = {PAIR: Target(5, "USD bn"), REGION: Target(10, "USD bn")}
PUSH = SystemScenario("push", {PAIR: [LevelEffect(Uniform(0.1, 0.3), years=3)]})
FALL = Scenario("fall", [LevelShock(Uniform(-0.4, -0.2), 1, recovery=3)])
ELSEWHERE = SystemScenario("elsewhere", {PAIRS[2]: [LevelEffect(0.2)]})
N_PATHS = 20_000


@pytest.fixture(scope="module")
def answer(region: TradeSystem) -> SystemForecast:
    return forecast_system(region, TARGETS, 8, n_paths=N_PATHS, scenarios=[PUSH, FALL, ELSEWHERE])


def reached(found: SystemForecast, scenario: str | None) -> np.ndarray:
    """(targets, paths, years) whether each path has reached each target."""
    x = found.paths(scenario).levels
    pair, whole = (np.maximum.accumulate(level, axis=1) for level in (x[0], x.sum(axis=0)))
    return np.stack([pair >= 5.0 * (1 - 1e-12), whole >= 10.0 * (1 - 1e-12)])


def by_hand(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Standard errors from batches of 512 path-by-path differences."""
    cuts = range(0, N_PATHS, 512)
    gaps = np.add.reduceat(ours.astype(float) - theirs, cuts, axis=0)
    totals = np.diff([*cuts, N_PATHS]).astype(float)
    return batch_standard_error(gaps, totals)


@pytest.mark.parametrize("scenario", ["push", "fall", "elsewhere"])
def test_differences_are_those_of_the_same_paths(answer: SystemForecast, scenario: str) -> None:
    ours, theirs = reached(answer, scenario), reached(answer, None)
    for i, label in enumerate((PAIR, REGION)):
        gap = answer.case(scenario).differences[label]
        assert gap.probability == pytest.approx((ours[i].mean(axis=0) - theirs[i].mean(axis=0)), abs=1e-12)
        assert gap.standard_errors == pytest.approx(by_hand(ours[i], theirs[i]), rel=1e-9)
    joint = answer.joint_difference(scenario)
    for column, fold in (("all", np.logical_and.reduce), ("any", np.logical_or.reduce)):
        mine, base = fold(ours), fold(theirs)
        assert joint[column].to_numpy() == pytest.approx(mine.mean(axis=0) - base.mean(axis=0), abs=1e-12)
        assert joint[f"{column}_error"].to_numpy() == pytest.approx(by_hand(mine, base), rel=1e-9)


@pytest.mark.parametrize(("scenario", "after"), [("push", 1), ("fall", 3)])
def test_pairing_makes_differences_more_certain_than_probabilities(
    answer: SystemForecast, scenario: str, after: int
) -> None:
    # Not in the first year, where antithetic draws make a probability more certain than any difference, nor while the
    # fall lasts, which moves most of the paths that reach the target at all.
    case = answer.case(scenario)
    for label, gap in case.differences.items():
        ours, theirs = (c.hitting_times[label].standard_errors for c in (case, answer.case()))
        assert ours is not None
        assert theirs is not None
        assert (gap.standard_errors[after:] < 0.9 * np.hypot(ours, theirs)[after:]).all()


def test_standard_errors_are_the_spread_over_seeds(region: TradeSystem) -> None:
    found = [
        forecast_system(region, TARGETS, 5, seed, PUSH, n_paths=10_240).case("push").differences[REGION]
        for seed in range(30)
    ]
    spread = np.std([f.probability for f in found], axis=0, ddof=1)
    stated = np.mean([f.standard_errors for f in found], axis=0)
    # A standard deviation from 30 seeds is known to 13 %: four of these.
    assert spread == pytest.approx(stated, rel=0.5)


def test_what_happens_elsewhere_does_not_move_a_pair(answer: SystemForecast) -> None:
    gaps = answer.case("elsewhere").differences
    assert (gaps[PAIR].probability == 0.0).all()
    assert (gaps[REGION].probability > 0.0).all()


def test_the_baseline_differs_from_itself_by_nothing(answer: SystemForecast) -> None:
    assert answer.case().differences == {}
    joint = answer.case().joint_difference().drop(columns="period")
    assert not joint.to_numpy().any()
    frame = answer.to_frame().query("scenario == 'baseline'")
    assert not frame[["difference", "difference_error"]].to_numpy().any()


def test_the_frame_holds_the_differences(answer: SystemForecast) -> None:
    rows = answer.to_frame().query(f"scenario == 'push' and series == '{PAIR}'")
    assert rows["difference"].tolist() == answer.case("push").differences[PAIR].probability.tolist()
    assert rows["difference_error"].tolist() == answer.case("push").differences[PAIR].standard_errors.tolist()


def test_a_joint_difference_of_one_series_is_its_own(answer: SystemForecast) -> None:
    alone = answer.joint_difference("push", ["Kazakhstan-Uzbekistan"])
    assert alone["all"].to_numpy() == pytest.approx(answer.case("push").differences[PAIR].probability, abs=1e-12)
    assert alone["all_error"].to_numpy() == pytest.approx(answer.case("push").differences[PAIR].standard_errors)
    with pytest.raises(UnknownNameError, match="series with a target"):
        answer.joint_difference("push", [PAIRS[1]])
    with pytest.raises(SettingError, match="no series asked about together"):
        answer.joint_difference("push", [])


def test_few_paths_have_the_error_of_two_independent_probabilities(region: TradeSystem) -> None:
    found = forecast_system(region, TARGETS, 4, scenarios=PUSH, n_paths=2048)
    ours, theirs = (found.case(n).hitting_times[PAIR].standard_errors for n in ("push", None))
    assert ours is not None
    assert theirs is not None
    assert found.case("push").differences[PAIR].standard_errors == pytest.approx(np.hypot(ours, theirs))
    assert (found.joint_difference("push")["all_error"] > 0.005).all()


def test_a_target_that_stands_reached_moves_only_where_prices_are_others(region: TradeSystem) -> None:
    asked = {PAIR: Target(4.7, "USD bn"), REGION: Target(10, "USD bn")}
    prices = Scenario("real", [Deflation(2024, {y: 1.03 ** (y - 2024) for y in range(2000, 2030)})])
    found = forecast_system(region, asked, 4, scenarios=[PUSH, prices], n_paths=20_480)
    still = found.case("push").differences[PAIR]
    assert not still.probability.any()
    assert not still.standard_errors.any()
    assert not found.joint_difference("push")["any_error"].any()
    moved = found.case("real").differences[PAIR]
    assert (moved.probability < 0.0).all()
    assert (moved.standard_errors > 0.0).all()


def test_evidence_of_later_months_weighs_both_sides_of_a_difference(figures: dict[str, TradeSeries]) -> None:
    early = [figures[p].as_of("2025-12") for p in PAIRS]
    told = TradeSystem("Kazakhstan-Central Asia", early, figures[REGION])
    found = forecast_system(told, TARGETS, 3, scenarios=[PUSH], n_paths=N_PATHS)
    w = found.case().weights
    assert w is not None
    weights = w / w.sum()
    ours, theirs = reached(found, "push"), reached(found, None)
    gap = found.case("push").differences[PAIR]
    assert gap.probability == pytest.approx(weights @ (ours[0].astype(float) - theirs[0]), abs=1e-12)
    joint = found.joint_difference("push")
    assert isinstance(joint, pd.DataFrame)
    assert joint["all"].to_numpy() == pytest.approx(weights @ (ours.all(axis=0) * 1.0 - theirs.all(axis=0)), abs=1e-12)
