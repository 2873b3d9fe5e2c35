"""The record of announced targets: how long they waited, and how many were met by the growth they asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tradetarget.checks import made, takes
from tradetarget.plotting.canvas import SIZE, bare, check_place, finished, new_figure, width_of, write
from tradetarget.plotting.colours import BAR_LIGHT, FAN_SHADES, GREY, INK, MEDIAN
from tradetarget.plotting.frame import Sizes, heading, panels
from tradetarget.report.tallies import BIAS, band_text
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.promises import Promises, Tally, WaitingCurve

LAST_YEAR = 12
"""Where the drawn curve ends. In later years fewer than five targets are followed in the bundled record."""
ROOM_FOR_BANDS = 4.5
"""Inches of height from which the bands have a panel of their own. Judgement, by looking at pictures."""


@takes(promises=made("Promises"))
def plot_promises(
    promises: Promises, path: str | Path | None = None, size: tuple[float, float] = SIZE, *, ax: Any = None
) -> Any:
    """The waiting curve with its interval, and under it, where there is room, the share met by the growth asked for.

    Parameters
    ----------
    promises
        The record.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches.
    ax
        Axes to draw the waiting curve on; None for a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.
    """
    check_place(ax, path)
    if ax is not None:
        _curve(ax, promises.waiting, Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size)
    sizes = Sizes.of(figure)
    overall, curve = promises.tally(), promises.waiting
    share = "none is decided" if overall.share is None else f"{percent(overall.share)} of those decided"
    counts = f"{overall.met} met in time ({share}), {overall.missed} missed, {overall.undecided} undecided"
    tallies = promises.tallies() if size[1] >= ROOM_FOR_BANDS else ()
    names = [band_text(t) for t in tallies]
    left = max(width_of(figure, name, sizes.label) for name in ("100 %", *names)) + 0.1
    footnote = f"{BIAS}. Bands: 95 % intervals, as if promises were independent. Sources: datasets.load_promises()."
    axes = panels(
        figure, "How often are announced trade targets met?", f"{overall.due} fell due: {counts}", footnote,
        heights=(1.5, 1.0) if tallies else (1.0,), left=left, gap=0.75,
    )  # fmt: skip
    heading(axes[0], f"Reached within so many years{' after the announcement' if tallies else ''}")
    _curve(axes[0], curve, sizes)
    if tallies:
        heading(axes[1], "Met in time, of the decided ones, by growth asked for")
        _shares(axes[1], tallies, names, sizes)
    return finished(figure, path)


def _percentages(ax: Any, axis: str) -> None:
    small = ax.figure.get_figheight() < ROOM_FOR_BANDS
    ticks = np.array([0.0, 0.5, 1.0] if small else [0.0, 0.25, 0.5, 0.75, 1.0])
    getattr(ax, f"set_{axis}ticks")(ticks, [f"{100 * t:.0f} %" for t in ticks])
    getattr(ax, f"set_{axis}lim")(0.0, 1.03)  # room for the last label


def _curve(ax: Any, curve: WaitingCurve, sizes: Sizes) -> None:
    """The step function and its interval, to the last year that is drawn."""
    bare(ax, sizes.label)
    _percentages(ax, "y")
    ax.set_xlim(0, LAST_YEAR)
    ax.set_xticks(range(0, LAST_YEAR + 1, 2))
    shown = curve.years < LAST_YEAR
    years = np.append(curve.years[shown], LAST_YEAR)
    low, high, middle = (np.append(x[shown], x[shown][-1:]) for x in (curve.low, curve.high, curve.probability))
    if not shown.any():
        return
    ax.fill_between(years, low, high, step="post", color=FAN_SHADES[0], linewidth=0)
    ax.step(years, middle, where="post", color=MEDIAN, linewidth=1.8)
    write(ax, 0.985, 0.05, f"{curve.targets} targets", transform=ax.transAxes, ha="right", fontsize=sizes.label,
          color=GREY)  # fmt: skip


def _shares(ax: Any, tallies: tuple[Tally, ...], names: list[str], sizes: Sizes) -> None:
    """A bar a band, with its interval and the counts behind it."""
    bare(ax, sizes.label, grid="x")
    _percentages(ax, "x")
    ax.set_ylim(len(tallies) - 0.4, -0.6)
    ax.set_yticks(range(len(tallies)), names)
    for row, t in enumerate(tallies):
        if t.share is None:
            continue
        low, high = t.interval
        ax.barh(row, t.share, height=0.55, color=BAR_LIGHT)
        ax.plot([low, high], [row, row], color=INK, linewidth=1.0)
        write(
            ax, min(0.99, high + 0.015), row, f"{t.met} of {t.decided}", va="center", fontsize=sizes.label, color=GREY
        )
