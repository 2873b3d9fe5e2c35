"""Eurostat: the ratio of the actual to the required growth rate, both from the base year.

    R = growth / |required growth|

At least 0.95 is significant progress, at least 0.60 moderate, at least 0 insufficient; below 0 is movement away. Where
the latest level meets the target, the ratio does not matter.
"""

from __future__ import annotations

from tradetarget.tracking.progress import Levels, Progress, Verdict, progress_of

SIGNIFICANT, MODERATE = 0.95, 0.60
"""Thresholds of the ratio (Open SDG, docs/progress-methodology.md, after Statistics Canada and Eurostat)."""

VERDICTS = ("target met", "significant progress", "moderate progress", "insufficient progress", "movement away")
SOURCE = (
    "Eurostat, Sustainable development in the European Union: monitoring report (method annex); thresholds as in Open "
    "SDG, Progress measurement methodology, https://github.com/open-sdg/open-sdg/blob/master/docs/progress-methodology.md"
)


def eurostat(levels: Levels, target: float, *, deadline: int, base_year: int | None = None) -> Verdict:
    """Eurostat's verdict; parameters and errors as in ``progress_of``.

    Examples
    --------
    >>> eurostat({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020)
    Verdict(Eurostat: moderate progress (0.707))
    """
    return eurostat_verdict(progress_of(levels, target, deadline=deadline, base_year=base_year))


def eurostat_verdict(progress: Progress) -> Verdict:
    """Eurostat's verdict on progress that has been read."""
    required = progress.required_from_base
    ratio = progress.growth / abs(required) if required != 0.0 else None
    if progress.is_met:
        verdict = VERDICTS[0]
    elif ratio is None or required < 0.0 or ratio < 0.0:
        # The base is at or above the target and the latest level below it: the way leads down.
        verdict = VERDICTS[4]
    else:
        verdict = VERDICTS[1] if ratio >= SIGNIFICANT else VERDICTS[2] if ratio >= MODERATE else VERDICTS[3]
    favourable = verdict in VERDICTS[:2]
    return Verdict("Eurostat", ratio, "actual growth a year over required growth a year", verdict, favourable, SOURCE)
