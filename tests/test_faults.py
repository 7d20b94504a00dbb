import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.dissection import NOWHERE, Dissection
from boilerbench.faults import SHOWN, Faults, as_json, top
from boilerbench.places import PLACES
from boilerbench.types import FAILURES, OUTCOMES


def page(leaked, lost=None, gold=10):
    return Dissection((), gold, {"x": leaked}, {"x": lost or {}})


def rows(*pages):
    faults = Faults()
    for number, (kind, outcome, dissection) in enumerate(pages):
        faults.add("c", f"p{number}", kind, {"x": outcome}, dissection)
    return faults.rows()


def test_tokens_are_added_up_by_place():
    found = rows(
        ("forum", "ok", page({"related": 3, "footer": 1}, {"list": 2})),
        ("forum", "ok", page({"related": 4, "advert": 2})),
    )
    assert [(f.kind, f.side, f.place, f.tokens, f.share, f.pages, f.worst) for f in found] == [
        (None, "leaked", "related", 7, 0.7, 2, (("p1", 4), ("p0", 3))),
        (None, "leaked", "advert", 2, 0.2, 1, (("p1", 2),)),
        (None, "leaked", "footer", 1, 0.1, 1, (("p0", 1),)),
        (None, "lost", "list", 2, 1.0, 1, (("p0", 2),)),
    ]


def test_kinds_of_pages_are_told_apart_where_there_are_several():
    found = rows(
        ("forum", "ok", page({"related": 1})),
        ("article", "ok", page({"footer": 3})),
        (None, "ok", page({"footer": 4})),
    )
    assert [(fault.kind, fault.place, fault.tokens, fault.share) for fault in found] == [
        *((None, "footer", 7, 0.875), (None, "related", 1, 0.125)),
        *(("article", "footer", 3, 1.0), ("forum", "related", 1, 1.0)),
    ]


def test_who_gave_no_text_lost_the_gold_and_not_by_place():
    found = rows(
        ("forum", "ok", page({}, {"list": 5})),
        ("forum", "crash", page({"related": 9}, {"list": 9}, gold=12)),
        ("forum", "empty", page({}, {"main": 3}, gold=3)),
        ("forum", "crash", page({}, {}, gold=0)),
    )
    assert [(f.side, f.place, f.outcome, f.tokens, f.share, f.pages) for f in found] == [
        ("lost", None, "crash", 12, 0.6, 1),
        ("lost", "list", None, 5, 0.25, 1),
        ("lost", None, "empty", 3, 0.15, 1),
    ]


def test_a_failed_extractor_needs_no_dissection():
    faults = Faults()
    faults.add("c", "p", None, {"x": "timeout", "y": "ok"}, Dissection((), 4, {"y": {}}, {"y": {}}))
    assert [(fault.extractor, fault.tokens) for fault in faults.rows()] == [("x", 4)]


def test_corpora_and_extractors_are_told_apart_in_order():
    faults = Faults()
    both = Dissection((), 1, {"b": {"main": 1}, "a": {"main": 2}}, {"a": {}, "b": {}})
    for corpus in ("z", "y"):
        faults.add(corpus, "p", "k", {"b": "ok", "a": "ok"}, both)
    assert [(f.corpus, f.extractor, f.tokens) for f in faults.rows()] == [
        *(("z", "a", 2), ("z", "b", 1), ("y", "a", 2), ("y", "b", 1)),
    ]


def test_the_worst_pages_are_named():
    found = rows(*(("forum", "ok", page({"main": n})) for n in (1, 9, 2, 9, 3, 4, 5)))
    assert found[0].worst == (("p1", 9), ("p3", 9), ("p6", 5), ("p5", 4), ("p4", 3))
    assert len(found[0].worst) == SHOWN < found[0].pages == 7


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            [("forum", "ok", page({"related": 41, "main": 59})), ("a", "ok", page({}))],
            "41 % of x's false tokens on forum pages come from related lists",
        ),
        (
            [("forum", "ok", page({}, {"table": 1, "main": 2}))],
            "33 % of x's lost tokens stood in tables",
        ),
        (
            [(None, "ok", page({NOWHERE: 1, "main": 999}))],
            "less than 1 % of x's false tokens are nowhere on the page",
        ),
        (
            [(None, "crash", page({}, gold=3)), (None, "ok", page({}, {"main": 1}))],
            "75 % of x's lost tokens are due to crashes",
        ),
    ],
)
def test_a_fault_in_words(given, sentence):
    assert sentence in [fault.sentence for fault in rows(*given)]


def test_the_name_of_an_extractor_may_end_in_s():
    faults = Faults()
    faults.add(
        "c", "p", None, {"lines": "ok"}, Dissection((), 1, {"lines": {"main": 1}}, {"lines": {}})
    )
    assert faults.rows()[0].sentence.startswith("100 % of lines' false tokens come")


@pytest.mark.parametrize("place", [*PLACES, NOWHERE])
def test_every_place_has_words(place):
    for fault in rows((None, "ok", page({place: 1}, {place: 1}))):
        assert "None" not in fault.sentence
        assert "  " not in fault.sentence


@pytest.mark.parametrize("outcome", [*sorted(FAILURES), "empty"])
def test_every_outcome_has_words(outcome):
    (fault,) = rows((None, outcome, page({}, gold=2)))
    assert fault.sentence.startswith("100 % of x's lost tokens are due to ")


def test_the_top_ones_are_those_with_most_tokens():
    found = rows(
        ("a", "ok", page({"main": 1, "advert": 5, "footer": 3}, {"list": 8})),
        ("b", "ok", page({})),
    )
    whole = [fault for fault in found if fault.kind is None]
    assert [fault.place for fault in top(whole, "x", "leaked", 2)] == ["advert", "footer"]
    assert [fault.place for fault in top(whole, "x", "lost")] == ["list"]
    assert top(whole, "y", "lost") == []


PLACED = st.dictionaries(st.sampled_from([*PLACES, NOWHERE]), st.integers(1, 9))
GIVEN = st.lists(
    st.tuples(
        st.sampled_from([None, "forum", "article"]),
        st.sampled_from(OUTCOMES),
        st.builds(page, PLACED, PLACED, st.integers(0, 9)),
    )
)


@given(given=GIVEN)
def test_nothing_is_counted_twice_and_nothing_is_left_out(given):
    found = rows(*given)
    kinds = {fault.kind for fault in found}
    for kind in kinds:
        for side in ("leaked", "lost"):
            faults = [fault for fault in found if (fault.kind, fault.side) == (kind, side)]
            pages = [p for p in given if kind is None or p[0] == kind]
            expected = sum(
                sum(getattr(p, side)["x"].values())
                if outcome == "ok"
                else p.gold_tokens * (side == "lost")
                for _, outcome, p in pages
            )
            assert sum(fault.tokens for fault in faults) == expected
            assert sum(fault.share for fault in faults) == pytest.approx(1 if expected else 0)
    assert all(sum(n for _, n in fault.worst) <= fault.tokens for fault in found)


@given(given=GIVEN)
def test_they_can_be_written_as_json(given):
    found = rows(*given)
    read = json.loads(json.dumps(as_json(found)))
    assert [(one["tokens"], one["sentence"]) for one in read] == [
        (fault.tokens, fault.sentence) for fault in found
    ]
    assert all(list(map(list, f.worst)) == r["worst"] for f, r in zip(found, read, strict=True))
