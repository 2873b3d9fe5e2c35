"""One question with several targets, or of several series: answers side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from tradetarget import presenting
from tradetarget.answering.costs import check_laws
from tradetarget.answering.question import N_PATHS, Method, ask, each_target, horizon_to_deadline
from tradetarget.checks import any_text, takes
from tradetarget.errors import DataError, TradeTargetError, shown
from tradetarget.forecasting.single import Forecast
from tradetarget.models import DEFAULT_MODEL, GrowthModel
from tradetarget.models.interface import checked_horizon
from tradetarget.observations import TradeSeries
from tradetarget.observations.provenance import stamped
from tradetarget.progress import Progress, progress_choice, reporting
from tradetarget.targets import Target


@dataclass(frozen=True, eq=False)
class Forecasts(presenting.Presented):
    """Answers side by side: of one series to several targets, or of several series.

    Parameters
    ----------
    forecasts
        One for each series and target, series by series.
    unanswered
        Series that give no answer, by label, and why.
    """

    forecasts: tuple[Forecast, ...]
    unanswered: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def labels(self) -> tuple[str, ...]:
        """The series that are answered, in order."""
        return tuple(dict.fromkeys(f.series.label for f in self.forecasts))

    @takes(label=any_text)
    def of(self, label: str) -> tuple[Forecast, ...]:
        """The answers of one series, a target each."""
        return tuple(f for f in self.forecasts if f.series.label == label)

    def to_frame(self, levels: Iterable[float] | None = None) -> pd.DataFrame:
        """One row a series, target and year, with the columns of ``Forecast.to_table``.

        ``attrs["answers"]`` says what each answer rests on.
        """
        frame = pd.concat([f.to_table(levels) for f in self.forecasts], ignore_index=True)
        return stamped(frame, {"answers": [f.question.provenance for f in self.forecasts]})

    def to_dict(self, levels: Iterable[float] | None = None) -> dict[str, Any]:
        """The answers as plain data: what ``tradetarget forecast --json`` writes of several targets or series."""
        return presenting.record(self, levels=levels)

    def summary(self, levels: Iterable[float] | None = None) -> presenting.Summary:
        """A table: a column a target for one series, a row a series for several."""
        return presenting.summary(self, levels=levels)

    def __repr__(self) -> str:
        targets = len(dict.fromkeys(str(f.target) for f in self.forecasts))
        missing = f", {len(self.unanswered)} without an answer" if self.unanswered else ""
        return f"Forecasts({len(self.labels)} series, {targets} target{'s' if targets != 1 else ''}{missing})"


def _listed_series(given: object) -> list[TradeSeries]:
    """One series, or several by name or in a list, as a list; a DataError on anything else."""
    inner = list(given.values()) if isinstance(given, Mapping) else given
    alone = isinstance(inner, TradeSeries | str | bytes | pd.DataFrame | pd.Series) or not isinstance(inner, Iterable)
    listed: list[Any] = [inner] if alone else list(inner)  # type: ignore[call-overload]
    if not listed or not all(isinstance(s, TradeSeries) for s in listed):
        raise DataError(f"series: {shown(given)} holds no TradeSeries: make some with TradeSeries.from_annual")
    return listed


@takes(progress=progress_choice)
def forecast_each(
    series: TradeSeries | Iterable[TradeSeries] | Mapping[str, TradeSeries],
    targets: Target | float | Iterable[Target | float],
    model: str | GrowthModel = DEFAULT_MODEL,
    horizon: int = 15,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
    *,
    method: Method = "auto",
    n_paths: int = N_PATHS,
    progress: Progress = None,
) -> Forecasts:
    """Answers to several targets of one series, or to the same targets of several series.

    Each answer is that of ``forecast``, bit for bit; targets of one series are answered from the same paths.

    Parameters
    ----------
    series
        One series, several, or a mapping of names to series.
    targets
        One target or several; each is asked of every series.
    model, horizon, seed, drivers, method, n_paths
        As in ``forecast``; the horizon is lengthened to the latest deadline.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the series done and the series in all after each.

    Returns
    -------
    Forecasts
        A series that cannot be answered (another currency, too few totals) has its reason in ``unanswered``.

    Raises
    ------
    TradeTargetError
        A kind of it on bad input, and that of the first series where none is answered.

    Examples
    --------
    >>> import tradetarget as tt
    >>> series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    >>> forecast_each(series, [tt.Target(5, "USD bn"), tt.Target(10, "USD bn")])
    Forecasts(1 series, 2 targets)
    """
    listed, wanted = _listed_series(series), each_target(targets)
    if isinstance(method, str) and method != "simulation":
        check_laws(len(listed) * len(wanted), checked_horizon(horizon))
    forecasts: list[Forecast] = []
    unanswered: dict[str, str] = {}
    with reporting(progress, "forecasts", len(listed)) as advance:
        for one in listed:
            try:
                forecasts += _answers(one, wanted, model, horizon, seed, drivers, method, n_paths)
            except TradeTargetError as error:
                if len(listed) == 1:
                    raise
                unanswered[one.label] = str(error)
            advance()
    if not forecasts:
        label, reason = next(iter(unanswered.items()))
        raise DataError(f"none of {len(listed)} series gives an answer; {label}: {reason}")
    return Forecasts(tuple(forecasts), MappingProxyType(unanswered))


def _answers(
    series: TradeSeries,
    targets: list[Target | float],
    model: str | GrowthModel,
    horizon: int,
    seed: int,
    drivers: pd.DataFrame | None,
    method: Method,
    n_paths: int,
) -> list[Forecast]:
    """One series' answers, all from one question."""
    question = ask(series, targets, model, seed=seed, n_paths=n_paths, drivers=drivers)
    horizon = horizon_to_deadline(horizon, question.origin, question.targets)
    return [
        Forecast(replace(question, targets=(target,)), answer, horizon)
        for target, answer in zip(question.targets, question.answers(horizon, method), strict=True)
    ]


__all__ = ["Forecasts", "forecast_each"]
