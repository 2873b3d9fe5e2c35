"""Part-year figures of members and of the region, as evidence on the totals of the years after the origin.

A member's own part-year figures are evidence on its own total (:mod:`tradetarget.nowcasting`). A regional figure of
some months says something of the members that have no figure for the same months: less the known members', it is a
part-year figure of the sum of the others. So a regional 4.1 for January-September beside a bilateral 2.6 says 1.5 for
the others, and where nothing bilateral is known it weighs all members together. Each figure counts once.

The evidence of different members is taken as independent given their totals: seasons that a region shares are not
known to the law of shares. A member whose later year is known in full needs no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tradetarget.models.interface import LARGEST_LOG
from tradetarget.nowcasting import Evidence, evidence_for, log_likelihood
from tradetarget.observations import Observation, TradeSeries
from tradetarget.systems.system import TradeSystem

Array = NDArray[np.float64]


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
        chosen = np.clip(log_levels[list(self.members), : self.n_years], -LARGEST_LOG, LARGEST_LOG)
        total = chosen[0] if len(chosen) == 1 else np.log(np.exp(chosen).sum(axis=0))
        return log_likelihood(self.evidence, total.T, self.log_origin)


def partials_of(system: TradeSystem) -> tuple[Partial, ...]:
    """What part-year figures after the system's origin say of its members; none where there are none."""
    found = []
    for i, s in enumerate(system.members):
        found += _evidence(system, (i,), replace(s, observations=tuple(_up_to(s, system.origin))))
    if system.total is not None:
        grouped: dict[tuple[int, ...], list[Observation]] = {}
        for o in _parts(system.total):
            known = {
                i: k for i, s in enumerate(system.members) for k in _parts(s) if (k.start, k.end) == (o.start, o.end)
            }
            others = tuple(i for i in range(len(system.members)) if i not in known)
            left = o.value - sum(k.value for k in known.values())
            if others and left > 0.0:
                widths = [x.rounding or 0.0 for x in (o, *known.values())]
                rounding = sum(widths) if any(widths) else None
                grouped.setdefault(others, []).append(replace(o, value=left, rounding=rounding))
        for others, statements in grouped.items():
            found += _evidence(system, others, _sum(system, others, statements))
    return tuple(found)


def _parts(series: TradeSeries) -> Iterable[Observation]:
    """Its part-year levels, of several about one period the one known last."""
    levels = [o for o in series if o.states_level and not o.is_whole_year]
    latest = {(o.start, o.end): o for o in sorted(levels, key=lambda o: o.known_from)}
    return [o for o in latest.values() if o.start.year == o.end.year]


def _up_to(series: TradeSeries, origin: int) -> Iterable[Observation]:
    """Its statements without whole years after the origin, which condition the paths exactly."""
    bounded = {o.start.year for o in series if o.is_whole_year and o.kind == "level"}
    known = {y for y in bounded | series.totals.keys() if y > origin}
    return (o for o in series if o.start.year <= origin or (not o.is_whole_year and o.start.year not in known))


def _sum(system: TradeSystem, members: tuple[int, ...], statements: list[Observation]) -> TradeSeries:
    """The sum of some members: their totals up to the origin, and the part-year figures given."""
    table = system.table.iloc[:, list(members)].loc[: system.origin].dropna().sum(axis=1)
    made = TradeSeries.from_annual(table, unit=system.unit, name="the others", flow=system.flow)
    unsigned = [replace(o, reporter=None) for o in statements]
    return replace(made, observations=(*made.observations, *unsigned))


def _evidence(system: TradeSystem, members: tuple[int, ...], series: TradeSeries) -> list[Partial]:
    """The evidence of a series on the years after the origin, as a list of one; empty where there is none."""
    found = evidence_for(series, system.origin)
    if found is None or not found.readings:
        return []
    return [Partial(members, found, float(np.log(sum(system.last[system.labels[i]] for i in members))))]
