"""Official traffic lights: how statistical offices judge progress to a target, beside the probability of reaching it.

Each scale is a pure function of levels, a target, its deadline and a base year, with its published thresholds:
``eurostat``, ``unsd``, ``destatis``, ``escap`` and ``sdsn``. ``compare`` asks all of them.

>>> print(eurostat({2020: 4.0, 2023: 4.4}, 5.0, deadline=2025, base_year=2020).verdict)
moderate progress
"""

from tradetarget.tracking.comparison import Comparison, compare
from tradetarget.tracking.destatis import destatis
from tradetarget.tracking.escap import current_status, escap
from tradetarget.tracking.eurostat import eurostat
from tradetarget.tracking.progress import Progress, Verdict, progress_of
from tradetarget.tracking.sdsn import sdsn
from tradetarget.tracking.unsd import unsd

__all__ = [
    "Comparison",
    "Progress",
    "Verdict",
    "compare",
    "current_status",
    "destatis",
    "escap",
    "eurostat",
    "progress_of",
    "sdsn",
    "unsd",
]
