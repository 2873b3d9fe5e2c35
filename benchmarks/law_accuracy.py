"""How much the laws of forecasts and of batches err, by horizon: what docs/first-passage.md states.

Usage:

    python benchmarks/law_accuracy.py [--laws 40] [--seed 1]

Four families of random laws, each asked for targets that crowd the last value (from a billionth above it) and for
targets of up to five times it, over 50 years:

* walks with an uncertain drift and volatility (2 to 30 growth rates), whose law ``discrete_random_drift_cdf`` knows to
  1e-6: the error of ``EXACT``, which answers ``forecast``, and of ``BATCH``, which answers ``forecast_targets``;
* pooled laws of random histories of 1 to 25 years, with the shipped prior, and
* walks with swings, noise and few degrees of freedom, harder than any law of the pooled model: the error of ``BATCH``,
  against ``EXACT``; and
* the same with any weight of each source, own drifts that persist, volatilities of 3 % to 80 % and degrees of freedom
  from 1 to infinity: wider than anything that a panel holds.

The points of ``BATCH`` were fitted on laws of these families from another seed (``fit_batch_points.py``).
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradetarget.models.pooled.law import pooled_law, read_history
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage import discrete_random_drift_cdf
from tradetarget.passage.gaussian import path_cdf
from tradetarget.passage.points import BATCH, EXACT, Rule

YEARS = np.arange(1.0, 51.0)
SHOWN = (1, 2, 3, 5, 10, 20, 30, 50)


class Laws(NamedTuple):
    """Laws (n, 50), (n, 50, 50), (n,) and their barriers (n, 6)."""

    mean: np.ndarray
    covariance: np.ndarray
    df: np.ndarray
    barriers: np.ndarray

    def answer(self, rule: Rule) -> np.ndarray:
        """(n, 6, 50) probabilities."""
        return path_cdf(*self, rule)


def barriers(laws: int, rng: np.random.Generator) -> np.ndarray:
    """(laws, 6): three that crowd the last value, and three up to 1.6 log points above it."""
    near = 10.0 ** rng.uniform(-9.0, -3.0, (laws, 3))
    return np.concatenate([near, rng.uniform(0.02, 1.6, (laws, 3))], axis=1)


def walks(laws: int, rng: np.random.Generator) -> tuple[Laws, np.ndarray]:
    """Walks of 2 to 30 growth rates, and their probabilities by quadrature."""
    n, s, m = rng.integers(2, 31, laws), rng.uniform(0.05, 0.4, laws), rng.normal(0.03, 0.06, laws)
    shape = np.minimum.outer(YEARS, YEARS) + np.outer(YEARS, YEARS) / n[:, None, None]
    b = barriers(laws, rng)
    exact = discrete_random_drift_cdf(
        YEARS.size, b, m[:, None], s[:, None], (s / np.sqrt(n))[:, None], volatility_df=n[:, None] - 1
    )
    return Laws(m[:, None] * YEARS, (s * s)[:, None, None] * shape, n - 1.0, b), exact


def pooled(laws: int, rng: np.random.Generator) -> Laws:
    """The shipped prior's law of random histories."""
    values = np.full((laws, 25), np.nan)
    for row, years in zip(values, rng.integers(1, 26, laws), strict=True):
        steps = rng.normal(rng.normal(0.05, 0.05), rng.uniform(0.05, 0.5), years)
        row[25 - years :] = np.exp(rng.normal(5.0, 2.0) + np.cumsum(steps))
    prior = Prior.shipped()
    law = pooled_law(prior.values, read_history(values), YEARS.size, size_centre=prior.size_centre)
    return Laws(law.mean, law.covariance, law.df, barriers(laws, rng))


def hard(laws: int, rng: np.random.Generator) -> Laws:
    """Walks with swings, noise and 1 to 30 degrees of freedom; a third of them are mostly noise and swings."""
    apart = np.abs(np.subtract.outer(YEARS, YEARS))
    each = []
    for _ in range(laws):
        shape = np.minimum.outer(YEARS, YEARS) * rng.choice([1.0, 1.0, 0.1]) + np.outer(YEARS, YEARS) / rng.integers(
            2, 30
        )
        shape = shape + rng.choice([0.0, 0.0, 0.25, 1.0]) * (np.eye(YEARS.size) + 1.0)
        shape = shape + rng.choice([0.0, 0.0, 2.0]) * rng.uniform(0.3, 0.9) ** apart
        each.append(rng.uniform(0.05, 0.4) ** 2 * shape)
    df = rng.choice([1.0, 2.0, 4.0, 10.0, 30.0], laws)
    return Laws(rng.normal(0.03, 0.06, (laws, 1)) * YEARS, np.array(each), df, barriers(laws, rng))


def wide(laws: int, rng: np.random.Generator) -> Laws:
    """Sums of a walk, an uncertain and a persistent drift, noise and swings with weights from nothing to much."""
    apart = np.abs(np.subtract.outer(YEARS, YEARS))
    cumulated = np.tril(np.ones_like(apart))
    each = []
    for _ in range(laws):
        shape = np.minimum.outer(YEARS, YEARS) * rng.choice([1.0, 1.0, 0.3, 0.1])
        shape = shape + np.outer(YEARS, YEARS) * rng.choice([0.0, 0.03, 0.1, 0.3, 0.5]) * rng.uniform(0.5, 1.0)
        shape = shape + rng.choice([0.0, 0.0, 0.25, 1.0]) * rng.uniform(0.5, 1.5) * (np.eye(YEARS.size) + 1.0)
        shape = shape + rng.choice([0.0, 0.0, 2.0]) * rng.uniform(0.3, 1.3) * rng.uniform(0.3, 0.95) ** apart
        drift = rng.uniform(0.0, 0.1) * rng.uniform(0.7, 0.98) ** apart
        shape = shape + rng.choice([0.0, 1.0]) * cumulated @ drift @ cumulated.T
        each.append(rng.uniform(0.03, 0.8) ** 2 * shape)
    df = rng.choice([0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 30.0], laws)
    return Laws(rng.normal(0.03, 0.08, (laws, 1)) * YEARS, np.array(each), df, barriers(laws, rng))


def row(error: np.ndarray) -> dict[str, str]:
    """Root mean square and worst error, in all and by horizon."""

    def both(e: np.ndarray) -> str:
        return f"{np.sqrt((e**2).mean()):.1e} / {np.abs(e).max():.1e}"

    return {"all": both(error)} | {f"year {h}": both(error[..., h - 1]) for h in SHOWN}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--laws", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    walk, exact = walks(given.laws, rng)
    others = {family.__name__: family(given.laws, rng) for family in (pooled, hard, wide)}
    reference = {name: laws.answer(EXACT) for name, laws in others.items()}
    table = {"EXACT, walks": row(walk.answer(EXACT) - exact), "BATCH, walks": row(walk.answer(BATCH) - exact)}
    table |= {f"BATCH, {name}": row(laws.answer(BATCH) - reference[name]) for name, laws in others.items()}
    print("error: root mean square / worst")
    print(pd.DataFrame(table).T.to_string())


if __name__ == "__main__":
    main()
