"""SDSN, Sustainable Development Report: trend arrows, by the ratio of the actual to the required linear change.

    ratio = ((y - y0) / (t - t0)) / ((yT - y0) / (tT - t0))

Below 0 is decreasing, below one half stagnating, below 1 moderately improving, else on track. A level at or above the
target is maintained, whatever its change. The report normalises an indicator to 0-100 first, which changes no ratio.
"""

from __future__ import annotations

from tradetarget.tracking.progress import Levels, Progress, Verdict, progress_of

STAGNATING, ON_TRACK = 0.5, 1.0
"""Thresholds of the ratio (Sachs et al., Sustainable Development Report, method of the trend arrows)."""

VERDICTS = ("maintaining", "on track", "moderately improving", "stagnating", "decreasing")
SOURCE = (
    "Sustainable Development Solutions Network, Sustainable Development Report (method of the trend arrows), "
    "https://dashboards.sdgindex.org"
)


def sdsn(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> Verdict:
    """SDSN's verdict; parameters and errors as in ``progress_of``.

    Examples
    --------
    >>> sdsn({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020)
    Verdict(SDSN: moderately improving (0.667))
    """
    return sdsn_verdict(progress_of(levels, target, deadline=deadline, base_year=base_year))


def sdsn_verdict(progress: Progress) -> Verdict:
    """SDSN's verdict on progress that has been read."""
    gap = progress.target - progress.base
    actual = (progress.latest - progress.base) / (progress.year - progress.base_year)
    ratio = actual / (gap / (progress.deadline - progress.base_year)) if gap > 0.0 else None
    if progress.is_met:
        verdict = VERDICTS[0]
    elif ratio is None or ratio < 0.0:
        # Where the base is at or above the target and the latest level is below it, the level has fallen.
        verdict = VERDICTS[4]
    else:
        verdict = VERDICTS[1] if ratio >= ON_TRACK else VERDICTS[2] if ratio >= STAGNATING else VERDICTS[3]
    favourable = verdict in VERDICTS[:2]
    return Verdict("SDSN", ratio, "actual change a year over required change a year", verdict, favourable, SOURCE)
