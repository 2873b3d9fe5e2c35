import builtins
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib")

from tradetarget import HittingTime, Target, TradeSeries, forecast
from tradetarget.errors import DataError, OutputError, SettingError, TradeTargetWarning
from tradetarget.forecasting.single import Forecast
from tradetarget.plotting import plot_forecast, plot_hitting_time, plot_scenarios, plot_series, save
from tradetarget.plotting.placing import Box, first_clear, spread
from tradetarget.plotting.scale import display_of, level_range, tick
from tradetarget.scenarios import GrowthShift, Scenario, run_scenarios
from tradetarget.units import Unit

TOTALS = {2018: 2.484, 2019: 3.415, 2020: 2.931, 2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}
SERIES = TradeSeries.from_annual(
    pd.Series(TOTALS), unit="USD bn", name="Kazakhstan-Uzbekistan", reporter="Kazakhstan", source="A yearbook"
)


@cache
def ask(series: TradeSeries = SERIES, target: Target | float = 5.0, horizon: int = 15) -> Forecast:
    method = "simulation" if horizon > 100 else "auto"  # the law takes seconds over two hundred years
    return forecast(series, target, model="random-walk", horizon=horizon, method=method, n_paths=2048)


def words(figure) -> list[str]:
    """Every text on the figure."""
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def overflowing(figure) -> list[str]:
    """The texts that run over the edge of the page."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    page, shown = figure.bbox, [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    # Until 3.10, matplotlib makes labels of ticks beyond the ends of an axis, which it does not draw.
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for each in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= each.get_loc() <= high:
                shown = [t for t in shown if t not in (each.label1, each.label2)]
    boxes = [(t.get_text(), t.get_window_extent()) for t in shown]
    return [s for s, b in boxes if b.x0 < -1 or b.y0 < -1 or b.x1 > page.x1 + 1 or b.y1 > page.y1 + 1]


@pytest.fixture(scope="module")
def answer() -> Forecast:
    return ask()


class TestForecast:
    def test_title_answer_and_provenance_are_on_the_picture(self, answer: Forecast) -> None:
        shown = " ".join(words(plot_forecast(answer)))
        assert "When does Kazakhstan-Uzbekistan turnover reach 5 USD bn?" in shown
        assert f"Median {answer.hitting_time.median}" in shown
        for said in ("Reporter: Kazakhstan", "A yearbook", "as known in 2026-03", "random-walk", "target 5 USD bn"):
            assert said in shown

    def test_bars_are_the_probabilities_and_the_last_is_what_lies_beyond(self, answer: Forecast) -> None:
        lower = plot_forecast(answer).axes[1]
        heights = [p.get_height() for p in lower.patches]
        expected = np.diff(answer.hitting_time.probability, prepend=0.0)
        assert heights[:-1] == pytest.approx(expected)
        assert sum(heights) == pytest.approx(1.0)
        assert "not by\n2040" in words(lower)

    def test_years_of_both_panels_stand_under_one_another(self, answer: Forecast) -> None:
        figure = plot_forecast(answer)
        upper, lower = figure.axes
        at = [ax.transData.transform((2033, 0))[0] for ax in (upper, lower)]
        assert at[0] == pytest.approx(at[1], abs=0.5)

    @pytest.mark.parametrize("size", [(6, 4.5), (8, 6), (12, 8)])
    @pytest.mark.parametrize(
        ("series", "target", "horizon"),
        [
            (SERIES, 5.0, 15),
            (SERIES, 50.0, 3),
            (SERIES, 4.0, 15),
            (SERIES, 9.0, 1),
            (SERIES, 50.0, 200),
            (TradeSeries.from_annual(pd.Series({2023: 1.2e-3, 2024: 1.1e-3, 2025: 1.6e-3}), name="Tiny"), 3e-3, 5),
            (
                TradeSeries.from_annual(
                    pd.Series(dict(zip(range(1986, 2026), np.geomspace(2e11, 1e12, 40), strict=True))),
                    unit="USD",
                    name="Қазақстан–Өзбекстан, $x_1$ and a name that is far too long for one line of a title",
                ),
                3e12,
                30,
            ),
        ],
    )
    def test_no_text_runs_over_the_edge(self, series: TradeSeries, target: float, horizon: int, size) -> None:
        assert overflowing(plot_forecast(ask(series, target, horizon), size=size)) == []

    def test_a_target_already_reached_has_no_distribution(self) -> None:
        figure = plot_forecast(ask(target=4.0))
        assert len(figure.axes) == 1
        assert "Already reached: 2025 is at or above it, first in 2022" in words(figure)

    def test_a_cut_fan_and_a_log_scale_are_said(self) -> None:
        slow = TradeSeries.from_annual(pd.Series([4.0, 5.1, 3.9, 5.0, 4.2], index=range(2021, 2026)), unit="USD bn")
        assert any("the fan is cut" in w for w in words(plot_forecast(ask(slow))))
        assert any("log scale" in w for w in words(plot_forecast(ask(target=50.0))))

    def test_history_is_drawn_in_full_and_breaks_at_a_gap(self) -> None:
        gap = TradeSeries.from_annual(pd.Series({2019: 2.0, 2020: 3.0, 2023: 3.5, 2024: 3.2, 2025: 4.0}), unit="USD bn")
        upper = plot_forecast(ask(gap)).axes[0]
        history = next(a for a in upper.lines if len(a.get_xdata()) == 7)
        assert np.isnan(np.asarray(history.get_ydata(), dtype=float)[2:4]).all()

    def test_pyplot_is_never_touched(self, answer: Forecast, monkeypatch) -> None:
        monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
        plot_forecast(answer)
        assert "matplotlib.pyplot" not in sys.modules

    def test_a_notebook_shows_the_figure(self, answer: Forecast) -> None:
        assert plot_forecast(answer)._repr_png_().startswith(b"\x89PNG")

    @pytest.mark.parametrize("size", [(1, 1), (8,), (1000, 6)])
    def test_a_page_too_small_or_too_large_is_refused(self, answer: Forecast, size) -> None:
        with pytest.raises(SettingError, match="inches"):
            plot_forecast(answer, size=size)


class TestFiles:
    @pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
    def test_the_same_answer_gives_the_same_bytes(self, answer: Forecast, tmp_path: Path, ending: str, start) -> None:
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        for path in (first, second):
            plot_forecast(answer, path, size=(6, 4.5))
        assert first.read_bytes() == second.read_bytes()
        assert first.read_bytes().startswith(start)
        assert sorted(p.name for p in tmp_path.iterdir()) == [first.name, second.name]

    @pytest.mark.parametrize("name", ["a.jpg", "a", "no/such/a.png"])
    def test_a_path_that_cannot_be_written_is_refused_and_nothing_is_left(self, answer, tmp_path, name) -> None:
        with pytest.raises(OutputError):
            plot_forecast(answer, tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_without_matplotlib_the_extra_is_named(self, answer: Forecast, monkeypatch) -> None:
        real = builtins.__import__

        def without(name, *rest, **more):
            if name.startswith("matplotlib"):
                raise ImportError(name)
            return real(name, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", without)
        with pytest.raises(OutputError, match=r"pip install 'tradetarget\[plot\]'"):
            plot_forecast(answer)

    def test_characters_without_a_font_draw_one_warning(self, tmp_path: Path) -> None:
        named = TradeSeries.from_annual(pd.Series(TOTALS), name="\U00012000\U00012001", unit="USD bn")
        with pytest.warns(TradeTargetWarning, match="no installed font") as caught:
            plot_forecast(ask(named), tmp_path / "a.png")
        assert len(caught) == 1


class TestHittingTime:
    def test_it_draws_on_the_axes_given(self, answer: Forecast) -> None:
        from matplotlib.figure import Figure

        ax = Figure().add_subplot()
        assert plot_hitting_time(answer.hitting_time, ax=ax) is ax.figure
        assert len(ax.patches) == 16

    def test_a_new_figure_keeps_its_text_on_the_page(self, answer: Forecast) -> None:
        assert overflowing(plot_hitting_time(answer.hitting_time)) == []

    def test_a_median_beyond_the_horizon_is_said(self) -> None:
        years = np.array([2026, 2027], dtype=np.int64)
        never = HittingTime(Target(5, "USD bn"), 2025, years, np.array([0.01, 0.02]))
        assert "median and 80 % interval beyond 2027" in words(plot_hitting_time(never))


class TestScenarios:
    @pytest.fixture(scope="class")
    @staticmethod
    def comparison():
        named = [Scenario(f"scenario number {i} with quite a long name", [GrowthShift(i / 100)]) for i in range(-5, 6)]
        return run_scenarios(SERIES, 5.0, named, model="random-walk", n_paths=1024)

    @pytest.mark.parametrize("size", [None, (7, 7), (14, 9)])
    def test_every_scenario_is_named_on_the_page(self, comparison, size) -> None:
        figure = plot_scenarios(comparison, size=size)
        assert overflowing(figure) == []
        assert len(figure.axes) == 2
        for name in comparison.hitting_times:
            assert sum(w.endswith(name[-6:]) for w in words(figure)) >= 2

    def test_it_is_written(self, comparison, tmp_path: Path) -> None:
        plot_scenarios(comparison, tmp_path / "a.png")
        assert (tmp_path / "a.png").stat().st_size > 10_000

    def test_several_cases_are_refused(self) -> None:
        both = run_scenarios(SERIES, [5.0, 6.0], [Scenario("x", [GrowthShift(0.01)])], "random-walk", n_paths=512)
        with pytest.raises(SettingError, match="there are 2"):
            plot_scenarios(both)


def test_series_are_lines_with_their_names(tmp_path: Path) -> None:
    figure = plot_series({"A": SERIES, "B": SERIES}, "Two series", tmp_path / "a.svg")
    assert {"A", "B", "Two series", "USD bn"} <= set(words(figure))
    assert overflowing(figure) == []


def test_series_in_two_units_are_refused() -> None:
    with pytest.raises(DataError, match="one unit"):
        plot_series({"A": SERIES, "B": SERIES.in_unit("USD mn")}, "Two units")


def test_saving_any_figure_checks_the_ending(answer: Forecast, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        save(plot_forecast(answer), tmp_path / "a.gif")


@pytest.mark.parametrize(
    ("top", "unit", "name"),
    [
        (5.0, "USD bn", "USD bn"),
        (5000.0, "USD mn", "USD mn"),
        (4.7e9, "USD", "USD bn"),
        (2e5, "USD tn", "USD tn ×10³"),
        (3e12, None, "×10¹²"),
        (2e-6, None, "×10⁻⁶"),
        (0.002, None, ""),
    ],
)
def test_levels_are_drawn_in_a_scale_that_keeps_labels_short(top: float, unit: str | None, name: str) -> None:
    shown = display_of([top / 10, top], None if unit is None else Unit.parse(unit))
    assert shown.name == name
    assert 0.001 <= top * shown.factor < 1e5


def fan(median: float, upper: float) -> pd.DataFrame:
    return pd.DataFrame({0.05: [1.0], 0.1: [2.0], 0.25: [3.0], 0.5: [median], 0.75: [median * 1.5], 0.9: [upper * 0.8],
                         0.95: [upper]})  # fmt: skip


def test_the_axis_is_linear_cut_or_logarithmic_as_the_fan_demands() -> None:
    calm, wide, steep = (level_range([3.0, 4.0], 5.0, fan(*f)) for f in ((6.0, 9.0), (6.0, 40.0), (30.0, 200.0)))
    assert (calm.log, calm.cut, calm.low) == (False, False, 0.0)
    assert (wide.log, wide.cut, wide.high) == (False, True, 15.0)
    assert steep.log
    assert steep.low < 1.0
    assert steep.high > 200.0
    assert level_range([3.0, 4.0], 50.0, fan(6.0, 9.0)).log


def test_labels_are_spread_in_order_and_stay_inside() -> None:
    placed = spread([0.9, 0.91, 0.92, 0.1], 0.1, 0.0, 1.0)
    assert placed == pytest.approx([0.8, 0.9, 1.0, 0.1])


def test_a_label_takes_the_first_place_that_covers_no_line() -> None:
    rising = (np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    on, over, off = Box(0.4, 0.45, 0.1, 0.05), Box(0.4, 0.7, 0.1, 0.05), Box(0.95, 0.1, 0.1, 0.05)
    assert first_clear([off, on, over], [rising]) == over
    assert first_clear([on], [rising]) == on


@pytest.fixture(autouse=True)
def _no_other_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("error")
        warnings.filterwarnings("ignore", message="target .* times the last value", category=TradeTargetWarning)
        yield


@pytest.mark.parametrize(
    ("x", "shown"), [(0.0, "0"), (2.5, "2.5"), (12000.0, "12,000"), (1e7, "10⁷"), (2e-9, "2×10⁻⁹")]
)
def test_ticks_have_no_needless_digits(x: float, shown: str) -> None:
    assert tick(x) == shown
