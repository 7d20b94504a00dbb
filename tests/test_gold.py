import pytest

from boilerbench.errors import UserError
from boilerbench.gold import checked, scorable, with_blocks
from boilerbench.metrics import metric
from boilerbench.metrics.protocols import PROTOCOLS, chosen
from boilerbench.types import Block, Corpus, Gold, Page

TEXT = Gold("p", "a b")
SNIPPETS = Gold("p", "", must=("a",))
UNWANTED = Gold("p", "", must_not=("z",))
MARKDOWN = Gold("p", "a", markdown="# a")


def corpus(*golds, name="c", html=b"<p>a b</p><p>c</p>"):
    by_id = {f"p{n}": gold for n, gold in enumerate(golds)}
    pages = [Page(page_id, html) for page_id in by_id]
    return Corpus(name, "1", "CC0", "sha256:0", "", by_id, lambda: iter(pages))


@pytest.mark.parametrize(
    ("name", "gold", "said"),
    [
        ("token", TEXT, True),
        ("token", SNIPPETS, False),
        ("segments", TEXT, False),
        ("segments", SNIPPETS, True),
        ("snippets", UNWANTED, True),
        ("headings", TEXT, False),
        ("headings", MARKDOWN, True),
        ("blocks", TEXT, True),
        ("blocks", SNIPPETS, False),
    ],
)
def test_a_corpus_can_be_scored_by_what_its_gold_has(name, gold, said):
    assert scorable(metric(name), corpus(gold)) is said
    assert scorable(metric(name), corpus(Gold("p", ""), gold)) is said


@pytest.mark.parametrize(
    ("name", "gold", "says"),
    [
        ("token", SNIPPETS, "token: c has no gold text; it can be scored by snippets"),
        ("shingle[n=3]", SNIPPETS, "shingle[n=3]: c has no gold text"),
        ("segments", TEXT, "segments: c has no snippets that must and must not be found"),
        ("tables", TEXT, "tables: c has no gold in Markdown"),
        ("blocks", SNIPPETS, "blocks: c has no gold text"),
    ],
)
def test_a_metric_asked_for_by_name_without_gold_is_refused(name, gold, says):
    with pytest.raises(UserError) as caught:
        checked(chosen([name]), {"c": corpus(gold)})
    assert says in str(caught.value)


def names(found):
    return [(one.metric.about.name, one.protocol) for one in found]


def test_a_protocol_loses_the_metrics_that_there_is_no_gold_for():
    kept, left_out = checked(chosen((), ["wcxb"]), {"c": corpus(TEXT)})
    assert names(kept) == [("token", "wcxb")]
    assert list(left_out.values()) == ["c has no snippets that must and must not be found"]
    kept, left_out = checked(chosen((), ["wcxb"]), {"c": corpus(SNIPPETS)})
    assert names(kept) == [("snippets", "wcxb")]
    assert [reason[:18] for reason in left_out.values()] == ["c has no gold text"]


@pytest.mark.parametrize("protocol", ["boilerbench", "scrapinghub", "sigir23", "cleaneval"])
def test_a_protocol_that_would_lose_all_its_metrics_is_refused(protocol):
    with pytest.raises(UserError, match=f"protocol {protocol}: c has no gold text"):
        checked(chosen((), [protocol]), {"c": corpus(SNIPPETS)})


def test_of_two_protocols_one_that_loses_all_is_refused_too():
    with pytest.raises(UserError, match="protocol trafilatura: c has no snippets"):
        checked(chosen((), ["wcxb", "trafilatura"]), {"c": corpus(TEXT)})


def test_all_corpora_must_have_the_gold():
    both = {"c": corpus(TEXT), "d": corpus(SNIPPETS, name="d")}
    with pytest.raises(UserError, match="token: d has no gold text"):
        checked(chosen(["token"]), both)


def test_a_metric_by_name_is_refused_even_if_a_protocol_is_left():
    with pytest.raises(UserError, match="segments: c has no snippets"):
        checked(chosen(["segments"], ["boilerbench"]), {"c": corpus(TEXT)})


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_metrics_of_a_protocol_are_told_apart_and_belong_to_it(protocol):
    found = chosen((), [protocol])
    assert len({one.metric.name for one in found}) == len(PROTOCOLS[protocol]())
    assert {one.protocol for one in found} == {protocol}
    assert all(one.metric == metric(one.metric.name) for one in found)


def test_a_metric_that_a_protocol_has_too_counts_once():
    assert names(chosen(["token", "exact"], ["boilerbench"])) == [
        ("token", "boilerbench"),
        ("shingle", "boilerbench"),
        ("exact", None),
    ]


def test_mistakes_in_the_choice_are_named():
    with pytest.raises(UserError, match="did you mean scrapinghub"):
        chosen((), ["scrapinhub"])
    with pytest.raises(UserError, match="'token' is named twice"):
        chosen(["token", "token[n=1]"])


def test_pages_without_labelled_blocks_are_cut_into_their_own():
    labelled = Gold("p1", "x", blocks=(Block("paragraph", "x"),))
    found = with_blocks(corpus(Gold("p0", "a b"), labelled))
    assert [block.text for block in found["p0"].blocks] == ["a b", "c"]
    assert found["p1"] == labelled


def test_where_all_blocks_are_labelled_no_page_is_read():
    def never():
        raise AssertionError("a page was read")

    gold = {"p0": Gold("p0", "x", blocks=(Block("paragraph", "x"),))}
    made = Corpus("c", "1", "CC0", "sha256:0", "", gold, never)
    assert with_blocks(made) == gold
