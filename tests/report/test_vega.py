"""The bundle of JavaScript, and charts in a real browser under the report's strict policy."""

import json
import time
from importlib import resources

import pytest
from selenium.webdriver import ActionChains

from boilerbench.report import vega
from boilerbench.report.figures import script
from tests.report.browser import SIZES, load, needed
from tests.report.browser import browser as started
from tests.report.test_figures import hostile_figures

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{policy}"><title>charts</title>
<script src="assets/figures.js" defer></script><script src="assets/charts.js" defer></script>
<link rel="stylesheet" href="assets/style.css"><body>{hosts}</body></html>
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _cached(cache, monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CACHE", str(cache))


def test_the_bundle_is_made_once(cache, monkeypatch):
    made = vega.bundle()
    (kept,) = (cache / "report").iterdir()
    assert kept.read_text(encoding="utf-8") == made
    assert len(made) < 1_200_000  # of the 3 MB that the report's first page may weigh
    monkeypatch.setattr(vega, "_made", lambda: pytest.fail("it was made again"))
    assert vega.bundle() == made


def test_without_a_cache_the_bundle_is_made_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(vega, "_made", lambda: "made")
    assert vega.bundle() == "made"


@pytest.fixture(scope="module")
def site(cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "assets").mkdir()
    figures = {figure.name: figure for figure in hostile_figures()}
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setenv("BOILERBENCH_CACHE", str(cache))
        (folder / "assets" / "vega.js").write_text(vega.bundle(), encoding="utf-8")
    charts = resources.files("boilerbench.report") / "assets" / "charts.js"
    (folder / "assets" / "charts.js").write_bytes(charts.read_bytes())
    (folder / "assets" / "figures.js").write_text(script(figures), encoding="utf-8")
    (folder / "assets" / "style.css").write_text(
        "[data-figure] { min-height: 200px; overflow-x: auto } .chart-tip { position: fixed }"
        ".chart-tip[hidden] { display: none }"
    )
    hosts = "".join(f'<div data-figure="{name}"></div>' for name in figures)
    hosts += '<div data-figure="absent"></div>'
    (folder / "index.html").write_text(PAGE.format(policy=POLICY, hosts=hosts))
    return folder / "index.html", len(figures)


@pytest.fixture(params=SIZES)
def browser(request, site, tmp_path):
    with started(tmp_path / "profile", request.param) as driver:
        load(driver, site[0].as_uri())
        yield driver


def until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@needed
def test_charts_are_drawn_from_disk_under_a_strict_policy(browser, site):
    index, count = site
    assert browser.execute_script("return document.querySelectorAll('svg').length") < count
    hosts = browser.find_elements("css selector", "[data-figure]:not([data-figure=absent])")
    for host in hosts:
        browser.execute_script("arguments[0].scrollIntoView()", host)
        until(lambda host=host: host.find_elements("css selector", "svg"))
    for host in hosts:
        chart = host.find_element("css selector", "[role=img]")
        assert chart.get_attribute("aria-label")
        assert len(host.find_elements("css selector", "svg path, svg text")) > 5
    wide, inner = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert wide <= inner

    # Nothing is run, loaded or complained of, whatever the names say.
    dots = browser.find_elements("css selector", "[data-figure=cost] .mark-symbol path")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", dots[1])
    ActionChains(browser).move_to_element(dots[1]).perform()
    tip = browser.find_element("css selector", ".chart-tip")
    until(tip.is_displayed)
    assert "Extractor" in tip.text
    assert tip.find_elements("css selector", "script, img") == []
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requested = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["documentURL"].startswith("chrome")  # its own empty tab
    }
    assets = {"figures.js", "charts.js", "vega.js", "style.css"}
    assert requested == {index.as_uri()} | {
        (index.parent / "assets" / name).as_uri() for name in assets
    }


@needed
def test_another_theme_draws_charts_again(browser):
    host = browser.find_element("css selector", "[data-figure=precision-recall]")

    def colours():
        return {
            mark.get_attribute("fill") or mark.get_attribute("stroke")
            for mark in host.find_elements("css selector", ".mark-text text")
        }

    until(lambda: host.find_elements("css selector", "svg"))
    light = colours()
    browser.execute_script("document.documentElement.dataset.theme = 'dark'")
    until(lambda: host.get_attribute("data-drawn") == "dark" and colours() != light)
    assert len(host.find_elements("css selector", "svg")) == 1
    browser.execute_script("document.documentElement.dataset.theme = 'light'")
    until(lambda: colours() == light)
    assert browser.get_log("browser") == []
