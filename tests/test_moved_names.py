"""Names that moved in version 0.2 go on working for that version, with a warning that says where they are now."""

from __future__ import annotations

import importlib
import sys

import pytest

import tradetarget as tt

MOVED = {
    "tradetarget.news": ("explain_change", tt.explain_change),
    "tradetarget.sides": ("compare_sides", tt.compare_sides),
    "tradetarget.panels": ("forecast_targets", tt.forecast_targets),
    "tradetarget.models.prior": ("Prior", tt.Prior),
    "tradetarget.models.prior_estimation": ("estimate_prior", tt.estimate_prior),
}


@pytest.mark.parametrize("module", MOVED)
def test_an_older_module_gives_the_same_object_and_says_where_it_moved(module: str) -> None:
    name, expected = MOVED[module]
    sys.modules.pop(module, None)
    with pytest.warns(DeprecationWarning, match="since version 0.2: import it from there"):
        older = importlib.import_module(module)
    assert getattr(older, name) is expected


def test_the_backtest_of_regions_is_still_reached_through_systems() -> None:
    with pytest.warns(DeprecationWarning, match="tradetarget.evaluation.backtest_system"):
        assert tt.systems.backtest_system is tt.evaluation.backtest_system
