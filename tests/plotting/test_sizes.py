"""Pictures at any size and of extreme questions: every word on the page, and none over another."""

import re
import warnings
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn_series import past_forecasts
from matplotlib.figure import Figure
from matplotlib.text import Text

from tradetarget import (
    Forecast,
    Scenario,
    SystemForecast,
    Target,
    TradeSeries,
    TradeSystem,
    forecast,
    forecast_system,
    required,
    run_scenarios,
    sensitivity,
    sweep,
)
from tradetarget.errors import SettingError, TradeTargetWarning
from tradetarget.plotting.scale import level_range
from tradetarget.promises import Promises
from tradetarget.scenarios import GrowthShift, LevelEffect, usual_factors

LEVELS = [0.21, 0.24, 0.51, 1.42, 1.58, 2.14, 1.67, 2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]
SERIES = TradeSeries.from_annual(
    pd.Series(LEVELS, index=range(2011, 2026)), unit="USD bn", name="Kazakhstan-Uzbekistan"
)
ONE = TradeSeries.from_annual(pd.Series({2025: 4.7}), unit="USD bn", name="Here-There")
SIZES = [(3.3, 2.5), (6.4, 4.8), (16.0, 9.0)]
FAST = {"model": "random-walk", "n_paths": 1024}


def shown(figure: Any) -> list[Text]:
    """The words that are drawn: not ticks beyond the limits of their axis."""
    figure.draw_without_rendering()
    hidden = set()
    for ax in figure.axes:
        for axis, (low, high) in ((ax.xaxis, sorted(ax.get_xlim())), (ax.yaxis, sorted(ax.get_ylim()))):
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {tick.label1, tick.label2}
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in hidden]


def faults(figure: Any) -> list[str]:
    """Words that leave the page, or lie over other words by more than a sixth of a line."""
    return faults_of(figure, shown(figure))


def faults_of(figure: Any, words: list[Text]) -> list[str]:
    found, boxes = [], [(t, t.get_window_extent()) for t in words]
    page = figure.bbox
    for t, box in boxes:
        if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1:
            found.append(f"{t.get_text()!r} leaves the page")
    for (a, one), (b, other) in combinations(boxes, 2):
        slack = min(one.height, other.height) / 6
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        if wide > slack and high > 2 * slack:
            found.append(f"{a.get_text()!r} lies over {b.get_text()!r}")
    return found


@cache
def asked(name: str) -> Forecast:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        return {
            "usual": lambda: forecast(SERIES, Target(5, "USD bn", deadline=2030), **FAST),
            "one year ahead": lambda: forecast(SERIES, Target(5, "USD bn"), horizon=1, **FAST),
            "two hundred years": lambda: forecast(
                SERIES, Target(50, "USD bn"), horizon=200, method="simulation", **FAST
            ),
            "one observation": lambda: forecast(ONE, Target(5, "USD bn"), n_paths=1024),
            "a thousand million times above": lambda: forecast(SERIES, Target(4.7e9, "USD bn"), **FAST),
        }[name]()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "name", ["usual", "one year ahead", "two hundred years", "one observation", "a thousand million times above"]
)
def test_a_forecast_has_no_word_off_the_page_or_over_another(name: str, size: tuple[float, float]) -> None:
    figure = asked(name).plot(figsize=size)
    words = shown(figure)
    assert faults_of(figure, words) == []
    assert not [t.get_text() for t in words if re.search(r"\de[+-]?\d", t.get_text())]


@pytest.fixture(scope="module")
def others() -> list[tuple[str, Any]]:
    """Every other picture, by its name, as a function of its size."""
    scenarios = [Scenario(f"Growth higher by {k} points a year", [GrowthShift(k / 100)]) for k in range(1, 13)]
    grid = {"growth": (GrowthShift(0.0), [0.0, 0.02, 0.04]), "level": (LevelEffect(0.0), [-0.1, 0.0, 0.1])}
    due = Target(7, "USD bn", deadline=2030)
    results = [
        SERIES,
        forecast(SERIES, due, **FAST).hitting_time,
        run_scenarios(SERIES, due, scenarios, **FAST),
        required(SERIES, due, **FAST),
        sensitivity(SERIES, due, usual_factors(), **FAST),
        sweep(SERIES, due, grid, **FAST),
    ]
    pictures = [(type(r).__name__, lambda size, r=r: r.plot(figsize=size)) for r in [*results, region()]]
    backtest = past_forecasts()
    return [
        *pictures,
        ("reliability", lambda size: backtest.plot(figsize=size)),
        ("past forecasts", lambda size: backtest.hedgehog(figsize=size)),
        ("promises", lambda size: Promises.shipped().plot(figsize=size)),
    ]


def region(factor: float = 1.0, unit: str | None = "USD bn") -> SystemForecast:
    """A region of two pairs under two scenarios, its levels multiplied by ``factor``."""
    pairs = [("Kazakhstan-Uzbekistan", factor), ("Kazakhstan-Kyrgyzstan", 0.4 * factor)]
    parts = [
        TradeSeries.from_annual(pd.Series(np.array(LEVELS) * f, index=range(2011, 2026)), unit=unit, name=name)
        for name, f in pairs
    ]
    asked = {"Kazakhstan-Uzbekistan": Target(7 * factor, unit), "Kazakhstan-Central Asia": Target(10 * factor, unit)}
    push = [Scenario(f"Growth higher by {k} points a year", [GrowthShift(k / 100)]) for k in (1, 2)]
    return forecast_system(TradeSystem("Kazakhstan-Central Asia", parts), asked, n_paths=2048, scenarios=push)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_other_pictures_have_none_either(others: list[tuple[str, Any]], size: tuple[float, float]) -> None:
    assert {name: wrong for name, draw in others if (wrong := faults(draw(size)))} == {}


@pytest.mark.parametrize(("factor", "unit"), [(1e-9, None), (1e13, None)], ids=str)
def test_a_region_at_any_scale_has_numbers_that_a_person_reads(factor: float, unit: str | None) -> None:
    picture = region(factor, unit).plot(figsize=(6.4, 4.8))
    assert faults(picture) == []
    assert not [t.get_text() for t in shown(picture) if re.search(r"\de[+-]?\d", t.get_text())]


def test_a_region_whose_target_lies_above_the_panel_says_so() -> None:
    system = region().system
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        picture = forecast_system(system, {system.name: Target(4.7e9, "USD bn")}, n_paths=2048).plot()
    assert any(t.get_text().endswith("above the panel") for t in shown(picture))
    assert faults(picture) == []


def test_intervals_of_a_region_are_those_asked_for() -> None:
    answer = region()
    assert any("95 % (dashed) interval" in t.get_text() for t in shown(answer.plot(levels=[0.95])))
    with pytest.raises(SettingError, match="more than 2 intervals"):
        answer.plot(levels=[0.2, 0.4, 0.6])


def test_every_picture_draws_on_axes_that_are_given() -> None:
    figure = Figure(figsize=(10, 5))
    axes = figure.subplots(1, 3)
    answer = asked("usual")
    for ax, result in zip(axes, (answer, answer.hitting_time, SERIES), strict=True):
        assert result.plot(ax=ax) is figure
        assert ax.has_data()


def test_levels_choose_the_bands_of_the_fan() -> None:
    answer = asked("usual")
    words = [t.get_text() for t in shown(answer.plot(figsize=(8, 6), levels=(0.5, 0.95)))]
    assert "50 %" in words
    assert not {"80 %", "90 %"} & set(words)
    with pytest.raises(SettingError, match="more than 3 bands"):
        answer.plot(levels=(0.2, 0.4, 0.6, 0.8))


def test_a_logarithmic_axis_is_taken_where_the_fan_leaves_the_data_too_little() -> None:
    fan = pd.DataFrame({0.05: [2.0], 0.25: [4.0], 0.5: [6.0], 0.75: [11.0], 0.95: [29.0]}, index=[2040])
    rising, flat = np.array([0.2, 1.0, 4.9]), np.array([4.7, 4.8, 4.9])
    assert level_range(rising, 10.0, fan).log
    assert not level_range(flat, 10.0, fan).log
    assert not level_range(rising, 5.0, fan).log
