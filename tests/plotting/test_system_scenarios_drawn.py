"""The rows of scenarios under the picture of a region."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

from tradetarget import SystemForecast, SystemScenario, Target, TradeSeries, TradeSystem, forecast_system
from tradetarget.scenarios import LevelEffect, LevelShock

pytest.importorskip("matplotlib")

from matplotlib.text import Text

LONG = "a fall of all the members at once, under a name that no column of names could ever hold"
SCENARIOS = [
    SystemScenario("push", {"A-B": [LevelEffect(0.2, years=3)]}),
    SystemScenario(LONG, {}, [LevelShock(-0.3, 1, recovery=3)]),
]


@cache
def answer(*targets: tuple[str, float], with_scenarios: bool = True) -> SystemForecast:
    parts = [
        TradeSeries.from_annual(pd.Series(values, index=[2021, 2022, 2023, 2024]), unit="USD bn", name=name)
        for name, values in (
            ("A-B", [3.6, 4.0, 4.4, 4.1]),
            ("A-C", [1.4, 1.5, 1.7, 1.8]),
            ("A-D", [0.7, 0.9, 0.8, 1.0]),
        )
    ]
    asked = {name: Target(level, "USD bn") for name, level in targets}
    scenarios = SCENARIOS if with_scenarios else []
    return forecast_system(TradeSystem("A-all", parts), asked, 6, n_paths=12_288, scenarios=scenarios)


def words_of(figure: Any) -> list[str]:
    return [t.get_text() for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def test_without_scenarios_the_picture_is_as_it_was() -> None:
    figure = answer(("A-B", 5.0), ("A-all", 9.0), with_scenarios=False).plot()
    assert len(figure.axes) == 2
    assert figure.get_size_inches().tolist() == [9.0, 7.4]
    assert not any("under each scenario" in w for w in words_of(figure))


def test_every_scenario_has_its_points_on_the_baseline() -> None:
    found = answer(("A-B", 5.0), ("A-all", 9.0))
    words = words_of(found.plot())
    assert "push" in words
    assert any(w.startswith("a fall of") and "…" in w for w in words)
    year = found.years[1]
    gap = found.case("push").differences["A-B turnover"]
    said = f"+{100 * gap.probability[1]:.1f} ({100 * gap.standard_errors[1]:.1f})"
    assert said in words
    both = found.joint_difference("push")
    assert f"+{100 * both['all'][1]:.1f} ({100 * both['all_error'][1]:.1f})" in words
    assert any(f"Probability by {year} under each scenario" in w for w in words)
    assert any("The upper panels show the baseline" in w for w in words)


@pytest.mark.parametrize(
    "targets",
    [
        [("A-all", 9.0)],
        [("A-B", 5.0), ("A-all", 9.0)],
        [("A-B", 5.0), ("A-C", 2.0), ("A-D", 1.2), ("A-all", 9.0)],
    ],
)
def test_nothing_leaves_the_page_and_no_two_rows_meet(targets: list[tuple[str, float]]) -> None:
    figure = answer(*targets).plot()
    page = figure.bbox
    boxes = {t: t.get_window_extent() for t in figure.findobj(Text) if t.get_text() and t.get_visible()}
    assert all(b.x1 <= page.x1 + 1 and b.x0 >= page.x0 - 1 for b in boxes.values())
    assert all(b.y1 <= page.y1 + 1 and b.y0 >= page.y0 - 1 for b in boxes.values())
    below = [b for t, b in boxes.items() if t.axes in figure.axes[3:] and t not in figure.axes[-1].get_xticklabels()]
    listed = sorted(below, key=lambda b: (b.x0, b.y0))
    for i, one in enumerate(listed):
        assert not any(one.shrunk(0.9, 0.8).overlaps(two.shrunk(0.9, 0.8)) for two in listed[i + 1 :])


def test_targets_that_have_no_column_are_counted() -> None:
    words = words_of(answer(("A-B", 5.0), ("A-C", 2.0), ("A-D", 1.2), ("A-all", 9.0)).plot())
    assert any("1 more target not shown" in w for w in words)
    assert "all of them" in words


def test_a_size_that_is_asked_for_is_kept() -> None:
    from tradetarget.plotting import plot_system

    assert plot_system(answer(("A-all", 9.0)), size=(10.0, 11.0)).get_size_inches().tolist() == [10.0, 11.0]
