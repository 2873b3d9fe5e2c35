"""Series as lines: what was reported, a line a series."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tradetarget.checks import any_text, by_name, made, takes
from tradetarget.errors import DataError
from tradetarget.observations import TradeSeries
from tradetarget.plotting import scale
from tradetarget.plotting.canvas import (
    SIZE,
    bare,
    check_place,
    finished,
    inches_of,
    new_figure,
    shortened,
    width_of,
    write,
)
from tradetarget.plotting.colours import DASHES, GREY, LINES
from tradetarget.plotting.frame import Sizes, line_share, panels
from tradetarget.plotting.hitting import year_ticks
from tradetarget.plotting.placing import spread

MOST_FOR_NAMES = 0.4
"""The most of the page that names of series take. Judgement. The lines need the larger part."""


@takes(series=by_name(made("TradeSeries")), title=any_text)
def plot_series(
    series: Mapping[str, TradeSeries],
    title: str,
    path: str | Path | None = None,
    size: tuple[float, float] = SIZE,
    *,
    ax: Any = None,
) -> Any:
    """Calendar-year totals by year, a line a series, its name at its end.

    Parameters
    ----------
    series
        By label; in one unit, each with one reporter.
    title
        Over the picture.
    path
        A file to write (.png, .svg or .pdf); None to return the figure only.
    size
        Width and height in inches.
    ax
        Axes to draw on, without title and sources; None for a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        Where matplotlib is not installed or the file cannot be written.
    DataError
        With no series, or series in several units.
    """
    check_place(ax, path)
    units = {s.unit for s in series.values()}
    if len(units) != 1:
        raise DataError(f"a plot needs series in one unit, and these are in {sorted(map(str, units))}: choose some")
    shown = scale.display_of([float(s.annual().max()) for s in series.values()], units.pop())
    if ax is not None:
        _lines(ax, series, shown, Sizes.of(ax.figure))
        return finished(ax.figure, path)
    figure = new_figure(size)
    sizes = Sizes.of(figure)
    shorter = {shortened(figure, label, sizes.label, MOST_FOR_NAMES * size[0]): s for label, s in series.items()}
    series = shorter if len(shorter) == len(series) else series
    sources = dict.fromkeys(source for s in series.values() for source in s.sources)
    left = width_of(figure, "00,000", sizes.label) + 0.08
    heading = shown.name or "unit not stated"
    (ax,) = panels(figure, title, heading, f"Sources: {'; '.join(list(sources)[:3]) or 'not stated'}.", heights=(1.0,),
                   left=left, gap=0.0)  # fmt: skip
    _lines(ax, series, shown, sizes)
    return finished(figure, path)


@takes(series=made("TradeSeries"))
def plot_one_series(
    series: TradeSeries, path: str | Path | None = None, size: tuple[float, float] = (7.0, 3.8), *, ax: Any = None
) -> Any:
    """Calendar-year totals of one series by year; parameters, result and errors as in ``plot_series``."""
    return plot_series({series.label: series}, series.label, path, size, ax=ax)


def _lines(ax: Any, series: Mapping[str, TradeSeries], shown: scale.Display, sizes: Sizes) -> None:
    """The lines, and their names on the right."""
    names = width_of(ax.figure, max(series, key=len), sizes.label) + 0.15 if len(series) > 1 else 0.1
    totals = {label: s.annual() * shown.factor for label, s in series.items()}
    first = min(int(t.index[0]) for t in totals.values())
    last = max(int(t.index[-1]) for t in totals.values())
    top = 1.05 * max(float(t.max()) for t in totals.values())
    bare(ax, sizes.label)
    room = inches_of(ax)[0]
    ax.set_xlim(first - 0.5, last + 0.5 + (last - first + 1) * names / max(1.0, room - names))
    year_ticks(ax, first, last)
    scale.apply(ax, scale.Range(0.0, top, log=False, cut=False))
    gap = line_share(ax, sizes) * top
    heights = spread([float(t.iloc[-1]) for t in totals.values()], gap, 0.02 * top, 0.98 * top)
    for i, ((label, t), height) in enumerate(zip(totals.items(), heights, strict=True)):
        colour = LINES[i % len(LINES)]
        whole = t.reindex(range(int(t.index[0]), int(t.index[-1]) + 1))
        ax.plot(whole.index, whole, color=colour, linestyle=DASHES[i // len(LINES) % len(DASHES)], linewidth=1.6,
                marker="o", markersize=2.4)  # fmt: skip
        if len(series) == 1:
            return
        ax.plot([t.index[-1], last + 0.4], [t.iloc[-1], height], color=GREY, linewidth=0.5)
        write(ax, last + 0.5, height, label, va="center", fontsize=sizes.label, color=colour)
