import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from boilerbench.metrics import metric
from boilerbench.metrics.protocols import chosen
from boilerbench.stats import RESAMPLES, bootstrap, groups_of, holm, paired
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


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.6, 0.5], [1, 1]),
        ([0.02, 0.02, 0.001], [0.04, 0.04, 0.003]),
    ],
)
def test_holms_correction_by_hand(given, expected):
    assert holm(given) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holms_correction_keeps_order_and_is_between_none_and_bonferronis(p):
    corrected = holm(p)
    for one, two in zip(p, corrected, strict=True):
        assert one <= two <= 1
    ranked = sorted(range(len(p)), key=p.__getitem__)
    assert [corrected[at] for at in ranked] == sorted(corrected)
    if p:
        assert min(corrected) == min(1, min(p) * len(p))
