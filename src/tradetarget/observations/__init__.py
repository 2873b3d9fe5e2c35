"""What was reported about which period, by whom, as of when."""

from tradetarget.observations.observation import KINDS, QUALIFIERS, Kind, Observation, Qualifier
from tradetarget.observations.plausibility import plausibility_notes
from tradetarget.observations.series import SeriesByName, TradeSeries
from tradetarget.reading.dates import parse_as_of, parse_period, period_text

__all__ = [
    "KINDS",
    "QUALIFIERS",
    "Kind",
    "Observation",
    "Qualifier",
    "SeriesByName",
    "TradeSeries",
    "parse_as_of",
    "parse_period",
    "period_text",
    "plausibility_notes",
]
