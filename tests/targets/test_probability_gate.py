"""Every probability leaves through one gate: NaN and what lies outside [0, 1] raise, rounding alone is taken off."""

import numpy as np
import pytest

from tradetarget import Target
from tradetarget.errors import TargetError
from tradetarget.targets import HittingTime, checked_probabilities

YEARS = np.arange(2025, 2028)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_probability_that_is_no_finite_number_raises_and_never_becomes_a_certainty(value):
    with pytest.raises(TargetError, match="check the model and its prior for NaN"):
        HittingTime(Target(5), 2024, YEARS, np.array([0.1, 0.2, value]))


@pytest.mark.parametrize("probability", [[-1e-6, 0.1, 0.2], [0.1, 0.2, 1.0 + 1e-6], [0.2, 0.1, 0.3]])
def test_a_probability_that_is_none_is_no_rounding(probability):
    with pytest.raises(TargetError, match="must"):
        HittingTime(Target(5), 2024, YEARS, np.array(probability))


def test_rounding_is_taken_off():
    p = checked_probabilities(np.array([[-1e-17, 0.5, 0.5 - 1e-16, 1.0 + 2e-16]]), "a test")
    assert p.tolist() == [[0.0, 0.5, 0.5, 1.0]]


def test_a_standard_error_that_is_no_number_raises():
    with pytest.raises(TargetError, match="standard error"):
        HittingTime(Target(5), 2024, YEARS, np.array([0.1, 0.2, 0.3]), standard_errors=np.array([0.1, np.nan, 0.1]))
