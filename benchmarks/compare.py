"""Compare two commits in one run, interleaved, and exit non-zero when a stated ratio is passed.

Usage, from a clean checkout with the `dev` extra installed:

    python benchmarks/compare.py main HEAD --ratio 1.2
    python benchmarks/compare.py v0.1.0 HEAD --ratio 1.5 --bench Simulate --bench Fit

asv builds an environment for each commit, runs the two in turn (A B A B), and calls a benchmark slower only when its
ratio passes the one stated and the difference is statistically significant. Times of two runs, or of two machines,
are never compared. Exit status: 0 nothing got slower, 1 something did (each is named), 2 the comparison failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def command(base: str, head: str, ratio: float, bench: list[str], quick: bool) -> list[str]:
    """The asv command line that compares ``head`` with ``base``."""
    words = [sys.executable, "-m", "asv", "continuous", "--config", str(HERE / "asv.conf.json"), "--interleave-rounds",
             "--factor", str(ratio), "--show-stderr"]  # fmt: skip
    return [*words, *(w for b in bench for w in ("--bench", b)), *(["--quick"] if quick else []), base, head]


def main(arguments: list[str] | None = None) -> int:
    """Parse, compare, and translate asv's verdict into an exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="the commit to compare with")
    parser.add_argument("head", help="the commit under test")
    parser.add_argument("--ratio", type=float, default=1.2, help="fail when head takes this many times base's time")
    parser.add_argument("--bench", action="append", default=[], help="only benchmarks that match; may be repeated")
    parser.add_argument("--quick", action="store_true", help="one repetition: checks the set-up, proves nothing")
    given = parser.parse_args(arguments)
    if not given.ratio > 1.0:
        parser.error(f"--ratio {given.ratio} is not above 1: at 1 every other run would fail")
    subprocess.run([sys.executable, "-m", "asv", "machine", "--yes"], check=True, cwd=HERE, capture_output=True)
    done = subprocess.run(command(given.base, given.head, given.ratio, given.bench, given.quick), cwd=HERE, check=False)
    return done.returncode if done.returncode in (0, 1) else 2


if __name__ == "__main__":
    raise SystemExit(main())
