"""Where a table comes from, how its bytes become text, and what stands around it."""

import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from tradetarget import TradeSeries
from tradetarget.errors import DataError, SettingError, UnknownNameError
from tradetarget.reading import sources
from tradetarget.reading.sources import read_source

PLAIN = "period,value\n2022,4.2\n2023,4.0\n2024,4.4\n"
VALUES = {2022: 4.2, 2023: 4.0, 2024: 4.4}


def written(tmp_path: Path, data: bytes | str, name: str = "mine.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def values_in(tmp_path: Path, data: bytes | str, **options: object) -> dict[int, float]:
    return TradeSeries.from_csv(written(tmp_path, data), **options).annual().to_dict()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_of_unicode_are_told_apart(tmp_path: Path, encoding: str) -> None:
    text = "период;значение\n2022;4,2\n2023;4,0\n2024;4,4\n"
    assert values_in(tmp_path, text.encode(encoding)) == VALUES


@pytest.mark.parametrize(
    ("encoding", "text", "flow"),
    [
        ("cp1251", "период;поток;значение\n2022;экспорт;4,2\n2023;экспорт;4,0\n2024;экспорт;4,4\n", "экспорт"),
        ("cp1252", "Année;flow;Valeur\n2022;Marchandises exportées;4,2\n2023;Marchandises exportées;4,0\n"
                   "2024;Marchandises exportées;4,4\n", "Marchandises exportées"),
        ("cp1252", "Jahr;flow;Wert\n2022;Ausfuhr für Österreich;4,2\n2023;Ausfuhr für Österreich;4,0\n"
                   "2024;Ausfuhr für Österreich;4,4\n", "Ausfuhr für Österreich"),
    ],
)  # fmt: skip
def test_encodings_of_windows_are_told_apart_and_named(tmp_path: Path, encoding: str, text: str, flow: str) -> None:
    series = TradeSeries.from_csv(written(tmp_path, text.encode(encoding)))
    assert (series.annual().to_dict(), series.flow) == (VALUES, flow)
    assert series.read_as is not None
    assert f"in {encoding}" in series.read_as.layout


def test_an_encoding_that_is_said_is_used_or_refused(tmp_path: Path) -> None:
    text = "period,flow,value\n2022,экспорт,4.2\n2023,экспорт,4.0\n2024,экспорт,4.4\n"
    path = written(tmp_path, text.encode("koi8-r"))
    assert TradeSeries.from_csv(path, encoding="koi8-r").flow == "экспорт"
    with pytest.raises(DataError, match="is not text in utf-8"):
        TradeSeries.from_csv(path, encoding="utf-8")
    with pytest.raises(SettingError, match="encoding 'utf-99' is not known"):
        TradeSeries.from_csv(path, encoding="utf-99")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_line_ends_are_found(tmp_path: Path, separator: str, newline: str) -> None:
    assert values_in(tmp_path, PLAIN.replace(",", separator).replace("\n", newline)) == VALUES


def test_a_separator_that_is_said_is_used(tmp_path: Path) -> None:
    text = "period:value\n2022:4.2\n2023:4.0\n2024:4.4\n"
    assert values_in(tmp_path, text, separator=":") == VALUES
    with pytest.raises(SettingError, match="separator 'ab' is no single character"):
        values_in(tmp_path, text, separator="ab")


def test_gzip_standard_input_and_open_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = written(tmp_path, gzip.compress(PLAIN.encode()), "trade.csv.gz")
    series = TradeSeries.from_csv(packed)
    assert (series.annual().to_dict(), series.name) == (VALUES, "trade")
    assert TradeSeries.from_csv(io.StringIO(PLAIN)).annual().to_dict() == VALUES
    assert TradeSeries.from_csv(io.BytesIO(PLAIN.encode())).annual().to_dict() == VALUES
    with packed.open("rb") as handle:
        assert TradeSeries.from_csv(handle).annual().to_dict() == VALUES
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PLAIN.encode())))
    assert TradeSeries.from_csv("-").annual().to_dict() == VALUES


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, PLAIN.encode())
    os.close(writing)
    try:
        assert TradeSeries.from_csv(f"/dev/fd/{reading}").annual().to_dict() == VALUES
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("https://example.org/trade.csv", "is an address, and nothing is read from the network: save the file"),
        ("s3://bucket/trade.csv", "is an address"),
        ("nowhere.csv", "no such file: nowhere.csv"),
        ("/dev/zero", "starts with a million zero bytes"),
        (".", "is a directory"),
        (3, "expected a path or an open file, got int"),
        ("a\0b", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(source: object, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        TradeSeries.from_csv(source)
    assert "\n" not in str(caught.value)


def test_a_file_beyond_the_stated_size_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as handle:
        handle.truncate(10 * sources.MAX_BYTES)
    with pytest.raises(DataError, match=r"holds 10,000,000,000 bytes, and at most 1,000,000,000 bytes are read"):
        read_source(path)


def test_an_open_text_beyond_the_stated_size_is_refused_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 2_000_000)
    with pytest.raises(DataError, match="the open file holds more, and at most 2,000,000 bytes are read"):
        read_source(io.StringIO("period,value\n" * 300_000))


def test_gzip_that_unfolds_without_end_or_is_damaged_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = written(tmp_path, gzip.compress(b"a,b\n" * 1_000_000), "bomb.gz")
    monkeypatch.setattr(sources, "MAX_BYTES", 2_000_000)
    with pytest.raises(DataError, match="holds more, and at most 2,000,000 bytes are read"):
        read_source(bomb)
    with pytest.raises(DataError, match="is damaged gzip"):
        read_source(written(tmp_path, gzip.compress(PLAIN.encode())[:-9], "cut.gz"))


@pytest.mark.parametrize("data", [b"", b"   \n\n", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_input_is_said_to_be_empty(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match="is empty"):
        values_in(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 50, "is not text|no heading"),
        (b"PK\x03\x04" + b"x" * 50, "is a damaged zip archive"),
        (b"PAR1" + b"x" * 50, "cannot be read as a parquet file|install the extra"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, "cannot be read as a workbook|install the extra"),
        (b'period,value\n2022,"4.2\n', "quotation mark that is never closed"),
        (b"colour\nred\ngreen\n", "no heading that can be read|no column"),
        (b"<!DOCTYPE html><html><table><tr><td>period</td></tr></table></html>", "is a web page or XML and no table"),
        (b"{}", "JSON but no table|no column|no rows"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        values_in(tmp_path, data)
    assert "\n" not in str(caught.value)


def test_lines_around_the_table_are_left_out_and_counted(tmp_path: Path) -> None:
    text = (
        "# exported 2025-01-01\nTrade of Here with There\n(US$ million)\n\nYear,Value,\n2022,4.2,\n\n2023,4.0,\n# a "
        "remark\n"
        '2024,4.4,\n\nNote: provisional.\n"Source: customs, 2025"\n'
    )
    series = TradeSeries.from_csv(written(tmp_path, text))
    assert (series.annual().to_dict(), str(series.unit)) == (VALUES, "USD mn")
    assert series.read_as is not None
    assert series.read_as.unused_text == "2 comment lines, 2 footnotes"


def test_a_last_row_that_is_no_footnote_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 5: period 'Total' is a sum of periods: leave its row out"):
        values_in(tmp_path, PLAIN + "Total,12.6\n")


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'period,value,source\n2022,4.2,"two\nlines"\n\n2023,abc,x\n'
    with pytest.raises(DataError, match="line 5: 'abc' is not a number"):
        values_in(tmp_path, text)


def test_columns_may_be_named_by_the_user(tmp_path: Path) -> None:
    text = "a,b,c\n2022,4.2,9\n2023,4.0,9\n2024,4.4,9\n"
    assert values_in(tmp_path, text, column={"period": "a", "value": "b"}) == VALUES
    with pytest.raises(UnknownNameError, match=r"unknown column of .*mine.csv 'd'"):
        values_in(tmp_path, text, column={"period": "a", "value": "d"})
    with pytest.raises(DataError, match=r"no heading|no column 'period'"):
        values_in(tmp_path, text)


def test_a_table_without_a_heading_of_periods_and_numbers_is_read(tmp_path: Path) -> None:
    assert values_in(tmp_path, PLAIN.split("\n", 1)[1]) == VALUES


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("Year,Exports,Imports\n2022,4.2,1\n2023,4.0,1\n2024,4.4,1\n", "exports"),
        ("Period,Total exports (US$ million)\n2022,4.2\n2023,4.0\n2024,4.4\n", None),
        ("Date;Экспорт;Импорт\n31.12.2022;4,2;1\n31.12.2023;4,0;1\n31.12.2024;4,4;1\n", "exports"),
        ("Year,Trade Value (US$)\n2022,4.2\n2023,4.0\n2024,4.4\n", None),
        ("YEAR,VALUE\n2022,4.2\n2023,4.0\n2024,4.4\n", None),
        (",trade\n2022,4.2\n2023,4.0\n2024,4.4\n", None),
        ("Unnamed: 0,value\n2022,4.2\n2023,4.0\n2024,4.4\n", None),
        (
            "Month,Value\n" + "".join(f"{y}-{m:02d}-01,{v / 12!r}\n" for y, v in VALUES.items() for m in range(1, 13)),
            None,
        ),
        ("flow,2022,2023,2024\nexports,4.2,4.0,4.4\nimports,1,1,1\n", "exports"),
    ],
)
def test_layouts_are_understood(tmp_path: Path, text: str, flow: str | None) -> None:
    assert values_in(tmp_path, text, **({} if flow is None else {"flow": flow})) == pytest.approx(VALUES)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def test_months_across_and_months_down_are_understood(tmp_path: Path) -> None:
    across = f"Year,{','.join(MONTHS)},Total\n2023,{','.join(['2'] * 12)},24\n2024,{','.join(['3'] * 12)},36\n"
    assert values_in(tmp_path, across) == {2023: 24.0, 2024: 36.0}
    down = "Month,2023,2024\n" + "".join(f"{m},2,3\n" for m in MONTHS) + "Total,24,36\n"
    assert values_in(tmp_path, down) == {2023: 24.0, 2024: 36.0}
    beside = "year,month,value\n" + "".join(f"2024,{m},3\n" for m in range(1, 13))
    assert values_in(tmp_path, beside) == {2024: 36.0}
    named = "year,month,value\n" + "".join(f"2024,{m},3\n" for m in MONTHS)
    assert values_in(tmp_path, named) == {2024: 36.0}
    quarters = "year,quarter,value\n" + "".join(f"2024,Q{q},3\n" for q in range(1, 5))
    assert values_in(tmp_path, quarters) == {2024: 12.0}
