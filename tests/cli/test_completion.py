"""Completion with the tab key: right names, quickly, in the shells that are there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tradetarget import datasets
from tradetarget.answering.question import Method
from tradetarget.cli import completion, main
from tradetarget.cli.options import NAMED
from tradetarget.models import model_names
from tradetarget.targets.target import EVENTS, OCCURRENCES

PROGRAM = "import sys; from tradetarget.cli import main; sys.exit(main())"


def test_the_names_that_are_offered_are_those_of_the_library() -> None:
    from typing import get_args

    from tradetarget.fetching import sources
    from tradetarget.scenarios.files import adjustment_kinds

    assert model_names() == completion.MODELS
    assert set(completion.DATASETS) == set(datasets.names())
    assert set(completion.DRIVERS) == set(datasets.driver_names())
    assert set(completion.EVENTS) == {event.replace("_", "-") for event in EVENTS}
    assert set(completion.OCCURRENCES) == set(OCCURRENCES)
    assert set(completion.METHODS) == set(get_args(Method))
    assert set(completion.SOURCES) == set(sources())
    assert set(completion.LEVERS) < adjustment_kinds().keys()


def offered(capsys, monkeypatch, line: str) -> list[str]:
    """What bash offers at the end of a line."""
    monkeypatch.setenv("_TRADETARGET_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    main([])
    return capsys.readouterr().out.split()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("tradetarget fore", ["forecast"]),
        ("tradetarget forecast --data", ["--dataset", "--data-unit"]),
        ("tradetarget forecast --model ", list(completion.MODELS)),
        ("tradetarget backtest --model ra", ["random-walk"]),
        ("tradetarget forecast --dataset a", ["article-2019"]),
        ("tradetarget forecast --event r", ["rolling-12-months", "run-rate"]),
        ("tradetarget forecast --drivers i", ["imf-weo-2025-10"]),
        ("tradetarget required --lever l", ["level_effect"]),
        ("tradetarget data show kazakhstan-c", ["kazakhstan-central-asia"]),
        ("tradetarget fetch w", ["worldbank"]),
        ("tradetarget forecast mine", []),
        ("tradetarget scenarios mine", []),
        ("tradetarget forecast --plot mine", []),
    ],
)
def test_names_are_offered_and_files_are_left_to_the_shell(capsys, monkeypatch, line: str, names: list[str]) -> None:
    assert offered(capsys, monkeypatch, line) == names


@pytest.fixture(scope="module")
def shells(tmp_path_factory) -> dict[str, str]:
    """An environment in which ``tradetarget`` is this package's command, with a file to be completed."""
    folder = tmp_path_factory.mktemp("shell")
    command = folder / "tradetarget"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{PROGRAM}' \"$@\"\n")
    command.chmod(0o755)
    (folder / "mine.csv").write_text("period,value\n")
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder), "PWD": str(folder)}


def ran(environment: dict[str, str], *words: str) -> str:
    folder = environment["PWD"]
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


BASH = """
source <(_TRADETARGET_COMPLETE=source_bash tradetarget)
COMP_WORDS=(tradetarget forecast --model ra) COMP_CWORD=3
_tradetarget_completion tradetarget
echo "${COMPREPLY[*]}"
complete -p tradetarget
"""
FISH = """
_TRADETARGET_COMPLETE=source_fish tradetarget | source
complete -C 'tradetarget forecast --model ra'
complete -C 'tradetarget forecast --mode'
complete -C 'tradetarget forecast min'
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_by_the_script_that_is_installed(shells) -> None:
    names, script = ran(shells, "bash", "--norc", "-c", BASH).splitlines()
    assert names == "random-walk"
    assert "-o default" in script  # where nothing is offered, bash offers files


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
def test_fish_completes_by_the_script_that_is_installed(shells) -> None:
    name, option, file = ran(shells, "fish", "--no-config", "-c", FISH).splitlines()
    assert name == "random-walk"
    assert option.startswith("--model\tThe growth model: base-rate")
    # Older versions of typer wrap the help, and fish shows its first line.
    help_shown = option.partition("\t")[2].strip()
    assert f"The growth model: {NAMED}. With five years of months, half of the default is monthly.".startswith(
        help_shown
    )
    assert file == "mine.csv"


def test_zsh_is_told_names_or_to_complete_files(capsys, monkeypatch) -> None:
    monkeypatch.setenv("_TRADETARGET_COMPLETE", "complete_zsh")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    for line, answer in (("--model ra", "_arguments '*: :((\"random-walk\"))'"), ("mine", "_files")):
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", f"tradetarget forecast {line}")
        main([])
        assert capsys.readouterr().out.strip() == answer


@pytest.mark.parametrize("words", [[], ["--help"], ["forecast", "-h"]], ids=["complete", "help", "help of a command"])
def test_completion_and_help_import_no_numerical_library(words: list[str], tmp_path: Path) -> None:
    asked = {"_TRADETARGET_COMPLETE": "complete_bash", "COMP_WORDS": "tradetarget forecast --model ", "COMP_CWORD": "3"}
    code = (
        "import sys, json; from tradetarget.cli import main; main(sys.argv[2:]);"
        "json.dump([m for m in ('numpy', 'pandas', 'scipy') if m in sys.modules], open(sys.argv[1], 'w'))"
    )
    environment = {**os.environ, **({} if words else asked)}
    said = tmp_path / "modules.json"
    subprocess.run([sys.executable, "-c", code, str(said), *words], env=environment, capture_output=True, check=True)
    assert json.loads(said.read_text()) == []


class TestAlone:
    def test_the_command_alone_shows_in_a_screen_what_can_be_done(self, capsys) -> None:
        assert main([]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 80
        for command in ("forecast", "scenarios", "backtest", "region", "data", "fetch"):
            assert any(line.startswith(f"  {command} ") for line in lines)
        assert not any(line.endswith("...") for line in lines)

    def test_h_is_help_and_the_version_is_named(self, capsys) -> None:
        for words in (["-h"], ["forecast", "-h"], ["data", "show", "-h"]):
            assert main(words) == 0
            short = capsys.readouterr().out
            assert main([*words[:-1], "--help"]) == 0
            assert capsys.readouterr().out == short
        assert main(["--version"]) == 0
        assert capsys.readouterr().out.startswith("tradetarget ")
