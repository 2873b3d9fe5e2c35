"""Progress: a bar for who watches, a function for who asks, and silence for everybody else."""

from __future__ import annotations

import io
import sys
import threading
import types
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest

from tradetarget import Scenario, TradeSeries, forecast_each, required, run_scenarios
from tradetarget import progress as room
from tradetarget.errors import SettingError
from tradetarget.evaluation import backtest
from tradetarget.forecasting import explain_change
from tradetarget.progress import progress_choice, reporting
from tradetarget.scenarios import GrowthShift

pytest.importorskip("tqdm")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, patience: float = 0.0) -> Terminal:
    """Standard error as a terminal, set in the test's own phase because pytest sets it anew for each."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(room, "PATIENCE", patience)
    return stream


def work(progress: object, steps: int = 4) -> None:
    with reporting(progress, "counting", steps) as advance:  # type: ignore[arg-type]
        for _ in range(steps):
            advance()


def test_a_bar_is_shown_on_a_terminal_once_patience_is_over_and_wiped(monkeypatch) -> None:
    terminal = on_terminal(monkeypatch)
    work(None)
    written = terminal.getvalue()
    assert "counting" in written
    assert written.rsplit("\r", 1)[1] == ""
    assert written.rsplit("\r", 2)[1].strip() == ""


def test_work_of_less_than_two_seconds_shows_nothing(monkeypatch) -> None:
    assert room.PATIENCE == 2.0
    terminal = on_terminal(monkeypatch, room.PATIENCE)
    work(None)
    work(True)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("progress", [None, False])
def test_a_pipe_sees_nothing(monkeypatch, capsys, progress: bool | None) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.0)
    work(progress)
    assert capsys.readouterr() == ("", "")


def test_true_shows_it_in_a_pipe_too(monkeypatch, capsys) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.0)
    work(True)
    assert "counting" in capsys.readouterr().err


def test_false_is_silent_on_a_terminal(monkeypatch) -> None:
    terminal = on_terminal(monkeypatch)
    work(False)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("widgets", "shown"), [(None, False), ("ipywidgets", True)])
def test_a_notebook_counts_as_watched_where_it_can_wipe_a_bar(monkeypatch, widgets: str | None, shown: bool) -> None:
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(room, "find_spec", lambda name: widgets)
    monkeypatch.setitem(sys.modules, "tqdm.notebook", sys.modules["tqdm"])
    bars: list[int] = []
    plain = room._bar
    monkeypatch.setattr(room, "_bar", lambda *a, **k: (bars.append(1), plain(*a, **k))[1])
    on_terminal(monkeypatch)
    work(None)
    assert bool(bars) is shown


def test_no_thread_is_left_and_none_is_started(monkeypatch) -> None:
    on_terminal(monkeypatch)
    before = set(threading.enumerate())
    with reporting(None, "counting", 2) as advance:
        advance()
        assert set(threading.enumerate()) == before
    assert set(threading.enumerate()) == before


def test_the_line_is_wiped_when_the_work_fails(monkeypatch) -> None:
    terminal = on_terminal(monkeypatch)
    with suppress(RuntimeError), reporting(None, "counting", 2):
        raise RuntimeError
    assert "counting" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")


def test_a_function_is_told_the_steps_done_and_never_more_than_all() -> None:
    told: list[tuple[int, int]] = []
    with reporting(lambda done, whole: told.append((done, whole)), "counting", 3) as advance:
        advance(2)
        advance(5)
    assert told == [(2, 3), (3, 3)]


def test_without_tqdm_nothing_is_shown_and_only_true_is_refused(monkeypatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    work(None)
    assert terminal.getvalue() == ""
    with pytest.raises(SettingError, match=r"pip install 'tradetarget\[progress\]'"):
        work(True)


@pytest.mark.parametrize("value", ["yes", 1, int])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(SettingError, match="is no choice: give True, False, or a function"):
        progress_choice(value, "progress")


def test_a_stream_that_is_closed_or_missing_is_no_terminal(monkeypatch) -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        work(None)


SERIES = TradeSeries.from_annual(
    pd.Series([1.0, 1.2, 1.1, 1.5, 1.7, 1.6, 2.0, 2.1], index=range(2018, 2026)), unit="USD bn", name="Here-There"
)
FAST: dict[str, Any] = {"model": "random-walk", "n_paths": 512}
WORK: dict[str, tuple[Callable[[Any], object], int]] = {
    "backtest": (lambda p: backtest(SERIES, origins=[2022], horizon=2, levels=False, progress=p, **FAST), 1),
    "several series": (
        lambda p: forecast_each({"a": SERIES, "b": SERIES}, 3.0, "random-walk", 2, n_paths=512, progress=p),
        2,
    ),
    "news": (lambda p: explain_change(SERIES, 3.0, 2023, 2025, by=2027, model="random-walk", progress=p), 2),
    "scenarios": (
        lambda p: run_scenarios(SERIES, 3.0, Scenario("x", [GrowthShift(0.1)]), horizon=2, progress=p, **FAST),
        512,
    ),
    "required": (lambda p: required(SERIES, 3.0, by=2027, progress=p, **FAST), 512),
}


@pytest.mark.parametrize("name", WORK)
def test_every_long_work_tells_a_function_how_far_it_is(name: str) -> None:
    run, whole = WORK[name]
    told: list[tuple[int, int]] = []
    run(lambda done, of: told.append((done, of)))
    assert told[-1] == (whole, whole)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


@pytest.mark.parametrize("name", WORK)
def test_every_long_work_refuses_what_is_no_choice(name: str) -> None:
    with pytest.raises(SettingError, match="progress 'often' is no choice"):
        WORK[name][0]("often")
