"""Sums and small matrix products for many paths, the same bit for bit however many paths there are.

A product by BLAS adds its terms in an order that the library chooses by the shape of the matrices, the processor and
the number of threads, so that one path can differ in its last bits between a block of 512 paths and one of 4,096. Here
each term is an elementwise product and each sum an elementwise addition, one term after the other: IEEE 754 rounds each
of them alone, whatever stands in the columns beside it. Use these where columns are paths or units; a matrix whose
shape is always the same may go to BLAS.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from tradetarget.arrays import Array

LARGEST_PRODUCT = 1 << 17
"""Multiplications of one call of BLAS. OpenBLAS gives a product to several threads from 2^18 on (65,536 times 4, its
constants SMP_THRESHOLD_MIN and GEMM_MULTITHREAD_THRESHOLD), and each of them then sees other columns."""

ALIGNED = 256
"""Most columns of a call of ``aligned_product``. Half a batch of paths, and with 512 numbers of the matrix the largest
product that one thread computes; with more numbers a call takes fewer, a power of two of them."""


UNBLOCKED = 32
"""Rows up to which LAPACK reduces a symmetric matrix row by row. The crossover NX of its dsytrd."""


def ordered_sum(terms: Iterable[Array]) -> Array:
    """t_1 + t_2 + ..., added in that order; the terms, at least one, have one shape.

    Examples
    --------
    >>> ordered_sum(np.array([[1.0, 2.0], [10.0, 20.0]]))
    array([11., 22.])
    """
    following = iter(terms)
    total = np.array(next(following))
    for term in following:
        total += term
    return total


def ordered_product(matrix: Array, columns: Array) -> Array:
    """sum_j a_ij x_jn, j from first to last.

    Parameters
    ----------
    matrix
        (I, J) a.
    columns
        (J, N) x; a column is a path.

    Returns
    -------
    numpy.ndarray
        (I, N); zeros where J is 0.

    Examples
    --------
    >>> ordered_product(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[13., 16.]])
    """
    total = np.zeros((matrix.shape[0], columns.shape[1]))
    term = np.empty_like(total)
    for coefficients, row in zip(matrix.T, columns, strict=True):
        np.multiply(coefficients[:, None], row, out=term)
        total += term
    return total


def aligned_product(matrix: Array, columns: Array) -> Array:
    """matrix @ columns by BLAS, ``ALIGNED`` columns a call or fewer; a third of the time of ``ordered_product``.

    The last columns are filled up with zeros, so that every call has one shape. A path then has the same bits in every
    block of paths that begins at a multiple of ``ALIGNED``, as blocks of whole batches do, and with any number of
    threads, for which a call is too small.

    Parameters
    ----------
    matrix
        (I, J).
    columns
        (J, N); a column is a path.

    Returns
    -------
    numpy.ndarray
        (I, N).

    Examples
    --------
    >>> aligned_product(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    array([[13., 16.]])
    """
    n = columns.shape[1]
    whole = -(-n // ALIGNED) * ALIGNED
    if whole != n:
        columns = np.concatenate([columns, np.zeros((columns.shape[0], whole - n))], axis=1)
    product = np.empty((matrix.shape[0], whole))
    width = min(ALIGNED, _columns_of_one_call(matrix))
    for start in range(0, whole, width):
        np.matmul(matrix, columns[:, start : start + width], out=product[:, start : start + width])
    return product[:, :n]


def _columns_of_one_call(matrix: NDArray[Any]) -> int:
    """The largest power of two of columns that (..., I, J) is multiplied by without a second thread; at least one."""
    largest: int = LARGEST_PRODUCT // max(1, matrix.shape[-2] * matrix.shape[-1])
    return 1 << max(0, largest.bit_length() - 1)


def forward_substitution(root: Array, columns: Array) -> Array:
    """x with L x = b, L lower triangular, one row after the other.

    Parameters
    ----------
    root
        (J, J) L, its diagonal positive; what stands above the diagonal is not looked at.
    columns
        (J, N) b; a column is a path.

    Returns
    -------
    numpy.ndarray
        (J, N) x.

    Examples
    --------
    >>> forward_substitution(np.array([[2.0, 0.0], [1.0, 4.0]]), np.array([[2.0], [9.0]]))
    array([[1.],
           [2.]])
    """
    solved = np.array(columns)
    for j in range(solved.shape[0]):
        for i in range(j):
            solved[j] -= root[j, i] * solved[i]
        solved[j] /= root[j, j]
    return solved


def symmetric_root(covariance: Array) -> Array:
    """The one symmetric root R of a covariance, R R = covariance, which may be singular.

    R = V diag(sqrt(max(l, 0))) V' from eigenvalues l and eigenvectors V. Unlike V diag(sqrt l) it is a continuous
    function of the covariance: the sign and the order of eigenvectors, which rounding decides, drop out, so that the
    same random numbers mean the same draws when a covariance moves in its last bits.

    Parameters
    ----------
    covariance
        (..., K, K) symmetric, positive but for rounding.
    """
    values, vectors = _eigenpairs(covariance)
    return narrow_product(vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :], vectors.swapaxes(-1, -2))


def _eigenpairs(covariance: Array) -> tuple[Array, Array]:
    """Eigenvalues (..., K) and eigenvectors (..., K, K), by one thread for K up to some ninety.

    LAPACK works in blocks beyond 32 rows, and OpenBLAS gives their products to several threads. With the least
    workspace it works row by row.
    """
    k = covariance.shape[-1]
    if covariance.ndim > 2 or k <= UNBLOCKED:
        return np.linalg.eigh(covariance)
    values, vectors, status = scipy.linalg.lapack.dsyev(covariance, lwork=3 * k - 1)
    if status != 0:
        raise np.linalg.LinAlgError("eigenvalues of a covariance did not converge")
    return values, vectors


def narrow_product(left: NDArray[Any], right: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
    """left @ right, by BLAS in blocks of columns that are too small to be split between threads.

    The blocks depend on the shapes alone, so that the number of threads changes no bit. No second thread is woken
    either: a product of a millisecond would leave one spinning for thirty, waiting for more work.

    Parameters
    ----------
    left
        (..., I, J).
    right
        (J, N), or (..., J, N) with the same leading axes.
    out
        (..., I, N) where the product goes; made when None.
    """
    product = np.empty((*left.shape[:-1], right.shape[-1])) if out is None else out
    columns = _columns_of_one_call(left)
    for start in range(0, right.shape[-1], columns):
        np.matmul(left, right[..., start : start + columns], out=product[..., start : start + columns])
    return product
