"""Weights of a posterior on a grid, and draws from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tradetarget.models.posterior_grid import NEGLIGIBLE_WEIGHT, draw_nodes, heaviest_nodes, posterior_weights

positive = hnp.arrays(float, st.integers(1, 60), elements=st.floats(1e-6, 1.0)).map(lambda w: w / w.sum())


def test_weights_are_the_normalised_marginal_likelihoods_whatever_their_constant():
    weights = posterior_weights(np.array([-1000.0, -1000.0 + np.log(3.0)]), np.ones(2))
    assert weights == pytest.approx([0.25, 0.75], abs=1e-12)


def test_nodes_that_fit_exactly_share_all_the_weight():
    weights = posterior_weights(np.array([5.0, np.inf, np.inf]), np.array([0.1, 0.0, 0.0]))
    assert weights.tolist() == [0.0, 0.5, 0.5]


@given(positive)
def test_the_nodes_left_out_are_the_lightest_and_weigh_next_to_nothing(weights):
    kept = heaviest_nodes(weights)
    dropped = np.setdiff1d(np.arange(weights.size), kept)
    assert (np.diff(kept) > 0).all()
    assert weights[dropped].sum() <= NEGLIGIBLE_WEIGHT + 1e-12
    assert not dropped.size or weights[dropped].max() <= weights[kept].min()


@given(positive, st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_every_node_is_drawn_in_proportion_to_its_weight_up_to_one_draw(weights, size, seed):
    counts = np.bincount(draw_nodes(weights, size, np.random.default_rng(seed)), minlength=weights.size)
    assert counts.sum() == size
    assert (np.abs(counts - size * weights) < 1.0 + 1e-9).all()
