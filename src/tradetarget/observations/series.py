"""TradeSeries: one flow of one pair or region, with everything that was reported about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.checks import storable, takes, text
from tradetarget.errors import DataError, shown, unknown_name
from tradetarget.observations.constructors import Constructors
from tradetarget.observations.exchange import converted
from tradetarget.observations.observation import Observation
from tradetarget.observations.provenance import stamped
from tradetarget.observations.records import from_json, to_json
from tradetarget.observations.tables import UNNAMED, to_rows
from tradetarget.observations.tiling import Tiling, by_year, tile
from tradetarget.observations.totals import YearTotal, annual_totals, monthly_levels, year_totals
from tradetarget.outputs import as_bytes, write_whole
from tradetarget.reading.dates import from_fiscal, parse_as_of, to_fiscal
from tradetarget.reading.record import ReadAs
from tradetarget.units import Unit


@dataclass(frozen=True)
class TradeSeries(Constructors, presenting.Presented):
    """One flow of one pair or region: its observations, immutable and in order of period.

    Build one with ``from_annual``, ``from_quarterly``, ``from_monthly``, ``from_frame`` or ``from_csv``. Observations
    may be of any mixture of periods; ``annual`` gives the calendar-year totals that growth models are fitted to.

    Parameters
    ----------
    name
        The pair or region: "Kazakhstan-Uzbekistan".
    observations
        Any order; sorted here. Two whole statements by one reporter about one period, known from one date, are
        refused.
    flow
        "turnover" (exports plus imports), "exports", "imports", or a name of the user's own.
    unit
        The unit of every level; None when the data do not say.
    vintage
        Set by ``as_of``: what is known is cut at this day.
    read_as
        How the file or table was understood that the series was read from; None for one that was not.
    name_is_stated
        Whether the data or the caller state the name. False where it was taken from the name of a file, which says
        something to a reader and must not change a number.

    Raises
    ------
    DataError
        On no observations, duplicates, or observations in another unit.
    """

    name: str
    observations: tuple[Observation, ...]
    flow: str = "turnover"
    unit: Unit | None = None
    vintage: date | None = field(default=None)
    read_as: ReadAs | None = field(default=None, compare=False, repr=False)
    name_is_stated: bool = field(default=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        for field_name in ("name", "flow"):
            if not isinstance(getattr(self, field_name), str):
                raise DataError(f"{field_name} {shown(getattr(self, field_name))} of a series is no text: give some")
            storable(getattr(self, field_name), field_name, DataError)
        if self.unit is not None and not isinstance(self.unit, Unit):
            raise DataError(f"unit {shown(self.unit)} of a series is no Unit: give Unit.parse('USD bn')")
        if self.vintage is not None and (not isinstance(self.vintage, date) or isinstance(self.vintage, datetime)):
            raise DataError(f"vintage {shown(self.vintage)} of a series is no date: use as_of, or leave it out")
        statements = isinstance(self.observations, Iterable) and not isinstance(self.observations, str | bytes)
        if not statements or not all(isinstance(o, Observation) for o in self.observations):
            raise DataError(
                f"series {self.label!r} is made of {shown(self.observations)}: give Observations, or totals by year to "
                "TradeSeries.from_annual"
            )
        object.__setattr__(self, "observations", tuple(self.observations))
        if not self.observations:
            raise DataError(f"series {self.label!r} holds no observations: give at least one period and value")
        ordered = sorted(self.observations, key=lambda o: (o.start, o.end, o.kind, o.reporter or "", o.known_from))
        object.__setattr__(self, "observations", tuple(ordered))
        other = next((o for o in ordered if o.year_end != self.year_end), None)
        if other is not None:
            raise DataError(
                f"{self.label}: {other.period} is of years that end in month {other.year_end} and {ordered[0].period} "
                f"of years that end in month {self.year_end}, which do not mix: keep one kind"
            )
        seen: set[tuple[object, ...]] = set()
        for o in ordered:
            if o.kind == "level" and o.unit != self.unit:
                raise DataError(f"{self.label}: {o.period} is in {o.unit} but the series is in {self.unit}")
            if o.identity in seen:
                by = f" by {o.reporter}" if o.reporter else ""
                raise DataError(f"{self.label}: {o.period} stands twice{by}: keep one row a period and reporter")
            seen.add(o.identity)

    @property
    def label(self) -> str:
        """Name and flow, as in "Kazakhstan-Uzbekistan turnover"."""
        return f"{self.name} {self.flow}"

    @property
    def stream_key(self) -> str:
        """What random numbers are keyed by, beside the seed (the label, where the name is stated).

        A series whose name was taken from a file is keyed as one without a name, so that renaming the file changes no
        answer.
        """
        return self.label if self.name_is_stated else f"{UNNAMED} {self.flow}"

    @property
    def reporters(self) -> tuple[str, ...]:
        """The sides that report, in alphabetical order."""
        return tuple(sorted({o.reporter for o in self.observations if o.reporter}))

    @property
    def home(self) -> str | None:
        """The side from which the flow is seen, which is the reporter whose name the series' name starts with, or None.

        A name that is only that of a file says nothing about sides.

        >>> values = pd.Series({2023: 4.1, 2024: 4.4})
        >>> TradeSeries.from_annual(values, name="Kazakhstan-Uzbekistan", reporter="Kazakhstan").home
        'Kazakhstan'
        """
        if not self.name_is_stated:
            return None
        starting = [r for r in self.reporters if self.name.startswith(r) and not self.name[len(r) :][:1].isalnum()]
        return max(starting, key=len, default=None)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of the observations, in order of first use."""
        return tuple(dict.fromkeys(o.source for o in self.observations if o.source))

    @property
    def year_end(self) -> int:
        """The month in which the years of the series end, 12 for calendar years and 3 for fiscal years to March."""
        return self.observations[0].year_end

    @property
    def known_through(self) -> date:
        """The vintage where ``as_of`` set one, else the day on which the latest figure became known."""
        return self.vintage or from_fiscal(max(o.known_from for o in self.observations), self.year_end)

    def _with(self, observations: tuple[Observation, ...], **changes: Any) -> TradeSeries:
        return replace(self, observations=observations, **changes)

    def as_of(self, when: object) -> TradeSeries:
        """What was known by the end of ``when`` ("2019-11", a year, a date).

        An undated whole-year figure is known from March after the year, an undated part-year figure from the second
        month after its period. Of several statements by one reporter about one period the latest known counts.
        Figures without a vintage of their own are today's revision, so the answer is pseudo-real-time.

        Raises
        ------
        DataError
            When nothing was known by then.
        """
        day = parse_as_of(when)
        limit = to_fiscal(day, self.year_end)
        available = tuple(o for o in self.observations if o.known_from <= limit)
        if not available:
            first = from_fiscal(min(o.known_from for o in self.observations), self.year_end)
            raise DataError(f"{self.label}: nothing was known by {day}; the first figure is known from {first}")
        return self._with(available, vintage=day)

    @takes(reporter=text)
    def reported_by(self, reporter: str) -> TradeSeries:
        """One side's view.

        Raises
        ------
        UnknownNameError
            When no observation is by that reporter; the nearest names are offered.
        """
        kept = tuple(o for o in self.observations if o.reporter and o.reporter.lower() == str(reporter).lower())
        if not kept:
            raise unknown_name(f"reporter of {self.label}", reporter, self.reporters)
        return self._with(kept)

    def in_unit(self, unit: str | Unit) -> TradeSeries:
        """The same series in another scale of the same currency.

        Parameters
        ----------
        unit
            "USD bn", "million USD", ...; a series that does not say its unit is taken to be in it.

        Raises
        ------
        UnitError
            When the currency differs.
        """
        wanted = Unit.parse(unit)
        if wanted == self.unit:
            return self
        converted_figures = tuple(o.in_unit(wanted) for o in self.observations)
        return self._with(converted_figures, unit=wanted)

    def converted(self, to: str | Unit = "USD") -> TradeSeries:
        """The same series in another currency, every figure at the average exchange rate of its year.

        Rates come with the package (datasets/data/exchange-rates.csv, to 2024); a later year takes the last one. A
        growth rate is multiplied by the change of the rates.

        Parameters
        ----------
        to
            "USD", "EUR mn", ...; without a scale the series keeps its own.

        Raises
        ------
        UnitError
            When the series does not state its currency, or there is no rate within five years of one of its years.

        Examples
        --------
        >>> s = TradeSeries.from_annual(pd.Series({2016: 20.1, 2017: 22.0}), unit="GBP bn", name="A-B")
        >>> s.converted("USD").annual().round(2).to_dict()
        {2016: 27.14, 2017: 28.31}
        """
        wanted = Unit.parse(to)
        if self.unit is not None and wanted.exponent == 0:
            wanted = Unit(wanted.currency, self.unit.exponent)
        return self._with(converted(self.observations, wanted, self.label), unit=wanted)

    def annual(self) -> pd.Series[float]:
        """Calendar-year totals, which are whole-year figures, and sums of the years that parts cover exactly.

        Four quarters, half-years, twelve months, nine months and a quarter, and differences of cumulated figures are
        all such parts (``observations.tiling``). Of several statements by one reporter the latest known counts; a
        stated year's total goes before the sum of its parts.

        Returns
        -------
        pandas.Series
            Levels by year (int), in the series' unit, in order; years without a total are left out.

        Raises
        ------
        DataError
            When no year is complete, several reporters state the same flow, or the parts of a year add up to 0.
        """
        # A copy, so that a caller who changes it changes no other answer.
        return self._annual.copy()

    @cached_property
    def _annual(self) -> pd.Series[float]:
        return annual_totals(self.totals, self.label)

    @cached_property
    def totals(self) -> dict[int, YearTotal]:
        """The totals of the complete years with the figures behind each of them; empty where no year is complete.

        Raises
        ------
        DataError
            As ``annual``, but for a series without a complete year.
        """
        self._require_one_reporter()
        return year_totals(self.observations, self.label)

    @cached_property
    def tilings(self) -> dict[int, Tiling]:
        """What the figures of each year come to, and which of them disagree (``observations.tiling`` has the rules)."""
        self._require_one_reporter()
        return {year: tile(figures) for year, figures in by_year(self.observations).items()}

    def monthly(self) -> pd.Series[float]:
        """Figures of single months, the latest known of each, in the series' unit; empty where there are none.

        Returns
        -------
        pandas.Series
            Levels by month (a monthly PeriodIndex), in order; months without a figure of their own are left out.

        Raises
        ------
        DataError
            When several reporters state the same flow.
        """
        self._require_one_reporter()
        return monthly_levels(self.observations, self.label, self.year_end)

    def _require_one_reporter(self) -> None:
        if len(self.reporters) > 1:
            raise DataError(
                f"{self.label} is reported by {' and '.join(self.reporters)}: choose whose statistics count with "
                f"reported_by({self.reporters[0]!r}) or --reporter"
            )

    def annual_arrays(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Years and calendar-year totals as two arrays of one length."""
        years = self._annual.index.to_numpy(dtype=np.int64, copy=True)
        return years, np.array(self._annual.to_numpy(), dtype=np.float64)

    @property
    def provenance(self) -> dict[Any, Any]:
        """Where the figures come from, as series, flow, unit, reporters, as_of (year and month) and sources.

        Frames of answers carry it in ``attrs``, with the version of the package.
        """
        return {
            "series": self.name,
            "flow": self.flow,
            "unit": None if self.unit is None else str(self.unit),
            "reporters": list(self.reporters),
            "as_of": f"{self.known_through:%Y-%m}",
            "sources": list(self.sources),
        }

    def to_frame(self) -> pd.DataFrame:
        """Every observation as a row of the long table that ``from_frame`` reads; ``attrs`` holds the provenance."""
        return stamped(to_rows(self.name, self.observations), self.provenance)

    def summary(self) -> presenting.Summary:
        """Whose figures these are, and the totals by year with their growth, as text."""
        return presenting.summary(self)

    def plot(self, path: Any = None, *, ax: Any = None, figsize: tuple[float, float] | None = None) -> Any:
        """Calendar-year totals by year.

        Parameters
        ----------
        path
            A file to write (PNG, SVG or PDF by its ending); None to return the figure only.
        ax
            A matplotlib Axes to draw on; None for a figure of its own.
        figsize
            Width and height in inches, of a figure of its own.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        DataError
            When several sides' figures are in the series, or no year is complete.
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize)

    def to_csv(self, path: str | Path) -> None:
        """Write every observation as a row of the CSV file that ``from_csv`` reads, without loss; whole or not at all.

        Raises
        ------
        OutputError
            When the file cannot be written.
        """
        write_whole(path, as_bytes(self.to_frame().to_csv(index=False, lineterminator="\n")))

    def to_json(self) -> str:
        """The series as JSON text; ``from_json`` gives the same series back."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> TradeSeries:
        """Read what ``to_json`` wrote.

        Raises
        ------
        DataError
            On text that is no such record, or a statement that breaks a rule.
        """
        return cls(**from_json(text))

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.observations)

    def __len__(self) -> int:
        return len(self.observations)

    def __repr__(self) -> str:
        first, last = self.observations[0].period, self.observations[-1].period
        unit = f", {self.unit}" if self.unit else ""
        by = f", by {', '.join(self.reporters)}" if self.reporters else ""
        return f"TradeSeries({self.label!r}, {len(self)} observations {first} to {last}{unit}{by})"


SeriesByName = Mapping[str, TradeSeries]
