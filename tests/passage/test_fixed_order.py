"""Products whose bits do not depend on how many columns stand beside one another, and a root without signs."""

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from tradetarget.passage.fixed_order import (
    ALIGNED,
    LARGEST_PRODUCT,
    aligned_product,
    forward_substitution,
    narrow_product,
    ordered_product,
    ordered_sum,
    symmetric_root,
)

RNG = np.random.default_rng(5)
MATRIX, COLUMNS = RNG.normal(size=(12, 11)), RNG.normal(size=(11, 700))
ROOT = np.tril(RNG.normal(size=(11, 11)), -1) + 2.0 * np.eye(11)


@pytest.mark.bits
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 699), st.integers(1, 700))
def test_a_column_has_the_same_bits_alone_and_among_any_others(start: int, width: int) -> None:
    part = np.ascontiguousarray(COLUMNS[:, start : start + width])
    for function in (lambda x: ordered_product(MATRIX, x), lambda x: forward_substitution(ROOT, x), ordered_sum):
        assert np.array_equal(function(part), function(COLUMNS)[..., start : start + width])


def test_they_are_the_products_and_solutions_of_linear_algebra() -> None:
    assert ordered_product(MATRIX, COLUMNS) == pytest.approx(MATRIX @ COLUMNS, abs=1e-13)
    assert forward_substitution(ROOT, COLUMNS) == pytest.approx(np.linalg.solve(ROOT, COLUMNS), abs=1e-10)
    assert ordered_sum(COLUMNS) == pytest.approx(COLUMNS.sum(axis=0), abs=1e-13)


def test_a_product_of_no_terms_is_zero_and_arguments_are_left_as_they_are() -> None:
    assert np.array_equal(ordered_product(np.empty((3, 0)), np.empty((0, 2))), np.zeros((3, 2)))
    before = COLUMNS.copy()
    ordered_sum(COLUMNS)
    forward_substitution(ROOT, COLUMNS)
    assert np.array_equal(before, COLUMNS)


@pytest.mark.parametrize("rows", [32, 33, 66])
def test_the_symmetric_root_of_many_rows_is_that_of_scipy(rows: int) -> None:
    factor = np.random.default_rng(rows).normal(size=(rows, 2 * rows))
    covariance = factor @ factor.T / rows
    assert symmetric_root(covariance) == pytest.approx(scipy.linalg.sqrtm(covariance).real, abs=1e-12)


def test_the_symmetric_root_squares_to_a_covariance_that_may_be_singular() -> None:
    factor = RNG.normal(size=(3, 6, 4))
    covariance = factor @ factor.swapaxes(1, 2)
    root = symmetric_root(covariance)
    assert root == pytest.approx(root.swapaxes(1, 2), abs=1e-13)
    assert root @ root == pytest.approx(covariance, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_rounding_of_a_covariance_moves_its_symmetric_root_no_more_than_rounding(seed: int) -> None:
    # Two equal eigenvalues, so that eigenvectors are decided by rounding alone.
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    covariance = (basis * [4.0, 1.0, 1.0, 0.25]) @ basis.T
    noise = rng.normal(size=(4, 4)) * 1e-15
    moved = symmetric_root(covariance + noise + noise.T)
    assert moved == pytest.approx(symmetric_root(covariance), abs=1e-13)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((3, 8, 9), (9, 8192)), ((3, 8, 201), (201, 8192)), ((3, 8, 17), (17, 256)), ((3, 1, 1), (1, 3)),
        ((3, 200, 24), (3, 24, 200)), ((143, 143), (143, 300)),
    ],
)  # fmt: skip
def test_narrow_and_aligned_products_are_the_product_in_calls_too_small_for_several_threads(
    monkeypatch, left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=left), rng.normal(size=right)
    sizes = []
    matmul = np.matmul

    def recorded(a, b, out):
        sizes.append(a.shape[-2] * a.shape[-1] * b.shape[-1])
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", recorded)
    products = [narrow_product(a, b), narrow_product(a, b, np.empty((*left[:-1], right[-1])))]
    products += [aligned_product(a, b)] if a.ndim == b.ndim == 2 else []
    assert max(sizes) <= LARGEST_PRODUCT
    for product in products:
        np.testing.assert_allclose(product, a @ b, rtol=1e-12, atol=1e-12)


@pytest.mark.bits
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2), st.integers(1, 700))
def test_an_aligned_product_has_the_same_bits_in_every_block_that_begins_with_a_batch(batch: int, width: int) -> None:
    start = batch * ALIGNED
    part = np.ascontiguousarray(COLUMNS[:, start : start + width])
    expected = aligned_product(MATRIX, COLUMNS)[:, start : start + width]
    assert np.array_equal(aligned_product(MATRIX, part), expected)
    np.testing.assert_allclose(expected, MATRIX @ COLUMNS[:, start : start + width], rtol=0, atol=1e-13)
