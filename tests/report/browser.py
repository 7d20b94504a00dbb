"""Debian's Chromium for tests of the report, and axe-core, which finds faults of accessibility."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from boilerbench.errors import UserError
from boilerbench.extractors.installers import npm
from tests.registries import npm_registry, skip_if_silent

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = "4.14.1"

needed = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium and chromedriver on this machine"
)

SIZES = {"desktop": (1280, 900), "phone": (400, 844)}

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def browser(profile: Path, size: str = "desktop", scheme: str = "light") -> Iterator[Chrome]:
    """A browser of its own, whose window is of one of `SIZES`."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    try:
        width, height = SIZES[size]
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        prefer(driver, scheme)
        yield driver
    finally:
        driver.quit()


def load(driver: Chrome, address: str) -> None:
    """Open a page, and wait until it is whole: where the machine is busy, `get` may return as soon
    as there is a document, of which nothing is parsed yet."""
    driver.get(address)
    ready = "return document.readyState === 'complete'"
    WebDriverWait(driver, 60).until(lambda one: one.execute_script(ready))


def prefer(driver: Chrome, scheme: str, media: str = "") -> None:
    """Let the system be light or dark, and the medium be `print`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


def requested(driver: Chrome) -> set[str]:
    """The addresses of all that was asked for since this was asked."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["documentURL"].startswith("chrome")  # its own empty tab
    }


def serious(driver: Chrome) -> list[tuple[str, list[str]]]:
    """The serious and critical faults of the page that is shown, with what has them."""
    driver.execute_script(_axe())
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations))"
    )
    return [
        (fault["id"], [node["html"][:200] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def _axe() -> str:
    """axe-core as a script, installed once into the user's cache."""
    folder = platformdirs.user_cache_path("boilerbench") / "tests" / f"axe-core-{AXE}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            npm(
                ["install", "--prefix", ".", "--ignore-scripts", "--no-audit", "--no-fund",
                 f"axe-core@{AXE}"],
                folder,
            )  # fmt: skip
        except UserError as problem:
            skip_if_silent(npm_registry, problem)
            raise
    return script.read_text("utf-8")
