"""What part-year figures and growth statements say about the totals of calendar years: a likelihood.

Write y_t for the log total of year t. With the law of shares (``ShareLaw``), each reading is one row:

    level v of window w in year t       logit(v / exp y_t)  = zeta_w + a_w'(z_t - E z_t)
    the same, where it is preliminary   log v - y_t = log s_w,t
    growth q of window w, t on t - 1    log q - (y_t - y_(t-1)) = log s_w,t - log s_w,(t-1)
    level v of the whole year           log v - y_t = 0
    growth q of the whole year          log q - (y_t - y_(t-1)) = 0

each plus the noise of its rounding, and of its revision where it is not final (``nowcasting.revision``): a figure
uniform on its interval has the mean and variance of that law's log. The rows about parts of years are jointly Student
in z, because u, the pair's own season, is common to them all; in growth of the same months most of it cancels. E z_t
moves with the year's own growth and with that of the year after, which a weak or strong end of the year foretells;
and growth shares lambda: a pair, or a year, of unusual growth has unusual seasons. A level's row has the Jacobian 1 /
(1 - s), and is impossible where the total is below the part. That of a preliminary level is linear in logs and has
none, because the final total may be below a part that was announced. A bound ("at least") has the probability of its
side, given the other rows. All other rows are called measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.errors import SettingError
from tradetarget.nowcasting.readings import Reading, SetAside
from tradetarget.nowcasting.revision import year_correlation
from tradetarget.nowcasting.rows import FINEST, LEAST_PROBABILITY, Rows, whole_years_log_likelihood
from tradetarget.nowcasting.seasons import Season, SeasonGain
from tradetarget.nowcasting.shares import LARGEST_KNOWN, ShareLaw
from tradetarget.passage.fixed_order import forward_substitution, narrow_product, ordered_product, ordered_sum

LEAST_LOG_REMAINDER = 1e-12
"""Least log distance of a total above its own part at which the logit of the share is computed. 1 - share then has four
digits left. Totals at or below the part have likelihood 0 whatever stands here."""


@dataclass(frozen=True)
class Evidence:
    """The likelihood of the totals of ``years``, given some of them and every reading.

    Parameters
    ----------
    law
        Of the shares.
    years
        (Y,) calendar years, consecutive or not: the known ones, and those that readings touch.
    log_known
        (Y,) log totals taken as known; NaN for the others.
    relative_size
        (Y,) log size over the law's central size.
    parts, wholes
        Rows about parts of years, and about whole years.
    set_aside
        Statements that do not count, and why.
    """

    law: ShareLaw
    years: NDArray[np.int64]
    log_known: Array
    relative_size: Array
    parts: Rows
    wholes: Rows
    set_aside: tuple[SetAside, ...] = ()

    @property
    def unknown(self) -> NDArray[np.int64]:
        """(U,) the years whose totals are not known."""
        return self.years[np.isnan(self.log_known)]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that say something of an unknown year, parts that cover the year before included."""
        return tuple(
            r
            for r in (*self.parts.readings, *self.wholes.readings)
            if self._is_about_unknown(r) or (r.year + 1 in self.unknown and r.of_parts)
        )

    def _is_about_unknown(self, r: Reading) -> bool:
        return any(y in self.unknown for y in r.years)

    @property
    def stated_years(self) -> tuple[int, ...]:
        """The unknown years that a statement is about; a year whose only evidence is the year before is none."""
        stated = [r for r in (*self.parts.readings, *self.wholes.readings) if self._is_about_unknown(r)]
        return tuple(y for y in self.unknown.tolist() if any(y <= r.year for r in stated))

    @cached_property
    def floor(self) -> Array:
        """(U,) the largest part of each unknown year that is final; 0 where there is none."""
        parts = dict.fromkeys(self.unknown.tolist(), 0.0)
        for r in self.parts.readings:
            if r.year in parts and r.kind == "level" and r.interval.side >= 0.0 and not r.is_preliminary:
                parts[r.year] = max(parts[r.year], float(np.exp(r.log_moments[0])))
        return np.array(list(parts.values()))

    @cached_property
    def central(self) -> Array:
        """(U,) a first guess of the log totals, by a level over its mean share, else growth, else the nearest year."""
        y = self.log_known.copy()
        for r in sorted((*self.parts.readings, *self.wholes.readings), key=lambda r: r.window.end):
            year_index = int(np.searchsorted(self.years, r.year))
            if r.kind == "level" and not r.interval.is_bound and np.isnan(self.log_known[year_index]):
                y[year_index] = r.log_moments[0] - np.log(self.law.window(r.window).share)
        for r in sorted((*self.parts.readings, *self.wholes.readings), key=lambda r: (r.year, r.window.end)):
            year_index = int(np.searchsorted(self.years, r.year))
            if r.kind == "growth" and not r.interval.is_bound and np.isnan(y[year_index]):
                y[year_index] = y[year_index - 1] + r.log_moments[0]
        sure = np.flatnonzero(~np.isnan(y))
        nearest = sure[np.abs(np.arange(y.size)[:, None] - sure).argmin(axis=1)]
        guess = np.where(np.isnan(y), y[nearest], y)[np.isnan(self.log_known)]
        return np.asarray(np.maximum(guess, np.log(np.maximum(self.floor, LEAST_PROBABILITY)) + 0.01))

    def log_likelihood(self, log_totals: Array, log_origin: Array | float | None = None) -> Array:
        """(paths,) log-likelihood, up to a constant, of log totals (paths, U) of the unknown years.

        -inf where a total is not above its own published part. ``log_origin`` replaces the last known total before
        the unknown years, where paths start from totals of their own.
        """
        y = self._filled(log_totals, log_origin)
        growth_distance = self._growth_distance(y)
        return np.asarray(self._parts_log_likelihood(y, growth_distance) + whole_years_log_likelihood(self.wholes, y))

    def log_growth_prior(self, log_totals: Array) -> Array:
        """(paths,) log density of the growth to and from the unknown years, by the panel's law; up to a constant."""
        growth_distance, df = self._growth_distance(self._filled(log_totals, None)), self._df
        return np.asarray(-(df + self._unknown_growth.sum()) / 2.0 * np.log1p(growth_distance / df))

    def _filled(self, log_totals: Array, log_origin: Array | float | None) -> Array:
        """(paths, Y) log totals of all years."""
        unknown = np.isnan(self.log_known)
        y = np.repeat(self.log_known[None], len(log_totals), axis=0)
        y[:, unknown] = log_totals
        if log_origin is not None:
            y[:, int(np.argmax(unknown)) - 1] = log_origin
        return y

    def _growth(self, y: Array, chosen: NDArray[np.bool_]) -> Array:
        """(paths, chosen) growth between neighbouring years in scales of its law; k years have k times its variance."""
        years_chosen = np.flatnonzero(chosen)
        gap, law = np.diff(self.years)[years_chosen], self.law
        scale = law.growth_scale(self.relative_size[years_chosen + 1]) * np.sqrt(gap)
        return np.asarray((y[:, years_chosen + 1] - y[:, years_chosen] - law.growth.mean * gap) / scale)

    @cached_property
    def _unknown_growth(self) -> NDArray[np.bool_]:
        """(Y - 1,) whether the growth of a year is not known."""
        return np.isnan(np.diff(self.log_known))

    @cached_property
    def _df(self) -> float:
        """Degrees of freedom after the known rows about parts and the known growth."""
        return self.law.df + self.law.memory * float(self._whitened_known.size + (~self._unknown_growth).sum())

    @cached_property
    def _scale(self) -> float:
        """Root of lambda as the known rows and the known growth have it."""
        growth = np.clip(self._growth(self.log_known[None], ~self._unknown_growth), -LARGEST_KNOWN, LARGEST_KNOWN)
        squares = float(self._whitened_known @ self._whitened_known + (growth**2).sum())
        return float(np.sqrt((self.law.df + self.law.memory * squares) / self._df))

    def _growth_distance(self, y: Array) -> Array:
        """(paths,) sum of squares of the growth that is not known: a year of unusual growth has an unusual season."""
        squares = (self._growth(y, self._unknown_growth) / self._scale) ** 2
        return ordered_sum([np.zeros(len(y)), *squares.T])

    def _parts_log_likelihood(self, y: Array, growth_distance: Array) -> Array:
        """Student density of the rows about parts of years, given growth and the rows of known years."""
        white, residual, total = self._whitened(y)
        root, whitened_known, scale = self._root, self._whitened_known, self._scale
        k = whitened_known.size
        df = self._df + self._unknown_growth.sum()
        distance, freedom = ordered_sum([growth_distance, *white**2]), df + self._n_measured - k
        total += df / 2.0 * np.log1p(growth_distance / self._df) - freedom / 2.0 * np.log1p(distance / self._df)
        spread = scale * np.sqrt((self._df + distance) / freedom)
        for j in range(self._n_measured, len(self.parts.readings)):
            below = (
                root[j, :k] @ whitened_known + scale * ordered_product(root[j : j + 1, k : self._n_measured], white)[0]
            )
            standardised = (residual[j - k] - below) / (self._bound_sd[j - self._n_measured] * spread)
            side = self.parts.readings[j].interval.side
            total += np.log(np.maximum(scipy.special.stdtr(freedom, -side * standardised), LEAST_PROBABILITY))
        return total

    def _whitened(self, y: Array) -> tuple[Array, Array, Array]:
        """(measured - k, paths) whitened measured rows after the k of known years, residuals and log Jacobian."""
        residual, jacobian = self._residuals(y)
        k = self._whitened_known.size
        unexplained = (
            residual[: self._n_measured - k] - (self._root[k : self._n_measured, :k] @ self._whitened_known)[:, None]
        )
        white = forward_substitution(self._root[k : self._n_measured, k : self._n_measured], unexplained) / self._scale
        return white, residual, jacobian

    def season_gain(self, years: NDArray[np.int64]) -> SeasonGain:
        """How the pair's season and those of ``years``, some of the evidence's, follow from the measured rows.

        Given the total of every year and lambda = 1, w = (u, f_t of each of ``years``), f = e + c / s, is normal.
        """
        k, flat = self._whitened_known.size, self.parts.slope[: self._n_measured].sum(axis=1)
        year_index = np.searchsorted(self.years, years)
        scale = self.law.scale(self.relative_size[year_index])
        of_year = [self.law.yearly + self.law.common / s**2 for s in scale]
        shared = [self.law.persistent @ flat.T]
        shared += [v @ self.parts.slope[: self._n_measured, i].T for v, i in zip(of_year, year_index, strict=True)]
        gain = np.linalg.solve(self._root[: self._n_measured], np.concatenate(shared).T)
        covariance = scipy.linalg.block_diag(self.law.persistent, *of_year) - narrow_product(gain.T, gain)
        return SeasonGain(gain[:k].T @ self._whitened_known, gain[k:].T, covariance)

    def season(self, log_totals: Array, gain: SeasonGain) -> Season:
        """What the measured rows about parts of years say of the seasons that ``gain`` is of.

        Parameters
        ----------
        log_totals
            (paths, U) log totals of the unknown years.
        gain
            From ``season_gain``: the same for all paths.
        """
        y = self._filled(log_totals, None)
        white, _, jacobian = self._whitened(y)
        # A total below its own published part has no residual: the logit of a share above 1 is no number, and what
        # stands in for it made lambda 10,000 times too large. Such a path has likelihood 0. Its season is drawn as if
        # no row had been observed of the unknown years, so that its months are numbers of the usual size.
        white = np.where(np.isfinite(jacobian), white, 0.0)
        mean = gain.known[:, None] + ordered_product(gain.slope, white * self._scale)
        freedom = self._df + float(self._unknown_growth.sum()) + self._n_measured - self._whitened_known.size
        distance = ordered_sum([self._growth_distance(y), *white**2])
        return Season(mean, gain.covariance, self._scale**2 * (self._df + distance), freedom)

    @cached_property
    def _n_measured(self) -> int:
        """How many rows about parts are no bounds; they come first."""
        return sum(not r.interval.is_bound for r in self.parts.readings)

    @cached_property
    def _covariance(self) -> Array:
        """(n, n) covariance of the rows about parts."""
        flat = self.parts.slope.sum(axis=1)
        shared = flat @ self.law.persistent @ flat.T
        scale = self.law.scale(self.relative_size)[:, None, None]
        slope, by_year = self.parts.slope, self.law.yearly + self.law.common / scale**2
        flat_shape = len(slope), slope.shape[1] * slope.shape[2]
        moved = np.einsum("iyk,ykl->iyl", slope, by_year).reshape(flat_shape)
        of_years = narrow_product(moved, slope.reshape(flat_shape).T)
        first, last = self._without_neighbour
        unseen = np.concatenate([self.parts.effect[:, first], self.parts.next_effect[:, last]], axis=1)
        size = np.concatenate([self.relative_size[first], self.relative_size[last]])
        growth = (unseen * self.law.growth_scale(size) ** 2) @ unseen.T
        revised = self.parts.revision @ year_correlation(self.years) @ self.parts.revision.T
        return np.asarray(shared + of_years + growth + revised + np.diag(self.parts.noise))

    @cached_property
    def _root(self) -> Array:
        """(rows, measured) root of the measured rows' covariance, and below it what the bounds share with them."""
        n = self._n_measured
        root = np.linalg.cholesky(self._covariance[:n, :n])
        if n == len(self._covariance):
            return np.asarray(root)
        return np.concatenate([root, np.linalg.solve(root, self._covariance[:n, n:]).T])

    @cached_property
    def _bound_sd(self) -> Array:
        """(bounds,) standard deviation that the measured rows leave each bound."""
        below = self._root[self._n_measured :]
        return np.asarray(
            np.sqrt(np.maximum(np.diag(self._covariance)[self._n_measured :] - (below**2).sum(axis=1), FINEST))
        )

    @cached_property
    def _whitened_known(self) -> Array:
        """(k,) whitened residuals of the measured rows that touch known years only; they come first of all."""
        k = self.parts.n_known
        residual, _ = self._residuals(np.where(np.isnan(self.log_known), 0.0, self.log_known)[None], known=True)
        most = LARGEST_KNOWN * np.sqrt(np.diag(self._covariance)[:k])
        return np.asarray(np.linalg.solve(self._root[:k, :k], np.clip(residual[:, 0], -most, most)))

    @cached_property
    def implausible(self) -> tuple[Reading, ...]:
        """Levels of parts of complete years whose shares lie further out than data breaks are taken to."""
        k = self.parts.n_known
        residual, _ = self._residuals(np.where(np.isnan(self.log_known), 0.0, self.log_known)[None], known=True)
        far = np.abs(residual[:, 0]) > LARGEST_KNOWN * self._scale * np.sqrt(np.diag(self._covariance)[:k])
        outliers = [r for r, is_far in zip(self.parts.readings[:k], far, strict=True) if is_far]
        return tuple(r for r in outliers if r.kind == "level" and not r.of_parts)

    def log_density_of_known(self) -> float:
        """Log Student density, up to a constant, of the measured rows that touch known years only, as stated."""
        k = self.parts.n_known
        root = self._root[:k, :k]
        residual, _ = self._residuals(np.where(np.isnan(self.log_known), 0.0, self.log_known)[None], known=True)
        white = np.linalg.solve(root, residual[:, 0])
        spread = -(self.law.df + k) / 2.0 * np.log1p(white @ white / self.law.df)
        return float(spread - np.log(np.diag(root)).sum())

    @cached_property
    def _without_neighbour(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(Y,) whether the year before, and the year after, is not among the years."""
        apart = np.diff(self.years) != 1
        return np.concatenate([[True], apart]), np.concatenate([apart, [True]])

    @cached_property
    def _response(self) -> Array:
        """(n, Y) change of each row's mean with the growth of each year, from the year before among the years."""
        first, last = self._without_neighbour
        response = self.parts.effect * ~first
        response[:, 1:] += (self.parts.next_effect * ~last)[:, :-1]
        return np.asarray(response)

    def _residuals(self, y: Array, *, known: bool = False) -> tuple[Array, Array]:
        """(rows, paths) less their means, and the log Jacobian (paths,), -inf where a total is below its part.

        Of the rows that touch known years only, or of all the others.
        """
        rows, k = self.parts, self.parts.n_known
        chosen = range(k) if known else range(k, len(rows.readings))
        response = self._response[chosen.start : chosen.stop]
        growth_years = np.flatnonzero(response.any(axis=0))
        growth = self.law.growth_deviation(y[:, growth_years] - y[:, growth_years - 1])
        centre = rows.offset[chosen.start : chosen.stop, None] + ordered_product(response[:, growth_years], growth.T)
        residual, jacobian = np.empty((len(chosen), len(y))), np.zeros(len(y))
        for i, j in enumerate(chosen):
            r, log_total = rows.readings[j], y[:, rows.year_index[j]]
            part, log_total = r.log_moments[0], log_total if np.ptp(log_total) else log_total[:1]
            if r.kind == "level" and r.is_preliminary:
                residual[i] = part - log_total
                continue
            if r.kind == "growth":
                residual[i] = part - (log_total - y[:, rows.year_index[j] - 1])
                continue
            log_remainder = np.log(-np.expm1(np.minimum(part - log_total, -LEAST_LOG_REMAINDER)))
            residual[i] = part - log_total - log_remainder
            if r.interval.side <= 0.0 and r.interval.is_bound:
                continue
            jacobian = np.where(part < log_total, jacobian - (0.0 if r.interval.is_bound else log_remainder), -np.inf)
        return residual - centre, jacobian


def log_likelihood(evidence: Evidence, log_levels: Array, log_origin: Array | float) -> Array:
    """(paths,) log-likelihood of simulated totals, up to a constant.

    Parameters
    ----------
    evidence
        From ``evidence_for(series, origin)``.
    log_levels
        (paths, periods) log totals of the years after the origin, in the unit of the series.
    log_origin
        Log total of the origin, one for all paths or (paths,).

    Raises
    ------
    SettingError
        When the evidence is about a year beyond the paths.
    """
    n_years = int(evidence.unknown.size)
    require_years(evidence, log_levels, n_years)
    return evidence.log_likelihood(log_levels[:, :n_years], log_origin)


def require_years(evidence: Evidence, log_levels: Array, n_years: int) -> None:
    """A SettingError unless paths (paths, periods) go on for the ``wanted`` years that statements are about."""
    if log_levels.shape[1] < n_years:
        raise SettingError(
            f"horizon {log_levels.shape[1]} ends before {evidence.unknown[-1]}, which statements are about: "
            f"give a horizon of {n_years} or more"
        )
