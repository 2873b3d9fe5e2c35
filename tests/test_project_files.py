"""The version has one source, and the files that people read first agree with it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tradetarget

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]["version"]


def test_the_installed_version_is_that_of_the_project_file() -> None:
    assert tradetarget.__version__ == VERSION


def test_the_citation_and_the_changelog_know_the_version() -> None:
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf8")
    assert f"\n## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf8")


def test_the_contributors_map_names_every_room() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
    rooms = [p for p in (ROOT / "src" / "tradetarget").iterdir() if p.is_dir() and p.name != "__pycache__"]
    assert [r.name for r in rooms if f"`{r.name}/`" not in text] == []
