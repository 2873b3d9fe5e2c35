import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import ScenarioError, SettingError, UnknownNameError
from tradetarget.models import get_model
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import (
    Ceiling,
    ConditionalEvent,
    GrowthShift,
    LevelEffect,
    LevelShock,
    Scenario,
    required,
    run_scenarios,
)
from tradetarget.targets import Target

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B")
N = 40 * 512
pytestmark = pytest.mark.usefixtures("laws_of_the_module")


def ask(target: Any = 7.0, **kw: Any) -> Any:
    return required(SERIES, target, **({"by": 2030, "model": "random-walk", "n_paths": N} | kw))


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    "lever",
    ["growth_shift", "level_effect", GrowthShift(0.5, start=2026, end=2028), LevelEffect(0.5, start=2026, years=3)],
)
def test_the_required_size_gives_the_probability_on_the_same_random_numbers(lever: Any, probability: float) -> None:
    answer = ask(lever=lever, probability=probability)
    template = {"growth_shift": GrowthShift(0.0), "level_effect": LevelEffect(0.0)}.get(lever, lever)
    sized = Scenario("sized", [template.with_size(answer.value)])
    found = run_scenarios(SERIES, 7.0, [sized], "random-walk", 6, n_paths=N).hitting_times["sized"]
    assert found.probability_by(2030) == pytest.approx(probability, abs=2 / N)
    assert answer.probability_at(10.0) <= 1.0
    with pytest.raises(SettingError, match="not above -1"):
        answer.probability_at(math.nan)
    assert answer.probability_at(answer.value) == pytest.approx(probability, abs=2 / N)


def test_a_level_effect_agrees_with_the_exact_law_within_its_interval() -> None:
    # From the first year on, a level effect of log size s lowers the barrier by s: solve the exact law for s.
    from scipy.optimize import brentq

    fitted = get_model("random-walk").fit(SERIES)

    def short(s: float) -> float:
        law = fitted.hitting_law(np.array([math.log(7.0) - s]), 6)
        assert law is not None
        return float(law[0, -1]) - 0.7

    exact = math.expm1(brentq(short, 0.0, 0.5, xtol=1e-10))
    answer = ask(lever="level_effect", probability=0.7, n_paths=400 * 512)
    assert answer.interval[0] <= exact <= answer.interval[1]
    assert answer.interval[1] - answer.interval[0] < 0.01


def test_the_interval_covers_as_often_as_it_says() -> None:
    values = np.array([ask(seed=s, n_paths=20 * 512).value for s in range(80)])
    widths = [np.ptp(ask(seed=s, n_paths=20 * 512).interval) for s in range(10)]
    assert np.mean(widths) / (2 * 1.96 * values.std(ddof=1)) == pytest.approx(1.0, abs=0.35)


def test_a_higher_probability_or_an_earlier_deadline_asks_for_more() -> None:
    values = [ask(probability=p).value for p in (0.2, 0.4, 0.6, 0.8)]
    assert values == sorted(values)
    assert ask(by=2027).value > ask(by=2030).value > ask(by=2035).value


def test_a_target_likelier_than_asked_needs_a_negative_size() -> None:
    answer = ask(target=4.5, probability=0.3)
    assert answer.value < 0
    assert answer.probability_without > 0.3


def test_the_probability_without_the_lever_is_the_baselines() -> None:
    base = run_scenarios(SERIES, 7.0, [], "random-walk", 6, n_paths=N).hitting_times["baseline"]
    assert ask().probability_without == pytest.approx(base.probability_by(2030), abs=1e-12)


def test_the_answer_on_top_of_a_recession_is_larger() -> None:
    recession = Scenario("recession", [LevelShock(-0.3, 2026), ConditionalEvent(0.1, -0.1)])
    answer = ask(scenario=recession)
    assert answer.value > ask().value
    both = Scenario("recession", [*recession.adjustments, GrowthShift(answer.value)])
    found = run_scenarios(SERIES, 7.0, [both], "random-walk", 6, n_paths=N).hitting_times["recession"]
    assert found.probability_by(2030) == pytest.approx(0.5, abs=2 / N)


def test_two_years_running_ask_for_more_than_one() -> None:
    answer = ask(target=Target(7.0, "USD bn", sustained=2))
    assert answer.value > ask().value
    sized = Scenario("sized", [GrowthShift(answer.value)])
    found = run_scenarios(SERIES, answer.target, [sized], "random-walk", 6, n_paths=N).hitting_times["sized"]
    assert found.probability_by(2030) == pytest.approx(0.5, abs=2 / N)


def test_a_target_in_another_scale_is_the_same_question() -> None:
    assert ask(target=tt.Target(7000.0, "USD mn")).value == pytest.approx(ask().value, rel=1e-9)


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"probability": 0}, "probability 0 is not strictly between 0 and 1"),
        ({"probability": 1.0}, "probability 1.0 is not strictly between"),
        ({"probability": float("nan")}, "probability nan is not strictly"),
        ({"by": 2024}, "by 2024 is not a year after the data, which end in 2024"),
        ({"by": "soon"}, "by 'soon' is not a year"),
        ({"target": 4.0}, "already at or above the target"),
        ({"scenario": Scenario("capped", [Ceiling(6.0)])}, "'capped' has a ceiling"),
        ({"scenario": Scenario("child", parent="x")}, "'child' has a parent"),
        ({"lever": GrowthShift(0.1, start=2035)}, "window starts in 2035, outside the horizon"),
        ({"target": 4.2, "probability": 0.01, "lever": GrowthShift(0.1, start=2029)}, "without the lever"),
    ],
)
def test_a_question_without_an_answer_is_refused(details: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        ask(**details)


def test_a_lever_that_starts_late_has_bounds_and_an_interval_that_may_be_open() -> None:
    # Two years running by 2030, and a lever from 2030 on: the year before has to come by itself.
    late = {"target": Target(7.0, "USD bn", sustained=2), "lever": LevelEffect(0.1, start=2030), "n_paths": 2048}
    thresholds, weights = (lambda a: (a.thresholds, a.weights))(ask(probability=0.4, **late))
    least, most = weights[np.isneginf(thresholds)].sum(), weights[thresholds < np.inf].sum()
    with pytest.raises(ScenarioError, match=f"the probability is at least {least:.3g}, by paths that reach"):
        ask(probability=least - 0.01, **late)
    with pytest.raises(ScenarioError, match=f"the probability is at most {most:.3g}; ask for another, or let"):
        ask(probability=most + 0.01, **late)
    answer = ask(probability=most - 0.002, **late)
    assert math.isfinite(answer.value)
    assert answer.interval[1] == math.inf
    assert answer.to_dict()["high"] is None
    assert " or more (of the simulation)" in answer.summary()


def test_an_unknown_lever_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'growth_shift'"):
        ask(lever="growth_shif")


def test_the_frame_is_one_tidy_row() -> None:
    frame = ask().to_frame()
    assert len(frame) == 1
    assert {"series", "target", "by", "probability", "lever", "value", "low", "high"} <= set(frame.columns)
