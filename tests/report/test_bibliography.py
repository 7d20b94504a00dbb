import re

from boilerbench.extractors.catalogue import BUILTIN
from boilerbench.report.bibliography import bibtex

GOLD = {"p1": "a b"}
TEXTS = {"p1": ("ok", "a b", 0.1)}


def cited(finished, folder, extractors=("x",), corpora=("c",), versions=None, protocol=None):
    given = {corpus: dict.fromkeys(extractors, TEXTS) for corpus in corpora}
    run = finished(folder, GOLD, given, corpora=corpora, versions=versions or {})
    for metric in run.info["metrics"]:
        metric["protocol"] = protocol
    return bibtex(run)


def keys(text):
    return re.findall(r"^@\w+\{(.+),$", text, re.MULTILINE)


def test_a_key_says_as_what_a_publication_was_used(finished, tmp_path):
    of = cited(finished, tmp_path / "e", ["trafilatura"], versions={"trafilatura": "2.0"})
    assert keys(of) == ["corpus:c", "extractor:trafilatura", "software:trafilatura-2.0",
                        "boilerbench"]  # fmt: skip
    assert BUILTIN["trafilatura"].home in of
    assert "corpus:wcxb" in keys(cited(finished, tmp_path / "c", corpora=["wcxb:dev"]))
    assert "protocol:wcxb" in keys(cited(finished, tmp_path / "p", protocol="wcxb"))
    assert "protocol:cleaneval" in keys(cited(finished, tmp_path / "q", protocol="cleaneval"))


def test_a_publication_is_cited_once_whatever_it_was_used_as(finished, tmp_path):
    of = cited(finished, tmp_path, ["trafilatura"], ["trafilatura"], protocol="trafilatura")
    assert keys(of) == ["corpus:trafilatura", "boilerbench"]


def test_what_nobody_can_cite_is_not_cited(finished, tmp_path):
    mine = ["mine.py:extract", "trafilatura.py:extract", "predictions"]
    of = cited(finished, tmp_path, mine, versions=dict.fromkeys(mine, "sha256:0"))
    assert keys(of) == ["corpus:c", "boilerbench"]
