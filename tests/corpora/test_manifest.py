import json
from collections import Counter

import pytest

from boilerbench.corpora import load_corpus
from boilerbench.corpora.manifest import fetched, fetched_root, known, read_manifest
from boilerbench.errors import UserError
from boilerbench.resources import shipped

KINDS = "article forum product collection listing documentation service".split()

WHOLE = """
title = "Mine"
reader = "scrapinghub"
version = "1"
home = "https://example.org/mine"
commit = "0123456789012345678901234567890123456789"
paths = ["a", "b/c.json"]
size = 3
licence = "CC0"
citation = "Me"
languages = ["en"]
kinds = []
defects = ["One."]
pages = 2
"""

SPLIT = WHOLE.replace("pages = 2\n", "") + (
    "[splits.dev]\npages = 2\npaths = ['dev']\n[splits.test]\npages = 1\n"
    f"digest = 'sha256:{'0' * 64}'\n"
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path / "corpora"))
    return tmp_path / "corpora"


def written(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return file


def refused(tmp_path, text):
    file = written(tmp_path, text)
    with pytest.raises(UserError) as caught:
        read_manifest(file)
    assert str(file) in caught.value.message
    return str(caught.value)


PUBLIC = sorted(file.stem for file in shipped("corpora").glob("*.toml"))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_corpus_says_all(name):
    manifest = known()[name]
    assert manifest.origin == "public"
    assert manifest.commit.startswith(manifest.version)
    assert manifest.home.startswith("https://")
    assert set(manifest.kinds) <= set(KINDS)
    assert all(defect.endswith(".") for defect in manifest.defects)
    assert all(split.pages for split in manifest.splits)


@pytest.mark.parametrize(
    ("name", "archive"),
    [
        ("daniel", "daniel"),
        ("mozilla-readability", "mozilla-readability"),
        ("scrapinghub", "scrapinghub"),
        ("trafilatura", "trafilatura-eval"),
        ("wcxb", "wcxb-dev"),
        ("webmainbench", "webmainbench-sample"),
    ],
)
def test_the_figures_of_a_manifest_are_those_of_the_corpus(name, archive, upstream):
    manifest, copy = known()[name], upstream(archive)
    corpus = load_corpus(name, copy)  # which checks the digest
    assert manifest.split().pages == len(corpus)
    for key, stated in (("lang", manifest.languages), ("kind", manifest.kinds)):
        counted = Counter(about[key] for about in corpus.about.values() if about[key])
        if counted and len(set(counted.values())) == len(counted):
            assert stated == tuple(value for value, _ in counted.most_common())
        elif counted:
            assert set(stated) == set(counted)
    if name != "wcxb":  # of which the copy has one split
        parts = [
            file for path in manifest.paths for file in [copy / path, *(copy / path).rglob("*")]
        ]
        assert all((copy / path).exists() for path in manifest.paths)
        size = sum(file.stat().st_size for file in parts if file.is_file())
        assert manifest.size - 1 < size / 1e6 <= manifest.size


def test_a_manifest_holds_all_that_its_file_says(tmp_path):
    manifest = read_manifest(written(tmp_path, WHOLE))
    assert (manifest.name, manifest.title, manifest.reader) == ("mine", "Mine", "scrapinghub")
    assert (manifest.paths, manifest.size) == (("a", "b/c.json"), 3)
    assert (manifest.languages, manifest.kinds, manifest.defects) == (("en",), (), ("One.",))
    split = manifest.split()
    assert (split.name, split.pages, split.digest) == (None, 2, None)
    assert manifest.how_to_get == "get it with: boilerbench corpora fetch mine"


def test_the_first_split_is_the_default(tmp_path):
    manifest = read_manifest(written(tmp_path, SPLIT))
    assert manifest.split() is manifest.split("dev")
    assert (manifest.split().pages, manifest.split().digest) == (2, None)
    assert manifest.split().paths == ("dev",)
    assert manifest.split("test").digest == f"sha256:{'0' * 64}"


def test_an_unknown_split_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(UserError, match="did you mean test") as caught:
        read_manifest(written(tmp_path, SPLIT)).split("tset")
    assert caught.value.message == "unknown split of mine 'tset'"
    with pytest.raises(UserError, match="mine has no splits"):
        read_manifest(written(tmp_path, WHOLE)).split("dev")


@pytest.mark.parametrize(
    "key",
    "title reader version home commit paths size licence citation languages kinds defects "
    "pages".split(),
)
@pytest.mark.parametrize("broken", ["", "= true", "= 0", "= [1]", '= ""'])
def test_a_key_that_is_missing_or_wrong_is_named(tmp_path, key, broken):
    lines = [
        (f"{key} {broken}" if broken else "") if line.startswith(f"{key} =") else line
        for line in WHOLE.splitlines()
    ]
    assert key in refused(tmp_path, "\n".join(lines)).split("mine.toml")[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHOLE + "licnece = 'x'", "did you mean licence"),
        (WHOLE.replace("0123456789", "", 1), "commit must be 40"),
        (WHOLE.replace("https://", "--upload-pack=x "), "home must be the address"),
        (WHOLE + "digest = 'sha256:0'", "digest must be"),
        (WHOLE + "[splits.dev]\npages = 1", "pages belongs to a split"),
        (SPLIT + "size = 1", "splits.test"),
        (SPLIT.replace("[splits.dev]\npages = 2", "[splits.dev]"), "pages is missing"),
        (WHOLE.replace("pages = 2", "splits = 3"), "splits must be tables"),
        (WHOLE + "title = 'twice'", "cannot read"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, says):
    assert says in refused(tmp_path, text)


@pytest.mark.parametrize(
    "path", ["/etc", "../x", "a/../b", ".", "", ".git/config", "a/", "*.html", "!a", "a\nb", "[ab]"]
)
def test_paths_are_plain(tmp_path, path):
    text = WHOLE.replace('paths = ["a",', f"paths = [{json.dumps(path)},")
    assert "which is no plain path" in refused(tmp_path, text)
    text = SPLIT.replace("paths = ['dev']", f"paths = [{json.dumps(path)}]")
    assert "which is no plain path" in refused(tmp_path, text)


def test_the_place_of_fetched_corpora(root, monkeypatch):
    assert fetched("daniel") == root / "daniel"
    monkeypatch.delenv("BOILERBENCH_CORPORA")
    assert fetched_root().name == "corpora"


def imported(root, name, about="title = 'T'\nlanguages = ['de']\n"):
    (root / name).mkdir(parents=True)
    (root / name / "corpus.toml").write_text(about)


def test_imported_corpora_are_known(root):
    imported(root, "mine")
    imported(root, ".boilerbench-x.part")
    (root / "not-a-corpus").mkdir()
    found = known()["mine"]
    assert (found.origin, found.folder, found.title) == ("imported", root / "mine", "T")
    assert (found.languages, found.reader) == (("de",), "layout")
    assert found.split().digest is None
    assert {manifest.origin for manifest in known().values()} == {"public", "embedded", "imported"}
    assert sorted(known()) == sorted([*PUBLIC, "gazette", "mine"])


def test_an_imported_corpus_never_hides_a_shipped_one(root):
    imported(root, "gazette")
    imported(root, "wcxb")
    assert known()["gazette"].folder == shipped("corpora") / "gazette"
    assert known()["wcxb"].origin == "public"


@pytest.mark.parametrize("about", ["title = ", "languages = 'de'"])
def test_a_broken_imported_corpus_does_not_stop_the_others(root, about):
    imported(root, "mine", about)
    assert str(root / "mine" / "corpus.toml") in known()["mine"].title
    assert len(known()) > 5
