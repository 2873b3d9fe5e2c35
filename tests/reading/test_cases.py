"""Small files of the kinds that people have, with the right answers worked out by hand."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import DataError, TradeTargetError

CHINA = {  # exports by quarter, USD bn
    2016: (446.2, 519.0, 552.9, 579.5), 2017: (478.3, 561.7, 588.0, 635.2), 2018: (543.9, 626.1, 656.7, 659.9),
    2019: (551.5, 620.0, 654.9, 673.0), 2020: (476.6, 618.7, 709.8, 784.8), 2021: (708.3, 806.6, 879.2, 963.1),
    2022: (811.0, 896.3, 956.1, 881.1), 2023: (795.4, 852.4, 861.1, 870.1), 2024: (807.0, 900.5, 911.8, 956.4),
    2025: (852.1, 955.3, 970.6, 992.1),
}  # fmt: skip
KOREA = (  # exports by month
    13381305, 11522664, 13576667, 13034964, 13851900, 13814241, 13721233, 14401521, 14590529, 14767041, 13558761,
    11904229,
)  # fmt: skip
CUMULATED = {
    2022: (323.3, 538.1, 810.9, 1079.9, 1383.8, 1707.2, 2034.7, 2345.1, 2663.3, 2956.9, 3247.5, 3544.4),
    2023: (284.4, 493.0, 795.5, 1083.6, 1364.5, 1647.9, 1928.6, 2212.5, 2508.9, 2783.1, 3075.8, 3379.0),
}


def read(tmp_path: Path, text: str, **options: object) -> tt.TradeSeries:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return tt.TradeSeries.from_csv(path, **options)


def table(rows: dict[str, float]) -> str:
    return "period,value\n" + "".join(f"{p},{v}\n" for p, v in rows.items())


def test_four_quarters_are_the_total_of_their_year(tmp_path: Path) -> None:
    rows = {f"{y}Q{i}": v for y, values in CHINA.items() for i, v in enumerate(values, start=1)}
    annual = read(tmp_path, table(rows)).annual()
    assert annual.loc[2025] == pytest.approx(3770.1)
    assert annual.loc[2016] == pytest.approx(2097.6)
    answer = tt.forecast(read(tmp_path, table(rows)), 3766.33, horizon=3)
    assert (answer.last_year, str(answer.hitting_time.already_reached)) == (2025, "2025")


def test_an_odd_quarter_stays_in_its_year(tmp_path: Path) -> None:
    rows = dict(zip([f"{y}Q{q}" for y in (2017, 2018, 2019) for q in (1, 2, 3, 4)],
                    [127, 96, 138, 155, 121, 3070, 238, 258, 227, 330, 216, 241], strict=True))  # fmt: skip
    assert read(tmp_path, table(rows)).annual().to_dict() == {2017: 516, 2018: 3687, 2019: 1014}


def test_ends_of_quarters_are_not_taken_for_months() -> None:
    values = pd.Series([1.0, 2.0, 3.0, 4.0] * 5, index=pd.date_range("2020", periods=20, freq="QE"))
    with pytest.raises(DataError, match="use from_quarterly"):
        tt.TradeSeries.from_monthly(values)
    assert tt.TradeSeries.from_quarterly(values).annual().to_dict() == dict.fromkeys(range(2020, 2025), 10.0)


@pytest.mark.parametrize(
    "periods",
    [
        ["2005-06", "2006-07", "2007-08", "2008-09", "2009-10", "2010-11", "2011-12"],
        ["2005/2006", "2006/2007", "2007/2008", "2008/2009", "2009/2010", "2010/2011", "2011/2012"],
        ["FY2006", "FY2007", "FY2008", "FY2009", "FY2010", "FY2011", "FY2012"],
    ],
)
def test_fiscal_years_are_years_and_not_months(tmp_path: Path, periods: list[str]) -> None:
    values = [18.6, 22.5, 28.9, 33.6, 36.2, 45.1, 52.3]
    series = read(tmp_path, table(dict(zip(periods, values, strict=True))))
    assert series.annual().to_dict() == dict(zip(range(2006, 2013), values, strict=True))
    answer = tt.forecast(series, 60, horizon=3)
    assert (answer.last_value, answer.hitting_time.already_reached) == (52.3, None)


def test_recent_fiscal_years_cannot_be_months(tmp_path: Path) -> None:
    series = read(tmp_path, table({"2018-19": 33.6, "2019-20": 36.2, "2020-21": 34.1}))
    assert series.annual().to_dict() == {2019: 33.6, 2020: 36.2, 2021: 34.1}


@pytest.mark.parametrize("form", ["{y}-M{m:02d}", "{y}M{m}", "{y}.{m:02d}", "{y}{m:02d}", "{y}/{m:02d}", "{y}-{m:02d}"])
def test_months_as_statistics_offices_write_them(tmp_path: Path, form: str) -> None:
    rows = {form.format(y=2018, m=m): v for m, v in enumerate(KOREA, start=1)}
    series = read(tmp_path, table(rows))
    assert series.annual().to_dict() == {2018: float(sum(KOREA))}
    assert str(series.monthly().index[0]) == "2018-01"


def test_months_as_spreadsheets_spoil_them(tmp_path: Path) -> None:
    rows = {f"2018.{m:02d}".rstrip("0") if m == 10 else f"2018.{m:02d}": v for m, v in enumerate(KOREA, start=1)}
    assert "2018.1" in rows
    assert read(tmp_path, table(rows)).monthly().loc[pd.Period("2018-10", "M")] == 14767041


def test_two_rows_dated_on_the_last_of_december_are_years(tmp_path: Path) -> None:
    series = read(tmp_path, table({"2023-12-31": 4.0, "2024-12-31": 4.4}))
    assert series.annual().to_dict() == {2023: 4.0, 2024: 4.4}


BLANK = "period,flow,value\n2019,exports,3.1\n2020,exports,2.8\n2021,exports,3.4\n2022,,4.2\n"


def test_a_blank_flow_among_named_ones_is_refused_with_its_line_and_two_remedies_that_work(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 5: the flow is blank, and 'exports' in other rows") as caught:
        read(tmp_path, BLANK)
    assert "--flow 'exports'" in str(caught.value)
    assert "--select flow=" in str(caught.value)
    taken = read(tmp_path, BLANK, flow="exports")
    assert taken.annual().to_dict() == {2019: 3.1, 2020: 2.8, 2021: 3.4}
    assert taken.read_as is not None
    assert taken.read_as.unused_text == "1 of another flow, or of none (line 5)"
    assert read(tmp_path, BLANK, select={"flow": ""}).annual().to_dict() == {2022: 4.2}


def test_totals_with_a_blank_flow_beside_a_part_are_taken_when_asked_for(tmp_path: Path) -> None:
    parts = {2017: (4645, 1277), 2018: (3774, 2514), 2019: (3986, 2972), 2023: (5377, 4097), 2024: (6034, 4760)}
    text = "period,flow,value\n" + "".join(f"{y},,{t}\n{y},Kava,{k}\n" for y, (t, k) in parts.items())
    with pytest.raises(DataError, match="line 2: the flow is blank, and 'Kava' in other rows"):
        read(tmp_path, text)
    assert read(tmp_path, text, select={"flow": ""}).annual().loc[2024] == 6034


def test_a_missing_text_of_any_kind_is_a_blank_one() -> None:
    frame = pd.read_csv(io.StringIO(BLANK), dtype_backend="numpy_nullable")
    assert frame["flow"].iloc[-1] is pd.NA
    for table_ in (frame, pd.read_csv(io.StringIO(BLANK))):
        with pytest.raises(DataError, match="row 4: the flow is blank"):
            tt.TradeSeries.from_frame(table_)


def test_a_polars_frame_is_read() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"period": [2022, 2023, 2024], "value": [4.2, 4.0, 4.4]})
    assert tt.TradeSeries.from_frame(frame).annual().to_dict() == {2022: 4.2, 2023: 4.0, 2024: 4.4}


def test_single_precision_reaches_a_target_that_it_stands_at() -> None:
    values = pd.Series(np.array([4.1, 4.2], dtype="float32"), index=[2023, 2024])
    assert tt.forecast(tt.TradeSeries.from_annual(values), 4.2, horizon=1).hitting_time.probability.tolist() == [1.0]


def test_a_banner_trailing_commas_and_a_wide_table(tmp_path: Path) -> None:
    wide = read(tmp_path, "Country,2019,2020,2021,2022\nKAZ,3.1,2.8,3.4,4.2\n")
    assert (wide.name, wide.annual().to_dict()) == ("KAZ", {2019: 3.1, 2020: 2.8, 2021: 3.4, 2022: 4.2})
    trailing = read(tmp_path, "period,value\n2010,5.8\n2011,6.62\n2012,5.16,,\n")
    assert trailing.annual().to_dict() == {2010: 5.8, 2011: 6.62, 2012: 5.16}


def test_a_month_without_trade_is_a_figure_of_its_year(tmp_path: Path) -> None:
    rows = {f"2024-{m:02d}": v for m, v in enumerate([4, 3, 0, 2, 5, 3, 2, 1, 4, 3, 2, 6], start=1)}
    assert read(tmp_path, table(rows)).annual().to_dict() == {2024: 35.0}


def test_cumulated_months_are_recognised_and_never_added_up(tmp_path: Path) -> None:
    rows = {f"{y}-{m:02d}": v for y, values in CUMULATED.items() for m, v in enumerate(values, start=1)}
    series = read(tmp_path, table(rows))
    assert series.annual().to_dict() == {2022: 3544.4, 2023: 3379.0}
    assert series.read_as is not None
    assert "figures of parts of years are sums from the start of the year" in series.read_as.notes


def test_one_year_of_rising_months_may_be_either_and_the_option_decides(tmp_path: Path) -> None:
    rows = {f"2023-{m:02d}": v for m, v in enumerate(CUMULATED[2023], start=1)}
    with pytest.raises(DataError, match=r"each may be the sum from the start of the year: .*--cumulated yes or no"):
        read(tmp_path, table(rows))
    assert read(tmp_path, table(rows), cumulated=True).annual().to_dict() == {2023: 3379.0}
    assert read(tmp_path, table(rows), cumulated=False).annual().to_dict() == {
        2023: pytest.approx(sum(CUMULATED[2023]))
    }
    assert read(tmp_path, table(rows | {"2023": 3379.0})).annual().to_dict() == {2023: 3379.0}


def test_months_that_rise_without_falling_back_are_months(tmp_path: Path) -> None:
    rows = {f"{2022 + m // 12}-{m % 12 + 1:02d}": 30.0 + m for m in range(24)}
    assert read(tmp_path, table(rows)).annual().to_dict() == {2022: 426.0, 2023: 570.0}


def test_months_that_a_time_zone_moved_are_refused_with_a_remedy_that_works() -> None:
    local = pd.Series(
        range(1, 25), index=pd.date_range("2023-01-01", periods=24, freq="MS", tz="Asia/Almaty"), dtype=float
    )
    moved = local.tz_convert("UTC")
    with pytest.raises(DataError, match="moved to another time zone: convert them to the zone of the statistics"):
        tt.TradeSeries.from_monthly(moved)
    with pytest.raises(DataError, match="time of day"):
        tt.TradeSeries.from_frame(moved.rename("value").rename_axis("period").reset_index())
    back = moved.tz_convert("Asia/Almaty")
    assert tt.TradeSeries.from_monthly(back).annual().to_dict() == {2023: 78.0, 2024: 222.0}


def test_a_unit_in_words_is_read(tmp_path: Path) -> None:
    text = "period,value,unit\n" + "".join(f"{y},{v},Millions in Vatu (VUV)\n" for y, v in ((2023, 5377), (2024, 6034)))
    series = read(tmp_path, text)
    assert (str(series.unit), series.annual().loc[2024]) == ("VUV mn", 6034)


@pytest.mark.parametrize(
    "text", ["period;value\n2023;1.234\n2024;2.345\n", 'period,value\n2023,"1,234"\n2024,"2,345"\n']
)
def test_a_value_that_can_be_read_two_ways_is_refused_with_both_and_the_option(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        TradeTargetError, match=r"may be 1234 \(thousands\) or 1.234 \(decimals\), .* --decimal "
    ) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert sorted(read(tmp_path, text, decimal=d).annual().loc[2023] for d in (".", ",")) == [1.234, 1234.0]


def test_quarters_are_cumulated_only_where_that_is_said(tmp_path: Path) -> None:
    rows = {f"{y}Q{q}": float(q) for y in (2022, 2023) for q in (1, 2, 3, 4)}
    assert read(tmp_path, table(rows)).annual().to_dict() == {2022: 10.0, 2023: 10.0}
    assert read(tmp_path, table(rows), cumulated=True).annual().to_dict() == {2022: 4.0, 2023: 4.0}
