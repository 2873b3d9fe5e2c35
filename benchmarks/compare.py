"""Compare two commits in one run, in turn, and exit non-zero when a stated ratio is passed.

Usage, from a clone with the `dev` extra installed:

    python benchmarks/compare.py main HEAD --ratio 1.2
    python benchmarks/compare.py v0.1.0 HEAD --ratio 1.5 --bench Simulate --bench Fit --json result.json

The sources of both commits are exported and run with this environment's dependencies and this checkout's benchmarks.
A round starts a new process for each commit and times every benchmark in both by short bursts in turn, head base base
head and so on, so that a slow spell of the machine and the layout of one process fall on both or average out. One
round gives one ratio, head's shortest time by base's; the rounds' log ratios give a trimmed mean and a t interval
whose level is .99 for all benchmarks together (Bonferroni). Slower means that the whole interval lies above 1 and its
middle above the stated ratio. Times of two runs, or of two machines, are never compared.

Exit status: 0 nothing got slower, 1 something did (slower, more memory, a worse track_ figure, timed out or failing at
head alone), 2 the comparison failed: an unknown commit, one commit given twice, no benchmark of that name, a tool that
failed. The table is printed whatever the status; --json and --markdown write it to files.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scipy.special import stdtrit

HERE = Path(__file__).resolve().parent
SIDES = ("base", "head")
FAMILY_ERROR = 0.01  # the probability that any unchanged benchmark's interval misses 1: one comparison in a hundred
# Seconds. A burst of calls is far longer than the clock's own cost and as short as a scheduler's time slice, so that
# among several bursts one is undisturbed; several bursts in turn last long enough to see one. Judgement.
BURST, ENOUGH = 0.005, 0.1
MOST_BURSTS = 10
BUDGET = 300.0  # seconds that a default comparison may last on two cores, as the documentation promises
ROUNDS = 10  # judgement, because the default suite then still fits BUDGET
FEWEST_ROUNDS = 7  # from 7 rounds on one at either end can be cut; five are left, whose t law is not too wide
MEMORY_ROUNDS = 5  # peak memory repeats within a percent, so few processes a commit are enough


class ComparisonError(Exception):
    """The comparison could not be made; its text is the one line to print."""


@dataclass
class Row:
    """One benchmark: its times (seconds), memory (bytes) or figures of both commits, and the verdict."""

    name: str
    kind: str
    timeout: float
    negligible: float
    base: list[float] = field(default_factory=list)
    head: list[float] = field(default_factory=list)
    problem: dict[str, str] = field(default_factory=dict)
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = "no difference shown"

    def judge(self, limit: float, tests: int) -> None:
        """Set ratio, interval and verdict; ``tests`` is the number of benchmarks that share the error."""
        if self.problem:
            self.verdict = self._verdict_of_problem()
            return
        if not self.base:
            self.verdict = "skipped"
            return
        floor = max(self.negligible, sys.float_info.min)  # a figure of 0 has no ratio
        logs = [math.log(max(h, floor) / max(b, floor)) for b, h in zip(self.base, self.head, strict=True)]
        mean, half = trimmed_interval(logs, FAMILY_ERROR / tests) if len(logs) > 1 else (logs[0], 0.0)
        self.ratio, self.low, self.high = (math.exp(x) for x in (mean, mean - half, mean + half))
        worse, better = {"time": ("slower", "faster"), "peakmem": ("more memory", "less memory"),
                         "track": ("worse", "better")}[self.kind]  # fmt: skip
        if self.low > 1.0 and self.ratio > limit:
            self.verdict = worse
        elif self.high < 1.0 and self.ratio < 1.0 / limit:
            self.verdict = better

    def _verdict_of_problem(self) -> str:
        if len(self.problem) == 2:
            return "not measured"
        side, what = next(iter(self.problem.items()))
        if what.startswith("timed out"):
            return "slower" if side == "head" else "faster"
        return "fails at head" if side == "head" else "new"

    @property
    def fails(self) -> bool:
        """True when this row alone makes the exit status 1."""
        return self.verdict in ("slower", "more memory", "worse", "fails at head")

    def shown(self, side: str) -> str:
        """The figure of one side as the table shows it."""
        if side in self.problem:
            return self.problem[side]
        values = getattr(self, side)
        if not values:
            return "-"
        return amount(sorted(values)[len(values) // 2], self.kind)


def trimmed_interval(values: list[float], error: float) -> tuple[float, float]:
    """Mean without the ends, and half the width of its t interval, which misses with probability ``error``.

    A tenth of the values is cut at either end, from seven values on one at least.

    The spread is that of the winsorised values (Yuen 1974, doi:10.1093/biomet/61.1.165): a round in which the machine
    did something else neither moves the middle nor widens the interval.
    """
    n = len(values)
    cut = max(n // 10, int(n >= FEWEST_ROUNDS))
    kept = n - 2 * cut
    ordered = sorted(values)
    winsorised = [ordered[min(max(i, cut), n - cut - 1)] for i in range(n)]
    centre = sum(winsorised) / n
    squares = sum((x - centre) ** 2 for x in winsorised)
    quantile = float(stdtrit(kept - 1, 1.0 - error / 2.0))
    return sum(ordered[cut : n - cut]) / kept, quantile * math.sqrt(squares / (kept * (kept - 1)))


def amount(value: float, kind: str) -> str:
    """A time, memory or figure in a person's units."""
    if kind == "peakmem":
        return f"{value / 2**20:.0f} MB"
    if kind == "track":
        return f"{value:.3g}"
    unit, size = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if value >= s), ("us", 1e-6))
    return f"{value / size:.3g} {unit}"


class Worker:
    """A process that measures one commit's sources (benchmarks/measure.py); it ends when a request takes too long."""

    def __init__(self, sources: Path, suite: Path) -> None:
        # One thread, so that neither commit's time depends on what else uses the other cores.
        environment = {**os.environ, "PYTHONPATH": str(sources), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "measure.py"), str(suite)], env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=sources,
        )  # fmt: skip

    def ask(self, timeout: float = 120.0, **request: Any) -> dict[str, Any]:
        """The reply to one request, or {"timed out": seconds}; a process that died is a ComparisonError."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        expired = threading.Event()

        def stop() -> None:
            expired.set()
            self.process.kill()

        timer = threading.Timer(timeout, stop)
        timer.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if line:
            return dict(json.loads(line))
        self.close()
        return {"timed out": timeout} if expired.is_set() else {"error": "the measuring process died"}

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


class Comparison:
    """The exported sources of both commits, and the measuring of their benchmarks."""

    def __init__(self, sources: dict[str, Path], suite: Path) -> None:
        self.sources, self.suite = sources, suite

    def select(self, patterns: list[str], everything: bool) -> list[Row]:
        """The benchmarks whose name contains one of the patterns; without patterns all that are not slow."""
        listed: dict[str, dict[str, Any]] = {}
        missing: dict[str, dict[str, str]] = {}
        for side in SIDES:
            worker = self.worker(side)
            reply = worker.ask(do="list")
            worker.close()
            if "benchmarks" not in reply:
                raise ComparisonError(f"the benchmarks cannot be listed at {side}: {reply.get('error', reply)}")
            for row in reply["benchmarks"]:
                listed.setdefault(row["name"], row)
            missing[side] = reply["errors"]
        rows = [
            Row(row["name"], row["kind"], row["timeout"], row["negligible"])
            for row in listed.values()
            if (any(p in row["name"] for p in patterns) if patterns else everything or not row["only_with_all"])
        ]
        if not rows:
            text = f"no benchmark's name contains {' or '.join(map(repr, patterns))}" if patterns else "no benchmarks"
            raise ComparisonError(f"{text} in {self.suite}; --list prints the names")
        for row in rows:
            for side in SIDES:
                if error := missing[side].get(row.name.partition(".")[0]):
                    row.problem[side] = error
        return rows

    def worker(self, side: str) -> Worker:
        """A new process for one commit."""
        return Worker(self.sources[side], self.suite)

    def round(self, rows: list[Row], number: int) -> None:
        """One ratio for every benchmark of rows, from new processes."""
        workers = {side: self.worker(side) for side in SIDES}
        for row in rows:
            if row.problem or (row.kind == "track" and number) or (row.kind == "peakmem" and number >= MEMORY_ROUNDS):
                continue
            measure = self._peak if row.kind == "peakmem" else self._in_turn
            measured = measure(row, workers)
            if measured is not None:
                row.base.append(measured["base"])
                row.head.append(measured["head"])
        for worker in workers.values():
            worker.close()

    def _in_turn(self, row: Row, workers: dict[str, Worker]) -> dict[str, float] | None:
        opened = {side: self._ask(row, workers, side, do="open", name=row.name) for side in SIDES}
        if row.problem or any("skipped" in (o or {}) for o in opened.values()):
            return None
        if row.kind == "track":
            figures = {side: self._ask(row, workers, side, do="figure") for side in SIDES}
            return None if row.problem else {side: float(figures[side]["figure"]) for side in SIDES}
        one_call = max(min(o["seconds"] for o in opened.values()), 1e-9)
        calls = max(1, math.ceil(BURST / one_call))
        bursts = min(MOST_BURSTS, max(2, math.ceil(ENOUGH / (calls * one_call))))
        seconds: dict[str, list[float]] = {side: [] for side in SIDES}
        for burst in range(bursts):
            for side in SIDES if burst % 2 else SIDES[::-1]:
                reply = self._ask(row, workers, side, do="time", calls=calls)
                if row.problem:
                    return None
                seconds[side].append(reply["seconds"] / calls)
        return {side: min(seconds[side]) for side in SIDES}

    def _peak(self, row: Row, workers: dict[str, Worker]) -> dict[str, float] | None:
        peaks: dict[str, float] = {}
        for side in SIDES:
            fresh = {side: self.worker(side)}
            opened = self._ask(row, fresh, side, do="open", name=row.name)
            if not row.problem and "skipped" not in opened:
                peaks[side] = float(self._ask(row, fresh, side, do="peak")["bytes"])
            fresh[side].close()
        return peaks if len(peaks) == 2 else None

    def _ask(self, row: Row, workers: dict[str, Worker], side: str, **request: Any) -> dict[str, Any]:
        """A reply; what went wrong is recorded in the row, and a process that ended is replaced."""
        reply = workers[side].ask(timeout=row.timeout, **request)
        if "timed out" in reply:
            row.problem[side] = f"timed out after {reply['timed out']:g} s"
        elif "error" in reply:
            row.problem[side] = reply["error"]
        if workers[side].process.poll() is not None:
            workers[side] = self.worker(side)
        return reply


def resolve(repository: Path, name: str) -> str:
    """The full hash of a commit."""
    done = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode:
        raise ComparisonError(f"{name!r} is no commit of {repository}; `git log --oneline` shows those there are")
    return done.stdout.decode().strip()


def git(repository: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository."""
    return subprocess.run(["git", "-C", str(repository), *words], capture_output=True, check=False)


def export(repository: Path, commit: str, folder: Path) -> Path:
    """Write a commit's `src` below folder, and give the path to it."""
    folder.mkdir()
    packed = git(repository, "archive", "--format=tar", commit, "src")
    if packed.returncode:
        raise ComparisonError(f"git cannot export src at {commit[:10]}: {packed.stderr.decode().strip()[:200]}")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder / "src"


def table(rows: list[Row]) -> list[list[str]]:
    """The rows as text, heading first."""
    lines = [["benchmark", "base", "head", "ratio", "interval", "verdict"]]
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.3f}"
        interval = "-" if row.low is None or row.kind == "track" else f"{row.low:.3f} to {row.high:.3f}"
        lines.append([row.name, row.shown("base"), row.shown("head"), ratio, interval, row.verdict])
    return lines


def as_text(lines: list[list[str]]) -> str:
    """Columns of equal width."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(c.ljust(w) if i in (0, 5) else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        .rstrip()
        for line in lines
    )  # fmt: skip


def as_markdown(lines: list[list[str]], summary: str) -> str:
    """A table that a comment on a pull request shows; what stands out comes first, the rest is folded."""
    head, body = lines[0], lines[1:]

    def block(rows: list[list[str]]) -> str:
        cells = [[c.replace("|", "\\|") for c in row] for row in rows]
        return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *cells])

    plain = [row for row in body if row[-1] in ("no difference shown", "skipped")]
    marked = [row for row in body if row not in plain]
    parts = [f"**{summary}**", *([block(marked)] if marked else [])]
    if plain:
        parts.append(f"<details><summary>{len(plain)} without a difference</summary>\n\n{block(plain)}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def compare(given: argparse.Namespace) -> int:
    """Measure and report; the exit status."""
    commits = {side: resolve(given.repository, getattr(given, side)) for side in SIDES}
    if commits["base"] == commits["head"] and not given.same:
        raise ComparisonError(
            f"{given.base!r} and {given.head!r} are the same commit {commits['base'][:10]}; "
            "--same compares a commit with itself, to see how often that is called a difference"
        )
    with tempfile.TemporaryDirectory() as scratch:
        sources = {side: export(given.repository, commits[side], Path(scratch, side)) for side in SIDES}
        comparison = Comparison(sources, given.suite.resolve())
        rows = comparison.select(given.bench, given.all)
        if given.list:
            print("\n".join(row.name for row in rows))
            return 0
        start = time.perf_counter()
        comparison.round(rows, 0)
        first = time.perf_counter() - start
        rounds = given.rounds or (ROUNDS if given.bench or given.all else fitting(first))
        print(f"{len(rows)} benchmarks, {rounds} rounds, about {first * rounds / 60.0:.1f} minutes in all",
              file=sys.stderr, flush=True)  # fmt: skip
        for number in range(1, rounds):
            comparison.round(rows, number)
    tests = max(1, sum(row.kind != "track" for row in rows))
    for row in rows:
        row.judge(given.ratio, tests)
    return report(given, commits, rows, rounds)


def fitting(first: float) -> int:
    """The number of rounds that fit the time a default comparison may take."""
    return max(FEWEST_ROUNDS, min(ROUNDS, int(BUDGET / first)))


def report(given: argparse.Namespace, commits: dict[str, str], rows: list[Row], rounds: int) -> int:
    """Print the table, write the files, and give the exit status."""
    lines = table(rows)
    failing = [row.name for row in rows if row.fails]
    unmeasured = [row.name for row in rows if row.verdict == "not measured"]
    summary = (f"{commits['head'][:10]} against {commits['base'][:10]}: {len(failing)} of {len(rows)} benchmarks worse "
               f"than {given.ratio:g} times")  # fmt: skip
    print(as_text(lines))
    print(summary + (f": {', '.join(failing)}" if failing else ""))
    if given.json:
        record = {"commits": commits, "ratio": given.ratio, "rounds": rounds, "benchmarks": [asdict(r) for r in rows]}
        write(given.json, json.dumps(record, indent=1) + "\n")
    if given.markdown:
        write(given.markdown, as_markdown(lines, summary))
    if unmeasured:
        raise ComparisonError(f"could be measured at neither commit: {', '.join(unmeasured)}")
    return int(bool(failing))


def write(path: Path, text: str) -> None:
    """Write beside and rename, so that a reader never sees half a file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="the commit to compare with")
    parser.add_argument("head", help="the commit under test")
    parser.add_argument("--ratio", type=float, default=1.2, help="fail when head takes this many times base's time")
    parser.add_argument("--bench", action="append", default=[], help="only names that contain this; may be repeated")
    parser.add_argument("--all", action="store_true", help="also the benchmarks that a default comparison leaves out")
    parser.add_argument("--rounds", type=int, help=f"rounds; by default {ROUNDS}, or what fits five minutes")
    parser.add_argument("--json", type=Path, help="write every measurement here")
    parser.add_argument("--markdown", type=Path, help="write a table for a pull request's comment here")
    parser.add_argument("--list", action="store_true", help="print the names that would be compared, and stop")
    parser.add_argument("--same", action="store_true", help="allow base and head to be one commit")
    parser.add_argument("--repository", type=Path, default=HERE.parent, help="the git repository; by default this one")
    parser.add_argument("--suite", type=Path, default=HERE / "suite", help="the folder of benchmarks")
    given = parser.parse_args(arguments)
    if not 1.0 < given.ratio < math.inf:
        parser.error(f"--ratio {given.ratio:g} is not a number above 1: at 1 every other run would fail")
    if given.rounds is not None and given.rounds < 2:
        parser.error(f"--rounds {given.rounds} is below 2: one round shows no spread; the default is {ROUNDS}")
    return given


def main(arguments: list[str] | None = None) -> int:
    """Compare; a comparison that fails is one line and status 2."""
    try:
        return compare(parse(arguments))
    except ComparisonError as error:
        print(f"compare.py: {error}", file=sys.stderr)
    except Exception as error:  # noqa: BLE001  status 1 says that something is slower, so no fault may end with it
        print(f"compare.py: {type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
