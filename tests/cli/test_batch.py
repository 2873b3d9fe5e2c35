"""``tradetarget batch``: parts, progress, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tradetarget.cli import main

pytest.importorskip("pyarrow")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    years = list(range(2015, 2021))
    rows = [(unit, y, (y - 2010.0) * k) for k, unit in enumerate(["A-B", "C-D"], 1) for y in years]
    pd.DataFrame(rows, columns=["unit", "period", "value"]).to_csv(tmp_path / "panel.csv", index=False)
    (tmp_path / "targets.csv").write_text("unit,target\nA-B,15\nC-D,30\nE-F,3\n")
    return str(tmp_path / "panel.csv"), str(tmp_path / "targets.csv")


def test_a_batch_is_written_resumed_and_told(files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["batch", *files, "-o", out, "--horizon", "2"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"2 series and 3 targets are answered in {out}.\n4 rows in 1 part.")
    assert "1 without an answer" in text
    assert "'E-F', which is not in the panel" in text
    assert pd.read_parquet(out)["unit"].tolist() == ["A-B", "A-B", "C-D", "C-D"]
    assert main(["batch", *files, "-o", out, "--horizon", "2"]) == 2
    assert "go on with it by --resume" in capsys.readouterr().err
    assert main(["batch", *files, "-o", out, "--horizon", "2", "--resume", "--json", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["parts"], record["reused"], record["refused"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--horizon", "x"], "--horizon 'x' is not a whole number"),
        (["--event", "weekly"], "unknown --event 'weekly'"),
        (["--jobs", "0"], "jobs 0 is not a whole number from 1"),
        (["--prior", "PANEL"], "JSON"),
        (["--model", "random-wlk"], "did you mean 'random-walk'"),
    ],
)
def test_what_a_batch_cannot_use_is_one_line_and_leaves_no_folder(
    options, message: str, files, tmp_path, capsys
) -> None:
    words = [files[0] if o == "PANEL" else o for o in options]
    assert main(["batch", *files, "-o", str(tmp_path / "out"), *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert message in printed.err
    assert not (tmp_path / "out").exists()


def test_scenarios_of_a_file_are_answered_as_well(files, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(
        '[[scenario]]\nname = "faster"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = "2 %"\n'
    )
    words = ["-o", str(tmp_path / "out"), "--scenarios", str(tmp_path / "s.toml"), "--horizon", "2", "--paths", "512"]
    assert main(["batch", *files, *words]) == 0
    assert set(pd.read_parquet(tmp_path / "out")["scenario"]) == {"baseline", "faster"}
