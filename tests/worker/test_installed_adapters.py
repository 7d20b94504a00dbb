"""Every adapter in the environment that its extractor gets, watched: what it makes of pages, in any
order, and that it attempts nothing but that."""

import base64
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from boilerbench.execution.probe import probed
from boilerbench.execution.process import DEFAULT_LIMITS, WorkerProcess
from boilerbench.execution.start import start_command
from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.extractors.environments import built, is_here
from boilerbench.extractors.installers import Unreachable
from boilerbench.extractors.specs import spec
from boilerbench.types import Page
from tests.registries import python_index, skip_if_silent

SOURCE = Path(__file__).resolve().parents[2] / "src"
WATCHED = Path(__file__).with_name("watched.py")

# Large environments, or libraries that take long to be imported.
HEAVY = {"newspaper4k", "goose3", "news-please"}
NAMES = [name for name, builtin in BUILTIN.items() if builtin.runtime == "python"]
EXTRACTORS = [
    pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name
    for name in NAMES
    if not BUILTIN[name].options and name != "nothing"
]

SENTENCES = {
    "en": "The old bridge at the end of the village was closed for the whole of the winter, and "
    "the people who lived on the other side had to walk for an hour to get to the shop.",
    "de": "Die alte Brücke am Ende des Dorfes war den ganzen Winter über gesperrt, und die Leute, "
    "die auf der anderen Seite wohnten, mussten eine Stunde gehen, um zu dem Laden zu kommen.",
    "zh": "村口的老桥整个冬天都封着，住在对岸的人要走一个小时才能到商店。" * 4,
    "ja": "村の外れにある古い橋は冬の間ずっと閉鎖されていて、向こう岸に住む人たちは店まで一時間も歩"
    "かなければならなかった。" * 4,
    "ko": "마을 끝에 있는 오래된 다리는 겨울 내내 닫혀 있었고 건너편에 사는 사람들은 "
    "가게까지 한 시간을 걸어야 했다. " * 4,
    "ar": "كان الجسر القديم في آخر القرية مغلقا طوال الشتاء وكان على الناس الذين يسكنون في الجانب "
    "الآخر أن يمشوا ساعة حتى يصلوا إلى الدكان.",
    "th": "สะพานเก่าที่ท้ายหมู่บ้านปิดตลอดฤดูหนาวและคนที่อยู่อีกฝั่งต้องเดินหนึ่งชั่วโมงเพื่อไปที่ร้าน" * 4,
    "hi": "गाँव के छोर पर बना पुराना पुल पूरी सर्दी बंद रहा और जो लोग दूसरी तरफ रहते थे उन्हें दुकान तक "
    "पहुँचने के लिए एक घंटे तक पैदल चलना पड़ता था।",
}


def html(lang: str, unlike: str = "") -> bytes:
    """An article that offers much to be fetched."""
    paragraphs = "".join(
        f"<p>{unlike}{number}. {SENTENCES[lang]} {SENTENCES[lang]}</p>"
        f'<img src="http://127.0.0.1:9/{number}.jpg" width="800" height="600">'
        for number in range(5)
    )
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A title</title>
      <meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/next">
      <link rel="canonical" href="http://127.0.0.1:9/canonical">
      <link rel="amphtml" href="http://127.0.0.1:9/amp">
      <link rel="icon" href="http://127.0.0.1:9/favicon.ico">
      <link rel="stylesheet" href="http://127.0.0.1:9/style.css">
      <meta property="og:image" content="http://127.0.0.1:9/og.png">
      <meta property="og:url" content="http://127.0.0.1:9/og">
      <script src="http://127.0.0.1:9/script.js"></script></head><body><article><h1>A title</h1>
      {paragraphs}<iframe src="http://127.0.0.1:9/video"></iframe>
      <a class="read-more" href="http://127.0.0.1:9/more">More</a></article></body></html>""".encode()


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Makes the spec of what is written, with its environment if it needs one."""
    made = {}
    # Where the variable is set, environments are kept between runs of the tests.
    cache = os.environ.get("BOILERBENCH_CACHE") or str(tmp_path_factory.mktemp("cache"))

    def make(written):
        if written not in made:
            wanted = spec(written)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("BOILERBENCH_CACHE", cache)
                try:
                    made[written] = (
                        wanted
                        if is_here(wanted)
                        else replace(wanted, environment=str(built(wanted, lambda said: None)))
                    )
                except Unreachable as problem:
                    skip_if_silent(python_index, f"{written} is not here: {problem.message}")
                    raise
        return made[written]

    return make


@pytest.fixture
def watch(started, tmp_path):
    """Runs an adapter over `(html, lang)` pages in a folder of its own; its answer."""

    def run(written, *pages):
        wanted = started(written)
        sent = [
            {"html": base64.b64encode(one).decode(), "lang": lang, "url": "http://127.0.0.1:9/a"}
            for one, lang in pages
        ]
        done = subprocess.run(
            [start_command(wanted)[0], WATCHED, wanted.adapter, json.dumps(dict(wanted.options))],
            input=json.dumps(sent),
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(SOURCE),
                "PYTHONDONTWRITEBYTECODE": "1",
                "HOME": str(tmp_path),
                "TMPDIR": str(tmp_path),
            },
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize("name", EXTRACTORS)
def test_nothing_is_fetched_and_nothing_written(watch, name):
    pages = [(html(lang), stated) for lang in SENTENCES for stated in (lang, None)]
    answer = watch(name, *pages, (b"", None), (b"%PDF-1.7\0\xff", None))
    assert answer["attempts"] == []
    # urllib3 asks while it is imported whether this machine has IPv6: it makes a socket, no more.
    assert [one for one in answer["loading"] if not one.startswith("socket.__new__ (10,")] == []


@pytest.mark.parametrize("name", EXTRACTORS)
def test_a_text_does_not_depend_on_other_pages(watch, name):
    same, other = (html("en"), "en"), (html("de"), "de")
    texts = watch(name, same, same, other, *[same] * 5, other, (html("en", "Unlike "), "en"), same)
    first, german, *_ = texts["texts"][1:3]
    assert SENTENCES["en"] in " ".join(first.split())
    assert SENTENCES["de"] in " ".join(german.split())
    repeated = texts["texts"]
    assert {repeated[n] for n in (0, 1, 3, 4, 5, 6, 7, 10)} == {first}
    assert repeated[8] == german


@pytest.mark.parametrize("name", EXTRACTORS)
def test_it_says_what_it_was_given(watch, name):
    given = watch(name)["given"]
    assert {"decoding", "text by"} <= given.keys()
    assert name == "everything" or "call" in given


def test_deduplication_ends_with_the_page(watch):
    page = (html("en"), "en")
    texts = watch("trafilatura[deduplicate=true]", *[page] * 8)["texts"]
    assert set(texts) == {texts[0]}
    assert SENTENCES["en"] in texts[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["newspaper4k", "goose3"])
@pytest.mark.parametrize("lang", sorted(SENTENCES))
def test_the_language_of_a_page_is_followed(watch, name, lang):
    if (name, lang) == ("goose3", "th"):
        pytest.skip("goose3 has stop words for Thai, but nothing to split Thai with")
    undeclared = html(lang).replace(f'<html lang="{lang}">'.encode(), b"<html>")
    assert undeclared != html(lang)
    for text in watch(name, (undeclared, lang), (html(lang), None))["texts"]:
        assert SENTENCES[lang].strip() in " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["newspaper4k", "news-please"])
def test_of_elements_that_score_alike_the_same_wins_every_time(watch, name):
    """newspaper4k has them in sets, so that their addresses would decide."""
    alike = "".join(
        f"<section><{tag}><p>{tag}. {SENTENCES['en']}</p></{tag}></section>"
        for tag in ("div", "article", "center", "main")
    )
    page = f"<html lang=en><head><title>T</title></head><body>{alike}</body></html>".encode()
    pages = []
    for elements in range(1, 60):  # which leave other gaps in memory
        pages += [(page, "en"), (b"<p>x</p>" * (elements * 37 % 200), "en")]
    texts = watch(name, *pages)["texts"][::2]
    assert set(texts) == {texts[0]}
    assert SENTENCES["en"] in texts[0]


CZECH = (
    "Starý most na konci vesnice byl po celou zimu zavřený a lidé, kteří bydleli na druhé straně, "
    "museli chodit hodinu, aby se dostali do obchodu, a to se jim nelíbilo."
)


@pytest.mark.slow
def test_goose3_reads_pages_of_languages_that_it_has_no_stop_words_of(watch):
    """By those of English, whether the corpus names the language, the page, or goose3 guesses."""
    declared = html("en").replace(SENTENCES["en"].encode(), CZECH.encode())
    pages = [declared.replace(b'lang="en"', b'lang="cs"'), declared.replace(b' lang="en"', b"")]
    pages.append(pages[1].replace(b"<title>A title", f"<title>{CZECH}".encode()))
    answer = watch("goose3", *[(page, lang) for page in pages for lang in ("cs", "x-none", None)])
    for text in answer["texts"]:
        assert CZECH in " ".join(text.split())
    assert answer["given"]["stop words"] == "of that language; English where it has none"


@pytest.mark.slow
def test_goose3_takes_no_language_that_it_has_no_stop_words_of(started):
    _, reasons = probed([started("goose3[target_language=cs]")])
    (reason,) = reasons.values()
    assert reason.startswith("unknown language 'cs': ")


@pytest.mark.parametrize(
    "name", ["boilerpy3", *(pytest.param(one, marks=pytest.mark.slow) for one in sorted(HEAVY))]
)
def test_a_worker_serves_from_an_environment_of_its_own(started, name):
    worker = WorkerProcess(started(name), DEFAULT_LIMITS)
    try:
        head = worker.ready()
        extraction = worker.extract(Page("p", html("en"), lang="en"))
    finally:
        worker.kill()
    assert head["version"] == head["packages"][name]
    assert extraction.outcome == "ok"
    assert SENTENCES["en"] in " ".join(extraction.text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "written",
    [
        "trafilatura==1.6.0", "trafilatura==1.8.1", "trafilatura==1.12.2", "trafilatura==2.0.0",
        "trafilatura==2.2.0", "trafilatura==2.3.1", "trafilatura[fast=true]==1.6.0",
        "justext==2.2.0", "justext==3.0.0", "justext==3.0.1", "justext==3.0.2",
        "readability-lxml==0.8.1", "readability-lxml==0.8.4.1", "readability-lxml==0.9",
        "resiliparse==0.14.0", "resiliparse==0.14.9", "resiliparse==0.15.2", "resiliparse==1.0.9",
        "newspaper4k==0.9.2", "newspaper4k==0.9.3.1", "goose3==3.1.17", "news-please==1.6.13",
        "boilerpy3==1.0.5", "html2text==2024.2.26", "inscriptis==2.3.1", "html-text==0.6.2",
        "bs4==4.12.3",
    ],
)  # fmt: skip
def test_old_releases_work(started, written):
    worker = WorkerProcess(started(written), DEFAULT_LIMITS)
    try:
        assert worker.ready()["version"] == written.partition("==")[2]
        extraction = worker.extract(Page("p", html("en"), lang="en"))
    finally:
        worker.kill()
    assert extraction.outcome == "ok", extraction.error
    assert SENTENCES["en"] in " ".join(extraction.text.split())
