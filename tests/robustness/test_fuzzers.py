"""A few hundred inputs of every fuzzer: each is answered, or refused in one line; benchmarks/fuzz.py asks many more."""

from pathlib import Path

import mutated_commands
import mutated_scenarios
import pytest
from fuzzers import Fuzzer, every_fuzzer, numbers
from outcomes import ANSWERED, OTHER
from public_calls import Call

from tradetarget.scenarios.files import adjustment_kinds

INPUTS = {"calls": 200, "commands": 40, "files": 80, "tables": 120, "scenarios": 150, "regions": 80}
SEED = 13


@pytest.fixture(scope="module")
def fuzzers(tmp_path_factory: pytest.TempPathFactory, calls: list[Call]) -> dict[str, Fuzzer]:
    return every_fuzzer(tmp_path_factory.mktemp("fuzzers"), calls)


@pytest.mark.parametrize("kind", INPUTS)
def test_an_input_is_answered_or_refused_in_one_line(kind: str, fuzzers: dict[str, Fuzzer]) -> None:
    came = [fuzzers[kind].attempt(numbers(SEED, n)) for n in range(INPUTS[kind])]
    assert [(what, outcome.said) for what, outcome in came if outcome.kind == OTHER] == []
    assert any(outcome.kind == ANSWERED for _, outcome in came)


def test_every_command_and_every_kind_of_adjustment_is_among_the_inputs() -> None:
    assert set(mutated_commands.LINES) == set(mutated_commands.commands())
    assert set(mutated_scenarios.SIZES) == set(adjustment_kinds())


@pytest.mark.parametrize("kind", list(mutated_scenarios.SIZES))
def test_a_scenario_file_is_answered_before_it_is_changed(kind: str, tmp_path: Path) -> None:
    text = f'[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "{kind}"\n{mutated_scenarios.SIZES[kind]}\n'
    for ask in (mutated_scenarios.outcome, mutated_scenarios.region_outcome):
        came = ask(text, tmp_path / "s.toml")
        assert came.kind == ANSWERED or "driver" in came.said
