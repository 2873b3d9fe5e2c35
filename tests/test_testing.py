from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from tradetarget import Paths, Target, TradeSeries, forecast
from tradetarget.errors import ModelError
from tradetarget.models import get_model
from tradetarget.testing import check_growth_model, example_series


@dataclass(frozen=True)
class Fit:
    """What a model of a user's own may return, from no base class; ``break_`` names a rule to break."""

    model_name: str
    series: TradeSeries
    break_: str = ""

    def blocks(self, horizon, n_paths, rng, drivers=None):
        totals = self.series.annual()
        last, year = float(totals.iloc[-1]), int(totals.index[-1])
        z = np.cumsum(rng.normal(0.05, 0.1, (n_paths, horizon)), axis=1)
        if self.break_ == "seed":
            z += np.random.default_rng().normal(size=z.shape)
        if self.break_ == "few":
            z = z[: max(1, n_paths - 1)]
        levels = last * np.exp(z)
        years = year + np.arange(1, horizon + 1) - (self.break_ == "years")
        paths = Paths.from_levels(levels, years=years, origin=last * (1 + (self.break_ == "origin")))
        if self.break_ == "infinite":
            paths = replace(paths, log_levels=paths.log_levels + np.inf)
        if self.break_ == "weights":
            paths = replace(paths, weights=np.zeros(n_paths))
        yield levels if self.break_ == "paths" else paths

    def hitting_law(self, log_barriers, horizon):
        if not self.break_.startswith("law"):
            return None
        law = np.tile(np.linspace(0.01, 0.9, horizon), (len(log_barriers), 1))
        if self.break_ == "law falls":
            return law[:, ::-1]
        if self.break_ == "law above one":
            return law + 1.0
        if self.break_ == "law shape":
            return law[0]
        return law

    def summary(self):
        return "a text"


@dataclass(frozen=True)
class Model:
    name: str = "mine"
    min_observations: int = 3
    break_: str = ""

    def fit(self, series, drivers=None):
        if len(series.annual()) < self.min_observations and self.break_ != "short":
            raise ModelError("mine needs three totals")
        if self.break_ == "other series":
            series = example_series().as_of("2010-12")
        return Fit(self.name, series, self.break_)


class Forgetful:
    """Remembers what it was last fitted to, as it must not."""

    name = "forgetful"
    min_observations = 1

    def __init__(self):
        self.last = None

    def fit(self, series, drivers=None):
        self.last = series
        return Fit(self.name, series)


def test_a_model_of_ones_own_without_a_base_class_passes_and_forecasts():
    assert check_growth_model(Model()) is None
    answer = forecast(example_series(), Target(8.0, unit="USD bn"), model=Model(), horizon=5)
    assert answer.hitting_time.method == "simulation"
    assert np.isfinite(answer.quantiles().to_numpy()).all()


@pytest.mark.parametrize("name", ["random-walk", "damped-trend", "logistic"])
def test_the_models_of_the_library_pass(name):
    check_growth_model(get_model(name))


@pytest.mark.parametrize(
    ("break_", "rule"),
    [
        ("short", "fewer totals than min_observations are refused .* 2 totals were accepted"),
        ("other series", "series is not the one it was fitted to"),
        ("seed", "one seed gives the same paths twice"),
        ("few", "n_paths of them in all: 700 paths were asked for and 699 came"),
        ("paths", "yields Paths"),
        ("years", "from the year after the last total: the years are"),
        ("origin", "log_origin is the log of the last total"),
        ("infinite", "every simulated level is positive and finite"),
        ("weights", "weights are None or one number"),
        ("law wrong", "agrees with the model's own paths within four standard errors: P"),
        ("law falls", "it falls with time"),
        ("law above one", r"lies in \[0, 1\]"),
        ("law shape", r"array \(barriers, horizon\): the shape is \(12,\)"),
    ],
)
def test_each_broken_rule_is_named(break_, rule):
    with pytest.raises(ModelError, match=rule) as caught:
        check_growth_model(Model(break_=break_))
    assert str(caught.value).startswith("model 'mine' breaks the rule: ")
    assert "\n" not in str(caught.value)


def test_a_model_that_changes_when_it_is_fitted_is_named():
    with pytest.raises(ModelError, match="fitting changes neither the model nor an earlier fit: last changed"):
        check_growth_model(Forgetful())


def test_what_is_not_a_model_is_refused():
    with pytest.raises(ModelError, match="not its name"):
        check_growth_model("random-walk")
    with pytest.raises(ModelError, match="not a growth model"):
        check_growth_model(object())
    with pytest.raises(ModelError, match="name is a text"):
        check_growth_model(Model(name=""))


def test_an_exception_inside_a_model_is_told_with_the_rule():
    class Crashes(Model):
        def fit(self, series, drivers=None):
            if len(series.annual()) < 3:
                raise ModelError("too short")
            raise KeyError("gdp")

    with pytest.raises(ModelError, match=r"breaks the rule: fit\(series, drivers=None\) gives .*: KeyError: 'gdp'"):
        check_growth_model(Crashes())


def test_a_series_of_ones_own_is_used_and_must_be_long_enough():
    short = TradeSeries.from_annual(pd.Series({2020: 1.0, 2021: 1.2}))
    with pytest.raises(ModelError, match="the series to check with has only 2 totals"):
        check_growth_model(Model(), short)
    check_growth_model(Model(), TradeSeries.from_annual(pd.Series({2020: 1.0, 2021: 1.2, 2022: 1.1, 2023: 1.3})))


def test_a_model_that_leaves_out_what_it_may_say_gets_the_defaults() -> None:
    whole = get_model(Model())
    assert (whole.uses_drivers, whole.gives_paths, whole.reads_part_years) == (False, True, False)


def test_what_a_model_and_its_fit_offer_beside_is_checked_for_its_kind() -> None:
    class Unsure(Model):
        uses_drivers = "no"

    class Listing(Fit):
        years_in_part = "2026"

    class Lists(Model):
        def fit(self, series, drivers=None):
            return Listing("mine", super().fit(series).series)

    with pytest.raises(ModelError, match="uses_drivers, where the model has them, are True or False"):
        check_growth_model(Unsure())
    with pytest.raises(ModelError, match=r"FitDefaults\.years_in_part describes: it is a str"):
        check_growth_model(Lists())
