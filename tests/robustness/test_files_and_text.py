"""Outputs never take the place of inputs, appear together or not at all, and text from data cannot do harm."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.errors import OutputError, TradeTargetError, shown
from tradetarget.outputs import check_apart, checked_path, together, write_whole

ROWS = "period,value\n2020,3.6\n2021,3.8\n2022,4.2\n2023,4.0\n2024,4.4\n"
ASK = ("--target", "5", "--unit", "USD bn", "--data-unit", "USD bn", "--model", "random-walk")
HARMFUL = "A\x1b[31m\x9b\u202eB US$ $\\frac{$ " + "N" * 2500


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(ROWS)
    Path("soft.csv").symlink_to("a.csv")
    Path("hard.csv").hardlink_to("a.csv")


@pytest.mark.parametrize("words", [
    ("forecast", "a.csv", *ASK, "--json", "a.csv"),
    ("forecast", "a.csv", *ASK, "--json", "./soft.csv"),
    ("forecast", "soft.csv", *ASK, "--json", "hard.csv"),
    ("forecast", "a.csv", *ASK, "--json", "b.png", "--plot", "b.png"),
    ("data", "check", "a.csv", "--json", "a.csv"),
    ("data", "convert", "a.csv", "hard.csv"),
    ("backtest", "--plot", "b.png", "--hedgehog", "./b.png"),
])  # fmt: skip
def test_an_output_is_never_an_input_nor_another_output(words: tuple[str, ...], capsys) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "give each a file of its own" in err
    assert Path("a.csv").read_text() == ROWS
    assert sorted(p.name for p in Path().iterdir()) == ["a.csv", "hard.csv", "soft.csv"]


def test_names_that_do_not_exist_yet_are_compared_too() -> None:
    with pytest.raises(OutputError, match=r"--csv './new' is the file that --json writes"):
        check_apart({"--json": "new", "--csv": "./new"}, {})
    check_apart({"--json": "/dev/null", "--csv": "/dev/null"}, {})


def write_both(*paths: str) -> None:
    with together():
        for path in paths:
            write_whole(path, b"new")


def test_of_files_written_together_none_appears_where_one_fails() -> None:
    Path("old").write_bytes(b"old")
    with pytest.raises(OutputError, match="no-folder"):
        write_both("old", "no-folder/b")
    assert Path("old").read_bytes() == b"old"
    assert not [p for p in Path().iterdir() if p.name.endswith(".part")]


def test_files_that_were_moved_are_taken_back_where_a_later_one_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("first").write_bytes(b"old")
    move = Path.replace

    def stuck(self: Path, target: Path) -> Path:
        if Path(target).name == "second":
            raise OSError(errno.EPERM, "Operation not permitted")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(OutputError, match="Operation not permitted"):
        write_both("first", "second")
    assert Path("first").read_bytes() == b"old"
    assert sorted(p.name for p in Path().iterdir()) == ["a.csv", "first", "hard.csv", "soft.csv"]


@pytest.mark.parametrize("writes", [
    lambda path: tt.TradeSeries.from_csv("a.csv").to_csv(path),
    lambda path: tt.Prior.shipped().save(path),
    lambda path: tt.datasets.export("article-2019", path),
])  # fmt: skip
def test_a_full_disk_keeps_the_earlier_file(writes, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kept").write_bytes(b"old")

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        writes("kept")
    assert Path("kept").read_bytes() == b"old"


def test_links_in_a_circle_long_names_and_odd_names_are_one_line() -> None:
    Path("x").symlink_to("y")
    Path("y").symlink_to("x")
    for path in ("x", "я" * 130, "a\0b", "", None, 5, b"\xff"):
        with pytest.raises(OutputError):
            checked_path(path)
        with pytest.raises(TradeTargetError):
            tt.TradeSeries.from_csv(path)
    assert write_whole("я" * 127, b"fits").exists()
    assert write_whole(os.fsdecode(b"\xff.csv"), b"fits").exists()


def run(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "tradetarget", *words], check=False, **options)  # type: ignore[call-overload]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output_is_one_line_and_status_2() -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("data", "list", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"standard output cannot be written" in done.stderr


def test_a_closed_standard_output_is_one_line_and_status_2() -> None:
    done = run("data", "list", preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


EARLY = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["tradetarget", "data", "list"]
from tradetarget.command import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module", ["tradetarget.cli", "tradetarget.cli.streams", "tradetarget.cli.application", "pandas"]
)
def test_an_interruption_while_the_command_line_is_being_imported_is_one_line(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", EARLY.format(module=module)], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"interrupted\n")


def test_an_interruption_after_the_answer_is_one_line() -> None:
    late = "import atexit, os, signal\natexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
    done = subprocess.run([sys.executable, "-c", late + EARLY.format(module="none")], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"interrupted\n")
    assert b"article-2019" in done.stdout


def test_any_other_exception_is_one_line_and_its_traceback_is_there_to_ask_for(capsys, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("tradetarget.datasets.describe", broken)
    assert main(["data", "list"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    monkeypatch.setenv("TRADETARGET_DEBUG", "1")
    assert main(["data", "list"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_names_cannot_reach_the_terminal_or_a_picture_raw() -> None:
    series = tt.TradeSeries.from_annual(pd.Series({2021: 1.0, 2022: 1.2, 2023: 1.3}), unit="USD bn", name=HARMFUL)
    answer = tt.forecast(series, 2.0, "random-walk", 3)
    text = answer.summary()
    assert all(c.isprintable() or c == "\n" for c in text)
    assert len(text) < 4000
    answer.plot("a.svg")
    ElementTree.parse("a.svg")


@pytest.mark.parametrize(
    ("value", "words"), [(10**400, "a whole number of 401 digits"), ("x" * 300, "…"), ("\x1b", "x1b")]
)
def test_values_in_messages_are_short_and_clean(value: object, words: str) -> None:
    assert words in shown(value)
    assert len(shown(value)) < 100
    assert len(str(TradeTargetError("word " * 10_000))) <= 800


@pytest.mark.parametrize("text", [
    "x = " + "[" * 900 + "]" * 900,
    "horizon = " + "1" * 5000,
    "horizon = " + "1" * 400,
    ".".join("a" * 1 for _ in range(3000)) + " = 1",
    '[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "deflation"\nbase_year = 100000000000000000000',
    '[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "growth_path"\nrates_by_year = {"²⁰²⁶" = 0.1}',
])  # fmt: skip
def test_files_of_scenarios_that_are_too_deep_or_too_large_are_one_line(text: str) -> None:
    Path("s.toml").write_text(text)
    with pytest.raises(TradeTargetError) as caught:
        tt.read_scenarios("s.toml")
    assert str(caught.value).isprintable()
