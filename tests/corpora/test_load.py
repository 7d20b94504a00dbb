import json
import shutil

import pytest

from boilerbench.corpora import load, load_corpus
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine.jsonl"
    records = [{"id": f"p{n}", "html": f"<p>{n}</p>" * n, "text": f"{n}"} for n in range(1, 9)]
    file.write_text("\n".join(map(json.dumps, records)))
    return file


def refused(*args):
    with pytest.raises(UserError) as caught:
        load_corpus(*args)
    return caught.value


@pytest.mark.parametrize("kept", [0, 50, 1 << 20])
def test_pages_can_be_read_again_and_again(mine, monkeypatch, kept):
    monkeypatch.setattr(load, "KEPT_IN_MEMORY", kept)
    corpus = load_corpus(str(mine))
    first = list(corpus.pages())
    assert list(corpus.pages()) == first
    assert [page.id for page in first] == list(corpus.gold)
    half = corpus.pages()
    next(half)
    assert list(corpus.pages()) == first
    assert list(half) == first[1:]


def test_pages_are_the_same_whether_or_not_they_are_kept(mine, monkeypatch):
    kept = list(load_corpus(str(mine)).pages())
    monkeypatch.setattr(load, "KEPT_IN_MEMORY", 0)
    assert list(load_corpus(str(mine)).pages()) == kept


def test_pages_hold_no_gold(mine):
    page = next(load_corpus(str(mine)).pages())
    assert {field for field in page.__slots__ if "gold" in field or "text" in field} == set()


def test_the_embedded_corpus_loads_by_name():
    corpus = load_corpus("gazette")
    assert corpus.name == "gazette"
    assert len(list(corpus.pages())) == len(corpus) > 0
    assert corpus.licence


def test_a_known_name_comes_before_a_folder_of_that_name(tmp_path, monkeypatch):
    for part, name in (("pages", "x.html"), ("gold", "x.txt")):
        (tmp_path / "gazette" / part).mkdir(parents=True)
        (tmp_path / "gazette" / part / name).write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert len(load_corpus("gazette")) > 1
    assert list(load_corpus("./gazette").gold) == ["x"]


@pytest.mark.parametrize("source", [(), ("here",)])
def test_an_unknown_name_is_answered_with_the_nearest(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    problem = refused("gazete", *(tmp_path / part for part in source))
    assert problem.message == "unknown corpus 'gazete'"
    assert problem.hint == "did you mean gazette?"


def test_a_name_like_no_other_is_answered_with_all():
    assert refused("zzzzzz").hint == f"known: {', '.join(sorted(known()))}"


@pytest.mark.parametrize("given", [True, False])
def test_a_copy_that_is_not_there_says_how_to_get_it(tmp_path, monkeypatch, given):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path / "none"))
    problem = refused("scrapinghub", *([tmp_path / "gone"] if given else []))
    assert str(tmp_path / "gone" if given else tmp_path / "none" / "scrapinghub") in problem.message
    assert "corpora fetch scrapinghub" in problem.hint
    assert ("--from DIR" in problem.hint) is not given


def test_a_known_corpus_is_read_from_where_it_was_fetched_to(scrapinghub, monkeypatch):
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(scrapinghub.parent))
    assert len(load_corpus("scrapinghub")) == 181


def test_another_corpus_under_a_known_name_is_refused(scrapinghub, tmp_path):
    copy = tmp_path / "copy"
    (copy / "html").mkdir(parents=True)
    truth = json.loads((scrapinghub / "ground-truth.json").read_text(encoding="utf-8"))
    changed = next(iter(truth))
    (copy / "html" / f"{changed}.html.gz").symlink_to(scrapinghub / "html" / f"{changed}.html.gz")
    (copy / "ground-truth.json").write_text(json.dumps({changed: truth[changed]}))
    problem = refused("scrapinghub", copy)
    assert f"{copy} is not scrapinghub" in problem.message
    assert problem.message.count("sha256:") == 2
    assert known()["scrapinghub"].split().digest in problem.message
    assert "corpora fetch scrapinghub" in problem.hint


def test_one_changed_letter_of_gold_is_noticed(scrapinghub, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "html").symlink_to(scrapinghub / "html")
    text = (scrapinghub / "ground-truth.json").read_text(encoding="utf-8")
    (copy / "ground-truth.json").write_text(text, encoding="utf-8")
    assert len(load_corpus("scrapinghub", copy)) == 181
    (copy / "ground-truth.json").write_text(text.replace("the", "teh", 1), encoding="utf-8")
    assert "its digest is" in refused("scrapinghub", copy).message


def test_other_pages_cannot_take_the_name_of_the_embedded_corpus(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(known()["gazette"].folder, copy)
    with pytest.raises(UserError, match=f"gazette is embedded.*\n.*--corpus {copy}"):
        load_corpus("gazette", copy)
    assert load_corpus(str(copy)).digest == load_corpus("gazette").digest


@pytest.mark.parametrize(
    "name", ["/etc/owned", "x/../../escaped", "..", "", "a\\nb", "all corpora"]
)
def test_a_corpus_cannot_name_itself_out_of_its_folder(name, tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "gold").mkdir()
    (tmp_path / "pages" / "p.html").write_text("p")
    (tmp_path / "gold" / "p.txt").write_text("p")
    (tmp_path / "corpus.toml").write_text(f'name = "{name}"')
    with pytest.raises(UserError, match="a corpus cannot be called"):
        load_corpus(str(tmp_path))


def test_a_folder_needs_no_from(tmp_path):
    with pytest.raises(UserError, match="leave --from out"):
        load_corpus(str(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["no/such/folder", "pages.html", "c.jsonl.gz", "my-pages/"])
def test_what_looks_like_a_path_is_taken_for_one(name):
    with pytest.raises(UserError, match="no corpus in"):
        load_corpus(name)


@pytest.mark.parametrize("name", sorted(known()))
def test_a_manifest_is_whole(name):
    entry = known()[name]
    assert entry.reader in load.READERS
    assert entry.title
    assert entry.licence
    assert entry.citation
    if entry.folder is None:
        assert len(entry.commit) == 40
        assert entry.home.startswith("https://")
        assert all(split.pages for split in entry.splits)


def test_what_is_no_address_has_no_site(tmp_path):
    file = tmp_path / "c.jsonl"
    file.write_text('{"id": "a", "html": "x", "text": "x", "url": "http://[bad"}\n')
    corpus = load_corpus(str(file))
    assert corpus.about["a"] == {
        "url": "http://[bad", "lang": None, "kind": None, "site": None, "level": None
    }  # fmt: skip
    assert next(corpus.pages()).url == "http://[bad"
