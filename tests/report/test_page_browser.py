"""The view of a page in a real browser: Debian's Chromium, from disk, with hostile pages in it."""

import dataclasses
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from boilerbench.metrics import metric
from boilerbench.report.pageviews import write_pageviews
from boilerbench.types import Page
from tests.report.browser import SIZES, needed
from tests.report.browser import browser as started

pytestmark = needed

HOSTILE_PAGE = """<!doctype html><html onload="top.hacked=1"><head><base href="{0}">
<meta http-equiv=refresh content="0;url={0}refresh"><meta http-equiv=Content-Security-Policy
content="default-src *"><link rel=stylesheet href="{0}c.css">
<link rel=preload as=image href="{0}l.png">
<script src="{0}s.js"></script><script>top.hacked=1;parent.hacked=1;fetch("{0}fetch")</script>
<style>@import "{0}i.css";@font-face{{font-family:f;src:url({0}f.woff)}}
body{{background:url({0}b.png);font-family:f}} p{{background:u\\72l("{0}e.png")}}
#cover{{position:fixed;inset:0;background:#f00;z-index:99999}}
li{{list-style-image:image-set("{0}is.png" 1x)}}</style></head>
<body onload="top.hacked=1" background="{0}bg.png"><div id=cover onclick="top.hacked=1">COVER</div>
<p>The gold text of the page, by its author.</p><p style="background-image:url({0}style.png)">leak
</p>
<img src="{0}i.png" srcset="{0}i2.png 2x" onerror="top.hacked=1" alt="a picture">
<picture><source srcset="{0}p.png"><img src="{0}p2.png"></picture>
<input type=image src="{0}in.png">
<iframe src="{0}frame"></iframe><iframe srcdoc="<script>top.hacked=1</script>"></iframe>
<object data="{0}o"></object><embed src="{0}e"><video src="{0}v" poster="{0}vp" autoplay></video>
<audio src="{0}a" autoplay></audio><svg><image href="{0}svg.png"/><script>top.hacked=1</script>
<use href="{0}use.svg#x"/></svg><a id=link href="{0}link" ping="{0}ping">a link</a>
<a href="javascript:top.hacked=1">script link</a><form action="{0}form"><button>Send</button></form>
<table background="{0}table.png"><tr><td>cell</td></tr></table></body></html>"""

SAID = (
    "Extracted \u202egnp.exe</script><script>top.hacked=1</script><!-- <img src=x onerror=alert(1)>"
)
NAME = "evil/</script><b>\u202e&?#%41"
GOLD = "The gold text of the page, by its author.\n\nA second line of gold.\n"


@pytest.fixture(scope="module")
def server():
    """An address, and the list of what was asked of it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/", asked
        served.shutdown()


@pytest.fixture
def report(finished, corpus_of, tmp_path, server):
    """The folder of a report with three pages and three extractors."""
    texts = {"one": GOLD, NAME: GOLD, "three": "Plain \U0001f600 gold."}
    given = {
        "right": {page: ("ok", text, 0.01) for page, text in texts.items()},
        "</script><b>evil": {page: ("ok", SAID + text, 0.01) for page, text in texts.items()},
        "failing": dict.fromkeys(texts, ("error", "", None, SAID)),
    }
    run = finished(tmp_path / "run", texts, {"c/d": given}, corpora=("c/d",))
    html = HOSTILE_PAGE.format(server[0]).encode()
    pages = [Page(page, html, url="javascript:top.hacked=1", kind=SAID) for page in texts]
    corpus = dataclasses.replace(corpus_of("c/d", texts), read_pages=lambda: iter(pages))
    write_pageviews(run, {corpus.name: corpus})
    return run.path / "report"


@pytest.fixture(params=SIZES)
def browser(request, tmp_path):
    with started(tmp_path / "profile", request.param) as driver:
        yield driver


def opened(browser, report, page="one", extractor=None):
    """Open the view of a page, and wait for it."""
    parts = ["c/d", page, *([extractor] if extractor else [])]
    browser.get(f"{(report / 'page.html').as_uri()}#{'/'.join(quote(p, safe='') for p in parts)}")
    WebDriverWait(browser, 10).until(lambda b: b.find_element("id", "view").is_displayed())


def one(browser, selector):
    return browser.find_element("css selector", selector)


def show_original(browser):
    one(browser, "#open").click()
    WebDriverWait(browser, 10).until(lambda b: b.find_elements("css selector", "iframe"))
    return one(browser, "iframe")


def requested(browser):
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {
        message["params"]["request"]["url"].partition("#")[0]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["documentURL"].startswith("chrome")  # its own empty tab
    }


def test_it_opens_from_disk_and_asks_for_its_own_files_alone(browser, report):
    opened(browser, report)
    show_original(browser)
    assert browser.get_log("browser") == []
    names = ("page.html", "assets/page.js", "assets/page.css", "pages/index.js")
    names += ("pages/0000.js", "pages/0000.page.js", "assets/theme.js", "assets/signs.js")
    local = {url for url in requested(browser) if url != "about:srcdoc"}
    assert local == {(report / name).as_uri() for name in names}


def test_missing_and_extra_words_are_marked(browser, report):
    opened(browser, report, extractor="</script><b>evil")
    one(browser, "#mode [value=both]").click()
    marked = one(browser, "#texts")
    extra = "".join(e.text for e in marked.find_elements("css selector", "ins"))
    assert extra.startswith("Extracted RLOgnp.exe</script><script>top.hacked=1")
    assert "gold" not in extra
    assert not marked.find_elements("css selector", "del")
    one(browser, "#extractors tbody tr:nth-child(2) input").click()
    missing = [e.text for e in marked.find_elements("css selector", "del")]
    assert " ".join(missing).split() == GOLD.split()
    assert one(browser, "#error").text.startswith("Extracted RLOgnp.exe</script>")
    one(browser, "#extractors tbody tr:nth-child(3) input").click()
    assert not marked.find_elements("css selector", "del, ins")
    assert not one(browser, "#error").is_displayed()
    assert browser.current_url.endswith("/right")


def test_texts_out_of_pages_and_extractors_are_inert(browser, report):
    for page in ("one", NAME, "three"):
        for extractor in ("right", "</script><b>evil", "failing"):
            opened(browser, report, page, extractor)
            for mode in browser.find_elements("css selector", "#mode input"):
                mode.click()
                main = one(browser, "main")
                assert main.find_elements("css selector", "b, img, script, a, object") == []
                assert "\u202e" not in main.text
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script("return document.scripts.length") == 4
    assert browser.get_log("browser") == []


def test_the_original_runs_no_script_and_loads_nothing(browser, report, server):
    _, asked = server
    opened(browser, report)
    frame = show_original(browser)
    assert frame.get_attribute("sandbox") == ""
    for box in browser.find_elements("css selector", "#options input, #looks input"):
        for _ in range(2):
            box.click()
            WebDriverWait(browser, 10).until(lambda b: b.find_elements("css selector", "iframe"))
    one(browser, "#looks [name=styles]").click()
    browser.switch_to.frame(one(browser, "iframe"))
    WebDriverWait(browser, 10).until(lambda b: "COVER" in one(b, "body").text)
    for element in browser.find_elements("css selector", "a, #cover, button"):
        browser.execute_script("arguments[0].click()", element)
    assert (
        browser.find_elements("css selector", "script, link, iframe, [onclick], [href], [src]")
        == []
    )
    browser.switch_to.default_content()
    assert browser.execute_script("return window.hacked") is None
    assert asked == []
    assert browser.get_log("browser") == []
    assert {url.partition(":")[0] for url in requested(browser)} <= {"file", "about"}


def test_nothing_in_the_original_leaves_its_frame(browser, report):
    opened(browser, report)
    show_original(browser)
    one(browser, "#looks [name=styles]").click()
    at_button = browser.execute_script(
        "const box = document.getElementById('open').getBoundingClientRect();"
        "return document.elementFromPoint(box.x + 5, box.y + 5).id"
    )
    assert at_button == "open"


def test_blocks_are_marked_in_the_page(browser, report):
    opened(browser, report, extractor="</script><b>evil")
    show_original(browser)
    assert "1 block both" in one(browser, "#marked").text
    browser.switch_to.frame(one(browser, "iframe"))
    WebDriverWait(browser, 10).until(lambda b: "gold text" in one(b, "body").text)
    painted = {
        element.text: element.value_of_css_property("text-decoration-line")
        for element in browser.find_elements("css selector", "x-b")
    }
    assert painted["The gold text of the page, by its author."] == "underline"
    assert painted["leak"] == "none"


def test_a_reader_goes_from_page_to_page(browser, report):
    opened(browser, report, extractor="failing")
    assert one(browser, "#place").text == "1 of 3"
    assert one(browser, "#previous").get_attribute("href") is None
    one(browser, "#next").click()
    WebDriverWait(browser, 10).until(lambda b: one(b, "#place").text == "2 of 3")
    assert one(browser, "#title").text == NAME.replace("\u202e", "RLO")
    assert one(browser, "tr.chosen").text.startswith("failing")
    browser.back()
    WebDriverWait(browser, 10).until(lambda b: one(b, "#title").text == "one")
    assert browser.get_log("browser") == []


def test_a_page_that_is_not_there_is_said_to_be(browser, report):
    browser.get(f"{(report / 'page.html').as_uri()}#c/nothing")
    WebDriverWait(browser, 10).until(lambda b: one(b, "#message").is_displayed())
    assert "no such page" in one(browser, "#message").text


def test_an_extractor_that_is_not_there_is_said_to_be(browser, report):
    opened(browser, report, extractor=f"no {SAID}")
    said = one(browser, "#message")
    assert said.text.startswith("This report has no extractor no Extracted RLOgnp.exe</script>")
    assert said.text.endswith("shown is </script><b>evil.")
    one(browser, "#extractors tbody tr:nth-child(3) input").click()
    assert not said.is_displayed()
    assert browser.current_url.endswith("/right")
    browser.get(f"{(report / 'page.html').as_uri()}#c%2Fd/one/")  # none was asked for
    WebDriverWait(browser, 10).until(lambda b: one(b, "#title").text == "one")
    assert not said.is_displayed()
    assert one(browser, "tr.chosen")


def test_heads_and_a_note_say_what_is_counted(browser, report):
    opened(browser, report)
    heads = [head.text for head in browser.find_elements("css selector", "#extractors thead th")]
    assert heads == ["Extractor", "Outcome", "token P", "token R", "token F1", "Words missing",
                     "Words extra", "CPU ms"]  # fmt: skip
    note = one(browser, "#counts").text
    assert metric("token").about.sentence in note
    assert "there may be more than token misses" in note


def test_it_is_no_wider_than_the_window_and_has_two_themes(browser, report):
    opened(browser, report, extractor="</script><b>evil")
    for _ in range(2):
        wide, inner = browser.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert wide <= inner
        before = one(browser, "body").value_of_css_property("background-color")
        one(browser, "#theme").click()
        assert one(browser, "body").value_of_css_property("background-color") != before
    one(browser, "#theme").click()
    theme = browser.execute_script("return document.documentElement.dataset.theme")
    browser.refresh()
    assert browser.execute_script("return document.documentElement.dataset.theme") == theme


def test_it_can_be_used_by_keyboard(browser, report):
    opened(browser, report)
    one(browser, "body").send_keys(Keys.TAB)
    reached = set()
    for _ in range(25):
        active = browser.switch_to.active_element
        reached.add(active.get_attribute("id") or active.get_attribute("name") or active.tag_name)
        active.send_keys(Keys.TAB)
    assert {"list", "next", "theme", "extractor", "mode", "open", "summary"} <= reached
    chosen = one(browser, "#extractors input:checked")
    chosen.send_keys(Keys.ARROW_DOWN)
    assert one(browser, "tr.chosen th").text != chosen.find_element("xpath", "ancestor::th").text
