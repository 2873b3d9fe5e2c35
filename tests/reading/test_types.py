"""Tables in memory, of whatever library and type."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import DataError, TradeTargetError

YEARS, VALUES = [2022, 2023, 2024], [4.2, 4.0, 4.4]
RIGHT = dict(zip(YEARS, VALUES, strict=True))
FRAME = pd.DataFrame({"period": YEARS, "value": VALUES})


def annual(table: object, **options: object) -> dict[int, float]:
    return tt.TradeSeries.from_frame(table, **options).annual().to_dict()


@pytest.mark.parametrize(
    "table",
    [
        FRAME,
        FRAME.convert_dtypes(),
        FRAME.astype({"period": "category", "value": "category"}),
        FRAME.astype(object),
        FRAME.astype(str),
        FRAME.astype({"value": "float32"}),
        FRAME.assign(value=[Decimal("4.2"), Decimal("4.0"), Decimal("4.4")]),
        FRAME.assign(value=pd.Series([np.float32(4.2), np.float64(4.0), 4.4], dtype=object)),
        FRAME.assign(period=pd.to_datetime(["2022-12-31", "2023-12-31", "2024-12-31"])),
        FRAME.assign(period=pd.period_range("2022", periods=3, freq="Y")),
        FRAME.set_index("period"),
        FRAME.set_index("period")["value"],
        pd.Series(VALUES, index=pd.period_range("2022", periods=3, freq="Y")),
        FRAME.assign(country="KAZ").set_index(["country", "period"]),
        pd.DataFrame({"exports": VALUES}, index=YEARS),
        FRAME.assign(country="KAZ", place="KAZ").set_index(["country", "period"]).rename(columns={"place": "country"}),
        {"period": YEARS, "value": VALUES},
        RIGHT,
        list(RIGHT.items()),
        [{"period": y, "value": v} for y, v in RIGHT.items()],
        np.array(list(RIGHT.items())),
    ],
)
def test_a_table_of_any_kind_is_read(table: object) -> None:
    assert annual(table) == RIGHT


@pytest.mark.parametrize("backend", ["pyarrow", "numpy_nullable"])
def test_frames_of_other_backends_are_read(backend: str) -> None:
    pytest.importorskip("pyarrow")
    frame = FRAME.assign(flow=["exports", "exports", None], unit="USD mn").convert_dtypes(dtype_backend=backend)
    with pytest.raises(DataError, match="row 3: the flow is blank"):
        annual(frame)
    assert annual(frame.assign(flow="exports")) == RIGHT


def test_frames_of_polars_and_pyarrow_are_read() -> None:
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    frame = polars.DataFrame({"period": YEARS, "value": VALUES, "flow": ["exports"] * 3})
    assert annual(frame) == annual(frame.lazy()) == RIGHT
    assert annual(pyarrow.table({"period": YEARS, "value": VALUES})) == RIGHT


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (None, "expected a table, got NoneType"),
        (3, "expected a table, got int"),
        ("trade.csv", "got text: read a file with TradeSeries.from_csv"),
        ([], "a list of nothing is no table"),
        ([1, 2], "a list of int is no table"),
        ({}, "no columns"),
        (FRAME.iloc[:0], "no rows"),
        (pd.DataFrame([[2024, 1.0, 2.0]], columns=["period", "value", "value"]), "two columns 'value'"),
        (FRAME.assign(value=[True, False, True]), "row 1: 'True' is not a number"),
        (FRAME.assign(value=[[1], [2], [3]]), r"row 1: '\[1\]' is not a number"),
        (FRAME.assign(value=[1j, 2j, 3j]), "is not a number"),
        (FRAME.assign(value=pd.Series([np.timedelta64(1, "D"), 2, 3], dtype=object)), "is not a number"),
        (FRAME.assign(value=pd.Series([10**400, 2, 3], dtype=object)), "the value inf is not a finite number"),
        (FRAME.assign(value=[{}, 2, 3]), "row 1: '{}' is not a number"),
        (FRAME.assign(period=[pd.NaT] * 3), "period"),
        (FRAME.assign(period=[True] * 3), "period 'True' cannot be read"),
        (FRAME.assign(value=[4.0, 4.4, -1.0]), "row 3: 2024: the value -1 is not above 0"),
        (pd.Series(VALUES), "no column 'period'|cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_and_never_by_another_exception(table: object, why: str) -> None:
    with pytest.raises(TradeTargetError, match=why) as caught:
        annual(table)
    assert "\n" not in str(caught.value)
    assert "np." not in str(caught.value)


def test_periods_are_kept_in_the_zone_that_they_are_stamped_in() -> None:
    stamps = pd.date_range("2024-01-01", periods=12, freq="MS", tz="Asia/Almaty")
    assert annual(pd.DataFrame({"period": stamps, "value": 1.0})) == {2024: 12.0}


class TestPanels:
    """What ``forecast_targets`` and ``estimate_prior`` take for a year."""

    VALUE = (310.0, 280.0, 340.0, 420.0, 400.0)
    TARGETS = pd.DataFrame({"unit": ["A"], "target": [500.0]})

    def panel(self, period: object, value: object = VALUE, unit: object = "A") -> pd.DataFrame:
        frame = pd.DataFrame({"period": period, "value": list(value)})
        frame.insert(0, "unit", unit)
        return frame

    @pytest.mark.parametrize(
        "period",
        [
            list(range(2019, 2024)),
            pd.array(range(2019, 2024), dtype="Int64"),
            [float(y) for y in range(2019, 2024)],
            [str(y) for y in range(2019, 2024)],
            pd.to_datetime([f"{y}-01-01" for y in range(2019, 2024)]),
            pd.to_datetime([f"{y}-12-31" for y in range(2019, 2024)]).tz_localize("UTC"),
            pd.period_range("2019", periods=5, freq="Y").to_timestamp(how="end"),
            pd.Categorical([str(y) for y in range(2019, 2024)]),
            [f"{y - 1}/{y % 100}" for y in range(2019, 2024)],
            [f"FY{y}" for y in range(2019, 2024)],
        ],
    )
    def test_what_is_a_year_is_converted(self, period: object) -> None:
        answer = tt.forecast_targets(self.panel(period), self.TARGETS, horizon=2)
        assert answer["period"].tolist() == [2024, 2025]
        plain = tt.forecast_targets(self.panel(list(range(2019, 2024))), self.TARGETS, horizon=2)
        assert answer["probability"].tolist() == plain["probability"].tolist()

    @pytest.mark.parametrize(
        ("period", "why"),
        [
            (
                [201901, 201902, 201903, 201904, 201905],
                r"201901 looks like a month \(2019-01\): sum months to years first",
            ),
            ([19, 20, 21, 22, 23], "19 is a year of two digits: write it with four"),
            (["19", "20", "21", "22", "23"], "'19' is not a year"),
            (pd.period_range("2019-01", periods=5, freq="M"), "not years: sum them to years first"),
            (pd.date_range("2019-01-01", periods=5, freq="MS"), "is a date inside a year"),
            (pd.date_range("2019", periods=5, freq="YS", tz="Asia/Almaty").tz_convert("UTC"), "has a time of day"),
            (["2009-10"] * 5, r"'2009-10' may be a month .* or a fiscal year .*\): give int years such as 2019"),
            ([f"{y}-06-15" for y in range(2019, 2024)], "single day, and .* seldom meant: give int years such as 2019"),
            (["2018", "2019", "2020", "2020/21", "2022"], "which do not mix: give int years such as 2019"),
            ([True, False, True, False, True], "'True' is not a year"),
            (["a", "b", "c", "d", "e"], "'a' is not a year"),
            ([pd.NaT] * 5, "'NaT' is not a year"),
            (pd.array([2019, 2020, None, 2022, 2023], dtype="Int64"), "'nan' is not a year"),
            ([2019.5, 2020, 2021, 2022, 2023], "'2019.5' is not a year"),
            ([1e12, 2020, 2021, 2022, 2023], "is not a year"),
            ([np.inf, 2020, 2021, 2022, 2023], "'inf' is not a year"),
        ],
    )
    def test_what_is_no_year_is_refused(self, period: object, why: str) -> None:
        for run in (lambda p: tt.forecast_targets(p, self.TARGETS), tt.estimate_prior):
            with pytest.raises(TradeTargetError, match=why):
                run(self.panel(period))

    @pytest.mark.parametrize(
        ("panel", "why"),
        [
            (lambda t: t.panel(range(2019, 2024), unit=[None] * 5), "a row without a unit"),
            (lambda t: t.panel(range(2019, 2024), unit=[[1]] * 5), "a unit that is no name"),
            (lambda t: t.panel(range(2019, 2024), [True] * 5), "True, which is not a positive number"),
            (lambda t: t.panel(range(2019, 2024), [1, None, 2, 3, 4]), "which is not a positive number"),
            (lambda t: t.panel(range(2019, 2024), ["1", "x", "2", "3", "4"]), "'x', which is not a positive number"),
            (lambda t: t.panel(range(2019, 2024)).set_axis(["unit", "period", "period"], axis=1), "no column 'value'"),
            (
                lambda t: pd.concat([t.panel(range(2019, 2024)), t.panel(range(2019, 2024))[["value"]]], axis=1),
                "two columns 'value'",
            ),
            (lambda t: t.panel(range(2019, 2024), ["1,500", "2,500", "3", "4", "5"]), "decimals with a point$"),
            (lambda t: 3, "panel must be a pandas DataFrame or another table with columns unit, period, value"),
        ],
    )
    def test_a_panel_that_cannot_be_used_is_refused_and_never_by_another_exception(
        self, panel: object, why: str
    ) -> None:
        with pytest.raises(TradeTargetError, match=why) as caught:
            tt.forecast_targets(panel(self), self.TARGETS)
        assert "np." not in str(caught.value)

    def test_a_panel_may_be_of_another_library_or_have_its_names_in_the_index(self) -> None:
        plain = self.panel(range(2019, 2024))
        right = tt.forecast_targets(plain, self.TARGETS, horizon=2)
        indexed = plain.set_index(["unit", "period"])
        pd.testing.assert_frame_equal(tt.forecast_targets(indexed, self.TARGETS, horizon=2), right)
        polars = pytest.importorskip("polars")
        frame = polars.DataFrame(plain.to_dict("list"))
        pd.testing.assert_frame_equal(tt.forecast_targets(frame, self.TARGETS, horizon=2), right)
