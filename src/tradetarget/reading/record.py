"""How a table was understood: what every answer from a file carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

LINES_NAMED = 3  # judgement: enough to find the rows, on one line
OF_ANOTHER = "of another"
"""How the reason starts for rows that belong to another series."""


class Unused(NamedTuple):
    """Rows that stand behind no figure, and why."""

    reason: str
    rows: int
    lines: tuple[int, ...] = ()
    """The first few of them, by line."""
    more: bool = False
    """Whether there are more lines than are named."""

    @classmethod
    def of(cls, reason: str, lines: Sequence[int]) -> Unused:
        """Rows that stand on these lines; in a wide table several of them stand on one."""
        distinct = list(dict.fromkeys(int(n) for n in lines))
        return cls(reason, len(lines), tuple(distinct[:LINES_NAMED]), len(distinct) > LINES_NAMED)

    @property
    def text(self) -> str:
        """The rows in words, as in "2 without a figure (lines 7, 9)" and "1 footnote"."""
        reason = self.reason.removesuffix("s") if self.rows == 1 and not self.lines else self.reason
        return f"{self.rows} {reason}{_lines(self.lines, self.more)}"


@dataclass(frozen=True)
class ReadAs:
    """How a table was understood.

    Parameters
    ----------
    where
        The file or table.
    layout
        Its format and layout, in words.
    periods
        The periods read, in words: "years 2019 to 2024".
    flow
        The flow that was taken.
    unit
        The unit of the figures, in words.
    used
        Number of figures used.
    unused
        Rows that were not used, by reason.
    notes
        Decisions that the reader of an answer should know.
    """

    where: str
    layout: str
    periods: str
    flow: str
    unit: str
    used: int
    unused: tuple[Unused, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unused_text(self) -> str:
        """Rows not used and why, as in "2 without a figure (lines 7, 9), 1 footnote"; "none" where all were used."""
        if not self.unused:
            return "none"
        return ", ".join(u.text for u in self.unused)

    def lines(self) -> list[tuple[str, str]]:
        """Five lines that say how the table was understood."""
        notes = f"; {'; '.join(self.notes)}" if self.notes else ""
        return [
            ("Layout", self.layout),
            ("Periods", self.periods + notes),
            ("Flow", self.flow),
            ("Unit", self.unit),
            ("Rows", f"{self.used:,} used; not used: {self.unused_text}"),
        ]

    def sentence(self) -> str:
        """The same in one sentence."""
        notes = f"; {'; '.join(self.notes)}" if self.notes else ""
        return f"{self.layout}; {self.periods}{notes}; {self.used:,} rows used, not used: {self.unused_text}"

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "file": self.where,
            "layout": self.layout,
            "periods": self.periods,
            "flow": self.flow,
            "unit": self.unit,
            "rows_used": self.used,
            "rows_not_used": [{"reason": u.reason, "count": u.rows, "lines": list(u.lines)} for u in self.unused],
            "notes": list(self.notes),
        }


def together(readings: Sequence[ReadAs]) -> ReadAs:
    """How a file was understood from which several series were taken."""
    first = readings[0]
    if len(readings) == 1:
        return first

    def every(name: str) -> str:
        return ", ".join(dict.fromkeys(str(getattr(r, name)) for r in readings))

    # Rows of another series are not used by one series but by the next, so that only what all left out is left out.
    unused = tuple(u for u in first.unused if all(u in r.unused for r in readings[1:]))
    apart = [u for r in readings for u in r.unused if u not in unused and not u.reason.startswith(OF_ANOTHER)]
    notes = tuple(dict.fromkeys(n for r in readings for n in r.notes))
    totals: dict[str, list[Unused]] = {}
    for u in dict.fromkeys(apart):
        totals.setdefault(u.reason, []).append(u)
    merged = [
        Unused.of(reason, sorted(n for u in us for n in u.lines))._replace(
            rows=sum(u.rows for u in us),
            more=any(u.more for u in us) or len({n for u in us for n in u.lines}) > LINES_NAMED,
        )
        for reason, us in totals.items()
    ]
    return ReadAs(
        first.where, f"{first.layout}, {len(readings)} series", every("periods"), every("flow"), every("unit"),
        sum(r.used for r in readings), (*unused, *merged), notes,
    )  # fmt: skip


def _lines(lines: tuple[int, ...], more: bool) -> str:
    if not lines:
        return ""
    word = "line" if len(lines) == 1 else "lines"
    return f" ({word} {', '.join(map(str, lines))}{', ...' if more else ''})"
