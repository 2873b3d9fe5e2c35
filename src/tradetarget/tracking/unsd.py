"""United Nations Statistics Division, SDG Progress Chart: the share of the gap that today's growth would close.

    q = (y (1 + growth)^(tT - t) - y0) / (yT - y0)

At least 0.95 is on track, at least 0.10 fair progress, below that stagnation or regression. Where the latest level
meets the target, the share does not matter.
"""

from __future__ import annotations

from tradetarget.tracking.progress import Levels, Progress, Verdict, progress_of

ON_TRACK, FAIR = 0.95, 0.10
"""Thresholds of the share (UNSD, Progress Chart Technical Note 2023)."""

VERDICTS = ("target met", "on track", "fair progress, acceleration needed", "stagnation or regression")
SOURCE = (
    "UN Statistics Division, SDG Progress Chart 2023: Technical Note, "
    "https://unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf"
)


def unsd(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> Verdict:
    """The UN Statistics Division's verdict; parameters and errors as in ``progress_of``.

    Examples
    --------
    >>> unsd({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020)
    Verdict(UNSD: fair progress, acceleration needed (0.689))
    """
    return unsd_verdict(progress_of(levels, target, deadline=deadline, base_year=base_year))


def unsd_verdict(progress: Progress) -> Verdict:
    """The UN Statistics Division's verdict on progress that has been read."""
    gap = progress.target - progress.base
    expected = progress.latest * (1.0 + progress.growth) ** (progress.deadline - progress.year)
    share = (expected - progress.base) / gap if gap > 0.0 else None
    if progress.is_met:
        verdict = VERDICTS[0]
    elif share is None:
        # The base is at or above the target and the latest level below it: a regression.
        verdict = VERDICTS[3]
    else:
        verdict = VERDICTS[1] if share >= ON_TRACK else VERDICTS[2] if share >= FAIR else VERDICTS[3]
    favourable = verdict in VERDICTS[:2]
    return Verdict("UNSD", share, "share of the gap closed by the deadline", verdict, favourable, SOURCE)
