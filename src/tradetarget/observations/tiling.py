"""Parts of a year that say what its months from the first come to: quarters, half-years, months, cumulated figures.

A level of the months a to b of a year says that C(b) - C(a) = v, where C(k) is the sum of its first k months and
C(0) = 0. Figures are read in order of precedence; one that ties two boundaries not tied so far is used, and one whose
boundaries are tied already has to agree with them to the rounding of all figures involved. The year's total is C(12),
wherever the figures tie 12 to 0: by four quarters, by nine months and a quarter, or by differences of cumulated
figures. This is Kruskal's algorithm (1956, doi:10.1090/S0002-9939-1956-0078686-7) on thirteen boundaries.

Precedence: undated figures first, because they are of the table as it stands today; then those known later; then finer
rounding, that of the finest figure for a period of the same length; then shorter periods.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from tradetarget.observations.observation import NEAR, Observation

MONTHS = 12  # a year
MOST_PERIODS_NAMED = 4
"""Figures up to which a message names the period of each. Judgement, so that four quarters still are."""
RELATIVE_TOLERANCE = 1e-4
"""Relative distance at which figures still agree, beyond their rounding. Judgement, because figures that were converted
or summed before they were written down agree no better."""


class Term(NamedTuple):
    """A figure in a sum, added (1) or taken away (-1)."""

    sign: int
    observation: Observation


class Disagreement(NamedTuple):
    """A figure that others of its year contradict, what these come to in its place, and by how much they are apart."""

    observation: Observation
    implied: float
    terms: tuple[Term, ...]

    @property
    def gap(self) -> float:
        """Distance between the figure and what the others come to, beyond the rounding of all of them."""
        reach = sum(half_width(t.observation) for t in self.terms) + half_width(self.observation)
        return max(0.0, abs(self.observation.value - self.implied) - reach)

    @property
    def reason(self) -> str:
        """What is wrong, in words.

        Such as "2024Q1 is 12.5, but 2024-01 + 2024-02 + 2024-03 come to 11.9: 0.55 apart".
        """
        o = self.observation
        others = f"{sum_text(self.terms)} {'come' if len(self.terms) > 1 else 'comes'} to {self.implied:.6g}"
        return f"{o.period} is {o.value:.6g}, but {others}: {self.gap:.3g} apart"


@dataclass(frozen=True)
class Tiling:
    """What the figures of one year tie together.

    Parameters
    ----------
    cumulated
        By boundary k, 1 to 12, the figures whose sum is that of the first k months; boundaries that are not tied to the
        year's start are left out.
    disagreements
        Figures that contradict those of higher precedence, and so do not count.
    """

    cumulated: dict[int, tuple[Term, ...]]
    disagreements: tuple[Disagreement, ...]


def month_span(o: Observation) -> tuple[int, int] | None:
    """First month of the period and the month after its last, counted from January of year 0; None for part months.

    >>> month_span(Observation(start=date(2019, 1, 1), end=date(2019, 9, 30), value=2.6))
    (24228, 24237)
    """
    if not o.is_whole_months:
        return None
    return MONTHS * o.start.year + o.start.month - 1, MONTHS * o.end.year + o.end.month


def by_year(observations: Iterable[Observation], first_month: int = 1) -> dict[int, list[Observation]]:
    """Levels of whole months that are a part of one year, by the calendar year in which that year ends.

    Parameters
    ----------
    observations
        One reporter's; of several about one period the latest known counts. Bounds and growth rates are left out.
    first_month
        The month in which a year starts: 1 for calendar years, 4 for years that end in March.
    """
    latest = {(o.start, o.end): o for o in sorted(observations, key=lambda o: o.known_from) if o.states_level}
    years: dict[int, list[Observation]] = {}
    for o in latest.values():
        span = month_span(o)
        if span is None or span[1] - span[0] >= MONTHS:
            continue
        year = year_of(span[0], first_month)
        if year == year_of(span[1] - 1, first_month):
            years.setdefault(year, []).append(o)
    return years


def year_of(month: int, first_month: int = 1) -> int:
    """The calendar year in which the year that holds ``month`` (from ``month_span``) ends."""
    start = month - (month - (first_month - 1)) % MONTHS
    return (start + MONTHS - 1) // MONTHS


def tile(figures: Iterable[Observation], first_month: int = 1) -> Tiling:
    """Tie the figures of one year together; see the module.

    Parameters
    ----------
    figures
        Levels of whole months that lie in one year, one a period: from ``by_year``.
    first_month
        As in ``by_year``.
    """
    # Each boundary has the root of its component and the terms that lead from the root to it.
    place: dict[int, tuple[int, tuple[Term, ...]]] = {k: (k, ()) for k in range(MONTHS + 1)}
    disagreements = []
    for o in _by_precedence(list(figures)):
        first, after = month_span(o) or (0, 0)
        start = (first - (first_month - 1)) % MONTHS
        (root, to_start), (other, to_end) = place[start], place[start + after - first]
        if root == other:
            terms = _reduced((*to_end, *_negated(to_start)))
            disagreement = Disagreement(o, sum_of(terms), terms)
            if disagreement.gap > RELATIVE_TOLERANCE * o.value:
                disagreements.append(disagreement)
            continue
        link = (*to_start, Term(1, o), *_negated(to_end))
        place |= {k: (root, _reduced((*link, *terms))) for k, (r, terms) in place.items() if r == other}
    origin, to_origin = place[0]
    cumulated = {
        k: _reduced((*terms, *_negated(to_origin))) for k, (r, terms) in place.items() if r == origin and k > 0
    }
    return Tiling(cumulated, tuple(disagreements))


def sum_of(terms: Iterable[Term]) -> float:
    """The sum of signed figures, in the unit of the series."""
    return float(np.sum([t.sign * t.observation.value for t in terms]))


def sum_text(terms: Iterable[Term]) -> str:
    """A sum by its periods: "2024-01/2024-09 + 2024-10/2024-12"; "2024-01 to 2024-12 (12 parts)" where it is long."""
    terms = tuple(terms)
    if len(terms) > MOST_PERIODS_NAMED and all(t.sign > 0 for t in terms):
        first, last = terms[0].observation.period, terms[-1].observation.period
        return f"{first.partition('/')[0]} to {last.rpartition('/')[2]} ({len(terms)} parts)"
    text = "".join(f" {'+' if t.sign > 0 else '-'} {t.observation.period}" for t in terms)
    return text.removeprefix(" + ").strip()


def half_width(o: Observation) -> float:
    """How far the figure may be from what was measured: half its rounding step, or the reach of "about".

    Where no rounding is given it is read off the figure: half a unit of its last digit that is not 0.

    >>> half_width(Observation(start=date(2024, 1, 1), end=date(2024, 3, 31), value=446.2))
    0.05
    """
    if o.qualifier == "about":
        return NEAR * abs(o.value) if o.rounding is None else o.rounding
    return 0.5 * (_last_digit(o.value) if o.rounding is None else o.rounding)


def _last_digit(value: float) -> float:
    """The place of the last digit that is not 0, to twelve digits: what is left by a change of scale stays the same."""
    exponent = Decimal(f"{value:.12g}").normalize().as_tuple().exponent
    return float(10.0 ** int(exponent)) if value else 0.0


def _by_precedence(figures: list[Observation]) -> list[Observation]:
    """Figures in the order in which they count; see the module."""
    finest: dict[int, float] = {}
    for o in figures:
        width = half_width(o) if o.value else np.inf  # a 0 has no digits that would say how fine it is
        finest[_length(o)] = min(width, finest.get(_length(o), np.inf))

    def rank(o: Observation) -> tuple[bool, int, float, int, date]:
        dated = o.as_of is not None
        return dated, -o.known_from.toordinal() if dated else 0, finest[_length(o)], _length(o), o.start

    return sorted(figures, key=rank)


def _length(o: Observation) -> int:
    first, after = month_span(o) or (0, 0)
    return after - first


def _negated(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(Term(-t.sign, t.observation) for t in terms)


def _reduced(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms in order of period, without those that cancel one another; a period has one figure."""
    kept: dict[tuple[date, date], Term] = {}
    for t in terms:
        period = t.observation.start, t.observation.end
        before = kept.get(period)
        kept[period] = t if before is None else Term(before.sign + t.sign, t.observation)
    return tuple(kept[period] for period in sorted(kept) if kept[period].sign)
