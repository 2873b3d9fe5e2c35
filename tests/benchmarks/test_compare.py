"""The comparison of two commits: exit statuses, tables and files, on a toy repository with a toy suite."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

SUITE = """
import toy

class Speed:
    params = [1, 2]
    only_with_all = (2,)
    timeout = {timeout}

    def time_work(self, size):
        toy.work()

class Figures:
    negligible = 1e-6

    def time_work(self):
        toy.work()

    def track_error(self):
        return toy.ERROR

class Memory:
    def peakmem_block(self):
        self.block = toy.block()
"""
TOY = "ERROR = {error}\n\ndef work():\n    {work}\n\ndef block():\n    return len(b'x' * {block})\n"
LOOP = "for _ in range({n}): pass"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "compare.py"
    spec = importlib.util.spec_from_file_location("compare", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compare"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    module.BURST, module.ENOUGH = 0.001, 0.002  # two short bursts are enough to tell thirty times the work
    return module


class Toy:
    """A git repository whose commits differ in what the toy module does, and the suite that measures it."""

    def __init__(self, folder: Path, compare: ModuleType) -> None:
        self.folder, self.compare, self.suite = folder, compare, folder / "suite"
        (folder / "src").mkdir()
        self.suite.mkdir()
        self.write_suite()
        self.git("init", "-q", "-b", "main")

    def write_suite(self, timeout: float = 20.0) -> None:
        (self.suite / "__init__.py").touch()
        (self.suite / "speed.py").write_text(SUITE.format(timeout=timeout))

    def git(self, *words: str) -> str:
        settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *settings, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, work: str = LOOP.format(n=2000), error: float = 0.001, block: int = 10) -> str:
        (self.folder / "src" / "toy.py").write_text(TOY.format(error=error, work=work, block=block))
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "toy")
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str) -> int:
        status = self.compare.main([*words, "--repository", str(self.folder), "--suite", str(self.suite)])
        assert isinstance(status, int)
        return status


@pytest.fixture
def toy(tmp_path: Path, compare: ModuleType) -> Toy:
    return Toy(tmp_path, compare)


QUICK = ("--rounds", "3", "--bench", "Speed.time_work(1)")


def test_an_unknown_commit_is_status_2_and_one_line(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    toy.commit()
    assert toy.run("nonsense", "HEAD") == 2
    message = capsys.readouterr().err
    assert "'nonsense' is no commit" in message
    assert message.count("\n") == 1


def test_a_commit_compared_with_itself_is_status_2(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    toy.commit()
    assert toy.run("main", "HEAD") == 2
    assert "are the same commit" in capsys.readouterr().err


def test_a_name_that_matches_nothing_is_status_2(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    base = toy.commit()
    toy.commit(error=0.002)
    assert toy.run(base, "HEAD", "--bench", "nothing") == 2
    assert "no benchmark's name contains 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--ratio", "1"], ["--ratio", "nan"], ["--ratio", "inf"], ["--rounds", "1"]])
def test_a_ratio_or_a_number_of_rounds_that_proves_nothing_is_status_2(toy: Toy, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        toy.run("main", "HEAD", *wrong)
    assert stop.value.code == 2


def test_a_slow_head_is_status_1_and_stands_in_table_json_and_markdown(
    toy: Toy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = toy.commit()
    toy.commit(work=LOOP.format(n=60_000))
    result, comment = tmp_path / "result.json", tmp_path / "comment.md"
    # Thirty times the work against a limit of 3, so that no load of the machine decides this test.
    files = ("--json", str(result), "--markdown", str(comment))
    assert toy.run(base, "HEAD", *QUICK, "--bench", "Figures.time_work", "--ratio", "3", *files) == 1
    assert "slower" in capsys.readouterr().out
    # A size below which figures do not count is not one for times.
    figures, row = json.loads(result.read_text())["benchmarks"]
    assert (figures["name"], figures["verdict"]) == ("speed.Figures.time_work", "slower")
    assert (row["name"], row["verdict"]) == ("speed.Speed.time_work(1)", "slower")
    assert len(row["base"]) == len(row["head"]) == 3
    assert 1.0 < row["low"] < row["ratio"] < row["high"]
    assert "| speed.Speed.time_work(1) |" in comment.read_text()


def test_the_same_work_and_faster_work_are_status_0(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    base = toy.commit(work=LOOP.format(n=60_000))
    same = toy.commit(work=LOOP.format(n=60_000) + "  # the same work")
    toy.commit()
    assert toy.run(base, same, *QUICK, "--ratio", "3") == 0
    assert "no difference shown" in capsys.readouterr().out
    assert toy.run(base, "HEAD", *QUICK, "--ratio", "3") == 0
    assert "faster" in capsys.readouterr().out


@pytest.mark.parametrize(("slow", "status", "verdict"), [("head", 1, "slower"), ("base", 0, "faster")])
def test_a_benchmark_that_times_out_on_one_side_is_slower_there(
    toy: Toy, capsys: pytest.CaptureFixture[str], slow: str, status: int, verdict: str
) -> None:
    toy.write_suite(timeout=0.5)
    works = {"base": "pass", "head": "pass", slow: "import time; time.sleep(60)"}
    base = toy.commit(work=works["base"])
    toy.commit(work=works["head"])
    assert toy.run(base, "HEAD", "--rounds", "2", "--bench", "time_work(1)") == status
    line = next(x for x in capsys.readouterr().out.splitlines() if "time_work" in x)
    assert "timed out after 0.5 s" in line
    assert line.endswith(verdict)


def test_a_benchmark_that_fails_at_head_alone_is_status_1_and_names_the_error(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    base = toy.commit()
    toy.commit(work="raise ValueError('not today')")
    assert toy.run(base, "HEAD", "--rounds", "2", "--bench", "time_work(1)") == 1
    shown = capsys.readouterr().out
    assert "ValueError: not today" in shown
    assert "fails at head" in shown


def test_a_benchmark_that_fails_at_both_commits_is_status_2_after_the_table(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    base = toy.commit(work="raise ValueError('not then')")
    toy.commit(work="raise ValueError('not now')")
    assert toy.run(base, "HEAD", "--rounds", "2", "--bench", "time_work(1)") == 2
    shown = capsys.readouterr()
    assert "not measured" in shown.out
    assert "speed.Speed.time_work(1)" in shown.err


def test_a_suite_that_does_not_compile_is_status_2(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    base = toy.commit()
    toy.commit(error=0.002)
    (toy.suite / "speed.py").write_text("this is not Python")
    assert toy.run(base, "HEAD") == 2
    assert "no benchmarks" in capsys.readouterr().err


def test_accuracy_and_memory_are_compared_in_the_same_table(toy: Toy, capsys: pytest.CaptureFixture[str]) -> None:
    base = toy.commit()
    toy.commit(error=0.002, block=60_000_000)
    assert toy.run(base, "HEAD", "--rounds", "4", "--bench", "track_error", "--bench", "peakmem", "--ratio", "1.5") == 1
    shown = capsys.readouterr().out
    assert "0.001" in shown
    assert "0.002" in shown
    assert "worse" in shown
    assert "more memory" in shown


def test_an_error_below_what_counts_is_not_worse(toy: Toy) -> None:
    base = toy.commit(error=1e-12)
    toy.commit(error=1e-9)
    assert toy.run(base, "HEAD", "--rounds", "2", "--bench", "track_error") == 0


def test_a_default_comparison_leaves_the_slow_ones_out_and_all_names_them(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    base = toy.commit()
    toy.commit(error=0.002)
    assert toy.run(base, "HEAD", "--list") == 0
    assert "time_work(2)" not in capsys.readouterr().out
    assert toy.run(base, "HEAD", "--list", "--all") == 0
    assert "time_work(2)" in capsys.readouterr().out


def test_the_interval_is_yuens_trimmed_t_as_scipy_has_it(compare: ModuleType) -> None:
    values = np.random.default_rng(3).standard_t(3, 20) / 50.0
    mean, half = compare.trimmed_interval(values.tolist(), 0.01)
    # scipy tests a trimmed mean against another sample; a constant sample of zeros leaves the one-sample test.
    result = stats.ttest_ind(values, np.zeros(20), equal_var=False, trim=0.1)
    assert mean == pytest.approx(stats.trim_mean(values, 0.1), rel=1e-12)
    standard_error = half / stats.t.ppf(0.995, 15)
    assert mean / standard_error == pytest.approx(result.statistic, rel=1e-9)
