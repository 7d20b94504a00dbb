import math
import operator
from dataclasses import fields
from functools import reduce

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boilerbench.errors import UserError
from boilerbench.metrics import METRICS, metric
from boilerbench.metrics.base import AVERAGES, EMPTY, harmonic
from boilerbench.signature import read_signature
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Block, Gold

NAMES = list(METRICS)
# There are many metrics to try each property on.
FEW = settings(max_examples=20)
WORDS = st.lists(st.sampled_from("a b c d e".split())).map(" ".join)


def parameters(made):
    return [field for field in fields(made) if field.name not in ("about", "plain")]


def values_of(field, plain):
    """What a parameter can be, as a strategy."""
    if "choices" in field.metadata:
        return st.sampled_from(field.metadata["choices"])
    if "least" in field.metadata:
        return st.integers(field.metadata["least"], 60)
    if "share" in field.metadata:
        return st.floats(0, 1) | st.sampled_from([0, 1, 0.1, 1e-7])
    assert isinstance(getattr(plain, field.name), bool), field.name
    return st.booleans()


def configurations(name):
    plain = metric(name)
    return st.fixed_dictionaries(
        {field.name: values_of(field, plain) for field in parameters(plain)}
    ).map(lambda options: plain.configured(**options))


def plainly(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_a_name_and_a_signature_are_read_back_as_the_same_metric(name, data):
    made = data.draw(configurations(name))
    for found in (metric(made.name), metric(made.signature)):
        assert found == made
        assert found.signature == made.signature
    assert metric(made.name).name == made.name


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_configurations_share_a_signature_and_a_name_only_if_they_are_equal(name, data):
    one, other = data.draw(configurations(name)), data.draw(configurations(name))
    assert (one == other) == (one.signature == other.signature) == (one.name == other.name)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_a_change_of_any_one_parameter_changes_signature_and_name(name, data):
    made = data.draw(configurations(name))
    for field in parameters(made):
        value = data.draw(values_of(field, metric(name)))
        if value == getattr(made, field.name):
            continue
        changed = made.configured(**{field.name: value})
        assert changed.signature != made.signature
        assert changed.name != made.name
        assert changed != made


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_has_the_family_all_parameters_and_the_version(name):
    made = metric(name)
    family, read, version = read_signature(made.signature)
    assert (family, version) == (made.family, made.version)
    assert read == {field.name: plainly(getattr(made, field.name)) for field in parameters(made)}
    assert made.name == name


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_of_another_version_is_refused(name):
    made = metric(name)
    other = made.signature.replace(f"|v:{made.version}", f"|v:{made.version + 1}")
    with pytest.raises(UserError, match="not a metric of this boilerbench") as caught:
        metric(other)
    assert "not comparable" in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_that_lacks_a_parameter_is_refused(name):
    made = metric(name)
    for field in parameters(made):
        part = f"|{field.name}:{plainly(getattr(made, field.name))}"
        with pytest.raises(UserError, match=f"says nothing of '{field.name}'"):
            metric(made.signature.replace(part, "", 1))


TOKEN = metric("token").signature
TABLES = metric("tables").signature


@pytest.mark.parametrize(
    "signature",
    [
        TOKEN.replace("overlap", "overlab"),
        TOKEN.replace("n:1", "n:0"),
        TOKEN.replace("n:1", "n:x"),
        TOKEN.replace("n:1", "n:1.5"),
        TOKEN.replace("n:1", "n:"),
        TOKEN.replace("tok:unicode", "tok:unicod"),
        TOKEN.replace("n:1", "n:1|n:2"),
        TOKEN.replace("n:1", "n:1|m:1"),
        TABLES.replace("structure_only:false", "structure_only:maybe"),
        "|",
        "overlap|v:1",
        "overlap|v:",
    ],
)
def test_a_signature_that_no_metric_has_is_refused(signature):
    with pytest.raises(UserError):
        metric(signature)


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_is_misspelt_is_named_with_the_right_one(name):
    for field in parameters(metric(name)):
        wrong = f"{field.name}x"
        with pytest.raises(UserError, match="unknown option of") as caught:
            metric(f"{name}[{wrong}=1]")
        assert field.name in caught.value.hint
    with pytest.raises(UserError, match="did you mean failed"):
        metric(f"{name}[faild=zero]")


@pytest.mark.parametrize("option", ["about", "plain", "name", "signature"])
def test_what_is_no_parameter_is_no_option(option):
    with pytest.raises(UserError, match="unknown option of token"):
        metric(f"token[{option}=x]")


@pytest.mark.parametrize("name", NAMES)
def test_values_that_a_parameter_does_not_take_are_refused(name):
    for field in parameters(metric(name)):
        for value in ("nonsense", "-1", "1.5", "1e400"):
            if "choices" in field.metadata and value in field.metadata["choices"]:
                continue
            with pytest.raises(UserError, match=f"{field.name} must be") as caught:
                metric(f"{name}[{field.name}={value}]")
            assert f"{name}[{field.name}={value}]" in caught.value.message
            with pytest.raises(ValueError, match=f"{field.name} must be"):
                metric(name).configured(**{field.name: value})


def test_a_metric_of_numbers_takes_no_truth_for_a_number():
    with pytest.raises(UserError, match="n must be a whole number"):
        metric("shingle[n=true]")
    with pytest.raises(UserError, match="threshold must be a number"):
        metric("blocks[threshold=true]")
    with pytest.raises(ValueError, match="threshold must be a number"):
        metric("blocks").configured(threshold=math.nan)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("blocks[threshold=1]", "blocks[threshold=1.0]"),
        ("blocks[threshold=0]", "blocks[threshold=0.0]"),
        ("blocks[threshold=0]", "blocks[threshold=-0.0]"),
        ("blocks[threshold=.5]", "blocks"),
        ("tables[structure_only=TRUE]", "tables[structure_only=true]"),
        ("shingle[ n = 4 ]", "shingle"),
    ],
)
def test_two_writings_of_one_number_are_one_metric(one, other):
    assert metric(one) == metric(other)
    assert metric(one).signature == metric(other).signature
    assert metric(one).name == metric(other).name


def test_the_words_to_choose_from_are_those_that_are_known():
    known = {field.name: field.metadata.get("choices") for field in parameters(metric("token"))}
    assert known["norm"] == tuple(NORMALISERS)
    assert known["tok"] == tuple(TOKENISERS)
    assert known["empty"] == EMPTY


SNIPPETS = st.lists(st.sampled_from(["a", "b", "a b", "c d e", "zz"]), max_size=3).map(tuple)
MARKDOWN = st.lists(
    st.sampled_from(["# a b", "## c", "- a\n- b", "1. c", "| a | b |\n|---|---|\n| c | d |",
                     "```\na = b\n```", "a b c d e", "$a$"]),
).map("\n\n".join)  # fmt: skip
BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(["paragraph", "navigation"]), WORDS), min_size=1, max_size=3
).map(tuple)
GOLDS = st.builds(
    Gold, st.just("page"), WORDS, must=SNIPPETS, must_not=SNIPPETS, blocks=BLOCKS,
    markdown=MARKDOWN,
)  # fmt: skip
# One page: the gold, the text, and whether the extractor failed.
PAGES = st.lists(
    st.tuples(GOLDS, WORDS | MARKDOWN, st.booleans()).map(
        lambda page: (page[0], "" if page[2] else page[1], page[2])
    ),
    min_size=1,
    max_size=6,
)


def usable(made):
    """Without what needs data or a dictionary that takes seconds to load."""
    return getattr(made, "tok", "") != "jieba" and getattr(made, "split", "") != "punkt"


def counted(made, pages):
    found = [made.counts(made.prepare(gold), text) for gold, text, _ in pages]
    assert all(set(counts) == set(made.counted) for counts in found)
    return {name: np.array([float(c[name]) for c in found]) for name in made.counted}


def failures(pages):
    return np.array([failed for *_, failed in pages], dtype=bool)


def one_by_one(made, counts):
    size = len(next(iter(counts.values())))
    return [
        {
            k: float(v)
            for k, v in made.ratios({n: np.array(c[i]) for n, c in counts.items()}).items()
        }
        for i in range(size)
    ]


def same(one, other, within=0.0):
    return (math.isnan(one) and math.isnan(other)) or abs(one - other) <= within


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_figures_of_many_pages_at_once_are_those_one_by_one(name, data):
    made = data.draw(configurations(name).filter(usable))
    pages = data.draw(PAGES)
    counts = counted(made, pages)
    expected = one_by_one(made, counts)
    found = made.ratios(counts)
    assert {"precision", "recall", "f1"} <= set(found)
    for key, values in found.items():
        assert values.shape == (len(pages),)
        assert all(same(value, page[key]) for value, page in zip(values, expected, strict=True))
        assert all(math.isnan(value) or -1e-12 <= value <= 1 + 1e-12 for value in values)
    for (gold, text, _), page in zip(pages, expected, strict=True):
        score = made.score(gold, text)
        figures = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
        for key, value in (figures | dict(score.more)).items():
            assert same(value, page[key])
        assert score.signature == made.signature


def mean(values):
    said = [value for value in values if not math.isnan(value)]
    return sum(said) / len(said) if said else math.nan


def averaged(made, pages):
    """The average of pages as a reader of its description would compute it."""
    if made.avg == "micro":
        # What a page that failed got right does not count, and if all failed nothing is right.
        lost = failures(pages) & (made.failed == "zero")
        sums = {
            k: np.array(sum(v[~lost]) if k in made.won else sum(v))
            for k, v in counted(made, pages).items()
        }
        found = {key: float(value) for key, value in made.ratios(sums).items()}
        return {k: 0.0 if lost.all() and v > 0 else v for k, v in found.items()}
    figures = one_by_one(made, counted(made, pages))
    for page, (*_, failed) in zip(figures, pages, strict=True):
        if failed and made.failed == "zero":
            worst = {k: made.worst.get(k, 0.0) for k in page}
            page.update({k: worst[k] if not math.isnan(v) else v for k, v in page.items()})
    found = {key: mean([page[key] for page in figures]) for key in figures[0]}
    if made.avg == "f1-of-means":
        p, r = found["precision"], found["recall"]
        found["f1"] = 0.0 if p + r == 0 else 2 * p * r / (p + r)
    return found


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_an_average_is_what_its_description_says(name, data):
    made = data.draw(configurations(name).filter(usable))
    pages = data.draw(PAGES)
    # Of a failed page where a figure says nothing, see below.
    assume(made.failed == "text" or not failures(pages).any() or not silent(made, pages))
    found = made.aggregate(counted(made, pages), failures(pages))
    for key, value in averaged(made, pages).items():
        assert same(found[key], value, 1e-12), key


def silent(made, pages):
    figures = one_by_one(made, counted(made, pages))
    return any(math.isnan(value) for page in figures for value in page.values())


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_sums_over_a_part_of_the_pages_give_the_figures_of_the_part(name, data):
    made = data.draw(configurations(name).filter(usable))
    pages = data.draw(PAGES)
    drawn = data.draw(st.lists(st.integers(0, len(pages) - 1), min_size=1, max_size=8))
    terms = made.terms(counted(made, pages), failures(pages))
    sums = {key: np.array(reduce(operator.add, values[drawn])) for key, values in terms.items()}
    part = [pages[i] for i in drawn]
    expected = made.aggregate(counted(made, part), failures(part))
    found = made.figures(sums)
    assert set(found) == set(expected)
    assert all(same(float(found[key]), value, 1e-12) for key, value in expected.items())


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_the_order_of_pages_does_not_matter(name, data):
    made = data.draw(configurations(name).filter(usable))
    pages = data.draw(PAGES)
    shuffled = data.draw(st.permutations(pages))
    one = made.aggregate(counted(made, pages), failures(pages))
    other = made.aggregate(counted(made, shuffled), failures(shuffled))
    assert all(same(one[key], other[key], 1e-12) for key in one)


EMPTY_PAGE = Gold("page", "")
FULL_PAGE = Gold(
    "page", "a b", must=("a",), must_not=("z",), blocks=(Block("paragraph", "a b"),),
    markdown="# a\n\n- b\n\n```\nc\n```\n\n| d |\n|---|\n| e |",
)  # fmt: skip


@pytest.mark.parametrize("gold", [EMPTY_PAGE, FULL_PAGE], ids=["nothing", "text"])
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_page_scores_zero_wherever_the_metric_says_something(name, gold):
    made = metric(name).configured(avg="macro")
    counts = counted(made, [(gold, "", True)])
    before = made.ratios(counts)
    for key, values in made.pages(counts, np.array([True])).items():
        worst = made.worst.get(key, 0)
        assert values.tolist() == [worst] or np.isnan([*values, *before[key]]).all(), key


@pytest.mark.parametrize("avg", AVERAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_page_is_an_empty_text_where_a_protocol_has_it_so(name, avg):
    made = metric(name).configured(failed="text", avg=avg)
    for gold in (EMPTY_PAGE, FULL_PAGE):
        counts = counted(made, [(gold, "", True)])
        there = made.aggregate(counts, np.array([True]))
        without = made.aggregate(counts, np.array([False]))
        assert all(same(there[key], without[key]) for key in there)


@pytest.mark.parametrize("name", ["token", "lcs", "exact", "levenshtein", "segments"])
def test_a_failure_is_no_success_where_counts_are_pooled(name):
    made = metric(name).configured(avg="micro", failed="zero")
    gold = Gold("page", "", must_not=("z",))
    found = made.aggregate(counted(made, [(gold, "", True)]), np.array([True]))
    assert {key: value for key, value in found.items() if value > 0} == {}


def test_the_three_averages_by_hand():
    # Precision and recall: 1/2 and 1/1; 3/3 and 3/4; nothing and 0/2 of an empty text.
    pages = [("a", "a b"), ("a b c d", "a b c"), ("a b", "")]

    def found(avg, failed=None):
        made = metric(f"token[empty=skip,avg={avg}]")
        given = [(Gold("page", gold), text, False) for gold, text in pages]
        figures = made.aggregate(counted(made, given), failed)
        return figures["precision"], figures["recall"], figures["f1"]

    macro = ((1 / 2 + 1) / 2, (1 + 3 / 4 + 0) / 3, (2 / 3 + 6 / 7 + 0) / 3)
    assert found("macro") == pytest.approx(macro, abs=1e-15)
    assert found("micro") == pytest.approx((4 / 5, 4 / 7, 8 / 12), abs=1e-15)
    p, r = macro[:2]
    assert found("f1-of-means") == pytest.approx((p, r, 2 * p * r / (p + r)), abs=1e-15)
    failed = np.array([False, True, False])
    assert found("macro", failed) == pytest.approx((1 / 4, 1 / 3, 2 / 9), abs=1e-15)


@pytest.mark.parametrize(
    ("empty", "both", "gold_only", "text_only"),
    [
        ("both1", (1, 1, 1), (0, 0, 0), (0, 0, 0)),
        ("zero", (0, 0, 0), (0, 0, 0), (0, 0, 0)),
        ("recall1", (1, 1, 1), (0, 0, 0), (0, 1, 0)),
        ("skip", (None, None, None), (None, 0, 0), (0, None, 0)),
    ],
)
@pytest.mark.parametrize("name", ["token", "token-set", "shingle", "lcs", "rouge-lsum"])
def test_what_an_empty_side_is_worth(name, empty, both, gold_only, text_only):
    made = metric(f"{name}[empty={empty},norm=lower,tok=unicode]")
    for (gold, text), expected in {
        ("", "..."): both, ("a b", "!"): gold_only, ("", "a b c d e"): text_only
    }.items():  # fmt: skip
        score = made.score(gold, text)
        found = (score.precision, score.recall, score.f1)
        assert tuple(None if math.isnan(figure) else figure for figure in found) == expected


def test_the_harmonic_mean_of_nothing_is_zero_and_of_the_unknown_unknown():
    found = harmonic(np.array([0, 1, 0.5, math.nan]), np.array([0, 0, 1, 1]))
    assert found[:3] == pytest.approx([0, 0, 2 / 3])
    assert math.isnan(found[3])
