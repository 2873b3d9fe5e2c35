"""Proper scores, calibration and skill of forecasts: arrays in, arrays out.

A hitting-time forecast is its distribution function over the years of a horizon, p_h = P(reached by the end of year
h), and what happened is y_h = 1{reached by the end of year h}; both are arrays whose last axis is the years. Scores
are negatively oriented: 0 is perfect, lower is better. A score is proper when nobody can expect a better one by
stating anything but their belief (Gneiting & Raftery 2007, doi 10.1198/016214506000001437).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradetarget.arrays import Array
from tradetarget.checks import instance_of, share, takes, whole
from tradetarget.errors import SettingError, shown
from tradetarget.seeding import checked_seed

LOG_CLIP = 1e-4
"""Probabilities are moved this far inside 0 and 1 before a logarithm. Judgement, because a simulated probability of
50,000 paths cannot tell less from 0, and one miss must not decide a mean: it costs 9.2 at most."""


def array(values: ArrayLike, name: str) -> Array:
    """An array of numbers, or a SettingError."""
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"{name} {shown(values)} is no array of numbers: give one, such as [0.1, 0.5]") from None


_generator = instance_of(np.random.Generator, "give np.random.default_rng(0)")


def checked_pair(probability: ArrayLike, outcome: ArrayLike) -> tuple[Array, Array]:
    """Probabilities and 0/1 outcomes as float arrays of one shape.

    Raises
    ------
    SettingError
        On shapes that differ, nothing to score, a probability outside [0, 1], or an outcome other than 0 and 1.
    """
    p, y = array(probability, "probability"), array(outcome, "outcome")
    if p.shape != y.shape or p.size == 0:
        raise SettingError(
            f"probabilities of shape {p.shape} cannot be scored against outcomes of shape {y.shape}: "
            "give one outcome for each probability, and at least one"
        )
    wrong = ~((p >= 0.0) & (p <= 1.0))
    if wrong.any():
        raise SettingError(f"probability {p[wrong].flat[0]} does not lie in [0, 1]")
    other = (y != 0.0) & (y != 1.0)
    if other.any():
        raise SettingError(f"outcome {y[other].flat[0]} is neither 0 nor 1: leave out what is not known yet")
    return p, y


def brier_score(probability: ArrayLike, outcome: ArrayLike) -> Array:
    """The Brier score of each probability, (p - y)^2 (Brier 1950).

    Parameters
    ----------
    probability, outcome
        Arrays of one shape: stated probabilities, and 1 where the event happened, else 0.

    Returns
    -------
    numpy.ndarray
        Scores of that shape, in [0, 1]; average them over whatever is of interest.

    References
    ----------
    Brier (1950), doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> brier_score([0.8, 0.1], [1, 0]).round(2).tolist()
    [0.04, 0.01]
    """
    p, y = checked_pair(probability, outcome)
    return np.asarray((p - y) ** 2)


@takes(clip=share)
def log_score(probability: ArrayLike, outcome: ArrayLike, *, clip: float = LOG_CLIP) -> Array:
    """The logarithmic score of each probability, -y ln p - (1 - y) ln(1 - p) (Good 1952).

    Parameters
    ----------
    probability, outcome
        Arrays of one shape.
    clip
        Probabilities are first moved into [clip, 1 - clip]. Without this one certainty that failed would score
        infinity; with it the score is at most -ln(clip), and it is proper only among forecasts inside those bounds.

    Returns
    -------
    numpy.ndarray
        Scores of that shape, in nats.

    References
    ----------
    Good (1952), doi 10.1111/j.2517-6161.1952.tb00104.x.
    """
    p, y = checked_pair(probability, outcome)
    if not 0.0 < clip < 0.5:
        raise SettingError(f"clip {clip!r} does not lie between 0 and 0.5")
    q = np.clip(p, clip, 1.0 - clip)
    return np.asarray(-y * np.log(q) - (1.0 - y) * np.log1p(-q))


def ranked_probability_score(probability: ArrayLike, outcome: ArrayLike) -> Array:
    """The ranked probability score of hitting times, averaged over targets and years.

    RPS = mean over targets m and years h of (p_mh - y_mh)^2. For one target it is the discrete continuous-ranked
    probability score of the year in which the target is first reached, "not within the horizon" being a last year
    (Epstein 1969), divided by the number of years; it is proper.

    Parameters
    ----------
    probability, outcome
        (..., years) or (cases, targets, years): P(reached by each year), and whether it was.

    Returns
    -------
    numpy.ndarray
        (cases,), the mean over every axis but the first; a scalar array for one forecast of shape (years,).

    References
    ----------
    Epstein (1969), doi 10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2;
    Gneiting & Raftery (2007), doi 10.1198/016214506000001437.
    """
    score = brier_score(probability, outcome)
    return np.asarray(score.mean(axis=tuple(range(1, score.ndim)) if score.ndim > 1 else None))


def crps_of_paths(levels: ArrayLike, outcome: ArrayLike) -> Array:
    """The continuous ranked probability score of simulated levels against what happened.

    CRPS = E|X - y| - E|X - X'| / 2, its expectations over pairs of different paths (the fair form, Ferro 2014), so
    that the score does not depend, on average, on how many paths there are.

    Parameters
    ----------
    levels
        (paths, ...) equally likely levels, 2 paths or more.
    outcome
        (...) what happened, in the same unit.

    Returns
    -------
    numpy.ndarray
        (...) scores in the unit of the levels; for logs of levels, in log points.

    References
    ----------
    Matheson & Winkler (1976), doi 10.1287/mnsc.22.10.1087; Ferro (2014), doi 10.1002/qj.2270.
    """
    x, y = array(levels, "levels"), array(outcome, "outcome")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise SettingError("levels and outcomes must be finite numbers: leave out what is not known yet")
    x = np.sort(x, axis=0) if x.ndim else x
    n = x.shape[0] if x.ndim else 0
    if n < 2 or x.shape[1:] != y.shape:
        raise SettingError(
            f"levels of shape {x.shape} cannot be scored against outcomes of shape {y.shape}: "
            "give (paths, ...) levels, 2 paths or more, for outcomes of shape (...)"
        )
    rank = np.arange(1, n + 1, dtype=float).reshape(-1, *[1] * y.ndim)
    spread = ((2.0 * rank - n - 1.0) * x).sum(axis=0) / (n * (n - 1.0))
    return np.asarray(np.abs(x - y).mean(axis=0) - spread)


@takes(rng=_generator)
def randomised_pit(
    probability: ArrayLike, outcome: ArrayLike, rng: np.random.Generator, observed: ArrayLike | None = None
) -> Array:
    """The randomised probability integral transform of the year of reaching.

    With F the stated distribution function of the year T, u = F(T - 1) + v (F(T) - F(T - 1)), v uniform on (0, 1);
    "not within the horizon" is one more year, at which F = 1. The forecasts are calibrated when u is uniform (Czado,
    Gneiting & Held 2009).

    Parameters
    ----------
    probability, outcome
        (..., years).
    rng
        Draws v.
    observed
        (...) how many years of the horizon have happened, where not all have: the horizon is then cut there, and
        "not within it" means not within those years. It must not depend on what happened.

    Returns
    -------
    numpy.ndarray
        (...) values in [0, 1].

    References
    ----------
    Czado, Gneiting & Held (2009), doi 10.1111/j.1541-0420.2009.01191.x.
    """
    p, y = array(probability, "probability"), array(outcome, "outcome")
    if p.ndim < 1 or p.shape != y.shape or not p.size:
        p, y = checked_pair(np.atleast_1d(p), np.atleast_1d(y))
    years = array(p.shape[-1] if observed is None else observed, "observed")
    are_whole = (years >= 0) & (years < np.inf) & (years == np.floor(years))
    if years.shape not in ((), p.shape[:-1]) or not are_whole.all():
        raise SettingError(
            f"observed {shown(observed)} is not one whole number of years for each forecast: give {p.shape[:-1]}"
        )
    n_years = np.broadcast_to(years, p.shape[:-1]).clip(max=p.shape[-1]).astype(int)
    seen = np.arange(p.shape[-1]) < n_years[..., None]
    p, y = checked_pair(np.where(seen, p, 1.0), np.where(seen, y, 0.0))
    ends = np.zeros((*p.shape[:-1], 1))
    edges = np.concatenate([ends, p, ends + 1.0], axis=-1)
    year = np.where(y.any(axis=-1), y.argmax(axis=-1), n_years)[..., None]
    below = np.take_along_axis(edges, year, axis=-1)[..., 0]
    above = np.take_along_axis(edges, year + 1, axis=-1)[..., 0]
    return np.asarray(below + (above - below) * rng.random(below.shape))


@takes(level=share, rng=_generator)
def pit_coverage(
    probability: ArrayLike,
    outcome: ArrayLike,
    level: float,
    rng: np.random.Generator,
    observed: ArrayLike | None = None,
) -> float:
    """How often the year of reaching lay in the central interval of ``level``, by the randomised PIT.

    The share of u in ((1 - level) / 2, (1 + level) / 2); ``level`` itself when the forecasts are calibrated, whatever
    the lumps of a distribution over years. Parameters as in ``randomised_pit``.
    """
    u = randomised_pit(probability, outcome, rng, observed)
    return float((np.abs(u - 0.5) < level / 2.0).mean())


@takes(bins=whole(1, 1000))
def reliability_table(probability: ArrayLike, outcome: ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Stated probability beside observed frequency, in equal-width bins of the stated probability.

    Parameters
    ----------
    probability, outcome
        Arrays of one shape.
    bins
        Number of bins over [0, 1]; a probability of 1 falls into the last.

    Returns
    -------
    pandas.DataFrame
        One row a bin that is not empty: ``low``, ``high`` (its edges), ``n``, ``stated`` (mean probability) and
        ``observed`` (share that happened). A calibrated forecaster has the two equal (Murphy & Winkler 1977).

    References
    ----------
    Murphy & Winkler (1977), doi 10.2307/2346866; Bröcker & Smith (2007), doi 10.1175/WAF993.1.
    """
    p, y = (a.ravel() for a in checked_pair(probability, outcome))
    where = np.minimum((p * bins).astype(np.int64), bins - 1)
    n = np.bincount(where, minlength=bins)
    held = np.flatnonzero(n)
    stated, happened = np.bincount(where, p, bins)[held] / n[held], np.bincount(where, y, bins)[held] / n[held]
    return pd.DataFrame(
        {"low": held / bins, "high": (held + 1) / bins, "n": n[held], "stated": stated, "observed": happened}
    )


@takes(bins=whole(1, 1000))
def reliability_error(probability: ArrayLike, outcome: ArrayLike, bins: int = 10) -> float:
    """Mean distance between stated probability and observed frequency over the bins, weighted by their share.

    0 is perfect. Few cases give a positive error by chance alone: about sqrt(2 p (1 - p) / (pi n)) in a bin of n.
    """
    table = reliability_table(probability, outcome, bins)
    return float((table["n"] * (table["stated"] - table["observed"]).abs()).sum() / table["n"].sum())


class Skill(NamedTuple):
    """Skill against a baseline, 1 - mean score / mean score of the baseline, with its interval."""

    value: float
    """0 is no better than the baseline, 1 is perfect, negative is worse."""
    low: float | None
    """Lower end of the interval; None with fewer than two clusters, where nothing says how sure it is."""
    high: float | None
    """Upper end; None likewise."""
    clusters: int
    """Number of clusters resampled."""


@takes(level=share, n_resamples=whole(1, 1_000_000))
def skill_against(
    scores: ArrayLike,
    baseline_scores: ArrayLike,
    clusters: ArrayLike,
    *,
    level: float = 0.9,
    n_resamples: int = 2000,
    seed: int = 0,
) -> Skill:
    """Skill 1 - mean(s) / mean(b), with a paired bootstrap interval that resamples whole clusters.

    Forecasts of one pair from neighbouring origins share most of their future, so that cases are far from
    independent; resampling pairs whole keeps what they share (Field & Welsh 2007). Pairs hit by one common shock are
    still taken as independent: the interval is then too narrow.

    Parameters
    ----------
    scores, baseline_scores
        (cases,) proper scores of the two forecasters on the same cases, lower is better.
    clusters
        (cases,) what is resampled: the pair of each case.
    level
        Of the central interval of the resampled skill.
    n_resamples
        Bootstrap samples.
    seed
        Of the resampling; the same seed gives the same interval.

    Raises
    ------
    SettingError
        On arrays of different lengths, or a baseline whose mean score is 0 and cannot be improved on.

    References
    ----------
    Field & Welsh (2007), doi 10.1111/j.1467-9868.2007.00593.x.
    """
    s, b = array(scores, "scores").ravel(), array(baseline_scores, "baseline_scores").ravel()
    if not (np.isfinite(s).all() and np.isfinite(b).all()):
        raise SettingError("scores must be finite numbers: leave out cases that were not scored")
    code, names = pd.factorize(np.array([repr(c) for c in np.asarray(clusters, dtype=object).ravel()], dtype=object))
    if not s.size == b.size == code.size or s.size == 0:
        raise SettingError(f"{s.size} scores, {b.size} baseline scores and {code.size} clusters: give one each a case")
    if b.mean() <= 0.0:
        raise SettingError("the baseline scores 0 on average: it is perfect, and skill against it has no meaning")
    value = 1.0 - float(s.mean() / b.mean())
    if len(names) < 2:
        return Skill(value, None, None, len(names))
    sums = np.stack([np.bincount(code, s), np.bincount(code, b)])
    rng = np.random.default_rng(checked_seed(seed))
    drawn = rng.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=n_resamples)
    mine, theirs = sums @ drawn.T.astype(float)
    resampled = 1.0 - mine[theirs > 0] / theirs[theirs > 0]
    low, high = np.quantile(resampled, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return Skill(value, float(low), float(high), len(names))
