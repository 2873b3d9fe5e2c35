"""Statements that hardly a path agrees with by chance: paths drawn from the law given the statements."""

import numpy as np
import pandas as pd
import pytest
import scipy

from tradetarget import Observation, TradeSeries, datasets
from tradetarget.answering.part_years import FittedOnEvidence, fit_to_everything
from tradetarget.errors import ModelError, SettingError
from tradetarget.models import Paths, get_model
from tradetarget.models.defaults import complete_fit, complete_model
from tradetarget.models.paths import concatenate
from tradetarget.observations import parse_period
from tradetarget.passage.samples import effective_sample_size
from tradetarget.units import Unit

BN = Unit.parse("USD bn")
TOTALS = {2017: 1.985, 2018: 2.484, 2019: 2.9, 2020: 2.95, 2021: 3.5, 2022: 4.1, 2023: 4.4, 2024: 4.6}
N_PATHS = 20_480
EXACT_GROWTH = (("2025", 0.3), ("2026", -0.2))


def growth(period: str, value: float, qualifier: str = "exact") -> Observation:
    start, end = parse_period(period)
    return Observation(start=start, end=end, value=value, kind="growth", qualifier=qualifier)


def level(period: str, value: float) -> Observation:
    start, end = parse_period(period)
    return Observation(start=start, end=end, value=value, unit=BN)


def series_with(*statements: Observation) -> TradeSeries:
    return TradeSeries("KAZ-UZB", (*TradeSeries.from_annual(pd.Series(TOTALS), unit=BN), *statements), "turnover", BN)


def fitted(model: str, series: TradeSeries) -> FittedOnEvidence:
    drivers = datasets.load_drivers("imf-weo-2025-10") if model == "drivers" else None
    fit = fit_to_everything(complete_model(get_model(model)), series, drivers)
    assert isinstance(fit, FittedOnEvidence)
    return fit


def paths_of(fit: FittedOnEvidence, horizon: int, n_paths: int = N_PATHS) -> Paths:
    return concatenate(list(fit.blocks(horizon, n_paths, np.random.default_rng(5))))


def probability(paths: Paths, level: float) -> np.ndarray:
    reached = np.maximum.accumulate(paths.log_levels[0] >= np.log(level), axis=1)
    return np.asarray(np.average(reached, axis=0, weights=paths.weights))


@pytest.mark.parametrize("model", ["pooled", "random-walk", "drivers", "default"])
def test_two_years_of_exact_growth_answer_as_the_student_law_given_both_years(model: str) -> None:
    """The total of 2027 given those of 2025 and 2026 is a Student variable; four standard errors are 0.014."""
    fit = fitted(model, series_with(*(growth(*g) for g in EXACT_GROWTH)))
    law = complete_fit(fit.base).student_law(3)
    stated = np.cumsum(np.log1p([g for _, g in EXACT_GROWTH])) - law.mean[:2]
    gain = np.linalg.solve(law.covariance[:2, :2], law.covariance[:2, 2])
    distance = stated @ np.linalg.solve(law.covariance[:2, :2], stated)
    scale = np.sqrt((law.covariance[2, 2] - gain @ law.covariance[:2, 2]) * (law.df + distance) / (law.df + 2.0))
    for target in (4.0, 6.2, 7.0):
        beyond = np.log(target / TOTALS[2024]) - law.mean[2] - gain @ stated
        expected = scipy.special.stdtr(law.df + 2.0, -beyond / scale) if target > 4.6 * 1.3 else 1.0
        assert probability(paths_of(fit, 3), target)[2] == pytest.approx(expected, abs=0.014)


@pytest.mark.parametrize(
    ("statement", "reached"),
    [(growth("2025", 0.4), 7.0), (growth("2025", 0.5, "at least"), 8.0), (level("2025-01/2025-09", 7.0), 10.0)],
    ids=["growth", "at least", "nine months"],
)
def test_paths_and_the_exact_law_agree_on_one_year_far_from_expectation(statement: Observation, reached: float) -> None:
    fit = fitted("pooled", series_with(statement))
    law = fit.hitting_law(np.log([reached]), 4)[0]
    paths = paths_of(fit, 4, 400_000 if statement.qualifier == "at least" else N_PATHS)
    error = np.sqrt(0.25 / effective_sample_size(paths.weights))
    np.testing.assert_allclose(probability(paths, reached), law, atol=4.0 * error)


def test_drawn_paths_are_worth_most_of_their_number_where_weighted_ones_degenerate() -> None:
    paths = paths_of(fitted("pooled", series_with(*(growth(*g) for g in EXACT_GROWTH))), 3)
    assert effective_sample_size(paths.weights) > 0.9 * N_PATHS


def test_a_bound_far_from_the_mode_is_covered_by_the_proposal() -> None:
    """At least 50 %, then exactly -30 %: the posterior of 2025 has its mode at the bound and one long tail."""
    paths = paths_of(fitted("pooled", series_with(growth("2025", 0.5, "at least"), growth("2026", -0.3))), 2)
    first = np.exp(paths.log_levels[0, :, 0]) / TOTALS[2024]
    assert effective_sample_size(paths.weights) > 0.3 * N_PATHS
    assert np.average(first > 1.495, weights=paths.weights) > 0.999
    assert np.average(first > 1.6, weights=paths.weights) > 0.2


def test_growth_on_a_year_of_which_nothing_is_known_counts() -> None:
    """The guess that weights are scaled by does not see it: all weights were cut to one value."""
    paths = paths_of(fitted("pooled", series_with(growth("2026", 0.3))), 2)
    stated = np.diff(paths.log_levels[0], axis=1)[:, 0]
    assert np.average(stated, weights=paths.weights) == pytest.approx(np.log(1.3), abs=0.002)


def test_a_bound_that_the_last_total_does_not_meet_counts_in_two_years_too() -> None:
    bounds = growth("2025", 0.3, "at least"), growth("2026", 0.0, "at least")
    paths = paths_of(fitted("random-walk", series_with(*bounds)), 2)
    keeps_both = (paths.log_levels[0] >= np.log(TOTALS[2024] * 1.295)).all(axis=1)
    assert np.average(keeps_both, weights=paths.weights) > 0.99


def test_growth_of_2500_percent_in_the_first_of_two_years_is_refused() -> None:
    with pytest.raises(ModelError, match="no path of the model agrees"):
        paths_of(fitted("pooled", series_with(growth("2025", 25.0), growth("2026", 0.1))), 2)


def test_a_model_without_a_law_refuses_an_answer_from_hardly_any_paths() -> None:
    with pytest.raises(ModelError, match="too few for an answer, choose the model pooled"):
        paths_of(fitted("damped-trend", series_with(*(growth(*g) for g in EXACT_GROWTH))), 2)


def test_a_horizon_that_ends_before_the_stated_years_is_refused() -> None:
    with pytest.raises(SettingError, match="horizon 1 ends before 2026"):
        paths_of(fitted("pooled", series_with(*(growth(*g) for g in EXACT_GROWTH))), 1)


@pytest.mark.bits
def test_drawn_paths_do_not_depend_on_how_many_follow() -> None:
    fit = fitted("pooled", series_with(*(growth(*g) for g in EXACT_GROWTH)))
    few, many = paths_of(fit, 3, 700), paths_of(fit, 3, 5000)
    np.testing.assert_array_equal(few.log_levels, many.log_levels[:, :700])
    np.testing.assert_array_equal(few.weights, many.weights[:700])


def test_a_part_of_a_year_and_growth_on_it_answer_as_thirty_million_weighted_paths() -> None:
    """P(5.5 by 2026, by 2027) of the random walk by 30 million of its own paths, 154,000 in effect: errors below .0011.

    ``condition`` on blocks of ``fit.base.blocks(3, 30_000_000, default_rng(2))``; four standard errors here are 0.009.
    """
    paths = paths_of(fitted("random-walk", series_with(level("2025-01/2025-09", 3.7), growth("2026", 0.08))), 3, 40_960)
    np.testing.assert_allclose(probability(paths, 5.5)[1:], (0.2284, 0.8885), atol=0.009)
