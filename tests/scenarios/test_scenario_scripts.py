import subprocess
import sys
from pathlib import Path

import pandas as pd

SCRIPTS = Path(__file__).parents[2] / "docs" / "scenarios"


def test_the_script_to_copy_runs_as_it_is_printed(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPTS / "compare_scenarios.py"), str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line[:25].strip() for line in run.stdout.splitlines()] == [
        "baseline",
        "Border crossing",
        "Recession",
        "Crossing in a recession",
        "Two points faster",
    ]
    assert set(pd.read_csv(out)["period"]) == set(range(2026, 2041))
