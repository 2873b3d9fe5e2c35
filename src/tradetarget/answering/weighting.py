"""Growth paths given statements about their first years: reweighted by the likelihood of the statements.

A path's weight is the likelihood of the statements given its log totals, over that of a fixed central guess, so that
weights of different blocks of one simulation are on one scale. Where the law of a path is a Student law, hitting times
need no weights: ``tradetarget.passage.path_cdf_given_first``, and where weights would degenerate, because hardly a path
agrees with the statements, paths are drawn from the posterior (:mod:`tradetarget.answering.conditional`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from tradetarget.errors import ModelError
from tradetarget.models.interface import CompleteFit, Paths
from tradetarget.models.paths import require_effective_paths
from tradetarget.nowcasting import Evidence, log_likelihood
from tradetarget.nowcasting.latent import TotalsPosterior
from tradetarget.passage.samples import effective_size_of_sums

LARGEST = 300.0
"""Largest log weight. The squares of weights are added, and exp(600) times any number of paths is still a double."""
PILOT = 16_384
"""Paths that tell whether weights degenerate. Judgement, because at the least share 98 of them are effective, so that
it is known to a tenth."""
LEAST_SHARE = 0.006
"""Effective paths a path below which weights degenerate. Judgement. 300 of 50,000 are three quarters of those below
which a warning is given, so that the error of the pilot changes no answer that needs no warning."""


def condition(paths: Paths, evidence: Evidence, log_scale: float | None = None) -> Paths:
    """``paths`` of one series, weighted by the likelihood of ``evidence`` over exp ``log_scale``.

    The scale is the same for all blocks of one simulation; None is that of ``log_scale_of``.

    Raises
    ------
    SettingError
        When the evidence is about a year beyond the paths.
    """
    scale = log_scale_of(evidence) if log_scale is None else log_scale
    log_weight = log_likelihood(evidence, paths.log_levels[0], float(paths.log_origin[0])) - scale
    weights = np.exp(np.minimum(log_weight, LARGEST))
    return replace(paths, weights=weights if paths.weights is None else weights * paths.weights)


def log_scale_of(evidence: Evidence) -> float:
    """Log-likelihood of a central guess, or the largest one where the guess is so far off that weights would be cut.

    The guess does not see bounds, nor growth on a year of which nothing is known. All weights would then be cut to one
    value, as if nothing had been stated.
    """
    central = float(evidence.log_likelihood(evidence.central[None])[0])
    posterior = TotalsPosterior(evidence, None)
    highest = float(evidence.log_likelihood(posterior.log_totals(posterior.mode()[0][None]))[0])
    if not np.isfinite(central):
        central = 0.0
    return highest if highest > central + LARGEST else central


def condition_blocks(blocks: Iterable[Paths], evidence: Evidence) -> Iterator[Paths]:
    """Every block conditioned; after the last, ``require_effective_paths``.

    Raises
    ------
    ModelError
        When no path agrees with the evidence at all, or fewer than 50 effective paths do.

    Warns
    -----
    TradeTargetWarning
        When the effective number of paths is below 400.
    """
    scale = log_scale_of(evidence)
    return enough_effective((condition(block, evidence, scale) for block in blocks), evidence)


def enough_effective(blocks: Iterable[Paths], evidence: Evidence) -> Iterator[Paths]:
    """Weighted blocks as they are; after the last, ``require_effective_paths``.

    Raises
    ------
    ModelError
        When no path agrees with the evidence at all, or fewer than 50 effective paths do.
    """
    total = squares = 0.0
    n_paths = 0
    for block in blocks:
        weights = np.asarray(block.weights)
        total, squares = total + float(weights.sum()), squares + float((weights**2).sum())
        n_paths += block.n_paths
        yield block
    if squares == 0.0:
        raise no_path_agrees(evidence)
    require_effective_paths(effective_size_of_sums(total, squares), n_paths, f"{evidence.unknown[0]}")


def effective_share(fitted: CompleteFit, evidence: Evidence) -> float:
    """Effective paths a path of a fit that is weighted by ``evidence``, from a simulation with numbers of its own."""
    scale, rng = log_scale_of(evidence), np.random.Generator(np.random.SFC64(0))
    total = squares = 0.0
    for block in fitted.blocks(int(evidence.unknown.size), PILOT, rng):
        weights = np.asarray(condition(block, evidence, scale).weights)
        total, squares = total + float(weights.sum()), squares + float((weights**2).sum())
    return effective_size_of_sums(total, squares) / PILOT


def no_path_agrees(evidence: Evidence) -> ModelError:
    """The error of a model that rules out what is known."""
    return ModelError(
        f"no path of the model agrees with what is known of {evidence.unknown[0]}: check the units of the part-year "
        "figures and that a growth of 25 % is written 0.25, or choose a model with wider growth"
    )
