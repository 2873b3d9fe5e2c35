"""DriverGrowth on series and tables: answers, refusals, and the estimates that ship."""

import numpy as np
import pandas as pd
import pytest

from tradetarget import Target, datasets, forecast
from tradetarget.errors import DataError, ModelError, TradeTargetError
from tradetarget.models import get_model
from tradetarget.models.drivers.estimates import DriverEstimates
from tradetarget.models.drivers.model import DriverGrowth, FittedDrivers, innovation_scale
from tradetarget.observations import TradeSeries
from tradetarget.observations.drivers import read_drivers
from tradetarget.testing import check_growth_model, example_series

OUTLOOK = datasets.load_drivers("imf-weo-2025-10")
PAIR = datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
TEN = Target(10.0, unit="USD bn")


def fit(table: pd.DataFrame = OUTLOOK, series: TradeSeries = PAIR) -> FittedDrivers:
    return DriverGrowth().fit(series, table)


def probability(table: pd.DataFrame, year: int = 2030) -> float:
    return forecast(PAIR, TEN, model="drivers", drivers=table).hitting_time.probability_by(year)


def where(area: str, concept: str) -> pd.Series:
    return (OUTLOOK["area"] == area) & (OUTLOOK["concept"] == concept)


class WithTable:
    """A model that brings its own table, as the check of a growth model needs."""

    name, min_observations = "drivers with their table", 1

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedDrivers:
        return DriverGrowth(areas=("KAZ", "UZB")).fit(series, OUTLOOK)


class TestTheAnswer:
    def test_it_is_a_growth_model_in_every_respect(self) -> None:
        check_growth_model(WithTable(), example_series())

    def test_law_and_paths_agree(self) -> None:
        law = forecast(PAIR, TEN, model="drivers", drivers=OUTLOOK).hitting_time
        paths = forecast(PAIR, TEN, model="drivers", drivers=OUTLOOK, method="simulation").hitting_time
        assert law.method == "exact"
        error = np.asarray(paths.standard_errors)
        assert (np.abs(law.probability - paths.probability) < 4 * error + 1e-3).all()

    def test_higher_gdp_forecasts_bring_the_target_forward(self) -> None:
        higher = OUTLOOK.copy()
        ahead = where("UZB", "NGDPD") & (OUTLOOK["period"] > 2025)
        higher.loc[ahead, "value"] *= 1.05 ** (OUTLOOK.loc[ahead, "period"] - 2025)
        assert probability(higher) > probability(OUTLOOK) + 0.01

    def test_beyond_the_table_gdp_goes_on_by_its_drift(self) -> None:
        short = OUTLOOK[OUTLOOK["period"] <= 2025]
        found, e = fit(short), DriverEstimates.shipped()
        step = np.diff(found.law.driven[0, 40:60])
        betas = found.law.elasticity[0]
        np.testing.assert_allclose(step, (betas[0] + betas[1]) * e.values["gdp_drift"], rtol=1e-3)

    def test_an_oil_price_is_used_where_the_table_has_one(self) -> None:
        without = OUTLOOK[OUTLOOK["concept"] != "POILAPSP"]
        assert fit().driven_by == (("KAZ", "NGDPD"), ("UZB", "NGDPD"), ("WORLD", "POILAPSP"))
        assert fit(without).driven_by == (("KAZ", "NGDPD"), ("UZB", "NGDPD"))
        lower = OUTLOOK.copy()
        lower.loc[where("WORLD", "POILAPSP") & (OUTLOOK["period"] > 2025), "value"] *= 0.7
        assert probability(lower) < probability(OUTLOOK)

    def test_elasticities_are_between_the_panels_and_what_the_pair_did(self) -> None:
        # Uzbek GDP in dollars fell by a third with the devaluation of 2017 while trade rose: its elasticity is learnt
        # to be lower than that of all pairs.
        table = fit().elasticities
        e = DriverEstimates.shipped().values
        assert table.loc[("UZB", "NGDPD"), "elasticity"] < e["elasticity"]
        assert (table["standard_error"] < 0.25).all()

    @pytest.mark.bits
    def test_the_order_of_rows_and_of_areas_does_not_matter(self) -> None:
        shuffled = OUTLOOK.sample(frac=1.0, random_state=0)
        one, two = fit(), fit(shuffled)
        np.testing.assert_array_equal(one.law.path.mean, two.law.path.mean)
        swapped = DriverGrowth(areas=("UZB", "KAZ")).fit(PAIR, OUTLOOK)
        np.testing.assert_allclose(swapped.law.path.mean, one.law.path.mean, rtol=1e-9)

    def test_units_do_not_matter(self) -> None:
        billions = PAIR.in_unit(TEN.unit)
        np.testing.assert_allclose(fit(series=billions).law.path.mean, fit().law.path.mean, rtol=1e-9)

    def test_a_series_without_a_unit_is_taken_to_be_of_central_size(self) -> None:
        bare = TradeSeries.from_annual(PAIR.annual(), name="KAZ-UZB")
        scaled = TradeSeries.from_annual(PAIR.annual() * 7.0, name="KAZ-UZB")
        np.testing.assert_allclose(fit(series=bare).law.path.mean, fit(series=scaled).law.path.mean, rtol=1e-9)

    def test_the_summary_names_the_drivers_and_their_vintage(self) -> None:
        text = fit().summary()
        assert "elasticity to NGDPD of UZB" in text
        assert "vintage 2025-10" in text

    def test_a_country_of_calm_gdp_has_smaller_errors_than_one_of_wild_gdp(self) -> None:
        rng = np.random.default_rng(0)
        growth = 0.06 + np.stack([0.02 * rng.standard_normal(20), 0.4 * rng.standard_normal(20)])[None]
        calm, wild = innovation_scale(growth, 0.06, 0.0187, 8.0)[0]
        assert calm < 0.5
        assert 1.5 < wild < 9.0
        assert innovation_scale(np.full((1, 1, 20), np.nan), 0.06, 0.0187, 8.0)[0, 0] == 1.0


class TestVintages:
    def test_a_later_vintage_is_refused_in_one_line(self) -> None:
        with pytest.raises(DataError, match="vintage 2025-10 and Kazakhstan-Uzbekistan turnover is as of 2019-11") as e:
            forecast(PAIR.as_of("2019-11"), TEN, model="drivers", drivers=OUTLOOK)
        assert "\n" not in str(e.value)

    def test_the_vintage_of_the_same_month_is_accepted(self) -> None:
        seen = PAIR.as_of("2025-10")
        assert fit(series=seen).origin_year == 2024

    def test_of_several_vintages_the_latest_known_one_counts(self) -> None:
        early = OUTLOOK.assign(vintage="2024-10", value=OUTLOOK["value"] * 1.5)
        late = OUTLOOK.assign(vintage="2026-10", value=OUTLOOK["value"] * 9.0)
        both = pd.concat([late, OUTLOOK, early])
        np.testing.assert_array_equal(fit(both).law.path.mean, fit().law.path.mean)
        seen = PAIR.as_of("2025-06")
        assert fit(both, seen).vintages == ("2024-10",) * 3


class TestRefusals:
    def test_without_a_table_it_says_which_one_it_needs(self) -> None:
        with pytest.raises(ModelError, match=r"needs a table of drivers with NGDPD of KAZ and UZB"):
            forecast(PAIR, TEN, model="drivers")

    @pytest.mark.parametrize("name", ["Kazakhstan-Central Asia", "exports of A", "KAZ-KAZ", "Kazakhstan-Narnia"])
    def test_a_name_that_does_not_say_its_sides_asks_for_areas(self, name: str) -> None:
        series = TradeSeries.from_annual(PAIR.annual(), unit="USD mn", name=name)
        with pytest.raises(ModelError, match=r"DriverGrowth\(areas="):
            fit(series=series)

    def test_a_missing_area_names_those_there_are(self) -> None:
        with pytest.raises(DataError, match="no NGDPD of DEU: it is there for KAZ, KGZ, TJK, TKM, UZB, WORLD"):
            DriverGrowth(areas=("KAZ", "DEU")).fit(PAIR, OUTLOOK)

    def test_a_table_that_ends_before_the_data(self) -> None:
        with pytest.raises(DataError, match="NGDPD of KAZ ends in 2020, before the trade data in 2025"):
            fit(OUTLOOK[OUTLOOK["period"] <= 2020])

    def test_a_gap_in_the_years(self) -> None:
        with pytest.raises(DataError, match="NGDPD of UZB has no value for 2011"):
            fit(OUTLOOK[~(where("UZB", "NGDPD") & (OUTLOOK["period"] == 2011))])

    def test_a_driver_that_is_not_positive(self) -> None:
        wrong = OUTLOOK.copy()
        wrong.loc[where("UZB", "NGDPD") & (OUTLOOK["period"] == 2027), "value"] = -3.0
        with pytest.raises(DataError, match="NGDPD of UZB is -3 in 2027: it must be positive"):
            fit(wrong)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"value": np.nan}, "value nan for NGDPD of KAZ in 1995 is no finite number"),
            ({"period": "soon"}, "period 'soon' is no year"),
            ({"vintage": "lately"}, "vintage 'lately' is no month"),
            ({"vintage": "2025-13"}, "vintage '2025-13' is no month"),
            ({"vintage": "2025-101"}, "vintage '2025-101' is no month"),
            ({"is_forecast": "maybe"}, "is_forecast 'maybe' is neither True nor False"),
        ],
    )
    def test_a_column_that_cannot_be_read(self, change: dict[str, object], message: str) -> None:
        with pytest.raises(DataError, match=message):
            read_drivers(OUTLOOK.assign(**change))

    @pytest.mark.parametrize("column", ["area", "concept", "period", "value", "vintage", "is_forecast"])
    def test_a_missing_column(self, column: str) -> None:
        with pytest.raises(DataError, match=f"no column '{column}'"):
            read_drivers(OUTLOOK.drop(columns=column))

    def test_a_row_that_stands_twice(self) -> None:
        with pytest.raises(DataError, match="hold NGDPD of KAZ for 1995, vintage 2025-10, twice"):
            read_drivers(pd.concat([OUTLOOK, OUTLOOK.head(1)]))

    @pytest.mark.parametrize("table", [None, 3, [1, 2], OUTLOOK.head(0)])
    def test_what_is_no_table(self, table: object) -> None:
        with pytest.raises(DataError, match="drivers"):
            read_drivers(table)

    def test_periods_and_dates_read_as_years_and_months(self) -> None:
        years = pd.PeriodIndex(OUTLOOK["period"].astype(str), freq="Y")
        same = OUTLOOK.assign(period=years, vintage=pd.Timestamp("2025-10-14"))
        pd.testing.assert_frame_equal(read_drivers(same).frame, read_drivers(OUTLOOK).frame)


class TestTheEstimatesThatShip:
    def test_json_gives_back_the_same_estimates(self) -> None:
        e = DriverEstimates.shipped()
        assert DriverEstimates.from_json(e.to_json()) == e

    def test_the_elasticities_are_sensible(self) -> None:
        # Gravity equations put the elasticity of a year's trade to one side's GDP between 0 and 1.5.
        v = DriverEstimates.shipped().values
        assert 0.2 < v["elasticity"] < 1.0
        assert abs(v["oil_elasticity"]) < 0.2

    @pytest.mark.parametrize("text", ["", "{}", '{"schema": 99}', "[1]"])
    def test_other_text_is_refused(self, text: str) -> None:
        with pytest.raises(TradeTargetError):
            DriverEstimates.from_json(text)

    def test_it_is_found_by_its_name(self) -> None:
        assert isinstance(get_model("drivers"), DriverGrowth)
