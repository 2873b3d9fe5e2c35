"""Pictures of a backtest: stated against observed probabilities, and past forecasts over what happened."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradetarget.checks import checked_levels, made, optional, takes, text
from tradetarget.errors import unknown_name
from tradetarget.plotting import scale
from tradetarget.plotting.canvas import SIZE, bare, check_place, finished, new_figure, percent_ticks, width_of, write
from tradetarget.plotting.colours import BAR_LIGHT, FAN_SHADES, GREY, INK, MEDIAN, TARGET
from tradetarget.plotting.frame import Sizes, heading, is_small, panels
from tradetarget.plotting.hitting import year_ticks
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.evaluation import Backtest

MOST_SPINES = 12
"""Origins whose forecasts are drawn. Judgement, by looking at pictures. With more, no single one can be followed."""


@takes(backtest=made("Backtest"))
def plot_reliability(
    backtest: Backtest,
    path: str | Path | None = None,
    size: tuple[float, float] = (6.0, 6.5),
    *,
    ax: Any = None,
    levels: Iterable[float] | None = None,
) -> Any:
    """The reliability diagram: observed frequency against stated probability, and how often each was stated.

    Parameters
    ----------
    backtest
        Past forecasts beside what happened.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches.
    ax
        Axes to draw the diagram on, without the counts; None for a figure of its own.
    levels
        Coverage of the interval of which it is said how often it held the outcome, the largest of several; default
        80 %.

    Returns
    -------
    matplotlib.figure.Figure
    """
    check_place(ax, path)
    if ax is not None:
        _diagonal(ax, backtest.reliability(), Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size)
    sizes = Sizes.of(figure)
    table = backtest.reliability()
    level = max(checked_levels((0.8,) if levels is None else levels))
    held = float(backtest.coverage([level]).iloc[0])
    title = f"Did it happen as often as it was forecast? {backtest.model_name}"
    subtitle = f"The {100 * level:.4g} % interval of the year held {percent(held)} of the outcomes"
    left = width_of(figure, "100 %", sizes.label) + 0.1
    heights = (1.0,) if is_small(figure) else (3.4, 1.0)
    upper, *others = panels(figure, title, subtitle, _footnote(backtest), heights=heights, left=left, gap=0.62)
    _diagonal(upper, table, sizes)
    for lower in others:
        _counts(lower, table, sizes)
    return finished(figure, path)


def _diagonal(ax: Any, table: pd.DataFrame, sizes: Sizes) -> None:
    """Observed frequency against stated probability, and the diagonal of a calibrated forecaster."""
    bare(ax, sizes.label, grid="both")
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    ax.plot(table["stated"], table["observed"], color=MEDIAN, linewidth=1.6, marker="o", markersize=5)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    percent_ticks(ax.xaxis)
    percent_ticks(ax.yaxis)
    for y, words, side in ((0.9, "more often than forecast", "left"), (0.06, "less often than forecast", "right")):
        x = 0.02 if side == "left" else 0.98
        write(ax, x, y, words, transform=ax.transAxes, ha=side, fontsize=sizes.label, color=GREY)
    write(ax, 0.0, 1.015, "Share that happened", transform=ax.transAxes, va="bottom", fontsize=sizes.label, color=GREY)


def _counts(ax: Any, table: pd.DataFrame, sizes: Sizes) -> None:
    """How many forecasts stated each probability."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    bare(ax, sizes.label)
    width = float((table["high"] - table["low"]).iloc[0])
    ax.bar(table["low"] + width / 2, table["n"], width * 0.86, color=BAR_LIGHT)
    ax.set_xlim(-0.02, 1.02)
    percent_ticks(ax.xaxis)
    ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: scale.tick(x)))
    words = "Number of forecasts, by the probability they stated"
    write(ax, 0.0, 1.04, words, transform=ax.transAxes, va="bottom", fontsize=sizes.label, color=GREY)


def _footnote(backtest: Backtest) -> str:
    origins = backtest.frame["origin"]
    units = backtest.units
    what = units[0] if len(units) == 1 else f"{len(units):,} series"
    return (
        f"{what}, origins {origins.min()} to {origins.max()}, horizon {backtest.horizon} years; "
        f"{len(backtest.scored):,} probabilities whose year has happened. {backtest.real_time[0].upper()}"
        f"{backtest.real_time[1:]}."
    )


@takes(backtest=made("Backtest"), unit=optional(text))
def plot_hedgehog(
    backtest: Backtest,
    path: str | Path | None = None,
    unit: str | None = None,
    size: tuple[float, float] = SIZE,
    *,
    ax: Any = None,
) -> Any:
    """Past forecasts of the level, median and 80 % interval, over what happened; on a logarithmic axis.

    Parameters
    ----------
    backtest
        Past forecasts beside what happened.
    path
        A file to write; None to return the figure only.
    unit
        Which unit to draw; default the first.
    size
        Width and height in inches.
    ax
        Axes to draw on, without title and footnote; None for a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ModelError
        When the model gives no paths.
    UnknownNameError
        On a unit that was not forecast.
    """
    check_place(ax, path)
    levels = backtest.need_levels()
    name = backtest.units[0] if unit is None else unit
    if name not in backtest.units:
        raise unknown_name("unit", name, backtest.units)
    of_unit = levels[levels["unit"] == name]
    if ax is not None:
        _spines(ax, backtest, name, of_unit, Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size)
    sizes = Sizes.of(figure)
    observed = of_unit.dropna(subset=["value"])
    held = ""
    if len(observed):
        inside = ((observed["value"] >= observed["low"]) & (observed["value"] <= observed["high"])).mean()
        held = f": its 80 % intervals held {percent(float(inside))} of the totals that followed"
    left = width_of(figure, "00,000", sizes.label) + 0.08
    title = f"{name}: past forecasts, and what happened"
    (ax,) = panels(
        figure, title, f"Model {backtest.model_name}{held}", _footnote(backtest), heights=(1.0,), left=left, gap=0.0
    )
    _spines(ax, backtest, name, of_unit, sizes)
    return finished(figure, path)


def _spines(ax: Any, backtest: Backtest, name: str, levels: pd.DataFrame, sizes: Sizes) -> None:
    """The forecasts from each origin, the totals that followed, and the target where there is one."""
    actual = backtest.actual[name]
    shown = scale.display_of(actual.to_numpy(), backtest.unit_of_value)
    origins = np.sort(levels["origin"].unique())
    step = -(-origins.size // MOST_SPINES)
    drawn = origins[::-step][::-1]
    bare(ax, sizes.label)
    for origin in drawn:
        one = levels[levels["origin"] == origin]
        years = np.append(origin, one["period"])
        start = float(actual.loc[origin])
        low, median, high = (np.append(start, one[c]) * shown.factor for c in ("low", "median", "high"))
        ax.fill_between(years, low, high, color=FAN_SHADES[1], alpha=0.22, linewidth=0)
        ax.plot(years, median, color=MEDIAN, linewidth=1.0)
    first = max(int(actual.index[0]), int(origins[0]) - 15)
    last = int(levels["period"].max())
    past = (actual[actual.index >= first] * shown.factor).reindex(range(first, int(actual.index[-1]) + 1))
    ax.plot(past.index, past, color=INK, linewidth=2.0, marker="o", markersize=3)
    target = backtest.frame.loc[backtest.frame["unit"] == name, "target"].unique() * shown.factor
    in_view = levels[levels["origin"].isin(drawn)]
    lowest, highest = float(np.min(in_view["low"])) * shown.factor, float(np.max(in_view["high"])) * shown.factor
    limits = (min(lowest, float(np.nanmin(past))) / 1.15, max(highest, float(np.nanmax(past))) * 1.15)
    scale.apply(ax, scale.Range(*limits, log=True, cut=False))
    ax.set_xlim(first - 0.6, last + 0.6)
    year_ticks(ax, first, last)
    if target.size == 1 and limits[0] < target[0] < limits[1]:
        ax.axhline(target[0], color=TARGET, linewidth=1.3, linestyle=(0, (5, 2)))
        write(ax, first, target[0] * 1.02, f"target {scale.tick(float(target[0]))}", va="bottom", color=TARGET,
              fontsize=sizes.label, fontweight="bold")  # fmt: skip
    every = "each origin" if step == 1 else "every second origin" if step == 2 else f"one origin in {step}"
    first_words = f"{shown.name or 'Level'}, log scale"
    black = f"{first_words}. Black: what happened"
    heading(ax, f"{black}. Blue: median and 80 % interval from {every}", f"{black}. Blue: forecasts", first_words)
