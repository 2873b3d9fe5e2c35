"""The tables that tests/robustness damages are read before they are."""

import pytest
from mutated_files import outcome, tables


@pytest.mark.parametrize("text", tables())
def test_the_tables_are_read_before_they_are_damaged_or_ask_which_flow_is_meant(text: str) -> None:
    kind, said = outcome(text.encode())
    assert kind == "answered" or "several" in said, said
