"""A long run of wrong calls, command lines, files, tables and scenario files: what is neither answered nor refused?

    python benchmarks/fuzz.py --minutes 30 [--seed 1] [--inputs 20000] [--kind commands] [--replay 4711]

The inputs are those of tests/robustness, many more of them. Input n of a seed is the same whenever it is made, so that
``--replay n`` tries it alone. What is neither an answer nor a refusal of one line is printed as it comes, so that it
can be added to tests/robustness/corpus; the last lines count, and the exit status is 1 where there was any.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from fuzzers import Fuzzer, every_fuzzer, numbers
from outcomes import ANSWERED, OTHER, REFUSED

Counts = dict[str, Counter[str]]
EVERY = 1000
"""Inputs after which the counts are printed."""


def main() -> int:
    """Run for as long as is told and print what is neither answer nor refusal."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--inputs", type=int, default=20_000, help="stop after so many, where minutes are left")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--kind", help="one kind of inputs alone")
    asked.add_argument("--replay", type=int, help="the number of one input")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        try:
            fuzzers = every_fuzzer(Path(name))
            kept = {k: f for k, f in fuzzers.items() if options.kind in (None, k)}
            until = time.monotonic() + 60.0 * options.minutes
            each = iter([options.replay]) if options.replay is not None else _until(until, options.inputs)
            counts = _run(kept, options.seed, each)
        finally:
            os.chdir("/")
    sys.stdout.write(_table(counts))
    return int(any(of[OTHER] for of in counts.values()))


def _until(end: float, inputs: int) -> Iterator[int]:
    for number in range(inputs):
        if time.monotonic() > end:
            return
        yield number


def _run(fuzzers: dict[str, Fuzzer], seed: int, each: Iterator[int]) -> Counts:
    """The outcomes by kind of input, each input from random numbers of its own."""
    names = list(fuzzers)
    shares = np.array([fuzzers[name].share for name in names])
    counts: Counts = {name: Counter() for name in names}
    for done, number in enumerate(each, start=1):
        rng = numbers(seed, number)
        kind = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        what, came = fuzzers[kind].attempt(rng)
        counts[kind][came.kind] += 1
        if came.kind == OTHER:
            lines = f"input {number}: {what[:1500]}\n    {came.said[:500]}\n"
            sys.stdout.write(lines.encode(errors="replace").decode())
        if done % EVERY == 0:
            sys.stdout.write(_table(counts))
        sys.stdout.flush()
    return counts


def _table(counts: Counts) -> str:
    """The counts, a line a kind and one of all."""
    whole = sum(counts.values(), Counter[str]())
    rows = [
        f"{name:10} {of.total():7} {of[ANSWERED]:9} {of[REFUSED]:8} {of[OTHER]:6}"
        for name, of in [*counts.items(), ("all", whole)]
    ]
    return "\n".join([f"{'kind':10} {'inputs':>7} {ANSWERED:>9} {REFUSED:>8} {OTHER:>6}", *rows]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
