"""The frame of a picture: title, the answer under it, panels, and a footnote, all inside the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tradetarget.plotting.canvas import inches_of, shortened, width_of, wrapped, write
from tradetarget.plotting.colours import GREY, INK

MARGIN = 0.18  # inches at the edges of the page: judgement, about the edge that office printers leave blank
SMALL_WIDTH, SMALL_HEIGHT = 5.0, 3.4
"""Inches under which a page is small, as a figure in a column of a journal is. Judgement, by looking at pictures."""
LINES_OF_SMALL_TITLES = 2  # judgement, by looking at pictures: a third line would leave too little of a small page
SHARE_OF_FOOTNOTES = 0.2
"""At most so much of the page is given to the footnote. Judgement, so that a panel remains."""
LINE = 1.28 / 72  # inches a line for each point of type: the usual leading of 120 to 130 %


@dataclass(frozen=True)
class Sizes:
    """Type sizes in points, growing a little with the page."""

    title: float
    subtitle: float
    label: float
    foot: float

    @classmethod
    def of(cls, figure: Any) -> Sizes:
        """Sizes for the figure's width: 8 inches is the page they were drawn for."""
        scale = min(1.35, max(0.8, (float(figure.get_figwidth()) / 8.0) ** 0.6))
        return cls(12.5 * scale, 10 * scale, 8.5 * scale, 7 * scale)


def panels(
    figure: Any,
    title: str,
    subtitle: str,
    footnote: str,
    *,
    heights: Sequence[float],
    left: float,
    gap: float,
    bottom: float = 0.0,
) -> list[Any]:
    """Title, subtitle and footnote written, and axes under one another in what is left.

    Parameters
    ----------
    heights
        Of the panels, relative to one another.
    left
        Inches left of the axes, for tick labels.
    gap
        Inches between panels, for a heading of the lower one.
    bottom
        Inches under the lowest panel, besides its tick labels.
    """
    sizes = Sizes.of(figure)
    width, height = (float(x) for x in figure.get_size_inches())
    inner = 0.98 * (width - 2 * MARGIN)
    top = height - MARGIN
    for words, points, bold in ((title, sizes.title, True), (subtitle, sizes.subtitle, False)):
        for line in _lines(figure, words, points, inner, bold=bold):
            top -= points * LINE
            write(figure, MARGIN / width, (top + 0.25 * points / 72) / height, line, fontsize=points,
                  fontweight="bold" if bold else "normal", color=INK)  # fmt: skip
    base = MARGIN * 0.7
    for line in reversed(_foot_lines(figure, footnote, sizes.foot, inner)):
        write(figure, MARGIN / width, (base + 0.2 * sizes.foot / 72) / height, line, fontsize=sizes.foot, color=GREY)
        base += sizes.foot * LINE
    base += 0.30 + bottom
    top -= 0.11 + 1.2 * sizes.label / 72
    unit = max(0.4, top - base - gap * (len(heights) - 1)) / sum(heights)
    axes, y = [], top
    for h in heights:
        box = ((MARGIN + left) / width, (y - h * unit) / height, (width - 2 * MARGIN - left) / width, h * unit / height)
        axes.append(figure.add_axes(box))
        y -= h * unit + gap
    return axes


def is_small(figure: Any) -> bool:
    """Whether the page is so small that it holds one panel, a short title and no footnote."""
    width, height = (float(x) for x in figure.get_size_inches())
    return width < SMALL_WIDTH or height < SMALL_HEIGHT


def _lines(figure: Any, words: str, points: float, inches: float, *, bold: bool) -> list[str]:
    """A title in lines; on a small page no more than two, the last of them cut."""
    lines = wrapped(figure, words, points, inches, bold=bold)
    if not is_small(figure) or len(lines) <= LINES_OF_SMALL_TITLES:
        return lines
    remainder = " ".join(lines[LINES_OF_SMALL_TITLES - 1 :])
    kept = remainder.split()
    while len(kept) > 1 and width_of(figure, " ".join(kept) + "…", points, bold=bold) > inches:
        kept = kept[:-1]
    return [*lines[: LINES_OF_SMALL_TITLES - 1], " ".join(kept).rstrip(",;") + "…"]


def _foot_lines(figure: Any, words: str, points: float, inches: float) -> list[str]:
    """The footnote in lines: none on a small page, whose caption says it; as many as have room elsewhere."""
    if is_small(figure):
        return []
    lines = wrapped(figure, words, points, inches)
    most = max(1, int(SHARE_OF_FOOTNOTES * float(figure.get_figheight()) / (points * LINE)))
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1].rstrip(' .,;')} …"]


def fitting(ax: Any, *wordings: str, right: bool = False) -> str:
    """The first of the wordings that fits between the panel's left or right edge and the page's; else the last, cut."""
    figure, sizes, place = ax.figure, Sizes.of(ax.figure), ax.get_position()
    room = float((place.x1 if right else 1.0 - place.x0) * figure.get_figwidth()) - MARGIN
    fits = (words for words in wordings if width_of(figure, words, sizes.label) <= room)
    return next(fits, None) or shortened(figure, wordings[-1], sizes.label, room)


def heading(ax: Any, words: str, *shorter: str, right: bool = False) -> None:
    """A grey line over a panel, at its left or right end: the first wording that fits, or the last cut short."""
    words = fitting(ax, words, *shorter, right=right)
    height = inches_of(ax)[1]
    write(ax, float(right), 1.0 + 0.045 / height, words, transform=ax.transAxes, va="bottom",
          ha="right" if right else "left", fontsize=Sizes.of(ax.figure).label, color=GREY)  # fmt: skip


def line_share(ax: Any, sizes: Sizes) -> float:
    """The height of a line of labels as a share of the panel's."""
    return 1.3 * sizes.label / 72 / inches_of(ax)[1]


def label_beside(ax: Any, words: str, x: float, y: float, sizes: Sizes, *, bold: bool = False, **style: Any) -> None:
    """A label from ``x`` to the panel's right edge, without its middle where it is too long."""
    low, high = ax.get_xlim()
    room = inches_of(ax)[0] * (high - x) / (high - low)
    write(ax, x, y, shortened(ax.figure, words, sizes.label, room, bold=bold), va="center", fontsize=sizes.label,
          fontweight="bold" if bold else "normal", **style)  # fmt: skip
