"""The built documentation, page by page: links, requests, widths, accessibility, and output that is none.

``sphinx-build docs docs/_build/html`` comes first; without it everything here is skipped.
"""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.browser
SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = sorted(p for p in SITE.rglob("*.html") if "_modules" not in p.parts and "_static" not in p.parts)
"""Pages of the site. Those of source code are found by their links."""
WIDTHS = (360, 768, 1440)
"""Pixels of a small phone, a tablet and a laptop."""
NO_ANSWERS = ("command not found", "Traceback (most recent call last)", "ModuleNotFoundError")
"""What a cell prints when its command could not run. A build does not fail on it."""

SCRIPT_SECONDS = 300
"""The longest that axe may take on one page. A limit of selenium's, far above the 10 s of the longest page."""
NO_FAULTS = ("autocomplete-valid",)
"""Rules of axe-core 3, which axe-selenium-python brings, that HTML contradicts. A search field may complete nothing."""

if not PAGES:
    pytest.skip("the documentation is not built: sphinx-build docs docs/_build/html", allow_module_level=True)


class Page(HTMLParser):
    """The anchors of a page, and the addresses that it names."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: set[str] = set()
        self.feed(file.read_text(encoding="utf8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif (tag, name) in (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")) and value:
                self.links.add(value)


@pytest.fixture(scope="module")
def read() -> dict[Path, Page]:
    return {p.resolve(): Page(p) for p in SITE.rglob("*.html") if "_static" not in p.parts}


def broken(file: Path, link: str, read: dict[Path, Page]) -> bool:
    """Whether a link into the site has no file, or no such anchor in it."""
    address = urlsplit(link)
    if address.scheme or link.startswith("//"):
        return False
    goal = (file.parent / unquote(address.path)).resolve() if address.path else file
    if goal not in read:
        return not goal.is_file()
    return unquote(address.fragment) not in read[goal].anchors


def test_no_link_into_the_site_is_broken(read: dict[Path, Page]) -> None:
    wrong = [(p.relative_to(SITE.resolve()), x) for p, page in read.items() for x in page.links if broken(p, x, read)]
    assert not wrong


def test_no_page_names_a_script_or_a_style_of_another_host(read: dict[Path, Page]) -> None:
    for file in read:
        text = file.read_text(encoding="utf8")
        assert 'src="http' not in text, file
        assert '<link rel="stylesheet" href="http' not in text, file


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(SITE)))
def test_no_output_on_a_page_is_that_of_a_command_that_could_not_run(file: Path) -> None:
    text = file.read_text(encoding="utf8")
    assert [words for words in NO_ANSWERS if words in text and file.stem != "install"] == []


@pytest.fixture(scope="module")
def browser() -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Named, so that selenium asks no server for one.
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def resized(browser: Any, width: int) -> int:
    """How wide the open page is where the window is ``width`` pixels wide."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return int(browser.execute_script("return document.documentElement.scrollWidth"))


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(SITE)))
def test_a_page_fits_every_width_asks_no_server_and_has_no_serious_fault(browser: Any, file: Path) -> None:
    from axe_selenium_python import Axe

    browser.get(file.as_uri())
    assert [w for w in WIDTHS if resized(browser, w) > w] == []
    browser.set_script_timeout(SCRIPT_SECONDS)
    axe = Axe(browser)
    axe.inject()
    faults = [(v["id"], v["nodes"][0]["html"][:120]) for v in axe.run()["violations"]
              if v["impact"] in ("serious", "critical") and v["id"] not in NO_FAULTS]  # fmt: skip
    assert faults == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
