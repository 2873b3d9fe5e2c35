"""Series that several tests share."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from systems_helpers import PAIRS, REGION

import tradetarget as tt
from tradetarget import TradeSeries, TradeSystem

# The same examples on every run, however slow the machine: a red run is a change of the code, never of the luck.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
# Other examples on every run, and many: pytest --hypothesis-profile=search tests/passage
SEARCHED = 10
"""Times as many examples as usual that a search tries. Judgement. A room of tests then takes some minutes."""
settings.register_profile(
    "search", derandomize=False, deadline=None, max_examples=100 * SEARCHED, print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


class Many(settings):
    """Settings of a test under the profile "search": many times the examples that it usually tries."""

    def __init__(self, parent: settings | None = None, **given: Any) -> None:
        if "max_examples" in given:
            given["max_examples"] *= SEARCHED
        super().__init__(parent, **given)


def pytest_collection(session: pytest.Session) -> None:
    """Tests that say how many examples they try find ``Many`` where they import ``settings``, if they are to search."""
    if session.config.getoption("hypothesis_profile", None) == "search":
        hypothesis.settings = Many  # type: ignore[misc]


def pytest_collection_finish() -> None:
    """Leave what the imports made to itself: the collector would walk through it again in every test."""
    # Hypothesis takes numpy's generator over in its first test, and asks the collector who else holds it. Once frozen,
    # nobody seems to, which older versions warn of.
    hypothesis.find(st.none(), lambda _: True)
    gc.collect()
    gc.freeze()


SeriesOf = Callable[..., TradeSeries]


@pytest.fixture
def series_of() -> SeriesOf:
    """A function from log levels, and the first year, to a series of calendar-year totals."""

    def build(log_levels: ArrayLike, first: int = 2000, name: str = "A-B") -> TradeSeries:
        values = np.exp(np.asarray(log_levels, dtype=float))
        kept = pd.Series(values, index=range(first, first + values.size)).dropna()
        return TradeSeries.from_annual(kept, unit="USD bn", name=name)

    return build


@pytest.fixture
def walk(series_of: SeriesOf) -> TradeSeries:
    """26 totals of a simulated random walk: growth 6 % a year, volatility 15 %."""
    return series_of(np.cumsum(np.random.default_rng(11).normal(0.06, 0.15, 26)))


@pytest.fixture(scope="session")
def figures() -> dict[str, TradeSeries]:
    """The bundled annual statistics by label."""
    return tt.datasets.load("kazakhstan-central-asia")


@pytest.fixture(scope="session")
def region(figures: dict[str, TradeSeries]) -> TradeSystem:
    """Kazakhstan with its four neighbours."""
    return TradeSystem.from_series(figures, PAIRS, REGION)
