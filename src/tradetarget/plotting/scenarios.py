"""Scenarios side by side: the probability by year, a line a scenario, and under it medians and intervals."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tradetarget.checks import checked_levels, made, number, optional, several, takes
from tradetarget.errors import SettingError
from tradetarget.plotting.canvas import bare, check_place, finished, inches_of, new_figure, percent_ticks, width_of
from tradetarget.plotting.colours import DASHES, LINES
from tradetarget.plotting.frame import Sizes, heading, is_small, label_beside, line_share, panels
from tradetarget.plotting.hitting import year_ticks
from tradetarget.plotting.placing import spread
from tradetarget.report.forecasts import headline, question
from tradetarget.report.provenance import as_of, event_text, reporter
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.scenarios.comparison import Case, ScenarioComparison

MOST_FOR_NAMES, LEADER = 0.5, 0.3
"""Largest share of the width that names may take, and inches of the line from a curve to its name. Judgement, by
looking at pictures."""


@takes(comparison=made("ScenarioComparison"), size=optional(several(number)))
def plot_scenarios(
    comparison: ScenarioComparison,
    path: str | Path | None = None,
    size: tuple[float, float] | None = None,
    *,
    ax: Any = None,
    levels: Iterable[float] | None = None,
) -> Any:
    """Probability of having reached the target by year, a line a scenario, and their medians and 80 % intervals.

    Parameters
    ----------
    comparison
        Of one series and one target.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches; default 9 and as high as the scenarios need. A page narrower than 5 or lower than
        3.4 shows the probabilities alone.
    ax
        Axes to draw the probabilities on, without title and footnote; None for a figure of its own.
    levels
        Coverage of the intervals of the year, the largest of several; default 80 %.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.
    SettingError
        With several series or targets.
    """
    check_place(ax, path)
    if len(comparison.cases) != 1:
        raise SettingError(
            f"a plot shows one series and target, and there are {len(comparison.cases)}: run one of them"
        )
    case = comparison.cases[0]
    names = list(case.hitting_times)
    level = max(checked_levels((0.8,) if levels is None else levels))
    if ax is not None:
        _curves(ax, case, names, Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size or (9.0, 4.2 + 0.33 * len(names)))
    sizes = Sizes.of(figure)
    base = case.hitting_times[case.baseline]
    rows = 0.19 * sizes.label / 8.5 * (len(names) + 0.6)
    left = width_of(figure, "100 %", sizes.label) + 0.1
    heights = (1.0,) if is_small(figure) else (max(1.6, 1.15 * rows), rows)
    upper, *others = panels(
        figure, question(case.series.label, base), _answer(case), _footnote(case, comparison.n_paths),
        heights=heights, left=left, gap=0.38 + sizes.label / 72,
    )  # fmt: skip
    _curves(upper, case, names, sizes)
    for lower in others:
        _intervals(lower, case, names, level, sizes)
    return finished(figure, path)


def _answer(case: Case) -> str:
    """The baseline in a line, and the range of the others; P by the deadline where the target has one."""
    base = case.hitting_times[case.baseline]
    first = headline(base)
    if first is not None and base.target.deadline in base.years:
        every = [a.probability_by_deadline or 0.0 for a in case.hitting_times.values()]
        return f"{first} in the baseline; {percent(min(every))} to {percent(max(every))} over all {len(every)}"
    last = int(base.years[-1])
    medians = [a.median for a in case.hitting_times.values()]
    years = sorted(m.year for m in medians if m is not None)
    if not years:
        return f"No scenario reaches it by {last} with a probability of a half"
    middle = f"not by {last}" if base.median is None else str(base.median)
    latest = f"not by {last}" if len(years) < len(medians) else str(years[-1])
    period = "year" if base.by_month is None else "month"
    span = f"{years[0]}" if str(years[0]) == latest else f"{years[0]} to {latest}"
    return f"Median {period} {middle} in the baseline; {span} over all {len(medians)}"


def _footnote(case: Case, n_paths: int) -> str:
    """Whose figures, which model, which event."""
    who = reporter(case.series)
    parts = [
        f"Reporter: {who}" if who else "Reporter not stated",
        f"Data to {case.series.annual().index[-1]}, as known in {as_of(case.series)}",
        f"Model: {case.fitted.model_name}, {n_paths:,} paths shared by all scenarios",
        f"Reached means that {event_text(case.target)}",
    ]
    return ". ".join(parts) + "."


def _style(i: int) -> dict[str, Any]:
    """The look of the i-th scenario: the baseline black and thick; colour and dashes both differ."""
    return {
        "color": LINES[1 + (i - 1) % (len(LINES) - 1)] if i else LINES[0],
        "linestyle": DASHES[i % len(DASHES)] if i else "-",
        "linewidth": 2.4 if i == 0 else 1.4,
    }


def _make_room(ax: Any, case: Case, names: list[str], sizes: Sizes) -> float:
    """Years from the origin, and room on the right for names; returns where the names start."""
    answer = case.hitting_times[case.baseline]
    first, last = answer.origin - 0.2, float(answer.years[-1]) + 0.2
    inches = inches_of(ax)[0]
    widest = "99.9 %" if answer.by_month is None else "0000-00"
    wanted = max(width_of(ax.figure, f"{widest}  {n}", sizes.label, bold=True) for n in names) + LEADER + 0.05
    share = min(MOST_FOR_NAMES, wanted / inches)
    end = first + (last - first) / (1.0 - share)
    ax.set_xlim(first, end)
    year_ticks(ax, answer.origin, int(answer.years[-1]))
    ax.spines["bottom"].set_bounds(first, last)
    return last + LEADER * (end - first) / inches


def _curves(ax: Any, case: Case, names: list[str], sizes: Sizes) -> None:
    """P(reached by the end of the year), a line a scenario, its name at its end."""
    bare(ax, sizes.label)
    base = case.hitting_times[case.baseline]
    start = _make_room(ax, case, names, sizes)
    ax.set_ylim(0, 1.02)
    percent_ticks(ax.yaxis)
    last = float(base.years[-1])
    ends = [case.hitting_times[n].probability_within_horizon for n in names]
    gap = line_share(ax, sizes) * 1.02
    shown = _named(ends, gap)
    places = dict(zip(shown, spread([ends[i] for i in shown], gap, 0.03, 0.99), strict=True))
    for i, (name, end) in enumerate(zip(names, ends, strict=True)):
        answer, style = case.hitting_times[name], _style(i)
        x = np.concatenate([[answer.origin], answer.years])
        ax.plot(x, np.concatenate([[0.0], answer.probability]), zorder=3 + (i == 0), **style)
        if i in places:
            ax.plot([last, start - 0.15 * (start - last)], [end, places[i]], color=style["color"], linewidth=0.5)
            label_beside(ax, f"{percent(end)}  {name}", start, places[i], sizes, bold=i == 0, color=style["color"])
    short = "" if len(shown) == len(names) else f"; {len(shown)} of {len(names)} are named"
    words = "Probability of having reached the target by the end of the year"
    room = inches_of(ax)[0]
    fits = width_of(ax.figure, words + short, sizes.label) < room
    heading(ax, f"{words if fits else 'P(reached by the year)'}{short}")


def _named(ends: list[float], gap: float) -> list[int]:
    """The curves that have room for a name: all of them, or the baseline and others spread over the range."""
    most = max(1, int(0.96 / gap) + 1)
    if len(ends) <= most:
        return list(range(len(ends)))
    others = sorted(range(1, len(ends)), key=lambda i: ends[i])
    picked = {others[round(k)] for k in np.linspace(0, len(others) - 1, most - 1)} if most > 1 else set()
    return [0, *sorted(picked)]


def _intervals(ax: Any, case: Case, names: list[str], level: float, sizes: Sizes) -> None:
    """Median and interval of the year, a row a scenario; an arrow where it goes on beyond the horizon."""
    bare(ax, sizes.label, grid="x")
    base = case.hitting_times[case.baseline]
    start = _make_room(ax, case, names, sizes)
    ax.set(ylim=(len(names) - 0.4, -0.7), yticks=[])
    last = int(base.years[-1])
    for i, name in enumerate(names):
        answer, colour = case.hitting_times[name], _style(i)["color"]
        low, high = (None if p is None else p.year for p in answer.interval(level))
        begin, end = (last if low is None else low), (0.4 * last + 0.6 * start if high is None else high)
        if low is not None:
            ax.plot([begin, end], [i, i], color=colour, linewidth=2.6 if i == 0 else 1.6, solid_capstyle="butt")
        if high is None:
            ax.plot([end], [i], marker=">", markersize=4, color=colour, clip_on=False)
        if answer.median is not None:
            ax.plot([answer.median.year], [i], marker="o", markersize=5.5, color=colour, markeredgecolor="white")
        middle = f">{last}" if answer.median is None else str(answer.median)
        label_beside(ax, f"{middle}  {name}", start, i, sizes, bold=i == 0, color=colour)
    heading(ax, f"Median year and {100 * level:.4g} % interval; an arrow goes on beyond {last}")
