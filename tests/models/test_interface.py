from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tradetarget.errors import ModelError, SettingError, UnknownNameError
from tradetarget.models import GrowthModel, Paths, get_model, model_names
from tradetarget.models.drivers.model import DriverGrowth
from tradetarget.models.interface import BATCH, checked_horizon, concatenate
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.models.reference_class.model import BaseRate, ReferenceClass

FITTED_TO_A_SERIES_ALONE = ("random-walk", "damped-trend", "logistic")


@pytest.fixture
def saturating(series_of):
    t = np.arange(26)
    x = 2.0 - np.log1p(np.exp(-0.4 * (t - 10))) + np.random.default_rng(1).normal(0, 0.05, 26)
    return series_of(x)


@pytest.mark.bits
@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_the_numbers_do_not_depend_on_the_size_of_a_block(saturating, name):
    fitted = get_model(name).fit(saturating)
    drawn = [
        concatenate(list(fitted.blocks(7, 3000, np.random.default_rng(5), block=block))).log_levels
        for block in (1, BATCH, 3 * BATCH, 10**6)
    ]
    assert drawn[0].shape == (1, 3000, 7)
    for other in drawn[1:]:
        np.testing.assert_array_equal(drawn[0], other)


@pytest.mark.bits
@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_the_first_paths_do_not_depend_on_how_many_follow(saturating, name):
    fitted = get_model(name).fit(saturating)
    few, many = (fitted.simulate(4, n, np.random.default_rng(2)).log_levels for n in (700, 5000))
    np.testing.assert_array_equal(few, many[:, :700])


@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_a_part_of_a_batch_is_a_fair_sample(saturating, name):
    """The first 100 paths of many batches have the mean of all: no path's place in a batch tells its parameters."""
    fitted = get_model(name).fit(saturating)
    ends = np.stack([fitted.draw_batch(6, np.random.default_rng(i))[5] for i in range(60)])
    bulk = np.clip(ends, *np.quantile(ends, [0.01, 0.99]))
    error = bulk.std() / np.sqrt(60 * 100)
    assert abs(bulk[:, :100].mean() - bulk.mean()) < 4.5 * error


@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_the_centre_is_near_the_median_of_the_paths(saturating, name):
    fitted = get_model(name).fit(saturating)
    paths = fitted.simulate(10, 20_480, np.random.default_rng(0))
    spread = np.subtract(*np.quantile(paths.log_levels[0], [0.75, 0.25], axis=0))
    gap = np.abs(np.median(paths.log_levels[0], axis=0) - paths.log_centre[0])
    assert (gap < 0.05 * spread).all()


@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_models_are_frozen_and_known_by_their_name(name):
    model = get_model(name)
    assert isinstance(model, GrowthModel)
    assert model.name == name
    with pytest.raises(FrozenInstanceError):
        model.name = "other"


@pytest.mark.parametrize("name", ["random-walk", "damped-trend"])
def test_a_constant_series_gives_a_certain_answer(series_of, name):
    fitted = get_model(name).fit(series_of(np.full(12, 1.2)))
    paths = fitted.simulate(5, 600, np.random.default_rng(0))
    np.testing.assert_allclose(paths.log_levels, 1.2, atol=1e-9)
    np.testing.assert_allclose(paths.log_centre, 1.2, atol=1e-9)
    assert fitted.log_likelihood is None
    law = fitted.hitting_law(np.array([1.1, 1.3]), 5)
    if law is not None:
        np.testing.assert_allclose(law, [[1] * 5, [0] * 5], atol=1e-12)


@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_a_change_of_unit_changes_nothing_but_the_level(saturating, name):
    here, there = (get_model(name).fit(s) for s in (saturating, saturating.in_unit("USD mn")))
    one, two = (f.simulate(5, 600, np.random.default_rng(4)).log_levels for f in (here, there))
    np.testing.assert_allclose(one + np.log(1000.0), two, atol=2e-5)


@pytest.mark.parametrize("name", FITTED_TO_A_SERIES_ALONE)
def test_a_fit_states_its_parameters_and_checks_its_residuals(saturating, name):
    fitted = get_model(name).fit(saturating)
    assert fitted.params.index.tolist() == fitted.standard_errors.index.tolist()
    assert np.isfinite(fitted.params).all()
    assert np.isfinite(fitted.log_likelihood)
    assert fitted.estimates.residuals.size == fitted.estimates.n_observations
    assert 0 < fitted.estimates.residual_checks()["ljung_box_p"] < 1


def test_levels_that_leave_float64_are_kept_inside_it():
    paths = Paths(np.array([[[-2000.0, 3.0, 2000.0]]]), np.arange(3), np.zeros(1), np.zeros((1, 3)))
    assert (paths.levels > 0).all()
    assert np.isfinite(paths.levels).all()


def test_paths_from_levels_are_checked():
    with pytest.raises(ModelError, match="positive numbers"):
        Paths.from_levels(np.array([[1.0, -1.0]]), years=[2026, 2027], origin=1.0)
    fitting = {"years": [2026, 2027], "origin": 1.0}
    for wrong in ({"origin": 0.0}, {"centre": np.ones(3)}, {"years": [2026]}, {"weights": np.ones(3)}):
        with pytest.raises(ModelError, match=f"{next(iter(wrong))}.* must be"):
            Paths.from_levels(np.ones((4, 2)), **{**fitting, **wrong})
    paths = Paths.from_levels(np.array([[4.0, 5.0], [6.0, 7.0]]), years=[2026, 2027], origin=3.0)
    np.testing.assert_allclose(paths.levels, [[[4.0, 5.0], [6.0, 7.0]]])
    np.testing.assert_allclose(paths.origin, [3.0])


@pytest.mark.parametrize("horizon", [0, -1, 201, 10**6, 2.5, True, "5"])
def test_a_horizon_out_of_range_is_named(walk, horizon):
    with pytest.raises(SettingError, match="horizon"):
        checked_horizon(horizon)


@pytest.mark.parametrize("n_paths", [0, -5, 1.5, True])
def test_a_number_of_paths_out_of_range_is_named(walk, n_paths):
    fitted = get_model("random-walk").fit(walk)
    with pytest.raises(SettingError, match="n_paths"):
        list(fitted.blocks(5, n_paths, np.random.default_rng(0)))


def test_an_unknown_model_offers_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'damped-trend'"):
        get_model("damped-trnd")


@pytest.mark.parametrize(
    ("dropped", "replacement"),
    [
        ("constant-growth", "damped-trend"),
        ("ensemble", "pooled"),
        ("gompertz", "logistic"),
        ("local-level", "random-walk"),
        ("local-linear-trend", "damped-trend"),
    ],
)
def test_a_model_of_version_0_1_that_was_dropped_names_the_one_in_its_place(dropped, replacement):
    assert dropped not in model_names()
    assert replacement in model_names()
    with pytest.raises(UnknownNameError, match=f"'{dropped}' was dropped in version 0.2: use '{replacement}'"):
        get_model(dropped)


def test_what_is_no_model_is_refused():
    with pytest.raises(ModelError, match="not a growth model"):
        get_model(3.0)


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        (ReferenceClass, {"table": 5}),
        (BaseRate, {"table": 5}),
        (PooledGrowth, {"prior": "shipped"}),
        (DriverGrowth, {"estimates": 5}),
        (DriverGrowth, {"areas": ("KAZ", 5)}),
    ],
)
def test_settings_of_the_wrong_kind_are_refused_when_the_model_is_made(model, settings):
    with pytest.raises(SettingError, match=next(iter(settings))):
        model(**settings)
