"""What the tests of robustness share."""

from __future__ import annotations

import pytest
from public_calls import Call, every_call


@pytest.fixture(scope="package")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    """Every public call, made once; no call changes what it is given."""
    return every_call(tmp_path_factory.mktemp("calls"))
