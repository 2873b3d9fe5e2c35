import pandas as pd
import pytest

from tradetarget.observations import TradeSeries
from tradetarget.report import required_summary, sensitivity_summary, sweep_summary
from tradetarget.scenarios import (
    GrowthShift,
    LevelShock,
    Scenario,
    Uniform,
    VolatilityMultiplier,
    required,
    sensitivity,
    sweep,
)

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B", reporter="A")


def test_a_required_size_is_said_in_words_with_what_it_starts_from() -> None:
    recession = Scenario("recession", [LevelShock(-0.2, 2026)])
    answer = required(SERIES, 7.0, by=2030, probability=0.6, model="random-walk", n_paths=10_240, scenario=recession)
    text = required_summary(answer)
    assert text == answer.summary()
    assert text.startswith("P(reached by the end of 2030) is 41.9 %, and 60.0 % with growth +6.38 % a year")
    assert "\nWhat would bring A-B turnover to 7 USD bn by 2030?\n" in text
    assert f"growth {100 * answer.value:+.3g} % a year on top of the model's" in text
    for words in ("P(by 2030) with it    60.0 %", "On top of             recession", "10,240 paths, seed 0"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 78


def test_factors_stand_in_order_of_their_swing_with_sizes_of_their_kind() -> None:
    factors = {"growth": GrowthShift(Uniform(-0.05, 0.05)), "spread": VolatilityMultiplier(Uniform(0.9, 1.1))}
    answer = sensitivity(SERIES, 7.0, factors, by=2030, model="random-walk", n_paths=10_240)
    text = sensitivity_summary(answer)
    assert text == answer.summary()
    rows = [line for line in text.splitlines() if line.startswith(("growth", "spread"))]
    assert [r.split()[0] for r in rows] == ["growth", "spread"]
    assert "-4 %" in rows[0]
    assert "x 0.92" in rows[1]
    assert max(map(len, text.splitlines())) <= 78


def test_a_grid_has_a_line_for_every_size_of_the_first_factor() -> None:
    factors = {"growth": (GrowthShift(0.0), [-0.02, 0.02]), "shock": (LevelShock(0.0, 2027), [-0.2, 0.0])}
    answer = sweep(SERIES, 7.0, factors, by=2030, model="random-walk", n_paths=10_240)
    text = sweep_summary(answer)
    assert text == answer.summary()
    lines = text.splitlines()
    assert [line.split("%")[0].strip() for line in lines[5:7]] == ["-2", "+2"]
    cell = 100 * answer.table().loc[0.02, 0.0]
    assert lines[6].endswith(f"{cell:.1f} %")


@pytest.mark.parametrize("kind", ["growth_shift", "level_effect", "level_shock"])
def test_every_lever_has_words(kind: str) -> None:
    from tradetarget.report.levers import lever_text

    assert "+2 %" in lever_text(kind, 0.02)
