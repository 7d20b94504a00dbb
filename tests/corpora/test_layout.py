import gzip
import json
import os

import pytest

from boilerbench.corpora import load_corpus
from boilerbench.errors import UserError
from boilerbench.types import Block

BYTES = {
    "wrong-charset": b'<meta charset="utf-8"><p>\xe9t\xe9</p>',
    "utf-16": "<p>日本</p>".encode("utf-16"),
    "nul": b"<p>a\x00b</p>\r\n",
    "latin-1": "<p>Grüße</p>".encode("latin-1"),
    "bom": b"\xef\xbb\xbf<p>x</p>",
    "newlines": b"<p>a\r\nb\rc\n</p>",
    "empty": b"",
}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "mine"
    (root / "pages").mkdir(parents=True)
    (root / "gold").mkdir()
    put(root, "b")
    put(root, "a")
    return root


def put(root, page_id, html=b"<p>text</p>", gold="text"):
    (root / "pages" / f"{page_id}.html").write_bytes(html)
    (root / "gold" / f"{page_id}.txt").write_text(gold, encoding="utf-8")


def load(root):
    return load_corpus(str(root))


def test_pages_and_gold_come_by_id(folder):
    put(folder, "c.d", b"<p>dotted</p>", "dotted")
    corpus = load(folder)
    assert corpus.name == "mine"
    assert list(corpus.gold) == ["a", "b", "c.d"]
    assert [page.id for page in corpus.pages()] == ["a", "b", "c.d"]
    assert corpus.gold["c.d"].text == "dotted"
    assert len(corpus) == 3


def test_a_folder_without_a_manifest_is_named_by_its_own_name(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert load(".").name == "mine"


def test_corpus_toml_names_the_corpus_and_gives_defaults(folder):
    (folder / "corpus.toml").write_text(
        'name = "théâtre"\nversion = "3"\nlicence = "CC0"\ncitation = "Me"\n'
        'lang = "fr"\nkind = "article"\nsite = "example.org"\n',
        encoding="utf-8",
    )
    (folder / "gold" / "b.txt").unlink()
    (folder / "gold" / "b.json").write_text('{"text": "x", "lang": "de", "kind": "forum"}')
    corpus = load(folder)
    about = (corpus.name, corpus.version, corpus.licence, corpus.citation)
    assert about == ("théâtre", "3", "CC0", "Me")
    a, b = corpus.pages()
    assert (a.lang, a.kind, a.site) == ("fr", "article", "example.org")
    assert (b.lang, b.kind, b.site) == ("de", "forum", "example.org")


def test_gold_as_json_holds_all_that_is_known(folder):
    (folder / "gold" / "a.txt").unlink()
    (folder / "gold" / "a.json").write_text(
        json.dumps(
            {
                "text": "Fließtext",
                "must": ["text"],
                "must_not": ["menu", "ad"],
                "blocks": [{"kind": "heading", "text": "H"}, {"kind": "paragraph", "text": "P"}],
                "url": "https://example.org/a",
                "lang": "de",
                "kind": "article",
                "site": "example.org",
            }
        ),
        encoding="utf-8",
    )
    corpus = load(folder)
    gold, page = corpus.gold["a"], next(corpus.pages())
    assert gold.text == "Fließtext"
    assert gold.must == ("text",)
    assert gold.must_not == ("menu", "ad")
    assert gold.blocks == (Block("heading", "H"), Block("paragraph", "P"))
    assert (page.url, page.lang, page.site) == ("https://example.org/a", "de", "example.org")


def test_gold_may_begin_with_a_byte_order_mark(folder):
    (folder / "gold" / "a.txt").write_bytes(b"\xef\xbb\xbftext")
    (folder / "gold" / "b.txt").unlink()
    (folder / "gold" / "b.json").write_bytes(b'\xef\xbb\xbf{"text": "text"}')
    assert {gold.text for gold in load(folder).gold.values()} == {"text"}


def test_a_misspelt_field_is_named_with_its_file(folder):
    (folder / "gold" / "a.txt").unlink()
    (folder / "gold" / "a.json").write_text('{"text": "x", "mustt": ["x"], "note": "fine"}')
    message = broken(folder)
    assert f"{folder / 'gold' / 'a.json'}: unknown field 'mustt'" in message
    assert "did you mean must?" in message


@pytest.mark.parametrize("name", sorted(BYTES))
@pytest.mark.parametrize("packed", [False, True])
def test_bytes_come_as_they_are_stored(folder, name, packed):
    put(folder, "a", BYTES[name])
    if packed:
        (folder / "pages" / "a.html").unlink()
        (folder / "pages" / "a.html.gz").write_bytes(gzip.compress(BYTES[name]))
    assert next(load(folder).pages()).html == BYTES[name]


def test_other_files_are_no_part_of_a_corpus(folder):
    before = load(folder).digest
    (folder / "pages" / "notes.md").write_text("not a page")
    (folder / "gold" / "a.txt~").write_text("old")
    (folder / "pages" / "images.html").mkdir()
    assert load(folder).digest == before


def broken(root):
    with pytest.raises(UserError) as caught:
        load(root)
    return str(caught.value)


def test_pages_without_gold_are_named(folder):
    (folder / "gold" / "a.txt").unlink()
    message = broken(folder)
    assert str(folder) in message
    assert "page without gold, 1 in all: a" in message


def test_gold_without_pages_is_named_and_a_long_list_is_cut(folder):
    for number in range(7):
        (folder / "gold" / f"x{number}.txt").write_text("x")
    assert "gold without a page, 7 in all: x0, x1, x2, x3, x4 …" in broken(folder)


def test_a_page_that_is_there_twice_is_named(folder):
    (folder / "pages" / "a.html.gz").write_bytes(gzip.compress(b"<p>"))
    message = broken(folder)
    assert "page a twice" in message
    assert str(folder) in message


def test_gold_that_is_there_twice_is_named(folder):
    (folder / "gold" / "a.json").write_text('{"text": "x"}')
    message = broken(folder)
    assert "two golds for a" in message
    assert str(folder) in message


PACKED = gzip.compress(b"<p>some text</p>" * 99, mtime=0)


@pytest.mark.parametrize(
    "data", [PACKED[:5], PACKED[:15], PACKED[:-1], PACKED[:10] + b"\xff" * 30, b"not gzip"]
)
def test_a_truncated_or_damaged_page_is_named(folder, data):
    (folder / "pages" / "a.html").unlink()
    (folder / "pages" / "a.html.gz").write_bytes(data)
    message = broken(folder)
    assert "cannot decompress" in message
    assert str(folder / "pages" / "a.html.gz") in message


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"text": "x"} x', b"[]", b'"text"', b"null", b'{"txt": "x"}', b'{"text": null}',
     b'{"text": 5}', b'{"text": ["x"]}', b'{"text": "x", "must": "x"}',
     b'{"text": "x", "must_not": [5]}', b'{"text": "x", "blocks": ["x"]}',
     b'{"text": "x", "blocks": [{"kind": "p"}]}', b'{"text": "x", "lang": 5}',
     b'{"text": "\xe9"}', b"\xff\xfe{}", b"1" * 5000],
)  # fmt: skip
def test_gold_that_is_broken_is_named(folder, content):
    (folder / "gold" / "a.txt").unlink()
    (folder / "gold" / "a.json").write_bytes(content)
    assert str(folder / "gold" / "a.json") in broken(folder)


def test_gold_text_that_is_not_utf_8_is_named(folder):
    (folder / "gold" / "a.txt").write_bytes("Grüße".encode("latin-1"))
    assert str(folder / "gold" / "a.txt") in broken(folder)


def test_a_broken_corpus_toml_is_named(folder):
    (folder / "corpus.toml").write_text("name = ")
    assert str(folder / "corpus.toml") in broken(folder)


@pytest.mark.parametrize("remove", ["pages", "all"])
def test_a_folder_without_pages_says_what_is_expected(folder, remove):
    for file in (folder / "pages").iterdir():
        file.unlink()
    if remove == "all":
        (folder / "pages").rmdir()
    message = broken(folder)
    assert f"no pages in {folder}" in message
    assert "pages/ID.html[.gz] and gold/ID.txt|json" in message


def test_the_digest_is_the_same_from_two_loads(folder):
    assert load(folder).digest == load(folder).digest


def test_the_digest_does_not_depend_on_times_order_or_compression(folder):
    before = load(folder).digest
    for file in sorted((folder / "pages").iterdir()):
        packed = gzip.compress(file.read_bytes(), mtime=5)
        file.with_name(file.name + ".gz").write_bytes(packed)
        file.unlink()
    for file in (folder / "gold").iterdir():
        os.utime(file, (1, 1))
        file.with_suffix(".json").write_text(json.dumps({"text": file.read_text()}))
        file.unlink()
    assert load(folder).digest == before


def test_the_digest_does_not_depend_on_the_folder_or_its_description(folder):
    before = load(folder).digest
    (folder / "corpus.toml").write_text('name = "other"\nversion = "2"\n')
    assert load(folder.rename(folder.with_name("moved"))).digest == before


FULL = {
    "text": "t",
    "must": ["m"],
    "must_not": ["n"],
    "blocks": [{"kind": "k", "text": "b"}],
    "url": "u",
    "lang": "en",
    "kind": "article",
    "site": "s",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, f"{FULL[field]}2") for field in ("text", "url", "lang", "kind", "site")),
        *((field, None) for field in ("url", "lang", "kind", "site", "must", "must_not", "blocks")),
        ("must", ["m", "m"]),
        ("must", ["n"]),
        ("must_not", ["m"]),
        ("blocks", [{"kind": "k2", "text": "b"}]),
        ("blocks", [{"kind": "k", "text": "b2"}]),
        ("blocks", FULL["blocks"] * 2),
    ],
)
def test_the_digest_changes_with_every_field(folder, field, value):
    (folder / "gold" / "a.txt").unlink()
    (folder / "gold" / "a.json").write_text(json.dumps(FULL))
    before = load(folder).digest
    (folder / "gold" / "a.json").write_text(json.dumps(FULL | {field: value}))
    assert load(folder).digest != before


def test_the_digest_changes_with_ids_and_bytes(folder):
    digests = {load(folder).digest}
    (folder / "pages" / "a.html").write_bytes(b"<p>text</p>\n")
    digests.add(load(folder).digest)
    (folder / "pages" / "a.html").rename(folder / "pages" / "a2.html")
    (folder / "gold" / "a.txt").rename(folder / "gold" / "a2.txt")
    digests.add(load(folder).digest)
    put(folder, "z")
    digests.add(load(folder).digest)
    assert len(digests) == 4


def test_the_digest_changes_when_two_pages_swap_their_bytes(folder):
    put(folder, "a", b"<p>1", "x")
    put(folder, "b", b"<p>2", "x")
    before = load(folder).digest
    put(folder, "a", b"<p>2", "x")
    put(folder, "b", b"<p>1", "x")
    assert load(folder).digest != before
