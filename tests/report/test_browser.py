"""The report in a real browser: Debian's Chromium, from disk, without a network."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

import boilerbench as bb

HOSTILE = "<img src=x onerror=alert(1)>|\u202egnp.exe"

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium and chromedriver on this machine"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    mine = folder / "mine.py"
    mine.write_text(f"def extract(page):\n    raise ValueError({HOSTILE!r} + '</script>')\n")
    run = bb.run(
        "gazette",
        ["trafilatura", "readability-lxml", "justext", "everything", "nothing", f"{mine}:extract"],
        output=folder / "run",
        command=f"boilerbench run -e {HOSTILE}",
    )
    return run.path / "report" / "index.html"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request: pytest.FixtureRequest, index: Path, tmp_path: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    try:
        width, height = request.param
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(index.as_uri())
        yield driver
    finally:
        driver.quit()


def test_it_opens_from_disk_and_asks_for_nothing_else(browser: Chrome, index: Path) -> None:
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requested = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["documentURL"].startswith("chrome")  # its own empty tab
    }
    assert requested == {index.as_uri()}
    assert index.stat().st_size < 3_000_000


def test_the_page_is_no_wider_than_the_window(browser: Chrome) -> None:
    wide, inner = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert wide <= inner


def test_table_and_charts_are_painted(browser: Chrome) -> None:
    rows = browser.find_elements("css selector", "table")[0].find_elements(
        "css selector", "tbody tr"
    )
    assert len(rows) == 6
    charts = browser.find_elements("css selector", "figure svg")
    assert [len(chart.find_elements("css selector", "circle")) for chart in charts] == [4, 4]
    for chart in charts:
        assert chart.size["width"] > 250
        for name in chart.find_elements("css selector", "circle + text"):
            assert name.rect["x"] >= chart.rect["x"]
            assert name.rect["x"] + name.rect["width"] <= chart.rect["x"] + chart.rect["width"] + 1


def test_texts_out_of_pages_are_inert(browser: Chrome) -> None:
    assert browser.find_elements("css selector", "img, script, iframe, link, object") == []
    assert "<img src=x onerror=alert(1)>" in browser.find_element("css selector", "main").text
