"""Evidence gathered from a series: which readings count, which totals are known, how seasonal the pair is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from tradetarget.checks import made, optional, takes, truth, year
from tradetarget.errors import SettingError
from tradetarget.nowcasting.evidence import Evidence
from tradetarget.nowcasting.readings import Interval, Readings, SetAside, readings
from tradetarget.nowcasting.rows import relative_sizes, rows_of
from tradetarget.nowcasting.shares import ShareLaw
from tradetarget.observations import TradeSeries
from tradetarget.observations.tiling import MONTHS, sum_of
from tradetarget.units import Unit

SEASONALITY = ((1.0, 0.90), (3.0, 0.04), (10.0, 0.03), (30.0, 0.02), (100.0, 0.01))
"""How many times the panel's variance a pair's own season may have, and how common that is. The frequencies that make
the months of 105 partners of the United States most probable, each under a law estimated without it
(benchmarks/month_coverage.py). A few are far more seasonal than a normal law allows."""


QUARTERS = (3.0, 6.0, 9.0)  # months from January, as calendar quarters end


@takes(series=made("TradeSeries"), after_year=year, law=optional(made("ShareLaw")), every_month=truth)
def evidence_for(
    series: TradeSeries, after_year: int, law: ShareLaw | None = None, *, every_month: bool = False
) -> Evidence | None:
    """What ``series`` says about the years after ``after_year``, its calendar-year totals up to then taken as known.

    Parameters
    ----------
    series
        One side's statements.
    after_year
        The last complete year: a forecast's origin.
    law
        Of the shares; the shipped one when None.
    every_month
        Whether months enter one by one, for splitting years; otherwise as ``at_quarters`` has them, which tells more
        of a running year's total.

    The last complete year counts too where parts that cover it, such as its months or quarters, are published: a strong
    end of it foretells growth in the next, so that they are evidence about the year after even before that one has any
    figure. Other parts of it are not taken so: what was announced during a year and the total as it was revised
    later are seldom of one table.

    Returns
    -------
    Evidence or None
        None where no statement is about a later year, and no parts that cover the last complete one are published.

    Raises
    ------
    DataError
        As ``readings`` does, and when the series has no complete year.
    SettingError
        When ``after_year`` is not one of its complete years.
    """
    stated = readings(series)
    later = [r.year for r in stated.used if r.year > after_year]
    if not later:
        if after_year not in series.tilings or MONTHS not in series.tilings[after_year].cumulated:
            return None
        later = [after_year + 1]
    totals = _totals_through(after_year, series)
    if after_year not in totals:
        raise SettingError(f"{after_year} is not a complete year of {series.label}: give one, such as {max(totals)}")
    between = range(after_year, max(later) + 1)
    usable = tuple(r for r in stated.used if r.year > after_year or totals.keys() >= r.years)
    stated = as_one_table(stated._replace(used=usable), series, totals)
    if not every_month and any(r.year > after_year and r.of_parts for r in usable):
        stated = at_quarters(stated, totals)
    return build_evidence(stated, totals, between, series.unit, law or ShareLaw.shipped())


@takes(series=made("TradeSeries"), through_year=year, law=optional(made("ShareLaw")))
def past_evidence(series: TradeSeries, through_year: int, law: ShareLaw | None = None) -> Evidence:
    """What parts of the complete years up to ``through_year`` say of the pair's season; no year is unknown.

    Raises
    ------
    DataError
        As ``evidence_for``.
    """
    stated = readings(series)
    totals = _totals_through(through_year, series)
    usable = tuple(r for r in stated.used if totals.keys() >= r.years)
    stated = as_one_table(stated._replace(used=usable), series, totals)
    return build_evidence(stated, totals, (), series.unit, law or ShareLaw.shipped())


def at_quarters(stated: Readings, totals: dict[int, float]) -> Readings:
    """Of sums of parts from January those to the end of a quarter, and to the last month of a year without a total.

    An odd month of a small pair says too much when every month is a row: with quarters the error of a nowcast from nine
    months is 7 % smaller, and its intervals hold what they say (docs/months.md).
    """
    sums = [r for r in stated.used if r.of_parts and r.window.start == 0.0 and not r.window.is_whole]
    latest = {max(r.window.end for r in sums if r.year == y) for y in {r.year for r in sums} - totals.keys()}
    kept = {*QUARTERS, *latest}
    dropped = {id(r) for r in sums if r.window.end not in kept}
    return stated._replace(used=tuple(r for r in stated.used if id(r) not in dropped))


def as_one_table(stated: Readings, series: TradeSeries, totals: dict[int, float]) -> Readings:
    """Parts that cover a year set to its total, where this was revised since: their shares are what they tell."""
    covered = {y: t.cumulated[MONTHS] for y, t in series.tilings.items() if y in totals and MONTHS in t.cumulated}
    # Parts that are all 0 beside a total that is not have no shares; ``readings`` sets them aside.
    factor = {y: totals[y] / total for y, terms in covered.items() if (total := sum_of(terms)) > 0.0}
    used = tuple(
        replace(r, interval=Interval(*(end * factor[r.year] for end in r.interval)), is_preliminary=False)
        if r.year in factor and r.of_parts and not r.window.is_whole
        else r
        for r in stated.used
    )
    return stated._replace(used=used)


def _totals_through(last: int, series: TradeSeries) -> dict[int, float]:
    """The calendar-year totals of the years up to ``last``."""
    years, levels = series.annual_arrays()
    return {y: v for y, v in zip(years.tolist(), levels.tolist(), strict=True) if y <= last}


def build_evidence(
    stated: Readings, totals: dict[int, float], also: Iterable[int], unit: Unit | None, law: ShareLaw
) -> Evidence:
    """Evidence from readings, the totals taken as known, and years that belong in although no reading touches them."""
    counted, aside = [], list(stated.set_aside)
    for r in stated.used:
        if r.window.is_whole and r.years <= totals.keys():
            continue
        if r.kind == "level" and np.exp(r.log_moments[0]) >= totals.get(r.year, np.inf):
            why = f"{r.text} of about {np.exp(r.log_moments[0]):.3g} is not below the year's {totals[r.year]:g}"
            aside += [SetAside(o, why) for o in r.observations]
            continue
        counted.append(r)
    touched = (y for r in counted for y in r.years)
    years = np.array(sorted({*touched, *also, *totals}), dtype=np.int64)
    log_known = np.array([np.log(totals[y]) if y in totals else np.nan for y in years.tolist()])
    size = relative_sizes(years, totals, counted, unit, law)
    parts = rows_of([r for r in counted if not r.window.is_whole], years, log_known, size, law)
    wholes = rows_of([r for r in counted if r.window.is_whole], years, log_known, size, law)
    return _as_seasonal(Evidence(law, years, log_known, size, parts, wholes, tuple(aside)))


def _as_seasonal(evidence: Evidence) -> Evidence:
    """The evidence under the seasonality that the known years make most probable."""
    if evidence.parts.n_known == 0:
        return evidence
    law = evidence.law
    views = [replace(evidence, law=replace(law, persistent=factor * law.persistent)) for factor, _ in SEASONALITY]
    scores = [v.log_density_of_known() + np.log(p) for v, (_, p) in zip(views, SEASONALITY, strict=True)]
    return views[int(np.argmax(scores))]
