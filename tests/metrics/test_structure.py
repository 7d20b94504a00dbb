import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerbench.metrics import structure as structure_module
from boilerbench.metrics.structure import CODE, HEADINGS, LISTS, TABLES
from boilerbench.metrics.teds import tables_of, teds
from boilerbench.types import Gold

PRESETS = [HEADINGS, LISTS, TABLES, CODE]
METRICS = [
    *PRESETS,
    HEADINGS.configured(level="any"),
    LISTS.configured(depth="any"),
    LISTS.configured(ordered="any"),
    TABLES.configured(structure_only=True),
    TABLES.configured(space="keep"),
]
NAMES = [one.name for one in METRICS]

BLOCKS = st.sampled_from(
    [
        *("# a", "## a", "## *B*", "a paragraph", "> quoted", "- a\n- b", "1. a\n2. b"),
        *("- a\n  - b\n  - c", "```\nx = 1\n```", "```py\nx = 2\ny\n```", "    x = 1\n    y"),
        *("| a | b |\n|---|---|\n| c | d |", "| a |\n|---|\n| c |\n| e |", "| a |\n|---|"),
        *("<table><tr><td>a</td><td>b</td></tr></table>", "<table><tr><td colspan=2>a</table>"),
    ]
)
TEXTS = st.lists(BLOCKS, max_size=8).map("\n\n".join)


def three(score):
    return score.precision, score.recall, score.f1


def same(one, other):
    return all(
        a == pytest.approx(b, abs=1e-12, nan_ok=True) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("metric", METRICS, ids=NAMES)
@settings(max_examples=40, deadline=None)
@given(gold=TEXTS | st.text(), text=TEXTS | st.text())
def test_scores_are_shares_or_say_nothing(metric, gold, text):
    scored = metric.score(gold, text)
    silent = scored.counts["gold"] == scored.counts["text"] == 0
    for figure in three(scored):
        assert math.isnan(figure) if silent else 0 <= figure <= 1
    p, r, f1 = three(scored)
    if not silent:
        assert f1 == pytest.approx(2 * p * r / (p + r) if p + r else 0, abs=1e-12)


@pytest.mark.parametrize("metric", METRICS, ids=NAMES)
@settings(max_examples=40, deadline=None)
@given(gold=TEXTS, text=TEXTS)
def test_swapping_gold_and_text_swaps_precision_and_recall(metric, gold, text):
    there, back = metric.score(gold, text), metric.score(text, gold)
    assert same(three(there), (back.recall, back.precision, back.f1))


@pytest.mark.parametrize("metric", METRICS, ids=NAMES)
@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
def test_a_text_against_itself_is_one(metric, text):
    scored = metric.score(text, text)
    assert set(three(scored)) == {1.0} if scored.counts["gold"] else math.isnan(scored.f1)


@pytest.mark.parametrize("metric", METRICS, ids=NAMES)
@settings(max_examples=40, deadline=None)
@given(blocks=st.lists(BLOCKS, min_size=1, max_size=8), gone=st.integers(0, 7))
def test_leaving_a_block_out_lowers_recall_only(metric, blocks, gone):
    # Something between the blocks, so that two lists do not become one.
    whole = "\n\n***\n\n".join(blocks)
    rest = "\n\n***\n\n".join(blocks[: gone % len(blocks)] + blocks[gone % len(blocks) + 1 :])
    scored, counts = metric.score(whole, rest), metric.score(whole, rest).counts
    if counts["text"]:
        assert scored.precision == 1
        assert scored.recall == counts["text"] / counts["gold"]
    elif counts["gold"]:
        assert three(scored) == (0, 0, 0)


@pytest.mark.parametrize(
    ("metric", "gold", "text", "expected"),
    [
        (HEADINGS, "# a\n\n# a\n\n## b", "# A\n\n# b\n\n### c", (1, 3, 3)),
        (HEADINGS, "# The  **big**\n", "The BIG\n=====", (1, 1, 1)),
        (HEADINGS, "# Straße", "# STRASSE", (1, 1, 1)),
        (HEADINGS, "# a", "a", (0, 1, 0)),
        (HEADINGS.configured(level="any"), "# a\n\n# a\n\n## b", "# A\n\n# b", (2, 3, 2)),
        (LISTS, "- a\n- b\n  - c", "- a\n- b\n- c", (2, 3, 3)),
        (LISTS, "- a\n- b", "1. a\n2. b", (0, 2, 2)),
        (LISTS, "- a\n- a", "- a", (1, 2, 1)),
        (LISTS.configured(depth="any"), "- a\n  1. b", "- a\n- b", (1, 2, 2)),
        (LISTS.configured(depth="any", ordered="any"), "- a\n  1. b", "- a\n- b", (2, 2, 2)),
        (LISTS.configured(ordered="any"), "- a\n- b", "1. a\n2. b", (2, 2, 2)),
        (CODE, "```\nab\n```\n\n```\ncd\n```", "```\ncd\n```", (1, 2, 1)),
        (CODE, "```\nabcd\n```", "    abcx", (0.75, 1, 1)),
        # In their order they would be 0.5 + 0.5: the crossing is better.
        (CODE, "```\nab\n```\n***\n```\ncb\n```", "```\nxb\n```\n***\n```\nab\n```", (1.5, 2, 2)),
        (TABLES, "| a |\n|---|\n| b |", "| a |\n|---|\n| x |", (1 - 1 / 7, 1, 1)),
        (
            TABLES.configured(structure_only=True),
            "| a |\n|---|\n| b |",
            "| a |\n|---|\n| x |",
            (1, 1, 1),
        ),
        (TABLES, "<table><td>a</table>", "<table><td> a\n</table>", (1, 1, 1)),
        (
            TABLES.configured(space="keep"),
            "<table><tr><td>a</table>",
            "<table><tr><td> a</table>",
            (5 / 6, 1, 1),
        ),
        (TABLES, "| a |\n|---|", "no table", (0, 1, 0)),
    ],
)
def test_cases_counted_by_hand(metric, gold, text, expected):
    counts = metric.score(gold, text).counts
    assert tuple(counts[name] for name in ("matched", "gold", "text")) == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(
    gold=st.lists(st.text("ab", min_size=1, max_size=4), max_size=4),
    text=st.lists(st.text("ab", min_size=1, max_size=4), max_size=4),
)
def test_the_assignment_is_the_best_of_all(gold, text):
    def table(word):
        return f"<table><tr><td>{word}</td></tr></table>"

    alike = np.zeros((4, 4))
    for (i, one), (j, other) in itertools.product(enumerate(gold), enumerate(text)):
        alike[i, j] = teds(*tables_of(table(one) + table(other)))
    best = max(
        sum(alike[i, j] for i, j in enumerate(order)) for order in itertools.permutations(range(4))
    )
    scored = TABLES.score("\n\n".join(map(table, gold)), "\n\n".join(map(table, text)))
    assert scored.counts["matched"] == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("metric", PRESETS, ids=str)
def test_a_gold_without_markdown_says_nothing(metric):
    text = "# a\n\n- b\n\n```\nc\n```\n\n| d |\n|---|"
    assert math.isnan(metric.score(Gold("page", "a b c"), text).f1)
    # An empty page is known to have no structure.
    assert metric.score(Gold("page", ""), text).f1 == 0


@pytest.mark.parametrize("metric", PRESETS, ids=str)
def test_the_mean_is_over_the_pages_that_have_the_thing(metric):
    counts = {
        "matched": np.array([1.0, 0, 0, 0, 0]),
        "gold": np.array([1.0, 2, 0, 0, 1]),
        "text": np.array([2.0, 0, 0, 0, 0]),
    }
    failed = np.array([False, False, False, True, True])
    figures = metric.pages(counts, failed)
    assert figures["recall"] == pytest.approx([1, 0, math.nan, math.nan, 0], nan_ok=True)
    macro = metric.configured(avg="macro")
    assert macro.aggregate(counts, failed)["recall"] == pytest.approx(1 / 3)
    assert metric.aggregate(counts)["recall"] == pytest.approx(1 / 4)


@pytest.mark.parametrize("metric", PRESETS, ids=str)
def test_presets_say_what_they_are(metric):
    assert metric.needs == "markdown"
    assert metric.name == metric.about.name == metric.family
    assert len(metric.about.sentence) <= 100


@pytest.mark.parametrize(
    ("metric", "option", "value"),
    [(HEADINGS, "level", "some"), (LISTS, "depth", 1), (TABLES, "structure_only", "yes")],
)
def test_a_parameter_that_cannot_be_is_refused(metric, option, value):
    with pytest.raises(ValueError, match=option):
        metric.configured(**{option: value})


def table(*rows):
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *body])


def test_tables_that_would_take_too_long_are_compared_as_sequences(monkeypatch):
    gold, text = table("ab", "cd", "ef"), table("ab", "xd", "ef")
    exact = TABLES.score(gold, text).f1
    monkeypatch.setattr(structure_module, "MOST_WORK", 10)
    # table, thead, tr, 2 td, tbody, 2 tr with 2 td each: one of 12 nodes is another one.
    assert TABLES.score(gold, text).f1 == pytest.approx(11 / 12)
    assert exact == pytest.approx(11 / 12)
    assert TABLES.configured(structure_only=True).score(gold, text).f1 == 1
    assert TABLES.score(gold, gold).f1 == 1
    assert TABLES.score(gold, "none").f1 == 0


def test_a_great_table_and_many_tables_take_no_time_by_the_square():
    great = table(*(("a", "b", str(n)) for n in range(5000)))
    assert TABLES.score(great, great.replace("77", "x")).f1 > 0.9
    many = "\n\n".join(table("ab", (str(n), "d")) for n in range(150))
    assert TABLES.score(many, many).f1 == 1
