"""Interrupt the program at many moments of its start, and count how it ends.

    python benchmarks/interruptions.py [--until 400] [--step 5]

A process that is interrupted ends with status 130 and the line "interrupted", or is killed by the signal before Python
takes notice (status -2). Anything else is shown: until Python has started (some 20 to 40 ms) it is Python that answers.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections import Counter

PROGRAM = "import sys; from tradetarget.command import main; sys.exit(main())"


def interrupted_after(milliseconds: float) -> tuple[int, str]:
    """Status and last line on standard error of a forecast that is interrupted so long after its start."""
    words = [sys.executable, "-c", PROGRAM, "forecast", "--horizon", "200"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(milliseconds / 1000.0)
        process.send_signal(signal.SIGINT)
        output = process.communicate()[1]
    return process.returncode, (output.strip().splitlines() or [""])[-1]


def main() -> None:
    """Print how each process ended, and how often each end came."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--until", type=int, default=400)
    asked.add_argument("--step", type=int, default=5)
    options = asked.parse_args()
    ends: Counter[str] = Counter()
    for delay in range(0, options.until, options.step):
        status, output = interrupted_after(delay)
        end = "killed before Python noticed" if status == -signal.SIGINT else f"status {status}, {output!r}"
        ends[end] += 1
        if end.startswith("status") and (status, output) != (130, "interrupted"):
            print(f"{delay} ms: {end}")
    print("\n".join(f"{count:4} {end}" for end, count in ends.most_common()))


if __name__ == "__main__":
    main()
