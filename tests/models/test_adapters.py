from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.structural import UnobservedComponents

import tradetarget
from tradetarget import Target, forecast
from tradetarget.errors import ModelError
from tradetarget.models.adapters import from_statsforecast, from_statsmodels
from tradetarget.testing import check_growth_model


def drift_walk(x):
    return ARIMA(x, order=(0, 1, 0), trend="t").fit()


def holt(x):
    return ExponentialSmoothing(x, trend="add", initialization_method="estimated").fit()


@pytest.mark.parametrize(
    "factory",
    [
        drift_walk,
        holt,
        lambda x: UnobservedComponents(x, "rwdrift").fit(disp=0),
        lambda x: ETSModel(x, error="add").fit(disp=0),
    ],
    ids=["ARIMA", "Holt-Winters", "UnobservedComponents", "ETSModel"],
)
def test_models_of_statsmodels_simulate_from_the_last_total(walk, factory):
    fitted = from_statsmodels(factory, name="theirs").fit(walk)
    paths = fitted.simulate(6, 1024, np.random.default_rng(0))
    assert paths.log_levels.shape == (1, 1024, 6)
    theirs = np.asarray(fitted.wrapped.forecast(6))
    np.testing.assert_allclose(paths.log_centre[0], theirs)
    error = paths.log_levels[0].std(axis=0) / np.sqrt(1024)
    assert (np.abs(paths.log_levels[0].mean(axis=0) - theirs) < 4.5 * error).all()
    assert fitted.estimates.values.size == fitted.estimates.standard_errors.size > 0


def test_the_spread_of_the_paths_is_that_of_the_wrapped_model(walk):
    fitted = from_statsmodels(drift_walk).fit(walk)
    drawn = fitted.simulate(9, 4096, np.random.default_rng(0)).log_levels[0, :, 8]
    assert drawn.std() == pytest.approx(3 * np.sqrt(fitted.wrapped.params[-1]), rel=0.04)


def test_a_results_object_serves_the_series_it_was_fitted_to_and_no_other(walk, series_of):
    results = drift_walk(np.log(walk.annual().to_numpy()))
    model = from_statsmodels(results)
    assert model.fit(walk).log_likelihood == pytest.approx(results.llf)
    with pytest.raises(ModelError, match="fitted to other numbers than the log totals of A-B turnover"):
        model.fit(series_of(np.linspace(0, 1, 26)))


def test_levels_instead_of_logs(walk):
    fitted = from_statsmodels(drift_walk, logs=False).fit(walk)
    np.testing.assert_allclose(np.exp(fitted.log_centre(3)), fitted.wrapped.forecast(3))
    wild = from_statsmodels(lambda x: drift_walk(x - 0.0), logs=False).fit(walk)
    with pytest.raises(ModelError, match=r"simulated a level of .* fit it to logs"):
        wild.simulate(200, 4096, np.random.default_rng(0))


def test_an_adapter_passes_the_check_and_forecasts(walk):
    model = from_statsmodels(holt, name="holt")
    check_growth_model(model)
    answer = forecast(walk, Target(10.0, unit="USD bn"), model=model, n_paths=2048)
    assert answer.hitting_time.method == "simulation"


def test_what_does_not_simulate_is_refused(walk):
    with pytest.raises(ModelError, match="does not simulate"):
        from_statsmodels(3.0)
    with pytest.raises(ModelError, match="float does not simulate"):
        from_statsmodels(lambda x: 1.0).fit(walk)
    with pytest.raises(ModelError, match="does not simulate"):
        from_statsforecast(object())


def test_no_module_of_the_package_imports_the_libraries_whose_models_are_adapted():
    # They take a second to import; whoever adapts one of their models has imported it already.
    package = Path(tradetarget.__file__).parent
    wrong = [
        p
        for p in package.rglob("*.py")
        if re.search(r"^\s*(from|import) stats(models|forecast)", p.read_text("utf8"), re.M)
    ]
    assert wrong == []


def test_a_fit_that_fails_is_one_clear_error(walk):
    def fails(x):
        raise ValueError("no such trend")

    with pytest.raises(ModelError, match="broken cannot be fitted to A-B turnover: no such trend"):
        from_statsmodels(fails, name="broken").fit(walk)


@pytest.mark.filterwarnings("ignore")
def test_models_of_statsforecast_simulate_from_the_last_total(walk):
    models = pytest.importorskip("statsforecast.models")
    for theirs in (models.RandomWalkWithDrift(), models.AutoETS(season_length=1)):
        model = from_statsforecast(theirs)
        check_growth_model(model)
        fitted = model.fit(walk)
        paths = fitted.simulate(5, 2048, np.random.default_rng(0))
        x = np.log(walk.annual().to_numpy())
        mean = theirs.forecast(x, 5)["mean"]
        error = paths.log_levels[0].std(axis=0) / np.sqrt(2048)
        assert (np.abs(paths.log_levels[0].mean(axis=0) - mean) < 4.5 * error).all()
