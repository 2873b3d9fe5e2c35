"""What a backtest found: forecasts beside outcomes, and every table made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget import presenting
from tradetarget.checks import checked_levels, one_of, optional, several, takes, text, year
from tradetarget.errors import DataError, ModelError, unknown_name
from tradetarget.evaluation.baselines import baselines
from tradetarget.evaluation.scores import (
    brier_score,
    log_score,
    pit_coverage,
    reliability_error,
    reliability_table,
    skill_against,
)
from tradetarget.observations.provenance import stamped
from tradetarget.units import Unit

By = Literal["years_ahead", "unit", "origin", "multiple", "target"]
_GROUPS = ("years_ahead", "unit", "origin", "multiple", "target")


@dataclass(frozen=True)
class Backtest(presenting.Presented):
    """Forecasts made at past origins, beside what happened; made by ``backtest``.

    Parameters
    ----------
    model_name
        The model that was asked.
    frame
        One row a unit, origin, target and year: see ``to_frame``.
    levels
        One row a unit, origin and year: median and 80 % interval of the level, what happened, and the CRPS of the log
        level; None where the model gives no paths, and ``no_levels`` says why.
    actual
        The calendar-year totals known today, by unit.
    skipped
        Origins that were not forecast, with the reason: unit, origin, reason.
    horizon, known, seed
        As they were asked for.
    unit_of_value
        The unit of the levels and targets, where the data say.
    data
        The provenance of the data, as frames carry it in ``attrs``.
    """

    model_name: str
    frame: pd.DataFrame
    levels: pd.DataFrame | None
    no_levels: str | None
    actual: dict[str, pd.Series[float]]
    skipped: pd.DataFrame
    horizon: int
    known: Literal["as_of", "year"]
    seed: int
    unit_of_value: Unit | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def units(self) -> tuple[str, ...]:
        """The units that were forecast, in the order of the data."""
        return tuple(self.actual)

    @property
    def real_time(self) -> str:
        """What each origin was allowed to know, in words."""
        if self.known == "as_of":
            return (
                "each origin saw what was known by the end of March after it; figures without a date of their own "
                "are today's revision, so this is pseudo-real-time"
            )
        return "each origin saw today's figures for periods up to its end, so this is pseudo-real-time"

    def to_frame(self) -> pd.DataFrame:
        """One row a unit, origin, target and year of the horizon.

        Returns
        -------
        pandas.DataFrame
            unit, origin (last total known), target (level), multiple (of the total at the origin), period,
            years_ahead, reached (True or False, NA in years that have not happened or follow a missing one),
            probability (the model's P(reached after the origin, by the end of the period)), and a column of
            probabilities for each baseline.
        """
        return self._stamped(self.frame.copy())

    @property
    def provenance(self) -> dict[Any, Any]:
        """What the scores rest on (data, model, horizon, known and seed), for the ``attrs`` of their frames."""
        settings = {"model": self.model_name, "horizon": self.horizon, "known": self.known, "seed": self.seed}
        return {**self.data, **settings}

    def _stamped(self, frame: pd.DataFrame) -> pd.DataFrame:
        return stamped(frame, self.provenance)

    @property
    def scored(self) -> pd.DataFrame:
        """The rows of ``to_frame`` whose outcome is known."""
        return self.frame[self.frame["reached"].notna()].astype({"reached": bool})

    def _forecasters(self) -> dict[str, str]:
        """Column of each forecaster by its name in tables, the model first."""
        return {self.model_name: "probability", **{name: name for name in baselines() if name in self.frame}}

    @takes(by=optional(one_of(*_GROUPS)), against=text)
    def scores(self, by: By | None = None, *, against: str = "no-drift") -> pd.DataFrame:
        """Scores of the model and the baselines on the same cases; lower is better.

        Parameters
        ----------
        by
            None for one row a forecaster; "years_ahead", "unit", "origin", "multiple" or "target" for one row a
            group and forecaster.
        against
            The baseline that skill is measured against.

        Returns
        -------
        pandas.DataFrame
            ``n`` forecasts scored; ``rps``, the mean of (P(reached by year) - outcome)^2 over them: the ranked
            probability score over several years, the Brier score in one; ``log_score``; ``skill`` = 1 - rps / rps of
            the baseline with its 90 % bootstrap interval over units (``skill_low``, ``skill_high``; None for fewer
            than two units, where nothing says how sure it is). Events of months, runs of years and reaching again have
            no baselines, and no skill.

        Raises
        ------
        DataError
            When no forecast year has happened yet.
        """
        if against not in baselines():
            raise unknown_name("baseline", against, baselines())
        rows = self._need_scored()
        if by is None:
            return self._stamped(self._score_rows(rows, against))
        parts = {value: self._score_rows(group, against) for value, group in rows.groupby(by, sort=True)}
        return self._stamped(pd.concat(parts, names=[by]))

    def _need_scored(self) -> pd.DataFrame:
        rows = self.scored
        if rows.empty:
            raise DataError("no year of any forecast has happened yet: choose earlier origins")
        return rows

    def _score_rows(self, rows: pd.DataFrame, against: str) -> pd.DataFrame:
        y, units = rows["reached"].to_numpy(float), rows["unit"].to_numpy()
        yardstick = brier_score(rows[against].to_numpy(), y) if against in rows else np.zeros(y.size)
        by_forecaster = {}
        for name, column in self._forecasters().items():
            p = rows[column].to_numpy()
            brier = brier_score(p, y)
            gain = skill_against(brier, yardstick, units, seed=self.seed) if yardstick.mean() > 0 else None
            by_forecaster[name] = {
                "n": y.size,
                "rps": float(brier.mean()),
                "log_score": float(log_score(p, y).mean()),
                "skill": None if gain is None else gain.value,
                "skill_low": None if gain is None else gain.low,
                "skill_high": None if gain is None else gain.high,
            }
        table = pd.DataFrame.from_dict(by_forecaster, orient="index", dtype=object).rename_axis("forecaster")
        return table.astype({"n": int, "rps": float, "log_score": float})

    def calibration(self, level: float = 0.8) -> pd.DataFrame:
        """Coverage and reliability of the model and the baselines, one row each.

        Returns
        -------
        pandas.DataFrame
            ``coverage``: how often the year of reaching lay in the central interval of ``level``; and
            ``reliability_error``: mean distance between stated probability and observed frequency.
        """
        rows = self._need_scored()
        by_forecaster = {
            name: {
                "coverage": self._coverage(column, level),
                "reliability_error": reliability_error(rows[column].to_numpy(), rows["reached"].to_numpy(float)),
            }
            for name, column in self._forecasters().items()
        }
        return self._stamped(pd.DataFrame.from_dict(by_forecaster, orient="index").rename_axis("forecaster"))

    def coverage(self, levels: Iterable[float] = (0.5, 0.8, 0.9)) -> pd.Series[float]:
        """How often the year of reaching lay in the model's central intervals, by a randomised PIT.

        "Not within the years that have happened" counts as a year, so that origins with an unfinished horizon are
        judged on the part of it that is over.
        """
        shares = {float(level): self._coverage("probability", float(level)) for level in checked_levels(levels)}
        return pd.Series(shares, name="coverage", dtype=float).rename_axis("level")

    def _coverage(self, column: str, level: float) -> float:
        p, y, observed = self._matrix(column)
        return pit_coverage(p, y, level, np.random.default_rng(self.seed), observed)

    def _matrix(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """(cases, horizon) probabilities and outcomes of cases with a known year, and how many are known."""
        p = self.frame[column].to_numpy(float).reshape(-1, self.horizon)
        has_happened = self.frame["reached"].notna().to_numpy().reshape(p.shape)
        y = self.frame["reached"].fillna(False).to_numpy(float).reshape(p.shape)
        observed = has_happened.sum(axis=1)
        scored = observed > 0
        if not scored.any():
            raise DataError("no year of any forecast has happened yet: choose earlier origins")
        return p[scored], y[scored], observed[scored]

    def reliability(self, bins: int = 10) -> pd.DataFrame:
        """Stated probability beside observed frequency, in bins of the stated one: low, high, n, stated, observed."""
        rows = self._need_scored()
        table = reliability_table(rows["probability"].to_numpy(), rows["reached"].to_numpy(float), bins)
        return self._stamped(table)

    def crps(self) -> pd.Series[float]:
        """Mean CRPS of the log level by years ahead, in log points (0.1 is about 10 %).

        Raises
        ------
        ModelError
            When the model gives no paths.
        """
        rows = self.need_levels().dropna(subset=["crps_log"])
        return rows.groupby("years_ahead")["crps_log"].mean().astype(float)

    def need_levels(self) -> pd.DataFrame:
        """``levels``; a ModelError that says why where there are none."""
        if self.levels is None:
            raise ModelError(f"{self.model_name} left no past forecasts of the level: {self.no_levels}")
        return self.levels

    @takes(years=optional(several(year)))
    def vintages(self, years: Iterable[int] | None = None) -> pd.DataFrame:
        """The hitting-time forecast at each past vintage: how the answer moved as figures came in.

        Parameters
        ----------
        years
            Fixed years whose P(reached by) is shown; default up to three that every vintage reaches.

        Returns
        -------
        pandas.DataFrame
            unit, origin, target, ``median``, ``low`` and ``high`` (the 80 % interval; NA is "not within the
            horizon"), ``by_YYYY`` (0 up to the origin, NA beyond the horizon), ``first_reached`` (the year it
            happened; NA is "not so far").
        """
        p = self.frame["probability"].to_numpy(float).reshape(-1, self.horizon)
        heads = self.frame.iloc[:: self.horizon]
        origin = heads["origin"].to_numpy(np.int64)
        table = heads[["unit", "origin", "target"]].reset_index(drop=True)
        for name, q in (("median", 0.5), ("low", 0.1), ("high", 0.9)):
            enough = p >= q - 1e-12
            table[name] = _years_or_na(origin + 1 + enough.argmax(axis=1), np.asarray(enough.any(axis=1)))
        for by in self._common_years() if years is None else sorted(set(years)):
            ahead = int(by) - origin
            stated = np.take_along_axis(p, np.clip(ahead - 1, 0, self.horizon - 1)[:, None], axis=1)[:, 0]
            shown = pd.Series(np.where(ahead > 0, stated, 0.0), dtype="Float64")
            table[f"by_{int(by)}"] = shown.mask(pd.Series(ahead > self.horizon))
        y = self.frame["reached"].fillna(False).to_numpy(bool).reshape(p.shape)
        table["first_reached"] = _years_or_na(origin + 1 + y.argmax(axis=1), np.asarray(y.any(axis=1)))
        return self._stamped(table)

    def _common_years(self) -> list[int]:
        """Up to three years inside the horizon of every vintage, evenly spread."""
        first, last = int(self.frame["origin"].max()) + 1, int(self.frame["origin"].min()) + self.horizon
        if first > last:
            return []
        return sorted({int(y) for y in np.linspace(first, last, 3).round()})

    def to_dict(self) -> dict[str, Any]:
        """Scores, calibration and vintages as plain data: what ``tradetarget backtest --json`` writes."""
        return presenting.record(self)

    def summary(self) -> presenting.Summary:
        """Scores beside the baselines, calibration, and what each origin was allowed to know, as text."""
        return presenting.summary(self)

    def plot(
        self,
        path: Any = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
        levels: Iterable[float] | None = None,
    ) -> Any:
        """The reliability diagram: stated probability against observed frequency; returns the matplotlib Figure.

        Parameters
        ----------
        path, ax, figsize
            As in ``Forecast.plot``.
        levels
            Coverage of the interval of which it is said how often it held; default 80 %.
        """
        return presenting.figure(self, path=path, ax=ax, size=figsize, levels=levels)

    @takes(unit=optional(text))
    def hedgehog(
        self,
        path: Any = None,
        unit: str | None = None,
        *,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """Past forecasts of the level (median and 80 % interval) over what happened; returns the Figure.

        Parameters
        ----------
        path
            A file to write; None to return the figure only.
        unit
            Which unit to draw; default the first.
        ax, figsize
            As in ``Forecast.plot``.

        Raises
        ------
        ModelError
            When the model gives no paths.
        """
        options = {} if figsize is None else {"size": figsize}
        return presenting.presenters.present("hedgehog", self, path=path, unit=unit, ax=ax, **options)

    def __repr__(self) -> str:
        origins = self.frame["origin"]
        return (
            f"Backtest({self.model_name!r}, {len(self.units)} unit{'s' if len(self.units) != 1 else ''}, "
            f"origins {origins.min()}-{origins.max()}, {len(self.scored)} forecasts scored)"
        )


def _years_or_na(years: NDArray[np.int64], is_known: NDArray[np.bool_]) -> pd.Series[Any]:
    return pd.Series(years, dtype="Int64").mask(pd.Series(~is_known))
