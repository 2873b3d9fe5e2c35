"""The question and the answer: a target, and the distribution of the period in which it is first reached."""

from tradetarget.targets.hitting import BatchCounts, HittingTime, MonthlyProbability, checked_probabilities
from tradetarget.targets.past import first_reached, last_log_totals, past_levels, stands_reached
from tradetarget.targets.target import EVENTS, OCCURRENCES, Event, Occurrence, Target

__all__ = [
    "EVENTS",
    "OCCURRENCES",
    "BatchCounts",
    "Event",
    "HittingTime",
    "MonthlyProbability",
    "Occurrence",
    "Target",
    "checked_probabilities",
    "first_reached",
    "last_log_totals",
    "past_levels",
    "stands_reached",
]
