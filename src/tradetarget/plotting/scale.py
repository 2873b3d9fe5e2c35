"""Axes that stay readable: the unit shown, linear or logarithmic, and where to cut a fan that explodes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradetarget.plotting.canvas import inches_of
from tradetarget.report.text import RAISED
from tradetarget.units import Unit

EXPLODES, FAR, ROOM = 3.0, 8.0, 3.0
"""Multiples in the rules of ``level_range``. Judgement, by looking at pictures. What is seen or aimed at then keeps a
third of a linear axis, and a target an eighth of the way up it can still be told from the last value."""


LEAST_SHARE = 0.25
"""Least share of the height that the data keep from the fan on a linear axis. Judgement, by looking at pictures."""
TICK_INCHES = 0.26
"""Height that a tick label takes with the room around it, in inches. About twice that of letters of 9 points."""


@dataclass(frozen=True)
class Display:
    """The unit in which levels are drawn: ``factor`` times the data's."""

    factor: float
    name: str


def display_of(levels: Any, unit: Unit | None) -> Display:
    """The data's unit, or a scale of it that keeps labels short.

    Levels from 0.001 to 99,999 stay as they are; others are drawn in thousands, millions, ... of their currency, or
    with the power of ten named where the unit is not known.
    """
    top = float(np.max(levels))
    if 0.001 <= top < 1e5:
        return Display(1.0, str(unit) if unit else "")
    power = 3 * math.floor(math.log10(top) / 3)
    if unit is not None and 0 <= unit.exponent + power <= 12:
        return Display(10.0**-power, str(Unit(unit.currency, unit.exponent + power)))
    return Display(10.0**-power, f"{unit or ''} ×10{str(power).translate(RAISED)}".strip())


@dataclass(frozen=True)
class Range:
    """Lower and upper limit, whether logarithmic, and whether the upper one cuts the fan."""

    low: float
    high: float
    log: bool
    cut: bool


def level_range(history: Any, target: float, fan: pd.DataFrame) -> Range:
    """Limits within which history, target and the central half of the fan can all be read.

    Logarithmic where the median rises above three times the largest of history and target, or where the target is more
    than eight times the last value or less than an eighth of it. Linear otherwise, and cut above three times the
    larger of history and target, or above the 75 % quantile where that is higher; logarithmic again where that would
    leave the data less than a quarter of the height, and a logarithmic axis leaves them more.
    """
    seen = np.asarray(history, dtype=float)
    top = max(float(seen.max()), target)
    last, median = float(seen[-1]), float(fan[0.5].iloc[-1])
    upper, lower = float(fan[0.95].max()), float(fan[0.05].min())
    ratio = max(target / last, last / target)
    wide = Range(min(float(seen.min()), target, lower) / 1.25, max(upper, top) * 1.25, log=True, cut=False)
    if median > EXPLODES * top or ratio > FAR or median < last / FAR:
        return wide
    high = max(ROOM * top, min(upper, float(fan[0.75].max())))
    even = Range(0.0, min(high, max(upper, top) * 1.08), log=False, cut=upper > high)
    return wide if _log_shows_more(seen, even, wide) else even


def _log_shows_more(seen: Any, even: Range, wide: Range) -> bool:
    """Whether a linear axis leaves the data less than a quarter of its height, and a logarithmic one more than that."""
    share = float(seen.max()) / even.high
    spread = math.log(float(seen.max()) / float(seen.min())) / math.log(wide.high / wide.low)
    return share < LEAST_SHARE and spread > share


def apply(ax: Any, limits: Range) -> None:
    """Set the limits and quiet tick labels such as 4, 0.5, 12,000."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    if limits.log:
        ax.set_yscale("log")
        decades = math.log10(limits.high / limits.low)
        room = inches_of(ax)[1]
        subs = (1.0, 2.0, 5.0) if decades < 3 else (1.0,)
        ax.yaxis.set_major_locator(LogLocator(10, subs=subs, numticks=max(3, min(12, int(room / TICK_INCHES)))))
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.minorticks_off()
    else:
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: tick(x)))
    ax.set_ylim(limits.low, limits.high)


def tick(x: float) -> str:
    """A tick label without needless digits.

    >>> tick(0.0), tick(4.0), tick(0.25), tick(12000.0), tick(1e5), tick(2e-9)
    ('0', '4', '0.25', '12,000', '10⁵', '2×10⁻⁹')
    """
    # Six digits and a comma would run over the left edge of the page.
    if x == 0.0 or 1e-3 <= abs(x) < 1e5:
        return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.5g}"
    power = math.floor(math.log10(abs(x)) + 1e-9)
    digits = f"{x / 10.0**power:.3g}"
    raised = f"10{str(power).translate(RAISED)}"
    return raised if digits == "1" else f"{digits}×{raised}"
