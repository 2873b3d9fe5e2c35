"""Eight pictures look as they did: shapes, colours and places, compared with images that are kept.

Plain pytest draws them and compares nothing; ``pytest --mpl`` compares, as ``.ci/run`` does with the newest and the
oldest matplotlib. Every release of matplotlib draws letters a little differently, so words are hidden, and taken to be
0.6 times as wide as high a letter: that they stand on the page and not over one another is tested in ``test_sizes``.
New images are made on purpose, and looked at:

    pytest tests/plotting/test_images.py --mpl-generate-path=tests/plotting/baseline
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tradetarget import (
    Scenario,
    Target,
    TradeSeries,
    TradeSystem,
    forecast,
    forecast_system,
    run_scenarios,
    sensitivity,
)
from tradetarget.errors import TradeTargetWarning
from tradetarget.evaluation import Backtest
from tradetarget.evaluation.baselines import baselines
from tradetarget.models.pooled import Prior
from tradetarget.models.pooled.prior import PARAMETERS
from tradetarget.plotting import plot_hedgehog
from tradetarget.promises import Promises
from tradetarget.scenarios import GrowthShift, usual_factors

LEVELS = [0.21, 0.24, 0.51, 1.42, 1.58, 2.14, 1.67, 2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]
DUE = Target(7, "USD bn", deadline=2030)
FAST: dict[str, Any] = {"model": "random-walk", "n_paths": 1024}
SMALL = (6.0, 4.5)
TOLERANCE = 0.5
"""Root mean square of the difference of colours, 0 to 255. Measured: at most 0.01 between matplotlib 3.8.0 and 3.11.2,
and 0.5 or more without any one of the lines, bands and bars that can be seen."""
LOOKS = pytest.mark.mpl_image_compare(
    style="default", tolerance=TOLERANCE, savefig_kwargs={"dpi": 40, "metadata": {"Software": None}}
)


@pytest.fixture(autouse=True)
def _letters_of_one_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places depend on how wide words are, which differs between releases of matplotlib and of FreeType."""

    def extent(words: Text, *_: object, **__: object) -> Bbox:
        lines, size = words.get_text().split("\n"), words.get_fontsize() / 72 * words.figure.dpi
        return Bbox.from_bounds(0, 0, 0.6 * size * max(map(len, lines)), 1.2 * size * len(lines))

    monkeypatch.setattr(Text, "get_window_extent", extent)


def series(name: str = "Here-There", factor: float = 1.0) -> TradeSeries:
    totals = pd.Series(np.array(LEVELS) * factor, index=range(2011, 2026))
    return TradeSeries.from_annual(totals, unit="USD bn", name=name)


def without_words(figure: Any) -> Any:
    """The figure with its words hidden; they are measured and placed before."""
    figure.canvas.draw()
    for words in figure.findobj(Text):
        words.set_visible(False)
    return figure


@LOOKS
def test_the_fan_of_a_forecast() -> Any:
    return without_words(forecast(series(), DUE, method="simulation", **FAST).plot(figsize=SMALL))


@LOOKS
def test_the_distribution_of_the_year() -> Any:
    return without_words(forecast(series(), DUE, method="simulation", **FAST).hitting_time.plot(figsize=(6.0, 3.0)))


@LOOKS
def test_scenarios_side_by_side() -> Any:
    scenarios = [Scenario(f"Growth {k:+d}", [GrowthShift(k / 100)]) for k in (4, -4)]
    return without_words(run_scenarios(series(), DUE, scenarios, **FAST).plot(figsize=SMALL))


@LOOKS
def test_the_tornado_of_factors() -> Any:
    return without_words(sensitivity(series(), DUE, usual_factors(), **FAST).plot(figsize=(6.0, 3.0)))


@LOOKS
def test_a_region_and_its_pairs() -> Any:
    # Parameters as they are thought before any panel, so that another estimate of the shipped ones leaves the picture.
    prior = Prior({p.name: p.natural(p.centre) for p in PARAMETERS}, {})
    region = TradeSystem("Here-All", [series(), series("Here-Elsewhere", 0.4)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        answer = forecast_system(region, {"Here-There": DUE}, n_paths=2048, prior=prior)
    return without_words(answer.plot(figsize=(6.0, 5.5)))


@LOOKS
def test_promises_and_how_long_they_waited() -> Any:
    return without_words(Promises.shipped().plot(figsize=SMALL))


def past_forecasts() -> Backtest:
    """Ten origins, each sure of a growth of 8 % a year give or take 20 % a year, beside what happened."""
    actual, rows, levels = series().annual(), [], []
    for origin in range(2014, 2024):
        last = float(actual.loc[origin])
        for ahead in (1, 2, 3):
            value = float(actual.get(origin + ahead, np.nan))
            middle = last * 1.08**ahead
            stated = 0.2 + 0.07 * (origin - 2014) + 0.02 * ahead
            happened = pd.NA if np.isnan(value) else bool(actual.loc[origin + 1 : origin + ahead].max() >= 1.25 * last)
            rows.append(("Here-There", origin, 1.25 * last, 1.25, origin + ahead, ahead, happened, stated))
            levels.append(("Here-There", origin, origin + ahead, ahead, middle / 1.2**ahead, middle,
                           middle * 1.2**ahead, value))  # fmt: skip
    names = ["unit", "origin", "target", "multiple", "period", "years_ahead", "reached", "probability"]
    frame = pd.DataFrame(rows, columns=names).astype({"reached": "boolean"})
    frame[[*baselines()]] = 0.5
    spans = pd.DataFrame(levels, columns=[*names[:2], *names[4:6], "low", "median", "high", "value"])
    skipped = pd.DataFrame({"unit": [], "origin": [], "reason": []})
    return Backtest("a model", frame, spans, None, {"Here-There": actual}, skipped, 3, "as_of", 0)


@LOOKS
def test_stated_against_observed_frequency() -> Any:
    return without_words(past_forecasts().plot(figsize=(5.0, 5.0)))


@LOOKS
def test_past_forecasts_over_what_happened() -> Any:
    return without_words(plot_hedgehog(past_forecasts(), size=SMALL))
