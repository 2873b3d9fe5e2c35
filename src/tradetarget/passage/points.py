"""Deterministic points that fill the unit cube evenly."""

from __future__ import annotations

from functools import cache

import numpy as np

from tradetarget.passage._arrays import Array


@cache
def even_points(n: int, dimensions: int) -> Array:
    """n points of the Kronecker sequence with the square roots of primes, folded: (dimensions, n), inside (0, 1).

    u_ij = |2 frac((i + 1/2) sqrt(p_j)) - 1| (Richtmyer 1951; the fold makes the integrand periodic, which is worth an
    order: Genz and Bretz 2009, doi:10.1007/978-3-642-01689-9, section 4.2.2). Cached: it depends on its two arguments
    alone, and is read-only.
    """
    primes = _primes(dimensions)
    i = np.arange(n) + 0.5
    u = np.abs(2.0 * ((i * np.sqrt(primes)[:, None]) % 1.0) - 1.0)
    u = np.asarray(np.clip(u, 0.5 / n**2, 1.0 - 0.5 / n**2), dtype=np.float64)
    u.setflags(write=False)
    return u


def _primes(count: int) -> Array:
    """The first primes, as floats."""
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % p for p in found):
            found.append(candidate)
        candidate += 1
    return np.array(found, dtype=float)
