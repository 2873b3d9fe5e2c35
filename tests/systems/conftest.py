"""Regions that several tests share."""

from __future__ import annotations

import pytest
from systems_helpers import PAIRS, REGION

import tradetarget as tt
from tradetarget import TradeSeries, TradeSystem


@pytest.fixture(scope="session")
def figures() -> dict[str, TradeSeries]:
    return tt.datasets.load("kazakhstan-central-asia")


@pytest.fixture(scope="session")
def region(figures: dict[str, TradeSeries]) -> TradeSystem:
    """Kazakhstan with its four neighbours."""
    return TradeSystem.from_series(figures, PAIRS, REGION)
