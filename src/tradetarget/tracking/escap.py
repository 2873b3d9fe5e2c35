"""UN ESCAP: how far the target has come (current status) and how far it will be missed (anticipated progress).

    current status       10 (y - y0) / (yT - y0)
    anticipated gap      (yT - h) / (yT - y0)

with h the value at the deadline of a straight line fitted to all levels from the base year on, in which recent ones
weigh more. Where h reaches the target, or misses it by at most 10 % of the way, progress is to be maintained; up to 100
% it has to accelerate; above that the trend has to be reversed.
"""

from __future__ import annotations

import numpy as np

from tradetarget.tracking.progress import Levels, Progress, Verdict, progress_of

MAINTAIN, ACCELERATE = 0.10, 1.00
"""Largest gaps as shares of the way from the base. From secondary accounts of ESCAP's reports, not its papers."""

VERDICTS = ("maintain progress", "accelerate progress", "reverse trend")
SOURCE = (
    "UN ESCAP, Progress assessment methodology, "
    "https://data.unescap.org/resource-guides/progress-assessment-methodology; A. Bidarbakht-Nia, SD/WP/05 (2017). The "
    "weights of the regression are not published there: here they rise linearly"
)


def escap(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> Verdict:
    """ESCAP's verdict on anticipated progress; parameters and errors as in ``progress_of``.

    Examples
    --------
    >>> escap({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020)
    Verdict(ESCAP: accelerate progress (0.333))
    """
    return escap_verdict(progress_of(levels, target, deadline=deadline, base_year=base_year))


def current_status(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> float | None:
    """ESCAP's current status: 0 at the base, 10 at the target; None where the base is at or above the target.

    Parameters and errors as in ``progress_of``.

    Examples
    --------
    >>> round(current_status({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020), 2)
    4.0
    """
    p = progress_of(levels, target, deadline=deadline, base_year=base_year)
    return None if p.target <= p.base else 10.0 * (p.latest - p.base) / (p.target - p.base)


def escap_verdict(progress: Progress) -> Verdict:
    """ESCAP's verdict on progress that has been read."""
    expected = anticipated(progress)
    way = progress.target - progress.base
    gap = (progress.target - expected) / way if way > 0.0 else None
    if expected >= progress.target or (gap is not None and gap <= MAINTAIN):
        verdict = VERDICTS[0]
    else:
        verdict = VERDICTS[1] if gap is not None and gap <= ACCELERATE else VERDICTS[2]
    return Verdict(
        "ESCAP", gap, "gap at the deadline over the way from the base", verdict, verdict == VERDICTS[0], SOURCE
    )


def anticipated(progress: Progress) -> float:
    """The value at the deadline of the weighted straight line; weights 1, 2, 3, ... by year from the base on.

    Linear weights are a judgement: the methodology says that recent data count more, and not by how much.
    """
    t = progress.years.astype(np.float64)
    w = t - t[0] + 1.0
    w /= w.sum()
    centre, mean = float(w @ t), float(w @ progress.levels)
    slope = float(w @ ((t - centre) * (progress.levels - mean)) / (w @ (t - centre) ** 2))
    return mean + slope * (progress.deadline - centre)
