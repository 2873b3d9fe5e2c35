"""Damaged files are answered or refused in one line; benchmarks/fuzz_files.py does the same with thousands."""

import numpy as np
import pytest
from mutated_files import mutated_file, outcome, tables


@pytest.mark.parametrize("text", tables())
def test_the_tables_are_read_before_they_are_damaged_or_ask_which_flow_is_meant(text: str) -> None:
    kind, said = outcome(text.encode())
    assert kind == "answered" or "several" in said, said


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_answered_or_refused_in_one_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(15):
        data = mutated_file(rng)
        kind, said = outcome(data)
        assert kind != "other", (said, data[:500])
