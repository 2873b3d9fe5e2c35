"""Quantiles of the scale: by quadrature and by the inverse incomplete gamma function; the normal law without scipy."""

import numpy as np
import pytest
from scipy import special

from tradetarget.passage.normal import log_lower_tail, lower_tail, quantiles
from tradetarget.passage.scales import Scales, log_scale_quantiles, scale_quantiles

SCORES = np.linspace(-6.0, 6.0, 501)


@pytest.mark.parametrize("df", [1.0, 1.5, 3.0, 14.0, 200.0, 1e5])
def test_adding_up_the_density_gives_the_quantiles_of_the_gamma_law(df: float) -> None:
    by_density = log_scale_quantiles(np.array([df]), SCORES)
    np.testing.assert_allclose(by_density, np.log(scale_quantiles(np.array([df]), SCORES)), rtol=0, atol=2e-6)


def test_a_known_scale_is_one_at_every_score() -> None:
    assert (log_scale_quantiles(np.array([0.0, 4.0]), SCORES)[0] == 0.0).all()


@pytest.mark.bits
def test_a_row_has_the_same_bits_whatever_rows_stand_beside_it() -> None:
    many, few = Scales(np.array([2.0, 7.0, 0.0, 30.0]), 1 << 14), Scales(np.array([7.0]), 1 << 14)
    scores = SCORES.astype(np.float32)
    np.testing.assert_array_equal(many.at(scores)[many.place[1]], few.at(scores)[0])


def test_the_normal_law_without_scipy_is_that_of_scipy() -> None:
    x = np.linspace(-37.0, 8.0, 400)
    np.testing.assert_allclose(lower_tail(x), special.ndtr(x), rtol=1e-12)
    np.testing.assert_allclose(log_lower_tail(x), special.log_ndtr(x), rtol=1e-12, atol=1e-15)
    p = np.concatenate([np.geomspace(1e-15, 0.4, 50), np.linspace(0.4, 0.999, 50)])
    np.testing.assert_allclose(quantiles(p), special.ndtri(p), rtol=1e-13, atol=1e-15)
