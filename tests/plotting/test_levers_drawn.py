from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tradetarget.errors import OutputError
from tradetarget.observations import TradeSeries
from tradetarget.scenarios import GrowthShift, LevelShock, Uniform, required, sensitivity, sweep

LEVELS = pd.Series({2018: 2.5, 2019: 3.4, 2020: 2.9, 2021: 3.8, 2022: 4.9, 2023: 4.4, 2024: 4.1})
SERIES = TradeSeries.from_annual(LEVELS, unit="USD bn", name="A-B", reporter="A")
SETTINGS: dict[str, Any] = {"by": 2030, "model": "random-walk", "n_paths": 10_240}


def texts(figure: Any) -> list[str]:
    return [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))]


def test_the_curve_marks_the_required_size(tmp_path: Path) -> None:
    answer = required(SERIES, 7.0, probability=0.7, **SETTINGS)
    figure = answer.plot(tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    [ax] = figure.axes
    curve, _, mark = ax.lines[:3]
    assert mark.get_xydata().tolist() == [[answer.value, 0.7]]
    assert (pd.Series(curve.get_ydata()).diff().dropna() >= 0).all()


def test_a_tornado_has_two_bars_a_factor_the_widest_at_the_top() -> None:
    factors = {"growth": GrowthShift(Uniform(-0.05, 0.05)), "shock": LevelShock(Uniform(-0.05, 0.0), 2026)}
    answer = sensitivity(SERIES, 7.0, factors, **SETTINGS)
    [ax] = answer.plot().axes
    assert [t.get_text() for t in ax.get_yticklabels()] == ["shock", "growth"]
    assert len(ax.patches) == 4
    row = answer.to_frame().iloc[0]
    widths = sorted(abs(p.get_width()) for p in ax.patches)
    assert widths[-1] + widths[-2] == pytest.approx(row["swing"])


def test_a_heat_map_shows_every_cell_as_a_number() -> None:
    factors = {"growth": (GrowthShift(0.0), [-0.02, 0.02]), "shock": (LevelShock(0.0, 2027), [-0.2, -0.1, 0.0])}
    answer = sweep(SERIES, 7.0, factors, **SETTINGS)
    shown = texts(answer.plot())
    for p in answer.to_frame()["probability"]:
        assert f"{100 * p:.1f} %" in shown


def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    answer = required(SERIES, 7.0, **SETTINGS)
    with pytest.raises(OutputError, match="does not end in"):
        answer.plot(tmp_path / "out.doc")
