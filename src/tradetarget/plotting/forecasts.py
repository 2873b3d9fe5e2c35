"""The fan chart of a forecast, and under it the distribution of the year, on one axis of years."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradetarget.checks import checked_levels, made, takes
from tradetarget.errors import SettingError
from tradetarget.forecasting.single import interval_ends
from tradetarget.plotting import scale
from tradetarget.plotting.canvas import SIZE, bare, check_place, finished, halo, inches_of, new_figure, width_of, write
from tradetarget.plotting.colours import FAN_SHADES, GREY, INK, MEDIAN, TARGET
from tradetarget.plotting.frame import Sizes, heading, is_small, panels
from tradetarget.plotting.hitting import beyond_slot, draw_distribution, year_ticks
from tradetarget.plotting.placing import Box, first_clear, spread
from tradetarget.reading.dates import period_words
from tradetarget.report import text
from tradetarget.report.forecasts import headline, question, stands_at_target
from tradetarget.report.provenance import as_of, event_text, is_estimated, reporter, sources_text
from tradetarget.report.text import percent
from tradetarget.targets import HittingTime

if TYPE_CHECKING:
    from tradetarget.forecasting.single import Forecast

FAR_AWAY = 1000.0
"""How many times above or below the last value a target is named in a unit of its own. That of the next scale."""
LEVELS = (0.5, 0.8, 0.9)
"""Coverages of the bands of the fan unless others are asked for. Judgement. Three shades can be told apart in print."""
PAST_PER_YEAR_AHEAD, LEAST_PAST = 1.75, 10
"""Years of history for each year ahead, and the least of them. Judgement, by looking at pictures. The fan is then more
than a third of the width, and a decade of growth stands beside it."""


@takes(forecast=made("Forecast"))
def plot_forecast(
    forecast: Forecast,
    path: str | Path | None = None,
    size: tuple[float, float] = SIZE,
    *,
    ax: Any = None,
    levels: Iterable[float] | None = None,
) -> Any:
    """A fan chart with the target line, and under it the probability of each year.

    Parameters
    ----------
    forecast
        The answer.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches; a page narrower than 5 or lower than 3.4 shows the fan alone.
    ax
        Axes to draw the fan on, without title and footnote; None for a figure of its own.
    levels
        Coverages of the bands of the fan, at most three; default 50, 80 and 90 %.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.

    Notes
    -----
    Levels are linear from 0 where history, target and fan can share such an axis; the fan is cut, and the picture says
    so, where its upper end would flatten the rest; logarithmic, and said so, where even the median would.
    """
    check_place(ax, path)
    bands = bands_of(levels)
    if ax is not None:
        _fan_alone(ax, forecast, bands)
        return finished(ax.figure, path)
    figure = new_figure(size)
    answer, sizes = forecast.hitting_time, Sizes.of(figure)
    left = width_of(figure, "00,000", 8) + 0.08
    alone = stands_at_target(answer) or is_small(figure)
    upper, *others = panels(
        figure,
        question(forecast.series.label, answer),
        answer_line(answer),
        footnote(forecast),
        heights=(1.0,) if alone else (2.3, 1.0),
        left=left,
        gap=0.38 + sizes.label / 72,
        bottom=0.0 if alone else 0.9 * sizes.label / 72,
    )
    if alone:
        _fan_alone(upper, forecast, bands)
    first, last = _first_year(forecast), int(answer.years[-1])
    room = float(upper.get_position().width * size[0])
    slot = beyond_slot(answer, first, room, sizes)
    for lower in others:
        upper.set_xlim(first - 0.6, slot + 0.5 * (slot - last))
        _fan(upper, forecast, bands, sizes)
        year_ticks(upper, first, last)
        _distribution(upper, lower, answer, slot, sizes)
    return finished(figure, path)


def bands_of(levels: Iterable[float] | None) -> tuple[float, ...]:
    """Coverages of the bands of a fan, the widest first.

    Raises
    ------
    SettingError
        On more than three, whose shades could not be told apart, or what is no coverage.
    """
    wanted = LEVELS if levels is None else checked_levels(levels)
    if len(wanted) > len(FAN_SHADES):
        raise SettingError(f"levels {list(wanted)} are more than {len(FAN_SHADES)} bands: give that many or fewer")
    return tuple(sorted(wanted, reverse=True))


def _fan_alone(ax: Any, forecast: Forecast, bands: Sequence[float]) -> None:
    """The fan on axes of its own, with room on the right for the names of its bands."""
    sizes = Sizes.of(ax.figure)
    first, last = _first_year(forecast), int(forecast.hitting_time.years[-1])
    inches = inches_of(ax)[0]
    share = min(0.4, (width_of(ax.figure, "median", sizes.label) + 0.12) / inches)
    ax.set_xlim(first - 0.6, first - 0.6 + (last - first + 0.9) / (1.0 - share))
    _fan(ax, forecast, bands, sizes)
    year_ticks(ax, first, last)


def answer_line(answer: HittingTime) -> str:
    """The answer in a line."""
    if stands_at_target(answer):
        past = answer.already_reached
        return f"Already reached: {period_words(answer.last_known)} is at or above it" + (
            f", first in {period_words(past)}" if past and past != answer.last_known else ""
        )
    first = headline(answer)
    if first is not None:
        middle = f"; median {answer.median}" if answer.median is not None else ""
        return f"{first}{middle}"
    last = int(answer.years[-1])
    beyond = f"ot by {last}: {percent(1.0 - answer.probability_within_horizon)}"
    if answer.quantile(0.1) is None:
        return f"N{beyond}"
    span = f"80 % interval {text.interval(answer, 0.8)}"
    return f"N{beyond}; {span}" if answer.median is None else f"Median {period_words(answer.median)}; {span}; n{beyond}"


def footnote(forecast: Forecast) -> str:
    """Whose figures, known when, which model, which event, and what else has to be said."""
    series = forecast.series
    who = reporter(series)
    sources = sources_text(series, forecast.statements, most=2)
    parts = [
        f"Reporter: {who}" if who else "Reporter not stated",
        f"Source: {sources}" if sources else "",
        f"Data to {period_words(forecast.hitting_time.last_known)}{_parts(forecast)}, as known in {as_of(series)}"
        + (" (today's revision)" if series.vintage is not None and any(o.as_of is None for o in series) else ""),
        f"Model: {forecast.fitted.model_name}",
        f"Reached means that {event_text(forecast.target)}",
        "Units not stated in the data" if forecast.unit_assumed else "",
    ]
    return ". ".join(p.rstrip(".") for p in parts if p) + "."


def _parts(forecast: Forecast) -> str:
    """Years after the last total with part-year figures, where the answer is about totals."""
    later = {o.end.year for o in forecast.statements if o.end.year > forecast.last_year}
    return "" if forecast.target.is_monthly or not later else f" and parts of {', '.join(map(str, sorted(later)))}"


def _first_year(forecast: Forecast) -> int:
    """History shown: no longer than 1.75 times the horizon, or ten years, so that the fan stays readable."""
    past = max(LEAST_PAST, round(PAST_PER_YEAR_AHEAD * forecast.horizon))
    return max(int(forecast.series.annual().index[0]), forecast.last_year - past)


def _fan(ax: Any, forecast: Forecast, bands: Sequence[float], sizes: Sizes) -> None:
    """History, fan, target and their labels."""
    totals = forecast.series.annual()
    totals = totals[totals.index >= _first_year(forecast)]
    # Of a target far away the labels would be long: the data choose the unit, and the target is named in its own.
    far = not 1.0 / FAR_AWAY < forecast.target.value / forecast.last_value < FAR_AWAY
    sized = totals.to_numpy() if far else np.append(totals.to_numpy(), forecast.target.value)
    shown = scale.display_of(sized, forecast.target.unit)
    origin = forecast.last_year
    fan = forecast.quantiles(sorted({0.05, 0.25, 0.75, 0.95, *interval_ends(bands)})) * shown.factor
    fan.loc[origin] = forecast.last_value * shown.factor
    fan = fan.sort_index()
    history, target = totals * shown.factor, forecast.target.value * shown.factor
    limits = scale.level_range(history, target, fan)
    bare(ax, sizes.label)
    scale.apply(ax, limits)
    for level, shade in zip(bands, FAN_SHADES, strict=False):
        ax.fill_between(fan.index, fan[_end(level, -1)], fan[_end(level, 1)], color=shade, linewidth=0)
    ax.plot(fan.index, fan[0.5], color=MEDIAN, linewidth=1.8)
    unbroken = history.reindex(range(int(history.index[0]), origin + 1))
    ax.plot(unbroken.index, unbroken, color=INK, linewidth=1.8, marker="o", markersize=2.6)
    ax.plot([origin], [history.iloc[-1]], marker="o", markersize=5.5, color=INK, markeredgecolor="white")
    ax.axvline(origin, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot([ax.get_xlim()[0], fan.index[-1]], [target, target], color=TARGET, linewidth=1.3, linestyle=(0, (5, 2)))
    edges = [(_end(level, 1), f"{100 * level:.4g} %") for level in bands]
    _label_fan(ax, fan, [*edges, (0.5, "median")], limits, sizes)
    _mark_deadline(ax, forecast.hitting_time)
    goal = f"target {text.level(target)} {shown.name}".rstrip()
    if far:
        goal = f"target {text.amount(forecast.target.value, forecast.target.unit)}"
    _label_lines(ax, history, fan[0.5], target, goal, limits, sizes, estimated=is_estimated(forecast.series))
    note = ", log scale" if limits.log else ""
    totals_only = ", calendar-year totals" if forecast.target.is_monthly else ""
    words = f"{shown.name or 'Level, unit not stated'}{totals_only}{note}"
    if limits.cut:
        top, name = edges[0]
        words += f"; the fan is cut: its {name} band runs to {text.level(float(fan[top].iloc[-1]))} in {fan.index[-1]}"
    room = inches_of(ax)[0]
    heading(ax, "; ".join(words.split("; ")[: 1 if width_of(ax.figure, words, sizes.label) > room else 2]))


def _end(level: float, side: int) -> float:
    """The probability of the quantile at which a central interval ends."""
    return round(0.5 + 0.5 * side * level, 9)


def _mark_deadline(ax: Any, answer: HittingTime) -> None:
    """A line at the deadline; the title says how probable it is that the target is reached by it."""
    year = answer.target.deadline
    if year is not None and year in answer.years:
        ax.axvline(year, color=TARGET, linewidth=0.9, linestyle=":")


def _fraction(limits: scale.Range, y: float) -> float:
    """Height on the panel, 0 to 1, of a level."""
    if limits.log:
        return float(np.log(y / limits.low) / np.log(limits.high / limits.low))
    return (y - limits.low) / (limits.high - limits.low)


def _label_fan(
    ax: Any, fan: pd.DataFrame, names: Sequence[tuple[float, str]], limits: scale.Range, sizes: Sizes
) -> None:
    """The median and the upper edges of the bands, named at their right end."""
    gap = 1.25 * sizes.label / 72 / inches_of(ax)[1]
    end = fan.iloc[-1]
    inside = [(q, n) for q, n in names if _fraction(limits, float(end[q])) <= 1.0]
    spots = spread([_fraction(limits, float(end[q])) for q, _ in inside], gap, 0.02, 0.98)
    for (q, name), y in zip(inside, spots, strict=True):
        write(ax, fan.index[-1] + 0.25, y, name, transform=ax.get_xaxis_transform(), va="center",
              fontsize=sizes.label, color=MEDIAN if q == 0.5 else GREY)  # fmt: skip
    taken = -math.inf
    for q, name in names:
        if _fraction(limits, float(end[q])) > 1.0:
            taken = _label_leaving(ax, fan[q], name, limits.high, taken, sizes)


def _label_leaving(ax: Any, edge: pd.Series[float], name: str, high: float, taken: float, sizes: Sizes) -> float:
    """A band's name where its upper edge leaves the panel, unless it would meet the one that ends at ``taken``."""
    after = int(np.argmax(edge.to_numpy() > high))
    x0, x1 = edge.index[after - 1], edge.index[after]
    x = x0 + (x1 - x0) * (high - edge.iloc[after - 1]) / (edge.iloc[after] - edge.iloc[after - 1])
    left, right = ax.get_xlim()
    room = inches_of(ax)[0]
    wide = (width_of(ax.figure, name, sizes.label) + 0.05) * (right - left) / room
    if x - wide < max(taken, edge.index[0]):
        return taken
    write(ax, x, 0.985, name, transform=ax.get_xaxis_transform(), ha="right", va="top", fontsize=sizes.label,
          color=MEDIAN if name == "median" else GREY)  # fmt: skip
    return float(x)


def _label_lines(
    ax: Any,
    history: pd.Series[float],
    median: pd.Series[float],
    target: float,
    goal: str,
    limits: scale.Range,
    sizes: Sizes,
    *,
    estimated: bool,
) -> None:
    """The target and the last value, named beside them where nothing is covered."""
    low, high = ax.get_xlim()
    inches = inches_of(ax)
    x = np.array([(y - low) / (high - low) for y in history.index])
    lines = [(x, np.array([_fraction(limits, float(v)) for v in history]))]
    level, origin = _fraction(limits, target), float(x[-1])
    tall = 1.15 * sizes.label / 72 / inches[1]

    words = goal
    wide = width_of(ax.figure, words, sizes.label, bold=True) / inches[0]
    starts = np.linspace(0.005, max(0.005, origin - wide - 0.01), 5)
    spots = [Box(float(s), level + d, wide, tall) for d in (0.012, -0.012 - tall) for s in starts]
    spots.append(Box(1.0 - wide, level + 0.012, wide, tall))
    taken = first_clear(spots, lines)
    write(ax, taken.x, taken.y, words, transform=ax.transAxes, va="bottom", fontsize=sizes.label, color=TARGET,
          fontweight="bold", path_effects=halo())  # fmt: skip

    words = f"{history.index[-1]}: {text.level(float(history.iloc[-1]))}" + (" (estimate)" if estimated else "")
    wide = width_of(ax.figure, words, sizes.label) / inches[0]
    ends = (origin - 0.01 - wide, origin + 0.01) if wide < origin else (origin + 0.01,)
    last = float(lines[0][1][-1])
    ahead = np.array([(y - low) / (high - low) for y in median.index])
    lines += [
        (ahead, np.array([_fraction(limits, float(v)) for v in median])),
        (np.array([0.0, 1.0]), np.full(2, level)),
        (np.array([taken.x, taken.x + taken.width]), np.full(2, taken.y)),
    ]
    offsets = [d for k in range(12) for d in (0.03 + 0.04 * k, -0.03 - 0.04 * k - tall)]
    spots = [Box(e, last + d, wide, tall) for e in ends for d in offsets]
    spot = first_clear(spots, lines)
    if not spot.on_panel or spot.covers(taken) or any(spot.meets(*line) for line in lines):
        return  # no room: the summary and the footnote say it
    write(ax, spot.x, spot.y, words, transform=ax.transAxes, va="bottom", fontsize=sizes.label, path_effects=halo())


def _distribution(upper: Any, lower: Any, answer: HittingTime, slot: float, sizes: Sizes) -> None:
    """The lower panel, its years under those of the fan; probabilities by year in the room left of it."""
    low, high = upper.get_xlim()
    box = lower.get_position()
    start = answer.origin + 0.45
    share = (start - low) / (high - low)
    lower.set_position((box.x0 + share * box.width, box.y0, (1.0 - share) * box.width, box.height))
    lower.set_xlim(start, high)
    draw_distribution(lower, answer, slot)
    year_ticks(lower, answer.origin + 1, int(answer.years[-1]))
    figure = lower.figure
    how = "first reached" if answer.target.occurrence == "first" else "reached again"
    heading(lower, f"Probability that the target is {how} in the year", right=True)
    if share * box.width * figure.get_figwidth() > 0.2 * sizes.label:
        _by_year(figure, answer, box.x0, box, sizes)


def _by_year(figure: Any, answer: HittingTime, x: float, box: Any, sizes: Sizes) -> None:
    """A small table: reached by the end of a few years."""
    years = [int(answer.years[h - 1]) for h in sorted({1, 3, 5, 10, answer.horizon}) if h <= answer.horizon]
    line = 1.4 * sizes.label / 72 / float(figure.get_figheight())
    width = float(figure.get_figwidth())
    y = box.y1
    write(figure, x, y, "Reached by the end of", fontsize=sizes.label, fontweight="bold")
    for i, year in enumerate(years, start=1):
        write(figure, x, y - i * line, str(year), fontsize=sizes.label)
        write(figure, x + 0.12 * sizes.label / width, y - i * line, percent(answer.probability_by(year)), ha="right",
              fontsize=sizes.label)  # fmt: skip
