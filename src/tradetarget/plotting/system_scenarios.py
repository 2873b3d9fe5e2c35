"""A region's scenarios beside its baseline: a row a scenario, a column a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tradetarget.plotting.canvas import bare, inches_of, shortened, width_of, write
from tradetarget.plotting.colours import GREY, INK, LINES
from tradetarget.plotting.frame import MARGIN, Sizes, heading
from tradetarget.report.system_scenarios import joint_gaps, together
from tradetarget.report.systems import middle_of
from tradetarget.report.text import amount, percent, plural, points

if TYPE_CHECKING:
    from tradetarget.scenarios import Difference
    from tradetarget.systems.answers import SystemForecast

MOST_COLUMNS, MOST_FOR_NAMES, GAP = 4, 0.34, 0.14
"""Columns, largest share of the width for names, and inches between columns. Judgement, by looking at pictures. On a
page of 9 inches a fifth column has no room for its numbers."""


@dataclass(frozen=True)
class Column:
    """What a column shows: a target, or all of them; one entry a scenario, the baseline first.

    Parameters
    ----------
    name
        Over the column.
    probability
        By the middle year.
    gaps
        Less the baseline's, and the standard error of that; None for the baseline.
    colour
        As the curve has in the panel above.
    """

    name: str
    probability: tuple[float, ...]
    gaps: tuple[tuple[float, float] | None, ...]
    colour: str


def rows_height(forecast: SystemForecast, sizes: Sizes) -> float:
    """Inches that the rows, the names of the columns and the ticks need; 0 without scenarios."""
    rows = len(forecast.plans)
    return 0.0 if rows == 1 else 0.19 * sizes.label / 8.5 * (rows + 1.6)


def draw_scenarios(space: Any, forecast: SystemForecast, sizes: Sizes) -> None:
    """Probabilities by the middle year, scenario by scenario, in the place of the axes ``space``.

    A dot is a scenario's probability, the grey line the baseline's; beside it the difference in percentage points and
    its standard error.
    """
    figure, at = space.figure, middle_of(forecast)
    columns, left_out = _columns(forecast, at)
    more = f"; {plural(left_out, 'more target')} not shown" if left_out else ""

    space.set_axis_off()
    (wide, high), box = (float(x) for x in figure.get_size_inches()), space.get_position()
    names = [p.scenario.name for p in forecast.plans]
    room = min(max(width_of(figure, n, sizes.label, bold=True) for n in names) + GAP, MOST_FOR_NAMES * wide)
    start = MARGIN + room
    each = (wide - MARGIN - start) / len(columns)
    numbers = width_of(figure, "+99.9 (0.9)", sizes.label) + 0.1
    top, bottom = float(box.y1) - 1.4 * sizes.label / 72 / high, float(box.y0)
    axes = []
    for k, column in enumerate(columns):
        place = ((start + k * each) / wide, bottom, (each - numbers - GAP) / wide, top - bottom)
        axes.append(figure.add_axes(place))
        _column(axes[-1], column, _limits(columns), sizes, each - 0.04)
    by = f"Probability by {forecast.years[at]} under each scenario"
    heading(space, f"{by}, points on the baseline (standard error){more}")
    for i, name in enumerate(names):
        words = shortened(figure, name, sizes.label, room - GAP, bold=i == 0)
        write(axes[0], -room / (each - numbers - GAP), i, words, transform=axes[0].get_yaxis_transform(), va="center",
              fontsize=sizes.label, fontweight="bold" if i == 0 else "normal")  # fmt: skip


def _columns(forecast: SystemForecast, at: int) -> tuple[list[Column], int]:
    """The first targets and all of them together, and how many are left out."""
    cases, labels = list(forecast.cases.values()), list(forecast.hitting_times)
    alone = len(labels) == 1
    shown = labels[: MOST_COLUMNS if alone else MOST_COLUMNS - 1]
    columns = []
    for i, label in enumerate(shown):
        target = forecast.targets[label]
        name = f"{label.removesuffix(' ' + forecast.system.flow)}, {amount(target.value, target.unit)}"
        p = tuple(float(c.hitting_times[label].probability[at]) for c in cases)
        columns.append(_made(name, p, [c.differences.get(label) for c in cases], at, i))
    if not alone:
        p = tuple(float(c.joint()["all"].iloc[at]) for c in cases)
        gaps = [None if c.baseline is None else joint_gaps(c.joint_difference())["all"] for c in cases]
        columns.append(_made(together(forecast)[0], p, gaps, at, len(labels)))
    return columns, len(labels) - len(shown)


def _made(name: str, p: tuple[float, ...], gaps: Sequence[Difference | None], at: int, place: int) -> Column:
    numbers = (None if g is None else (float(g.probability[at]), float(g.standard_errors[at])) for g in gaps)
    return Column(name, p, tuple(numbers), LINES[(place + 1) % len(LINES)])


def _limits(columns: list[Column]) -> tuple[float, float]:
    """One range of probabilities for all columns, so that they can be compared."""
    every = [p for c in columns for p in c.probability]
    pad = max(0.03, 0.06 * (max(every) - min(every)))
    return max(-0.02, min(every) - pad), min(1.02, max(every) + pad)


def _step(limits: tuple[float, float], labels: float) -> float:
    """The distance of ticks of which no two labels meet, where so many labels stand side by side on the axis."""
    least = (limits[1] - limits[0]) / labels
    return next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if s >= least), 1.0)


def _column(ax: Any, column: Column, limits: tuple[float, float], sizes: Sizes, inches: float) -> None:
    """One column's name, dots and numbers; ``inches`` are the width of all of it."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    bare(ax, sizes.label, grid="x")
    base, panel = column.probability[0], inches_of(ax)[0]
    ax.set(xlim=limits, ylim=(len(column.probability) - 0.4, -0.6), yticks=[])
    ax.xaxis.set_major_locator(MultipleLocator(_step(limits, panel / width_of(ax.figure, "99 % ", sizes.label))))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))
    name = shortened(ax.figure, column.name, sizes.label, inches)
    write(ax, 0.0, 1.0, name, transform=ax.transAxes, va="bottom", fontsize=sizes.label, color=column.colour)
    ax.axvline(base, color=GREY, linewidth=0.9)
    for i, (p, gap) in enumerate(zip(column.probability, column.gaps, strict=True)):
        ax.plot([base, p], [i, i], color=column.colour, linewidth=1.4, solid_capstyle="butt")
        ax.plot([p], [i], marker="o", markersize=5, color=INK if gap is None else column.colour, clip_on=False)
        words = percent(p) if gap is None else points(float(gap[0]))
        if gap is not None:
            words += f" ({100 * float(gap[1]):.1f})"
        write(ax, 1.0 + 0.08 / panel, i, words, transform=ax.get_yaxis_transform(), va="center",
              fontsize=sizes.label, fontweight="bold" if gap is None else "normal")  # fmt: skip
