"""Every fuzzer by name: what is made of random numbers, and what came of it.

The tests of robustness ask a few hundred inputs of each, ``benchmarks/fuzz.py`` as many as it is told.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mutated_commands
import mutated_files
import mutated_scenarios
import mutated_tables
import numpy as np
from outcomes import Outcome
from public_calls import WRONG, Call, every_call, outcome

Rng = np.random.Generator
Attempt = Callable[[Rng], tuple[str, Outcome]]


@dataclass(frozen=True)
class Fuzzer:
    """``attempt`` makes an input, tries it, and gives it as text with what came of it; ``share`` is how often."""

    attempt: Attempt
    share: float


def every_fuzzer(folder: Path, calls: list[Call] | None = None) -> dict[str, Fuzzer]:
    """The fuzzers, each at work in a folder of its own inside ``folder``; ``calls`` where they are made already."""
    made = {
        "calls": (lambda inner: _calls(every_call(inner) if calls is None else calls), 0.4),
        "commands": (_commands, 0.15),
        "files": (lambda _: _file, 0.1),
        "tables": (lambda _: mutated_tables.attempt, 0.15),
        "scenarios": (_scenarios, 0.1),
        "regions": (_regions, 0.1),
    }
    fuzzers = {}
    for name, (build, share) in made.items():
        own = folder / name
        own.mkdir()
        fuzzers[name] = Fuzzer(_within(own, build), share)
    return fuzzers


def numbers(seed: int, number: int) -> Rng:
    """The random numbers of one input."""
    return np.random.default_rng([seed, number])


def _within(folder: Path, build: Callable[[Path], Attempt]) -> Attempt:
    """The attempt, made and tried with ``folder`` as the current one."""
    with contextlib.chdir(folder):
        attempt = build(folder)

    def inside(rng: Rng) -> tuple[str, Outcome]:
        with contextlib.chdir(folder):
            return attempt(rng)

    return inside


def _calls(every: list[Call]) -> Attempt:
    calls = [call for call in every if call.parameters()]
    labels = list(WRONG)

    def attempt(rng: Rng) -> tuple[str, Outcome]:
        call = calls[int(rng.integers(len(calls)))]
        names = call.parameters()
        wrong = 1 + int(rng.random() < 0.4)
        chosen = {names[int(rng.integers(len(names)))]: labels[int(rng.integers(len(labels)))] for _ in range(wrong)}
        return f"{call.name} {chosen}", outcome(call, {name: WRONG[label] for name, label in chosen.items()})

    return attempt


def _commands(_: Path) -> Attempt:
    mutated_commands.write_files()

    def attempt(rng: Rng) -> tuple[str, Outcome]:
        words = mutated_commands.command_line(rng)
        return f"tradetarget {words}", mutated_commands.outcome(words, rng)

    return attempt


def _file(rng: Rng) -> tuple[str, Outcome]:
    data = mutated_files.mutated_file(rng)
    return f"file {data!r}", mutated_files.outcome(data)


def _scenarios(folder: Path) -> Attempt:
    def attempt(rng: Rng) -> tuple[str, Outcome]:
        text = mutated_scenarios.scenario_file(rng)
        return f"scenarios {text!r}", mutated_scenarios.outcome(text, folder / "s.toml")

    return attempt


def _regions(folder: Path) -> Attempt:
    def attempt(rng: Rng) -> tuple[str, Outcome]:
        text = mutated_scenarios.region_file(rng)
        return f"region {text!r}", mutated_scenarios.region_outcome(text, folder / "s.toml")

    return attempt
