import runpy
import sys
from pathlib import Path

import pandas as pd
import pytest

SCRIPTS = Path(__file__).parents[2] / "docs" / "scenarios"


def test_the_script_to_copy_runs_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    monkeypatch.setattr(sys, "argv", ["compare_scenarios.py", str(out)])
    runpy.run_path(str(SCRIPTS / "compare_scenarios.py"), run_name="__main__")
    assert [line[:25].strip() for line in capsys.readouterr().out.splitlines()] == [
        "baseline",
        "Border crossing",
        "Recession",
        "Crossing in a recession",
        "Two points faster",
    ]
    assert set(pd.read_csv(out)["period"]) == set(range(2026, 2041))
