import itertools
import json
import math
import re

import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import permutation_test

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.stats import (
    RESAMPLES,
    Stack,
    bootstrap,
    groups_of,
    paired,
    permutation,
    resampling,
)
from boilerbench.types import Gold

PAGES = [
    ("a b c d", "a b x"), ("a b", ""), ("", ""), ("c d e", "c d e f g"), ("", "a"),
    ("a a b", "a b"), ("x y z", "z y x"), ("one two three four five", "one two three four"),
]  # fmt: skip
FAILED = np.array([False, True, False, False, False, False, True, False])
NAMES = [
    f"{name}[avg={avg},empty={empty},failed={failed}]"
    for name in ("token", "shingle", "lcs", "exact")
    for avg in ("macro", "micro", "f1-of-means")
    for empty in ("both1", "skip")
    for failed in ("zero", "text")
]


def counted(made, pages=PAGES):
    found = [made.counts(made.prepare(Gold("page", gold)), text) for gold, text in pages]
    return {name: np.array([float(c[name]) for c in found]) for name in made.counted}


def drawn(pages, resamples, seed):
    """The pages of each resample, as the same generator draws them."""
    rng = np.random.default_rng(seed)
    return [rng.integers(pages, size=pages) for _ in range(resamples)]


@pytest.mark.parametrize("name", NAMES)
def test_a_resample_is_the_average_of_the_pages_it_drew(name):
    made = metric(name)
    counts = counted(made)
    found = bootstrap(made, counts, FAILED, resamples=40, seed=7)
    for at, pages in enumerate(drawn(len(PAGES), 40, 7)):
        expected = made.aggregate({k: v[pages] for k, v in counts.items()}, FAILED[pages])
        assert set(found) == set(expected)
        for key, value in expected.items():
            ours = found[key][at]
            assert (math.isnan(ours) and math.isnan(value)) or abs(ours - value) < 1e-14


def test_pooled_counts_are_resampled_exactly():
    made = metric("token[avg=micro]")
    counts = counted(made)
    found = bootstrap(made, counts, resamples=600, seed=3)["f1"]
    for ours, pages in zip(found, drawn(len(PAGES), 600, 3), strict=True):
        tp, fp, fn = (sum(int(counts[k][page]) for page in pages) for k in ("tp", "fp", "fn"))
        assert ours == (2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1)


def test_the_same_seed_gives_the_same_resamples_and_another_others():
    made = metric("token")
    counts = counted(made)
    first, again = (bootstrap(made, counts, seed=5)["f1"] for _ in range(2))
    assert first.shape == (RESAMPLES,)
    assert (first == again).all()
    assert (first[:50] == bootstrap(made, counts, seed=5, resamples=50)["f1"]).all()
    assert (first != bootstrap(made, counts, seed=6)["f1"]).any()
    assert (bootstrap(made, counts)["f1"] == bootstrap(made, counts, seed=0)["f1"]).all()


def test_mean_and_deviation_are_those_of_an_independent_loop():
    made = metric("token")
    values = np.random.default_rng(1).beta(2, 1, 120)
    pages = [("a " * 100, "a " * int(100 * value)) for value in values]
    counts = counted(made, pages)
    found = bootstrap(made, counts, resamples=4000)["f1"]
    figures = made.ratios(counts)["f1"]
    rng = np.random.default_rng(99)
    loop = np.array([rng.choice(figures, len(figures)).mean() for _ in range(4000)])
    deviation = figures.std() / math.sqrt(len(figures))
    # Five standard errors of the mean, and of the deviation, of 4,000 draws.
    assert abs(found.mean() - loop.mean()) < 5 * deviation * math.sqrt(2 / 4000)
    assert abs(found.std() - loop.std()) < 5 * deviation * math.sqrt(1 / 4000)
    assert abs(found.std() - deviation) < 5 * deviation * math.sqrt(1 / 8000)


def test_two_systems_are_resampled_on_the_same_pages():
    made = metric("token")
    better = bootstrap(made, counted(made))["f1"]
    worse = bootstrap(made, counted(made, [(gold, f"{text} x") for gold, text in PAGES]))["f1"]
    assert (better >= worse).all()


def test_nothing_cannot_be_resampled():
    made = metric("token")
    with pytest.raises(ValueError, match="no pages"):
        bootstrap(made, {name: np.empty(0) for name in made.counted})


def test_one_page_does_not_vary():
    made = metric("token")
    found = bootstrap(made, counted(made, [("a b", "a")]), resamples=20)
    assert set(found["f1"]) == {2 / 3}


@pytest.mark.parametrize("system", ["AutoExtract", "boilerpipe"])
def test_published_deviations_are_within_their_sampling_error(system, scrapinghub):
    truth = json.loads((scrapinghub / "ground-truth.json").read_text("utf-8"))
    texts = json.loads((scrapinghub / "output" / f"{system}.json").read_text("utf-8"))
    pages = [(gold["articleBody"], texts[page]["articleBody"]) for page, gold in truth.items()]
    readme = (scrapinghub / "README.rst").read_text("utf-8")
    row = re.search(rf"^ +{system} .*$", readme, re.MULTILINE)[0]
    f1, precision, recall, accuracy = map(float, re.findall(r"± ([\d.]+)", row))
    shingles, exact = (one.metric for one in chosen((), ["scrapinghub"]))
    for made, expected in (
        (shingles, {"f1": f1, "precision": precision, "recall": recall}),
        (exact, {"accuracy": accuracy}),
    ):
        found = bootstrap(made, counted(made, pages), resamples=10_000)
        for key, published in expected.items():
            deviation = found[key].std()
            # The published one is rounded, and a deviation of 1,000 draws errs by about 2.2 %.
            assert abs(deviation - published) < 0.0005 + 4 * deviation / math.sqrt(2 * 1000)


GOLD = "a b c d e f g h"
OLD = [GOLD[: 2 * n] for n in (8, 4, 6, 2, 8, 5, 3, 7, 1, 8)]
NEW = [GOLD[: 2 * n] for n in (8, 5, 6, 5, 7, 6, 6, 8, 3, 8)]


@pytest.mark.parametrize("avg", ["macro", "micro", "f1-of-means"])
def test_a_paired_difference_is_that_of_the_averages(avg):
    made = metric(f"token[avg={avg}]")
    old, new = (counted(made, [(GOLD, text) for text in texts]) for texts in (OLD, NEW))
    found = paired(made, "f1", (old, None), (new, None))
    assert found.value == pytest.approx(made.aggregate(new)["f1"] - made.aggregate(old)["f1"])
    assert found.low < found.value < found.high
    back = paired(made, "f1", (new, None), (old, None))
    assert (back.value, back.p) == (pytest.approx(-found.value), pytest.approx(found.p))


def test_its_probability_is_exact_and_that_of_scipy():
    made = metric("token")
    old, new = (counted(made, [(GOLD, text) for text in texts]) for texts in (OLD, NEW))
    figures = [made.pages(counts)["f1"] for counts in (old, new)]
    expected = permutation_test(
        figures, lambda a, b: np.mean(b) - np.mean(a), permutation_type="samples", n_resamples=1e6
    )
    found = paired(made, "f1", (old, None), (new, None))
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.p == pytest.approx(round(found.p * 2**7) / 2**7)  # 7 pages differ


def test_its_interval_is_that_of_the_resampled_differences():
    made = metric("token")
    old, new = (counted(made, [(GOLD, text) for text in texts]) for texts in (OLD, NEW))
    found = paired(made, "f1", (old, None), (new, None), resamples=500, seed=4)
    rose = made.pages(new)["f1"] - made.pages(old)["f1"]
    means = [rose[pages].mean() for pages in drawn(len(OLD), 500, 4)]
    low, high = np.percentile(means, [2.5, 97.5])
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_at_random_the_probability_is_near_the_exact_one():
    made = metric("token")
    old, new = (counted(made, [(GOLD, text) for text in texts]) for texts in (OLD * 2, NEW * 2))
    exact = paired(made, "f1", (old, None), (new, None), resamples=2**14).p
    at_random = paired(made, "f1", (old, None), (new, None), resamples=10_000).p
    assert 0 < exact < 0.01
    assert abs(at_random - exact) < 4 * math.sqrt(exact / 10_000) + 1e-4


def test_no_difference_is_certain_to_be_luck():
    made = metric("token")
    counts = counted(made)
    found = paired(made, "f1", (counts, FAILED), (counts, FAILED))
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_a_failure_counts_in_a_paired_difference():
    made = metric("token")
    counts = counted(made, [(GOLD, GOLD)] * 4)
    failed = np.array([True, False, False, False])
    found = paired(made, "f1", (counts, failed), (counts, None))
    assert (found.value, found.p) == (pytest.approx(0.25), 1)


def test_groups_are_exchanged_and_resampled_together():
    made = metric("token")
    old, new = (counted(made, [(GOLD, text)] * 6) for text in ("a", "a b"))
    alone = paired(made, "f1", (old, None), (new, None))
    assert alone.p == 2 / 2**6
    sites = groups_of(["x", "x", "x", "y", "y", "y"])
    grouped = paired(made, "f1", (old, None), (new, None), groups=sites)
    assert grouped.p == 2 / 2**2
    assert grouped.value == pytest.approx(alone.value)
    mixed = counted(made, [(GOLD, text) for text in (GOLD, GOLD, "a", "a")])
    drawn_alone = bootstrap(made, mixed, resamples=200)["f1"]
    together = bootstrap(made, mixed, groups=groups_of(["x", "x", "y", "y"]), resamples=200)["f1"]
    assert len(set(np.round(together, 9))) == 3  # twice x, one of each, twice y
    assert len(set(np.round(drawn_alone, 9))) == 5


def test_groups_of_pages_without_a_name():
    assert groups_of(["a", None, "b", "a", None]).tolist() == [0, 1, 2, 0, 3]
    assert groups_of([]).tolist() == []


def test_groups_of_one_page_each_change_nothing():
    made = metric("token")
    counts = counted(made)
    each = groups_of([None] * len(PAGES))
    assert (bootstrap(made, counts, groups=each)["f1"] == bootstrap(made, counts)["f1"]).all()


def stacked(metric_name, systems, groups=None, **more):
    made = metric(metric_name)
    return Stack.of(made, [(counted(made, pages), None) for pages in systems], groups, **more)


SYSTEMS = [[(GOLD, text) for text in texts * 2] for texts in (OLD, NEW, ["a b"] * 10)]
PAIRS = [(0, 1), (0, 2), (1, 2)]


@pytest.mark.parametrize("name", ["token", "token[avg=micro]", "token[avg=f1-of-means]"])
@pytest.mark.parametrize("sites", [None, [n // 2 for n in range(20)]])
def test_many_at_once_are_each_as_alone(name, sites):
    made = metric(name)
    groups = None if sites is None else groups_of(sites)
    stack = stacked(name, SYSTEMS, groups)
    drawn = stack.resampled(200, 3)["f1"]
    for at, pages in enumerate(SYSTEMS):
        alone = bootstrap(made, counted(made, pages), groups=groups, resamples=200, seed=3)
        assert drawn[:, at] == pytest.approx(alone["f1"], abs=1e-14)
        value = made.aggregate(counted(made, pages))["f1"]
        assert stack.values()["f1"][at] == pytest.approx(value, abs=1e-14)
    p = permutation([stack], "f1", PAIRS, resamples=400, seed=3)
    for at, (one, other) in enumerate(PAIRS):
        both = [(counted(made, SYSTEMS[n]), None) for n in (one, other)]
        found = paired(made, "f1", *both, groups=groups, resamples=400, seed=3)
        assert p[at] == pytest.approx(found.p, abs=1e-14)


def test_an_exchange_over_two_corpora_is_that_of_the_mean_of_their_means():
    three = [[(GOLD, text) for text in texts[1:4]] for texts in (OLD, NEW)]
    two = [[(GOLD, text) for text in texts[:2]] for texts in (["a", "a b"], ["a b c", "a b"])]
    stacks = [stacked("token", three), stacked("token", two, stream=(1,))]
    made = metric("token")
    rose = [
        np.subtract(*(made.pages(counted(made, pages))["f1"] for pages in reversed(corpus)))
        for corpus in (three, two)
    ]
    weights = np.concatenate([rose[0] / 3, rose[1] / 2]) / 2
    ways = [weights @ signs for signs in itertools.product((1, -1), repeat=5)]
    expected = np.mean(np.abs(ways) >= abs(weights.sum()) - 1e-12)
    (p,) = permutation(stacks, "f1", [(0, 1)])
    assert p == expected
    # At random, where there are too many ways to try all.
    many = [stacked("token", SYSTEMS[:2]), stacked("token", two, stream=(1,))]
    (exact,) = permutation(many, "f1", [(0, 1)], resamples=1 << 16)
    (near,) = permutation(many, "f1", [(0, 1)])
    assert 0 < exact < 0.2
    assert abs(near - exact) < 5 * math.sqrt(exact / 10_000) + 1e-4


def test_corpora_of_one_size_are_not_drawn_alike():
    stacks = [stacked("token", SYSTEMS, stream=stream) for stream in ((), (1,))]
    one, other = (stack.resampled(2000)["f1"][:, 0] for stack in stacks)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


def test_a_page_that_a_system_was_not_given_adds_nothing():
    present = np.ones((20, 2), np.bool_)
    present[10:, 1] = False
    stack = stacked("token", SYSTEMS[:2], present=present)
    made = metric("token")
    half = made.aggregate(counted(made, SYSTEMS[1][:10]))["f1"]
    assert stack.values()["f1"][1] == pytest.approx(half)


def test_matrices_too_large_to_keep_give_the_same_resamples(monkeypatch):
    kept = stacked("token", SYSTEMS).resampled(300, 8)["f1"]
    monkeypatch.setattr(resampling, "_KEPT", 0)
    monkeypatch.setattr(resampling, "_BLOCK", 7 * 20)
    assert stacked("token", SYSTEMS).resampled(300, 8)["f1"] == pytest.approx(kept, abs=1e-15)


def test_two_of_the_same_are_told_apart_by_luck_in_one_of_twenty_tests():
    """An A/A test: the same beta-distributed scores for both, paired by page."""
    made, rng, found = metric("token"), np.random.default_rng(11), []
    for _ in range(300):
        hard = rng.beta(2, 2, 40)
        sides = []
        for _ in range(2):
            tp = np.round(100 * np.clip(hard + rng.normal(0, 0.1, 40), 0, 1))
            sides.append(({"tp": tp, "fp": 100 - tp, "fn": 100 - tp, "neither": 0 * tp}, None))
        found.append(paired(made, "f1", *sides, resamples=400).p)
    # Of 300 tests at 5 %, 15 are expected; 27 or more have a probability of .002.
    assert sum(p < 0.05 for p in found) < 27
    assert min(found) > 0


def test_pages_of_one_site_count_as_one_in_a_test():
    """An A/A test on sites of eight pages that are all alike: pages one by one would be sure of
    differences that are not there."""
    made, rng = metric("token"), np.random.default_rng(5)
    sites = np.repeat(np.arange(30), 8)
    false = {"sites": 0, "pages": 0}
    for _ in range(150):
        sides = []
        for _ in range(2):
            tp = np.round(100 * rng.beta(2, 2, 30)[sites])
            sides.append(({"tp": tp, "fp": 100 - tp, "fn": 100 - tp, "neither": 0 * tp}, None))
        for name, groups in (("sites", sites), ("pages", None)):
            false[name] += paired(made, "f1", *sides, groups=groups, resamples=400).p < 0.05
    assert false["sites"] < 17  # 7.5 are expected; 17 or more have a probability of .002
    assert false["pages"] > 50


@pytest.mark.parametrize("per_site", [1, 5])
def test_the_interval_holds_the_true_figure_as_often_as_it_says(per_site):
    made, rng, held = metric("token"), np.random.default_rng(2), 0
    sites = np.repeat(np.arange(60), per_site)
    for _ in range(400):
        tp = np.round(1000 * rng.beta(2, 1, 60)[sites])
        counts = {"tp": tp, "fp": 1000 - tp, "fn": 1000 - tp, "neither": 0 * tp}
        drawn = bootstrap(made, counts, groups=sites, resamples=500)["f1"]
        low, high = np.percentile(drawn, [2.5, 97.5])
        held += low <= 2 / 3 <= high
    # 95 % less a little, as percentiles of 60 have it, within four standard errors.
    assert 0.89 < held / 400 < 0.985


def test_the_interval_is_that_of_scipys_percentile_bootstrap():
    values = np.round(1000 * np.random.default_rng(1).beta(2, 1, 120))
    counts = {"tp": values, "fp": 1000 - values, "fn": 1000 - values, "neither": 0 * values}
    drawn = bootstrap(metric("token"), counts)["f1"]
    theirs = scipy_bootstrap(
        (values / 1000,), np.mean, n_resamples=10_000, method="percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval  # fmt: skip
    spread = theirs.high - theirs.low
    assert np.percentile(drawn, [2.5, 97.5]) == pytest.approx([*theirs], abs=0.04 * spread)
