"""Fits that use more than complete years: part-year figures, growth statements and bounds after the last total.

There are two cases. Where a series has complete years and statements about the one or two years after them, the model
is fitted to the complete years and its paths are weighted by the likelihood of the statements
(:mod:`tradetarget.answering.weighting`). Where hardly any path would agree with them, as with a growth rate that is
stated exactly, and the model's path has a Student law, paths are drawn from its posterior
(:mod:`tradetarget.answering.conditional`). Where no year is complete, or there are statements about more than two years
after the last complete one, the totals are estimated first (:func:`tradetarget.nowcasting.latent_annual`) and the
model is fitted to 32 draws of them; paths then start in the year that is still running, which is drawn too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
import scipy

from tradetarget.answering.conditional import ConditionedLaw
from tradetarget.answering.weighting import (
    LEAST_SHARE,
    condition_blocks,
    effective_share,
    enough_effective,
    no_path_agrees,
)
from tradetarget.arrays import Array
from tradetarget.errors import DataError
from tradetarget.models.interface import (
    BATCH,
    CompleteFit,
    CompleteModel,
    FitDefaults,
    FittedGrowth,
    Paths,
    StudentLaw,
    complete_fit,
    complete_model,
)
from tradetarget.models.mixture import FittedMixture
from tradetarget.models.size import SizeClass
from tradetarget.nowcasting import Evidence, LatentAnnual, SetAside, evidence_for, latent_annual
from tradetarget.observations import Observation, TradeSeries
from tradetarget.observations.tiling import MONTHS
from tradetarget.passage import ImpossibleError, path_cdf_given_first
from tradetarget.passage.samples import places_of_quantiles
from tradetarget.reading.dates import to_fiscal

DRAWS = 32
"""Draws of the estimated totals, each with a fit of its own. Judgement, because 32 middle quantiles keep a normal
spread of the running year to 2 %, and more fits cost time in proportion."""
ESTIMATED = "estimated from what was said of the year"
UNHEARD_OF = 1e-7
"""Probability, by the model, of a year as far off as what is known of it, below which the model rules it out.

Judgement, because the likelihood of a part-year figure has heavy tails and would settle on a compromise that nobody
stated. Growth of 300 % where 8 % is expected, give or take 20 %, has a probability of 1e-5 and is answered; 25 written
for 25 % has 2e-10 and is refused."""
MOST_YEARS = 2
"""Years after the last total whose statements weight the paths. Judgement, because with three years of statements few
paths agree with all of them, and the effective sample size falls to a few hundred."""


@dataclass(frozen=True)
class FittedOnEvidence(FitDefaults):
    """A fit whose paths are weighted by the part-year evidence on the years after the last total.

    Parameters
    ----------
    base
        The model fitted to the complete years.
    evidence
        The other statements, as a likelihood.
    """

    base: CompleteFit
    evidence: Evidence

    @property
    def model_name(self) -> str:
        """The model's name."""
        return self.base.model_name

    @property
    def series(self) -> TradeSeries:
        """The series, its part-year statements included."""
        return self.base.series

    @property
    def statements(self) -> tuple[Observation, ...]:
        """The statements about years that are not complete, and the months of the last complete one."""
        stated = [o for r in self.evidence.readings for o in r.observations]
        of_months = {o.start.year for o in stated if o.is_one_month and o.kind == "level"}
        aside = {a.observation for a in self.evidence.set_aside}
        months = (o for o in self.series if o.is_one_month and o.kind == "level" and o.start.year in of_months)
        stated += [o for o in months if o not in aside]
        covered = {r.year for r in self.evidence.readings if r.of_parts} & self.series.tilings.keys()
        stated += [t.observation for y in covered for t in self.series.tilings[y].cumulated.get(MONTHS, ())]
        return tuple(sorted(dict.fromkeys(stated), key=lambda o: (o.start, o.end, o.kind)))

    @property
    def preliminary(self) -> tuple[Observation, ...]:
        """The statements that may be revised before the total of their year is final."""
        return tuple(o for o in self.statements if o.is_preliminary)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements that do not count, and why."""
        return self.evidence.set_aside

    @property
    def years_in_part(self) -> tuple[int, ...]:
        """Years after the origin of which something is stated."""
        return tuple(self.evidence.stated_years)

    @property
    def size_class(self) -> SizeClass | None:
        """That of the model."""
        return self.base.size_class

    def evidence_of_months(self) -> Evidence:
        """The evidence itself, unless single months are published, which enter a split one by one."""
        if any(o.is_one_month for o in self.series):
            return super().evidence_of_months()
        return self.evidence

    def blocks(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Iterator[Paths]:
        """Weighted blocks; a TradeTargetWarning after the last where few paths agree, a ModelError where hardly any do.

        They are the model's own, or drawn from its law given the evidence where hardly any of its own would agree.
        """
        law = self.base.student_law(1)
        if law is not None:
            self._refuse_unheard_of(law)
            if self._is_degenerate:
                return enough_effective(self._conditioned(horizon).blocks(horizon, n_paths, rng), self.evidence)
        return condition_blocks(self.base.blocks(horizon, n_paths, rng, drivers), self.evidence)

    @cached_property
    def _is_degenerate(self) -> bool:
        """Whether hardly any path of the model agrees with the evidence by chance."""
        return effective_share(self.base, self.evidence) < LEAST_SHARE

    def _conditioned(self, horizon: int) -> ConditionedLaw:
        """The Student law of the path given the evidence; a ModelError where it rules out what is known."""
        law = self.base.student_law(max(horizon, int(self.evidence.unknown.size)))
        conditioned = ConditionedLaw(cast(StudentLaw, law), self._log_origin, self.evidence)
        if self.evidence.unknown.size > 1 and conditioned.probability() < UNHEARD_OF:
            raise no_path_agrees(self.evidence)
        return conditioned

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """(barriers, horizon) P(reached by each year) given the evidence, error at most 1e-4.

        Where the evidence is about one year and the model's path has a Student law
        (``passage.path_cdf_given_first``); None otherwise, and then weighted paths answer.

        Raises
        ------
        ModelError
            When the model rules out what is known of the year.
        """
        law = self.base.student_law(horizon)
        if law is None or self.evidence.unknown.size != 1:
            return None
        self._refuse_unheard_of(law)
        origin = self._log_origin
        try:
            return path_cdf_given_first(
                law.mean, law.covariance, np.asarray(log_barriers) - origin,
                lambda x: self.evidence.log_likelihood(origin + x[:, None]), volatility_df=law.df,
            )  # fmt: skip
        except ImpossibleError as error:
            raise no_path_agrees(self.evidence) from error

    @property
    def _log_origin(self) -> float:
        """Log of the last total."""
        return float(np.log(self.series.annual().iloc[-1]))

    def _refuse_unheard_of(self, law: StudentLaw) -> None:
        """Raise where the model rules out what is known of the one unknown year; exact laws and paths ask this."""
        if self.evidence.unknown.size != 1:
            return
        distance = float(self.evidence.central[0]) - self._log_origin - law.mean[0]
        if 2.0 * scipy.special.stdtr(law.df, -abs(distance) / np.sqrt(law.covariance[0, 0])) < UNHEARD_OF:
            raise no_path_agrees(self.evidence)

    def summary(self) -> str:
        """The model's own summary: the fit is to complete years."""
        return self.base.summary()

    def __repr__(self) -> str:
        return f"FittedOnEvidence({self.base!r}, {len(self.statements)} statements)"


@dataclass(frozen=True)
class FittedOnEstimates(FitDefaults):
    """A model fitted to 32 draws of totals that are known in part only.

    Parameters
    ----------
    series
        The statements, with the estimated totals before the running year added as "about" figures.
    fits
        One a draw, to the totals up to the running year.
    latent
        The estimates.
    """

    series: TradeSeries
    fits: tuple[FittedGrowth, ...]
    latent: LatentAnnual

    @property
    def model_name(self) -> str:
        """The model's name."""
        return self.fits[0].model_name

    @property
    def statements(self) -> tuple[Observation, ...]:
        """The statements about years that are not complete."""
        years = self.latent.years[~self.latent.known].tolist()
        return tuple(dict.fromkeys(o for y in years for o in self.latent.observations(y)))

    @property
    def preliminary(self) -> tuple[Observation, ...]:
        """The statements that may be revised before the total of their year is final."""
        return tuple(o for o in self.statements if o.is_preliminary)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """Statements that do not count, and why."""
        return self.latent.set_aside

    @property
    def years_in_part(self) -> tuple[int, ...]:
        """None, because the years that are known in part are among the estimated totals."""
        return ()

    @property
    def estimated_totals(self) -> pd.DataFrame:
        """Median, low and high (80 % interval) of the totals that nobody stated, the running year's included."""
        frame = self.latent.to_frame()
        return frame.loc[~self.latent.known, ["median", "low", "high"]]

    @property
    def size_class(self) -> SizeClass | None:
        """That of the fit to the middle draw."""
        return complete_fit(self.fits[len(self.fits) // 2]).size_class

    def evidence_of_months(self) -> Evidence:
        """The statements behind the estimates, months one by one."""
        return self.latent.evidence_of_months

    def blocks(
        self, horizon: int, n_paths: int, rng: np.random.Generator, drivers: pd.DataFrame | None = None
    ) -> Iterator[Paths]:
        """Blocks of the draws in turn, in batches of 512 paths; the first period is the running year as it was drawn.

        Every draw has as many batches as any other, or one more. The draws are in the order of the running year, and
        those with one more are spread evenly over them. A batch that ``n_paths`` cuts short is of the middle draw.
        """
        origin = np.log(self.series.annual().to_numpy()[-1:])
        years = int(self.series.annual().index[-1]) + np.arange(1, horizon + 1, dtype=np.int64)
        batches = _shares(-(-n_paths // BATCH), len(self.fits))
        middle = (len(self.fits) - 1) // 2
        left = n_paths
        for i in sorted(range(len(self.fits)), key=lambda i: i == middle):
            fit, drawn = self.fits[i], min(batches[i] * BATCH, left)
            left -= drawn
            if drawn == 0:
                continue
            totals = np.log(fit.series.annual().to_numpy())
            running, past = float(totals[-1]), totals[:-1][~self.latent.known[:-1]]
            first = np.full((1, drawn, 1), running)
            if horizon == 1:
                yield Paths(first, years, origin, np.full((1, 1), running), log_past=np.tile(past, (drawn, 1)))
                continue
            for later in fit.blocks(horizon - 1, drawn, rng, drivers):
                n = later.n_paths
                logs = np.concatenate([first[:, :n], later.log_levels], axis=2)
                centre = np.concatenate([[[running]], later.log_centre], axis=1)
                yield Paths(logs, years, origin, centre, log_past=np.tile(past, (n, 1)))

    def hitting_law(self, log_barriers: Array, horizon: int) -> Array | None:
        """None: paths from every draw answer."""
        return None

    def summary(self) -> str:
        """The summary of the fit to the middle draw, and what was estimated."""
        return f"{self.fits[len(self.fits) // 2].summary()}\n\nFitted to {len(self.fits)} draws of estimated totals."

    def __repr__(self) -> str:
        return f"FittedOnEstimates({len(self.fits)} draws of {self.series.label!r})"


def _shares(batches: int, draws: int) -> list[int]:
    """How many batches each draw has: as equal as can be, what is left over spread evenly from the middle."""
    ends = np.floor(np.arange(draws + 1) * batches / draws + 0.5).astype(int)
    return [int(n) for n in np.diff(ends)]


def fit_to_everything(
    model: CompleteModel, series: TradeSeries, drivers: pd.DataFrame | None = None, *, most_years: int = MOST_YEARS
) -> CompleteFit:
    """Fit ``model`` to the complete years of ``series`` and to what else it says; see the module.

    Parameters
    ----------
    model, series, drivers
        What is fitted to what.
    most_years
        Years after the last total whose statements weigh the paths. Statements about more of them are estimated first;
        a region weighs them all, because the paths of its members start in one year.

    Raises
    ------
    DataError
        When neither a total nor a statement gives the level of any year, or several reporters state the flow.
    ModelError
        When the model needs more totals than there are.
    """
    if components := model.components(series):
        first, second = (fit_to_everything(complete_model(m), series, drivers) for m in components)
        return FittedMixture(first, second)
    alone = model.reads_part_years or not model.gives_paths
    if alone or all(o.is_whole_year and o.states_level for o in series):
        return complete_fit(model.fit(series, drivers))
    last = _last_complete_year(series)
    if last is not None:
        evidence = evidence_for(series, last)
        if evidence is None:
            return complete_fit(model.fit(series, drivers))
        if evidence.unknown.size <= most_years:
            return FittedOnEvidence(complete_fit(model.fit(series, drivers)), evidence)
    return _fit_to_estimates(model, series, drivers)


def split_evidence(fitted: CompleteFit) -> tuple[CompleteFit, Evidence | None]:
    """A fit to complete years, and the part-year evidence that its paths are weighted by; None without any."""
    return (fitted.base, fitted.evidence) if isinstance(fitted, FittedOnEvidence) else (fitted, None)


def _last_complete_year(series: TradeSeries) -> int | None:
    """The last calendar year with a total, or None where no year is complete."""
    return max(series.totals, default=None)


def _fit_to_estimates(model: CompleteModel, series: TradeSeries, drivers: pd.DataFrame | None) -> FittedOnEstimates:
    """Fit to draws of the latent totals: low, middle and high ones of the running year in equal shares."""
    latent = latent_annual(series)
    if latent.years.size == 1:
        raise DataError(
            f"{series.label}: {latent.years[0]} is the only year anything is known of, and it is not complete: add the "
            "total of an earlier year, or the growth on it"
        )
    before, running = latent.years[-2:].tolist()
    if running != before + 1:
        raise DataError(
            f"{series.label}: nothing is known of {before + 1}, which lies between {before} and {running}: add a "
            "figure about it, or leave out what was said of the earlier years"
        )
    by_running_year = np.argsort(latent.log_points[:, -1], kind="stable")
    chosen = places_of_quantiles(by_running_year, latent.weights, (np.arange(DRAWS) + 0.5) / DRAWS)
    median = latent.quantiles([0.5])[0]
    estimated = _with_totals(series, latent, median, latent.years[:-1].tolist())
    draws = (np.exp(row) for row in latent.log_points[chosen])
    fits = tuple(model.fit(_with_totals(series, latent, totals, latent.years.tolist()), drivers) for totals in draws)
    return FittedOnEstimates(estimated, fits, latent)


def _with_totals(series: TradeSeries, latent: LatentAnnual, totals: Array, years: list[int]) -> TradeSeries:
    """The series reduced to estimated or known totals of ``years``."""
    known_on = to_fiscal(series.known_through, series.year_end)
    rows = tuple(
        Observation(
            start=date(y, 1, 1), end=date(y, 12, 31), value=float(totals[latent.years.tolist().index(y)]),
            unit=series.unit, qualifier="about", flow=series.flow,
            reporter=series.reporters[0] if series.reporters else None,
            stated_by=ESTIMATED, as_of=max(known_on, date(y, 12, 31)), year_end=series.year_end,
        )
        for y in years
    )  # fmt: skip
    return replace(series, observations=rows)
