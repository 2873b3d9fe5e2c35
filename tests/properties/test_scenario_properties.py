import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradetarget.models import Paths
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import (
    Adjustment,
    Ceiling,
    ConditionalEvent,
    GrowthHalt,
    GrowthPath,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Normal,
    Scenario,
    Setting,
    Triangular,
    Uniform,
    VolatilityMultiplier,
    run_scenarios,
)
from tradetarget.scenarios.scenario import Plan

HORIZON = 8
SERIES = TradeSeries.from_annual(
    pd.Series({2022: 80.0, 2023: 100.0, 2024: 90.0, 2025: 100.0}), unit="USD mn", name="A-B"
)
SETTING = Setting(SERIES, HORIZON)

sizes = st.one_of(
    st.floats(-0.5, 0.8),
    st.tuples(st.floats(-0.5, 0.2), st.floats(0.01, 0.5)).map(lambda t: Uniform(t[0], t[0] + t[1])),
    st.tuples(st.floats(-0.1, 0.3), st.floats(0.01, 0.1)).map(lambda t: Normal(*t)),
    st.tuples(st.floats(-0.5, 0.2), st.floats(0.01, 0.5)).map(lambda t: Triangular(t[0], t[0] + t[1] / 2, t[0] + t[1])),
)
years = st.integers(1, HORIZON)
windows = st.tuples(years, years).map(sorted)
adjustments = st.one_of(
    st.builds(lambda v, w: GrowthShift(v, *w), sizes, windows),
    st.builds(lambda v, s: LevelEffect(v, s, 1), sizes, years),
    st.builds(lambda v, y: LevelShock(v, y, recovery=0), sizes, years),
    st.builds(lambda p, v, d: ConditionalEvent(p, v, d), st.floats(0.05, 0.9), sizes, st.integers(1, 3)),
    st.builds(lambda f, w: VolatilityMultiplier(f, *w), st.floats(0.0, 3.0), windows),
    st.builds(Ceiling, st.floats(101.0, 500.0)),
)


def block(seed: int, n: int = 40) -> Paths:
    rng = np.random.default_rng(seed)
    centre = 100.0 * 1.05 ** np.arange(1, HORIZON + 1)
    away = 0.1 * np.cumsum(rng.standard_normal((n, HORIZON)), axis=1)
    return Paths.from_levels(centre * np.exp(away), years=2025 + np.arange(1, HORIZON + 1), origin=100.0, centre=centre)


def applied(listed: list[Adjustment], paths: Paths, seed: int = 0) -> Paths:
    plan = Plan(Scenario("s", listed), SETTING)
    return plan.apply(paths, plan.uniforms(seed).take(paths.n_paths))


@pytest.mark.bits
@given(st.lists(adjustments, max_size=4), st.integers(0, 9), st.randoms())
def test_the_order_in_the_list_changes_nothing(listed: list[Adjustment], seed: int, random: object) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = applied(listed, block(seed)), applied(shuffled, block(seed))
    assert (one.log_levels == two.log_levels).all()
    assert (one.log_centre == two.log_centre).all()


@given(st.lists(adjustments, max_size=4), st.integers(0, 9))
def test_levels_stay_positive_and_finite_and_the_block_stays_as_it_was(listed: list[Adjustment], seed: int) -> None:
    paths = block(seed)
    before = paths.log_levels.copy()
    after = applied(listed, paths)
    assert np.isfinite(after.log_levels).all()
    assert after.log_levels.shape == before.shape
    assert (paths.log_levels == before).all()


@given(st.lists(adjustments, max_size=3), st.floats(0.01, 1000.0))
def test_scaling_the_currency_scales_the_answer(listed: list[Adjustment], factor: float) -> None:
    listed = [a for a in listed if not isinstance(a, Ceiling)]
    paths = block(1)
    scaled = Paths(
        paths.log_levels + np.log(factor),
        paths.years,
        paths.log_origin + np.log(factor),
        paths.log_centre + np.log(factor),
    )
    difference = applied(listed, scaled).log_levels - applied(listed, paths).log_levels
    assert difference == pytest.approx(np.full(difference.shape, np.log(factor)), abs=1e-9)


@given(st.floats(-0.3, 0.3), windows, st.integers(0, 9))
def test_a_growth_shift_and_its_opposite_cancel(value: float, window: list[int], seed: int) -> None:
    back = 1.0 / (1.0 + value) - 1.0
    after = applied([GrowthShift(value, *window), GrowthShift(back, *window)], block(seed))
    assert after.log_levels == pytest.approx(block(seed).log_levels, abs=1e-9)


@given(sizes, years, st.integers(0, 9))
def test_a_shock_that_is_over_leaves_no_trace(value: float, year: int, seed: int) -> None:
    after = applied([LevelShock(value, year, recovery=0)], block(seed)).log_levels[0]
    assert after[:, year:] == pytest.approx(block(seed).log_levels[0][:, year:], abs=1e-12)


@given(st.integers(1, HORIZON - 1), st.integers(0, 9))
def test_a_halt_is_a_growth_path_of_zeros(last: int, seed: int) -> None:
    halted = applied([GrowthHalt(end=last)], block(seed)).log_levels
    zeros = applied([GrowthPath(dict.fromkeys(range(1, last + 1), 0.0))], block(seed)).log_levels
    assert halted == pytest.approx(zeros, abs=1e-12)


@settings(max_examples=15)
@given(st.lists(adjustments, min_size=1, max_size=3), st.floats(105.0, 400.0))
def test_the_answer_is_a_distribution_whatever_the_scenario(listed: list[Adjustment], target: float) -> None:
    found = run_scenarios(SERIES, target, [Scenario("s", listed)], "random-walk", HORIZON, n_paths=1024)
    p = found.hitting_times["s"].probability
    assert ((p >= 0) & (p <= 1)).all()
    assert (np.diff(p) >= 0).all()


@settings(max_examples=15)
@given(st.floats(0.0, 0.2), st.floats(0.001, 0.2), st.floats(105.0, 400.0))
def test_more_growth_never_makes_the_target_less_likely(value: float, more: float, target: float) -> None:
    scenarios = [Scenario("some", [GrowthShift(value)]), Scenario("more", [GrowthShift(value + more)])]
    found = run_scenarios(SERIES, target, scenarios, "random-walk", HORIZON, n_paths=1024).hitting_times
    assert (found["more"].probability >= found["some"].probability).all()
