"""How a file is read, from the command line."""

import io
import json
import sys
from pathlib import Path

import pytest

from tradetarget.cli import main
from tradetarget.reading import sources

FAST = ("--model", "random-walk", "--horizon", "3")
LONG = "series,flow,reporter,period,value,unit\n" + "".join(
    f"A-B,{flow},{side},{year},{value},USD mn\n"
    for flow, side, value in (("exports", "A", 4.2), ("exports", "B", 4.4), ("imports", "A", 1.2))
    for year in (2021, 2022, 2023, 2024)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def last(capsys: pytest.CaptureFixture[str], *words: str) -> float:
    status, out, err = run(capsys, "forecast", *words, "--target", "5", "--json", "-", *FAST)
    assert status == 0, err
    return json.loads(out)["last"]["value"]


def test_each_option_says_what_guessing_cannot(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text(
        "when:what:who:size\n" + "".join(f"{y}:4,25{y % 10}:A:1\n{y}:9,0:B:1\n" for y in range(2020, 2025))
    )
    words = ("a.csv", "--column", "period=when", "--column", "value=what", "--separator", ":", "--decimal", ",")
    assert last(capsys, *words, "--select", "who=A") == 4.254
    assert last(capsys, *words, "--select", "who=b") == 9.0


@pytest.mark.parametrize(
    "words",
    [
        ("tracking", "--target", "3", "--by", "2030"),
        ("promises", "--series", "Kazakhstan-Uzbekistan", "--data-unit", "USD bn"),
        ("forecast", "--target", "3"),
    ],
)
def test_the_remedy_for_a_comma_that_can_be_read_in_two_ways_is_taken(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.csv").write_text('period;value\n2021;"1,234"\n2022;"1,534"\n2023;"1,834"\n2024;"1,934"\n')
    ask = (words[0], "a.csv", *words[1:], "--model", "pooled")
    assert "choose with --decimal . or --decimal ," in run(capsys, *ask)[2]
    status, out, _ = run(capsys, *ask, "--decimal", ",")
    assert status == 0
    assert "How the file was understood" in out or "Read as" in out


def test_an_encoding_and_a_frequency_may_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    text = "период;значение\n" + "".join(f"{y}-12-31;{v}\n" for y, v in ((2022, 4.1), (2023, 4.3), (2024, 4.2)))
    Path("a.csv").write_bytes(text.encode("cp866"))
    assert last(capsys, "a.csv", "--encoding", "cp866", "--frequency", "year") == 4.2


def test_standard_input_is_data(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LONG.encode())))
    assert last(capsys, "-", "--flow", "exports", "--reporter", "A") == 4.2


@pytest.mark.parametrize(
    "words",
    [
        ("forecast", "a.csv", "--flow", "exports", "--reporter", "A", "--target", "5", *FAST),
        ("data", "check", "a.csv"),
        ("data", "mirror", "a.csv", "--flow", "exports"),
        ("data", "convert", "a.csv", "b.csv"),
    ],
)
def test_a_file_is_read_once_by_every_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    Path("a.csv").write_text(LONG)
    opened: list[str] = []
    original = sources._from_path
    monkeypatch.setattr(sources, "_from_path", lambda path: opened.append(path) or original(path))
    status, _, err = run(capsys, *words)
    assert (status, opened) == (0, ["a.csv"]), err


@pytest.mark.parametrize(
    "words",
    [
        ("forecast", "a.csv", "--series", "A-B", "--flow", "exports", "--reporter", "A", "--target", "5", *FAST),
        (
            "scenarios",
            "what-if.toml",
            "--data",
            "a.csv",
            "--flow",
            "exports",
            "--reporter",
            "A",
            "--target",
            "5",
            *FAST,
        ),
        ("backtest", "a.csv", "--flow", "exports", "--reporter", "A", "--target", "5", *FAST),
        (
            "news",
            "a.csv",
            "--flow",
            "exports",
            "--reporter",
            "A",
            "--target",
            "5",
            "--from",
            "2024",
            "--to",
            "2025",
            "--by",
            "2026",
            *FAST,
        ),
        ("data", "mirror", "a.csv", "--flow", "exports"),
    ],
)
def test_every_answer_from_a_file_says_how_it_was_understood(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    Path("a.csv").write_text(LONG)
    Path("what-if.toml").write_text(
        '[[scenario]]\nname = "more"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = 0.02\n'
    )
    status, out, err = run(capsys, *words)
    assert status == 0, err
    assert "rows used" in " ".join(out.split()) or "used; not used" in " ".join(out.split())
    record = json.loads(run(capsys, *words, "--json", "-")[1])
    assert record["read_as"]["file"] == "a.csv"


def test_check_says_in_five_facts_how_the_file_was_understood(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text("Year;Exports (US$ million)\n2022;3,1\n2023;..\n2024;3,4 p\nSource: customs\n")
    status, out, _ = run(capsys, "data", "check", "a.csv")
    assert status == 0
    assert out.split("\n")[:9] == [
        "How a.csv was understood",
        "=" * 78,
        "Layout                flows as columns, separated by semicolons",
        "Periods               years 2022 to 2024; flags beside figures are left out",
        "                      (as in '3,4 p'); the decimal mark is a comma",
        "Flow                  exports",
        "Unit                  USD mn",
        "Rows                  2 used; not used: 1 footnote, 1 without a figure (line",
        "                      3)",
    ]
    record = json.loads(run(capsys, "data", "check", "a.csv", "--json", "-")[1])["read_as"]
    assert (record["rows_used"], record["unit"], record["flow"]) == (2, "USD mn", "exports")
    assert record["rows_not_used"][1] == {"reason": "without a figure", "count": 1, "lines": [3]}


def test_convert_writes_the_table_that_every_command_reads(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wide.csv").write_text("flow;2022;2023;2024\nexports;3,1;..;3,4\nimports;1,1;1,2;1,3\n")
    status, out, _ = run(capsys, "data", "convert", "wide.csv", "long.csv", "--data-unit", "EUR mn")
    assert (status, out.split("\n")[-2]) == (0, "5 rows written to long.csv")
    lines = Path("long.csv").read_text().splitlines()
    assert lines[0].startswith("series,flow,reporter,period,value,unit")
    assert lines[1] == "wide,exports,,2022,3.1,EUR mn,level,exact,,,,,,"
    assert last(capsys, "long.csv", "--flow", "imports") == last(capsys, "wide.csv", "--flow", "imports") == 1.3


@pytest.mark.parametrize("out", ["a.csv", "./a.csv", "link.csv"])
def test_convert_never_overwrites_what_it_reads(capsys: pytest.CaptureFixture[str], out: str) -> None:
    Path("a.csv").write_text(LONG)
    Path("link.csv").symlink_to("a.csv")
    status, _, err = run(capsys, "data", "convert", "a.csv", out)
    assert (status, "is the file that FILE reads" in err) == (2, True)
    assert Path("a.csv").read_text() == LONG


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forecast", "--seed", "5", "--seed", "10"), "--seed is given 2 times (5, 10): give it once"),
        (("forecast", "--target=5", "--seed", "1", "--seed=2"), "--seed is given 2 times (1, 2)"),
        (("data", "check", "a.csv", "--flow", "x", "--flow", "y"), "--flow is given 2 times (x, y)"),
        (("forecast", "a.csv", "--target", "5", "--column", "value"), "--column 'value' does not say what it names"),
        (
            ("forecast", "a.csv", "--target", "5", "--select", "flow=a", "--select", "flow=b"),
            "is the second for 'flow'",
        ),
        (("forecast", "a.csv", "--target", "5", "--cumulated", "maybe"), "--cumulated 'maybe' is neither yes nor no"),
        (("forecast", "a.csv", "--target", "5", "--year-end", "Marchember"), "--year-end 'Marchember' is no month"),
        (("forecast", "a.csv", "--target", "5", "--separator", "ab"), "separator 'ab' is no single character"),
        (("forecast", "a.csv", "--target", "5", "--decimal", ":"), "decimal ':' is neither '.' nor ','"),
        (("forecast", "a.csv", "--target", "5", "--frequency", "week"), "frequency 'week' is none of"),
        (("forecast", "a.csv", "--target", "5", "--select", "planet=Earth"), "unknown column of a.csv 'planet'"),
        (("forecast", "--decimal", ","), "--decimal says how a file is read, and none is given"),
        (("forecast", "a.csv", "--target", "5", "--sheet", "3"), "--sheet '3' has no effect on a.csv, which is plain"),
        (("scenarios", "--check", "--plot", "x.png"), "--plot 'x.png' is of answers, and --check runs nothing"),
        (("region", "--check", "--csv", "x.csv"), "--csv 'x.csv' is of answers, and --check runs nothing"),
        (("region", "--sheet", "2"), "--sheet says how a file is read, and none is given"),
        (("data", "check", "article-2019", "--select", "a=b"), "--select says how a file is read"),
        (("region", "--data-unit", "USD mn"), "--data-unit 'USD mn' is about a file, and none is given"),
        (("forecast", "--all", "--data-unit", "USD mn"), "--data-unit 'USD mn' is about a file"),
        (("backtest", "--unit", "EUR bn"), "--unit 'EUR bn' is that of a target, and none is given"),
        (("sensitivity", "--by", "2030", "--scenario", "x"), "--scenario 'x' names no file"),
        (
            ("sensitivity", "--by", "2030", "--scenario", "x", "--factor", "growth_shift=0:0.1"),
            "both say what is varied",
        ),
        (("promises", "--series", "A-B"), "--series 'A-B' is about a file, and none is given"),
        (("backtest", "a.csv", "--panel", "--decimal", ","), "--decimal does not go with --panel"),
        (("forecast", "https://example.org/a.csv", "--target", "5"), "is an address"),
        (("data", "convert", "none.csv", "b.csv"), "no such file: none.csv"),
        (("data", "convert", "a.csv", "no/such/b.csv"), "no/such/b.csv"),
    ],
)
def test_bad_options_are_refused_in_one_line_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    Path("a.csv").write_text(LONG)
    status, out, err = run(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert [p.name for p in Path().iterdir()] == ["a.csv"]


def test_options_that_are_meant_to_be_repeated_are(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("region", "--target", "Kazakhstan-Uzbekistan=5", "--target", "Kazakhstan-Kyrgyzstan=2", "--horizon", "2")
    assert run(capsys, *words, "--json", "-")[0] == 0
