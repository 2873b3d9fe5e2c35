"""The walls between the rooms stand: what import-linter is asked to catch, it catches."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "tradetarget"
PLANTED = {
    "models/protocols.py": ("from tradetarget import report", "tradetarget.models.protocols -> tradetarget.report"),
    "scenarios/sizes.py": (
        "def planted() -> None:\n    from tradetarget.models.reference_class.model import ReferenceClass  # noqa: F401",
        "tradetarget.scenarios.sizes -> tradetarget.models.reference_class.model",
    ),
}


@pytest.fixture(scope="module")
def contracts() -> dict[str, object]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    linter: dict[str, object] = project["tool"]["importlinter"]
    return linter


def linted(sources: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a copy of the package."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        env={**os.environ, "PYTHONPATH": str(sources)},
        cwd=sources,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_planted_import_of_an_upper_room_and_one_of_a_model_by_scenarios_are_caught(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "tradetarget", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (line, _) in PLANTED.items():
        with (tmp_path / "tradetarget" / name).open("a", encoding="utf8") as file:
            file.write(f"\n\n{line}\n")
    verdict = linted(tmp_path)
    assert verdict.returncode == 1, verdict.stderr
    for _, arrow in PLANTED.values():
        assert arrow in verdict.stdout


def test_no_contract_ignores_an_import_and_every_folder_of_models_is_kept_from_scenarios(contracts) -> None:
    assert all("ignore_imports" not in c for c in contracts["contracts"])
    kept = {name.rsplit(".", 1)[1] for name in contracts["contracts"][2]["forbidden_modules"]}
    named = {module.split(".")[2] for module, _ in _registered()}
    assert named | {"adapters"} == kept


def _registered() -> list[tuple[str, str]]:
    from tradetarget.models import _MODELS

    return list(_MODELS.values())
