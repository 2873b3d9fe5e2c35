"""What in a series a careful reader would ask about: notes, which never block an answer."""

from __future__ import annotations

import re
from itertools import pairwise
from math import exp, log
from typing import NamedTuple

from tradetarget.checks import made, takes
from tradetarget.observations.exchange import factor_between
from tradetarget.observations.series import TradeSeries
from tradetarget.observations.tiling import MONTHS, half_width, sum_of, sum_text
from tradetarget.units import Unit

UNIT_SLIPS = (1e3, 1e6)
"""Steps between the scales that tables are in."""
SLIP_REACH = 3.0
"""Factor by which a change may miss a step between scales and still look like one. Judgement. Trade itself seldom moves
threefold in a year, and three steps of it do not meet the next scale."""
RARE_JUMPS = ((100.0, 2.54), (10.0, 3.73), (1.0, 4.85), (0.0, 8.32))
"""Smaller total of two neighbouring years, million dollars, and the absolute log change that 1 in 10,000 such pairs of
years exceed: 280,954 annual changes of 15,828 one-sided series of 1962-2016 (benchmarks/annual_jumps.py)."""
USUAL_SIZE = 10.0
"""Million dollars. The bound for a series whose unit is not stated or has no rate. Judgement. Most users' pairs are
larger."""
FEWEST_CONSTANT = 3
"""Equal totals that are called constant. Two may be equal once they are rounded. Judgement."""

STATED_AGREE = 1e-3
"""Share of a stated total by which its parts may miss it beyond their rounding. Judgement. Offices revise months and
total on different days, and a thousandth moves no answer."""


class Split(NamedTuple):
    """A country that split or joined: the first year after it, what happened, and who is concerned."""

    year: int
    what: str
    names: tuple[str, ...]


SPLITS = (
    Split(1972, "Bangladesh left Pakistan", ("PAK", "Pakistan", "BGD", "Bangladesh")),
    Split(1991, "the two Germanies became one", ("DEU", "Germany", "West Germany", "DDR", "East Germany")),
    Split(1991, "the two Yemens became one", ("YEM", "Yemen")),
    Split(
        1992,
        "the Soviet Union split",
        (
            "SUN", "USSR", "Soviet Union", "RUS", "Russia", "Russian Federation", "UKR", "Ukraine", "BLR", "Belarus",
            "KAZ", "Kazakhstan", "UZB", "Uzbekistan", "KGZ", "Kyrgyzstan", "TJK", "Tajikistan", "TKM", "Turkmenistan",
            "ARM", "Armenia", "AZE", "Azerbaijan", "GEO", "Georgia", "MDA", "Moldova", "EST", "Estonia", "LVA",
            "Latvia", "LTU", "Lithuania",
        ),
    ),
    Split(
        1992,
        "Yugoslavia split",
        (
            "YUG", "Yugoslavia", "SRB", "Serbia", "HRV", "Croatia", "SVN", "Slovenia", "BIH", "Bosnia and Herzegovina",
            "MKD", "Macedonia", "North Macedonia", "MNE", "Montenegro",
        ),
    ),
    Split(1993, "Czechoslovakia split",
          ("CSK", "Czechoslovakia", "CZE", "Czechia", "Czech Republic", "SVK", "Slovakia")),
    Split(1993, "Eritrea left Ethiopia", ("ETH", "Ethiopia", "ERI", "Eritrea")),
    Split(1999, "Belgium and Luxembourg ceased to report together", ("BLX", "BEL", "Belgium", "LUX", "Luxembourg")),
    Split(2000, "the members of the Southern African Customs Union ceased to report together",
          ("ZAF", "South Africa", "NAM", "Namibia", "BWA", "Botswana", "LSO", "Lesotho", "SWZ", "Eswatini")),
    Split(2006, "Serbia and Montenegro split", ("SCG", "Serbia and Montenegro", "SRB", "Serbia", "MNE", "Montenegro")),
    Split(2011, "the Netherlands Antilles were dissolved", ("ANT", "Netherlands Antilles", "CUW", "Curacao")),
    Split(2012, "South Sudan left Sudan", ("SDN", "Sudan", "SSD", "South Sudan")),
)  # fmt: skip
"""First year after each in which those concerned have annual statistics of their own; the dates are of the events."""


@takes(series=made("TradeSeries"))
def plausibility_notes(series: TradeSeries) -> tuple[str, ...]:
    """Notes on one side's series: odd totals, and parts of a year that disagree.

    Parameters
    ----------
    series
        Of one reporter.

    Returns
    -------
    tuple of str
        Whole sentences, each naming the year; empty where there is nothing to ask.

    Raises
    ------
    DataError
        When several reporters state the flow.
    """
    return (*odd_totals(series), *_disagreements(series))


def odd_totals(series: TradeSeries) -> tuple[str, ...]:
    """Notes on the totals: units that may have slipped, rare jumps, constancy, countries that split.

    Raises
    ------
    DataError
        When several reporters state the flow.
    """
    totals = {year: total.value for year, total in series.totals.items()}
    slips = _unit_slips(totals)
    return (
        *slips.values(),
        *_jumps(totals, series.unit, frozenset(slips)),
        *_constancy(totals),
        *_splits(series, totals),
    )


def _unit_slips(totals: dict[int, float]) -> dict[int, str]:
    """Years that are 1,000 or a million times their neighbours, or the fraction: by the year of the change."""
    notes: dict[int, str] = {}
    years = list(totals)
    # The first and the last year have one neighbour; they come last, so that this one is not blamed on them.
    for i in (*range(1, len(years) - 1), *{0, len(years) - 1}):
        year, beside = years[i], [y for y in years[max(i - 1, 0) : i + 2] if y != years[i]]
        if len(beside) == 1 and beside[0] in notes:
            continue
        neighbours = [totals[y] for y in beside]
        steps = [_slip(totals[year] / other) for other in neighbours]
        if steps and all(s == steps[0] and s != 1.0 for s in steps):
            ratio = exp(sum(log(totals[year] / other) for other in neighbours) / len(neighbours))
            years_beside = "year beside it" if len(neighbours) == 1 else "years beside it"
            notes[year] = (
                f"The total of {year}, {totals[year]:.6g}, is {_times(ratio)} that of the {years_beside}: was it "
                "written in another unit?"
            )
    explained = {y for i, y in enumerate(years) for k in (i - 1, i, i + 1) if 0 <= k < len(years) and years[k] in notes}
    for before, year in pairwise(years):
        ratio = totals[year] / totals[before]
        if _slip(ratio) != 1.0 and not {before, year} <= explained:
            notes[year] = f"From {year} on the totals are {_times(ratio)} those to {before}: did the unit change?"
    return notes


def _times(ratio: float, digits: str = ".0f") -> str:
    """A ratio in words: "1,000 times", "one 1,000th of"."""
    return f"{ratio:,{digits}} times" if ratio > 1.0 else f"one {1.0 / ratio:,{digits}}th of"


def _slip(ratio: float) -> float:
    """The step between scales, or its inverse, that a ratio looks like; 1 where it looks like none."""
    for step in (*UNIT_SLIPS, *(1.0 / s for s in UNIT_SLIPS)):
        if abs(log(ratio / step)) < log(SLIP_REACH):
            return step
    return 1.0


def _jumps(totals: dict[int, float], unit: Unit | None, slips: frozenset[int]) -> list[str]:
    """Annual changes that 1 in 10,000 of the panel's exceed, but for those that look like another unit."""
    notes = []
    for before, year in pairwise(totals):
        if year - before != 1 or slips & {before, year}:
            continue
        change = log(totals[year] / totals[before])
        scale = None if unit is None else factor_between(unit, Unit("USD", 6), year)
        size = USUAL_SIZE if scale is None else min(totals[before], totals[year]) * scale[0]
        bound = next(b for smallest, b in RARE_JUMPS if size >= smallest)
        if abs(change) > bound:
            notes.append(
                f"The total of {year} is {_times(exp(change), '.3g')} that of {before}. Of pairs of its size 1 in "
                f"10,000 annual changes exceeds a factor of {exp(bound):,.3g}: check both figures."
            )
    return notes


def _constancy(totals: dict[int, float]) -> list[str]:
    """A series that never changes."""
    if len(totals) < FEWEST_CONSTANT or len(set(totals.values())) > 1:
        return []
    return [f"All {len(totals)} totals are {next(iter(totals.values())):g}: statistics of trade are never constant."]


def _splits(series: TradeSeries, totals: dict[int, float]) -> list[str]:
    """Countries of the series that split or joined between its first and its last total."""
    words = re.split(r"[^\w ]+", f"{series.name}-{'-'.join(series.reporters)}")
    spoken = {w.strip().casefold() for w in words} | {w.casefold() for w in re.findall(r"\w+", series.name)}
    notes = []
    for split in SPLITS:
        named = [n for n in split.names if n.casefold() in spoken]
        if named and any(y < split.year for y in totals) and any(y >= split.year for y in totals):
            notes.append(
                f"Until {split.year - 1} statistics are of other territories ({split.what}), and the totals go back to "
                f"{min(totals)}: check that {max(named, key=len)} is the same throughout."
            )
    return notes


def _disagreements(series: TradeSeries) -> list[str]:
    """Parts of a year that contradict one another, or their year's stated total."""
    notes = []
    for year, tiling in series.tilings.items():
        notes += [f"Parts of {year} disagree: {d.reason}; the former does not count." for d in tiling.disagreements]
        total, terms = series.totals.get(year), tiling.cumulated.get(MONTHS)
        if total is None or total.is_sum or terms is None:
            continue
        reach = sum(half_width(t.observation) for t in terms) + half_width(total.parts[0])
        gap = abs(total.value - sum_of(terms)) - reach
        if gap > STATED_AGREE * total.value:
            notes.append(
                f"The total of {year} was stated as {total.value:.6g}, and {sum_text(terms)} come to "
                f"{sum_of(terms):.6g}: the stated total counts."
            )
    return notes
