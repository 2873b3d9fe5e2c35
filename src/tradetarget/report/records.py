"""Answers as plain data, ready for JSON: years are strings, what is not within the horizon is None."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import tradetarget
from tradetarget.checks import checked_levels, made, takes
from tradetarget.forecasting.single import interval_ends
from tradetarget.observations import TradeSeries
from tradetarget.reading.dates import period_words, year_period
from tradetarget.reading.periods import DECEMBER
from tradetarget.reading.record import together
from tradetarget.report.assumptions import assumptions_record
from tradetarget.report.provenance import as_of, reporter
from tradetarget.report.tallies import promises_like, tally_record
from tradetarget.targets import HittingTime, Target

if TYPE_CHECKING:
    from tradetarget.forecasting.single import Forecast
    from tradetarget.scenarios.comparison import Case, ScenarioComparison

SCHEMA_VERSION = 2
"""Version of the records; it rises when a key is renamed, removed or changes its meaning, and with 0.2, which added
``by``, ``intervals`` and ``quantiles`` and left every older key as it was."""
LEVELS = (0.5, 0.8, 0.9)
"""Coverages of the intervals in JSON unless others are asked for. Those of the fan."""


def as_text(value: object) -> str | None:
    """A unit, year or target as JSON has it; None stays None."""
    return None if value is None else str(value)


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
    unit = as_text(target.unit)
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
        "deadline": as_text(target.deadline),
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


@takes(answer=made("HittingTime"))
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
        "already_reached": as_text(answer.already_reached),
        "probability_by": by_year(answer.years, answer.probability),
        **months_of,
        **_periods(answer),
        "probability_within_horizon": float(answer.probability_within_horizon),
        "median": as_text(answer.median),
        "interval_80": [as_text(low), as_text(high)],
        "standard_error": answer.standard_error,
        "by": by_record(answer),
    }


def by_record(answer: HittingTime) -> dict[str, Any] | None:
    """The goal with a date: {year, probability}; None without a deadline."""
    deadline = answer.target.deadline
    return None if deadline is None else {"year": str(deadline), "probability": answer.probability_by_deadline}


def intervals_record(answer: HittingTime, levels: Iterable[float]) -> dict[str, list[str | None]]:
    """Central intervals of the year by their coverage: {"0.8": ["2026", null]}."""
    return {f"{level:.6g}": [as_text(p) for p in answer.interval(level)] for level in levels}


def quantiles_record(forecast: Forecast, levels: Iterable[float]) -> dict[str, dict[str, float]]:
    """Quantiles of the level: {year: {probability: level}}, the median and the ends of each interval."""
    table = forecast.quantiles(interval_ends(levels))
    return {
        str(int(year)): {f"{q:.6g}": float(x) for q, x in zip(table.columns, row, strict=True)}
        for year, row in zip(table.index, table.to_numpy(), strict=True)
    }


@takes(forecast=made("Forecast"))
def forecast_record(forecast: Forecast, levels: Iterable[float] | None = None) -> dict[str, Any]:
    """A forecast as plain data: what ``tradetarget forecast --json`` writes, but for the other sides.

    Parameters
    ----------
    forecast
        The answer.
    levels
        Coverages of ``intervals`` and ``quantiles``; default 50, 80 and 90 %.

    Returns
    -------
    dict
        schema_version, series, flow, unit (of every level), reporter, as_of, data_through, last {period, value},
        target {value, unit, event}, occurrence, sustained, deadline, model, already_reached,
        probability_by {year: p} (and probability_by_month of monthly events), probability_within_horizon,
        median, interval_80 [low, high], required_growth {year: fraction a year}, standard_error, seed,
        version, assumptions {size_class, models, revision, plausibility} (see ``assumptions_record``), read_as (how a
        file was understood, where the series is of one), by {year, probability} (None without a deadline; 1 or 0
        where the data cover it), intervals {coverage: [low, high]} of the year, quantiles {year: {probability: level}}
        of the level, from simulated paths, promises (announced targets that asked for as much growth, as in
        ``tally_record``; None without a deadline ahead, and for a series that is not of two sides); for fiscal years
        also year_end, last_year_in_words and periods {year: months}. Years are strings; "not within the horizon", "not
        so far" and an exact law's standard error are None.
    """
    wanted = LEVELS if levels is None else checked_levels(levels)
    required = forecast.required_growth()
    answer = hitting_time_record(forecast.hitting_time)
    like = promises_like(forecast)
    error, by = answer.pop("standard_error"), answer.pop("by")
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
        "by": by,
        "intervals": intervals_record(forecast.hitting_time, wanted),
        "quantiles": quantiles_record(forecast, wanted),
        "promises": None if like is None else tally_record(like),
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


@takes(comparison=made("ScenarioComparison"))
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
