"""Counts of what pairs of like size, history and distance from their peak did, and the curves that they give.

A class is a band of history length and, inside it, a cell of a few features of the last years of log levels x:

    size          x_0 (log of the last level in USD mn)
    above_mean    x_0 - (x_0 + x_-1 + x_-2) / 3
    volatility    standard deviation of the last growth rates, at most four (divisor n - 1)
    below_peak    highest x of the band's window - x_0

A cell borrows from the cells around it: with d events and n at risk in a year, and the hazard q of the coarser cell
that leaves out its last feature, the counts are d + k q and n + k, k episodes being borrowed; the coarser cell is
treated in the same way, up to the whole band.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from tradetarget.arrays import Array
from tradetarget.errors import DataError, ModelError
from tradetarget.models.reference_class.episodes import count_episodes, curve_band, reached_curve
from tradetarget.packaged import packaged_text
from tradetarget.units import Unit

UNIT = Unit.parse("USD mn")
"""The unit in which pairs are told apart by size."""
FLOOR = 10.0
"""Smallest total, USD mn, of the bands of ordinary pairs. Judgement. A smaller one is mostly single shipments."""
_MULTIPLE_SLACK = 1e-9
"""Rounding allowed to a barrier at the largest multiple. A log difference, which is exact to about 1e-15."""
_CERTAIN = 1e-9
"""Distance from 0 and 1 at which probabilities are held for the probit, which is infinite there."""


class Feature(NamedTuple):
    """A feature and the cuts between its cells, in log points (log USD mn for size)."""

    name: str
    cuts: tuple[float, ...]


class Band(NamedTuple):
    """A band of history length: the fewest totals, the years looked at, and the features that tell cells apart."""

    name: str
    fewest: int
    window: int
    features: tuple[Feature, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each feature."""
        return tuple(len(f.cuts) + 1 for f in self.features)


# The cuts are judgement: round numbers that leave a median of 287 episodes or more in the cells of every band of the
# shipped table. Smaller cells borrow from the wider class around them.
_SIZE = Feature("size", (float(np.log(100.0)),))
_ABOVE = Feature("above_mean", (-0.15, 0.05, 0.2))
_BELOW = Feature("below_peak", (0.2, 0.6))
BANDS = (
    Band("25 years or more", 25, 25, (_ABOVE, Feature("volatility", (0.25,)), _SIZE, _BELOW)),
    Band("5 to 24 years", 5, 5, (_ABOVE, Feature("volatility", (0.25,)), _SIZE, _BELOW)),
    Band("3 or 4 years", 3, 3, (_ABOVE, Feature("volatility", (0.18, 0.4)), _SIZE)),
    Band("1 or 2 years", 1, 1, (_SIZE,)),
    Band("below 10 USD mn, 3 years or more", 3, 3, (_ABOVE,)),
    Band("below 10 USD mn, 1 or 2 years", 1, 1, ()),
)
_BASE = 3
"""The band of all episodes that start from 10 USD mn or more, whatever their history."""
_SMALL = 4
"""The first of the two bands of pairs below 10 USD mn; the second takes those with a shorter history."""


def feature_values(name: str, windows: Array) -> Array:
    """(...) a feature of log levels (..., window) in USD mn, the origin last; NaN where a year is missing."""
    last = windows[..., -1]
    if name == "size":
        return last
    if name == "above_mean":
        return np.asarray(last - windows[..., -3:].mean(axis=-1))
    if name == "volatility":
        return np.asarray(np.diff(windows[..., -5:], axis=-1).std(axis=-1, ddof=1))
    return np.asarray(windows.max(axis=-1) - last)


def band_index(length: int, log_size: float) -> int:
    """The band of a history of ``length`` consecutive totals that ends at ``log_size``."""
    if log_size < np.log(FLOOR):
        return _SMALL if length >= BANDS[_SMALL].fewest else _SMALL + 1
    return next(i for i, band in enumerate(BANDS[:_SMALL]) if length >= band.fewest)


def cells(band: Band, windows: Array) -> NDArray[np.int64]:
    """(...) the cell of each window, counted row by row over the band's features."""
    cell = np.zeros(windows.shape[:-1], dtype=np.int64)
    for feature in band.features:
        cell = cell * (len(feature.cuts) + 1) + np.digitize(feature_values(feature.name, windows), feature.cuts)
    return cell


class Curve(NamedTuple):
    """The empirical answer for several barriers: years last."""

    probability: Array
    """(barriers, H) P(reached by each year)."""
    low: Array
    """(barriers, H) lower end of the band."""
    high: Array
    """(barriers, H) upper end."""
    episodes: int
    """Episodes of the cell."""


@dataclass(frozen=True)
class ReferenceTable:
    """Counts of events and of censored episodes by band, cell, multiple and year.

    Parameters
    ----------
    multiples
        (M,) of the starting level, rising from 1.
    horizon
        H, years.
    at_start
        One (cells,) array a band: episodes at risk in the first year.
    events
        One (cells, M, H) array a band: episodes that reach the multiple in that year.
    censored
        One (cells, M, H - 1) array a band: episodes at risk in a year, not ended by it, and not seen in the next.
    borrowed
        k, the episodes that a cell borrows from the coarser cell. With 1, 30, 100, 300 and 1,000 the score of isolated
        histories, each half of the pairs judged by counts of the other, was .1827, .1825, .1824, .1825 and .1829.
    design_effect
        Factor on the variance of independent episodes in the band; the shipped table's is measured by
        ``benchmarks/estimate_reference_class.py``, two-way clustered by pair and decade.
    provenance
        Where the counts come from.
    """

    multiples: Array
    horizon: int
    at_start: tuple[Array, ...]
    events: tuple[Array, ...]
    censored: tuple[Array, ...]
    borrowed: float = 100.0
    design_effect: float = 1.0
    provenance: dict[str, Any] | None = None

    @classmethod
    def count(
        cls,
        log_levels: Array,
        multiples: Array,
        horizon: int,
        *,
        starts: NDArray[np.bool_] | None = None,
        **settings: Any,
    ) -> ReferenceTable:
        """Count the episodes of a panel.

        Parameters
        ----------
        log_levels
            (units, years) logs of levels in USD mn, NaN where not observed.
        multiples
            (M,) rising from 1.
        horizon
            H, years.
        starts
            (years,) or (units, years) whether an episode may start there; default everywhere.
        settings
            ``borrowed``, ``design_effect``, ``provenance``.
        """
        x = np.asarray(log_levels, dtype=float)
        allowed = np.broadcast_to(True if starts is None else starts, x.shape)
        start, events, censored = [], [], []
        for i, band in enumerate(BANDS):
            padded = np.concatenate([np.full((x.shape[0], band.window - 1), np.nan), x], axis=1)
            windows = np.lib.stride_tricks.sliding_window_view(padded, band.window, axis=1)
            in_band = allowed & np.isfinite(windows).all(axis=-1) & ((x < np.log(FLOOR)) == (i >= _SMALL))
            n_cells = int(np.prod(band.shape))
            code = np.where(in_band, cells(band, np.where(in_band[..., None], windows, 0.0)), -1)
            d, n = (np.zeros((n_cells, len(multiples), horizon)) for _ in range(2))
            # The last cells of a band may be empty, and then they are not among those counted.
            counts = count_episodes(x, np.log(multiples), horizon, code)
            for every_cell, counted in zip((d, n), counts, strict=True):
                every_cell[: counted.shape[0]] = counted
            start.append(n[:, 0, 0])
            events.append(d)
            censored.append(n[..., :-1] - d[..., :-1] - n[..., 1:])
        return cls(
            np.asarray(multiples, dtype=float), horizon, tuple(start), tuple(events), tuple(censored), **settings
        )

    def at_risk(self, band: int) -> Array:
        """(cells, M, H) episodes under way before each year: n_{h+1} = n_h - d_h - c_h."""
        ended = np.cumsum(self.events[band][..., :-1] + self.censored[band], axis=-1)
        start = np.broadcast_to(self.at_start[band][:, None, None], (*ended.shape[:-1], 1))
        return np.concatenate([start, start - ended], axis=-1)

    @cached_property
    def _smoothed(self) -> tuple[tuple[Array, Array], ...]:
        """(events, at risk) of each band, the borrowed episodes included."""
        return tuple(self._borrow(i) for i in range(len(BANDS)))

    def _borrow(self, band: int) -> tuple[Array, Array]:
        """(events, at risk) of the cells of a band, each shrunk to the cell that leaves out its last feature.

        The recursion starts with the whole band, all features summed out, and brings in one feature at a time.
        """
        shape = BANDS[band].shape
        d = self.events[band].reshape(*shape, *self.events[band].shape[1:])
        n = self.at_risk(band).reshape(d.shape)
        depth = len(shape)
        smooth_d = d.sum(axis=tuple(range(depth)), keepdims=True)
        smooth_n = n.sum(axis=tuple(range(depth)), keepdims=True)
        for level in range(1, depth + 1):
            left_out = tuple(range(level, depth))
            hazard = np.divide(smooth_d, smooth_n, out=np.zeros(smooth_d.shape), where=smooth_n > 0)
            smooth_d = d.sum(axis=left_out, keepdims=True) + self.borrowed * hazard
            smooth_n = n.sum(axis=left_out, keepdims=True) + self.borrowed
        return smooth_d.reshape(self.events[band].shape), smooth_n.reshape(self.events[band].shape)

    def curve(self, band: int, cell: int, log_barriers: Array, horizon: int, level: float = 0.8) -> Curve:
        """The curve of one cell; see ``curve_of``."""
        d, n = self._smoothed[band]
        return self.curve_of(d[cell], n[cell], int(self.at_start[band][cell]), log_barriers, horizon, level)

    def base_rate(self, log_barriers: Array, horizon: int, level: float = 0.8) -> Curve:
        """The curve of every episode that starts from 10 USD mn or more, whatever its history."""
        d, n = self.events[_BASE].sum(axis=0), self.at_risk(_BASE).sum(axis=0)
        return self.curve_of(d, n, int(self.at_start[_BASE].sum()), log_barriers, horizon, level)

    def curve_of(
        self, events: Array, at_risk: Array, episodes: int, log_barriers: Array, horizon: int, level: float
    ) -> Curve:
        """Kaplan-Meier curves at the table's multiples, read at any barrier between them.

        Between multiples the probit of each year's probability is linear in the log barrier, so that the answer falls
        with the barrier and never falls with the year.

        Raises
        ------
        ModelError
            On a barrier above the largest multiple or a horizon beyond the table's.
        """
        if horizon > self.horizon:
            raise ModelError(
                f"horizon {horizon} is beyond the {self.horizon} years that the reference class was followed: "
                f"forecast with horizon={self.horizon} or fewer, or choose a model with a growth law"
            )
        grid, at = np.log(self.multiples), np.atleast_1d(np.asarray(log_barriers, dtype=float))
        if at.size and at.max() > grid[-1] + _MULTIPLE_SLACK:
            raise ModelError(
                f"a target of {np.exp(at.max()):.3g} times the last value is beyond the {self.multiples[-1]:g} times "
                "that the reference class counts: ask for less, or choose a model with a growth law"
            )
        rows = (reached_curve(events, at_risk), *curve_band(events, at_risk, level, self.design_effect))
        p, low, high = (_between(np.minimum.accumulate(r, axis=0), grid, at)[:, :horizon] for r in rows)
        return Curve(p, low, high, episodes)

    @classmethod
    def from_json(cls, text: str) -> ReferenceTable:
        """Read what ``to_json`` wrote."""
        data = json.loads(text)
        if [b["name"] for b in data["bands"]] != [b.name for b in BANDS]:
            raise DataError("the reference table was counted for other classes: run its script again")
        arrays = [[np.array(b[key], dtype=float) for b in data["bands"]] for key in ("at_start", "events", "censored")]
        return cls(
            np.array(data["multiples"]), data["horizon"], tuple(arrays[0]), tuple(arrays[1]), tuple(arrays[2]),
            data["borrowed"], data["design_effect"], data["provenance"],
        )  # fmt: skip

    def to_json(self) -> str:
        """The table as JSON, one line a cell, the same bytes for the same counts."""
        head = {
            "provenance": self.provenance,
            "unit": str(UNIT),
            "horizon": self.horizon,
            "multiples": self.multiples.tolist(),
            "borrowed": self.borrowed,
            "design_effect": self.design_effect,
        }
        lines = [f'"{key}": {json.dumps(value)}' for key, value in head.items()]
        bands = ",\n".join(self._band_json(i) for i in range(len(BANDS)))
        return "{\n" + ",\n".join(lines) + ',\n"bands": [\n' + bands + "\n]\n}\n"

    def _band_json(self, i: int) -> str:
        features = {f.name: [round(c, 6) for c in f.cuts] for f in BANDS[i].features}
        parts = [f'"name": {json.dumps(BANDS[i].name)}', f'"features": {json.dumps(features)}']
        parts.append(f'"at_start": {json.dumps(self.at_start[i].astype(int).tolist(), separators=(",", ":"))}')
        for key, counts in (("events", self.events[i]), ("censored", self.censored[i])):
            rows = [json.dumps(row, separators=(",", ":")) for row in counts.astype(int).tolist()]
            parts.append(f'"{key}": [\n' + ",\n".join(rows) + "\n]")
        return "{" + ",\n".join(parts) + "}"


def _between(rows: Array, grid: Array, at: Array) -> Array:
    """(barriers, H) rows (M, H) interpolated between their multiples, linear in the probit.

    A barrier below the last total is answered as one at it, as the first multiple is 1.
    """
    z = ndtri(np.clip(rows, _CERTAIN, 1.0 - _CERTAIN))
    j = np.clip(np.searchsorted(grid, at, side="right") - 1, 0, grid.size - 2)
    weight = np.clip((at - grid[j]) / (grid[j + 1] - grid[j]), 0.0, 1.0)[:, None]
    between = ndtr((1.0 - weight) * z[j] + weight * z[j + 1])
    # At a multiple of the table the answer is its row, not the row through the probit and back.
    return np.asarray(np.where(weight == 1.0, rows[j + 1], np.where(weight == 0.0, rows[j], between)))


def shipped_table() -> ReferenceTable:
    """The table that ships with the package."""
    return ReferenceTable.from_json(packaged_text("models", "reference_class", "reference_class.json"))
