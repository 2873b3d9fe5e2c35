import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import ScenarioError
from tradetarget.models import Paths, get_model
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import (
    Adjustment,
    Benchmark,
    Ceiling,
    ConditionalEvent,
    Deflation,
    GrowthHalt,
    GrowthPath,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Normal,
    ReturnToTrajectory,
    Setting,
    Triangular,
    Uniform,
    VolatilityMultiplier,
)

SERIES = TradeSeries.from_annual(
    pd.Series({2021: 70.0, 2022: 80.0, 2023: 90.0, 2024: 95.0, 2025: 100.0}), unit="USD mn", name="A-B"
)
SETTING = Setting(SERIES, 6)
YEARS = np.arange(2026, 2032)


def steady(growth: float = 0.04, n: int = 3) -> Paths:
    """Paths around a centre that grows steadily: one on it, one above, one below."""
    centre = 100.0 * (1 + growth) ** np.arange(1, 7)
    spread = np.linspace(-0.3, 0.3, n)[:, None] * np.sqrt(np.arange(1, 7))
    return Paths.from_levels(centre * np.exp(spread), years=YEARS, origin=100.0, centre=centre)


def applied(adjustment: Adjustment, paths: Paths | None = None, u: float = 0.5) -> Paths:
    block = steady() if paths is None else paths
    adjustment.check(SETTING)
    return adjustment.apply(block, np.full((adjustment.n_draws(SETTING), block.n_paths), u), SETTING)


def ratio(adjustment: Adjustment, u: float = 0.5) -> np.ndarray:
    """What the level of every path is multiplied by, year by year; the same for all of them."""
    before, after = steady(), applied(adjustment, u=u)
    r = after.levels[0] / before.levels[0]
    assert r == pytest.approx(np.broadcast_to(r[0], r.shape), rel=1e-12)
    assert after.centre / before.centre == pytest.approx(r[:1], rel=1e-12)
    return np.asarray(r[0])


def test_a_growth_shift_adds_to_growth_in_every_year_of_its_window() -> None:
    assert ratio(GrowthShift(0.02)) == pytest.approx(1.02 ** np.arange(1, 7))
    assert ratio(GrowthShift(0.02, start=2027, end=2029)) == pytest.approx(1.02 ** np.array([0, 1, 2, 3, 3, 3]))


def test_a_small_year_counts_from_the_last_year_of_the_data() -> None:
    assert ratio(GrowthShift(0.02, start=2, end=4)) == pytest.approx(ratio(GrowthShift(0.02, start=2027, end=2029)))


def test_a_level_effect_is_phased_in_and_stays() -> None:
    assert ratio(LevelEffect(0.21, start=2027, years=2)) == pytest.approx([1, 1.1, 1.21, 1.21, 1.21, 1.21])
    assert ratio(LevelEffect(0.3)) == pytest.approx(np.full(6, 1.3))


def test_a_shock_builds_up_lasts_and_fades_in_equal_steps_of_logs() -> None:
    assert ratio(LevelShock(-0.19, 2027)) == pytest.approx([1, 0.81, 0.81, 0.81, 0.81, 0.81])
    assert ratio(LevelShock(-0.19, 2027, recovery=2)) == pytest.approx([1, 0.81, 0.9, 1, 1, 1])
    assert ratio(LevelShock(-0.19, 2027, duration=2, recovery=0)) == pytest.approx([1, 0.81, 0.81, 1, 1, 1])
    assert ratio(LevelShock(-0.19, 2026, onset=2, duration=2, recovery=2)) == pytest.approx(
        [0.9, 0.81, 0.81, 0.9, 1, 1]
    )


def test_a_growth_path_sets_the_median_and_keeps_every_deviation() -> None:
    before, after = steady(), applied(GrowthPath({2026: 0.1, 2028: -0.05}))
    growth = np.diff(np.log(after.centre[0]), prepend=math.log(100.0))
    assert np.expm1(growth) == pytest.approx([0.1, 0.04, -0.05, 0.04, 0.04, 0.04])
    deviation = [p.log_levels[0] - p.log_centre[0] for p in (before, after)]
    assert deviation[1] == pytest.approx(deviation[0], abs=1e-12)


def test_a_halt_and_a_benchmark_are_growth_paths() -> None:
    halted = applied(GrowthHalt(start=2027, end=2028)).log_levels
    assert halted == pytest.approx(applied(GrowthPath({2027: 0.0, 2028: 0.0})).log_levels)
    raised = applied(Benchmark(0.12, end=2027)).log_levels
    assert raised == pytest.approx(applied(GrowthPath({2026: 0.12, 2027: 0.12})).log_levels)


def test_the_median_returns_to_the_trend_of_earlier_years_and_stays_on_it() -> None:
    after = applied(ReturnToTrajectory(first=2021, last=2023, years=3))
    slope, level = np.polyfit([-2, -1, 0], np.log([70.0, 80.0, 90.0]), 1)
    trend = level + slope * (YEARS - 2023)
    gap = (after.log_centre[0] - trend) / (steady().log_centre[0] - trend)
    assert gap == pytest.approx([2 / 3, 1 / 3, 0, 0, 0, 0], abs=1e-12)


def test_a_volatility_multiplier_scales_deviations_and_leaves_the_median() -> None:
    before = steady()
    after = applied(VolatilityMultiplier(2.0))
    assert after.log_levels - after.log_centre[:, None] == pytest.approx(
        2 * (before.log_levels - before.log_centre[:, None])
    )
    assert after.log_centre == pytest.approx(before.log_centre)


def test_a_volatility_multiplier_in_a_window_scales_only_its_increments() -> None:
    deviations = [
        p.log_levels[0] - p.log_centre for p in (steady(), applied(VolatilityMultiplier(0.0, start=2028, end=2029)))
    ]
    steps = [np.diff(d, prepend=0.0, axis=1) for d in deviations]
    assert steps[1] == pytest.approx(steps[0] * np.array([1, 1, 0, 0, 1, 1]), abs=1e-12)


def test_no_path_rises_above_a_ceiling_in_another_unit() -> None:
    after = applied(Ceiling(0.12, unit="USD bn"))
    assert after.levels.max() == pytest.approx(120.0)
    below = steady().levels < 120.0
    assert after.levels[below] == pytest.approx(steady().levels[below])


def test_an_event_begins_where_its_draw_is_below_the_probability() -> None:
    event = ConditionalEvent(0.2, -0.19, duration=1, recovery=2)
    draws = np.full((6, 3), 0.9)
    draws[1, 0] = 0.1
    after = event.apply(steady(), draws, SETTING)
    change = after.levels[0] / steady().levels[0]
    assert change[0] == pytest.approx([1, 0.81, 0.9, 1, 1, 1])
    assert change[1:] == pytest.approx(np.ones((2, 6)))


def test_events_that_overlap_add_up_in_logs_and_sizes_are_drawn_anew() -> None:
    event = ConditionalEvent(0.2, Uniform(-0.3, -0.1), recovery=None)
    draws = np.full((12, 3), 0.9)
    draws[[0, 2], 0] = 0.1
    draws[6, 0], draws[8, 0] = 0.0, 1.0
    change = event.apply(steady(), draws, SETTING).levels[0, 0] / steady().levels[0, 0]
    assert change == pytest.approx([0.7, 0.7, 0.63, 0.63, 0.63, 0.63])


def test_deflation_divides_levels_origin_and_history_by_the_price_index() -> None:
    prices = Deflation(2024, {2024: 100.0, 2025: 110.0}, inflation=0.1)
    assert ratio(prices) == pytest.approx(1.1 ** -np.arange(2.0, 8.0))
    assert applied(prices).origin == pytest.approx([100.0 / 1.1])
    assert prices.restate(SERIES).annual().to_dict() == pytest.approx({2024: 95.0, 2025: 100.0 / 1.1})


def test_prices_after_the_index_grow_with_inflation_even_before_the_first_year_forecast() -> None:
    prices = Deflation(2024, {2024: 100.0}, inflation=Uniform(0.0, 0.2))
    assert applied(prices).origin == pytest.approx([100.0 / 1.1])
    assert ratio(prices) == pytest.approx(1.1 ** -np.arange(2.0, 8.0))


@pytest.mark.parametrize(
    ("size", "middle"),
    [
        (Uniform(0.0, 0.2), 0.1),
        (Normal(0.1, 0.02), 0.1),
        (Triangular(0.0, 0.1, 0.2), 0.1),
        ({"low": "0 %", "high": "20 %"}, 0.1),
        ({"low": 0.0, "mode": 0.1, "high": 0.2}, 0.1),
        ({"mean": 0.1, "sd": 0.02}, 0.1),
    ],
)
def test_an_uncertain_size_at_its_median_is_the_median_size(size: object, middle: float) -> None:
    assert ratio(GrowthShift(size)) == pytest.approx(ratio(GrowthShift(middle)))  # type: ignore[arg-type]


def test_quantiles_of_sizes_are_those_of_scipy() -> None:
    from scipy import stats

    u = np.linspace(0.01, 0.99, 50)
    assert Uniform(-0.1, 0.3).quantile(u) == pytest.approx(stats.uniform(-0.1, 0.4).ppf(u))
    assert Normal(0.1, 0.05).quantile(u) == pytest.approx(stats.norm(0.1, 0.05).ppf(u))
    assert Triangular(-0.1, 0.0, 0.3).quantile(u) == pytest.approx(stats.triang(0.25, -0.1, 0.4).ppf(u))


def test_a_normal_size_is_cut_at_four_standard_deviations() -> None:
    assert Normal(0.1, 0.02).quantile(np.array([0.0, 1.0])) == pytest.approx([0.02, 0.18])


@pytest.mark.parametrize("text", ["5 %", "5%", " +5.0 % "])
def test_a_percentage_is_a_fraction(text: str) -> None:
    assert GrowthShift(text).value == pytest.approx(0.05)  # type: ignore[arg-type]


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: GrowthShift(5), "value 5 is not between -1 .* write five per cent as 0.05 or '5 %'"),
    (lambda: GrowthShift(-1.0), "value -1 is not between"),
    (lambda: GrowthShift(math.nan), "value nan is not a number"),
    (lambda: GrowthShift("five"), "value 'five' is not a number"),  # type: ignore[arg-type]
    (lambda: GrowthShift({"low": 0.1}), "value has the keys low"),  # type: ignore[arg-type]
    (lambda: GrowthShift(0.02, start=500), "start 500 is neither a calendar year"),
    (lambda: GrowthShift(0.02, start=0), "start 0 is not a whole number from 1 up"),
    (lambda: GrowthShift(0.02, source=3), "source 3 is not text"),  # type: ignore[arg-type]
    (lambda: LevelEffect(4.0), "value 4 is not between"),
    (lambda: LevelEffect(0.1, years=0), "years 0 is not a whole number from 1 up"),
    (lambda: LevelShock(-0.2, 2027, recovery=-1), "recovery -1"),
    (lambda: LevelShock(-0.2, None), "year is missing"),  # type: ignore[arg-type]
    (lambda: GrowthPath({}), "names no year"),
    (lambda: GrowthPath({2026: 2.0}), r"rates_by_year.2026 2 is not between"),
    (lambda: ConditionalEvent(1.0, -0.2), "probability 1.0 is not a number strictly between"),
    (lambda: VolatilityMultiplier(-1), "factor -1 is not between 0"),
    (lambda: Ceiling(0.0), "level 0 is not above 0"),
    (lambda: Ceiling(5.0, unit="bn"), "unit 'bn' cannot be read"),
    (lambda: Deflation(2019, {2019: 0.0}), "index.2019 0 is not above 0"),
    (lambda: Uniform(0.2, 0.1), "must not fall"),
    (lambda: Uniform(0.1, 0.1), "no distribution"),
    (lambda: Normal(0.1, 0.0), "sd above 0"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_a_value_that_can_never_be_right_is_refused_by_name(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        make()


@pytest.mark.parametrize(
    ("adjustment", "message"),
    [
        (GrowthShift(0.02, start=2040), "window starts in 2040, outside the horizon 2026-2031"),
        (GrowthShift(0.02, end=2040), "window ends in 2040, outside the horizon"),
        (GrowthShift(0.02, start=2020), "window starts in 2020, outside"),
        (GrowthShift(0.02, start=2029, end=2027), "ends in 2027, before it starts in 2029"),
        (GrowthPath({2035: 0.1}), "2035, outside the horizon"),
        (LevelEffect(0.1, years=10), "window ends in 2035, outside"),
        (LevelShock(-0.2, 2030, recovery=3), "recovery ends in 2033, beyond the horizon, which ends in 2031"),
        (ConditionalEvent(0.1, -0.2, recovery=6), "longer than the horizon of 6 years"),
        (ReturnToTrajectory(1990, 1999), "trajectory 1990-1999 has 0 totals"),
        (ReturnToTrajectory(2021, 2025, years=9), "window ends in 2034, outside"),
        (Ceiling(90.0), "level 90 USD mn does not lie above the last value, 100 USD mn"),
        (Ceiling(Uniform(90.0, 200.0)), "level 90 USD mn does not lie above"),
        (Ceiling(5.0, unit="EUR bn"), "cannot convert EUR bn to USD mn"),
        (Deflation(2024, {2025: 100.0}, inflation=0.02), "no price level for 2024: add it"),
        (Deflation(2024, {2024: 100.0, 2025: 101.0}), "no price level for 2026: add it, or give inflation"),
    ],
)
def test_what_does_not_fit_the_years_or_the_data_is_refused(adjustment: Adjustment, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        adjustment.check(SETTING)


@pytest.mark.parametrize(
    "adjustment",
    [
        GrowthShift(0.02),
        GrowthPath({2026: 0.1}),
        ReturnToTrajectory(2021, 2023),
        LevelShock(-0.2, 2027),
        ConditionalEvent(0.5, -0.2),
        VolatilityMultiplier(2.0, end=2028),
        VolatilityMultiplier(2.0),
        Ceiling(120.0),
        Deflation(2024, {2024: 100.0}, inflation=0.1),
    ],
)
def test_the_block_that_scenarios_share_is_never_changed(adjustment: Adjustment) -> None:
    paths = steady()
    copies = [a.copy() for a in (paths.log_levels, paths.log_centre, paths.log_origin)]
    adjustment.apply(paths, np.full((adjustment.n_draws(SETTING), 3), 0.1), SETTING)
    for copy, now in zip(copies, (paths.log_levels, paths.log_centre, paths.log_origin), strict=True):
        assert (copy == now).all()


@pytest.mark.parametrize("adjustment", [GrowthHalt(), GrowthPath({2026: 0.1}), ReturnToTrajectory(2021, 2023)])
def test_an_adjustment_without_one_size_says_so(adjustment: Adjustment) -> None:
    assert adjustment.size is None
    with pytest.raises(ScenarioError, match="no single size"):
        adjustment.with_size(0.1)


def test_adjustments_are_hashable_data() -> None:
    assert len({GrowthPath({2026: 0.1}), GrowthPath({2026: 0.1}), Deflation(2024, {2024: 1.0}), GrowthShift(0.1)}) == 3


def test_plain_data_leaves_defaults_out() -> None:
    shock = LevelShock(Uniform(-0.3, -0.1), 2027, recovery=2)
    assert shock.to_dict() == {"kind": "level_shock", "value": {"low": -0.3, "high": -0.1}, "year": 2027, "recovery": 2}


class TestBenchmarkOfLikePairs:
    SERIES = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    TEN = tt.Target(10.0, unit="USD bn")

    def ask(self, *adjustments):
        return tt.run_scenarios(self.SERIES, self.TEN, [tt.Scenario("s", adjustments)], n_paths=4096).hitting_times["s"]

    def test_the_best_quarter_is_the_rate_that_a_quarter_of_like_pairs_reached(self):
        rate = Setting(self.SERIES, 15).growth_of_like_pairs(0.25, 5)
        fitted = get_model("reference-class").fit(self.SERIES)
        barrier = np.log(self.SERIES.annual().iloc[-1]) + 5 * np.log1p(rate)
        assert fitted.hitting_law(np.array([barrier]), 5)[0, -1] == pytest.approx(0.25, abs=0.002)
        as_share, as_rate = self.ask(tt.Benchmark(share=0.25, end=5)), self.ask(tt.Benchmark(rate, end=5))
        assert np.array_equal(as_share.probability, as_rate.probability)

    def test_a_smaller_share_grows_faster(self):
        setting = Setting(self.SERIES, 15)
        assert setting.growth_of_like_pairs(0.1, 5) > setting.growth_of_like_pairs(0.5, 5)

    @pytest.mark.parametrize("settings", [{}, {"value": 0.1, "share": 0.25}, {"share": 0.99}, {"share": "much"}])
    def test_one_of_value_and_share_is_asked_for(self, settings):
        with pytest.raises(tt.TradeTargetError):
            tt.Benchmark(**settings)

    def test_another_currency_has_no_like_pairs(self):
        tenge = tt.TradeSeries.from_annual(self.SERIES.annual(), unit="KZT bn")
        with pytest.raises(tt.TradeTargetError, match="KZT"):
            tt.run_scenarios(tenge, tt.Target(9000.0), [tt.Scenario("s", [tt.Benchmark(share=0.25)])], n_paths=512)
