import base64
import gzip
import json
import shutil
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerbench.corpora import layout, load_corpus
from boilerbench.corpora.digest import Digest
from boilerbench.corpora.exchange import export_corpus, import_corpus, import_formats, place_of
from boilerbench.corpora.load import READERS
from boilerbench.corpora.records import LEVELS
from boilerbench.errors import UserError
from boilerbench.types import Block, Corpus, Gold, Page

FORMATS = ["dir", "jsonl", "parquet"]

BYTES = {
    "utf-8": "<p>Grüße 日本</p>".encode(),
    "latin-1": "<p>Grüße</p>".encode("latin-1"),
    "utf-16": "<p>日本</p>".encode("utf-16"),
    "bom": b"\xef\xbb\xbf<p>x</p>",
    "newlines": b"a\r\nb\rc\n\xe2\x80\xa8d\x85",
    "nul": b"a\x00\x7f\x1b",
    "surrogate": b"\xed\xa0\x80",
    "empty": b"",
}


def corpus(pairs, **about):
    pairs = sorted(pairs, key=lambda pair: pair[0].id)
    digest = Digest()
    for page, gold in pairs:
        digest.add(page, gold)
    stated = {"version": "", "licence": "", "citation": ""} | about
    return Corpus(
        name="c",
        digest=str(digest),
        gold={page.id: gold for page, gold in pairs},
        read_pages=lambda: iter([page for page, _ in pairs]),
        **stated,
    )


def simple(*ids, html=b"<p>x</p>"):
    return corpus([(Page(one, html), Gold(one, f"text of {one}")) for one in ids])


def path_of(folder, format_, name="out"):
    return folder / (name if format_ == "dir" else f"{name}.{format_}")


def refused(function, *args, **options):
    with pytest.raises(UserError) as caught:
        function(*args, **options)
    return caught.value


def round_trip(original, format_, folder):
    """Exported, loaded as it is, imported, loaded again: the corpus in the end."""
    file, target = path_of(folder, format_), folder / "in"
    export_corpus(original, format_, file)
    assert load_corpus(str(file)).digest == original.digest
    pages, digest = import_corpus(file, format_, target, {"name": "in"})
    assert (pages, digest) == (len(original), original.digest)
    again = load_corpus(str(target))
    assert again.digest == original.digest
    assert dict(again.gold) == dict(original.gold)
    assert list(again.pages()) == list(original.pages())
    return again


@pytest.mark.parametrize("format_", FORMATS)
def test_bytes_stay_what_they_are(tmp_path, format_):
    pairs = [(Page(name, html), Gold(name, "x")) for name, html in BYTES.items()]
    round_trip(corpus(pairs), format_, tmp_path)


plain = st.text(st.characters(exclude_categories=["Cs"]))
some = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=150) | st.text(
    "aA./\\-_ ~é:", min_size=1
)
pages = st.builds(Page, ids, st.binary(), some, some, some, some)
golds = st.builds(
    Gold,
    st.just(""),
    plain,
    st.lists(plain).map(tuple),
    st.lists(plain).map(tuple),
    st.lists(st.builds(Block, plain, plain)).map(tuple),
    plain,
    st.sampled_from([None, *LEVELS]),
)
corpora = st.lists(
    st.tuples(pages, golds), min_size=1, max_size=5, unique_by=lambda pair: pair[0].id
).map(
    lambda pairs: corpus(
        (page, Gold(page.id, *(getattr(gold, f) for f in Gold.__slots__[1:])))
        for page, gold in pairs
    )
)


@pytest.mark.parametrize("format_", FORMATS)
@settings(max_examples=60)
@given(original=corpora)
def test_any_corpus_survives_every_format(format_, original):
    with tempfile.TemporaryDirectory() as folder:
        round_trip(original, format_, Path(folder))


@pytest.mark.parametrize("format_", ["dir", "jsonl"])
def test_a_lone_surrogate_in_gold_survives(tmp_path, format_):
    round_trip(corpus([(Page("a", b"x"), Gold("a", "x\ud800y"))]), format_, tmp_path)


def test_parquet_cannot_hold_a_lone_surrogate(tmp_path):
    broken = corpus([(Page("a", b"x"), Gold("a", "x\ud800y"))])
    problem = refused(export_corpus, broken, "parquet", tmp_path / "x.parquet")
    assert "lone surrogate" in problem.message
    assert list(tmp_path.iterdir()) == []


def test_ids_that_are_names_stay_the_names_of_files(tmp_path):
    export_corpus(simple("a", "b.c-d_1", "7"), "dir", tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out" / "gold").iterdir()) == [
        "7.json",
        "a.json",
        "b.c-d_1.json",
    ]
    assert "id" not in json.loads((tmp_path / "out" / "gold" / "a.json").read_text())


ODD = [
    "../../etc/passwd",
    "/abs",
    ".hidden",
    "a/b",
    "A",
    "a",
    "x" * 300,
    "con",
    "NUL.txt",
    "ü",
    "a.",
]


def test_ids_that_are_no_names_survive_under_another(tmp_path):
    round_trip(simple(*ODD), "dir", tmp_path)
    names = [file.name for file in (tmp_path / "out" / "pages").iterdir()]
    assert len({name.lower() for name in names}) == len(ODD)
    assert all(len(name) <= 100 and not name.startswith(".") for name in names)
    assert sorted(part.name for part in tmp_path.iterdir()) == ["in", "out"]


def test_jsonl_holds_text_where_it_can_and_base64_where_not(tmp_path):
    pairs = [(Page(name, BYTES[name]), Gold(name, "x")) for name in ("utf-8", "latin-1")]
    export_corpus(corpus(pairs), "jsonl", tmp_path / "x.jsonl")
    latin, utf = map(json.loads, (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines())
    assert utf["html"] == "<p>Grüße 日本</p>"
    assert base64.b64decode(latin["html_base64"]) == BYTES["latin-1"]
    assert ("html" in latin, "html_base64" in utf) == (False, False)


def test_parquet_holds_bytes(tmp_path):
    export_corpus(simple("a", html=b"\xff"), "parquet", tmp_path / "x.parquet")
    frame = pl.read_parquet(tmp_path / "x.parquet")
    assert frame.schema["html"] == pl.Binary
    assert frame["html"].to_list() == [b"\xff"]


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_there_is_replaced_only_by_force(tmp_path, format_):
    file = path_of(tmp_path, format_)
    export_corpus(simple("a"), format_, file)
    problem = refused(export_corpus, simple("b"), format_, file)
    assert problem.message == f"{file} exists already"
    assert list(load_corpus(str(file)).gold) == ["a"]
    export_corpus(simple("b"), format_, file, force=True)
    assert list(load_corpus(str(file)).gold) == ["b"]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("format_", "name"), [("parquet", "e.txt"), ("jsonl", "e"), ("jsonl", "e.parquet")]
)
def test_a_file_gets_a_name_by_which_it_can_be_read(tmp_path, format_, name):
    problem = refused(export_corpus, simple("a"), format_, tmp_path / name)
    assert str(tmp_path / name) in problem.message
    assert problem.hint == f"let it end in .{format_}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_what_a_format_does_not_keep_is_told(tmp_path, format_):
    told = corpus([(Page("a", b"x"), Gold("a", "x"))], version="2", licence="MIT")
    lost = export_corpus(told, format_, path_of(tmp_path, format_), title="T")
    assert lost == ([] if format_ == "dir" else ["title", "version", "licence"])
    assert export_corpus(simple("a"), format_, path_of(tmp_path, format_, "bare")) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_force_never_replaces_a_folder_that_holds_more(tmp_path, format_):
    target = path_of(tmp_path, format_)
    (target / "pages").mkdir(parents=True)
    (target / "thesis.txt").write_text("years of work")
    problem = refused(export_corpus, simple("a"), format_, target, force=True)
    assert "holds more than a corpus" in problem.message
    assert (target / "thesis.txt").read_text() == "years of work"


def test_a_broken_source_leaves_what_was_there(tmp_path):
    target = tmp_path / "mine"
    export_corpus(simple("a"), "dir", target)
    (tmp_path / "x.jsonl").write_text('{"id": "a", "html": "x", "text": "y"}\n{"id": "b"}\n')
    problem = refused(import_corpus, tmp_path / "x.jsonl", "jsonl", target, {}, force=True)
    assert "line 2" in problem.message
    assert list(load_corpus(str(target)).gold) == ["a"]
    assert sorted(part.name for part in tmp_path.iterdir()) == ["mine", "x.jsonl"]


def test_an_empty_source_is_no_corpus(tmp_path):
    (tmp_path / "x.jsonl").write_text("")
    problem = refused(import_corpus, tmp_path / "x.jsonl", "jsonl", tmp_path / "mine", {})
    assert problem.message == f"no pages in {tmp_path / 'x.jsonl'}"
    assert not (tmp_path / "mine").exists()


def test_corpus_toml_says_what_is_known(tmp_path):
    pairs = [
        (Page(name, b"x", lang=lang, kind=kind), Gold(name, "x"))
        for name, lang, kind in [("a", "de", "forum"), ("b", "en", None), ("c", "en", "forum")]
    ]
    given = {"licence": 'CC0 "or" \\ so\x7f', "citation": "Müller:\n“X”\t😀", "version": "2"}
    export_corpus(corpus(pairs, **given), "dir", tmp_path / "out", title="T")
    about = layout.about(tmp_path / "out")
    assert about == {"name": "c", "title": "T", **given} | {
        "languages": ["en", "de"],
        "kinds": ["forum"],
    }
    import_corpus(tmp_path / "out", "dir", tmp_path / "in", {"name": "in", "licence": "MIT"})
    assert layout.about(tmp_path / "in") == about | {"name": "in", "licence": "MIT"}


def test_pages_that_state_none_get_what_the_folder_says_and_keep_it(tmp_path):
    export_corpus(simple("a"), "dir", tmp_path / "out")
    with (tmp_path / "out" / "corpus.toml").open("a") as file:
        file.write('lang = "fr"\nkind = "forum"\ngold = ["paragraph"]\n')
    digest = load_corpus(str(tmp_path / "out")).digest
    assert import_corpus(tmp_path / "out", "dir", tmp_path / "in", {"name": "i"}) == (1, digest)
    again = load_corpus(str(tmp_path / "in"))
    assert (again.digest, again.about["a"]["lang"]) == (digest, "fr")
    assert again.reading == ("paragraph",)


def scrapinghub(folder):
    (folder / "html").mkdir(parents=True)
    truth = {"a": {"articleBody": "one", "url": "http://e.org/a"}}
    (folder / "ground-truth.json").write_text(json.dumps(truth))
    (folder / "html" / "a.html.gz").write_bytes(gzip.compress(b"<p>one</p>\xff"))
    return folder


def test_the_layout_of_a_public_corpus_can_be_imported(tmp_path):
    source = scrapinghub(tmp_path / "source")
    digest = Digest()
    for page, gold in READERS.load("scrapinghub")(source):
        digest.add(page, gold)
    given = import_corpus(source, "scrapinghub", tmp_path / "in", {"name": "in"})
    assert given == (1, str(digest))
    (page,) = load_corpus(str(tmp_path / "in")).pages()
    assert (page.html, page.url) == (b"<p>one</p>\xff", "http://e.org/a")


def pairs(folder):
    (folder / "html").mkdir(parents=True)
    (folder / "text").mkdir()
    (folder / "html" / "a b.html").write_bytes(b"<p>\xe9</p>")
    (folder / "text" / "a b.txt").write_text("e")
    return folder


def warc(folder):
    folder.mkdir()
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>\xe9</p>"
    url = "http://e.org/a?b=../c"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    (folder / "crawl.warc").write_bytes(head.encode() + page + b"\r\n\r\n")
    (folder / "gold.jsonl").write_text(json.dumps({"url": url, "text": "e"}))
    return folder


@pytest.mark.parametrize("make", [pairs, warc])
def test_generic_formats_can_be_imported(tmp_path, make):
    source, format_ = make(tmp_path / "source"), make.__name__
    digest = Digest()
    for page, gold in READERS.load(format_)(source):
        digest.add(page, gold)
    given = import_corpus(source, format_, tmp_path / "in", {"name": "in"})
    assert given == (1, str(digest))
    again = load_corpus(str(tmp_path / "in"))
    assert again.digest == str(digest)
    assert [page.html for page in again.pages()] == [b"<p>\xe9</p>"]


def test_a_split_of_a_public_corpus_can_be_imported(tmp_path):
    for part, text in (("dev", "one"), ("test", "two")):
        (tmp_path / "source" / part / "html").mkdir(parents=True)
        (tmp_path / "source" / part / "ground-truth").mkdir()
        truth = {"ground_truth": {"main_content": text, "with": [], "without": []}}
        truth["_internal"] = {"page_type": {"primary": "forum"}}
        (tmp_path / "source" / part / "ground-truth" / "0001.json").write_text(json.dumps(truth))
        packed = gzip.compress(text.encode())
        (tmp_path / "source" / part / "html" / "0001.html.gz").write_bytes(packed)
    for format_, text in (("wcxb", "one"), ("wcxb:dev", "one"), ("wcxb:test", "two")):
        import_corpus(tmp_path / "source", format_, tmp_path / text, {}, force=True)
        assert load_corpus(str(tmp_path / text)).gold["0001"].text == text
    problem = refused(import_corpus, tmp_path / "source", "wcxb:tset", tmp_path / "x", {})
    assert "did you mean test" in problem.hint


@pytest.mark.parametrize(
    ("format_", "says"),
    [
        ("jsnol", "did you mean jsonl"),
        ("records", "unknown format 'records'"),
        ("layout", "unknown format 'layout'"),
        ("jsonl:dev", "jsonl has no splits"),
        ("scrapinghub:dev", "scrapinghub has no splits"),
    ],
)
def test_what_is_no_format(tmp_path, format_, says):
    assert says in str(refused(import_corpus, tmp_path, format_, tmp_path / "x", {}))


def test_every_reader_is_a_format():
    assert {*READERS} - {"layout", "records"} < {*import_formats()}


@pytest.mark.parametrize("name", ["gazette", "wcxb"])
def test_a_shipped_name_is_taken(name):
    assert refused(place_of, name).message == f"{name} is a corpus that boilerbench knows"


@pytest.mark.parametrize(
    "name", ["", ".x", "a/b", "..", "a:b", "x.jsonl", "x.parquet", "a\nb", "x" * 101]
)
def test_what_is_no_name(name):
    assert "cannot be called" in refused(place_of, name).message


def test_an_imported_corpus_goes_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path / "corpora"))
    original = simple("a", "b/c")
    export_corpus(original, "jsonl", tmp_path / "x.jsonl")
    about = {"name": "mine", "licence": "CC0"}
    import_corpus(tmp_path / "x.jsonl", "jsonl", place_of("mine"), about)
    found = load_corpus("mine")
    assert (found.name, found.licence, found.digest) == ("mine", "CC0", original.digest)


@pytest.mark.parametrize(
    "name", ["scrapinghub", "webmainbench", pytest.param("trafilatura", marks=pytest.mark.slow)]
)
def test_real_corpora_survive(name, upstream, tmp_path):
    archive = {"trafilatura": "trafilatura-eval", "webmainbench": "webmainbench-sample"}
    original = load_corpus(name, upstream(archive.get(name, name)))
    for format_ in FORMATS:
        round_trip(original, format_, tmp_path / format_)
        shutil.rmtree(tmp_path / format_)


def test_gazette_survives(tmp_path):
    assert round_trip(load_corpus("gazette"), "jsonl", tmp_path).gold


def small_folder(folder, about):
    for part, name in (("pages", "a.html"), ("gold", "a.txt")):
        (folder / part).mkdir(parents=True)
        (folder / part / name).write_text("x")
    (folder / "corpus.toml").write_text(about)
    return folder


def test_a_date_among_what_is_known_is_kept_as_text(tmp_path):
    source = small_folder(tmp_path / "in", "version = 2026-01-02\ndefects = [1]\n")
    import_corpus(source, "dir", tmp_path / "out", {"name": "out"})
    assert load_corpus(str(tmp_path / "out")).version == "2026-01-02"


@pytest.mark.parametrize("field", ["lang", "kind"])
def test_a_lone_surrogate_in_what_is_counted_is_a_clear_error(tmp_path, field):
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"id": "a", "html": "x", "text": "x", field: "\ud800"}) + "\n")
    problem = refused(import_corpus, file, "jsonl", tmp_path / "out", {"name": "out"})
    assert "lone surrogate" in problem.message
    assert not (tmp_path / "out").exists()


def test_a_folder_that_could_not_be_used_is_not_made(tmp_path):
    source = small_folder(tmp_path / "in", "")
    problem = refused(import_corpus, source, "dir", tmp_path / ".hid", {"name": ".hid"})
    assert "cannot be called '.hid'" in problem.message
    assert not (tmp_path / ".hid").exists()


def test_what_does_not_keep_its_digest_is_not_imported(tmp_path, monkeypatch):
    def loses_a_page(folder, read=layout.read):
        return list(read(folder))[:-1]

    source = path_of(tmp_path, "jsonl")
    export_corpus(simple("a", "b"), "jsonl", source)
    monkeypatch.setattr(layout, "read", loses_a_page)
    problem = refused(import_corpus, source, "jsonl", tmp_path / "out", {"name": "out"})
    assert "does not keep its digest" in problem.message
    assert not (tmp_path / "out").exists()
