"""TradeSystem: a region and the pairs it is the sum of, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from tradetarget.checks import any_text, instance_of, number, optional, several, takes, text
from tradetarget.errors import DataError, SettingError, UnitError, shown, unknown_name
from tradetarget.observations import SeriesByName, TradeSeries
from tradetarget.units import Unit

TOLERANCE = 0.001
"""Relative gap that a reported total may have to the sum of its parts, beside rounding. Judgement, because totals that
an office adds up before it rounds stay within it, and a missing partner with a tenth of a percent changes no answer."""
MOST_YEARS_LATE = 3
"""Years by which members may end before the last one does. Judgement, because offices publish within two years, and
every such year of a member is inferred from the others alone."""


@dataclass(frozen=True)
class TradeSystem:
    """A region that is the sum of its pairs: one flow, one unit, and the adding-up rule.

    Parameters
    ----------
    name
        The region: "Kazakhstan-Central Asia".
    parts
        Two series or more (one is enough with a ``residual``), or a mapping of names to them: same flow, same currency,
        one reporter each. Another scale of the currency is converted to that of the first.
    total
        The region's own series where it is reported; None: the sum of the parts.
    residual
        A name for what the total holds beside the parts ("Other neighbours"): it becomes a part of its own. None: the
        parts are all there is.
    tolerance
        How far a reported total may be from the sum of its parts, relative to it, beside the rounding of the figures.

    Raises
    ------
    DataError
        On too few parts, one that stands twice, flows that differ, years that do not meet, or a total that is not the
        sum of its parts: the gap is named.
    UnitError
        On parts in different currencies, or some without a unit.

    Examples
    --------
    >>> a = TradeSeries.from_annual(pd.Series({2023: 4.4, 2024: 4.1}), unit="USD bn", name="A-B")
    >>> c = TradeSeries.from_annual(pd.Series({2023: 1.7, 2024: 1.8}), unit="USD bn", name="A-C")
    >>> TradeSystem("A-all", (a, c)).region.annual().round(1).to_dict()
    {2023: 6.1, 2024: 5.9}
    """

    name: str
    parts: tuple[TradeSeries, ...]
    total: TradeSeries | None
    residual: str | None
    tolerance: float

    def __init__(
        self,
        name: str,
        parts: Iterable[TradeSeries] | SeriesByName,
        total: TradeSeries | None = None,
        *,
        residual: str | None = None,
        tolerance: float = TOLERANCE,
    ) -> None:
        given = parts.values() if isinstance(parts, Mapping) else parts
        if isinstance(given, str | bytes | TradeSeries) or not isinstance(given, Iterable):
            raise DataError(f"parts {shown(given)} are no series: give a list of TradeSeries")
        name, listed = text(name, "name"), tuple(given)
        wrong = [s for s in (*listed, *([] if total is None else [total])) if not isinstance(s, TradeSeries)]
        if wrong:
            raise DataError(f"{name}: {shown(wrong[0])} is not a TradeSeries: make one with TradeSeries.from_annual")
        residual, tolerance = optional(text)(residual, "residual"), number(tolerance, "tolerance")
        if not 0.0 <= tolerance < 1.0:
            raise SettingError(f"tolerance {tolerance!r} is not a share from 0 up to 1: give one, such as {TOLERANCE}")
        if residual is not None and total is None:
            raise DataError(f"{name}: the residual {residual!r} is the total less its parts, and there is no total")
        _check_parts(name, listed, total, residual)
        unit = listed[0].unit
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "parts", tuple(_in_unit(name, s, unit) for s in listed))
        object.__setattr__(self, "total", None if total is None else _in_unit(name, total, unit))
        object.__setattr__(self, "residual", residual)
        object.__setattr__(self, "tolerance", float(tolerance))
        self._check_sums()
        self._check_years()

    @classmethod
    @takes(
        known=instance_of(Mapping, "give series by label, as datasets.load does"),
        parts=several(any_text),
        total=optional(any_text),
        name=optional(text),
    )
    def from_series(
        cls, known: SeriesByName, parts: Iterable[str], total: str | None = None, name: str | None = None
    ) -> TradeSystem:
        """A system of series chosen by name from a mapping, such as a bundled dataset.

        Parameters
        ----------
        known
            Series by label, as ``datasets.load`` gives them.
        parts, total
            Labels: "Kazakhstan-Uzbekistan turnover".
        name
            Of the region; default that of the total.

        Raises
        ------
        UnknownNameError
            On a label that is not known; the nearest are offered.
        """
        for label in (*(wanted := list(parts)), *([] if total is None else [total])):
            if label not in known:
                raise unknown_name("series", label, known)
        whole = None if total is None else known[total]
        return cls(name or (whole.name if whole else "region"), [known[p] for p in wanted], whole)

    @property
    def flow(self) -> str:
        """Turnover, exports or imports, of every part."""
        return self.parts[0].flow

    @property
    def unit(self) -> Unit | None:
        """The unit of every figure."""
        return self.parts[0].unit

    @property
    def year_end(self) -> int:
        """The month in which the years of every part end, 12 for calendar years."""
        return self.parts[0].year_end

    @property
    def label(self) -> str:
        """The region's label, as in "Kazakhstan-Central Asia turnover"."""
        return f"{self.name} {self.flow}" if self.total is None else self.total.label

    @cached_property
    def members(self) -> tuple[TradeSeries, ...]:
        """What adds up to the region, which is the parts, and the residual where there is one."""
        return self.parts if self.residual is None else (*self.parts, self._residual())

    @property
    def labels(self) -> tuple[str, ...]:
        """The members' labels, in order."""
        return tuple(s.label for s in self.members)

    @cached_property
    def table(self) -> pd.DataFrame:
        """(years, members) calendar-year totals, NaN where one is not known."""
        columns = {s.label: s.annual() for s in self.members}
        return pd.DataFrame(columns).sort_index()

    @cached_property
    def origin(self) -> int:
        """The last year that all members have."""
        return int(self.table.dropna().index[-1])

    @property
    def last(self) -> dict[str, float]:
        """Every member's total of the origin."""
        values = self.table.loc[self.origin].to_numpy(dtype=float).tolist()
        return dict(zip(self.labels, values, strict=True))

    @cached_property
    def region(self) -> TradeSeries:
        """The region up to the origin, the sum of its members where all are known and the reported total elsewhere."""
        annual = self.table.dropna().sum(axis=1)
        if self.total is not None:
            annual = annual.combine_first(self.total.annual())
        reported = [*self.parts, *([] if self.total is None else [self.total])]
        reporters = {r for s in reported for r in s.reporters}
        region = TradeSeries.from_annual(
            annual.loc[: self.origin],
            unit=self.unit,
            name=self.label.removesuffix(f" {self.flow}"),
            flow=self.flow,
            reporter=reporters.pop() if len(reporters) == 1 else None,
            source="; ".join(dict.fromkeys(x for s in reported for x in s.sources)) or None,
            year_end=self.year_end,
        )
        return replace(region, vintage=max(s.known_through for s in reported))

    def series(self, name: str) -> TradeSeries:
        """A member or the region, by label or by name, cut at the origin.

        Raises
        ------
        UnknownNameError
            On a name that is neither; the nearest are offered.
        """
        if not isinstance(name, str):
            raise unknown_name(f"series of {self.name}", name, [*self.labels, self.label])
        if name in (self.label, self.region.name, self.name):
            return self.region
        for s in self.members:
            if name in (s.label, s.name):
                return cut(s, self.origin)
        raise unknown_name(f"series of {self.name}", name, [*self.labels, self.label])

    def gaps(self) -> pd.DataFrame:
        """The reported total beside the sum of its parts, year by year: total, parts, gap, relative gap.

        Only years in which both are known; no rows where no total is reported.
        """
        summed = pd.DataFrame({s.label: s.annual() for s in self.parts}).dropna().sum(axis=1)
        total = summed.iloc[:0] if self.total is None else self.total.annual()
        years = summed.index.intersection(total.index)
        both = pd.DataFrame({"total": total.loc[years], "parts": summed.loc[years]})
        both["gap"] = both["total"] - both["parts"]
        both["relative_gap"] = both["gap"] / both["total"]
        return both

    def in_unit(self, unit: str | Unit) -> TradeSystem:
        """The same system in another scale of its currency."""
        total = None if self.total is None else self.total.in_unit(unit)
        return TradeSystem(self.name, [s.in_unit(unit) for s in self.parts], total, residual=self.residual,
                           tolerance=self.tolerance)  # fmt: skip

    def as_of(self, when: object) -> TradeSystem:
        """What was known of every series by the end of ``when``; see ``TradeSeries.as_of``."""
        total = None if self.total is None else self.total.as_of(when)
        return TradeSystem(self.name, [s.as_of(when) for s in self.parts], total, residual=self.residual,
                           tolerance=self.tolerance)  # fmt: skip

    def rounding(self, series: TradeSeries, year: int) -> float:
        """Width of the rounding of a year's total, stated or summed; 0 where no observation states it."""
        stated = [o.rounding or 0.0 for o in series if o.kind == "level" and o.is_whole_year and o.start.year == year]
        summed = series.totals[year].rounding if year in series.totals else None
        return max((*stated, summed or 0.0))

    def _residual(self) -> TradeSeries:
        """The total less its parts, in the years in which all are known; as uncertain as their rounding."""
        assert self.total is not None
        gap = self.gaps()["gap"]
        if gap.empty:
            raise DataError(f"{self.label} and its parts share no year: the residual {self.residual!r} is not known")
        low = gap[gap <= 0.0]
        if len(low):
            raise DataError(
                f"{self.label}: the parts of {low.index[0]} exceed the total by {-low.iloc[0]:.4g}, which leaves "
                f"nothing for the residual {self.residual!r}: correct a figure or leave the residual out"
            )
        reporter = self.total.reporters[0] if self.total.reporters else None
        residual = TradeSeries.from_annual(
            gap, unit=self.unit, name=self.residual, flow=self.flow, reporter=reporter, source="total less its parts",
            year_end=self.year_end,
        )  # fmt: skip
        return replace(residual, vintage=self.total.known_through)

    def _check_sums(self) -> None:
        """A DataError where the reported total is not the sum of its parts."""
        if self.residual is not None or self.total is None:
            return
        gaps = self.gaps()
        stated = (self.total, *self.parts)
        rounded = np.array([sum(self.rounding(s, y) for s in stated) for y in gaps.index.tolist()])
        allowed = self.tolerance * gaps["total"].to_numpy() + 0.5 * rounded
        wrong = gaps[gaps["gap"].abs() > allowed]
        if wrong.empty:
            return
        year = int(wrong.index[int(np.argmax(wrong["relative_gap"].abs().to_numpy()))])
        row, unit = wrong.loc[year], f" {self.unit}" if self.unit else ""
        many = f", the largest of {len(wrong)} such gaps" if len(wrong) > 1 else ""
        raise DataError(
            f"{self.label} is {row['total']:g}{unit} in {year} and its parts add up to {row['parts']:g}: a gap of "
            f"{row['gap']:+.4g} ({row['relative_gap']:+.1%}){many}, beyond the tolerance of {self.tolerance:.2%}; add "
            "the missing part, correct a figure, or name the gap with residual='...'"
        )

    def _check_years(self) -> None:
        """A DataError where members share no year, or one ends long before the others."""
        if self.table.dropna().empty:
            spans = "; ".join(f"{s.label} {s.annual().index[0]}-{s.annual().index[-1]}" for s in self.members)
            raise DataError(f"{self.name}: its parts share no year ({spans}): give all of them for one year at least")
        last = int(self.table.index[-1])
        if last - self.origin > MOST_YEARS_LATE:
            short = min(self.members, key=lambda s: int(s.annual().index[-1]))
            raise DataError(
                f"{self.name}: {short.label} ends in {short.annual().index[-1]} and others go on to {last}: more than "
                f"{MOST_YEARS_LATE} years cannot be inferred; add its figures or leave it out"
            )


def cut(series: TradeSeries, year: int) -> TradeSeries:
    """The series without the periods that end after ``year``."""
    kept = tuple(o for o in series if o.end.year <= year)
    return series if len(kept) == len(series) else replace(series, observations=kept, vintage=series.known_through)


def _check_parts(name: str, parts: tuple[TradeSeries, ...], total: TradeSeries | None, residual: str | None) -> None:
    """A DataError on too few series, one that stands twice, or flows or years that differ."""
    every = (*parts, *([] if total is None else [total]))
    if len(parts) < (1 if residual else 2):
        raise DataError(
            f"{name} has {len(parts)} part(s): a region is the sum of two or more, or of one and a residual"
        )
    labels = [s.label for s in every] + ([f"{residual} {parts[0].flow}"] if residual else [])
    twice = next((x for x in labels if labels.count(x) > 1), None)
    if twice is not None:
        raise DataError(f"{name}: {twice!r} stands twice: its trade would count twice; keep one or rename one")
    other = next((s for s in every if s.flow != parts[0].flow), None)
    if other is not None:
        raise DataError(
            f"{name}: {other.label!r} is of another flow than {parts[0].label!r}: a region adds up one flow at a time"
        )
    shifted = next((s for s in every if s.year_end != parts[0].year_end), None)
    if shifted is not None:
        raise DataError(
            f"{name}: years of {shifted.label!r} end in month {shifted.year_end} and those of {parts[0].label!r} in "
            f"month {parts[0].year_end}, which do not add up: keep series of one kind of year"
        )


def _in_unit(name: str, series: TradeSeries, unit: Unit | None) -> TradeSeries:
    """The series in the system's unit."""
    if series.unit == unit:
        return series
    if series.unit is None or unit is None or series.unit.currency != unit.currency:
        raise UnitError(
            f"{name}: {series.label} is in {series.unit or 'no stated unit'} and the others are in "
            f"{unit or 'no stated unit'}: bring all parts and the total to one currency first"
        )
    return series.in_unit(unit)
