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

import pytest
from drawn_series import past_forecasts, series
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tradetarget import (
    Scenario,
    Target,
    TradeSystem,
    forecast,
    forecast_system,
    run_scenarios,
    sensitivity,
)
from tradetarget.errors import TradeTargetWarning
from tradetarget.models.pooled import Prior
from tradetarget.models.pooled.prior import PARAMETERS
from tradetarget.plotting import plot_hedgehog
from tradetarget.promises import Promises
from tradetarget.scenarios import GrowthShift, usual_factors

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


@LOOKS
def test_stated_against_observed_frequency() -> Any:
    return without_words(past_forecasts().plot(figsize=(5.0, 5.0)))


@LOOKS
def test_past_forecasts_over_what_happened() -> Any:
    return without_words(plot_hedgehog(past_forecasts(), size=SMALL))
