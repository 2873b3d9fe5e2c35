"""What a service gave, as a table that ``TradeSeries`` reads, and a file of it that keeps every vintage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from tradetarget import presenting
from tradetarget.checks import takes, truth
from tradetarget.errors import OutputError
from tradetarget.fetching.areas import Area
from tradetarget.observations import TradeSeries
from tradetarget.observations.observation import Observation
from tradetarget.observations.provenance import stamped
from tradetarget.outputs import as_bytes, checked_path, write_whole
from tradetarget.reading.dates import parse_period

COLUMNS = (
    "series", "flow", "reporter", "partner", "period", "value", "unit", "as_of", "source", "address", "retrieved",
    "vintage",
)  # fmt: skip
_IDENTITY = ("series", "reporter", "partner", "unit")


@dataclass(frozen=True)
class Fetched(presenting.Presented):
    """Figures of one service on one pair, retrieved on one day.

    Parameters
    ----------
    source, title
        The service: "comtrade", "UN Comtrade".
    reporter, partner
        Whose statistics these are, and with whom.
    values
        Levels by flow and year, in ``unit``.
    unit
        "USD" or "EUR".
    retrieved
        The day on which the service was asked.
    vintage
        The date of the last update that the service states; "" where it states none.
    addresses
        The addresses that answered, without keys.
    notes
        What a reader has to know: years left out, and why.
    """

    source: str
    title: str
    reporter: Area
    partner: Area
    values: dict[tuple[str, int], float]
    unit: str
    retrieved: date
    vintage: str
    addresses: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the pair, such as "Kazakhstan-Uzbekistan"."""
        return f"{self.reporter.name}-{self.partner.name}"

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows there are, in alphabetical order."""
        return tuple(sorted({f for f, _ in self.values}))

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year."""
        years = [y for _, y in self.values]
        return min(years), max(years)

    def to_frame(self) -> pd.DataFrame:
        """One row a flow and year, with where it is from: the columns that ``TradeSeries.from_frame`` reads, and more.

        ``as_of`` is empty where the usual delay of an annual figure had passed when it was retrieved, so that older
        years can still be looked at as they were known then (in this vintage); it is the day of retrieval where not.
        """
        stated = f", last updated {self.vintage}" if self.vintage else ""
        source = f"{self.title}, {self.reporter.name} as reporter, retrieved {self.retrieved.isoformat()}{stated}"
        address = " ; ".join(dict.fromkeys(self.addresses))
        rows = [
            (
                self.name, flow, self.reporter.name, self.partner.name, str(year), value, self.unit,
                _known_early(year, self.retrieved), source, address, self.retrieved.isoformat(), self.vintage,
            )
            for (flow, year), value in sorted(self.values.items())
        ]  # fmt: skip
        about = {"series": self.name, "sources": [source], "retrieved": self.retrieved.isoformat()}
        return stamped(pd.DataFrame(rows, columns=list(COLUMNS)), about)

    def series(self, flow: str | None = None) -> TradeSeries:
        """The figures as a series.

        Parameters
        ----------
        flow
            Which one, where several were fetched.

        Raises
        ------
        DataError
            When the choice is left open.
        """
        return TradeSeries.from_frame(self.to_frame(), flow=flow)

    @takes(anew=truth)
    def write(self, path: str | Path, *, anew: bool = False) -> Path:
        """Write the figures as CSV, whole or not at all; an earlier fetch in the file is kept as an earlier vintage.

        Figures that changed since, or are new, are added with the day of retrieval as the day on which they became
        known; what did not change stays as it is. So ``explain_change`` and ``tradetarget news`` can compare the two.

        Parameters
        ----------
        path
            A CSV file.
        anew
            Write over whatever is there.

        Raises
        ------
        OutputError
            When the file cannot be written, or holds anything but an earlier fetch of this pair.
        """
        target = checked_path(path)
        adds = target.exists() and target.stat().st_size and not anew
        frame = self._after(_earlier(target), target) if adds else self.to_frame()
        return write_whole(target, as_bytes(frame.to_csv(index=False, lineterminator="\n")))

    def _after(self, earlier: pd.DataFrame, path: Path) -> pd.DataFrame:
        """The rows of an earlier file, and those of this fetch that say something new."""
        fetched = self.to_frame()
        for column in _IDENTITY:
            present, wanted = sorted(set(earlier[column])), str(fetched[column].iloc[0])
            if present != [wanted]:
                raise OutputError(
                    f"{str(path)!r} holds {column} {', '.join(present)}, not {wanted}: choose another name"
                )
        day = self.retrieved.isoformat()
        # A second fetch on one day takes the place of the first, in the figures that both have.
        again = pd.Series(list(zip(earlier["flow"], earlier["period"], strict=True)), dtype=object).isin(
            list(zip(fetched["flow"], fetched["period"], strict=True))
        )
        kept = earlier[(earlier["as_of"] != day) | ~again.to_numpy()]
        latest = {
            (r.flow, r.period): float(str(r.value)) for r in kept.sort_values("retrieved", kind="stable").itertuples()
        }
        # Figures are written with 17 digits and read back: what differs by less has not been revised.
        new = [
            not math.isclose(latest.get((r.flow, r.period), math.nan), float(str(r.value)), rel_tol=1e-12)
            for r in fetched.itertuples()
        ]
        return pd.concat([kept, fetched[new].assign(as_of=day)], ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Provenance and figures as plain data: what ``tradetarget fetch --json`` writes."""
        figures = [{"flow": f, "period": str(y), "value": v} for (f, y), v in sorted(self.values.items())]
        return {
            "source": self.source,
            "title": self.title,
            "series": self.name,
            "reporter": self.reporter.iso3,
            "partner": self.partner.iso3,
            "unit": self.unit,
            "retrieved": self.retrieved.isoformat(),
            "vintage": self.vintage or None,
            "addresses": list(self.addresses),
            "notes": list(self.notes),
            "figures": figures,
        }

    def summary(self) -> presenting.Summary:
        """What was fetched, from where and when, as text."""
        return presenting.summary(self)

    def __repr__(self) -> str:
        first, last = self.years
        flows = ", ".join(self.flows)
        return f"Fetched({self.title!r}, {self.name!r}, {flows}, {first}-{last}, {self.unit}, {self.retrieved})"


def _known_early(year: int, retrieved: date) -> str:
    """The day of retrieval where an undated annual figure would count as known only later; else ""."""
    start, end = parse_period(year)
    usual = Observation(start=start, end=end, value=1.0).known_from
    return retrieved.isoformat() if retrieved < usual else ""


def _earlier(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (ValueError, OSError) as error:  # pandas' parser errors are kinds of ValueError
        raise OutputError(f"{str(path)!r} exists and is no earlier fetch ({error}): choose another name") from None
    if any(c not in frame.columns for c in COLUMNS):
        raise OutputError(f"{str(path)!r} exists and is no earlier fetch: choose another name, or delete it")
    wrong = frame["value"][pd.to_numeric(frame["value"], errors="coerce").isna()]
    if not wrong.empty:
        raise OutputError(f"{str(path)!r} holds the value {wrong.iloc[0]!r}: correct it, or choose another name")
    return frame
