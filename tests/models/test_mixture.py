"""The default where months are known: half of pooled, half of monthly, and when there are months enough."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, Target, TradeSeries, datasets, forecast
from tradetarget.answering.part_years import fit_to_everything
from tradetarget.errors import ModelError
from tradetarget.models import DEFAULT_MODEL, get_model
from tradetarget.models.default import has_enough_months
from tradetarget.models.interface import concatenate
from tradetarget.models.mixture import FittedMixture
from tradetarget.seeding import stream
from tradetarget.units import Unit

TARGET = Target(1.4, unit="USD bn")


def months(n: int, start: str = "2015-01", growth: float = 0.05) -> TradeSeries:
    rng = np.random.default_rng(1)
    index = pd.period_range(start, periods=n, freq="M")
    season = 1.0 + 0.1 * np.sin(np.arange(n) * np.pi / 6.0)
    values = 0.08 * season * np.exp(growth / 12.0 * np.arange(n) + 0.05 * rng.standard_normal(n))
    return TradeSeries.from_monthly(pd.Series(values, index=index), unit="USD bn", name="A-B")


SIX_YEARS = months(72)
WITH_HALF_A_YEAR = months(78)


def one(model: str, series: TradeSeries, n_paths: int = 20_480) -> np.ndarray:
    return forecast(series, TARGET, model=model, horizon=5, n_paths=n_paths).hitting_time.probability


@pytest.mark.parametrize("series", [SIX_YEARS, WITH_HALF_A_YEAR], ids=["whole years", "half a year more"])
def test_the_default_is_the_mean_of_pooled_and_monthly_where_months_are_known(series: TradeSeries) -> None:
    answer = forecast(series, TARGET, horizon=5, n_paths=20_480)
    assert answer.fitted.model_name == "pooled and monthly"
    expected = 0.5 * (one("pooled", series) + one("monthly", series))
    # Four standard errors of both simulations, and what is not known of the weights' mean: one point.
    error = 4.0 * np.hypot(answer.hitting_time.standard_errors, 0.0025) + 0.01
    assert (np.abs(answer.hitting_time.probability - expected) < error).all()


def test_annual_totals_and_the_bundled_question_are_answered_by_pooled_alone_and_exactly() -> None:
    series = datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    both = [forecast(series, Target(5, unit="USD bn"), model=m) for m in (DEFAULT_MODEL, "pooled")]
    assert [a.fitted.model_name for a in both] == ["pooled", "pooled"]
    assert np.array_equal(both[0].hitting_time.probability, both[1].hitting_time.probability)
    assert both[0].hitting_time.method == "exact"


def test_the_summary_and_the_record_say_which_models_answer_and_how_to_choose_one() -> None:
    answer = forecast(SIX_YEARS, TARGET, horizon=3, n_paths=8192)
    text = " ".join(str(answer.summary()).split())
    assert "Half of the paths are of pooled and half of monthly" in text
    assert "--model pooled takes pooled alone" in text
    assert answer.to_dict()["assumptions"]["models"] == ["pooled", "monthly"]
    plain = forecast(SIX_YEARS, TARGET, model="pooled", horizon=3)
    assert plain.to_dict()["assumptions"]["models"] == []
    assert "Half of the paths" not in plain.summary()


def test_an_exact_answer_is_refused_with_the_names_of_both() -> None:
    with pytest.raises(ModelError, match="pooled and monthly has no exact hitting law"):
        forecast(SIX_YEARS, TARGET, method="exact")


def part(month: int, value: float) -> Observation:
    end = date(2021, month, 30)
    return Observation(start=date(2021, 1, 1), end=end, value=value, unit=Unit.parse("USD bn"))


@pytest.mark.parametrize(
    ("series", "enough"),
    [
        (SIX_YEARS, True),
        (months(60), True),
        (months(59), False),
        (months(72).converted("EUR bn"), False),
        (months(65), True),
        (replace(SIX_YEARS, observations=SIX_YEARS.observations[:40] + SIX_YEARS.observations[41:]), False),
        (replace(SIX_YEARS, observations=(*SIX_YEARS, part(9, 0.9))), False),
        (datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"], False),
        (datasets.load("article-2019")["Kazakhstan-Uzbekistan turnover"], False),
    ],
    ids=[
        "six years",
        "five",
        "a month short",
        "in euros",
        "and five months",
        "a gap",
        "a later part",
        "annual",
        "article",
    ],
)
def test_sixty_months_in_a_row_that_nothing_comes_after_are_enough(series: TradeSeries, enough: bool) -> None:
    assert has_enough_months(series) is enough


def test_a_total_that_is_not_that_of_its_months_leaves_pooled_alone() -> None:
    last = SIX_YEARS.annual().iloc[-1]
    revised = Observation(start=date(2020, 1, 1), end=date(2020, 12, 31), value=1.1 * last, unit=SIX_YEARS.unit)
    assert not has_enough_months(replace(SIX_YEARS, observations=(*SIX_YEARS, revised)))


@pytest.mark.bits
def test_paths_are_the_same_whatever_the_block_and_the_first_ones_however_many() -> None:
    fitted = fit_to_everything(get_model(DEFAULT_MODEL), SIX_YEARS)
    assert isinstance(fitted, FittedMixture)
    many, few = (concatenate(list(fitted.blocks(3, n, stream(0, "x")))) for n in (6000, 1500))
    assert many.n_paths == 6000
    assert few.n_paths == 1500
    assert np.array_equal(many.log_levels[:, :1500], few.log_levels)
    assert np.array_equal(many.weights[:1500], few.weights)


@pytest.mark.filterwarnings("ignore:only \\d+ effective paths")  # 512 paths are few, and one batch is looked at
def test_every_batch_holds_both_models_in_equal_parts_and_pairs_stay_in_it() -> None:
    fitted = fit_to_everything(get_model(DEFAULT_MODEL), SIX_YEARS)
    batch = concatenate(list(fitted.blocks(1, 512, stream(0, "x"))))
    # Paths of monthly have the weight 1 and those of pooled that of the last year's months, which is 1 on average.
    of_monthly = batch.weights == 1.0
    assert of_monthly.sum() == 256
    pairs = batch.log_levels[0, :256, 0] + batch.log_levels[0, 256:, 0]
    pooled_pairs = pairs[~of_monthly[:256]]
    assert pooled_pairs == pytest.approx(np.full(pooled_pairs.size, pooled_pairs[0]), abs=1e-9)
    everything = concatenate(list(fitted.blocks(1, 40_960, stream(0, "x"))))
    assert everything.weights[everything.weights != 1.0].mean() == pytest.approx(1.0, abs=0.05)


def test_events_of_months_are_answered_from_both() -> None:
    rolling = Target(1.5, unit="USD bn", event="rolling_12_months")
    answer = forecast(WITH_HALF_A_YEAR, rolling, horizon=2, n_paths=16_384).hitting_time
    assert answer.by_month is not None
    assert (np.diff(answer.by_month.probability) >= 0.0).all()
    assert 0.0 < answer.probability[-1] < 1.0
