"""A growth model whose worker process dies on one series, as one does that the system kills for want of memory."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tradetarget import TradeSeries
from tradetarget.models.interface import FittedGrowth, ModelDefaults
from tradetarget.models.random_walk import RandomWalk


@dataclass(frozen=True)
class Dying(ModelDefaults):
    """A random walk that kills its process when it meets ``series``, as long as there is no file ``mended``."""

    series: str
    mended: str
    name: str = "dying"
    min_observations: int = 3

    def fit(self, series: TradeSeries, drivers: pd.DataFrame | None = None) -> FittedGrowth:
        if series.name == self.series and not Path(self.mended).exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return RandomWalk().fit(series, drivers)
