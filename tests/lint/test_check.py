"""All checks together: what was planted is found, and nothing else."""

import json

import pytest

from boilerbench.corpora import load_corpus
from boilerbench.lint import KINDS, Defect, lint
from boilerbench.types import Corpus, Gold


def kinds_by_page(corpora):
    found = {}
    for defect in lint(corpora).defects:
        found.setdefault(f"{defect.corpus}/{defect.page_id}", set()).add(defect.kind)
    return found


def page(text, rest="", head=""):
    return f"<html><head>{head}</head><body><nav>Home About</nav><p>{text}</p>{rest}</body></html>"


def test_each_planted_defect_is_found_and_nothing_else(corpus, prose):
    texts = {n: prose(n) for n in range(20)}
    strange = "Zebra quartz pylon hexagon vortex glyph sphinx waltz nymph jukebox."
    script = f'<script type="application/ld+json">{json.dumps({"body": strange})}</script>'
    cut = texts[9].rstrip(".").rpartition(" ")[0]
    given = {
        "empty": (page(texts[0]), ""),
        "absent": (page(texts[1]), f"{texts[1]} {strange}"),
        "scripted": (page(texts[2], script), f"{texts[2]} {strange}"),
        "hidden": (page(texts[3], f"<p hidden>{strange}</p>"), f"{texts[3]} {strange}"),
        "twice": (page(texts[4]), f"{texts[4]}\n{texts[4]}"),
        "unwanted": (page(texts[5]), Gold("unwanted", texts[5], must_not=(texts[5][:40],))),
        "unwritten": (page(texts[6]), Gold("unwritten", texts[6], must=("Home About",))),
        "unshown": (page(texts[7]), Gold("unshown", texts[7], must=(strange,))),
        "labelled": (page(texts[8], "<i cc-select='true'>x</i>"), texts[8]),
        "cut": (page(texts[9]), cut),
        "furniture": (
            page(texts[10], "<p>Accept all cookies</p>"),
            f"{texts[10]}\nAccept all cookies",
        ),
        "broken-gold": (page(texts[11] + " caf&eacute;"), f"{texts[11]} cafÃ©."),
        "broken-page": (page(texts[12] + " cafÃ©"), texts[12]),
        "blank": (page("", "<script>draw()</script>").replace("Home About", ""), ""),
        "same": (page(texts[13]), texts[13]),
        "same-again": (page(texts[13]), texts[13]),
        "near": (page(texts[14]), texts[14]),
        "near-again": (page(texts[14], "<p>Two more words</p>"), texts[14]),
        "first": (page(texts[15] + " " + texts[16]), texts[15]),
        "second": (page(texts[15] + " " + texts[16]), texts[16]),
        "clean": (page(texts[17]), texts[17]),
    }
    line = "All stories of this paper are printed on the island."
    repeated = {
        f"repeated-{n}": (page(prose(f"r{n}"), f"<p>{line}</p>"), f"{prose(f'r{n}')}\n{line}")
        for n in range(3)
    }
    expected = {
        "empty": {"empty-gold"},
        "absent": {"gold-not-on-page"},
        "scripted": {"gold-in-script"},
        "hidden": {"gold-hidden"},
        "twice": {"gold-repeated"},
        "unwanted": {"must-not-in-gold"},
        "unwritten": {"must-missing-from-gold"},
        "unshown": {"must-missing-from-gold", "must-missing-from-page"},
        "labelled": {"leaked-label"},
        "cut": {"cut-sentence"},
        "furniture": {"boilerplate-in-gold"},
        "broken-gold": {"damaged-gold"},
        "broken-page": {"damaged-page"},
        "blank": {"empty-gold", "no-visible-text"},
        "same": {"duplicate-page"},
        "same-again": {"duplicate-page"},
        "near": {"near-duplicate"},
        "near-again": {"near-duplicate"},
        "first": {"duplicate-page", "contradicting-gold"},
        "second": {"duplicate-page", "contradicting-gold"},
    }
    found = kinds_by_page(
        {"c": corpus(given), "news": corpus(repeated, "news", site="news.example")}
    )
    wanted = {f"c/{page_id}": kinds for page_id, kinds in expected.items()}
    wanted |= {f"news/{page_id}": {"repeated-line"} for page_id in repeated}
    assert found == wanted
    assert set().union(*found.values()) == set(KINDS)


def test_pages_are_compared_across_corpora(corpus, prose):
    one = corpus({"a": (page(prose(1)), prose(1)), "b": (page(prose(2)), prose(2))}, "one")
    two = corpus({"z": (page(prose(2)), prose(2))}, "two")
    assert lint({"one": one, "two": two}).defects == (
        Defect("one", "b", "duplicate-page", "the same bytes as two/z", 1.0),
        Defect("two", "z", "duplicate-page", "the same bytes as one/b", 1.0),
    )


def test_every_page_is_heard_of_and_counted(corpus, prose):
    pages = corpus({str(n): (page(prose(n)), prose(n)) for n in range(4)})
    heard = []
    report = lint({"c": pages}, lambda: heard.append(1))
    assert len(heard) == report.pages["c"] == 4
    assert report.counts() == {kind: {"c": 0} for kind in KINDS}


def test_a_corpus_of_snippets_alone_lacks_no_gold_text(corpus, prose):
    only = corpus({"a": (page(prose(1)), Gold("a", "", must=(prose(1)[:30],)))})
    assert not lint({"c": only}).defects


BY_DESIGN = {
    "--jsonld-only": {"gold-in-script", "must-missing-from-page", "no-visible-text"},
    "--no-charset": {"gold-not-on-page", "must-missing-from-page", "damaged-page"},
    "--wrong-charset": {"gold-not-on-page", "must-missing-from-page", "damaged-page"},
}
"""What pages of gazette have for a trait: that the text cannot be seen, or not be decoded."""


def test_gazette_has_no_defects_but_those_that_are_traits_of_its_pages():
    """Pairs of pages that differ in one trait share their gold."""
    found = lint({"gazette": load_corpus("gazette")}).defects
    unexpected = [
        one
        for one in found
        if one.kind != "near-duplicate"
        and not any(
            one.page_id.endswith(trait) and one.kind in kinds for trait, kinds in BY_DESIGN.items()
        )
    ]
    assert unexpected == []


@pytest.mark.slow
def test_what_is_known_of_wcxb_is_found(upstream):
    corpus: Corpus = load_corpus("wcxb", upstream("wcxb-dev"))
    found = {}
    for defect in lint({"wcxb": corpus}).defects:
        found.setdefault(defect.kind, {})[defect.page_id] = defect
    assert len(found["empty-gold"]) == 21
    wanted = {page_id for page_id in found["empty-gold"] if corpus.gold[page_id].must}
    assert wanted == {"4802", "4893"}
    assert wanted <= set(found["must-missing-from-gold"])
    # From 4011 on the pages were stripped of their scripts, and gold with them.
    assert max(found["gold-in-script"]) < "4011"
    for one, other in (("0463", "3035"), ("0670", "2863")):
        assert f"wcxb/{other}" in found["duplicate-page"][one].detail
        assert found["contradicting-gold"][one].figure > 0.3
