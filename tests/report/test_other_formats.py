"""Summaries as HTML, Markdown and LaTeX, and what a notebook shows of a result."""

import html.parser
import json
import re

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.evaluation import backtest, backtest_system
from tradetarget.forecasting import compare_sides, explain_change
from tradetarget.models import get_model
from tradetarget.models.drivers.estimates import DriverEstimates
from tradetarget.models.pooled import Prior
from tradetarget.nowcasting import check_statements, latent_annual
from tradetarget.promises import Promises
from tradetarget.promises.forecasts import Foreseen, Foresight
from tradetarget.report import Text
from tradetarget.scenarios import GrowthShift, LevelEffect, usual_factors
from tradetarget.tracking import compare

TOTALS = {2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}
NASTY = "A<script>alert(1)</script>&B|C_D $5 % \\ ~"
FAST = {"model": "random-walk", "n_paths": 1024}


def series(name: str = NASTY) -> tt.TradeSeries:
    return tt.TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name=name, reporter="A & B", source="<b>x</b>")


def of_one_series() -> list[object]:
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
        compare(data, due, model="random-walk"),
        explain_change(data, due, "2025-06", "2026-06", model="random-walk"),
        backtest(data, origins=[2023], horizon=2, multiples=[1.2], levels=False, **FAST),
        compare_sides(data, due, **FAST),
        get_model("reference-class").fit(data),
    ]


def of_several_series() -> list[object]:
    parts = [series(), series(f"{NASTY} too")]
    region = tt.TradeSystem("R & <S>", parts)
    pushed = tt.SystemScenario("<i>", {NASTY: [LevelEffect(0.2)]})
    asked = {NASTY: tt.Target(6, "USD bn"), "R & <S>": tt.Target(12, "USD bn")}
    both = tt.run_scenarios(parts, 6.0, tt.Scenario("x", [GrowthShift(0.02)]), **FAST)
    return [
        tt.forecast_system(region, asked, 3, n_paths=6144, scenarios=[pushed]),
        backtest_system(region, [2023], horizon=2, n_paths=512),
        tt.forecast_each({p.name: p for p in parts}, 6.0, **FAST),
        both,
    ]


def of_panels() -> list[object]:
    promises = Promises.shipped()
    seen = Foreseen(NASTY, "2020-01-01", 5.0, 2025, 2019, 3.0, 0.1, 0.2, None, "missed")
    return [
        promises, promises.like(0.15), promises.waiting, Foresight((seen,), "pooled"), Prior.shipped(),
        DriverEstimates.shipped(),
    ]  # fmt: skip


RESULTS = [*of_one_series(), *of_several_series(), *of_panels()]


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


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
class TestEveryResult:
    def test_a_notebook_shows_closed_escaped_tags(self, result: object) -> None:
        tags = _Tags()
        shown = result._repr_html_()  # type: ignore[attr-defined]
        tags.feed(shown)
        assert tags.open == []
        assert {"table", "div"} <= tags.seen
        assert not {"script", "b", "i", "pre"} & tags.seen
        assert len(shown) < 20_000

    def test_its_repr_is_short(self, result: object) -> None:
        assert len(repr(result)) < 400
        assert "array(" not in repr(result)

    def test_latex_has_no_bare_special_character_in_its_tables(self, result: object) -> None:
        for line in result.summary().as_latex().splitlines():  # type: ignore[attr-defined]
            if line.endswith(r" \\"):
                bare = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]|\{[][*]\}", "", line.removesuffix(r" \\"))
                assert not re.search(r"[%$#_{}~^<>]|(?<! )&(?! )", bare), line

    def test_latex_tables_have_a_caption_and_rules_and_every_environment_is_closed(self, result: object) -> None:
        words = result.summary().as_latex()  # type: ignore[attr-defined]
        open_ones: list[str] = []
        for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", words):
            if what == "begin":
                open_ones.append(name)
            else:
                assert open_ones.pop() == name
        assert open_ones == []
        assert words.count(r"\begin{table}") == words.count(r"\caption{") >= 1
        assert words.count(r"\begin{tabular}") == words.count(r"\toprule") == words.count(r"\bottomrule")
        assert "verbatim" not in words

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


def test_data_cannot_end_a_block_or_be_taken_for_an_argument() -> None:
    words = Text("a\n\\end{verbatim}\n```\n````\x1b[31m\u202e")
    assert words.as_latex().count(r"\end{verbatim}") == 1
    assert words.as_markdown().startswith("`````text\n")
    assert not {"\x1b", "\u202e"} & {*words.as_html(), *words.as_markdown(), *words.as_latex()}
    named = series("[5pt] a\n\n*b")
    assert r"{[}5pt{]} a" in named.summary().as_latex()
    assert not re.search(r"\\\\\s*[\[*]", named.summary().as_latex())


@pytest.mark.parametrize("result", [*RESULTS, check_statements(series()), latent_annual(series())],
                         ids=lambda r: type(r).__name__)  # fmt: skip
def test_frames_carry_their_provenance_through_concat_and_parquet(result: object, tmp_path) -> None:
    if not hasattr(result, "to_frame"):
        pytest.skip("has no frame")
    frame = result.to_frame()
    about = frame.attrs
    assert about["version"] == tt.__version__
    assert len(about) > 1
    assert json.loads(json.dumps(about)) == about
    assert pd.concat([frame, result.to_frame()]).attrs == about
    if isinstance(result, tt.TradeSeries | tt.Forecast):
        pytest.importorskip("pyarrow")
        frame.to_parquet(tmp_path / "a.parquet")
        assert pd.read_parquet(tmp_path / "a.parquet").attrs == about


def test_a_batch_says_which_prior_it_rests_on() -> None:
    panel = pd.DataFrame({"unit": "A-B", "period": [2024, 2025], "value": [400.0, 450.0]})
    about = tt.forecast_targets(panel, pd.DataFrame({"unit": ["A-B"], "target": [500.0]}), horizon=2).attrs
    assert (about["version"], about["model"], about["unit"]) == (tt.__version__, "pooled", "million USD")
    assert about["prior"]["pairs"] == Prior.shipped().provenance["pairs"]
    assert json.loads(json.dumps(about)) == about
