"""Files in the shape in which statistics offices document them; the figures are made up."""

import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tradetarget import TradeSeries
from tradetarget.errors import DataError

YEARS = {2021: 3400.0, 2022: 4200.0, 2023: 4000.0, 2024: 4400.0}

COMTRADE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,cmdCode,cmdDesc,"
    "customsCode,customsDesc,mosCode,motCode,motDesc,qty,netWgt,cifvalue,fobvalue,primaryValue,isReported"
)


def comtrade_row(year: object, value: object, **other: str) -> str:
    d = {"flow": "X", "flowDesc": "Export", "partner": "UZB", "name": "Uzbekistan", "cmd": "TOTAL", "mot": "0", **other}
    desc = "All Commodities" if d["cmd"] == "TOTAL" else '"Machinery, and parts"'
    return (
        f"C,A,{year}0101,{year},52,{year},398,KAZ,Kazakhstan,{d['flow']},{d['flowDesc']},860,{d['partner']},{d['name']},"
        f"0,W00,World,H6,{d['cmd']},{desc},C00,TOTAL CPC,0,{d['mot']},TOTAL MOT,0,0,,{value},{value},TRUE"
    )


def read(tmp_path: Path, text: str, name: str = "file.csv", **options: object) -> TradeSeries:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return TradeSeries.from_csv(path, **options)


def test_un_comtrade_as_downloaded_now(tmp_path: Path) -> None:
    rows = [COMTRADE]
    for year, value in YEARS.items():
        rows += [
            comtrade_row(year, value),
            comtrade_row(year, 9e9, cmd="84"),
            comtrade_row(year, 1.0, flow="M", flowDesc="Import"),
            comtrade_row(year, 2.0, flow="RX", flowDesc="Re-export"),
            comtrade_row(year, 3e9, partner="W00", name="World"),
        ]
    series = read(tmp_path, "\n".join(rows), select={"partner": "UZB"}, flow="exports")
    assert (series.name, series.flow, str(series.unit), series.reporters) == (
        "Kazakhstan-Uzbekistan", "exports", "USD", ("Kazakhstan",)
    )  # fmt: skip
    assert series.annual().to_dict() == YEARS
    assert series.read_as is not None
    assert {(u.reason, u.rows) for u in series.read_as.unused} == {
        ("with another partner", 4),
        ("of single products beside their total", 4),
        ("of another flow, or of none", 8),
    }
    assert series.read_as.layout == "UN Comtrade, one figure a row"


def test_un_comtrade_months_stand_beside_years(tmp_path: Path) -> None:
    months = [comtrade_row(2023, 10.0 + m % 2).replace(",2023,398", f",2023{m:02d},398") for m in range(1, 13)]
    series = read(tmp_path, "\n".join([COMTRADE, comtrade_row(2022, 700.0), *months]))
    assert series.annual().to_dict() == {2022: 700.0, 2023: 126.0}


def test_several_partners_are_a_choice_that_the_message_offers(tmp_path: Path) -> None:
    text = "\n".join([COMTRADE, comtrade_row(2023, 1.0), comtrade_row(2023, 5.0, partner="W00", name="World")])
    with pytest.raises(DataError, match=r"several series values \(Kazakhstan-Uzbekistan, Kazakhstan-World\)"):
        read(tmp_path, text)
    assert read(tmp_path, text, series="kazakhstan-world").annual().to_dict() == {2023: 5.0}


def test_un_comtrade_as_downloaded_before_2023(tmp_path: Path) -> None:
    head = (
        "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,"
        "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,"
        "Netweight (kg),Trade Value (US$),Flag"
    )
    rows = [
        f'HS,{y},{y},{y},0,0,2,Export,398,Kazakhstan,KAZ,860,Uzbekistan,UZB,TOTAL,"All Commodities",1,No Quantity,,,'
        f"{v:.0f},0"
        for y, v in YEARS.items()
    ]
    series = read(tmp_path, "\ufeff" + "\n".join([head, *rows]))
    assert (series.name, series.flow, str(series.unit)) == ("Kazakhstan-Uzbekistan", "exports", "USD")
    assert series.annual().to_dict() == YEARS


def test_wits_a_row_an_indicator_and_years_as_columns(tmp_path: Path) -> None:
    text = (
        "Reporter,Partner,Product categories,Indicator Type,Indicator,2021,2022,2023,2024\n"
        "Kazakhstan,Uzbekistan,All Products,Export,Export (US$ Thousand),3400,4200,4000,4400\n"
        "Kazakhstan,Uzbekistan,All Products,Import,Import (US$ Thousand),100,200,300,400\n"
        "Kazakhstan,Uzbekistan,All Products,Export,Export Partner Share (%),4.1,4.2,4.3,4.4\n"
    )
    series = read(tmp_path, text, flow="exports")
    assert (series.name, str(series.unit)) == ("Kazakhstan-Uzbekistan", "USD thousand")
    assert series.annual().to_dict() == YEARS


def test_wits_a_row_a_product_and_year(tmp_path: Path) -> None:
    head = (
        "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,TradeFlowCode,"
        "TradeValue in 1000 USD"
    )
    rows = [f"H5,KAZ,Total,Kazakhstan,UZB,Uzbekistan,{y},Gross Exp.,6,{v}" for y, v in YEARS.items()]
    series = read(tmp_path, "\n".join([head, *rows]))
    assert (series.flow, str(series.unit)) == ("exports", "USD thousand")
    assert series.annual().to_dict() == YEARS


def test_world_bank_with_a_banner_above_the_heading(tmp_path: Path) -> None:
    text = (
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-05-30",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","2020","2021","2022",\n'
        '"Aruba","ABW","Exports of goods and services (current US$)","NE.EXP.GNFS.CD","","4","5",\n'
        '"Kazakhstan","KAZ","Exports of goods and services (current US$)","NE.EXP.GNFS.CD","51","65","95",\n'
    )
    series = read(tmp_path, text, select={"country code": "kaz"})
    assert (series.name, series.flow, str(series.unit)) == ("Kazakhstan", "exports", "USD")
    assert series.annual().to_dict() == {2020: 51.0, 2021: 65.0, 2022: 95.0}


def test_world_bank_databank_with_footnotes_below(tmp_path: Path) -> None:
    text = (
        "Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022],2023 [YR2023]\n"
        "Kazakhstan,KAZ,Merchandise exports (current US$),TX.VAL.MRCH.CD.WT,65000000,..,79000000\n"
        "\n\nData from database: World Development Indicators,,,,,,\nLast Updated: 05/30/2024,,,,,,\n"
    )
    series = read(tmp_path, text)
    assert series.annual().to_dict() == {2021: 65e6, 2023: 79e6}
    assert series.read_as is not None
    assert series.read_as.unused_text == "2 footnotes, 1 without a figure (line 2)"


def test_imf_direction_of_trade_as_a_wide_table(tmp_path: Path) -> None:
    head = (
        "Country Name,Country Code,Indicator Name,Indicator Code,Counterpart Country Name,Counterpart Country Code,"
        "Attribute,2021,2022,2023,2024"
    )
    name = '"Goods, Value of Exports, Free on board (FOB), US Dollars",TXG_FOB_USD'
    text = (
        f"{head}\nKazakhstan,916,{name},Uzbekistan,927,Value,3400,4200,4000,4400\n"
        f"Kazakhstan,916,{name},Uzbekistan,927,Status,,E,,\n"
    )
    series = read(tmp_path, text)
    assert (series.name, series.flow, str(series.unit)) == ("Kazakhstan-Uzbekistan", "exports", "USD")
    assert series.annual().to_dict() == YEARS


def test_imf_trade_in_goods_states_its_scale(tmp_path: Path) -> None:
    head = "DATASET,SERIES_CODE,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,SCALE,2021,2022,2023,2024"
    row = (
        'IMF.STA:IMTS(1.0.0),KAZ.XG_FOB_USD.UZB.A,"Kazakhstan, Republic of","Exports of goods, Free on board (FOB), US '
        'dollar","Uzbekistan, Republic of",Annual,Millions,3400,4200,4000,4400'
    )
    series = read(tmp_path, f"{head}\n{row}\n")
    assert (series.flow, str(series.unit)) == ("exports", "USD mn")
    assert series.annual().to_dict() == YEARS


def test_a_scale_of_the_imfs_service_is_one_of_display(tmp_path: Path) -> None:
    head = "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,TRADE_FLOW,UNIT"
    rows = [f"IMF.STA:IMTS(1.0.0),KAZ,{f}G_FOB_USD,UZB,A,2024,{v},6,{f}G,USD" for f, v in (("X", 3e9), ("M", 1e9))]
    series = read(tmp_path, "\n".join([head, *rows]), flow="exports")
    assert (series.name, str(series.unit), series.annual().to_dict()) == ("KAZ-UZB", "USD", {2024: 3e9})


def test_eurostat_tsv_with_flags_and_missing_figures(tmp_path: Path) -> None:
    text = (
        "freq,stk_flow,partner,unit,geo\\TIME_PERIOD\t2020 \t2021 \t2022 \t2023 \t2024 \n"
        "A,EXP,UZ,THS_EUR,DE\t: \t3400 b\t4200 \t4000 \t4400 p\n"
        "A,IMP,UZ,THS_EUR,DE\t: c\t1 \t2 \t3 \t4 \n"
    )
    series = read(tmp_path, text, "estat.tsv", flow="exports")
    assert (series.name, str(series.unit)) == ("DE-UZ", "EUR thousand")
    assert series.annual().to_dict() == YEARS


def test_eurostat_sdmx_csv_with_quantities_beside_values(tmp_path: Path) -> None:
    head = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    rows = []
    for month in range(1, 13):
        for flow, indicator, value in (
            (2, "VALUE_IN_EUROS", 10.0),
            (2, "QUANTITY_IN_KG", 9e9),
            (1, "VALUE_IN_EUROS", 5.0),
        ):
            rows.append(f"ESTAT:DS-045409(1.0),13/11/25,M,DE,UZ,TOTAL,{flow},{indicator},2024-{month:02d},{value},")
    series = read(tmp_path, "\n".join([head, *rows]), flow="exports")
    assert (series.annual().to_dict(), str(series.unit)) == ({2024: 120.0}, "EUR")
    assert series.read_as is not None
    assert "12 in quantities" in series.read_as.unused_text


def test_us_census_months_of_each_flow_as_columns(tmp_path: Path) -> None:
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    head = ["year", "CTY_CODE", "CTYNAME", *(f"I{m}" for m in months), "IYR", *(f"E{m}" for m in months), "EYR"]
    full = ["2023", "4634", "Kazakhstan", *["10"] * 12, "120", *["20"] * 12, "240"]
    part = ["2024", "4634", "Kazakhstan", *["11"] * 9, *["0"] * 3, "99", *["21"] * 9, *["0"] * 3, "189"]
    series = read(tmp_path, "\n".join(",".join(r) for r in (head, full, part)), flow="exports")
    assert (series.name, str(series.unit)) == ("Kazakhstan", "USD mn")
    assert series.annual().to_dict() == {2023: 240.0}
    assert len(series.monthly()) == 21, "months that are not published yet stand as 0 in that file"


def test_japan_customs_time_series_of_totals(tmp_path: Path) -> None:
    rows = [
        f"{2023 + (m > 12)}/{(m - 1) % 12 + 1:02d},{100 if m <= 20 else 0},{50 if m <= 20 else 0}" for m in range(1, 25)
    ]
    text = "Value of Exports and Imports,,\n,(Unit:1000 YEN),\nYears/Months,Exp-Total,Imp-Total\n" + "\n".join(rows)
    series = read(tmp_path, text, flow="imports")
    assert (series.annual().to_dict(), str(series.unit)) == ({2023: 600.0}, "JPY thousand")
    assert len(series) == 20


def test_japan_customs_by_country_with_months_as_columns(tmp_path: Path) -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    head = ["Exp or Imp", "Year", "Country", "Unit1", "Quantity1-Year", "Value-Year"]
    head += [part for m in months for part in (f"Quantity1-{m}", f"Value-{m}")]
    row = ["1", "2023", "153", "KG", "999", "120", *(part for _ in months for part in ("7", "10"))]
    series = read(tmp_path, "\n".join(",".join(r) for r in (head, row)))
    assert (series.flow, series.annual().to_dict(), str(series.unit)) == ("exports", {2023: 120.0}, "JPY thousand")


def workbook(rows: list[list[object]], **more: list[list[object]]) -> bytes:
    """A small xlsx file, written by hand so that no writer of workbooks is needed."""

    def cell(value: object) -> str:
        if isinstance(value, int | float):
            return f"<c t='n'><v>{value}</v></c>"
        return f"<c t='inlineStr'><is><t>{value}</t></is></c>"

    def sheet(table: list[list[object]]) -> str:
        body = "".join(f"<row>{''.join(cell(c) for c in row)}</row>" for row in table)
        return f"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{body}</sheetData></worksheet>"

    sheets = {"Trade": rows, **more}
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "".join(
        f"<Override PartName='/xl/worksheets/s{i}.xml' ContentType='application/vnd.openxmlformats-officedocument."
        "spreadsheetml.worksheet+xml'/>"
        for i in range(len(sheets))
    )
    names = "".join(f"<sheet name='{n}' sheetId='{i + 1}' r:id='r{i}'/>" for i, n in enumerate(sheets))
    links = "".join(
        f"<Relationship Id='r{i}' Type='{rel}/worksheet' Target='worksheets/s{i}.xml'/>" for i in range(len(sheets))
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default Extension='rels' "
            "ContentType='application/vnd.openxmlformats-package.relationships+xml'/><Override "
            "PartName='/xl/workbook.xml' "
            "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
            + kinds
            + "</Types>",
        )
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f"<Relationships xmlns='{package}'><Relationship Id='w' Type='{rel}/officeDocument' "
            "Target='xl/workbook.xml'/>"
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml",
            "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' "
            f"xmlns:r='{rel}'><sheets>{names}"
            "</sheets></workbook>",
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships xmlns='{package}'>{links}</Relationships>")
        for i, table in enumerate(sheets.values()):
            archive.writestr(f"xl/worksheets/s{i}.xml", sheet(table))
    return buffer.getvalue()


TABLE: list[list[object]] = [["Year", "Exports (US$ million)"], *([y, v] for y, v in YEARS.items())]


def test_a_workbook_is_read_and_its_sheet_named(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([["Trade of Here with There"], [], *TABLE, ["Source: customs"]]))
    series = TradeSeries.from_csv(path)
    assert (series.annual().to_dict(), series.flow, str(series.unit)) == (YEARS, "exports", "USD mn")
    assert series.read_as is not None
    assert "sheet 'Trade'" in series.read_as.layout


def test_the_code_of_namibia_is_no_empty_cell(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([["partner", "year", "value"], ["NA", 2023, 4.0], ["NA", 2024, "NA"]], Notes=[["NA"]]))
    series = TradeSeries.from_csv(path)
    assert (series.name, series.annual().to_dict()) == ("NA", {2023: 4.0})


def test_two_sheets_with_figures_are_a_choice(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(TABLE, Other=[["Year", "Exports (US$ million)"], [2024, 1.0]]))
    with pytest.raises(DataError, match=r"2 sheets with figures \(Trade, Other\): choose one with sheet='Trade'"):
        TradeSeries.from_csv(path)
    assert TradeSeries.from_csv(path, sheet="other").annual().to_dict() == {2024: 1.0}
    assert TradeSeries.from_csv(path, sheet="1").annual().to_dict() == YEARS


def test_an_ods_sheet_is_read(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    cells = "".join(
        "<table:table-row><table:table-cell office:value-type='float' "
        f"office:value='{y}'><text:p>{y}</text:p></table:table-cell>"
        "<table:table-cell office:value-type='float' "
        f"office:value='{v}'><text:p>{v}</text:p></table:table-cell></table:table-row>"
        for y, v in YEARS.items()
    )
    names = " ".join(f"xmlns:{k}='urn:oasis:names:tc:opendocument:xmlns:{k}:1.0'" for k in ("office", "table", "text"))
    head = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{t}</text:p></table:table-cell>"
        for t in ("period", "value")
    )
    content = (
        f"<office:document-content {names} office:version='1.2'><office:body><office:spreadsheet><table:table "
        f"table:name='S'><table:table-row>{head}</table:table-row>{cells}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:"
                         "xmlns:manifest:1.0'/>")  # fmt: skip
    assert TradeSeries.from_csv(path).annual().to_dict() == YEARS


def test_parquet_is_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "trade.parquet"
    pd.DataFrame({"period": list(YEARS), "value": list(YEARS.values())}).to_parquet(path)
    assert TradeSeries.from_csv(path).annual().to_dict() == YEARS


def test_json_lines_and_a_list_of_records_are_read(tmp_path: Path) -> None:
    records = [{"period": y, "value": v, "unit": "USD mn"} for y, v in YEARS.items()]
    lines = "\n".join(json.dumps(r) for r in records)
    assert read(tmp_path, lines, "a.jsonl").annual().to_dict() == YEARS
    assert read(tmp_path, json.dumps(records), "a.json").annual().to_dict() == YEARS
    assert read(tmp_path, json.dumps({"elapsed": 1, "data": records}), "b.json").annual().to_dict() == YEARS


@pytest.mark.parametrize("orient", ["columns", "split", "records", "table"])
def test_every_json_that_pandas_writes_of_a_frame_is_read(tmp_path: Path, orient: str) -> None:
    frame = pd.DataFrame({"period": list(YEARS), "value": list(YEARS.values())})
    assert read(tmp_path, str(frame.to_json(orient=orient)), "f.json").annual().to_dict() == YEARS  # type: ignore[call-overload]
    by_year = frame.set_index("period").to_json()
    assert read(tmp_path, str(by_year), "by-year.json").annual().to_dict() == YEARS


@pytest.mark.parametrize(
    "text", ["{}", '{"a": {}}', '{"columns": 3, "data": [1]}', '{"columns": ["a"], "data": [[1, 2]]}']
)
def test_json_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError):
        read(tmp_path, text, "f.json")


def test_json_that_breaks_off_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a.jsonl, line 2: this is no JSON"):
        read(tmp_path, '{"period": 2021, "value": 1}\n{"period": 2022, "val', "a.jsonl")


def test_rows_of_an_api_as_a_list_of_lists_are_read(tmp_path: Path) -> None:
    rows = [["YEAR", "MONTH", "GEN_VAL_MO"], *([str(2024), f"{m:02d}", "10"] for m in range(1, 13))]
    assert read(tmp_path, json.dumps(rows), "a.json").annual().to_dict() == {2024: 120.0}
