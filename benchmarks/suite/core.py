"""The main job and its parts: fit, simulate, hitting time, import, the whole command."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget.answering.counting import hitting_time_of
from tradetarget.errors import ModelError
from tradetarget.models import get_model, model_names
from tradetarget.models.random_walk import estimate_random_walks

FIVE = tt.Target(5.0, unit="USD bn")


def headline() -> tt.TradeSeries:
    return tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"].in_unit("USD bn")


def with_a_part() -> tt.TradeSeries:
    """The headline series and nine months of the year after it, at the pace of the last one."""
    series = headline()
    last, total = int(series.annual().index[-1]), float(series.annual().iloc[-1])
    nine = tt.Observation(
        start=date(last + 1, 1, 1), end=date(last + 1, 9, 30), value=0.75 * total, unit=series.unit,
        flow=series.flow, reporter=series.reporters[0] if series.reporters else None,
    )  # fmt: skip
    return replace(series, observations=(*series.observations, nine))


def months_of_20_years() -> tt.TradeSeries:
    """A simulated random walk of 240 months with drift, a season and noise."""
    rng, month = np.random.default_rng(1), np.arange(240)
    trend = np.cumsum(rng.normal(0.005, 0.03, 240))
    x = trend + 0.1 * np.sin(np.pi * month / 6) + rng.normal(0.0, 0.05, 240)
    index = pd.period_range("2005-01", periods=240, freq="M")
    return tt.TradeSeries.from_monthly(pd.Series(0.2 * np.exp(x), index=index), unit="USD bn", name="A-B")


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
    negligible = 3.5  # standard errors: the largest of ten gaps passes this once in two hundred draws (normal law)

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


class Conditioned:
    """forecast() by the pooled law when months or a part of a year are known, once everything is imported."""

    params = [["a January-September level", "20 years of months"], ["calendar_year", "rolling_12_months", "run_rate"]]
    param_names = ["known", "event"]
    only_with_all = ("run_rate",)

    def setup(self, known: str, event: str) -> None:
        self.series = with_a_part() if known.startswith("a ") else months_of_20_years()
        self.target = tt.Target(1.25 * float(self.series.annual().iloc[-1]), "USD bn", event=event)
        self.time_forecast(known, event)

    def time_forecast(self, known: str, event: str) -> None:
        tt.forecast(self.series, self.target, "pooled")


class Batch:
    """Many units at once: 25 years each, four targets, ten years ahead."""

    params = [1, 10**3, 10**5]
    param_names = ["units"]
    timeout = 300
    only_with_all = (10**5,)

    def setup(self, units: int) -> None:
        rng = np.random.default_rng(0)
        self.logs = rng.normal(5, 2, (units, 1)) + np.cumsum(rng.normal(0.05, 0.2, (units, 25)), axis=1)
        few = min(units, 10**4)  # the whole table of 10^5 units takes a minute to make and to answer
        name = np.array([f"u{i}" for i in range(few)])
        levels = np.exp(self.logs[:few])
        years = np.tile(np.arange(2000, 2025), few)
        self.panel = pd.DataFrame({"unit": np.repeat(name, 25), "period": years, "value": levels.ravel()})
        multiples = np.array([1.25, 1.5, 2.0, 3.0])
        self.targets = pd.DataFrame({"unit": np.repeat(name, 4), "target": (levels[:, -1:] * multiples).ravel()})

    def time_fit_random_walk(self, units: int) -> None:
        estimate_random_walks(self.logs)

    def time_forecast_targets(self, units: int) -> None:
        tt.forecast_targets(self.panel, self.targets)

    def peakmem_forecast_targets(self, units: int) -> None:
        tt.forecast_targets(self.panel, self.targets)


class Scenarios:
    """Twenty scenarios on shared paths, beside the baseline alone."""

    params = [0, 20]
    param_names = ["scenarios"]

    def setup(self, scenarios: int) -> None:
        self.series = headline()
        self.scenarios = [tt.Scenario(f"s{i}", [tt.GrowthShift(i / 1000)]) for i in range(scenarios)]

    def time_run_scenarios(self, scenarios: int) -> None:
        tt.run_scenarios(self.series, FIVE, self.scenarios, horizon=20, n_paths=10**5)


class Inverse:
    """How much more growth would reach the target in time, from 2 x 10^6 paths."""

    only_with_all = True

    def setup(self) -> None:
        self.series = headline()

    def time_required(self) -> None:
        tt.required(self.series, tt.Target(10.0, unit="USD bn"), by=2030)


PROGRAM = "import sys; from tradetarget.cli import main; sys.exit(main())"
"""The program, as commits start it that have no ``python -m tradetarget``."""


class WholeProcess:
    """What a user waits for, start-up included."""

    commands = {
        "import pandas": ("-c", "import pandas"),
        "import every public name": ("-c", "from tradetarget import *"),
        "--help": ("-c", PROGRAM, "--help"),
        "forecast": ("-c", PROGRAM, "forecast"),
        "forecast --plot": ("-c", PROGRAM, "forecast", "--plot", "out.png"),
    }
    params = [list(commands)]
    param_names = ["command"]
    only_with_all = ("import pandas", "import every public name", "forecast --plot")
    timeout = 120

    def time_process(self, command: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, *self.commands[command]], check=True, capture_output=True, cwd=Path(folder))
