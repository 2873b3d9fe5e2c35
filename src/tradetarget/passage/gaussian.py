r"""First passage of any Gaussian or Student log path, observed at K periods.

x = (x_1, ..., x_K) = mean + L z / v with C = L L', z independent standard normal innovations and v = 1, or
df v^2 ~ chi^2_df, one scale a path (the multivariate Student t); T = min{k : x_k >= b}. The probability is a mean over
fixed points of all innovations but one, which is integrated exactly (:mod:`tradetarget.passage.crossing`):

    P(T <= k) = (1/n) sum_i Phi(-t_ik),   t_ik rising with b and falling with k for every point i.

So, by construction and bit for bit: probabilities never fall with time, never rise with the barrier, and those of the
first periods do not depend on the number of periods asked for, nor on the other rows of the call.

The errors over random laws, targets from a billionth above the origin and 50 periods stand beside
:data:`~tradetarget.passage.points.EXACT` and :data:`~tradetarget.passage.points.BATCH`. Paths of which no direction is
common to all periods (independent years about a mean) are answered less well: 4e-4 with EXACT, 2e-2 with BATCH.

The sequential method of Genz (1992, doi:10.1080/10618600.1992.10477010), which conditions each period on not having
crossed before, needs an inverse normal distribution function a period and is monotone in neither argument.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tradetarget.arrays import Array
from tradetarget.passage._arrays import LARGEST, degrees, lower_factor, need_path
from tradetarget.passage.crossing import Crossing
from tradetarget.passage.points import EXACT, LONGEST, Rule, innovation_factor
from tradetarget.passage.scales import Scales

_CELLS = 32_768
"""Points x laws at once. Single-precision arrays of 128 kB, for which numpy's calls cost little."""


def gaussian_path_cdf(
    mean: ArrayLike,
    covariance: ArrayLike,
    barrier: ArrayLike,
    *,
    volatility_df: ArrayLike | None = None,
    rule: Rule = EXACT,
) -> Array:
    """P(T <= k), k = 1..K, for a Gaussian or Student log path; see the module for the equation.

    Parameters
    ----------
    mean
        (..., K) of the log level less that of the origin, log points; K at most 200.
    covariance
        (..., K, K), symmetric positive semi-definite, log points squared; singular and zero are fine.
    barrier
        (...,) log points above the origin; at or below zero is already reached. Leading axes broadcast. To ask several
        barriers of one law give the law an axis of length 1: ``mean[:, None, :]``, ``covariance[:, None, :, :]``
        and ``barrier`` (units, barriers); what depends on the law alone is then done once a law.
    volatility_df
        (...,) degrees of freedom of an uncertain scale, one a path; None for the normal law.
    rule
        Which points: ``points.EXACT`` for one law, ``points.BATCH`` for many.

    Returns
    -------
    numpy.ndarray
        (..., K), in [0, 1], never falling along the last axis.

    Raises
    ------
    ValueError
        When an argument is NaN or infinite, or there are more than 200 periods.
    """
    m, c, b, df = _checked(mean, covariance, barrier, volatility_df)
    periods = m.shape[-1]
    laws = np.broadcast_shapes(m.shape[:-1], c.shape[:-2], df.shape)
    shape = np.broadcast_shapes(laws, b.shape)
    n_laws = int(np.prod(laws, dtype=int))
    m = np.broadcast_to(m, (*laws, periods)).reshape(-1, periods)
    c = np.broadcast_to(c, (*laws, periods, periods)).reshape(-1, periods, periods)
    df = np.broadcast_to(df, laws).reshape(-1)
    if laws[-1:] == (1,) and shape[:-1] == laws[:-1]:  # several barriers of each law, as batches ask
        return path_cdf(m, c, df, np.broadcast_to(b, shape).reshape(n_laws, -1), rule).reshape(*shape, periods)
    law = np.broadcast_to(np.arange(n_laws).reshape(laws), shape).reshape(-1)
    order = np.argsort(law, kind="stable")
    place = np.empty(law.size, dtype=np.intp)
    place[order] = np.arange(law.size) - np.searchsorted(law[order], law[order])
    asked = np.ones((n_laws, int(place.max(initial=0)) + 1))
    asked[law, place] = np.broadcast_to(b, shape).reshape(-1)
    return path_cdf(m, c, df, asked, rule)[law, place].reshape(*shape, periods)


def path_cdf(mean: Array, covariance: Array, df: Array, barriers: Array, rule: Rule) -> Array:
    """(laws, B, K) for laws (laws, K), (laws, K, K), df (laws,), 0 for the normal, and barriers (laws, B)."""
    laws, periods = mean.shape
    at_once = max(1, _CELLS // rule.n_points)
    scales = Scales(df, rule.n_points)
    direction = innovation_factor(rule.directions)[0]
    blocks = [slice(i, i + at_once) for i in range(0, laws, at_once)]
    crossings = [
        Crossing(direction, mean[block], lower_factor(covariance[block].transpose(1, 2, 0)), barriers[block])
        for block in blocks
    ]
    sums = np.zeros((laws, barriers.shape[1], periods))
    for points in rule.chunks(periods):
        scale = scales.at(points.scale)
        for block, crossing in zip(blocks, crossings, strict=True):
            sums[block] += crossing.sums(points, scale[scales.place[block]])
    return np.where(barriers[:, :, None] <= 0.0, 1.0, np.minimum(sums / rule.n_points, 1.0))


def _checked(
    mean: ArrayLike, covariance: ArrayLike, barrier: ArrayLike, df: ArrayLike | None
) -> tuple[Array, Array, Array, Array]:
    """The arguments as float arrays of sizes that cannot overflow."""
    given = {"mean": mean, "covariance": covariance, "barrier": barrier}
    arrays = {name: np.asarray(x, dtype=np.float64) for name, x in given.items()}
    for name, x in arrays.items():
        if not np.isfinite(x).all():
            raise ValueError(f"{name} has a value that is not a finite number: a path law needs finite ones")
    need_path(arrays["mean"], arrays["covariance"])
    if df is not None and np.isnan(np.asarray(df, dtype=np.float64)).any():
        raise ValueError("volatility_df has a value that is not a number: give degrees of freedom above 0")
    if arrays["mean"].shape[-1] > LONGEST:
        raise ValueError(f"{arrays['mean'].shape[-1]} periods are more than the {LONGEST} that the points are made for")
    m, c, b = (np.clip(x, -LARGEST, LARGEST) for x in arrays.values())
    return m, c, b, degrees(df)
