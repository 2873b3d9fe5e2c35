"""Where an answer comes from: the data, their reporter, the date up to which they are known, and remarks on them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import timedelta

from tradetarget.answering.part_years import ESTIMATED
from tradetarget.observations import Observation, TradeSeries
from tradetarget.reading.dates import period_words, year_period
from tradetarget.report.text import amount, plural
from tradetarget.targets import Target
from tradetarget.text_cleaning import one_line

SOURCES_SHOWN = 3
"""Sources named in a summary; the record names all. Judgement, because three addresses fill four lines already."""


def as_of(series: TradeSeries) -> str:
    """The month up to which the data are known: "2026-03"."""
    return f"{series.known_through:%Y-%m}"


def reporter(series: TradeSeries) -> str | None:
    """Whose statistics these are, where the data say."""
    return series.reporters[0] if series.reporters else None


def data_facts(series: TradeSeries, weighed: tuple[Observation, ...] = ()) -> list[tuple[str, str]]:
    """Rows that name the figures behind an answer: the totals, and the statements used as evidence."""
    years, _ = series.annual_arrays()
    missing = int(years[-1] - years[0]) + 1 - years.size
    sums = sum(total.is_sum for total in series.totals.values())
    of_parts = f", {'all' if sums == years.size else sums} summed from parts" if sums else ""
    gaps = f" ({plural(missing, 'year')} missing)" if missing else ""
    span = f"{years[0]}-{years[-1]}" if years.size > 1 else f"{years[0]}"
    unit = f", in {series.unit}" if series.unit else ", no unit stated"
    unit += ", estimated" if is_estimated(series) else ""
    rows = [
        ("Series", one_line(series.label)),
        ("Reporter", reporter(series) or "not stated in the data"),
        ("Data", f"{_totals(years.size, series)}, {span}{gaps}{unit}{of_parts}"),
        ("Known as of", as_of(series)),
    ]
    sources = sources_text(series, weighed)
    rows += [("Source", sources)] if sources else []
    return rows if series.read_as is None else [*rows, ("Read as", series.read_as.sentence())]


def _totals(n: int, series: TradeSeries) -> str:
    if series.year_end == 12:
        return plural(n, "calendar-year total")
    return f"{plural(n, 'total')} of {'a year' if n == 1 else 'years'} ending in {calendar.month_name[series.year_end]}"


def is_estimated(series: TradeSeries) -> bool:
    """Whether its totals were estimated, because nobody stated them."""
    return any(o.stated_by == ESTIMATED for o in series)


def sources_text(series: TradeSeries, weighed: tuple[Observation, ...] = (), most: int = SOURCES_SHOWN) -> str:
    """The first sources of the figures behind an answer; empty where the data name none."""
    sources = sources_behind(series, weighed)
    more = len(sources) - most
    return "; ".join(sources[:most]) + (f"; and {more} more" if more > 0 else "")


def source_fact(*series: TradeSeries) -> list[tuple[str, str]]:
    """The row that names the first sources of one or several series; none where the data name none."""
    sources = list(dict.fromkeys(source for one in series for source in one.sources))
    more = len(sources) - SOURCES_SHOWN
    shown = "; ".join(sources[:SOURCES_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return [("Source", shown)] if sources else []


def sources_behind(
    series: TradeSeries, weighed: tuple[Observation, ...] = (), *, addresses: bool = False
) -> tuple[str, ...]:
    """The sources of the figures behind an answer, in order of first use, with their addresses where they are asked."""
    summed = {o for total in series.totals.values() for o in total.parts}
    behind = (*(o for o in series if o in summed or (o.is_one_month and o.kind == "level")), *weighed)
    named = (" ".join(filter(None, (o.source, o.address if addresses else None))) for o in behind)
    return tuple(dict.fromkeys(name for name in named if name))


def event_text(target: Target) -> str:
    """The event in words: "the total of a calendar year is at or above 5 USD bn"."""
    what = {
        "calendar_year": f"the total of a {_kind_of_year(target)}",
        "rolling_12_months": "the sum of twelve months running",
        "run_rate": "a month, seasonally adjusted and times twelve,",
    }[target.event]
    again = "" if target.occurrence == "first" else ", again after having fallen below it"
    run = f", {run_text(target)}" if target.sustained > 1 else ""
    return f"{what} is at or above {amount(target.value, target.unit)}{run}{again}"


def _kind_of_year(target: Target) -> str:
    end = target.year_end or 12
    return "calendar year" if end == 12 else f"year ending in {calendar.month_name[end]}"


def run_text(target: Target) -> str:
    """How long it has to last: "2 years running"."""
    return f"{target.sustained} {'months' if target.is_monthly else 'years'} running"


def unused(series: TradeSeries, weighed: tuple[Observation, ...] = ()) -> str | None:
    """The figures about years without a total that are not weighed, in words; None where there are none."""
    years = set(series.annual_arrays()[0].tolist())
    left = [o for o in series if o.end.year not in years and o not in weighed]
    part = [o for o in left if o.kind == "level" and not o.is_whole_year]
    bounds = [o for o in left if o.kind == "level" and o.is_whole_year]
    growth = [o for o in left if o.kind == "growth"]
    kinds = ((part, "part-year figure"), (bounds, "figure that is only a bound"), (growth, "growth rate"))
    named = [f"{plural(len(figures), noun)} (latest {figures[-1].period})" for figures, noun in kinds if figures]
    return ", ".join(named) or None


def figure(o: Observation) -> str:
    """What a statement says, in its own words: "2.6", "almost 3", "more than +30 %"."""
    word = "" if o.qualifier == "exact" else f"{o.qualifier} "
    return f"{word}{100 * o.value:+.4g} %" if o.kind == "growth" else f"{word}{o.value:.6g}"


def cite(o: Observation) -> str:
    """A statement as a reader would cite it: "2019-01/2019-09: 2.6", "2019-01/2019-09: +25 %"."""
    return f"{o.period}: {figure(o)}"


def cite_all(observations: Iterable[Observation]) -> list[str]:
    """Statements as a reader would cite them, figures of months that follow one another as one."""
    cited: list[str] = []
    run: list[Observation] = []
    for o in [*observations, None]:
        if run and (o is None or not _is_month(o) or o.start != run[-1].end + timedelta(days=1)):
            cited.append(_months(run))
            run = []
        if o is not None and _is_month(o):
            run.append(o)
        elif o is not None:
            cited.append(cite(o))
    return cited


def _is_month(o: Observation) -> bool:
    return o.is_one_month and o.kind == "level" and o.qualifier == "exact"


def _months(run: list[Observation]) -> str:
    """A run of months: each figure of up to three, then their number."""
    first, last = run[0], run[-1]
    if len(run) <= 3:
        return "; ".join(cite(o) for o in run)
    if len(run) == 12 and first.start.month == 1:
        return f"the months of {first.start.year}"
    return f"{len(run)} months, {first.period} to {last.period}"


def data_notes(
    series: TradeSeries, target: Target, unit_assumed: bool, weighed: tuple[Observation, ...] = ()
) -> list[str]:
    """Notes on the data: a unit taken for granted, figures left out, a past date of knowledge."""
    remarks = []
    if unit_assumed:
        unit = f"in {target.unit}, the target's unit" if target.unit else "in the same unit as the target"
        remarks.append(f"The data do not state a unit: their values are taken to be {unit}.")
    left_out = unused(series, weighed)
    if left_out:
        remarks.append(f"Not used: {left_out}.")
    last = int(series.annual_arrays()[0][-1])
    parts = [o for o in series.totals[last].parts if o.stated_by != ESTIMATED]
    what = "a part of it" if series.totals[last].is_sum else "it"
    if any(o.qualifier == "about" for o in parts):
        remarks.append(f'The total of {last} is taken as it stands, although {what} was stated as "about".')
    if any(o.revision == "preliminary" for o in parts):
        remarks.append(f"The total of {last} is taken as it stands, although {what} is marked as preliminary.")
    if series.year_end != 12:
        remarks.append(
            f"A year is named by the calendar year in which it ends: {last} is "
            f"{period_words(year_period(last, series.year_end))}."
        )
    undated = any(o.as_of is None for o in series)
    if series.vintage is not None and undated:
        remarks.append(
            f"Pseudo-real-time: what was known as of {as_of(series)} is judged by the usual delay of publication, and "
            "the figures are today's revision of it, not those printed then."
        )
    return remarks
