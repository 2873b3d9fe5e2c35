"""The main job and its parts: fit, simulate, hitting time, import, the whole command."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import tradetarget as tt
from tradetarget.errors import ModelError
from tradetarget.forecasting import hitting_time_of
from tradetarget.models import get_model, model_names

FIVE = tt.Target(5.0, unit="USD bn")


def headline() -> tt.TradeSeries:
    return tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"].in_unit("USD bn")


class Fit:
    """The fit of each model to the headline series."""

    params = [sorted(model_names())]
    param_names = ["model"]

    def setup(self, model: str) -> None:
        warnings.simplefilter("ignore")
        self.model, self.series = get_model(model), headline()
        try:
            self.model.fit(self.series)
        except ModelError:
            raise NotImplementedError from None  # asv's way to skip: this model refuses the headline series

    def time_fit(self, model: str) -> None:
        self.model.fit(self.series)


class Simulate:
    """10^5 paths of 20 years of the random walk, its hitting time, and the normals alone for comparison."""

    n_paths, years = 10**5, 20

    def setup(self) -> None:
        self.series = headline()
        self.fitted = get_model("random-walk").fit(self.series)

    def time_normals_alone(self) -> None:
        np.random.Generator(np.random.SFC64(0)).standard_normal((self.years, self.n_paths))

    def time_simulation_and_hitting_time(self) -> None:
        rng = np.random.Generator(np.random.SFC64(0))
        hitting_time_of(self.fitted.blocks(self.years, self.n_paths, rng), FIVE, self.series)

    def peakmem_simulation_and_hitting_time(self) -> None:
        self.time_simulation_and_hitting_time()

    def peakmem_ten_times_the_paths(self) -> None:
        rng = np.random.Generator(np.random.SFC64(0))
        hitting_time_of(self.fitted.blocks(self.years, 10 * self.n_paths, rng), FIVE, self.series)


class Forecast:
    """forecast() once everything is imported."""

    params = ["random-walk", "pooled"]
    param_names = ["model"]

    def setup(self, model: str) -> None:
        self.series = headline()
        tt.forecast(self.series, FIVE, model=model)

    def time_forecast(self, model: str) -> None:
        tt.forecast(self.series, FIVE, model=model)

    def track_law_minus_simulation(self, model: str) -> float:
        """The largest gap between law and 10^5 simulated paths, in standard errors: about 2 when they agree."""
        law = tt.forecast(self.series, FIVE, model=model).hitting_time
        drawn = tt.forecast(self.series, FIVE, model=model, method="simulation", n_paths=10**5).hitting_time
        assert drawn.standard_errors is not None
        return float(np.abs((law.probability - drawn.probability) / drawn.standard_errors).max())


class WholeProcess:
    """What a user waits for, start-up included."""

    timeout = 120

    def run(self, *words: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=Path(folder))

    def time_import_pandas(self) -> None:
        self.run("-c", "import pandas")

    def time_import_tradetarget_and_its_names(self) -> None:
        self.run("-c", "from tradetarget import *")

    def time_help(self) -> None:
        self.run("-m", "tradetarget.cli", "--help")

    def time_forecast(self) -> None:
        self.run("-m", "tradetarget.cli", "forecast")

    def time_forecast_with_plot(self) -> None:
        self.run("-m", "tradetarget.cli", "forecast", "--plot", "out.png")
