"""Summaries as HTML, Markdown and LaTeX, and what a notebook shows of a result."""

import html.parser
import re

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.report import Text
from tradetarget.scenarios import GrowthShift, LevelEffect, usual_factors

TOTALS = {2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}
NASTY = "A<script>alert(1)</script>&B|C_D $5 % \\ ~"
FAST = {"model": "random-walk", "n_paths": 1024}


def series(name: str = NASTY) -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name=name, reporter="A & B", source="<b>x</b>")


def results() -> list[object]:
    data, due = series(), tt.Target(6, "USD bn", deadline=2030)
    grid = {"growth": (GrowthShift(0.0), [0.0, 0.02]), "level": (LevelEffect(0.0), [0.0, 0.1])}
    answer = tt.forecast(data, due, **FAST)
    return [
        data,
        answer,
        answer.hitting_time,
        answer.fitted,
        tt.forecast_each(data, [due, 7.0], **FAST),
        tt.run_scenarios(data, due, tt.Scenario("<i>", [GrowthShift(0.02)]), **FAST),
        tt.required(data, due, **FAST),
        tt.sensitivity(data, due, usual_factors(), **FAST),
        tt.sweep(data, due, grid, **FAST),
    ]


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("result", results(), ids=lambda r: type(r).__name__)
class TestEveryResult:
    def test_a_notebook_shows_closed_escaped_tags(self, result: object) -> None:
        tags = _Tags()
        shown = result._repr_html_()  # type: ignore[attr-defined]
        tags.feed(shown)
        assert tags.open == []
        assert {"table", "div"} <= tags.seen
        assert not {"script", "b", "i"} & tags.seen
        assert len(shown) < 20_000

    def test_its_repr_is_short(self, result: object) -> None:
        assert len(repr(result)) < 400
        assert "array(" not in repr(result)

    def test_latex_has_no_bare_special_character_in_its_tables(self, result: object) -> None:
        for line in result.summary().as_latex().splitlines():  # type: ignore[attr-defined]
            if line.endswith(r" \\"):
                bare = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]", "", line.removesuffix(r" \\"))
                assert not re.search(r"[%$#_{}~^<>]|(?<! )&(?! )", bare), line

    def test_markdown_tables_have_the_same_cells_in_every_row(self, result: object) -> None:
        for block in result.summary().as_markdown().split("\n\n"):  # type: ignore[attr-defined]
            rows = [line for line in block.splitlines() if line.startswith("|")]
            assert len({len(re.split(r"(?<!\\)\|", row)) for row in rows}) <= 1


def test_the_table_by_year_is_a_table_in_every_format() -> None:
    summary = tt.forecast(series("A-B"), 6.0, **FAST).summary()
    assert '<th scope="col" style="text-align: right">Reached by its end</th>' in summary.as_html()
    assert (
        "| Year | Reached by its end | First reached in it | Growth a year to reach it then |" in summary.as_markdown()
    )
    assert r"Year & Reached by its end & First reached in it & Growth a year to reach it then \\" in summary.as_latex()


def test_text_without_parts_stands_as_it_is() -> None:
    words = Text("two\n  lines < 3")
    assert words.as_html() == '<div class="tradetarget">\n<pre>two\n  lines &lt; 3</pre>\n</div>'
    assert words.as_markdown() == "```text\ntwo\n  lines < 3\n```"
    assert words.as_latex() == "\\begin{verbatim}\ntwo\n  lines < 3\n\\end{verbatim}"
