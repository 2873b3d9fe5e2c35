"""The report in headless Chromium: a leg of its own, ``pytest -m browser``; ``.ci/run`` installs what it needs."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.pages import Report, report_on

pytestmark = pytest.mark.browser
LEVELS = [2.484, 3.415, 2.931, 3.834, 4.922, 4.418, 4.131, 4.765]
SERIES = tt.TradeSeries.from_annual(pd.Series(LEVELS, index=range(2018, 2026)), unit="USD bn", name="A-B", source="S")
HALF_A_POINT = 0.005
PATHS = 50_000


@pytest.fixture(scope="module")
def report() -> Report:
    return report_on(SERIES, tt.Target(6, "USD bn", deadline=2030), horizon=10, n_paths=PATHS)


@pytest.fixture(scope="module")
def browser() -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for word in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
    ):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def opened(browser: Any, report: Report, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = report.save(Path(tmp_path_factory.mktemp("report")) / "report.html")
    browser.get(file.as_uri())
    return browser


def moved(browser: Any, **sliders: int) -> tuple[float, list[float]]:
    """The target that the page shows, and its probabilities by year, after sliders were moved."""
    for name, step in sliders.items():
        browser.execute_script(
            "const e = document.getElementById(arguments[0]); e.value = String(arguments[1]);"
            "e.dispatchEvent(new Event('input'));", name, step,
        )  # fmt: skip
    read = "return [...document.querySelectorAll('#tried-row td')].map(c => Number(c.dataset.p))"
    words = browser.execute_script("return document.getElementById('target-now').textContent")
    return float(words.split()[0]), browser.execute_script(read)


def test_untouched_it_says_what_the_forecast_says(opened: Any, report: Report) -> None:
    target, shown = moved(opened)
    assert target == 6.0
    assert shown == pytest.approx(report.forecast.hitting_time.probability.tolist(), abs=HALF_A_POINT)
    chance = opened.execute_script("return document.getElementById('chance').textContent")
    assert abs(float(chance.split()[0]) - 100 * report.forecast.hitting_time.probability_by(2030)) <= 0.5


@pytest.mark.parametrize("step", [250, 400, 700, 1000])
def test_the_target_slider_moves_the_numbers_to_what_a_fresh_forecast_says(opened: Any, step: int) -> None:
    target, shown = moved(opened, target=step, growth=10)
    fresh = tt.forecast(SERIES, tt.Target(target, "USD bn"), horizon=10).hitting_time
    assert shown == pytest.approx(fresh.probability.tolist(), abs=HALF_A_POINT)


@pytest.mark.parametrize("step", [0, 14, 30])
def test_the_growth_slider_moves_the_numbers_to_what_a_fresh_scenario_says(opened: Any, step: int) -> None:
    growth = -0.05 + 0.005 * step
    target, shown = moved(opened, target=500, growth=step)
    faster = tt.Scenario("faster", [tt.GrowthShift(growth)])
    fresh = tt.run_scenarios(SERIES, tt.Target(target, "USD bn"), faster, horizon=10, n_paths=PATHS)
    assert shown == pytest.approx(fresh.hitting_times["faster"].probability.tolist(), abs=HALF_A_POINT)


def test_the_button_goes_back_to_the_question_as_it_was_asked(opened: Any) -> None:
    moved(opened, target=900, growth=3)
    opened.find_element("id", "reset").click()
    assert moved(opened)[0] == 6.0


def test_nothing_is_logged_and_no_request_leaves_the_page(opened: Any) -> None:
    assert [entry["message"] for entry in opened.get_log("browser")] == []
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert asked
    assert all(url.startswith(("data:", "file:")) for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_no_serious_fault_and_no_page_scrolls_sideways(opened: Any, scheme: str, width: int) -> None:
    from axe_selenium_python import Axe

    chosen = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", chosen)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert opened.execute_script("return document.documentElement.scrollWidth") <= width
    axe = Axe(opened)
    axe.inject()
    faults = [(v["id"], v["impact"]) for v in axe.run()["violations"]]
    assert [f for f in faults if f[1] in ("serious", "critical")] == []
