"""Months of growth paths: how a block is split does not matter."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, TradeSeries
from tradetarget.answering.months import MonthSplitter, month_batches, month_source
from tradetarget.answering.part_years import FittedOnEvidence, fit_to_everything
from tradetarget.answering.weighting import condition
from tradetarget.models import get_model
from tradetarget.seeding import stream
from tradetarget.units import Unit


def monthly(n: int) -> TradeSeries:
    t = np.arange(n)
    levels = np.exp(0.005 * t + 0.1 * np.sin(t) + 0.2 * np.cos(np.pi * t / 6)) * 100.0
    index = pd.period_range("2015-01", periods=n, freq="M")
    return TradeSeries.from_monthly(pd.Series(levels, index=index), unit=Unit.parse("USD mn"), name="A-B")


@pytest.mark.bits
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
        np.testing.assert_allclose(joined, getattr(whole, name), rtol=1e-9)


def test_paths_are_weighed_by_quarters_and_split_by_every_month() -> None:
    fitted = fit_to_everything(get_model("pooled"), monthly(67))
    assert isinstance(fitted, FittedOnEvidence)
    source = month_source(fitted, 3)
    assert isinstance(source, MonthSplitter)
    running = [
        sorted(r.window.end for r in e.parts.readings if r.year == 2020) for e in (fitted.evidence, source.law.evidence)
    ]
    assert running == [[3.0, 6.0, 7.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]


def test_without_months_the_evidence_that_weighs_the_paths_splits_them() -> None:
    years = TradeSeries.from_annual(monthly(60).annual(), unit="USD mn", name="A-B")
    part = Observation(start=date(2020, 1, 1), end=date(2020, 9, 30), value=1200.0, unit=Unit.parse("USD mn"))
    fitted = fit_to_everything(get_model("pooled"), replace(years, observations=(*years, part)))
    assert isinstance(fitted, FittedOnEvidence)
    source = month_source(fitted, 3)
    assert isinstance(source, MonthSplitter)
    assert source.law.evidence is fitted.evidence
