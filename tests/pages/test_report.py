"""The report in three formats: whole, escaped, the same on every run, and frank about what it could not make."""

import base64
import html.parser
import json
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.errors import OutputError
from tradetarget.pages import Report, report_on
from tradetarget.pages.html import linked, script_json

NASTY = "A</script><img src=x onerror=alert(1)>-B & 'C'"
LEVELS = [2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]
FAST = {"model": "random-walk", "n_paths": 1024, "horizon": 5}


def series(name: str = NASTY, source: str = "=HYPERLINK(1) <b>https://example.org/a?b=1&c=2</b>") -> tt.TradeSeries:
    totals = pd.Series(LEVELS, index=range(2018, 2026))
    return tt.TradeSeries.from_annual(totals, unit="USD bn", name=name, reporter="A & Co", source=source)


@pytest.fixture(scope="module")
def report() -> Report:
    scenarios = [tt.Scenario("=1+1 <i>", [tt.GrowthShift(0.02)], "</script> two points", "<u>")]
    return report_on(series(), tt.Target(6, "USD bn", deadline=2029), scenarios=scenarios, command="x <y>", **FAST)


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return report.to_html()


class _Elements(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    found = _Elements()
    found.feed(page)
    return found.elements


class TestThePage:
    def test_it_begins_with_the_answer_and_holds_every_part(self, report: Report, page: str) -> None:
        p = 100 * report.forecast.hitting_time.probability_by(2029)
        assert f"<h1>P(reached by the end of 2029) is {p:.1f}\u00a0%</h1>" in page
        wanted = "answer try years scenarios sensitivity sides change backtest promises tracking sources reproduce"
        assert [a["id"] for tag, a in elements(page) if tag == "section"] == wanted.split()
        assert report.missing == {}

    def test_nothing_in_it_is_fetched(self, page: str) -> None:
        for tag, attributes in elements(page):
            for name in ("src", "srcset", "data", "poster", "action"):
                assert (attributes.get(name) or "data:").startswith("data:"), (tag, attributes)
            assert tag not in ("link", "iframe", "object", "embed", "base")
        policies = [a["content"] for tag, a in elements(page) if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies[0].startswith("default-src 'none'")
        assert "url(" not in page
        assert "@import" not in page

    def test_everything_that_comes_from_data_is_escaped(self, page: str) -> None:
        tags = {tag for tag, _ in elements(page)}
        assert not {"b", "i", "u"} & tags
        assert page.count("</script>") == 2
        assert not any("onerror" in a for _, a in elements(page))
        assert "A&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;-B &amp; &#39;C&#39;" in page

    def test_addresses_in_sources_are_links_and_nothing_else_is(self, page: str) -> None:
        links = [str(a["href"]) for tag, a in elements(page) if tag == "a"]
        assert "https://example.org/a?b=1&c=2" in links
        assert all(link.startswith(("#", "https://", "http://")) for link in links)

    def test_the_same_question_gives_the_same_bytes(self, report: Report, page: str) -> None:
        assert report.to_html() == page

    def test_it_says_how_it_is_made_again(self, report: Report, page: str) -> None:
        for said in ("x &lt;y&gt;", tt.__version__, report.data_sha256):
            assert said in page

    def test_the_carried_numbers_are_those_of_the_running_maximum(self, report: Report, page: str) -> None:
        text = re.search(r'<script type="application/json" id="maximum">(.*?)</script>', page, re.S)
        assert text is not None
        data = json.loads(text[1])
        codes = np.frombuffer(base64.b64decode(data["codes"]), dtype="<u2").reshape(report.sliders.log_quantiles.shape)
        carried = data["low"] + data["span"] * codes / 65535
        assert np.abs(carried - report.sliders.log_quantiles).max() <= data["span"] / 65535
        assert data["growth"][10] == 0.0


class TestParts:
    @pytest.fixture(autouse=True)
    def _without_pictures(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Words alone are looked at here; that pictures are drawn is tested on the whole page."""
        monkeypatch.setattr("tradetarget.pages.html._picture", lambda figure: "data:,")

    def test_a_target_that_is_reached_has_a_page_with_the_reasons_of_what_is_not_made(self) -> None:
        made = report_on(series("A-B"), tt.Target(4, "USD bn", deadline=2030), **FAST)
        page = made.to_html()
        assert "P(reached by the end of 2030) is 100\u00a0%: already reached" in page
        assert "it is reached already" in page
        assert "the last value is at or above the target" in made.missing["backtest"]

    def test_an_event_of_months_has_no_sliders_and_says_so(self) -> None:
        made = report_on(
            series("A-B"), tt.Target(6, "USD bn", event="rolling_12_months"), **FAST | {"n_paths": 512, "horizon": 3}
        )
        assert made.sliders is None
        assert "No sliders for this question: " in made.to_html()
        assert made.missing["backtest"].startswith("past origins are asked about the total of one calendar year")

    def test_two_totals_are_enough_for_a_page(self) -> None:
        two = tt.TradeSeries.from_annual(pd.Series({2024: 4.0, 2025: 4.2}), unit="USD bn", name="A-B")
        made = report_on(two, 6.0, n_paths=512, horizon=3)
        assert "Not made for this question: " in made.to_html()

    def test_without_a_deadline_words_are_about_five_years_ahead_and_every_part_is_told(self) -> None:
        # Of a target that is reached, most parts have a reason in place of an answer.
        told: list[tuple[int, int]] = []
        made = report_on(
            series("A-B"), 4.0, model="random-walk", n_paths=512, horizon=6,
            progress=lambda done, whole: told.append((done, whole)),
        )  # fmt: skip
        assert made.by == 2030
        assert told == [(done, 8) for done in range(1, 9)]

    def test_links_and_json_leave_nothing_that_could_end_an_element(self) -> None:
        assert linked("javascript:alert(1)") == [("javascript:alert(1)", None)]
        assert json.loads(script_json({"a": "</script>\u2028&"})) == {"a": "</script>\u2028&"}
        assert not set(script_json("<>&\u2028")) & set("<>&\u2028")


class TestOtherFormats:
    def test_the_memo_has_the_headings_tables_and_pictures(self, report: Report) -> None:
        from docx import Document

        document = Document(BytesIO(report.to_docx()))
        words = [p.text for p in document.paragraphs]
        assert words[0].startswith("P(reached by the end of 2029) is ")
        assert {"The answer", "What if", "Sources"} <= set(words)
        assert (len(document.inline_shapes), len(document.tables)) == (3, 7)
        assert document.inline_shapes[0]._inline.docPr.get("descr").startswith("Past totals of A</script>")

    def test_no_cell_of_the_workbook_is_a_formula(self, report: Report) -> None:
        from openpyxl import load_workbook

        book = load_workbook(BytesIO(report.to_xlsx()))
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        assert not any(c.data_type == "f" for c in cells)
        assert any(str(c.value).startswith("=1+1 <i>") for c in cells)
        numbers = pd.DataFrame(book["Numbers by year"].values)
        table = report.forecast.to_table()
        assert numbers.iloc[0].tolist() == list(table.columns)
        assert numbers[4].iloc[1:].tolist() == pytest.approx(table["probability"].tolist())

    def test_another_ending_is_refused(self, report: Report, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match=r"does not end in \.html or \.docx or \.xlsx"):
            report.save(tmp_path / "a.pdf")


class TestTheCommand:
    def test_it_writes_every_file_that_is_asked_for(self, tmp_path: Path, monkeypatch, capsys) -> None:
        monkeypatch.chdir(tmp_path)
        series("A-B", "A yearbook").to_csv("mine.csv")
        words = ("--target", "6", "--by", "2028", "--horizon", "4", "--paths", "512", "--model", "random-walk")
        status = main(["report", "mine.csv", *words, "-o", "a.html", "--docx", "a.docx", "--xlsx", "a.xlsx"])
        out = capsys.readouterr().out
        assert status == 0
        assert out.startswith("P(reached by the end of 2028) is ")
        assert sorted(p.name for p in Path().iterdir()) == ["a.docx", "a.html", "a.xlsx", "mine.csv"]

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("-o", "a.txt"), "does not end in .html or .docx or .xlsx"),
            (("-o", "no/a.html"), "'no/a.html' cannot be written"),
            (("--xlsx", "a.html"), "'a.html' does not end in .xlsx"),
            (("--by", "soon"), "--by 'soon' is not a year"),
        ],
    )
    def test_what_cannot_be_is_refused_before_any_work(self, words, said, tmp_path, monkeypatch, capsys) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["report", *words]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert said in err
        assert list(Path().iterdir()) == []
