"""Growth paths given statements about their first years: reweighted by the likelihood of the statements.

A path's weight is the likelihood of the statements given its log totals, over that of a fixed central guess, so that
weights of different blocks of one simulation are on one scale. Where the law of a path is a Student law, hitting times
need no weights: ``tradetarget.passage.path_cdf_given_first``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from tradetarget.errors import ModelError, TradeTargetWarning
from tradetarget.models.interface import Paths
from tradetarget.nowcasting import Evidence, log_likelihood
from tradetarget.passage.samples import effective_size_of_sums

LARGEST = 300.0
"""Largest log weight. The squares of weights are added, and exp(600) times any number of paths is still a double."""
FEWEST = 400.0
"""Effective paths below which a warning is given. Judgement. A probability of a half then has a standard error of
0.025, which still tells apart what a reader would call likely and unlikely."""


def condition(paths: Paths, evidence: Evidence) -> Paths:
    """``paths`` of one series, weighted by the likelihood of ``evidence``.

    Raises
    ------
    SettingError
        When the evidence is about a year beyond the paths.
    """
    central = float(evidence.log_likelihood(evidence.central[None])[0])
    scale = central if np.isfinite(central) else 0.0
    log_weight = log_likelihood(evidence, paths.log_levels[0], float(paths.log_origin[0])) - scale
    weights = np.exp(np.minimum(log_weight, LARGEST))
    return replace(paths, weights=weights if paths.weights is None else weights * paths.weights)


def condition_blocks(blocks: Iterable[Paths], evidence: Evidence) -> Iterator[Paths]:
    """Every block conditioned; after the last, a warning where few paths agree with the evidence.

    Raises
    ------
    ModelError
        When no path agrees with the evidence at all.

    Warns
    -----
    TradeTargetWarning
        When the effective number of paths is below 400.
    """
    total = squares = 0.0
    for block in blocks:
        conditioned = condition(block, evidence)
        weights = np.asarray(conditioned.weights)
        total, squares = total + float(weights.sum()), squares + float((weights**2).sum())
        yield conditioned
    if squares == 0.0:
        raise no_path_agrees(evidence)
    effective = effective_size_of_sums(total, squares)
    if effective < FEWEST:
        warnings.warn(
            f"only {effective:.0f} effective paths agree with what is known of {evidence.unknown[0]}: "
            "raise n_paths (--paths)",
            TradeTargetWarning,
            stacklevel=2,
        )


def no_path_agrees(evidence: Evidence) -> ModelError:
    """The error of a model that rules out what is known."""
    return ModelError(
        f"no path of the model agrees with what is known of {evidence.unknown[0]}: check the units of the part-year "
        "figures and that a growth of 25 % is written 0.25, or choose a model with wider growth"
    )
