"""Everything in a series that cannot be true at once, and what of it does not count: one look for a reader."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from tradetarget.checks import made, takes
from tradetarget.errors import DataError
from tradetarget.nowcasting.contradictions import Contradiction, contradictions
from tradetarget.nowcasting.readings import SetAside, readings
from tradetarget.observations import TradeSeries
from tradetarget.observations.plausibility import odd_totals
from tradetarget.observations.provenance import stamped


@dataclass(frozen=True)
class StatementCheck:
    """What was found in one series; sides are not held against each other, which ``mirror_table`` does.

    Parameters
    ----------
    series
        The statements that were looked at.
    contradictions
        Groups of statements by one side that cannot all be true, the widest gap first.
    set_aside
        Statements that do not count when years are estimated, and why.
    undecided
        By side, why none of its statements could be set aside: two of one day contradict each other.
    plausibility
        By side, what a careful reader would ask about: ``observations.plausibility``.
    """

    series: TradeSeries
    contradictions: tuple[Contradiction, ...]
    set_aside: tuple[SetAside, ...]
    undecided: tuple[tuple[str | None, str], ...] = ()
    plausibility: tuple[tuple[str | None, str], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a contradiction: reporter, what, kind and gap (see ``Contradiction``), statements (their number)."""
        rows = [(c.reporter, c.what, c.kind, c.gap, len(c.observations)) for c in self.contradictions]
        frame = pd.DataFrame(rows, columns=["reporter", "what", "kind", "gap", "statements"])
        return stamped(frame, self.series.provenance)

    def __repr__(self) -> str:
        counts = f"{len(self.contradictions)} contradictions, {len(self.set_aside)} set aside"
        return f"StatementCheck({self.series.label!r}, {len(self.series)} statements: {counts})"


@takes(series=made("TradeSeries"))
def check_statements(series: TradeSeries) -> StatementCheck:
    """Look for statements that cannot all be true, and for those that do not count.

    Parameters
    ----------
    series
        Statements by any number of sides; those that name no side are looked at as a group of their own.
    """
    aside: list[SetAside] = []
    undecided: list[tuple[str | None, str]] = []
    odd: list[tuple[str | None, str]] = []
    for side in dict.fromkeys(o.reporter for o in series):
        one_side = replace(series, observations=tuple(o for o in series if o.reporter == side))
        try:
            odd += [(side, note) for note in odd_totals(one_side)]
            aside += readings(one_side).set_aside
        except DataError as error:
            undecided.append((side, str(error)))
    once = {a.observation: a for a in reversed(aside)}
    contradicting = tuple(contradictions(series))
    return StatementCheck(series, contradicting, tuple(reversed(once.values())), tuple(undecided), tuple(odd))
