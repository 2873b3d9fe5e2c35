"""Two sides' figures of one flow: side by side, and reconciled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tradetarget.checks import made, number, optional, takes, text
from tradetarget.errors import DataError
from tradetarget.nowcasting.readings import Reading, readings
from tradetarget.nowcasting.rows import FINEST
from tradetarget.observations import Observation, TradeSeries


@takes(series=made("TradeSeries"), cif_factor=optional(number))
def mirror_table(series: TradeSeries, *, cif_factor: float | None = None) -> pd.DataFrame:
    """Both sides' levels of every period as they were stated, and their ratio.

    Of several compatible figures by one side the latest known stands in the table.

    Parameters
    ----------
    series
        Exports, imports or turnover "A-B", seen from A, with statements by both sides.
    cif_factor
        An assumption: the importer's figure (CIF) over the exporter's (FOB) for the same goods, such as 1.06. Given it,
        ``comparable_ratio`` sets the importer's figure to FOB first. It applies to one flow, never to turnover, which
        holds a leg of each kind.

    Returns
    -------
    pandas.DataFrame
        A row a period (text) with the columns flow, one a side, ``ratio`` (the second side over the first) and, where
        a factor is given, ``comparable_ratio``. NaN where a side says nothing.

    Raises
    ------
    DataError
        Unless two sides report, or when a factor is given for turnover or is not positive.
    """
    first, second = _two_sides(series)
    columns = {
        side: {r.observations[0].period: r.observations[0].value for r in _levels(series, side)}
        for side in (first, second)
    }
    table = pd.DataFrame(columns).sort_index().rename_axis("period")
    table.insert(0, "flow", series.flow)
    table["ratio"] = table[second] / table[first]
    if cif_factor is not None:
        table["comparable_ratio"] = table["ratio"] * _to_fob(series, first, cif_factor)
    return table


def _to_fob(series: TradeSeries, first: str, factor: float) -> float:
    """What the ratio is multiplied by once the importer's figure is set to FOB."""
    if series.flow not in ("exports", "imports"):
        raise DataError(
            f"a CIF/FOB factor applies to one flow, importer CIF against exporter FOB, and {series.label} is neither "
            "exports nor imports (turnover holds a leg of each): leave the factor out"
        )
    if not (np.isfinite(factor) and factor > 0.0):
        raise DataError(f"CIF/FOB factor {factor} is not a positive number: give one, such as 1.06")
    first_is_home = first == (series.home or first)
    first_imports = (series.flow == "imports") == first_is_home
    return factor if first_imports else 1.0 / factor


def _two_sides(series: TradeSeries) -> tuple[str, str]:
    if len(series.reporters) != 2:
        reporters = " and ".join(series.reporters) or "nobody named"
        raise DataError(
            f"{series.label} is reported by {reporters}, and mirror figures need two sides: give statements by both "
            "and by no third"
        )
    home = series.home or series.reporters[0]
    return home, next(s for s in series.reporters if s != home)


def _levels(series: TradeSeries, side: str) -> list[Reading]:
    """One side's levels, period by period."""
    usable = readings(series.reported_by(side), summed=False).used
    return [r for r in usable if r.kind == "level" and not r.interval.is_bound]


@dataclass(frozen=True)
class Reconciled:
    """Two sides as noisy readings of one flow.

    Parameters
    ----------
    series
        One statement a period: its rounding is as wide as a uniform law with the variance that is left.
    bias
        By side, what its log figure is on average beside the reconciled one.
    noise
        Standard deviation of one side's log figure about its own bias.
    periods
        In which both sides speak.
    """

    series: TradeSeries
    bias: dict[str, float]
    noise: float
    periods: int


@takes(series=made("TradeSeries"), anchor=optional(text))
def reconciled(series: TradeSeries, *, anchor: str | None = None) -> Reconciled:
    """One series from two sides' statements.

    With both sides' log figures A_p and B_p of a period, A_p = y_p + a + e_p and B_p = y_p + b + f_p. Only b - a and
    the variance of e - f can be seen: the bias is split evenly, or all on the other side where ``anchor`` names the
    side whose level counts, and the noise is taken to be the same on both. Then y_p is the mean of what the sides say
    once their biases are off, weighted by how finely they say it.

    Raises
    ------
    DataError
        Unless two sides report, three or more periods in common, and ``anchor`` is one of them.
    """
    sides = _two_sides(series)
    if anchor is not None and anchor not in sides:
        raise DataError(f"anchor {anchor!r} is no side of {series.label}: give {sides[0]!r} or {sides[1]!r}")
    by_side = [{(r.year, r.window): r for r in _levels(series, side)} for side in sides]
    common_periods = sorted(by_side[0].keys() & by_side[1].keys())
    if len(common_periods) < 3:
        raise DataError(
            f"{series.label}: the two sides have {len(common_periods)} periods in common, and biases need 3 or more"
        )
    gaps = np.array([by_side[1][k].log_moments[0] - by_side[0][k].log_moments[0] for k in common_periods])
    gap, noise = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(2.0))
    biases = {None: (-gap / 2.0, gap / 2.0), sides[0]: (0.0, gap), sides[1]: (-gap, 0.0)}[anchor]
    merged = [
        _merged([(f[k], bias) for f, bias in zip(by_side, biases, strict=True) if k in f], noise, series)
        for k in sorted(by_side[0].keys() | by_side[1].keys())
    ]
    return Reconciled(
        replace(series, observations=tuple(merged)), dict(zip(sides, biases, strict=True)), noise, len(common_periods)
    )


def _merged(parts: list[tuple[Reading, float]], noise: float, series: TradeSeries) -> Observation:
    """One statement from one or two sides' readings of a period."""
    logs = np.array([r.log_moments[0] - bias for r, bias in parts])
    precision = 1.0 / np.array([noise**2 + r.log_moments[1] + FINEST for r, _ in parts])
    variance = 1.0 / precision.sum()
    value = float(np.exp(precision @ logs * variance))
    statements = [o for r, _ in parts for o in r.observations]
    return Observation(
        start=statements[0].start,
        end=statements[0].end,
        value=value,
        unit=series.unit,
        rounding=value * float(np.sqrt(12.0 * variance)),
        flow=series.flow,
        stated_by="both sides, reconciled" if len(parts) > 1 else f"{statements[0].reporter}, reconciled",
        as_of=max(o.known_from for o in statements),
        revision="preliminary" if any(r.is_preliminary for r, _ in parts) else "final",
        year_end=series.year_end,
    )
