import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import ScenarioError, SettingError, TradeTargetWarning, UnknownNameError
from tradetarget.models import Paths, get_model
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import (
    ConditionalEvent,
    Deflation,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Normal,
    Scenario,
    ScenarioComparison,
    VolatilityMultiplier,
    run_scenarios,
)
from tradetarget.targets import Target

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B")
OTHER = TradeSeries.from_annual(2 * LEVELS, unit="USD bn", name="A-C")
TWICE = Target(7.0, "USD bn", sustained=2)
"""An event without an exact law."""
FASTER = Scenario("faster", [GrowthShift(0.03)])
RECESSION = Scenario("recession", [LevelShock(Normal(-0.2, 0.03), 2025, recovery=3)])
RISK = Scenario("risk", [ConditionalEvent(0.1, {"low": -0.3, "high": -0.1}, recovery=2)])  # type: ignore[arg-type]


def run(scenarios: Any = (FASTER, RECESSION, RISK), series: Any = SERIES, target: Any = 7.0, **kw: Any) -> Any:
    return run_scenarios(series, target, scenarios, "random-walk", **({"horizon": 8, "n_paths": 11_000} | kw))


def probabilities(found: ScenarioComparison) -> dict[str, list[float]]:
    return {name: answer.probability.tolist() for name, answer in found.hitting_times.items()}


@pytest.mark.bits
def test_the_baseline_is_the_forecast_bit_for_bit_by_law_or_by_simulation() -> None:
    forecast = tt.forecast(SERIES, 7.0, "random-walk", 8).hitting_time
    baseline = run().hitting_times["baseline"]
    assert (baseline.probability == forecast.probability).all()
    assert (baseline.method, baseline.standard_errors) == ("exact", None)
    simulated = tt.forecast(SERIES, TWICE, "random-walk", 8, n_paths=11_000).hitting_time
    baseline = run(target=TWICE).hitting_times["baseline"]
    assert (baseline.probability == simulated.probability).all()
    assert baseline.standard_errors is not None
    assert (baseline.standard_errors == simulated.standard_errors).all()


def test_a_level_effect_from_the_start_is_a_lower_target_by_the_exact_law() -> None:
    found = run([Scenario("effect", [LevelEffect(0.2)])], n_paths=60_000).hitting_times["effect"]
    exact = tt.forecast(SERIES, 7.0 / 1.2, "random-walk", 8, method="exact").hitting_time
    assert found.probability == pytest.approx(exact.probability, abs=5 * found.standard_error)


@pytest.mark.bits
def test_the_order_of_scenarios_changes_nothing_bit_for_bit() -> None:
    assert probabilities(run([FASTER, RECESSION, RISK])) == probabilities(run([RISK, RECESSION, FASTER]))


@pytest.mark.bits
def test_a_scenario_alone_gets_the_numbers_it_gets_among_others() -> None:
    assert probabilities(run([RISK]))["risk"] == probabilities(run())["risk"]
    assert probabilities(run([RISK], series=[OTHER, SERIES]).case("A-B"))["risk"] == probabilities(run())["risk"]


@dataclass(frozen=True)
class OtherBlocks:
    """The same paths as another model, cut into blocks of odd sizes."""

    name: str = "other-blocks"
    min_observations: int = 3

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> Any:
        fitted = get_model("random-walk").fit(series, drivers)

        class Cut:
            model_name = "other-blocks"

            def __init__(self) -> None:
                self.series = series

            def blocks(self, horizon: int, n_paths: int, rng: Any, drivers: Any = None) -> Iterator[Paths]:
                whole = next(iter(fitted.blocks(horizon, n_paths, rng, drivers, block=n_paths)))  # type: ignore[call-arg]
                for start in range(0, n_paths, 777):
                    part = whole.log_levels[:, start : start + 777]
                    yield Paths(part, whole.years, whole.log_origin, whole.log_centre)

            def hitting_law(self, log_barriers: Any, horizon: int) -> Any:
                return fitted.hitting_law(log_barriers, horizon)

            def summary(self) -> str:
                return ""

        return Cut()


def test_probabilities_do_not_depend_on_the_size_of_blocks() -> None:
    for target in (7.0, TWICE):
        cut = run_scenarios(SERIES, target, [RECESSION, RISK], OtherBlocks(), 8, n_paths=11_000)
        for name, answer in run([RECESSION, RISK], target=target).hitting_times.items():
            assert cut.hitting_times[name].probability == pytest.approx(answer.probability, abs=1e-12)


def test_a_faster_scenario_is_never_behind_and_a_recession_never_ahead() -> None:
    found = run()
    assert (found.differences["faster"].probability >= 0).all()
    assert (found.differences["recession"].probability <= 0).all()
    assert found.differences["faster"].probability[-1] > 0.01
    assert "baseline" not in found.differences


@pytest.mark.usefixtures("law_asked_once")
@pytest.mark.parametrize("target", [7.0, TWICE], ids=["by a law", "by simulation"])
def test_the_error_of_a_difference_matches_the_spread_over_seeds(target: Any) -> None:
    runs = [run([RISK], seed=s, horizon=4, target=target).differences["risk"] for s in range(60)]
    spread = np.std([d.probability[-1] for d in runs], ddof=1)
    stated = np.mean([d.standard_errors[-1] for d in runs])
    assert 0.7 < stated / spread < 1.4


def test_shared_numbers_make_a_difference_more_exact_than_independent_runs_would() -> None:
    found = run([RISK], target=TWICE)
    apart = np.hypot(found.hitting_times["risk"].standard_errors, found.hitting_times["baseline"].standard_errors)
    assert (found.differences["risk"].standard_errors < apart).all()


def test_with_few_paths_the_error_of_a_difference_is_that_of_independent_runs() -> None:
    found = run([RISK], target=TWICE, n_paths=2048)
    apart = np.hypot(found.hitting_times["risk"].standard_errors, found.hitting_times["baseline"].standard_errors)
    assert found.differences["risk"].standard_errors == pytest.approx(apart)


def test_a_target_below_the_last_value_is_certain_under_every_scenario() -> None:
    found = run(target=4.0)
    assert all(p == [1.0] * 8 for p in probabilities(found).values())
    assert found.differences["recession"].probability.tolist() == [0.0] * 8
    assert found.to_frame().notna().all(axis=None)


def test_in_dollars_of_an_earlier_year_the_target_is_further_away_and_past_peaks_are_deflated() -> None:
    prices = Deflation(2018, {y: 1.02 ** (y - 2018) for y in range(2018, 2025)}, inflation=0.02)
    found = run([Scenario("real", [prices])], target=4.6)
    assert (found.differences["real"].probability < 0).all()
    assert found.hitting_times["baseline"].already_reached == pd.Period("2022", "Y")
    assert found.hitting_times["real"].already_reached is None


def test_several_series_and_targets_give_a_case_each() -> None:
    found = run([FASTER], series={"first": SERIES, "second": OTHER}, target=[7.0, Target(12_000.0, "USD mn")])
    assert [(c.series.label, round(c.target.value, 9)) for c in found.cases] == [
        (s, t) for s in ("A-B turnover", "A-C turnover") for t in (7.0, 12.0)
    ]
    frame = found.to_frame()
    assert list(frame.columns[:4]) == ["series", "target", "scenario", "period"]
    assert len(frame) == 4 * 2 * 8
    alone = run([FASTER], series=OTHER, target=12.0)
    assert probabilities(found.case("A-C", 12.0)) == probabilities(alone)


def test_series_may_have_targets_of_their_own() -> None:
    found = run([FASTER], series=[SERIES, OTHER], target={"A-B": 7.0, "A-C turnover": [10.0, 12.0]})
    assert [c.target.value for c in found.cases] == [7.0, 10.0, 12.0]
    with pytest.raises(UnknownNameError, match="unknown series among the targets 'A-C turnover'"):
        run([FASTER], series=[SERIES, OTHER], target={"A-B": 7.0})


def test_a_comparison_of_several_cases_asks_which_one() -> None:
    found = run([FASTER], series=[SERIES, OTHER])
    with pytest.raises(SettingError, match="2 cases fit"):
        _ = found.hitting_times
    with pytest.raises(UnknownNameError, match="did you mean 'A-B turnover'"):
        found.case("A-BB turnover")


@pytest.mark.parametrize(
    ("series", "target", "message"),
    [
        ([], 7.0, "no series"),
        ("A-B", 7.0, "no series"),
        ([SERIES, SERIES], 7.0, "stands twice"),
        (SERIES, [], "no target"),
    ],
)
def test_what_cannot_be_run_is_refused(series: Any, target: Any, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(series=series, target=target)


def test_a_bad_scenario_is_refused_before_anything_is_simulated() -> None:
    calls: list[int] = []
    with pytest.raises(ScenarioError, match="scenario 'late'"):
        run([Scenario("late", [GrowthShift(0.1, start=2050)])], progress=lambda done, whole: calls.append(done))
    assert calls == []


def test_progress_counts_paths_up_to_all_of_them() -> None:
    calls: list[tuple[int, int]] = []
    run([FASTER], series=[SERIES, OTHER], progress=lambda done, whole: calls.append((done, whole)))
    assert calls[-1] == (22_000, 22_000)
    assert [c[0] for c in calls] == sorted({c[0] for c in calls})


def test_a_target_far_away_draws_the_warning_of_a_forecast() -> None:
    with pytest.warns(TradeTargetWarning, match="check the units"):
        run([FASTER], target=7000.0)


def test_quantiles_are_those_of_the_paths_that_were_counted() -> None:
    found = run([FASTER, Scenario("calm", [VolatilityMultiplier(0.0)])])
    table = found.quantiles([0.1, 0.5, 0.9]).set_index(["scenario", "period"])
    base = tt.forecast(SERIES, 7.0, "random-walk", 8, method="simulation", n_paths=11_000).quantiles([0.1, 0.5, 0.9])
    assert table.loc["baseline"].to_numpy() == pytest.approx(base.to_numpy(), rel=1e-12)
    faster = table.loc["faster"].to_numpy() / base.to_numpy()
    assert faster == pytest.approx(np.outer(1.03 ** np.arange(1, 9), np.ones(3)))
    calm = table.loc["calm"].to_numpy()
    assert calm == pytest.approx(np.broadcast_to(calm[:, :1], calm.shape))


def test_the_record_is_plain_json_and_the_frame_is_tidy() -> None:
    found = run()
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["baseline"] == "baseline"
    assert record["last"] == {"period": "2024", "value": 4.1}
    faster = next(s for s in record["scenarios"] if s["name"] == "faster")
    assert faster["probability_by"]["2032"] == found.hitting_times["faster"].probability_by(2032)
    frame = found.to_frame()
    assert list(frame.columns) == [
        "scenario", "period", "probability", "standard_error", "difference", "difference_error",
    ]  # fmt: skip
    assert len(frame) == 4 * 8


def test_quarters_of_fiscal_years_are_deflated_with_their_years() -> None:
    quarters = pd.Series(np.linspace(1.0, 2.0, 44), pd.period_range("2010Q2", "2021Q1", freq="Q"))
    series = TradeSeries.from_quarterly(quarters, unit="USD bn", name="A-B", year_end="March")
    prices = Deflation(2021, dict.fromkeys(range(2010, 2025), 100.0))
    found = run_scenarios(series, 9.0, [Scenario("prices of 2021", [prices])], horizon=3, n_paths=1024)
    answer, base = found.hitting_times["prices of 2021"], found.hitting_times["baseline"]
    assert answer.probability == pytest.approx(base.probability, abs=1e-12)
    assert answer.target.year_end == 3
