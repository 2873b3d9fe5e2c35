"""Damage 2,000 small files and count what reading them comes to.

    python benchmarks/fuzz_files.py [--files 2000] [--seed 0]

Each is answered, or refused in one line; anything else is shown with the file, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from mutated_files import mutated_file, outcome


def main() -> int:
    """Count outcomes, and show the files that came to anything but an answer or one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for n in range(given.files):
        data = mutated_file(np.random.default_rng([given.seed, n]))
        kind, said = outcome(data)
        counts[kind] += 1
        if kind == "other":
            print(f"file {n}: {said}\n{data[:400]!r}\n")
    print(", ".join(f"{counts[kind]} {kind}" for kind in ("answered", "refused", "other")))
    return int(counts["other"] > 0)


if __name__ == "__main__":
    sys.exit(main())
