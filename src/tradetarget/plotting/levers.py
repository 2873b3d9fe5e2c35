"""What would have to happen, drawn: the probability by size of a lever, a tornado, and a heat map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tradetarget.checks import made, number, optional, several, takes
from tradetarget.plotting.canvas import bare, check_place, finished, inches_of, new_figure, shortened, width_of, write
from tradetarget.plotting.colours import BAR, BAR_LIGHT, GREY, INK, MEDIAN, TARGET
from tradetarget.plotting.frame import Sizes, panels
from tradetarget.report.levers import lever_question, lever_text, size_text, sized
from tradetarget.report.text import percent

if TYPE_CHECKING:
    from tradetarget.scenarios.factor_results import Sensitivity, Sweep
    from tradetarget.scenarios.inverse import Required

SIZE = (7.0, 4.2)  # inches: one panel, where ``canvas.SIZE`` holds two


def _foot(answer: Required | Sensitivity | Sweep) -> str:
    totals = answer.series.annual()
    by = f", reported by {answer.series.reporters[0]}" if answer.series.reporters else ""
    run = f"{answer.model}, {answer.n_paths:,} paths, seed {answer.seed}"
    return f"Data {totals.index[0]}-{totals.index[-1]}{by}. Model: {run}."


@takes(answer=made("Required"))
def plot_required(
    answer: Required, path: str | Path | None = None, size: tuple[float, float] = SIZE, *, ax: Any = None
) -> Any:
    """P(reached by the deadline) by the size of the lever, the required size marked.

    Parameters
    ----------
    answer
        The answer.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches.
    ax
        Axes to draw on, without title and footnote; None for a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed, or the file cannot be written.
    """
    check_place(ax, path)
    if ax is not None:
        _by_size(ax, answer)
        return finished(ax.figure, path)
    figure = new_figure(size)
    subtitle = f"{percent(answer.probability)} by {answer.by} takes {lever_text(answer.lever, answer.value)}."
    [ax] = panels(figure, lever_question(answer), subtitle, _foot(answer), heights=[1], left=0.45, gap=0.0, bottom=0.2)
    _by_size(ax, answer)
    return finished(figure, path)


def _by_size(ax: Any, answer: Required) -> None:
    """The curve of the probability, and the required size on it."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    sizes = Sizes.of(ax.figure)
    finite = answer.thresholds[np.isfinite(answer.thresholds)]
    low, high = np.quantile(finite, [0.02, 0.98])
    low, high = min(np.expm1(low), answer.value, 0.0), max(np.expm1(high), answer.value, 0.0)
    grid = np.linspace(low, high, 200)
    bare(ax, sizes.label)
    ax.plot(grid, [answer.probability_at(float(g)) for g in grid], color=MEDIAN, linewidth=2)
    ax.plot(
        [low, answer.value, answer.value], [answer.probability] * 2 + [0], color=TARGET, linewidth=1, linestyle="--"
    )
    ax.plot([answer.value], [answer.probability], marker="o", color=TARGET)
    ax.axvline(0.0, color=GREY, linewidth=0.8)
    ax.set_xlim(low, high)
    ax.set_ylim(0, 1)
    room = inches_of(ax)[0]
    ax.xaxis.set_major_locator(MaxNLocator(max(2, int(room / width_of(ax.figure, "+0.000 %  ", sizes.label)))))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: size_text(round(x, 10))))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    words = f"P(reached by {answer.by}) by size of the {answer.lever.replace('_', ' ')}"
    ax.set_xlabel(words, fontsize=sizes.label, color=INK)


@takes(answer=made("Sensitivity"), size=optional(several(number)))
def plot_tornado(
    answer: Sensitivity, path: str | Path | None = None, size: tuple[float, float] | None = None, *, ax: Any = None
) -> Any:
    """One bar a factor, the widest at the top: P(reached by the deadline) from its low to its high size.

    Parameters, result and errors as in ``plot_required``; the default height grows with the number of factors.
    """
    check_place(ax, path)
    if ax is not None:
        _swings(ax, answer)
        return finished(ax.figure, path)
    names = [str(name) for name in answer.frame["factor"]]
    figure = new_figure(size or (7.0, min(2.3 + 0.42 * len(names), 20.0)))
    sizes = Sizes.of(figure)
    most = 0.45 * figure.get_figwidth()
    names = [shortened(figure, name, sizes.label, most - 0.15) for name in names]
    left = min(most, 0.15 + max(width_of(figure, n, sizes.label) for n in names))
    subtitle = (
        f"P(reached by {answer.by}), one factor at a time; {percent(answer.probability)} with all at their middle."
    )
    [ax] = panels(figure, lever_question(answer), subtitle, _foot(answer), heights=[1], left=left, gap=0.0)
    _swings(ax, answer, left)
    return finished(figure, path)


def _swings(ax: Any, answer: Sensitivity, left: float | None = None) -> None:
    """The bars, the widest at the top, with the sizes at their ends; ``left`` inches for their names."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    sizes = Sizes.of(ax.figure)
    rows = list(reversed(answer.to_dict()["factors"]))
    names = [str(row["factor"]) for row in rows]
    inches = inches_of(ax)[0]
    # Names on axes that a caller gave have to stay on them: nothing is known of what lies beside.
    names = [shortened(ax.figure, n, sizes.label, 0.4 * inches if left is None else left - 0.1) for n in names]
    bare(ax, sizes.label, grid="x")
    ends = [row[f"probability_{end}"] for row in rows for end in ("low", "high")]
    wanted = 0.06 + max(
        width_of(ax.figure, sized(r["kind"], r[e]), 0.9 * sizes.label) for r in rows for e in ("low", "high")
    )
    room = max(max(ends) - min(ends), 0.02) * wanted / max(0.3, inches - 2 * wanted)
    ax.set_xlim(min(ends) - room, max(ends) + room)
    for y, row in enumerate(rows):
        for end, other, colour in (("low", "high", BAR_LIGHT), ("high", "low", BAR)):
            p, q = row[f"probability_{end}"], row[f"probability_{other}"]
            ax.barh(y, p - answer.probability, left=answer.probability, height=0.62, color=colour, linewidth=0)
            sign = -1 if p < q or (p == q and end == "low") else 1
            write(ax, p + sign * 0.1 * room, y, sized(row["kind"], row[end]), ha="right" if sign < 0 else "left",
                  va="center", fontsize=0.9 * sizes.label)  # fmt: skip
    ax.axvline(answer.probability, color=INK, linewidth=1)
    ax.set_yticks(range(len(rows)), names, fontsize=sizes.label)
    ax.xaxis.set_major_locator(MaxNLocator(max(2, int(inches / width_of(ax.figure, "99.99 %  ", sizes.label)))))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.4g} %" if -1e-9 <= x <= 1 + 1e-9 else ""))


@takes(answer=made("Sweep"), size=optional(several(number)))
def plot_heatmap(
    answer: Sweep, path: str | Path | None = None, size: tuple[float, float] | None = None, *, ax: Any = None
) -> Any:
    """P(reached by the deadline) as a grid of coloured cells with their numbers.

    Parameters, result and errors as in ``plot_required``; the default size grows with the grid.
    """
    check_place(ax, path)
    if ax is not None:
        _cells(ax, answer)
        return finished(ax.figure, path)
    table = answer.table()
    rows, columns = table.shape
    figure = new_figure(size or (min(2.4 + 0.75 * columns, 40.0), min(2.2 + 0.42 * rows, 40.0)))
    if size is None and figure.get_figwidth() < 5.5:
        figure.set_size_inches(5.5, figure.get_figheight())
    sizes = Sizes.of(figure)
    down, across = answer.factors
    subtitle = f"P(reached by {answer.by}), {down} down, {across} across."
    labels = [sized(answer.kinds[0], float(v)) for v in table.index.to_numpy()]
    left = 0.2 + max(width_of(figure, n, sizes.label) for n in labels)
    [ax] = panels(figure, lever_question(answer), subtitle, _foot(answer), heights=[1], left=left, gap=0.0)
    _cells(ax, answer)
    return finished(figure, path)


def _cells(ax: Any, answer: Sweep) -> None:
    """The coloured cells with their numbers, as large as they fit."""
    sizes, table = Sizes.of(ax.figure), answer.table()
    rows, columns = table.shape
    labels = [sized(answer.kinds[0], float(v)) for v in table.index.to_numpy()]
    heads = [sized(answer.kinds[1], float(v)) for v in table.columns.to_numpy()]
    cell = inches_of(ax)[0] / columns
    widest = max(width_of(ax.figure, w, sizes.label) for w in ("99.9 %", *heads))
    points = sizes.label * min(1.0, 0.92 * cell / widest)
    cells = table.to_numpy()
    ax.imshow(cells, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto", origin="lower")
    for i in range(rows):
        for j in range(columns):
            colour = "white" if cells[i, j] > 0.55 else INK
            write(ax, j, i, percent(float(cells[i, j])), ha="center", va="center", fontsize=points, color=colour)
    ax.set_xticks(range(columns), heads, fontsize=points)
    ax.set_yticks(range(rows), labels, fontsize=sizes.label)
    ax.tick_params(length=0, colors=INK)
    for side in ax.spines.values():
        side.set_visible(False)
