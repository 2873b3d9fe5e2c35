from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from tradetarget import Paths, Target, TradeSeries, forecast
from tradetarget.answering.counting import hitting_time_of
from tradetarget.errors import DataError, ModelError, SettingError, TradeTargetWarning, UnitError
from tradetarget.models.interface import BATCH
from tradetarget.models.random_walk import RandomWalk
from tradetarget.passage.samples import quantiles_of_paths
from tradetarget.seeding import stream

SERIES = TradeSeries.from_annual(
    pd.Series({2018: 2.484, 2019: 3.415, 2020: 2.931, 2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}),
    unit="USD bn",
    name="Kazakhstan-Uzbekistan",
    reporter="Kazakhstan",
)
FIVE = Target(5.0, unit="USD bn")


def test_law_and_simulation_agree_within_four_standard_errors() -> None:
    law = forecast(SERIES, FIVE, model="random-walk", method="exact").hitting_time
    paths = forecast(SERIES, FIVE, model="random-walk", method="simulation").hitting_time
    assert law.standard_error is None
    assert (np.abs(law.probability - paths.probability) < 4 * paths.standard_errors).all()


@pytest.mark.bits
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = (
        forecast(SERIES, FIVE, model="random-walk", method="simulation", seed=s, n_paths=5000) for s in (1, 1, 2)
    )
    assert np.array_equal(first.hitting_time.probability, again.hitting_time.probability)
    assert not np.array_equal(first.hitting_time.probability, other.hitting_time.probability)


@pytest.mark.bits
@pytest.mark.parametrize("block", [1, 512, 3000, 10**6])
def test_numbers_do_not_depend_on_the_block_size(block: int) -> None:
    fitted = RandomWalk().fit(SERIES)
    blocks = list(fitted.blocks(5, 3000, np.random.default_rng(0), block=block))
    together = np.concatenate([b.log_levels[0] for b in blocks])
    assert together.shape == (3000, 5)
    assert np.array_equal(together, fitted.simulate(5, 3000, np.random.default_rng(0)).log_levels[0])


def test_the_currency_scale_of_the_data_changes_nothing() -> None:
    million = forecast(SERIES.in_unit("USD mn"), FIVE, model="random-walk").hitting_time.probability
    assert forecast(SERIES, FIVE, model="random-walk").hitting_time.probability == pytest.approx(million, abs=1e-12)


def test_every_level_is_in_the_targets_unit() -> None:
    answer = forecast(SERIES, Target(5000, unit="USD mn"), model="random-walk")
    assert answer.last_value == pytest.approx(4765)
    assert answer.quantiles([0.5]).iloc[0, 0] == pytest.approx(4765 * np.exp(np.log(4.765 / 2.484) / 7), rel=0.01)


@pytest.mark.parametrize("level", [4.765, 3.0])
def test_a_target_at_or_below_the_last_value_is_an_answer_of_one(level: float) -> None:
    answer = forecast(SERIES, Target(level, unit="USD bn"), model="random-walk").hitting_time
    assert (answer.probability == 1).all()
    assert answer.already_reached is not None
    assert answer.median == pd.Period(year=2026, freq="Y")


def test_an_earlier_peak_is_reported_beside_the_probabilities_and_does_not_change_them() -> None:
    answer = forecast(SERIES, Target(4.9, unit="USD bn"), model="random-walk").hitting_time
    assert answer.already_reached == pd.Period(year=2022, freq="Y")
    assert answer.probability[0] < 0.7


def test_units_unsaid_on_either_side_are_taken_to_be_the_same_and_said_so() -> None:
    bare = TradeSeries.from_annual(SERIES.annual(), name="A-B")
    assert forecast(bare, 5.0, model="random-walk").unit_assumed
    assert not forecast(SERIES, FIVE, model="random-walk").unit_assumed


def test_another_currency_is_refused() -> None:
    with pytest.raises(UnitError):
        forecast(SERIES, Target(5.0, unit="EUR bn"), model="random-walk")


def test_a_target_far_away_draws_a_warning() -> None:
    with pytest.warns(TradeTargetWarning, match="check the units"):
        forecast(SERIES, Target(5000, unit="USD bn"), model="random-walk")


@pytest.mark.parametrize("horizon", [0, -1, 10**6, 2.5, True, "15"])
def test_a_horizon_out_of_range_is_refused(horizon: object) -> None:
    with pytest.raises(SettingError, match="horizon"):
        forecast(SERIES, FIVE, model="random-walk", horizon=horizon)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"method": "guess"}, SettingError, "guess"),
        ({"n_paths": 0, "method": "simulation"}, SettingError, "n_paths"),
        ({"seed": -1}, SettingError, "seed"),
        ({"model": "random-wlak"}, ValueError, "random-walk"),
        ({"model": RandomWalk}, ModelError, "not a growth model"),
    ],
)
def test_a_bad_setting_is_named(change: dict[str, object], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        forecast(SERIES, FIVE, **({"model": "random-walk"} | change))


def test_two_years_running_is_later_than_the_first_time() -> None:
    once = forecast(SERIES, FIVE, model="random-walk").hitting_time.probability
    twice = forecast(SERIES, Target(5.0, unit="USD bn", sustained=2), model="random-walk").hitting_time.probability
    assert twice[0] == 0.0
    assert (twice < once).all()


def test_quantiles_rise_with_the_probability_and_hold_the_centre() -> None:
    table = forecast(SERIES, FIVE, model="random-walk").quantiles()
    assert (table.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_required_and_achieved_growth_are_compound_rates() -> None:
    answer = forecast(SERIES, FIVE, model="random-walk")
    assert answer.required_growth().loc[2027] == pytest.approx((5 / 4.765) ** 0.5 - 1)
    assert answer.achieved_growth().to_dict() == pytest.approx({1: 4.765 / 4.131 - 1, 5: (4.765 / 2.931) ** 0.2 - 1})


def test_the_frame_has_a_row_a_year_and_no_gaps() -> None:
    frame = forecast(SERIES, FIVE, model="random-walk", horizon=7).to_frame()
    assert frame["period"].tolist() == list(range(2026, 2033))
    assert frame.notna().all(axis=None)


@dataclass(frozen=True)
class Doubling:
    """A model of a user's own, made of nothing but the protocol: trade doubles every year."""

    name: str = "doubling"
    min_observations: int = 1

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> "FittedDoubling":
        return FittedDoubling(series)


@dataclass(frozen=True)
class FittedDoubling:
    series: TradeSeries
    model_name: str = "doubling"

    def blocks(self, horizon: int, n_paths: int, rng: object, drivers: object = None) -> Iterator[Paths]:
        last = float(self.series.annual().iloc[-1])
        years = int(self.series.annual().index[-1]) + np.arange(1, horizon + 1)
        levels = np.broadcast_to(last * 2.0 ** np.arange(1, horizon + 1), (n_paths, horizon))
        yield Paths.from_levels(levels, years=years, origin=last)

    def hitting_law(self, log_barriers: np.ndarray, horizon: int) -> None:
        return None

    def summary(self) -> str:
        return "doubling"


def test_a_model_of_a_users_own_works_from_the_protocol_alone() -> None:
    answer = forecast(SERIES, Target(19.06, unit="USD bn"), model=Doubling(), n_paths=1000)
    assert answer.hitting_time.median == pd.Period(year=2027, freq="Y")
    assert answer.quantiles([0.5]).iloc[0, 0] == pytest.approx(9.53)
    with pytest.raises(ModelError, match="no exact hitting law"):
        forecast(SERIES, FIVE, model=Doubling(), method="exact")


def test_weights_move_the_hitting_time_and_the_quantiles() -> None:
    rng = stream(0, "weights")
    levels = np.exp(rng.standard_normal((50 * BATCH, 3)))
    weights = np.where(levels[:, 0] > 1, 3.0, 1.0)
    paths = Paths.from_levels(levels, years=[2026, 2027, 2028], origin=1.0, weights=weights)
    answer = hitting_time_of([paths], Target(1.0000001), TradeSeries.from_annual(pd.Series({2025: 0.5})))
    assert answer.probability[0] == pytest.approx(0.75, abs=4 * answer.standard_errors[0])
    assert quantiles_of_paths(levels, weights, [0.25])[0, 0] == pytest.approx(1.0, abs=0.03)


def test_a_model_that_gives_no_paths_is_named() -> None:
    with pytest.raises(ModelError, match="no paths"):
        hitting_time_of([], FIVE, SERIES)


def test_levels_that_are_not_positive_never_become_paths() -> None:
    with pytest.raises(ModelError, match="positive"):
        Paths.from_levels(np.array([[1.0, -1.0]]), years=[2026, 2027], origin=1.0)


def test_a_bare_pandas_series_is_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"wrap totals by year with TradeSeries.from_annual"):
        forecast(pd.Series({2020: 1.0, 2021: 2.0}), 5.0)
