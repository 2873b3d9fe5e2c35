"""Poststratification by the first hit before an adjustment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradetarget.passage.poststratified import FEWEST_PATHS, Strata

YEARS = 5
HITS = arrays(np.uint8, st.shared(st.integers(40, 400), key="n"), elements=st.integers(0, YEARS))
LAWS = st.lists(st.floats(0.0, 1.0), min_size=YEARS, max_size=YEARS).map(lambda p: np.sort(np.array(p)))


@given(law=LAWS, before=HITS, after=HITS)
def test_probabilities_lie_between_0_and_1_and_never_fall(law, before, after) -> None:
    found = Strata(law, before).probability(after)
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert (np.diff(found) >= 0.0).all()


@given(law=LAWS, hits=HITS)
def test_paths_that_are_left_alone_have_the_law_bit_for_bit(law, hits) -> None:
    strata = Strata(law, hits)
    np.testing.assert_array_equal(strata.probability(hits), law)
    assert not strata.moved(hits, 8).any()


@given(law=LAWS, before=HITS, after=HITS, earlier=HITS)
def test_paths_that_all_hit_earlier_are_never_less_likely_to_have_hit(law, before, after, earlier) -> None:
    strata = Strata(law, before)
    sooner = np.minimum(after, earlier)
    assert (strata.probability(sooner) >= strata.probability(after) - 1e-12).all()


@given(law=LAWS, before=HITS, after=HITS)
def test_it_is_the_share_of_paths_weighted_so_that_their_strata_have_the_law(law, before, after) -> None:
    strata = Strata(law, before)
    weights = strata.path_weights()
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    of_year, masses = strata.of_year, np.diff(law, prepend=0.0, append=1.0)
    for s in range(of_year.max() + 1):
        assert weights[of_year[before] == s].sum() == pytest.approx(masses[of_year == s].sum(), abs=1e-12)
    by_weights = np.array([weights[after <= k].sum() for k in range(YEARS)])
    joined = masses[np.isin(of_year, np.flatnonzero(np.bincount(of_year) > 1))].sum()
    assert strata.probability(after) == pytest.approx(by_weights, abs=joined + 1e-12)


def test_years_with_few_paths_are_joined_and_the_last_stratum_holds_enough() -> None:
    before = np.repeat(np.arange(YEARS + 1), [30, 3, 4, 40, 25, 5]).astype(np.uint8)
    strata = Strata(np.linspace(0.1, 0.5, YEARS), before)
    assert strata.of_year.tolist() == [0, 1, 1, 1, 2, 2]
    assert np.bincount(strata.of_year[before]).min() >= FEWEST_PATHS


def test_weights_of_the_paths_count_as_repeated_paths_do() -> None:
    rng = np.random.default_rng(5)
    before, after = rng.integers(0, YEARS + 1, (2, 400)).astype(np.uint8)
    times = rng.integers(1, 4, 400)
    law = np.linspace(0.1, 0.6, YEARS)
    weighted = Strata(law, before, times.astype(float)).probability(after)
    repeated = Strata(law, np.repeat(before, times)).probability(np.repeat(after, times))
    assert weighted == pytest.approx(repeated, abs=1e-12)


def test_the_error_of_what_is_moved_matches_the_spread() -> None:
    rng = np.random.default_rng(7)
    law, spread, stated = np.linspace(0.15, 0.65, YEARS), [], []
    for _ in range(300):
        before = np.searchsorted(law, rng.random(4000)).astype(np.uint8)
        after = np.minimum(before + (rng.random(4000) < 0.3), YEARS).astype(np.uint8)
        strata = Strata(law, before)
        spread.append(strata.probability(after))
        stated.append(np.sqrt((strata.moved(after, 100) ** 2).sum(axis=0)))
    assert np.mean(stated, axis=0) == pytest.approx(np.std(spread, axis=0), rel=0.15)
