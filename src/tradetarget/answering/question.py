"""Reading a question: a target in the unit of the data, for an event that the answer can be about."""

from __future__ import annotations

import warnings

from tradetarget.errors import DataError, TargetError, TradeTargetWarning
from tradetarget.observations import TradeSeries
from tradetarget.targets import Target


def in_common_unit(series: TradeSeries, target: Target) -> tuple[TradeSeries, Target, bool]:
    """Series and target in the target's unit, and whether one of them did not say its own.

    Raises
    ------
    DataError
        On anything but a TradeSeries.
    UnitError
        When the currencies differ.
    """
    if not isinstance(series, TradeSeries):
        raise DataError(
            f"expected a TradeSeries, got {type(series).__name__}: wrap totals by year with "
            'TradeSeries.from_annual(values, unit="USD bn")'
        )
    if target.unit is None:
        return series, target.in_unit(series.unit), series.unit is None
    return series.in_unit(target.unit), target, series.unit is None


def as_target(target: Target | float) -> Target:
    """A Target from a Target or a bare number in the unit of the data.

    Raises
    ------
    TargetError
        On anything else.
    """
    return target if isinstance(target, Target) else Target(target)


def checked_target(target: Target | float) -> Target:
    """As ``as_target``, for answers about the first calendar years alone.

    Raises
    ------
    TargetError
        On anything else, an event of months, or reaching again.
    """
    asked = as_target(target)
    if asked.is_monthly or asked.occurrence == "again":
        what = f"event {asked.event!r}" if asked.is_monthly else "occurrence 'again'"
        raise TargetError(
            f"{what} is answered by forecast, run_scenarios, sensitivity and sweep, and not here: use "
            "event='calendar_year' and occurrence='first'"
        )
    return asked


def warn_if_far(series: TradeSeries, target: Target) -> None:
    """Warn of a target more than 100 times above or below the last value: the units are probably wrong."""
    last = float(series.annual().iloc[-1])
    ratio = target.value / last
    if ratio > 100 or ratio < 0.01:
        unit = f" {target.unit}" if target.unit else ""
        warnings.warn(
            f"target {target.value:g}{unit} is {ratio:.3g} times the last value ({last:g}{unit}): check the units",
            TradeTargetWarning,
            stacklevel=3,
        )
