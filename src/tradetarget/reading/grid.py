"""The table inside a file: its heading, its rows, and the lines around them that are no part of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import DataError
from tradetarget.reading.headings import flow_of, is_whole_period, month_of, role_of
from tradetarget.reading.period_cells import Fiscal, Span, meanings
from tradetarget.reading.values import is_blank, is_missing, plain_number

HEAD_ROWS = 80
"""Rows among which the heading is looked for. Judgement. Banners of statistics offices have up to twenty lines."""
WIDE_ENOUGH = 12
"""A table of up to this many columns is kept whole; of a wider one the columns are kept whose heading says
something."""

Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Grid:
    """A heading and its rows, cells as they were written.

    Parameters
    ----------
    header
        The headings that were kept, in order.
    cells
        A column for each, labelled by its position in ``header``.
    lines
        (N,) the line, or row, on which each row stands.
    where
        The file, for messages.
    line_word
        "line" of text, or "row" of a sheet or frame.
    banner
        What stood above the heading.
    skipped
        Rows left out, by reason.
    notes
        How it was read: encoding and separator where they are not the usual ones.
    comma_decimals
        Whether columns are separated by semicolons, as where the comma is the decimal mark.
    """

    header: tuple[Any, ...]
    cells: pd.DataFrame
    lines: NDArray[np.int64]
    where: str
    line_word: str
    banner: tuple[str, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    comma_decimals: bool = False


def _filled(cells: Sequence[object]) -> int:
    return sum(not is_blank(c) for c in cells)


def heading_score(cells: Sequence[object], names: Iterable[str] = ()) -> float:
    """How much a row looks like a heading: names of columns, periods and flows, and no figures."""
    return _row_score(cells, _cell_scorer(names))


def _cell_scorer(names: Iterable[str]) -> Callable[[Any], float]:
    """``_cell_score`` for these names. The same words stand in most rows of a table, so each is looked at once."""
    wanted = frozenset(str(n).strip().lower() for n in names)
    return lru_cache(maxsize=None, typed=True)(partial(_cell_score, wanted))


def _row_score(cells: Sequence[object], score_of: Callable[[Any], float]) -> float:
    texts = [c for c in cells if not is_blank(c)]
    score = math.fsum(map(score_of, texts))
    # One cell in a row of several columns is a title.
    return score if len(texts) > 1 or len(cells) == 1 or _first_is_blank(cells) else 0.0


def _cell_score(wanted: frozenset[str], cell: Any) -> float:
    """How much one cell looks like a heading; ``wanted`` are names in lower case that a user has given."""
    # The weights are judgement: a name that the user gave outweighs four that are understood, and a year counts for
    # less than a name, because rows of figures start with one too.
    text = str(cell).strip()
    if text.lower() in wanted:
        return 5.0
    if role_of(text) is not None or flow_of(text) is not None or month_of(text) is not None:
        return 1.0
    if is_whole_period(cell) or "\\time" in text.lower():
        return 0.6
    return -1.0 if _is_figure(cell) else 0.0


def _first_is_blank(cells: Sequence[object]) -> bool:
    """Whether a row has every cell but the first, as where a heading says nothing of an index."""
    return len(cells) > 1 and is_blank(cells[0]) and _filled(cells) == len(cells) - 1


def _is_figure(cell: object) -> bool:
    """Whether a cell is a number, or text that is one apart from commas and spaces."""
    if plain_number(cell) is not None:
        return True
    try:
        float(str(cell).replace(",", "").replace(" ", ""))
    except ValueError:
        return False
    return True


def find_heading(head: Sequence[Row], names: Iterable[str] = ()) -> int | None:
    """The index of the heading among the first rows: the first that scores as high as any, where one scores at all.

    A row of years alone, such as the first row of a table without a heading, is none.
    """
    score_of = _cell_scorer(names)
    scores = [_row_score(cells, score_of) for _, cells in head]
    usual = Counter(_filled(cells) for _, cells in head).most_common(1)[0][0] if head else 0
    best, heading = 0.0, None
    for i, (_, cells) in enumerate(head):
        named = any(not is_blank(c) and not is_whole_period(c) and not _is_figure(c) for c in cells)
        wide = _filled(cells) > 1 or usual <= 1 or _first_is_blank(cells)
        if scores[i] > best and named and wide:
            best, heading = scores[i], i
    return heading


def make_grid(
    rows: Iterator[Row],
    where: str,
    line_word: str,
    *,
    names: Iterable[str] = (),
    notes: tuple[str, ...] = (),
    comma_decimals: bool = False,
) -> Grid:
    """The table among ``rows``: (line, cells) pairs.

    Raises
    ------
    DataError
        On no heading, no rows, or a row with more cells than the heading.
    """
    names = tuple(names)
    head: list[Row] = []
    comments = 0
    while len(head) < HEAD_ROWS and (row := next(rows, None)) is not None:
        if _is_comment(row[1]):
            comments += 1
        elif _filled(row[1]):
            head.append(row)
    heading = find_heading(head, names)
    if heading is None:
        header, first = _without_heading(head, where), 0
    else:
        header, first = trimmed(head[heading][1]), heading + 1
    above = [cells for _, cells in head[:heading]] if heading else []
    banner = tuple(" ".join(str(c).strip() for c in cells if not is_blank(c)) for cells in above)
    kept = kept_columns(header, names)
    body, more = _body(chain(head[first:], rows), header, kept)
    comments += more
    lines, columns, footnotes = _without_footnotes(body, header, kept, where)
    skipped = {reason: n for reason, n in (("comment lines", comments), ("footnotes", footnotes)) if n}
    if not lines:
        raise DataError(f"{where} has a header but no rows: give at least one period and value")
    frame = pd.DataFrame({i: pd.Series(c, dtype=object) for i, c in enumerate(columns)})
    return Grid(
        tuple(header[k] for k in kept), frame, np.array(lines, dtype=np.int64), where, line_word, banner, skipped,
        notes, comma_decimals,
    )  # fmt: skip


def _is_comment(cells: Sequence[object]) -> bool:
    return bool(cells) and isinstance(cells[0], str) and cells[0].lstrip().startswith("#")


def trimmed(cells: Sequence[Any]) -> list[Any]:
    """A heading without blank cells at its end."""
    last = max((i for i, c in enumerate(cells) if not is_blank(c)), default=-1)
    return [c.strip() if isinstance(c, str) else ("" if is_blank(c) else c) for c in cells[: last + 1]]


def _without_heading(head: Sequence[Row], where: str) -> list[Any]:
    """The heading that two columns of periods and numbers would have."""
    first = [c for _, cells in head[:1] for c in trimmed(cells)]
    if len(first) == 2 and is_whole_period(first[0]) and _is_figure(first[1]):
        return ["period", "value"]
    shown = ", ".join(repr(c) for c in first[:6]) or "nothing"
    raise DataError(
        f"{where} has no heading that can be read (its first row is {shown}): name the columns in a first line such as "
        "'period,value', or say which they are with column= or --column value=NAME"
    )


def kept_columns(header: Sequence[Any], names: tuple[str, ...]) -> list[int]:
    """The columns that matter: all of a narrow table, and of a wide one those whose heading says something."""
    if len(header) <= WIDE_ENOUGH:
        return list(range(len(header)))
    wanted = {n.strip().lower() for n in names}
    # Short headings and those with a hyphen may be months: IJAN of the US Census Bureau, Value-Jan of Japan Customs.
    return [
        i
        for i, h in enumerate(header)
        if str(h).lower() in wanted or role_of(h) or flow_of(h) or month_of(h) or is_whole_period(h) or "-" in str(h)
        or i == 0 or len(str(h)) <= 5
    ]  # fmt: skip


def _body(rows: Iterable[Row], header: Sequence[Any], kept: Sequence[int]) -> tuple[list[Row], int]:
    """The rows under the heading, the cells that are kept; rows of text alone stay for the search of footnotes."""
    width, comments = len(header), 0
    body: list[Row] = []
    same = list(kept) == list(range(width))
    cache: dict[Any, Any] = {}  # one object for equal text, because most columns repeat a few words in every row
    for line, cells in rows:
        if _is_comment(cells):
            comments += 1
            continue
        if len(cells) > width and _filled(cells[width:]):
            body.append((line, [*cells[:width], _TooLong(line, len(trimmed(cells)))]))
            continue
        if not _filled(cells):
            continue
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        picked = cells[:width] if same else [cells[k] for k in kept]
        body.append((line, [cache.setdefault(c, c) if isinstance(c, str) else c for c in picked]))
    return body, comments


class _TooLong:
    """The mark of a row with more cells than the heading: a footnote, or an error."""

    def __init__(self, line: int, size: int) -> None:
        self.line, self.size = line, size


def is_note(cells: Sequence[Any]) -> bool:
    """Whether a row is text alone: no period and no figure in it, and something in its first cell."""
    texts = [c for c in cells if not is_blank(c) and not isinstance(c, _TooLong)]
    first = cells[0] if cells else ""
    if is_blank(first) or any(isinstance(m, Span | Fiscal) for m in meanings(first).meanings):
        return False
    lone = len(texts) == 1 and not is_missing(first) and not _is_figure(first)
    return lone or (not any(map(_is_figure, texts)) and str(first).lower().lstrip("(*¹ ").startswith(_NOTE_WORDS))


_NOTE_WORDS = (
    "source", "note", "last updated", "data from", "data as of", "quelle", "fuente", "источник", "примечание",
    "copyright", "©", "legend", "available flags", "special value", "remark", "p =", "e =", "1)", "1/", "a/",
)  # fmt: skip


def _without_footnotes(
    body: list[Row], header: Sequence[Any], kept: Sequence[int], where: str
) -> tuple[list[int], list[list[Any]], int]:
    end = len(body)
    if len(header) > 1:
        while end and is_note(body[end - 1][1]):
            end -= 1
    footnotes, body = len(body) - end, body[:end]
    lines = [line for line, _ in body]
    for line, cells in body:
        if cells and isinstance(cells[-1], _TooLong):
            raise DataError(
                f"{where}, line {line}: {cells[-1].size} cells where the header has {len(header)}; put text that holds "
                "commas in double quotes, and decimals with a point or in a file that is separated by semicolons"
            )
    columns = [list(c) for c in zip(*(cells for _, cells in body), strict=True)] if body else [[] for _ in kept]
    return lines, columns, footnotes


def rows_of(cells: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """Rows with their numbers from 1."""
    return ((n, list(row)) for n, row in enumerate(cells, start=1))
