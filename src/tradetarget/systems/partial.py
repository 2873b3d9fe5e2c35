"""Part-year figures and growth of members and of the region, as evidence on the totals after the origin.

The part-year figures and growth rates of a member are evidence on its totals (:mod:`tradetarget.nowcasting`). A
regional figure for some months is evidence on the members that have no figure for the same months: the figures of the
other members are subtracted, and what remains is a part-year figure of the sum of the rest. With a regional 4.1 for
January-September and a bilateral 2.6 for the same months, 1.5 remains for the other members. Where no member has a
figure, the regional one is evidence on the sum of all. Each figure is used once.

The evidence of different members is taken as independent given their totals, because the law of shares has no term for
seasons that a region shares. Part-year figures are not used for a year whose total the member has already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tradetarget.answering.part_years import split_evidence
from tradetarget.answering.question import Question
from tradetarget.arrays import Array
from tradetarget.models.interface import LARGEST_LOG
from tradetarget.nowcasting import Evidence, evidence_for, log_likelihood
from tradetarget.observations import Observation, TradeSeries
from tradetarget.systems.system import TradeSystem


@dataclass(frozen=True)
class Partial:
    """Evidence on the sum of some members, one of them or all.

    Parameters
    ----------
    members
        Their places in the system.
    evidence
        On their sum in the years after the origin.
    log_origin
        Log of their sum at the origin.
    """

    members: tuple[int, ...]
    evidence: Evidence
    log_origin: float

    @property
    def n_years(self) -> int:
        """Years after the origin that it is about."""
        return int(self.evidence.unknown.size)

    def log_weights(self, log_levels: Array) -> Array:
        """(n,) log-likelihood of paths (m, H, n) of all members, up to a constant."""
        log_parts = np.clip(log_levels[list(self.members), : self.n_years], -LARGEST_LOG, LARGEST_LOG)
        total = log_parts[0] if len(log_parts) == 1 else np.log(np.exp(log_parts).sum(axis=0))
        return log_likelihood(self.evidence, total.T, self.log_origin)


def partials_of(system: TradeSystem, questions: Sequence[Question]) -> tuple[Partial, ...]:
    """The evidence that part-year figures after the system's origin give on its members; empty without any.

    Parameters
    ----------
    system
        The data.
    questions
        One a member: their fits hold what the member's own figures say.
    """
    evidence = []
    for i, question in enumerate(questions):
        evidence += _partial(system, (i,), split_evidence(question.fitted)[1])
    if system.total is not None:
        grouped: dict[tuple[int, ...], list[Observation]] = {}
        for o in _parts(system.total):
            reported = {
                i: k for i, s in enumerate(system.members) for k in _parts(s) if (k.start, k.end) == (o.start, o.end)
            }
            others = tuple(i for i in range(len(system.members)) if i not in reported)
            left = o.value - sum(k.value for k in reported.values())
            if others and left > 0.0:
                widths = [x.rounding or 0.0 for x in (o, *reported.values())]
                rounding = sum(widths) if any(widths) else None
                grouped.setdefault(others, []).append(replace(o, value=left, rounding=rounding))
        for others, statements in grouped.items():
            evidence += _partial(system, others, evidence_for(_sum(system, others, statements), system.origin))
    return tuple(evidence)


def _parts(series: TradeSeries) -> Iterable[Observation]:
    """Its part-year levels; where several are about one period, the one published last."""
    levels = [o for o in series if o.states_level and not o.is_whole_year]
    latest = {(o.start, o.end): o for o in sorted(levels, key=lambda o: o.known_from)}
    return [o for o in latest.values() if o.start.year == o.end.year]


def without_later_years(series: TradeSeries, origin: int) -> TradeSeries:
    """The series without levels of whole years after the origin, which condition the paths exactly."""
    bounded = {o.start.year for o in series if o.is_whole_year and o.kind == "level"}
    complete = {y for y in bounded | series.totals.keys() if y > origin}
    kept = (o for o in series if o.start.year <= origin or o.start.year not in complete)
    return replace(series, observations=tuple(kept))


def _sum(system: TradeSystem, members: tuple[int, ...], statements: list[Observation]) -> TradeSeries:
    """The sum of some members: their totals up to the origin, and the part-year figures given."""
    table = system.table.iloc[:, list(members)].loc[: system.origin].dropna().sum(axis=1)
    summed = TradeSeries.from_annual(
        table, unit=system.unit, name="the others", flow=system.flow, year_end=system.year_end
    )
    unsigned = [replace(o, reporter=None) for o in statements]
    return replace(summed, observations=(*summed.observations, *unsigned))


def _partial(system: TradeSystem, members: tuple[int, ...], evidence: Evidence | None) -> list[Partial]:
    """The evidence on the sum of some members, as a list of one; empty where there is none."""
    if evidence is None or not evidence.readings:
        return []
    return [Partial(members, evidence, float(np.log(sum(system.last[system.labels[i]] for i in members))))]
