"""Summaries in HTML, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from tradetarget.report.blocks import Content, Facts, Grid, Heading, Headline, Remarks, Verbatim

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "…": r"\dots{}", "–": "--", "—": "---",
}  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_NUMBER = re.compile(r"^(?:[<>]?[+-]?[\d.,]+ ?%?|-|not by \d{4}|)$")


def html(content: Sequence[Content]) -> str:
    """As a fragment of HTML; everything is escaped.

    Returns
    -------
    str
        One ``div`` with tables for facts and grids.
    """
    return "\n".join(['<div class="tradetarget">', *_each(content, _HTML), "</div>"])


def markdown(content: Sequence[Content]) -> str:
    """As Markdown with pipe tables."""
    return "\n\n".join(_each(content, _MD))


def latex(content: Sequence[Content]) -> str:
    """As LaTeX: tables in ``tabular`` with the rules of the package booktabs."""
    return "\n\n".join(_each(content, _TEX))


def _each(content: Iterable[Content], ways: Mapping[type, Callable[[Any], str]]) -> list[str]:
    return [ways[type(part)](part) for part in content]


def numeric_columns(part: Grid) -> list[bool]:
    """Whether each column holds numbers, and is aligned to the right."""
    columns = zip(*part.rows, strict=True) if part.rows else ((),) * len(part.head)
    return [i > 0 and all(_NUMBER.match(c) for c in column) for i, column in enumerate(columns)]


def _html_grid(part: Grid) -> str:
    sides = ["right" if n else "left" for n in numeric_columns(part)]
    caption = f"<caption>{escape(part.caption)}</caption>" if part.caption else ""
    head = "".join(
        f'<th scope="col" style="text-align: {s}">{escape(c)}</th>' for c, s in zip(part.head, sides, strict=True)
    )
    rows = "\n".join(
        f'<tr><th scope="row" style="text-align: left">{escape(row[0])}</th>'
        + "".join(f'<td style="text-align: {s}">{escape(c)}</td>' for c, s in zip(row[1:], sides[1:], strict=True))
        + "</tr>"
        for row in part.rows
    )
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _html_facts(part: Facts) -> str:
    rows = "\n".join(
        f'<tr><th scope="row" style="text-align: left">{escape(k)}</th>'
        f'<td style="text-align: left">{escape(v)}</td></tr>'
        for k, v in part.rows
    )
    return f"<table>\n<tbody>\n{rows}\n</tbody></table>"


def _html_notes(part: Remarks) -> str:
    return "<ol>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in part.items) + "\n</ol>"


_HTML: dict[type, Callable[[Any], str]] = {
    Headline: lambda p: f"<p><strong>{escape(p.words)}</strong></p>",
    Heading: lambda p: f"<h3>{escape(p.words)}</h3>",
    Facts: _html_facts,
    Grid: _html_grid,
    Remarks: _html_notes,
    Verbatim: lambda p: "<pre>" + escape("\n".join(p.lines)) + "</pre>",
}


def _md(words: str) -> str:
    return _MARKDOWN.sub(r"\\\1", words)


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
    Verbatim: lambda p: "```text\n" + "\n".join(p.lines) + "\n```",
}


def _tex(words: str) -> str:
    return "".join(_LATEX.get(c, c) for c in words)


def _tabular(columns: str, rows: Iterable[Sequence[str]], head: Sequence[str] | None = None) -> str:
    def line(cells: Sequence[str]) -> str:
        return " & ".join(_tex(c) for c in cells) + r" \\"

    top = [line(head), r"\midrule"] if head is not None else []
    body = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *top, *map(line, rows), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(body)


def _tex_grid(part: Grid) -> str:
    table = _tabular("".join("r" if n else "l" for n in numeric_columns(part)), part.rows, part.head)
    return f"{_tex(part.caption)}\n\n{table}" if part.caption else table


def _tex_notes(part: Remarks) -> str:
    items = "\n".join(rf"\item {_tex(item)}" for item in part.items)
    return f"\\begin{{enumerate}}\n{items}\n\\end{{enumerate}}"


_TEX: dict[type, Callable[[Any], str]] = {
    Headline: lambda p: rf"\textbf{{{_tex(p.words)}}}",
    Heading: lambda p: rf"\paragraph{{{_tex(p.words)}}}",
    Facts: lambda p: _tabular(r"lp{0.65\linewidth}", p.rows),
    Grid: _tex_grid,
    Remarks: _tex_notes,
    Verbatim: lambda p: "\\begin{verbatim}\n" + "\n".join(p.lines) + "\n\\end{verbatim}",
}
