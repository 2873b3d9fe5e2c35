"""Run every asv benchmark once, in this environment, and fail if one fails: no times are judged.

Usage: python benchmarks/check.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run `asv run --quick` on the working tree; 1 if a benchmark failed."""
    command = [sys.executable, "-m", "asv", "run", "--config", str(HERE / "asv.conf.json"), "--quick", "--dry-run",
               "--show-stderr", "--machine", "check", "--environment", f"existing:{sys.executable}"]  # fmt: skip
    subprocess.run([*command[:3], "machine", "--yes", "--machine", "check"], check=True, cwd=HERE, capture_output=True)
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    print(done.stdout)
    failed = [line for line in done.stdout.splitlines() if "failed" in line]
    if done.returncode or failed:
        print(done.stderr, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
