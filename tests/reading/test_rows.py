"""No row disappears without a word: each is used, refused, or counted with its line."""

from pathlib import Path

import pandas as pd
import pytest

from tradetarget import TradeSeries
from tradetarget.errors import DataError, TradeTargetError, UnknownNameError


def read(tmp_path: Path, text: str, **options: object) -> TradeSeries:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return TradeSeries.from_csv(path, **options)


def unused(series: TradeSeries) -> str:
    assert series.read_as is not None
    return series.read_as.unused_text


def test_names_that_differ_in_case_or_spaces_are_one_and_said(tmp_path: Path) -> None:
    series = read(tmp_path, "period,flow,value\n2022,Exports,1\n2023,exports ,2\n2024,EXPORTS,3\n")
    assert (len(series), series.flow) == (3, "Exports")
    assert series.read_as is not None
    assert (
        "flow names that differ in case or spaces alone are one ('EXPORTS', 'Exports', 'exports ')"
        in series.read_as.notes
    )


def test_rows_without_a_figure_are_counted_with_their_lines(tmp_path: Path) -> None:
    series = read(tmp_path, "period,value\n2019,..\n2020,:\n2021,n/a\n2022,-\n2023,4\n2024,5\n")
    assert (unused(series), len(series)) == ("4 without a figure (lines 2, 3, 4, ...)", 2)


def test_a_figure_without_a_period_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 3: the period is empty: give one beside the value 5"):
        read(tmp_path, "period,value\n2023,4\n,5\n")


@pytest.mark.parametrize("months", [[10.0] * 9, [3.3, 2.9, 4.1, 3.0]])
@pytest.mark.parametrize("layout", ["across", "down", "beside"])
def test_a_total_of_the_months_so_far_is_no_total_of_its_year(tmp_path: Path, layout: str, months: list[float]) -> None:
    # The totals of 2018 stand alone, 2019 is complete, and 2020 is not over: its "Total" is that of some months.
    so_far = [str(m) for m in months] + [""] * (12 - len(months))
    by_year = {2018: [*[""] * 12, "110"], 2019: [*["10"] * 12, "120"], 2020: [*so_far, f"{sum(months):.1f}"]}
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Total"]
    if layout == "across":
        rows = [["Year", *names], *([str(y), *cells] for y, cells in by_year.items())]
    elif layout == "down":
        rows = [["Month", *map(str, by_year)], *zip(names, *by_year.values(), strict=True)]
    else:
        rows = [["year", "month", "value"]]
        rows += [[str(y), n, c] for y, cells in by_year.items() for n, c in zip(names, cells, strict=True)]
    series = read(tmp_path, "".join(",".join(row) + "\n" for row in rows))
    assert series.annual().to_dict() == {2018: 110.0, 2019: 120.0}
    assert len(series.monthly()) == 12 + len(months)
    assert "1 of the year so far, written as the total of a year that is not over (line" in unused(series)


@pytest.mark.parametrize("headings", [["Q1", "Q2", "Q3", "Q4"], ["T1", "T2", "T3", "T4"], ["1Q", "2Q", "3Q", "4Q"]])
def test_a_row_a_year_may_have_a_column_a_quarter(tmp_path: Path, headings: list[str]) -> None:
    series = read(tmp_path, f"Year,{','.join(headings)},Total\n2023,1,2,3,4,10\n2024,2,3,4,,9\n")
    assert series.annual().to_dict() == {2023: 10.0}
    assert [(o.period, o.value) for o in series.observations if o.start.year == 2024] == [
        ("2024-01/2024-03", 2.0), ("2024-04/2024-06", 3.0), ("2024-07/2024-09", 4.0),
    ]  # fmt: skip
    assert "1 of the year so far, written as the total of a year that is not over (line 3)" in unused(series)


def test_a_total_that_is_more_than_the_months_beside_it_stays(tmp_path: Path) -> None:
    text = "year,month,value\n2019,,100\n2020,1,10\n2020,2,10\n2020,Total,110\n"
    assert read(tmp_path, text).annual().to_dict() == {2019: 100.0, 2020: 110.0}
    earlier = "year,month,value\n2019,1,10\n2019,Total,10\n2020,Total,110\n"
    assert read(tmp_path, earlier).annual().to_dict() == {2019: 10.0, 2020: 110.0}, "the year after shows it is over"


@pytest.mark.parametrize("words", ["FOB", "CIF", "est", "KAZ", "ESP", "all", "top", "May"])
def test_three_letters_beside_a_name_are_no_currency(tmp_path: Path, words: str) -> None:
    for text in (f"Year,Exports ({words})\n", f"Year,Exports in {words}\n", f"Trade in {words}\nYear,Exports\n"):
        series = read(tmp_path, f"{text}2023,4\n2024,5\n")
        assert (series.flow, series.unit, series.annual().to_dict()) == ("exports", None, {2023: 4.0, 2024: 5.0})


def test_a_fiscal_year_without_a_figure_is_no_footnote(tmp_path: Path) -> None:
    assert unused(read(tmp_path, "Year,Exports\n2015/16,4\n2016/17,5\n2017/18,\n")) == ("1 without a figure (line 4)")


def test_products_beside_their_total_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "year,product,value\n2023,TOTAL,10\n2023,84,4\n2023,85,6\n2024,TOTAL,12\n2024,84,5\n"
    series = read(tmp_path, text)
    assert series.annual().to_dict() == {2023: 10.0, 2024: 12.0}
    assert unused(series) == "3 of single products beside their total (lines 3, 4, 6)"
    assert read(tmp_path, text, select={"product": "84"}).annual().to_dict() == {2023: 4.0, 2024: 5.0}


def test_products_without_a_total_are_never_added_up(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"holds 2 products \(84, 85\) and no total of them: choose one with .*--select commodity=84"
    ):
        read(tmp_path, "year,product,value\n2023,84,4\n2023,85,6\n")


def test_a_world_total_beside_its_partners_is_a_choice(tmp_path: Path) -> None:
    text = "year,partner,value\n2023,World,10\n2023,Uzbekistan,4\n"
    with pytest.raises(
        DataError, match=r"several series values \(World, Uzbekistan\): choose one with series= or --series"
    ):
        read(tmp_path, text)
    assert read(tmp_path, text, select={"partner": "uzbekistan"}).annual().to_dict() == {2023: 4.0}
    assert unused(read(tmp_path, text, series="World")) == "1 of another series, or of none (line 3)"


def test_re_exports_are_a_flow_of_their_own(tmp_path: Path) -> None:
    text = "year,flow,value\n2023,exports,10\n2023,re-exports,4\n"
    with pytest.raises(DataError, match=r"several flow values \(exports, re-exports\)"):
        read(tmp_path, text)
    assert unused(read(tmp_path, text, flow="exports")) == "1 of another flow, or of none (line 3)"


def test_a_blank_reporter_stays_a_statement_of_no_side(tmp_path: Path) -> None:
    series = read(tmp_path, "period,reporter,value\n2023,A,10\n2024,,11\n")
    assert [o.reporter for o in series] == ["A", None]
    assert unused(read(tmp_path, "period,reporter,value\n2023,A,10\n2024,,11\n", reporter="a")) == (
        "1 of another reporter, or of none (line 3)"
    )


def test_rows_that_stand_twice_are_named_by_both_lines(tmp_path: Path) -> None:
    text = "period,value,procedure\n2023,4,a\n2024,5,a\n2024,6,b\n"
    with pytest.raises(DataError, match=r"lines 3 and 4: 2024 stands twice: .*--select procedure=VALUE"):
        read(tmp_path, text)
    assert len(read(tmp_path, text, select={"procedure": "a"})) == 2


def test_a_selection_of_what_is_not_there_names_what_is(tmp_path: Path) -> None:
    text = "year,partner,value\n2023,Uzbekistan,4\n"
    with pytest.raises(UnknownNameError, match=r"unknown partner in .*: did you mean 'Uzbekistan'"):
        read(tmp_path, text, select={"partner": "Uzbekstan"})
    with pytest.raises(UnknownNameError, match="unknown column of"):
        read(tmp_path, text, select={"planet": "Earth"})


def test_quantities_are_refused_by_name_and_left_out_beside_money(tmp_path: Path) -> None:
    with pytest.raises(TradeTargetError, match=r"line 2: unit 'tonnes' is a quantity \(tonnes\)"):
        read(tmp_path, "period,value,unit\n2023,4,tonnes\n2024,5,tonnes\n")
    mixed = read(tmp_path, "period,value,unit\n2023,4,USD mn\n2023,900,1000 kg\n2024,5,USD mn\n")
    assert unused(mixed) == "1 in quantities (line 3)"


@pytest.mark.parametrize(
    "name", ["Exports of goods (% of GDP)", "Exports (percent of GDP)", "Exports (annual % growth)"]
)
def test_shares_and_changes_are_no_levels(tmp_path: Path, name: str) -> None:
    head = "Country Name,Country Code,Indicator Name,Indicator Code,2023,2024\n"
    for text in (f"Year,{name}\n2023,4\n2024,5\n", f"{head}Kazakhstan,KAZ,{name},NE.EXP.GNFS.ZS,4,5\n"):
        with pytest.raises(TradeTargetError, match=r"unit 'percent' is a quantity \(percent\)"):
            read(tmp_path, text, unit="USD bn")
    both = f"{head}Kazakhstan,KAZ,Exports (US$),X,400,500\nKazakhstan,KAZ,{name},Y,4,5\n"
    assert read(tmp_path, both, flow="exports").annual().to_dict() == {2023: 400.0, 2024: 500.0}


@pytest.mark.parametrize(
    "name",
    [
        "Exports (USD million, FOB)", "Exports FOB (US$ mn)", "Exports - US$ mn", "Exports USD mn",
        "Exports mn US dollars", "Exports: mln. US dollars", "Exports, US$ million", "exports_usd_mn",
        "Exports in millions of US dollars", "Exports [mln USD]", "Export value USD mn",
        "Goods, Value of Exports, Free on board (FOB), US Dollars, Millions",
        "Exports (million USD at current prices)", "Exports, million (USD)", "Exports(USD mn)", "Exports (USD), mn",
    ],
)  # fmt: skip
def test_a_heading_states_its_unit_in_many_ways(tmp_path: Path, name: str) -> None:
    series = read(tmp_path, f'Year,"{name}"\n2023,4\n2024,5\n')
    assert (series.flow, str(series.unit)) == ("exports", "USD mn")


def test_the_prices_of_a_year_are_no_part_of_a_unit(tmp_path: Path) -> None:
    for name in ("Exports of goods (constant 2015 US$)", "Exports of goods (current US$)"):
        series = read(tmp_path, f"Year,{name}\n2023,4\n2024,5\n")
        assert (series.flow, str(series.unit)) == ("exports", "USD")


@pytest.mark.parametrize("scale", ["6", "Millions", "6.0", "million"])
def test_a_scale_beside_a_unit_is_a_part_of_it(tmp_path: Path, scale: str) -> None:
    series = read(tmp_path, f"period,value,unit,scale\n2023,4,USD,{scale}\n2024,5,USD,{scale}\n")
    assert (str(series.unit), series.annual().to_dict()) == ("USD mn", {2023: 4.0, 2024: 5.0})


def test_a_unit_in_a_heading_gives_way_to_the_one_asked_for_and_says_so(tmp_path: Path) -> None:
    text = "Year,Exports (current US$)\n2023,4.2\n2024,4.4\n"
    assert str(read(tmp_path, text).unit) == "USD"
    asked = read(tmp_path, text, unit="USD bn")
    assert str(asked.unit) == "USD bn"
    assert asked.read_as is not None
    assert "the heading says USD, and the figures are taken to be in USD bn as asked" in asked.read_as.notes
    with pytest.raises(TradeTargetError, match="cannot convert USD to EUR bn"):
        read(tmp_path, text, unit="EUR bn")


def test_how_a_file_was_understood_survives_what_is_done_to_the_series(tmp_path: Path) -> None:
    series = read(tmp_path, "period,value,unit\n2022,4,USD mn\n2023,5,USD mn\n2024,6,USD mn\n")
    for changed in (series.in_unit("USD bn"), series.as_of("2025-06"), series.as_of("2024-06")):
        assert changed.read_as == series.read_as
    assert TradeSeries.from_json(series.to_json()) == series


def test_a_frame_is_named_by_its_rows() -> None:
    with pytest.raises(DataError, match="the table, row 2: 'abc' is not a number"):
        TradeSeries.from_frame(pd.DataFrame({"period": [2023, 2024], "value": ["4", "abc"]}))
