"""The distribution of the year in which the target is first reached."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tradetarget.checks import checked_levels, made, takes
from tradetarget.plotting.canvas import bare, check_place, finished, inches_of, new_figure, width_of, wrapped, write
from tradetarget.plotting.colours import BAR, GREY, INK, LIGHT, MEDIAN
from tradetarget.plotting.frame import Sizes, line_share, panels
from tradetarget.report.forecasts import headline, level_of, stands_at_target
from tradetarget.report.text import amount, interval, percent
from tradetarget.targets import HittingTime


@takes(hitting_time=made("HittingTime"))
def plot_hitting_time(
    hitting_time: HittingTime,
    path: str | Path | None = None,
    size: tuple[float, float] = (8.0, 3.6),
    *,
    ax: Any = None,
    levels: Iterable[float] | None = None,
) -> Any:
    """The probability of each year as a bar, the median dark, an interval as a line, what lies beyond beside.

    Parameters
    ----------
    hitting_time
        The answer.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches, of a figure of its own.
    ax
        Axes to draw on; None for a figure of its own.
    levels
        Coverage of the interval that is marked, the largest of several; default 80 %.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.
    """
    check_place(ax, path)
    level = max(checked_levels((0.8,) if levels is None else levels))
    target = hitting_time.target
    if ax is None:
        figure = new_figure(size)
        label = Sizes.of(figure).label
        left = width_of(figure, "00 %", label) + 0.08
        words = f"P(first reached in the year): {amount(target.value, target.unit)}"
        [ax] = panels(
            figure, words, headline(hitting_time) or "", "", heights=(1.0,), left=left, gap=0.0, bottom=1.4 * label / 72
        )
    room = inches_of(ax)[0]
    slot = beyond_slot(hitting_time, hitting_time.origin, room, Sizes.of(ax.figure))
    ax.set_xlim(hitting_time.origin + 0.3, slot + 0.5 * (slot - float(hitting_time.years[-1])))
    draw_distribution(ax, hitting_time, slot, level)
    year_ticks(ax, hitting_time.origin + 1, int(hitting_time.years[-1]))
    return finished(ax.figure, path)


def beyond_slot(answer: HittingTime, first: int, room: float, sizes: Sizes) -> float:
    """Where on the axis of years the bar "not by ..." stands: far enough from the last year for both names.

    Parameters
    ----------
    first
        First year of the axis.
    room
        Its length in inches.
    """
    last, clear = int(answer.years[-1]), 0.055 * sizes.label
    years = last - first + 1
    return last + max(1.9, years * clear / (room - 2.0 * clear))


def year_ticks(ax: Any, first: int, last: int) -> None:
    """As many years under the axis as have room."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    sizes = Sizes.of(ax.figure)
    low, high = ax.get_xlim()
    room = inches_of(ax)[0] * (last - first + 1) / (high - low)
    most = max(2, int(room / (0.055 * sizes.label)))
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if (last - first) / s <= most)
    ticks = [y for y in range(first, last + 1) if y % step == 0] or [last]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter(FixedFormatter([str(t) for t in ticks]))


def draw_distribution(ax: Any, answer: HittingTime, slot: float, level: float = 0.8) -> None:
    """Bars, marks and labels on ``ax``, whose x axis has its limits; ``slot`` is where the bar "not by" stands."""
    sizes = Sizes.of(ax.figure)
    first = np.clip(np.diff(answer.probability, prepend=0.0), 0.0, None)
    beyond = 1.0 - answer.probability_within_horizon
    bare(ax, sizes.label)
    if stands_at_target(answer):
        ax.set_axis_off()
        words = f"{level_of(answer).capitalize()} is at or above the target: every probability is 1."
        room = inches_of(ax)[0]
        lines = "\n".join(wrapped(ax.figure, words, sizes.label, room))
        write(ax, 0.0, 0.9, lines, transform=ax.transAxes, va="top", fontsize=sizes.label)
        return
    median = None if answer.median is None else answer.median.year
    colours = [MEDIAN if y == median else BAR for y in answer.years]
    ax.bar(answer.years, first, width=0.78, color=colours, linewidth=0)
    ax.bar(
        [slot],
        [beyond],
        width=0.3 * (slot - float(answer.years[-1])) if slot > answer.years[-1] + 2.6 else 0.78,
        color=LIGHT,
        edgecolor=GREY,
        hatch="////",
        linewidth=0.6,
    )
    top = max(float(first.max()), beyond)
    write(ax, slot, beyond + 0.03 * top, percent(beyond), ha="center", va="bottom", fontsize=sizes.label)
    write(ax, slot, -0.035, f"not by\n{answer.years[-1]}", transform=ax.get_xaxis_transform(), ha="center", va="top",
          fontsize=sizes.label, linespacing=1.05)  # fmt: skip
    line = line_share(ax, sizes)
    high = top / max(0.3, 1.0 - 2.4 * line)
    _axis(ax, high, top)
    _marks(ax, answer, slot, high * (1.0 - 1.2 * line), level, sizes)


def _axis(ax: Any, high: float, top: float) -> None:
    """Percentages on the left, up to the highest bar."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_ylim(0, high)
    ticks = [t for t in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0, top) if 0 <= t <= 1.02 * top]
    ax.set_yticks(ticks)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.4g} %"))


def _marks(ax: Any, answer: HittingTime, slot: float, y: float, level: float, sizes: Sizes) -> None:
    """The interval at height ``y``, over the bars, with the median on it, and both in words above."""
    low, high = (None if p is None else p.year for p in answer.interval(level))
    last, cap = int(answer.years[-1]), 0.02 * ax.get_ylim()[1]
    if low is None:
        words, start = f"median and {100 * level:.4g} % interval beyond {last}", float(answer.years[0])
    else:
        start, end = low - 0.39, (slot if high is None else high) + 0.39
        ax.plot([start, end], [y, y], color=INK, linewidth=1.1, solid_capstyle="butt")
        for at in (start, end)[: 1 if high is None else 2]:
            ax.plot([at, at], [y - cap, y + cap], color=INK, linewidth=1.1)
        if answer.median is not None:
            ax.plot([answer.median.year], [y], marker="o", markersize=5, color=MEDIAN)
        middle = f"median not by {last}" if answer.median is None else f"median {answer.median}"
        words = f"{middle}, {100 * level:.4g} %: {interval(answer, level)}"
    room = inches_of(ax)[0]
    left, right = ax.get_xlim()
    fits = (start - left) / (right - left) + width_of(ax.figure, words, sizes.label) / room <= 1.0
    write(ax, start if fits else right, y + 1.6 * cap, words, ha="left" if fits else "right", va="bottom",
          fontsize=sizes.label)  # fmt: skip
