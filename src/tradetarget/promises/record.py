"""How often announced targets of trade were met in time, and by how much growth they asked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from tradetarget import presenting
from tradetarget.checks import number, several
from tradetarget.datasets import load_promises
from tradetarget.errors import DataError, SettingError, shown
from tradetarget.observations.provenance import stamped
from tradetarget.promises.survival import WaitingCurve, waiting_curve, wilson_interval

KNOWN_THROUGH = 2025
"""The last year whose outcomes the data set knows."""
DATA = "datasets.load_promises: announced targets, found by search, each with its source"
"""What frames of promises say of their data."""

MET, MISSED, UNDECIDED = ("met", "probably_met"), ("missed", "probably_missed"), ("disputed", "unknown")
BANDS = (0.0, 0.10, 0.15, 0.20, math.inf)
"""Edges of the growth a year that promises asked for. Judgement, so that a band holds about ten decided promises."""

NEEDED = (
    "pair", "announced_year", "target_usd_bn", "deadline_year", "level_usd_bn", "level_year", "level_note", "outcome",
    "first_reached_year", "first_mention",
)  # fmt: skip


@dataclass(frozen=True)
class Tally(presenting.Presented):
    """How many promises fell due, and what came of them.

    Parameters
    ----------
    low, high
        The growth a year they asked for, from ``low`` up to but not including ``high``; all where both are None.
    met, missed, undecided
        By the deadline; undecided are those on which sources contradict each other or are silent.
    """

    low: float | None
    high: float | None
    met: int
    missed: int
    undecided: int

    @property
    def due(self) -> int:
        """All that fell due."""
        return self.met + self.missed + self.undecided

    @property
    def decided(self) -> int:
        """Those of which it is known whether they were met."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """The share of the decided ones that were met; None where there are none."""
        return self.met / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson), as if the promises were independent.

        They are not, since one pair promises several times: the interval is too narrow.
        """
        return wilson_interval(self.met, self.decided)

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if every undecided promise was missed, and if every one was met."""
        return (self.met / self.due, (self.met + self.undecided) / self.due) if self.due else (0.0, 1.0)

    def sentence(self) -> str:
        """In words, without a full stop: "of 20 promises that asked for 10 to 15 % a year, 3 were met in time, ..."."""
        words: str = presenting.presenters.present("sentence", self)
        return words

    def summary(self) -> presenting.Summary:
        """The counts, and the share met with its interval, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        return f"Tally({self.sentence()})"


@dataclass(frozen=True, eq=False)
class Promises(presenting.Presented):
    """A table of announced targets, and what came of them.

    Parameters
    ----------
    table
        As ``datasets.load_promises`` gives it; it is not changed.
    known_through
        The last year whose outcomes the table knows.

    Raises
    ------
    DataError
        On a table without one of the columns that are needed.
    """

    table: pd.DataFrame
    known_through: int = KNOWN_THROUGH

    def __post_init__(self) -> None:
        missing = [c for c in NEEDED if c not in self.table.columns]
        if missing:
            raise DataError(f"promises have no column {missing[0]!r}: give a table as datasets.load_promises() does")

    @classmethod
    def shipped(cls) -> Promises:
        """The bundled announcements."""
        return cls(load_promises())

    @cached_property
    def due(self) -> pd.DataFrame:
        """First announcements with a deadline that has passed, with the growth a year that each asked for.

        A target that was announced again is one promise. ``required_growth`` is (target / level)^(1 / years) - 1 from
        the year of the level to the deadline; missing where no level of a whole year was stated. A level without a year
        is taken to be of the year before the announcement.
        """
        table = self.table
        decided = table["outcome"].isin([*MET, *MISSED, *UNDECIDED]) & table["deadline_year"].notna()
        announced = table[decided & table["first_mention"]]
        return announced.assign(required_growth=_required_growth(announced))

    def tally(self) -> Tally:
        """All promises that fell due."""
        return _tally(self.due["outcome"], None, None)

    def by_required_growth(self, bands: Iterable[float] = BANDS) -> pd.DataFrame:
        """What came of them by the growth a year that they asked for.

        Parameters
        ----------
        bands
            The edges, in order, as fractions a year.

        Returns
        -------
        pandas.DataFrame
            One row a band: low, high, due, met, missed, undecided, share, share_low, share_high (95 %, Wilson).
        """
        rows = [
            {
                "low": t.low, "high": t.high, "due": t.due, "met": t.met, "missed": t.missed,
                "undecided": t.undecided, "share": t.share, "share_low": t.interval[0], "share_high": t.interval[1],
            }
            for t in self.tallies(bands)
        ]  # fmt: skip
        return pd.DataFrame(rows).astype({"share": float})

    def tallies(self, bands: Iterable[float] = BANDS) -> tuple[Tally, ...]:
        """The promises of each band of ``by_required_growth``, in order."""
        return tuple(self._between(low, high) for low, high in pairwise(_checked_bands(bands)))

    def like(self, required_growth: float, bands: Iterable[float] = BANDS) -> Tally:
        """The promises that asked for about as much growth a year as a question at hand.

        Parameters
        ----------
        required_growth
            A fraction a year, such as that of ``Forecast.required_growth()`` in the year of the deadline.
        bands
            As in ``by_required_growth``; the band that holds it is counted.

        Returns
        -------
        Tally

        Raises
        ------
        SettingError
            On a growth that is no number above the lowest edge.

        Examples
        --------
        >>> Promises.shipped().like(0.12)
        Tally(of 20 promises that asked for 10 to 15 % a year, 3 were met in time, 8 were not, and of 9 it is not known)
        """
        edges = _checked_bands(bands)
        plain = isinstance(required_growth, int | float | np.floating) and not isinstance(required_growth, bool)
        if not plain or not edges[0] <= required_growth < edges[-1]:
            raise SettingError(
                f"required growth {shown(required_growth)} is no fraction a year from {edges[0]:g} on, such as 0.12: "
                "promises are compared where growth is needed"
            )
        place = int(np.searchsorted(edges, required_growth, side="right"))
        return self._between(edges[place - 1], edges[place])

    def _between(self, low: float, high: float) -> Tally:
        growth = self.due["required_growth"]
        return _tally(self.due["outcome"][(growth >= low) & (growth < high)], low, high)

    @cached_property
    def waiting(self) -> WaitingCurve:
        """How long first announcements waited to be reached, with or without a deadline.

        A target that was not reached is lost from sight after its deadline where it was missed, and after the last
        known year where it is open. Those whose outcome is not known, or that were reached in a year that is not known,
        are left out. A missed target leaves at its deadline unless it is known to have been reached later, so beyond
        the usual deadlines of some five years the curve is too high.
        """
        table = self.table[self.table["first_mention"] & self.table["announced_year"].notna()]
        start = table["announced_year"].to_numpy(dtype=float)
        reached_in = table["first_reached_year"].to_numpy(dtype=float, na_value=np.nan)
        deadline = table["deadline_year"].to_numpy(dtype=float, na_value=np.nan)
        is_open = table["outcome"].isin(["open_dated", "open_undated"]).to_numpy()
        missed = table["outcome"].isin(MISSED).to_numpy()
        last = np.where(is_open, float(self.known_through), np.where(missed, deadline, np.nan))
        end = np.where(np.isnan(reached_in), last, reached_in)
        is_known = ~np.isnan(end) & (end >= start)
        years = (end - start)[is_known].astype(np.int64)
        return waiting_curve(years, ~np.isnan(reached_in)[is_known])

    def to_frame(self) -> pd.DataFrame:
        """The promises that fell due, with the growth a year that each asked for."""
        return stamped(self.due.reset_index(drop=True), {"data": DATA, "known_through": self.known_through})

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data: what ``tradetarget promises --json`` writes."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """How many were met, by how much growth they asked, and how long they waited, as text."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """The waiting curve, and the share met by the growth asked for.

        Parameters
        ----------
        path, ax, figsize
            As in ``Forecast.plot``.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize)

    def __repr__(self) -> str:
        t = self.tally()
        counts = f"{t.due} due: {t.met} met, {t.missed} missed, {t.undecided} undecided"
        return f"Promises({len(self.table)} announcements; {counts})"


def _tally(outcome: pd.Series[str], low: float | None, high: float | None) -> Tally:
    counts = [int(outcome.isin(kinds).sum()) for kinds in (MET, MISSED, UNDECIDED)]
    return Tally(low, high, *counts)


def _required_growth(table: pd.DataFrame) -> pd.Series[float]:
    """Growth a year from the level at the announcement to the target; NaN where the level is of no whole year."""
    year = table["level_year"].fillna(table["announced_year"] - 1).astype(float)
    whole = ~table["level_note"].str.contains("part of the year|probably wrong")
    years = table["deadline_year"].astype(float) - year
    growth = (table["target_usd_bn"] / table["level_usd_bn"]) ** (1.0 / years.where(years > 0)) - 1.0
    return growth.where(whole)


def _edge(value: object, name: str) -> float:
    return math.inf if isinstance(value, float) and value == math.inf else number(value, name)


def _checked_bands(bands: Iterable[float]) -> list[float]:
    edges: list[float] = several(_edge)(bands, "bands")
    if len(edges) < 2 or any(b <= a for a, b in pairwise(edges)):
        raise SettingError(f"bands {edges} are not at least two edges in rising order, such as 0, 0.1, 0.2")
    return edges
