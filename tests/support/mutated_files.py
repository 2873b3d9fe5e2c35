"""Files as they get damaged: small tables of many layouts, and what editors, spreadsheets and downloads do to them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable

import numpy as np
from outcomes import ANSWERED, OTHER, Outcome, outcome_of

from tradetarget import TradeSeries

Rng = np.random.Generator
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "cp1252", "latin-1")
CELLS = (
    "", "..", ":", "n/a", "-", "NaN", "0", "-1", "abc", "1,5", "1.234", "1,234", "1 234,5", "2019", "2019-06",
    "2005-06", "1e400", "inf", "5 p", "(e)", "USD mn", "tonnes", "Total", "2019Q1", "31.12.2019", "\u202f", "нет",
    "=A1", "#REF!", "'", "[1]", "9" * 400, "1e-400", "\x0b", "\u2028", "٢٠١٩",
)  # fmt: skip


def tables() -> list[str]:
    """Small tables, one of each layout, that are read as they stand."""
    years = {2016: 2.1, 2017: 2.4, 2018: 2.9, 2019: 3.1, 2020: 2.8, 2021: 3.4, 2022: 4.2, 2023: 4.0, 2024: 4.4}
    months = [(y, m, round(v / 12 + 0.01 * (m % 5), 3)) for y, v in years.items() for m in range(1, 13)]
    pair = [(f, r, y, v) for f in ("exports", "imports") for r in "AB" for y, v in years.items()]
    by_year = [[f"{v:.2f}" for _, _, v in months[12 * i : 12 * i + 12]] for i in range(len(years))]
    world_bank = "Country Name,Country Code,Indicator Name,Indicator Code,"
    comtrade = "refYear,period,reporterDesc,flowCode,flowDesc,partnerDesc,cmdCode,primaryValue"
    lines = [
        ["period,value", *(f"{y},{v}" for y, v in years.items())],
        ["Jahr;Wert", *(f"{y};{str(v).replace('.', ',')}" for y, v in years.items())],
        [
            "series,flow,reporter,period,value,unit,stated_by",
            *(f'A-B,{f},{r},{y},{v},USD bn,"X, ""Y"""' for f, r, y, v in pair),
        ],
        ["period,value", *(f"{y}-{m:02d},{v}" for y, m, v in months)],
        ["date\tvalue", *(f"{m:02d}/01/{y}\t{v}" for y, m, v in months)],
        ["period,value", *(f"{y}/{(y + 1) % 100:02d},{v}" for y, v in years.items())],
        [
            "Trade",
            "(US$ million)",
            "",
            "Year,Exports,Imports",
            *(f"{y},{v},{v / 2}" for y, v in years.items()),
            "Source: x",
        ],
        [
            world_bank + ",".join(map(str, years)),
            "A,AAA,Exports (current US$),NE," + ",".join(map(str, years.values())),
        ],
        [
            "freq,stk_flow,partner,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in years),
            "A,EXP,UZ,THS_EUR,DE\t" + "\t".join(f"{v} p" for v in years.values()),
        ],
        ["Year," + ",".join(MONTHS), *(f"{y}," + ",".join(v) for y, v in zip(years, by_year, strict=True))],
        [f'{{"period": {y}, "value": {v}}}' for y, v in years.items()],
        [comtrade, *(f"{y},{y},A,X,Export,B,{c},{1e6 * v}" for y, v in years.items() for c in ("TOTAL", "84"))],
    ]
    return ["\n".join(rows) + "\n" for rows in lines]


def _lines(text: str, change: Callable[[list[str]], list[str]]) -> str:
    return "\n".join(change(text.split("\n")))


def _drop_line(text: str, rng: Rng) -> str:
    at = int(rng.integers(text.count("\n") + 1))
    return _lines(text, lambda rows: rows[:at] + rows[at + 1 :])


def _double_line(text: str, rng: Rng) -> str:
    at = int(rng.integers(text.count("\n") + 1))
    return _lines(text, lambda rows: [*rows[: at + 1], rows[at], *rows[at + 1 :]])


def _shuffle_lines(text: str, rng: Rng) -> str:
    return _lines(text, lambda rows: [rows[i] for i in rng.permutation(len(rows))])


def _foreign_line(text: str, rng: Rng) -> str:
    extra = (
        "# remark",
        "Note: provisional",
        "",
        ",,,",
        ";",
        "\t",
        '"',
        "Total,99",
        "period,value",
        "----",
        "{}",
        "a,b,c,d,e,f,g,h",
    )
    at, line = int(rng.integers(text.count("\n") + 1)), extra[int(rng.integers(len(extra)))]
    return _lines(text, lambda rows: [*rows[:at], line, *rows[at:]])


def _other_cell(text: str, rng: Rng) -> str:
    separator = max(",;\t", key=text.count)
    cells = text.split(separator)
    cells[int(rng.integers(len(cells)))] = CELLS[int(rng.integers(len(CELLS)))]
    return separator.join(cells)


def _other_separator(text: str, rng: Rng) -> str:
    separator = max(",;\t", key=text.count)
    return text.replace(separator, ",;\t|: "[int(rng.integers(6))])


def _drop_column(text: str, rng: Rng) -> str:
    separator = max(",;\t", key=text.count)
    at = int(rng.integers(4))
    return _lines(
        text, lambda rows: [separator.join(c for i, c in enumerate(r.split(separator)) if i != at) for r in rows]
    )


def _cut(text: str, rng: Rng) -> str:
    return text[: int(rng.integers(len(text)))] if text else text


def _other_character(text: str, rng: Rng) -> str:
    at = int(rng.integers(len(text))) if text else 0
    odd = '",;\n\r\t\x00#\'"{}[]é€я\u00a0\ufeff'
    return text[:at] + odd[int(rng.integers(len(odd)))] + text[at + 1 :]


def _other_marks(text: str, rng: Rng) -> str:
    return text.replace(".", "," if rng.random() < 0.5 else "").replace(
        "\n", ("\r\n", "\r", "\n\n")[int(rng.integers(3))]
    )


TEXT = (
    _drop_line, _double_line, _shuffle_lines, _foreign_line, _other_cell, _other_cell, _other_separator, _drop_column,
    _cut, _other_character, _other_character, _other_marks,
)  # fmt: skip


def mutated_file(rng: Rng) -> bytes:
    """One damaged file."""
    bases = tables()
    text = bases[int(rng.integers(len(bases)))]
    for _ in range(int(rng.integers(1, 5))):
        text = TEXT[int(rng.integers(len(TEXT)))](text, rng)
    data = text.encode(ENCODINGS[int(rng.integers(len(ENCODINGS)))], "replace")
    if rng.random() < 0.15 and data:
        flipped = bytearray(data)
        for at in rng.integers(len(data), size=3):
            flipped[int(at)] = int(rng.integers(256))
        data = bytes(flipped)
    if rng.random() < 0.05:
        data = gzip.compress(data, mtime=0)
        data = data[: int(rng.integers(1, len(data) + 1))] if rng.random() < 0.5 else data
    return data


def outcome(data: bytes) -> Outcome:
    """What reading a file comes to; an answer has totals that are levels."""

    def read() -> Outcome:
        totals = TradeSeries.from_csv(io.BytesIO(data)).annual()
        good = bool(totals.gt(0).all() and totals.notna().all() and len(totals) > 0)
        return Outcome(ANSWERED if good else OTHER, str(totals.to_dict()))

    return outcome_of(read)
