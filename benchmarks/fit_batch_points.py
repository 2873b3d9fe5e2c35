"""Fit the points of ``BATCH``: what src/tradetarget/passage/batch-points.csv holds.

Usage:

    python benchmarks/fit_batch_points.py [--laws 3000] [--rounds 4000] [--points 64] [-o FILE.csv]

The normal scores of the points (the scale, the directions and fifty periods; :mod:`tradetarget.passage.points`) start
from the Kronecker sequence and are moved, by Adam (Kingma and Ba 2015, arXiv:1412.6980), to where

    mean over laws, barriers and years of w_k (e^2 + QUARTIC e^4),   e = P(T <= k) by the points - P(T <= k) by EXACT,

is smallest; the fourth power is for the worst error, and w_k for the first ``NEAR`` years, which are asked for most.
The laws are the four families of ``law_accuracy.py``, from another seed than those that the error is stated for. The
gradient of P = (1/n) sum_i Phi(-t_ik) goes to the period in which t_ik, a running minimum, was reached.

Takes about eight minutes of processor time. ``--points 96`` and 128 were tried as well.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from law_accuracy import YEARS, Laws, hard, pooled, walks, wide
from tradetarget.passage._arrays import lower_factor, slack
from tradetarget.passage.crossing import loads
from tradetarget.passage.points import BATCH, EXACT, innovation_factor, normal_scores
from tradetarget.passage.scales import scale_quantiles

TRAINING_SEED, CHOOSING_SEED, CHECKING_SEED = 502, 0, 600
REFERENCE = EXACT._replace(n_points=1 << 16)
"""Points of the reference. Its error, 1e-4, is a tenth of what is fitted."""
QUARTIC = 3e4
"""At an error of .006 the fourth power then counts as much as the square."""
NEAR, WEIGHT_OF_NEAR = 15, 2.0
LAWS_A_ROUND, LEARNING_RATE = 24, 0.01
SCORES = np.linspace(-6.0, 6.0, 4001)


class Task(NamedTuple):
    """Laws in the units of the kernel: t = threshold * v - ratio @ r.

    Parameters
    ----------
    ratio, threshold
        (laws, K, K) of L / d and (laws, B, K) of (b - m) / d.
    log_scale, kind
        (kinds, 4001) log v at ``SCORES``, and (laws,) which of them is a law's.
    reference
        (laws, B, K) probabilities.
    """

    ratio: np.ndarray
    threshold: np.ndarray
    log_scale: np.ndarray
    kind: np.ndarray
    reference: np.ndarray

    def take(self, rows: np.ndarray) -> Task:
        """Some of the laws."""
        return Task(self.ratio[rows], self.threshold[rows], self.log_scale, self.kind[rows], self.reference[rows])


def task(count: int, seed: int) -> Task:
    """Random laws, a quarter of each family, and what they are."""
    rng = np.random.default_rng(seed)
    parts = [walks(count // 4, rng)[0], *(family(count // 4, rng) for family in (pooled, hard, wide))]
    laws = Laws(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    factor = lower_factor(laws.covariance.transpose(1, 2, 0))
    load = loads(factor, innovation_factor(BATCH.directions)[0][: YEARS.size])
    gap = (laws.barriers - slack(laws.barriers))[:, :, None] - laws.mean[:, None, :]
    df, kind = np.unique(laws.df, return_inverse=True)
    return Task(
        (factor / load[:, None]).transpose(2, 0, 1), gap / load.T[:, None, :],
        np.log(scale_quantiles(df, SCORES)), kind, laws.answer(REFERENCE),
    )  # fmt: skip


def errors(scores: np.ndarray, at: Task, root: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(laws, B, K) errors with these scores (1 + directions - 1 + K, n), and what their gradient needs."""
    logs = np.array([np.interp(scores[0], SCORES, row) for row in at.log_scale])
    slopes = np.array([np.interp(scores[0], SCORES, np.gradient(row, SCORES)) for row in at.log_scale])
    v = np.exp(logs)
    t = at.threshold[..., None] * v[at.kind][:, None, None, :] - (at.ratio @ (root @ scores[1:]))[:, None]
    lowest = np.minimum.accumulate(t, axis=2)
    kept = {"t": t, "lowest": lowest, "slope": (v * slopes)[at.kind]}
    return ndtr(-lowest).mean(axis=-1) - at.reference, kept


def gradient(scores: np.ndarray, at: Task, root: np.ndarray) -> np.ndarray:
    """Gradient of the loss with respect to the scores."""
    e, kept = errors(scores, at, root)
    t, lowest = kept["t"], kept["lowest"]
    n, periods = scores.shape[1], t.shape[2]
    weight = np.where(np.arange(periods) < NEAR, WEIGHT_OF_NEAR, 1.0)
    of_error = weight * (2.0 * e + 4.0 * QUARTIC * e**3) / e.size
    of_lowest = -of_error[..., None] / n * np.exp(-0.5 * lowest**2) / np.sqrt(2.0 * np.pi)
    fell = np.concatenate([np.ones_like(t[:, :, :1], dtype=bool), t[:, :, 1:] < lowest[:, :, :-1]], axis=2)
    since = np.maximum.accumulate(np.where(fell, np.arange(periods)[:, None], 0), axis=2)
    row = np.arange(t.shape[0] * t.shape[1]).reshape(*t.shape[:2], 1, 1)
    place = (row * periods + since) * n + np.arange(n)
    of_t = np.bincount(place.ravel(), weights=of_lowest.ravel(), minlength=t.size).reshape(t.shape)
    of_scale = ((of_t * at.threshold[..., None]).sum(axis=(1, 2)) * kept["slope"]).sum(axis=0)
    of_r = -np.einsum("lkj,lbkn->jn", at.ratio, of_t, optimize=True)
    return np.concatenate([of_scale[None], root.T @ of_r])


def first_scores(start: int, n: int) -> np.ndarray:
    """Scores of the sequence in the order of this module: scale, directions, periods."""
    directions = BATCH.directions
    along, scale, _, own = np.split(
        normal_scores(start, n, directions + 1 + YEARS.size).astype(float), [directions - 1, directions, directions + 1]
    )
    return np.concatenate([scale, along, own])


def fitted(n: int, rounds: int, training: Task, root: np.ndarray) -> tuple[int, np.ndarray]:
    """The first point of the sequence that the fit started from, the best of 30, and the scores."""
    few = training.take(np.arange(0, training.kind.size, max(1, training.kind.size // 70)))
    starts = np.random.default_rng(CHOOSING_SEED).integers(1_000, 20_000, 30)
    start = min(map(int, starts), key=lambda s: float((errors(first_scores(s, n), few, root)[0] ** 2).mean()))
    scores = first_scores(start, n)
    mean, square = np.zeros_like(scores), np.zeros_like(scores)
    rng = np.random.default_rng(CHOOSING_SEED + 1)
    for done in range(1, rounds + 1):
        rows = rng.choice(training.kind.size, min(LAWS_A_ROUND, training.kind.size), replace=False)
        slope = gradient(scores, training.take(rows), root)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = LEARNING_RATE * min(1.0, done / 20.0) * (1.0 - done / rounds) ** 0.7 + 1e-5
        step = mean / (1.0 - 0.9**done) / (np.sqrt(square / (1.0 - 0.99**done)) + 1e-12)
        scores = np.clip(scores - rate * step, -5.9, 5.9)  # the table of the scale ends at 6
    return start, scores


def row(scores: np.ndarray, at: Task, root: np.ndarray) -> str:
    """Root mean square and worst error, law by law so that memory stays small."""
    parts = [errors(scores, at.take(np.array([i])), root)[0] for i in range(at.kind.size)]
    e = np.concatenate(parts)
    return f"{np.sqrt((e**2).mean()):.2e} in root mean square, {np.abs(e).max():.2e} at worst"


def main() -> None:
    """Fit, write and check on laws that the fit has not seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--laws", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=4_000)
    parser.add_argument("--points", type=int, default=BATCH.n_points)
    parser.add_argument("-o", dest="out", type=Path, default=Path("src/tradetarget/passage/batch-points.csv"))
    given = parser.parse_args()
    directions = BATCH.directions
    _, along, own = innovation_factor(directions)
    root = np.concatenate([along[: YEARS.size], own[: YEARS.size, : YEARS.size]], axis=1).astype(float)
    start, scores = fitted(given.points, given.rounds, task(given.laws, TRAINING_SEED), root)
    scale, of_directions, of_periods = np.split(scores, [1, directions])
    unused = normal_scores(start, given.points, directions + 1)[-1:]  # of a first period that is drawn apart
    table = np.concatenate([of_directions, scale, unused, of_periods])
    given.out.write_text("".join(",".join(f"{x:.4f}" for x in line) + "\n" for line in table), encoding="utf8")
    print(f"first point {start}; laws that were not seen, {row(scores, task(120, CHECKING_SEED), root)}")


if __name__ == "__main__":
    main()
