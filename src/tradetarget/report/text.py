"""Words and numbers as a reader wants them: percentages, levels, years, and blocks of a fixed width."""

from __future__ import annotations

import calendar
import math
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

import pandas as pd

from tradetarget.presenting import Summary
from tradetarget.reading.dates import period_words
from tradetarget.reading.periods import DECEMBER
from tradetarget.report import rendering
from tradetarget.report.blocks import Block, Content, Facts, Heading, Headline, Remarks, Verbatim, contents, grid
from tradetarget.targets import HittingTime
from tradetarget.text_cleaning import escaped, one_line
from tradetarget.units import NAMED_SCALES, Unit

WIDTH = 78
"""Columns of every page. Judgement, because a terminal has 80, and two are left for the mark of a quoted mail."""
MOST_IN_FULL = 1e15
"""Levels are written in full below it. Judgement, because a thousand billions still have a name and five commas."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DOUBLE, SINGLE = "=" * WIDTH, "-" * WIDTH


class Text(Summary):
    """Text whose repr is the text itself, and that is also there in HTML, Markdown and LaTeX.

    Parameters
    ----------
    words
        The text.
    content
        What it says, for the other formats; the text as it stands where there is none.
    """

    content: tuple[Content, ...]

    def __new__(cls, words: str, content: tuple[Content, ...] = ()) -> Text:
        """The text with its content."""
        made = super().__new__(cls, words)
        made.content = content or (Verbatim(tuple(words.split("\n"))),)
        return made

    def __repr__(self) -> str:
        return str(self)

    def as_html(self) -> str:
        """A fragment of HTML: headings, tables and notes, everything escaped."""
        return rendering.html(self.content)

    def as_markdown(self) -> str:
        """Markdown with pipe tables."""
        return rendering.markdown(self.content)

    def as_latex(self) -> str:
        """LaTeX: a ``table`` with a caption, in it ``tabular``; the preamble needs the package booktabs."""
        return rendering.latex(self.content)

    def _repr_html_(self) -> str:
        return self.as_html()


def percent(p: float) -> str:
    """A probability: "61.6 %"; never "0.0 %" or "100.0 %" unless it is exactly that.

    >>> percent(0.6162), percent(1e-9), percent(1 - 1e-9), percent(1.0)
    ('61.6 %', '<0.1 %', '>99.9 %', '100 %')
    """
    if p in (0.0, 1.0):
        return f"{100 * p:.0f} %"
    if p < 0.0005:
        return "<0.1 %"
    return ">99.9 %" if p >= 0.9995 else f"{100 * p:.1f} %"


def tight(p: float) -> str:
    """A probability for a table: "61.6%".

    >>> tight(0.6162)
    '61.6%'
    """
    return percent(p).replace(" %", "%")


def points(difference: float) -> str:
    """A difference of two probabilities in percentage points: "+3.4".

    >>> points(0.0341), points(-0.00001)
    ('+3.4', '0.0')
    """
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def rate(r: float) -> str:
    """A growth rate: "+4.9 %".

    >>> rate(0.0494), rate(12.5)
    ('+4.9 %', '+1,250 %')
    """
    return f"{100 * r:+,.0f} %" if abs(r) >= 10 else f"{100 * r:+.1f} %"


def level(x: float) -> str:
    """A level to four significant digits, whole ones in full.

    >>> level(4.76502), level(5.0), level(4765.02), level(4765020000.0), level(0.00123456), level(7e-9)
    ('4.765', '5', '4,765', '4,765,020,000', '0.001235', '7×10⁻⁹')
    """
    if 1000 <= abs(x) < MOST_IN_FULL:
        return f"{x:,.0f}"
    if x == 0.0 or 1e-4 <= abs(x) < 1000:
        return f"{x:.4g}"
    digits, power = f"{x:.3e}".split("e")
    return f"{float(digits):.4g}×10{str(int(power)).translate(RAISED)}"


def amount(x: float, unit: Unit | None) -> str:
    """A level with its unit, in another scale where it would run to seven digits or be less than a thousandth.

    >>> amount(4.76502, Unit.parse("USD bn")), amount(3e12, Unit.parse("USD")), amount(4e-9, Unit.parse("USD bn"))
    ('4.765 USD bn', '3 USD tn', '4 USD')
    """
    if unit is None:
        return level(x)
    power = 3 * math.floor(math.log10(x) / 3) if x >= 1e6 or 0 < x < 1e-3 else 0
    power = min(power, 12 - unit.exponent)
    power = power if unit.exponent + power in NAMED_SCALES else 0
    return f"{level(x / 10.0**power)} {Unit(unit.currency, unit.exponent + power)}"


def year(period: pd.Period | None, last: int) -> str:
    """A year (or month), or that it lies beyond the last year of the horizon."""
    return f"not by {last}" if period is None else period_words(period)


def interval(answer: HittingTime, share: float) -> str:
    """The central interval of the year: "2027 to 2034", "2027 to beyond 2040", "2027", "beyond 2040"."""
    beyond = f"beyond {answer.years[-1]}"
    year_end = answer.target.year_end
    low, high = (beyond if p is None else str(p) for p in answer.interval(share))
    if year_end is not None and year_end != DECEMBER:
        which = f"years ending {calendar.month_name[year_end]}"
        return f"{which} {low}" if low == high else f"{which} {low} to {high}"
    return low if low == high else f"{low} to {high}"


def median_and_interval(answer: HittingTime, share: float, *, by_year: bool = True) -> tuple[str, str]:
    """The median and a central interval for cells of a table: "2027" and "2026 to >2040"; months unless ``by_year``."""
    periods = (answer.median, *answer.interval(share))
    beyond = f">{answer.years[-1]}"
    median, low, high = (beyond if p is None else str(p.year if by_year else p) for p in periods)
    return median, low if low == high else f"{low} to {high}"


def shown_width(text: str) -> int:
    """Columns that ``text`` takes on a terminal: wide East Asian characters two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int) -> str:
    """``text`` with spaces up to ``width`` columns."""
    return text + " " * max(0, width - shown_width(text))


def wrapped(words: str, first: str = "", following: str = "", width: int = WIDTH) -> list[str]:
    """Lines of at most ``width`` columns that begin with ``first`` and ``following``; a hyphen breaks no line."""
    return textwrap.wrap(words, width, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)


def columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line of a table, the first cell to the left and the others to the right.

    >>> columns(["Total", "4.765", "61.6 %"], (8, 7, 8))
    'Total     4.765  61.6 %'
    """
    name, *numbers = cells
    return padded(name, widths[0]) + "".join(f"{c:>{w}}" for c, w in zip(numbers, widths[1:], strict=True))


def columns_below(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """As ``columns``; a first cell that is too long goes on below."""
    parts = wrapped(one_line(cells[0]), width=widths[0] - 1) or [""]
    return [columns([parts[0], *cells[1:]], widths), *(f"  {p}" for p in parts[1:])]


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    above: Sequence[str] = (),
    names: Sequence[str] | None = None,
    caption: str = "",
) -> Block:
    """A table as ``columns`` writes its lines, with a rule under the heads.

    Parameters
    ----------
    head, rows, widths
        The heads of the columns, the cells, and how wide each column is in plain text.
    above
        Lines over the heads.
    names
        The heads in other formats, where there is room for longer ones; the same unless given.
    caption
        In other formats.
    """
    lines = [*above, columns(head, widths), SINGLE, *(columns(row, widths) for row in rows)]
    return grid(lines, head if names is None else names, rows, caption)


def facts(rows: Iterable[tuple[str, str]], key_width: int = 22) -> Block:
    """Lines of a name and what it is, long ones going on under their own start."""
    lines: list[str] = []
    listed = tuple(rows)
    for key, value in listed:
        parts = wrapped(value, width=WIDTH - key_width) or [""]
        lines.append(f"{padded(key, key_width)}{parts[0]}")
        lines.extend(" " * key_width + p for p in parts[1:])
    return Block(lines, Facts(listed)) if listed else Block([])


def notes(texts: Sequence[str]) -> Block:
    """Numbered notes, wrapped; nothing where there are none."""
    lines: list[str] = ["Notes"] if texts else []
    for i, text in enumerate(texts, start=1):
        head = f"[{i}] "
        lines += wrapped(text, head, " " * len(head))
    return Block(lines, Remarks(tuple(texts))) if texts else Block([])


def title(text: str, headline: str | None = None) -> Block:
    """A title, wrapped, over a double rule, the middle of a very long one left out; before it the answer in a line."""
    words = one_line(text, 4 * WIDTH)
    lines = [*wrapped(words), DOUBLE]
    if headline is None:
        return Block(lines, Heading(words))
    return Block([*textwrap.wrap(headline, WIDTH), *lines], Headline(headline), Heading(words))


def plural(n: int, noun: str) -> str:
    """A number and its noun.

    >>> plural(1, "figure"), plural(26, "figure")
    ('1 figure', '26 figures')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def page(*blocks: Sequence[str]) -> Text:
    """Blocks of lines under one another, without trailing spaces and control characters."""
    lines = (escaped(line.rstrip()) for block in blocks for line in block)
    return Text("\n".join(lines), contents(blocks))
