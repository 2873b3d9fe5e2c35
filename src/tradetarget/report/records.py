"""Answers as plain data, ready for JSON: years are strings, what is not within the horizon is None."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Any

import pandas as pd

import tradetarget
from tradetarget.observations import TradeSeries
from tradetarget.reading.dates import period_words, year_period
from tradetarget.reading.periods import DECEMBER
from tradetarget.reading.record import together
from tradetarget.report.assumptions import assumptions_record
from tradetarget.report.provenance import as_of, reporter
from tradetarget.targets import HittingTime, Target

if TYPE_CHECKING:
    from tradetarget.forecasting.single import Forecast
    from tradetarget.scenarios.comparison import Case, ScenarioComparison

SCHEMA_VERSION = 1
"""Version of the records; it rises when a key is renamed, removed or changes its meaning, not when one is added."""


def _year(period: pd.Period | None) -> str | None:
    return None if period is None else str(period)


def by_year(years: Any, values: Any) -> dict[str, float]:
    """Values by the year, as text."""
    return {str(int(y)): float(v) for y, v in zip(years, values, strict=True)}


def last_total(series: TradeSeries) -> dict[str, Any]:
    """The last complete year and its total, in the unit of the series."""
    totals = series.annual()
    return {"period": str(int(totals.index[-1])), "value": float(f"{totals.iloc[-1]:.12g}")}


def _question(series: TradeSeries, target: Target) -> dict[str, Any]:
    """What was asked, of which data; every level in the target's unit."""
    last = last_total(series)
    unit = None if target.unit is None else str(target.unit)
    return {
        "series": series.name,
        "flow": series.flow,
        "unit": unit,
        "reporter": reporter(series),
        "as_of": as_of(series),
        "data_through": last["period"],
        "last": last,
        "target": {"value": float(target.value), "unit": unit, "event": target.event},
        "occurrence": target.occurrence,
        "sustained": target.sustained,
        "deadline": None if target.deadline is None else str(target.deadline),
        **_fiscal(series),
    }


def _periods(answer: HittingTime) -> dict[str, Any]:
    """What each year of the horizon is, first and last month, for fiscal years; nothing for calendar years."""
    if answer.target.year_end in (None, DECEMBER):
        return {}
    years = [answer.target.year(int(y)) for y in answer.years]
    return {"periods": {str(y): f"{y.start_time:%Y-%m}/{y.end_time:%Y-%m}" for y in years}}


def _fiscal(series: TradeSeries) -> dict[str, Any]:
    """The month in which the years end, and what the last one is, for fiscal years; nothing for calendar years."""
    if series.year_end == DECEMBER:
        return {}
    last = year_period(int(series.annual().index[-1]), series.year_end)
    return {"year_end": calendar.month_name[series.year_end], "last_year_in_words": period_words(last)}


def reading_record(*series: TradeSeries) -> dict[str, Any]:
    """How the file was understood (``read_as``); nothing for series that come from none."""
    readings = [s.read_as for s in series if s.read_as is not None]
    return {"read_as": together(readings).to_dict()} if readings else {}


def hitting_time_record(answer: HittingTime) -> dict[str, Any]:
    """A hitting time as plain data: the fields that every answer shares.

    An event that is seen every month has ``probability_by_month`` besides, and its median and interval are months.
    """
    low, high = answer.interval(0.8)
    months = answer.by_month
    months_of = (
        {}
        if months is None
        else {
            "probability_by_month": {str(m): float(p) for m, p in zip(months.months, months.probability, strict=True)}
        }
    )
    return {
        "already_reached": _year(answer.already_reached),
        "probability_by": by_year(answer.years, answer.probability),
        **months_of,
        **_periods(answer),
        "probability_within_horizon": float(answer.probability_within_horizon),
        "median": _year(answer.median),
        "interval_80": [_year(low), _year(high)],
        "standard_error": answer.standard_error,
    }


def forecast_record(forecast: Forecast) -> dict[str, Any]:
    """A forecast as plain data: what ``tradetarget forecast --json`` writes, but for the other sides.

    Returns
    -------
    dict
        schema_version, series, flow, unit (of every level), reporter, as_of, data_through, last {period, value},
        target {value, unit, event}, occurrence, sustained, deadline, model, already_reached,
        probability_by {year: p} (and probability_by_month of monthly events), probability_within_horizon,
        median, interval_80 [low, high], required_growth {year: fraction a year}, standard_error, seed,
        version, assumptions {size_class, plausibility} (see ``assumptions_record``), read_as (how a file was
        understood, where the series is of one); for fiscal years also year_end, last_year_in_words and periods {year:
        months}. Years are strings; "not within the horizon", "not so far" and an exact law's standard error are None.
    """
    required = forecast.required_growth()
    answer = hitting_time_record(forecast.hitting_time)
    error = answer.pop("standard_error")
    return {
        "schema_version": SCHEMA_VERSION,
        **_question(forecast.series, forecast.target),
        "model": forecast.fitted.model_name,
        **answer,
        "required_growth": by_year(required.index, required),
        "standard_error": error,
        "seed": forecast.seed,
        "version": tradetarget.__version__,
        "assumptions": assumptions_record(forecast.series, forecast.fitted),
        **reading_record(forecast.series),
    }


def _case(case: Case) -> dict[str, Any]:
    """One series and target under every scenario."""
    rows = []
    for plan in case.plans:
        name = plan.scenario.name
        row = {
            "name": name,
            "description": plan.scenario.description,
            "source": plan.scenario.source,
            "adjustments": [a.to_dict() for a in plan.scenario.adjustments],
            **hitting_time_record(case.hitting_times[name]),
        }
        if name in case.differences:
            gap, years = case.differences[name], case.hitting_times[name].years
            row["difference_by"] = by_year(years, gap.probability)
            row["difference_standard_error"] = float(gap.standard_errors.max())
        rows.append(row)
    return {
        **_question(case.series, case.target),
        "model": case.fitted.model_name,
        "assumptions": assumptions_record(case.series, case.fitted),
        **reading_record(case.series),
        "baseline": case.baseline,
        "scenarios": rows,
    }


def scenario_record(comparison: ScenarioComparison) -> dict[str, Any]:
    """A comparison of scenarios as plain data: what ``tradetarget scenarios --json`` writes.

    Returns
    -------
    dict
        schema_version; the question's fields as in ``forecast_record``; model, baseline and ``scenarios``, a list with
        name, description, source, adjustments, the answer's fields, and the difference from the baseline by year with
        its largest standard error (paired: on the same random numbers); seed, n_paths, version. With several series
        or targets the question and its scenarios stand in a list, ``cases``.
    """
    cases = [_case(c) for c in comparison.cases]
    return {
        "schema_version": SCHEMA_VERSION,
        **(cases[0] if len(cases) == 1 else {"cases": cases}),
        "seed": comparison.seed,
        "n_paths": comparison.n_paths,
        "version": tradetarget.__version__,
    }
