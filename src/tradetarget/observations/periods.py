"""Periods as observations state them; how they are written stands in ``tradetarget.reading.dates``."""

from tradetarget.reading.dates import month_end, parse_as_of, parse_period, period_text

__all__ = ["month_end", "parse_as_of", "parse_period", "period_text"]
