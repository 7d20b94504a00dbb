"""The report's first page in a real browser: from disk, without a network."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

import boilerbench as bb
from boilerbench.ranking import rankings
from boilerbench.store import Run
from tests.report.browser import SIZES, browser, load, needed, prefer, requested, serious

pytestmark = needed

HOSTILE = '<img src=x onerror="window.ran=1">|\u202egnp.exe</script><script>window.ran=1</script>'


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two corpora, one of them with names that try to be more than names."""
    folder = tmp_path_factory.mktemp("report")
    mine = folder / "mine.py"
    mine.write_text(
        f"def extract(page):\n    raise ValueError({HOSTILE!r} + '\\n' + {HOSTILE!r})\n"
    )
    records = [
        {
            "id": f"{number} {HOSTILE}",
            "html": f"<main><p>some text {number} {HOSTILE}</main><nav>leaked {HOSTILE}</nav>",
            "text": f"some text {number}",
            "url": f"http://example.org/{HOSTILE}",
            "kind": HOSTILE if number % 2 else "article",
            "lang": "en",
        }
        for number in range(6)
    ]
    corpus = folder / "hostile.jsonl"
    corpus.write_text("".join(json.dumps(record) + "\n" for record in records))
    run = bb.run(
        ["gazette", str(corpus)],
        ["trafilatura", "readability-lxml", "justext", "everything", "nothing", f"{mine}:extract"],
        output=folder / "run",
        command=f"boilerbench run -e {HOSTILE}",
        selection=bb.Selection(sample=130),
    )
    return run.path / "report" / "index.html"


@pytest.fixture(scope="module", params=SIZES)
def window(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chrome]:
    with browser(tmp_path_factory.mktemp("profile"), request.param) as driver:
        yield driver


@pytest.fixture
def page(window: Chrome, index: Path) -> Iterator[Chrome]:
    window.get_log("browser")
    requested(window)
    load(window, index.as_uri())
    yield window
    window.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def one(page: Chrome, selector: str):
    return page.find_element("css selector", selector)


def every(page: Chrome, selector: str):
    return page.find_elements("css selector", selector)


def choose(page: Chrome, control: str, text: str) -> None:
    Select(one(page, f"#{control}")).select_by_visible_text(text)


def names(page: Chrome) -> list[str]:
    return [cell.text.lstrip("★") for cell in every(page, "#board tbody th")]


def column(page: Chrome, heading: str) -> list[str]:
    headings = [cell.text for cell in every(page, "#board thead th")]
    place = headings.index(heading)
    return [
        row.find_elements("css selector", "th, td")[place].text
        for row in every(page, "#board tbody tr")
    ]


def quiet(page: Chrome) -> None:
    assert page.get_log("browser") == []
    assert all(address.startswith("file:") for address in requested(page))
    assert page.execute_script("return window.ran") is None


def whole_view(page: Chrome) -> None:
    """Wait until a page view shows its page."""
    WebDriverWait(page, 20).until(lambda _: "page.html" in page.current_url)
    WebDriverWait(page, 20).until(lambda _: one(page, "#view").is_displayed())


def test_it_opens_from_disk_and_asks_for_its_own_files_alone(page: Chrome, index: Path) -> None:
    assert every(page, "#board tbody tr")
    assert page.get_log("browser") == []
    addresses = requested(page)
    files = [Path(unquote(address.removeprefix("file://"))) for address in addresses]
    assert index in files
    assert all(file.is_relative_to(index.parent) for file in files)
    assert sum(file.stat().st_size for file in files) < 3_000_000


def test_the_page_is_no_wider_than_the_window(page: Chrome) -> None:
    for details in every(page, "details"):
        page.execute_script("arguments[0].open = true", details)
    wide, inner = page.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert wide <= inner


def test_a_press_on_a_heading_sorts(page: Chrome) -> None:
    button = one(page, "#board thead th:first-child button")
    button.click()
    assert names(page) == sorted(names(page), key=str.lower)
    assert one(page, "#board thead th:first-child").get_attribute("aria-sort") == "ascending"
    button.click()
    assert names(page) == sorted(names(page), key=str.lower, reverse=True)
    (speed,) = [b for b in every(page, "#board thead button") if b.text == "CPU ms"]
    speed.send_keys(Keys.ENTER)
    times = [float(time) for time in column(page, "CPU ms") if time]
    assert times == sorted(times)
    assert [cell.text for cell in every(page, "#board thead [aria-sort]")] == ["CPU ms"]
    quiet(page)


def test_a_slice_is_shown_as_it_was_computed(page: Chrome, index: Path) -> None:
    boards = rankings(Run(index.parents[1]), ("kind",))
    (forum,) = [
        board
        for board in boards
        if (board.corpus, board.part, board.metric) == ("gazette", "kind=forum", "shingle")
    ]
    choose(page, "corpus", "gazette")
    choose(page, "metric", "shingle")
    choose(page, "part", f"forum ({forum.pages})")
    assert one(page, "#of").text == f"gazette, kind=forum, {forum.pages} pages, by shingle"
    assert column(page, "Group") == [ranked.letters for ranked in forum.ranked]
    assert column(page, "F1") == [f"{ranked.row.f1:.3f}" for ranked in forum.ranked]
    starred = [
        bool(row.find_elements("css selector", ".star")) for row in every(page, "#board tbody tr")
    ]
    assert starred == [ranked.best for ranked in forum.ranked]
    assert "|n:4|" in one(page, "#footer").text
    assert forum.resampled in one(page, "#footer").text
    choose(page, "corpus", "all corpora")
    assert "all corpora" in one(page, "#of").text
    quiet(page)


def test_a_board_of_too_few_pages_has_neither_stars_nor_groups(page: Chrome, index: Path) -> None:
    (board, *_) = [b for b in rankings(Run(index.parents[1])) if b.corpus == "hostile"]
    choose(page, "corpus", "gazette")
    assert one(page, "#starred").is_displayed()
    choose(page, "corpus", "hostile")
    assert not one(page, "#starred").is_displayed()
    assert every(page, "#board .star") == []
    headings = [cell.text for cell in every(page, "#board thead th")]
    assert "Group" not in headings
    assert all(
        len(row.find_elements("css selector", "th, td")) == len(headings)
        for row in every(page, "#board tbody tr")
    )
    assert board.tested in one(page, "#footer").text
    rank = headings.index("Rank")
    title = every(page, "#board thead th")[rank].get_attribute("title")
    assert f"{title}\n" in one(page, "#footer").text
    quiet(page)


def test_what_scrolls_has_a_shade_at_its_edge(page: Chrome) -> None:
    painted = page.execute_script(
        "return [...document.querySelectorAll('.scroll')]"
        ".map((one) => getComputedStyle(one).backgroundAttachment)"
    )
    assert set(painted) == {"local, local, scroll, scroll"}


def test_scripts_show_the_same_table_as_the_page_does_without(page: Chrome, index: Path) -> None:
    with_scripts = [row.text for row in every(page, "#board tbody tr")]
    footer = one(page, "#footer").text
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    load(page, index.as_uri())
    assert [row.text for row in every(page, "#board tbody tr")] == with_scripts
    assert one(page, "#footer").text == footer
    assert not one(page, "#choose").is_displayed()
    assert "needs JavaScript" in one(page, "main").text


def test_pairs_are_those_of_the_ranking_seen_from_the_chosen_one(page: Chrome, index: Path) -> None:
    choose(page, "corpus", "gazette")
    (board, *_) = rankings(Run(index.parents[1]))
    best, second = (ranked.row.extractor for ranked in board.ranked[:2])
    (pair,) = [p for p in board.pairs if (p.first, p.second) == (best, second)]
    one(page, "#pairs summary").click()
    assert len(every(page, "#paired tbody tr")) == len(board.ranked) - 1
    shown = [cell.text for cell in every(page, "#paired tbody tr:first-child > *")]
    assert shown[0] == f"{best} − {second}"
    assert shown[1] == f"+{-pair.difference.value:.3f}".replace("+0.", "+.")
    assert shown[-3:] == [str(pair.losses), str(pair.ties), str(pair.wins)]
    choose(page, "first", second)
    choose(page, "second", best)
    (row,) = every(page, "#paired tbody tr")
    turned = [cell.text for cell in row.find_elements("css selector", "th, td")]
    assert turned[1] == f"−{-pair.difference.value:.3f}".replace("−0.", "−.")
    assert turned[-3:] == [str(pair.wins), str(pair.ties), str(pair.losses)]
    quiet(page)


def test_the_theme_is_switched_and_kept(page: Chrome) -> None:
    def background() -> str:
        return page.execute_script("return getComputedStyle(document.body).backgroundColor")

    light = background()
    one(page, "#theme").click()
    dark = background()
    assert dark != light
    assert one(page, "#theme").text == "Light"
    page.refresh()
    assert background() == dark
    one(page, "#theme").click()
    assert background() == light


def test_the_system_says_the_theme_where_nobody_chose(index: Path, tmp_path: Path) -> None:
    with browser(tmp_path / "profile", scheme="dark") as driver:
        load(driver, index.as_uri())
        assert one(driver, "#theme").text == "Light"
        prefer(driver, "light")
        driver.refresh()
        assert one(driver, "#theme").text == "Dark"


def test_pages_are_filtered_ordered_and_turned(page: Chrome) -> None:
    def ids() -> list[str]:
        return [link.text for link in every(page, "#list tbody a")]

    def spreads() -> list[float]:
        return page.execute_script(
            "return [...document.querySelectorAll('#list tbody tr')].map(({cells}) =>"
            "cells[cells.length - 2].textContent - cells[cells.length - 3].textContent)"
        )

    assert one(page, "#range").text == "1–100 of 136"
    assert spreads() == sorted(spreads(), reverse=True)
    assert not one(page, "#back").is_enabled()
    assert (one(page, "#back").text, one(page, "#on").text) == ("← Previous", "Next →")
    first = ids()
    one(page, "#on").click()
    assert one(page, "#range").text == "101–136 of 136"
    assert not set(ids()) & set(first)
    choose(page, "order", "as in the corpus")
    assert one(page, "#range").text == "1–100 of 136"
    one(page, "#filter").send_keys("FORUM")
    assert ids()
    for row in every(page, "#list tbody tr"):
        assert "forum" in row.text
    one(page, "#filter").send_keys(" surely nowhere")
    assert ids() == []
    one(page, "#filter").send_keys(Keys.CONTROL, "a")
    one(page, "#filter").send_keys(Keys.DELETE)
    choose(page, "page-corpus", "gazette")
    choose(page, "page-kind", "forum")
    assert {
        row.find_elements("css selector", "td")[1].text for row in every(page, "#list tbody tr")
    } == {"forum"}
    choose(page, "page-kind", "all")
    choose(page, "page-extractor", "justext")
    choose(page, "order", "worst for an extractor")
    figures = page.execute_script(
        "return [...document.querySelectorAll('#list tbody tr')]"
        ".map((row) => Number(row.cells[4].textContent))"
    )
    assert figures == sorted(figures)
    quiet(page)


def test_a_page_of_the_list_opens_its_view(page: Chrome) -> None:
    choose(page, "page-corpus", "gazette")
    link = one(page, "#list tbody a")
    wanted = link.text
    link.click()
    whole_view(page)
    assert one(page, "#title").text == wanted
    page.back()
    WebDriverWait(page, 20).until(lambda _: every(page, "#list tbody a"))
    quiet(page)


def test_an_error_leads_to_the_page_that_shows_it(page: Chrome) -> None:
    choose(page, "wrong-corpus", "gazette")
    choose(page, "wrong-extractor", "justext")
    said = [item.text for item in every(page, "#faults .said li")]
    assert any("of justext's false tokens come from" in text for text in said)
    assert any("of justext's lost tokens" in text for text in said)
    link = one(page, "#faults tbody a")
    address = link.get_attribute("href")
    assert address.endswith("/justext")
    link.send_keys(Keys.ENTER)
    whole_view(page)
    assert page.current_url == address
    quiet(page)


def test_a_failure_leads_to_its_page(page: Chrome) -> None:
    one(page, ".misses tbody a").click()
    whole_view(page)
    quiet(page)


def test_charts_are_drawn_once_they_are_looked_at(page: Chrome) -> None:
    page.execute_script("document.getElementById('charts').scrollIntoView()")
    WebDriverWait(page, 20).until(lambda _: every(page, "figure .chart svg"))
    quiet(page)


def test_names_and_errors_stay_texts(page: Chrome) -> None:
    choose(page, "corpus", "hostile")
    choose(page, "wrong-corpus", "hostile")
    for select in every(page, "#wrong-extractor option"):
        select.click()
    choose(page, "page-corpus", "hostile")
    assert every(page, "#list tbody a")
    assert every(page, "img, iframe, object, main script") == []
    assert "<img src=x" in one(page, "#list tbody").text
    assert "\u202e" not in page.execute_script("return document.body.innerText")
    assert one(page, "#list tbody .control").get_attribute("textContent") == "RLO"
    one(page, "#list tbody a").click()
    whole_view(page)
    assert "<img src=x" in one(page, "#title").text
    quiet(page)


def test_the_keyboard_reaches_everything(page: Chrome) -> None:
    one(page, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the scoreboard"
    assert page.switch_to.active_element.rect["x"] >= 0
    page.switch_to.active_element.send_keys(Keys.ENTER)
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("id") == "corpus"
    outline = page.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_print_shows_tables_and_no_controls(page: Chrome) -> None:
    prefer(page, "light", "print")
    assert not one(page, "header").is_displayed()
    assert not one(page, "#choose").is_displayed()
    assert one(page, "#board").is_displayed()
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert one(page, "#paired").is_displayed()
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert not one(page, "#paired").is_displayed()
    prefer(page, "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Chrome, scheme: str) -> None:
    prefer(page, scheme)
    one(page, "#pairs summary").click()
    assert serious(page) == []
    choose(page, "wrong-extractor", "trafilatura")
    assert serious(page) == []
