"""What a backtest asks: which series, cut at which origins, and which targets from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.question import checked_target
from tradetarget.errors import DataError, SettingError
from tradetarget.models import GrowthModel
from tradetarget.observations import TradeSeries
from tradetarget.observations.panel import read_panel
from tradetarget.passage.events import reached
from tradetarget.targets import Target
from tradetarget.units import Unit

Known = Literal["as_of", "year"]
MULTIPLES = (1.25, 1.5, 2.0)
Array = NDArray[np.float64]


class Plan(NamedTuple):
    """What is asked of every series at every origin."""

    model: GrowthModel
    targets: tuple[Target, ...]
    multiples: tuple[float, ...]
    horizon: int
    known: Known
    seed: int
    n_paths: int
    levels: bool


class Question(NamedTuple):
    """One series at one origin: what was known, which targets lay ahead, and what came after."""

    unit: str
    origin: int
    cut: TradeSeries
    asked: tuple[Target, ...]
    barriers: Array
    ratios: Array
    future: Array
    """(horizon,) totals after the origin as known today, NaN where there is none."""

    @property
    def observed(self) -> int:
        """Years of the horizon that have happened, up to the first missing one."""
        missing = np.isnan(self.future)
        return int(missing.argmax()) if missing.any() else self.future.size


def question(name: str, series: TradeSeries, origin: int, plan: Plan) -> Question:
    """The question that the plan asks of ``series`` at ``origin``.

    Raises
    ------
    DataError
        When the origin's total was not known then, there are not two totals, or every target had been reached.
    """
    cut = _cut(series, origin, plan.known)
    totals = cut.annual()
    if len(totals) < 2:
        raise DataError("the baselines need two totals by the origin, and there is one")
    last = float(totals.iloc[-1])
    asked = plan.targets or tuple(Target(last * m, cut.unit) for m in plan.multiples)
    levels = np.array([t.value_in(cut.unit) for t in asked])
    ahead = np.flatnonzero(~reached(last, levels))
    if not ahead.size:
        raise DataError(f"the total of {last:g} was already at every target")
    barriers = levels[ahead]
    ratios = np.array(plan.multiples)[ahead] if plan.multiples else barriers / last
    wanted = np.arange(origin + 1, origin + plan.horizon + 1)
    future = np.asarray(series.annual().reindex(wanted), dtype=float)
    return Question(name, origin, cut, tuple(asked[i] for i in ahead), barriers, ratios, future)


def levels_or_multiples(
    targets: Target | float | Iterable[Target | float] | None, multiples: Iterable[float] | None
) -> tuple[tuple[Target, ...], tuple[float, ...]]:
    """Levels or multiples, one of the two."""
    if targets is not None and multiples is not None:
        raise SettingError("give targets (levels) or multiples (of the total at each origin), not both")
    if targets is not None:
        listed = [targets] if isinstance(targets, Target) or np.isscalar(targets) else list(targets)  # type: ignore[arg-type]
        if not listed:
            raise SettingError("targets is empty: give at least one level, such as 5.0")
        return tuple(checked_target(t) for t in listed), ()  # type: ignore[arg-type]
    ratios = tuple(float(m) for m in (MULTIPLES if multiples is None else multiples))
    bad = [m for m in ratios if not (np.isfinite(m) and m > 1.0)]
    if bad or not ratios:
        raise SettingError(f"multiple {bad[0] if bad else ratios!r} is not above 1: give multiples such as 1.5")
    return (), ratios


def checked_origins(origins: Iterable[int]) -> tuple[int, ...]:
    """The origins as sorted years; a SettingError on none, or on what is no year."""
    found = tuple(origins)
    for year in found:
        if isinstance(year, bool) or not isinstance(year, int | np.integer):
            raise SettingError(f"origin {year!r} is not a year, such as 2015")
    if not found:
        raise SettingError("origins is empty: give at least one year, such as 2015")
    return tuple(sorted({int(year) for year in found}))


def series_by_name(data: object, unit: str | Unit | None) -> Mapping[str, TradeSeries]:
    """Every input as named series; a long table is checked row by row."""
    if isinstance(data, TradeSeries):
        return {data.label: data}
    if isinstance(data, pd.DataFrame):
        panel = read_panel(data)
        ends = np.searchsorted(panel.code, np.arange(panel.units.size + 1))
        return {
            str(who): TradeSeries.from_annual(
                pd.Series(panel.value[a:b], index=panel.year[a:b]), unit=unit, name=str(who)
            )
            for who, a, b in zip(panel.units, ends[:-1], ends[1:], strict=True)
        }
    if isinstance(data, Mapping) and data and all(isinstance(s, TradeSeries) for s in data.values()):
        return data
    raise DataError(
        f"cannot backtest {type(data).__name__}: give a TradeSeries, a mapping of names to them, or a long table "
        "with columns unit, period and value"
    )


def origins_of(series: TradeSeries, minimum: int) -> Sequence[int]:
    """Years with ``minimum`` totals (and two for the baselines) up to them, and one after them."""
    years = series.annual().index.tolist()
    return years[max(minimum, 2) - 1 : -1]


def _cut(series: TradeSeries, origin: int, known: Known) -> TradeSeries:
    """The series as it was known at the origin, its last total that of the origin."""
    if known == "as_of":
        cut = series.as_of(f"{origin + 1}-03")
    else:
        kept = tuple(o for o in series.observations if o.end <= date(origin, 12, 31))
        if not kept:
            raise DataError(f"{series.label} has no figure up to {origin}")
        cut = replace(series, observations=kept)
    if int(cut.annual().index[-1]) != origin:
        raise DataError(f"the total of {origin} was not known then; the last was that of {cut.annual().index[-1]}")
    return cut
