"""Where a label can stand without covering a line or another label; everything in fractions of the panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near ``wanted`` that lie ``gap`` apart and within ``low`` and ``high``, in the same order.

    >>> spread([1.0, 1.1, 5.0], 1.0, 0.0, 6.0)
    [1.0, 2.0, 5.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    room = (high - low) / max(1, len(wanted) - 1)
    step = min(gap, room)
    placed: list[float] = []
    for rank, i in enumerate(order):
        most = high - step * (len(order) - 1 - rank)
        least = placed[-1] + step if placed else low
        placed.append(min(max(wanted[i], least), max(most, least)))
    return [placed[order.index(i)] for i in range(len(wanted))]


@dataclass(frozen=True)
class Box:
    """A label's place: its left and lower edge, width and height."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
        """Whether the line through the points passes through the box, or within a hundredth of it."""
        at = np.linspace(self.x, self.x + self.width, 60)
        inside = at[(at >= x[0]) & (at <= x[-1])]
        line = np.interp(inside, x, y)
        return bool(((line >= self.y - 0.01) & (line <= self.y + self.height + 0.01)).any())

    def covers(self, other: Box) -> bool:
        """Whether two labels lie over one another."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not (beside or self.y + self.height <= other.y or other.y + other.height <= self.y)

    @property
    def on_panel(self) -> bool:
        """Whether it lies wholly on the panel."""
        return self.x >= 0 and self.y >= 0.01 and self.x + self.width <= 1 and self.y + self.height <= 1


def first_clear(boxes: Iterable[Box], lines: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> Box:
    """The first box that lies on the panel and meets none of the lines; the very first where none does."""
    listed = list(boxes)
    clear = (b for b in listed if b.on_panel and not any(b.meets(x, y) for x, y in lines))
    return next(clear, listed[0])
