from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from tradetarget import Paths, Target, forecast
from tradetarget.errors import ModelError, SettingError, UnknownNameError
from tradetarget.models.constant_growth import ConstantGrowth
from tradetarget.models.ensemble import Ensemble, log_scores
from tradetarget.models.random_walk import RandomWalk

PAIR = ("random-walk", "constant-growth")


def test_the_mixture_holds_each_member_in_proportion(walk):
    fitted = Ensemble(models=PAIR).fit(walk)
    drawn = fitted.simulate(5, 102_400, np.random.default_rng(0)).log_levels[0, :, 4]
    parts = [m().fit(walk).simulate(5, 102_400, np.random.default_rng(1)).log_levels[0, :, 4] for m in
             (RandomWalk, ConstantGrowth)]  # fmt: skip
    for level in np.quantile(drawn, [0.05, 0.3, 0.6, 0.95]):
        wanted = np.mean([(p <= level).mean() for p in parts])
        assert (drawn <= level).mean() == pytest.approx(wanted, abs=0.006)


def test_the_law_is_the_mean_of_the_laws_and_agrees_with_the_paths(walk):
    target = Target(1.5 * float(walk.annual().iloc[-1]), unit="USD bn")
    model = Ensemble(models=PAIR)
    exact = forecast(walk, target, model=model, horizon=8, method="exact").hitting_time
    parts = [forecast(walk, target, model=m, horizon=8, method="exact").hitting_time.probability for m in PAIR]
    np.testing.assert_allclose(exact.probability, np.mean(parts, axis=0), rtol=1e-12)
    drawn = forecast(walk, target, model=model, horizon=8, method="simulation").hitting_time
    assert (np.abs(exact.probability - drawn.probability) < 4 * drawn.standard_errors).all()


def test_without_a_law_of_every_member_there_is_none(walk):
    assert Ensemble().fit(walk).hitting_law(np.array([3.0]), 5) is None


def test_log_scores_are_those_of_the_predictive_t_laws(walk):
    scores = log_scores([RandomWalk(), ConstantGrowth()], walk)
    x = np.log(walk.annual().to_numpy())
    wanted = []
    for i in range(4, 26):
        growth, since = np.diff(x[:i]), np.arange(i) - (i - 1) / 2
        walked = stats.t(i - 2, x[i - 1] + growth.mean(), growth.std(ddof=1) * np.sqrt(1 + 1 / (i - 1)))
        line = stats.linregress(since, x[:i])
        sd = np.sqrt(((x[:i] - line.intercept - line.slope * since) ** 2).sum() / (i - 2))
        ahead = since[-1] + 1
        spread = sd * np.sqrt(1 + 1 / i + ahead**2 / (since**2).sum())
        trend = stats.t(i - 2, line.intercept + line.slope * ahead, spread)
        wanted.append([walked.logpdf(x[i]), trend.logpdf(x[i])])
    assert scores.shape == (2, 22)
    np.testing.assert_allclose(scores.T, wanted, atol=0.35)
    np.testing.assert_allclose(scores.sum(axis=1), np.sum(wanted, axis=0), atol=1.5)


def test_past_log_scores_favour_the_model_that_made_the_data(series_of):
    rng = np.random.default_rng(0)
    line = series_of(0.05 * np.arange(30) + rng.normal(0, 0.1, 30))
    weights = Ensemble(models=PAIR, weights="log-score").fit(line).weights
    assert weights[1] > 0.8
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(weights, Ensemble(models=PAIR, weights="log-score").fit(line).weights)


def test_a_member_that_refuses_is_left_out_and_named(series_of):
    fitted = Ensemble(models=("random-walk", "damped-trend")).fit(series_of([1.0, 1.2, 1.1, 1.4]))
    assert [m.model_name for m in fitted.members] == ["random-walk"]
    assert fitted.weights.tolist() == [1.0]
    assert any(n.startswith("damped-trend is left out: damped-trend needs at least 8") for n in fitted.estimates.notes)


def test_when_all_refuse_so_does_the_ensemble(series_of):
    with pytest.raises(ModelError, match="every member refuses A-B turnover; local-level"):
        Ensemble(models=("local-level", "damped-trend")).fit(series_of([1.0, 1.2, 1.1]))


def test_log_scores_of_too_few_years_are_refused(series_of):
    with pytest.raises(ModelError, match=r"at least 5 years .* has 2"):
        Ensemble(models=PAIR, weights="log-score").fit(series_of([1.0, 1.2, 1.1, 1.4, 1.3, 1.5]))


@dataclass(frozen=True)
class Flat:
    """A model of a user's own, from no base class: the last total for ever, with 10 % noise."""

    name: str = "flat"
    min_observations: int = 1

    def fit(self, series, drivers=None):
        return FittedFlat(self.name, series)


@dataclass(frozen=True)
class FittedFlat:
    model_name: str
    series: object

    def blocks(self, horizon, n_paths, rng, drivers=None):
        totals = self.series.annual()
        levels = totals.iloc[-1] * np.exp(rng.normal(0, 0.1, (n_paths, horizon)))
        yield Paths.from_levels(levels, years=totals.index[-1] + np.arange(1, horizon + 1), origin=totals.iloc[-1])

    def hitting_law(self, log_barriers, horizon):
        return None

    def summary(self):
        return "flat"


def test_a_model_of_ones_own_can_be_a_member(walk):
    fitted = Ensemble(models=("random-walk", Flat())).fit(walk)
    paths = fitted.simulate(6, 20_480, np.random.default_rng(3)).log_levels[0]
    near = np.abs(paths[:, 5] - fitted.log_origin) < 0.3
    assert near.mean() > 0.5
    assert np.isfinite(fitted.log_centre(6)).all()


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"models": ("random-walk",)}, SettingError, "two or more"),
        ({"models": "random-walk"}, SettingError, "two or more"),
        ({"models": ("random-walk", "random-walk")}, SettingError, "stands twice"),
        ({"weights": "best"}, SettingError, "none of equal, log-score"),
        ({"models": ("random-walk", "randm")}, UnknownNameError, "did you mean 'random-walk'"),
    ],
)
def test_bad_settings_are_named(arguments, error, why):
    with pytest.raises(error, match=why):
        Ensemble(**arguments)
