from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradetarget import Target, TradeSeries, forecast, forecast_targets
from tradetarget.errors import DataError, SettingError, TargetError, TradeTargetError
from tradetarget.models.pooled.prior import Prior

PANEL = pd.DataFrame({
    "unit": ["A-B"] * 4 + ["C-D"] * 3 + ["E-F"],
    "period": [2020, 2021, 2022, 2023, 2001, 2003, 2002, 2010],
    "value": [100.0, 120.0, 90.0, 130.0, 5000.0, 5500.0, 5200.0, 40.0],
})  # fmt: skip
TARGETS = pd.DataFrame({"unit": ["C-D", "A-B", "A-B", "E-F"], "target": [6000.0, 150.0, 300.0, 30.0]})


def test_the_answer_has_a_row_for_every_target_and_year_in_the_order_asked() -> None:
    answer = forecast_targets(PANEL, TARGETS, horizon=3)
    assert list(answer.columns) == ["unit", "target", "period", "probability"]
    assert answer["unit"].tolist() == ["C-D"] * 3 + ["A-B"] * 6 + ["E-F"] * 3
    assert answer["period"].tolist() == [2004, 2005, 2006, 2024, 2025, 2026, 2024, 2025, 2026, 2011, 2012, 2013]
    assert answer["probability"].between(0, 1).all()
    assert (answer["probability"].tail(3) == 1).all()  # the target lies below the last value


@pytest.mark.bits
def test_a_unit_is_judged_by_its_own_history_alone_bit_for_bit() -> None:
    rng = np.random.default_rng(3)
    many = pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(60)], 20),
        "period": np.tile(np.arange(2000, 2020), 60),
        "value": np.exp(rng.normal(5, 2, 60).repeat(20) + np.cumsum(rng.normal(0, 0.2, (60, 20)), axis=1).ravel()),
    })  # fmt: skip
    targets = many.groupby("unit", sort=False)["value"].last().mul(1.5).rename("target").reset_index()
    together = forecast_targets(many, targets).set_index("unit")["probability"]
    for unit in ("u000", "u031", "u059"):
        alone = forecast_targets(many[many["unit"] == unit], targets[targets["unit"] == unit])["probability"]
        assert np.array_equal(alone.to_numpy(), together.loc[unit].to_numpy())
    shuffled = many.sample(frac=1, random_state=0)
    backwards = forecast_targets(shuffled, targets.iloc[::-1]).set_index("unit")["probability"]
    assert np.array_equal(backwards.loc["u031"].to_numpy(), together.loc["u031"].to_numpy())


def test_one_unit_agrees_with_forecast() -> None:
    # Two sets of points of one law: the batch one errs by 0.002 in root mean square and 0.01 at the most.
    series = TradeSeries.from_annual(pd.Series({2020: 100.0, 2021: 120.0, 2022: 90.0, 2023: 130.0}), unit="USD mn")
    single = forecast(series, Target(150.0, unit="USD mn"), horizon=10).hitting_time.probability
    batch = forecast_targets(PANEL, TARGETS.iloc[[1]])["probability"].to_numpy()
    assert batch == pytest.approx(single, abs=0.01)


@pytest.mark.bits
@pytest.mark.parametrize("horizon", [1, 3, 8, 9, 40])
def test_the_first_years_are_the_same_bit_for_bit_whatever_the_horizon(horizon: int) -> None:
    whole = forecast_targets(PANEL, TARGETS, horizon=40)["probability"].to_numpy().reshape(-1, 40)
    head = forecast_targets(PANEL, TARGETS, horizon=horizon)["probability"].to_numpy().reshape(-1, horizon)
    np.testing.assert_array_equal(head, whole[:, :horizon])


@pytest.mark.bits
def test_probabilities_never_rise_with_the_target_however_near_the_last_value_it_is() -> None:
    above = np.concatenate([np.geomspace(1e-9, 1e-2, 30), np.linspace(0.02, 5.0, 30)])
    for unit, last in (("A-B", 130.0), ("E-F", 40.0)):
        answer = forecast_targets(PANEL, pd.DataFrame({"unit": unit, "target": last * (1.0 + above)}), horizon=30)
        p = answer["probability"].to_numpy().reshape(above.size, 30)
        assert (np.diff(p, axis=0) <= 0.0).all()
        assert (np.diff(p, axis=1) >= 0.0).all()


def test_a_forecast_has_the_same_first_years_whatever_its_horizon() -> None:
    series = TradeSeries.from_annual(pd.Series({2020: 100.0, 2021: 120.0, 2022: 90.0, 2023: 130.0}), unit="USD mn")
    for model in ("pooled", "random-walk"):
        short, long = (
            forecast(series, Target(150.0, unit="USD mn"), model=model, horizon=h).hitting_time.probability
            for h in (4, 15)
        )
        np.testing.assert_array_equal(short, long[:4])


@pytest.mark.parametrize("name", ["log_variance", "volatility_df", "swing", "noise"])
def test_a_prior_with_nan_is_an_error_and_never_a_certainty(name: str) -> None:
    shipped = Prior.shipped()
    with pytest.raises(TradeTargetError):
        forecast_targets(PANEL, TARGETS, prior=replace(shipped, values=shipped.values | {name: np.nan}))


@pytest.mark.parametrize("kind", ["period[Y-DEC]", "period[Y-MAR]", object])
@pytest.mark.parametrize("model", [{}, {"model": "random-walk"}])
def test_periods_come_back_as_they_went_in(kind: object, model: dict[str, str]) -> None:
    frequency = "Y-DEC" if kind is object else str(kind)[-6:-1]
    long = pd.DataFrame({"unit": "A-B", "period": range(2000, 2005), "value": [1.0, 1.2, 1.1, 1.4, 1.3]})
    periods = pd.PeriodIndex(long["period"].astype(str), freq=frequency).to_series(index=long.index).astype(kind)
    targets = pd.DataFrame({"unit": ["A-B"], "target": [2.0]})
    answer = forecast_targets(long.assign(period=periods), targets, horizon=2, **model)
    assert answer["period"].iloc[0] == pd.Period("2005", freq=frequency)


def test_periods_of_years_that_end_in_different_months_are_refused() -> None:
    mixed = [pd.Period("2003", "Y-DEC"), pd.Period("2004", "Y-MAR")]
    with pytest.raises(DataError, match="of the frequencies Y-DEC and Y-MAR"):
        forecast_targets(pd.DataFrame({"unit": "A-B", "period": mixed, "value": [1.0, 1.1]}), TARGETS)


def test_units_without_a_target_are_not_asked_about() -> None:
    assert set(forecast_targets(PANEL, TARGETS.iloc[[0]])["unit"]) == {"C-D"}


@pytest.mark.parametrize(
    ("panel", "targets", "kind", "message"),
    [
        (PANEL.drop(columns="value"), TARGETS, DataError, "panel has no column 'value'"),
        (PANEL, TARGETS.drop(columns="target"), DataError, "targets has no column 'target'"),
        (PANEL.head(0), TARGETS, DataError, "panel has no rows"),
        (PANEL, TARGETS.head(0), DataError, "targets has no rows"),
        (pd.concat([PANEL, PANEL.head(1)]), TARGETS, DataError, "unit 'A-B' stands twice in 2020"),
        (PANEL.assign(value=[100.0, 0.0, *[1.0] * 6]), TARGETS, DataError, "unit 'A-B' in 2021 is .*0.0"),
        (PANEL.assign(value=[100.0, np.nan, *[1.0] * 6]), TARGETS, DataError, "unit 'A-B' in 2021"),
        (PANEL.assign(value=["x", *["1"] * 7]), TARGETS, DataError, "unit 'A-B' in 2020 is 'x'"),
        (PANEL.assign(period=2020.5), TARGETS, DataError, "period .*2020.5.* is not a year"),
        (PANEL.assign(unit=None), TARGETS, DataError, "row without a unit"),
        (PANEL, TARGETS.assign(unit="Z"), TargetError, "unit 'Z', which is not in the panel"),
        (PANEL, TARGETS.assign(target=-1.0), TargetError, "unit 'C-D' is .*-1.0"),
        ([1, 2], TARGETS, DataError, "a list of int is no table"),
    ],
)
def test_what_cannot_be_used_is_named(panel: object, targets: object, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        forecast_targets(panel, targets)


@pytest.mark.parametrize("horizon", [0, 10**6])
def test_a_horizon_out_of_range_is_refused(horizon: int) -> None:
    with pytest.raises(SettingError, match="horizon"):
        forecast_targets(PANEL, TARGETS, horizon=horizon)
