"""Destatis: weather symbols, by how far the mean change of the last five years would miss the target.

    h = y + s (tT - t),    m = (yT - h) / (yT - y)

with s the mean absolute change a year over the last five years (six values; four at least). The symbol is a sun where h
reaches the target or misses it by less than 5 % of the gap, sun and cloud up to 20 %, a cloud where the direction is
right at least, and a thunderstorm where it is not. The base year does not matter.
"""

from __future__ import annotations

from tradetarget.errors import DataError
from tradetarget.tracking.progress import Levels, Progress, Verdict, progress_of

SUN, SUN_AND_CLOUD = 0.05, 0.20
"""Largest misses, as shares of the gap (Destatis, Indicator report of the German Sustainable Development Strategy)."""

WINDOW, FEWEST = 5, 4
"""Years of change that are looked at, and the fewest values needed (the same report)."""

VERDICTS = ("sun", "sun and cloud", "cloud", "thunderstorm")
SOURCE = (
    "Federal Statistical Office of Germany (Destatis), Sustainable Development in Germany: Indicator Report (method of "
    "the weather symbols)"
)


def destatis(levels: Levels, target: float, *, deadline: int) -> Verdict:
    """Destatis' verdict; parameters and errors as in ``progress_of``, without a base year.

    Raises
    ------
    DataError
        Also on fewer than four levels in the last six years.

    Examples
    --------
    >>> destatis({2020: 4.0, 2021: 4.2, 2022: 4.3, 2023: 4.5}, 5.0, deadline=2026)
    Verdict(Destatis: sun (0))
    """
    return destatis_verdict(progress_of(levels, target, deadline=deadline))


def destatis_verdict(progress: Progress) -> Verdict:
    """Destatis' verdict on progress that has been read.

    Raises
    ------
    DataError
        As ``destatis`` raises.
    """
    recent = progress.years >= progress.year - WINDOW
    years, levels = progress.years[recent], progress.levels[recent]
    if years.size < FEWEST:
        raise DataError(
            f"the weather symbols need {FEWEST} levels in the years {progress.year - WINDOW}-{progress.year} and there "
            f"are {years.size}: give more, or an earlier base_year"
        )
    slope = float((levels[-1] - levels[0]) / (years[-1] - years[0]))
    expected = progress.latest + slope * (progress.deadline - progress.year)
    miss = None if progress.is_met else max(0.0, (progress.target - expected) / (progress.target - progress.latest))
    if miss is None:
        verdict = VERDICTS[0]
    elif slope <= 0.0:
        verdict = VERDICTS[3]
    else:
        verdict = VERDICTS[0] if miss < SUN else VERDICTS[1] if miss <= SUN_AND_CLOUD else VERDICTS[2]
    return Verdict("Destatis", miss, "miss at the deadline over the gap today", verdict, verdict == VERDICTS[0], SOURCE)
