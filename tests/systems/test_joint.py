from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from systems_helpers import PAIRS, REGION, annual, until

import tradetarget as tt
from tradetarget import Target, TradeSeries, TradeSystem, forecast
from tradetarget.errors import DataError, ModelError, SettingError
from tradetarget.models.pooled.model import PooledGrowth
from tradetarget.nowcasting import evidence_for, log_likelihood
from tradetarget.observations.exchange import rates_of
from tradetarget.seeding import stream
from tradetarget.systems import fit_system, region_of


def rng(seed: int = 0) -> np.random.Generator:
    return stream(seed, "test")


def test_the_region_is_the_sum_of_its_pairs_on_every_path_to_1e_12(region: TradeSystem) -> None:
    paths = fit_system(region).simulate(20, 5000, rng())
    assert paths.log_levels.shape == (4, 5000, 20)
    total = region_of(paths)
    assert np.abs(total.levels[0] / paths.levels.sum(axis=0) - 1.0).max() < 1e-12
    assert total.origin[0] == pytest.approx(8878.356)


@settings(max_examples=15)
@given(
    st.integers(2, 5),
    st.integers(1, 12),
    st.integers(1, 6),
    st.floats(1e-3, 1e6),
    st.integers(0, 1000),
)
def test_any_region_adds_up_on_every_path(m: int, years: int, horizon: int, size: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    parts = [
        annual(f"P{i}", dict(zip(range(2010, 2010 + years), size * np.exp(draw.normal(0, 1, years)), strict=True)))
        for i in range(m)
    ]
    paths = fit_system(TradeSystem("R", parts)).simulate(horizon, 512, rng(seed))
    assert np.abs(region_of(paths).levels[0] / paths.levels.sum(axis=0) - 1.0).max() < 1e-12


def test_every_pair_keeps_its_pooled_law(region: TradeSystem) -> None:
    paths = fit_system(region).simulate(10, 60_000, rng())
    for i, s in enumerate(region.members):
        law = PooledGrowth().fit(s)
        x = paths.log_levels[i] - law.log_origin
        assert np.median(x, axis=0) == pytest.approx(law.law.mean[0, :10], abs=0.02)
        df = float(law.law.df[0])
        spread = np.sqrt(np.diag(law.law.covariance[0, :10, :10]) * df / (df - 2.0))
        assert x.std(axis=0) == pytest.approx(spread, rel=0.03)
        barrier = np.log(1.5)
        hit = (np.maximum.accumulate(x, axis=1) >= barrier).mean(axis=0)
        assert hit == pytest.approx(law.hitting_law(np.array([barrier + law.log_origin]), 10)[0], abs=0.008)


def test_the_first_years_shocks_have_the_correlation_of_the_fit(region: TradeSystem) -> None:
    fitted = fit_system(region)
    x = fitted.simulate(1, 60_000, rng()).log_levels[:, :, 0]
    found = np.corrcoef(x)[~np.eye(4, dtype=bool)]
    assert found == pytest.approx(fitted.matrix[~np.eye(4, dtype=bool)], abs=0.05)
    apart = fit_system(region, dependence="independent").simulate(1, 60_000, rng()).log_levels[:, :, 0]
    assert np.abs(np.corrcoef(apart)[~np.eye(4, dtype=bool)]).max() < 0.02


def test_the_numbers_do_not_depend_on_how_paths_are_cut_into_blocks(region: TradeSystem) -> None:
    fitted = fit_system(region)
    small = np.concatenate([b.log_levels for b in fitted.blocks(5, 3000, rng(), block=512)], axis=1)
    assert (small == fitted.simulate(5, 3000, rng()).log_levels).all()


def test_a_wrong_number_of_paths_horizon_or_dependence_is_refused(region: TradeSystem) -> None:
    with pytest.raises(SettingError, match="n_paths 0"):
        fit_system(region).simulate(5, 0, rng())
    with pytest.raises(SettingError, match="horizon 0"):
        fit_system(region).simulate(0, 10, rng())
    with pytest.raises(SettingError, match="dependence 'some'"):
        fit_system(region, dependence="some")  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", ["EUR bn", "XTS bn", None])
def test_a_region_in_another_currency_or_in_none_is_simulated(unit: str | None) -> None:
    parts = [annual(n, {2023: 10.0 * k, 2024: 11.0 * k}, unit) for n, k in (("A", 1), ("B", 3))]
    assert fit_system(TradeSystem("R", parts)).simulate(3, 512, rng()).log_levels.shape == (2, 512, 3)


def test_members_in_another_currency_are_read_in_dollars_at_each_years_rate() -> None:
    # 0.92404 and 0.93332 euros a dollar in 2023 and 2024, the rates that come with the package.
    rate = {2023: rates_of("EUR")[2023], 2024: rates_of("EUR")[2024]}
    euros = [annual(n, {2023: 10.0 * k, 2024: 11.0 * k}, "EUR bn") for n, k in (("A", 1), ("B", 3))]
    dollars = [
        annual(n, {2023: 10.0 * k / rate[2023], 2024: 11.0 * k / rate[2024]}, "USD bn") for n, k in (("A", 1), ("B", 3))
    ]
    laws = [[p.law for p in fit_system(TradeSystem("R", parts)).parts] for parts in (euros, dollars)]
    for own, same in zip(*laws, strict=True):
        assert own.volatility == pytest.approx(same.volatility, rel=1e-9)
        assert own.own_growth == pytest.approx(same.own_growth, abs=1e-9)


def test_a_currency_moves_all_members_of_a_region_together() -> None:
    # The lira's drift is uncertain by a tenth a year and more, the members' shocks are small beside ten years of it.
    parts = [
        annual(n, {y: k * 1.3 ** (y - 2014) for y in range(2014, 2025)}, "TRY bn") for n, k in (("A", 1), ("B", 3))
    ]
    fitted = fit_system(TradeSystem("R", parts))
    assert fitted.parts[0].shared_drift > 0.1
    levels = fitted.simulate(10, 8192, rng()).log_levels[:, :, -1]
    assert np.corrcoef(levels)[0, 1] > 0.8


# --- questions of members ----------------------------------------------------------------------------------------


def with_part_years(**levels: dict[str, float]) -> TradeSystem:
    """Two pairs with totals up to 2024, and figures of parts of later years."""
    totals = {"B": {2021: 3.6, 2022: 4.0, 2023: 4.4, 2024: 4.1}, "C": {2021: 1.4, 2022: 1.5, 2023: 1.7, 2024: 1.8}}
    rows = [(f"A-{pair}", str(y), v) for pair, values in totals.items() for y, v in values.items()]
    rows += [(f"A-{pair}", period, v) for pair, values in levels.items() for period, v in values.items()]
    table = pd.DataFrame(rows, columns=["series", "period", "value"])
    return TradeSystem("A-all", [TradeSeries.from_frame(table, series=f"A-{p}", unit="USD bn") for p in totals])


@pytest.mark.bits
def test_a_member_is_asked_the_question_that_forecast_asks_of_its_series() -> None:
    made, target = with_part_years(B={"2025-01/2025-09": 3.4}), Target(5, "USD bn")
    for question, series in zip(
        fit_system(made, targets={s.label: target for s in made.members}).questions, made.members, strict=True
    ):
        alone = forecast(series, target, horizon=4, seed=0)
        assert np.array_equal(question.answer(4).probability, alone.hitting_time.probability)
        assert question.provenance == alone.question.provenance


@pytest.mark.bits
def test_paths_are_drawn_from_complete_years_and_weighed_by_every_part_of_later_ones() -> None:
    parts = {"2025-01/2025-09": 3.4, "2026-01/2026-06": 2.4, "2027-01/2027-03": 1.4}
    made = with_part_years(B=parts)
    fitted, free = fit_system(made), fit_system(with_part_years())
    for ours, theirs in zip(fitted.parts, free.parts, strict=True):
        assert np.array_equal(ours.law.mean, theirs.law.mean)
        assert np.array_equal(ours.law.covariance, theirs.law.covariance)
    paths, unweighted = (f.simulate(4, 1024, rng()) for f in (fitted, free))
    assert np.array_equal(paths.log_levels, unweighted.log_levels)
    evidence = evidence_for(made.members[0], 2024)
    expected = log_likelihood(evidence, paths.log_levels[0], np.log(4.1))
    assert paths.weights is not None
    np.testing.assert_allclose(paths.weights / paths.weights.max(), np.exp(expected - expected.max()), rtol=1e-9)


# --- figures of later years --------------------------------------------------------------------------------------


def missing(figures: dict[str, TradeSeries], *absent: str) -> TradeSystem:
    """The bundled region, some members of which are not known for 2025."""
    parts = [until(figures[p], 2024) if any(a in p for a in absent) else figures[p] for p in PAIRS]
    return TradeSystem("Kazakhstan-Central Asia", parts, figures[REGION])


def test_one_missing_member_is_what_the_total_leaves(figures: dict[str, TradeSeries]) -> None:
    made = missing(figures, "Uzbekistan")
    assert made.origin == 2024
    paths = fit_system(made).simulate(3, 1024, rng())
    assert paths.levels[0, :, 0] == pytest.approx(4764.51)
    assert paths.log_levels[0, :, 1].std() > 0.1


def test_with_several_missing_every_path_adds_up_to_the_total(figures: dict[str, TradeSeries]) -> None:
    paths = fit_system(missing(figures, "Uzbekistan", "Tajikistan", "Kyrgyzstan")).simulate(3, 8192, rng())
    assert paths.weights is not None
    first = paths.levels[:, paths.weights > 0, 0]
    assert np.abs(first.sum(axis=0) / 8878.356 - 1.0).max() < 1e-9
    assert (first > 0).all()
    assert paths.levels[3, :, 0] == pytest.approx(515.535)


def test_conditioning_on_the_total_agrees_with_keeping_the_paths_that_hit_it(figures: dict[str, TradeSeries]) -> None:
    made = missing(figures, "Uzbekistan", "Tajikistan", "Kyrgyzstan", "Turkmenistan")
    found = fit_system(made).simulate(2, 60_000, rng())
    w = found.weights
    assert w is not None
    free = TradeSystem(made.name, made.parts)
    paths = fit_system(free).simulate(2, 400_000, rng(1)).levels
    kept = paths[:, np.abs(paths[:, :, 0].sum(axis=0) / 8878.356 - 1.0) < 0.005]
    assert kept.shape[1] > 3000
    for i in range(4):
        for year in (0, 1):
            x = np.log(kept[i, :, year])
            mean = float(np.average(found.log_levels[i, :, year], weights=w))
            assert mean == pytest.approx(x.mean(), abs=0.012)
            spread = np.sqrt(np.average((found.log_levels[i, :, year] - mean) ** 2, weights=w))
            assert spread == pytest.approx(x.std(), rel=0.06)


def test_a_known_member_informs_the_others_as_the_paths_that_hit_it_do(figures: dict[str, TradeSeries]) -> None:
    absent = ("Tajikistan", "Kyrgyzstan", "Turkmenistan")
    parts = [until(figures[p], 2024) if any(a in p for a in absent) else figures[p] for p in PAIRS]
    found = fit_system(TradeSystem("R", parts)).simulate(2, 40_000, rng())
    free = fit_system(TradeSystem("R", [until(p, 2024) for p in parts])).simulate(2, 400_000, rng(1)).log_levels
    kept = free[:, np.abs(free[0, :, 0] - np.log(4764.51)) < 0.01]
    assert kept.shape[1] > 5000
    for i in (1, 2, 3):
        mean = float(np.average(found.log_levels[i, :, 1], weights=found.weights))
        assert mean == pytest.approx(kept[i, :, 1].mean(), abs=0.015)
    assert kept[1, :, 0].mean() > free[1, :, 0].mean() + 0.01


def test_a_rounded_total_leaves_its_interval_open() -> None:
    stated = TradeSeries.from_frame(
        pd.DataFrame({"period": ["2023", "2024"], "value": [6.1, 6.0], "unit": "USD bn", "rounding": [0.1, 0.2]}),
        name="A-all",
    )
    parts = [annual("A-B", {2022: 4.0, 2023: 4.4}), annual("A-C", {2022: 1.5, 2023: 1.7, 2024: 1.8})]
    left = fit_system(TradeSystem("A-all", parts, stated)).simulate(1, 4096, rng()).levels[0, :, 0]
    assert 4.1 <= left.min() < 4.11
    assert 4.29 < left.max() <= 4.3


def test_known_parts_above_the_total_are_refused_with_the_gap() -> None:
    parts = [annual("A-B", {2023: 4.4}), annual("A-C", {2023: 1.7, 2024: 1.8})]
    with pytest.raises(DataError, match=r"is 1.5 in 2024 and its known parts add up to 1.8: a gap of -0.3"):
        fit_system(TradeSystem("A-all", parts, annual("A-all", {2023: 6.1, 2024: 1.5})))


def test_a_total_that_no_path_can_add_up_to_is_refused(figures: dict[str, TradeSeries]) -> None:
    total = figures[REGION].annual().copy()
    total.loc[2025] = 1.0
    whole = TradeSeries.from_annual(total, unit="USD mn", name="R")
    made = TradeSystem("R", [until(figures[p], 2024) for p in PAIRS], whole)
    with pytest.raises(ModelError, match="no simulated path of R turnover agrees with the figures up to 2025"):
        fit_system(made).simulate(3, 512, rng())


def test_the_median_path_is_the_conditioned_one(figures: dict[str, TradeSeries]) -> None:
    paths = fit_system(missing(figures, "Uzbekistan")).simulate(4, 512, rng())
    assert np.exp(paths.log_centre[0, 0]) == pytest.approx(4764.51)
    assert paths.log_centre.shape == (4, 4)


def surprising(figures: dict[str, TradeSeries], total_of_2025: float) -> TradeSystem:
    total = figures[REGION].annual().copy()
    total.loc[2025] = total_of_2025
    whole = TradeSeries.from_annual(total, unit="USD mn", name="Kazakhstan-Central Asia")
    return TradeSystem("R", [until(figures[p], 2024) for p in PAIRS], whole)


def test_figures_that_surprise_warn_of_few_effective_paths(figures: dict[str, TradeSeries]) -> None:
    with pytest.warns(tt.TradeTargetWarning, match="in effect"):
        tt.forecast_system(surprising(figures, 13_000.0), {PAIRS[0]: 6000.0}, 3, n_paths=2048)


def test_figures_that_leave_hardly_any_effective_path_are_refused(figures: dict[str, TradeSeries]) -> None:
    with pytest.raises(ModelError, match="in effect: they are far from what was expected"):
        tt.forecast_system(surprising(figures, 60_000.0), {PAIRS[0]: 6000.0}, 3, n_paths=2048)


def test_growth_of_a_whole_year_that_a_member_stated_counts(figures: dict[str, TradeSeries]) -> None:
    year = date(2025, 1, 1), date(2025, 12, 31)
    stated = tt.Observation(start=year[0], end=year[1], value=0.3, kind="growth", qualifier="at least")
    first, *others = (until(figures[p], 2024) for p in PAIRS)
    system = TradeSystem("R", [replace(first, observations=(*first.observations, stated)), *others])
    paths = fit_system(system).simulate(1, 4096, rng())
    grown = paths.log_levels[0, :, 0] - paths.log_origin[0]
    assert np.average(grown > np.log(1.295), weights=paths.weights) > 0.99
