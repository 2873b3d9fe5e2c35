"""Statements for tests, in few words."""

from __future__ import annotations

from typing import Any

from tradetarget import Observation, TradeSeries
from tradetarget.observations import parse_period
from tradetarget.units import Unit

BN = Unit.parse("USD bn")


def level(period: object, value: float, **details: Any) -> Observation:
    start, end = parse_period(period)
    return Observation(start=start, end=end, value=value, unit=BN, **details)


def growth(period: object, value: float, **details: Any) -> Observation:
    start, end = parse_period(period)
    return Observation(start=start, end=end, value=value, kind="growth", **details)


def series(*said: Observation, name: str = "A-B", flow: str = "turnover") -> TradeSeries:
    return TradeSeries(name, said, flow, BN)
