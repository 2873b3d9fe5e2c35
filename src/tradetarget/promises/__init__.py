"""Announced targets of trade: how many were met, what growth they asked for, and what the library would have said.

>>> Promises.shipped()
Promises(201 announcements; 91 due: 18 met, 42 missed, 31 undecided)
"""

from tradetarget.promises.forecasts import Foresight, foresee
from tradetarget.promises.record import Promises, Tally
from tradetarget.promises.survival import WaitingCurve, waiting_curve, wilson_interval

__all__ = ["Foresight", "Promises", "Tally", "WaitingCurve", "foresee", "waiting_curve", "wilson_interval"]
