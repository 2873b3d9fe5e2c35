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


def test_aicc_is_compared_between_models_of_one_sample(series_of):
    t = np.arange(26)
    bending = series_of(2.0 - np.log1p(np.exp(-0.4 * (t - 10))) + np.random.default_rng(1).normal(0, 0.05, 26))
    table = compare_aicc(get_model(n).fit(bending) for n in ("damped-trend", "logistic"))
    assert table["difference"].iloc[0] == 0.0
    assert table["aicc"].is_monotonic_increasing
    assert table["weight"].sum() == pytest.approx(1.0)
    assert set(table.index) == {"damped-trend", "logistic"}


def test_levels_and_growth_cannot_be_compared_by_aicc(walk, series_of):
    damped, random = get_model("damped-trend").fit(walk), get_model("random-walk").fit(walk)
    with pytest.raises(ModelError, match=r"log levels 2000-2025 .* log growth 2000-2025"):
        compare_aicc([damped, random])
    other = get_model("damped-trend").fit(series_of(np.arange(26) * 0.1 + np.log(walk.annual().to_numpy())))
    with pytest.raises(ModelError, match="compare models fitted to one sample"):
        compare_aicc([damped, other])
    for name in ("pooled", "base-rate"):
        with pytest.raises(ModelError, match=f"{name} has no AICc"):
            compare_aicc([get_model(name).fit(walk)])
