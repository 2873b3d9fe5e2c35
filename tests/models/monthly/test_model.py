"""The monthly model: statsmodels is the oracle of its likelihood and states, simulated processes of its answers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.structural import UnobservedComponents

from tradetarget import Observation, Target, TradeSeries, forecast
from tradetarget.answering.part_years import fit_to_everything
from tradetarget.errors import ModelError, SettingError, TradeTargetWarning
from tradetarget.models import get_model
from tradetarget.models.monthly.model import Drift, FittedMonthly, MonthlyGrowth, read_months
from tradetarget.models.monthly.posterior import SEASONS, Months, _covariances, _regression, monthly_posterior
from tradetarget.models.pooled.prior import Prior
from tradetarget.passage.events import calendar_year_totals
from tradetarget.testing import check_growth_model

SEASON = 0.15 * np.sin(2 * np.pi * np.arange(12) / 12)


def log_months(
    rng: np.random.Generator, n: int, drift: float = 0.08, volatility: float = 0.12, noise: float = 0.12
) -> np.ndarray:
    return log_months_and_mirror(rng, n, drift, volatility, noise)[0]


def log_months_and_mirror(
    rng: np.random.Generator, n: int, drift: float = 0.08, volatility: float = 0.12, noise: float = 0.12
) -> list[np.ndarray]:
    """Log months, and those of the same process with every shock of the opposite sign."""
    level, deviation = np.cumsum(rng.normal(0, volatility / math.sqrt(12), n)), rng.normal(0, noise, n)
    centre = drift / 12 * np.arange(1, n + 1) + SEASON[np.arange(n) % 12]
    return [centre + sign * (level + deviation) for sign in (1.0, -1.0)]


def monthly(x: np.ndarray, first: str = "2000-01", unit: str | None = "USD bn") -> TradeSeries:
    """A series from log months; NaN where a month is missing."""
    values = pd.Series(np.exp(x), index=pd.period_range(first, periods=x.size, freq="M")).dropna()
    return TradeSeries.from_monthly(values, unit=unit, name="A-B")


@pytest.fixture(scope="module")
def series() -> TradeSeries:
    """Ten years and six months of a simulated process, 2000-01 to 2010-06."""
    return monthly(log_months(np.random.default_rng(3), 126))


def with_gaps(n: int = 90) -> tuple[Months, np.ndarray]:
    """Ninety months from 2000-01 (or ``n``) of which five are missing, and all of them with NaN."""
    x = log_months(np.random.default_rng(1), n)
    x[[20, 21, 50, 85, 86]] = np.nan
    seen = np.isfinite(x)
    return Months(24_000 + np.flatnonzero(seen), x[seen]), x


def oracle(x: np.ndarray, *, in_state: bool) -> UnobservedComponents:
    t = np.arange(x.size)
    exog = np.column_stack([t / 12, SEASONS[t % 12]])
    more = {"mle_regression": False, "use_exact_diffuse": True} if in_state else {}
    return UnobservedComponents(x, "local level", exog=exog, **more)


@pytest.mark.parametrize("angle", [0.3, 0.8, 1.3])
def test_the_restricted_likelihood_is_the_diffuse_one_of_unobserved_components_gaps_included(angle):
    """Theirs counts log 2 pi for the 13 diffuse elements too; tolerance 1e-6."""
    months, x = with_gaps()
    data = _regression(months)
    node = data.at(angle)
    variance = 1.3 * node.squares / data.df
    ours = -0.5 * (data.df * math.log(2 * math.pi * variance) + node.log_determinants + node.squares / variance)
    theirs = oracle(x, in_state=True).loglike([variance * math.sin(angle) ** 2, variance * math.cos(angle) ** 2 / 12])
    assert ours - 6.5 * math.log(2 * math.pi) == pytest.approx(theirs, abs=1e-6)


def test_the_states_and_their_covariance_are_those_of_the_exact_diffuse_smoother():
    """Drift and seasons, and the level at the last month and at two missing ones; tolerances 1e-7 and 1e-6."""
    months, x = with_gaps()
    found = monthly_posterior(months, after=24_084)
    assert found.missing.tolist() == [24_085, 24_086]
    g = int(found.weights.argmax())
    q = (found.scale[g] * np.array([found.noise[g], found.level[g] / math.sqrt(12)])) ** 2
    theirs = oracle(x, in_state=True).smooth(q)
    np.testing.assert_allclose(found.mean[g, :12], theirs.smoothed_state[1:, -1], atol=1e-7)
    exog = np.column_stack([np.arange(90) / 12, SEASONS[np.arange(90) % 12]])
    for k, t in enumerate([85, 86, 89]):
        i = int(found.before[k])
        when = int(months.when[i]) - 24_000
        turn = np.concatenate([[(t - when) / 12], np.zeros(11)]) - np.concatenate([[0.0], exog[when, 1:]])
        ours = months.log_values[i] + found.mean[g, 12 + k] + turn @ found.mean[g, :12]
        row = np.concatenate([[1.0, t / 12], np.zeros(11)])
        assert ours == pytest.approx(float(row @ theirs.smoothed_state[:, t]), abs=1e-7)
        mine = np.concatenate([turn, np.zeros(3)])
        mine[12 + k] = 1.0
        covariance = found.scale[g] ** 2 * found.root[g] @ found.root[g].T
        variance = float(row @ theirs.smoothed_state_cov[:, :, t] @ row)
        assert float(mine @ covariance @ mine) == pytest.approx(variance, rel=1e-6)


def test_the_most_likely_variances_are_those_that_unobserved_components_finds():
    months, x = with_gaps(240)
    found = monthly_posterior(months, after=24_240)
    theirs = oracle(x, in_state=True).fit(disp=0, maxiter=500)
    node = _regression(months).at(found.angle)
    variance = node.squares / found.df
    assert found.log_likelihood - 6.5 * math.log(2 * math.pi) == pytest.approx(theirs.llf, abs=1e-4)
    ours = [variance * math.sin(found.angle) ** 2, variance * math.cos(found.angle) ** 2 / 12]
    np.testing.assert_allclose(ours, theirs.params, rtol=0.02)


def test_levels_no_month_shows_have_the_covariances_of_their_errors():
    """Against 200,000 draws of noise and walk: five standard errors of a covariance are below 0.04."""
    months = Months(np.array([0, 1, 4, 5]), np.zeros(4))
    noise, walk, own_noise, own_walk = _covariances(months, np.array([2, 3]), np.array([1, 1, 3]))
    rng = np.random.default_rng(0)
    e, w = rng.normal(size=(200_000, 6)), np.cumsum(rng.normal(size=(200_000, 6)), axis=1) / math.sqrt(12)
    for x, of_y, own in ((e, noise, own_noise), (w, walk, own_walk)):
        y = np.diff(x[:, months.when], axis=1)
        r = (
            np.stack([-e[:, 1], -e[:, 1], -e[:, 5]])
            if x is e
            else np.stack([w[:, 2] - w[:, 1], w[:, 3] - w[:, 1], 0 * e[:, 5]])
        )
        np.testing.assert_allclose((r @ y / len(y)).T, of_y, atol=0.04)
        np.testing.assert_allclose(r @ r.T / len(y), own, atol=0.04)


def test_parameters_are_recovered_from_many_simulated_series():
    """Sixty series of 20 years; the means of the estimates lie within three standard errors of the truth."""
    rng = np.random.default_rng(5)
    found = [MonthlyGrowth(drift_prior=None).fit(monthly(log_months(rng, 240))).params for _ in range(60)]
    table = pd.DataFrame(found)
    assert table["drift"].mean() == pytest.approx(0.08, abs=0.011)
    assert table["volatility"].mean() == pytest.approx(0.12, abs=0.008)
    assert table["noise"].mean() == pytest.approx(0.12, abs=0.003)
    assert table["April"].mean() == pytest.approx(SEASON[3], abs=0.01)


def test_the_calendar_year_event_has_its_golden_probabilities():
    """.10, .57 and .79 within 1, 3 and 5 years for a target 1.25 times the last year: first_passage.md, rounded.

    Drift 8 %, volatility 12 %, monthly noise 12 %; 32 samples of 40 years stand for known parameters, and the drift is
    given. What spreads most over samples is the level that a year ends on, and it is opposite in a sample and in its
    mirror image: pairs of them leave a standard error of about .01.
    """
    rng = np.random.default_rng(2)
    reached = []
    for sample in (x for _ in range(16) for x in log_months_and_mirror(rng, 480)):
        fitted = MonthlyGrowth(drift_prior=None).fit(monthly(sample))
        x = replace(fitted, drift=Drift(0.08, 0.0, 0.0)).simulate(5, 512, rng).log_levels[0]
        best = np.maximum.accumulate(x, axis=1) >= fitted.log_origin + math.log(1.25)
        reached.append(best.mean(axis=0)[[0, 2, 4]])
    np.testing.assert_allclose(np.mean(reached, axis=0), [0.10, 0.57, 0.79], atol=0.03)


def test_independent_months_would_give_an_interval_of_half_the_width_or_less(series):
    """first_passage.md: 45 % of its true width."""
    fitted = MonthlyGrowth().fit(monthly(log_months(np.random.default_rng(3), 120)))
    rng = np.random.default_rng(0)
    months = np.concatenate([fitted.draw_months(3, rng) for _ in range(8)], axis=1)
    apart = rng.permuted(months, axis=1)
    width, narrow = (np.subtract(*np.quantile(calendar_year_totals(m), [0.9, 0.1], axis=1)) for m in (months, apart))
    assert (narrow / width < 0.5).all()
    assert narrow.mean() / width.mean() == pytest.approx(0.35, abs=0.1)


def test_known_months_of_the_running_year_are_held_fixed_and_missing_ones_drawn():
    x = log_months(np.random.default_rng(3), 126)
    x[[121, 122]] = np.nan
    fitted = MonthlyGrowth().fit(monthly(x))
    drawn = fitted.draw_months(2, np.random.default_rng(0))
    for place in (0, 3, 4, 5):
        np.testing.assert_allclose(drawn[place], x[120 + place], rtol=1e-12)
    assert (drawn[[1, 2, 6, 7]].std(axis=1) > 0.05).all()
    assert drawn[1].std() < drawn[11].std() < drawn[23].std()
    assert fitted.origin_year == 2009


def test_the_first_year_narrows_as_its_months_become_known():
    x = log_months(np.random.default_rng(3), 132)
    widths = []
    for n in (120, 123, 126, 129, 131):
        drawn = MonthlyGrowth().fit(monthly(x[:n])).simulate(1, 2048, np.random.default_rng(0)).log_levels
        widths.append(float(np.subtract(*np.quantile(drawn, [0.9, 0.1]))))
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.15 * widths[0]


def test_a_running_year_is_not_weighed_a_second_time(series):
    fitted = fit_to_everything(get_model("monthly"), series)
    assert isinstance(fitted, FittedMonthly)
    assert next(fitted.blocks(3, 512, np.random.default_rng(0))).weights is None


def test_the_answer_names_the_months_it_holds_and_estimates_their_year(series):
    answer = forecast(series, Target(25.0, unit="USD bn"), "monthly", n_paths=2048)
    assert [o.period for o in answer.statements] == [f"2010-0{m}" for m in range(1, 7)]
    assert answer.effective_paths is None
    known = sum(o.value for o in answer.statements)
    row = answer.nowcast().loc[2010]
    assert known < row["low"] < row["median"] < row["high"] < 3 * known
    assert "Not used" not in answer.summary()
    assert forecast(monthly(log_months(np.random.default_rng(3), 120)), 25.0, "monthly", n_paths=512).nowcast().empty


def test_it_keeps_every_rule_of_a_growth_model(series):
    check_growth_model(get_model("monthly"), series)
    check_growth_model(MonthlyGrowth(drift_prior=None), monthly(log_months(np.random.default_rng(3), 120)))


@pytest.mark.bits
def test_one_seed_gives_the_same_answer_and_blocks_do_not_matter(series):
    target = Target(25.0, unit="USD bn")
    first, again = (forecast(series, target, "monthly", seed=4, n_paths=3000).hitting_time for _ in range(2))
    assert np.array_equal(first.probability, again.probability)
    fitted = MonthlyGrowth().fit(series)
    whole, parts = (
        np.concatenate([b.log_levels[0] for b in fitted.blocks(4, 2000, np.random.default_rng(1), block=size)])
        for size in (4096, 512)
    )
    assert np.array_equal(whole, parts)


def test_the_centre_is_the_median_of_the_paths(series):
    for drift_prior in ("shipped", None):
        fitted = MonthlyGrowth(drift_prior=drift_prior).fit(series)
        drawn = np.median(fitted.simulate(15, 51_200, np.random.default_rng(0)).log_levels[0], axis=0)
        np.testing.assert_allclose(drawn, fitted.log_centre(15), atol=0.01)
        np.testing.assert_allclose(fitted.log_centre(15)[:4], fitted.log_centre(4), rtol=1e-12)


@settings(max_examples=20)
@given(factor=st.floats(1e-6, 1e6), drift_prior=st.sampled_from(["shipped", None]))
def test_another_currency_moves_every_path_by_its_rate(factor, drift_prior):
    x = log_months(np.random.default_rng(8), 66)
    model = MonthlyGrowth(drift_prior=drift_prior)
    ours, theirs = (
        model.fit(monthly(y, unit=None)).simulate(4, 512, np.random.default_rng(0)).log_levels
        for y in (x, x + math.log(factor))
    )
    np.testing.assert_allclose(theirs, ours + math.log(factor), atol=1e-8)


def test_another_scale_of_the_same_currency_changes_nothing(series):
    ours = forecast(series, Target(25.0, unit="USD bn"), "monthly", n_paths=2048).hitting_time
    theirs = forecast(series, Target(25_000.0, unit="USD mn"), "monthly", n_paths=2048).hitting_time
    np.testing.assert_allclose(ours.probability, theirs.probability, atol=1e-12)


def test_by_default_the_paths_draw_their_drift_from_other_pairs_and_not_from_the_past():
    slow, fast = (monthly(log_months(np.random.default_rng(3), 120, drift=d)) for d in (0.0, 0.3))
    shipped, own = (
        [MonthlyGrowth(drift_prior=p).fit(s).params["drift"] for s in (slow, fast)] for p in ("shipped", None)
    )
    assert own[1] - own[0] == pytest.approx(0.3, abs=0.01)
    assert abs(shipped[1] - shipped[0]) < 0.1
    named = MonthlyGrowth(drift_prior=Prior.shipped()).fit(slow)
    assert named.drift == MonthlyGrowth().fit(slow).drift
    assert named.params["own drift"] == pytest.approx(own[0], abs=1e-12)
    assert named.standard_errors["drift"] == pytest.approx(named.drift.sd)


def test_eighty_percent_intervals_cover_eighty_percent_when_the_model_is_right():
    """150 simulated series of 8 years: standard error 3.3 points."""
    rng = np.random.default_rng(6)
    inside = np.zeros(2)
    for _ in range(150):
        x = log_months(rng, 156)
        fitted = MonthlyGrowth(drift_prior=None).fit(monthly(x[:96]))
        low, high = np.quantile(fitted.simulate(5, 512, rng).log_levels[0], [0.1, 0.9], axis=0)
        truth = calendar_year_totals(x[96:, None])[:, 0]
        inside += ((low <= truth) & (truth <= high))[[0, 4]]
    assert (np.abs(inside / 150 - 0.8) < 0.09).all()


def test_the_summary_says_what_was_found_and_where_the_drift_comes_from(series):
    said = MonthlyGrowth().fit(series).summary()
    for words in ("volatility", "noise", "December", "own drift", "6 months after 2009 are known and held fixed"):
        assert words in said
    assert "own drift" not in MonthlyGrowth(drift_prior=None).fit(series).summary()


def test_residuals_are_standardised_and_seasons_sum_to_nothing(series):
    fitted = MonthlyGrowth().fit(series)
    assert fitted.estimates.residuals.std() == pytest.approx(1.0, abs=0.1)
    assert fitted.params["January":"December"].sum() == pytest.approx(0.0, abs=1e-12)
    assert (fitted.standard_errors > 0).all()


def test_a_series_that_follows_its_season_exactly_has_neither_noise_nor_volatility():
    x = 0.05 * np.arange(72) / 12 + SEASON[np.arange(72) % 12]
    fitted = MonthlyGrowth(drift_prior=None).fit(monthly(x))
    assert fitted.params[["volatility", "noise"]].tolist() == [0.0, 0.0]
    assert fitted.log_likelihood is None
    expected = fitted.log_origin + 0.05 * np.arange(1, 4)
    np.testing.assert_allclose(fitted.simulate(3, 64, np.random.default_rng(0)).log_levels[0, 0], expected, atol=1e-9)


def test_figures_that_are_no_months_are_counted_and_not_used(series):
    part = Observation(start=date(2010, 1, 1), end=date(2010, 9, 30), value=9.0, unit=series.unit)
    growth = Observation(start=date(2010, 1, 1), end=date(2010, 9, 30), value=0.2, kind="growth")
    early = Observation(start=date(1999, 1, 1), end=date(1999, 12, 31), value=9.0, unit=series.unit)
    total = Observation(
        start=date(2009, 1, 1), end=date(2009, 12, 31), value=float(series.annual()[2009]), unit=series.unit
    )
    assert read_months(replace(series, observations=(*series, total)))[1] == 0
    mixed = replace(series, observations=(*series, part, growth, early, total))
    with pytest.warns(TradeTargetWarning, match="3 other figures of A-B turnover .* are not used"):
        fitted = MonthlyGrowth().fit(mixed)
    plain = MonthlyGrowth(drift_prior=None).fit(series)
    np.testing.assert_array_equal(fitted.posterior.mean, plain.posterior.mean)


def test_the_latest_figure_of_a_month_counts(series):
    o = series.observations[-1]
    revised = replace(o, value=2.0 * o.value, as_of=date(2011, 1, 1))
    months, unused = read_months(replace(series, observations=(*series, revised)))
    assert (months.when.size, unused) == (126, 0)
    assert months.log_values[-1] == pytest.approx(math.log(2.0 * o.value))


def test_too_few_months_are_refused_with_a_remedy(series_of):
    x = log_months(np.random.default_rng(0), 48)
    with pytest.raises(ModelError, match="needs at least 36 months and A-B turnover has 35: add months, or use pooled"):
        MonthlyGrowth().fit(monthly(x[:35]))
    with pytest.raises(ModelError, match=r"has 0: .*use pooled, which works from annual totals"):
        MonthlyGrowth().fit(series_of(np.linspace(1, 2, 30)))
    x[7::12] = np.nan
    with pytest.raises(ModelError, match="every calendar month twice and A-B turnover has August never"):
        MonthlyGrowth().fit(monthly(x))


def test_a_total_after_the_last_months_is_refused(series):
    total = Observation(start=date(2011, 1, 1), end=date(2011, 12, 31), value=30.0, unit=series.unit)
    with pytest.raises(ModelError, match="has a total for 2011 and its months end in 2010-06: add the later months"):
        MonthlyGrowth().fit(replace(series, observations=(*series, total)))


def test_a_year_known_by_its_total_and_some_of_its_months_is_the_origin():
    x = log_months(np.random.default_rng(3), 118)
    short = monthly(x)
    total = Observation(start=date(2009, 1, 1), end=date(2009, 12, 31), value=30.0, unit=short.unit)
    with pytest.warns(TradeTargetWarning, match="1 other figure of"):
        fitted = MonthlyGrowth().fit(replace(short, observations=(*short, total)))
    assert fitted.origin_year == 2009
    assert fitted.log_origin == pytest.approx(math.log(30.0))
    assert fitted.draw_months(2, np.random.default_rng(0)).shape == (24, 512)


def test_a_drift_prior_that_is_none_of_the_three_is_refused():
    with pytest.raises(SettingError, match=r"drift_prior 0\.05 is no prior: give 'shipped', a Prior, or None"):
        MonthlyGrowth(drift_prior=0.05)
    with pytest.raises(SettingError, match="is no prior"):
        MonthlyGrowth(drift_prior=pd.DataFrame())
