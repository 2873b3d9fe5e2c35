"""A region and its pairs: the stack of levels with the region's fan, and every target's probability by year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradetarget.checks import checked_levels, made, number, optional, several, takes
from tradetarget.errors import SettingError
from tradetarget.forecasting.single import interval_ends
from tradetarget.plotting import scale
from tradetarget.plotting.canvas import (
    bare,
    check_place,
    finished,
    inches_of,
    new_figure,
    percent_ticks,
    width_of,
    write,
)
from tradetarget.plotting.colours import DASHES, GREY, INK, LINES, MEDIAN, TARGET
from tradetarget.plotting.frame import Sizes, heading, is_small, label_beside, line_share, panels
from tradetarget.plotting.hitting import year_ticks
from tradetarget.plotting.placing import spread
from tradetarget.plotting.system_scenarios import draw_scenarios, rows_height
from tradetarget.report import text
from tradetarget.report.provenance import as_of, reporter
from tradetarget.report.systems import system_headline
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.systems.answers import SystemForecast

EDGES: tuple[tuple[str, Any], ...] = (("dashed", (0, (4, 1.5))), ("dotted", (0, (1, 1.2))))
"""How the edges of the region's intervals are drawn, the narrowest first."""
BANDS = (0.5, 0.8)
"""Coverages of the region's intervals unless others are asked for. Those of a forecast's summary."""
STACK = ("#c6dbef", "#fdd0a2", "#c7e9c0", "#dadaeb", "#d9d9d9", "#fee391", "#ccece6", "#f2d0e0")
PAST, ROOM = 15, 0.3
"""Years of history, as many as years ahead by default, and inches between the axes and the names of the members."""
SIZE, INCHES = (9.0, 7.4), 1.95
"""The page, and how high a panel of height 1 is on it. Judgement, by looking at pictures of five members."""
LEAST_HEIGHT, OF_LEVELS = 4.5, 1.8
"""Inches that a page needs for levels and probabilities, beside rows of scenarios, and the part of the levels.
Judgement, by looking at pictures."""


@takes(forecast=made("SystemForecast"), size=optional(several(number)))
def plot_system(
    forecast: SystemForecast,
    path: str | Path | None = None,
    size: tuple[float, float] | None = None,
    *,
    ax: Any = None,
    levels: Iterable[float] | None = None,
) -> Any:
    """The past and the median future of every member, stacked, with the region's fan; and probabilities by year.

    Parameters
    ----------
    forecast
        The answer; its baseline is drawn, and under it every scenario's probabilities beside the baseline's.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches; default 9 x 7.4, and higher by what scenarios need. A page narrower than 5 or lower
        than 3.4 shows the probabilities alone, and one that is too low for all panels leaves out the levels, then the
        scenarios.
    ax
        Axes to draw the probabilities on, without title and footnote; None for a figure of its own.
    levels
        Coverages of the intervals of the region's level, at most two; default 50 and 80 %.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.

    Notes
    -----
    Members ahead are their average shares of the region, on paths where it is near its median, times that median: so
    that the stack ends at the region's median.
    """
    check_place(ax, path)
    bands = BANDS if levels is None else checked_levels(levels)
    if len(bands) > len(EDGES):
        raise SettingError(f"levels {list(bands)} are more than {len(EDGES)} intervals: give that many or fewer")
    if ax is not None:
        _probabilities(ax, forecast, Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size or SIZE)
    sizes = Sizes.of(figure)
    left, gap = width_of(figure, "100 %", sizes.label) + 0.1, 0.38 + sizes.label / 72
    if is_small(figure):
        words = f"When do {forecast.system.name} and its members reach their targets?"
        [small] = panels(figure, words, _answer(forecast), "", heights=(1.0,), left=left, gap=gap)
        _probabilities(small, forecast, sizes)
        return finished(figure, path)
    rows = rows_height(forecast, sizes)
    if rows and size is None:
        figure.set_size_inches(SIZE[0], SIZE[1] + rows + gap)
    high = float(figure.get_figheight())
    has_levels, has_rows = high >= LEAST_HEIGHT + rows + gap, bool(rows) and high >= LEAST_HEIGHT - OF_LEVELS + rows
    heights = [1.7] * has_levels + [1.0] + [rows / INCHES] * has_rows
    axes = panels(
        figure, f"When do {forecast.system.name} and its members reach their targets?", _answer(forecast),
        _footnote(forecast, has_levels=has_levels), heights=heights, left=left, gap=gap,
    )  # fmt: skip
    above, lower, under = axes[: int(has_levels)], axes[int(has_levels)], axes[int(has_levels) + 1 :]
    for upper in above:
        _levels(upper, forecast, bands, sizes)
    _probabilities(lower, forecast, sizes)
    for space in under:
        draw_scenarios(space, forecast, sizes)
    return finished(figure, path)


def _answer(forecast: SystemForecast) -> str:
    """The median years in a line, and all targets together; first P by the deadline that all share."""
    shared = system_headline(forecast)
    if shared is not None:
        return shared
    parts = []
    for label, answer in forecast.hitting_times.items():
        middle = f"not by {answer.years[-1]}" if answer.median is None else str(answer.median)
        parts.append(f"{label.removesuffix(' ' + forecast.system.flow)}: median {middle}")
    if len(parts) > 1:
        word = "both" if len(parts) == 2 else "all"
        parts.append(f"{word} by {forecast.years[-1]}: {percent(float(forecast.joint()['all'].iloc[-1]))}")
    return "; ".join(parts)


def _footnote(forecast: SystemForecast, *, has_levels: bool) -> str:
    """Whose figures, which model, how correlated."""
    region, fitted = forecast.system.region, forecast.fitted
    who = reporter(region)
    tied = f", shocks correlated by {fitted.correlation.common:.2f}" if fitted.dependence == "joint" else ""
    parts = [
        f"Reporter: {who}" if who else "Reporter not stated",
        f"Data to {fitted.origin_year}, as known in {as_of(region)}",
        f"Model: {fitted.model_name}{tied}; {forecast.n_paths:,} paths shared by all answers",
        f"The future stack is the members' average shares of {forecast.system.name}'s median" if has_levels else "",
        *(["The upper panels show the baseline"] if len(forecast.plans) > 1 else []),
    ]
    return ". ".join(part for part in parts if part) + "."


def _axis(ax: Any, forecast: SystemForecast, first: int, names: list[str], sizes: Sizes) -> float:
    """Years on the axis and room for names on the right; returns where the names start."""
    last = int(forecast.years[-1])
    inches = inches_of(ax)[0]
    wanted = max(width_of(ax.figure, n, sizes.label) for n in names) + ROOM + 0.05
    share = min(0.42, wanted / inches)
    end = first + (last - first) / (1.0 - share)
    ax.set_xlim(first, end)
    year_ticks(ax, first, last)
    ax.spines["bottom"].set_bounds(first, last)
    return last + 0.6 * ROOM * (end - first) / inches


def _shares(forecast: SystemForecast) -> pd.DataFrame:
    """(years, members) average shares of the region on the paths between its 25 % and 75 % quantiles in each year."""
    paths = forecast.paths()
    x = paths.levels
    total = x.sum(axis=0)
    low, high = np.quantile(total, [0.25, 0.75], axis=0)
    inside = (total >= low) & (total <= high)
    w = inside if paths.weights is None else inside * paths.weights[:, None]
    share = ((x / total) * w).sum(axis=1) / w.sum(axis=0)
    return pd.DataFrame(share.T, index=forecast.years, columns=list(forecast.system.labels))


def _levels(ax: Any, forecast: SystemForecast, bands: Sequence[float], sizes: Sizes) -> None:
    """The stack of members, the region's line and fan, its target."""
    system, origin = forecast.system, forecast.fitted.origin_year
    past = system.table.loc[:origin].dropna()
    past = past[past.index >= origin - max(PAST, forecast.horizon)]
    fan = forecast.quantiles(probabilities=sorted({0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, *interval_ends(bands)}))
    region = forecast.hitting_times.get(system.label)
    target = None if region is None else region.target.value
    shown = scale.display_of(np.append(past.sum(axis=1), target or 0.0), system.unit)
    stack = pd.concat([past, _shares(forecast).mul(fan[0.5], axis=0)]) * shown.factor
    fan.loc[origin] = float(past.iloc[-1].sum())
    fan = fan.sort_index() * shown.factor
    names = [f"{n.removesuffix(' ' + system.flow)}" for n in system.labels]
    bare(ax, sizes.label)
    start = _axis(ax, forecast, int(past.index[0]), names, sizes)
    goal = (target or float(past.iloc[-1].sum())) * shown.factor
    limits = scale.level_range(past.sum(axis=1).to_numpy() * shown.factor, goal, fan)
    top = _top(past.sum(axis=1) * shown.factor, goal, fan, limits)
    scale.apply(ax, scale.Range(0.0, top, log=False, cut=False))
    ax.stackplot(
        stack.index, stack.to_numpy().T, colors=[STACK[i % len(STACK)] for i in range(len(names))], linewidth=0
    )
    for level, (_, dashes) in zip(bands, EDGES, strict=False):
        for q in interval_ends([level])[::2]:
            ax.plot(fan.index, fan[q], color=MEDIAN, linewidth=1.0, linestyle=dashes)
    ax.plot(fan.index, fan[0.5], color=MEDIAN, linewidth=1.8)
    ax.plot(past.index, past.sum(axis=1) * shown.factor, color=INK, linewidth=1.8, marker="o", markersize=2.6)
    ax.axvline(origin, color=GREY, linewidth=0.8, linestyle=":")
    if target is not None:
        name = f"region: target {text.amount(target, system.unit)}"
        _target(ax, target * shown.factor, name, float(fan.index[-1]), sizes)
    _names(ax, stack, names, start, top, sizes)
    named = " and ".join(f"{100 * b:.4g} % ({word})" for b, (word, _) in zip(bands, EDGES, strict=False))
    unit = shown.name or "Level, unit not stated"
    cut = "; cut" if float(fan.max().max()) > top else ""
    long = f"{unit}: members stacked; the region's median, {named} interval{'s' if len(bands) > 1 else ''}{cut}"
    heading(ax, long, f"{unit}: members stacked; median, {named}{cut}", unit)


def _top(past: pd.Series[float], goal: float, fan: pd.DataFrame, limits: scale.Range) -> float:
    """The upper end of the stack's axis, which has to start at 0; cut where a logarithmic one would be needed."""
    if not limits.log:
        return limits.high
    seen = float(past.max())
    near = goal if goal < scale.FAR * float(past.iloc[-1]) else seen
    return min(float(fan[0.9].max()) * 1.05, scale.ROOM * max(seen, near))


def _target(ax: Any, level: float, name: str, last: float, sizes: Sizes) -> None:
    """The region's target, named at its left end, or at the top where it lies above the panel."""
    first, top = ax.get_xlim()[0], ax.get_ylim()[1]
    if level > top:
        write(ax, first + 0.15, 0.985 * top, f"{name}, above the panel", va="top", fontsize=sizes.label, color=TARGET,
              fontweight="bold")  # fmt: skip
        return
    ax.plot([first, last], [level, level], color=TARGET, linewidth=1.3, linestyle=(0, (5, 2)))
    write(ax, first + 0.15, level, name, va="bottom", fontsize=sizes.label, color=TARGET, fontweight="bold")


def _names(ax: Any, stack: pd.DataFrame, names: list[str], start: float, top: float, sizes: Sizes) -> None:
    """Members' names beside their layers."""
    ends = stack.iloc[-1].to_numpy()
    middles = (np.cumsum(ends) - 0.5 * ends) / top
    gap = line_share(ax, sizes)
    for name, y in zip(names, spread(middles.tolist(), gap, 0.02, 0.98), strict=True):
        label_beside(ax, name, start, y, sizes, transform=ax.get_xaxis_transform(), color=INK)


def _probabilities(ax: Any, forecast: SystemForecast, sizes: Sizes) -> None:
    """P(reached by the end of the year) of every target, and of all of them together."""
    curves = []
    for label, answer in forecast.hitting_times.items():
        goal = text.amount(answer.target.value, answer.target.unit)
        name = f"{label.removesuffix(' ' + forecast.system.flow)}, {goal}"
        curves.append((name, answer.probability))
    if len(curves) > 1:
        both = forecast.joint()
        together = ("both", "either") if len(curves) == 2 else ("all", "any")
        curves += [(w, both[c].to_numpy()) for w, c in zip(together, ("all", "any"), strict=True)]
    labels = [f"{percent(float(p[-1]))}  {name}" for name, p in curves]
    bare(ax, sizes.label)
    start = _axis(ax, forecast, forecast.fitted.origin_year, labels, sizes)
    ax.set_ylim(0, 1.02)
    percent_ticks(ax.yaxis)
    gap = line_share(ax, sizes)
    heights = spread([float(p[-1]) for _, p in curves], gap, 0.03, 0.99)
    years = np.concatenate([[forecast.fitted.origin_year], forecast.years])
    for i, ((_, p), words, y) in enumerate(zip(curves, labels, heights, strict=True)):
        colour = LINES[(i + 1) % len(LINES)]
        ax.plot(years, np.concatenate([[0.0], p]), color=colour, linewidth=1.7, linestyle=DASHES[i % len(DASHES)])
        label_beside(ax, words, start, y, sizes, color=colour)
    heading(ax, "Probability of having reached the target by the end of the year", "P(reached by the year)")
