"""How often compare.py is wrong: an unchanged commit called slower, and a planted slow-down missed.

Usage: python benchmarks/compare_errors.py [--comparisons 100] [--rounds 5] [--slowdown 1.3] [--bench NAME ...]

Both kinds of comparison run in turn, each from new processes as compare.py makes them. The slow-down is planted by a
suite's wrapper: the head side repeats a part of every call so that it takes `slowdown` times as long, whatever it
does. Nothing but the measuring is shared between comparisons, so each verdict is independent of the others.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import compare

QUICK = ("time_fit('pooled')", "time_fit('random-walk')", "Forecast.time_forecast('pooled')")


class Planted(compare.Worker):
    """A worker whose times are those of a body that takes longer: slowdown - 1 of the calls are made again."""

    slowdown = 1.0

    def ask(self, timeout: float = 120.0, **request: Any) -> dict[str, Any]:
        reply = super().ask(timeout, **request)
        if request["do"] == "time" and "seconds" in reply and self.slowdown > 1.0:
            more = request["calls"] * (self.slowdown - 1.0)
            again = super().ask(timeout, do="time", calls=math.ceil(more))
            # Where a burst is one call, the share of a repeated call that the slow-down stands for is counted.
            reply["seconds"] += again["seconds"] * more / math.ceil(more)
        return reply


class Slowed(compare.Comparison):
    """A comparison of one commit with itself whose head is slower."""

    slowdown = 1.0

    def worker(self, side: str) -> compare.Worker:
        worker = Planted(self.sources[side], self.suite)
        worker.slowdown = self.slowdown if side == "head" else 1.0
        return worker


def verdicts(comparison: Slowed, patterns: Sequence[str], rounds: int, ratio: float) -> list[compare.Row]:
    """The rows of one comparison."""
    rows = comparison.select(list(patterns), everything=False)
    for number in range(rounds):
        comparison.round(rows, number)
    for row in rows:
        row.judge(ratio, len(rows))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comparisons", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=compare.FEWEST_ROUNDS)
    parser.add_argument("--slowdown", type=float, default=1.3)
    parser.add_argument("--ratio", type=float, default=1.2)
    parser.add_argument("--bench", action="append")
    given = parser.parse_args()
    called: Counter[str] = Counter()
    ratios: dict[float, list[float]] = {1.0: [], given.slowdown: []}
    with tempfile.TemporaryDirectory() as scratch:
        head = compare.resolve(compare.HERE.parent, "HEAD")
        sources = {side: compare.export(compare.HERE.parent, head, Path(scratch, side)) for side in compare.SIDES}
        comparison = Slowed(sources, compare.HERE / "suite")
        for done in range(1, given.comparisons + 1):
            for slowdown in ratios:
                comparison.slowdown = slowdown
                rows = verdicts(comparison, given.bench or QUICK, given.rounds, given.ratio)
                ratios[slowdown] += [row.ratio for row in rows if row.ratio is not None]
                name = "unchanged" if slowdown == 1.0 else "slowed"
                called[f"{name}: comparisons with a benchmark called slower"] += any(row.fails for row in rows)
                called[f"{name}: benchmarks called slower"] += sum(row.fails for row in rows)
                called[f"{name}: benchmarks"] += len(rows)
            if done % 10 == 0 or done == given.comparisons:
                print(f"{done} comparisons of each kind, {given.rounds} rounds, ratio {given.ratio}: {dict(called)}",
                      flush=True)  # fmt: skip
    for slowdown, values in ratios.items():
        ordered = sorted(values)
        print(f"ratios measured at {slowdown:g}: {ordered[0]:.3f} to {ordered[-1]:.3f}, middle "
              f"{ordered[len(ordered) // 2]:.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
