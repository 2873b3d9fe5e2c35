"""Months of growth paths: how a block is split does not matter."""

import numpy as np
import pandas as pd
import pytest

from tradetarget import TradeSeries
from tradetarget.models import get_model
from tradetarget.models.conditioning import condition
from tradetarget.models.months import month_batches, month_source
from tradetarget.models.part_years import FittedOnEvidence, fit_to_everything
from tradetarget.seeding import stream
from tradetarget.units import Unit


def monthly(n: int) -> TradeSeries:
    t = np.arange(n)
    levels = np.exp(0.005 * t + 0.1 * np.sin(t) + 0.2 * np.cos(np.pi * t / 6)) * 100.0
    index = pd.period_range("2015-01", periods=n, freq="M")
    return TradeSeries.from_monthly(pd.Series(levels, index=index), unit=Unit.parse("USD mn"), name="A-B")


@pytest.mark.parametrize("n", [60, 66])
def test_months_split_a_batch_at_a_time_are_those_of_the_whole_block(n: int) -> None:
    fitted = fit_to_everything(get_model("pooled"), monthly(n))
    assert isinstance(fitted, FittedOnEvidence)
    (paths,) = fitted.base.blocks(3, 1100, stream(0, "x"))
    block = condition(paths, fitted.evidence)
    source = month_source(fitted, 3)
    whole = source.split(block, source.noise(1100, stream(0, "m")))
    parts = list(month_batches([block], source, stream(0, "m")))
    assert [p.log_months.shape[1] for p in parts] == [512, 512, 76]
    for name in ("log_months", "log_season", "weights"):
        joined = np.concatenate([getattr(p, name) for p in parts], axis=-1)
        assert joined == pytest.approx(getattr(whole, name), rel=1e-9)


def test_the_evidence_that_weighs_the_paths_splits_them() -> None:
    fitted = fit_to_everything(get_model("pooled"), monthly(66))
    assert isinstance(fitted, FittedOnEvidence)
    assert month_source(fitted, 3).law.evidence is fitted.evidence
