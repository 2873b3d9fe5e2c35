"""One scenario's answers for a region and its pairs, together, and how far they are from the baseline's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.counting import MIN_BATCHES
from tradetarget.arrays import Array
from tradetarget.checks import optional, several, takes, text
from tradetarget.errors import SettingError, unknown_name
from tradetarget.models.interface import BATCH
from tradetarget.passage.events import binomial_standard_error, paired_standard_error
from tradetarget.passage.samples import effective_sample_size
from tradetarget.scenarios import Difference
from tradetarget.scenarios.comparison import no_difference
from tradetarget.targets import HittingTime

Together = Literal["all", "any"]


@dataclass(frozen=True)
class SystemCase:
    """One scenario's answers.

    Parameters
    ----------
    name
        The scenario's.
    hitting_times
        By label, of every series with a target.
    first_hit
        (targets, paths) index of the year in which each path first reaches each target; the horizon where it does not.
    weights
        (paths,), where figures of later years condition them; None for 1 each.
    baseline
        The answers without adjustments, on the same paths; None: these are they.
    """

    name: str
    hitting_times: Mapping[str, HittingTime]
    first_hit: NDArray[np.uint8]
    weights: Array | None
    baseline: SystemCase | None = field(default=None, repr=False)

    @property
    def effective_paths(self) -> float:
        """(sum w)^2 / sum w^2; the number of paths where they have no weights."""
        w = self.weights
        return float(self.first_hit.shape[1]) if w is None else effective_sample_size(w)

    @cached_property
    def differences(self) -> Mapping[str, Difference]:
        """Probabilities less the baseline's, by label, on the same random numbers; empty for the baseline itself."""
        if self.baseline is None:
            return {}
        return {label: self._difference(label, self.baseline) for label in self.hitting_times}

    @takes(labels=optional(several(text)))
    def joint(self, labels: Iterable[str] | None = None) -> pd.DataFrame:
        """Probabilities of several targets together, on the same paths.

        Parameters
        ----------
        labels
            Of series with a target; default all of them.

        Returns
        -------
        pandas.DataFrame
            A row a year: ``period``, ``all`` (every target reached by its end), ``any`` (at least one),
            ``if_independent`` (the product of the single probabilities: what ``all`` would be if the targets had
            nothing to do with each other), ``standard_error`` of ``all``, 0 where every target stands reached.

        Raises
        ------
        UnknownNameError
            On a series without a target.
        SettingError
            On none at all.
        """
        rows = self._rows(labels)
        answers = [a for i, a in enumerate(self.hitting_times.values()) if i in rows]
        every, zero = self._by_year(self._together(rows, "all")), np.zeros(self._horizon)
        certain = self._is_exact(rows, "all")
        return pd.DataFrame(
            {
                "period": answers[0].years,
                "all": every,
                "any": self._by_year(self._together(rows, "any")),
                "if_independent": np.prod([a.probability for a in answers], axis=0),
                "standard_error": zero if certain else binomial_standard_error(every, self.effective_paths),
            }
        )

    @takes(labels=optional(several(text)))
    def joint_difference(self, labels: Iterable[str] | None = None) -> pd.DataFrame:
        """Probabilities of several targets together less the baseline's, on the same random numbers.

        Parameters
        ----------
        labels
            Of series with a target; default all of them.

        Returns
        -------
        pandas.DataFrame
            A row a year: ``period``, ``all``, ``all_error``, ``any``, ``any_error``; the errors are standard errors
            of the paired differences. Zeros for the baseline itself.

        Raises
        ------
        UnknownNameError
            On a series without a target.
        SettingError
            On none at all.
        """
        rows = self._rows(labels)
        columns: dict[str, Array | NDArray[np.int64]] = {"period": next(iter(self.hitting_times.values())).years}
        for how in ("all", "any"):
            gap = self._joint_gap(rows, how)
            columns |= {how: gap.probability, f"{how}_error": gap.standard_errors}
        return pd.DataFrame(columns)

    @property
    def _horizon(self) -> int:
        return next(iter(self.hitting_times.values())).horizon

    def _rows(self, labels: Iterable[str] | None) -> list[int]:
        """The places of labels among those with a target."""
        labelled = list(self.hitting_times)
        wanted = labelled if labels is None else list(labels)
        for label in wanted:
            if label not in labelled:
                raise unknown_name("series with a target", label, labelled)
        if not wanted:
            raise SettingError(f"no series asked about together: name some of {', '.join(labelled)}")
        return sorted({labelled.index(label) for label in wanted})

    def _together(self, rows: list[int], how: Together) -> NDArray[np.uint8]:
        """(paths,) the year in which the last, or the first, of several targets is reached."""
        first_hits = self.first_hit[rows]
        return np.asarray(first_hits.max(axis=0) if how == "all" else first_hits.min(axis=0))

    def _is_exact(self, rows: list[int], how: Together) -> bool:
        """Whether the joint probability is 1 because targets stand reached at the origin."""
        certain = [a.method == "exact" for i, a in enumerate(self.hitting_times.values()) if i in rows]
        return all(certain) if how == "all" else any(certain)

    def _by_year(self, first: NDArray[np.uint8]) -> Array:
        """(K,) share of the paths whose first hit is in each year or before."""
        count = np.bincount(first, weights=self.weights, minlength=self._horizon + 1)
        return np.asarray(np.minimum(np.cumsum(count[: self._horizon]) / count.sum(), 1.0))

    def _counts(self, first: NDArray[np.uint8]) -> Array:
        """(batches, K + 1) paths of every batch that have reached by each year, or their weights; all of them last."""
        # One count over the cells of a table with a row a batch and a column a year, that of "not reached" last.
        batch, width = np.arange(first.size) // BATCH, self._horizon + 1
        cells = np.bincount(batch * width + first, weights=self.weights, minlength=(int(batch[-1]) + 1) * width)
        return np.cumsum(cells.reshape(-1, width), axis=1, dtype=float)

    def _difference(self, label: str, base: SystemCase) -> Difference:
        """One series' difference from the baseline."""
        ours, theirs = self.hitting_times[label], base.hitting_times[label]
        gap = ours.probability - theirs.probability
        if ours.method == theirs.method == "exact":
            return Difference(gap, np.zeros(ours.horizon))
        [i] = self._rows([label])
        alone = [ours.errors, theirs.errors]
        return Difference(gap, self._paired_error(self.first_hit[i], base, base.first_hit[i], alone))

    def _joint_gap(self, rows: list[int], how: Together) -> Difference:
        """The difference of a joint probability."""
        first = self._together(rows, how)
        ours = self._by_year(first)
        if self.baseline is None:
            return no_difference(ours.size)
        base = self.baseline
        of_base = base._together(rows, how)
        theirs = base._by_year(of_base)
        if self._is_exact(rows, how) and base._is_exact(rows, how):
            return Difference(ours - theirs, np.zeros(ours.size))
        alone = [binomial_standard_error(p, c.effective_paths) for p, c in ((ours, self), (theirs, base))]
        return Difference(ours - theirs, self._paired_error(first, base, of_base, alone))

    def _paired_error(
        self, first: NDArray[np.uint8], base: SystemCase, of_base: NDArray[np.uint8], alone: list[Array]
    ) -> Array:
        """(K,) standard error from batches of path-by-path differences, as ``run_scenarios`` has it.

        With fewer than 20 batches it is that of two independent probabilities, too large rather than too small.
        """
        counts = self._counts(first)
        if len(counts) < MIN_BATCHES:
            return np.asarray(np.hypot(*alone))
        others = base._counts(of_base)
        return paired_standard_error(counts[:, :-1], counts[:, -1], others[:, :-1], others[:, -1])
