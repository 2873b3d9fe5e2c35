"""Bytes to rows of cells: the encoding, the separator of columns, and the line on which each row stands."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from tradetarget.errors import DataError, SettingError, shown

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
SEPARATORS = ("\t", ";", "|", ",")
"""In the order in which they are tried. Commas stand in text and numbers more often than the others."""

_HEAD_LINES = 200
"""Lines by which the separator is found. Judgement. More than any banner, and read in a millisecond."""
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_SINGLE_BYTE = ("cp1251", "cp1252")


def checked_separator(separator: object) -> str | None:
    """One character that separates columns, or its name; a SettingError otherwise."""
    if separator is None:
        return None
    text = _WORDS.get(str(separator).lower(), str(separator))
    if len(text) != 1 or text in "\"\r\n'":
        raise SettingError(f"separator {str(separator)!r} is no single character: give ',', ';', '|' or tab")
    return text


def decode(data: bytes, encoding: str | None, where: str) -> tuple[str, str]:
    """The text and the encoding it was read in: a byte order mark, UTF-8, UTF-16, or one of Windows' for Europe.

    Raises
    ------
    DataError
        When the bytes are no text, or none in the encoding asked for.
    SettingError
        On an encoding that does not exist.
    """
    if encoding is not None:
        return _decoded_as(data, encoding, where), encoding
    for mark, name in _MARKED:
        if data.startswith(mark):
            return _decoded_as(data, name, where), name.removesuffix("-sig")
    wide = _without_mark(data)
    if wide is not None:
        return _decoded_as(data, wide, where), wide
    if b"\x00" in data:
        raise DataError(f"{where} is not text: save the table as CSV in UTF-8")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = _single_byte(data)
    return _decoded_as(data, name, where), name


def _decoded_as(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        raise DataError(f"{where} is not text in {encoding} ({error}): save it as UTF-8, or give encoding=") from None
    except (LookupError, ValueError):
        # A name with a NUL in it is a ValueError.
        raise SettingError(
            f"encoding {shown(encoding)} is not known: give one such as utf-8, utf-16, cp1251 or cp1252"
        ) from None


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: the order of bytes in which the start reads as letters, digits and spaces."""
    head = data[: 2000 - len(data[:2000]) % 2]
    if b"\x00" not in head:
        return None
    # In the wrong order of bytes, letters become Chinese characters and the like. The bound is judgement.
    for name in ("utf-16-le", "utf-16-be"):
        text = head.decode(name, "replace")
        readable = sum((c.isascii() and (c.isprintable() or c in "\r\n\t")) or "\u00a0" <= c < "\u0530" for c in text)
        if text and readable > 0.95 * len(text):
            return name
    return None


def _single_byte(data: bytes) -> str:
    """The encoding of Windows that fits: charset-normalizer's judgement between the Cyrillic and the Western one."""
    from charset_normalizer import from_bytes

    lines = [line for line in data[:1_000_000].splitlines() if any(b > 127 for b in line)]
    best = from_bytes(b"\n".join(lines), cp_isolation=list(_SINGLE_BYTE)).best()
    # Cyrillic words are runs of high bytes; a Western word has one or two of them.
    high = sum(b > 127 for line in lines for b in line)
    letters = sum(chr(b).isalpha() for line in lines for b in line if b < 128)
    if best is None or best.encoding not in _SINGLE_BYTE:
        return "cp1251" if high > letters else "cp1252"
    return "cp1251" if high > letters else str(best.encoding)


def find_separator(text: str) -> str:
    """The character that splits most of the first lines into one number of cells, two or more; a comma where none
    does."""
    head = [line for line in text[:200_000].splitlines()[:_HEAD_LINES] if line.strip() and line.lstrip()[0] != "#"]
    best, score = ",", 0.0
    for separator in SEPARATORS:
        # Rows of blank cells count as rows of no width: they are the same for every separator.
        widths = Counter(
            len(row) if any(c.strip() for c in row) else 0 for row in csv.reader(head, delimiter=separator)
        )
        wide = {w: n for w, n in widths.items() if w > 1}
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
        share = count / sum(widths.values())
        # The first line, which is mostly the heading, counts for half of all others. A separator has to be better than
        # those before it by a fifth, so that commas inside text do not win over tabs. Both are judgement.
        header_too = 0.5 if any(len(row) == width for row in csv.reader(head[:1], delimiter=separator)) else 0.0
        if share + header_too > score + 0.2:
            best, score = separator, share + header_too
    return best


def rows(text: str, separator: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the number of its line.

    Raises
    ------
    DataError
        On text that is no table, such as one with a quotation mark that is never closed.
    """
    unpaired = text.count('"') % 2 == 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            # With an unpaired mark, a cell that runs over lines is one that swallows the rest of the file.
            if unpaired and any("\n" in c for c in cells):
                raise DataError(
                    f"{where} has a quotation mark that is never closed, at or before line {reader.line_num}: double "
                    "it inside text, or take it out"
                )
            yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(f"{where}, line {reader.line_num}: {error}: save the table as CSV again") from None
