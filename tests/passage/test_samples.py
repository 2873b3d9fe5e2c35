import numpy as np
import pytest

from tradetarget.passage.samples import effective_sample_size, equally_likely, quantiles_of_paths


def test_places_drawn_by_weight_have_the_weighted_mean_and_come_as_often_as_their_weight() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(20_000)
    weights = np.exp(-0.5 * (x - 0.5) ** 2)
    places = equally_likely(weights)
    assert places.size == x.size
    # Systematic resampling takes a place its weight times the number of paths, rounded down or up.
    counts = np.bincount(places, minlength=x.size)
    assert (np.abs(counts - weights / weights.sum() * x.size) <= 1.0).all()
    assert x[places].mean() == pytest.approx(np.average(x, weights=weights), abs=1e-3)


def test_equal_weights_leave_the_sample_as_large_as_it_is() -> None:
    assert effective_sample_size(np.full(100, 0.25)) == pytest.approx(100.0)
    assert effective_sample_size(np.array([1.0, 0.0, 0.0])) == 1.0


def test_weighted_quantiles_are_those_of_the_sample_that_the_weights_repeat() -> None:
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    repeated = np.repeat(x, [1, 3, 1, 1], axis=0)
    asked = [0.25, 0.5, 0.9]
    weighted = quantiles_of_paths(x, np.array([1.0, 3.0, 1.0, 1.0]), asked)
    np.testing.assert_array_equal(weighted, quantiles_of_paths(repeated, np.ones(6), asked))
