from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import jarque_bera

from tradetarget.errors import ModelError
from tradetarget.models import get_model
from tradetarget.models.estimates import Estimates, compare_aicc


def estimates(residuals: np.ndarray, **more) -> Estimates:
    return Estimates(("a", "b"), np.zeros(2), np.ones(2), residuals.size, "log levels", residuals=residuals, **more)


def test_residual_checks_are_those_of_statsmodels():
    r = np.random.default_rng(0).standard_t(4, 40)
    found = estimates(r).residual_checks()
    theirs = acorr_ljungbox(r, lags=[5])
    assert found["ljung_box_p"] == pytest.approx(theirs["lb_pvalue"].iloc[0], rel=1e-9)
    assert found["jarque_bera_p"] == pytest.approx(jarque_bera(r)[1], rel=1e-9)


def test_aicc_is_the_published_formula_and_missing_where_it_does_not_exist():
    assert estimates(np.zeros(10), log_likelihood=3.0).aicc == pytest.approx(-6 + 4 + 12 / 7)
    assert estimates(np.zeros(3), log_likelihood=3.0).aicc is None
    assert estimates(np.zeros(10)).aicc is None


def test_three_residuals_are_too_few_to_check():
    assert estimates(np.array([1.0, -1.0, 0.5])).residual_checks() == {}


def test_aicc_is_compared_between_models_of_one_sample(walk):
    table = compare_aicc(get_model(n).fit(walk) for n in ("constant-growth", "damped-trend"))
    assert table["difference"].iloc[0] == 0.0
    assert table["weight"].sum() == pytest.approx(1.0)
    assert set(table.index) == {"constant-growth", "damped-trend"}
    growth = compare_aicc(get_model(n).fit(walk) for n in ("random-walk", "local-level"))
    assert growth["aicc"].is_monotonic_increasing


def test_levels_and_growth_cannot_be_compared_by_aicc(walk, series_of):
    constant, random = get_model("constant-growth").fit(walk), get_model("random-walk").fit(walk)
    with pytest.raises(ModelError, match=r"log levels 2000-2025 .* log growth 2000-2025"):
        compare_aicc([constant, random])
    other = get_model("constant-growth").fit(series_of(np.arange(26) * 0.1 + np.log(walk.annual().to_numpy())))
    with pytest.raises(ModelError, match="compare models fitted to one sample"):
        compare_aicc([constant, other])
    with pytest.raises(ModelError, match="ensemble has no AICc"):
        compare_aicc([get_model("ensemble").fit(walk)])
