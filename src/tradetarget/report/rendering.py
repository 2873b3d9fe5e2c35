"""Summaries in HTML, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape as escaped_html
from typing import Any

from tradetarget.report.blocks import Content, Facts, Grid, Heading, Headline, Remarks, Verbatim
from tradetarget.text_cleaning import escaped

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "…": r"\dots{}", "–": "--", "—": "---", "|": r"\textbar{}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # after a line's end or an item they would be its argument, or its star
}  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_FIGURE = r"(?:[<>x+-]|beyond )? ?[+-]?[\d.,]+ ?%?"
_NUMBER = re.compile(rf"^(?:{_FIGURE}(?:(?: to |-){_FIGURE})?(?: \({_FIGURE}\))?|-|not by \d{{4}}|)$")


_STYLE = """<style>
.tradetarget table {border-collapse: collapse; margin: .4em 0 1em; font-variant-numeric: tabular-nums}
.tradetarget :is(th, td) {padding: .15em 1em .15em 0; border: 0; vertical-align: top}
.tradetarget thead th {border-bottom: 1px solid currentColor; vertical-align: bottom}
.tradetarget tbody th {font-weight: normal}
.tradetarget caption {caption-side: top; text-align: left; font-weight: bold; padding: 0 0 .2em}
</style>"""
"""The look of tables. It names no colour, so that it holds on light and dark pages alike; a page that strips it still
shows every table, with its cells aligned."""


def html(content: Sequence[Content]) -> str:
    """As a fragment of HTML; everything is escaped.

    Returns
    -------
    str
        One ``div`` with tables for facts and grids.
    """
    style = [_STYLE] if any(isinstance(part, Grid | Facts) for part in content) else []
    return "\n".join(['<div class="tradetarget">', *style, *_each(content, _HTML), "</div>"])


def markdown(content: Sequence[Content]) -> str:
    """As Markdown with pipe tables."""
    return "\n\n".join(_each(content, _MD))


def latex(content: Sequence[Content]) -> str:
    """As LaTeX: a ``table`` with a caption for each heading, in it ``tabular`` with the rules of booktabs."""
    return "\n\n".join(_tex_table(parts) for parts in _under_headings(content))


def _each(content: Iterable[Content], ways: Mapping[type, Callable[[Any], str]]) -> list[str]:
    return [ways[type(part)](part) for part in content]


def numeric_columns(part: Grid) -> list[bool]:
    """Whether each column holds numbers, and is aligned to the right."""
    columns = zip(*part.rows, strict=True) if part.rows else ((),) * len(part.head)
    return [i > 0 and all(_NUMBER.match(c) for c in column) for i, column in enumerate(columns)]


def _h(words: str) -> str:
    return escaped_html(escaped(words))


def _html_grid(part: Grid) -> str:
    sides = ["right" if n else "left" for n in numeric_columns(part)]
    caption = f"<caption>{_h(part.caption)}</caption>" if part.caption else ""
    head = "".join(
        f'<th scope="col" style="text-align: {s}">{_h(c)}</th>' for c, s in zip(part.head, sides, strict=True)
    )
    rows = "\n".join(
        f'<tr><th scope="row" style="text-align: left">{_h(row[0])}</th>'
        + "".join(f'<td style="text-align: {s}">{_h(c)}</td>' for c, s in zip(row[1:], sides[1:], strict=True))
        + "</tr>"
        for row in part.rows
    )
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _html_facts(part: Facts) -> str:
    rows = "\n".join(
        f'<tr><th scope="row" style="text-align: left">{_h(k)}</th><td style="text-align: left">{_h(v)}</td></tr>'
        for k, v in part.rows
    )
    return f"<table>\n<tbody>\n{rows}\n</tbody></table>"


def _html_notes(part: Remarks) -> str:
    return "<ol>\n" + "\n".join(f"<li>{_h(item)}</li>" for item in part.items) + "\n</ol>"


_HTML: dict[type, Callable[[Any], str]] = {
    Headline: lambda p: f"<p><strong>{_h(p.words)}</strong></p>",
    Heading: lambda p: f"<h3>{_h(p.words)}</h3>",
    Facts: _html_facts,
    Grid: _html_grid,
    Remarks: _html_notes,
    Verbatim: lambda p: "<pre>" + _h("\n".join(p.lines)) + "</pre>",
}


def _md(words: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(escaped(words).split("\n")))


def _md_verbatim(part: Verbatim) -> str:
    """A block whose fence is longer than any run of backticks in it."""
    lines = escaped("\n".join(part.lines))
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", lines))])
    return f"{fence}text\n{lines}\n{fence}"


def _md_grid(part: Grid) -> str:
    sides = ["---:" if n else ":---" for n in numeric_columns(part)]
    lines = [part.head, sides, *part.rows]
    table = "\n".join("| " + " | ".join(c if i == 1 else _md(c) for c in cells) + " |" for i, cells in enumerate(lines))
    return f"{_md(part.caption)}\n\n{table}" if part.caption else table


def _md_facts(part: Facts) -> str:
    return "\n".join(["| | |", "| :--- | :--- |", *(f"| {_md(k)} | {_md(v)} |" for k, v in part.rows)])


_MD: dict[type, Callable[[Any], str]] = {
    Headline: lambda p: f"**{_md(p.words)}**",
    Heading: lambda p: f"### {_md(p.words)}",
    Facts: _md_facts,
    Grid: _md_grid,
    Remarks: lambda p: "\n".join(f"{i}. {_md(item)}" for i, item in enumerate(p.items, start=1)),
    Verbatim: _md_verbatim,
}


def _tex(words: str) -> str:
    return "".join(_LATEX.get(c, c) for c in " ".join(escaped(words).split("\n")))


def _tabular(columns: str, rows: Iterable[Sequence[str]], head: Sequence[str] | None = None) -> str:
    def line(cells: Sequence[str]) -> str:
        return " & ".join(_tex(c) for c in cells) + r" \\"

    top = [line(head), r"\midrule"] if head is not None else []
    body = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *top, *map(line, rows), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(body)


def _tex_grid(part: Grid) -> str:
    table = _tabular("".join("r" if n else "l" for n in numeric_columns(part)), part.rows, part.head)
    return f"{_tex(part.caption)}\\par\\smallskip\n{table}" if part.caption else table


def _tex_notes(part: Remarks) -> str:
    items = "\n".join(rf"\item {_tex(item)}" for item in part.items)
    return (
        "\\begin{minipage}{\\linewidth}\\footnotesize\n"
        f"\\begin{{enumerate}}\n{items}\n\\end{{enumerate}}\n\\end{{minipage}}"
    )


def _tex_verbatim(part: Verbatim) -> str:
    lines = escaped("\n".join(part.lines)).replace(r"\end{verbatim}", r"\end {verbatim}")
    return f"\\begin{{verbatim}}\n{lines}\n\\end{{verbatim}}"


def _tex_table(parts: Sequence[Content]) -> str:
    """What stands under one heading, as one float: the heading is the caption; other text as it stands."""
    heading = next((part.words for part in parts if isinstance(part, Heading)), None)
    body = _each([part for part in parts if not isinstance(part, Heading)], _TEX)
    if heading is None:
        return "\n\n".join(body)
    top = ["\\begin{table}[htbp]", "\\centering", rf"\caption{{{_tex(heading)}}}"]
    return "\n".join([*top, "\n\\par\\medskip\n".join(body), "\\end{table}"])


def _under_headings(content: Sequence[Content]) -> list[list[Content]]:
    """Parts in groups: each begins with a heading, or with the headline before it."""
    groups: list[list[Content]] = [[]]
    for part in content:
        is_head = isinstance(part, Headline | Heading)
        if is_head and not (groups[-1] and isinstance(groups[-1][-1], Headline)):
            groups.append([])
        groups[-1].append(part)
    return [group for group in groups if group]


_TEX: dict[type, Callable[[Any], str]] = {
    Headline: lambda p: rf"\textbf{{{_tex(p.words)}}}",
    Facts: lambda p: _tabular(r"lp{0.65\linewidth}", p.rows),
    Grid: _tex_grid,
    Remarks: _tex_notes,
    Verbatim: _tex_verbatim,
}
