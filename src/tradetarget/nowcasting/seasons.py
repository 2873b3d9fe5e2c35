"""The pair's own season, as the rows about parts of years have it: the law that months are drawn with."""

from __future__ import annotations

from typing import NamedTuple

from tradetarget.arrays import Array


class Season(NamedTuple):
    """Law of the pair's own season and of those of some years, D = 11 (1 + years) numbers.

    Normal with ``mean`` and lambda times ``covariance`` given lambda = ``squares`` / chi^2 with ``freedom`` degrees.
    """

    mean: Array
    """(D, paths)."""
    covariance: Array
    """(D, D)."""
    squares: Array
    """(paths,)."""
    freedom: float


class SeasonGain(NamedTuple):
    """How seasons, D = 11 (1 + years) numbers, follow from the measured rows about parts of years; lambda = 1."""

    known: Array
    """(D,) their mean as the rows of known years have it."""
    slope: Array
    """(D, rows) its change with the other rows, whitened."""
    covariance: Array
    """(D, D) what all rows leave open."""
