"""Workbooks, parquet and JSON: read by the libraries that know them, as rows or as a frame."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from typing import Any

import pandas as pd

from tradetarget.errors import DataError, first_line, unknown_name

_ZIP, _OLD_EXCEL, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"


def kind_of(data: bytes) -> str:
    """What the bytes are by their first ones: "workbook", "parquet", "archive", "page", "json" or "text"."""
    if data.startswith(_PARQUET):
        return "parquet"
    if data.startswith(_OLD_EXCEL):
        return "workbook"
    if data.startswith(_ZIP):
        return "workbook" if _is_workbook(data) else "archive"
    if data[:500].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return "page"
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return "json" if start.startswith((b"{", b"[{", b'[["', b"[\n")) else "text"


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return False
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def archive_error(data: bytes, where: str) -> DataError:
    """The error about a zip archive, with the names of what is in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = ", ".join(archive.namelist()[:5])
    except zipfile.BadZipFile:
        return DataError(f"{where} is a damaged zip archive: download it again")
    return DataError(f"{where} is a zip archive (of {names}): unpack it and give the file with the figures")


def sheet_rows(data: bytes, sheet: str | None, where: str) -> tuple[list[list[Any]], str]:
    """The cells of one sheet of a workbook (xlsx, xls, ods), and its name.

    Raises
    ------
    DataError
        On a workbook that is damaged, or has several sheets with figures and none is chosen; without the extra "excel".
    UnknownNameError
        On a sheet that is not there.
    """
    if importlib.util.find_spec("python_calamine") is None:
        raise DataError(
            f"{where} is a workbook: install the extra with pip install 'tradetarget[excel]', or save it as CSV"
        )
    try:
        frames = pd.read_excel(
            io.BytesIO(data), engine="calamine", header=None, sheet_name=None, dtype=object, keep_default_na=False
        )  # "NA" is Namibia too
    except Exception as error:  # noqa: BLE001 - the reader's own kinds of error are not public
        raise DataError(
            f"{where} cannot be read as a workbook ({first_line(error)}): save it again, or as CSV"
        ) from None
    tables = {str(name): f for name, f in frames.items()}
    if sheet is not None:
        name = next((n for n in tables if n.strip().lower() == str(sheet).strip().lower()), None)
        if name is None and str(sheet).isdigit() and 1 <= int(sheet) <= len(tables):
            name = list(tables)[int(sheet) - 1]
        if name is None:
            raise unknown_name(f"sheet of {where}", sheet, tables)
        return _cells(tables[name]), name
    full = {n: f for n, f in tables.items() if (f.notna() & (f != "")).to_numpy().sum() > 1}
    if not full:
        raise DataError(f"{where} is empty: give a sheet with a header and at least one row")
    if len(full) > 1:
        first = next(iter(full))
        raise DataError(
            f"{where} has {len(full)} sheets with figures ({_listed(full)}): choose one with sheet={first!r} or "
            f"--sheet {first!r}"
        )
    name, frame = next(iter(full.items()))
    return _cells(frame), name


def _cells(frame: pd.DataFrame) -> list[list[Any]]:
    return [[None if pd.isna(c) else c for c in row] for row in frame.to_numpy(dtype=object).tolist()]


def _listed(names: Any) -> str:
    shown = list(names)[:6]
    return ", ".join(shown) + (", ..." if len(list(names)) > len(shown) else "")


def parquet_frame(data: bytes, where: str) -> pd.DataFrame:
    """The table of a parquet file; a DataError on a damaged one, or without the extra "parquet"."""
    if importlib.util.find_spec("pyarrow") is None:
        raise DataError(
            f"{where} is a parquet file: install the extra with pip install 'tradetarget[parquet]', or save CSV"
        )
    try:
        return pd.read_parquet(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001 - the reader's own kinds of error are not public
        raise DataError(f"{where} cannot be read as a parquet file ({first_line(error)}): write it again") from None


def json_frame(text: str, where: str) -> pd.DataFrame:
    """The table of JSON lines, of a list of records or rows, of a record that holds one, or of pandas' ``to_json``.

    Raises
    ------
    DataError
        On text that is none of them, naming the line.
    """
    try:
        parsed = json.loads(text)
    except RecursionError:
        raise DataError(f"{where} is JSON that is nested too deeply: give a list of records") from None
    except ValueError:
        parsed = _json_lines(text, where)
    if isinstance(parsed, dict) and "observations" in parsed and "schema" in parsed:
        raise DataError(
            f"{where} is a series that to_json wrote: read it with TradeSeries.from_json, or save it as CSV"
        )
    if isinstance(parsed, dict) and {"columns", "data"} <= parsed.keys():  # to_json(orient="split")
        parsed = [parsed["columns"], *parsed["data"]] if isinstance(parsed["data"], list) else [parsed]
    elif isinstance(parsed, dict) and _is_by_column(parsed):
        frame = pd.DataFrame(parsed, dtype=object)
        numbered = list(frame.index) == [str(i) for i in range(len(frame))]
        return frame.reset_index(drop=numbered)
    elif isinstance(parsed, dict):
        parsed = next((v for v in parsed.values() if isinstance(v, list) and v and isinstance(v[0], dict)), [parsed])
    if isinstance(parsed, list) and parsed and all(isinstance(r, dict) for r in parsed):
        return pd.DataFrame.from_records([{k: _flat(v) for k, v in r.items()} for r in parsed]).astype(object)
    if (
        isinstance(parsed, list)
        and len(parsed) > 1
        and all(isinstance(r, list) and len(r) == len(parsed[0]) for r in parsed)
    ):
        return pd.DataFrame(parsed[1:], columns=[str(c) for c in parsed[0]], dtype=object)
    raise DataError(f'{where} is JSON but no table: give a record a line, such as {{"period": 2024, "value": 4.4}}')


def _is_by_column(parsed: dict[str, Any]) -> bool:
    """Whether it is {column: {row: cell}} with the same rows in every column, as ``to_json`` writes a frame.

    A record of the World Bank, whose cells are {"id": ..., "value": ...}, is not.
    """
    cells = list(parsed.values())
    return (
        bool(cells)
        and all(isinstance(c, dict) and c for c in cells)
        and all(c.keys() == cells[0].keys() for c in cells)
        and "id" not in cells[0]
    )


def _flat(value: Any) -> Any:
    """A cell: a code with its name (World Bank's {"id": ..., "value": ...}) is its name."""
    if isinstance(value, dict):
        return value.get("value", str(value))
    return str(value) if isinstance(value, list) else value


def _json_lines(text: str, where: str) -> list[dict[str, Any]]:
    records = []
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where}, line {line}: this is no JSON ({error}): give a record a line") from None
        if not isinstance(record, dict):
            raise DataError(
                f'{where}, line {line}: {content[:40]!r} is no record: write {{"period": 2024, "value": 4.4}}'
            )
        records.append(record)
    return records
