"""Long regular text, parsed by pandas for the columns that matter alone: what makes a million rows quick to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import numpy as np
import pandas as pd

from tradetarget.reading.grid import Grid, heading_score, is_note, kept_columns, trimmed
from tradetarget.reading.text import find_separator

LARGE = 4_000_000
"""Bytes from which pandas reads the rows; below, either way takes less than a tenth of a second."""
_BLOCK = 1 << 25  # 32 MB at once: judgement, so that memory is bounded
_HEAD = 200_000  # bytes looked at for the heading: judgement, far beyond any banner
_NEWLINE, _QUOTE = ord("\n"), ord('"')


def large_grid(data: bytes, separator: str | None, where: str, names: Iterable[str] = ()) -> tuple[Grid, str] | None:
    """The grid of a long text in UTF-8 whose first line is its heading and whose rows all have its width.

    With the separator of its columns. None for any other text, which is then read row by row.
    """
    if len(data) < LARGE:
        return None
    names = tuple(names)
    data = data.removeprefix(b"\xef\xbb\xbf")
    head = data[:_HEAD].decode("utf-8", "ignore")
    mark = separator or find_separator(head)
    header = trimmed(next(csv.reader(io.StringIO(head, newline=""), delimiter=mark), []))
    # Two names that are understood make a heading; with less, the rows above and below have to be looked at.
    if heading_score(header, names) < 2.0 or not _is_regular(data, mark, len(header)):
        return None
    last = data[-_HEAD:].rstrip().rpartition(b"\n")[2].decode("utf-8", "ignore")
    if is_note(next(csv.reader([last], delimiter=mark))):
        return None
    kept = kept_columns(header, names)
    try:
        frame = pd.read_csv(
            io.BytesIO(data), sep=mark, header=0, names=list(range(len(header))), usecols=kept, dtype=str,
            keep_default_na=False, skip_blank_lines=False, index_col=False, encoding="utf-8",
        )  # fmt: skip
    except (pd.errors.ParserError, UnicodeDecodeError):
        return None
    frame.columns = pd.RangeIndex(len(kept))
    lines = np.arange(2, 2 + len(frame), dtype=np.int64)
    grid = Grid(tuple(header[k] for k in kept), frame, lines, where, "line", comma_decimals=mark == ";")
    return grid, mark


def _is_regular(data: bytes, separator: str, width: int) -> bool:
    """Whether every line has ``width`` cells, no cell holds a line break, and no line is a comment or blank."""
    if (
        len(separator.encode()) > 1
        or b"\x00" in data
        or b"\n#" in data[:_HEAD]
        or b"\r" in data[:_HEAD].replace(b"\r\n", b"")
    ):
        return False
    quoted, left = 0, 0
    for at in range(0, len(data), _BLOCK):
        block = np.frombuffer(data, dtype=np.uint8, count=min(_BLOCK, len(data) - at), offset=at)
        inside = np.bitwise_xor.accumulate((block == _QUOTE).astype(np.uint8)) ^ quoted
        quoted = int(inside[-1])
        ends = np.flatnonzero(block == _NEWLINE)
        if inside[ends].any():
            return False
        marks = np.flatnonzero((block == ord(separator)) & (inside == 0))
        passed = np.searchsorted(marks, ends)
        counts = np.diff(passed, prepend=0)
        if ends.size:
            counts[0] += left
            left = marks.size - int(passed[-1])
        else:
            left += marks.size
        if not (counts == width - 1).all():
            return False
    return quoted == 0 and (left in (0, width - 1))
